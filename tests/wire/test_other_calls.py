"""What comes between two rows: a signal handler, another thread, a close by the caller's code."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from requests_paginate import exceptions, get_all, strategies
from tests.interrupts import FOUR, PACKAGE, InMemory
from tests.loopback import LoopbackServer, http

ROWS = [row["id"] for body in FOUR for row in body["rows"]]


def listing_of(**options):
    """Eight rows on four pages."""
    session = requests.Session()
    session.mount("https://", InMemory(FOUR))
    return get_all("https://api.test/rows", session=session, retries=0, **options)


def count_lines(call):
    """How many lines of the package a call runs through."""
    lines = []
    _traced(call, lambda: lines.append(1))
    return len(lines)


def _traced(call, reached):
    """Run a call, and another one at each of its lines."""

    def inside(_frame, event, _):
        if event == "line":
            reached()
        return inside

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: inside if frame.f_code.co_filename.startswith(PACKAGE) else None)
    try:
        call()
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("by_pages", [False, True])
def test_a_row_that_a_signal_handler_takes_is_the_next_one(by_pages):
    """At any line of a page's turn, it gets a row that nobody else gets, or an error."""

    def take(listing):
        return next(listing.pages()).items if by_pages else [next(listing)]

    first = listing_of()
    list(zip(first, range(2), strict=False))
    for place in range(1, count_lines(lambda: take(first))):
        assert (place, ROWS) == (place, list_with_handler(take, place))


def list_with_handler(take, place):
    """List with a handler that takes a row at a line of the second page's turn; return the rows."""
    listing, taken, lines = listing_of(), [], []
    rows = [next(listing), next(listing)]

    def handle():
        lines.append(1)
        if len(lines) == place:
            with suppress(RuntimeError):
                taken.append(next(listing))

    _traced(lambda: rows.extend(take(listing)), handle)
    return sorted(row["id"] for row in (*rows, *taken, *listing))


@pytest.mark.parametrize("option", ["items", "key", "model"])
def test_no_row_comes_after_a_close_by_the_caller_s_code(option):
    """The checkpoint leads to the row after the last one that was handed out."""
    calls = []

    def close(value):
        calls.append(1)
        if len(calls) > (1 if option == "items" else 2):
            listing.close()
        return {"items": lambda: value["rows"], "key": lambda: value["id"]}.get(
            option, lambda: value
        )()

    listing = listing_of(**{option: close})
    rows = [next(listing), next(listing)]
    with pytest.raises(ValueError, match="closed"):
        next(listing)
    calls.clear()
    rest = listing_of(
        resume=listing.checkpoint(), **({"items": "rows"} if option == "items" else {})
    )
    assert ROWS == [row["id"] for row in (*rows, *rest)]


class Authenticating(requests.Session):
    """Adds the authentication itself, if the caller gave none."""

    def request(self, method, url, auth=None, **options):
        return super().request(method, url, auth=auth or ("user", "password"), **options)


@pytest.mark.parametrize("prefetch", [0, 4])
def test_a_session_may_choose_the_authentication(prefetch):
    """What it adds where no `auth=` is given is sent with every page."""

    def answer(number, request):
        if "Authorization: Basic" not in request:
            return http({}, 401)
        return http({"rows": [number], "next": "?page=2" if number == 0 else None})

    with LoopbackServer(answer) as server, Authenticating() as session:
        assert [0, 1] == list(get_all(server.url, session=session, prefetch=prefetch))


class Elsewhere(requests.Session):
    """Sends in another thread."""

    def __init__(self):
        super().__init__()
        pool = ThreadPoolExecutor(4)
        self.submit, self.shutdown = pool.submit, pool.shutdown

    def request(self, *given, **options):
        return self.submit(super().request, *given, **options).result(20)


@pytest.mark.parametrize("prefetch", [0, 4])
def test_a_refusal_in_another_thread_of_the_session_ends_the_listing(prefetch):
    """Whoever enters a session again after a 401 is known by its request, not by its thread."""
    with LoopbackServer(lambda *_: http({}, 401)) as server, Elsewhere() as session:
        listing = get_all(server.url, session=session, prefetch=prefetch, deadline=30)
        with pytest.raises(exceptions.PageFailed, match="401"):
            next(listing)
        session.shutdown()


def test_a_cookie_that_changed_is_put_into_no_cursor():
    """A word of a cursor that is also a cookie's value comes back as the server sent it."""

    def answer(_, request):
        shard, _, place = request.partition("cursor=")[2].partition(" ")[0].rpartition("-")
        start = int(place or 0)
        following = f"{shard or 'south-1a2b3c4d'}-{start + 1}" if start < 3 else None
        return http({"rows": [{"id": start}], "next": following, "shard": shard})

    strategy = strategies.Cursor("cursor", token="next", items="rows")
    with LoopbackServer(answer) as server, requests.Session() as session:
        session.cookies.set("edge", "south-1a2b3c4d")
        listing = get_all(server.url, session=session, strategy=strategy)
        assert {"id": 0} == next(listing)
        token = listing.checkpoint()
        session.cookies.set("edge", "west-9f8e7d6c")
        with pytest.raises(exceptions.InvalidCheckpoint, match="left 'secret cookie edge"):
            get_all(server.url, session=session, strategy=strategy, resume=token)
        session.cookies.set("edge", "south-1a2b3c4d")
        rest = get_all(server.url, session=session, strategy=strategy, resume=token)
        assert [1, 2, 3] == [row["id"] for row in rest]


def test_rows_named_by_a_word_that_is_a_secret_are_found_again():
    """An ordinary word is no secret inside of another text."""
    pages = [http({"transactions": [{"id": 1}], "next": "?page=2"})]
    pages += [http({"transactions": [{"id": 2}], "next": None})]
    params = {"keyword": "transactions"}
    with LoopbackServer(pages) as server, requests.Session() as session:
        token = next(get_all(server.url, session=session, params=params).pages()).checkpoint
        rest = get_all(server.url, session=session, params=params, resume=token)
        assert [2] == [row["id"] for row in rest]
