"""Pages fetched ahead of their turn: faster, and never otherwise than without.

The servers are scripted: an answer is held back until something else has happened, so nothing here
waits for a time to pass. A run with `prefetch=N` is compared with the same run without.
"""

from __future__ import annotations

import gc
import json
import pickle
import signal
import ssl
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from itertools import islice
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
import requests
import urllib3
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase
from urllib3 import Retry

from requests_paginate import exceptions, get_all, strategies
from requests_paginate._transport import pooled_task, worker_pool
from requests_paginate.exceptions import ListingChanged, PageFailed, PaginationError
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, Offset, PageNumber
from tests.wires import RESET, Authority, http, wire_server

WAIT = 30  # seconds; far more than any step takes, so that a failure is no hang
TRIES = Retry(2, backoff_factor=0)  # further tries, and no waits between them

NUMBERS = PageNumber("page", total_pages="pages", items="rows")
OFFSETS = Offset("offset", total="total", items="rows")
LINKS = NextLink("next", items="rows", total="total", page_param="page")
CURSORS = Cursor("cursor", token="after", items="rows")
GUESSABLE = {"numbers": NUMBERS, "offsets": OFFSETS, "links": LINKS}
CHAINED = {
    "plain links": NextLink("next", items="rows"),
    "cursors": CURSORS,
    "header": LinkHeader(items="rows"),
}
DIALECTS = {**GUESSABLE, **CHAINED}


def ids(first, last):
    """The rows of the pages from one to another, two to a page."""
    return [{"id": number} for number in range(2 * first - 2, 2 * last)]


def page(number, pages=8, status=200, headers=None, **changes):
    """An answer that every dialect of this room can read."""
    is_last = number >= pages
    body = {
        "rows": ids(number, number), "pages": pages, "total": 2 * pages,
        "next": None if is_last else f"?page={number + 1}",
        "after": None if is_last else f"c{number + 1}",
    }  # fmt: skip
    link = {} if is_last else {"link": f'<?page={number + 1}>; rel="next"'}
    return http({**body, **changes}, status, **{**link, **(headers or {})})


def number_of(url):
    """The number of the page that a URL asks for."""
    query = dict(parse_qsl(urlsplit(url).query))
    if "offset" in query:
        return int(query["offset"]) // 2 + 1
    return int(query.get("page", query.get("cursor", "c1").lstrip("c")))


class Script:
    """A server of numbered pages that holds answers back, and keeps count.

    Args:
        reply: Gives the answer to a page's number.

    Attributes:
        asked: The numbers of the pages that were asked for, in that order.
        in_flight: Requests whose answers are not given yet.
        most_in_flight: The most of them at once.
        cut: The numbers of the pages whose bodies were cut off by the client.
        needs: What must be true before a page is answered.
        is_dripping: Whether unending bodies go on; else they stop after their first bytes.
        is_over: Whether nothing is held back any more.
    """

    def __init__(self, reply):
        self.reply = reply
        self.changed = threading.Condition()
        self.is_dripping = self.is_over = False
        self.needs = {}
        self.listings = []
        self.reset()

    def reset(self):
        self.asked, self.cut = [], []
        self.held = set()
        self.in_flight = self.most_in_flight = 0

    def __call__(self, _, request):
        number = number_of(request.split(" ")[1])
        with self.changed:
            self.asked.append(number)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self.changed.notify_all()
            in_time = self.changed.wait_for(lambda: self._may_answer(number), WAIT)
            self.in_flight -= 1
            self.changed.notify_all()
        return self.reply(number) if in_time else http({"message": "held for too long"}, 418)

    def _may_answer(self, number):
        is_ready = number not in self.held and self.needs.get(number, lambda: True)()
        return is_ready or self.is_over

    def hold(self, *numbers):
        """Gives no answer to requests for these pages."""
        with self.changed:
            self.held |= set(numbers)

    def release(self, *numbers):
        """Answers them."""
        with self.changed:
            self.held -= set(numbers)
            self.changed.notify_all()

    def wait_until(self, condition):
        """Waits for something to be true of the counts."""
        with self.changed:
            assert self.changed.wait_for(condition, WAIT), (self.asked, self.in_flight)

    def wait_for(self, *numbers):
        """Waits until these pages have been asked for, and all that are not held are answered."""
        self.wait_until(
            lambda: (
                set(numbers) <= set(self.asked)
                and self.in_flight == len(self.held & set(self.asked))
            )
        )

    def unending(self, number):
        """A body that does not end by itself; notices when nobody reads it any more."""
        tick = threading.Event()
        try:
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{"
            with self.changed:
                self.changed.wait_for(lambda: self.is_dripping or self.is_over, WAIT)
            while not self.is_over:
                yield b" "
                tick.wait(0.005)  # the drip is the fault itself
        except GeneratorExit:
            with self.changed:
                self.cut.append(number)
                self.changed.notify_all()
            raise

    def drip(self):
        with self.changed:
            self.is_dripping = True
            self.changed.notify_all()

    def end(self):
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    # The client's side -----------------------------------------------------------------------

    def list(self, **options):
        """A listing that tries each page once."""
        options = {"retries": 0, "strategy": NUMBERS, **options}
        listing = get_all(self.url, session=self.session, **options)
        self.listings.append(weakref.ref(listing))
        return listing

    def threads(self):
        """The threads of listings."""
        own = set(self.server._threads)
        return [each for each in threading.enumerate() if each not in self.before | own]

    def join(self):
        """Waits for the threads of listings to end."""
        end = time.monotonic() + WAIT
        for thread in self.threads():
            thread.join(max(0, end - time.monotonic()))
        assert [] == self.threads()


@contextmanager
def scripted(reply=page):
    """Serves a script; in the end no thread of a listing may be left."""
    script = Script(reply)
    script.before = set(threading.enumerate())
    with wire_server(script) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=40))
        script.server, script.session, script.url = server, session, server.url
        try:
            yield script
        except BaseException:
            script.end()
            raise
        script.end()
        for listing in filter(None, [each() for each in script.listings]):
            listing.close()
        script.join()


def outcome(listing):
    """All that a consumer sees of a listing: rows, warnings with their lines, and the error."""
    rows, error = [], None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for row in listing:
                rows.append(row)
        except PaginationError as raised:
            error = described(raised)
    told = [(each.category, str(each.message), each.filename, each.lineno) for each in caught]
    return rows, told, error


def described(error):
    """What must be the same of two errors, by name."""
    names = ("page_index", "items_yielded", "checkpoint")
    return {"class": type(error), "text": str(error), **{n: getattr(error, n) for n in names}}


def wait_inside(thread, function):
    """Waits until a thread is in a function of the package."""
    tick, end = threading.Event(), time.monotonic() + WAIT
    while time.monotonic() < end:
        frame = sys._current_frames().get(thread.ident)
        while frame is not None:
            if frame.f_code.co_name == function and "requests_paginate" in frame.f_code.co_filename:
                return
            frame = frame.f_back
        tick.wait(0.002)
    raise AssertionError(f"the thread is not in {function}")


# Order and once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [0, 1, 2, 7, 32])
@pytest.mark.parametrize("name", DIALECTS)
def test_rows_come_in_order_and_once(name, depth):
    """Every page is asked for once, at most N ahead of the consumer and at most N at a time."""
    with scripted() as script:
        listing, rows = script.list(strategy=DIALECTS[name], prefetch=depth), []
        for row in listing:
            rows.append(row)
            assert len(script.asked) <= listing.stats.pages + depth
        assert ids(1, 8) == rows
        assert listing.complete
        assert list(range(1, 9)) == sorted(script.asked)
        assert script.most_in_flight <= max(1, depth)
        assert 0 == listing.stats.guesses_wrong


