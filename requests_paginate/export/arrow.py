"""Rows as columns of Apache Arrow, a page at a time, and no value changed.

Readers of JSON infer the types from the first rows and then bend the others to them: pyarrow makes
1 of 1.5, and drops a field that comes later. Here the types are those of the first page, or given,
and a page that does not fit is an error.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec

from requests_paginate._listing.listing import Listing
from requests_paginate._paths import describe_type
from requests_paginate._transport.row_text import join_rows
from requests_paginate.exceptions import MalformedPage, PaginationError

try:
    import pyarrow as pa
except ImportError:
    raise ImportError(
        "columns of Arrow need pyarrow: pip install 'requests-paginate[arrow]'"
    ) from None
from requests_paginate.export.batches import BatchDecoder
from requests_paginate.export.column_types import check_schema, infer_type, widen
from requests_paginate.export.column_values import make_array
from requests_paginate.export.model_types import complete_schema

__all__ = ["BatchDecoder", "Columns", "decode_batch", "make_batch", "open_reader", "pa"]

_decode = msgspec.json.Decoder(list[Any]).decode
_decode_exactly = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode
_NATIVE = (Decimal, date, datetime, time, bytes)
_NO_COLUMN = (
    "expected rows with a field at least, got rows that are {}, of which no table can be made: it "
    "has no column"
)


def open_reader(listing: Listing[Any], schema: pa.Schema | None = None) -> pa.RecordBatchReader:
    """Return a reader of a listing's rows, with a batch for each page.

    A page is taken from the listing when its batch is: until then, as when only the types are asked
    for, or after an error, it is the listing's next one. A reader goes on after an error.

    Args:
        listing: The listing; rows of a `model=` become columns by their fields. Rows without one
            are `msgspec.Raw` from now on, for who takes them in another way.
        schema: The types of the columns; None for those of the first page, and of a class given as
            `model=` where that page has no value. Its decimals keep every digit, and its dates and
            times are read from texts (ISO 8601); a timestamp of seconds or milliseconds takes whole
            numbers, too. float32 and float16 round fractions, and only
            them: a whole number that they cannot hold is an error, as is one that is too large, and
            any number from 2**24 on (2**11) that is not exactly one of them.

    Raises:
        PaginationError: As in a loop over the rows. `MalformedPage` if a page does not fit.
        TypeError: The schema has a type that no row can have, as a union, or rows are objects of
            which no column can be made.
        ValueError: The schema has two columns, or two fields, of one name, or no column.
        ImportError: pyarrow is missing.
    """
    return Columns(listing, schema).open_reader()


class Columns:
    """The columns of one listing, for one reader or for several in turn.

    duckdb asks a stream for its types, and then another one for the rows: a page that only told
    the types is still the listing's next one.
    """

    def __init__(self, listing: Listing[Any], schema: pa.Schema | None = None) -> None:
        if schema is not None:
            check_schema(schema)
        listing._read_as_text()
        self.listing = listing
        self.schema = schema
        self.hint = "the schema has not; add it there, or choose fields by model="
        self._end: PaginationError | None = None  # about the end, after all rows

    def open_reader(self) -> pa.RecordBatchReader:
        """Return a reader of the rows that no other one has read."""
        if self.schema is None:
            self.schema = self._infer_schema()
            self.hint = "the first page has not; give open_reader a schema= with it"
        return pa.RecordBatchReader.from_batches(self.schema, _Batches(self, self.schema))

    def _infer_schema(self) -> pa.Schema:
        rows = self.peek()
        table = {} if rows is None else _make_table(_read_rows(rows))
        found = pa.schema([(name, widen(infer_type(name, v))) for name, v in table.items()])
        schema = complete_schema(found, self.listing._get_model())
        if not schema.names and rows is not None:
            raise MalformedPage(_NO_COLUMN.format("empty objects"))
        return schema

    def peek(self) -> Sequence[Any] | None:
        """Return the rows of the listing's next page, and leave it there; None at the end.

        An error about the end is raised each time: a table without a row would be no answer.
        """
        if self._end is not None:
            raise self._end
        try:
            return self.listing._peek_rows()
        except PaginationError as error:
            self._end = error if self.listing._is_over() else None
            raise


class _Batches(Iterator[pa.RecordBatch]):
    """The pages of a listing as batches. It is no generator, which could not go on after errors."""

    def __init__(self, columns: Columns, schema: pa.Schema) -> None:
        self._columns, self._schema = columns, schema
        self._decoder = BatchDecoder(schema)

    def __next__(self) -> pa.RecordBatch:
        listing = self._columns.listing
        while (rows := self._columns.peek()) is not None:
            try:
                batch = self._make_batch(rows)
            except MalformedPage as error:
                error.checkpoint, error.items_yielded = listing.checkpoint(), listing.stats.items
                raise
            page = listing._next_page()
            if page is not None:
                # of a page that was read in part, or if another call took rows meanwhile, as a
                # signal handler may, these are others
                return batch if page.items is rows else self._make_batch(page.items)
        raise StopIteration

    def _make_batch(self, rows: Sequence[Any]) -> pa.RecordBatch:
        # a page that it refuses is taken value by value: that tells what is wrong
        if (batch := decode_batch(self._decoder, rows)) is not None:
            return batch
        schema, table = self._schema, _make_table(_read_rows(rows, exactly=True))
        for name, values in table.items():
            if name not in schema.names and any(value is not None for value in values):
                raise MalformedPage(f"rows have {name!r}, which {self._columns.hint}")
        empty = [None] * len(rows)
        arrays = [make_array(field.name, table.get(field.name, empty), field) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def decode_batch(decoder: BatchDecoder, rows: Sequence[Any]) -> pa.RecordBatch | None:
    """Return the rows of a page as columns of known types; None if they have to be looked at."""
    return decoder.decode(join_rows(rows)) if isinstance(rows[0], msgspec.Raw) else None


def make_batch(rows: Sequence[Any]) -> pa.RecordBatch:
    """Return the rows of one page as columns, with types of their own."""
    table = _make_table(_read_rows(rows))
    if not table:  # a batch without a column has a length only so
        return pa.RecordBatch.from_struct_array(pa.array([{} for _ in rows], pa.struct([])))
    fields = [pa.field(name, infer_type(name, values)) for name, values in table.items()]
    arrays = [make_array(field.name, table[field.name], field) for field in fields]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def _make_table(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the values of rows by the names of their fields."""
    for row in rows:
        if type(row) is not dict:
            raise MalformedPage(
                f"expected rows that are objects, got {describe_type(row)}; list(listing) takes "
                "rows of any kind"
            )
    names = dict.fromkeys(chain.from_iterable(rows))
    return {name: [row.get(name) for row in rows] for name in names}


