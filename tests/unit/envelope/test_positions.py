"""Numbers of pages, positions and tokens beside the list of an object with an identity."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import UnknownPagination

HOST = "https://api.test"
ROWS = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        # a page's own number and the number of pages
        ({"id": "box", "entries": ROWS, "page": 1, "total_pages": 4}, "entries"),
        ({"id": "box", "rows": ROWS, "paging": {"pageNo": 0, "numPages": 4}}, "rows"),
        # a flag that says whether this is the last page
        ({"id": "box", "elements": ROWS, "last": True}, "elements"),
        ({"id": "box", "letters": ROWS, "reached_last_page": False}, "letters"),
        # a token that does not speak of the next page
        ({"id": "box", "records": ROWS, "scrollId": "z1"}, "records"),
        ({"id": "box", "records": ROWS, "meta": {"cursor": "z1"}}, "records"),
        ({"id": "box", "nodes": ROWS, "pagination": {"cursors": {"after": "z1"}}}, "nodes"),
        ({"id": "box", "nodes": ROWS, "cursors": {"after": "z1", "before": "z0"}}, "nodes"),
        # the rows have a name that notices have elsewhere
        ({"id": "box", "messages": ROWS, "nextPageToken": "z1"}, "messages"),
        ({"id": "box", "messages": ROWS, "hasMore": True}, "messages"),
        # beside the object
        ({"data": {"id": "box", "items": ROWS}, "paging": {"page": 1, "pages": 4}}, "data.items"),
        ({"data": {"id": "box", "items": ROWS}, "meta": {"total_items": 9}}, "data.items"),
    ],
)  # fmt: skip
def test_a_position_makes_a_listing(body, path):
    """Where nothing but a page has it, the object that the URL identifies is an envelope."""
    assert path == find_rows(body, f"{HOST}/post/box")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/post/box", {"id": "box", "letters": ROWS, "page": 1, "pages": 4}),
        ("/post/box?page=3", {"id": "box", "letters": ROWS, "currentPage": 3, "lastPage": 4}),
        ("/post/box", {"id": "box", "letters": ROWS, "pager": {"total": 9, "page": 1, "pages": 4}}),
        ("/post/box", {"id": "box", "entries": ROWS, "page_count": 4}),
        ("/post/box", {"id": "box", "letters": ROWS, "cursor": "z1"}),
        ("/post/box", {"id": "box", "letters": ROWS, "continuation": "z1"}),
        ("/post/box", {"id": "box", "entries": ROWS, "skip": 0, "limit": 2}),
        ("/post/box", {"id": "box", "entries": ROWS, "nextRow": 3}),
        ("/post/box", {"data": {"id": "box", "entries": ROWS}, "meta": {"total": 9}}),
        ("/post/box", {"data": {"id": "box", "letters": ROWS}, "links": {"next": "/post/box?p=2"}}),
        # a number of more rows, named after the list or in what is about pages
        ("/post/box", {"id": "box", "letters": ROWS, "total_letters": 9}),
        ("/post/box", {"id": "box", "name": "x", "letters": ROWS, "letters_total": "9"}),
        ("/post/box", {"id": "box", "letters": ROWS, "meta": {"total": 9}}),
        ("/post/box", {"id": "box", "title": "x", "letters": ROWS, "pagination": {"page": 1, "total": 9}}),
        ("/post/box", {"id": "box", "letters": ROWS, "page_info": {"per_page": 2, "found": 9}}),
        ("/post/box", {"id": "box", "letters": ROWS, "result_range": {"letters_total": 9}}),
        ("/post/box", {"data": {"id": "box", "letters": ROWS}, "meta": {"total": 9}}),
        ("/post/box", {"id": "box", "letters": ROWS, "page": 1, "of": 4}),
        ("/post/box/letters-of", {"id": "box", "letters": ROWS, "total": 9}),
        ("/post/box/letters-of", {"id": "box", "letters": ROWS, "found": 9}),
        ("/find", {"id": "r1", "names": ["a", "b"], "total": 9}),
        ("/find", {"id": "r1", "names": ["a", "b"], "numPages": 4}),
        ("/find", {"id": "r1", "messages": ROWS, "total": 9}),
        # an ended cursor beside texts, and values of another kind
        ("/find", {"id": "r1", "title": "x", "names": ["a", "b"], "next_token": None}),
        ("/find", {"id": "r1", "title": "x", "names": ["a", "b"], "nextPageCursor": ""}),
    ],
)  # fmt: skip
def test_what_a_position_makes_doubtful(url, body):
    """A page or a thing of its own may have it: the caller is asked."""
    with pytest.raises(UnknownPagination, match="either one resource or the rows of"):
        find_rows(body, f"{HOST}{url}")


def test_a_null_list_beside_a_count_of_0():
    """Go writes an empty list as null; the identity is the request's."""
    assert "entries" == find_rows({"id": "r1", "count": 0, "entries": None}, f"{HOST}/find")


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        ("/books/7", {"id": 7, "authors": ROWS, "pages": 312}, ""),
        ("/books/7", {"id": 7, "chapters": ROWS, "pages": 312, "current_page": 47}, ""),
        ("/chapters/7", {"id": 7, "sections": ROWS, "last": False}, ""),
        ("/articles/7", {"id": 7, "comments": ROWS, "bookmark": "intro"}, ""),
        ("/segments/7", {"id": 7, "points": ROWS, "offset": 12, "limit": 40}, ""),
        ("/forms/latest", {"id": 7, "title": "x", "fields": ROWS}, ""),
        ("/forms/latest", {"id": 7, "title": "x", "fields": ROWS, "total": 9}, ""),
        ("/posts/latest", {"id": 7, "title": "x", "tags": ["a"], "total": 9}, ""),
        ("/threads/7", {"id": 7, "messages": ROWS, "message_count": 9}, ""),
        ("/orders/7/receipt", {"id": 7, "lines": ROWS, "total": 47, "currency": "BRL"}, ""),
        ("/orders/7/receipt", {"id": 7, "lines": ROWS, "total": 2}, ""),
        ("/orders/7", {"data": {"id": 7, "items": [{"id": 1}]}, "meta": {"count": 1, "took": 35, "per_page": 25}}, "data"),
        ("/orders/7", {"data": {"id": 7, "lines": ROWS}, "meta": {"total": 2}}, "data"),
        ("/threads/7", {"id": 7, "title": "x", "letters": ROWS, "letter_count": 9}, ""),
        ("/threads/7", {"id": 7, "letters": ROWS, "total_letters": 2}, ""),
        ("/threads/7", {"id": 7, "letters": ["a", "b"], "meta": {"total": 9}}, ""),
        ("/threads/7", {"id": 7, "letters": ROWS, "usage": {"total": 9}, "stats": {"count": 9}}, ""),
        ("/orders/7", {"id": 7, "parcels": ROWS, "summary": {"total": 47}}, ""),
        ("/orders/7", {"id": 7, "lines": ROWS, "currency": "BRL", "meta": {"total": 47}}, ""),
        ("/threads/7", {"id": 7, "letters": ROWS, "page": 1, "off": 9}, ""),
        ("/orders/7", {"id": 7, "total": 0, "entries": None, "name": "x"}, ""),
    ],
)  # fmt: skip
def test_numbers_and_texts_of_a_thing(url, body, path):
    """A book has pages, an article a bookmark, and an order a total: each stays one resource."""
    assert path == find_rows(body, f"{HOST}{url}")
