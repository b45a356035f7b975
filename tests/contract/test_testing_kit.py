"""The example project of the testing kit, and the page about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import requests_paginate

pytest.importorskip("trustme")

HOME = Path(__file__).parents[2]


def test_the_example_project_passes():
    """The tests of the example pass, also where a conftest loads what the plugin brings."""
    twice = ["-prequests_paginate.testing", "-prequests_paginate_pytest"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *twice, "."],
        cwd=HOME / "examples" / "testing",
        env={**os.environ, "PYTHONPATH": str(Path(requests_paginate.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "8 passed" in done.stdout, done.stdout + done.stderr
    assert 0 == done.returncode
