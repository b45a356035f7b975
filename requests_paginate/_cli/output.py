"""Rows into a file: `requests-paginate get URL -o FILE`."""

from __future__ import annotations

import time
from typing import Any

import click

from requests_paginate import Listing
from requests_paginate._cli import terminal
from requests_paginate._cli.options import open_listing
from requests_paginate.export import write


def read_columns(_context: click.Context, _option: Any, given: str | None) -> Any:
    """Return the columns that were named, or "all"."""
    if given is None or given.strip() == "all":
        return None if given is None else "all"
    names = [name.strip() for name in given.split(",")]
    if not all(names):
        raise click.BadParameter("expected names of columns with commas between, or all.")
    return names


def write_file(
    url: str,
    path: str,
    options: dict[str, Any],
    *,
    checkpoint: str | None,
    columns: Any,
    force: bool,
    quiet: bool,
) -> None:
    """Write the rows of a listing into a file, and sum up on stderr.

    Raises:
        Failure: It could not be written as a whole. It is not there then, or as it was before.
    """
    began = time.monotonic()
    again = "" if checkpoint is None else "; the same command goes on from there"
    with terminal.show_warnings(), terminal.make_progress_bar(shows_rows=False) as progress:
        listing = open_listing(url, **options)
        try:
            write(
                listing, path, force=force, checkpoint=checkpoint, columns=columns,
                after_page=terminal.count_pages(progress, listing),
            )  # fmt: skip
        except KeyboardInterrupt:
            raise terminal.Interrupted(f"interrupted, and {path} is not written{again}") from None
        except (OSError, ValueError, ImportError) as error:  # every error of requests is an OSError
            is_of_page = getattr(error, "page_index", None) is not None
            raise terminal.Failure(f"{error}{again if is_of_page else ''}") from None
    if not quiet:
        terminal.say(_sum_up(listing, path, time.monotonic() - began))


def _sum_up(listing: Listing[Any], path: str, seconds: float) -> str:
    stats = listing.stats
    counts = [
        f"{stats.items:,} rows", f"{stats.pages:,} pages", f"{stats.requests:,} requests",
        f"{stats.retries:,} retries", f"{stats.seconds_waited:.1f} s waited",
        f"{stats.bytes / 1e6:,.1f} MB",
    ]  # fmt: skip
    doubts = f"; {len(listing.doubts)} doubts" if listing.doubts else ""
    speed = f"{stats.items / max(seconds, 1e-9):,.0f} rows/s"
    return f"{path}: {', '.join(counts)} in {seconds:.1f} s ({speed}){doubts}"
