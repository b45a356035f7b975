"""The order of the design: every module imports only what stands before it."""

from __future__ import annotations

import ast
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
import requests

import requests_paginate
from requests_paginate._listing import factory

PACKAGE = Path(requests_paginate.__file__).parent

# A module imports what stands in earlier lines, or within its own package; so there is no arrow up.
ORDER = [
    ["_redaction"], ["exceptions"], ["_paths"], ["_failures"], ["_models"], ["_urls"],
    ["_envelope", "_transport"],
    ["_call_options"], ["_windows"], ["adapters"], ["strategies"], ["dialects", "_detection"],
    ["_listing"], ["sessions"], ["_plan"], ["export"],
    ["__init__"], ["providers"], ["sandbox"], ["testing"], ["_cli"], ["__main__"],
]  # fmt: skip
LEVELS = {name: level for level, names in enumerate(ORDER) for name in names}

PURE = [
    "_redaction", "exceptions", "_paths", "_failures", "_models", "_urls", "_envelope",
    "strategies", "dialects", "_detection",
    "_transport/described_body",
    "_transport/exact_numbers", "_transport/hiding", "_transport/json_body",
    "_transport/options", "_transport/origins",
    "_transport/retry", "_transport/row_text", "_transport/pydantic_rows",
    "_transport/named_tuples", "_transport/typed_rows",
    "_listing/bound", "_listing/caller_secrets", "_listing/checkpoint",
    "_listing/closing", "_listing/completeness", "_listing/consistency", "_listing/earlier_pages",
    "_listing/edges", "_listing/envelope", "_listing/merged_body",
    "_listing/fingerprint", "_listing/identities", "_listing/keys", "_listing/options",
    "_listing/page_checker", "_listing/past_end", "_listing/reading", "_listing/refusals",
    "_listing/counted_links", "_listing/seal", "_listing/trial", "_listing/row_place",
    "_listing/other_listings", "_listing/fetches",
    "export/timeline/run", "export/timeline/marks", "export/timeline/picture",
    "export/timeline/document",
    "providers/belvo_account_rows", "providers/belvo_filters", "providers/belvo_rows",
    "providers/pluggy_account_rows", "providers/pluggy_rows",
]  # fmt: skip

# Their values have dates; no clock is read for that.
OF_DATES = {"_models", *(name for name in PURE if name.startswith("providers/"))}

PUBLIC = {*requests_paginate.__all__, "__version__"} - {"dialects", "exceptions", "strategies"}

FORBIDDEN_TO_PURE = {
    "socket", "ssl", "http", "threading", "concurrent", "multiprocessing", "asyncio", "time",
    "datetime", "random", "select", "subprocess", "os",
}  # fmt: skip


