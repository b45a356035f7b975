"""A bare list of one element: an envelope, spelled in many ways, or a row."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import re

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import MalformedPage, UnknownPagination

URL = "https://api.test/v1/things"
ROWS = [{"mac": 1}, {"mac": 2}]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        # answers to calls, whose identity is the call's
        ([{"jsonrpc": "2.0", "id": 4, "result": {"hosts": ROWS, "nextMarker": "z"}}], "0.result.hosts"),
        ([{"jsonrpc": "2.0", "id": 4, "result": ROWS}], "0.result"),
        ([{"jsonrpc": "2.0", "id": 4, "result": []}], "0.result"),
        ([{"id": 4, "response": {"hosts": ROWS, "moreAvailable": True}}], "0.response.hosts"),
        ([{"tid": 4, "method": "find", "result": {"hosts": ROWS, "total": 9}}], "0.result.hosts"),
        ([{"id": "q", "entries": ROWS, "next": "/things?p=2"}], "0.entries"),
        # texts, lists and nothing in the list
        ([{"macs": ["a", "b"], "nextLink": "/things?p=2"}], "0.macs"),
        ([{"macs": [], "hasNext": True}], "0.macs"),
        ([{"columns": ["mac"], "entries": [[1], [2]], "next": "/things?p=2"}], "0.entries"),
        ([{"entries": [], "totalCount": 9}], "0.entries"),
        ([{"success": True, "records": []}], "0.records"),
        # a token by another name, and a list around it
        ([{"entries": ROWS, "scroll_id": "z"}], "0.entries"),
        ([{"hosts": ROWS, "bookmark": "z"}], "0.hosts"),
        ([[{"hosts": ROWS, "hasNext": True}]], "0.0.hosts"),
    ],
)  # fmt: skip
def test_an_only_element_that_is_an_envelope(body, path):
    """The error names the rows in it, and how to get the element as a row."""
    with pytest.raises(UnknownPagination, match=re.escape(f"pass items={path!r}, or items=''")):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        [{"result": 3, "text": "0 hosts found", "arguments": {}}],
        [{"code": 0, "message": "nothing here", "payload": {}}],
        [{"success": True, "msg": "no hosts", "hosts": []}],
    ],
)
def test_an_only_element_that_tells_of_nothing(body):
    """A code and words beside an empty object are no row."""
    with pytest.raises(UnknownPagination, match="items='' if it is a row"):
        find_rows(body, URL)


def test_an_error_of_a_call():
    """The identity beside it is the call's."""
    with pytest.raises(MalformedPage, match="unknown method"):
        find_rows([{"jsonrpc": "2.0", "id": 4, "error": {"code": -3, "message": "unknown method"}}], URL)  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        {"id": 4, "object": "subscription", "items": {"data": ROWS, "has_more": True}},
        {"id": 4, "name": "x", "data": {"hosts": ROWS, "has_more": True}},
        {"id": 4, "comments": ROWS, "next": "/posts/5"},
        {"id": 4, "items": ROWS, "total": 2},
        {"message": "hi", "children": []},
        {"title": "x", "tags": [], "total": 0},
        {"tags": []}, {"name": "x", "entries": [], "count": 0}, {"action": "login", "method": "GET"},
        {"tags": ["a"], "hosts": ["b"], "count": 2}, {"name": "x", "bookmark": "p1", "chapters": ROWS},
        {"status": "ok", "level": {}}, {"result": 3, "arguments": {}},
    ],
)  # fmt: skip
def test_an_only_row(row):
    """A row may have lists of its own, pages in an object of its own, and words."""
    assert "" == find_rows([row], URL)
