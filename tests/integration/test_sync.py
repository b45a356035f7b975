"""The daily job of examples/sync_sqlite.py: killed anywhere, it goes on without loss or repeat."""

from __future__ import annotations

import importlib.util
import os
import random
import sqlite3
import subprocess
import sys
import threading
import warnings
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from requests_paginate.providers import BelvoSession, PluggySession
from requests_paginate.sandbox import Belvo, Changing, Pluggy, Response, serve

pytestmark = pytest.mark.integration

JOB = Path(__file__).parents[2] / "examples" / "sync_sqlite.py"
KILLS = 50
SECONDS = 60  # far more than a run takes, so that a failure is no hang


class Counting:
    """A dialect that tells when so many pages more were asked for."""

    def __init__(self, dialect):
        self.dialect, self.left = dialect, None
        self.reached = threading.Event()
        self._lock = threading.Lock()

    def wait_for(self, pages):
        """Tell after so many pages."""
        self.reached.clear()
        self.left = pages

    def respond(self, request):
        """Answer a request."""
        with self._lock:
            if self.left is not None and request.path.strip("/").endswith("transactions"):
                self.left -= 1
                if self.left <= 0:
                    self.reached.set()
        return self.dialect.respond(request)


def start(server, database, provider, names, **secrets):
    """Start the job in a process of its own."""
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {f"{provider.upper()}_API_URL": server.url, "REQUESTS_CA_BUNDLE": server.ca_file}
    return subprocess.Popen(
        [sys.executable, str(JOB), str(database), provider, *names],
        env={**variables, **own, **secrets, "NO_PROXY": "localhost"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def stored(database):
    """The ids and amounts in the database, and the steps that are still open."""
    with closing(sqlite3.connect(database)) as db:
        if not database.stat().st_size or len(list(db.execute("pragma table_list"))) < 5:
            return {}, 0  # it was killed before the tables were made
        rows = dict(db.execute("select id, amount from transactions"))
        (open_steps,) = next(db.execute("select count(*) from sync"))
    return rows, open_steps


CASES = {
    "pluggy": Pluggy(transactions=400, accounts=2, v2_page_size=10),
    "belvo": Belvo(transactions=2500, accounts=3, links=2),
}


@pytest.mark.parametrize("provider", CASES)
def test_killed_at_random_points_the_job_ends_with_the_truth(provider, tmp_path):
    """Each row is there once, with its exact amount, after 50 kills of Pluggy's job."""
    dialect = CASES[provider]
    if provider == "pluggy":
        names, kills = dialect.account_ids, KILLS
        secrets = {"ID": dialect.client_id, "SECRET": dialect.client_secret}
        secrets = {f"PLUGGY_CLIENT_{name}": value for name, value in secrets.items()}
    else:
        names, kills = dialect.link_ids, 5
        secrets = {"ID": dialect.secret_id, "PASSWORD": dialect.secret_password}
        secrets = {f"BELVO_SECRET_{name}": value for name, value in secrets.items()}
    truth = {
        row["id"]: str(row["amount"]) for name in names for row in dialect.transaction_rows(name)
    }
    counting, chance = Counting(dialect), random.Random(15)
    database, sizes = tmp_path / "bank.db", []
    with serve(counting) as server:
        for _ in range(kills):
            counting.wait_for(chance.randint(1, 4))
            with start(server, database, provider, names, **secrets) as job:
                assert counting.reached.wait(SECONDS)
                job.kill()
            if database.exists():
                sizes.append(len(stored(database)[0]))
        with start(server, database, provider, names, **secrets) as job:
            assert (0, "") == (job.wait(SECONDS), job.stderr.read())
    assert (truth, 0) == stored(database)
    assert sorted(sizes) == sizes
    assert len(set(sizes)) > kills // 4  # it got on in between


@pytest.fixture
def job():
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("sync_sqlite", JOB)
    module = importlib.util.module_from_spec(spec)
    sys.modules["sync_sqlite"] = module  # where its dataclass looks for itself
    spec.loader.exec_module(module)
    yield module
    del sys.modules["sync_sqlite"]


TODAY = date(2026, 3, 4)  # the newest day of the sandbox


@contextmanager
def copying(job, dialect, *, of_belvo=False):
    """A function that runs the job for a day, from a dialect that is served meanwhile."""
    with serve(dialect) as server:
        if of_belvo:
            secrets = (BELVO.secret_id, BELVO.secret_password)
            session = BelvoSession(*secrets, environment=server.url)
        else:
            session = PluggySession(BANK.client_id, BANK.client_secret, base_url=server.url)
        session.verify, session.trust_env = server.ca_file, False
        source = (job.make_belvo if of_belvo else job.make_pluggy)(session)

        def run(database, accounts, day=TODAY):
            before = server.requests.total()
            failures = job.sync(database, source, accounts, day)
            run.requests = server.requests.total() - before
            return failures

        yield run


BANK, BELVO = Pluggy(transactions=700, v2_page_size=50), Belvo(transactions=2500, page_size=1000)


def rows_of(dialect, names):
    """What the table should hold."""
    return {
        row["id"]: str(row["amount"]) for name in names for row in dialect.transaction_rows(name)
    }


def test_the_next_day_has_what_changed(job, tmp_path):
    """What is new comes, what a bank deleted goes, and what is old is not asked for again."""
    changing, database = Changing(dialect=BANK), tmp_path / "bank.db"
    newest = [row["id"] for row in BANK.transaction_rows(BANK.account_ids[0])[:9]]
    with copying(job, changing) as run:
        assert {} == run(database, BANK.account_ids)
        first = run.requests
        changing.insert(5)
        changing.delete(*newest[3:7])
        assert {} == run(database, BANK.account_ids, date(2026, 3, 5))
        assert run.requests < first
    truth = rows_of(changing.now, BANK.account_ids)
    assert (truth, 0) == stored(database)
    assert not set(newest[3:7]) & truth.keys()


def test_rows_that_come_while_belvo_is_listed_stop_nothing(job, tmp_path):
    """A doubtful listing is stored, deletes nothing, and is repeated the next day."""
    changing, database = Changing(dialect=BELVO, inserted_per_page=1), tmp_path / "bank.db"
    names = BELVO.link_ids
    with copying(job, changing, of_belvo=True) as run, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert {} == run(database, names)
        known = set(rows_of(BELVO, names))
        assert known <= stored(database)[0].keys()
        changing.inserted_per_page = 0
        assert {} == run(database, names)
    assert (rows_of(changing.now, names), 0) == stored(database)


def test_one_ailing_link_stops_no_other(job, tmp_path):
    """It is named with its error, and listed once it is well."""
    ailing = replace(BELVO, link_errors=("token_required", None))
    database, names = tmp_path / "bank.db", BELVO.link_ids
    with copying(job, ailing, of_belvo=True) as run:
        failures = run(database, names)
        assert [names[0]] == list(failures)
        assert "428" in failures[names[0]]
        assert rows_of(BELVO, names[1:]) == stored(database)[0]
    with copying(job, BELVO, of_belvo=True) as run:
        assert {} == run(database, names)
    assert (rows_of(BELVO, names), 0) == stored(database)


@pytest.mark.parametrize("day", [date(2026, 3, 6), date(2026, 2, 1)])
@pytest.mark.usefixtures("waits")
def test_a_window_that_was_interrupted_deletes_nothing_that_is_there(job, tmp_path, day):
    """Whatever the clock says when it goes on."""
    database, spoiled = tmp_path / "bank.db", Spoiled(BANK, pages=16)
    with copying(job, spoiled) as run:
        assert [BANK.account_ids[0]] == list(run(database, BANK.account_ids[:1]))
        spoiled.status = None
        assert {} == run(database, BANK.account_ids[:1], day)
    assert (rows_of(BANK, BANK.account_ids[:1]), 0) == stored(database)


def test_an_account_that_is_unknown_for_a_day_keeps_its_rows(job, tmp_path):
    """Providers answer 200 and no rows for it."""
    database, others = tmp_path / "bank.db", replace(BANK, accounts=0)
    with copying(job, BANK) as run:
        run(database, BANK.account_ids)
    with copying(job, others) as run:
        assert {} == run(database, BANK.account_ids)
    assert (rows_of(BANK, BANK.account_ids), 0) == stored(database)


@pytest.mark.usefixtures("waits")
def test_a_window_that_was_cut_proves_nothing_of_an_unknown_account(job, tmp_path):
    """Rows that an earlier run saw are no sign that the account is there today."""
    database, account = tmp_path / "bank.db", BANK.account_ids[:1]
    with copying(job, BANK) as run:
        run(database, account)
    with copying(job, Spoiled(BANK, pages=3)) as run:
        assert 1 == len(run(database, account, date(2026, 3, 5)))  # in the window
    with copying(job, replace(BANK, accounts=0)) as run:
        assert {} == run(database, account, date(2026, 3, 6))
    assert (rows_of(BANK, account), 0) == stored(database)


class Hiding:
    """A dialect that leaves some rows out of listings by date, as if they had moved."""

    def __init__(self, dialect, hidden):
        self.dialect, self.hidden = dialect, hidden

    def respond(self, request):
        """Answer a request."""
        is_window = request.parameter("dateFrom") is not None
        return (replace(self.dialect, deleted=frozenset(self.hidden)) if is_window
                else self.dialect).respond(request)  # fmt: skip


def test_a_row_that_left_the_window_but_exists_is_kept(job, tmp_path):
    """It is asked for by its id before it is deleted."""
    database = tmp_path / "bank.db"
    hidden = [row["id"] for row in BANK.transaction_rows(BANK.account_ids[0])[20:23]]
    with copying(job, Hiding(BANK, hidden)) as run:
        assert {} == run(database, BANK.account_ids)
        assert {} == run(database, BANK.account_ids, date(2026, 3, 5))
    assert (rows_of(BANK, BANK.account_ids), 0) == stored(database)


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.usefixtures("waits")
def test_a_cursor_that_is_too_old_begins_its_step_again(job, tmp_path, status):
    """A checkpoint that the provider refuses is dropped once, and nothing is lost."""
    database, spoiled = tmp_path / "bank.db", Spoiled(BANK, pages=3)
    with copying(job, spoiled) as run:
        assert 1 == len(run(database, BANK.account_ids[:1]))
        assert 150 == len(stored(database)[0])
        spoiled.status = status
        assert {} == run(database, BANK.account_ids[:1])
    assert (rows_of(BANK, BANK.account_ids[:1]), 0) == stored(database)


@pytest.mark.usefixtures("waits")
def test_a_page_that_is_always_refused_ends_the_run(job, tmp_path):
    """The step is begun again once, and not for ever."""
    database, spoiled = tmp_path / "bank.db", Spoiled(BANK, pages=3)
    with copying(job, spoiled) as run:
        run(database, BANK.account_ids[:1])
        spoiled.status, spoiled.is_for_ever = 400, True
        assert [BANK.account_ids[0]] == list(run(database, BANK.account_ids[:1]))


class Spoiled:
    """A dialect that refuses what comes after some pages: with 500, or once with another status."""

    def __init__(self, dialect, pages):
        self.dialect, self.left = dialect, pages
        self.status, self.is_for_ever = 500, False

    def respond(self, request):
        """Answer a request."""
        if not request.path.endswith("transactions"):
            return self.dialect.respond(request)
        self.left -= 1
        if self.left >= 0 or self.status is None:
            return self.dialect.respond(request)
        status = self.status
        if status != 500 and not self.is_for_ever:
            self.status = None
        if self.is_for_ever and request.parameter("after") is None:
            return self.dialect.respond(request)
        return Response(status=status, body=b'{"code": 400, "message": "Invalid cursor"}')


@pytest.mark.usefixtures("waits")
def test_the_watermark_is_that_of_a_finished_step(job, tmp_path):
    """A window that goes on days later does not move it: what came in between is asked for."""
    database, spoiled = tmp_path / "bank.db", Spoiled(BANK, pages=15)
    account = BANK.account_ids[:1]
    with copying(job, spoiled) as run:
        run(database, account)  # stops in the window
        spoiled.status = None
        run(database, account, date(2026, 3, 13))
    with closing(sqlite3.connect(database)) as db:
        assert [("2026-03-02",)] == list(db.execute("select watermark from accounts"))
