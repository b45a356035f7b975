"""What may stand on a page that leaves its list out, and what says why there are no rows."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage

URL = "https://api.test/v1/payments?account=DE-77"


def rows_of(items, body, index):
    return ItemsAt(items)(Page(request=PageRequest("GET", URL), body=body, url=URL, index=index))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"Note": "At most five calls a minute."}, "At most five calls a minute."),
        ({"Information": "The daily limit is used up."}, "The daily limit is used up."),
        ({"warning": "slowed down"}, "slowed down"), ({"phase": "starting"}, "'phase'"),
        ({"wait_seconds": 12}, "'wait_seconds'"), ({"mfa_required": True}, "'mfa_required'"),
        ({"authenticated": False}, "'authenticated'"), ({"goto": "/signin"}, "'goto'"),
        ({"statusText": "Slow Down"}, "Slow Down"), ({"__type": "x.y#LimitException"}, "LimitException"),
        ({"Response": "Nope"}, "'Response'"), ({"total": 5, "gateway": "busy"}, "'gateway'"),
        ({"data": {"notice": "closed for the night"}}, "'data'"),
        ({"next_cursor": "b", "notice": "closed for the night"}, "'notice'"),
        ({"next_cursor": None, "mode": "degraded"}, "'mode'"),
    ],
)  # fmt: skip
def test_an_unknown_member_where_the_list_was(body, words):
    """It may tell why there are no rows, so the listing does not end with it."""
    with pytest.raises(MalformedPage) as caught:
        rows_of("data.rows", body, 2)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"etag": "e1"}, {"kind": "books#list", "etag": "e1"}, {"requestId": "r-1", "took": 3},
        {"@odata.context": "https://api.test/$metadata"}, {"page": 3, "per_page": 2, "total": 4},
        {"meta": {"server": "a7", "trace": 3}}, {"links": {"self": "/x"}}, {"account": "DE-77"},
        {"header": {"revision": "41"}}, {"has_more": False, "cursor": None}, {"hint": None},
        {"status": "success", "serverTime": 1795880802}, {"pageIndex": 4, "isLastPage": True},
        {"next_cursor": "b", "region": "eu"}, {"data": {"took": 2}},
    ],
)  # fmt: skip
def test_metadata_where_the_list_was(body):
    """Counts, positions, traces and what the request sent tell of no failure."""
    assert [] == rows_of("data.rows", body, 2)


@pytest.mark.parametrize("items", ["topics", "data.topics"])
@pytest.mark.parametrize(
    "body",
    [
        {}, {"etag": "e1"}, {"kind": "books#list"}, {"header": {"revision": "41"}}, {"total": 0},
        {"status": "ok", "requestId": "r-1"}, {"message": "success"}, {"page": 1, "per_page": 50},
    ],
)  # fmt: skip
def test_a_first_page_without_anything(items, body):
    """Where the caller says where the rows are, a page of nothing but metadata has none."""
    assert [] == rows_of(items, body, 0)


@pytest.mark.parametrize(
    "body",
    [
        {"subjects": [{"id": 1}]}, {"subjects": []}, {"name": "x"}, {"subjects": {"id": 1}},
        {"total": 3}, {"meta": {"count": 3}}, {"Note": "later"}, {"ready": False}, [],
    ],
)  # fmt: skip
def test_a_path_that_may_be_wrong(body):
    """Another list, a count or an unknown member on a first page is an error."""
    with pytest.raises(MalformedPage):
        rows_of("topics", body, 0)


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        ("/volumes", {"Volumes": None, "Warnings": None}, "Volumes"),
        ("/v2/books", {"books": None, "errors": None}, "books"),
        ("/v2/books", {"books": None, "links": None, "warnings": []}, "books"),
        ("/q", {"items": None, "Warnings": None}, "items"),
        ("/books/list", {"name": "x", "books": None, "failures": None}, "books"),
    ],
)
def test_null_beside_null_warnings(url, body, path):
    """Warnings and errors that are null are no second list."""
    assert path == find_rows(body, f"https://api.test{url}")
