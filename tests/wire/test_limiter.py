"""How many pages are sent at once, and when none is."""

from __future__ import annotations

import threading
from functools import partial
from itertools import islice
from types import SimpleNamespace

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_paginate import get_all
from requests_paginate._transport import pooled_task
from requests_paginate.exceptions import PageFailed
from tests.loopback import LoopbackServer, http
from tests.scripted import (
    LINKS,
    NUMBERS,
    WAIT,
    ids,
    number_of,
    outcome,
    page,
    scripted,
    wait_until_it_waits,
)


class VirtualClock:
    """Time that passes when a test says so: for the waits of pages that are fetched ahead.

    Attributes:
        waits: Each wait that was begun: the index of the page, and seconds.
        passed: The seconds that have passed.
        passes_by_itself: Whether a wait takes no time; a callable says from when on.
    """

    def __init__(self):
        self.changed = threading.Condition()
        self.waits = []
        self.passed = 0.0
        self.passes_by_itself = lambda: False

    def monotonic(self):
        return self.passed

    def look_again(self):
        """Has those that wait see whether time passes."""
        with self.changed:
            self.changed.notify_all()

    def pass_by(self, seconds):
        with self.changed:
            self.passed += seconds
            self.changed.notify_all()

    def wait(self, index, seconds):
        with self.changed:
            self.waits.append((index, round(seconds)))
            self.changed.notify_all()
            due = self.passed + seconds
            assert self.changed.wait_for(
                lambda: self.passed >= due or self.passes_by_itself(), WAIT
            )
            self.passed = max(self.passed, due)
            self.changed.notify_all()

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
        script.needs[4] = lambda: {2, 3, 5} <= {*script.asked}  # which would wait else
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
    clock.passes_by_itself = lambda: True
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
    changed, tick, in_flight = threading.Lock(), threading.Event(), [0]
    # a second is far longer than an answer takes, whatever this machine is busy with
    clock.passes_by_itself = lambda: in_flight[0] == 0

    def answer(_, request):
        with changed:
            in_flight[0] += 1
            is_refused = in_flight[0] > limit
        tick.wait(0.005)  # it is their overlapping that is refused
        with changed:
            in_flight[0] -= 1
        clock.look_again()
        if is_refused:
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number_of(request.split(" ")[1]), pages=40)

    with LoopbackServer(answer) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=40))
        options = {"session": session, "strategy": NUMBERS, "retries": 2, "prefetch": depth}
        with get_all(server.url, **options) as listing:
            assert ids(1, 40) == list(listing)


@pytest.mark.parametrize("retries", [0, 1])
def test_a_server_that_refuses_everything(clock, retries):
    """It is asked by fewer and fewer at once, and then as often as without prefetch."""
    clock.passes_by_itself = lambda: True

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
    clock.passes_by_itself = lambda: True

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
    clock.passes_by_itself = lambda: True

    def reply(number):
        if number == 7:
            return http({"message": "slowly"}, 429, retry_after="1")
        return page(number, total=6, **({"next": "?page=7"} if number == 2 else {}))

    with scripted(reply) as script:
        script.hold(3)
        script.needs[2] = lambda: 3 in script.asked
        listing = script.list(strategy=LINKS, prefetch=3, retries=2, deadline=None)
        rows, _, error = outcome(listing)
        assert ids(1, 2) == rows
        assert PageFailed is error["class"]
        assert [1, 2, 3, 7, 7, 7] == sorted(script.asked)


def test_a_guess_that_is_told_to_wait_for_hours_ends_nothing():
    """The pages before it are not failed on its account."""

    def reply(number):
        if number == 3:
            return http({"message": "slowly"}, 429, retry_after="3600")
        return page(number, total=14, **({"next": "?page=4"} if number == 2 else {}))

    with scripted(reply) as script:
        script.hold(2)
        listing = script.list(strategy=LINKS, prefetch=2, retries=1)
        rows = list(islice(listing, 2))
        script.wait_for(2, 3)
        wait_until_it_waits(*script.threads())  # for work: it knows what it was told
        script.release(2)
        assert ids(2, 2) + ids(4, 8) == list(listing)
        assert ids(1, 1) == rows
