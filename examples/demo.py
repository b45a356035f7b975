"""A demo that lists three paginated APIs to the last row with one verb, and checks every row.

The APIs are Belvo and both of Pluggy's. The sandbox serves them on this machine, over TLS and with
invented data. Run the demo with `make demo`, or with `python examples/demo.py` after
`pip install 'requests-paginate[cli,sandbox]'`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from requests_paginate import Listing
from requests_paginate.providers import BelvoSession, PluggySession
from requests_paginate.sandbox import Belvo, Combined, Pluggy, serve

Row = dict[str, Any]
COLUMNS = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn())


def main() -> int:
    """Return the exit status: 1 if a row was missing, repeated or out of order."""
    pluggy, belvo = Pluggy(transactions=3000), Belvo(transactions=3542)
    console = Console()
    with (
        serve(Combined(dialects=(pluggy, belvo))) as server,
        PluggySession(pluggy.client_id, pluggy.client_secret, base_url=server.url) as of_pluggy,
        BelvoSession(belvo.secret_id, belvo.secret_password, environment=server.url) as of_belvo,
    ):
        for session in (of_pluggy, of_belvo):
            session.verify = server.ca_file  # so that the sandbox's certificate is checked
            session.trust_env = False  # a proxy would not find a server on this machine

        account, link = pluggy.account_ids[0], belvo.link_ids[0]
        # One verb for three ways to paginate, and no word about which API paginates how.
        listings = {
            "Belvo": of_belvo.get_all("/api/transactions/", params={"link": link}),
            "Pluggy": of_pluggy.get_all("/transactions", params={"accountId": account}),
            "Pluggy v2": of_pluggy.get_all("/v2/transactions", params={"accountId": account}),
        }
        expected = {
            "Belvo": belvo.transaction_rows(link),
            "Pluggy": pluggy.transaction_rows(account),
            "Pluggy v2": pluggy.transaction_rows(account),
        }
        table = new_table()
        with Progress(*COLUMNS, console=console) as progress:
            results = [
                list_and_check(name, listing, expected[name], table=table, progress=progress)
                for name, listing in listings.items()
            ]
    console.print(table)
    return 0 if all(results) else 1


def list_and_check(
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
    table.add_row(name, first_words(listing.strategy), *counts, verdict)
    return correct


def new_table() -> Table:
    """Return an empty table, narrow enough for the 80 columns of a log."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.caption = "Correct: every row came exactly once and in the right order."
    for heading in ("Provider", "Detected as"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Rows", "Pages", "Requests", "Seconds", "Correct"):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def first_words(strategy: object) -> str:
    """Return the strategy's name and what it follows, such as `NextLink('next')`."""
    words = repr(strategy).partition(",")[0]
    return words if words.endswith(")") else f"{words})"


if __name__ == "__main__":
    sys.exit(main())
