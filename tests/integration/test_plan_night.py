"""The plan of a night beside what happens: listings of a sandbox, which is another process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
SECONDS = 120  # far more than it takes, so that a failure is no hang


def check(*options):
    """Run the check; return its lines by their names, and what it says at the end."""
    command = [sys.executable, str(ROOT / "examples" / "plan_night.py"), "--check"]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert "" == done.stderr
    lines = re.findall(
        r"^(requests|seconds|listings).*? +([\d,.]+) +([\d,.]+)$", done.stdout, re.MULTILINE
    )
    counts = {name: (predicted, happened) for name, predicted, happened in lines}
    *_, verdict = done.stdout.splitlines()
    assert (done.returncode == 0) == (verdict == "The model holds.")
    return counts, verdict


def test_as_many_requests_as_planned_bring_every_row():
    """The time is this machine's affair here; requests and rows are not."""
    counts, verdict = check("--listings", "200", "--seconds", "0.01", "--failing", "0.05")
    predicted, happened = counts["requests"]
    assert 600 < int(predicted) == int(happened)
    assert ("200", "200") == counts["listings"]
    assert verdict in {"The model holds.", "DIFFERENT: time"}


def test_listings_that_fail_for_good_are_foretold():
    """Without another try, as many listings break off as planned, and each after the same page."""
    options = ("--seconds", "0.01", "--failing", "0.1", "--retries", "0")
    counts, _ = check("--listings", "200", *options)
    for name, most in {"requests": 600, "listings": 200}.items():
        predicted, happened = counts[name]
        assert 0 < int(predicted) == int(happened) < most
