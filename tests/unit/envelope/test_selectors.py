"""Selecting what a page holds: its rows and their total."""

import pickle

import pytest

from requests_paginate._envelope.selectors import ItemsAt, TotalAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import ABSENT
from requests_paginate.exceptions import MalformedPage

URL = "https://api.test/v1/things"


def page(body, **fields):
    return Page(request=PageRequest("GET", URL), body=body, url=URL, **fields)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"total": 5}, {"Total": "6"}, 5),
        ({}, {"Total": "6"}, 6),
        ([], {"TOTAL": "6"}, 6),
        ({"total": None}, {"Total": "6"}, None),
        ({}, {}, None),
    ],
)
def test_totals(body, headers, expected):
    """A total stands in the body, else in the header of that name."""
    assert expected == TotalAt("total")(page(body, headers=headers))
    assert TotalAt()(page(body, headers=headers)) is None
    assert ({} == body and not headers) == (page(body, headers=headers).lookup("total") is ABSENT)


def test_malformed_total_headers():
    """A header that is no count is malformed too."""
    with pytest.raises(MalformedPage):
        TotalAt("X-Total")(page({}, headers={"X-Total": "1.5"}))


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        ("no", True), ({"code": 5}, True), ({"message": "no"}, True), ([{"title": "no"}], True),
        ({"status": "failed"}, True), ({"errno": "E1"}, True), (True, True),
        (None, False), ("", False), ({}, False), ([], False), ({"code": "ok", "x": 1}, False),
        ({"code": 0, "message": "fine"}, False), ({"message": ""}, False), ("000", False),
        ({"code": "", "status": 200}, False), ("Success", False), ({"code": {"code": 0}}, False),
    ],
)  # fmt: skip
def test_errors_beside_no_rows(error, is_one):
    """A page without rows that reports an error is malformed; "ok" and 0 are no errors."""
    body = {"data": [], "error": error}
    if is_one:
        with pytest.raises(MalformedPage, match="'error'"):
            ItemsAt("data")(page(body))
    else:
        assert [] == ItemsAt("data")(page(body))


@pytest.mark.parametrize(
    ("items", "body", "status", "expected"),
    [
        ("", [1], 200, [1]),
        ("data.items", {"data": {"items": [1]}}, 200, [1]),
        ("results", {"results": []}, 200, []),
        ("results", {"results": None}, 200, []),
        (None, [1], 200, [1]),
        (None, {"results": [1]}, 200, [1]),
        ("", None, 204, []),
        ("results", None, 204, []),
        (None, None, 204, []),
        (lambda body: body["x"], {"x": [1]}, 200, [1]),
        (lambda body: (row for row in body["x"]), {"x": [1]}, 200, [1]),
        (lambda body: body["x"].values(), {"x": {"a": 1}}, 200, [1]),
    ],
)
def test_items(items, body, status, expected):
    """Rows are read at a path, by a callable or where they are found; null and 204 are none."""
    assert expected == ItemsAt(items)(page(body, status=status))


@pytest.mark.parametrize(
    ("items", "body"),
    [
        ("results", {"results": {}}), ("results", {"results": "s3cr3t"}),
        ("results", {"results": 5}), ("results", {"results": False}), ("results", []),
        ("results", None), ("", None), ("", {"s": 1}), ("", "s3cr3t"), (None, None), (None, 5),
        (lambda body: "s3cr3t", {}), (lambda body: {"s3cr3t": 1}, {}), (lambda body: None, {}),
        (lambda body: b"s3cr3t", {}),
    ],
)  # fmt: skip
def test_missing_items(items, body):
    """No list where the rows should be is malformed; the text shows no value."""
    with pytest.raises(MalformedPage) as caught:
        ItemsAt(items)(page(body))
    assert "s3cr3t" not in str(caught.value)


def test_missing_items_say_what_is_there():
    """The text names the path, and the names that the body has instead."""
    with pytest.raises(MalformedPage, match=r"'results', got nothing.*'rows', 'next'.*items="):
        ItemsAt("results")(page({"rows": [], "next": None}))


def test_what_a_callable_raises_passes():
    """An error of the caller's own callable is the caller's."""
    with pytest.raises(ZeroDivisionError):
        ItemsAt(lambda body: 1 / 0)(page([]))


@pytest.mark.parametrize("items", [5, b"results", ["results"], {}, True])
def test_no_places_of_items(items):
    """What is neither path nor callable is refused at once."""
    with pytest.raises(TypeError, match="items"):
        ItemsAt(items)


def test_places_of_items_are_values():
    """They compare by value, hash, pickle and show themselves as they were written."""
    assert ItemsAt("a.b") == pickle.loads(pickle.dumps(ItemsAt("a.b")))
    assert ItemsAt("a") != ItemsAt("b")
    assert {ItemsAt("")} == {ItemsAt(""), ItemsAt("")}
    assert "'a.b'" == repr(ItemsAt("a.b"))
