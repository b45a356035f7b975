"""Strategies of one's own that are no plain dataclasses: with slots, or with a plain `__init__`."""

from __future__ import annotations

import copy
import functools
import os
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import islice
from types import SimpleNamespace

import pytest

from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import Cursor, Strategy
from requests_paginate.strategies.serialization import describe_strategy, restore_strategy
from tests.unit.strategies.answers import make_listing
from tests.unit.strategies.requests_and_pages import ROWS, page


class Plain(Strategy):
    """Attributes that a plain `__init__` sets."""

    def __init__(self, last, name="week"):
        self.last, self.name = last, name

    def next(self, page):
        week = int(page.request.params.get(self.name, 1))
        return page.request.with_param(self.name, week + 1) if week < self.last else None


class Slotted(Plain):
    """The same in slots, one of them private."""

    __slots__ = ("__hidden", "last", "name")

    def __init__(self, last, name="week"):
        super().__init__(last, name)
        self.__hidden = last


class OneSlot(Plain):
    """A slot named by a string; the other attribute is in the dict."""

    __slots__ = "last"


@dataclass(frozen=True, slots=True)
class SlottedData(Strategy):
    """A dataclass that makes the slots."""

    last: int = 3
    name: str = "week"

    next = Plain.next


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SlottedCursor(Cursor):
    """A dataclass with slots below one without."""

    salt: str = field(default="", kw_only=True)


class SlottedReader(Plain):
    """Rows and total are methods, beside slots."""

    __slots__ = ("last", "name")

    def items(self, page):
        return page.body["data"]["rows"]

    def total(self, page):
        return None


class Options:
    """What some callers put their options into."""

    def __init__(self, last):
        self.last = last


class Computing(Plain):
    """Remembers what it computes."""

    @functools.cached_property
    def pattern(self):
        return re.compile(self.name)


KINDS = [Plain, Slotted, OneSlot, SlottedData, SlottedReader]


@pytest.mark.parametrize("kind", KINDS)
def test_attributes_of_any_kind_are_those_of_a_value(kind):
    """It compares, hashes, copies and pickles by all of its attributes, also read elsewhere."""
    for strategy in (kind(3), kind(3).reading("data.rows")):
        for other in (
            copy.copy(strategy),
            copy.deepcopy(strategy),
            pickle.loads(pickle.dumps(strategy)),
        ):
            assert strategy == other
            assert hash(strategy) == hash(other)
            assert 3 == other.last
            assert repr(strategy.items) == repr(other.items)
        assert strategy != kind(2)
        assert strategy != kind(3, "w")


def test_a_cursor_with_slots_reads_its_paths():
    """Fields that a dataclass puts into slots become readers as others do."""
    strategy = SlottedCursor("c", salt="x", items="rows", total="n")
    assert "SlottedCursor('c', items='rows', total='n', salt='x')" == repr(strategy)
    assert ROWS == strategy.items(page({"rows": ROWS}))
    assert 7 == strategy.total(page({"n": 7}))
    assert "d" == strategy.renamed("d").cursor
    assert "c" == strategy.cursor
    again = pickle.loads(pickle.dumps(strategy.reading("data")))
    assert ROWS == again.items(page({"data": ROWS}))
    assert "x" == again.salt


def serve(query, _json):
    week = int(query.get("week", 1))
    return {"data": {"rows": [{"id": 2 * week - 1}, {"id": 2 * week}]}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_listing_goes_on_with_attributes_of_any_kind(kind):
    """With `items=`, pickled in the middle, and resumed: each row once."""
    listing = make_listing(serve, strategy=kind(3), items="data.rows")
    assert [1, 2, 3] == [row["id"] for row in islice(listing, 3)]
    point = listing.checkpoint()
    assert [4, 5, 6] == [row["id"] for row in pickle.loads(pickle.dumps(listing))]
    for strategy in (kind(2), kind(3, "w")):
        with pytest.raises(InvalidCheckpoint):
            make_listing(serve, strategy=strategy, items="data.rows", resume=point)
    resumed = make_listing(serve, strategy=kind(3), items="data.rows", resume=point)
    assert [4, 5, 6] == [row["id"] for row in resumed]


def test_what_is_computed_is_no_other_strategy():
    """A cached property does not change what a checkpoint knows a strategy by."""
    strategy = Computing(3)
    written = describe_strategy(strategy)
    assert "week" == strategy.pattern.pattern
    assert strategy is restore_strategy(written, strategy, None)


# What attributes may be ---------------------------------------------------------------------------

EQUAL = [
    lambda: 3,
    lambda: (1, "a", None),
    lambda: {"b": 1, "a": [2]},
    lambda: {"a", "b", "c", (1, 2)},
    lambda: frozenset(["x", 5]),
    lambda: {frozenset("ab"), frozenset("cd"), frozenset("xyz")},
    lambda: {(1, 2): 3},
    lambda: "\ud800",
    lambda: len,
    lambda: {"read": serve},
    lambda: [re.compile("a")],
    lambda: Options(3),
    lambda: SimpleNamespace(last=3),
    lambda: functools.partial(serve, 1),
    lambda: {serve, Plain(3).next},
    lambda: [Options(Options(3))],
]


def digest_all():
    """The digests of strategies with each of these values."""
    return [describe_strategy(Plain(make()))["digest"] for make in EQUAL]


def test_digests_are_the_same_in_every_process():
    """Neither the order of hashes nor an address in memory is in them."""
    code = f"from {__name__} import digest_all; print(*digest_all())"
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert digest_all() == ran.stdout.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 4),
        (3, "3"),
        ((1, "a"), (1, "b")),
        ({"a": [1]}, {"a": [2]}),
        ({1, 2}, {1, 3}),
        ({(1, 2): 3}, {(1, 2): 4}),
        ("\ud800", "\ud801"),
        (len, repr),
        ([serve], [digest_all]),
        (re.compile("a"), re.compile("b")),
        (Options(3), Options(4)),
        ([SlottedData(3)], [SlottedData(4)]),
        (SimpleNamespace(last=3), SimpleNamespace(last=4)),
        (functools.partial(serve, 1), functools.partial(serve, 2)),
    ],
)
def test_another_value_is_another_strategy(one, other):
    """Whatever an attribute holds, a checkpoint tells it from another value."""
    written = describe_strategy(Plain(one))
    assert isinstance(restore_strategy(written, Plain(one), None), Plain)
    with pytest.raises(InvalidCheckpoint):
        restore_strategy(written, Plain(other), None)
