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
from requests_paginate.export.csv import CSVRows, convert_lines
from requests_paginate.export.files import Output, Reached, open_output
from requests_paginate.export.jsonl import CompressedLines, JSONLines, compress_gzip, find_zstd

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
            there after it was interrupted, and removes it at the end. It holds the API's cursors.
        columns: The names of the columns of a CSV file, in their order; other fields are left out.
            None: those of the first page, and another one is an error. `"all"`: those of all pages,
            for which the rows are kept on the disk first.
        after_page: Called with each page that was written.

    Raises:
        PaginationError: As in a loop over the rows. Nothing stands under the path then.
        FileExistsError: The file is there already.
        ValueError: The suffix is unknown, or an option does not fit it.
        ImportError: A package is missing; the error names the extra.
        OSError: The file cannot be written.
    """
    target, note = Path(path), None if checkpoint is None else Path(checkpoint)
    make, convert = _find_format(target.name, columns)
    # a part that is gone on with has to be found again
    with open_output(target, note, force=force, suffix="part" if note else None) as output:
        form = make()
        if output.reached is not None:
            listing._go_to(output.reached.checkpoint)
            form.resume(output.reached.state)
        listing._read_as_text()
        _write_pages(listing, form, output, after_page or bool)
        if convert is None:
            output.finish()
            return
        whole = open_output(target, None, force=force, suffix="whole" if note else None)
        with whole as converted, output.read() as pages:
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
    if name.endswith(".csv"):
        if columns == _ALL:
            return JSONLines, convert_lines
        return partial(CSVRows, None if columns is None else tuple(columns)), None
    if columns is not None:
        raise ValueError(f"columns: a CSV file has columns to choose, and {name!r} has none")
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
        f"expected a file .jsonl, .jsonl.gz, .jsonl.zst, .csv, .parquet or .arrow, got {name!r}"
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
    try:
        for page in listing.pages():
            content = form.add(page.items)
            is_kept = (is_kept or len(page.items) > 0) and not content
            output.write(content)
            if output.is_due and is_kept:
                output.write(form.flush())
                is_kept = False
            if not is_kept and page.checkpoint is not None:
                reached = output.locate(page.checkpoint, form.state)
            if output.is_due and reached is not None:
                output.note(reached)
            after_page(page)
        output.write(form.flush())
    except BaseException:
        if reached is not None:
            with suppress(OSError):  # of a full disk; an older note is good, too
                output.note(reached)
        raise
