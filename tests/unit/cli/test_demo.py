"""`requests-paginate demo`, and when something is wrong."""

import os
import subprocess
import sys

import pytest

from requests_paginate import strategies
from requests_paginate._cli import demo
from requests_paginate.sandbox import Belvo
from tests.unit.cli.invocation import run


def cells(text):
    """The lines of the table that hold a result, in words."""
    lines = [line.split() for line in text.splitlines()]
    return [words for words in lines if words[-1:] in (["yes"], ["NO"])]


def without_seconds(words):
    return [*words[:-2], words[-1]]


def test_as_a_program():
    """Every listing is whole; a log gets plain text no wider than 80 columns, and no progress."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    # A proxy that nobody runs: the demo must not ask it.
    environment |= {"HTTPS_PROXY": "http://127.0.0.1:9", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-m", "requests_paginate", "demo"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
    )
    assert (0, "") == (ended.returncode, ended.stderr)
    assert [
        ["Belvo", "NextLink('next')", "3,542", "4", "4", "yes"],
        ["Pluggy", "PageNumber('page')", "3,000", "6", "6", "yes"],
        ["Pluggy", "v2", "NextLink('next')", "3,000", "6", "6", "yes"],
    ] == list(map(without_seconds, cells(ended.stdout)))
    assert 80 >= max(map(len, ended.stdout.splitlines()))
    assert "\x1b" not in ended.stdout


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows[:-1],
        lambda rows: (*rows, rows[0]),
        lambda rows: (rows[1], rows[0], *rows[2:]),
    ],
    ids=["missing", "repeated", "moved"],
)
def test_failed_check(monkeypatch, damage):
    """A row that is missing, repeated or moved is shown, and the exit status is 1."""
    true_rows = Belvo.transaction_rows
    monkeypatch.setattr(Belvo, "transaction_rows", lambda self, link: damage(true_rows(self, link)))
    result = run("demo")
    assert (1, ["NO", "yes", "yes"]) == (
        result.exit_code, [words[-1] for words in cells(result.stdout)]
    )  # fmt: skip


def test_first_words():
    """A strategy is shown with what it follows, if it follows anything."""
    assert "LinkHeader()" == demo._first_words(strategies.LinkHeader())
    assert "NextLink('next')" == demo._first_words(strategies.NextLink("next", items="results"))
