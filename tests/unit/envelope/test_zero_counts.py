"""Which counts of 0 say that a body without a list is an empty listing."""

from __future__ import annotations

import pytest

from requests_paginate._envelope.members import has_zero_count
from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import UnknownPagination

URL = "https://api.test/v1/things"


@pytest.mark.parametrize(
    "counting",
    [
        {"usage_info": {"total": 0}}, {"account_summary": {"count": 0}},
        {"rate_limit_info": {"total": 0}}, {"billing_meta": {"totalCount": "0"}},
        {"userInfo": {"count": 0}}, {"credit_response": {"found": 0}}, {"quotaRange": {"total": 0}},
        {"totals": {"count": 0, "amount": 0}}, {"counts": {"total": 0}},
    ],
)  # fmt: skip
def test_a_count_of_something_else(counting):
    """It says nothing of rows, so the caller is asked where they are."""
    assert not has_zero_count(counting)
    with pytest.raises(UnknownPagination, match="no list of rows"):
        find_rows({"plan": "gold", **counting}, URL)


@pytest.mark.parametrize(
    "counting",
    [
        {"total": 0}, {"meta": {"total": 0}}, {"paging_info": {"totalCount": "0"}},
        {"response": {"numFound": 0}}, {"summary": {"count": 0}}, {"hits": {"total": 0}},
        {"pagination": {"total_results": 0}}, {"info": {"itemCount": 0}},
    ],
)  # fmt: skip
def test_a_count_of_rows(counting):
    """An empty list is often left out beside it."""
    assert has_zero_count(counting)
    assert "" == find_rows(counting, URL)


@pytest.mark.parametrize("value", [False, None, 1, "", "none"])
def test_what_is_no_count_of_0(value):
    """Only the number, or its text, counts."""
    assert not has_zero_count({"meta": {"total": value}})
