"""A first or last element that is no row: a failure, a token, a count or an end marker."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import re
import timeit

import msgspec
import pytest

from requests_paginate._envelope.odd_ends import find_odd_end, refuse_odd_end
from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import MalformedPage, PossiblyTruncated, UnknownPagination
from requests_paginate.strategies import NextLink, PageNumber
from tests.two_pages import listing_of, rows, serving

URL = "https://api.test/v1/things"
ROWS = [{"mac": 1, "port": 80}, {"mac": 2, "port": 81}, {"mac": 3}]

FAILURES = [
    ({"error": "backend gone"}, "backend gone"),
    ({"message": "Quota exceeded for today"}, "Quota exceeded"),
    ({"code": 503, "msg": "shard 4 is down"}, "503: shard 4 is down"),
    ({"status": "FAILED", "detail": "out of memory"}, "out of memory"),
    ({"type": "error", "error": {"reason": "cut off"}}, "cut off"),
    ({"exception": "IOException", "EOF": True}, "IOException"),
    ({"success": False, "mac": None}, "'success'"),
    ({"errors": [{"message": "node 2 is away"}], "data": None}, "node 2 is away"),
]
SIGNS = [
    {"nextPageToken": "z81"}, {"next_url": "/things?p=2"}, {"scroll_id": "z81"}, {"hasMore": True},
    {"totalCount": 600}, {"page": 1, "page_count": 20}, {"offset": 0, "limit": 3}, {"done": False},
    {"pagination": {"next": "/things?p=2"}}, {"meta": {"total_items": 600}}, {"links": {"next": "/things?p=2"}},
    {"truncated": True}, {"eof": True, "took": 8}, {"status": "partial"}, {"warning": "cut at 3 rows"},
    {"type": "cursor", "z": "z81"}, {"kind": "summary", "seen": 3}, {"mac": None, "next": "z81"},
    "z81", 600, None, ["z81"],
]  # fmt: skip


@pytest.mark.parametrize(("odd", "words"), FAILURES)
def test_a_failure_among_the_rows(odd, words):
    """An element with nothing but an outcome, at either end and on any page, raises with its words."""
    for body in ([*ROWS, odd], [odd, *ROWS], [ROWS[0], odd]):
        with pytest.raises(MalformedPage) as caught:
            find_rows(body, URL)
        assert words in str(caught.value)
    with pytest.raises(MalformedPage, match=re.escape(words)):
        refuse_odd_end([odd], frozenset({"mac"}), index=4)


@pytest.mark.parametrize("odd", SIGNS)
def test_a_sign_among_the_rows(odd):
    """An element that leads on or counts is no row: nobody knows how to go on, or the page is wrong."""
    for body in ([*ROWS, odd], [odd, *ROWS]):
        with pytest.raises(UnknownPagination, match="items=''"):
            find_rows(body, URL)
        with pytest.raises(MalformedPage, match="no row like those beside it"):
            refuse_odd_end(body, frozenset({"mac"}), index=1)
    with pytest.raises(MalformedPage, match="no row like those beside it"):
        refuse_odd_end([odd], frozenset({"mac"}), index=1)


@pytest.mark.parametrize(
    "body",
    [
        # events, tagged unions, parts by key
        [{"type": "push", "ref": "x"}, {"type": "error", "message": "build failed"}],
        [{"kind": "a", "total": 2}, {"kind": "summary", "total": 9}],
        [{"image": "x"}, {"image": "y"}, {"text": "hello"}], [{"call": {}}, {"call": {}}, {"detail": "x"}],
        # optional fields, and rows with nothing in common
        [{"mac": 1}, {"mac": 2, "next": "x"}, {"mac": 3, "error": "down"}], [{"a": 1}, {"b": 2}, {"count": 3}],
        [{"mac": 1, "status": "failed"}, {"mac": 2}], [{"mac": 1}, {"mac": 2}, {"name": "x"}],
        [{"mac": 1}, {"mac": 2}, {"status": "down", "host": "x"}],
        [{"mac": 1}, {"mac": 2}, {"data": {"name": "x"}}], [{"mac": 1}, {"mac": 2}, {"number": 5}],
        # null, texts and numbers that are rows as well
        ["a", "b", None], [None, "a"], [1, 2, None], [{"mac": 1}, None], [{"mac": 1}, None, {"mac": 2}, None],
        [{"mac": 1}, "x", {"mac": 2}, "y"], ["a", "b", {"mac": 1}], [[1], [2], {"mac": 1}], [], [{}], [{}, {"mac": 1}],
    ],
)  # fmt: skip
def test_ends_that_are_rows(body):
    """Events, tagged unions, rows with optional fields, sparse rows, and lists with null stay rows."""
    assert find_odd_end(body) is None
    assert "" == find_rows(body, URL)


@pytest.mark.parametrize(
    ("page", "known"),
    [
        ([{"mac": 9}], {"mac"}), ([{"port": 9}], {"mac", "port"}), ([{"total": 9}], {"total", "day"}),
        ([{"message": "x"}], set()), (["a"], set()), ([None], set()), ([{"host": 9}], {"mac"}),
        ([], {"mac"}), ([{"error": "x", "mac": 1}], {"mac"}),
    ],
)  # fmt: skip
def test_an_only_row_of_a_later_page(page, known):
    """It shares a name with the rows before it, or tells something of a thing."""
    assert find_odd_end(page, frozenset(known)) is None


@pytest.mark.parametrize(
    "odd", [{"message": "Rate limit exceeded"}, {"status": "error"}, {"error": "x"}]
)
@pytest.mark.parametrize(
    ("strategy", "shape"),
    [
        (None, lambda found: found),
        (PageNumber("page", items=""), lambda found: found),
        (PageNumber("page", items="list"), lambda found: {"list": found}),
    ],
)  # fmt: skip
def test_a_failure_instead_of_a_later_page(strategy, shape, odd):
    """The rows before it are handed out; with the strategy given as well, and beside other rows."""
    for later in ([odd], [{"id": 3}, odd]):

        def answer(query, later=later):
            return shape(rows(1, 2) if query["page"] == "1" else later)

        with serving(answer):
            listing = listing_of({"page": "1"}, strategy=strategy)
            with pytest.raises(MalformedPage, match="reports an error"):
                list(listing)
            assert 2 == listing.stats.items


def test_models_do_not_hide_it():
    """With a model the rows of later pages are decoded directly, and their ends are still seen."""

    class Row(msgspec.Struct):
        id: int = 0

    def answer(query):
        page = int(query["page"])
        return rows(2 * page, 2 * page + 1) if page < 4 else [{"id": 8}, {"error": "gone"}]

    with serving(answer):
        listing = listing_of({"page": "1"}, strategy=PageNumber("page", items=""), model=Row)
        with pytest.raises(MalformedPage, match="gone"):
            list(listing)


def test_whoever_says_that_they_are_rows_gets_them():
    """With `items=` all elements come; a failure among them is a doubt."""
    signed = [*rows(1, 2), {"next": "z81"}]
    with serving(lambda query: {"list": signed}):
        assert signed == list(listing_of(items="list"))
    failed = [*rows(1, 2), {"error": "gone"}]
    with serving(lambda query: {"list": failed, "next": None}):
        with pytest.warns(PossiblyTruncated, match="gone"):
            assert failed == list(listing_of(items="list", strategy=NextLink("next")))


def test_an_ordinary_page_costs_nearly_nothing():
    """To look at the ends takes less than it takes to copy a page's list of rows a few times."""
    page = [{f"name{n}": n for n in range(12)} for _ in range(1000)]
    known = frozenset(page[0])
    look = min(timeit.repeat(lambda: refuse_odd_end(page, known), number=1000, repeat=5))
    copy = min(timeit.repeat(lambda: list(page), number=1000, repeat=5))
    assert look < 3 * copy
