"""Rows on stdout, or into a file: `requests-paginate get URL`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from requests_paginate import Listing
from requests_paginate._cli import terminal
from requests_paginate._cli.options import open_listing
from requests_paginate._cli.progress import PageCounter, is_terminal, make_progress_bar, sum_up
from requests_paginate.export import write
from requests_paginate.export.files import is_same_file
from requests_paginate.export.jsonl import JSONLines

# errors of a call that is to be made in another way, and of nothing that happened
_MISTAKES = (ValueError, FileExistsError, FileNotFoundError, IsADirectoryError)


def read_columns(_context: click.Context, _option: Any, given: str | None) -> Any:
    """Return the columns that were named, or "all"."""
    if given is None or given.strip() == "all":
        return None if given is None else "all"
    names = [name.strip() for name in given.split(",")]
    if not all(names):
        raise click.BadParameter("expected names of columns with commas between, or all.")
    return names


def read_timeline(_context: click.Context, _option: Any, given: str | None) -> Path | None:
    """Return where to draw a timeline; that it can be is found out before the first request."""
    if given is None:
        return None
    from requests_paginate.export.timeline import find_drawing

    path = Path(given)
    try:
        find_drawing(path)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no directory {str(path.parent)!r}.")
    return path


def write_rows(url: str, options: dict[str, Any], *, quiet: bool, timeline: Path | None) -> None:
    """Write the rows of a listing on stdout, as JSON lines, and sum up on stderr.

    Raises:
        Failure: Not all rows could be listed; it tells how many were written, and how to go on.
    """
    began = time.monotonic()
    interrupts, reached, written = terminal.Interrupts(), options["resume"], 0
    with (
        terminal.show_warnings(),
        interrupts.watch(),
        make_progress_bar(is_hidden=quiet) as progress,
    ):
        listing, form = open_listing(url, model=msgspec.Raw, **options), JSONLines()
        counter = PageCounter(progress, listing)
        with _draw(listing, timeline):
            try:
                for page in listing.pages():
                    with interrupts.hold():
                        _print(form.add(page.items))
                        reached, written = listing.checkpoint(), written + len(page)
                    counter.show(page)
            except KeyboardInterrupt:
                advice = _advise_resuming(written, reached)
                raise terminal.Interrupted(
                    f"interrupted{advice}", written=written, checkpoint=reached
                ) from None
            except BrokenPipeError:
                raise
            except OSError as error:  # every error of requests is one
                # a doubtful end is as doubtful again: every row was written
                is_over = options["strict"] and getattr(error, "is_end", False)
                advice = "" if is_over else _advise_resuming(written, reached)
                raise terminal.Failure(
                    f"{terminal.describe(error, url)}{advice}", error=type(error).__name__,
                    written=written, checkpoint=None if is_over else reached,
                ) from None  # fmt: skip
    if not quiet:
        _advise_going_on(listing)
    # a filter says nothing where nobody looks
    if not quiet and (is_terminal(sys.stderr) or terminal.is_log_of_json()):
        sum_up(listing, None, counter, time.monotonic() - began)


def write_file(
    url: str,
    path: str,
    options: dict[str, Any],
    *,
    checkpoint: str | None,
    columns: Any,
    force: bool,
    quiet: bool,
    timeline: Path | None,
) -> None:
    """Write the rows of a listing into a file, and sum up on stderr.

    Raises:
        Failure: It could not be written as a whole. It is not there then, or as it was before.
        Mistake: It cannot be written as the call asks for; nothing was sent.
    """
    began = time.monotonic()
    files = [Path(name) for name in (path, checkpoint) if name is not None]
    if timeline is not None and any(is_same_file(timeline, each) for each in files):
        raise click.UsageError("--timeline needs a file of its own.")
    again = "" if checkpoint is None else "; the same command goes on from there"
    with (
        terminal.show_warnings(),
        make_progress_bar(shows_rows=False, is_hidden=quiet) as progress,
    ):
        listing = open_listing(url, **options)
        counter = PageCounter(progress, listing)
        try:
            with _draw(listing, timeline):
                write(
                    listing, path, force=force, checkpoint=checkpoint, columns=columns,
                    on_start=counter.start, after_page=counter.show,
                )  # fmt: skip
        except KeyboardInterrupt:
            raise terminal.Interrupted(f"interrupted, and {path} is not written{again}") from None
        except (OSError, ValueError, ImportError) as error:  # every error of requests is an OSError
            is_of_page = getattr(error, "page_index", None) is not None
            is_mistake = isinstance(error, _MISTAKES) and not counter.is_started
            if getattr(error, "is_end", False):
                again = again and "; the same command begins anew"
            raise (terminal.Mistake if is_mistake else terminal.Failure)(
                f"{terminal.describe(error, url)}{again if is_of_page else ''}",
                error=type(error).__name__,
                page=getattr(error, "page_index", None),
            ) from None
    if not quiet:
        _advise_going_on(listing)
        sum_up(listing, path, counter, time.monotonic() - began)


def _print(content: bytes) -> None:
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        terminal.drop_output()
        raise OSError(f"cannot write the rows: {error.strerror}") from None


def _advise_resuming(written: int, checkpoint: str | None) -> str:
    return f"; {written} rows were written, go on with --resume {checkpoint}" if checkpoint else ""


def _advise_going_on(listing: Listing[Any]) -> None:
    """Tell how to go on after --max-items or --max-pages, if there is more."""
    if not listing._is_over():
        token = listing.checkpoint()
        text = f"stopped as asked, and there is more: go on with --resume {token}"
        terminal.say(text, event="stopped", checkpoint=token)


@contextmanager
def _draw(listing: Listing[Any], path: Path | None) -> Iterator[None]:
    """Draw the run of a listing while the context lasts, however it ends."""
    if path is None:
        yield
        return
    timeline = listing.timeline()
    try:
        yield
    finally:
        try:
            timeline.write(path)
        except OSError as error:  # what ended the listing is more important
            text = f"cannot write the timeline: {error}"
            terminal.say(text, event="warning", level="warning", category="OSError")
