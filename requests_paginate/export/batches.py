"""The text of rows as columns of known types, without a dict for each row.

The types become a Struct of msgspec, which decodes a page twice as fast as into dicts, and refuses
what is of another type. Its values are then turned into columns at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from types import NoneType
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import types as tests

__all__ = ["BatchDecoder"]


class BatchDecoder:
    """Decodes rows as columns of one schema.

    Args:
        schema: The types of the columns.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        row: Any = _make_struct(list(schema))
        self._decode = None if row is None else msgspec.json.Decoder(list[row]).decode

    def decode(self, text: bytes) -> pa.RecordBatch | None:
        """Return a list of rows in JSON as columns; None where one has something else in it.

        Nothing is bent to a type: a number with a fraction is no whole one, and what a double does
        not hold exactly is none. What a row leaves out is null.
        """
        if self._decode is None:
            return None
        try:
            arrays = _make_arrays(self._decode(text), list(self.schema))
            return pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        except (msgspec.MsgspecError, UnicodeError, pa.ArrowException, OverflowError):
            return None


def _make_struct(fields: Sequence[pa.Field]) -> type[msgspec.Struct] | None:
    """Return a Struct with a field for each column; None if one cannot be read from JSON as it is.

    A field that the schema does not have is refused: who can say its name has to.
    """
    kinds = [_find_kind(field.type) for field in fields]
    names = {f"column{number}": field.name for number, field in enumerate(fields)}
    if not kinds or None in kinds or len({*names.values()}) < len(fields):
        return None
    defined = [(name, kind, None) for name, kind in zip(names, kinds, strict=True)]
    try:
        return msgspec.defstruct("Row", defined, rename=names, forbid_unknown_fields=True, gc=False)
    except ValueError:  # a name with a quote or a control character in it
        return None


def _find_kind(kind: pa.DataType) -> Any:
    """Return what msgspec decodes as a type; None for one whose values are texts in JSON."""
    inner: Any
    if tests.is_struct(kind):
        inner = _make_struct([kind.field(number) for number in range(kind.num_fields)])
        return None if inner is None else inner | None
    if tests.is_list(kind):
        inner = _find_kind(kind.value_type)
        return None if inner is None else list[inner] | None
    return next((found for fits, found in _KINDS if fits(kind)), None)


# A double may be written as a whole number: pyarrow tells whether it can be one.
_KINDS = (
    (tests.is_null, NoneType), (tests.is_boolean, bool | None), (tests.is_integer, int | None),
    (tests.is_floating, int | float | None), (tests.is_string, str | None),
    (tests.is_large_string, str | None),
)  # fmt: skip


def _make_arrays(rows: Sequence[Any], fields: Sequence[pa.Field]) -> list[pa.Array]:
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    return [_make_array(values, field.type) for values, field in zip(columns, fields, strict=True)]


def _make_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if tests.is_null(kind):
        return pa.nulls(len(values))
    if tests.is_struct(kind):
        return _make_objects(values, kind)
    if tests.is_list(kind) and tests.is_nested(kind.value_type):
        inner = _make_array([*chain.from_iterable(filter(None, values))], kind.value_type)
        ends = [*accumulate((len(each or ()) for each in values), initial=0)]
        starts = [None if v is None else start for v, start in zip(values, ends, strict=False)]
        offsets = pa.array([*starts, ends[-1]], pa.int32())
        return pa.ListArray.from_arrays(offsets, inner, type=kind)
    return pa.array(values, kind)


def _make_objects(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    fields = [kind.field(number) for number in range(kind.num_fields)]
    nothing = (None,) * len(fields)
    rows = [nothing if value is None else msgspec.structs.astuple(value) for value in values]
    columns = zip(*rows, strict=True) if rows else ((),) * len(fields)
    arrays = [_make_array(each, field.type) for each, field in zip(columns, fields, strict=True)]
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=missing)
