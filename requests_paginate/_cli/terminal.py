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
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

import click
import msgspec
from requests import RequestException

from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import PaginationWarning

_LOG = f"{__name__}.log"  # where the context of a command keeps the form of its log
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
    """The end of a command, with one line and exit status 1.

    Args:
        message: What the line says.
        facts: More about it, for a log of JSON.
    """

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self._facts = facts
        self._is_json = is_log_of_json()  # while the command's context is there

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - the interface
        """Show the line."""
        line = _clean(self.message)
        if self._is_json:
            _write_json(line, event="error", level="error", **self._facts)
        else:
            _write_line(line)


class Interrupted(Failure):
    """The end of a command after Ctrl-C."""

    exit_code = 130  # as shells count: 128 and the number of the signal, SIGINT


def choose_log(_context: click.Context, _option: Any, form: str) -> None:
    """Have all lines on stderr be texts or JSON, as `--log` asks for."""
    click.get_current_context().meta[_LOG] = form


def is_log_of_json() -> bool:
    """Return whether the lines on stderr are to be JSON."""
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(_LOG) == "json"


def say(text: str, *, event: str, level: str = "info", **facts: Any) -> None:
    """Show one line on stderr, whatever control characters a server put into the text.

    Args:
        text: The line.
        event: What happened, in a word, for a log of JSON.
        level: "info" or "warning".
        facts: More about it, for a log of JSON.
    """
    line = _clean(text)
    if is_log_of_json():
        _write_json(line, event=event, level=level, **facts)
    else:
        _write_line(f"warning: {line}" if level == "warning" else line)


def describe(error: Exception, url: str) -> str:
    """Return the text of an error about a listing, with a URL in it."""
    text, request = str(error), getattr(error, "page_request", None)
    if "://" in text or not isinstance(error, RequestException):
        return text
    return f"{redact_url(url if request is None else request.url)}: {text}"


def log(event: str, **facts: Any) -> None:
    """Add a line to a log of JSON; nothing for a person."""
    if is_log_of_json():
        _write_json(None, event=event, level="info", **facts)


def _clean(text: str) -> str:
    for advice, option in _ADVICE:
        text = re.sub(advice, option, text)
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())


def _write_line(line: str) -> None:
    click.echo(f"requests-paginate: {line}", err=True)


def _write_json(line: str | None, *, event: str, level: str, **facts: Any) -> None:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {} if line is None else {"message": line}
    entry = {"time": now, "level": level, "event": event, **message, **facts}
    click.echo(msgspec.json.encode(entry), err=True)


class _WaitHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), event="wait")


@contextmanager
def show_warnings() -> Iterator[None]:
    """Show warnings, and why the library waits, while the context lasts."""
    logger, handler = logging.getLogger("requests_paginate"), _WaitHandler()
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("always", PaginationWarning)
        warnings.showwarning = lambda message, category, *_where: say(
            str(message), event="warning", level="warning", category=category.__name__
        )
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


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
