"""The pages of docs say what is so: their examples run."""

from __future__ import annotations

import re
from pathlib import Path

import responses

from requests_paginate.recognisers import RECOGNISERS
from tests.replay import DIALECTS, Server

DOCS = Path(__file__).parent.parent / "docs"


def examples(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


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
    """The page lists what each recogniser looks for, in the order in which they are asked."""
    text = (DOCS / "detection.md").read_text(encoding="utf-8")
    lines = [line.strip("| ") for line in text.splitlines() if line.startswith("| ")]
    assert [recognise.__doc__ for recognise in RECOGNISERS] == lines[1:]
