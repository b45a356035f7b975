"""Strategies: the next request, the end or an error, from a request and its page alone."""

import copy
import dataclasses
import itertools
import pickle
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import dialects, strategies
from requests_paginate._envelope.selectors import ItemsAt, TotalAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import InconsistentListing, MalformedPage, PaginationError
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
    Strategy,
)

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

URL = "https://api.test/rows"
ROWS = [{"id": 1}, {"id": 2}]
HUGE = "9" * 30


def get(url=URL, **fields):
    return PageRequest("GET", url, **fields)


def post(json, url=URL, **fields):
    return PageRequest("POST", url, json=json, **fields)


def page(body, request=None, **fields):
    request = request or get()
    fields.setdefault("url", request.url)
    return Page(request=request, body=body, **fields)


def check(strategy, given_page, expected):
    """Compares what a strategy says with a request, None or an error; nothing is mutated."""
    unchanged = copy.deepcopy((given_page.request, given_page.body))
    if isinstance(expected, type):
        with pytest.raises(expected) as caught:
            strategy.next(given_page)
        assert expected is type(caught.value)
    else:
        assert expected == strategy.next(given_page)
    assert unchanged == (given_page.request, given_page.body)


WRONG_NUMBERS = [True, False, 1.5, 2.0, -1, [], [2], {}, {"n": 2}, "", "x", "-1", "1.5", HUGE]

# Page numbers ------------------------------------------------------------------------------------

