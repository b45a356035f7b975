"""Bare lists: rows, or an envelope around them that is written as a list."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import re

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import MalformedPage, UnknownPagination
from tests.two_pages import listing_of, serving

URL = "https://api.test/v1/things"
ROWS = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([{"result": 0, "text": "2 found", "arguments": {"count": 2, "hosts": ROWS}}], "0.arguments.hosts"),
        ([{"arguments": {"hosts": ROWS, "has_more": True}}], "0.arguments.hosts"),
        ([{"code": 0, "items": ROWS}], "0.items"),
        ([{"success": True, "data": {"rows": ROWS, "nextCursor": "a"}}], "0.data.rows"),
        ([{"items": ROWS, "total": 9}], "0.items"),
        ([{"title": "x", "items": ROWS, "next": "/things?page=2"}], "0.items"),
    ],
)  # fmt: skip
def test_an_envelope_as_the_only_element(body, path):
    """An object that tells an outcome or leads on; the error says how to get at its rows."""
    with pytest.raises(UnknownPagination, match=re.escape(f"pass items={path!r}")):
        find_rows(body, URL)


def test_what_stands_in_an_envelope_in_a_list_is_seen():
    """The path that the error names does not end the listing after one page in silence."""
    body = [{"code": 0, "page": {"items": ROWS, "has_more": True}}]
    with serving(lambda query: body):
        with pytest.raises(
            UnknownPagination, match=r"'0\.page\.has_more' says that more rows follow"
        ):
            list(listing_of(items="0.page.items"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"result": 2, "text": "not supported"}], "2: not supported"),
        ([{"errorCode": "SESSION_OVER", "message": "log in"}], "SESSION_OVER: log in"),
        ([{"ok": False, "error": "denied"}], "denied"),
        ([{"code": 429, "msg": "slow down"}], "429: slow down"),
        ([{"status": "error", "detail": "no such view"}], "error: no such view"),
    ],
)  # fmt: skip
def test_a_failure_as_the_only_element(body, words):
    """Nothing but an outcome stands in it, and its words are shown."""
    with pytest.raises(MalformedPage, match=words):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        [[0, 1795880802.5, 0.1], [[[47], [["_key", "Text"], ["n", "Int"]], ["a", 1]]]],
        [47, ROWS],
        [47, ["A1", "B2"], None, [["x"], ["y"]]],
        ["ok", [[1, "a"], [2, "b"]]],
        [["id", "name"], [[[1, "a"], [2, "b"]]]],
        [[-22, 1795880802.5, 0.1, "[table] invalid name"]],
        [[-5, "access denied"]],
    ],
)  # fmt: skip
def test_parts_that_are_no_rows(body):
    """A few parts of which some are flat and others hold what could be rows; a negative code."""
    with pytest.raises(UnknownPagination, match="items=''"):
        find_rows(body, URL)
    with serving(lambda query: body):
        assert body == list(listing_of(items=""))


@pytest.mark.parametrize(
    "body",
    [
        [], [None], [1, 2, 3], ["a"], [[0, 1, 2]], [[1, "a"], [2, "b"]], [[-22, "Rio"]], [[], ROWS],
        [["2024-01-01", 1.5, None], ["2024-01-02", 0, "x"]], [[[1, "a"]], [[2, "b"]]],
        [["a", [[1, 2], [3, 4]]], ["b", [[1, 2]]]], [[1, 2], [[1, 2], [3, 4]]], [None, [1], [2]],
        ["term", ["a", "b"], ["c"]], [1, "a", None, {"x": 1}, [2]], [{"id": 1}, [1], [2]],
        [{"id": 1}, {"name": "x", "tags": []}], [[1], [2], [3], [4], [[[5], [6]]], [7]],
        [{"id": 1, "name": "a", "tags": ["x"]}], [{"id": 1, "items": [1, 2], "total": 2}],
        [{"title": "t", "pages": 12, "next": None}], [{"number": 5, "items": [{"sku": 1}], "total": 3}],
        [{"name": "db", "status": "OK", "checks": ROWS}], [{"id": 1, "data": {"rows": ROWS, "next": "x"}}],
        [{"status": "error", "message": "disk full", "at": "2024"}], [{"code": "US", "name": "x"}],
        [{"id": 4, "code": 500, "message": "x"}], [{"message": "hello"}], [{}], [ROWS, ROWS],
    ],
)  # fmt: skip
def test_bare_lists_that_are_rows(body):
    """Rows may be texts, numbers, null, lists and objects of different shapes, and only one."""
    assert "" == find_rows(body, URL)
