"""The commands that the README begins with print what it shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import pages

pytestmark = pytest.mark.docs

_SPEED = re.compile(r"in [\d.]+ s \([\d,]+ rows/s, [\d,.]+ MB/s\)")


def test_the_first_commands_print_what_is_shown(tmp_path):
    """The commands run as they are pasted, after the installation."""
    commands, shown, *_ = pages.blocks("README.md")
    assert ("sh", "text") == (commands.kind, shown.kind)
    install, *script = commands.text.splitlines()
    assert install.startswith("pip install ")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    output = tmp_path / "output"
    with output.open("w") as file:  # a pipe would end with the sandbox, and not with the commands
        shell = subprocess.Popen(
            ["bash", "-c", "\n".join(script)], cwd=tmp_path, stdout=file, stderr=file,
            env={**os.environ, "PATH": programs}, start_new_session=True,
        )  # fmt: skip
    try:
        assert shell.wait(timeout=60) == 0
    finally:
        os.killpg(shell.pid, signal.SIGTERM)  # the sandbox in the background
        shell.wait()
    printed = output.read_text(encoding="utf-8")
    assert _SPEED.sub("", shown.text) == _SPEED.sub("", printed)