PLUGGY = dialects.PLUGGY
COUNTED = PageNumber(total="total", items="rows")
PLAIN = PageNumber(items="rows")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (PLUGGY, get(), {"page": 1, "totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(params={"page": 2}), {"page": 2, "totalPages": 3}, get(params={"page": 3})),
        (PLUGGY, get(params={"page": 3}), {"page": 3, "totalPages": 3, "results": []}, None),
        (PLUGGY, get(params={"page": "2"}), {"totalPages": 3}, get(params={"page": 3})),
        (PLUGGY, get(params={"page": ""}), {"totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(params={"page": None}), {"totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(), {"page": "1", "totalPages": "3"}, get(params={"page": 2})),
        (
            PLUGGY,
            get(params={"page": 1000}),
            {"page": "1000", "totalPages": 1001},
            get(params={"page": 1001}),
        ),
        (PLUGGY, get(), {"page": None, "totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(), {"totalPages": 0, "results": []}, None),
        (PLUGGY, get(), {"totalPages": 10**30}, get(params={"page": 2})),
        (
            PLUGGY,
            get(params={"from": "2024", "pageSize": 5}),
            {"totalPages": 2},
            get(params={"from": "2024", "pageSize": 5, "page": 2}),
        ),
        (PLUGGY, get(f"{URL}?a=%2f&page=1&b"), {"totalPages": 3}, get(f"{URL}?a=%2f&page=2&b")),
        (PLUGGY, get(), {"page": 2, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(params={"page": 2}), {"page": 1, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(), {"page": 0, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(), {"page": 1}, MalformedPage),
        (PLUGGY, get(), {"page": 1, "totalPages": None}, MalformedPage),
        (PLUGGY, get(), [], MalformedPage),
        (PLUGGY, get(), None, MalformedPage),
        (PLUGGY, get(params={"page": "x"}), {"totalPages": 3}, MalformedPage),
        (PLUGGY, get(params={"page": -1}), {"totalPages": 3}, MalformedPage),
        (PLUGGY, get(), {"totalPages": 1, "total": 3, "results": [1]}, InconsistentListing),
        (PLUGGY, get(), {"totalPages": 1, "total": 1, "results": [1]}, None),
        (PLUGGY, get(), {"totalPages": 1, "total": 0, "results": []}, None),
        # zero-based
        (
            PageNumber("page", total_pages="n", number="page", first=0),
            get(),
            {"page": 0, "n": 2},
            get(params={"page": 1}),
        ),
        (PageNumber(total_pages="n", first=0, items=""), get(params={"page": 1}), {"n": 2}, None),
        (
            PageNumber(total_pages="n", number="p", first=0),
            get(),
            {"p": 1, "n": 2},
            InconsistentListing,
        ),
        # nested, in headers
        (PageNumber(total_pages="a.n"), get(), {"a": {"n": 2}}, get(params={"page": 2})),
        (PageNumber(total_pages="a.n"), get(), {"a": [2]}, MalformedPage),
        # by total
        (COUNTED, get(), {"total": 3, "rows": ROWS}, get(params={"page": 2})),
        (COUNTED, get(), {"total": 2, "rows": ROWS}, None),
        (COUNTED, get(), {"total": 0, "rows": []}, None),
        (COUNTED, get(), {"total": 3, "rows": []}, InconsistentListing),
        (COUNTED, get(), {"rows": ROWS}, get(params={"page": 2})),
        (COUNTED, get(), {"rows": []}, None),
        # without any total, an empty page is the end
        (PLAIN, get(), {"rows": ROWS}, get(params={"page": 2})),
        (PLAIN, get(), {"rows": []}, None),
        (PLAIN, get(), {"rows": None}, None),
        (PLAIN, get(), {}, MalformedPage),
        # a flag
        (PageNumber(more="more"), get(), {"more": True}, get(params={"page": 2})),
        (PageNumber(more="more"), get(), {"more": False}, None),
        (PageNumber(more="!last"), get(), {"last": False}, get(params={"page": 2})),
        (PageNumber(more="!last"), get(), {"last": True}, None),
        (PageNumber(more="more"), get(), {"more": 1}, MalformedPage),
        (PageNumber(more="more", items="rows"), get(), {"rows": ROWS}, get(params={"page": 2})),
        (PageNumber(more="m", total_pages="n"), get(), {"m": False, "n": 9}, None),
        (
            PageNumber(more="m", total_pages="n"),
            get(),
            {"m": True, "n": 1},
            get(params={"page": 2}),
        ),
        # in a JSON body
        (
            PageNumber(total_pages="n"),
            post({"page": 1, "q": "x"}),
            {"n": 2},
            post({"page": 2, "q": "x"}),
        ),
        (PageNumber(total_pages="n"), post({"q": "x"}), {"n": 2}, post({"q": "x", "page": 2})),
        (
            PageNumber("a.page", total_pages="n"),
            post({"a": {"page": 1}}),
            {"n": 2},
            post({"a": {"page": 2}}),
        ),
        (
            PageNumber(total_pages="n"),
            post({"q": "x"}, params={"page": 1}),
            {"n": 2},
            post({"q": "x"}, params={"page": 2}),
        ),
        (
            PageNumber(total_pages="n"),
            post({"q": "x"}, f"{URL}?page=1"),
            {"n": 2},
            post({"q": "x"}, f"{URL}?page=2"),
        ),
        (PageNumber(total_pages="n"), post([1]), {"n": 2}, MalformedPage),
    ],
)
def test_page_number(strategy, request_, body, expected):
    """The next number, until a flag, the number of pages, the total or an empty page ends it."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
@pytest.mark.parametrize("name", ["totalPages", "page"])
def test_page_number_with_wrong_types(name, wrong):
    """What is no count is malformed, at every path."""
    check(PLUGGY, page({"totalPages": 2, "page": 1, name: wrong}), MalformedPage)


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
@pytest.mark.parametrize(
    "strategy",
    [
        PageNumber(total="total", items="rows"),
        Offset(total="total", items="rows"),
        NextLink("next", total="total", items="rows"),
        LinkHeader(total="total", items="rows"),
        Cursor(total="total", items="rows"),
        SinglePage(total="total", items="rows"),
    ],
)
def test_wrong_totals(strategy, wrong):
    """A total that is no count is malformed, whatever the strategy."""
    given_page = page({"total": wrong, "rows": []})
    check(strategy, given_page, MalformedPage)
    with pytest.raises(MalformedPage):
        strategy.total(given_page)


@pytest.mark.parametrize(
    ("start", "expected"),
    [(0, get(params={"page": 2})), (2, get(params={"page": 2})), (3, None), (4, None)],
)
def test_page_number_counts_from_the_start(start, expected):
    """The total is compared with all rows so far, not with those of the page."""
    check(COUNTED, page({"total": 5, "rows": ROWS}, start=start), expected)


@pytest.mark.parametrize(("rows", "expected"), [(ROWS, get(params={"page": 6})), ([], None)])
def test_page_number_from_the_middle(rows, expected):
    """Begun in the middle, the rows before are not known, and an empty page is the end."""
    request = get(params={"page": 5})
    check(COUNTED, page({"total": 100, "rows": rows}, request, start=None), expected)


def test_page_number_reads_a_header():
    """The number of pages may stand in a header."""
    strategy = PageNumber(total_pages="X-WP-TotalPages", items="")
    check(strategy, page([1], headers={"x-wp-totalpages": "2"}), get(params={"page": 2}))
    check(strategy, page([1], get(params={"page": 2}), headers={"X-WP-TotalPages": "2"}), None)
    check(strategy, page([1]), MalformedPage)


# Offsets -----------------------------------------------------------------------------------------

OFFSET = Offset(limit="limit", total="total", items="rows")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (OFFSET, get(), {"total": 5, "rows": ROWS}, get(params={"offset": 2})),
        (OFFSET, get(params={"offset": 2}), {"total": 5, "rows": ROWS}, get(params={"offset": 4})),
        (OFFSET, get(params={"offset": "4"}), {"total": 5, "rows": [1]}, None),
        (OFFSET, get(), {"total": "5", "rows": ROWS}, get(params={"offset": 2})),
        # never plus the page size that was asked for: servers clamp it
        (
            OFFSET,
            get(params={"limit": 100}),
            {"total": 500, "rows": ROWS},
            get(params={"limit": 100, "offset": 2}),
        ),
        (OFFSET, get(), {"total": 2, "rows": ROWS}, None),
        (OFFSET, get(), {"total": 0, "rows": []}, None),
        (OFFSET, get(), {"total": 5, "rows": []}, InconsistentListing),
        (OFFSET, get(params={"offset": 4}), {"total": 5, "rows": []}, InconsistentListing),
        (OFFSET, get(params={"offset": 9}), {"total": 5, "rows": []}, None),
        (OFFSET, get(), {"rows": ROWS}, get(params={"offset": 2})),
        (OFFSET, get(), {"rows": []}, None),
        (OFFSET, get(), {"total": 5}, MalformedPage),
        (OFFSET, get(params={"offset": "x"}), {"total": 5, "rows": ROWS}, MalformedPage),
        (
            OFFSET,
            get(f"{URL}?offset=2&a=%2f"),
            {"total": 5, "rows": ROWS},
            get(f"{URL}?offset=4&a=%2f"),
        ),
        (
            OFFSET,
            post({"offset": 2, "q": 1}),
            {"total": 5, "rows": ROWS},
            post({"offset": 4, "q": 1}),
        ),
        (
            Offset("options.offset", total="total", items="rows"),
            post({"options": {"count": 2}}),
            {"total": 5, "rows": ROWS},
            post({"options": {"count": 2, "offset": 2}}),
        ),
        (
            Offset("startIndex", first=1, total="n", items=""),
            get(),
            [1, 2],
            get(params={"startIndex": 3}),
        ),
        (
            Offset("i", first=1, total="n", items="rows"),
            get(),
            {"n": 2, "rows": ROWS},
            None,
        ),
        (
            Offset("i", first=1, total="n", items="rows"),
            get(params={"i": 1}),
            {"n": 3, "rows": ROWS},
            get(params={"i": 3}),
        ),
        (
            Offset(more="more", items="rows"),
            get(),
            {"more": True, "rows": ROWS},
            get(params={"offset": 2}),
        ),
        (Offset(more="more", items="rows"), get(), {"more": False, "rows": ROWS}, None),
        (Offset(more="more", items="rows"), get(), {"more": True, "rows": []}, InconsistentListing),
        (Offset(more="more", items="rows"), get(), {"rows": []}, None),
        (Offset(more="more", items="rows"), get(), {"more": 0, "rows": ROWS}, MalformedPage),
        (
            Offset(more="more", total="n", items="rows"),
            get(),
            {"more": True, "n": 1, "rows": ROWS},
            get(params={"offset": 2}),
        ),
        (
            Offset(more="more", total="n", items="rows"),
            get(),
            {"more": False, "n": 9, "rows": ROWS},
            None,
        ),
        # where the page says at which offset it starts
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": 2, "rows": ROWS},
            get(params={"offset": 4}),
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": None, "rows": ROWS},
            get(params={"offset": 4}),
        ),
        *(
            (
                Offset(start="at", items="rows"),
                get(params={"offset": 2}),
                {"at": wrong, "rows": ROWS},
                InconsistentListing,
            )
            for wrong in (0, 1, 3, 4)
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 1000}),
            {"at": "1000", "rows": ROWS},
            get(params={"offset": 1002}),
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": 0, "rows": []},
            None,
        ),
        (Offset(items=""), get(), [], None),
        (Offset(items=""), get(), [1], get(params={"offset": 1})),
    ],
)
def test_offset(strategy, request_, body, expected):
    """The offset plus the rows that came, until a flag, the total or an empty page ends it."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize(
    ("first", "number", "expected"),
    [(1000, "1000", True), (2, 1, False), (2, 3, False), (2, None, True)],
)
@pytest.mark.parametrize("kind", [PageNumber, Offset])
def test_the_first_number_begins(kind, first, number, expected):
    """A request begins where it names the first number, or none; not before and not after it."""
    assert expected is kind("n", first=first).begins(get(params={"n": number}))


# Links -------------------------------------------------------------------------------------------

LINK = NextLink("next", items="results", total="count")
NEXT = "https://api.test/rows?page=2"


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (LINK, get(), {"next": NEXT}, get(NEXT)),
        (LINK, get(params={"page_size": 5}), {"next": NEXT}, get(NEXT)),
        (LINK, get(), {"next": "/rows?page=2"}, get(NEXT)),
        (LINK, get(), {"next": "?page=2"}, get(NEXT)),
        (LINK, get(f"{URL}?a=b"), {"next": "?a=%2F&page=2"}, get(f"{URL}?a=%2F&page=2")),
        (LINK, get(), {"next": "//other.test/x"}, get("https://other.test/x")),
        (
            LINK,
            post({"q": 1}, headers={"h": "x"}),
            {"next": NEXT},
            post({"q": 1}, NEXT, headers={"h": "x"}),
        ),
        (LINK, get(), {"next": None, "results": []}, None),
        (LINK, get(), {"next": "", "results": []}, None),
        (LINK, get(), {"results": []}, None),
        (LINK, get(), {"next": None, "results": ROWS, "count": 2}, None),
        (LINK, get(), {"next": None, "results": ROWS, "count": 3}, InconsistentListing),
        (LINK, get(), {"next": NEXT, "results": ROWS, "count": 2}, get(NEXT)),
        (NextLink("links.next.href"), get(), {"links": {"next": {"href": NEXT}}}, get(NEXT)),
        (NextLink("links.next.href"), get(), {"links": {}}, None),
        (NextLink("@odata.nextLink"), get(), {"@odata.nextLink": NEXT}, get(NEXT)),
        (NextLink("next", more="more"), get(), {"next": NEXT, "more": False}, None),
        (NextLink("next", more="more"), get(), {"next": NEXT, "more": True}, get(NEXT)),
        (NextLink("next", more="more"), get(), {"next": None, "more": True}, InconsistentListing),
        (NextLink("next", more="more"), get(), {"next": None, "more": False}, None),
        (NextLink("next", more="!last"), get(), {"next": NEXT, "last": True}, None),
        (NextLink("next", more="more"), get(), {"next": NEXT, "more": "soon"}, MalformedPage),
        *(
            (LINK, get(), {"next": wrong}, MalformedPage)
            for wrong in (5, True, False, 1.5, [], {}, [NEXT])
        ),
    ],
)
def test_next_link(strategy, request_, body, expected):
    """The link in the body, until it is null, empty or absent and nothing says otherwise."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize("strategy", [LINK, LinkHeader(items="results")])
@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://b.test/v2/x", "https://b.test/v2/x?page=2"), ("", NEXT)],
)
def test_links_start_at_the_page_that_answered(strategy, url, expected):
    """A relative link starts from the URL after redirects."""
    headers = {"Link": "<?page=2>; rel=next"}
    check(strategy, page({"next": "?page=2"}, headers=headers, url=url), get(expected))


@pytest.mark.parametrize(
    ("start", "total", "expected"),
    [
        (0, 2, True), (4, 6, True), (998, 1000, True), (0, 3, False), (4, 5, False),
        (4, None, False), (None, 2, False),
    ],
)  # fmt: skip
def test_a_last_page_that_links_to_itself(start, total, expected):
    """A link to the page itself is the end where the rows so far are those of the total."""
    body = {"next": NEXT, "results": ROWS, "count": total}
    given_page = page(body, get(NEXT), start=start)
    assert expected is LINK.is_standing(given_page)
    check(LINK, given_page, None if expected else get(NEXT))


HEADERS = LinkHeader(items="", total="X-Total-Count")


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"Link": f'<{NEXT}>; rel="next"'}, [], get(NEXT)),
        ({"link": f"</x>; rel=prev, <{NEXT}>; rel=next, </y>; rel=last"}, [], get(NEXT)),
        ({"Link": f"<{NEXT}>; REL=Next"}, [], get(NEXT)),
        ({"Link": f'<{NEXT}>; rel="next last"'}, [], get(NEXT)),
        ({"Link": "</rows?page=2>; rel=next"}, [], get(NEXT)),
        ({"Link": f"<{NEXT}>; rel=next, </other>; rel=next"}, [], get(NEXT)),
        ({"Link": "</x>; rel=prev"}, [], None),
        ({"Link": ""}, [], None),
        ({}, [1], None),
        ({"Link": "<>; rel=next"}, [], None),
        ({"X-Total-Count": "1"}, [1], None),
        ({"X-Total-Count": "2"}, [1], InconsistentListing),
        ({"X-Total-Count": "-2"}, [1], MalformedPage),
        ({"Link": "nonsense"}, [], MalformedPage),
        ({"Link": f'<{NEXT}>; rel="next"; results="true"; cursor="0:100:0"'}, [], get(NEXT)),
        ({"Link": f'<{NEXT}>; rel="next"; results="false"; cursor="0:100:0"'}, [], None),
        (
            {"Link": f'</p>; rel=prev; results="false", <{NEXT}>; rel="next"; results="true"'},
            [],
            get(NEXT),
        ),
    ],
)
def test_link_header(headers, body, expected):
    """The first link with relation next, until there is none, or it says that it has no results."""
    check(HEADERS, page(body, get(params={"a": 1}), headers=headers), expected)


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
        (CURSOR, get(), {"meta": {"next": 0}}, get(params={"cursor": 0})),
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
            for wrong in (True, False, 1.5, [], ["x"], {})
        ),
        *(
            (CURSOR, get(), {"meta": {"next": "x", "more": wrong}}, MalformedPage)
            for wrong in (0, 1, "yes", [])
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
        (LAST, get(), {"has_more": True}, MalformedPage),
        (LAST, get(), {"has_more": 1, "data": ROWS}, MalformedPage),
        *(
            (LAST, get(), {"data": [{"id": wrong}]}, MalformedPage)
            for wrong in (None, True, 1.5, [], {})
        ),
        (LAST, get(), {"data": [{}]}, MalformedPage),
        (LAST, get(), {"data": [5]}, MalformedPage),
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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"n": 2, "rows": ROWS}, None),
        ({"rows": ROWS}, None),
        ({"n": 3, "rows": ROWS}, InconsistentListing),
        ({"n": 3}, MalformedPage),
    ],
)
def test_single_page(body, expected):
    """One page is all, unless a larger total says otherwise."""
    check(SinglePage(items="rows", total="n"), page(body), expected)


def test_an_end_with_missing_rows_says_what_to_do():
    """The text names both counts, where the total is, and the way out."""
    with pytest.raises(InconsistentListing, match=r"2 of 3 rows \(at 'count'\).*without total="):
        LINK.next(page({"results": ROWS, "count": 3}))


@pytest.mark.parametrize("length", [1, 2])
def test_a_range_up_to_the_length(length):
    """A range that reaches the length after the slash is the last, and so is a longer one."""
    check(ContentRange(items=""), page(ROWS, headers={"Content-Range": f"0-1/{length}"}), None)


@pytest.mark.parametrize(
    ("asked", "told", "expected"),
    [
        ("3-4", "3-4/9", "5-6"),
        ("10-11", "10-11/19", "12-13"),
        ("items=3-4", "items 3-4/9", "items=5-6"),
        ("0-1", "3-4/9", InconsistentListing),
        ("5-6", "3-4/9", InconsistentListing),
        ("items=0-1", "items 3-4/9", InconsistentListing),
    ],
)
def test_a_range_that_was_asked_for(asked, told, expected):
    """The rows begin where they were asked for, and not before or after it."""
    if isinstance(expected, str):
        expected = get(headers={"Range": expected})
    given_page = page(ROWS, get(headers={"Range": asked}), headers={"Content-Range": told})
    check(ContentRange(items=""), given_page, expected)


def test_a_long_range():
    """Hundreds of rows are counted like two; whether they are the first ones is not known."""
    given_page = page([1] * 300, headers={"Content-Range": "0-299/900"})
    check(ContentRange(items=""), given_page, get(headers={"Range": "300-599"}))
    assert not ContentRange().begins(given_page.request)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rows": [], "total": 5}, "no rows at offset=0, of 5$"),
        ({"rows": [], "more": True}, "no rows at offset=0, and the page says that more follow$"),
    ],
)
def test_missing_rows_at_an_offset_say_what_promised_them(body, said):
    """The text names the total or the flag."""
    with pytest.raises(InconsistentListing, match=said):
        Offset(total="total", more="more", items="rows").next(page(body))


def test_a_range_of_other_rows_says_how_many():
    """The text names both counts."""
    with pytest.raises(InconsistentListing, match="counts 4 rows, and there are 2"):
        ContentRange(items="").next(page(ROWS, headers={"Content-Range": "5-8/9"}))


# Guesses -----------------------------------------------------------------------------------------


def chained(strategy, request, server):
    """The truth: the pages and the requests that follow the first page, by the rows so far."""
    pages, requests, start = [], [], 0
    while request is not None and len(requests) < 200:
        pages.append(page(server(request), request, start=start))
        start += len(strategy.items(pages[-1]))
        request = strategy.next(pages[-1])
        requests.append(request)
    assert requests[-1] is None
    return pages, requests[:-1]


def number(request, name, default):
    return int(request.query().get(name, default))


COUNTS = st.tuples(st.integers(0, 60), st.integers(1, 12))


@UNHURRIED
@given(COUNTS, st.sampled_from([0, 1, 5]), st.booleans())
def test_page_numbers_are_guessed(counts, first, in_url):
    """From every page, the guessed page numbers are those that follow."""
    total, size = counts
    strategy = PageNumber("p", total_pages="n", number="p", first=first, items="rows", total="t")

    def server(request):
        at = number(request, "p", first)
        rows = list(range(total))[(at - first) * size : (at - first + 1) * size]
        return {"p": at, "n": -(-total // size), "t": total, "rows": rows}

    request = get(f"{URL}?x=%2f&p={first}") if in_url else get(params={"x": 1})
    pages, truth = chained(strategy, request, server)
    for index, at in enumerate(pages):
        assert truth[index:] == list(strategy.guess(at))


@UNHURRIED
@given(COUNTS, st.sampled_from([0, 1]), st.booleans())
def test_offsets_are_guessed(counts, first, in_json):
    """From every page, the guessed offsets are those that follow; the server clamps the size."""
    total, size = counts
    strategy = Offset("o", limit="l", total="t", items="rows", first=first)

    def server(request):
        at = (request.json or request.params).get("o", first) - first
        return {"t": total, "rows": list(range(total))[at : at + size]}

    request = post({"l": 100}) if in_json else get(params={"l": 100})
    pages, truth = chained(strategy, request, server)
    for index, at in enumerate(pages[:-1]):
        assert truth[index:] == list(strategy.guess(at))


@UNHURRIED
@given(COUNTS, st.sampled_from(["https://api.test/rows", "", "/rows"]))
def test_links_are_guessed(counts, prefix):
    """From every page, the guessed links are those that follow, byte for byte."""
    total, size = counts
    strategy = NextLink("next", items="rows", total="t", page_param="page")

    def server(request):
        at = number(request, "page", 1)
        rows = list(range(total))[(at - 1) * size : at * size]
        following = f"{prefix}?a=%2f+&page={at + 1}&b" if at * size < total else None
        return {"next": following, "t": total, "rows": rows}

    pages, truth = chained(strategy, get(f"{URL}?a=%2f+&b"), server)
    for index, at in enumerate(pages):
        assert truth[index:] == list(strategy.guess(at))


@pytest.mark.parametrize(
    ("strategy", "body"),
    [
        (PageNumber(items="rows"), {"rows": ROWS}),
        (PageNumber(total_pages="n"), {}),
        (Offset(items="rows"), {"rows": ROWS}),
        (Offset(items="rows", total="n"), {"rows": [], "n": 5}),
        (LINK, {"next": NEXT, "results": ROWS, "count": 9}),
        (replace(LINK, page_param="page"), {"next": None, "results": ROWS, "count": 2}),
        (replace(LINK, page_param="page"), {"next": NEXT, "results": [], "count": 2}),
        (replace(LINK, page_param="page"), {"next": NEXT, "results": ROWS}),
        (replace(LINK, page_param="after"), {"next": NEXT, "results": ROWS, "count": 9}),
        (replace(LINK, page_param="p"), {"next": f"{URL}?p=x", "results": ROWS, "count": 9}),
        (Cursor(items="rows"), {"next_cursor": "x", "rows": ROWS}),
        (LAST, {"has_more": True, "data": ROWS}),
        (LinkHeader(items="rows"), {"rows": ROWS}),
        (SinglePage(items="rows"), {"rows": ROWS}),
    ],
)
def test_no_guess(strategy, body):
    """Where the requests ahead cannot be known, none is guessed."""
    assert [] == list(strategy.guess(page(body)))


@pytest.mark.parametrize("total", [4, 5, 6, 7])
@pytest.mark.parametrize("first", [0, 1])
def test_the_last_guessed_offset(first, total):
    """The last offset that is guessed is that of the last rows, wherever offsets begin."""
    strategy = Offset(first=first, total="total", items="rows")
    expected = [get(params={"offset": row + first}) for row in range(2, total, 2)]
    assert expected == list(strategy.guess(page({"total": total, "rows": ROWS})))


def test_guesses_are_lazy():
    """A server's word for very many pages costs nothing."""
    body = {"totalPages": 10**30, "page": 1}
    assert [get(params={"page": 2}), get(params={"page": 3})] == list(
        itertools.islice(PLUGGY.guess(page(body)), 2)
    )


# Any JSON ----------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["", "0", "2", HUGE, "true", "/x", "?page=2", "https://b.test/", "a b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "next", "more", "total"]) | st.text(), inner, max_size=4
        )
    ),
    max_leaves=8,
)
NAMED = ["page", "pages", "total", "more", "last", "next", "rows", "meta", "id"]
ENVELOPES = JSON | st.dictionaries(st.sampled_from(NAMED), JSON)
EVERY_PATH = [
    PageNumber(total_pages="pages", number="page", items="rows", total="total", more="more"),
    PageNumber(total_pages="pages", total="meta.total", more="!last"),
    PageNumber(total="total"),
    Offset(total="total", items="rows", more="more"),
    Offset(total="meta.total"),
    NextLink("next", items="rows", total="total", more="!last", page_param="page"),
    NextLink("meta.next", page_param="page"),
    LinkHeader(items="rows", total="total"),
    LinkHeader(),
    Cursor(token="next", more="more", items="rows", total="total"),
    Cursor("a.b", token="meta.next", into="json"),
    Cursor("Range", token="meta.next", into="header"),
    LastItem(items="rows", more="more", total="total"),
    LastItem(key="meta.id"),
    SinglePage(total="total"),
]
REQUESTS = [
    get(),
    get(f"{URL}?page=1&offset=2&cursor=3&starting_after=4&Range=5"),
    get(params={"page": "x", "offset": -1}),
    post({"page": 2, "offset": [1], "a": 5}),
    post([1]),
]


