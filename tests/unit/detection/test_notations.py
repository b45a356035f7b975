"""Numbers in texts with a fraction of zero, and flags that are on or off."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._models import copy_with
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Cursor, SinglePage
from tests.first_pages import ROWS, first


@pytest.mark.parametrize(
    ("beside", "end", "params", "expected"),
    [
        ({"total_pages": "3.0", "current_page": "1.0"}, {"total_pages": "1.0", "current_page": "1.0"}, {}, {"page": 2}),
        ({"meta": {"pageCount": "2.00", "page": "0.0"}}, {"meta": {"pageCount": "1.0", "page": "0.0"}}, {}, {"page": 1}),
        ({"total": "5.0", "offset": "0.0"}, {"total": "2.0", "offset": "0.0"}, {}, {"offset": 2}),
        ({"totalItems": "9.0"}, {"totalItems": "2.0"}, {"offset": 0}, {"offset": 2}),
        ({"count": "7.0"}, {"count": "2.000"}, {"page": 1, "limit": 3}, {"page": 2, "limit": 3}),
        ({"Pages": "4.0", "Number": "1.0"}, {"Pages": "1.0", "Number": "1.0"}, {"Number": 1}, {"Number": 2}),
    ],
)  # fmt: skip
def test_counts_in_texts(beside, end, params, expected):
    """`"3.0"` is 3, whatever it counts; it leads on, and ends the listing."""
    page = first({"rows": ROWS, **beside}, params)
    strategy = detect(page)[0]
    assert expected == strategy.next(page).params
    assert strategy.next(copy_with(page, body={"rows": ROWS, **end})) is None


@pytest.mark.parametrize(
    "name", ["X-Total-Pages", "X-Pagination-Page-Count", "X-Pages", "Total-Pages", "X-Page-Count"]
)
def test_counts_in_headers(name):
    """Headers are texts anyway."""
    page = first(ROWS, {"page": 1}, headers={name: "2.0"})
    assert {"page": 2} == detect(page)[0].next(page).params
    assert detect(page)[0].next(copy_with(page, headers={name: "1.0"})) is None


@pytest.mark.parametrize("token", ["3.0", "1.00", "17.0", "2.0.1", "0.5"])
@pytest.mark.parametrize("name", ["next_cursor", "nextPageToken", "next_offset", "continuation"])
def test_tokens_stay_as_they_are(name, token):
    """What goes back is no number, whatever it looks like."""
    page = first({"rows": ROWS, name: token})
    strategy = detect(page)[0]
    assert isinstance(strategy, Cursor)
    assert [token] == [*strategy.next(page).params.values()]


@pytest.mark.parametrize(
    ("name", "onward", "over"),
    [("has_more", "on", "off"), ("hasNext", "ON", "Off"), ("is_last_page", "off", "on"), ("moreAvailable", "On", "OFF"), ("lastPage", "Off", "On")],
)  # fmt: skip
def test_flags_that_are_on_or_off(name, onward, over):
    """They lead on and end a listing as true and false do."""
    page = first({"rows": ROWS, name: onward, "page": 1}, {"page": 1})
    strategy = detect(page)[0]
    assert {"page": 2} == strategy.next(page).params
    assert strategy.next(copy_with(page, body={"rows": ROWS, name: over, "page": 1})) is None
    with pytest.raises(UnknownPagination):
        detect(first({"rows": ROWS, name: onward}))
    assert SinglePage(items="rows") == detect(first({"rows": ROWS, name: over}))[0]


@pytest.mark.parametrize("name", ["notifications", "safe", "shuffle", "sampling", "debug"])
def test_switches_that_are_on(name):
    """What is on is not always more rows."""
    assert SinglePage(items="rows") == detect(first({"rows": ROWS, name: "on"}))[0]
