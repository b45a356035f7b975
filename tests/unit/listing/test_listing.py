"""The iterator: position, limits, pages, totals, models, keys, resuming, pickling."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from decimal import Decimal
from operator import length_hint

import msgspec
import pytest
import requests
import responses

from requests_paginate import Listing, Page, PageRequest, dialects, exceptions, get_all
from requests_paginate.sandbox import BodyCursor, PageNumberPages, TotalPagesEnvelope
from requests_paginate.strategies import Cursor, NextLink, PageNumber, SinglePage, Strategy
from requests_paginate.testing import mount
from tests.wires import http, wire_server

URL = "https://api.test"


@pytest.fixture
def api():
    """25 rows on 3 pages with total_pages, and the number of requests."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        dialect = TotalPagesEnvelope(total=25, page_size=10)
        counter = mount(dialect, URL, mock)
        yield dialect, counter


def ids(rows):
    return [row["id"] for row in rows]


@pytest.fixture
def rows(api):
    return list(api[0].rows())


def items(**options):
    return get_all(f"{URL}/items", **options)


def requests_of(api):
    return sum(api[1].values())


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
    assert f"<Page 1: 10 items, {URL}/items?page=2>" == repr(pages[1])


def test_an_empty_page_is_a_page():
    """`pages()` gives a page without rows, and such a page is true."""
    with wire_server([http({"results": [], "next": None})]) as server:
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
    with wire_server([http({"results": [1], "next": "?a=1"})]) as server:
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


def test_a_missing_key_is_malformed(api):
    """A row without the identity that key= names is an error with a checkpoint."""
    with pytest.raises(exceptions.MalformedPage, match="'uuid'") as caught:
        next(items(key="uuid"))
    assert 25 == len(list(items(resume=caught.value.checkpoint)))


def test_a_strategy_that_ends_where_the_page_leads_on_raises():
    """GitHub's strategy on Belvo's envelope would end after one page; it raises instead."""
    page = http({"results": [1], "count": 9, "next": "?page=2"})
    with wire_server([page] * 2) as server, requests.Session() as session:
        with pytest.raises(exceptions.InconsistentListing, match="NextLink") as caught:
            next(get_all(server.url, session=session, strategy=dialects.GITHUB))
        assert [1] == caught.value.response.json()["results"]
        assert [1] == list(get_all(server.url, session=session, strategy=dialects.SINGLE_PAGE))


def test_a_strategy_that_ends_beside_a_possible_cursor_warns():
    """A field that may be a cursor, and may be none, is told of."""
    with wire_server([http({"results": [1], "cursor": "c"})]) as server:
        with requests.Session() as session:
            with pytest.warns(exceptions.PossiblyTruncated, match="Cursor") as seen:
                assert [1] == list(get_all(server.url, session=session, strategy=dialects.GITHUB))
        assert __file__ == seen[0].filename


def test_what_the_caller_asks_for_raises_no_doubt():
    """GitHub's strategy on one page of GitHub's, asked for by page and size, is beyond doubt."""
    with wire_server([http([1, 2, 3])]) as server, requests.Session() as session:
        params = {"page": 1, "per_page": 100}
        listing = get_all(server.url, session=session, strategy=dialects.GITHUB, params=params)
        assert [1, 2, 3] == list(listing)


@pytest.mark.parametrize("total", [10**12, 10**17])
def test_the_length_hint_is_clamped(total):
    """A server's word reserves no unbounded memory."""
    page = http({"items": [1], "total": total, "next": "?a"})
    with wire_server([page]) as server, requests.Session() as session:
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

    with wire_server(answer) as server, requests.Session() as session:
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


# Models and keys


class Row(msgspec.Struct):
    id: int


@dataclass
class Plain:
    id: int


@pytest.mark.parametrize("model", [Row, Plain, lambda row: Row(row["id"])])
def test_rows_become_the_model(api, rows, model):
    """A type or a callable turns rows into the caller's objects; unknown fields are ignored."""
    converted = list(items(model=model))
    assert ids(rows) == [row.id for row in converted]


