"""What becomes of a listing, if not a loop: files, tables, parts, and a picture of its pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from operator import length_hint
from os import PathLike
from typing import Any, TypeVar

import msgspec

from requests_paginate._listing.group import Group
from requests_paginate._listing.keys import SeenKeys
from requests_paginate._listing.options import Options
from requests_paginate._listing.place import find_position
from requests_paginate._listing.progress import Progress
from requests_paginate._listing.reader import PageReader
from requests_paginate._listing.selection import RowSelector
from requests_paginate._listing.timeline import Timeline
from requests_paginate._transport.trace import Sink

AnyListing = TypeVar("AnyListing", bound="Exports")


class Exports:
    """The methods of a listing that put its rows elsewhere, cut it, or show how it runs."""

    _options: Options
    _reader: PageReader
    _selector: RowSelector
    _progress: Progress[Any]
    _columns: Any = None  # while they are read
    _timeline: Timeline | None = None  # from when it is asked for

    _turn_page: Callable[[], bool]

    def write(
        self,
        path: str | PathLike[str],
        *,
        force: bool = False,
        checkpoint: str | PathLike[str] | None = None,
        columns: Any = None,
    ) -> None:
        """Write the rows that are left into a file; see `requests_paginate.export.write`.

            get_all(url).write("transactions.jsonl")

        Args:
            path: Its suffix says how: `.jsonl`, `.jsonl.gz`, `.jsonl.zst`, `.csv`, `.parquet` or
                `.arrow`.
            force: Whether to replace a file that is there.
            checkpoint: A file that keeps how far the rows were written. The same call continues
                from there after it was interrupted, and removes it at the end; what is in the file
                counts for `max_items` and `max_pages`.
            columns: The columns of a CSV file; None for those of the first page, `"all"` for those
                of all pages. A name that no row has is an error at the end.

        Raises:
            PaginationError: As in a loop over the rows; there is no file at the path then.
            FileExistsError: The file is there already.
            BlockingIOError: Another run has the checkpoint, or writes the same file with one.
            ValueError: The suffix is unknown, an option does not fit it, or the checkpoint is of
                another call.
            OSError: The file cannot be written.
        """
        export = import_module("requests_paginate.export")  # which stands above this package
        export.write(self, path, force=force, checkpoint=checkpoint, columns=columns)

    def trace(self, sink: Sink) -> None:
        """Have a function called with each event of a page from now on; see `PageEvent`.

            listing.trace(print)

        With `prefetch`, it is called from several threads. It should not raise: as with the
        caller's other functions, its error passes unchanged.
        """
        trace = self._reader.trace
        trace.sinks = (*trace.sinks, sink)

    def timeline(self) -> Timeline:
        """Return a picture of the run, which begins now.

            timeline = listing.timeline()
            rows = list(listing)
            timeline.write("run.html")

        Later calls return the same picture.
        """
        if self._timeline is None:
            self._timeline = Timeline()
            self.trace(self._timeline.add)
        return self._timeline

    def split(self: AnyListing, parts: int) -> list[AnyListing]:
        """Return listings that have the rows of this one between them, in their order.

            for part, page in gather(session.get_all(url).split(4)):
                ...

        One request tells how many pages there are: of page numbers, offsets, or links with a page
        number. Each part ends where the next one begins, also if rows arrive meanwhile, and the
        last one goes on to the true end. With fewer pages than parts there are fewer parts. This
        listing stays as it is.

        A part pickles if its session does. To send one elsewhere without the session, send its
        `checkpoint()` as `resume=`, and that of the next part as `until=`.

        Args:
            parts: How many listings to make, at most.

        Raises:
            TypeError: `parts` is no whole number.
            ValueError: `parts` is below 1. Rows of the listing were handed out. It has `key`,
                `max_items` or `max_pages`, which count over the whole. Or the requests of its later
                pages cannot be known, as with a cursor: see `windows` and `gather`.
            PaginationError: The first page failed.
        """
        split: Any = import_module("requests_paginate._listing.split").split_listing
        listings: list[AnyListing] = split(self, parts)
        return listings

    @property
    def __arrow_c_stream__(self) -> Callable[..., object]:
        """The function that returns the rows that are left as a stream of Apache Arrow.

        So `polars.DataFrame(listing)`, `pyarrow.table(listing)`, duckdb and pandas read a batch for
        each page, and no Python object for each row; see `requests_paginate.export.arrow`. A page
        is the listing's next one until its batch is read: who asks for the types alone takes none.

        Raises:
            AttributeError: pyarrow is missing. Who looks for the stream then takes rows instead.
        """
        if find_spec("pyarrow") is None:
            raise AttributeError("columns need pyarrow: pip install 'requests-paginate[arrow]'")
        return self._open_stream

    def _open_stream(self, requested_schema: object = None) -> object:
        self._refuse_read()
        if self._columns is None:
            self._columns = import_module("requests_paginate.export.arrow").Columns(self)
        return self._columns.open_reader().__arrow_c_stream__(requested_schema)

    def _peek_rows(self) -> Sequence[Any] | None:
        """Return the rows of the next page, which stays the next one; None at the end."""
        while not length_hint(self._progress.rows):
            if not self._turn_page():
                return None
        return self._progress.read_rest().items

    def _refuse_read(self: Any) -> None:
        """Raise ValueError where nothing is left: an empty file or table would be no error.

        Raises:
            ValueError: All rows were handed out before.
        """
        if self.stats.items and self._is_over():
            self._turn_page()  # which tells an error about the end again
            raise ValueError(
                f"all {self.stats.items} rows of this listing were read before; call get_all again "
                "for a new one"
            )

    def _join(self, group: Group) -> None:
        """Share with other listings that are read at the same time."""
        group.share(self._reader.fetcher)

    def _get_model(self) -> Any:
        """Return what rows become."""
        return self._options.model

    def _read_as_text(self) -> None:
        """Hand out the rows that are left as the text they came in, if they have no model.

        Of a page that was read in part, the decoded rows are dropped, and it is asked for again.
        """
        if self._options.model is not None:
            return
        options, progress = replace(self._options, model=msgspec.Raw), self._progress
        place = self._reader.position
        if progress.selection is not None and not progress.is_page_done:
            if options.key is not None:
                raise ValueError("with key=, rows are written from the beginning of a page")
            rows = progress.selection.count_done(progress.used)
            place = self._reader.locate(progress.selection.reading.locate(rows))
            self._progress = replace(progress.drop_page(), pages=progress.pages - 1)
        self._reader.change_model(options, place)
        self._selector = RowSelector(options, self._selector.keys)
        self._options = options

    def _go_to(self, token: str) -> None:
        """Go on from another checkpoint of this very listing."""
        options = replace(self._options, resume=token)
        place = find_position(self._reader.position.first, options, self._reader.secrets.collect())
        self._progress = self._progress.drop_page()
        self._reader.change_model(options, place)
        self._selector = RowSelector(options, SeenKeys(place.keys, place.duplicates))
