"""Rows as columns of Apache Arrow, a page at a time, and no value changed.

Readers of JSON infer the types from the first rows and then bend the others to them: pyarrow makes
1 of 1.5, and drops a field that comes later. Here the types are those of the first page, or given,
and a page that does not fit is an error.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import accumulate, chain
from typing import Any

import msgspec

from requests_paginate._listing.listing import Listing
from requests_paginate._paths import describe_type
from requests_paginate.exceptions import MalformedPage

try:
    import pyarrow as pa
except ImportError:
    raise ImportError(
        "columns of Arrow need pyarrow: pip install 'requests-paginate[arrow]'"
    ) from None
from requests_paginate.export.batches import BatchDecoder

__all__ = ["BatchDecoder", "Columns", "decode_batch", "make_batch", "open_reader", "pa"]

_decode = msgspec.json.Decoder(list[Any]).decode
_decode_exactly = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode
_NO_COLUMN = "rows have {!r}, which the first page has not; give open_reader a schema= with it"
_NATIVE = (Decimal, date, datetime, time, bytes)


def open_reader(listing: Listing[Any], schema: pa.Schema | None = None) -> pa.RecordBatchReader:
    """Return a reader of a listing's rows, with a batch for each page.

    Args:
        listing: The listing; rows of a `model=` become columns by their fields.
        schema: The types of the columns; None for those of the first page. Its decimals keep every
            digit, and its dates and times are read from texts (ISO 8601).

    Raises:
        PaginationError: As in a loop over the rows. `MalformedPage` if a page does not fit.
        ImportError: pyarrow is missing.
    """
    return Columns(listing, schema).open_reader()


class Columns:
    """The columns of one listing, for one reader or for several in turn.

    duckdb asks a stream for its types, and then another one for the rows: a page that only told
    the types is still there for the next reader.
    """

    def __init__(self, listing: Listing[Any], schema: pa.Schema | None = None) -> None:
        listing._read_as_text()
        self._pages: Iterator[Sequence[Any]] = (
            each.items for each in listing.pages() if each.items
        )
        self._first: Sequence[Any] | None = None  # that told the types, and no reader has yet
        self._schema = schema

    def open_reader(self) -> pa.RecordBatchReader:
        """Return a reader of the rows that no other one has read."""
        if self._schema is None:
            self._first = next(self._pages, None)
            table = {} if self._first is None else _make_table(_read_rows(self._first))
            self._schema = pa.schema(
                [(name, _infer(name, values)) for name, values in table.items()]
            )
        return pa.RecordBatchReader.from_batches(self._schema, self._make_batches(self._schema))

    def _make_batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        exactly = any(_holds(field.type, pa.types.is_decimal) for field in schema)
        known = {field.name: field.type for field in schema}
        decoder = BatchDecoder(schema)
        while (rows := self._take()) is not None:
            # a page that it refuses is taken value by value: that tells what is wrong
            if (batch := decode_batch(decoder, rows)) is not None:
                yield batch
                continue
            table = _make_table(_read_rows(rows, exactly=exactly))
            for name in table.keys() - known.keys():
                if any(value is not None for value in table[name]):
                    raise MalformedPage(_NO_COLUMN.format(name))
            empty = [None] * len(rows)
            arrays = [_make_array(n, table.get(n, empty), kind) for n, kind in known.items()]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _take(self) -> Sequence[Any] | None:
        rows, self._first = self._first, None
        return next(self._pages, None) if rows is None else rows


def decode_batch(decoder: BatchDecoder, rows: Sequence[Any]) -> pa.RecordBatch | None:
    """Return the rows of a page as columns of known types; None if they have to be looked at."""
    return decoder.decode(_join(rows)) if isinstance(rows[0], msgspec.Raw) else None


def make_batch(rows: Sequence[Any]) -> pa.RecordBatch:
    """Return the rows of one page as columns, with types of their own."""
    table = _make_table(_read_rows(rows))
    kinds = {name: _infer(name, values) for name, values in table.items()}
    arrays = [_make_array(name, table[name], kind) for name, kind in kinds.items()]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(list(kinds.items())))


def _read_rows(rows: Sequence[Any], *, exactly: bool = False) -> list[Any]:
    """Return rows as objects of JSON, with Decimals for floats where a column needs them."""
    if not isinstance(rows[0], msgspec.Raw):
        return [msgspec.to_builtins(row, str_keys=True, builtin_types=_NATIVE) for row in rows]
    return _decode_exactly(_join(rows)) if exactly else _decode(_join(rows))


def _join(rows: Sequence[Any]) -> bytes:
    """Return rows that are texts as one list of JSON."""
    text = getattr(rows, "text", None)  # they stand in the page side by side
    return b"[%b]" % bytes(b",".join(rows) if text is None else text)


def _make_table(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the values of rows by the names of their fields."""
    for kind in {*map(type, rows)} - {dict}:
        raise MalformedPage(f"expected rows that are objects, got {describe_type(kind())}")
    names = dict.fromkeys(chain.from_iterable(rows))
    return {name: [row.get(name) for row in rows] for name in names}