@pytest.mark.parametrize("strategy", EVERY_PATH, ids=repr)
@UNHURRIED
@given(
    body=ENVELOPES,
    request_=st.sampled_from(REQUESTS),
    start=st.sampled_from([0, 7, None]),
    headers=st.dictionaries(
        st.sampled_from(["Link", "total", "pages", "next"]),
        st.text(st.characters(codec="latin-1")) | st.sampled_from(["5", f"<{NEXT}>; rel=next"]),
    ),
)
def test_any_page(strategy, body, request_, start, headers):
    """Whatever a server sends, a strategy answers or raises a PaginationError."""
    given_page = page(body, request_, start=start, headers=headers)
    for ask in (
        strategy.items,
        strategy.total,
        strategy.next,
        strategy.signals,
        lambda at: list(itertools.islice(strategy.guess(at), 5)),
    ):
        with suppress(PaginationError):
            ask(given_page)


# Signals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "body", "expected"),
    [
        (PLUGGY, {"page": 1, "totalPages": 3, "x": 5}, [3, 1]),
        (PLUGGY, {}, [None, None]),
        (PageNumber(more="!last"), {"last": True}, [True]),
        (CURSOR, {"meta": {"next": "x", "more": True}}, ["x", True]),
        (LINK, {"next": NEXT}, [NEXT]),
        (Offset(), {"total": 5}, []),
        (SinglePage(), {"a": 1, "rows": ROWS}, [1]),
        (SinglePage(), [1], []),
    ],
)
def test_signals(strategy, body, expected):
    """Signals are what a strategy reads beside the rows."""
    assert expected == strategy.signals(page(body))


