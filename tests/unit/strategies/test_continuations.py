"""Rarer continuations: objects of parameters, ranges, tokens alone, links that stand."""

import pytest

from requests_paginate._envelope.selectors import TotalAt
from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
)
from tests.unit.strategies.test_builtin import ROWS, URL, check, get, page, post

# Objects of parameters ---------------------------------------------------------------------------

WIKI = NextParameters("continue", items="rows")
FLAGGED = NextParameters("next", more="more", items="rows", total="n")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (
            WIKI,
            get(params={"action": "query"}),
            {"continue": {"accontinue": "x", "continue": "-||"}},
            get(params={"action": "query", "accontinue": "x", "continue": "-||"}),
        ),
        (
            FLAGGED,
            get(f"{URL}?page=1&a=%2f&limit=10"),
            {"next": {"page": 2, "limit": 10}},
            get(f"{URL}?page=2&a=%2f&limit=10"),
        ),
        (FLAGGED, post({"page": 1, "q": "x"}), {"next": {"page": 2}}, post({"page": 2, "q": "x"})),
        (FLAGGED, post({"q": 1}), {"next": {"key": [1]}}, post({"q": 1, "key": [1]})),
        *((WIKI, get(), {"rows": [], "continue": end}, None) for end in (None, {}, "")),
        (WIKI, get(), {"rows": []}, None),
        (FLAGGED, get(), {"next": {"page": 2}, "more": False}, None),
        (FLAGGED, get(), {"next": {"page": 2}, "more": True}, get(params={"page": 2})),
        (FLAGGED, get(), {"next": None, "more": True}, InconsistentListing),
        (FLAGGED, get(), {"next": {}, "rows": ROWS, "n": 3}, InconsistentListing),
        (FLAGGED, get(), {"next": {}, "rows": ROWS, "n": 2}, None),
        *((WIKI, get(), {"continue": wrong}, MalformedPage) for wrong in (5, True, "x", [1])),
        *((WIKI, get(), {"continue": {"a": wrong}}, MalformedPage) for wrong in (None, True, [1])),
    ],
)
def test_next_parameters(strategy, request_, body, expected):
    """The parameters at hand are merged into the request, until there are none."""
    check(strategy, page(body, request_), expected)


def test_next_parameters_start_from_the_first_request():
    """What a page no longer names is not sent on."""
    first = get(params={"action": "query"})
    last = get(params={"action": "query", "plcontinue": "p", "continue": "||"})
    given_page = page({"continue": {"gcmcontinue": "g"}}, last, first_request=first)
    check(WIKI, given_page, get(params={"action": "query", "gcmcontinue": "g"}))


# Ranges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "count", "expected"),
    [
        ("0-1/5", 2, get(headers={"Range": "2-3"})),
        ("items 0-1/5", 2, get(headers={"Range": "items=2-3"})),
        (" 0-1/5 ", 2, get(headers={"Range": "2-3"})),
        ("0-1/*", 2, get(headers={"Range": "2-3"})),
        ("3-3/5", 1, get(headers={"Range": "4-4"})),
        ("0-1/2", 2, None),
        ("3-4/5", 2, None),
        ("*/0", 0, None),
        ("*/*", 0, None),
        ("0-1/5", 1, InconsistentListing),
        ("0-1/2", 0, InconsistentListing),
        ("*/0", 1, InconsistentListing),
        ("1-0/5", 2, InconsistentListing),
        ("", 2, MalformedPage),
        ("0-1", 2, MalformedPage),
        ("0-x/5", 2, MalformedPage),
        (f"0-1/{'9' * 19}", 2, MalformedPage),
    ],
)
def test_content_range(told, count, expected):
    """The range after this one and as long, until the length is reached or no row came."""
    check(ContentRange(items=""), page([1] * count, headers={"content-range": told}), expected)


def test_content_range_goes_on():
    """The last range is replaced and other headers stay; a page without the header is malformed."""
    last = get(params={"a": 1}, headers={"Range": "0-1", "b": "c"})
    following = get(params={"a": 1}, headers={"Range": "2-3", "b": "c"})
    check(ContentRange(items=""), page([1, 2], last, headers={"Content-Range": "0-1/5"}), following)
    check(ContentRange(items=""), page([1, 2]), MalformedPage)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("0-24/66", 66), ("items 0-24/66", 66), ("*/0", 0), ("0-24/*", None), (None, None)],
)
def test_totals_of_content_range(told, expected):
    """The total is what stands after the slash; a star says nothing."""
    given_page = page([], headers={"Content-Range": told} if told else {})
    assert expected == TotalAt("content-range")(given_page) == ContentRange().total(given_page)
    assert [told] == ContentRange().signals(given_page)


