"""Digests by which a page is known again."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from requests_paginate._listing import fingerprint as fingerprints
from requests_paginate._listing.edges import Edges
from requests_paginate._listing.fingerprint import fingerprint, mark_page
from requests_paginate._listing.identities import Column
from tests.tokens import JSON, UNHURRIED, Colour


@pytest.mark.parametrize(
    "rows", [[1, 2], [2, 1], [1, 3], [1, 5, 2], [1], [], [{"id": 1}, 2], [{"id": "1"}, 2], [[1, 2]]]
)
def test_fingerprints_differ(rows):
    """Length, first and last row tell pages apart."""
    assert ([1, 2] == rows) is (fingerprint([1, 2]) == fingerprint(rows))


def test_a_fingerprint_is_short():
    """Eight bytes tell two pages apart; a token holds up to three of them."""
    assert 16 == len(fingerprint([1, 2])) == len(fingerprint([]))


@pytest.mark.parametrize(
    "row",
    [
        {"b": 1, "a": {"d": 2, "c": [3]}}, 10**30, "\ud800", {"\udfff": 1}, 1.5, None, (1, 2), b"x",
        Decimal("1.10"), date(2024, 5, 1), {None: ["x"], "a": "y"}, {1: 2, "a": "y"}, {1, 2},
        {"big": 10**30, "half": "\ud800"}, Colour.RED,
    ],
    ids=repr,
)  # fmt: skip
def test_fingerprints_of_any_row(row):
    """Whatever a body decodes to, also by the caller's own `decode`, has a fingerprint."""
    assert fingerprint([row]) == fingerprint([row])
    assert fingerprint([row]) != fingerprint([])


def test_fingerprints_of_rows_that_were_made_into_something_else():
    """The ends as they came stand for rows of a model; of an empty page there are none."""
    raw, made = [{"id": 1}, {"id": 2}], [Colour.RED, Colour.RED]
    assert fingerprint(raw) == fingerprint(made, ends=raw)
    assert fingerprint(raw) != fingerprint([Colour.RED], ends=raw)
    assert fingerprint([]) == fingerprint([], ends=[])


def test_the_order_of_names_is_no_difference():
    """The same object written in another order is the same row."""
    assert fingerprint([{"a": 1, "b": 2}]) == fingerprint([{"b": 2, "a": 1}])


@UNHURRIED
@given(JSON, JSON)
def test_fingerprints_tell_rows_apart(one, other):
    """Rows that differ have other fingerprints, equal ones the same."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert same is (fingerprint([one]) == fingerprint([other]))


def rows(*ids, name="id", **fields):
    return [{name: each, **fields} for each in ids]


def ids_of(found, name):
    return Edges(found, Column((name,), is_named=True)).read_named(found)


def sample_rows(found, mark, *, by_rows, name="id"):
    mark = mark_page(found, [mark])
    return fingerprints.sample_rows(found, mark, ids_of(found, name), by_rows=by_rows)


def is_alike(known, found, mark, name="id"):
    return fingerprints.is_alike(known, found, mark_page(found, [mark]), ids_of(found, name))


FIRST = rows(1, 2, 3, 4, seen=0)


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (rows(1, 2, 3, 4, seen=0), True),
        (rows(1, 2, 3, 4, seen=1), True),  # a view count changes, a row does not
        (rows(4, 3, 2, 1, seen=1), True),
        (rows(1, 2, 3, seen=1), True),
        (rows(1, 2, 3, 9, seen=1), True),
        (rows(1, 2, 3, 4, 5, 6, 7, 8), True),
        (rows(1, 2, 8, 9, seen=1), True),  # those at its beginning decide
        (rows(1, 7, 8, 9, seen=1), False),  # half of them is not more than half
        (rows(3, 4, 5, 6, seen=1), False),  # two rows that moved down from page 1
        (rows(1, 2, 3, 4, 4, seen=1), False),  # what repeats is no identity
        (rows(4, 5, 6, 7, seen=1), False),  # a row that moved down from page 1
        (rows(5, 6, 7, 8, seen=0), False),
        (rows("1", "2", "3", "4"), False),
        (rows(1, 2, 3, 4, name="number"), False),
        ([*rows(1, 2, 3, 4), {"seen": 0}], True),  # a row has no identity, the others do
        ([], False),
    ],
)
@pytest.mark.parametrize("by_rows", [True, False])
def test_identities(again, expected, by_rows):
    """The identities that the first page begins with make a page the first again."""
    known = sample_rows(FIRST, "mark", by_rows=by_rows)
    assert (expected or (by_rows and again == FIRST)) is is_alike(known, again, "another")


class Text(str):  # noqa: SLOT000 - as one would write it
    """An id as a decoder of the caller's may make it."""

    def __repr__(self) -> str:
        return object.__repr__(self)


