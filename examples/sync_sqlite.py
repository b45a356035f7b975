"""The daily job: copy the transactions of Pluggy or Belvo into SQLite, each day what is new.

Run it without arguments, and it copies from a sandbox on this machine. With a real account:

    pip install requests-paginate sqlite-utils
    export PLUGGY_CLIENT_ID=... PLUGGY_CLIENT_SECRET=...
    python sync_sqlite.py bank.db pluggy ACCOUNT_ID ...

A day has two steps for each account. *New* lists what the provider received since the newest row
that is stored, and some time before that. *Window* lists the last 45 days by date: banks edit
recent transactions, and delete them, such as pending ones that are booked under another id.

Each page is stored together with its checkpoint, in one transaction of the database. So the job may
be killed at any moment: run it again, and it goes on after the last page that is stored. The ids
are the primary key: a row that comes twice is one row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from requests_paginate import Listing, PaginatedSession
from requests_paginate.exceptions import InvalidCheckpoint, PageFailed
from requests_paginate.providers import BelvoSession, PluggySession, belvo, pluggy

OVERLAP = timedelta(days=1)  # before the newest row: some are received late, or out of order
WINDOW = timedelta(days=45)
STEPS = ("new", "window")
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a provider calls its transactions, and the filters of their listing."""

    session: PaginatedSession
    path: str
    account: str
    received_from: str  # when the provider received a row
    dated_from: str  # when the bank booked it
    write_time: Callable[[datetime], str]
    model: type[Any]
    make_row: Callable[[Any], Row]

    def open(self, state: Mapping[str, Any]) -> Listing[Any]:
        """Return the listing of a step, from where it stood."""
        params = {self.account: state["account"]}
        if state["since"] is not None:
            is_new = state["step"] == "new"
            params[self.received_from if is_new else self.dated_from] = state["since"]
        return self.session.get_all(
            self.path, params=params, model=self.model, resume=state["checkpoint"], strict=True
        )


def make_pluggy(session: PluggySession) -> Source:
    """Return Pluggy's transactions; createdAtFrom and dateFrom exclude each other."""
    return Source(
        session=session,
        path="/v2/transactions",
        account="accountId",
        received_from="createdAtFrom",
        dated_from="dateFrom",
        write_time=lambda it: it.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        model=pluggy.Transaction,
        make_row=lambda row: _make_row(row, row.date),
    )


def make_belvo(session: BelvoSession) -> Source:
    """Return Belvo's transactions; created_at is when Belvo last updated a row."""
    return Source(
        session=session,
        path="/api/transactions/",
        account="link",
        received_from="created_at__gte",
        dated_from="value_date__gte",
        write_time=lambda it: it.date().isoformat(),  # Belvo's description names a day
        model=belvo.Transaction,
        make_row=lambda row: _make_row(row, row.value_date),
    )


def _make_row(row: Any, day: date | datetime | None) -> Row:
    return {
        "id": row.id,
        "date": None if day is None else day.isoformat(),
        "received": None if row.created_at is None else row.created_at.isoformat(),
        "amount": None if row.amount is None else str(row.amount),  # exact, as it came
        "description": row.description,
        "status": row.status,
    }


def sync(database: Path, source: Source, accounts: Sequence[str], today: date) -> None:
    """Bring the database up to date."""
    db = sqlite_utils.Database(database)
    _make_tables(db)
    for account in accounts:
        state = _find_state(db, account)
        step: Row | None = state or _begin(db, source, account, STEPS[0], today)
        while step is not None:
            _copy_pages(db, source, step)
            step = _end_step(db, source, step, today)
    db.close()


