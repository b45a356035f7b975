"""Values of Python as columns of types that are known, each as it is, or an error.

pyarrow alone cuts what a type does not hold: a fraction off a whole number, the time off a date,
the offset off a time, and fields that a struct does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from math import isinf
from types import NoneType
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import types as tests

from requests_paginate._paths import describe_type
from requests_paginate.exceptions import MalformedPage
from requests_paginate.export.builders import (
    build_dictionary,
    build_lists,
    build_map,
    build_objects,
    round_floats,
)
from requests_paginate.export.column_types import ADVICE, is_any_list

__all__ = ["make_array"]


def make_array(path: str, values: Sequence[Any], field: pa.Field) -> pa.Array:
    """Return values as an array of a field's type, each as it is.

    Raises:
        MalformedPage: A value is none of the type, or is null where none may be.
    """
    _refuse_null(path, values, field)
    return _make(path, values, field.type)


def _refuse_null(path: str, values: Iterable[Any], field: pa.Field) -> None:
    if not field.nullable and any(value is None for value in values):
        raise MalformedPage(
            f"expected {field.type} at {path!r}, got null or nothing, and the schema says that it "
            "is not nullable"
        )


def _make(path: str, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _make(path, values, kind.storage_type))
    nested = next((make for fits, make in _NESTED if fits(kind)), None)
    try:
        if nested is not None:
            return nested(path, values, kind)
        leaf = next(leaf for leaf in _LEAVES if leaf.fits(kind))
        others = {each for each in {*map(type, values)} if not leaf.takes(each)}
        if others:
            values = [leaf.convert(v) if type(v) in others else v for v in values]
        return leaf.build(values, kind)
    except (pa.ArrowException, ArithmeticError, ValueError, TypeError):
        raise _describe(path, kind, values) from None


def _describe(path: str, kind: pa.DataType, values: Sequence[Any]) -> MalformedPage:
    """Return an error that names the types of values, and none of them."""
    # a number of JSON is a Decimal here
    plain = (0 if isinstance(value, Decimal) else value for value in values if value is not None)
    kinds = dict.fromkeys(map(describe_type, plain))
    text = f"expected {kind} at {path!r}, got {' and '.join(kinds)} that it cannot hold"
    return MalformedPage(text + ADVICE)


# Nested values ---------------------------------------------------------------------------------


def _require(path: str, values: Sequence[Any], wanted: Any, kind: pa.DataType) -> None:
    for value in values:
        if not (value is None or isinstance(value, wanted)):
            raise _describe(path, kind, [value])


def _make_objects(path: str, nodes: Sequence[Any], kind: pa.DataType) -> pa.Array:
    _require(path, nodes, Mapping, kind)
    known = {field.name for field in kind}
    for name in dict.fromkeys(chain.from_iterable(filter(None, nodes))):
        if name not in known and any(node and node.get(name) is not None for node in nodes):
            raise MalformedPage(
                f"objects have {f'{path}.{name}'!r}, which the type of their column has not; give "
                "open_reader a schema= with it"
            )
    arrays = []
    for field in kind:
        place = f"{path}.{field.name}"
        values = [None if node is None else node.get(field.name) for node in nodes]
        # of an object that is null itself, no field has to be there
        pairs = zip(nodes, values, strict=True)
        _refuse_null(place, (value for node, value in pairs if node is not None), field)
        arrays.append(_make(place, values, field.type))
    return build_objects(nodes, arrays, list(kind))


def _make_lists(path: str, lists: Sequence[Any], kind: pa.DataType) -> pa.Array:
    _require(path, lists, (list, tuple), kind)
    elements = [*chain.from_iterable(filter(None, lists))]
    return build_lists(lists, make_array(f"{path}[]", elements, kind.value_field), kind)


def _make_map(path: str, maps: Sequence[Any], kind: pa.DataType) -> pa.Array:
    _require(path, maps, Mapping, kind)
    pairs = [pair for node in maps if node for pair in node.items()]
    names = make_array(f"{path}[]", [name for name, _ in pairs], kind.key_field)
    items = make_array(f"{path}[]", [value for _, value in pairs], kind.item_field)
    return build_map(maps, names, items, kind)


def _make_dictionary(path: str, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return build_dictionary(_make(path, values, kind.value_type), kind)


_NESTED: Sequence[tuple[Callable[[pa.DataType], bool], Callable[[str, Any, Any], pa.Array]]] = (
    (tests.is_struct, _make_objects), (is_any_list, _make_lists), (tests.is_map, _make_map),
    (tests.is_dictionary, _make_dictionary),
)  # fmt: skip


# Simple values ---------------------------------------------------------------------------------

_DIGITS = 80  # of the largest number that a type holds, and a few more
_DECIMAL = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)


def _refuse(value: Any) -> Any:
    raise TypeError(f"no value of this type: {type(value).__name__}")


def _to_whole(value: Any) -> int:
    """Return a number as a whole one; pyarrow would cut off a fraction, and double digits."""
    if not isinstance(value, (int, float, Decimal)) or isinstance(value, bool):
        raise TypeError("no number")
    if isinstance(value, Decimal) and value.adjusted() > _DIGITS:
        raise OverflowError("too many digits to count with")
    if value != (whole := int(value)):
        raise ValueError("a number with a fraction")
    return whole


def _to_double(value: Any) -> float:
    if not isinstance(value, Decimal):
        raise TypeError("no number")
    if isinf(number := float(value)):
        raise OverflowError("too large for a double")
    return number


def _to_decimal(value: Any) -> Decimal:
    # of a float it is not known which number it was
    return (
        Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else _refuse(value)
    )


def _build_decimals(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if any(isinstance(v, Decimal) and abs(v.adjusted()) > _DIGITS for v in values if v):
        raise OverflowError("too many digits")
    return pa.array(values, kind)


def _round(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return round_floats(pa.array(values, pa.float64()), kind)


def _build_temporal(
    values: Sequence[Any], kind: pa.DataType, convert: Callable[[Any], Any], exact: pa.DataType
) -> pa.Array:
    """Return moments as an array: they are texts, or objects of Python, or whole numbers.

    A number counts the unit of the type. APIs count seconds or milliseconds from 1970 on, so of
    another unit, and of days, it would become another time.
    """
    given = [value for value in values if value is not None]
    if not given:
        return pa.nulls(len(values), kind)
    if all(isinstance(value, str) for value in given) and not tests.is_time(kind):
        return pa.array(values, pa.string()).cast(kind)
    if any(isinstance(value, (int, float, Decimal)) for value in given):
        is_moment = tests.is_date(kind) or tests.is_timestamp(kind)
        if is_moment and getattr(kind, "unit", None) not in ("s", "ms"):
            raise TypeError("a number, of which nobody says what it counts")
        return pa.array([None if value is None else _to_whole(value) for value in values], kind)
    return pa.array([None if v is None else convert(v) for v in values], exact).cast(kind)


def _build_dates(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return _build_temporal(values, kind, _to_date, pa.date32())


def _build_instants(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    def convert(value: Any) -> datetime:
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime) or (value.utcoffset() is None) != (kind.tz is None):
            raise TypeError("no time, or none with an offset, or one where there may be none")
        return value

    return _build_temporal(values, kind, convert, pa.timestamp("us", kind.tz))


def _build_times(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return _build_temporal(values, kind, _to_time, pa.time64("us"))


def _build_durations(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return _build_temporal(values, kind, _refuse, kind)


def _to_date(value: Any) -> date:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != time():
            raise ValueError("more than a day")
        return value.date()
    return value if isinstance(value, date) else _refuse(value)


def _to_time(value: Any) -> time:
    if isinstance(value, str) and _TIME.fullmatch(value):
        value = time.fromisoformat(value)
    if not isinstance(value, time) or value.tzinfo is not None:
        raise TypeError("no time of day, or one with an offset")
    return value


def _is_text(kind: pa.DataType) -> bool:
    return any(
        fits(kind) for fits in (tests.is_string, tests.is_large_string, tests.is_string_view)
    )


def _is_any(_kind: pa.DataType) -> bool:
    return True  # bytes, of any kind: what else a schema may have was refused


class _Leaf(NamedTuple):
    """How values of a type are made an array."""

    fits: Callable[[pa.DataType], bool]
    plain: tuple[type, ...]  # which need no conversion
    convert: Callable[[Any], Any] = _refuse
    build: Callable[[Sequence[Any], pa.DataType], pa.Array] = pa.array

    def takes(self, kind: type) -> bool:
        """Return whether values of a class need no conversion; a flag is no number."""
        if kind is NoneType or kind in self.plain:
            return True
        return kind is not bool and issubclass(kind, self.plain)


def _keep(value: Any) -> Any:
    return value


_LEAVES: Sequence[_Leaf] = (
    _Leaf(tests.is_null, ()),
    _Leaf(tests.is_boolean, (bool,)),
    _Leaf(tests.is_integer, (int,), _to_whole),
    _Leaf(tests.is_float64, (int, float), _to_double),
    _Leaf(tests.is_floating, (int, float), _to_double, _round),
    _Leaf(tests.is_decimal, (int, Decimal), _to_decimal, _build_decimals),
    _Leaf(_is_text, (str,)),
    _Leaf(tests.is_date, (), _keep, _build_dates),
    _Leaf(tests.is_timestamp, (), _keep, _build_instants),
    _Leaf(tests.is_time, (), _keep, _build_times),
    _Leaf(tests.is_duration, (), _keep, _build_durations),
    _Leaf(_is_any, (str, bytes, bytearray, memoryview)),
)