@pytest.mark.parametrize(
    "first",
    [
        rows(Text("a"), Text("b")),
        [{"id": 1}, {"uuid": "x"}, {"_id": "y"}],  # two rows lack it
    ],
)
def test_identities_of_any_kind(first):
    """Ids of a subclass are compared as all others, and rows without one are passed over."""
    known = sample_rows([{**row, "seen": 0} for row in first], "mark", by_rows=True)
    assert is_alike(known, [{**row, "seen": 1} for row in first], "another")


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "userId", "sku"])
def test_names_of_identities(name):
    """An identity may have any name."""
    known = sample_rows(rows("a", "b", name=name, seen=0), "mark", by_rows=True, name=name)
    assert is_alike(known, rows("a", "b", name=name, seen=1), "mark", name)
    assert not is_alike(known, rows("c", "d", name=name, seen=1), "mark", name)


@pytest.mark.parametrize(
    "first",
    [
        [{"name": "a", "seen": 0}],
        [{"id": None, "seen": 0}],
        [{"id": True, "seen": 0}],
        [{"id": {"a": 1}, "seen": 0}],
        rows(1, 1, seen=0),
    ],
)
def test_rows_without_identities(first):
    """Without ids only the same rows are the same, and only where equal rows are enough."""
    changed = [{**row, "seen": 1} for row in first]
    for by_rows in (True, False):
        known = sample_rows(first, "mark", by_rows=by_rows)
        assert by_rows is is_alike(known, first, "another")
        assert not is_alike(known, changed, "mark")


@pytest.mark.parametrize("first", [["a", "b"], [1, 2], [[1], [2]], [None]])
def test_rows_that_are_no_objects(first):
    """Texts, numbers and lists are compared whole."""
    known = sample_rows(first, "mark", by_rows=True)
    assert is_alike(known, first, "another")
    assert not is_alike(known, [*first, *first], "mark")
    assert not is_alike(sample_rows(first, "mark", by_rows=False), first, "mark")


def test_a_page_without_rows():
    """Two empty pages are the same where all of the page is, its token included."""
    known = sample_rows([], "mark", by_rows=True)
    assert is_alike(known, [], "mark")
    assert not is_alike(known, [], "another")
    assert not is_alike(known, FIRST, "mark")
    assert not is_alike(sample_rows([], "mark", by_rows=False), [], "mark")


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (range(1000), True),
        (range(3, 1003), True),
        (range(4, 1004), False),
        (range(500, 1500), False),  # so many arrived before page 2 was asked for, which has them
        (range(990, 1990), False),
        (range(1000, 2000), False),
        (range(-500, 500), True),  # so many arrived before page 1 was served again
        (range(-995, 5), True),
        (range(-996, 4), False),
    ],
)
def test_a_long_page_is_known_by_its_beginning(again, expected):
    """More than half of eight rows must come again; those that only moved on are its last."""
    known = sample_rows(rows(*range(1000)), "mark", by_rows=True)
    assert expected is is_alike(known, rows(*again, seen=1), "mark")
    assert len(known) < 80


def test_a_likeness_is_the_same_in_every_process():
    """Checksums, not the hashes of one process: a checkpoint travels."""
    known = sample_rows(rows("a", 1, 2), "mark", by_rows=False)
    assert ["", *known.split(".")[1:]] == known.split(".")
    assert ".af66fa.dcefb7" == known
    assert "'a'" not in known
