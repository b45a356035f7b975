"""A bare list of one element, or of a few answers: envelopes, spelled in many ways, or rows."""

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
        # wrappers without a value of their own, as of tRPC, GraphQL and JSON:API
        ([{"result": {"data": ROWS}}], "0.result.data"),
        ([{"result": {"data": {"json": {"hosts": ROWS, "nextKey": None}}}}], "0.result.data.json.hosts"),
        ([{"data": {"hosts": {"nodes": ROWS, "pageInfo": {"hasNextPage": False}}}}], "0.data.hosts.nodes"),
        ([{"data": ROWS, "links": {"next": None}}], "0.data"),
        ([{"payload": {"macs": []}}], "0.payload.macs"),
        # a count of more, a loss and a token beside the only list
        ([{"count": 31, "macs": ["a", "b"]}], "0.macs"),
        ([{"columns": ["mac"], "entries": [[1], [2]], "truncated": True}], "0.entries"),
        ([{"name": "lab", "items": ROWS, "cursor": "z81"}], "0.items"),
        # answers to several calls
        ([{"result": 0, "arguments": {"hosts": ROWS}}, {"result": 0, "arguments": {"hosts": ROWS}}], "0.arguments.hosts"),
        ([{"data": {"hosts": ROWS}}, {"data": {"ports": ROWS}}], "0.data.hosts"),
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


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"jsonrpc": "2.0", "id": 4, "error": {"code": -3, "message": "unknown method"}}], "unknown method"),
        ([{"errors": [{"message": "no such field"}], "data": None}], "no such field"),
        ([{"status": "ERR", "result": "parse error", "time": "81.5\xb5s"}], "parse error"),
        ([{"EXCEPTION": "worker gone", "EOF": True}], "worker gone"),
        ([{"result": 0, "arguments": {"hosts": ROWS}}, {"result": 1, "text": "server 2 is away"}], "server 2 is away"),
        ([{"data": {"hosts": ROWS}}, {"data": None, "errors": [{"message": "too deep"}]}], "too deep"),
    ],
)  # fmt: skip
def test_an_error_of_a_call(body, words):
    """What it says is shown; an identity beside it is the call's, and one of several failed."""
    with pytest.raises(MalformedPage, match=words):
        find_rows(body, URL)


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
        {"data": {"name": "x", "hosts": ROWS}}, {"node": {"hosts": ROWS}}, {"macs": ["a"], "count": 1},
        {"status": "error", "message": "disk full", "time": "12:04"}, {"count": 2, "macs": ["a"], "ports": [1]},
        {"name": "x", "chapters": ROWS, "cursor": "z81"},
    ],
)  # fmt: skip
def test_an_only_row(row):
    """A row may have lists of its own, pages in an object of its own, and words."""
    assert "" == find_rows([row], URL)


@pytest.mark.parametrize(
    "body",
    [
        [{"status": "error", "message": "x"}, {"status": "ok", "message": "y"}],
        [{"kind": "t3", "data": {"title": "x", "awards": ROWS}}, {"kind": "t3", "data": {"title": "y"}}],
        [{"node": {"hosts": ROWS, "total": 2}}, {"node": {"hosts": ROWS, "total": 2}}],
        [{"id": 1, "data": {"hosts": ROWS}}, {"id": 2, "data": {"hosts": ROWS}}],
        [{"result": 1}, {"result": 2}], [{"data": {"x": 1}}, {"data": {"x": 2}}],
    ],
)  # fmt: skip
def test_a_few_rows(body):
    """Log lines, wrapped things and results of measurements are no answers to calls."""
    assert "" == find_rows(body, URL)