def _copy_pages(db: sqlite_utils.Database, source: Source, state: Row) -> None:
    """Store the pages of a step, each together with the checkpoint behind it."""
    try:
        for page in source.open(state).pages():
            with db.atomic():
                rows = [
                    {**source.make_row(item), "account": state["account"], "run": state["run"]}
                    for item in page
                ]
                db.table("transactions").upsert_all(rows, pk="id")
                state["checkpoint"] = page.checkpoint
                db.table("sync").upsert(state, pk="account")
    except (InvalidCheckpoint, PageFailed) as error:
        # a cursor does not live for ever: then the step begins again
        is_too_old = isinstance(error, InvalidCheckpoint) or error.response.status_code == 400
        if state["checkpoint"] is None or not is_too_old:
            raise
        state["checkpoint"] = None
        _copy_pages(db, source, state)


def _end_step(db: sqlite_utils.Database, source: Source, state: Row, today: date) -> Row | None:
    """Go on to the next step; after the last one, delete what the window no longer lists."""
    account, is_last = state["account"], state["step"] == STEPS[-1]
    with db.atomic():
        if is_last:
            # A day later than listed: where a day begins depends on the time zone.
            first = (today - WINDOW + timedelta(days=1)).isoformat()
            old = "account = ? and date >= ? and run < ?"
            db.table("transactions").delete_where(old, [account, first, state["run"]])
        db.table("sync").delete(account)
        return None if is_last else _begin(db, source, account, STEPS[-1], today)


def _begin(db: sqlite_utils.Database, source: Source, account: str, step: str, today: date) -> Row:
    """Return where a step begins, and keep it until the step has ended."""
    newest, run = next(db.conn.execute(
        "select max(received), coalesce(max(run), 0) from transactions where account = ?", [account]
    ))  # fmt: skip
    since = (today - WINDOW).isoformat()
    if step == "new":
        since = newest and source.write_time(datetime.fromisoformat(newest) - OVERLAP)
    state = {
        "account": account, "step": step, "since": since, "checkpoint": None, "run": run + 1,
    }  # fmt: skip
    db.table("sync").upsert(state, pk="account")
    return state


def _find_state(db: sqlite_utils.Database, account: str) -> Row | None:
    """Return where the last run stopped; None if it came to its end."""
    found: list[Row] = list(db.table("sync").rows_where("account = ?", [account]))
    return found[0] if found else None


def _make_tables(db: sqlite_utils.Database) -> None:
    names = ("id", "account", "date", "received", "amount", "description", "status")
    columns: dict[str, Any] = {**dict.fromkeys(names, str), "run": int}
    db.table("transactions").create(columns, pk="id", if_not_exists=True)
    columns = {**dict.fromkeys(("account", "step", "since", "checkpoint"), str), "run": int}
    db.table("sync").create(columns, pk="account", if_not_exists=True)


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description="Copies transactions into SQLite.")
    parser.add_argument("database", nargs="?", type=Path, help="the file; none: tries the sandbox")
    parser.add_argument("provider", nargs="?", choices=("pluggy", "belvo"), default="pluggy")
    parser.add_argument("accounts", nargs="*", help="accounts of Pluggy, or links of Belvo")
    asked = parser.parse_args()
    if asked.database is None:
        return _try_sandbox()
    of_pluggy = asked.provider == "pluggy"
    source = make_pluggy(PluggySession()) if of_pluggy else make_belvo(BelvoSession())
    sync(asked.database, source, asked.accounts, date.today())
    return 0


def _try_sandbox() -> int:
    from requests_paginate.sandbox import Pluggy, serve

    bank = Pluggy(transactions=1300)
    with serve(bank) as server, tempfile.TemporaryDirectory() as folder:
        session = PluggySession(bank.client_id, bank.client_secret, base_url=server.url)
        session.verify, session.trust_env = server.ca_file, False
        file = Path(folder) / "bank.db"
        for day in (date(2026, 3, 4), date(2026, 3, 5)):
            before = server.requests.total()
            sync(file, make_pluggy(session), bank.account_ids, day)
            count = sqlite_utils.Database(file).table("transactions").count
            print(f"{day}: {count} rows stored, {server.requests.total() - before} requests")
    return 0 if count == 2600 else 1


if __name__ == "__main__":
    sys.exit(main())