# Rows as objects of JSON -------------------------------------------------------------------------


def _read_rows(rows: Sequence[Any], *, exactly: bool = False) -> list[Any]:
    """Return rows as objects of JSON, with Decimals for floats where their digits may be needed."""
    decode = _decode_exactly if exactly else _decode
    if isinstance(rows[0], msgspec.Raw):
        return _decode_rows(join_rows(rows), decode)

    def encode(value: Any) -> Any:
        if isinstance(value, msgspec.Raw):  # a field of a Struct
            return _decode_rows(b"[%b]" % value, decode)[0]
        if callable(dump := getattr(value, "model_dump", None)):  # of pydantic
            return dump(mode="python")
        raise TypeError(
            "expected values of JSON, or a msgspec.Struct, dataclass, attrs class or model of "
            f"pydantic, got {type(value).__name__}, of which no column can be made"
        )

    if callable(as_dict := getattr(type(rows[0]), "_asdict", None)):  # a NamedTuple
        rows = [as_dict(row) for row in rows]
    return [
        msgspec.to_builtins(row, str_keys=True, builtin_types=_NATIVE, enc_hook=encode)
        for row in rows
    ]


def _decode_rows(text: Any, decode: Callable[[Any], list[Any]]) -> list[Any]:
    try:
        return decode(text)
    except ArithmeticError:
        raise MalformedPage("expected numbers in rows, got one with an endless exponent") from None
    except msgspec.DecodeError:
        path = next(_find_half_pairs("", json.loads(bytes(text))), None)
        if path is None:
            raise
        raise MalformedPage(
            f"expected a text at {path!r}, got one with half of a surrogate pair, which is no text "
            "in UTF-8, and so none in a column"
        ) from None


def _find_half_pairs(path: str, value: Any) -> Iterator[str]:
    """Yield the places of texts, and of names, that UTF-8 has no bytes for."""
    if isinstance(value, str) and not value.isascii():
        if value != value.encode(errors="ignore").decode():
            yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            # half a pair cannot stand in a message either
            safe = name.encode("ascii", "backslashreplace").decode()
            place = f"{path}.{safe}".removeprefix(".")
            yield from chain(_find_half_pairs(place, name), _find_half_pairs(place, inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _find_half_pairs(f"{path}[]" if path else "", inner)
