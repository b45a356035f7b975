"""Every row of the fault matrix has a test that carries its number."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "faults"


def test_every_row_has_a_test(request):
    """Rows 1 to 86, none left out."""
    items = [item for item in request.session.items if FOLDER in item.path.parents]
    is_whole = {item.path for item in items} == {*FOLDER.glob("test_*.py")}
    names = [item.name for item in items] if is_whole else _collect()
    numbers = {int(number) for name in names for number in re.findall(r"row_(\d\d)", name)}
    assert {*range(1, 87)} == numbers


def _collect():
    """The names of the tests, as a run of its own finds them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    collected = subprocess.run(
        [*command, str(FOLDER)], cwd=FOLDER.parents[2], capture_output=True, text=True, check=True
    )
    return collected.stdout.splitlines()
