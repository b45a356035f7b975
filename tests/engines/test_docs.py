"""The blocks of docs/how-to/dask.md and docs/how-to/spark.md run with workers, as shown."""

from __future__ import annotations

import contextlib
import io
from functools import partial

import pytest

from tests.docs import pages
from tests.engines.ledger import write_entry

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # the engines' own are their own
]

FIELDS = ("id", "account", "amount", "day", "note")
SIZES = {"checking": 110, "savings": 80, "card": 31}


@pytest.fixture
def run(bank, open_ledger, modules, tmp_path, monkeypatch):
    """Run the blocks of a page, with other addresses; write those that have a name into files."""

    def run(name, **addresses):
        monkeypatch.chdir(tmp_path)
        open_ledger(sizes=SIZES, write=partial(write_entry, fields=FIELDS))
        namespace = {}
        for block in pages.blocks(name):
            text = block.text.replace("https://api.example.com", bank.url)
            for shown, real in addresses.values():
                text = text.replace(shown, real)
            if block.kind == "python" and block.title is not None:
                (modules / block.title).write_text(text, encoding="utf-8")
            elif block.kind == "python":
                printed = io.StringIO()
                code = compile("\n" * (block.line - 1) + text, name, "exec", dont_inherit=True)
                with contextlib.redirect_stdout(printed):
                    exec(code, namespace)
                assert block.expected == printed.getvalue(), f"{name}:{block.line}"
        return namespace

    return run


def test_the_page_about_dask(run, cluster):
    """What docs/how-to/dask.md shows is what happens."""
    pytest.importorskip("dask")
    page = run("docs/how-to/dask.md", scheduler=("tcp://scheduler:8786", cluster.scheduler.address))
    page["client"].close()


def test_the_page_about_spark(run, spark, tmp_path):
    """What docs/how-to/spark.md shows is what happens."""
    folders = {  # Java has a working directory of its own
        name: (f'"{name}"', f'"{tmp_path / name}"') for name in ("entries", "entries-progress")
    }
    run("docs/how-to/spark.md", **folders)
