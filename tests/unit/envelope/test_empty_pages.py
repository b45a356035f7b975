"""Pages without rows that leave their list out, or write null for it."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage, PossiblyTruncated, UnknownPagination
from tests.two_pages import listed, listing_of, refused, rows, serving

URL = "https://api.test/v1/things"


def rows_of(items, body, index):
    return ItemsAt(items)(Page(request=PageRequest("GET", URL), body=body, url=URL, index=index))


@pytest.mark.parametrize(
    ("items", "body"),
    [
        ("rows", {}), ("rows", []), ("rows", {"rows": {}}), ("rows", {"start": 4, "total_size": 4}),
        ("rows", {"status": "ok", "warnings": ["x"]}), ("rows", {"message": "success"}),
        ("a.b.rows", {"a": {"b": {}}}), ("a.b.rows", {"a": {}}), ("a.b.rows", {"a": None}),
        ("a.b.rows", {"a": []}), ("a.b.rows", {"a": {"b": [], "status": "ok"}}), ("a.b.rows", {}),
        ("0.a.rows", [{"result": 0, "text": "ok", "a": {}}]),
    ],
)  # fmt: skip
def test_a_later_page_that_leaves_its_list_out(items, body):
    """It has no rows, once it is known where they are."""
    assert [] == rows_of(items, body, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"nextPageToken": "b"}, {"meta": {"next_cursor": "b"}}, {"has_more": True, "data": {}},
        {"links": {"next": "/x"}}, {"total": 0}, {"nextPageToken": "b", "totalSize": 9}, {"data": {"rows": None}}, {"data": {"rows": []}},
    ],
)  # fmt: skip
def test_a_first_page_that_leaves_its_list_out(body):
    """It has no rows beside a continuation or a count of 0, or where the list is null."""
    assert [] == rows_of("data.rows", body, 0)
    assert [] == rows_of("data.rows", body, 3)


@pytest.mark.parametrize(
    "body",
    [
        {"items": [1], "nextPageToken": "b"}, {"data": {"items": [1]}}, {"names": ["x"]}, {"data": "x"},
        {"data": [1]}, {"data": 5}, {"data": {"rows": "x"}}, {"data": {"rows": 5}}, "text", 5, None,
        {"error": {"code": 5}}, {"nextPageToken": "b", "error": "gone"}, {"message": "backend gone"},
        {"detail": "Invalid page."}, {"count": 6, "next": "/things?page=3"}, {"page": 2, "totalPages": 3},
        {"meta": {"current_page": 2, "last_page": 2}}, [{"data": 1}, {"data": 2}], 5.5,
    ],
)  # fmt: skip
@pytest.mark.parametrize("index", [0, 3])
def test_a_page_of_another_shape(body, index):
    """Another list with rows, a text or an error where the list was is never an empty page."""
    with pytest.raises(MalformedPage):
        rows_of("data.rows", body, index)


@pytest.mark.parametrize("body", [{}, {"next": "x"}, None, {"items": []}, "text"])
def test_another_body_than_a_bare_list(body):
    """Where the body was a list of rows, nothing else is an empty page."""
    with pytest.raises(MalformedPage):
        rows_of("", body, 3)


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        ("/v2/o/i/tags/list", {"name": "o/i", "tags": None}, "tags"),
        ("/v2/_catalog", {"repositories": None}, "repositories"),
        ("/things", {"items": None}, "items"),
        ("/things", {"data": None, "code": 0, "msg": "ok"}, "data"),
        ("/pods", {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "9"}, "items": None}, "items"),
        ("/things", {"data": {"rows": None, "page": 1}, "success": True}, "data.rows"),
        ("/jobs", {"jobs": None, "took": 3}, "jobs"),
        ("/things", {"name": "x", "items": None, "next": None}, "items"),
    ],
)  # fmt: skip
def test_null_where_the_only_list_would_be(url, body, path):
    """Go writes null for an empty list: the URL names it, or nothing but metadata is beside it."""
    assert path == find_rows(body, f"https://api.test{url}")
    assert [] == rows_of(path, body, 0)


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/settings/x", {"name": "x", "value": None}), ("/posts/x", {"title": "t", "content": None}),
        ("/users/bob/profile", {"name": "bob", "profile": None}),
        ("/things", {"name": "x", "tags": None, "labels": None}), ("/things", {}),
        ("/things", {"user": "bob", "events": None}),
    ],
)  # fmt: skip
def test_null_in_a_resource(url, body):
    """A member of a resource that is null is no listing without rows."""
    with pytest.raises(UnknownPagination):
        find_rows(body, f"https://api.test{url}")
    resource = {"id": 5, **body, "tags": None}
    assert "" == find_rows(resource, f"https://api.test{url}")


TOKENS = {
    None: {"items": rows(1, 2), "nextPageToken": "a"},
    "a": {"nextPageToken": "b"},
    "b": {"items": rows(3), "nextPageToken": "c"},
}


def test_an_empty_page_in_the_middle_leaves_its_list_out():
    """The listing goes on at the token beside it, and ends at an object without anything."""
    with serving(lambda query: TOKENS.get(query.get("pageToken"), {})):
        with pytest.warns(PossiblyTruncated, match="the last page has no list at 'items'"):
            assert [1, 2, 3] == [row["id"] for row in listing_of()]
    got, _, _ = listed(lambda query: TOKENS.get(query.get("pageToken"), {}), items="items")
    assert [1, 2, 3] == got


def test_a_failure_in_the_middle_is_no_empty_page():
    """The rows before it are handed out, and the provider's words are in the error."""

    def answer(query):
        gone = {"nextPageToken": "b", "status": "QUOTA_EXCEEDED", "error_message": "all used"}
        return gone if query.get("pageToken") == "a" else TOKENS[None]

    words = "QUOTA_EXCEEDED: all used"
    assert (2, [{"pageToken": "a"}]) == refused(answer, MalformedPage, words)
