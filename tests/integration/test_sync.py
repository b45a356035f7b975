"""The daily job of examples/sync_sqlite.py: killed anywhere, it goes on without loss or repeat."""

from __future__ import annotations

import importlib.util
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from requests_paginate.exceptions import PageFailed
from requests_paginate.providers import PluggySession
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
        if not database.stat().st_size or len(list(db.execute("pragma table_list"))) < 4:
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


def test_the_next_day_has_what_changed(job, tmp_path):
    """What is new comes, what a bank deleted goes, and what is old is not asked for again."""
    bank = Pluggy(transactions=1300, v2_page_size=50)
    changing = Changing(dialect=bank)
    database, accounts = tmp_path / "bank.db", bank.account_ids
    newest = [row["id"] for row in bank.transaction_rows(accounts[0])[:9]]
    with serve(changing) as server:
        session = PluggySession(bank.client_id, bank.client_secret, base_url=server.url)
        session.verify, session.trust_env = server.ca_file, False
        source = job.make_pluggy(session)
        job.sync(database, source, accounts, date(2026, 3, 4))
        asked = server.requests.total()
        changing.insert(5)
        changing.delete(*newest[3:7])
        job.sync(database, source, accounts, date(2026, 3, 5))
        asked_again = server.requests.total() - asked
    truth = {row["id"]: str(row["amount"])
             for account in accounts for row in changing.now.transaction_rows(account)}  # fmt: skip
    assert (truth, 0) == stored(database)
    assert not set(newest[3:7]) & truth.keys()
    assert asked_again < asked / 2


def test_a_cursor_that_is_too_old_begins_its_step_again(job, tmp_path):
    """A checkpoint that the provider refuses is dropped, and nothing is lost."""
    bank = Pluggy(transactions=200, v2_page_size=50)
    spoiled = Spoiled(bank)
    database = tmp_path / "bank.db"
    with serve(spoiled) as server:
        session = PluggySession(bank.client_id, bank.client_secret, base_url=server.url)
        session.verify, session.trust_env = server.ca_file, False
        with pytest.raises(PageFailed, match="500"):
            job.sync(database, job.make_pluggy(session), bank.account_ids[:1], date(2026, 3, 4))
        assert 100 == len(stored(database)[0])
        spoiled.status = 400
        job.sync(database, job.make_pluggy(session), bank.account_ids[:1], date(2026, 3, 4))
    rows = {row["id"]: str(row["amount"]) for row in bank.transaction_rows(bank.account_ids[0])}
    assert (rows, 0) == stored(database)


class Spoiled:
    """A dialect that refuses the third page: with 500, and then once with 400."""

    def __init__(self, dialect):
        self.dialect, self.status, self.pages = dialect, 500, 0

    def respond(self, request):
        """Answer a request."""
        if request.parameter("after") is not None:
            self.pages += 1
            if self.pages > 1 and self.status:
                status, self.status = self.status, self.status if self.status == 500 else None
                return Response(status=status, body=b'{"code": 400, "message": "Invalid cursor"}')
        return self.dialect.respond(request)
