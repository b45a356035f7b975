"""One server over TLS, and what finds it in the workers."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from requests_paginate.sandbox import serve
from tests.engines.ledger import Ledger

ROOT = Path(__file__).parents[2]
KEY = "key-of-the-bank-5f1d77"


class Bank:
    """A server whose ledger each test brings along, as the workers keep the URL they began with.

    Attributes:
        url: Where it is.
        ledger: What answers.
    """

    def __init__(self):
        self.url = self.ledger = None

    def respond(self, request):
        """Answer from today's ledger."""
        return self.ledger.respond(request)


@pytest.fixture(scope="session")
def modules(tmp_path_factory):
    """A folder for modules that the workers can import, too."""
    return tmp_path_factory.mktemp("modules")


@pytest.fixture(scope="session")
def bank(modules):
    """The server; its address is in the environment, where workers look for it."""
    bank = Bank()
    with serve(bank) as server, pytest.MonkeyPatch.context() as patch:
        bank.url = server.url
        patch.setenv("BANK_URL", server.url)
        patch.setenv("BANK_KEY", KEY)
        patch.setenv("API_TOKEN", KEY)  # of the pages of the documentation
        patch.setenv("REQUESTS_CA_BUNDLE", server.ca_file)
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{modules}")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.syspath_prepend(modules)
        yield bank
        assert [] == server.errors


@pytest.fixture
def open_ledger(bank):
    """Put other entries behind the server's address."""

    def open_ledger(**options):
        bank.ledger = Ledger(**options)
        return bank.ledger

    return open_ledger


@pytest.fixture(scope="session")
def cluster(bank):
    """Two processes of Dask, each with one thread."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        with distributed.Client(cluster) as client:
            yield client


@pytest.fixture(scope="session")
def spark(bank, tmp_path_factory):
    """Spark in one process of Java, with two tasks at a time, which it tries twice."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not here: apt-get install default-jre-headless")
    pytest.importorskip("pyspark")
    from pyspark.sql import SparkSession

    from requests_paginate.export.spark import ListingSource

    builder = SparkSession.builder.master("local[2,2]")
    for name, value in {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "OFF",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.dataSource.register(ListingSource)
    yield session
    session.stop()
