"""docs/neighbours.md says what the tests here hold, and nothing else."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

from .docs import TEXT
from .orders import ORDERS

CELL = r" ((?:[^|`]|`[^`]*`)*?) ?\|"
WORKS = {"yes", "with a setting", "no"}


def table_rows(columns):
    """The rows of every table with so many columns, each as its cells, without the headers."""
    rows = re.findall(rf"^\|{CELL * columns}$", TEXT, re.MULTILINE)
    return [row for row in rows if row[0] not in ("package", "`class Session(...)`")]


def find_tests():
    """The names of the tests of the neighbours."""
    paths = set(Path(__file__).parent.glob("test_*.py")) - {Path(__file__)}
    return {
        name
        for path in paths
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_every_row_names_its_tests():
    """Each neighbour's row is whole, and its tests exist; each test is named by a row."""
    rows, clients = table_rows(5), table_rows(4)
    headers = TEXT.count("\n|---|")
    assert TEXT.count("\n| ") == headers + len(rows) + len(clients) + len(table_rows(3))
    assert WORKS == {works for _, works, *_ in rows}
    named = [re.findall(r"`(test_\w+)`", tests) for *_, tests in (*rows, *clients)]
    assert all(named)
    orders = re.findall(r"`(test_orders_\w+)`", TEXT)
    assert find_tests() == {*orders, *(name for names in named for name in names)}


def test_every_package_of_the_extra_has_a_row():
    """What the extra installs is in the table."""
    needs = [need for need in requires("requests-paginate") or () if "neighbours" in need]
    installed = {re.match(r"[\w.-]+", need)[0].lower() for need in needs}
    assert len(installed) > 20
    assert set() == installed - {name.lower() for name, *_ in (*table_rows(5), *table_rows(4))}


def test_the_orders_are_those_that_are_tested():
    """The table of base classes has every order, with what comes of it."""
    rows = table_rows(3)
    assert ORDERS == {order.strip("`"): outcome for order, outcome, _ in rows}