def _infer(path: str, values: Sequence[Any]) -> pa.DataType:
    """Return the type of values that are all there is: whole numbers are int64, a text is one."""
    try:
        return pa.infer_type(values)
    except (pa.ArrowException, OverflowError):
        raise _describe(path, "one type for all values", values) from None


def _make_array(path: str, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as an array of a type, each as it is.

    Raises:
        MalformedPage: A value is none of the type.
    """
    if pa.types.is_struct(kind):
        return _make_objects(path, _require(path, values, Mapping, kind), kind)
    if pa.types.is_list(kind):
        return _make_lists(path, _require(path, values, list, kind), kind)
    convert = next((made for fits, made in _CONVERTED if fits(kind)), None)
    try:
        if convert is not None:
            values = [None if value is None else convert(value) for value in values]
        if pa.types.is_temporal(kind) and any(isinstance(value, str) for value in values):
            return pa.array(values, pa.string()).cast(kind)
        return pa.array(values, kind)
    except (pa.ArrowException, ArithmeticError, ValueError, TypeError):
        raise _describe(path, str(kind), values) from None


def _require(path: str, values: Sequence[Any], wanted: Any, kind: pa.DataType) -> Sequence[Any]:
    for value in values:
        if not (value is None or isinstance(value, wanted)):
            raise _describe(path, str(kind), [value])
    return values


def _make_objects(path: str, nodes: Sequence[Any], kind: pa.DataType) -> pa.Array:
    fields = [kind.field(number) for number in range(kind.num_fields)]
    known = {field.name for field in fields}
    for name in dict.fromkeys(chain.from_iterable(filter(None, nodes))):
        if name not in known and any(node and node.get(name) is not None for node in nodes):
            raise MalformedPage(_NO_COLUMN.format(f"{path}.{name}"))
    inner = [
        _make_array(f"{path}.{field.name}", [n and n.get(field.name) for n in nodes], field.type)
        for field in fields
    ]
    missing = pa.array([node is None for node in nodes])
    return pa.StructArray.from_arrays(inner, fields=fields, mask=missing)


def _make_lists(path: str, lists: Sequence[Any], kind: pa.DataType) -> pa.Array:
    inner = _make_array(f"{path}[]", [*chain.from_iterable(filter(None, lists))], kind.value_type)
    ends = [*accumulate((len(each or ()) for each in lists), initial=0)]
    starts = [None if each is None else start for each, start in zip(lists, ends, strict=False)]
    return pa.ListArray.from_arrays(pa.array([*starts, ends[-1]], pa.int32()), inner, type=kind)


def _describe(path: str, expected: str, values: Sequence[Any]) -> MalformedPage:
    """Return an error that names the types of values, and none of them."""
    kinds = dict.fromkeys(describe_type(value) for value in values if value is not None)
    return MalformedPage(
        f"expected {expected} at {path!r}, got {' and '.join(kinds)} that it cannot hold; give "
        "open_reader a schema= with a type that fits all pages"
    )


def _to_whole(value: Any) -> Any:
    """Return a number as a whole one; pyarrow would cut off a fraction."""
    if isinstance(value, (float, Decimal)):
        if value != int(value):
            raise ValueError("a number with a fraction")
        return int(value)
    return value


def _to_float(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _to_decimal(value: Any) -> Any:
    if isinstance(value, float):
        raise TypeError("a float, which may be another number")  # of a model
    return Decimal(value) if isinstance(value, (int, str)) and type(value) is not bool else value


_CONVERTED: Sequence[tuple[Callable[[pa.DataType], bool], Callable[[Any], Any]]] = (
    (pa.types.is_integer, _to_whole),
    (pa.types.is_floating, _to_float),
    (pa.types.is_decimal, _to_decimal),
)


def _holds(kind: pa.DataType, fits: Callable[[pa.DataType], bool]) -> bool:
    """Return whether a type is one that fits, or has one inside."""
    inner = [kind.field(number).type for number in range(kind.num_fields)]
    return fits(kind) or any(_holds(each, fits) for each in inner)
