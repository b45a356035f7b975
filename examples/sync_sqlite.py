"""The daily job: copy the transactions of Pluggy or Belvo into SQLite, each day what is new.

Run it without arguments, and it copies from a sandbox on this machine. With real accounts:

    pip install requests-paginate sqlite-utils
    export PLUGGY_CLIENT_ID=... PLUGGY_CLIENT_SECRET=...
    python sync_sqlite.py bank.db pluggy ACCOUNT_ID ...

A day has two steps for each account. *New* lists what the provider received since the last day on
which this step came to its end, and some time before that. *Window* lists the last 45 days by date:
banks edit recent transactions, and delete them, such as pending ones that are booked under another
id. What the window no longer has is asked for by its id before it is deleted.

Each page is stored together with its checkpoint, in one transaction of the database. So the job may
be killed at any moment: run it again, and it goes on after the last page that is stored. The ids
are the primary key: a row that comes twice is one row. A listing whose end is doubtful is stored,
too, but nothing is deleted for it, and the next day lists the same again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from requests_paginate import Listing, PaginatedSession
from requests_paginate.exceptions import InvalidCheckpoint, PageFailed, PaginationError
from requests_paginate.providers import BelvoSession, PluggySession, belvo, pluggy

OVERLAP = timedelta(
    days=2
)  # some rows are received late, and a day begins elsewhere at other times
WINDOW = timedelta(days=45)
MOST_IDS = 100  # of one request
Row = dict[str, Any]
Database = sqlite_utils.Database


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a provider calls its transactions, and the filters of their listing."""

    session: PaginatedSession
    path: str
    model: type[Any]
    account: str
    received_from: str  # when the provider received a row
    dated_from: str  # when the bank booked it
    ids: str
    currency: str  # the attributes of a row
    date: str

    def open(self, state: Mapping[str, Any]) -> Listing[Any]:
        """Return the listing of a step, from where it stood."""
        params = {self.account: state["account"]}
        if state["since"] is not None:
            is_new = state["step"] == "new"
            params[self.received_from if is_new else self.dated_from] = state["since"]
        return self._list(params, resume=state["checkpoint"])

    def find(self, account: str, ids: Iterable[str]) -> list[Any]:
        """Return those of some transactions that still exist."""
        return list(self._list({self.account: account, self.ids: ",".join(ids)}))

    def _list(self, params: Mapping[str, Any], **options: Any) -> Listing[Any]:
        return self.session.get_all(self.path, params=params, model=self.model, **options)

    def make_row(self, found: Any) -> Row:
        """Return what is stored of a transaction."""
        day, received = getattr(found, self.date), found.created_at
        return {
            "id": found.id,
            "date": None if day is None else day.isoformat(),
            "received": None if received is None else received.isoformat(),
            "amount": None if found.amount is None else str(found.amount),  # exact, as it came
            "currency": getattr(found, self.currency),
            "type": found.type,  # the direction: trust it, and not the sign
            "status": found.status,
            "description": found.description,
        }


def make_pluggy(session: PluggySession) -> Source:
    """Return Pluggy's transactions; createdAtFrom and dateFrom exclude each other."""
    return Source(
        session=session, path="/v2/transactions", model=pluggy.Transaction, account="accountId",
        received_from="createdAtFrom", dated_from="dateFrom", ids="ids",
        currency="currency_code", date="date",
    )  # fmt: skip


def make_belvo(session: BelvoSession) -> Source:
    """Return Belvo's transactions; created_at is when Belvo last updated a row."""
    return Source(
        session=session, path="/api/transactions/", model=belvo.Transaction, account="link",
        received_from="created_at__gte", dated_from="value_date__gte", ids="id__in",
        currency="currency", date="value_date",
    )  # fmt: skip


def sync(database: Path, source: Source, accounts: Sequence[str], today: date) -> dict[str, str]:
    """Bring the database up to date.

    Returns:
        What went wrong, by account: one that fails does not stop the others.
    """
    db, failures = Database(database), {}
    make_tables(db)
    for account in accounts:
        try:
            sync_account(db, source, account, today)
        except PaginationError as error:
            failures[account] = str(error)
    db.close()
    return failures


def sync_account(db: Database, source: Source, account: str, today: date) -> None:
    """Do both steps for an account, from where the last run stopped."""
    open_steps = list(db.table("sync").rows_where("account = ?", [account]))
    state = open_steps[0] if open_steps else begin(db, account, "new", today)
    if state["step"] == "new":
        if copy_pages(db, source, state):
            keep_watermark(db, state)
        state = begin(db, account, "window", today)
    if copy_pages(db, source, state):
        delete_what_is_gone(db, source, state)
    db.table("sync").delete(account)


def begin(db: Database, account: str, step: str, today: date) -> Row:
    """Return where a step begins, and keep it until the step has ended."""
    since: str | None = (today - WINDOW).isoformat()
    if step == "new":
        kept = list(db.table("accounts").rows_where("account = ?", [account]))
        since = kept[0]["watermark"] if kept else None
    (run,) = next(db.execute("select coalesce(max(run), 0) + 1 from transactions"))
    state = {
        "account": account, "step": step, "since": since, "began": today.isoformat(),
        "run": run, "checkpoint": None, "rows": 0,
    }  # fmt: skip
    db.table("sync").upsert(state, pk="account")
    return state


