"""Pages overlap if the last rows of one are the first of the next."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from requests_paginate._listing.edges import Edges
from tests.two_pages import rows


class Struct(msgspec.Struct):
    id: int


@dataclass
class Model:
    uuid: str


def overlap(before, after):
    return Edges(after).count_overlap(after, Edges(before))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1, 2, 3), (3, 4, 5), 1), ((1, 2, 3), (2, 3, 4), 2), ((1, 2, 3), (1, 2, 3), 3),
        ((1, 2, 3), (1, 2, 3, 4), 3), ((1, 2, 3), (4, 5, 6), 0), ((1, 2, 3), (4, 3, 2), 0),
        ((1, 2, 3), (2, 4), 0), ((1, 2, 3), (3,), 1), ((), (1,), 0), ((1,), (), 0),
        (range(150), range(120, 200), 30), (range(500), range(400, 900), 100),
        (range(500), range(300, 800), 0),  # further than rows are compared
    ],
)  # fmt: skip
def test_overlaps(before, after, expected):
    """Only rows in their order, from the last ones on."""
    assert expected == overlap(rows(*before), rows(*after))


def test_rows_with_other_values_are_other_rows():
    """An id that comes again with another price is the next day's."""
    assert 0 == overlap(rows(1, 2, price=1), rows(2, 3, price=2))


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
        [1, 2], ["a"], [[1], [2]], [None], [{}], [{"name": "a"}], [{"id": None}], [{"id": 1.5}],
        [{"id": True}], [{"id": {"x": 1}}], [{"id": 1}, {}], [{"id": 1}, {"id": 1}], [{"id": 1}, 2],
        [{"id": 1}, None],
    ],
)  # fmt: skip
def test_rows_without_ids_have_no_edges(found):
    """Nor have those with equal ids, or ids that are no texts or numbers."""
    assert ([], [], b"") == (Edges(found).first, Edges(found).last, Edges(found).last_row)
    assert 0 == overlap(found, found)