def test_signals_of_a_link_header():
    """The Link header tells two pages apart."""
    assert ["x"] == LinkHeader().signals(page([], headers={"link": "x"}))
    assert [None] == LinkHeader().signals(page([]))


# Values ------------------------------------------------------------------------------------------

KINDS = [
    PageNumber,
    Offset,
    NextLink,
    LinkHeader,
    Cursor,
    LastItem,
    NextParameters,
    ContentRange,
    SinglePage,
]
VALUES = [
    *(kind() for kind in KINDS),
    *EVERY_PATH,
    *dialects.by_name().values(),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_strategies_are_values(value):
    """A strategy pickles, copies, hashes, compares and is replaced by value, and is frozen."""
    again = type(value)(
        **{
            spec.name: getattr(getattr(value, spec.name), "path", getattr(value, spec.name))
            for spec in dataclasses.fields(value)
        }
    )
    for other in (
        again,
        pickle.loads(pickle.dumps(value)),
        copy.copy(value),
        copy.deepcopy(value),
        replace(value),
        eval(repr(value), vars(strategies)),
    ):
        assert value == other
        assert hash(value) == hash(other)
        assert repr(value) == repr(other)
    assert value != replace(value, items="elsewhere")
    assert ItemsAt("elsewhere") == replace(value, items="elsewhere").items
    assert replace(value, items="elsewhere") == value.reading("elsewhere")
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.items = "elsewhere"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PageNumber(), "PageNumber('page')"),
        (PageNumber("p", first=0), "PageNumber('p', first=0)"),
        (Offset(), "Offset('offset')"),
        (Offset(total="total", first=1), "Offset('offset', total='total', first=1)"),
        (NextLink("next", items="results"), "NextLink('next', items='results')"),
        (LinkHeader(), "LinkHeader()"),
        (LinkHeader(items=""), "LinkHeader(items='')"),
        (Cursor(), "Cursor('cursor')"),
        (Cursor("c", token="a.b", into="json"), "Cursor('c', token='a.b', into='json')"),
        (LastItem(), "LastItem('starting_after')"),
        (SinglePage(), "SinglePage()"),
        (NextParameters(), "NextParameters('continue')"),
        (ContentRange(), "ContentRange()"),
        (
            PLUGGY,
            "PageNumber('page', total_pages='totalPages', number='page', items='results', "
            "total='total')",
        ),
    ],
)
def test_what_a_repr_shows(value, shown):
    """The first field, and what differs from the defaults."""
    assert shown == repr(value)


