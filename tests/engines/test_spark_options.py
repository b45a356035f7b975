"""The options of the source of Spark, without Spark: it hands over texts, by small names."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("pyspark")

from requests_paginate.export.spark.options import read_options

pytestmark = pytest.mark.engines

PLAN = "tests.engines.bank:entries"


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({}, [{}]),
        ({"param.account": "a"}, [{"account": "a"}]),
        ({"param.account": "a,b , c"}, [{"account": "a"}, {"account": "b"}, {"account": "c"}]),
        (
            {"param.day": "2026-01-01", "param.account": "a,b"},
            [{"day": "2026-01-01", "account": "a"}, {"day": "2026-01-01", "account": "b"}],
        ),
        (
            {"params": '[{"account": "a,b"}, {"fromDate": 3}]'},
            [{"account": "a,b"}, {"fromDate": 3}],
        ),
    ],
)
def test_a_listing_for_each_value(given, params, bank):
    """The values of one parameter make a listing each; the others are those of all."""
    assert params == read_options({"plan": PLAN, **given}).params


def test_a_name_of_the_plan_keeps_its_capital_letters(bank):
    """Spark makes all names small; one that the plan has is sent as the plan spells it."""
    given = {"plan": "tests.engines.bank:spelled", "param.accountid": "a,b"}
    assert [{"accountId": "a"}, {"accountId": "b"}] == read_options(given).params


def test_defaults(bank):
    """A listing is one part, and a batch has eight pages of each."""
    options = read_options({"plan": PLAN})
    assert (1, 8) == (options.parts, options.pages_per_batch)
    options = read_options({"plan": PLAN, "parts": "3", "pagesperbatch": "2"})
    assert (3, 2) == (options.parts, options.pages_per_batch)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"plan": ""}, ValueError, "option 'plan': expected where a Plan is, as 'module:name'"),
        ({"plan": "plan"}, ValueError, "option 'plan': expected 'module:name', got 'plan'"),
        ({"plan": "no_app.plans:plan"}, ImportError, "there is no module 'no_app' where Spark"),
        ({"plan": "tests.engines.no:plan"}, ImportError, "no module 'tests.engines.no' where"),
        ({"plan": "tests.engines.bank:nothing"}, ImportError, "'tests.engines.bank' has no 'noth"),
        ({"plan": "tests.engines.bank:no_plan"}, TypeError, "expected a Plan at .*, got int"),
        ({"plan": PLAN, "path": "x"}, ValueError, "option 'path': expected plan, params, param"),
        ({"plan": PLAN, "parts": "0"}, ValueError, "option 'parts': expected a whole number"),
        ({"plan": PLAN, "pagesperbatch": "x"}, ValueError, "option 'pagesPerBatch': expected"),
        ({"plan": PLAN, "param.account": "a,,b"}, ValueError, "'param.account': .* got a gap"),
        (
            {"plan": PLAN, "param.account": "a,b,a"},
            ValueError,
            "listing 3 asks for the same as listing 1",
        ),
        (
            {"plan": PLAN, "param.account": "a,b", "param.day": "1,2"},
            ValueError,
            "'param.account' and 'param.day' have several values each",
        ),
        (
            {"plan": PLAN, "params": "[{}]", "param.day": "1"},
            ValueError,
            "'params' and 'param.day': expected one of them",
        ),
        *(
            ({"plan": PLAN, "params": text}, ValueError, "'params': expected a list of JSON")
            for text in ("", "x", "{}", "[]", "[1]", json.dumps("a"))
        ),
    ],
)
def test_options_that_cannot_be(given, error, text, bank):
    """What is missing, unknown or ambiguous is told, and by its name."""
    with pytest.raises(error, match=text):
        read_options(given)


def test_what_a_plan_s_module_lacks_itself_is_told_as_python_does(bank, tmp_path, monkeypatch):
    """A module that is there, and imports one that is not, is not said to be missing."""
    (tmp_path / "half_an_app.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        read_options({"plan": "half_an_app:plan"})