def test_a_malformed_length_is_no_total():
    """What is neither a number nor a star after the slash is malformed."""
    with pytest.raises(MalformedPage):
        ContentRange().total(page([], headers={"Content-Range": "0-24/many"}))


# Cursors -----------------------------------------------------------------------------------------

ALONE = Cursor("key", token="next", alone=True)
DROPBOX = Cursor(token="cursor", more="has_more", into="json", alone=True, url="/2/list/continue")
DYNAMO = Cursor("ExclusiveStartKey", token="LastEvaluatedKey", into="json")
KEY = {"id": {"S": "x"}}


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        # in place of what was sent before
        (ALONE, get(f"{URL}?a=b", params={"from": "x"}), {"next": "t"}, get(params={"key": "t"})),
        (ALONE, get(params={"key": "s"}), {"next": "t"}, get(params={"key": "t"})),
        (ALONE, post({"q": 1}, f"{URL}?a=b"), {"next": "t"}, post({"key": "t"})),
        (
            Cursor("key", token="next", alone=True, into="query"),
            post({"q": 1}, f"{URL}?a=b"),
            {"next": "t"},
            post({"q": 1}, params={"key": "t"}),
        ),
        # elsewhere
        (
            DROPBOX,
            post({"path": ""}, "https://api.test/2/list?a=b"),
            {"cursor": "t", "has_more": True},
            post({"cursor": "t"}, "https://api.test/2/list/continue"),
        ),
        (
            DROPBOX,
            post({"cursor": "s"}, "https://api.test/2/list/continue"),
            {"cursor": "t", "has_more": True},
            post({"cursor": "t"}, "https://api.test/2/list/continue"),
        ),
        (DROPBOX, post({"path": ""}), {"cursor": "t", "has_more": False}, None),
        (
            Cursor(url="more", token="next"),
            get("https://api.test/v1/rows", params={"a": 1}),
            {"next": "t"},
            get("https://api.test/v1/more", params={"cursor": "t"}),
        ),
        # where the request has its parameters
        (Cursor(), get(), {"next_cursor": "t"}, get(params={"cursor": "t"})),
        (Cursor(), post({"q": 1}), {"next_cursor": "t"}, post({"q": 1, "cursor": "t"})),
        (
            Cursor(),
            post({"q": 1}, f"{URL}?cursor=s"),
            {"next_cursor": "t"},
            post({"q": 1}, f"{URL}?cursor=t"),
        ),
        # objects and lists, which only JSON can hold
        (DYNAMO, post({"q": 1}), {"LastEvaluatedKey": KEY}, post({"q": 1, DYNAMO.cursor: KEY})),
        (Cursor(), post({"q": 1}), {"next_cursor": [1, "a"]}, post({"q": 1, "cursor": [1, "a"]})),
        (Cursor(), get(), {"next_cursor": KEY}, MalformedPage),
        (Cursor(into="header"), post({}), {"next_cursor": KEY}, MalformedPage),
        *((Cursor(), post({}), {"next_cursor": wrong}, MalformedPage) for wrong in (True, 1.5)),
    ],
)
def test_where_a_cursor_goes(strategy, request_, body, expected):
    """Alone or beside the rest, to the same URL or another, in the query, the body or a header."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize(
    ("more", "rows", "token", "expected"),
    [
        (None, [], "s", None),
        (None, [], "t", get(params={"cursor": "t"})),
        (None, [1], "s", get(params={"cursor": "s"})),
        (True, [], "s", get(params={"cursor": "s"})),
        (False, [], "s", None),
    ],
)
def test_a_cursor_that_stands(more, rows, token, expected):
    """No rows and the token that asked for them are the end, unless a flag says otherwise."""
    body = {"next_cursor": token, "more": more, "rows": rows}
    given_page = page(body, get(params={"cursor": "s"}))
    strategy = Cursor(more="more", items="rows")
    check(strategy, given_page, expected)
    assert (not rows and token == "s") is strategy.is_standing(given_page)


@pytest.mark.parametrize("body", [{}, {"next_cursor": None}, {"next_cursor": ""}])
def test_nothing_does_not_stand(body):
    """Where there is neither token nor link, nothing leads on for ever."""
    assert not Cursor(items="").is_standing(page(body))
    assert not NextLink("next_cursor", items="").is_standing(page(body))
    assert not PageNumber().is_standing(page(body))


@pytest.mark.parametrize(
    ("strategy", "request_", "expected"),
    [
        (Cursor(), get(), True),
        (Cursor(), get(params={"cursor": "*"}), True),
        (Cursor(), get(f"{URL}?cursor="), True),
        (Cursor(), get(f"{URL}?cursor=c"), False),
        (LastItem("after"), get(), True),
        (LastItem("after"), get(params={"after": 1}), False),
        (PageNumber(), get(params={"page": 1}), True),
        (PageNumber(), get(params={"page": 2}), False),
        (PageNumber(first=0), get(params={"page": 1}), False),
        (Offset(first=1), get(params={"offset": 1}), True),
        (Offset(), get(params={"offset": 1}), False),
        (NextLink(), get(params={"page": 2}), True),
    ],
)
def test_beginnings(strategy, request_, expected):
    """A strategy knows which of its parameters ask for the first rows."""
    assert expected is strategy.begins(request_)


# The last row ------------------------------------------------------------------------------------

SEARCH_AFTER = LastItem("search_after", key="sort", items="hits.hits")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (post({"size": 2}), post({"size": 2, "search_after": [1, "a"]})),
        (post({"search_after": [0, "z"]}), post({"search_after": [1, "a"]})),
        (get(), MalformedPage),
        (post({}, params={"search_after": ""}), MalformedPage),
    ],
)
def test_a_list_as_the_last_row_s_key(request_, expected):
    """Elasticsearch's sort values go as a list into a JSON body, and nowhere else."""
    check(SEARCH_AFTER, page({"hits": {"hits": [{}, {"sort": [1, "a"]}]}}, request_), expected)


