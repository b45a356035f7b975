"""The threads of a listing: they end with it, whatever ends it."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from itertools import islice

import pytest

from requests_paginate import strategies
from requests_paginate._transport import worker_pool
from requests_paginate.exceptions import ListingChanged, PageFailed, PaginationError
from tests.loopback import http, is_server_thread
from tests.scripted import (
    FAULTS,
    LINKS,
    WAIT,
    faulty,
    ids,
    page,
    scripted,
    wait_until_it_waits,
)

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
    assert "the number of pages changed" in listing.doubts[0]
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
        consumer.join(WAIT)
        assert not consumer.is_alive()


EXIT = """
import sys, threading
import requests
from tests.loopback import LoopbackServer, http
from requests_paginate import get_all, strategies

asked = threading.Semaphore(0)

def answer(number, _):
    if number == 0:
        return http({"rows": [1, 2], "pages": 9})
    asked.release()
    threading.Event().wait()  # for ever

server = LoopbackServer(answer)  # which ends with the process alone
session = requests.Session()
strategy = strategies.PageNumber("page", total_pages="pages", items="rows")
listing = get_all(
    server.url, session=session, strategy=strategy, prefetch=4, timeout=None, deadline=None
)
next(listing)
for _ in range(4):
    assert asked.acquire(timeout=30)
print("asked", flush=True)
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
from tests.loopback import LoopbackServer, http, is_server_thread
from requests_paginate import get_all, strategies

allocate, armed, held = threading._allocate_lock, [], threading.Event()

def allocate_lock():
    is_waiting = sys._getframe(1).f_code.co_name == "wait"
    if armed and is_waiting and threading.current_thread() in armed[0]:
        armed.pop()
        gc.collect()  # the interpreter may do so at any time, and in any thread
        held.set()
    return allocate()

def answer(number, _):
    if number == 0:
        return http({"rows": [1], "pages": 9})
    ready.wait(30)
    if sys.argv[1] == "in a pause":
        return http({}, 429, retry_after="60")
    return http({"rows": [2], "pages": 9})

ready = threading.Event()
gc.disable()
threading._allocate_lock = allocate_lock
with LoopbackServer(answer) as server, requests.Session() as session:
    before = set(threading.enumerate())
    strategy = strategies.PageNumber("page", total_pages="pages", items="rows")
    circle = [get_all(server.url, session=session, strategy=strategy, prefetch=1)]
    circle.append(circle)
    next(circle[0])
    threads = {
        thread
        for thread in set(threading.enumerate()) - before
        if not is_server_thread(thread)
    }
    armed.append(threads)
    del circle
    ready.set()
    assert held.wait(20)
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a thread was left for ever"
    again = [1]
    again.append(again)
    del again
    assert gc.collect(), "nothing is collected in this process any more"
"""


@pytest.mark.parametrize("place", ["without work", "in a pause"])
def test_a_listing_may_be_collected_in_its_own_thread(place):
    """Wherever the collector runs, it leaves no thread waiting for ever."""
    command = [sys.executable, "-c", COLLECTED, place]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=WAIT)
    assert "" == told.stderr


def test_without_threads_a_listing_goes_on_without_prefetch(monkeypatch):
    """Where the system has no thread to give, as at the interpreter's end, the rows still come."""
    start = threading.Thread.start

    def refusing(thread):
        if not is_server_thread(thread):
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
        wait_until_it_waits(main)
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
