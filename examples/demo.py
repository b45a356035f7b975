"""Lists three paginated APIs to the last row, each with the same verb, and checks every row.

The APIs are Belvo and both of Pluggy's, as the sandbox serves them: on this machine, over TLS, with
invented data. Run it with `make demo`, or with `python examples/demo.py` after
`pip install 'requests-paginate[cli,sandbox]'`.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from requests_paginate import PaginatedSession
from requests_paginate.sandbox import Belvo, Combined, Pluggy, serve


def main() -> int:
    """Lists, checks and shows; the exit status is 1 if a row was missing, repeated or moved."""
    console = Console()
    table = Table("Listing", "Dialect found", title="Every row, exactly once and in order?")
    for heading in ("Rows", "Pages", "Requests", "Seconds", "Check"):
        table.add_column(heading, justify="right")

    pluggy, belvo = Pluggy(transactions=3000), Belvo(transactions=3542)
    account, link = pluggy.account_ids[0], belvo.link_ids[0]
    key = {"X-API-KEY": pluggy.api_key}
    secrets = (belvo.secret_id, belvo.secret_password)
    correct = True
    with (
        serve(Combined(dialects=(pluggy, belvo))) as server,
        PaginatedSession() as session,
        Progress(TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(),
                 console=console) as progress,
    ):  # fmt: skip
        session.verify = server.ca_file  # the sandbox's certificate is checked, too
        session.trust_env = False  # a proxy would not find a server on this machine

        listings = {
            "Belvo": session.get_all(
                f"{server.url}/api/transactions/",
                params={"link": link, "page_size": 1000},
                auth=secrets,
            ),
            "Pluggy, by page": session.get_all(
                f"{server.url}/transactions",
                params={"accountId": account, "pageSize": 500},
                headers=key,
            ),
            "Pluggy, by cursor": session.get_all(
                f"{server.url}/v2/transactions", params={"accountId": account}, headers=key
            ),
        }
        expected: dict[str, Any] = {
            "Belvo": belvo.transaction_rows(link),
            "Pluggy, by page": pluggy.transaction_rows(account),
            "Pluggy, by cursor": pluggy.transaction_rows(account),
        }
        for name, listing in listings.items():
            started = time.perf_counter()
            rows = list(progress.track(listing, total=len(expected[name]), description=name))
            seconds = time.perf_counter() - started
            right = rows == list(expected[name])
            correct = correct and right
            stats = listing.stats
            table.add_row(
                name, first_words(listing.strategy), f"{stats.items:,}", str(stats.pages),
                str(stats.requests), f"{seconds:.2f}", "[green]yes" if right else "[red]NO",
            )  # fmt: skip

    console.print(table)
    return 0 if correct else 1


def first_words(strategy: object) -> str:
    """The strategy's name and what it follows: `NextLink('next')`."""
    words = repr(strategy).partition(",")[0]
    return words if words.endswith(")") else f"{words})"


if __name__ == "__main__":
    sys.exit(main())
