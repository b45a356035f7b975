"""Pages fetched ahead of their turn: faster, and never otherwise than without.

The servers are scripted: an answer is held back until something else has happened, so nothing here
waits for a time to pass. A run with `prefetch=N` is compared with the same run without.
"""

from __future__ import annotations

import contextvars
import json
import pickle
import sys
import threading
import warnings
import weakref
from collections import Counter
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.auth import AuthBase
from urllib3 import Retry

from requests_paginate import exceptions, get_all
from requests_paginate.exceptions import ListingChanged, PageFailed, PaginationError
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, Offset, PageNumber
from tests.loopback import LoopbackServer, http
from tests.scripted import (
    FAULTS,
    LINKS,
    NUMBERS,
    WAIT,
    InMemory,
    described,
    faulty,
    ids,
    number_of,
    outcome,
    page,
    scripted,
    wait_until,
    wait_until_it_waits,
)

TRIES = Retry(2, backoff_factor=0)  # further tries, and no waits between them
OFFSETS = Offset("offset", total="total", items="rows")
CURSORS = Cursor("cursor", token="after", items="rows")
GUESSABLE = {"numbers": NUMBERS, "offsets": OFFSETS, "links": LINKS}
CHAINED = {
    "plain links": NextLink("next", items="rows"),
    "cursors": CURSORS,
    "header": LinkHeader(items="rows"),
}
DIALECTS = {**GUESSABLE, **CHAINED}


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
    """What the totals become on the way decides, and is told at the consumer's line.

    It is told once, and once more where a fall ends the listing.
    """

    def reply(number):
        pages = told(number)
        return page(number, pages) if number <= 9 else http({"message": "no such page"}, 404)

    with scripted(reply) as script:
        expected, *others = (
            outcome(script.list(strategy=GUESSABLE[name], prefetch=depth))
            for depth in (0, 1, 4, 16)
        )
        assert [expected] * 3 == others
        here = outcome.__code__.co_filename
        assert {(ListingChanged, here)} == {(each[0], each[2]) for each in expected[1]}
        falls = ["fell from" in str(each[1]) for each in expected[1]]
        assert falls in ([False], [False, True])


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
        rows += islice(listing, 2)
        # a guess counts as right where a thread had begun it before its turn came
        script.wait_until(lambda: Counter(script.asked) == Counter([1, 2, 3, 4, 5, 5, 6, 7, 8]))
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
        consumer.join(WAIT)
        is_held_up = consumer.is_alive()
        script.release(*range(1, 40))
        consumer.join(WAIT)
        assert not is_held_up
        assert [row for number in range(1, 26, 3) for row in ids(number, number)] == rows


# Errors ------------------------------------------------------------------------------------------


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
        assert [str(each.message) for each in caught] == [*listing.doubts]
        assert ids(1, 5) == rows
        assert not listing.complete
        assert (3, 3) == (listing.stats.guesses_right, listing.stats.guesses_wrong)


def test_what_the_caller_s_code_raises_passes_unchanged():
    """Of decode, of a hook and of an auth, the very exception comes, at the page's turn."""

    class Boom(Exception):
        pass

    def raising(number):
        if number == 4 and bombs:
            threads.append(threading.current_thread())
            has_raised.set()
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
                bombs, threads, has_raised = [boom := Boom(name)], [], threading.Event()
                listing = script.list(prefetch=depth, **{name: way})
                rows = list(islice(listing, 2))
                assert depth == 0 or has_raised.wait(WAIT)  # long before its turn
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
        listing = script.list(prefetch=depth, decode=decode)
        for number in range(1, 20):
            assert ids(number, number) == [next(listing), next(listing)]
            script.wait_for(*range(1, min(20, number + depth) + 1))
            # the thread that fetched the page before may be about to let go of it
            wait_until(lambda: sum(body() is not None for body in bodies) <= 1 + depth)


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


# Consumers ---------------------------------------------------------------------------------------


def test_a_listing_pickles_while_pages_are_ahead(monkeypatch):
    """The copy goes on at the same row with pages of its own ahead; so does the original."""
    sessions, restore = [], requests.Session.__setstate__

    def noticing(session, state):
        sessions.append(session)
        restore(session, state)

    monkeypatch.setattr(requests.Session, "__setstate__", noticing)
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
        sessions[0].close()
        assert 1 == len(sessions)


