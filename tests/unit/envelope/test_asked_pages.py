"""Envelopes with an identity, where the request, a header or the caller says that it is a page."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import dialects, strategies
from requests_paginate._detection.detect import detect
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import read_path
from requests_paginate.exceptions import UnknownPagination
from tests.two_pages import listing_of, serving

HOST = "https://api.test"
ROW = {"iban": "x"}
LINK = {"Link": '</v1/lent?after=a>; rel="first", </v1/lent?before=z>; rel="last"'}


def rows_of(target, body, headers=None, **fields):
    """What detection takes for the rows, or for the only row."""
    url = f"{HOST}{target}"
    asked = PageRequest("GET", url, **fields)
    found, *_ = detect(Page(request=asked, body=body, url=url, headers=headers or {}))
    value = read_path(body, found.items.path)
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("target", "headers", "body"),
    [
        ("/v1/lent?limit=50", {}, {"id": "set-1", "loans": []}),
        ("/v1/lent?per_page=5", {}, {"uuid": "set-1", "loans": [], "errors": [], "partial": False}),
        ("/v1/lent?page[size]=5", {}, {"data": {"id": "set-1", "loans": []}}),
        ("/v1/lent?page=1", {}, {"urn": "set-1", "facets": [], "loans": []}),
        ("/v1/lent?offset=0", {}, {"id": 4, "kind": "loans", "messages": []}),
        ("/v1/lent", LINK, {"id": "set-1", "loans": [], "version": "2"}),
        ("/v1/lent", {"link": "<?p=1>; rel=prev"}, {"id": "set-1", "status": "ok", "loans": []}),
        # an end marker
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "next_link": None}),
        ("/v1/lent", {}, {"took": 12, "id": "set-1", "loans": [], "loan_count": 0}),
        ("/v1/lent", {}, {"elapsed": 0.2, "generatedAt": "x", "id": 7, "loans": [], "total_loans": 0}),
        ("/v1/lent", {}, {"id": 7, "loans": [], "meta": {"pagination": {"next": None}}}),
        ("/v1/lent", {}, {"Id": 7, "Loans": [], "Meta": {"Pagination": {"Bookmark": None}}}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "older_href": False}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "meta": {"endCursor": ""}}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "links": {"next": None}}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "pagination": {"links": {"next": None}}}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "meta": {"links": {"next_url": ""}}}),
        ("/v1/lent", {}, {"id": "set-1", "loans": [], "paging": {"Links": {"nextPage": False}}}),
        ("/v1/lent", {}, {"id": 7, "loans": [], "page_info": {"links": {"prev": None, "next": None}}}),
        ("/v1/lent", {}, {"id": 7, "loans": [], "_meta": {"_links": {"next": {"href": None}}}}),
        ("/v1/lent", {}, {"id": "set-1", "columns": [], "loans": [], "is_last_page": True}),
        # both, so that texts beside them are about the listing
        ("/v1/lent?rows=9", {}, {"id": "set-1", "made_at": "now", "loans": [], "loadMoreUrl": False}),
        ("/v1/lent?take=9", {}, {"id": "set-1", "title": "All", "loans": [], "next": None}),
    ],
)  # fmt: skip
def test_an_envelope_with_an_identity_has_no_rows(target, headers, body):
    """A page size or place that was sent, a Link header or an end marker tells of a listing."""
    assert [] == rows_of(target, body, headers)


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("/v1/lent?limit=5", {"id": "set-1", "loans": [ROW]}, [ROW]),
        ("/v1/lent?limit=5", {"id": "set-1", "ibans": ["a", "b"], "next": None}, ["a", "b"]),
        ("/v1/lent", {"id": "set-1", "loans": [ROW], "nextToken": None}, [ROW]),
        ("/v1/lent", {"id": "set-1", "ibans": [5, 6], "next_page_token": ""}, [5, 6]),
        ("/v1/lent?size=5", {"id": "set-1", "at": "now", "ibans": [5], "after_url": ""}, [5]),
        ("/v1/lent?startIndex=1", {"id": "set-1", "loans": [["a", 1]]}, [["a", 1]]),
    ],
)
def test_an_envelope_with_an_identity_and_rows(target, body, expected):
    """The same tells that its only list is the rows."""
    assert expected == rows_of(target, body)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            {"Link": '<?page=2>; rel="next"'},
            {"id": "set-1", "title": "All", "loans": [[1, 2], [3]]},
        ),
        ({"link": "</v1/lent?after=x>; rel=next"}, {"id": "set-1", "title": "All", "loans": ["a"]}),
        (
            {"Link": '<https://b.test/x/lent?p=2>; rel="Next"'},
            {"id": "set-1", "at": 5, "loans": []},
        ),
        ({"Link": '</v1/lent/page/2>; rel="next"'}, {"id": 4, "owner": "Ana", "loans": [5, 6]}),
        ({"Content-Range": "*/0"}, {"id": "set-1", "title": "All", "loans": []}),
        ({"content-range": "items 0-0/9"}, {"id": "set-1", "title": "All", "loans": [7]}),
        ({"Content-Range": "loans 0-1/*"}, {"id": "set-1", "title": "All", "loans": ["a", "b"]}),
        ({"X-Has-Next-Page": "false"}, {"id": "set-1", "title": "All", "loans": ["a"]}),
        ({"X-Total-Count": "0"}, {"id": "set-1", "title": "All", "loans": []}),
        ({"x-total": "2"}, {"id": "set-1", "title": "All", "loans": [4, 5]}),
        ({"X-Total-Pages": "1"}, {"id": 4, "owner": "Ana", "loans": []}),
        ({"X-Has-More": "0"}, {"id": 4, "owner": "Ana", "loans": ["a"]}),
        ({}, {"id": "list-7", "object": "list", "loans": ["a"]}),
    ],
)
def test_a_header_that_leads_on_or_counts_rows_comes_before_an_identity(headers, body):
    """The only list is the rows, whatever they are."""
    assert body["loans"] == rows_of("/v1/lent", body, headers)


@pytest.mark.parametrize(
    "json", [{"pageSize": 5}, {"page": {"size": 5}}, {"options": {"limit": 9}}]
)
def test_a_page_size_in_a_json_body(json):
    """It tells more than one in the query, which may be there for all requests."""
    assert [] == rows_of("/v1/search", {"id": "set-1", "loans": []}, json=json)
    with pytest.raises(UnknownPagination, match="either one resource or the rows of"):
        rows_of("/v1/search", {"id": "set-1", "ibans": ["a"]}, json=json)
    body = {"id": 7, "roles": ["admin"]}
    assert [body] == rows_of("/me", body, json={"name": "Ana", "level": 5})


@pytest.mark.parametrize(
    ("target", "headers", "body"),
    [
        ("/me", {}, {"id": 7, "roles": []}),
        ("/me?limit=100", {}, {"id": 7, "name": "Ana", "roles": ["admin"]}),
        ("/me?limit=100", {}, {"id": 7, "name": "Ana"}),
        ("/me?limit=100", {}, {"id": 7, "page": 1, "roles": ["admin"]}),
        ("/users/7?limit=100", {}, {"id": 7, "name": "Ana", "roles": []}),
        ("/users/7?limit=100", {}, {"id": 7, "roles": []}),
        ("/posts/newest", {}, {"id": 7, "title": "t", "tags": [], "next": None, "previous": "/posts/6"}),
        ("/posts/newest", {}, {"id": 7, "tags": ["a"], "next": None}),
        ("/posts/7", {}, {"id": 7, "tags": [], "next": None}),
        ("/posts/7", {"Link": '</posts/8>; rel="next"'}, {"id": 7, "title": "t", "tags": ["a"]}),
        ("/me", {"Link": '</docs>; rel="help"'}, {"id": 7, "roles": []}),
        ("/me", {"Link": "broken"}, {"id": 7, "roles": []}),
        ("/me", {"X-Total-Time": "81", "X-RateLimit-Remaining": "9"}, {"id": 7, "roles": ["a"]}),
        ("/me", {"X-Request-Count": "81", "X-Page-Title": "Me"}, {"id": 7, "roles": ["a"]}),
        ("/me", {}, {"id": 7, "object": "customer", "roles": ["a"]}),
        ("/me?max_price=5&from=2024", {}, {"id": 7, "roles": []}),
        ("/albums/7", {}, {"id": "7", "genres": [], "tracks": {"items": [ROW], "next": None}}),
        ("/orders/last?limit=5", {}, {"id": 7, "lines": [], "taxes": []}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "role_count": 1}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "total_friends": 9}),
        ("/me?page_size=9", {}, {"id": 7, "roles": ["admin"]}),
        ("/me?limit=9", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "limit": 5000}),
        ("/me?limit=9", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "level": 9}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "limit": 5000}),
        ("/me", {}, {"id": 7, "title": "On rows", "authors": ["Ana"], "page": 3, "pages": 40}),
        ("/me", {}, {"id": 7, "title": "On rows", "authors": [], "number": 3, "pages": 40}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "next": None}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "website_url": None}),
        ("/me", {}, {"id": 7, "name": "Ana", "inbox": {"mails": [], "next": None}}),
        ("/me", {}, {"id": 7, "inbox": {"mails": [], "unread": 0}}),
        ("/me?p=5", {}, {"id": 7, "title": "On rows", "authors": ["Ana"], "page": 3}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "access_token": None}),
        ("/me", {}, {"id": 7, "inbox": {"mails": [], "next": None}, "outbox": {"mails": []}}),
        ("/me", {}, {"id": 7, "name": "Ana", "home": [[4.2, 52.1]]}),
        ("/me", {"Link": '</you>; rel="next"'}, {"id": 7, "name": "Ana", "roles": ["admin"]}),
        ("/me", {"Content-Range": "bytes 0-9/10"}, {"id": 7, "name": "Ana", "roles": ["admin"]}),
        ("/me", {}, {"id": 7, "name": "Ana", "roles": ["admin"], "paging": {"cursor": None}}),
    ],
)  # fmt: skip
def test_a_resource_stays_one(target, headers, body):
    """Where nothing tells of pages, where the URL names it, or where values of its own stand in it."""
    assert [body] == rows_of(target, body, headers)


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/me?limit=100", {"id": 7, "name": "Ana", "roles": []}),
        ("/me?limit=100", {"id": 7, "name": "Ana", "messages": []}),
        ("/v1/lent", {"id": 7, "name": "All", "loans": [], "nextCursor": None}),
        ("/sets/7?limit=5", {"id": 7, "name": "All", "loans": [], "next_page_token": None}),
        ("/folders/7?limit=5", {"id": 7, "items": []}),
        # a place was sent, so that no texts or numbers of one thing were asked for
        ("/v1/lent?page=1", {"id": "set-1", "loans": ["a", "b"], "message": "OK"}),
        ("/v1/lent?offset=0&limit=5", {"id": "set-1", "ibans": [7]}),
        ("/v1/lent?skip=20", {"uuid": "u", "days": ["2024-01-01"], "error": ""}),
        ("/v1/lent?pageNumber=0", {"guid": "u", "prices": [1.5], "status": "ok"}),
        ("/v1/lent?startIndex=1", {"id": "set-1", "pairs": [[7, 1]]}),
        # a token in an object about pages
        ("/v1/lent", {"id": "set-1", "title": "All", "ibans": [3], "paging": {"bookmark": "b"}}),
        ("/v1/lent", {"uuid": "set-1", "loans": ["a"], "page_info": {"end_cursor": "b"}}),
        # the lines of a table
        ("/v1/lent", {"id": "set-1", "title": "All", "loans": [["2024-01-01", 1, None]]}),
        # the page size that was asked for stands in the body
        ("/v1/lent?per_page=1", {"id": "set-1", "title": "All", "ibans": [0], "per_page": 1}),
        ("/v1/lent?max=5", {"id": "set-1", "title": "All", "ibans": ["a"], "max": 5}),
        ("/v1/lent?pageSize=5", {"id": 7, "title": "All", "loans": [], "page-size": "5"}),
        ("/v1/lent?page[size]=2", {"id": 7, "owner": "Ana", "loans": [[4, 5]], "pageSize": 2}),
        ("/v1/lent?take=2", {"uuid": "u", "at": "now", "days": ["a", "b"], "take": 2}),
        ("/v1/lent?limit=10", {"id": "set-1", "at": "now", "ibans": ["a"], "per_page": 10}),
        ("/v1/lent", {"id": "set-1", "title": "All", "ibans": ["a", "b"], "pageSize": 2}),
        ("/v1/lent", {"id": 7, "title": "All", "ibans": [5], "hits_per_page": 25}),
        ("/v1/lent", {"id": "set-1", "loans": [], "items_per_page": 20}),
        ("/v1/lent", {"id": "set-1", "loans": [], "next_sync_token": "s1", "num_pages": 1}),
        # a page that counts itself
        ("/v1/lent", {"id": 7, "currency": "BRL", "loans": [], "page_count": 1, "currentPage": 1}),
        ("/v1/lent", {"id": 7, "title": "All", "loans": [], "total_pages": 3, "page": 2}),
        ("/v1/lent", {"id": 7, "price": 4, "ibans": ["a"], "pages": 9, "page_number": 0}),
        ("/v1/lent", {"uuid": 7, "at": "now", "loans": [], "nPages": 1, "pageIndex": 1}),
        ("/v1/lent", {"id": 7, "cost": 9, "loans": [], "totalPaginas": 4, "paginaAtual": 4}),
        # an ended link, which no thing has
        ("/v1/lent", {"id": "set-1", "title": "All", "loans": [], "next_url": None}),
        ("/v1/lent", {"id": "set-1", "took": 3.5, "docs": "/d", "loans": [], "nextUri": False}),
        ("/v1/lent", {"id": 7, "owner": "Ana", "loans": [], "nextHref": ""}),
        ("/v1/lent", {"id": 7, "owner": "Ana", "loans": [], "more_loans_link": None}),
        ("/v1/lent", {"id": 7, "owner": "Ana", "loans": [], "olderUrl": None}),
        ("/v1/lent?p=1", {"id": 7, "lang": "pt", "loans": [], "page": 1}),
        ("/v1/lent?page_no=3", {"id": 7, "owner": "Ana", "ibans": ["a"], "number": 3}),
        ("/v1/lent", {"id": 7, "lang": "pt", "loans": [], "page-index": 1}),
        ("/v1/lent", {"id": 7, "owner": "Ana", "ibans": ["a"], "currentPage": 0}),
        (
            "/v1/lent",
            {"Id": 7, "Sort": "name", "Loans": [], "recordsFiltered": 0, "recordsTotal": 4},
        ),
        ("/v1/lent", {"Id": 7, "Owner": "Ana", "Loans": [], "filter_count": 0}),
        # an ended token, beside texts
        ("/v1/lent", {"id": 7, "currency": "BRL", "ibans": ["a"], "paginationToken": None}),
        ("/v1/lent", {"id": 7, "owner": "Ana", "ibans": ["a"], "next_page_token": ""}),
        ("/v1/lent", {"uuid": "u", "at": "now", "days": ["a"], "nextCursor": None}),
        # one below, beside an ended link
        ("/v1/lent", {"id": 7, "sort": "name", "loan_list": {"loans": [ROW], "nextUrl": None}}),
        ("/v1/lent", {"id": "set-1", "loan_list": {"loans": [], "more_loans_url": ""}}),
        ("/v1/lent", {"Id": "set-1", "Shelf": {"Loans": [], "NextLink": None}, "Took": 3}),
        ("/v1/lent", {"uuid": "u", "feed": {"entries": [], "nextCursor": None}, "status": "ok"}),
        ("/v1/lent", {"id": 7, "window": {"loans": [], "is_last_page": True}}),
        ("/v1/lent", {"id": 7, "book": {"pages": ["a"], "next_page_url": None}}),
        # a count named after its list, higher than its length
        ("/v1/lent", {"id": "set-1", "token": "bearer", "loans": [["a", 1]], "total_loans": 2}),
        ("/v1/lent", {"id": "set-1", "title": "All", "loans": ["a"], "loanCount": 9}),
        ("/v1/lent", {"id": "set-1", "title": "All", "ibans": [3], "num_ibans": 9}),
        ("/v1/lent", {"id": "set-1", "title": "All", "ibans": [3], "meta": {"ibans_found": 9}}),
        ("/v1/lent", {"id": "set-1", "title": "All", "columns": ["a"], "columnsTotal": 2}),
    ],
)
def test_what_may_be_both_is_refused(target, body):
    """One sign of pages beside values of a thing's own, or beside an identity that the URL names."""
    with pytest.raises(UnknownPagination, match="either one resource or the rows of"):
        rows_of(target, body)


