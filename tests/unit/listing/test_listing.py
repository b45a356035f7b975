"""The iterator: position, limits, pages, totals, models, keys, resuming, pickling."""

from __future__ import annotations

import threading
from decimal import Decimal
from operator import length_hint

import msgspec
import pytest
import requests

from requests_paginate import Listing, PageRequest, get_all
from tests.loopback import LoopbackServer, http
from tests.unit.listing.api import URL, by_cursor, items, requests_of


# Position
def test_rows_and_pages_share_one_position(api, rows):
    """After a half-read page the first Page holds the rest of it."""
    listing = items()
    assert rows[:3] == [next(listing) for _ in range(3)]
    pages = listing.pages()
    first = next(pages)
    assert (rows[3:10], 0) == (list(first), first.index)
    assert rows[10] == next(listing)
    assert [9, 5] == [len(page) for page in pages]
    assert [] == list(listing)


def test_a_page_says_what_it_is(api, rows):
    """A Page is whole: rows, request, successor, total, headers, body, URL."""
    pages = list(items().pages())
    assert rows == [row for page in pages for row in page]
    assert [0, 1, 2] == [page.index for page in pages]
    assert [10, 10, 5] == [len(page) for page in pages]
    assert {25} == {page.total for page in pages}
    assert [pages[1].request, pages[2].request, None] == [page.next for page in pages]
    assert PageRequest("GET", f"{URL}/items", params={"page": 2}) == pages[1].request
    assert f"{URL}/items?page=2" == pages[1].url
    assert "application/json" in pages[0].header("content-TYPE")
    assert 25 == pages[0].body["total"]
    assert pages[0].elapsed is not None
    assert f"<Page 1: 10 items, {URL}/items>" == repr(pages[1])


def test_an_empty_page_is_a_page():
    """`pages()` gives a page without rows, and such a page is true."""
    with LoopbackServer([http({"results": [], "next": None})]) as server:
        with requests.Session() as session:
            (page,) = get_all(server.url, session=session).pages()
        assert ([], True) == (list(page), bool(page))


def test_the_total_costs_the_first_page_and_no_row(api, rows):
    """`total` reads the first page if none was read, and hands nothing out."""
    listing = items()
    assert (0, 25, 1) == (requests_of(api), listing.total, requests_of(api))
    assert 25 == listing.total
    assert rows == list(listing)
    assert 3 == requests_of(api)


def test_an_unknown_total_is_none():
    """Where the API does not tell, there is no total and no hint."""
    with LoopbackServer([http({"results": [1], "next": "?a=1"})]) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session)
            assert listing.total is None
            assert 7 == length_hint(listing, 7)


def test_the_length_hint_makes_no_request(api):
    """The hint is the rows left, as far as they are known, within the limits."""
    listing = items()
    assert (7, 0) == (length_hint(listing, 7), requests_of(api))
    next(listing)
    assert (24, 1) == (length_hint(listing), requests_of(api))
    limited = items(max_items=4)
    next(limited)
    assert 3 == length_hint(limited)
    list(listing)
    assert 0 == length_hint(listing)


def test_the_length_hint_of_a_resumed_listing(api):
    """Rows before the checkpoint are not expected again."""
    listing = items()
    before = [next(listing) for _ in range(12)]
    resumed = items(resume=listing.checkpoint())
    next(resumed)
    assert 25 - len(before) - 1 == length_hint(resumed)


@pytest.mark.parametrize("total", [10**12, 10**17])
def test_the_length_hint_is_clamped(total):
    """A server's word reserves no unbounded memory."""
    page = http({"items": [1], "total": total, "next": "?a"})
    with LoopbackServer([page]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        next(listing)
        assert 10_000_000 == length_hint(listing)


def test_complete_is_what_the_server_said(api):
    """It is true at the end, and false before, at a limit and after a break."""
    listing = items()
    assert not listing.complete
    next(listing)
    assert not listing.complete
    list(listing)
    assert listing.complete
    for option in ({"max_items": 22}, {"max_pages": 2}, {"max_items": 0}):
        limited = items(**option)
        list(limited)
        assert not limited.complete
    exact = items(max_items=25)
    list(exact)
    assert exact.complete


@pytest.mark.parametrize(
    ("options", "count", "cost"),
    [
        ({"max_items": 0}, 0, 0),
        ({"max_items": 1}, 1, 1),
        ({"max_items": 10}, 10, 1),
        ({"max_items": 11}, 11, 2),
        ({"max_items": 99}, 25, 3),
        ({"max_pages": 0}, 0, 0),
        ({"max_pages": 1}, 10, 1),
        ({"max_pages": 2, "max_items": 12}, 12, 2),
        ({"max_pages": 9}, 25, 3),
    ],
)
def test_limits_are_exact_and_cost_no_more(api, rows, options, count, cost):
    """A limit stops there, exactly, with as few requests as it can."""
    listing = items(**options)
    assert rows[:count] == list(listing)
    assert [] == list(listing)
    assert cost == requests_of(api)


def test_the_last_page_is_cut_for_pages_too(api, rows):
    """With max_items the last Page holds what is within it."""
    assert [10, 2] == [len(page) for page in items(max_items=12).pages()]


# Closing
def test_a_closed_listing_says_so(api):
    """Going on after close() is a mistake, not an end; its checkpoint still leads on."""
    with items() as listing:
        first = [next(listing) for _ in range(4)]
    with pytest.raises(ValueError, match="closed"):
        next(listing)
    assert not listing.complete
    assert 4 == listing.stats.items
    assert list(api[0].rows()) == first + list(items(resume=listing.checkpoint()))
    listing.close()


def test_two_threads_are_one_too_many():
    """A concurrent next raises RuntimeError instead of tearing a page apart."""
    entered, leave = threading.Event(), threading.Event()

    def answer(*_):
        entered.set()
        leave.wait(10)
        return http([1])

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        thread = threading.Thread(target=lambda: next(listing))
        thread.start()
        entered.wait(10)
        with pytest.raises(RuntimeError, match="another thread"):
            next(listing)
        leave.set()
        thread.join(10)
        assert [] == list(listing)


# Representation
def test_the_repr_makes_no_request_and_shows_no_secret(api):
    """It names the listing, its position and strategy."""
    listing = items(params={"api_key": "s3cret"}, headers={"X-API-KEY": "s3cret"})
    assert f"<Listing GET {URL}/items: 0 rows, 0 pages, strategy not yet known>" == repr(listing)
    assert 0 == requests_of(api)
    list(listing)
    assert "25 of 25 rows, 3 pages, PageNumber('page'" in repr(listing)
    assert "complete" in repr(listing)
    assert "s3cret" not in repr(listing)


def test_money_can_be_decimal():
    """A decode callable keeps money exact."""
    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    with LoopbackServer([http(b'[{"amount": 0.1}]')]) as server, requests.Session() as session:
        assert [{"amount": Decimal("0.1")}] == list(
            get_all(server.url, session=session, decode=decode)
        )


def test_a_listing_is_an_iterator(api):
    """`iter` gives the listing itself."""
    listing = items()
    assert listing is iter(listing)
    assert isinstance(listing, Listing)


def test_a_page_that_the_caller_empties_counts_all_the_same():
    """`page.items` is the caller's to use up; limits and statistics count what was handed out."""
    with LoopbackServer(by_cursor([*range(10)])) as server, requests.Session() as session:
        listing, got = get_all(server.url, session=session, max_items=5), []
        for page in listing.pages():
            while page.items:
                got.append(page.items.pop(0))
        assert [*range(5)] == got
        assert 5 == listing.stats.items
