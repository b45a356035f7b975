"""Where a model has Decimals, and where a float stands in their place."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypedDict

import msgspec
import pytest

from requests_paginate._transport.exact_numbers import DecimalPlaces
from requests_paginate._transport.json_body import decode_json


class Node(msgspec.Struct, rename="camel"):
    """A row that holds rows of its own kind."""

    net_amount: Decimal | None = None
    rate: float | None = None
    either: Decimal | float | None = None
    child: Node | None = None
    nodes: list[Node] = []
    other: Any = None


class Circle(msgspec.Struct):
    """A row that holds itself, and no Decimal."""

    size: int
    inner: Circle | None = None


class Short(msgspec.Struct, array_like=True):
    """A row that comes as an array."""

    name: str
    amount: Decimal


class Tagged(msgspec.Struct, tag=True):
    """One kind of row."""

    amount: Decimal


class OtherTagged(msgspec.Struct, tag=True):
    """Another kind of row, with a field of the same name."""

    amount: int


class Pair(NamedTuple):
    """A named tuple."""

    name: str
    amount: Decimal


class Typed(TypedDict):
    """A dict with known names."""

    amount: Decimal


@dataclasses.dataclass
class Data:
    """A dataclass."""

    amount: Decimal


@pytest.mark.parametrize(
    ("model", "value", "path"),
    [
        (Node, {"netAmount": 0.5}, ".netAmount"),
        (Node, {"netAmount": Decimal("0.5"), "rate": 0.5, "either": 0.5, "other": 0.5}, None),
        (Node, {"netAmount": 1, "net_amount": 0.5, "unknown": [0.5]}, None),
        (Node, {"child": {"child": {"netAmount": 0.5}}}, ".child.child.netAmount"),
        (Node, {"nodes": [{}, {"child": {"netAmount": 0.5}}]}, ".nodes[1].child.netAmount"),
        (Node, {"child": None, "nodes": None}, None),
        (Node, [0.5], None),
        (list[Node], [{}, {"netAmount": 0.5}], "[1].netAmount"),
        (dict[str, Decimal], {"a": "1", "b": 0.5}, "[...]"),
        (tuple[float, Decimal], [0.5, 0.5], "[1]"),
        (tuple[Decimal, ...], [1, 0.5], "[1]"),
        (list[Annotated[Decimal, msgspec.Meta(title="money")]], [0.5], "[0]"),
        (Short, ["a", 0.5], "[1]"),
        (Pair, ["a", 0.5], "[1]"),
        (Typed, {"amount": 0.5}, ".amount"),
        (Data, {"amount": 0.5}, ".amount"),
        (Tagged | OtherTagged, {"type": "Tagged", "amount": 0.5}, ".amount"),
    ],
)
def test_a_float_is_found(model, value, path):
    """The path leads to the first float that would become a Decimal."""
    places = DecimalPlaces.find(model)
    assert places is not None
    assert path == places.find_float(value)


@pytest.mark.parametrize("model", [Circle, dict, dict[str, Any], OtherTagged, msgspec.Raw])
def test_a_model_without_decimals_has_no_places(model):
    """Rows of other models are not looked at."""
    assert DecimalPlaces.find(model) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_exact_bodies(encoding):
    """Exactly decoded numbers have their digits in any charset, and whole ones stay integers."""
    body = decode_json("[1.10, 1E2, 7]".encode(encoding), exactly=True)
    assert ["1.10", "1E+2", "7"] == [str(number) for number in body]
    assert [Decimal, Decimal, int] == [type(number) for number in body]
    assert [float, float, int] == [type(n) for n in decode_json("[1.10, 1E2, 7]".encode(encoding))]
