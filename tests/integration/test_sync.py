"""The daily job of examples/sync_sqlite.py: killed anywhere, it goes on without loss or repeat."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from requests_paginate.sandbox import Belvo, Pluggy, serve

sqlite_utils = pytest.importorskip("sqlite_utils")
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
    db = sqlite_utils.Database(database)
    rows = {row["id"]: row["amount"] for row in db.table("transactions").rows}
    open_steps = db.table("sync").count
    db.close()
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
                sizes.append(len(stored(database)[0]) if _has_tables(database) else 0)
        with start(server, database, provider, names, **secrets) as job:
            assert (0, "") == (job.wait(SECONDS), job.stderr.read())
    assert (truth, 0) == stored(database)
    assert sorted(sizes) == sizes
    assert len(set(sizes)) > kills // 4  # it got on in between


def _has_tables(database):
    db = sqlite_utils.Database(database)
    names = set(db.table_names())
    db.close()
    return {"transactions", "sync"} <= names
