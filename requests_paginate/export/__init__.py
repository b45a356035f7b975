"""Rows into files, at the speed of bytes: a file that is there is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from requests_paginate._listing.listing import Listing
from requests_paginate._models import Page
from requests_paginate.exceptions import MalformedPage
from requests_paginate.export.calls import describe_call, go_on
from requests_paginate.export.csv import CSVRows, convert_lines
from requests_paginate.export.files import Output, find_paths, open_converted, open_output
from requests_paginate.export.jsonl import CompressedLines, JSONLines, compress_gzip, find_zstd
from requests_paginate.export.notes import Note, Reached

__all__ = ["write"]

_ALL = "all"


class Format(Protocol):
    """How rows are written."""

    @property
    def state(self) -> Any:
        """What has to be known to go on in a file that was begun."""

    def resume(self, state: Any) -> None:
        """Go on in a file that was begun."""

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file; they may be kept until `flush`."""

    def flush(self) -> bytes:
        """Return what was kept, so that the file may end here."""


def write(
    listing: Listing[Any],
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
    columns: Any = None,
    on_start: Callable[[int, int], object] | None = None,
    after_page: Callable[[Page], object] | None = None,
) -> None:
    """Write the rows of a listing into a file, a page at a time.

    They are written under another name beside it, and the file gets its own when all rows are
    there. JSON lines hold the bytes that the server sent, without line breaks inside of a row; the
    rows of a `model=` are written as its JSON.

    Args:
        listing: The listing; its `doubts` tell afterwards what makes its end doubtful.
        path: Its suffix says how to write: `.jsonl`, `.jsonl.gz`, `.jsonl.zst`, `.csv`, `.parquet`
            or `.arrow`.
        force: Whether to replace a file that is there.
        checkpoint: A file that keeps how far the rows were written. The same call goes on from
            there after it was interrupted, and removes it at the end; what is in the file counts
            for `max_items` and `max_pages`. It holds the API's cursors.
        columns: The names of the columns of a CSV file, in their order; other fields are left out,
            and a name that no row has is an error at the end. None: those of the first page, and
            another one is an error. `"all"`: those of all pages, for which the rows are kept on the
            disk first.
        on_start: Called before the first request, with the rows and the pages that are in the file
            already.
        after_page: Called with each page that was written.

    Raises:
        PaginationError: As in a loop over the rows. Nothing stands under the path then.
        FileExistsError: The file is there already.
        BlockingIOError: Another run has the checkpoint, or writes the same file with one.
        ValueError: The suffix is unknown, an option does not fit it, the checkpoint is of another
            call, or all rows of the listing were read before.
        ImportError: A package is missing; the error names the extra.
        OSError: The file cannot be written.
    """
    listing._refuse_read()
    make, convert = _find_format(Path(path).name, columns)
    paths = find_paths(path, checkpoint, force=force)
    note = None
    if paths.note is not None:
        note = Note(paths.note, describe_call(listing, paths.target.name, columns))
    with open_output(paths, note, force=force) as output:
        form = make()
        if output.reached is not None:
            go_on(listing, output.reached)
            form.resume(output.reached.state)
        listing._read_as_text()
        if on_start is not None:
            on_start(output.rows, output.pages)
        _write_pages(listing, form, output, after_page or bool)
        if isinstance(form, CSVRows):
            form.refuse_missing()
        if convert is None:
            output.finish()
            return
        with open_converted(paths, force=force) as converted, output.read() as pages:
            convert(form, pages, converted.file)
            converted.finish()
        output.discard()


def _find_format(
    name: str, columns: Any
) -> tuple[Callable[[], Format], Callable[[Any, BinaryIO, BinaryIO], object] | None]:
    """Return what makes the format of a file of this name, and what it is converted by at the end.

    Where all pages have to be known first, they are kept on the disk in another format.
    """
    if columns is not None and not _are_columns(columns):
        raise TypeError("columns: expected names of columns, or 'all'")
    if columns is not None and not columns:
        raise ValueError("columns: expected a name at least, or 'all'")
    given, name = name, name.lower()
    if name.endswith(".csv"):
        if columns == _ALL:
            return JSONLines, convert_lines
        return partial(CSVRows, None if columns is None else tuple(columns)), None
    if columns is not None:
        raise ValueError(f"columns: a CSV file has columns to choose, and {given!r} has none")
    if name.endswith((".parquet", ".arrow")):
        tables = import_module("requests_paginate.export.tables")  # which needs pyarrow
        is_parquet = name.endswith(".parquet")
        convert = tables.convert_to_parquet if is_parquet else tables.convert_to_arrow
        return tables.ArrowPages, convert
    lines: dict[str, Callable[[], Format]] = {
        ".jsonl": JSONLines,
        ".jsonl.gz": partial(CompressedLines, compress_gzip),
    }
    if name.endswith(".jsonl.zst"):
        return partial(CompressedLines, find_zstd()), None
    for suffix, make in lines.items():
        if name.endswith(suffix):
            return make, None
    raise ValueError(
        f"expected a file .jsonl, .jsonl.gz, .jsonl.zst, .csv, .parquet or .arrow, got {given!r}"
    )


def _are_columns(columns: Any) -> bool:
    if isinstance(columns, str):
        return columns == _ALL
    return isinstance(columns, Sequence) and all(isinstance(name, str) for name in columns)


def _write_pages(
    listing: Listing[Any], form: Format, output: Output, after_page: Callable[[Page], object]
) -> None:
    reached: Reached | None = None  # what is in the file for sure, however this ends
    is_kept = False  # whether the format holds rows back
    before = listing.checkpoint()  # leads to the page
    try:
        for page in listing.pages():
            content = _add(form, page, before, output.rows)
            output.count(len(page.items))
            is_kept = (is_kept or len(page.items) > 0) and not content
            output.write(content)
            if output.is_due and is_kept:
                output.write(form.flush())
                is_kept = False
            before = page.checkpoint or before
            if not is_kept and page.checkpoint is not None:
                reached = output.locate(page.checkpoint, form.state)
            if output.is_due and reached is not None:
                output.note(reached)
            after_page(page)
        output.write(form.flush())
    except BaseException as error:
        if getattr(error, "is_end", False):
            output.forget()  # all rows came, and to go on from there tells the same again
        elif reached is not None:
            with suppress(OSError):  # of a full disk; an older note is good, too
                output.note(reached)
        raise


def _add(form: Format, page: Page, before: str, rows: int) -> bytes:
    """Return what a page adds to the file; an error about its rows tells which page it is."""
    try:
        return form.add(page.items)
    except MalformedPage as error:
        error.page_request, error.page_index = page.request, page.index
        error.checkpoint, error.items_yielded = before, rows
        raise
