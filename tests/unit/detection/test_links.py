"""Which links of a first page lead to the next one, whatever their names and shapes."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from requests_paginate._detection.detect import detect
from requests_paginate._paths import ABSENT, read_path
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, SinglePage
from tests.first_pages import ROWS, URL, first

ONWARD = "?page=2"


def linked(beside, params=None):
    """The strategy of a page with something beside its rows."""
    return detect(first({"rows": ROWS, **beside}, params))[0]


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        # lists of links, objects with a link each, lists of relations
        ({"_links": {"next": [{"href": ONWARD}]}}, "_links.next.href"),
        (
            {"_links": {"next": [{"href": ONWARD, "title": "on"}, {"href": "?page=3"}]}},
            "_links.next.href",
        ),
        ({"paging": {"next": [ONWARD]}}, "paging.next"),
        ({"links": [{"self": URL}, {"next": ONWARD}]}, "links[next]"),
        ({"links": [{"self": {"uri": URL}}, {"next": {"uri": ONWARD}}]}, "links[next].uri"),
        ({"meta": {"links": [{"prev": None}, {"nextPage": ONWARD}]}}, "meta.links[nextPage]"),
        (
            {"links": [{"rel": ["self"], "href": URL}, {"rel": ["next"], "href": ONWARD}]},
            "links[rel=next].href",
        ),
        ({"links": [{"rel": ["next", "last"], "href": ONWARD}]}, "links[rel=next].href"),
        # names
        ({"after_url": ONWARD}, "after_url"),
        ({"afterLink": f"{URL}?cursor=c"}, "afterLink"),
        ({"moreUrl": ONWARD}, "moreUrl"),
        ({"more_results_uri": ONWARD}, "more_results_uri"),
        ({"load_more_url": "/other?x=1"}, "load_more_url"),
        ({"LoadMoreHref": ONWARD}, "LoadMoreHref"),
        ({"showMore": ONWARD}, "showMore"),
        ({"older_href": "?before=5"}, "older_href"),
        ({"olderPosts": {"url": ONWARD}}, "olderPosts.url"),
        ({"following_page": ONWARD}, "following_page"),
        ({"forwardLink": "?start=c"}, "forwardLink"),
        ({"next_path": "/items?page=2"}, "next_path"),
        ({"nextChunkLink": "/chunks/2"}, "nextChunkLink"),
        ({"next_results": "?max_id=5&q=x"}, "next_results"),
        ({"urlNext": "/x/2"}, "urlNext"),
        ({"siguiente": "?pagina=2"}, "siguiente"),
        ({"@iot.nextLink": f"{URL}?$skip=2"}, "@iot.nextLink"),
        ({"@acme.v2.nextLink": ONWARD}, "@acme.v2.nextLink"),
        ({"meta": {"@acme.nextPage": ONWARD}}, "meta.@acme.nextPage"),
        ({"older": "/items/page/2"}, "older"),
        # a name that says only that it is a link, and a query that leads on
        ({"resultsUrl": ONWARD}, "resultsUrl"),
        ({"scroll_link": f"{URL}?cursor=c"}, "scroll_link"),
        ({"batchHref": "?offset=2"}, "batchHref"),
        ({"listing_uri": "?page[number]=2"}, "listing_uri"),
        # relative ones
        ({"@odata.nextLink": "items?%24skiptoken=10"}, "@odata.nextLink"),
        ({"@odata.nextLink": "items()?$skiptoken=10"}, "@odata.nextLink"),
        ({"@odata.nextLink": "./items?$top=2&$skip=2"}, "@odata.nextLink"),
        ({"@odata.nextLink": "../items?$skip=2"}, "@odata.nextLink"),
        ({"next": "v1/items(2)/parts?%24skip=2"}, "next"),
        ({"next": "index.php?/api/items&offset=2"}, "next"),
        ({"next": 'items?where={"a": 1}&page=2'}, "next"),
    ],
)
def test_a_link_is_followed(beside, path):
    """A link is found in every shape, and under every name that leads on."""
    assert (NextLink, path) == (type(linked(beside)), linked(beside).link)


@pytest.mark.parametrize(
    "beside",
    [
        {f"{word}{noun}": ONWARD}
        for word in ("first_", "prev_", "previous-", "last", "self_", "before_", "newer_", "canonical", "delta_")
        for noun in ("url", "href", "link")
    ]
    + [
        {"url": ONWARD}, {"href": "?page=2"}, {"html_url": "?page=2"}, {"page_url": "?page=2"},
        {"start_url": "?page=1"}, {"more_recent_url": "?after=9"}, {"oldestLink": "?page=9"},
        # another format, order or view of the same rows
        {"export_url": "?format=csv"}, {"csvLink": f"{URL}?as=csv"}, {"sort_href": "?sort=name"},
        {"stats_url": "/items/stats?days=30"}, {"docsLink": "https://docs.test/items?page=2"},
        # a position that is not after this page
        {"results_url": "?page=1"}, {"batch_link": "?offset=0"},
        # elsewhere
        {"more_url": "https://www.test/about"}, {"following": "/users/5/following"},
        {"owner": {"following_url": "https://api.test/users/5/following"}},
        {"after_sales_link": "https://shop.test/x?page=2"},
        {"links": [{"rel": ["self", "first"], "href": ONWARD}, {"rel": [5, None], "href": ONWARD}]},
        {"links": [{"self": ONWARD}]}, {"columns": [{"next": ONWARD}]},
        {"events": {"next": [{"day": 5}]}},
    ],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_says_nothing(beside):
    """Links back, to the page itself and to other things leave a complete page complete."""
    assert SinglePage(items="rows") == linked(beside)


@pytest.mark.parametrize(
    ("beside", "params", "path"),
    [
        ({"acmeContinuation": f"{URL}?$skip=2"}, {}, "acmeContinuation"),
        ({"kasunod": ONWARD}, {}, "kasunod"),
        ({"meta": {"tuloy": "/items?p=2"}}, {}, "meta.tuloy"),
        ({"resultsUrl": "?seite=2"}, {}, "resultsUrl"),
        ({"more_url": "/archive/2"}, {}, "more_url"),
        ({"olderLink": "https://api.test/archive?year=2019"}, {}, "olderLink"),
        ({"after_href": "archive?x=y"}, {}, "after_href"),
        ({"kasunod": ONWARD, "has_more": True}, {}, "kasunod"),
    ],
)
def test_an_unknown_name_suggests_its_link(beside, params, path):
    """Where a link may lead on, the error shows how to follow it, and nothing that sends a token."""
    with pytest.raises(exceptions.UnknownPagination) as caught:
        linked(beside, params)
    assert f"strategies.NextLink({path!r}" in str(caught.value)
    assert "Cursor" not in str(caught.value)


def test_the_surest_link_is_followed():
    """A link called next comes before one that only leads on, wherever they stand."""
    beside = {"more_url": "?page=9", "results_url": "?page=8", "paging": {"links": {"next": "/n"}}}
    assert "paging.links.next" == linked(beside).link
    del beside["paging"]
    assert "more_url" == linked(beside).link


def test_a_link_comes_before_its_token():
    """The token beside a link is a part of it; without the link, the token is sent."""
    beside = {
        "after_url": "?cursor=x",
        "after_cursor": "x",
        "before_url": None,
        "end_of_stream": False,
    }
    assert NextLink("after_url", more="!end_of_stream", items="rows") == linked(beside)
    assert isinstance(linked({**beside, "after_url": None}), Cursor)


@pytest.mark.parametrize(
    ("value", "is_followed"),
    [
        ("c=", False), ("a/b==", False), ("what?", False), ("eyJhIjoxfQ==", False), ("{?x=1}", False),
        ("a b?c=d", False), ("x:y?z=1", False), ("it/rec", False), ("a?b=c", True), (" /x", True),
    ],
)  # fmt: skip
def test_tokens_under_a_name_of_links(value, is_followed):
    """A token is no link; what is one although it must not be followed, is refused as one."""
    assert (NextLink if is_followed else Cursor) is type(linked({"next": value}))


@pytest.mark.parametrize(
    "header",
    [
        f"<{URL}?page=2>; rel='next'", f"<{URL}?page=2>;rel='next';x='y'",
        f"<{URL}?page=2>; rel = 'last next'", f"<{URL}>; rel='self', <{URL}?page=2>; rel='next'",
        f"<{URL}?page=2>; title='a'; REL='Next'",
    ],
)  # fmt: skip
def test_single_quotes_in_a_link_header(header):
    """`rel='next'` is read as `rel="next"`."""
    page = first(ROWS, headers={"Link": header})
    assert (strategy := detect(page)[0]) == LinkHeader(items="")
    assert f"{URL}?page=2" == strategy.next(page).url


def test_the_link_of_a_rows_own_list():
    """OData writes the next link of a nested list beside it; that is none of the listing's."""
    beside = {"Orders@odata.nextLink": "items?$skip=2"}
    with pytest.raises(exceptions.UnknownPagination):
        linked(beside)


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"link": {"rel": "next", "href": ONWARD}}, "link[rel=next].href"),
        ({"meta": {"link": {"relation": "next", "url": ONWARD}}}, "meta.link[relation=next].url"),
        ({"links": {"rel": ["next", "last"], "uri": ONWARD}}, "links[rel=next].uri"),
        ({"links": [{"id": "self", "url": URL}, {"id": "next", "url": ONWARD}]}, "links[id=next].url"),
        ({"page_links": [{"label": "Next &gt;", "url": ONWARD}]}, "page_links[label=Next &gt;].url"),
        ({"links": [{"text": "Next \u2192", "href": ONWARD}]}, "links[text=Next \u2192].href"),
        ({"pagination": [{"name": "NEXT", "link": ONWARD}]}, "pagination[name=NEXT].link"),
        ({"_links": [{"key": "next", "value": ONWARD}]}, "_links[key=next].value"),
        (
            {"links": [{"rel": "https://www.iana.org/assignments/link-relations/next", "href": ONWARD}]},
            "links[rel=https://www.iana.org/assignments/link-relations/next].href",
        ),
        ({"_links": {"prochain": {"href": ONWARD}}}, "_links.prochain.href"),
        ({"_links": {"subsequentItems": {"href": ONWARD}}}, "_links.subsequentItems.href"),
        ({"_links": {"api:next": {"href": ONWARD}, "pagingNext": {"href": ONWARD}}}, "_links.api:next.href"),
        ({"_links": {"pagerNext": {"href": ONWARD}}}, "_links.pagerNext.href"),
    ],
)  # fmt: skip
def test_relations_of_other_shapes(beside, path):
    """A link alone with its relation, labels in lists of links, IRIs, and further words; it ends without."""
    assert path == linked(beside).link
    assert ONWARD == read_path(beside, path)
    assert ABSENT is read_path({"link": {"rel": "prev", "href": ONWARD}, "links": []}, path)


@pytest.mark.parametrize(
    "beside",
    [
        {"pages": [{"title": "Next", "url": ONWARD}]}, {"authors": [{"name": "next", "url": ONWARD}]},
        {"links": [{"label": "Next level", "url": "/other"}]}, {"link": {"rel": "self", "href": URL}},
        {"links": [{"name": "nextcloud", "href": "https://other.test"}]},
        {"link": {"rel": "author", "href": "/people/5"}},
    ],
)  # fmt: skip
def test_no_relations(beside):
    """Names of other things, and other relations."""
    assert isinstance(linked(beside), SinglePage)
