"""A column of ids is found by its name, else by values that differ; it is chosen once."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pickle
from dataclasses import dataclass
from decimal import Decimal

import msgspec
import pytest

from requests_paginate._listing.identities import NO_COLUMN, Column, find_column


def column(*path, named=True):
    return Column(path, is_named=named)


NAMED = {
    "id": (column("id"), lambda n: {"name": f"n{n}", "id": n}),
    "user id": (column("userId"), lambda n: {"userId": n, "age": n}),
    "another case": (column("ITEM_ID"), lambda n: {"v": 1, "ITEM_ID": f"x{n}"}),
    "one word": (column("txid"), lambda n: {"txid": f"f{n}", "value": n}),
    "own before foreign": (column("uuid"), lambda n: {"account_id": n, "uuid": f"u{n}"}),
    "Amazon": (column("Arn"), lambda n: {"Name": f"n{n}", "Arn": f"arn:{n}"}),
    "OData": (column("@odata.id"), lambda n: {"@odata.id": f"Items({n})", "v": 1}),
    "a hash": (column("blockHash"), lambda n: {"blockHash": f"0x{n}", "height": n}),
    "email": (column("email"), lambda n: {"email": f"{n}@b.c"}),
    "name": (column("name"), lambda n: {"name": f"host{n}", "cpus": 4}),
    "isbn": (column("isbn"), lambda n: {"isbn": f"97{n}", "title": f"t{n}"}),
    "floats": (column("id"), lambda n: {"id": n + 0.5}),
    "Decimals": (column("id"), lambda n: {"id": Decimal(n)}),
    "Mongo": (column("_id", "$oid"), lambda n: {"_id": {"$oid": f"5{n}"}, "x": 1}),
    "Kubernetes": (column("metadata", "uid"), lambda n: {"kind": "Pod", "metadata": {"name": f"n{n}", "uid": f"u{n}"}}),
    "GraphQL": (column("node", "id"), lambda n: {"cursor": f"c{n}", "node": {"id": n}}),
    "FHIR": (column("resource", "id"), lambda n: {"fullUrl": f"urn:{n}", "resource": {"id": f"p{n}"}}),
    "JSON:API": (column("attributes", "id"), lambda n: {"type": "a", "attributes": {"id": n}}),
    "links": (column("_links", "self"), lambda n: {"_links": {"self": f"/x/{n}"}, "v": 1}),
    "a wrapper": (column("volume", "id"), lambda n: {"volume": {"id": n}}),
    "the first lacks it": (column("id"), lambda n: {"id": n or None, "v": n}),
    "one is null": (column("id"), lambda n: {"id": None if n == 1 else n, "v": n}),
    "some lack it": (column("id"), lambda n: {"id": n} if n % 2 == 0 else {"advert": True}),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "make"), NAMED.values(), ids=NAMED)
def test_columns_with_a_name(expected, make):
    """The likeliest name counts, at the root or in what usually holds it; rows may lack it."""
    assert expected == find_column([make(n) for n in range(5)])


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        (column("title", named=False), [{"stars": 3, "title": each} for each in "abc"]),
        (column("n", named=False), [{"n": each, "x": 0} for each in (7, 8, 9)]),
        (column("time", named=False), [{"v": v, "time": f"0{v}:00"} for v in range(3)]),
        (column(named=False), ["key1", "key2"]), (column(named=False), [1000, 1001, 1002]),
        (column(1, named=False), [[0, "a"], [1, "b"], [2, "c"]]), (column(0, named=False), [(1, 1), (2, 1), (3, 1)]),
        (column("bid", named=False), [{"bid": each} for each in (1.5, 2.5, 3.5)]),  # a price
    ],
)  # fmt: skip
def test_columns_whose_values_differ(expected, rows):
    """Without a name, texts before numbers; rows that are values or tables have one as well."""
    assert expected == find_column(rows)


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        (NO_COLUMN, [{"v": 0}, {"v": 0}, {"v": 1}]), (NO_COLUMN, [{"v": 0}, {"v": 1}]), (NO_COLUMN, [0, 1]),
        (NO_COLUMN, [{"product_id": 1, "sold": 5}, {"product_id": 1, "sold": 5}, {"product_id": 2, "sold": 5}]),
        (NO_COLUMN, [{"paid": True}, {"paid": False}]), (NO_COLUMN, [None, None]), (NO_COLUMN, [{}, {}]),
        (NO_COLUMN, [{"owner": {"id": 1}, "v": 1}, {"owner": {"id": 2}, "v": 1}]),
        (NO_COLUMN, [{"id": [1]}, {"id": [2]}]), (NO_COLUMN, [["a", 1], ["a", 1]]), (NO_COLUMN, [{1: 2}, {1: 3}]),
        (None, []), (None, [{"v": 1}]), (None, [{"account_id": 1}]), (None, [{"name": "cpu", "v": 0}]), (None, [1]),
        (column("id"), [{"id": 1}]), (column("sku"), [{"sku": "a", "n": 1}]),
    ],
)  # fmt: skip
def test_rows_without_a_column(expected, rows):
    """Readings and sales have none; one row alone does not show it, unless it has a usual id."""
    assert expected == find_column(rows)


class Struct(msgspec.Struct):
    id: int


@dataclass
class Model:
    uuid: str


class Text(str):  # noqa: SLOT000 - as one would write it
    """An id as a decoder of the caller's may make it."""


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        ([1, 2], [{"id": 1}, {"id": 2}]), ([1, 2], [{"id": 1}, {}, {"id": 2}, {"id": None}, 5, None]),
        (["a"], [{"id": Text("a")}, {"id": True}, {"id": [1]}, {"id": {}}]), ([1, 2], [Struct(1), Struct(2)]),
    ],
)  # fmt: skip
def test_values_of_a_column(expected, rows):
    """Rows without a value are left out; what a decoder made is plain again."""
    found = column("id").read(rows)
    assert expected == found
    assert {str, int} >= set(map(type, found))


def test_columns_of_models():
    """A strategy of the caller's may give objects."""
    assert column("id") == find_column([Struct(1), Struct(2)])
    assert column("uuid") == find_column([Model("a"), Model("b")])
    assert ["a", "b"] == column("uuid").read([Model("a"), Model("b")])


def test_a_column_travels():
    """A listing is pickled with it."""
    copy = pickle.loads(pickle.dumps(column("a", "b")))
    assert (column("a", "b"), [1]) == (copy, copy.read([{"a": {"b": 1}}]))
