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
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

import click
import msgspec
from requests import RequestException

from requests_paginate._redaction import redact_url
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
    (r"\b(columns|key|items|resume) (?=was )", r"--\1 "),
    (r"\bmax_(items|pages) (?=was )", r"--max-\1 "),
    (r"^(columns|until): ", r"--\1: "),
    (r"\bof resume=$", "of --resume"),
    (r"\bof until=(?=[, ])", "of --until"),
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

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - the interface
        """Show the line."""
        line = clean(self.message)
        if is_log_of_json():
            _write_json(line, event="error", level="error", **self._facts)
        else:
            _write_line(line)


class Mistake(Failure):
    """The end of a command before its first request: it cannot be done as it was asked for."""

    exit_code = 2  # as of click's own


class Interrupted(Failure):
    """The end of a command after Ctrl-C."""

    exit_code = 130  # as shells count: 128 and the number of the signal, SIGINT


class _Log:
    """The form of the lines on stderr; those of other threads are of it, too."""

    is_json = False


@contextmanager
def choose_log(arguments: Sequence[str]) -> Iterator[None]:
    """Have all lines on stderr be texts or JSON while the context lasts, as `--log` asks for.

    It is read before all other arguments, since a mistake in one of them is such a line.
    """
    form, words = None, iter(arguments)
    for word in words:
        if word == "--":
            break
        name, _, value = word.partition("=")
        if name == "--log":
            form = value or next(words, None)
    before, _Log.is_json = _Log.is_json, form == "json"
    try:
        yield
    finally:
        _Log.is_json = before


def is_log_of_json() -> bool:
    """Return whether the lines on stderr are to be JSON."""
    return _Log.is_json


def show_error(error: Exception) -> int:
    """Write an error into a log of JSON, and return the exit status."""
    if isinstance(error, Failure):
        error.show()
        return error.exit_code
    facts = {"event": "error", "level": "error", "error": type(error).__name__}
    if isinstance(error, click.ClickException):
        _write_json(clean(error.format_message()), **facts)
        return error.exit_code
    # nobody's mistake but ours: whoever mends it needs to know where
    places = "".join(traceback.format_tb(error.__traceback__))
    _write_json(clean(f"{type(error).__name__}: {error}"), **facts, traceback=places)
    return 1


def say(text: str, *, event: str, level: str = "info", **facts: Any) -> None:
    """Show one line on stderr, whatever control characters a server put into the text.

    Args:
        text: The line.
        event: What happened, in a word, for a log of JSON.
        level: "info" or "warning".
        facts: More about it, for a log of JSON.
    """
    line = clean(text)
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


def _make_valid(value: Any) -> Any:
    """Return texts as UTF-8 can hold them: the name of a file may be any bytes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return [*map(_make_valid, value)] if isinstance(value, list) else value


def clean(text: str) -> str:
    """Return a message of the library as one line, in the words of the command line."""
    text = _make_valid(text)
    for advice, option in _ADVICE:
        text = re.sub(advice, option, text)
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())


def _write_line(line: str) -> None:
    click.echo(f"requests-paginate: {line}", err=True)


def _write_json(line: str | None, *, event: str, level: str, **facts: Any) -> None:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {} if line is None else {"message": line}
    told = {name: _make_valid(value) for name, value in facts.items()}
    entry = {"time": now, "level": level, "event": event, **message, **told}
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
