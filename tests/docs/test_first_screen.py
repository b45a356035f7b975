"""The commands that the README begins with print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

_SECONDS = re.compile(r" [\d.]+(?= +yes)")


def test_the_first_commands_print_what_is_shown(tmp_path):
    """The commands run as they are pasted, after the installation; only the seconds differ."""
    commands, shown, *_ = pages.blocks("README.md")
    assert ("sh", "text") == (commands.kind, shown.kind)
    install, *script = commands.text.splitlines()
    assert install.startswith("pip install ")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=tmp_path, capture_output=True, encoding="utf-8",
        env={**os.environ, "PATH": programs, "PYTHONIOENCODING": "utf-8"}, check=True, timeout=60,
    )  # fmt: skip
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert [_SECONDS.sub("", line) for line in shown.text.splitlines()] == [
        _SECONDS.sub("", line) for line in printed
    ]
