"""What the command line shows and writes: lines for a person, rows for the next program.

stdout gets what was asked for and nothing else; stderr what a person should know, line by line.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import length_hint
from types import FrameType
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from requests_paginate import Listing, Page
from requests_paginate.exceptions import PaginationWarning

READER_GONE = 141  # an exit status as shells count: 128 and the number of the signal, SIGPIPE

# What the library's messages advise, in the words of the command line. To have errors carry their
# advice as data would change the sixteen places that give it, and still need this table.
_ADVICE = (
    (r"\bpass strategy=(?=strategies\.)", "from Python, pass strategy="),
    (r"\b(pass|pass another|pass that as) (items|strategy|key)=(?=,)", r"\1 --\2"),
    (r"\b(pass|pass another|pass that as) (items|strategy|key)=(?!strategies\.)", r"\1 --\2 "),
    (r"\bdialects\.SINGLE_PAGE\b", "--strategy single-page"),
    (r"\bor pin_origin=True", "or --pin-origin"),
    (r"\bpass allow_origins=\('([^']*)',\)", r"pass --allow-origin \1"),
    (r"\bpass pin_origin=True", "pass --pin-origin"),
    (r"\bset session\.verify to", "pass as --cacert"),
    (r"\bPaginatedSession\(allow_http=True\)", "--allow-http"),
    (r"\bpass force=True", "pass --force"),
    (r'\bpass columns="all", or the names of the columns', "pass --columns all, or their names"),
)


class Failure(click.ClickException):
    """The end of a command, with one line and exit status 1."""

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - the interface
        """Show the line."""
        say(self.message)


class Interrupted(Failure):
    """The end of a command after Ctrl-C."""

    exit_code = 130  # as shells count: 128 and the number of the signal, SIGINT


def say(text: str) -> None:
    """Show one line on stderr, whatever control characters a server put into the text."""
    for advice, option in _ADVICE:
        text = re.sub(advice, option, text)
    line = "".join(character if character.isprintable() else " " for character in text)
    click.echo(f"requests-paginate: {' '.join(line.split())}", err=True)


class _WaitHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def show_warnings() -> Iterator[None]:
    """Show warnings, and why the library waits, while the context lasts."""
    logger, handler = logging.getLogger("requests_paginate"), _WaitHandler()
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("always", PaginationWarning)
        warnings.showwarning = lambda message, *_where: say(f"warning: {message}")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


def make_progress_bar(*, shows_rows: bool = True) -> Progress:
    """Return a progress bar on stderr, hidden on a terminal that shows the rows themselves."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not _is_terminal(sys.stderr) or (shows_rows and _is_terminal(sys.stdout)),
    )


def count_pages(progress: Progress, listing: Listing[Any]) -> Callable[[Page], None]:
    """Return a function that shows on a progress bar that a page was written."""
    task = progress.add_task("page 1", total=None)
    written = 0

    def show(page: Page) -> None:
        nonlocal written
        written += len(page)
        left = length_hint(listing, -1)
        total = None if left < 0 else written + left
        progress.update(task, description=f"page {page.index + 1}", completed=written, total=total)

    return show


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()  # None: closed before we began


def drop_output() -> None:
    """Lead stdout nowhere: at exit, the interpreter would write what is left, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Interrupts:
    """Ctrl-C, put off while a page is written, so that the checkpoint fits the rows written."""

    def __init__(self) -> None:
        self._is_held = self._came = False

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if not self._is_held or self._came:  # a second one is obeyed at once
            raise KeyboardInterrupt
        self._came = True

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Handle the signal while the context lasts, unless it is ignored, as with `&`."""
        usual = signal.getsignal(signal.SIGINT)
        is_main = threading.current_thread() is threading.main_thread()
        if usual is not signal.default_int_handler or not is_main:
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Put an interrupt off to the end of the context."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._came:
            raise KeyboardInterrupt
