"""How many pages are sent for at once, as a table of events: no thread, no clock."""

from __future__ import annotations

import pytest

from requests_paginate._transport.limiter import AdaptiveLimit


def happen(most, *events):
    """A limit after these events, each the name of a method and its arguments."""
    limit = AdaptiveLimit(most)
    for name, *arguments in events:
        getattr(limit, name)(*arguments)
    return limit


def count_places(limit, most=40):
    """How many pages more may be sent for, one after the other."""
    count = 0
    while count < most and limit.may_send(page := f"further {count}"):
        limit.acquire(page)
        count += 1
    return count


SENT = [("acquire", page) for page in "abcdefgh"]


@pytest.mark.parametrize(
    ("events", "places"),
    [
        ([], 40),  # where nothing was refused, the threads alone are the limit
        (SENT, 40),
        ([*SENT, ("refuse", "a", 0.0)], 0),  # 8 become 4, and 7 are on their way
        ([*SENT, ("refuse", "a", 0.0), *[("release", p) for p in "bcdefgh"]], 4),
        ([*SENT, ("refuse", "a", 0.0), ("refuse", "b", 0.0)], 0),
        ([*SENT, *[("refuse", page, 0.0) for page in "abcdefgh"]], 4),  # halved once a round
        ([*SENT, ("refuse", "a", 0.0), ("acquire", "a"), ("refuse", "a", 0.0),
          *[("release", page) for page in "bcdefgh"]], 2),  # it was sent after the halving
        ([*SENT, ("refuse", "nobody", 0.0)], 40),  # what was not sent halves nothing
    ],
)  # fmt: skip
def test_places(events, places):
    """As many may be sent as the limit says, which every round of refusals halves once."""
    assert places == count_places(happen(8, *events))


def test_the_limit_never_falls_below_one():
    """However often pages are refused, one may be sent for."""
    limit = AdaptiveLimit(8)
    for _ in range(10):
        limit.acquire("a")
        limit.refuse("a", 0.0)
    assert 1 == count_places(limit)


@pytest.mark.parametrize(
    ("refusals", "pages"), [(1, 1), (2, 3), (3, 6), (4, 12), (7, 96), (8, 96), (20, 96)]
)
def test_growth_takes_longer_after_every_refusal(refusals, pages):
    """The limit grows by one a round of answers; each refusal doubles the rounds, to a bound."""
    limit = AdaptiveLimit(2)
    for _ in range(refusals):
        limit.acquire("a")
        limit.refuse("a", 0.0)
    limit.acquire("first")
    came = 0
    while not limit.may_send("second"):
        limit.acquire("a")
        limit.release("a", has_come=True)
        came += 1
    assert pages == came


def test_the_page_that_the_listing_waits_for_has_its_place():
    """It never waits for what is behind it, and others leave its place free."""
    limit = happen(2, ("acquire", "b"), ("acquire", "c"), ("refuse", "c", 0.0))
    assert not limit.may_send("a")
    limit.reserve("a")
    assert limit.may_send("a")
    limit.release("b")
    assert not limit.may_send("b")
    limit.unreserve("b")  # another one's place stays
    assert not limit.may_send("b")
    limit.unreserve("a")
    assert limit.may_send("b")


@pytest.mark.parametrize(
    ("events", "is_excused"),
    [
        ([("acquire", "a")], False),
        ([("acquire", "a"), ("acquire", "b")], True),
        ([("acquire", "b"), ("acquire", "a")], True),
        ([("acquire", "b"), ("release", "b"), ("acquire", "a")], False),
        ([("acquire", "b"), ("drop", "b"), ("acquire", "a")], False),  # nobody needs it any more
        ([("acquire", "b"), ("acquire", "a"), ("drop", "b")], True),  # but then it was needed
        ([("drop", "b"), ("acquire", "b"), ("acquire", "a")], True),
        ([], False),
    ],
)
def test_a_refusal_among_others_is_no_failure_of_its_own(events, is_excused):
    """Alone the page might not have been refused."""
    assert is_excused is happen(8, *events).refuse("a", 0.0)


def test_one_at_a_time_excuses_nothing():
    """Where the limit cannot become smaller, a refusal counts."""
    limit = happen(2, ("acquire", "a"), ("acquire", "b"), ("refuse", "b", 0.0), ("release", "a"))
    limit.acquire("behind")
    limit.acquire("a")
    assert limit.refuse("a", 0.0) is False


def test_all_wait_until_the_latest_pause_ends():
    """A shorter pause does not end a longer one."""
    limit = happen(8, *SENT, ("refuse", "a", 10.0), ("refuse", "b", 5.0))
    assert [10.0, 0.5, 0.0, 0.0] == [limit.seconds_to_wait(now) for now in (0.0, 9.5, 10.0, 11.0)]


def test_forgetting_keeps_those_that_are_being_fetched():
    """What an interrupt left behind takes no place; a thread's page does until it comes."""
    limit = happen(2, ("acquire", "a"), ("acquire", "b"), ("reserve", "c"))
    limit.forget({"b"})
    assert [False, True] == [limit.is_sent(page) for page in "ab"]
    limit.refuse("b", 0.0)
    assert limit.may_send("a")  # nobody's place is kept any more
