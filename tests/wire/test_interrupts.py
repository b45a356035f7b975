"""An interrupt may come anywhere in the turn of a page: no row is lost, and no thread is left."""

from __future__ import annotations

import pytest

from requests_paginate._listing.progress import Turn
from tests.interrupts import FOUR, SCENARIOS, run, try_all


@pytest.mark.parametrize(
    ("name", "ahead"),
    [("by pages", 0), ("a changed total", 0), ("the end", 0),
     ("the end", 4)],
)  # fmt: skip
def test_a_listing_goes_on_after_an_interrupt_at_any_line(name, ahead):
    """Every row comes once, with the same doubts about the end, and every thread ends."""
    outcomes, wrong = try_all(SCENARIOS[name], ahead, by_lines=True)
    assert ({}, {"went on"}) == (wrong, {*outcomes})
    assert outcomes.total() > (20 if name == "the end" else 250)


def test_what_is_not_interrupted_lists_every_row():
    """What the interrupted listings are compared with is right."""
    rows, (is_complete, doubts), resumed, points = run(SCENARIOS["numbered"])
    assert ([row for body in FOUR for row in body["rows"]], True, (), "") == (
        rows, is_complete, doubts, resumed
    )  # fmt: skip
    assert len(points) > 500


def test_a_turn_belongs_to_one_running_call():
    """Another call has to wait for its end; one that ended without giving it back holds nothing."""
    turn = Turn()

    def begin():
        return turn.begin()

    def hold():
        return turn.begin(), begin()

    assert (True, False) == hold()
    assert begin()
    assert begin()
    turn.end()
    assert hold() == (True, False)


def test_only_the_holder_gives_a_turn_back():
    """The end of a call that was refused leaves the turn where it is."""
    turn = Turn()

    def refused():
        assert not turn.begin()
        turn.end()

    assert turn.begin()
    refused()
    refused()
    turn.end()
    assert turn.begin()
