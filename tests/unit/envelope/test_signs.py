"""The order of evidence: continuation, flag, total, count, kind, page, position, identity."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope import signs
from requests_paginate._envelope.members import has_continuation, is_about, says_no_rows
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import SinglePage

HOST = "https://api.test"
ROWS = [{"id": 1}, {"id": 2}]
SOLD = [{"sku": "a", "price": 3}, {"sku": "b", "price": 4}]


def test_the_order_of_evidence():
    """An identity comes last, and each kind of evidence says in a sentence what it is."""
    names = [evidence.__name__.removeprefix("judge_") for evidence in signs.EVIDENCE]
    expected = [
        "continuation", "flag", "total", "count", "kind", "page", "pages", "position", "identity",
    ]  # fmt: skip
    assert expected == names
    assert all(evidence.__doc__.endswith(".") for evidence in signs.EVIDENCE)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        # a continuation beside one list of objects
        ({"id": "shelf", "entries": ROWS, "next": f"{HOST}/lib/shelf?p=2"}, "entries"),
        ({"id": "shelf", "books": ROWS, "next": "?p=2"}, "books"),
        ({"id": "shelf", "books": ROWS, "next": "/lib/shelf/page/2"}, "books"),
        ({"id": "shelf", "books": ROWS, "next": "http://backend:8080/site/lib/shelf?p=2"}, "books"),
        ({"id": "shelf", "books": ROWS, "walk": {"next": "/lib/shelf?p=2"}}, "books"),
        ({"id": "shelf", "books": ROWS, "links": [{"rel": "next", "href": "?p=2"}]}, "books"),
        ({"id": "shelf", "books": ROWS, "_links": {"next": {"href": "?p=2"}}}, "books"),
        ({"id": "shelf", "books": ROWS, "nextPageToken": "abc"}, "books"),
        ({"id": "shelf", "books": ROWS, "paging": {"next": {"after": "abc"}}}, "books"),
        ({"id": "shelf", "result": {"items": ROWS, "next": "/lib/shelf?p=2"}}, "result.items"),
        ({"data": {"id": "shelf", "items": ROWS}, "links": {"next": "/lib/shelf?p=2"}}, "data.items"),
        # a link to another page of the same beside a list one level down
        ({"id": "set", "shelf_list": {"books": ROWS, "more_books_url": "?p=2"}}, "shelf_list.books"),
        ({"id": "set", "ok": True, "x": {"books": ROWS, "next": "/lib/shelf?p=2"}}, "x.books"),
        ({"id": "set", "x": {"books": ROWS, "nextPage": {"href": "?p=2"}}}, "x.books"),
        ({"uuid": "u", "a": "b", "x": {"books": ROWS, "load_more_url": "?p=2"}}, "x.books"),
        # a flag, whatever it says
        ({"slug": "shelf", "books": ROWS, "has_more": False}, "books"),
        ({"id": "shelf", "books": ROWS, "meta": {"hasNextPage": "true"}}, "books"),
        # a total whose name belongs to rows
        ({"id": "shelf", "items": ROWS, "items_total": 9, "owners": ["a"], "tags": []}, "items"),
        ({"id": "shelf", "items": ROWS, "items_total": 2, "related": [{"x": 1}]}, "items"),
        ({"id": "shelf", "items": [], "items_total": 0, "owners": ["a"]}, "items"),
        ({"id": "shelf", "member": ROWS, "totalItems": "2"}, "member"),
        ({"id": "shelf", "results": ROWS, "pagination": {"total_results": 9}}, "results"),
    ],
)  # fmt: skip
def test_a_container_that_the_url_identifies_is_a_listing(body, path):
    """If a continuation, a flag or a fitting total stands beside its one list of objects."""
    assert path == find_rows(body, f"{HOST}/lib/shelf")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/albums/7", {"id": "7", "genres": ["x"], "tracks": {"items": ROWS, "total": 9, "next": f"{HOST}/albums/7/tracks?offset=2"}}),
        ("/posts/7", {"id": 7, "tags": ["a"], "next": f"{HOST}/posts/8", "previous": None}),
        ("/posts/7", {"id": 7, "comments": ROWS, "next": f"{HOST}/posts/8?full=1"}),
        ("/posts/7", {"id": 7, "comments": ROWS, "next": {"id": 8, "href": "/posts/8"}}),
        ("/posts/7", {"id": 7, "comments": ROWS, "next_id": 8, "next": "the-eighth"}),
        ("/post?id=7", {"id": 7, "comments": ROWS, "next": "/post?id=8"}),
        ("/posts/7", {"id": 7, "comments": ROWS, "next": "http://[broken"}),
        ("/orders/7", {"id": 7, "lines": ROWS, "total": 47}),
        ("/orders/7", {"id": 7, "items": SOLD, "total": 47}),
        ("/orders/7", {"id": 7, "items": ROWS, "total": 47, "currency": "BRL"}),
        ("/orders/7", {"id": 7, "items": ROWS, "total": 47.5}),
        ("/orders/7", {"id": 7, "items": ROWS, "total": 1}),
        ("/orders/7", {"id": 7, "total": 0}),
        ("/meetings/7/files", {"id": 7, "recordings": ROWS, "total_size": 22}),
        ("/orders/latest", {"id": 7, "total": 0, "status": "paid"}),
        ("/stories/7", {"slug": "7", "comments": ROWS, "comment_count": 9}),
        ("/stories/7", {"slug": "7", "comments": ROWS, "comments_total": 2, "count": 12}),
        ("/tickets/7", {"id": 7, "watchers": ROWS, "count": 3, "stats": {"total": 9}}),
        ("/tags/latest", {"id": 7, "name": "x", "count": 0}),
        ("/posts/7", {"id": 7, "tags": ["a"], "has_more": True}),
        ("/posts/latest", {"id": 7, "tags": ["a"], "next": None}),
        ("/files/7", {"id": 7, "items": ["a"]}),
    ],
)  # fmt: skip
def test_a_resource_stays_one(url, body):
    """A list of its own, links to other resources, sums of money and counts of its own parts."""
    assert "" == find_rows(body, f"{HOST}{url}")


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/carts/7", {"id": 7, "items": ROWS, "total": 47}),
        ("/carts/7", {"id": 7, "items": [], "total": 0}),
        ("/lib/7", {"id": 7, "entry": ROWS, "count": 2}),
        ("/lib/7", {"id": 7, "books": ROWS, "total_count": 9}),
        ("/lib/7", {"id": 7, "items": ROWS, "next": None}),
        ("/posts/latest", {"id": 7, "tags": ["a"], "next": f"{HOST}/posts/8"}),
        ("/orders/latest", {"id": 7, "lines": ROWS, "total": 47}),
    ],
)  # fmt: skip
def test_what_may_be_both_is_refused(url, body):
    """The error names the list and the resource, and both ways that it tells lead on."""
    name = next(name for name, value in body.items() if isinstance(value, list))
    words = rf"items='{name}', or strategy=strategies.SinglePage\(items=''\)"
    with pytest.raises(UnknownPagination, match=words):
        find_rows(body, f"{HOST}{url}")
    page = Page(request=PageRequest("GET", f"{HOST}{url}"), body=body, url=f"{HOST}{url}")
    assert body[name] == ItemsAt(name)(page)
    assert [body] == SinglePage(items="").items(page)


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Bundle", "id": "b1", "type": "searchset", "total": 0, "link": [{"relation": "self", "url": "x"}]},
        {"id": "r1", "totalResults": 0, "startIndex": 1},
        {"uuid": "r1", "query": "x", "meta": {"total_count": 0}},
        {"id": "projects/p/instances", "kind": "compute#instanceList", "selfLink": "x"},
        {"id": "r1", "count": 0, "status": "success", "took": 3},
    ],
)  # fmt: skip
def test_an_empty_listing_with_an_identity(body):
    """A total of 0, a count of 0 beside metadata, or a kind that names a list: no rows."""
    url = f"{HOST}/things"
    page = Page(request=PageRequest("GET", url), body=body, url=url)
    assert "" == find_rows(body, url)
    assert [] == ItemsAt("", takes_one=True)(page)


@pytest.mark.parametrize(
    ("body", "leads_on"),
    [
        ({"nextPageToken": "a"}, True), ({"has_more": True}, True), ({"paging": {"next": "x"}}, True),
        ({"links": [{"rel": "next", "href": "x"}]}, True), ({"next": {"page": 2}}, True),
        ({"nextPageToken": ""}, False), ({"has_more": False}, False), ({"has_more": "false"}, False),
        ({"next": None}, False), ({"previous": "x"}, False), ([], False), (None, False),
    ],
)  # fmt: skip
def test_continuations(body, leads_on):
    """A link, a token or a flag that is set, in an object or in a container in it."""
    assert leads_on is has_continuation(body)


def test_what_is_about_a_listing():
    """Counts, versions, containers and outcomes are; texts and objects of their own are not."""
    about = {"total": 0, "kind": "PodList", "meta": {}, "links": [], "status": "ok", "took": 3}
    own = {"name": "x", "status": "paid", "address": {}, "tags": []}
    assert [True] * 6 == [is_about(name, value) for name, value in about.items()]
    assert [False] * 4 == [is_about(name, value) for name, value in own.items()]
    assert not says_no_rows({"kind": "PodList", "items": [1]})
    assert not says_no_rows({"kind": "youtube#playlist"})
