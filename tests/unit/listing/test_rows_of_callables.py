"""A callable `items` says where the rows are; all that stands around them is read as usual."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.places import find_place
from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    PossiblyTruncated,
    UnknownPagination,
)
from requests_paginate.strategies import Cursor, LastItem, NextLink, Offset, PageNumber
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.test_doubts import drained

ROW = {"id": 1, "owner": {"id": 7}}


@pytest.mark.parametrize(
    ("place", "body", "take"),
    [
        ("rows", {"rows": [ROW]}, lambda body: body["rows"]),
        ("", [ROW], lambda body: body),
        ("a.b.rows", {"a": {"x": [ROW], "b": {"rows": [ROW]}}}, lambda body: body["a"]["b"]["rows"]),
        ("feed.edges", {"feed": {"edges": [{"node": ROW}]}}, lambda body: [e["node"] for e in body["feed"]["edges"]]),
        ("rows", {"rows": [{"id": 0}, ROW]}, lambda body: [r for r in body["rows"] if r["id"]]),
        ("b", {"a": [], "b": []}, lambda body: body["b"]),
        ("odata.rows", {"odata.rows": [ROW]}, lambda body: body["odata.rows"]),
        (None, {"rows": [ROW]}, lambda body: [{**body["rows"][0]}]),
        (None, {"rows": {"1": ROW}}, lambda body: [*body["rows"].values()]),
        (None, {"rows": ["a"]}, lambda body: [*body["rows"]]),
        (None, {}, lambda body: []),
    ],
)  # fmt: skip
def test_the_place_of_rows(place, body, take):
    """It is the very list that was returned, else the one that has the first row."""
    assert place == find_place(body, take(body))


def deep(**beside):
    return {"data": {"viewer": {"repos": {"rows": rows(1, 2), **beside}}}}


def take_deep(body):
    return body["data"]["viewer"]["repos"]["rows"]


@pytest.mark.parametrize(
    "take", [take_deep, lambda body: [row for row in take_deep(body) if row["id"]]]
)
@pytest.mark.parametrize(
    "sign",
    [
        {"pageInfo": {"hasNextPage": True}},
        {"has_more": True},
        {"total": 60},
        {"truncated": True},
        {"meta": {"totalCount": 60}},
        {"partial": True},
        {"errors": [{"message": "boom"}]},
        {"isLastPage": False},
    ],
)
def test_signs_around_the_rows_of_a_callable(sign, take):
    """What stands around the rows, however deep, is read as it is beside a path."""
    with serving(lambda query: deep(**sign)):
        got, error, told = drained(listing_of(items=take))
    assert isinstance(error, UnknownPagination) or (rows(1, 2), [PossiblyTruncated]) == (got, told)


@pytest.mark.parametrize("beside", [{}, {"pageInfo": {"hasNextPage": False}}, {"total": 2}, {"color": "red"}])  # fmt: skip
@pytest.mark.parametrize("take", [take_deep, lambda body: [*take_deep(body)]])
def test_an_end_around_the_rows_of_a_callable(beside, take):
    """Where nothing speaks of more, the rows are all."""
    with serving(lambda query: deep(**beside)):
        listing = listing_of(items=take)
        assert (rows(1, 2), None, []) == drained(listing)
    assert listing.complete


def test_a_row_that_failed_is_data():
    """The rows themselves are not searched for signs, wherever a callable finds them."""
    jobs = {"1": {"id": 1, "status": "failed", "partial": True}, "2": {"id": 2}}
    with serving(lambda query: {"jobs": jobs}):
        listing = listing_of(items=lambda body: body["jobs"].values())
        assert ([*jobs.values()], None, []) == drained(listing)


def take(body):
    return body.get("items", []) if isinstance(body, dict) else []


STRATEGIES = {
    "link": (NextLink("next", items=take), {"next": "?n=2"}),
    "page": (PageNumber("n", items=take), {}),
    "offset": (Offset("n", items=take), {}),
    "last": (LastItem("n", items=take), {}),
    "cursor": (Cursor("n", token="next", items=take), {"next": "c"}),
    "detected": (None, {"next": "?n=2"}),
}


@pytest.mark.parametrize(("strategy", "beside"), STRATEGIES.values(), ids=STRATEGIES)
@pytest.mark.parametrize(
    "failure",
    [
        {"message": "Rate limit exceeded"},
        {"status": "error"},
        {"code": 429},
        {"errors": ["x"]},
        {"detail": "Throttled"},
        {"Note": "call less often"},
        {"retry_after": 30},
        {"login_required": True},
        "throttled",
    ],
)
def test_a_later_page_without_rows_that_says_otherwise(strategy, beside, failure):
    """What is no page raises, as where the rows are at a path; the rows before it came."""
    with serving(lambda query: failure if "n" in query else {"items": rows(1, 2), **beside}):
        options = {"items": take} if strategy is None else {"strategy": strategy}
        got, error, _ = drained(listing_of(**options))
    assert (rows(1, 2), True) == (got, isinstance(error, (MalformedPage, InconsistentListing)))


@pytest.mark.parametrize(("strategy", "beside"), STRATEGIES.values(), ids=STRATEGIES)
@pytest.mark.parametrize("ending", [{}, {"items": []}, {"items": [], "page": 2}, {"items": [], "status": "ok"}])  # fmt: skip
def test_a_later_page_without_rows(strategy, beside, ending):
    """An empty list, or one that is left out, is the end."""
    with serving(lambda query: ending if "n" in query else {"items": rows(1, 2), **beside}):
        options = {"items": take} if strategy is None else {"strategy": strategy}
        listing = listing_of(**options)
        assert (rows(1, 2), None, []) == drained(listing)


@pytest.mark.parametrize(
    ("failure", "is_refused"),
    [
        ({"message": "Rate limit exceeded"}, True),
        ({"throttled_until": "noon"}, True),
        ({"things": []}, False),
        ({"things": [], "page": 2}, False),
    ],
)
def test_rows_that_a_callable_makes(failure, is_refused):
    """Where no list of the body has the rows, a page without any list is none."""
    strategy = PageNumber("n", items=lambda body: [{"id": x} for x in body.get("things", [])])
    with serving(lambda query: failure if "n" in query else {"things": [1, 2]}):
        got, error, _ = drained(listing_of(strategy=strategy))
    assert (rows(1, 2), is_refused) == (got, isinstance(error, MalformedPage))
