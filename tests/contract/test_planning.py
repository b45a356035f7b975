"""The simulation of examples/plan_night.py keeps to arithmetic, and to what a listing does."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from requests_paginate._transport.limiter import AdaptiveLimit
from requests_paginate._transport.retry import RetryPolicy
from requests_paginate.exceptions import TransferFailed

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", name="planning")
def _planning():
    """The modules of the example, as its reader's interpreter finds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        import plan_night
        from planning import night, simulation

        yield SimpleNamespace(
            main=plan_night.main, Night=night.Night, Totals=night.Totals,
            Process=simulation.Process, Simulation=simulation.Simulation,
            estimate=simulation.estimate, longest_wait=simulation.longest_wait,
        )  # fmt: skip
    for name in [name for name in sys.modules if name.partition(".")[0] == "planning"]:
        del sys.modules[name]
    del sys.modules["plan_night"]


@pytest.fixture(name="even")
def _even(planning):
    """A night without chance: every page takes half a second."""
    return planning.Night(
        listings=400, pages=5, seconds=0.5, seconds_spread=0, cpu=0, failing=0, workers=8, sample=0
    )


@pytest.fixture(name="rough")
def _rough(planning):
    """A night in which everything goes wrong now and then."""
    return planning.Night(
        listings=2000, pages=7, pages_spread=1, seconds=0.2, failing=0.2, retries=2, rate=30,
        workers=4, processes=3, lost=15, restart=5, engine_tries=50, sample=0,
    )  # fmt: skip


def test_without_chance_it_is_arithmetic(planning, even):
    """Each of 8 workers reads 50 listings of 5 pages, half a second each."""
    total = planning.estimate(even)
    assert planning.Totals(seconds=50 * 5 * 0.5, requests=2000, pages=2000) == total


def test_the_workers_of_a_process_share_its_cpu(planning, even):
    """With more CPU than waiting, the pages of a process come one after the other."""
    busy = replace(even, cpu=0.1, processes=2)
    total = planning.estimate(busy)
    assert pytest.approx(2000 / 2 * 0.1, rel=0.02) == total.seconds
    assert "the CPU" == next(iter(busy.ceilings()))
    crowded = replace(busy, cores=1)
    assert pytest.approx(2000 * 0.1, rel=0.02) == planning.estimate(crowded).seconds


def test_as_many_workers_as_suffice_reach_the_rate(planning, even):
    """Those of Little's law do, and half of them do not."""
    limited = replace(even, rate=20, paced=True, listings=1000)
    assert 10 == limited.enough_workers()
    enough = planning.estimate(replace(limited, workers=10))
    assert pytest.approx(20, rel=0.01) == enough.pages / enough.seconds
    half = planning.estimate(replace(limited, workers=5))
    assert pytest.approx(10, rel=0.01) == half.pages / half.seconds


def test_the_same_seed_gives_the_same_night(planning, rough):
    """And another one gives another."""
    assert planning.estimate(rough) == planning.estimate(rough)
    assert planning.estimate(replace(rough, seed=2)) != planning.estimate(rough)


@pytest.mark.parametrize("checkpoints", [False, True])
@pytest.mark.parametrize("paced", [False, True])
def test_every_request_has_its_reason(planning, rough, checkpoints, paced):
    """Each brought a page, failed, was refused, or is repeated; and every page is read."""
    night = replace(rough, checkpoints=checkpoints, paced=paced)
    total = planning.estimate(night)
    reasons = total.pages + total.failed + total.refused + total.repeated
    assert total.requests == reasons
    wanted = planning.estimate(replace(night, failing=0, lost=0, rate=None))
    assert (wanted.requests, 0) == (total.pages, total.unread)
    assert min(total.failed, total.repeated) > 0
    assert paced == (total.refused == 0)


def test_a_loss_with_checkpoints_repeats_what_was_on_its_way(planning, even):
    """Without them, each worker's listing begins again."""
    kept = planning.estimate(replace(even, lost=10, checkpoints=True))
    assert 0 < kept.repeated <= 10 * 8
    anew = planning.estimate(replace(even, lost=10))
    assert 10 * 8 < anew.repeated <= 10 * 8 * 5


