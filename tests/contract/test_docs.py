"""The pages of docs say what is so: their examples run."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
import responses

import requests_paginate
from requests_paginate import dialects
from requests_paginate._detection.detectors import DETECTORS
from requests_paginate._envelope.signs import EVIDENCE
from requests_paginate.sandbox import (
    Belvo,
    BelvoDirectDebit,
    Changing,
    ExpiringKeys,
    OffsetEnvelope,
    Pluggy,
    RateLimited,
)
from requests_paginate.testing import Fault, mock_listing, mount
from tests.replay import DIALECTS, Server

DOCS = Path(__file__).parents[2] / "docs"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def examples(name):
    return re.findall(r"^```python\n(.*?)^```$", page(name), re.DOTALL | re.MULTILINE)


def test_a_strategy_of_one_s_own_runs_as_printed(capsys):
    """The examples list QuickBooks' recorded pages, and print what their comments say."""
    (quickbooks,) = [each for each in DIALECTS if each["name"] == "QuickBooks Online query"]
    namespace: dict[str, object] = {}
    with responses.RequestsMock() as mock:
        mock.add_callback("GET", quickbooks["first_request"]["url"], Server(quickbooks).answer)
        for number, example in enumerate(examples("strategies.md")):
            code = compile(example, f"example {number}", "exec", dont_inherit=True)
            exec(code, namespace)
    printed = ["3", "select * from Bill startposition 3", "Weeks(53)"]
    assert printed == capsys.readouterr().out.splitlines()


def test_the_first_example_has_ten_lines():
    """One's own strategy is ten lines long, imports not counted."""
    code = examples("strategies.md")[0].partition("class ")[2]
    assert 10 >= len([line for line in code.splitlines() if line.strip()])


def test_the_order_of_detection_is_current():
    """The page lists what each detector looks for, and then each kind of evidence, in order."""
    lines = [
        line.strip("| ") for line in page("detection.md").splitlines() if line.startswith("| ")
    ]
    asked = [*DETECTORS, None, *EVIDENCE]  # a header between the tables
    assert [each and each.__doc__ for each in asked] == [
        line if number != len(DETECTORS) else None for number, line in enumerate(lines[1:])
    ]