@pytest.mark.parametrize("wrong", [5, "", b"a", ["a"], True, {}])
@pytest.mark.parametrize(
    "make",
    [
        lambda path: PageNumber(total_pages=path),
        lambda path: PageNumber(number=path),
        lambda path: PageNumber(total=path),
        lambda path: PageNumber(more=path),
        lambda path: Offset(total=path),
        lambda path: Offset(more=path),
        NextLink,
        lambda path: NextLink(total=path),
        lambda path: NextLink(more=path),
        lambda path: LinkHeader(total=path),
        lambda path: Cursor(token=path),
        lambda path: Cursor(more=path),
        lambda path: LastItem(key=path),
        lambda path: LastItem(more=path),
        lambda path: SinglePage(total=path),
    ],
)
def test_no_paths(make, wrong):
    """What can be no path is refused when the strategy is made."""
    with pytest.raises(TypeError):
        make(wrong)


@pytest.mark.parametrize(
    "make", [NextLink, lambda path: Cursor(token=path), lambda path: LastItem(key=path)]
)
def test_needed_paths(make):
    """A strategy does not work without the place of its continuation."""
    with pytest.raises(TypeError):
        make(None)


@pytest.mark.parametrize("make", [PageNumber, Offset, Cursor, LastItem])
@pytest.mark.parametrize("wrong", [5, None, b"page"])
def test_no_parameter_names(make, wrong):
    """A parameter's name is a string."""
    with pytest.raises(TypeError):
        make(wrong)


