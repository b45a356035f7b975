"""How each way of paginating shows on a first page."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import dialects, exceptions
from requests_paginate._detection.detect import detect
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
)
from tests.first_pages import OF_TWO, ROWS, URL, first, graph

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
        Offset("offset", total="total", items="items", start="offset"),
    ),
    (
        first({"items": ROWS, "total": 9}, {"limit": 2, "offset": 0}),
        Offset("offset", limit="limit", total="total", items="items"),
    ),
    (first(ROWS, {"limit": "2", "offset": "0"}), Offset("offset", limit="limit", items="")),
    (
        first({"Resources": ROWS, "totalResults": 9, "startIndex": 1}, url="https://api.test/Users"),
        Offset("startIndex", total="totalResults", items="Resources", first=1, start="startIndex"),
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


def searched(**total):
    """A page of Elasticsearch, which was asked for two rows from the first."""
    return first({"took": 1, "hits": {"total": total, "hits": ROWS}}, json={"from": 0, "size": 2})


AFTER = "query($from: String) { orders(first: 2, after: $from) { nodes { id } } }"
PAGES = "query($page: Int) { orders(page: $page) { nodes { id } } }"
ORDERS = Cursor(
    "variables.from",
    token="data.orders.pageInfo.endCursor",
    more="data.orders.pageInfo.hasNextPage",
    items="data.orders.nodes",
)
NEWER = [
    # tokens in headers
    (first(ROWS, headers={"X-Next-Cursor": "c"}), Cursor("cursor", token="X-Next-Cursor", items="")),
    (first(ROWS, headers={"CB-AFTER": "c", "CB-BEFORE": "b"}), Cursor("after", token="CB-AFTER", items="")),
    (
        first({"value": ROWS, "count": 2}, headers={"x-ms-continuationtoken": "t"}),
        Cursor("continuationToken", token="x-ms-continuationtoken", items="value"),
    ),
    (first(ROWS, {"next_token": ""}, {"X-Nomad-NextToken": "t"}), Cursor("next_token", token="X-Nomad-NextToken", items="")),
    (first(ROWS, headers={"Retry-After": "30"}), SinglePage(items="")),
    (first(ROWS, headers={"X-Next-Cursor": ""}), SinglePage(items="")),
    (first(ROWS, headers={"Next-Range": "id ]2..; max=2"}), Cursor("Range", token="Next-Range", into="header", items="")),
    (first(ROWS, headers={"Next-Range": ""}), SinglePage(items="")),
    (first(ROWS, headers={"Link": '</style.css>; rel="preload"'}), SinglePage(items="")),
    # numbers in headers
    (
        first(ROWS, headers={"X-WP-TotalPages": "5", "X-WP-Total": "9"}),
        PageNumber("page", total_pages="X-WP-TotalPages", first=0, total="X-WP-Total", items=""),
    ),
    (
        first(ROWS, headers={"X-Pagination": '{"TotalPages": 5, "CurrentPage": 1, "HasNext": true}'}),
        PageNumber("page", total_pages="X-Pagination.TotalPages", number="X-Pagination.CurrentPage", more="X-Pagination.HasNext", items=""),
    ),
    (first(ROWS, headers={"X-Pagination": "[5]"}), SinglePage(items="")),
    (first(ROWS, headers={"X-Pagination": "5 of 9"}), SinglePage(items="")),
    (first(ROWS, headers={"Content-Range": "items 0-1/9"}), ContentRange(items="")),
    (first(ROWS, headers={"Content-Range": "0-1/*"}), ContentRange(items="")),
    (  # what was sent says more about how to go on; the header then only counts
        first(ROWS, {"offset": 0}, {"Content-Range": "0-1/9"}),
        Offset("offset", total="Content-Range", items=""),
    ),
    # links in a list, and in objects
    (
        first({"items": ROWS, "links": [{"rel": "self", "href": URL}, {"rel": "next", "href": "?page=2"}, 5]}),
        NextLink("links[rel=next].href", items="items", page_param="page"),
    ),
    (
        first({"resourceType": "Bundle", "total": 9, "entry": ROWS, "link": [{"relation": "next", "url": "?_id=x"}]}),
        NextLink("link[relation=next].url", items="entry", total="total"),
    ),
    (first({"items": ROWS, "links": [{"rel": "self", "href": URL}, {"rel": 5}, {"rel": ""}]}), SinglePage(items="items")),
    (first({"@pagination": {"next": {"@href": "/v3/x?offset=2"}}, "items": ROWS}), NextLink("@pagination.next.@href", items="items")),
    (
        first({"success": True, "result": {"next": "?offset=2", "total": 9, "records": ROWS}}),
        NextLink("result.next", items="result.records", total="result.total", offset_param="offset"),
    ),
    (first({"topic_list": {"more_topics_url": "/latest?no=1", "topics": ROWS}, "users": [1]}), NextLink("topic_list.more_topics_url", items="topic_list.topics")),
    # null links
    (first({"results": ROWS, "next": ""}), NextLink("next", items="results")),
    (first({"data": {"items": ROWS}, "next": None, "previous": None}), NextLink("next", items="data.items")),
    (first({"data": {"items": ROWS}, "next": None}), SinglePage(items="data.items")),
    # objects of parameters
    (first({"items": ROWS, "next": {"page": 2, "limit": 10}}), NextParameters("next", items="items")),
    (
        first({"continue": {"accontinue": "x", "continue": "-||"}, "query": {"allcategories": ROWS}}),
        NextParameters("continue", items="query.allcategories"),
    ),
    (
        first({"items": ROWS, "next_page": {"offset": 2}, "total": 9, "has_more": True}),
        NextParameters("next_page", total="total", more="has_more", items="items"),
    ),
    # connections
    (graph(AFTER, endCursor="c", hasNextPage=True), ORDERS),
    (graph(AFTER, variables={"from": None}, endCursor="c", hasNextPage=True), ORDERS),
    (graph(AFTER, endCursor=None, hasNextPage=False), ORDERS),
    (graph(OF_TWO, endCursor="c", hasNextPage=True), ORDERS.renamed("variables.b")),
    (
        graph(PAGES, variables={"page": 1}, currentPage=1, lastPage=5),
        PageNumber(
            "variables.page", total_pages="data.orders.pageInfo.lastPage",
            number="data.orders.pageInfo.currentPage", items="data.orders.nodes",
        ),
    ),
    (first({"data": {"orders": ROWS}}, json={"query": "{ orders { id } }"}), SinglePage(items="data.orders")),
    (first({"data": ROWS, "meta": {"pages": 5}}, json={"query": "shoes", "page": 1}), PageNumber("page", total_pages="meta.pages", items="data")),
    # the World Bank's pair, and Elasticsearch's totals
    (
        first([{"page": 1, "pages": 7, "per_page": "2", "total": 14}, ROWS]),
        PageNumber("page", total_pages="0.pages", number="0.page", total="0.total", items="1"),
    ),
    (searched(value=9, relation="eq"), Offset("from", limit="size", total="hits.total.value", items="hits.hits")),
    (searched(value=10000, relation="gte"), Offset("from", limit="size", items="hits.hits")),
    # totals under the rows' own name, and beside a page number
    (first({"orders": ROWS, "total_orders": 9, "page": 1}), PageNumber("page", number="page", total="total_orders", items="orders")),
    (first({"data": ROWS, "meta": {"count": 9, "page": 1}}), PageNumber("page", number="meta.page", total="meta.count", items="data")),
    (  # a count that stands elsewhere counts something else
        first({"data": {"items": ROWS}, "count": 500, "next_cursor": "c"}),
        Cursor("cursor", token="next_cursor", items="data.items"),
    ),
    # positions in the middle, and names that are only sometimes a token's
    (first({"data": ROWS, "page": 3, "pages": 5}, {"seite": "3", "size": 2}), PageNumber("seite", total_pages="pages", number="page", items="data")),
    (first({"data": ROWS, "token": "t", "has_more": True}), Cursor("token", token="token", more="has_more", items="data")),
    (first({"data": ROWS, "token": "t"}), SinglePage(items="data")),
    (first({"records": ROWS, "offset": "itr/rec"}), Cursor("offset", token="offset", items="records")),
    (first({"items": ROWS, "cursor": "c", "has_more": False}), SinglePage(items="items")),
    (first({"items": ROWS, "nextForwardToken": "t"}), Cursor("forwardToken", token="nextForwardToken", items="items")),
    (
        first({"totalCount": 9, "pageSize": 2, "nextPageKey": "k", "problems": ROWS}, {"from": "now-1d"}),
        Cursor("nextPageKey", token="nextPageKey", total="totalCount", alone=True, items="problems"),
    ),
    (  # of a body it would drop the filters
        first({"totalCount": 9, "pageSize": 2, "nextPageKey": "k", "problems": ROWS}, json={"from": "now-1d"}),
        Cursor("nextPageKey", token="nextPageKey", total="totalCount", items="problems"),
    ),
    (
        first({"data": ROWS, "lastEventId": "e", "has_more": True}),
        Cursor("lastEventId", token="lastEventId", more="has_more", items="data"),
    ),
    (first({"events": ROWS}, {"from": 100, "size": 50}), Offset("from", limit="size", items="events")),
    (first({"releases": ROWS, "release-count": 9, "release-offset": 0}), Offset("offset", total="release-count", items="releases", start="release-offset")),
    # a size that was asked for and a larger total
    (first({"data": ROWS, "total": 9}, {"limit": 2}), Offset("offset", limit="limit", total="total", items="data")),
    (first({"data": ROWS, "total": 9}, {"page_size": 2}), PageNumber("page", first=0, total="total", items="data")),
    (first({"data": ROWS, "total": 2}, {"limit": 2}), SinglePage(items="data")),
    # one-indexed parameters, sizes in objects
    (
        first({"content": ROWS, "page": {"number": 0, "totalPages": 5}}, {"page": 1}),
        PageNumber("page", total_pages="page.totalPages", items="content"),
    ),
    (
        first({"data": ROWS, "total": 9}, json={"search": {"limit": 2, "offset": 0}}),
        Offset("search.offset", limit="search.limit", total="total", items="data"),
    ),
    (first({"data": ROWS}, json={"price": {"from": 0}}), SinglePage(items="data")),
    # an offset that is the next page's, and a page number that only tells
    (first({"items": ROWS, "offset": 2, "more": True}), Cursor("offset", token="offset", more="more", items="items")),
    (
        first({"data": ROWS, "pages": {"next": {"page": 2, "starting_after": "x"}, "total_pages": 5}}),
        Cursor("starting_after", token="pages.next.starting_after", items="data"),
    ),
    # a single resource
    # the identity is that of a folder
    (first({"id": 5, "items": ROWS, "next": "?page=2"}, url=f"{URL}/5"), NextLink("next", items="items", page_param="page")),
    (first({"id": 5, "items": ROWS, "next": "/items/6"}, url=f"{URL}/5"), SinglePage(items="")),
    (first({"ticket": {"id": 5, "tags": ["a"]}}), SinglePage(items="ticket")),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), NEWER)
def test_a_rarer_first_page_is_recognised(page, expected):
    """Headers, lists of links, objects and variables lead on as plain links and tokens do."""
    assert expected == detect(page)[0]