def test_any_depth_gives_the_same_rows():
    """From 0 to 32 pages ahead, nothing changes but who fetched them."""
    with scripted(lambda number: page(number, 5)) as script:
        for depth in range(33):
            script.reset()
            assert ids(1, 5) == list(script.list(prefetch=depth)), depth
            assert [1, 2, 3, 4, 5] == sorted(script.asked)
            assert script.most_in_flight <= max(1, depth)


def test_pages_slower_than_their_successors():
    """A page that is answered after the one that follows it still comes before it."""
    with scripted() as script:
        for number in (2, 4, 6):
            script.needs[number] = lambda number=number: number + 1 in script.asked
        script.hold(2)
        listing = script.list(prefetch=4)
        assert ids(1, 1) == list(islice(listing, 2))
        script.wait_until(lambda: {2, 3, 4, 5} <= set(script.asked) and script.in_flight == 1)
        assert 5 == len(script.asked)
        script.release(2)
        assert ids(2, 8) == list(listing)


@pytest.mark.parametrize("depth", [1, 3, 8])
@pytest.mark.parametrize("name", ["numbers", "links", "offsets", "plain links", "cursors"])
def test_a_consumer_slower_than_the_server(name, depth):
    """So many pages are ready as were asked for, and no more; a cursor's one after the other."""
    with scripted() as script:
        listing = script.list(strategy=DIALECTS[name], prefetch=depth)
        for number in range(1, 9):
            for row in ids(number, number):
                assert row == next(listing)
                ahead = min(8, number + depth)
                script.wait_for(*range(1, ahead + 1))
                assert list(range(1, ahead + 1)) == sorted(script.asked)
        assert [] == list(listing)
        if name in CHAINED:
            assert 1 == script.most_in_flight


def test_a_consumer_faster_than_the_server():
    """While the consumer waits for a page, as many are in flight as may be ahead of it."""
    with scripted() as script:
        for number in range(2, 9):
            script.needs[number] = lambda number=number: len(script.asked) >= min(number + 2, 8)
        assert ids(1, 8) == list(script.list(prefetch=3))
        assert 3 == script.most_in_flight


# What moves on the way ---------------------------------------------------------------------------

PAGES_TOLD = {
    "grow": lambda number: 6 if number < 4 else 9,
    "shrink": lambda number: 9 if number < 4 else 5,
    "sway": lambda number: 8 + number % 2,
    "shrink below where they are": lambda number: 9 if number < 5 else 3,
}


@pytest.mark.parametrize("name", GUESSABLE)
@pytest.mark.parametrize("told", PAGES_TOLD.values(), ids=PAGES_TOLD)
def test_totals_that_grow_and_shrink(told, name):
    """What the totals become on the way decides, and is told once, at the consumer's line."""

    def reply(number):
        pages = told(number)
        return page(number, pages) if number <= 9 else http({"message": "no such page"}, 404)

    with scripted(reply) as script:
        expected, *others = (
            outcome(script.list(strategy=GUESSABLE[name], prefetch=depth))
            for depth in (0, 1, 4, 16)
        )
        assert [expected] * 3 == others
        assert [(ListingChanged, __file__)] == [(each[0], each[2]) for each in expected[1]]


def test_a_link_that_skips_pages():
    """Guesses that the link passes over are dropped unanswered, and the truth is followed."""

    def reply(number):
        changes = {"next": "?page=5"} if number == 2 else {}
        return page(number, 8, total=12, **changes)

    with scripted(reply) as script:
        script.hold(3, 4)
        listing = script.list(strategy=LINKS, prefetch=4)
        rows = list(islice(listing, 2))
        script.wait_for(2, 3, 4, 5)
        rows += listing
        assert ids(1, 2) + ids(5, 8) == rows
        assert listing.complete
        # wrong were 3, 4 and 5 in the places of 5, 6 and 7; right then 6, 7 and 8 after 5
        assert (3, 3) == (listing.stats.guesses_right, listing.stats.guesses_wrong)
        assert Counter([1, 2, 3, 4, 5, 5, 6, 7, 8]) == Counter(script.asked)
        assert 2 == script.in_flight


def test_guesses_that_are_never_answered_hold_nothing_up():
    """Without prefetch they would not be asked for; with it they cost nothing but a thread."""

    def reply(number):
        return page(number, 25, total=18, next=None if number == 25 else f"?page={number + 3}")

    with scripted(reply) as script:
        script.hold(*(number for number in range(1, 40) if number % 3 != 1))
        rows = []
        listing = script.list(strategy=LINKS, prefetch=3, timeout=None, deadline=None)
        consumer = threading.Thread(target=lambda: rows.extend(listing), daemon=True)
        consumer.start()
        consumer.join(3)
        is_held_up = consumer.is_alive()
        script.release(*range(1, 40))
        consumer.join(WAIT)
        assert not is_held_up
        assert [row for number in range(1, 26, 3) for row in ids(number, number)] == rows


# Errors ------------------------------------------------------------------------------------------

FAULTS = {
    "404": lambda: http({"message": "no such page"}, 404),
    "500": lambda: http({"code": "broken"}, 500),
    "no JSON": lambda: http(b"<html>"),
    "no rows": lambda: http({"pages": 8, "message": "what"}),
    "cut": lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"],
    "reset": lambda: [RESET],
}


def faulty(fault, *numbers):
    """A reply with faults at some pages, for as long as `broken` holds their numbers."""

    def reply(number):
        return fault() if number in reply.broken else page(number)

    reply.broken = set(numbers)
    return reply


@pytest.mark.parametrize("retries", [0, TRIES], ids=["no retries", "retries"])
@pytest.mark.parametrize("depth", [1, 8])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_is_raised_when_its_page_s_turn_comes(fault, depth, retries):
    """With the rows before it, as it would be without prefetch, and what follows is not lost."""
    reply = faulty(fault, 4)
    with scripted(reply) as script:
        rows, _, expected = outcome(script.list(retries=retries))
        assert ids(1, 3) == rows
        tries = script.asked.count(4)
        script.reset()
        script.hold(3)
        listing = script.list(prefetch=depth, retries=retries)
        rows = list(islice(listing, 4))
        if depth > 1:
            script.wait_until(lambda: script.asked.count(4) == tries and script.in_flight == 1)
        script.release(3)
        rows += [next(listing), next(listing)]
        assert ids(1, 3) == rows
        with pytest.raises(PaginationError) as caught:
            next(listing)
        assert expected == described(caught.value)
        assert tries == script.asked.count(4)
        reply.broken.clear()
        resumed = script.list(prefetch=depth, resume=caught.value.checkpoint)
        assert ids(4, 8) == list(resumed)
        assert ids(4, 8) == list(listing)


def test_an_error_is_not_raised_before_its_turn():
    """Two faulty pages raise one after the other, each at its place, as often as they are asked."""
    reply = faulty(FAULTS["404"], 3, 4)
    with scripted(reply) as script:
        for depth in (0, 5):
            reply.broken = {3, 4}
            listing, told = script.list(prefetch=depth), []
            for mended in (None, 3, None, 4):
                rows, _, error = outcome(listing)
                told.append((rows, error["page_index"]))
                reply.broken.discard(mended)
            assert [(ids(1, 2), 2), ([], 2), (ids(3, 3), 3), ([], 3)] == told
            assert ids(4, 8) == list(listing)