def test_a_listing_that_the_engine_gives_up_is_told(planning, even, capsys):
    """The status of the program is then 1, and what is missing is the last line."""
    broken = replace(even, failing=1, retries=1, engine_tries=3)
    total = planning.estimate(broken)
    assert (400, 0, 400 * 2 * 3) == (total.unread, total.pages, total.failed)
    options = ["--listings", "60", "--failing", "0.9", "--retries", "1", "--sample", "0"]
    assert 1 == planning.main(options)
    assert "LISTINGS NOT READ" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rate": 20},
        {"rate": 20, "paced": True},
        {"lost": 30},
        {"lost": 30, "checkpoints": True},
        {"pages_spread": 0.5},
        {"failing": 0.3, "retries": 1, "engine_tries": 2},
    ],
    ids=str,
)
def test_a_sample_stands_for_all(planning, changes):
    """A quarter of the pages foretells what all of them come to."""
    night = planning.Night(listings=8000, processes=2, restart=10, **changes)
    all_of_it = planning.estimate(replace(night, sample=0))
    sample = planning.estimate(replace(night, sample=24_000))
    assert pytest.approx(all_of_it.seconds, rel=0.03) == sample.seconds
    assert pytest.approx(all_of_it.requests, rel=0.01) == sample.requests
    assert pytest.approx(all_of_it.unread, rel=0.03) == sample.unread


def test_the_next_try_fails_as_often_as_the_first(planning):
    """The tries of a page do not depend on each other."""
    for share in (0.2, 0.5):
        night = planning.Night(failing=share)
        failed = [
            [night.fails(listing, page, tries) for tries in range(3)]
            for listing in range(4000) for page in range(5)
        ]  # fmt: skip
        pairs = sum(first and second for first, second, _ in failed) / len(failed)
        assert pytest.approx(share**2, rel=0.2) == pairs
        assert pytest.approx(share**3, rel=0.3) == sum(map(all, failed)) / len(failed)


def test_tries_fail_as_often_as_asked(planning):
    """A try fails or not by its numbers alone, and the share is right."""
    night = planning.Night(failing=0.03)
    drawn = [
        night.fails(listing, page, tries)
        for listing in range(4000) for page in range(5) for tries in range(3)
    ]  # fmt: skip
    assert pytest.approx(0.03, rel=0.1) == sum(drawn) / len(drawn)


def test_it_waits_as_a_listing_does(planning):
    """The bound of the wait after each failure is that of `retries=`."""
    policy, error = RetryPolicy(), TransferFailed("reset")
    waits = [
        policy.wait(error, failures=failures, now=0, chance=lambda: 1.0)
        for failures in range(1, 12)
    ]
    assert waits == [planning.longest_wait(failures) for failures in range(1, 12)]


def test_it_heeds_a_refusal_as_gather_does(planning):
    """So many pages may be on their way after any pages that came or were refused."""
    chance, most = random.Random(3), 16
    limit, process = AdaptiveLimit(most), planning.Process(float(most))
    for page in range(2000):
        limit.acquire(page)
        if chance.random() < 0.05:
            limit.refuse(page, 0.0)
            process.halve()
        else:
            limit.release(page, has_come=True)
            process.grow(most)
        assert (limit._size, limit._patience) == (process.size, process.patience)


def test_several_numbers_of_workers_are_compared(planning, capsys):
    """There is a line for each, and more workers need fewer hours until another thing limits."""
    assert 0 == planning.main(["--listings", "2000", "--rate", "10", "--workers", "2", "4", "40"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert ["2", "4", "40"] == [line[0] for line in lines]
    assert float(lines[0][1]) > float(lines[1][1])
    assert ["workers", "workers", "limit"] == [line[-1] for line in lines]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ("--workers 8 0", "workers: expected 1 or more, got 0"),
        ("--listings 0", "listings: expected 1 or more"),
        ("--rate 0", "rate: expected more than 0"),
        ("--failing 1.5", "failing: expected a share"),
        ("--seconds nan", "seconds: expected 0 or more"),
        ("--check --lost 3", "--check has no use for --lost"),
        ("--check --workers 8 16", "--check takes one number of workers"),
    ],
)
def test_what_is_no_night_is_refused(planning, options, word, capsys):
    """The message names the option and what it takes."""
    with pytest.raises(SystemExit, match="2"):
        planning.main(options.split())
    assert word in capsys.readouterr().err