def copy_pages(db: Database, source: Source, state: Row) -> bool:
    """Store the pages of a step, each with the checkpoint behind it.

    Returns:
        Whether the listing was whole, without a doubt.
    """
    had_checkpoint = state["checkpoint"] is not None
    try:
        return store(db, source, state)
    except (InvalidCheckpoint, PageFailed) as error:
        if not (had_checkpoint and is_too_old(error)):
            raise
    except PaginationError as error:
        if getattr(error, "is_end", False):  # all rows came: the next run begins the step anew
            db.table("sync").upsert({**state, "checkpoint": None}, pk="account")
        raise
    state["checkpoint"] = None
    return store(db, source, state)


def is_too_old(error: PaginationError) -> bool:
    """Return whether a checkpoint leads nowhere: a cursor does not live for ever."""
    status = getattr(error.response, "status_code", 0)
    is_refused = error.items_yielded == 0 and status in (400, 404)
    return isinstance(error, InvalidCheckpoint) or is_refused


def store(db: Database, source: Source, state: Row) -> bool:
    """Store the pages of a listing, and return whether it was whole."""
    listing = source.open(state)
    state["rows"] = 0  # of this run: an earlier one proves nothing
    for page in listing.pages():
        state["checkpoint"], state["rows"] = page.checkpoint, state["rows"] + len(page)
        with db.atomic():
            store_rows(db, source, state, page)
            db.table("sync").upsert(state, pk="account")
    return listing.complete


def store_rows(db: Database, source: Source, state: Row, found: Iterable[Any]) -> None:
    """Insert transactions, or update them."""
    more = {"account": state["account"], "run": state["run"]}
    rows = [{**source.make_row(each), **more} for each in found]
    db.table("transactions").upsert_all(rows, pk="id")


def keep_watermark(db: Database, state: Row) -> None:
    """Remember up to where everything that was received is stored.

    That is no later than when the step began: what came meanwhile may stand on a page that was
    already read. And no later than the newest row: this machine's clock may be ahead.
    """
    newest, = next(db.execute(
        "select max(received) from transactions where account = ?", [state["account"]]
    ))  # fmt: skip
    if newest is not None:
        upto = min(datetime.fromisoformat(newest).date(), date.fromisoformat(state["began"]))
        row = {"account": state["account"], "watermark": (upto - OVERLAP).isoformat()}
        db.table("accounts").upsert(row, pk="account")


def delete_what_is_gone(db: Database, source: Source, state: Row) -> None:
    """Delete what the window no longer lists, and what does not exist any more.

    By page numbers a listing may skip a row while others go, and a date may move out of the window.
    """
    if not state["rows"]:
        return  # an unknown account has no rows, too
    # a day later than listed: where a day begins depends on the time zone
    first = (date.fromisoformat(state["since"]) + timedelta(days=1)).isoformat()
    missing = "select id from transactions where account = ? and date >= ? and run < ?"
    ids = [each for (each,) in db.execute(missing, [state["account"], first, state["run"]])]
    for at in range(0, len(ids), MOST_IDS):
        asked = ids[at : at + MOST_IDS]
        found = source.find(state["account"], asked)
        gone = set(asked).difference(each.id for each in found)
        with db.atomic():
            store_rows(db, source, state, found)
            for each in gone:
                db.table("transactions").delete(each)


def make_tables(db: Database) -> None:
    """Make the tables, if they are not there."""
    texts = {
        "transactions": ("id", "account", "date", "received", "amount", "currency", "type",
                         "status", "description"),
        "sync": ("account", "step", "since", "began", "checkpoint"),
        "accounts": ("account", "watermark"),
    }  # fmt: skip
    numbers = {"transactions": ("run",), "sync": ("run", "rows"), "accounts": ()}
    for name, columns in texts.items():
        kinds: dict[str, Any] = {**dict.fromkeys(columns, str), **dict.fromkeys(numbers[name], int)}
        db.table(name).create(kinds, pk=columns[0], if_not_exists=True)


def main() -> int:
    """Return the exit status: 1 if an account failed."""
    parser = argparse.ArgumentParser(description="Copies transactions into SQLite.")
    parser.add_argument("database", nargs="?", type=Path, help="the file; none: tries the sandbox")
    parser.add_argument("provider", nargs="?", choices=("pluggy", "belvo"), default="pluggy")
    parser.add_argument("accounts", nargs="*", help="accounts of Pluggy, or links of Belvo")
    asked = parser.parse_args()
    if asked.database is None:
        return try_sandbox()
    if not asked.accounts:
        parser.error("which accounts? Name them after the provider")
    of_pluggy = asked.provider == "pluggy"
    source = make_pluggy(PluggySession()) if of_pluggy else make_belvo(BelvoSession())
    failures = sync(asked.database, source, asked.accounts, date.today())
    for account, text in failures.items():
        print(f"{account}: {text}", file=sys.stderr)
    count = Database(asked.database).table("transactions").count
    print(f"{len(asked.accounts) - len(failures)} accounts are up to date, {count} rows are stored")
    return 1 if failures else 0


def try_sandbox() -> int:
    """Copy from a sandbox on two days, and return the exit status."""
    from requests_paginate.sandbox import Changing, Pluggy, serve

    bank = Pluggy(transactions=1300)
    changing = Changing(dialect=bank)
    with serve(changing) as server, tempfile.TemporaryDirectory() as folder:
        session = PluggySession(bank.client_id, bank.client_secret, base_url=server.url)
        session.verify, session.trust_env = server.ca_file, False
        file = Path(folder) / "bank.db"
        for day in (date(2026, 3, 4), date(2026, 3, 5)):
            before = server.requests.total()
            sync(file, make_pluggy(session), bank.account_ids, day)
            count = Database(file).table("transactions").count
            print(f"{day}: {count} rows stored, {server.requests.total() - before} requests")
            changing.insert(5)
    return 0 if count == 2610 else 1


if __name__ == "__main__":
    sys.exit(main())