def imports(path, *, typing=False):
    """The modules that a file imports at run time, or also for types alone: whole names."""
    found = []
    skipped = set()
    folder = [PACKAGE.name, *path.parent.relative_to(PACKAGE).parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            of_types = node.orelse if ast.unparse(node.test).startswith("not ") else node.body
            skipped |= {id(inner) for part in of_types for inner in ast.walk(part)}
        if id(node) in skipped and not typing:
            continue
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            is_parent = module in ("requests", *(name for name, _ in packages()))
            found += [f"{module}.{name.name}" for name in node.names] if is_parent else [module]
    return found


def packages():
    """The package and its sub-packages: (dotted name, folder)."""
    for folder in sorted(path.parent for path in PACKAGE.rglob("__init__.py")):
        yield ".".join((PACKAGE.name, *folder.relative_to(PACKAGE).parts)), folder


def modules(*names):
    """The files of the named modules and packages, else of all."""
    for path in sorted(PACKAGE.rglob("*.py")):
        whole = path.relative_to(PACKAGE).with_suffix("").as_posix()
        if not names or whole in names or top_of(path) in names:
            yield path


def top_of(path):
    """The name at the top of the package that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_tops(path):
    """The names at the top of the package that a file imports."""
    for name in imports(path, typing=True):
        if name.startswith("requests_paginate."):
            top = name.split(".")[1]
            # `from requests_paginate import Page` is an import of the package itself
            yield "__init__" if top in PUBLIC else top


def test_every_module_has_its_place():
    """No module at the top of the package is missing from the order, and none in it is gone."""
    assert sorted(LEVELS) == sorted({top_of(path) for path in modules()})


@pytest.mark.parametrize("name", LEVELS)
def test_imports_go_down(name):
    """A module imports what stands before its own package only."""
    found = {
        top
        for path in modules(name)
        for top in imported_tops(path)
        if top != name and LEVELS[top] >= LEVELS[name]
    }
    assert set() == found


def test_no_circles():
    """No module imports, through others, itself."""
    dotted = {".".join(path.with_suffix("").relative_to(PACKAGE.parent).parts): path
              for path in modules()}  # fmt: skip
    dotted = {name.removesuffix(".__init__"): path for name, path in dotted.items()}
    arrows = {}
    for name, path in dotted.items():
        # the package's bare name is for annotations, which are read when all of it is there
        named = [each for each in imports(path, typing=True) if each != PACKAGE.name]
        found = {each if each in dotted else each.rpartition(".")[0] for each in named}
        arrows[name] = {each for each in found if each in dotted and each != name}
    while free := [name for name, targets in arrows.items() if not targets & arrows.keys()]:
        for name in free:
            del arrows[name]
    assert {} == arrows


def test_the_sandbox_stands_alone():
    """The sandbox imports nothing of the package that is tried out on it."""
    for path in (PACKAGE / "sandbox").glob("*.py"):
        ours = [name for name in imports(path) if name.startswith("requests_paginate")]
        assert [] == [name for name in ours if not name.startswith("requests_paginate.sandbox")]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_do_nothing(name):
    """Pure modules import no socket, thread or clock, and of requests only its exceptions."""
    files = list(modules(name))
    assert files, f"{name} is gone"
    names = {each for path in files for each in imports(path)}
    forbidden = FORBIDDEN_TO_PURE - ({"datetime"} if name in OF_DATES else set())
    assert set() == {each for each in names if each.split(".")[0] in forbidden}
    clocks = (".now(", ".today(", ".utcnow(")
    assert not any(clock in path.read_text() for path in files for clock in clocks)
    assert set() == {n for n in names if n.split(".")[0] == "requests"} - {"requests.exceptions"}
    pure = {f"requests_paginate.{each.replace('/', '.')}" for each in PURE}
    ours = {
        n for n in names if n.startswith("requests_paginate.") and n.split(".")[1] not in PUBLIC
    }
    assert set() == {n for n in ours if not any(f"{n}.".startswith(f"{each}.") for each in pure)}


def printed_by(script):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_import_loads_no_tools():
    """Importing the package imports neither its sandbox and command line nor what they need."""
    script = (
        "import sys, requests_paginate;"
        "print([n for n in ('click', 'rich', 'trustme', 'responses', 'pytest',"
        "'requests_paginate.sandbox', 'requests_paginate.testing', 'requests_paginate._cli')"
        " if n in sys.modules])"
    )
    assert "[]" == printed_by(script)


def test_what_lists_is_loaded_with_the_first_listing():
    """The import alone gives sessions; decoding, detection and dialects wait for a listing."""
    script = (
        "import sys; from requests_paginate import PaginatedSession, get_all;"
        "later = ('msgspec', 'requests_paginate._listing.listing', 'requests_paginate.dialects');"
        "print([n in sys.modules for n in later]);"
        "get_all('https://api.example.com/rows');"
        "print([n in sys.modules for n in later])"
    )
    assert "[False, False, False]\n[True, True, True]" == printed_by(script)


def test_public_names_are_there_at_once():
    """Every public name is an attribute of the package, and listed; another is none."""
    script = (
        "import requests_paginate as package;"
        "print(all(getattr(package, name) is not None for name in package.__all__),"
        "set(package.__all__) <= set(dir(package)), hasattr(package, 'get_al'),"
        "package.dialects.PLUGGY.total_pages, package.strategies.Cursor.__name__)"
    )
    assert "True True False totalPages Cursor" == printed_by(script)


def test_request_is_kept_at_the_import():
    """What is patched between the import and the first listing counts as overridden."""
    script = (
        "import requests; from unittest import mock; from requests_paginate import get_all;"
        "patch = mock.patch.object(requests.Session, 'request', autospec=True); patch.start();"
        "from requests_paginate._transport.session_request import is_own_request as is_own;"
        "print(is_own(requests.Session())); patch.stop(); print(is_own(requests.Session()))"
    )
    assert "False\nTrue" == printed_by(script)


def test_a_reader_finds_the_way():
    """At most twelve names are visible at the top, and no module but the data is long."""
    tops = {top_of(path) for path in modules()} | {"py.typed"}
    assert 12 >= len([name for name in tops if not name.startswith("_") or "__" in name])
    long = [path for path in modules() if len(path.read_text().splitlines()) >= 300]
    assert [PACKAGE / "dialects.py"] == long


def test_the_package_is_typed():
    """Type checkers find the marker beside the code."""
    assert (PACKAGE / "py.typed").exists()


def count_frames():
    """How many functions of the package are on the stack."""
    # From here: without a frame it skips some, and a comprehension has none from Python 3.12 on.
    stack = traceback.walk_stack(sys._getframe())
    names = [frame.f_globals["__name__"] for frame, _ in stack]
    return sum(name.startswith("requests_paginate.") for name in names)


@pytest.mark.parametrize(("prefetch", "calls"), [(0, 9), (4, 11)])
def test_the_first_row_is_few_calls_from_the_wire(prefetch, calls):
    """From `session.get_all` to `session.send` a reader passes few functions of the package."""
    seen = []

    class Session(requests_paginate.PaginatedSession):
        """One whose stack is looked at when it sends."""

        def send(self, request, **options):
            """Count the package's functions on the stack."""
            seen.append(count_frames())
            response = requests.Response()
            response.status_code, response.request, response.url = 200, request, request.url
            response._content, response._content_consumed = b"[1]", True
            return response

    opening = []
    with Session() as session, pytest.MonkeyPatch.context() as patch:
        make = factory.Listing

        def count(*arguments, **options):
            opening.append(count_frames())
            return make(*arguments, **options)

        patch.setattr(factory, "Listing", count)
        assert 1 == next(session.get_all("https://api.test/rows", prefetch=prefetch))
    assert calls == opening[0] + seen[0]
