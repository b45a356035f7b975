"""How far a listing is, while it runs and at its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
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


def count_pages(progress: Progress, listing: Listing[Any]) -> Callable[[Page], None]:
    """Return a function that shows on a progress bar, and in the log, that a page was written."""
    task = progress.add_task("page 1", total=None, rate="")
    began, written = time.monotonic(), 0

    def show(page: Page) -> None:
        nonlocal written
        written += len(page)
        left = length_hint(listing, -1)
        total = None if left < 0 else written + left
        rate = _describe_rate(written, listing.stats.bytes, time.monotonic() - began)
        description = f"page {page.index + 1}"
        progress.update(task, description=description, completed=written, total=total, rate=rate)
        terminal.log("page", page=page.index, rows=len(page), written=written, total=total)

    return show


def sum_up(listing: Listing[Any], path: str | None, seconds: float) -> None:
    """Say what the listing did, and how fast it was."""
    stats, doubts = listing.stats, listing.doubts
    counts = [
        _count(stats.items, "row"), _count(stats.pages, "page"), _count(stats.requests, "request"),
        f"{stats.retries:,} {'retry' if stats.retries == 1 else 'retries'}",
        f"{stats.seconds_waited:.1f} s waited", f"{stats.bytes / _MEGABYTE:,.1f} MB",
    ]  # fmt: skip
    rate = _describe_rate(stats.items, stats.bytes, seconds)
    where = "" if path is None else f"{path}: "
    doubtful = f"; {_count(len(doubts), 'doubt')}" if doubts else ""
    terminal.say(
        f"{where}{', '.join(counts)} in {seconds:.1f} s ({rate}){doubtful}",
        event="summary", file=path, rows=stats.items, pages=stats.pages, requests=stats.requests,
        retries=stats.retries, seconds_waited=round(stats.seconds_waited, 3), bytes=stats.bytes,
        seconds=round(seconds, 3), complete=listing.complete, doubts=list(doubts),
    )  # fmt: skip


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _describe_rate(rows: int, size: int, seconds: float) -> str:
    seconds = max(seconds, 1e-9)
    return f"{rows / seconds:,.0f} rows/s, {size / seconds / _MEGABYTE:,.1f} MB/s"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is one that a person reads."""
    return stream is not None and stream.isatty()  # None: closed before we began