@pytest.mark.parametrize(
    "fault",
    [*FAULTS.values(), lambda: http({"rows": [], "pages": 8})],
    ids=[*FAULTS, "empty"],
)
def test_a_guess_past_the_end_is_no_error(fault):
    """Pages that were announced and are gone may answer what they like."""

    def reply(number):
        return fault() if number > 5 else page(number, 8 if number == 1 else 5)

    with scripted(reply) as script:
        listing = script.list(prefetch=8, retries=TRIES)
        rows = list(islice(listing, 2))
        script.wait_for(*range(1, 9))
        with pytest.warns(ListingChanged, match="from 8 to 5") as caught:
            rows += listing
        assert 1 == len(caught)
        assert ids(1, 5) == rows
        assert listing.complete
        assert (3, 3) == (listing.stats.guesses_right, listing.stats.guesses_wrong)


def test_what_the_caller_s_code_raises_passes_unchanged():
    """Of decode, of a hook and of an auth, the very exception comes, at the page's turn."""

    class Boom(Exception):
        pass

    def raising(number):
        if number == 4 and bombs:
            threads.append(threading.current_thread())
            raise bombs.pop()

    def decode(content):
        body = json.loads(content)
        raising(body["rows"][0]["id"] // 2 + 1)
        return body

    class Auth(AuthBase):
        def __call__(self, request):
            raising(number_of(request.url))
            return request

    ways = {
        "decode": decode,
        "hooks": {"response": lambda response, **_: raising(number_of(response.url))},
        "auth": Auth(),
    }
    with scripted() as script:
        for name, way in ways.items():
            for depth in (0, 4):
                bombs, threads = [boom := Boom(name)], []
                listing = script.list(prefetch=depth, **{name: way})
                rows = []
                with pytest.raises(Boom) as caught:
                    rows.extend(listing)
                    rows.append("unreachable")
                assert boom is caught.value
                assert 6 == listing.stats.items
                assert (depth == 0) is (threads == [threading.current_thread()])
                assert ids(4, 8) == list(listing)


@pytest.mark.parametrize("kind", [KeyError, PaginationError])
def test_a_strategy_that_raises_does_so_at_its_page_s_turn(kind):
    """What `next` raises in a thread is no concern of the pages before."""

    class Strange(NextLink):
        def next(self, page):
            if page.index == 3:
                raise kind("strange")
            return super().next(page)

    with scripted() as script:
        for depth in (0, 2, 6):
            script.reset()
            listing = script.list(strategy=Strange("next", items="rows"), prefetch=depth)
            rows = []
            with pytest.raises(kind):
                for row in listing:
                    rows.append(row)
                    script.wait_for(*range(1, min(4, listing.stats.pages + depth) + 1))
            assert (depth, ids(1, 3)) == (depth, rows)


def test_a_guess_that_raises_costs_only_time():
    """`guess` is not asked without prefetch, so it breaks nothing with it."""

    class Strange(PageNumber):
        def guess(self, page):
            raise KeyError("strange")

    with scripted() as script:
        strategy = Strange("page", total_pages="pages", items="rows")
        assert ids(1, 8) == list(script.list(strategy=strategy, prefetch=4))


# Bounds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [0, 1, 8, 32])
def test_the_first_rows_and_then_no_more(depth):
    """Of a thousand pages, `break` in the first leaves at most N more asked for."""
    with scripted(lambda number: page(number, 1000)) as script:
        for _ in islice(script.list(prefetch=depth), 1):
            break
        script.join()
        assert len(script.asked) <= 1 + depth
        assert set(range(1, 2 + depth)) >= set(script.asked)


@pytest.mark.parametrize("name", ["numbers", "links", "cursors"])
@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ({"max_pages": 0}, 0),
        ({"max_pages": 1}, 1),
        ({"max_pages": 3}, 3),
        ({"max_items": 1}, 1),
        ({"max_items": 2}, 1),
        ({"max_items": 5}, 3),
        ({"max_items": 6}, 3),
        ({"max_items": 6, "max_pages": 2}, 2),
        ({"max_items": 99}, 8),
    ],
    ids=str,
)
def test_pages_beyond_the_limits_are_not_asked_for(options, pages, name):
    """With pages of one size, the requests are those that the limits allow."""
    with scripted() as script:
        listing = script.list(strategy=DIALECTS[name], prefetch=8, **options)
        rows = list(listing)
        script.join()
        assert ids(1, pages)[: options.get("max_items")] == rows
        assert list(range(1, pages + 1)) == sorted(script.asked)


@pytest.mark.parametrize("begun", ["resumed in a page", "duplicates"])
def test_limits_count_with_whole_pages(begun):
    """One row of a page that was taken says nothing of how long the pages are."""

    def reply(number):
        rows = [{"id": 10 * number + place} for place in range(10)]
        if begun == "duplicates" and number == 1:
            rows = [{"id": 1}] * 10
        return page(number, rows=rows)

    with scripted(reply) as script:
        options = {"max_items": 11, "key": "id"}
        if begun == "resumed in a page":
            listing = script.list()
            assert 9 == len(list(islice(listing, 9)))
            options["resume"] = listing.checkpoint()
            script.reset()
        assert 11 == len(list(script.list(prefetch=8, **options)))
        script.join()
        assert [1, 2] == sorted(script.asked)


class Kept(dict):
    """A body that can be referred to weakly."""


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_memory_holds_one_page_and_those_ahead(depth):
    """Whatever is in memory was not handed out yet, but for the consumer's page."""
    bodies = []

    def decode(content):
        body = Kept(json.loads(content))
        bodies.append(weakref.ref(body))
        return body

    with scripted(lambda number: page(number, 20)) as script:
        listing, alive = script.list(prefetch=depth, decode=decode), []
        for number in range(1, 20):
            assert ids(number, number) == [next(listing), next(listing)]
            script.wait_for(*range(1, min(20, number + depth) + 1))
            alive.append(sum(body() is not None for body in bodies))
        assert max(alive) <= 1 + depth


def undecided(script, name):
    """Answers by one parameter's name alone; what else is sent, it ignores."""
    queries = []

    def answer(_, request):
        query = dict(parse_qsl(urlsplit(request.split(" ")[1]).query))
        with script.changed:
            queries.append({key: value for key, value in query.items() if key != "limit"})
            script.changed.notify_all()
        at = int(query.get(name, 1 if name == "page" else 0))
        first = 2 * at - 2 if name == "page" else at
        return http({"items": ids(1, 4)[first : first + 2], "total": 8})

    script.server.answer = answer
    return queries


@pytest.mark.parametrize("depth", [0, 1, 2, 8])
@pytest.mark.parametrize("name", ["offset", "skip", "page"])
def test_names_are_stepped_through_with_any_depth(name, depth):
    """Where the name is only likely, a wrong one costs a request and repeats no row."""
    with scripted() as script:
        queries = undecided(script, name)
        listing = script.list(strategy=None, params={"limit": 2}, prefetch=depth)
        assert ids(1, 4) == list(listing)
        assert name in repr(listing.strategy)
        assert [] == [query for query in queries if len(query) > 1]


@pytest.mark.parametrize("depth", [2, 8])
def test_one_request_is_ahead_while_detection_is_undecided(depth):
    """Until the second page decides, nothing is asked for that rests on its name."""
    with scripted() as script:
        queries = undecided(script, "page")
        listing = script.list(strategy=None, params={"limit": 2}, prefetch=depth)
        rows = [next(listing)]
        with script.changed:
            assert script.changed.wait_for(lambda: len(queries) == 2, WAIT)
            script.changed.wait_for(lambda: len(queries) > 2, 0.2)  # which must not be
        assert [{}, {"offset": "2"}] == queries
        assert ids(1, 4) == rows + list(listing)


