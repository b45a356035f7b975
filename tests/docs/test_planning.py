"""The page about planning shows what the simulation prints.

`python -m tests.docs.test_planning` rewrites it. What `--check` prints is of one day and machine,
and is not held here.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

PAGE = "docs/how-to/planning.md"


def commands():
    """The commands whose output stands behind them, as pairs."""
    return [
        (block.text, block.shown)
        for block in pages.blocks(PAGE)
        if block.kind == "sh" and "--check" not in shlex.split(block.text)
    ]


def run(command):
    """Return what a command of the page prints."""
    program, *arguments = shlex.split(command.replace("\\\n", ""))
    assert "python" == program
    done = subprocess.run(
        [sys.executable, *arguments], cwd=pages.ROOT, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(pages.ROOT)},
    )  # fmt: skip
    return done.stdout


def test_the_plans_are_those_of_the_simulation():
    """Each command prints what is shown behind it, to the last digit."""
    shown = commands()
    assert 3 == len(shown)
    for command, output in shown:
        assert output == run(command)


if __name__ == "__main__":
    text = pages.read(PAGE)
    for command, output in commands():
        between = f"{command}```\n\n```text\n"
        text = text.replace(f"{between}{output}```", f"{between}{run(command)}```")
    (pages.ROOT / PAGE).write_text(text, encoding="utf-8")
