"""What a bare installation brings, and how little it does to somebody else's run of pytest.

`make dist` runs this file in an environment that has the built wheel and nothing else, and then,
with `--pytest`, once more when pytest is there.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DIRECT = {"msgspec", "requests", "urllib3"}
INDIRECT = {"certifi", "charset-normalizer", "idna"}  # of requests

OTHERS_TEST = """
import sys

import pytest


def test_nothing_is_loaded():
    assert {"requests", "responses", "requests_paginate"}.isdisjoint(sys.modules)


def test_the_fixtures_are_there(request):
    with pytest.raises(ModuleNotFoundError, match="responses"):
        request.getfixturevalue("mock_listing")
"""


def check_dependencies() -> None:
    """Hold that three packages are required, and that no others are installed."""
    required = importlib.metadata.requires("requests-paginate") or []
    direct = {re.split(r"[^\w-]", each)[0] for each in required if "extra ==" not in each}
    assert direct == DIRECT, direct
    names = {each.metadata["Name"].lower() for each in importlib.metadata.distributions()}
    found = {name.replace("_", "-") for name in names} - {"pip", "setuptools", "requests-paginate"}
    assert found == DIRECT | INDIRECT, found


def check_listing() -> None:
    """Hold that a listing needs nothing else."""
    import requests_paginate
    from requests_paginate.sandbox import OffsetEnvelope, serve

    with (
        serve(OffsetEnvelope(total=250), tls=False) as server,
        requests_paginate.PaginatedSession(allow_http=True) as session,
    ):
        session.trust_env = False
        listing = session.get_all(f"{server.url}/items")
        assert sum(1 for _ in listing) == 250
        assert listing.complete
    version = importlib.metadata.version("requests-paginate")
    assert requests_paginate.__version__ == version, version


def check_pytest() -> None:
    """Hold that the plugin loads nothing before a fixture is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_of_others.py").write_text(OTHERS_TEST)
        for options in ([], ["-Werror"]):
            command = [sys.executable, "-I", "-m", "pytest", "-q", "-pno:cacheprovider", *options]
            subprocess.run([*command, folder], check=True, cwd=folder)


if __name__ == "__main__":
    if "--pytest" in sys.argv:
        check_pytest()
    else:
        check_dependencies()
        check_listing()