def test_errors_that_are_got_over_leave_no_more_in_flight():
    """What is still on its way from before an error counts among the pages ahead after it."""

    def reply(number):
        is_first = number == 2 and script.asked.count(number) == 1
        return http({"message": "no"}, 500) if is_first else page(number, pages=16)

    with scripted(reply) as script:
        script.hold(*range(3, 17))
        listing = script.list(prefetch=4)
        rows = list(islice(listing, 2))
        script.wait_for(3, 4, 5)
        with pytest.raises(PageFailed):
            next(listing)
        rows += islice(listing, 2)
        assert ids(1, 2) == rows
        script.wait_until(lambda: script.in_flight == 4)
        with script.changed:
            script.changed.wait_for(lambda: script.in_flight > 4, 0.2)  # which must not be
            assert 4 == script.in_flight
        script.release(*range(3, 17))
        assert ids(3, 16) == list(listing)


# 429 and Retry-After -----------------------------------------------------------------------------


class VirtualClock:
    """Time that passes when a test says so: for the waits of pages that are fetched ahead.

    Attributes:
        waits: Each wait that was begun: the index of the page, and seconds.
        passes_by_itself: Whether a wait takes no time.
    """

    def __init__(self):
        self.changed = threading.Condition()
        self.waits = []
        self.passed = 0.0
        self.passes_by_itself = False

    def monotonic(self):
        return time.monotonic() + self.passed

    def pass_by(self, seconds):
        with self.changed:
            self.passed += seconds
            self.changed.notify_all()

    def wait(self, index, seconds):
        with self.changed:
            self.waits.append((index, round(seconds)))
            self.changed.notify_all()
            due = self.monotonic() + seconds
            if self.passes_by_itself:
                self.passed += seconds
            assert self.changed.wait_for(lambda: self.monotonic() >= due, WAIT)

    def wait_for(self, *indexes):
        """Waits until these pages wait."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: set(indexes) <= {index for index, _ in self.waits}, WAIT
            ), self.waits


@pytest.fixture
def clock(monkeypatch):
    """A virtual clock in place of the prefetcher's."""
    virtual = VirtualClock()
    own = SimpleNamespace(monotonic=virtual.monotonic)
    monkeypatch.setattr("requests_paginate._transport.worker_pool.time", own)
    monkeypatch.setattr("requests_paginate._transport.deadline.time", own)

    def sleep(task, seconds):
        virtual.wait(task.index, seconds)

    monkeypatch.setattr(pooled_task.PooledTask, "sleep", sleep)
    return virtual


def limiting(waits, pages=40):
    """Pages of which some are first answered 429, with seconds to wait."""
    left = dict(waits)

    def reply(number):
        if number in left:
            return http({"message": "slowly"}, 429, retry_after=str(left.pop(number)))
        return page(number, pages)

    return reply


def test_a_wait_that_one_page_is_told_to_make_is_made_by_all(clock):
    """Nothing is sent until it is over; then everything goes on, and no row is missing."""
    with scripted(limiting({4: 120}, pages=8)) as script:
        script.hold(2, 3)
        script.needs[4] = lambda: 5 in script.asked  # which would wait else
        listing = script.list(prefetch=4, retries=1, deadline=None)
        rows = list(islice(listing, 2))
        script.wait_for(2, 3, 4, 5)
        clock.wait_for(3)
        script.release(2, 3)
        rows += islice(listing, 4)  # pages 2 and 3, which were on their way
        clock.wait_for(3, 5)
        assert [1, 2, 3, 4, 5] == sorted(script.asked)
        assert {(3, 120), (5, 120)} <= set(clock.waits)
        clock.pass_by(121)
        assert ids(1, 8) == rows + list(listing)
        assert [1, 2, 3, 4, 4, 5, 6, 7, 8] == sorted(script.asked)
        assert 1 == listing.stats.retries


def test_a_wait_that_grows_holds_those_that_wait_already(clock):
    """Told to wait for longer meanwhile, they do not send when the first wait is over."""
    with scripted(limiting({9: 5, 3: 200})) as script:
        script.hold(3)
        script.needs[9] = lambda: set(range(2, 10)) <= set(script.asked)
        listing = script.list(prefetch=8, retries=1, deadline=None)
        rows = list(islice(listing, 2))
        script.wait_for(*range(1, 10))
        clock.wait_for(8)
        rows += islice(listing, 2)  # page 2: now page 10 is asked for, and waits
        clock.wait_for(8, 9)
        script.release(3)
        clock.wait_for(2, 8, 9)
        clock.pass_by(6)
        with clock.changed:  # either they wait on, or they have sent
            clock.changed.wait_for(
                lambda: len(clock.waits) >= 5 or {9, 10} & set(script.asked[9:]), 3
            )
        assert list(range(1, 10)) == sorted(script.asked)
        clock.pass_by(200)
        rows += islice(listing, 20)
        assert ids(1, 12) == rows
        listing.close()


def test_fewer_pages_are_in_flight_after_a_429(clock):
    """Half as many go on, and as long as all goes well one more a round, up to N."""
    clock.passes_by_itself = True
    with scripted(limiting({4: 1}, pages=60)) as script:
        for number in range(2, 10):  # until all eight are in flight
            script.needs[number] = lambda: set(range(1, 10)) <= set(script.asked)
        for number in range(48, 56):  # by then it must have recovered
            script.needs[number] = lambda: script.most_in_flight == 8
        script.hold(*range(10, 18))
        listing = script.list(prefetch=8, retries=1, deadline=None)
        rows = list(islice(listing, 18))
        assert 8 == script.most_in_flight
        with script.changed:
            script.most_in_flight = 0
        script.wait_until(lambda: script.in_flight >= 4)
        with script.changed:
            script.changed.wait_for(lambda: script.in_flight > 6, 0.2)  # which must not be
            assert script.in_flight <= 6
        script.release(*range(10, 18))
        rows += listing
        assert ids(1, 60) == rows
        assert 8 == script.most_in_flight


def test_half_of_a_refused_wave_is_sent_again(clock):
    """The others queue up behind them, and being refused together uses up nobody's tries."""
    refused, is_free = set(range(2, 10)), threading.Event()

    def reply(number):
        if number in refused:
            refused.remove(number)
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number, pages=20)

    def may_answer(number):
        """At first when all are in flight, then when told."""
        is_wave = set(range(2, 10)) <= set(script.asked)
        return is_wave and (script.asked.count(number) == 1 or is_free.is_set())

    with scripted(reply) as script:
        for number in range(2, 10):
            script.needs[number] = partial(may_answer, number)
        listing = script.list(prefetch=8, retries=1, deadline=None)
        rows = list(islice(listing, 2))
        clock.wait_for(*range(1, 9))
        clock.pass_by(2)
        script.wait_until(lambda: len(script.asked) == 13 and script.in_flight == 4)
        with script.changed:
            script.changed.wait_for(lambda: script.in_flight > 4, 0.2)  # which must not be
            assert 4 == script.in_flight
            is_free.set()
            script.changed.notify_all()
        assert ids(1, 20) == [*rows, *listing]
        assert 8 == listing.stats.retries


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("depth", [4, 8, 32])
def test_a_server_that_takes_few_at_once(clock, limit, depth):
    """Every row of it comes, as without prefetch, however many are asked for ahead."""
    clock.passes_by_itself = True
    changed, tick, in_flight = threading.Lock(), threading.Event(), [0]

    def answer(_, request):
        with changed:
            in_flight[0] += 1
            is_refused = in_flight[0] > limit
        tick.wait(0.005)  # it is their overlapping that is refused
        with changed:
            in_flight[0] -= 1
        if is_refused:
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number_of(request.split(" ")[1]), pages=40)

    with wire_server(answer) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=40))
        options = {"session": session, "strategy": NUMBERS, "retries": 2, "prefetch": depth}
        with get_all(server.url, **options) as listing:
            assert ids(1, 40) == list(listing)


