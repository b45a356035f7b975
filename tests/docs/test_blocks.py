"""Every block of Python on every page runs, in order, and prints what the page shows."""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
import types
import warnings

import pytest

from requests_paginate.exceptions import PaginationWarning
from tests.docs import pages
from tests.docs.setups import HELD_ELSEWHERE, SETUPS
from tests.docs.world import world

pytestmark = pytest.mark.docs


WITH_PYTHON = [name for name in pages.names() if "```python" in pages.read(name)]


@pytest.fixture
def _logging_as_before():
    ours = logging.getLogger("requests_paginate")
    handlers, own, level = [*logging.root.handlers], [*ours.handlers], ours.level
    yield
    logging.root.handlers[:], ours.handlers[:] = handlers, own
    ours.setLevel(level)


@pytest.mark.parametrize("name", [name for name in WITH_PYTHON if name not in HELD_ELSEWHERE])
@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("_logging_as_before")
def test_the_blocks_of_a_page_run_as_shown(name, monkeypatch, tmp_path):
    """The blocks share their names, as a reader would type them one after the other."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    loaded = set(sys.modules)
    page = types.ModuleType("page")  # a real one: some packages look for a function's module
    monkeypatch.setitem(sys.modules, "page", page)
    with world(monkeypatch) as shop, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        SETUPS.get(name, id)(shop)
        for block in pages.blocks(name):
            if block.kind == "python":
                run(name, block, vars(page), tmp_path)
    for added in set(sys.modules) - loaded:
        if (tmp_path / f"{added}.py").exists():
            del sys.modules[added]
    told = {
        each.category.__name__ for each in warned if issubclass(each.category, PaginationWarning)
    }
    assert set() == {kind for kind in told if kind not in pages.read(name)}


def run(name, block, namespace, folder):
    """Run a block, or write it down as the file that its title names."""
    where = f"{name}:{block.line}"
    if block.title is not None:
        (folder / block.title).write_text(block.text, encoding="utf-8")
        if block.title.startswith("test_"):
            run_tests(block, folder)
        return
    printed = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.text, name, "exec", dont_inherit=True)
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)
    assert block.expected == printed.getvalue(), where


def run_tests(block, folder):
    """Run a file of tests as a reader would."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", block.title]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_held_elsewhere_is():
    """A page that is left out here is run by the test that is named for it."""
    for name, test in HELD_ELSEWHERE.items():
        assert name in WITH_PYTHON
        assert name.rpartition("/")[2] in (pages.ROOT / test).read_text(encoding="utf-8")
