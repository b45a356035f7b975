"""The first page decides: recognised, or raised; never guessed."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

from dataclasses import replace

import pytest

from requests_paginate import Page, PageRequest, dialects, exceptions
from requests_paginate.detection import detect, may_be_truncated, starts_at_beginning
from requests_paginate.strategies import (
    Cursor,
    LinkHeader,
    NextLink,
    Offset,
    PageNumber,
    SinglePage,
)

URL = "https://api.test/items"
ROWS = [{"id": 1}, {"id": 2}]


def first(body, params=None, headers=None, json=None, url=URL):
    method = "GET" if json is None else "POST"
    request = PageRequest(method, url, params=params or {}, json=json)
    return Page(request=request, body=body, headers=headers or {}, url=url)


TABLE = [
    # Pluggy's two models, Belvo, and Django REST framework's three
    (first({"total": 9, "totalPages": 5, "page": 1, "results": ROWS}), dialects.PLUGGY),
    (first({"results": ROWS, "next": "?accountId=a&after=b"}), dialects.PLUGGY_V2),
    (first({"results": ROWS, "next": None}), dialects.PLUGGY_V2),
    (first({"count": 9, "next": f"{URL}?page=2", "previous": None, "results": ROWS}), dialects.BELVO),
    (
        first({"count": 9, "next": f"{URL}?limit=2&offset=2", "previous": None, "results": ROWS}),
        NextLink("next", items="results", total="count", offset_param="offset"),
    ),
    (first({"next": f"{URL}?cursor=c", "previous": None, "results": ROWS}), dialects.DJANGO_REST),
    # links elsewhere
    (first(ROWS, headers={"link": f'<{URL}?page=2>; rel="next"'}), dialects.LINK_HEADER),
    (first(ROWS, headers={"Link": f'<{URL}?page=1>; rel="first"'}), dialects.LINK_HEADER),
    (
        first(ROWS, headers={"Link": f'<{URL}?p=2>; rel="next"', "X-Total-Count": "9"}),
        LinkHeader(items="", total="X-Total-Count"),
    ),
    (first({"value": ROWS, "@odata.nextLink": f"{URL}?$skip=2"}), NextLink("@odata.nextLink", items="value")),
    (first({"data": ROWS, "links": {"next": f"{URL}?page[after]=2"}}), dialects.JSON_API),
    (
        first({"_embedded": {"items": ROWS}, "_links": {"next": {"href": f"{URL}?page=1"}}}),
        NextLink("_links.next.href", items="_embedded.items", page_param="page"),
    ),
    # counted pages
    (
        first({"page": 1, "per_page": 2, "total": 9, "total_pages": 5, "data": ROWS}),
        PageNumber("page", total_pages="total_pages", number="page", items="data", total="total"),
    ),
    (
        first({"content": ROWS, "page": {"number": 0, "totalPages": 5, "totalElements": 9}}),
        PageNumber("page", total_pages="page.totalPages", number="page.number", first=0, items="content", total="page.totalElements"),
    ),
    (
        first({"items": ROWS, "meta": {"pageCount": 5}}, {"pageNumber": "0"}),
        PageNumber("pageNumber", total_pages="meta.pageCount", first=0, items="items"),
    ),
    (
        first({"hits": ROWS, "page": 0, "nbPages": 5}, json={"query": "", "hitsPerPage": 2}),
        PageNumber("page", total_pages="nbPages", number="page", first=0, items="hits"),
    ),
    (first(ROWS, {"page": "1"}), PageNumber("page", items="")),
    (first(ROWS, {"page": "0"}), PageNumber("page", items="", first=0)),
    # offsets
    (
        first({"offset": 0, "limit": 2, "total": 9, "items": ROWS}),
        Offset("offset", total="total", items="items"),
    ),
    (
        first({"items": ROWS, "total": 9}, {"limit": 2, "offset": 0}),
        Offset("offset", limit="limit", total="total", items="items"),
    ),
    (first(ROWS, {"limit": "2", "offset": "0"}), Offset("offset", limit="limit", items="")),
    (
        first({"Resources": ROWS, "totalResults": 9, "startIndex": 1}, url="https://api.test/Users"),
        Offset("startIndex", total="totalResults", items="Resources", first=1),
    ),
    (  # an offset and a count that is just the page's own length: only an empty page is the end
        first({"count": 2, "value": ROWS}, {"$top": 2, "$skip": 0}),
        Offset("$skip", limit="$top", items="value"),
    ),
    (
        first({"values": ROWS, "isLastPage": False, "start": 0, "nextPageStart": 2}),
        Cursor("start", token="nextPageStart", more="!isLastPage", items="values"),
    ),
    # times that look like offsets
    (first({"events": ROWS}, {"start": 1700000000, "end": 1800000000}), SinglePage(items="events")),
    (first({"events": ROWS}, {"from": 20260101, "limit": 50}), SinglePage(items="events")),
    (first({"events": ROWS, "total": 9}, {"from": 0}), Offset("from", total="total", items="events")),
    (first({"values": ROWS}, {"start": 0}), Offset("start", items="values")),
    (first(ROWS, {"offset": 1, "limit": 2}), Offset("offset", limit="limit", items="")),
    (first({"start": 1704067200, "end": 1704153600, "values": ROWS}), SinglePage(items="values")),
    # cursors
    (
        first({"items": ROWS, "meta": {"next_cursor": "c", "has_more": True}}),
        Cursor("cursor", token="meta.next_cursor", more="meta.has_more", items="items"),
    ),
    (
        first({"items": ROWS, "next_cursor": "c", "total": 30}),
        Cursor("cursor", token="next_cursor", items="items", total="total"),
    ),
    (  # what equals the page's own length is no total where the page leads on
        first({"results": ROWS, "count": 2, "total": 2, "next": f"{URL}?c=1"}),
        NextLink("next", items="results"),
    ),
    (
        first({"data": ROWS, "meta": {"pages": 5}}, {"page[number]": 1, "page[size]": 2}),
        PageNumber("page[number]", total_pages="meta.pages", items="data"),
    ),
    (first({"items": ROWS, "nextPageToken": "t"}), Cursor("pageToken", token="nextPageToken", items="items")),
    (
        first({"items": ROWS, "next_cursor": "c"}, json={"limit": 2}),
        Cursor("cursor", token="next_cursor", items="items"),
    ),
    (
        first({"data": ROWS, "meta": {"after": "c"}}, {"page[size]": 2}),
        Cursor("page[after]", token="meta.after", items="data"),
    ),
    (first(ROWS, headers={"X-Next-Page": "2"}), Cursor("page", token="X-Next-Page", items="")),
    # the last row's id
    (first({"object": "list", "url": "/x", "has_more": True, "data": ROWS}), dialects.STRIPE),
    (
        first({"object": "list", "data": ROWS, "last_id": 2, "has_more": True}),
        Cursor("after", token="last_id", more="has_more", items="data"),
    ),
    # not paginated
    (first(ROWS), SinglePage(items="")),
    (first({"things": ROWS}), SinglePage(items="things")),
    (first({"results": ROWS, "total": 2}), SinglePage(items="results")),
    (first({"results": ROWS, "has_more": False}), SinglePage(items="results")),
    (first({"items": ROWS, "nextSyncToken": "s"}), SinglePage(items="items")),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), TABLE)
def test_a_first_page_is_recognised(page, expected):
    """The likeliest strategy of each dialect is the one that lists it."""
    assert expected == detect(page)[0]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (first({"results": ROWS, "has_more": True}), "has_more"),
        (first({"results": ROWS, "total": 9}), "total"),
        (first({"results": ROWS, "count": 9}), "count"),
        (first({"results": ROWS, "continue": {"a": 1}}), "continue"),
        (first({"results": ROWS, "next": {"a": 1}}), "next"),
        (first({"results": ROWS, "LastEvaluatedKey": {"a": 1}}), "LastEvaluatedKey"),
        (first({"results": ROWS, "pages": 5}), "from 0 or 1"),
        (first({"a": ROWS, "b": ROWS}), "a, b"),
        (first({"name": "x", "size": 1}), "no list"),
        (first({"results": ROWS, "hasMoreResults": True}), "hasMoreResults"),
        (first({"results": ROWS, "total_entries": 9}), "total_entries"),
        (first({"results": ROWS, "total_results": 9}), "total_results"),
        (first({"results": ROWS, "total": {"value": 9}}), "total"),
        (first({"data": {"items": ROWS}, "count": 500}), "count"),
        (
            first({"orders": {"order": ROWS, "has_more": True}}, url="https://api.test/orders"),
            "orders.has_more",
        ),
        (first(ROWS, headers={"X-Total-Count": "500"}), "X-Total-Count"),
    ],
)
def test_what_cannot_be_told_raises(page, words):
    """A page that is one of many, or holds several lists, is not taken for the whole."""
    with pytest.raises(exceptions.UnknownPagination, match=words):
        detect(page)


@pytest.mark.parametrize(
    "beside",
    [{"total_cents": 99999}, {"total_time_ms": 1250}, {"next_billing_date": "2027-01-01"},
     {"nextUpdate": 60}, {"total_amount": 1234.5}, {"total": "12.50"}, {"count": 2},
     {"errors": []}, {"success": True}],
)  # fmt: skip
def test_one_page_with_other_numbers_is_one_page(beside):
    """Amounts, times and dates beside the rows are no sign of more."""
    assert SinglePage(items="orders") == detect(first({"orders": ROWS, **beside}))[0]


@pytest.mark.parametrize("body", [{"error": "no"}, {"errors": {}}, "text", 5, None, True])
def test_what_is_no_page_is_malformed(body):
    """An error body or a bare value is no page."""
    with pytest.raises(exceptions.MalformedPage):
        detect(first(body))


def test_the_vocabulary_ignores_case_and_punctuation():
    """`has_more`, `hasMore` and `Has-More` are one name."""
    for name in ("next_cursor", "nextCursor", "NextCursor", "next-cursor"):
        assert "cursor" == detect(first({"items": ROWS, name: "c"}))[0].cursor.lower()


def test_the_caller_s_name_comes_first():
    """A parameter that the caller sent is the one that goes on."""
    page = first({"items": ROWS, "next_token": "t"}, {"next_token": ""})
    assert "next_token" == detect(page)[0].cursor


def test_a_link_beats_a_cursor_beats_a_count():
    """What the server links comes before what it counts."""
    body = {"items": ROWS, "next": "/items?c=1", "next_cursor": "c", "page": 1, "total_pages": 5}
    assert isinstance(detect(first(body))[0], NextLink)
    body["next"] = None
    assert isinstance(detect(first(body))[0], Cursor)
    body["next_cursor"] = None
    del body["next"]
    assert isinstance(detect(first(body))[0], PageNumber)


def test_a_templated_link_is_no_link():
    """HAL's URI templates are not followed."""
    body = {"items": ROWS, "_links": {"next": {"href": "/x{?page}", "templated": True}}}
    with pytest.raises(exceptions.UnknownPagination):
        detect(first(body))


def test_sizes_and_beginnings():
    """What the caller asked for tells whether a page may be cut and where the listing begins."""
    page = replace(first({"results": ROWS}, {"limit": "2"}), items=ROWS)
    assert may_be_truncated(page)
    assert not may_be_truncated(replace(page, items=ROWS[:1]))
    assert not may_be_truncated(replace(page, items=[]))
    assert not may_be_truncated(replace(page, request=first(ROWS).request))
    for params, expected in [
        ({}, True), ({"page": 1}, True), ({"page": "0"}, True), ({"page": 2}, False),
        ({"offset": 0}, True), ({"offset": 1}, False), ({"cursor": "*"}, True),
        ({"cursor": "c"}, False), ({"from": "2026-01-01"}, False), ({"status": "x"}, True),
    ]:  # fmt: skip
        assert expected == starts_at_beginning(PageRequest("GET", URL, params=params))
