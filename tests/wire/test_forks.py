"""Processes that fork: multiprocessing, gunicorn and others do so with an open session."""

from __future__ import annotations

import json
import os
import signal
import threading

import pytest
import requests

from requests_paginate import PaginatedSession, get_all
from tests.loopback import LoopbackServer, http
from tests.scripted import NUMBERS, WAIT, ids, page, scripted

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    # Python warns of what is tested here
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning"),
]


def told_by_child(work):
    """What a forked process returns, or the error that it raises, in words; it is ended in time."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            told = json.dumps(work())
        except BaseException as error:  # noqa: BLE001 - it must not leave this process
            told = json.dumps(f"{type(error).__name__}: {error}")
        os.write(writer, told.encode())
        os._exit(0)
    os.close(writer)
    end = threading.Timer(WAIT, os.kill, (child, signal.SIGKILL))
    end.start()
    try:
        with os.fdopen(reader) as pipe:
            return json.loads(pipe.read() or '"it hangs"')
    finally:
        end.cancel()
        os.waitpid(child, 0)


@pytest.mark.parametrize("kind", [requests.Session, PaginatedSession])
@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_both_processes_read_all_rows(prefetch, kind):
    """The child fetches anew what the parent's threads were fetching, and disturbs nobody."""
    options = {"allow_http": True} if kind is PaginatedSession else {}
    with scripted() as script, kind(**options) as session:
        listing = get_all(script.url, session=session, strategy=NUMBERS, prefetch=prefetch)
        if prefetch:  # the page is on its way to the parent until the child asks for it, too
            script.needs[2] = lambda: script.asked.count(2) >= 2
        first = [next(listing), next(listing)]
        script.wait_until(lambda: not prefetch or 2 in script.asked)
        assert ids(2, 8) == told_by_child(lambda: list(listing))
        assert ids(1, 8) == [*first, *listing]
        assert listing.complete


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_new_listing_of_an_inherited_session(prefetch):
    """A `PaginatedSession` that was made before the fork opens connections of its own after it."""
    with (
        LoopbackServer(lambda *_: page(1, 1)) as server,
        PaginatedSession(allow_http=True) as session,
    ):
        options = {"session": session, "strategy": NUMBERS, "prefetch": prefetch}
        assert ids(1, 1) == list(get_all(server.url, **options))
        assert ids(1, 1) == told_by_child(lambda: list(get_all(server.url, **options)))
        assert ids(1, 1) == list(get_all(server.url, **options))
        assert 2 == server.connections


def test_a_call_that_is_inside_of_the_session_when_it_forks():
    """The child waits for no call of its parent's threads to leave the session."""
    is_inside, may_go = threading.Event(), threading.Event()

    class Holding(requests.Session):
        def request(self, method, url, **options):
            if (options.get("params") or {}).get("page") == 3 and not is_inside.is_set():
                is_inside.set()
                may_go.wait(WAIT)
            return super().request(method, url, **options)

    with scripted() as script, Holding() as session:
        listing = get_all(script.url, session=session, strategy=NUMBERS, prefetch=2)
        first = [next(listing), next(listing)]
        assert is_inside.wait(WAIT)
        assert ids(2, 8) == told_by_child(lambda: list(listing))
        may_go.set()
        assert ids(1, 8) == [*first, *listing]


def test_a_session_without_adapters():
    """What is only like a session has nothing to renew."""

    class Like:
        def request(self, method, url, **options):
            with requests.Session() as session:
                return session.request(method, url, **{**options, "stream": False})

    with LoopbackServer(lambda *_: http({"items": [1, 2], "next": None})) as server:
        listing = get_all(server.url, session=Like())
        assert 1 == next(listing)
        assert [2] == told_by_child(lambda: list(listing))
        assert [2] == list(listing)
