"""The floors of the design: imports go down, in order, without circles."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import requests_paginate

PACKAGE = Path(requests_paginate.__file__).parent

# A room imports only from earlier rooms of its own floor and from the floors below.
VALUES = [
    "redaction", "exceptions", "pages", "links", "origins", "names", "rows", "items", "strategy",
    "strategies", "dialects", "surroundings", "evidence", "spelling", "counting", "recognisers",
    "suspicion", "detection", "doubting", "totals", "candidates", "describing", "checkpoints",
    "guards", "decoding", "retrying", "options",
]  # fmt: skip
WIRES = [
    "adapters", "translating", "clocks", "doors", "sending", "fetching", "crews", "prefetching",
    "reading", "listings", "opening", "sessions",
]  # fmt: skip
KIT = ["sandbox", "testing", "terminal", "arguments", "cli", "__main__"]
ORDER = [*VALUES, *WIRES, "__init__", *KIT]

FACE = {*requests_paginate.__all__, "__version__"} - {"dialects", "exceptions", "strategies"}

FORBIDDEN_TO_VALUES = {
    "socket", "ssl", "http", "threading", "concurrent", "multiprocessing", "asyncio", "time",
    "datetime", "random", "select", "subprocess", "os",
}  # fmt: skip


def imports(path):
    """The modules that a file imports at run time, whole names."""
    found = []
    typing_only = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            typing_only |= {id(inner) for part in node.body for inner in ast.walk(part)}
        elif id(node) in typing_only:
            continue
        elif isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "requests_paginate":
                found += [f"requests_paginate.{name.name}" for name in node.names]
            elif node.module == "requests":
                found += [f"requests.{name.name}" for name in node.names]
            else:
                found.append(node.module)
    return found


def is_ours(name):
    return name.startswith("requests_paginate.")


def rooms():
    return sorted(path.stem for path in PACKAGE.glob("*.py"))


def test_every_room_has_its_floor():
    """No module of the package is missing from the plan above, and none in it is gone."""
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert sorted(ORDER) == sorted({*rooms(), *folders})


@pytest.mark.parametrize("room", [room for room in ORDER if room != "sandbox"])
def test_imports_go_down(room):
    """A room imports earlier rooms only, so there is no circle."""
    ours = [name.split(".")[1] for name in imports(PACKAGE / f"{room}.py") if is_ours(name)]
    # `from requests_paginate import Page` is an import of the face
    names = ["__init__" if name in FACE else name for name in ours]
    assert [] == [name for name in names if ORDER.index(name) >= ORDER.index(room)]


def test_the_sandbox_stands_alone():
    """The sandbox imports nothing of the package it tests."""
    for path in (PACKAGE / "sandbox").glob("*.py"):
        ours = [name for name in imports(path) if name.startswith("requests_paginate")]
        assert [] == [name for name in ours if not name.startswith("requests_paginate.sandbox")]


@pytest.mark.parametrize("room", VALUES)
def test_the_values_do_nothing(room):
    """The values floor imports no socket, thread or clock, and of requests only its exceptions."""
    names = imports(PACKAGE / f"{room}.py")
    assert [] == [name for name in names if name.split(".")[0] in FORBIDDEN_TO_VALUES]
    assert set() == {n for n in names if n.split(".")[0] == "requests"} - {"requests.exceptions"}


def printed_by(script):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_face_imports_no_kit():
    """Importing the package imports neither its sandbox and command line nor what they need."""
    script = (
        "import sys, requests_paginate;"
        "print([n for n in ('click', 'rich', 'trustme', 'responses', 'pytest',"
        "'requests_paginate.sandbox', 'requests_paginate.testing', 'requests_paginate.cli')"
        " if n in sys.modules])"
    )
    assert "[]" == printed_by(script)


def test_what_lists_is_loaded_with_the_first_listing():
    """The import alone gives sessions; decoding, detection and dialects wait for a listing."""
    script = (
        "import sys; from requests_paginate import PaginatedSession, get_all;"
        "later = ('msgspec', 'requests_paginate.listings', 'requests_paginate.dialects');"
        "print([n in sys.modules for n in later]);"
        "get_all('https://api.example.com/rows');"
        "print([n in sys.modules for n in later])"
    )
    assert "[False, False, False]\n[True, True, True]" == printed_by(script)


def test_public_names_are_there_at_once():
    """Every public name is an attribute of the package, and listed; another is none."""
    script = (
        "import requests_paginate as face;"
        "print(all(getattr(face, name) is not None for name in face.__all__),"
        "set(face.__all__) <= set(dir(face)), hasattr(face, 'get_al'),"
        "face.dialects.PLUGGY.total_pages, face.strategies.Cursor.__name__)"
    )
    assert "True True False totalPages Cursor" == printed_by(script)


def test_request_is_kept_at_the_import():
    """What is patched between the import and the first listing counts as overridden."""
    script = (
        "import requests; from unittest import mock; from requests_paginate import get_all;"
        "patch = mock.patch.object(requests.Session, 'request', autospec=True); patch.start();"
        "from requests_paginate.doors import is_own_request as is_own;"
        "print(is_own(requests.Session())); patch.stop(); print(is_own(requests.Session()))"
    )
    assert "False\nTrue" == printed_by(script)


def test_the_package_is_typed():
    """Type checkers find the marker beside the code."""
    assert (PACKAGE / "py.typed").exists()
