"""The time that one page has, by a clock that the tests move."""

from __future__ import annotations

import pytest

from requests_paginate._transport.deadline import Deadline
from requests_paginate.exceptions import DeadlineExceeded


@pytest.fixture
def clock(monkeypatch):
    """The seconds that have passed; a test sets them."""
    passed = [100.0]
    monkeypatch.setattr("requests_paginate._transport.deadline.time.monotonic", lambda: passed[0])
    return passed


def test_time_passes_until_the_deadline(clock):
    """What is left becomes less, and at nothing the page fails."""
    deadline = Deadline(5)
    assert 5 == deadline.left()
    clock[0] += 4
    assert 1 == deadline.left()
    deadline.check()
    clock[0] += 1
    with pytest.raises(DeadlineExceeded, match="longer than its 5 s"):
        deadline.check()


def test_time_that_was_not_the_page_s_own_is_given_back(clock):
    """A page that was made to wait for others has its time all the same."""
    deadline = Deadline(5)
    clock[0] += 10
    deadline.extend(8)
    assert 3 == deadline.left()


@pytest.mark.parametrize(
    ("seconds", "passed", "timeout", "expected"),
    [
        (None, 99, None, None),
        (None, 99, 3, 3),
        (5, 0, None, 5),
        (5, 0, 3, 3),
        (5, 4, 3, 1),
        (5, 9, 3, 0.001),  # 0 would mean for ever to a socket
    ],
)
def test_a_timeout_is_cut_to_what_is_left(clock, seconds, passed, timeout, expected):
    """No single wait is longer than the page may take."""
    deadline = Deadline(seconds)
    clock[0] += passed
    assert (expected, expected) == deadline.cap(timeout, timeout)
    assert (expected, 0.0001) == deadline.cap(timeout, 0.0001)


def test_without_a_bound_there_is_always_time(clock):
    """None means no bound."""
    deadline = Deadline(None)
    clock[0] += 10**9
    deadline.check()
    assert float("inf") == deadline.left()