def test_a_row_that_does_not_fit_the_model_is_malformed():
    """The error names path and types, and never the value."""
    with wire_server([http([{"id": 1}, {"id": "s3cret"}])]) as server:
        with requests.Session() as session:
            with pytest.raises(exceptions.MalformedPage, match=r"`int`.*\[1\]\.id") as caught:
                list(get_all(server.url, session=session, model=Row))
            assert "s3cret" not in str(caught.value)


def test_money_can_be_decimal():
    """A decode callable keeps money exact."""
    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    with wire_server([http(b'[{"amount": 0.1}]')]) as server, requests.Session() as session:
        assert [{"amount": Decimal("0.1")}] == list(
            get_all(server.url, session=session, decode=decode)
        )


@pytest.mark.parametrize("key", ["id", lambda row: row["id"]])
def test_a_key_drops_rows_seen_before(key):
    """Rows that a page shift repeats are dropped and counted."""
    pages = [
        http({"results": [{"id": 1}, {"id": 2}], "next": "?page=2"}),
        http({"results": [{"id": 2}, {"id": 3}, {"id": 3}], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key=key)
        assert [1, 2, 3] == ids(listing)
        assert (2, 3) == (listing.stats.duplicates_dropped, listing.stats.items)


def test_a_key_of_a_model_is_its_attribute():
    """With a model the key is looked up on it."""
    with wire_server([http([{"id": 1}, {"id": 1}])]) as server, requests.Session() as session:
        assert [Row(1)] == list(get_all(server.url, session=session, key="id", model=Row))


def test_a_key_that_is_no_identity_is_malformed():
    """A row whose key is a list or an object cannot be told from others."""
    with wire_server([http([{"id": [1]}])]) as server, requests.Session() as session:
        with pytest.raises(exceptions.MalformedPage, match="a list"):
            next(get_all(server.url, session=session, key="id"))


def test_a_failing_key_loses_no_row():
    """What the key's callable raises passes, and the page is tried again whole."""
    calls = []

    def key(row):
        calls.append(row)
        if len(calls) == 2:
            raise KeyError("mine")
        return row

    with wire_server([http([1, 2]), http([1, 2])]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key=key)
        with pytest.raises(KeyError, match="mine"):
            next(listing)
        assert [1, 2] == list(listing)


# Resuming and pickling


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 24, 25])
@pytest.mark.parametrize("options", [{}, {"key": "id"}, {"model": Row}])
def test_a_checkpoint_goes_on_at_the_next_row(api, count, options):
    """Rows before and rows after a checkpoint are the listing, wherever it was taken."""
    whole = list(items(**options))
    listing = items(**options)
    before = [next(listing) for _ in range(count)]
    resumed = items(resume=listing.checkpoint(), **options)
    token = resumed.checkpoint()
    assert whole == before + list(resumed)
    assert whole == before + list(items(resume=token, **options))


@pytest.mark.parametrize("limit", [4, 10, 12])
def test_a_limited_listing_s_checkpoint_goes_on(api, rows, limit):
    """After max_items the checkpoint leads to the first row that was not handed out."""
    limited = items(max_items=limit)
    before = list(limited)
    assert rows == before + list(items(resume=limited.checkpoint()))


def test_a_finished_listing_s_checkpoint_resumes_to_nothing(api):
    """It costs no request and gives no row."""
    listing = items()
    list(listing)
    cost = requests_of(api)
    resumed = items(resume=listing.checkpoint())
    assert [] == list(resumed)
    assert resumed.complete
    assert cost == requests_of(api)


def test_dropped_rows_count_in_a_checkpoint():
    """With a key, the place in the page is counted in the server's rows."""
    page = http([{"id": 1}, {"id": 1}, {"id": 2}, {"id": 3}])
    with wire_server([page] * 3) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key="id")
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = get_all(server.url, session=session, key="id", resume=listing.checkpoint())
        assert [3] == ids(resumed)


