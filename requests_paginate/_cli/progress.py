"""How far a listing is, while it runs and at its end."""

from __future__ import annotations

import sys
import time
from operator import length_hint
from typing import Any, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from requests_paginate import Listing, Page
from requests_paginate._cli import terminal

_MEGABYTE = 1e6


def make_progress_bar(*, shows_rows: bool = True, is_hidden: bool = False) -> Progress:
    """Return a progress bar on stderr, hidden on a terminal that shows the rows themselves."""
    is_seen = is_terminal(sys.stderr) and not (shows_rows and is_terminal(sys.stdout))
    is_hidden = is_hidden or not is_seen or terminal.is_log_of_json()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("rows, {task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
        disable=is_hidden,
    )


class PageCounter:
    """Shows on a progress bar, and in the log, what was written.

    Args:
        progress: The bar.
        listing: What is written.

    Attributes:
        rows_before: Rows in the file that an earlier run wrote.
        pages_before: Pages that they were.
        is_started: Whether the file could be opened.
    """

    def __init__(self, progress: Progress, listing: Listing[Any]) -> None:
        self.rows_before = self.pages_before = 0
        self.is_started = False
        self._listing, self._progress = listing, progress
        self._task = progress.add_task("page 1", total=None, rate="")
        self._began, self._rows = time.monotonic(), 0

    def start(self, rows: int, pages: int) -> None:
        """Go on from what is in the file already."""
        self.rows_before, self.pages_before, self.is_started = rows, pages, True
        self._progress.update(self._task, completed=rows)

    def show(self, page: Page) -> None:
        """Show that a page was written."""
        self._rows += len(page)
        written, left = self.rows_before + self._rows, length_hint(self._listing, -1)
        total = None if left < 0 else written + left
        seconds = time.monotonic() - self._began
        rate = _describe_rate(self._rows, self._listing.stats.bytes, seconds)
        description = f"page {page.index + 1}"
        self._progress.update(
            self._task, description=description, completed=written, total=total, rate=rate
        )
        terminal.log(
            "page", page=page.index, rows=len(page), written=written, total=total,
            written_in_this_run=self._rows,
        )  # fmt: skip


def sum_up(listing: Listing[Any], path: str | None, counter: PageCounter, seconds: float) -> None:
    """Say what the listing did, what the file holds, and how fast it was."""
    stats, doubts = listing.stats, listing.doubts
    rows, pages = counter.rows_before + stats.items, counter.pages_before + stats.pages
    counts = [
        _count(rows, "row", counter.rows_before), _count(pages, "page", counter.pages_before),
        _count(stats.requests, "request"),
        f"{stats.retries:,} {'retry' if stats.retries == 1 else 'retries'}",
        f"{stats.seconds_waited:.1f} s waited", f"{stats.bytes / _MEGABYTE:,.1f} MB",
    ]  # fmt: skip
    rate = _describe_rate(stats.items, stats.bytes, seconds)
    where = "" if path is None else f"{path}: "
    doubtful = f"; {_count(len(doubts), 'doubt')}" if doubts else ""
    terminal.say(
        f"{where}{', '.join(counts)} in {seconds:.1f} s ({rate}){doubtful}",
        event="summary", file=path, rows=rows, pages=pages, requests=stats.requests,
        rows_in_this_run=stats.items, pages_in_this_run=stats.pages,
        retries=stats.retries, seconds_waited=round(stats.seconds_waited, 3), bytes=stats.bytes,
        seconds=round(seconds, 3), complete=listing.complete, doubts=list(doubts),
    )  # fmt: skip


def _count(number: int, noun: str, before: int = 0) -> str:
    counted = f"{number:,} {noun}{'' if number == 1 else 's'}"
    return f"{counted} ({before:,} of them before)" if before else counted


def _describe_rate(rows: int, size: int, seconds: float) -> str:
    seconds = max(seconds, 1e-9)
    return f"{rows / seconds:,.0f} rows/s, {size / seconds / _MEGABYTE:,.1f} MB/s"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is one that a person reads."""
    return stream is not None and stream.isatty()  # None: closed before we began