def test_every_guarantee_names_a_test():
    """Each promise names the test that holds it, and that test exists."""
    promises = re.findall(r"^\| (.+) \| `(\w+)` \|$", page("guarantees.md"), re.MULTILINE)
    folder = Path(__file__).parents[1]
    tests = {
        name
        for path in folder.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(promises) > 40
    assert [] == [name for _, name in promises if name not in tests]
    lines = [line for line in page("guarantees.md").splitlines() if line.startswith("| ")]
    assert len(promises) == len(lines) - 4  # a header in each of four tables


def test_the_picture_of_the_package_shows_every_module():
    """CONTRIBUTING.md draws what stands at the top of the package, and nothing else."""
    guide = DOCS.parent / "CONTRIBUTING.md"
    if not guide.exists():  # the tests also run beside an installed wheel, without it
        pytest.skip("no CONTRIBUTING.md here")
    drawn = re.findall(r'\["(\w+)<br>', guide.read_text(encoding="utf-8"))
    package = Path(requests_paginate.__file__).parent
    found = {path.stem for path in package.glob("*.py")} - {"__main__"}
    found |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert sorted(found) == sorted(drawn)


def test_the_examples_for_the_providers_run(monkeypatch):
    """Sessions, auth and filters are written as the document does; nothing is sent."""
    for name in ("PLUGGY_API_URL", "BELVO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    namespace: dict[str, object] = {}
    for example in examples("providers.md"):
        exec(example, namespace)
    assert "https://api.belvo.com" == namespace["belvo"].base_url
    assert isinstance(namespace["session"].auth, namespace["PluggyAuth"])


def test_the_client_that_loses_pages_is_made_right(monkeypatch, capsys):
    """The how-to's client gets a part without the adapter, and all with it, as its comment says."""
    belvo = Belvo(transactions=1234)
    given = {
        "BANK_URL": "https://sandbox.belvo.com", "BANK_USER": belvo.secret_id,
        "BANK_PASSWORD": belvo.secret_password, "BANK_LINK": belvo.link_ids[0],
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    namespace: dict[str, object] = {}
    with responses.RequestsMock() as mock:
        mount(belvo, given["BANK_URL"], mock)
        for example in examples("mounted.md"):
            exec(compile(example, "mounted.md", "exec", dont_inherit=True), namespace)
    assert "100 1234\n" == capsys.readouterr().out
    assert list(belvo.transaction_rows(given["BANK_LINK"])) == namespace["rows"]


def test_files_are_written_as_the_page_says(monkeypatch, tmp_path):
    """The examples leave a file each, with all rows, and nothing else."""
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    with responses.RequestsMock() as mock:
        mount(OffsetEnvelope(total=250, path="/orders"), "https://api.example.com", mock)
        for example in examples("files.md"):
            exec(compile(example, "files.md", "exec", dont_inherit=True), namespace)
    assert ["all.csv", "orders.jsonl"] == sorted(path.name for path in tmp_path.iterdir())
    assert [250, 251] == [
        len((tmp_path / name).read_bytes().splitlines()) for name in ("orders.jsonl", "all.csv")
    ]


def test_the_sandbox_s_example_runs_as_printed(capsys):
    """The example lists over three keys, and prints what its comment says."""
    (example,) = examples("sandbox.md")
    exec(compile(example, "sandbox.md", "exec", dont_inherit=True), {})
    assert "3100 3\n" == capsys.readouterr().out


def test_the_examples_of_the_testing_kit_run_as_printed(capsys):
    """Each example prints what its comment says, and the test in it passes."""
    pytest.importorskip("trustme")
    namespace: dict[str, object] = {}
    for example in examples("testing.md"):
        exec(compile(example, "testing.md", "exec", dont_inherit=True), namespace)
    with responses.mock:
        namespace["test_reads_all_charges"](mock_listing)
    printed = re.findall(r"print\(.*\)  # (.*)", page("testing.md"))
    assert printed == capsys.readouterr().out.splitlines()


def test_every_fault_and_argument_of_the_testing_kit_is_explained():
    """The page has every argument of `mock_listing`, with its default, and every fault."""
    lines = [line for line in page("testing.md").splitlines() if line.startswith("| `")]
    cells = [[cell.strip(" `") for cell in line.split("|")] for line in lines]
    described = {name: default for _, name, default, *_ in cells}
    for name, parameter in inspect.signature(mock_listing).parameters.items():
        default = parameter.default
        shown = {inspect.Parameter.empty: "", dialects.STRIPE: "dialects.STRIPE"}
        assert described[name] == shown.get(default, str(default))
    *_, words = get_args(Fault)
    assert set(get_args(words)) == set(re.findall(r"\d: \"(\w+)\"\}", page("testing.md")))


def test_every_switch_of_the_sandbox_is_explained():
    """The page has every switch of the command but the port, and none that is not there."""
    pytest.importorskip("click")
    from requests_paginate._cli.sandbox import sandbox

    switches = {name for option in sandbox.params for name in option.opts} - {"--port"}
    assert switches == set(re.findall(r"`(--[a-z-]+)`", page("sandbox.md")))


@pytest.mark.parametrize(
    "kind", [Belvo, BelvoDirectDebit, Changing, ExpiringKeys, Pluggy, RateLimited]
)
def test_every_name_of_the_sandbox_s_page_is_there(kind):
    """What the page gives to a class, or names in its table, is a field of it."""
    fields = {each.name for each in dataclasses.fields(kind)}
    calls = re.findall(rf"{kind.__name__}\(([^)`]*)", page("sandbox.md"))
    assert set() == {name for call in calls for name in re.findall(r"(\w+)=", call)} - fields
    section = page("sandbox.md").partition(f"\n## {kind.__name__}\n")[2].partition("\n## ")[0]
    given = set(re.findall(r"`(\w+)=[^`(]+`", section))
    assert set() == given - fields
    assert (given != set()) == (kind in {Belvo, Pluggy})


@pytest.mark.parametrize(
    "name",
    [
        "guarantees.md",
        "detection.md",
        "strategies.md",
        "sandbox.md",
        "testing.md",
        "providers.md",
        "files.md",
        "mounted.md",
        "neighbours.md",
    ],
)
def test_links_between_documents_lead_somewhere(name):
    """A relative link leads to a file."""
    targets = re.findall(r"\]\((?!http)([^)#]+)", page(name))
    assert [] == [target for target in targets if not (DOCS / target).exists()]