@pytest.mark.parametrize("make", [PageNumber, Offset])
@pytest.mark.parametrize("wrong", ["1", 1.5, None])
def test_no_first_numbers(make, wrong):
    """The first number is a whole number."""
    with pytest.raises(TypeError):
        make(first=wrong)


@pytest.mark.parametrize("make", KINDS)
def test_no_places_of_items(make):
    """What is neither path nor callable is no place of rows."""
    with pytest.raises(TypeError, match="items"):
        make(items=5)


@pytest.mark.parametrize("into", ["body", "", 5])
def test_no_places_of_a_cursor(into):
    """A cursor goes into the query, the JSON body or a header."""
    with pytest.raises(ValueError, match="into"):
        Cursor(into=into)


# Own strategies ----------------------------------------------------------------------------------


class Batches(Strategy):
    """A user's strategy, as short as one may be."""

    def next(self, page):
        return page.request.with_param("batch", page.body["following"])


class Wrapped(NextLink):
    """A user's strategy that finds rows and total in its own way."""

    def items(self, page):
        return [row["node"] for row in page.body["edges"]]

    def total(self, page):
        return 7


@dataclass(frozen=True, repr=False)
class Signed(Cursor):
    """A user's strategy with a field more."""

    salt: str = field(default="", kw_only=True)

    def next(self, page):
        following = super().next(page)
        return following and following.with_param("salt", self.salt)


