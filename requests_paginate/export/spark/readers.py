"""The readers of a source of Spark: its partitions, and its stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import (
    DataSourceReader,
    InputPartition,
    SimpleDataSourceStreamReader,
)
from pyspark.sql.types import StructType

from requests_paginate._listing.fingerprint import digest
from requests_paginate.exceptions import InconsistentListing
from requests_paginate.export.arrow import open_reader
from requests_paginate.export.column_types import check_schema
from requests_paginate.export.parts import Part, split_listings
from requests_paginate.export.spark.options import Options, read_options
from requests_paginate.export.spark.types import to_arrow

try:
    from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow
except ImportError:  # before PySpark 4.2
    SupportsTriggerAvailableNow = object

__all__ = ["ListingReader", "ListingStreamReader"]

Offset = dict[str, dict[str, str]]


def _read(part: Part, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with part.open() as listing:
        yield from open_reader(listing, schema)


@contextmanager
def _until_the_end() -> Iterator[None]:
    try:
        yield
    except InconsistentListing as error:
        if not error.is_end:
            raise


class ListingReader(DataSourceReader):
    """Reads listings, a partition for each one or for each of its parts."""

    def __init__(self, options: Options, schema: pa.Schema) -> None:
        self._options, self._schema = options, schema

    def partitions(self) -> Sequence[InputPartition]:
        """Return what the tasks read; with several parts, each listing is asked for its size."""
        options = self._options
        return [*map(InputPartition, split_listings(options.plan, options.params, options.parts))]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield a batch for each page."""
        return _read(partition.value, self._schema)


class ListingStreamReader(SimpleDataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads some pages of each listing after the other, from where the batch before ended.

    An offset holds the checkpoint that each listing has reached, and the doubts about it, by a
    digest of its parameters.
    """

    def __init__(self, options: Mapping[str, str], schema: StructType) -> None:
        self._given, self._columns = options, schema  # Spark 4.3 hides errors that are raised here

    @cached_property
    def _options(self) -> Options:
        if SupportsTriggerAvailableNow is object:
            raise ImportError(
                "a stream needs PySpark 4.2 or later; before that, trigger(availableNow=True) ends "
                "after the first batch, as if there were no more rows"
            )
        options = read_options(self._given)
        for name in ("key", "max_items", "max_pages"):
            if options.plan.options.get(name) is not None:
                raise ValueError(f"the plan has {name}=, which each batch would count anew")
        if options.parts > 1:
            raise ValueError("option 'parts': a stream reads a listing from its start on")
        return options

    @cached_property
    def _schema(self) -> pa.Schema:
        schema = to_arrow(self._columns)
        check_schema(schema)
        return schema

    @cached_property
    def _params(self) -> Mapping[str, Mapping[str, Any]]:
        return {digest(params): params for params in self._options.params}

    def prepareForTriggerAvailableNow(self) -> None:  # noqa: N802 - Spark's name
        """Do nothing: a listing ends by itself."""

    def initialOffset(self) -> Offset:  # noqa: N802 - Spark's name
        """Return the offset before the first rows."""
        return {"checkpoints": {}, "doubts": {}}

    def read(self, start: Offset) -> tuple[Iterator[pa.RecordBatch], Offset]:
        """Return the next pages, and the offset behind them.

        What speaks against an end is told when no listing has another row: those that came are
        right, and are handed out first.
        """
        batches: list[pa.RecordBatch] = []
        places, doubts = dict(start["checkpoints"]), dict(start["doubts"])
        for name in self._params:
            part = self._locate(name, places.get(name))
            with part.open(max_pages=self._options.pages_per_batch) as listing:
                with _until_the_end():
                    batches.extend(open_reader(listing, self._schema))
                places[name], doubts[name] = listing.checkpoint(), "\n".join(listing.doubts)
        end = {"checkpoints": places, "doubts": doubts}
        if end == start:
            self._tell_doubts(end)
        return iter(batches), end  # of a list: Spark copies it

    def _tell_doubts(self, reached: Offset) -> None:
        for name in self._params:
            with self._locate(name, reached["checkpoints"][name]).open() as listing:
                next(listing, None)  # which there is not

    def readBetweenOffsets(  # noqa: N802 - Spark's name
        self, start: Offset, end: Offset
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a batch once more, of which Spark does not know that it was written."""
        for name, until in end["checkpoints"].items():
            resume = start["checkpoints"].get(name)
            if until == resume:  # then it need not be named any more
                continue
            with self._locate(name, resume, until).open() as listing:
                try:
                    yield from open_reader(listing, self._schema)
                except InconsistentListing as error:
                    known = end["doubts"][name].splitlines()  # which `read` tells
                    if not error.is_end or not {*listing.doubts} <= {*known}:
                        raise

    def _locate(self, name: str, resume: str | None, until: str | None = None) -> Part:
        if name not in self._params:
            raise ValueError(
                "the stream is in the middle of a listing that its options do not name any more; "
                "give the same parameters as before"
            )
        params = self._params[name]
        return Part(plan=self._options.plan, params=params, resume=resume, until=until)
