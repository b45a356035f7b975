"""The command that lists three paginated APIs to the last row, and checks every row.

The APIs are Belvo and both of Pluggy's. The sandbox serves them on this machine, over TLS and with
invented data.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from requests_paginate import Listing
from requests_paginate._cli.sandbox import find_server

Row = dict[str, Any]
_COLUMNS = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn())
_SHOWN = ("value_date", "description", "amount")  # of a row


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """List invented Pluggy and Belvo data on this machine, and check every row.

    Exit status 1 if a row was missing, repeated or out of order.
    """
    server_class = find_server()
    from requests_paginate.providers import BelvoSession, PluggySession
    from requests_paginate.sandbox import Belvo, Combined, Pluggy

    pluggy, belvo = Pluggy(transactions=3000), Belvo(transactions=3542)
    console = Console(highlight=False)
    with (
        server_class(Combined(dialects=(pluggy, belvo))) as server,
        PluggySession(pluggy.client_id, pluggy.client_secret, base_url=server.url) as of_pluggy,
        BelvoSession(belvo.secret_id, belvo.secret_password, environment=server.url) as of_belvo,
    ):
        for session in (of_pluggy, of_belvo):
            session.verify = server.ca_file  # so that the sandbox's certificate is checked
            session.trust_env = False  # a proxy would not find a server on this machine
        account, link = pluggy.account_ids[0], belvo.link_ids[0]
        # One verb for three ways to paginate, and no word about which API paginates how.
        listings = {
            "Belvo": of_belvo.get_all("/api/transactions/", {"link": link}),
            "Pluggy": of_pluggy.get_all("/transactions", {"accountId": account}),
            "Pluggy v2": of_pluggy.get_all("/v2/transactions", {"accountId": account}),
        }
        expected = {
            "Belvo": belvo.transaction_rows(link),
            "Pluggy": pluggy.transaction_rows(account),
            "Pluggy v2": pluggy.transaction_rows(account),
        }
        _show_rows(of_belvo.get_all("/api/transactions/", {"link": link}, max_items=3))
        table = _new_table()
        errors = Console(stderr=True)
        hidden = not errors.is_terminal
        with Progress(*_COLUMNS, console=errors, transient=True, disable=hidden) as progress:
            results = [
                _list_and_check(name, listing, expected[name], table=table, progress=progress)
                for name, listing in listings.items()
            ]
    console.print(table)
    context.exit(0 if all(results) else 1)


def _show_rows(listing: Listing[Row]) -> None:
    click.echo("The first three rows from Belvo, three fields of each:")
    for row in listing:
        click.echo("  {}  {:<20} {:>9}".format(*(row[name] for name in _SHOWN)))
    click.echo("\nAll rows of three listings; correct: each came once, in the right order:")


def _list_and_check(
    name: str, listing: Listing[Row], expected: Sequence[Row], *, table: Table, progress: Progress
) -> bool:
    """List to the end, add a line to the table, and return whether every row came in order."""
    started = time.perf_counter()
    rows = list(progress.track(listing, total=len(expected), description=name))
    seconds = time.perf_counter() - started
    correct = rows == list(expected)
    stats = listing.stats
    counts = f"{stats.items:,}", str(stats.pages), str(stats.requests), f"{seconds:.2f}"
    verdict = "[green]yes" if correct else "[red]NO"
    table.add_row(f"  {name}", _first_words(listing.strategy), *counts, verdict)
    return correct


def _new_table() -> Table:
    """Return an empty table, narrow enough for the 80 columns of a log."""
    table = Table(box=None, pad_edge=False)
    for heading in ("  Provider", "Detected as"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Rows", "Pages", "Requests", "Seconds", "Correct"):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _first_words(strategy: object) -> str:
    """Return the strategy's name and what it follows, such as `NextLink('next')`."""
    return f"{repr(strategy).partition(',')[0].rstrip(')')})"