def test_a_strategy_of_ones_own():
    """`next` is enough: rows are found, there is no total and no guess."""
    given_page = page({"rows": ROWS, "following": 2})
    assert get(params={"batch": 2}) == Batches().next(given_page)
    assert ROWS == Batches().items(given_page)
    assert Batches().total(given_page) is None
    assert [] == list(Batches().guess(given_page))
    assert [2] == Batches().signals(given_page)
    assert "Batches()" == repr(Batches())
    assert [1] == Batches().reading("x").items(page({"x": [1]}))
    assert isinstance(pickle.loads(pickle.dumps(Batches())), Batches)


def test_a_strategy_needs_next():
    """A strategy without `next` cannot be made."""
    with pytest.raises(TypeError):
        Strategy()


def test_methods_of_a_subclass_are_used():
    """A subclass may define `items` and `total` as methods."""
    strategy = Wrapped("next")
    body = {"edges": [{"node": 1}], "next": None}
    assert [1] == strategy.items(page(body))
    assert 7 == strategy.total(page(body))
    check(strategy, page(body), InconsistentListing)
    check(strategy, page(body, start=6), None)
    check(strategy, page({**body, "next": NEXT}), get(NEXT))


def test_a_subclass_is_a_value_too():
    """A subclass with methods compares, hashes, pickles, is replaced and shown like its parent."""
    strategy = Wrapped("links.next", more="more")
    assert "Wrapped('links.next', more='more')" == repr(strategy)
    for other in (
        Wrapped("links.next", more="more"),
        pickle.loads(pickle.dumps(strategy)),
        copy.deepcopy(strategy),
        replace(strategy),
    ):
        assert strategy == other
        assert hash(strategy) == hash(other)
    assert strategy != Wrapped("next", more="more")


