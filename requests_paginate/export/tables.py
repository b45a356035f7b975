"""Rows as the columns of a file: Apache Parquet, and the IPC format of Apache Arrow.

A page is kept as a stream of Arrow with types of its own, so that what was written can be cut after
any page. When all pages are there, their types are united, and the pages are written once more,
one at a time. So a column may be null on the first page, and a fraction come late: whole numbers
become doubles where each of them is one, and nothing else is changed.

https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from requests_paginate.exceptions import MalformedPage
from requests_paginate.export.arrow import BatchDecoder, decode_batch, make_batch, pa
from requests_paginate.export.column_types import ADVICE, drop_empty_objects, unite_schemas

# A row group has so many rows at most, or bytes in memory: few make a file slow to read.
_ROWS, _BYTES = 50_000, 8 * 2**20


class ArrowPages:
    """Each page as a stream of Arrow, with types of its own."""

    def __init__(self) -> None:
        self._schemas: list[pa.Schema] = []  # those of the pages so far, each once
        self._decoder: BatchDecoder | None = None  # for that of the last page

    @property
    def state(self) -> list[str]:
        """The types of the pages so far."""
        return [b64encode(schema.serialize()).decode() for schema in self._schemas]

    def resume(self, state: Any) -> None:
        """Go on in a file that was begun."""
        self._schemas = [pa.ipc.read_schema(pa.py_buffer(b64decode(text))) for text in state or ()]

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file."""
        if not rows:
            return b""
        # mostly a page has the types of the one before
        batch = decode_batch(self._decoder, rows) if self._decoder else None
        if batch is None:
            batch = make_batch(rows)
            self._schemas = [each for each in self._schemas if each != batch.schema]
            self._schemas.append(batch.schema)
            self._decoder = BatchDecoder(batch.schema)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        return bytes(sink.getvalue().to_pybytes())

    def flush(self) -> bytes:
        """Return nothing: what was added is whole."""
        return b""

    def unite(self) -> pa.Schema:
        """Return types that all pages fit.

        Raises:
            MalformedPage: A column has values of types that no type has both of, or no row has one.
        """
        if self._schemas and not any(schema.names for schema in self._schemas):
            raise MalformedPage(
                "expected rows with a field at least, got empty objects alone, of which no table "
                "can be made: it has no column"
            )
        return unite_schemas(self._schemas)


def convert_to_parquet(form: ArrowPages, pages: BinaryIO, file: BinaryIO) -> None:
    """Write pages as a file of Parquet, many to a row group; see `ArrowPages.unite`.

    An object that is empty on all pages is null there: Parquet has none without a field.
    """
    from pyarrow import parquet

    schema = pa.schema([(field.name, drop_empty_objects(field.type)) for field in form.unite()])
    with parquet.ParquetWriter(file, schema) as writer:
        group: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in _read_batches(pages, schema):
            group.append(batch)
            rows, size = rows + len(batch), size + batch.nbytes
            if rows >= _ROWS or size >= _BYTES:
                writer.write_table(pa.Table.from_batches(group))
                group, rows, size = [], 0, 0
        if group:
            writer.write_table(pa.Table.from_batches(group))


def convert_to_arrow(form: ArrowPages, pages: BinaryIO, file: BinaryIO) -> None:
    """Write pages as a file of Arrow, with a batch for each; see `ArrowPages.unite`."""
    schema = form.unite()
    with pa.ipc.new_file(file, schema) as writer:
        for batch in _read_batches(pages, schema):
            writer.write_batch(batch)


def _read_batches(pages: BinaryIO, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    source = pa.OSFile(pages.name)
    while source.tell() < source.size():
        for batch in pa.ipc.open_stream(source):
            yield batch if batch.schema == schema else _fit(batch, schema)


def _fit(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types of all pages, each value as it is."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    arrays = [
        _convert(field.name, columns.get(field.name), field.type, len(batch)) for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _convert(path: str, array: pa.Array | None, kind: pa.DataType, length: int) -> pa.Array:
    if array is None or pa.types.is_null(kind):  # of no value, or of empty objects
        return pa.nulls(length, kind)
    if array.type == kind:
        return array
    if pa.types.is_struct(array.type):
        columns = {field.name: array.field(place) for place, field in enumerate(array.type)}
        inner = [_convert(f"{path}.{f.name}", columns.get(f.name), f.type, length) for f in kind]
        return pa.StructArray.from_arrays(inner, fields=list(kind), mask=array.is_null())
    if pa.types.is_list(array.type):
        elements = _convert(f"{path}[]", array.values, kind.value_type, len(array.values))
        offsets = array.offsets
        return pa.ListArray.from_arrays(offsets, elements, type=kind, mask=array.is_null())
    try:
        return array.cast(kind)
    except pa.ArrowException:
        raise MalformedPage(
            f"expected {kind} at {path!r}, as on other pages, got {array.type} with a value that "
            f"is none{ADVICE}"
        ) from None
