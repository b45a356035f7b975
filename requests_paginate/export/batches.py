"""The text of rows as columns of known types, without a dict for each row.

The types become a Struct of msgspec, which decodes a page twice as fast as into dicts, and refuses
what is of another type. Its values are then turned into columns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from types import NoneType
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
from msgspec.structs import astuple
from pyarrow import types as tests

from requests_paginate.export.builders import (
    build_dictionary,
    build_lists,
    build_objects,
    round_floats,
)
from requests_paginate.export.column_types import is_any_list

__all__ = ["BatchDecoder"]


class BatchDecoder:
    """Decodes rows as columns of one schema.

    Args:
        schema: The types of the columns.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._row = _plan_objects(list(schema)) if schema.names else None
        kind: Any = self._row and self._row.decoded
        self._decode = None if kind is None else msgspec.json.Decoder(list[kind]).decode

    def decode(self, text: Any) -> pa.RecordBatch | None:
        """Return a list of rows in JSON as columns; None where one has something else in it.

        Nothing is bent to a type: a number with a fraction is no whole one, and what a double does
        not hold exactly is none. What a row leaves out is null, if its column may be.
        """
        if self._decode is None or self._row is None:
            return None
        try:
            arrays = self._row.make_arrays(self._decode(text))
            return pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        except (msgspec.MsgspecError, UnicodeError, pa.ArrowException, OverflowError):
            return None


class _Plan(NamedTuple):
    """How the values of a column are decoded, and made an array."""

    decoded: Any  # the type of msgspec
    make: Callable[[Sequence[Any]], pa.Array]
    is_plain: bool = False  # whether pyarrow makes the array of a list of them, too


class _Objects(NamedTuple):
    """How objects are decoded, and made arrays of their fields."""

    decoded: Any
    fields: Sequence[pa.Field]
    makers: Sequence[Callable[[Sequence[Any]], pa.Array]]

    def make_arrays(self, rows: Sequence[Any]) -> list[pa.Array]:
        return self._make_columns(map(astuple, rows))

    def make(self, values: Sequence[Any]) -> pa.Array:
        if self.fields and all(values):
            return build_objects(None, self.make_arrays(values), self.fields)
        nothing = (None,) * len(self.fields)
        rows = (nothing if value is None else astuple(value) for value in values)
        return build_objects(values, self._make_columns(rows), self.fields)

    def _make_columns(self, rows: Iterable[Sequence[Any]]) -> list[pa.Array]:
        # one after the other, as a thousand tuples at once have Python look for garbage
        values, width = [*chain.from_iterable(rows)], len(self.fields)
        return [make(values[place::width]) for place, make in enumerate(self.makers)]


def _plan_objects(fields: Sequence[pa.Field]) -> _Objects | None:
    """Return how objects with these fields are read; None if one cannot be read as it is in JSON.

    A field that the schema does not have is refused: who can say its name has to.
    """
    plans = [plan for field in fields if (plan := _plan(field.type)) is not None]
    names = {f"column{number}": field.name for number, field in enumerate(fields)}
    if len(plans) < len(fields) or len({*names.values()}) < len(fields):
        return None
    defined = [
        (name, plan.decoded | None, None) if field.nullable else (name, plan.decoded)
        for name, plan, field in zip(names, plans, fields, strict=True)
    ]
    has_required = any(not field.nullable for field in fields)
    try:
        row = msgspec.defstruct(
            "Row", defined, rename=names, forbid_unknown_fields=True, gc=False, kw_only=has_required
        )
    except ValueError:  # a name with a quote or a control character in it
        return None
    return _Objects(row, fields, [plan.make for plan in plans])


def _plan(kind: pa.DataType) -> _Plan | None:
    """Return how values of a type are read, and null apart; None if they are texts in JSON."""
    if tests.is_null(kind):
        return _Plan(NoneType, lambda values: pa.nulls(len(values)))
    if tests.is_struct(kind):
        objects = _plan_objects(list(kind))
        return None if objects is None else _Plan(objects.decoded, objects.make)
    if is_any_list(kind):
        return _plan_list(kind)
    if tests.is_dictionary(kind):
        return _plan_dictionary(kind)
    decoded = next((found for fits, found in _DECODED if fits(kind)), None)
    if decoded is not None and tests.is_floating(kind) and kind.bit_width < 64:
        return _Plan(decoded, lambda values: round_floats(pa.array(values, pa.float64()), kind))
    return None if decoded is None else _Plan(decoded, partial(pa.array, type=kind), is_plain=True)


def _plan_dictionary(kind: pa.DataType) -> _Plan | None:
    inner = _plan(kind.value_type)
    return inner and _Plan(inner.decoded, lambda values: build_dictionary(inner.make(values), kind))


def _plan_list(kind: pa.DataType) -> _Plan | None:
    inner = _plan(kind.value_type)
    if inner is None:
        return None
    element: Any = inner.decoded | None if kind.value_field.nullable else inner.decoded
    if inner.is_plain:
        return _Plan(list[element], partial(pa.array, type=kind))

    def make(values: Sequence[Any]) -> pa.Array:
        elements = inner.make([*chain.from_iterable(filter(None, values))])
        return build_lists(values, elements, kind)

    return _Plan(list[element], make)


# A double may be written as a whole number: pyarrow tells whether it can be one.
_DECODED: Sequence[tuple[Callable[[pa.DataType], bool], Any]] = (
    (tests.is_boolean, bool), (tests.is_integer, int), (tests.is_floating, int | float),
    (tests.is_string, str), (tests.is_large_string, str), (tests.is_string_view, str),
)  # fmt: skip