def test_a_changed_page_warns_on_resuming():
    """If the page to re-read is another now, the listing says what may be wrong."""
    pages = [http([{"id": 1}, {"id": 2}]), http([{"id": 0}, {"id": 1}, {"id": 2}])]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        next(listing)
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        with pytest.warns(exceptions.ListingChanged, match="missing or repeat") as seen:
            assert [1, 2] == ids(resumed)
        assert __file__ == seen[0].filename


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (f"{URL}/other", {}),
        ("https://other.test/items", {}),
        (f"{URL}/items", {"strategy": dialects.BELVO}),
    ],
)
def test_a_checkpoint_of_another_listing_is_refused_at_the_call(api, url, options):
    """Another path, origin or strategy is InvalidCheckpoint before anything is sent."""
    listing = items()
    next(listing)
    with pytest.raises(exceptions.InvalidCheckpoint):
        get_all(url, resume=listing.checkpoint(), **options)
    assert 1 == requests_of(api)


def test_a_checkpoint_of_another_account_is_refused():
    """A parameter may be left out on resuming, since the token has it; it may not be another."""
    pages = [http([1, 2])] * 3
    with wire_server(pages) as server, requests.Session() as session:
        params = {"account": "a", "api_key": "k1"}
        listing = get_all(server.url, session=session, params=params)
        next(listing)
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="'account'"):
            get_all(server.url, session=session, params={"account": "b"}, resume=token)
        rotated = {"api_key": "k2"}
        assert [2] == list(get_all(server.url, session=session, params=rotated, resume=token))
        assert "/?account=a&api_key=k2" == server.paths()[-1]


@pytest.mark.parametrize("count", [0, 3, 10, 25])
def test_a_listing_pickles_before_and_during_iteration(api, rows, count):
    """A copy goes on where the original stood."""
    with requests.Session() as session:
        listing = items(session=session, model=Row)
        before = [next(listing) for _ in range(count)]
        copy = pickle.loads(pickle.dumps(listing))
        assert ids(rows) == [row.id for row in before + list(copy)]
        assert ids(rows) == [row.id for row in before + list(listing)]


