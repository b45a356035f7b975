"""Ends that a strategy sees and a first page does not bear out."""

from __future__ import annotations

import pytest
import requests
import responses

from requests_paginate import dialects, exceptions, get_all, strategies
from requests_paginate.sandbox import PageNumberPages
from requests_paginate.strategies import SinglePage
from requests_paginate.testing import mount
from tests.loopback import LoopbackServer, http
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.api import URL, items


@pytest.mark.parametrize(
    ("beside", "params"),
    [
        ({"limit": 2}, {}), ({"per_page": "2"}, {}), ({"meta": {"pageSize": 2}}, {}),
        ({"page": 1}, {}), ({"pageIndex": 0}, {}), ({"meta": {"currentPage": 1}}, {}),
        ({}, {"limit": "2"}), ({}, {"limit": "0,2"}), ({}, {"display": "2"}), ({}, {"batch": "2"}),
        ({}, {"filter": '{"limit": 2}'}), ({}, {"filter": '{"where": {}, "maxResults": "2"}'}),
    ],
)  # fmt: skip
def test_a_page_that_looks_cut_is_warned_of(beside, params):
    """As long as its size, asked for or echoed, or numbered: all rows come, and a warning."""
    with serving(lambda query: {"items": rows(1, 2), **beside}):
        with pytest.warns(exceptions.PossiblyTruncated, match="one page was taken") as warned:
            assert rows(1, 2) == list(listing_of(params))
    assert [__file__] == [warning.filename for warning in warned]


@pytest.mark.parametrize(
    ("beside", "params"),
    [
        ({}, {}), ({"limit": 3}, {}), ({"meta": {"pageSize": 50}}, {}), ({"count": 2}, {}),
        ({"size": 2}, {}), ({"code": 1, "number_of_shards": 2}, {}), ({}, {"limit": "3"}),
        ({}, {"filter": '{"limit": 3}'}), ({}, {"filter": "[2]"}), ({}, {"filter": '{"id": 2}'}),
        ({}, {"id": "2"}), ({}, {"limit": "2,0"}),
    ],
)  # fmt: skip
def test_a_page_that_looks_whole_is_not_warned_of(beside, params):
    """Shorter than its size, or without one."""
    with serving(lambda query: {"items": rows(1, 2), **beside}):
        assert rows(1, 2) == list(listing_of(params))


def test_a_resource_says_of_itself_that_it_is_incomplete():
    """What a resource says is about itself, and no row is missing."""
    body = {"id": 5, "meta": {"a": {"incomplete_results": True}}, "partial": True}
    with serving(lambda query: body):
        listed = listing_of(strategy=SinglePage(""))
        assert ([body], ()) == (list(listed), listed.doubts)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"items": rows(1, 2), "count": 1}, "count"),
        ({"data": {"items": rows(1, 2), "count": 1}}, "data.count"),
        ({"a": {"b": {"items": rows(1, 2), "total_count": 1}}}, "a.b.total_count"),
    ],
)
def test_a_count_below_the_rows_of_its_page_is_doubted(body, place):
    """Beside the rows, however deep they are; the doubt says where it is."""
    with serving(lambda query: body):
        with pytest.warns(exceptions.PossiblyTruncated, match=f"'{place}' counts 1 rows, fewer"):
            assert rows(1, 2) == list(listing_of())


def test_a_resource_is_never_cut():
    """One resource has no size, whatever its fields are called."""
    body = {"id": 5, "page": 1, "limit": 1, "tags": ["a"]}
    with serving(lambda query: body):
        assert [body] == list(listing_of())


def test_a_strategy_that_ends_where_the_page_leads_on_raises():
    """GitHub's strategy on Belvo's envelope would end after one page; it raises instead."""
    page = http({"results": [1], "count": 9, "next": "?page=2"})
    with LoopbackServer([page] * 2) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=dialects.GITHUB)
        assert 1 == next(listing)
        with pytest.raises(exceptions.InconsistentListing, match="NextLink") as caught:
            next(listing)
        assert [1] == caught.value.response.json()["results"]
        assert [1] == list(get_all(server.url, session=session, strategy=dialects.SINGLE_PAGE))


def test_a_strategy_that_ends_beside_a_possible_cursor_warns():
    """A field that may be a cursor, and may be none, is told of."""
    with LoopbackServer([http({"results": [1], "cursor": "c"})]) as server:
        with requests.Session() as session:
            with pytest.warns(exceptions.PossiblyTruncated, match="Cursor") as seen:
                assert [1] == list(get_all(server.url, session=session, strategy=dialects.GITHUB))
        assert __file__ == seen[0].filename


def test_what_the_caller_asks_for_raises_no_doubt():
    """GitHub's strategy on one page of GitHub's, asked for by page and size, is beyond doubt."""
    with LoopbackServer([http([1, 2, 3])]) as server, requests.Session() as session:
        params = {"page": 1, "per_page": 100}
        listing = get_all(server.url, session=session, strategy=dialects.GITHUB, params=params)
        assert [1, 2, 3] == list(listing)


def test_a_page_as_long_as_was_asked_for_warns():
    """A bare list of exactly `limit` rows may be the first of many."""
    with LoopbackServer([http([1, 2])] * 2) as server, requests.Session() as session:
        with pytest.warns(exceptions.PossiblyTruncated, match="SinglePage") as seen:
            assert [1, 2] == list(get_all(server.url, session=session, params={"limit": 2}))
        assert __file__ == seen[0].filename
        sure = get_all(server.url, session=session, params={"limit": 2}, strategy=SinglePage())
        assert [1, 2] == list(sure)


def test_a_listing_that_begins_in_the_middle():
    """Where the caller asks for page 2, the total is no reason to complain at the end."""
    dialect = PageNumberPages(total=25, page_size=10)
    with responses.RequestsMock() as mock:
        mount(dialect, URL, mock)
        assert list(dialect.rows())[10:] == list(items(params={"page": 2}))


@pytest.mark.parametrize(
    ("more", "beside"),
    [
        ("!finished", {"finished": True}), ("has_more", {"has_more": False}),
        ("hasMoreOrders", {"hasMoreOrders": False}), ("!meta.last", {"meta": {"last": True}}),
        ("more", {"more": "false"}),
    ],
)  # fmt: skip
def test_the_caller_s_own_flag_is_no_doubt(more, beside):
    """Who names a flag knows that it is the end, also where a token stays."""
    body = {"results": [], "pageToken": "t", "next_page": "u", **beside}
    with serving(lambda query: body):
        strategy = strategies.Cursor("pageToken", token="pageToken", more=more, items="results")
        listing = listing_of(strategy=strategy)
        assert [] == list(listing)
        assert listing.complete
