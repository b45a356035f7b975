"""Every row of the fault matrix has a test that carries its number."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def test_every_row_has_a_test():
    """Rows 1 to 86, none left out."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    command.append(str(FOLDER / "faults"))
    collected = subprocess.run(
        command,
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    numbers = {int(number) for number in re.findall(r"row_(\d\d)", collected.stdout)}
    assert {*range(1, 87)} == numbers
