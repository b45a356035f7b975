"""Lists that hold what went wrong are no rows."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage, PossiblyTruncated
from tests.two_pages import listing_of, rows, serving

URL = "https://api.test/v1/ledgers"

FAILURES = [
    {"error": ["EQuery:Unknown asset"]}, {"Error": [{"text": "no such book"}]},
    {"error": ["EQuery:Unknown asset"], "result": {}}, {"errors": ["no"], "result": None},
    {"errorMessages": ["no book"], "errors": {}}, {"error_list": [{"message": "no"}]},
    {"ValidationErrors": [{"message": "no"}]}, {"failures": [{"reason": "no"}]},
    {"faults": [{"faultstring": "no"}]}, {"exceptions": [{"message": "no"}]},
    {"erros": [{"mensagem": "no"}]}, {"fehler": ["kein Buch"]},
    {"type": "Outcome", "issue": [{"severity": "fatal", "diagnostics": "no"}]},
    {"problems": [{"severity": "ERROR", "message": "no"}]},
    {"detail": [{"loc": ["query", "page"], "msg": "no", "type": "missing"}]}, {"non_field_errors": ["no"]},
    {"title": "An error", "violations": [{"propertyPath": "since", "message": "no"}]},
    {"wrong": [{"dataPath": ".limit", "message": "no"}]}, {"message": ["the token has expired", "error 5"]},
    {"msgs": ["API error: quota exhausted"]}, {"details": ["Too many requests, error"], "code": 7},
]  # fmt: skip


@pytest.mark.parametrize("body", FAILURES)
def test_a_list_of_failures(body):
    """It is an error on a first page, where the rows are named, and on a later page."""
    for read in (
        lambda: find_rows(body, URL),
        lambda: ItemsAt("rows")(Page(request=PageRequest("GET", URL), body=body, url=URL)),
        lambda: ItemsAt("rows")(Page(request=PageRequest("GET", URL), body=body, url=URL, index=2)),
    ):
        with pytest.raises(MalformedPage, match="error"):
            read()


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        ("/failures", {"failures": [{"id": 1}]}, "failures"),
        ("/v1/exceptions", {"exceptions": [{"name": "x"}], "total": 1}, "exceptions"),
        ("/errors", {"errors": [{"message": "x"}]}, "errors"),
        ("/ledgers", {"error": [], "data": [{"id": 1}]}, "data"),
        ("/ledgers", {"failures": [], "ledgers": []}, "ledgers"),
        ("/exceptions", {"exceptions": {"items": [{"id": 1}]}}, "exceptions.items"),
        ("/search", {"issues": [{"key": "a", "severity": "ERROR"}]}, "issues"),
        ("/search", {"issue": [{"severity": "warning", "text": "x"}]}, "issue"),
        ("/search", {"hits": [{"loc": "NYC", "message": "x"}]}, "hits"), ("/chat", {"message": ["hello", "no quota here"]}, "message"),
        ("/search", {"details": [{"message": "hello"}]}, "details"), ("/search", {"spots": [{"id": 1, "loc": "NYC", "msg": "x"}]}, "spots"),
    ],
)  # fmt: skip
def test_lists_that_are_rows(url, body, path):
    """What the URL names are rows, and so are things with an identity, and rows beside no errors."""
    assert path == find_rows(body, f"https://api.test{url}")


@pytest.mark.parametrize(
    "name", ["errors", "error", "errorMessages", "validation_errors", "failures", "Exceptions"]
)
def test_failures_beside_rows(name):
    """The rows are handed out, and the listing is doubtful."""
    with serving(lambda query: {name: ["no book"], "data": rows(1, 2)}):
        with pytest.warns(PossiblyTruncated, match="reports errors beside its rows: no book"):
            assert [1, 2] == [row["id"] for row in listing_of()]