@pytest.mark.parametrize("retries", [0, 1])
def test_a_server_that_refuses_everything(clock, retries):
    """It is asked by fewer and fewer at once, and then as often as without prefetch."""
    clock.passes_by_itself = True

    def reply(number):
        return page(1) if number == 1 else http({"message": "no"}, 429, retry_after="1")

    with scripted(reply) as script:
        listing = script.list(prefetch=8, retries=retries, deadline=None)
        rows, _, error = outcome(listing)
        assert ids(1, 1) == rows
        assert (PageFailed, 1) == (error["class"], error["page_index"])
        listing.close()
        assert len(script.asked) <= 1 + 8 + 4 + 2 + 1 + 2 * retries + 8


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")
def test_a_guess_that_is_never_answered_holds_nothing_up_after_a_refusal(clock):
    """Fewer are sent at once, but what the listing waits for never waits for what is behind it."""
    clock.passes_by_itself = True

    def reply(number):
        if number == 2 and script.asked.count(2) == 1:
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number, pages=2 if number == 2 else 3)

    with scripted(reply) as script:
        script.hold(3)  # which is no page any more
        script.needs[2] = lambda: 3 in script.asked
        listing = script.list(prefetch=2, retries=1, timeout=None, deadline=None)
        assert ids(1, 2) == list(listing)
        assert 1 == script.in_flight


def test_a_dropped_request_is_no_excuse(clock):
    """A page that is refused beside requests that nobody needs any more fails as it would alone."""
    clock.passes_by_itself = True

    def reply(number):
        if number == 7:
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number, total=6, **({"next": "?page=7"} if number == 2 else {}))

    with scripted(reply) as script:
        script.hold(3)
        listing = script.list(strategy=LINKS, prefetch=3, retries=2, deadline=None)
        rows, _, error = outcome(listing)
        assert ids(1, 2) == rows
        assert PageFailed is error["class"]
        assert [1, 2, 3, 7, 7, 7] == sorted(script.asked)


def test_a_guess_that_is_told_to_wait_for_hours_ends_nothing(monkeypatch):
    """The pages before it are not failed on its account."""
    told = threading.Event()
    failed = pooled_task.PooledTask.report_failure

    def noticing(task, *arguments):
        is_own = failed(task, *arguments)
        told.set()
        return is_own

    monkeypatch.setattr(pooled_task.PooledTask, "report_failure", noticing)

    def reply(number):
        if number == 3:
            return http({"message": "slowly"}, 429, retry_after="3600")
        return page(number, total=14, **({"next": "?page=4"} if number == 2 else {}))

    with scripted(reply) as script:
        script.hold(2)
        listing = script.list(strategy=LINKS, prefetch=2, retries=1)
        rows = list(islice(listing, 2))
        assert told.wait(WAIT)
        script.release(2)
        assert ids(2, 2) + ids(4, 8) == list(listing)
        assert ids(1, 1) == rows


# Stopping ----------------------------------------------------------------------------------------


class Stop(Exception):
    """What a consumer raises."""


def by_break(begun):
    for _ in begun():
        break


def by_an_exception(begun):
    with suppress(Stop):
        for _ in begun():
            raise Stop


def by_close(begun):
    listing = begun()
    listing.close()
    return listing


def by_leaving_the_block(begun):
    with begun() as listing:
        next(listing)
    return listing


def by_deletion(begun):
    listing = begun()
    next(listing)
    del listing


def by_garbage_collection(begun):
    circle = [begun()]
    circle.append(circle)
    del circle
    gc.collect()


def by_an_error(begun):
    listing = begun()
    with pytest.raises(PageFailed):
        list(listing)
    return listing


def by_the_end(begun):
    listing = begun()
    with pytest.warns(ListingChanged):
        list(listing)
    assert listing.complete
    return listing


def by_max_items(begun):
    listing = begun(max_items=6)
    assert 5 == len(list(listing))
    return listing


ENDINGS = {
    by_break: None,
    by_an_exception: None,
    by_close: None,
    by_leaving_the_block: None,
    by_deletion: None,
    by_garbage_collection: None,
    by_an_error: lambda: http({"message": "no"}, 404),
    by_the_end: lambda: page(2, 2),
    by_max_items: lambda: page(2, 20, rows=ids(2, 5)),
}


@pytest.mark.parametrize("body", ["stalled", "dripping"])
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__[3:])
def test_whatever_ends_a_listing_stops_what_is_ahead(ending, body):
    """Nothing new is sent, bodies on their way are cut off, and the threads end."""
    second = ENDINGS[ending]

    def reply(number):
        if number == 1:
            return page(1, 20)
        return second() if second and number == 2 else script.unending(number)

    def begun(**options):
        listing = script.list(prefetch=4, timeout=None, deadline=None, **options)
        assert {"id": 0} == next(listing)
        most = 3 if options else 5  # all that max_items allows, with pages of two rows
        script.wait_for(*range(1, most + 1))
        at_the_end.extend(range(1, most + 1))
        return listing

    with scripted(reply) as script:
        if body == "dripping":
            script.drip()
        at_the_end = []
        kept = ending(begun)
        script.join()  # while the server says nothing more, or goes on talking
        script.drip()
        cut = at_the_end[2:] if second else at_the_end[1:]
        script.wait_until(lambda: len(script.cut) == len(cut))
        assert cut == sorted(script.cut)
        assert at_the_end == sorted(script.asked)
        del kept


def test_a_request_without_its_headers_holds_no_listing():
    """It ends by itself, when they come or its time is over; the listing is gone before."""
    with scripted() as script:
        script.hold(*range(2, 9))
        listing = script.list(prefetch=4, timeout=None, deadline=None)
        assert {"id": 0} == next(listing)
        script.wait_for(2, 3, 4, 5)
        dead = weakref.ref(listing)
        del listing
        assert dead() is None
        assert 4 == len(script.threads())
        assert all(thread.daemon for thread in script.threads())
        script.release(*range(2, 9))
        script.join()
        assert [1, 2, 3, 4, 5] == sorted(script.asked)


@pytest.mark.parametrize("depth", [0, 3])
def test_a_listing_that_got_over_an_error_needs_no_collector(depth):
    """As without prefetch: when nobody holds it any more it is gone, and what is ahead ends."""
    reply = faulty(FAULTS["404"], 3)

    def used():
        listing = script.list(prefetch=depth)
        with suppress(PageFailed):
            list(listing)
        reply.broken.clear()
        assert {"id": 4} == next(listing)
        return weakref.ref(listing)

    with scripted(reply) as script:
        gc.disable()
        try:
            dead = used()
            assert dead() is None
            script.join()
        finally:
            gc.enable()


@pytest.mark.parametrize("depth", [0, 2])
def test_a_listing_that_its_own_hook_refers_to_is_collected(depth):
    """As without prefetch: once it is over, nothing but its owner holds it."""

    class Client:
        def __init__(self, script):
            hooks = {"response": self.saw}
            self.never_begun = script.list(prefetch=depth, hooks=hooks)
            self.rows = script.list(prefetch=depth, hooks=hooks)

        def saw(self, response, **_):
            """Sees nothing."""

    with scripted() as script:
        client = Client(script)
        assert ids(1, 8) == list(client.rows)
        client.rows.close()
        script.join()
        dead = [weakref.ref(client.rows), weakref.ref(client.never_begun)]
        del client
        gc.collect()
        assert [None, None] == [each() for each in dead]