def test_a_key_that_cannot_be_sent_says_what_to_do():
    """Outside of JSON a list is no key, and the text asks for another one."""
    with pytest.raises(MalformedPage, match=r"id at 'sort', got a list; .*key="):
        SEARCH_AFTER.next(page({"hits": {"hits": [{"sort": [1]}]}}))


# Links -------------------------------------------------------------------------------------------

CKAN = NextLink("next", items="rows", total="n", offset_param="offset")


@pytest.mark.parametrize(
    ("strategy", "link", "rows", "expected"),
    [
        # to the page itself
        (NextLink(items="rows"), f"{URL}?offset=4", [], None),
        (NextLink(items="rows"), "?offset=4", [], None),
        (NextLink(items="rows"), "?offset=4", [1], get(f"{URL}?offset=4")),
        (NextLink(items="rows"), "?offset=5", [], get(f"{URL}?offset=5")),
        # past the total
        (CKAN, "?offset=4", [], None),
        (CKAN, "?offset=6", [], None),
        (CKAN, "?offset=5", [], None),
        (CKAN, "?offset=6", [1], get(f"{URL}?offset=6")),
        (CKAN, "?offset=3", [], get(f"{URL}?offset=3")),
        (CKAN, "?after=9", [], get(f"{URL}?after=9")),
        (NextLink(items="rows", total="n"), "?offset=6", [], get(f"{URL}?offset=6")),
    ],
)
def test_a_link_that_stands(strategy, link, rows, expected):
    """A page without rows that links to itself, or past the total, is the end."""
    given_page = page({"next": link, "rows": rows, "n": 5}, get(f"{URL}?offset=4"))
    check(strategy, given_page, expected)
    assert (expected is None) is strategy.is_standing(given_page)


def test_a_link_past_an_unknown_total():
    """Without a total no offset is past it."""
    body = {"next": "?offset=6", "rows": []}
    check(CKAN, page(body, get(f"{URL}?offset=4")), get(f"{URL}?offset=6"))


LINKS = [{"rel": "self", "href": "?page=1"}, {"rel": "Next", "href": "?page=2"}, "x"]