def test_a_page_size_may_be_a_setting():
    """Beside a name and an empty list it is a user's."""
    body = {"id": 7, "name": "Ana", "tags": [], "items_per_page": 20}
    assert [body] == rows_of("/v1/me", body)


@pytest.mark.parametrize(
    ("strategy", "body", "expected"),
    [
        (dialects.JIRA, {"id": "set-1", "loans": [ROW], "total": 1, "isLast": True}, [ROW]),
        (strategies.Offset("skip"), {"error": None, "id": "set-1", "ibans": [0, 3]}, [0, 3]),
        (strategies.PageNumber("page"), {"data": {"id": 5, "name": "All", "loans": []}}, []),
        (strategies.Cursor("c", token="next"), {"id": "things", "loans": [ROW], "next": None}, [ROW]),
        (strategies.NextLink("older"), {"report": {"id": 5, "lines": [ROW]}}, [ROW]),
        (strategies.LinkHeader(), {"uuid": "u", "title": "t", "columns": ["a"], "loans": []}, []),
        (strategies.LinkHeader(), {"id": 7, "loans": [], "filters": {"status": ["open"]}}, []),
    ],
)  # fmt: skip
def test_a_strategy_that_pages_says_that_it_is_a_listing(strategy, body, expected):
    """The only list is the rows, whatever identity and texts stand beside it, and wherever."""
    empty = {"id": "set-1", "rows": []}
    with serving(lambda query: empty if query else body):
        assert expected == list(listing_of(strategy=strategy, max_pages=1))


def test_several_lists_are_asked_about_whatever_strategy_is_given():
    """The error names them."""
    body = {"id": 5, "loans": [ROW], "cards": [ROW]}
    words = "several lists could be the rows; pass items= one of loans, cards"
    with serving(lambda query: body), pytest.raises(UnknownPagination, match=words):
        list(listing_of(strategy=strategies.Offset("skip")))


def test_a_strategy_of_one_page_may_give_a_resource():
    """`SinglePage` says that there is one page, and not what it is."""
    body = {"id": 5, "roles": ["admin"]}
    with serving(lambda query: body):
        assert [body] == list(listing_of(strategy=dialects.SINGLE_PAGE))
