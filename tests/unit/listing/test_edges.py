"""Pages overlap if the last rows of one are the first of the next."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from requests_paginate._listing.edges import Edges
from requests_paginate._listing.identities import find_column
from tests.two_pages import rows


class Struct(msgspec.Struct):
    id: int


@dataclass
class Model:
    uuid: str


def edges_of(found, column=None):
    return Edges(found, column or find_column(found))


def overlap(before, after, *, is_restored=False, **options):
    column = find_column(before) or find_column(after)
    known = edges_of(before, column)
    if is_restored:
        known = Edges.restore(known.digest, known.checksums, are_named=known.are_named)
    return edges_of(after, column).count_overlap(after, known, **options)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1, 2, 3), (3, 4, 5), 1), ((1, 2, 3), (2, 3, 4), 2), ((1, 2, 3), (1, 2, 3), 0),
        ((1, 2, 3), (1, 2, 3, 4), 3), ((1, 2, 3), (4, 5, 6), 0), ((1, 2, 3), (4, 3, 2), 0),
        ((1, 2, 3), (2, 4), 0), ((1, 2, 3), (3,), 1), ((), (1,), 0), ((1,), (), 0),
        (range(150), range(120, 200), 30), (range(500), range(400, 900), 100),
        (range(500), range(300, 800), 0),  # further than rows are compared
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_restored", [False, True])
def test_overlaps(before, after, expected, is_restored):
    """Only rows in their order, from the last ones on, also where a checkpoint tells of them."""
    assert expected == overlap(rows(*before), rows(*after), is_restored=is_restored)


@pytest.mark.parametrize("is_restored", [False, True])
@pytest.mark.parametrize(
    ("expected", "before", "after"),
    [
        (1, rows(1, 2, seen=1), rows(2, 3, seen=2)),
        (1, rows(1, 2, 3, name="userId", at=1), rows(3, 4, name="userId", at=2)),
        (2, ["a", "b", "c"], ["b", "c", "d"]),
        (1, [{"t": "1"}, {"t": "2"}, {"t": "3"}], [{"t": "3"}, {"t": "4"}]),
        (0, [{"t": t, "v": 1} for t in "123"], [{"t": "3", "v": 2}, {"t": "4", "v": 2}]),
        (0, [{"v": 1}, {"v": 2}], [{"v": 2}, {"v": 3}]),
    ],
)
def test_rows_that_changed(expected, before, after, is_restored):
    """A row with the same id is that row, whatever else it holds; without an id, if it is equal."""
    assert expected == overlap(before, after, is_restored=is_restored)
    if before[0] in rows(1, seen=1):
        assert 0 == overlap(before, after, is_restored=is_restored, are_equal=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([Struct(1), Struct(2)], [Struct(2), Struct(3)]),
        ([Model("a"), Model("b")], [Model("b"), Model("c")]),
        ([{"_id": "a"}, {"_id": "b"}], [{"_id": "b"}]),
        ([{"@id": "/1"}, {"@id": "/2"}], [{"@id": "/2"}]),
        ([{"Id": "x", "a": 1}], [{"Id": "x", "a": 1}, {"Id": "y", "a": 1}]),
    ],
)
def test_rows_of_any_kind(before, after):
    """Objects and models, under any usual name."""
    assert 1 == overlap(before, after)


@pytest.mark.parametrize(
    "found",
    [
        [None], [{}], [{"v": "a"}], [{"id": None}], [{"id": True}], [{"id": {"x": 1}}],
        [{"id": 1}, {"id": 1}], [[1], [1], [2]], [0, 0, 1], [],
    ],
)  # fmt: skip
def test_rows_without_ids_have_no_edges(found):
    """Nor have those with equal ids, or ids that are no texts or numbers."""
    edges = edges_of(found)
    assert ([], [], b"", "", "") == (
        edges.first, edges.last, edges.last_row, edges.digest, edges.checksums,
    )  # fmt: skip
    assert 0 == overlap(found, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (True, [{"id": 1, "sold": 1}, {"id": 1, "sold": 2}]),
        (False, [{"id": 1, "sold": 1}, {"id": 1, "sold": 1}, {"id": 2, "sold": 1}]),
        (False, rows(1, 2, 3)),
    ],
)
def test_ids_of_something_else(expected, found):
    """Of rows with one id that differ, it is no id; a row that comes twice has one."""
    assert expected is edges_of(found, find_column(rows(1, 2))).are_foreign


def test_a_digest_is_that_of_the_ids():
    """In any order, and of their number, the same in every process."""
    assert edges_of(rows(1, 2, v=1)).digest == edges_of(rows(2, 1, v=2)).digest
    assert edges_of(rows(1, 2)).digest != edges_of(rows(1, 3)).digest
    assert edges_of(rows("a", 1)).digest == edges_of(rows(1, "a")).digest
    assert edges_of(rows(*range(150))).digest != edges_of(rows(*range(151))).digest
