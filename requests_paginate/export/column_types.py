"""The types of columns: those of values that came, those that fit several pages, and those given.

pyarrow's own inference takes true for 1.0 among doubles, and a time of one offset for one without.
Here a value has one type, and values of two have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from types import NoneType
from typing import Any

import pyarrow as pa
from pyarrow import types as tests

from requests_paginate._paths import describe_type
from requests_paginate.exceptions import MalformedPage

__all__ = [
    "ADVICE", "check_schema", "drop_empty_objects", "infer_type", "is_any_list", "unite_schemas",
    "widen",
]  # fmt: skip

ADVICE = (
    "; requests_paginate.export.arrow.open_reader takes a schema= with a type that fits all pages "
    "(pyarrow.parquet writes its batches), and model= leaves a field out"
)
_INT64, _UINT64, _LONG = 2**63, 2**64, 10**76  # the first numbers that are too large

# A value is of the first of these that its class is: a flag is no number, and a time no day.
_BASES: Sequence[type] = (
    bool, int, float, Decimal, str, bytes, datetime, date, time, Mapping, list, tuple,
)  # fmt: skip


def infer_type(path: str, values: Sequence[Any]) -> pa.DataType:
    """Return the type of values that are all there is.

    A whole number is an int64, or what is the next larger: uint64, decimal128, decimal256. Times
    with any offset are those of UTC.

    Raises:
        MalformedPage: They are of two types, or of none.
    """
    kinds = {_find_base(path, kind) for kind in {*map(type, values)} - {NoneType}}
    if not kinds:
        return pa.null()
    if kinds == {int, float}:
        return pa.float64()
    if kinds == {int, Decimal}:
        kinds = {Decimal}
        values = [None if value is None else Decimal(value) for value in values]
    if len(kinds) > 1:
        raise _refuse(path, values)
    (kind,) = kinds
    if kind is Mapping:
        names = dict.fromkeys(chain.from_iterable(filter(None, values)))
        columns = {name: [node.get(name) for node in values if node] for name in names}
        return pa.struct([(n, infer_type(f"{path}.{n}", each)) for n, each in columns.items()])
    if kind is list:
        return pa.list_(infer_type(f"{path}[]", [*chain.from_iterable(filter(None, values))]))
    if found := _PLAIN.get(kind):
        return found
    return _INFERRED[kind](path, [value for value in values if value is not None])


def _find_base(path: str, kind: type) -> type:
    """Return which kind of value a class is: it may be one of the caller's own."""
    for base in _BASES:
        if issubclass(kind, base):
            return list if base is tuple else base
    raise MalformedPage(f"expected a value at {path!r} that a column can hold, got {kind.__name__}")


def _refuse(
    path: str, values: Sequence[Any], expected: str = "values of one type"
) -> MalformedPage:
    kinds = dict.fromkeys(describe_type(value) for value in values if value is not None)
    return MalformedPage(f"expected {expected} at {path!r}, got {' and '.join(kinds)}{ADVICE}")


def _infer_whole(path: str, values: Sequence[int]) -> pa.DataType:
    least, most = min(values), max(values)
    if least >= -_INT64 and most < _INT64:
        return pa.int64()
    if least >= 0 and most < _UINT64:
        return pa.uint64()
    if max(-least, most) < _LONG:
        digits = len(str(max(-least, most)))
        return pa.decimal128(38, 0) if digits <= 38 else pa.decimal256(76, 0)
    raise _refuse(path, values, "whole numbers of 76 digits at most")


def _infer_decimal(path: str, values: Sequence[Decimal]) -> pa.DataType:
    try:
        return pa.infer_type(values)
    except pa.ArrowException:
        raise _refuse(path, values, "Decimals of 76 digits at most") from None


def _infer_instant(path: str, values: Sequence[datetime]) -> pa.DataType:
    have_offsets = {value.utcoffset() is not None for value in values}
    if len(have_offsets) > 1:
        raise MalformedPage(
            f"expected times at {path!r} that all have an offset, or none, got both{ADVICE}"
        )
    return pa.timestamp("us", "UTC" if have_offsets.pop() else None)


def _infer_time(path: str, values: Sequence[time]) -> pa.DataType:
    if any(value.tzinfo is not None for value in values):
        raise MalformedPage(
            f"expected times of day without an offset at {path!r}, got one with it, for which "
            "there is no type of a column; let model= take it as str"
        )
    return pa.time64("us")


_PLAIN: Mapping[type, pa.DataType] = {
    bool: pa.bool_(), float: pa.float64(), str: pa.string(), bytes: pa.binary(), date: pa.date32(),
}  # fmt: skip
_INFERRED: Mapping[type, Callable[[str, Sequence[Any]], pa.DataType]] = {
    int: _infer_whole, Decimal: _infer_decimal, datetime: _infer_instant, time: _infer_time,
}  # fmt: skip


def widen(kind: pa.DataType) -> pa.DataType:
    """Return a type for later pages, too: a Decimal may have more digits there."""
    return pa.decimal128(38, kind.scale) if tests.is_decimal128(kind) else kind