@pytest.mark.parametrize(
    ("link", "body", "headers", "expected"),
    [
        ("links.next", {"links": {"next": {"href": "?page=2", "meta": {}}}}, {}, "?page=2"),
        ("links.next", {"links": {"next": {"href": None}}}, {}, None),
        ("links.next", {"links": {"next": None}}, {}, None),
        ("links.next", {"links": {"next": {"url": "?page=2"}}}, {}, MalformedPage),
        ("links.next", {"links": {"next": {"href": 5}}}, {}, MalformedPage),
        ("X-Next", {}, {"x-next": "?page=2"}, "?page=2"),
        ("X-Next", {}, {"x-next": ""}, None),
        ("X-Next", {}, {}, None),
        ("links[rel=next].href", {"links": LINKS}, {}, "?page=2"),
        ("links[rel=next]", {"links": LINKS}, {}, "?page=2"),
        ("links[rel=next].href", {"links": LINKS[:1]}, {}, None),
        ("links[rel=next].href", {"links": None}, {}, None),
    ],
)
def test_where_a_link_is(link, body, headers, expected):
    """In an object, in a header, in a list of links by its relation."""
    if isinstance(expected, str):
        expected = get(URL + expected)
    check(NextLink(link, items=""), page({**body, "id": 1}, headers=headers), expected)


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        ("/restapi/v2/envelopes", "/envelopes?start=2", "/restapi/v2/envelopes?start=2"),
        ("/wiki/rest/api/content", "/rest/api/content?start=2", "/wiki/rest/api/content?start=2"),
        ("/v2/envelopes", "/v2/envelopes?start=2", "/v2/envelopes?start=2"),
        ("/v2/envelopes", "/others?start=2", "/others?start=2"),
    ],
)
def test_a_link_below_the_api_s_root(url, link, expected):
    """DocuSign, Confluence and Sage write links that continue the request's own path."""
    request = get(f"https://api.test{url}", params={"count": 2})
    check(NextLink(), page({"next": link}, request), get(f"https://api.test{expected}"))


# Headers that hold an object ---------------------------------------------------------------------

IN_HEADER = PageNumber(
    total_pages="X-Pagination.TotalPages",
    number="X-Pagination.CurrentPage",
    total="X-Pagination.TotalCount",
    items="",
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('{"TotalPages": 3, "CurrentPage": 2}', get(params={"page": 3})),
        ('{"TotalPages": 2, "CurrentPage": 2}', None),
        ('{"TotalPages": 3, "CurrentPage": 1}', InconsistentListing),
        ('{"CurrentPage": 2}', MalformedPage),
        ('{"TotalPages": "many"}', MalformedPage),
        ("[3]", MalformedPage),
        ("{", MalformedPage),
        ("", MalformedPage),
    ],
)
def test_an_object_in_a_header(told, expected):
    """A path may lead into JSON in a header; where there is none, nothing stands there."""
    headers = {"x-pagination": told}
    check(IN_HEADER, page([1, 2], get(params={"page": 2}), headers=headers), expected)


def test_a_total_in_a_header_s_object():
    """The total is read there, too."""
    headers = {"X-Pagination": '{"TotalCount": 9}'}
    assert 9 == IN_HEADER.total(page([], headers=headers))
    assert IN_HEADER.total(page([])) is None


# Other names, and no list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (PageNumber("page", total_pages="n"), PageNumber("p", total_pages="n")),
        (Offset("offset", first=1, items="rows"), Offset("p", first=1, items="rows")),
        (Cursor("cursor", token="t", into="json"), Cursor("p", token="t", into="json")),
        (LastItem("after", key="x"), LastItem("p", key="x")),
    ],
)
def test_renamed(strategy, expected):
    """The parameter has another name and everything else stays; the first one is unchanged."""
    written = repr(strategy)
    assert expected == strategy.renamed("p")
    assert (hash(expected), repr(expected)) == (
        hash(strategy.renamed("p")),
        repr(strategy.renamed("p")),
    )
    assert written == repr(strategy) != repr(expected)


@pytest.mark.parametrize(
    ("strategy", "body", "expected"),
    [
        (SinglePage(items=""), {"id": 5, "tags": [1]}, [{"id": 5, "tags": [1]}]),
        (SinglePage(items="data"), {"data": {"name": "x"}}, [{"name": "x"}]),
        (SinglePage(), {"ticket": {"id": 1}}, [{"id": 1}]),
        (SinglePage(items=""), [{"id": 5}], [{"id": 5}]),
        # a failed payment is a payment
        (SinglePage(items=""), {"id": 5, "error": "no"}, [{"id": 5, "error": "no"}]),
        (SinglePage(items="data"), {"data": {"name": "x"}, "error": "no"}, MalformedPage),
        (SinglePage(items=""), {"error": "no"}, MalformedPage),
        (SinglePage(items="data"), {"data": 5}, MalformedPage),
        (LinkHeader(items=""), {"id": 5}, MalformedPage),
        (PageNumber(items="data"), {"data": {"name": "x"}}, MalformedPage),
    ],
)
def test_a_single_object(strategy, body, expected):
    """Where no other page could follow, one object is a row; an error body is none."""
    if isinstance(expected, type):
        with pytest.raises(expected):
            strategy.items(page(body))
    else:
        assert expected == strategy.items(page(body))
        check(strategy, page(body), None)