def test_nothing_is_sent_after_a_close_from_the_caller_s_own_code():
    """A model that closes its listing stops it, though the page was just being taken."""

    def model(row):
        listing.close()
        return row

    with scripted() as script:
        listing = script.list(prefetch=4, model=model)
        with suppress(ValueError):
            next(listing)
        script.join()
        assert [1] == script.asked
        listing.close()


def test_a_close_from_elsewhere_does_not_leave_the_consumer_waiting():
    """A watchdog or a signal's handler may close a listing whose page has not been sent yet."""

    def reply(number):
        return page(number, 25, total=18, next=None if number == 25 else f"?page={number + 3}")

    with scripted(reply) as script:
        script.hold(*(number for number in range(1, 40) if number % 3 != 1))
        listing = script.list(strategy=LINKS, prefetch=3, timeout=None, deadline=None)

        def consume():
            with suppress(ValueError, PaginationError):
                list(listing)
            has_ended.set()
            script.release()  # nothing, but those who wait look again

        has_ended = threading.Event()
        consumer = threading.Thread(target=consume, daemon=True)
        consumer.start()
        script.wait_until(lambda: script.in_flight == 3 or has_ended.is_set())
        listing.close()
        script.release(*range(1, 40))
        consumer.join(3)
        assert not consumer.is_alive()


EXIT = """
import sys, threading
import requests
from tests.wires import STALL, http, wire_server
from requests_paginate import get_all, strategies

asked = threading.Semaphore(0)

def answer(number, _):
    if number == 0:
        return http({"rows": [1, 2], "pages": 9})
    asked.release()
    return [STALL]

with wire_server(answer) as server:
    session = requests.Session()
    strategy = strategies.PageNumber("page", total_pages="pages", items="rows")
    listing = get_all(
        server.url, session=session, strategy=strategy, prefetch=4, timeout=None, deadline=None
    )
    next(listing)
    for _ in range(4):
        assert asked.acquire(timeout=30)
    print("asked", flush=True)
    server._stop.wait = lambda seconds: threading.Event().wait()  # a server that never goes
    server.close = lambda: None
    %s
"""


@pytest.mark.parametrize("last", ["", "listing.close()"])
def test_the_interpreter_exits_while_the_server_says_nothing(last):
    """Requests that await their headers without a timeout keep no process alive."""
    command = [sys.executable, "-c", EXIT % last]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=WAIT)
    assert ("asked\n", "") == (told.stdout, told.stderr)


COLLECTED = """
import gc, sys, threading
import requests
from tests.wires import http, wire_server
from requests_paginate import get_all, strategies

place = sys.argv[1]
allocate, armed, held = threading._allocate_lock, [], threading.Event()

def allocate_lock():
    frame = sys._getframe(1)
    callers = []
    while frame is not None and len(callers) < 5:
        callers.append(frame.f_code.co_name)
        frame = frame.f_back
    if armed and callers[0] == "wait" and place in callers:
        armed.pop()
        gc.collect()  # the interpreter may do so at any time, and in any thread
        held.set()
    return allocate()

def answer(number, _):
    if number == 0:
        return http({"rows": [1], "pages": 9})
    ready.wait(30)
    return http({}, 429, retry_after="60") if place == "sleep" else http({"rows": [2], "pages": 9})

ready = threading.Event()
gc.disable()
threading._allocate_lock = allocate_lock
with wire_server(answer) as server, requests.Session() as session:
    before = set(threading.enumerate())
    strategy = strategies.PageNumber("page", total_pages="pages", items="rows")
    circle = [get_all(server.url, session=session, strategy=strategy, prefetch=1)]
    circle.append(circle)
    next(circle[0])
    armed.append(True)
    del circle
    ready.set()
    held.wait(5)
    for thread in set(threading.enumerate()) - before - set(server._threads):
        thread.join(5)
        assert not thread.is_alive(), "a thread was left for ever"
    again = [1]
    again.append(again)
    del again
    assert gc.collect(), "nothing is collected in this process any more"
"""


@pytest.mark.parametrize("place", ["next_task", "sleep"])
def test_a_listing_may_be_collected_in_its_own_thread(place):
    """Wherever the collector runs, it leaves no thread waiting for ever."""
    command = [sys.executable, "-c", COLLECTED, place]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=WAIT)
    assert "" == told.stderr