def test_a_changing_total_warns_once():
    """Rows that come or go on the way are told of, once, and in the statistics."""
    pages = [
        http({"results": [1], "count": 3, "next": "?page=2"}),
        http({"results": [2], "count": 4, "next": "?page=3"}),
        http({"results": [3], "count": 2, "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        with pytest.warns(exceptions.ListingChanged, match="from 3 to 4") as seen:
            assert [1, 2, 3] == list(listing)
        assert (1, True) == (len(seen), listing.stats.drift)


# Strategies and rows


def test_the_items_option_reads_elsewhere():
    """A path or a callable overrides where the strategy or detection looks."""
    body = {"results": [9], "a": {"b": [{"x": 1}]}, "next": None}
    with wire_server([http(body)] * 4) as server, requests.Session() as session:
        assert [{"x": 1}] == list(get_all(server.url, session=session, items="a.b"))
        assert [1] == list(
            get_all(
                server.url, session=session, items=lambda body: (r["x"] for r in body["a"]["b"])
            )
        )
        assert [{"x": 1}] == list(
            get_all(server.url, session=session, items="a.b", strategy=dialects.PLUGGY_V2)
        )


def test_rows_are_looked_for_once():
    """Where the rows were found on page 1 they must be on every page."""
    pages = [
        http({"results": [1], "next": "?page=2"}),
        http({"other": [2], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=NextLink("next"))
        assert 1 == next(listing)
        assert "results" == listing.strategy.items.path
        with pytest.raises(exceptions.MalformedPage, match="'results'"):
            next(listing)


class Sevens(Strategy):
    """A strategy of one's own: the next page is seven further on, until a page is empty."""

    def next(self, page: Page) -> PageRequest | None:
        if not self.items(page):
            return None
        at = int(page.request.params.get("at", 0))
        return page.request.with_param("at", at + 7)


def test_a_strategy_of_one_s_own():
    """Subclassing and giving `next` is enough; it resumes when it is passed again."""

    def answer(_, request):
        at = int((request.split(" ")[1].partition("at=")[2]) or 0)
        return http({"data": list(range(at, min(at + 7, 20)))})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=Sevens())
        before = [next(listing) for _ in range(9)]
        token = listing.checkpoint()
        after = list(get_all(server.url, session=session, strategy=Sevens(), resume=token))
        assert list(range(20)) == before + after
        with pytest.raises(exceptions.InvalidCheckpoint, match="passed again"):
            get_all(server.url, session=session, resume=token)


def test_a_strategy_of_one_s_own_cannot_leave_the_origin():
    """A URL that a custom strategy takes from the body is checked like any link."""

    class Naive(Strategy):
        def next(self, page):
            return PageRequest("GET", page.body["next"])

    with wire_server([http({"data": [1], "next": "https://evil.test/"})]) as server:
        with requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, strategy=Naive()))


def test_a_strategy_that_gives_no_request_is_a_type_error():
    """A custom strategy that returns a URL instead of a request is told so."""

    class Wrong(Strategy):
        def next(self, page):
            return "https://api.test/next"

    with wire_server([http([1])]) as server, requests.Session() as session:
        with pytest.raises(TypeError, match=r"next\(\) gave str"):
            next(get_all(server.url, session=session, strategy=Wrong()))


def test_the_next_candidate_is_tried_when_a_parameter_is_ignored():
    """A detected name that the server ignores gives way to the API's other name; no row repeats."""

    def answer(_, request):
        second = "nextToken=t1" in request
        return http({"records": [3] if second else [1, 2], "next_token": None if second else "t1"})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert [1, 2, 3] == list(listing)
        assert Cursor("nextToken", token="next_token", items="records") == listing.strategy


def test_when_no_candidate_works_it_raises():
    """After the last name the ignored parameter is an inconsistent listing; page 1 came once."""
    with wire_server(lambda *_: http({"records": [1], "next_token": "t1"})) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session)
            assert 1 == next(listing)
            with pytest.raises(exceptions.InconsistentListing):
                next(listing)
            assert 1 == listing.stats.items


def test_a_page_as_long_as_was_asked_for_warns():
    """A bare list of exactly `limit` rows may be the first of many."""
    with wire_server([http([1, 2])] * 2) as server, requests.Session() as session:
        with pytest.warns(exceptions.PossiblyTruncated, match="SinglePage") as seen:
            assert [1, 2] == list(get_all(server.url, session=session, params={"limit": 2}))
        assert __file__ == seen[0].filename
        sure = get_all(server.url, session=session, params={"limit": 2}, strategy=SinglePage())
        assert [1, 2] == list(sure)


@pytest.mark.parametrize(
    ("dialect", "strategy"),
    [
        (PageNumberPages(total=25, page_size=10), PageNumber("page", total="count")),
        (BodyCursor(total=25, page_size=10), Cursor("cursor", token="meta.next_cursor")),
    ],
)
def test_a_given_strategy_is_used(dialect, strategy):
    """`strategy=` overrules detection."""
    with responses.RequestsMock() as mock:
        mount(dialect, URL, mock)
        listing = items(strategy=strategy)
        assert list(dialect.rows()) == list(listing)
        assert type(strategy) is type(listing.strategy)


def test_a_listing_that_begins_in_the_middle():
    """Where the caller asks for page 2, the total is no reason to complain at the end."""
    dialect = PageNumberPages(total=25, page_size=10)
    with responses.RequestsMock() as mock:
        mount(dialect, URL, mock)
        assert list(dialect.rows())[10:] == list(items(params={"page": 2}))


def test_a_listing_is_an_iterator(api):
    """`iter` gives the listing itself."""
    listing = items()
    assert listing is iter(listing)
    assert isinstance(listing, Listing)
