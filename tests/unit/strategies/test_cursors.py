"""Cursors, last rows, objects of parameters: what a page hands on."""

import pytest

from requests_paginate.exceptions import InconsistentListing, MalformedPage, PaginationError
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
)
from tests.unit.strategies.requests_and_pages import ROWS, URL, check, get, page, post

# Cursors -----------------------------------------------------------------------------------------


CURSOR = Cursor("cursor", token="meta.next", more="meta.more", items="rows", total="n")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (CURSOR, get(), {"meta": {"next": "x"}}, get(params={"cursor": "x"})),
        (
            CURSOR,
            get(params={"a": 1, "cursor": "w"}),
            {"meta": {"next": "x"}},
            get(params={"a": 1, "cursor": "x"}),
        ),
        (
            CURSOR,
            get(f"{URL}?cursor=w&a"),
            {"meta": {"next": "x+/="}},
            get(f"{URL}?cursor=x%2B%2F%3D&a"),
        ),
        (CURSOR, get(), {"meta": {"next": 17}}, get(params={"cursor": 17})),
        (CURSOR, get(), {"meta": {"next": 0, "more": True}}, get(params={"cursor": 0})),
        (CURSOR, get(), {"meta": {"next": 0}, "rows": []}, None),
        (CURSOR, get(), {"meta": {"next": "x", "more": True}}, get(params={"cursor": "x"})),
        (CURSOR, get(), {"meta": {"next": "x", "more": False}}, None),
        (CURSOR, get(), {"meta": {"next": {}, "more": False}}, None),
        (CURSOR, get(), {"meta": {"next": None, "more": False}, "n": 9}, None),
        (CURSOR, get(), {"meta": {"next": None, "more": True}}, InconsistentListing),
        (CURSOR, get(), {"meta": {"next": "", "more": True}}, InconsistentListing),
        (CURSOR, get(), {"meta": {"more": True}}, InconsistentListing),
        (CURSOR, get(), {"meta": {"next": None}}, None),
        (CURSOR, get(), {"meta": {"next": ""}}, None),
        (CURSOR, get(), {"meta": {}}, None),
        (CURSOR, get(), {}, None),
        (CURSOR, get(), {"n": 2, "rows": ROWS}, None),
        (CURSOR, get(), {"n": 3, "rows": ROWS}, InconsistentListing),
        *(
            (CURSOR, get(), {"meta": {"next": wrong}}, MalformedPage)
            for wrong in (True, ["x"], {"a": 1})
        ),
        *(
            (CURSOR, get(), {"meta": {"next": "x", "more": wrong}}, MalformedPage)
            for wrong in (-1, 0.5, "maybe", [])
        ),
        (
            Cursor(into="query"),
            post({"q": 1}),
            {"next_cursor": "x"},
            post({"q": 1}, params={"cursor": "x"}),
        ),
        (Cursor(into="json"), post({"q": 1}), {"next_cursor": "x"}, post({"q": 1, "cursor": "x"})),
        (Cursor(into="json"), post(None), {"next_cursor": "x"}, post({"cursor": "x"})),
        (
            Cursor("page.after.token", into="json"),
            post({"q": 1, "page": {"size": 5}}),
            {"next_cursor": 7},
            post({"q": 1, "page": {"size": 5, "after": {"token": 7}}}),
        ),
        (Cursor("a.b", into="json"), post({"a": 5}), {"next_cursor": "x"}, MalformedPage),
        (Cursor(into="json"), post([1]), {"next_cursor": "x"}, MalformedPage),
        (Cursor("Range", into="header"), get(), {"next_cursor": 7}, get(headers={"Range": "7"})),
        (
            Cursor("Range", into="header"),
            get(headers={"Range": "1", "b": "c"}),
            {"next_cursor": "2"},
            get(headers={"Range": "2", "b": "c"}),
        ),
    ],
)
def test_cursor(strategy, request_, body, expected):
    """The token goes where it belongs, until it is missing or a flag says that it is over."""
    check(strategy, page(body, request_), expected)


def test_a_cursor_from_a_header():
    """A token is sought in the body, then in the headers."""
    strategy = Cursor("continuation", token="x-ms-continuationtoken")
    check(
        strategy,
        page({}, headers={"X-MS-ContinuationToken": "t"}),
        get(params={"continuation": "t"}),
    )
    check(strategy, page({}, headers={"X-MS-ContinuationToken": ""}), None)
    check(strategy, page({}), None)
    body = {"x-ms-continuationtoken": "of the body"}
    expected = get(params={"continuation": "of the body"})
    check(strategy, page(body, headers={"X-MS-ContinuationToken": "t"}), expected)


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://b.test/v2/rows", "https://b.test/v2/more"), ("", "https://api.test/more")],
)
def test_a_cursor_s_url_starts_at_the_page_that_answered(url, expected):
    """The URL of the following pages is completed from the URL after redirects."""
    check(
        Cursor(url="more"),
        page({"next_cursor": "t"}, url=url),
        get(expected, params={"cursor": "t"}),
    )


