"""The README says what is so: its examples run. So are the tables that it leads to complete."""

from __future__ import annotations

import dataclasses
import gzip
import importlib.util
import json
import re
from pathlib import Path

import pytest
import responses

from requests_paginate import exceptions
from requests_paginate._listing.options import OPTION_NAMES, Options
from requests_paginate.sandbox import (
    Belvo,
    LinkHeaderPages,
    OffsetEnvelope,
    Pluggy,
    SingleListing,
)
from requests_paginate.testing import mount

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
OPTIONAL = ("polars", "tqdm")  # what `make test` does not install, and `make docs` does


def table(name, heading):
    """The rows of the first table below a heading of a page: lists of cells."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    section = re.split(rf"^#+ {heading}\n", text, flags=re.MULTILINE)[1].partition("\n## ")[0]
    lines = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)[0].splitlines()
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines[2:]]


def missing(example):
    """What an example imports and is not installed."""
    return [
        name
        for name in OPTIONAL
        if re.search(rf"^(import|from) {name}\b", example, re.MULTILINE)
        and importlib.util.find_spec(name) is None
    ]


@pytest.mark.filterwarnings("default::DeprecationWarning")
def test_the_examples_run_as_printed(monkeypatch, capsys, tmp_path):
    """Every Python example of the README runs, in order, against the sandbox's dialects."""
    monkeypatch.chdir(tmp_path)  # one of them writes a file
    pluggy, belvo = Pluggy(), Belvo()
    for name, value in {
        "PLUGGY_CLIENT_ID": pluggy.client_id,
        "PLUGGY_CLIENT_SECRET": pluggy.client_secret,
        "PLUGGY_ACCOUNT": pluggy.account_ids[0],
        "BELVO_SECRET_ID": belvo.secret_id,
        "BELVO_SECRET_PASSWORD": belvo.secret_password,
        "BELVO_LINK": belvo.link_ids[0],
    }.items():
        monkeypatch.setenv(name, value)
    github = LinkHeaderPages(total=300, page_size=30, path="/repos/psf/requests/issues")
    shop = OffsetEnvelope(total=3, path="/orders")
    namespace: dict[str, object] = {}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mount(pluggy, "https://api.pluggy.ai", mock)
        mount(belvo, "https://sandbox.belvo.com", mock)
        mount(github, "https://api.github.com", mock)
        mount(shop, "https://api.example.com", mock)
        mount(SingleListing(total=3, path="/people"), "https://api.example.org", mock)
        for number, example in enumerate(EXAMPLES):
            if missing(example):
                continue
            code = compile(example, f"README example {number}", "exec", dont_inherit=True)
            exec(code, namespace)
    printed = capsys.readouterr().out
    assert [row["id"] for row in github.rows()][:250] == [
        int(line) if line.isdecimal() else line for line in printed.splitlines()[:250]
    ]
    assert list(github.rows())[30:] == namespace["rest"]
    assert len(github.rows()) == len(namespace["issues"])
    assert "PageFailed GET " in printed
    assert ["issues.jsonl.gz"] == [path.name for path in tmp_path.iterdir()]
    kept = gzip.decompress((tmp_path / "issues.jsonl.gz").read_bytes())
    assert list(github.rows()) == [json.loads(line) for line in kept.splitlines()]
    assert len(namespace["rows"]) == namespace["listing"].total > 1000
    assert "spent" in namespace
    assert 11 == len(EXAMPLES)
    assert 2 == sum(
        any(f"import {name}" in e or f"from {name}" in e for name in OPTIONAL) for e in EXAMPLES
    )


def test_the_readme_is_short():
    """It fits into a few screens, and begins with commands and what they print."""
    assert 200 > len(README.splitlines())
    assert README.index("```sh\n") < README.index("```text\n") < README.index("```python\n")


def test_the_first_example_has_five_lines():
    """What a reader sees first is five lines long, the blank one not counted."""
    assert 5 >= len([line for line in EXAMPLES[0].splitlines() if line.strip()])


def test_the_table_of_options_is_complete():
    """Each option is there, with its default."""
    specs = sorted(dataclasses.fields(Options), key=lambda spec: OPTION_NAMES.index(spec.name))
    rows = table("reference/options.md", "Options")
    assert [spec.name for spec in specs] == [row[0] for row in rows]
    defaults = ["64 MiB" if s.default == 64 * 2**20 else str(s.default) for s in specs]
    assert defaults == [row[1] for row in rows]


def test_the_table_of_errors_is_complete():
    """Each error is there, and is what the table says it is."""
    rows = table("reference/errors.md", "Errors and warnings")
    classes = [
        name
        for name in exceptions.__all__
        if issubclass(getattr(exceptions, name), exceptions.PaginationError)
    ]
    assert sorted(classes) == sorted(["PaginationError", *(row[0] for row in rows)])
    for name, also, _ in rows:
        bases = {base.__name__ for base in getattr(exceptions, name).__mro__}
        assert {also} - {""} <= bases


@pytest.mark.parametrize("name", ["docs", "test"])
def test_the_make_targets_exist(name):
    """The commands that the README names are in the Makefile."""
    makefile = Path(__file__).parents[2] / "Makefile"
    if makefile.exists():  # the tests also run beside an installed wheel, without it
        assert f"\n{name}:" in makefile.read_text()
    assert f"make {name}" in README