def test_a_subclass_with_a_field():
    """A subclass that is a dataclass has its field compared and shown."""
    strategy = Signed("after", salt="x")
    assert "Signed('after', salt='x')" == repr(strategy)
    assert Signed("after", salt="x") == strategy != Signed("after")
    check(strategy, page({"next_cursor": "c"}), get(params={"after": "c", "salt": "x"}))
    check(strategy, page({}), None)


@pytest.mark.parametrize("strategy", [LINK, Wrapped("next"), PLUGGY])
def test_rows_read_elsewhere(strategy):
    """`reading` gives the same strategy with other rows, and leaves the first as it was."""
    other = strategy.reading("data.rows")
    assert ROWS == other.items(page({"data": {"rows": ROWS}}))
    assert type(strategy) is type(other)
    with pytest.raises((MalformedPage, KeyError)):
        strategy.items(page({"data": {"rows": ROWS}}))


def test_paths_of_items_and_totals_are_readers():
    """`items` and `total` are written as paths and called with a page."""
    assert ItemsAt("results") == PLUGGY.items
    assert TotalAt("total") == PLUGGY.total
    assert ItemsAt(len) == SinglePage(items=len).items


@pytest.mark.parametrize("kind", KINDS)
def test_any_subclass_with_methods_is_a_value(kind):
    """Whichever strategy has its rows and total replaced by methods, it compares and hashes."""
    methods = {"items": lambda self, page: [], "total": lambda self, page: None}
    wrapped = type("Wrapped", (kind,), methods)
    assert wrapped() == wrapped()
    assert hash(wrapped()) == hash(wrapped())
    assert wrapped() != kind()


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_first_field_is_positional(kind):
    """Everything but a strategy's first field is named where it is given."""
    kind("x")
    with pytest.raises(TypeError, match="positional"):
        kind("x", "y")


@pytest.mark.parametrize("kind", [LinkHeader, SinglePage, ContentRange])
def test_the_first_field_is_positional(kind):
    """Where a strategy has only rows to name, they may be named without a keyword."""
    assert kind(items="data") == kind("data")
    assert f"{kind.__name__}(items='data')" == repr(kind("data"))
    assert f"{kind.__name__}()" == repr(kind())