@pytest.mark.parametrize(
    ("strategy", "body"),
    [
        (Cursor(), {"next_cursor": "\ud800"}),
        (LastItem(items="rows"), {"rows": [{"id": "\ud800"}]}),
        (NextLink(), {"next": "/rows?cursor=\ud800"}),
        (Cursor("Range", into="header"), {"next_cursor": "a\r\nX-Evil: b"}),
        (Cursor("Range", into="header"), {"next_cursor": "\u2603"}),
    ],
    ids=["cursor", "last item", "link", "line break", "snowman"],
)
@pytest.mark.parametrize("url", [URL, f"{URL}?cursor=x&starting_after=y"])
def test_a_continuation_that_cannot_be_sent(strategy, body, url):
    """What cannot be sent is a page that cannot be right, and not an error of some codec."""
    with pytest.raises(PaginationError):
        strategy.next(page(body, get(url)))


LAST = LastItem("starting_after", key="id", more="has_more", items="data")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (LAST, get(), {"has_more": True, "data": ROWS}, get(params={"starting_after": 2})),
        (
            LAST,
            get(params={"a": 1, "starting_after": 1}),
            {"has_more": True, "data": ROWS},
            get(params={"a": 1, "starting_after": 2}),
        ),
        (
            LAST,
            get(),
            {"has_more": True, "data": [{"id": "x"}]},
            get(params={"starting_after": "x"}),
        ),
        (LAST, get(), {"has_more": False, "data": ROWS}, None),
        (LAST, get(), {"has_more": False, "data": []}, None),
        (LAST, get(), {"has_more": True, "data": []}, InconsistentListing),
        (LAST, get(), {"data": ROWS}, get(params={"starting_after": 2})),
        (LAST, get(), {"data": []}, None),
        (LAST, get(), {"has_more": True}, InconsistentListing),
        (LAST, get(), {"has_more": [1], "data": ROWS}, MalformedPage),
        *(
            (LAST, get(), {"data": [{"id": wrong}]}, MalformedPage)
            for wrong in (None, True, [], {})
        ),
        (LAST, get(), {"data": [{}]}, MalformedPage),
        (LAST, get(), {"data": [5]}, InconsistentListing),
        (
            LastItem("after", key="a.id", items=""),
            get(),
            [{"a": {"id": 7}}],
            get(params={"after": 7}),
        ),
        (LastItem("after", items="", more="!last"), get(), [{"id": 7}], get(params={"after": 7})),
        (
            LastItem("after", items="rows"),
            post({"q": 1}),
            {"rows": ROWS},
            post({"q": 1, "after": 2}),
        ),
    ],
)
def test_last_item(strategy, request_, body, expected):
    """The last row's id, until a flag or an empty page ends it."""
    check(strategy, page(body, request_), expected)


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
        *((WIKI, get(), {"continue": {"a": wrong}}, MalformedPage) for wrong in (True, [1])),
        *(
            (WIKI, get(), {"rows": [], "continue": {"a": end}}, None)
            for end in (None, "", False, {})
        ),
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
        *(
            (Cursor(), post({}), {"next_cursor": wrong}, MalformedPage)
            for wrong in (True, float("inf"))
        ),
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
    """Outside of JSON a list is no key: the text asks for a JSON body, or another key."""
    with pytest.raises(MalformedPage, match=r"id at 'sort', got a list; pass json=.*, or .*key="):
        SEARCH_AFTER.next(page({"hits": {"hits": [{"sort": [1]}]}}))


@pytest.mark.parametrize(
    ("key", "row", "expected"),
    [
        ("id", "alpha", "a string"),
        ("uuid", "0f1e", "a string"),
        ("a.b", "", "a string"),
        ("id", 17, "a number"),
        ("name", -(10**19), "a number"),
    ],
)
def test_a_row_that_is_its_own_id(key, row, expected):
    """A row without members may be its id: its page is handed out, and the text names the key."""
    strategy = LastItem("marker", key=key, items="names")
    with pytest.raises(InconsistentListing, match=f'the row is {expected}; .*key=""') as caught:
        strategy.next(page({"names": ["first", row]}))
    assert caught.value.is_end
    check(
        LastItem("marker", key="", items="names"),
        page({"names": [row]}),
        get(params={"marker": row}),
    )


@pytest.mark.parametrize("row", [{"name": "x"}, {}, [], ["x"], None, True, {"id": None}])
def test_a_row_that_is_no_id(row):
    """A row that could not be its own id says nothing of an empty key."""
    with pytest.raises(MalformedPage, match=r"id at 'id'.*; give the strategy its key=$"):
        LAST.next(page({"data": [row]}))
