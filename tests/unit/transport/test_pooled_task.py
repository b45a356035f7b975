"""A page that is fetched ahead: what comes of it waits for its turn. No thread, no clock."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import requests

from requests_paginate import Page, PageRequest
from requests_paginate._transport.fetcher import Fetched
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.pooled_task import Dropped, PooledTask
from requests_paginate.exceptions import DeadlineExceeded, MalformedPage, PageFailed

REQUEST = PageRequest("GET", "https://api.test?page=2")
NEXT = PageRequest("GET", "https://api.test?page=3")
FETCHED = Fetched(page=Page(request=REQUEST), response=requests.Response())


class Pool:
    """What a task asks of its pool and tells it, kept.

    Args:
        outcome: What fetching gives, or raises.
        during: Called with the task while it is fetched.
    """

    def __init__(self, outcome=FETCHED, during=lambda task: None):
        self.outcome, self.during = outcome, during
        self.fetched, self.failures, self.dropped = [], [], []
        self.fetcher = SimpleNamespace(
            options=TransportOptions(deadline=5), fetch=self._fetch, others=None
        )

    def _fetch(self, request, index, task):
        self.fetched.append((request, index))
        self.during(task)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def begin_try(self, task):
        return 1.5

    def note_failure(self, task, seconds):
        self.failures.append(seconds)
        return False

    def note_dropped(self, task):
        self.dropped.append((task, task.is_dropped()))


class Stop(BaseException):
    """What ends more than a page, such as an interrupt."""


def test_a_page_waits_for_its_turn():
    """It is there when it was fetched, and not before."""
    pool = Pool()
    task = PooledTask(pool, REQUEST, 4)
    assert not task.has_come()
    task.run()
    assert [(REQUEST, 4)] == pool.fetched
    assert task.has_come()
    assert FETCHED is task.result()
    assert FETCHED is task.result()


@pytest.mark.parametrize("kind", [PageFailed, KeyError, Stop])
def test_an_error_waits_for_its_turn(kind):
    """Whatever a thread raises is raised where the page is asked for, and is not kept then."""
    task = PooledTask(Pool(kind("no")), REQUEST, 4)
    task.run()
    assert not task.has_come()
    with pytest.raises(kind, match="no"):
        task.result()
    assert not task.future.done()


def test_the_time_begins_with_the_fetching(monkeypatch):
    """What passed in the queue does not count."""
    clock = [100.0]
    monkeypatch.setattr("requests_paginate._transport.deadline.time.monotonic", lambda: clock[0])
    left = []
    task = PooledTask(Pool(during=lambda task: left.append(task.deadline.left())), REQUEST, 4)
    clock[0] += 60
    with pytest.raises(DeadlineExceeded):
        task.check()
    task.run()
    assert [5] == left
    assert task.has_come()


def fail(page):
    raise MalformedPage("no link")


@pytest.mark.parametrize(
    ("outcome", "successor", "expected"),
    [
        (FETCHED, lambda page: NEXT, NEXT),
        (FETCHED, lambda page: None, None),
        (FETCHED, fail, None),  # it raises when the page's turn comes
        (PageFailed("no"), lambda page: NEXT, None),
    ],
)
def test_the_page_after_it(outcome, successor, expected):
    """A page tells what follows once it is there; one that cannot be had or read tells nothing."""
    task = PooledTask(Pool(outcome), REQUEST, 4)
    assert task.find_successor(successor) is None
    task.run()
    assert expected == task.find_successor(successor)


def test_a_page_that_is_dropped_is_never_sent():
    """The pool is told once the page is dropped, and nothing is fetched for it any more."""
    pool = Pool()
    task = PooledTask(pool, REQUEST, 4)
    task.sleep(0)
    task.drop()
    assert [(task, True)] == pool.dropped
    for step in (task.check, lambda: task.sleep(600), lambda: task.receive(requests.Response())):
        with pytest.raises(Dropped):
            step()
    task.run()
    assert [] == pool.fetched
    with pytest.raises(Dropped):
        task.result()


def test_a_page_that_is_dropped_while_its_body_comes():
    """Where the connection has just ended by itself, there is nothing to cut off."""

    def drop(task):
        task.receive(requests.Response())  # without a connection
        task.drop()
        task.check()

    task = PooledTask(Pool(during=drop), REQUEST, 4)
    task.run()
    assert not task.has_come()
    with pytest.raises(Dropped):
        task.result()


def failed(status, headers=None, *, is_transient=True):
    """The failure of a page, with a response unless there is no status."""
    error = PageFailed("no")
    error.transient = is_transient
    if status is not None:
        error.response = requests.Response()
        error.response.status_code = status
        error.response.headers.update(headers or {})
    return error


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (failed(429), 7.0),
        (failed(503, {"retry-after": "7"}), 7.0),
        (failed(503), None),
        (failed(None), None),
        (failed(429, is_transient=False), None),
        (failed(200, {"Retry-After": "7"}, is_transient=False), None),
    ],
)
def test_failures_that_are_no_page_s_own(error, seconds):
    """All pages wait where the server sends too many away; any other failure is the page's."""
    pool = Pool()
    task = PooledTask(pool, REQUEST, 4)
    assert task.note_failure(error, 7.0) is False  # as the pool says
    assert [seconds] == pool.failures
    assert 1.5 == task.begin_try()
