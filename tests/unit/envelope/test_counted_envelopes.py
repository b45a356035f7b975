"""An envelope with an id that counts its pages or rows, though nobody asked for a page."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import UnknownPagination

URL = "https://api.test/v1/search"
ROW = {"n": 1}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"id": "q-1", "orders": [ROW], "num_pages": 8}, "orders"),
        ({"id": "q-1", "orders": [["a", 1]], "page_count": 8, "limit": 5, "returned": 5}, "orders"),
        ({"id": "q-1", "orders": [], "total_orders": 0}, "orders"),
        ({"id": "q-1", "orders": [], "next": "", "total": 0, "returned": 0}, "orders"),
        ({"id": "q-1", "included": [], "orders": [7, 9], "num_found": 2, "start": 0}, "orders"),
        ({"id": "q-1", "orders": [ROW], "total": 0}, "orders"),
        ({"id": "q-1", "orders": [], "total_count": 0, "page": 1}, "orders"),
    ],
)
def test_an_envelope_that_counts(body, path):
    """A count beside the only list, and nothing of a thing, say that the list is the rows."""
    assert path == find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        {"id": "q-1", "orders": ["x", "y"], "num_pages": 1, "page_no": 1},
        {"id": "q-1", "tags": [], "num_pages": 300}, {"id": "q-1", "lines": [], "total": 0},
    ],
)  # fmt: skip
def test_an_envelope_or_a_thing(body):
    """Texts in a list, and an empty list beside pages, may be a thing's own."""
    with pytest.raises(UnknownPagination, match="either one resource or the rows"):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        {"id": 5, "title": "t", "num_pages": 300, "tags": ["a"]}, {"id": 5, "title": "t", "page_count": 3, "tags": []},
        {"id": 5, "tags": ["a"]}, {"id": 5, "name": "n", "total": 0, "votes": []},
        {"id": 5, "currency": "EUR", "total": 0, "lines": []},
        {"id": 5, "comments_count": 0, "tags": []},
    ],
)  # fmt: skip
def test_a_thing_with_counts(body):
    """A thing with values of its own, or with sums, stays one row."""
    assert "" == find_rows(body, URL)
