"""The commands that tell how an API paginates, and which dialects there are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from requests_paginate import Page, dialects
from requests_paginate._cli import terminal
from requests_paginate._cli.options import add_request_options, open_listing
from requests_paginate._detection import detect
from requests_paginate._paths import describe_type
from requests_paginate._redaction import redact_url
from requests_paginate.strategies import SinglePage, Strategy

_EXPLAIN_EXAMPLE = """\b
Example:
  requests-paginate explain https://api.github.com/users/python/repos
"""


@click.command(epilog=_EXPLAIN_EXAMPLE)
@add_request_options
def explain(url: str, strategy: str | None, **options: Any) -> None:
    """Make one request and tell how a listing paginates.

    Exit status 1 if that cannot be told: the message then says what was seen.
    """
    with terminal.show_warnings():
        listing = open_listing(url, strategy=strategy, max_pages=1, retries=0, **options)
        try:
            page = next(listing.pages())
        except OSError as error:  # every error of requests is one
            raise terminal.Failure(terminal.describe(error, url)) from None
    found: Any = listing.strategy
    known = dialects.by_name().items()
    names = [strategy] if strategy else [name for name, each in known if each == found]
    for label, text in (
        ("URL", redact_url(page.url)),
        ("dialect", f"{found!r}{_name_style(names)}"),
        *_explain_strategy(page, found, strategy, options.get("items")),
        ("rows", f"{len(page)} on the first page, at {found.items!r}"),
        ("total", "not told" if page.total is None else str(page.total)),
        ("next", "nothing" if page.next is None else repr(page.next)),
        ("complete", _describe_end(page, found, listing.doubts)),
        *(("doubt", doubt) for doubt in listing.doubts),
    ):
        click.echo(f"{label:<12}{text}")


def _explain_strategy(
    page: Page, found: Strategy, named: str | None, items: str | None
) -> Iterator[tuple[str, str]]:
    """Yield why it is this dialect, where that was seen, and what else the page would allow."""
    if named:
        yield "why", f"--strategy {named}"
    else:
        explanation = detect.explain(page, items=items)
        yield "why", explanation.reason
        for other in explanation.strategies[1:]:
            yield "else", f"{other!r}, if the second page is the first again"
        for other in explanation.passed_over:
            yield "passed over", repr(other)
    paths = [*found.list_paths(), getattr(found.total, "path", None)]
    seen = [(path, page.lookup(path.lstrip("!"))) for path in paths if path]
    if seen:
        yield "seen", ", ".join(f"{_show_value(value)} at {path!r}" for path, value in seen)


def _name_style(names: Sequence[str]) -> str:
    """Return whose style it is; the API that was asked may be anybody's."""
    shown = " or ".join(names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f", in the style of {shown}{more}" if names else ""


def _show_value(value: Any) -> str:
    """Return a count or a flag as it is; of anything else, which may be secret, only its type."""
    return str(value).lower() if isinstance(value, (bool, int)) else describe_type(value)


def _describe_end(page: Page, strategy: Strategy, doubts: Sequence[str]) -> str:
    if page.next is not None:
        return "no, more pages follow"
    if doubts:
        return "doubtful"
    if isinstance(strategy, SinglePage):
        return "as far as one page tells: nothing in it says that more follow"
    return "yes, nothing follows this page"


@click.command("dialects")
def list_dialects() -> None:
    """List the names that --strategy takes, and where each is documented."""
    sources = dialects.sources()
    if not sys.stdout.isatty():  # one line each, with tabs between: for grep and cut
        click.echo("Name\tStrategy\tSource")
        for name, strategy in dialects.by_name().items():
            click.echo(f"{name}\t{strategy!r}\t{sources[name]}")
        return
    table = Table("Name", "Strategy and source", box=None, pad_edge=False)
    for name, strategy in dialects.by_name().items():
        table.add_row(name, Text(f"{strategy!r}\n{sources[name]}", overflow="fold"))
    console = Console()
    with console.capture() as text:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in text.get().splitlines()))