def test_dropping_a_body_leaves_the_connection_encrypted(monkeypatch, tmp_path):
    """A socket without TLS would send its next request, and its secrets, in plain text."""
    bare = []
    shutdown = ssl.SSLSocket.shutdown

    def noticing(self, how):
        shutdown(self, how)
        if not self.server_side and self._sslobj is None:
            bare.append(self)

    monkeypatch.setattr(ssl.SSLSocket, "shutdown", noticing)
    authority = Authority()
    script = Script(lambda number: page(1) if number == 1 else script.unending(number))
    with wire_server(script, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        listing = get_all(server.url, session=session, strategy=NUMBERS, prefetch=2, retries=0)
        assert {"id": 0} == next(listing)
        script.wait_for(1, 2, 3)
        listing.close()
        script.drip()
        script.wait_until(lambda: [2, 3] == sorted(script.cut))
        script.end()
    assert [] == bare


def test_without_threads_a_listing_goes_on_without_prefetch(monkeypatch):
    """Where the system has no thread to give, as at the interpreter's end, the rows still come."""
    start = threading.Thread.start

    def refusing(thread):
        if thread not in script.server._threads:
            raise RuntimeError("can't start new thread")
        start(thread)

    with scripted() as script:
        monkeypatch.setattr(threading.Thread, "start", refusing)
        assert ids(1, 8) == list(script.list(prefetch=4))


# Consumers ---------------------------------------------------------------------------------------


def test_an_interrupt_while_waiting_for_a_page_ahead(request):
    """Ctrl-C ends the wait at once, and the listing goes on at the same row afterwards."""
    main = threading.main_thread()

    def interrupt():
        wait_inside(main, "result")
        signal.pthread_kill(main.ident, signal.SIGINT)

    # a process in the background may have been started without it
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with scripted() as script:
        script.hold(2)
        listing = script.list(prefetch=3)
        rows = list(islice(listing, 2))
        script.wait_for(2, 3, 4)
        interrupter = threading.Thread(target=interrupt, daemon=True)
        script.before.add(interrupter)
        with pytest.raises(KeyboardInterrupt):
            interrupter.start()
            next(listing)
        assert 2 == listing.stats.items
        script.release(2)
        assert ids(1, 8) == rows + list(listing)


@pytest.mark.parametrize("depth", [1, 3])
def test_an_interrupt_after_a_page_came_takes_no_place(monkeypatch, depth):
    """The next row comes, though what was interrupted was never counted as done."""
    done, interrupts = worker_pool.WorkerPool.finish, [KeyboardInterrupt]

    def interrupted(pool, task):
        if threading.current_thread() is threading.main_thread() and interrupts:
            raise interrupts.pop()
        done(pool, task)

    monkeypatch.setattr(worker_pool.WorkerPool, "finish", interrupted)
    with scripted() as script:
        listing = script.list(prefetch=depth)
        with pytest.raises(KeyboardInterrupt):
            next(listing)
        assert ids(1, 8) == list(listing)


def test_an_interrupted_close_can_be_made_up_for(monkeypatch):
    """What it did not stop the next one does."""
    stop, interrupts = worker_pool.WorkerPool.stop, [KeyboardInterrupt]

    def interrupted(pool):
        if interrupts:
            raise interrupts.pop()
        return stop(pool)

    with scripted() as script:
        script.hold(2, 3)
        listing = script.list(prefetch=2)
        next(listing)
        script.wait_for(2, 3)
        monkeypatch.setattr(worker_pool.WorkerPool, "stop", interrupted)
        with pytest.raises(KeyboardInterrupt):
            listing.close()
        listing.close()
        script.release(2, 3)
        script.join()


def test_a_listing_that_is_closed_while_it_guesses_asks_for_nothing_more():
    """No thread begins for a listing that is over."""

    class Closing(strategies.PageNumber):
        def guess(self, page):
            listing.close()
            return super().guess(page)

    with scripted() as script:
        strategy = Closing("page", total_pages="pages", items="rows")
        listing = script.list(strategy=strategy, prefetch=3)
        with suppress(ValueError):
            next(listing)
        script.join()
        assert [1] == script.asked


def test_a_listing_pickles_while_pages_are_ahead():
    """The copy goes on at the same row with pages of its own ahead; so does the original."""
    with scripted() as script:
        script.hold(3)
        listing = script.list(prefetch=4)
        assert ids(1, 1) == list(islice(listing, 2))
        assert {"id": 2} == next(listing)
        script.wait_for(2, 3, 4, 5, 6)
        copy = pickle.loads(pickle.dumps(listing))
        assert [1, 2, 3, 4, 5, 6] == sorted(script.asked)
        script.release(3)
        rest = ids(1, 8)[3:]
        assert rest == list(copy)
        assert rest == list(listing)
        assert Counter([*range(1, 9), *range(3, 9)]) == Counter(script.asked)
        copy._reader._fetcher.sender.session.close()


def test_two_threads_cannot_read_one_listing():
    """The second one is told so, and takes nothing from the first."""
    with scripted() as script:
        script.hold(2)
        listing, taken = script.list(prefetch=3), []
        assert ids(1, 1) == list(islice(listing, 2))
        other = threading.Thread(target=lambda: taken.append(next(listing)), daemon=True)
        script.before.add(other)
        other.start()
        wait_inside(other, "result")
        with pytest.raises(RuntimeError, match="another thread"):
            next(listing)
        assert 2 <= len(script.threads())
        script.release(2)
        other.join(WAIT)
        assert [{"id": 2}] == taken
        assert ids(1, 8)[3:] == list(listing)


def test_guesses_are_counted():
    """Right are those that the listing asked for, wrong those that it did not."""
    with scripted() as script:
        for name, right in {"numbers": 6, "links": 6, "offsets": 6, "cursors": 0}.items():
            listing = script.list(strategy=DIALECTS[name], prefetch=7)
            rows = list(islice(listing, 2))
            script.wait_for(*range(1, 9))
            rows += listing
            told = listing.stats.guesses_right, listing.stats.guesses_wrong
            assert (name, right, 0) == (name, *told)
            script.reset()


def test_changes_warn_at_the_line_that_asks_for_the_row():
    """Not in a thread, not before the page's turn, and once."""

    def reply(number):
        return page(number, 8 if number < 4 else 9)

    with scripted(reply) as script:
        listing = script.list(strategy=OFFSETS, prefetch=8)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            rows = list(islice(listing, 2))
            script.wait_for(*range(1, 9))
            rows += islice(listing, 4)
            assert [] == caught
            line = sys._getframe().f_lineno + 1
            rows.append(next(listing))
            rows += listing
        assert ids(1, 9) == rows
        assert [(ListingChanged, __file__, line)] == [
            (each.category, each.filename, each.lineno) for each in caught
        ]


class InMemory(BaseAdapter):
    """Answers without a socket.

    Args:
        answer: Gives status, headers and content for a URL, or raises.
    """

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def send(self, request, **_):
        status, headers, content = self.answer(request.url)
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers.update(headers)
        response.raw = urllib3.HTTPResponse(BytesIO(content), headers, preload_content=False)
        return response

    def close(self):
        """There is nothing to close."""


@pytest.mark.parametrize("depth", [0, 3])
def test_a_link_of_a_page_that_is_not_listed_warns_of_nothing(depth):
    """Only links that the listing follows are worth a word."""
    fourth = threading.Event()
    if depth == 0:
        fourth.set()

    def answer(url):
        number = number_of(url)
        if number == 2:
            assert fourth.wait(WAIT)
        elif number == 4:
            fourth.set()
        following = {1: "https://api.test/?page=2", 2: "?page=5", 3: "http://api.test/?page=4"}
        body = {"rows": [{"id": number}], "total": 3, "next": following.get(number)}
        return 200, {}, json.dumps(body).encode()

    with requests.Session() as session:
        session.mount("https://", InMemory(answer))
        listing = get_all("https://api.test/", session=session, strategy=LINKS, prefetch=depth)
        assert [1, 2, 5] == [row["id"] for row in listing]


@pytest.mark.parametrize("depth", [0, 4])
def test_an_upgraded_link_warns_once_at_the_consumer_s_line(depth):
    """A link to http is followed on the https origin, and told of where the row is asked for."""

    def answer(url):
        assert url.startswith("https:")
        number = number_of(url)
        following = None if number == 4 else f"http://api.test/?page={number + 1}"
        body = {"rows": [{"id": number}], "total": 4, "next": following}
        return 200, {}, json.dumps(body).encode()

    with requests.Session() as session:
        session.mount("https://", InMemory(answer))
        listing = get_all("https://api.test/", session=session, strategy=LINKS, prefetch=depth)
        assert {"id": 1} == next(listing)
        with pytest.warns(exceptions.PaginationWarning, match="link led to http") as caught:
            assert [2, 3, 4] == [row["id"] for row in listing]
        assert [__file__] == [each.filename for each in caught]


def test_the_session_for_other_origins_is_whole_before_it_is_used():
    """Two pages that go there at once both go through the caller's adapters and settings."""
    proxies = {"https": "http://proxy.test"}

    class Slow(requests.Session):
        @property
        def proxies(self):
            if sys._getframe(1).f_code.co_name == "_without_session":
                with seen:  # another page's request comes in between, or nothing does
                    seen.wait_for(lambda: len(used) > 0, 0.3)
            return proxies

        @proxies.setter
        def proxies(self, value):
            """Are what they are."""

    class Recorder(InMemory):
        def send(self, request, **options):
            if "files" in request.url:
                with seen:
                    used.append(dict(options["proxies"]))
                    seen.notify_all()
            return super().send(request, **options)

    def answer(url):
        number = number_of(url)
        link = f"https://files.test/?page={number + 1}" if number < 5 else None
        return 200, {}, json.dumps({"rows": [{"id": number}], "total": 5, "next": link}).encode()

    seen, used = threading.Condition(), []
    with Slow() as session:
        session.trust_env = False
        session.mount("https://", Recorder(answer))
        listing = get_all(
            "https://api.test/", session=session, strategy=LINKS, prefetch=4,
            allow_origins=("https://files.test",),
        )  # fmt: skip
        assert [1, 2, 3, 4, 5] == [row["id"] for row in listing]
    assert [proxies] * 4 == used


# Every run as without prefetch -------------------------------------------------------------------


@dataclass
class Server:
    """A listing in memory, a pure function of the request until it is mended.

    Attributes:
        dialect: How it paginates.
        sizes: The rows of each page.
        drift: What the totals of a page are wrong by.
        links: What the links of a page lead past.
        faults: What is answered instead of a page.
        slow: Pages that are answered after a later one, where one is asked for in time.
    """

    dialect: str
    sizes: list
    drift: dict
    links: dict
    faults: dict
    slow: set
    asked: set = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, url):
        number = self._number(url)
        with self.changed:
            self.asked.add(number)
            self.changed.notify_all()
            if number in self.slow:  # a while, and no matter how long: nothing depends on it
                self.changed.wait_for(lambda: max(self.asked) > number, 0.002)
        fault = self.faults.get(number)
        if fault == "reset":
            raise requests.ConnectionError("reset")
        if fault is not None and fault.isdecimal():
            return int(fault), {}, b'{"message": "no"}'
        if not 1 <= number <= len(self.sizes):
            return 404, {}, b'{"message": "no such page"}'
        headers, content = self._page(number)
        content = {"no JSON": b"<html>", "cut": content[:-4], "boom": b"boom"}.get(fault, content)
        return 200, headers, content

    def _number(self, url):
        query = dict(parse_qsl(urlsplit(url).query))
        if self.dialect != "offsets":
            return int(query.get("page", query.get("cursor", "c1").lstrip("c")))
        begins = [sum(self.sizes[:place]) for place in range(len(self.sizes))]
        offset = int(query.get("offset", 0))
        return begins.index(offset) + 1 if offset in begins else 0

    def _page(self, number):
        before, pages = sum(self.sizes[: number - 1]), len(self.sizes)
        rows = [{"id": before + place} for place in range(self.sizes[number - 1])]
        following = number + 1 + self.links.get(number, 0)
        is_last = following > pages
        drift = self.drift.get(number, 0)
        body = {"results": rows}
        headers = {}
        if self.dialect == "numbers":
            body.update(page=number, totalPages=max(0, pages + drift))
        elif self.dialect in ("offsets", "counted"):
            body.update(total=max(0, sum(self.sizes) + drift))
        elif self.dialect == "links":
            body.update(count=max(0, sum(self.sizes) + drift))
        if self.dialect in ("links", "plain links"):
            body.update(next=None if is_last else f"?page={following}")
        if self.dialect == "cursors":
            body.update(next_cursor=None if is_last else f"c{following}")
        if self.dialect == "header" and not is_last:
            headers["Link"] = f'<?page={following}>; rel="next"'
        return headers, json.dumps(body).encode()