# The types of all pages ----------------------------------------------------------------------


def unite_schemas(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Return the columns of all schemas, with types that hold what those of each one hold.

    Null becomes anything, a whole number a double or a Decimal, and objects have the fields of all.
    Whether a number fits the new type is seen when it is converted.

    Raises:
        MalformedPage: A column has types that no type has both of.
    """
    return pa.schema(_unite_fields("", schemas))


def _unite_fields(path: str, nodes: Iterable[Iterable[pa.Field]]) -> list[pa.Field]:
    found: dict[str, pa.DataType] = {}
    for field in chain.from_iterable(nodes):
        known = found.get(field.name, field.type)
        found[field.name] = _unite(f"{path}{field.name}", known, field.type)
    return [pa.field(name, kind) for name, kind in found.items()]


def _unite(path: str, one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other or tests.is_null(one) or tests.is_null(other):
        return other if tests.is_null(one) else one
    if tests.is_struct(one) and tests.is_struct(other):
        return pa.struct(_unite_fields(f"{path}.", (list(one), list(other))))
    if tests.is_list(one) and tests.is_list(other):
        return pa.list_(_unite(f"{path}[]", one.value_type, other.value_type))
    if found := _LARGER.get(frozenset((one, other))):
        return found
    digits = [_count_digits(kind) for kind in (one, other)]
    if None not in digits:
        scale = max(scale for _, scale in digits)
        precision = max(before for before, _ in digits) + scale
        if precision <= 76:
            return (pa.decimal128 if precision <= 38 else pa.decimal256)(precision, scale)
    raise MalformedPage(
        f"the pages have no types in common: {path!r} has incompatible types: {one} vs {other}"
        f"{ADVICE}"
    )


# A number below zero is no uint64, and not each whole number a double: that is seen later.
_LARGER: Mapping[frozenset[pa.DataType], pa.DataType] = {
    frozenset((pa.int64(), pa.uint64())): pa.uint64(),
    frozenset((pa.int64(), pa.float64())): pa.float64(),
    frozenset((pa.uint64(), pa.float64())): pa.float64(),
}


def _count_digits(kind: pa.DataType) -> Any:
    """Return how many digits a number may have before its point, and after; None for no number."""
    if tests.is_decimal(kind):
        return kind.precision - kind.scale, kind.scale
    return {pa.int64(): (19, 0), pa.uint64(): (20, 0)}.get(kind)


def drop_empty_objects(kind: pa.DataType) -> pa.DataType:
    """Return a type with null for objects that have no field: Parquet has none."""
    if tests.is_struct(kind):
        fields = [(field.name, drop_empty_objects(field.type)) for field in kind]
        return pa.struct(fields) if fields else pa.null()
    return pa.list_(drop_empty_objects(kind.value_type)) if tests.is_list(kind) else kind


# Types that are given --------------------------------------------------------------------------


def check_schema(schema: pa.Schema) -> None:
    """Refuse columns that cannot be made of rows, before any is asked for.

    Raises:
        TypeError: It is no schema of pyarrow, or has a type whose values JSON does not have.
        ValueError: It has no column, or two of one name.
    """
    if not isinstance(schema, pa.Schema):
        raise TypeError(f"schema: expected a pyarrow.Schema, got {type(schema).__name__}")
    if not schema.names:
        raise ValueError("schema: expected columns, got none")
    _check_fields("", list(schema))


def _check_fields(path: str, fields: Sequence[pa.Field]) -> None:
    names = [field.name for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"schema: expected each name once, got {path + name!r} twice")
    for field in fields:
        _check(f"{path}{field.name}", field.type)


def _check(path: str, kind: pa.DataType) -> None:
    if isinstance(kind, pa.BaseExtensionType) and not tests.is_fixed_size_binary(kind.storage_type):
        _check(path, kind.storage_type)
    elif tests.is_struct(kind):
        _check_fields(f"{path}.", list(kind))
    elif tests.is_map(kind):
        _check(f"{path}[]", kind.key_type)
        _check(f"{path}[]", kind.item_type)
    elif is_any_list(kind) or (tests.is_dictionary(kind) and not tests.is_nested(kind.value_type)):
        _check(f"{path}[]", kind.value_type)
    elif not any(fits(kind) for fits in _SIMPLE):
        raise TypeError(f"schema: {path!r} has the type {kind}, which no value of a row can have")


def is_any_list(kind: pa.DataType) -> bool:
    """Return whether a type is one of lists, however they are laid out."""
    return any(fits(kind) for fits in _LISTS)


_LISTS = (
    tests.is_list, tests.is_large_list, tests.is_fixed_size_list, tests.is_list_view,
    tests.is_large_list_view,
)  # fmt: skip
_SIMPLE = (
    tests.is_null, tests.is_boolean, tests.is_integer, tests.is_floating, tests.is_decimal,
    tests.is_string, tests.is_large_string, tests.is_string_view, tests.is_binary,
    tests.is_large_binary, tests.is_binary_view, tests.is_fixed_size_binary, tests.is_date,
    tests.is_timestamp, tests.is_time, tests.is_duration,
)  # fmt: skip
