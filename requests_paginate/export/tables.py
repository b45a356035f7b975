"""Rows as the columns of a file: Apache Parquet, and the IPC format of Apache Arrow.

A page is kept as a stream of Arrow with types of its own, so that what was written can be cut after
any page. When all pages are there, their types are united, and the pages are written once more,
one at a time. So a column may be null on the first page, and a fraction come late: whole numbers
become doubles where each of them is one, and nothing else is changed.

https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from requests_paginate.exceptions import MalformedPage
from requests_paginate.export.arrow import make_batch, pa

# A row group has so many rows at most, or bytes in memory: few make a file slow to read.
_ROWS, _BYTES = 50_000, 32 * 2**20


class ArrowPages:
    """Each page as a stream of Arrow, with types of its own."""

    state: Any = None  # nothing has to be known to go on

    def resume(self, state: Any) -> None:
        """Go on in a file that was begun."""

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file."""
        if not rows:
            return b""
        batch, sink = make_batch(rows), pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        return bytes(sink.getvalue())

    def flush(self) -> bytes:
        """Return nothing: what was added is whole."""
        return b""


def convert_to_parquet(pages: BinaryIO, file: BinaryIO) -> None:
    """Write pages as a file of Parquet, many to a row group.

    Raises:
        MalformedPage: A column has values of types that no type has both of.
    """
    from pyarrow import parquet

    schema = _unite_schemas(pages)
    with parquet.ParquetWriter(file, schema) as writer:
        group: list[pa.RecordBatch] = []
        for batch in _read_batches(pages, schema):
            group.append(batch)
            if sum(map(len, group)) >= _ROWS or sum(each.nbytes for each in group) >= _BYTES:
                writer.write_table(pa.Table.from_batches(group))
                group = []
        if group:
            writer.write_table(pa.Table.from_batches(group))


def convert_to_arrow(pages: BinaryIO, file: BinaryIO) -> None:
    """Write pages as a file of Arrow, with a batch for each; see `convert_to_parquet`."""
    schema = _unite_schemas(pages)
    with pa.ipc.new_file(file, schema) as writer:
        for batch in _read_batches(pages, schema):
            writer.write_batch(batch)


def _open_streams(pages: BinaryIO) -> Iterator[pa.RecordBatchStreamReader]:
    pages.seek(0)
    while pages.peek(1):  # type: ignore[attr-defined]  # it is buffered
        yield pa.ipc.open_stream(pages)


def _unite_schemas(pages: BinaryIO) -> pa.Schema:
    schema = pa.schema([])
    for stream in _open_streams(pages):
        for _ in stream:
            pass
        try:
            schema = pa.unify_schemas([schema, stream.schema], promote_options="permissive")
        except pa.ArrowException as error:
            text = str(error).removeprefix("Unable to merge: ")
            raise MalformedPage(f"the pages have no types in common: {text}") from None
    return schema


def _read_batches(pages: BinaryIO, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for stream in _open_streams(pages):
        for batch in stream:
            arrays = []
            for field in schema:
                place = batch.schema.get_field_index(field.name)
                array = pa.nulls(len(batch)) if place < 0 else batch.column(place)
                try:
                    arrays.append(array.cast(field.type))
                except pa.ArrowException:
                    raise MalformedPage(
                        f"expected {field.type} at {field.name!r}, as on other pages, got "
                        f"{array.type} with a value that is none"
                    ) from None
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