STRATEGIES = {
    "numbers": PageNumber("page", total_pages="totalPages", number="page", items="results"),
    "counted": PageNumber("page", total="total", items="results"),
    "offsets": Offset("offset", total="total", items="results"),
    "links": NextLink("next", total="count", items="results", page_param="page"),
    "plain links": NextLink("next", items="results"),
    "cursors": Cursor("cursor", token="next_cursor", items="results"),
    "header": LinkHeader(items="results"),
}


class Row(msgspec.Struct):
    """A row as the caller would have it."""

    id: int


class Boom(Exception):
    """What the caller's decode raises."""


def decode(content):
    if content == b"boom":
        raise Boom("decode")
    return json.loads(content)


class Side:
    """One of two listings that must not differ."""

    def __init__(self, server, prefetch, options, **more):
        self.server, self.options = server, {**options, "prefetch": prefetch}
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", InMemory(server))
        self.listing = self.begun(**more)

    def begun(self, **options):
        return get_all("http://api.test/", session=self.session, **{**self.options, **options})

    def seen(self, action):
        """What a consumer sees of an action."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return "gave", action(self)
            except StopIteration:
                return ("ended",)
            except PaginationError as error:
                status = getattr(error.response, "status_code", None)
                return "raised", described(error), status
            except (Warning, Boom, ValueError) as error:
                return "raised", type(error), str(error)

    def state(self):
        """What a consumer may look at between two rows."""
        listing = self.listing
        stats = listing.stats
        counts = stats.pages, stats.items, stats.duplicates_dropped, stats.drift
        hint = listing.__length_hint__()
        return listing.complete, counts, hint, listing.checkpoint(), repr(listing)

    def close(self):
        self.listing.close()
        self.session.close()


def page_of(side):
    found = next(side.listing.pages())
    return found.index, list(found.items), found.next, found.total


def resume(side):
    side.listing = side.begun(resume=side.listing.checkpoint())


def rest(side):
    """The rows from the checkpoint on, if all goes well."""
    server = replace(side.server, faults={}, slow=set())
    other = Side(server, 0, side.options, resume=side.listing.checkpoint())
    try:
        return list(other.listing)
    finally:
        other.close()


FAULT_NAMES = st.sampled_from(["404", "500", "no JSON", "cut", "reset", "boom"])
PLACES = st.integers(1, 7)


class PrefetchIsInvisible(RuleBasedStateMachine):
    """Two listings of the same server, one with pages ahead: no consumer can tell them apart."""

    @initialize(
        dialect=st.sampled_from(sorted(STRATEGIES)),
        sizes=st.lists(st.integers(0, 3), min_size=1, max_size=7)
        | st.lists(st.just(2), min_size=4, max_size=7),
        drift=st.just({}) | st.dictionaries(PLACES, st.integers(-3, 3), max_size=2),
        links=st.just({}) | st.dictionaries(PLACES, st.integers(-2, 2), max_size=1),
        faults=st.dictionaries(PLACES, FAULT_NAMES, max_size=2),
        slow=st.sets(PLACES, max_size=3),
        depth=st.integers(1, 32) | st.integers(1, 4),
        given=st.fixed_dictionaries(
            {"retries": st.sampled_from([0, Retry(1, backoff_factor=0)])},
            optional={
                "max_items": st.integers(0, 12),
                "max_pages": st.integers(0, 6),
                "key": st.just("id"),
                "decode": st.just(decode),
                "model": st.just(Row),
            },
        ),
        is_detected=st.booleans(),
    )
    def begin(self, dialect, sizes, drift, links, faults, slow, depth, given, is_detected):
        options = {**given, "strategy": None if is_detected else STRATEGIES[dialect]}
        self.threads = set(threading.enumerate())
        self.sides = [
            Side(Server(dialect, sizes, drift, links, dict(faults), slow), ahead, options)
            for ahead in (0, depth)
        ]
        self.has_raised = False

    def both(self, action):
        plain, ahead = (side.seen(action) for side in self.sides)
        assert plain == ahead
        self.has_raised = plain[0] == "raised"
        plain, ahead = (side.state() for side in self.sides)
        assert plain == ahead

    @rule()
    def take_a_row(self):
        self.both(lambda side: next(side.listing))

    @rule(count=st.integers(2, 6))
    def take_rows(self, count):
        for _ in range(count):
            self.both(lambda side: next(side.listing))

    @rule()
    def take_a_page(self):
        self.both(page_of)

    @rule()
    def ask_for_the_total(self):
        self.both(lambda side: side.listing.total)

    @rule()
    def read_on_from_the_checkpoint(self):
        self.both(rest)

    @rule()
    def resume(self):
        self.both(resume)

    @precondition(lambda self: self.has_raised)
    @rule()
    def mend_and_go_on(self):
        for side in self.sides:
            side.server.faults.clear()
        self.both(lambda side: next(side.listing))

    @rule()
    def close(self):
        self.both(lambda side: side.listing.close())

    def teardown(self):
        for side in getattr(self, "sides", ()):
            side.seen(Side.close)
        del self.sides
        for thread in set(threading.enumerate()) - self.threads:
            thread.join(WAIT)
            assert not thread.is_alive()


PrefetchIsInvisible.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestPrefetchIsInvisible(PrefetchIsInvisible.TestCase):
    """Whatever the server does and the consumer, in whatever order."""
