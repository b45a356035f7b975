"""Several tokens beside each other: an error names the strategy that sends all of them back."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import UnknownPagination
from tests.first_pages import ROWS, first

ONE = r"strategies\.Cursor\('cursor', "


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("x-ms-continuation-", ("NextTableName", "NextSegment")), ("X-Acme-Continuation-", ("NextShardKey", "NextRowKey")),
        ("Continuation-", ("next-day", "next-hour")), ("x-continue-", ("NextUserKey", "NextGroupKey", "NextRoleKey")),
        ("X-Resume-", ("Next_Bucket", "Next_Object")),
    ],
)  # fmt: skip
def test_the_tokens_of_one_prefix_go_back_together(prefix, names):
    """To send but the first of them back would end the listing too early."""
    with pytest.raises(UnknownPagination) as raised:
        detect(first({"rows": ROWS}, headers={prefix + name: "k" for name in names}))
    tokens = tuple(prefix + name for name in names)
    assert f"strategies.Cursor({names!r}, token={tokens!r}, items='rows')" in str(raised.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ms-continuation-NextRowKey": "k"}, {"x-ms-continuation-NextRowKey": "k", "x-ms-continuation-NextTable": ""},
        {"x-ms-continuation-NextRowKey": "k", "x-ms-request-id": "7"}, {"X-Marker": "k", "X-Cursor-Mark": "k"},
        {"x-ms-continuation-NextRowKey": "k", "x-billing-NextDate": "2026-01-01"},
    ],
)  # fmt: skip
def test_one_token_is_one(headers):
    """What is empty, or not of the family, is not sent back."""
    with pytest.raises(UnknownPagination, match=ONE):
        detect(first({"rows": ROWS}, headers=headers))
