"""Listings of a plan as values for the workers of an engine."""

from __future__ import annotations

import pickle
import sys
from types import SimpleNamespace

import pyarrow as pa
import pytest
import requests

from requests_paginate import Plan, dialects, exceptions
from requests_paginate.export.parts import Part, infer_columns, split_listings

URL = "https://api.example.com/rows"
SESSION = "app_of_parts:open_session"


@pytest.fixture(autouse=True)
def _app(monkeypatch):
    module = SimpleNamespace(open_session=requests.Session)
    monkeypatch.setitem(sys.modules, "app_of_parts", module)
    monkeypatch.setattr("requests_paginate._plan._SESSIONS._made", {})


def rows_of(number):
    return [
        {"id": each, "note": None, "tags": [None], "payee": {"tax": None}} for each in range(number)
    ]


def test_each_listing_is_a_part(mock_listing):
    """A part is the plan and the parameters, and asks for nothing before its rows are read."""
    listing = mock_listing(URL, rows_of(120), dialects.PLUGGY)
    parts = split_listings(Plan(URL, session=SESSION), [{"a": "1"}, {"a": "2"}], 1)
    assert [({"a": "1"}, None, None), ({"a": "2"}, None, None)] == [
        (part.params, part.resume, part.until) for part in parts
    ]
    assert 0 == len(listing.requests)
    assert 120 == len([*pickle.loads(pickle.dumps(parts[0])).open()])


def test_parts_of_a_listing_are_the_whole(mock_listing):
    """Each ends where the next one begins; the first page is asked for, to know how many."""
    rows = rows_of(450)
    listing = mock_listing(URL, rows, dialects.PLUGGY)
    parts = split_listings(Plan(URL, session=SESSION, strategy=dialects.PLUGGY), [{}], 3)
    assert (3, 1) == (len(parts), len(listing.requests))
    assert rows == [row for part in parts for row in pickle.loads(pickle.dumps(part)).open()]


@pytest.mark.parametrize(("given", "strict"), [({}, True), ({"strict": False}, False)])
def test_a_doubt_is_an_error_unless_the_plan_says_otherwise(given, strict):
    """Nobody reads the warnings of a worker."""
    part = Part(plan=Plan(URL, session=SESSION, **given), params={})
    assert strict == part.open()._options.strict


def test_the_columns_of_the_first_page_with_rows(mock_listing):
    """What is only null there is text, inside of lists and objects, too."""
    mock_listing(URL, rows_of(3), dialects.PLUGGY)
    text = pa.string()
    kinds = {
        "id": pa.int64(), "note": text, "tags": pa.list_(text), "payee": pa.struct([("tax", text)]),
    }  # fmt: skip
    assert pa.schema([*kinds.items()]) == infer_columns(Plan(URL, session=SESSION), [{}])


def test_no_row_tells_no_columns(mock_listing):
    """A table without columns would be no answer."""
    mock_listing(URL, [], dialects.PLUGGY)
    with pytest.raises(ValueError, match="no listing has a row that tells the columns"):
        infer_columns(Plan(URL, session=SESSION), [{}, {"a": "1"}])


@pytest.mark.parametrize(
    ("plan", "params", "parts", "error", "text"),
    [
        ("app:plan", [{}], 1, TypeError, "plan: expected a Plan, got str"),
        (None, {}, 1, TypeError, "params: expected a list"),
        (None, "ab", 1, TypeError, "params: expected a list"),
        (None, [1], 1, TypeError, "params: expected a list"),
        (None, [], 1, ValueError, "params: expected a listing at least"),
        (None, [{}], 0, ValueError, "parts: expected a whole number from 1 on"),
        (None, [{}], True, ValueError, "parts: expected a whole number from 1 on"),
        (None, [{}], "2", ValueError, "parts: expected a whole number from 1 on"),
    ],
)
def test_what_cannot_be_is_told(plan, params, parts, error, text):
    """Wrong input is an error at the call."""
    with pytest.raises(error, match=text):
        split_listings(plan or Plan(URL, session=SESSION), params, parts)


def test_a_listing_that_cannot_be_cut(mock_listing):
    """With a cursor, no page but the first is known."""
    mock_listing(URL, rows_of(250), dialects.STRIPE)
    plan = Plan(URL, session=SESSION, strategy=dialects.STRIPE)
    with pytest.raises(ValueError, match="split"):
        split_listings(plan, [{}], 2)
    with pytest.raises(exceptions.InvalidCheckpoint):
        Part(plan=plan, params={}, resume="x").open()


def test_listings_may_be_generated():
    """They are taken from any iterable, once, and each is a value of its own."""
    given = [{"account": name} for name in "abc"]
    found = split_listings(Plan(URL, session=SESSION), (each for each in given), 1)
    given[0]["account"] = "x"
    assert [{"account": name} for name in "abc"] == [part.params for part in found]


@pytest.mark.parametrize(
    ("params", "error", "text"),
    [
        (None, TypeError, "params: expected a list"),
        (5, TypeError, "params: expected a list"),
        ("abc", TypeError, "params: expected a list"),
        ([None], TypeError, "params: expected a list"),
        (iter(()), ValueError, "a listing at least"),
        ([{"a": 1}, {"b": 2}, {"a": "1"}], ValueError, "listing 3 asks for the same as listing 1"),
        ([{}, {"z": None}], ValueError, "listing 2 asks for the same as listing 1"),
        ([{"api_key": "abc"}], ValueError, "a plan holds no credentials"),
    ],
)
def test_listings_that_cannot_be(params, error, text):
    """They are refused at the call, and no secret is shown."""
    with pytest.raises(error, match=text) as caught:
        split_listings(Plan(URL, session=SESSION), params, 1)
    assert "abc" not in str(caught.value)