def test_two_threads_cannot_read_one_listing():
    """The second one is told so, and takes nothing from the first."""
    with scripted() as script:
        script.hold(2)
        listing, taken = script.list(prefetch=3), []
        assert ids(1, 1) == list(islice(listing, 2))
        script.wait_for(2, 3, 4)  # or the other thread would fetch the page by itself
        other = threading.Thread(target=lambda: taken.append(next(listing)), daemon=True)
        script.before.add(other)
        other.start()
        wait_until_it_waits(other)
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


# The caller's context ----------------------------------------------------------------------------

TENANT = contextvars.ContextVar("tenant", default=None)


@pytest.mark.parametrize("prefetch", [0, 1, 4])
@pytest.mark.parametrize("name", DIALECTS)
def test_the_callers_context_is_there_in_every_thread(name, prefetch):
    """Its auth and hooks find the tenant, the request's id or the trace's span of the caller."""
    seen = []

    class Auth(AuthBase):
        def __call__(self, request):
            seen.append(TENANT.get())
            return request

    def hook(response, **_):
        seen.append(TENANT.get())

    token = TENANT.set("acme")
    try:
        with scripted() as script:
            options = {"auth": Auth(), "hooks": {"response": hook}, "prefetch": prefetch}
            assert ids(1, 8) == list(script.list(strategy=DIALECTS[name], **options))
    finally:
        TENANT.reset(token)
    assert ["acme"] * 16 == seen


# One token for all -------------------------------------------------------------------------------


class Refreshing(requests.Session):
    """Gets a new token before a page where the old one is over, as OAuth sessions do."""

    def __init__(self):
        super().__init__()
        self.token, self.refreshed, self.is_over = "t0", [], False

    def request(self, method, url, **options):
        if self.is_over:
            old = self.token
            # the request of the new token is given the same auth, as requests-oauthlib does
            super().request("GET", f"{url.partition('?')[0]}/token", auth=options.get("auth"))
            self.refreshed.append(old)
            self.token, self.is_over = f"t{len(self.refreshed)}", False
        return super().request(method, url, **options)


@pytest.mark.parametrize("prefetch", [0, 4, 8])
@pytest.mark.parametrize("auth", [None, ("me", "secret")])
def test_a_token_is_refreshed_for_one_page_at_a_time(prefetch, auth):
    """A refresh token may be good only once (RFC 9700 section 4.14.2); pages still come at once."""

    def answer(_, request):
        target = request.split(" ")[1]
        return http({}) if "token" in target else page(number_of(target), 12)

    with LoopbackServer(answer) as server, Refreshing() as session:
        options = {"strategy": NUMBERS, "prefetch": prefetch, "auth": auth}
        listing = get_all(server.url, session=session, **options)
        first = [next(listing), next(listing)]
        session.is_over = True
        assert ids(1, 12) == [*first, *listing]
        assert ["t0"] == session.refreshed
        pages = [request for request in server.requests if "token" not in request]
        assert all(("Authorization: Basic" in request) == bool(auth) for request in pages)


class Client(requests.Session):
    """Makes the authentication of a new token of what the caller passes, unless one is given."""

    def request(self, method, url, client_id=None, client_secret=None, **options):
        if client_id and options.get("auth") is None:
            options["auth"] = (client_id, client_secret)
        return super().request(method, url, **options)


@pytest.mark.parametrize("prefetch", [0, 4])
def test_a_session_that_makes_its_authentication_of_what_is_passed(prefetch):
    """No auth is given to a session that would take it for the caller's."""
    with LoopbackServer(lambda _, request: page(number_of(request.split(" ")[1]), 6)) as server:
        options = {"strategy": NUMBERS, "prefetch": prefetch}
        with Client() as session:
            client = {"client_id": "me", "client_secret": "s3cret"}
            assert ids(1, 6) == list(get_all(server.url, session=session, **client, **options))
        assert all("Authorization: Basic" in request for request in server.requests)
