"""Links in bodies and headers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import Page
from requests_paginate.exceptions import InconsistentListing, MalformedPage, UnsafeLink
from requests_paginate.strategies import LinkHeader, NextLink
from tests.unit.strategies.requests_and_pages import ROWS, URL, chained, check, get, page, post

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
            for wrong in (5, True, 1.5, {"a": NEXT}, [5])
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


# Guesses -----------------------------------------------------------------------------------------


def number(request, name, default):
    return int(request.query().get(name, default))


COUNTS = st.tuples(st.integers(0, 60), st.integers(1, 12))


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
        ("links.next", {"links": {"next": {"url": "?page=2"}}}, {}, "?page=2"),
        ("links.next", {"links": {"next": {"uri": "?page=2", "title": "t"}}}, {}, "?page=2"),
        ("links.next", {"links": {"next": {"@href": "?page=2"}}}, {}, "?page=2"),
        ("links.next", {"links": {"next": {"to": "?page=2"}}}, {}, MalformedPage),
        # lists of links
        ("links.next", {"links": {"next": [{"href": "?page=2"}]}}, {}, "?page=2"),
        ("links.next.href", {"links": {"next": [{"href": "?page=2"}]}}, {}, "?page=2"),
        (
            "links.next.href",
            {"links": {"next": [{"url": "?page=2"}, {"url": "/x"}]}},
            {},
            "?page=2",
        ),
        ("links.next.href", {"links": {"next": {"href": "?page=2"}}}, {}, "?page=2"),
        ("links.next.href", {"links": {"next": [{"href": None}]}}, {}, None),
        ("links.next", {"links": {"next": ["?page=2"]}}, {}, "?page=2"),
        ("next", {"next": ["?page=2", "?page=3"]}, {}, "?page=2"),
        ("links[next]", {"links": [{"self": "/x"}, {"next": "?page=2"}]}, {}, "?page=2"),
        ("links[next].href", {"links": [{"next": {"href": "?page=2"}}]}, {}, "?page=2"),
        ("links[rel=next].href", {"links": [{"rel": ["next"], "href": "?page=2"}]}, {}, "?page=2"),
        ("links[rel=next].href", {"links": [{"rel": ["prev"], "href": "?page=2"}]}, {}, None),
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


# Links that stand ------------------------------------------------------------------------------

NEXT_OR_HEADER = [
    (NextLink("next", items="rows", total="n"), lambda link: ({"next": link}, {})),
    (LinkHeader("rows", total="n"), lambda link: ({}, {"Link": f'<{link}>; rel="next"'})),
]


@pytest.mark.parametrize(("strategy", "linking"), NEXT_OR_HEADER)
@pytest.mark.parametrize(
    ("link", "rows", "total", "start", "ends"),
    [
        # an empty page that links to itself, however that is written
        ("?a=1&b=x%20y", [], None, 4, True),
        ("?b=x+y&a=1", [], None, 4, True),
        (f"{URL}?b=x%20y&a=1", [], None, 4, True),
        ("?%61=1&b=x%20y#top", [], None, None, True),
        ("?a=1&b=x%20y&c=", [], None, 4, False),
        ("?a=1", [], None, 4, False),
        ("?a=1&a=1&b=x%20y", [], None, 4, False),
        ("/others?a=1&b=x%20y", [], None, 4, False),
        # one with rows that links to itself, with the last row of the total or before
        ("?b=x+y&a=1", [1], 5, 4, True),
        ("?b=x+y&a=1", [1], 6, 4, False),
        ("?b=x+y&a=1", [1], None, 4, False),
        # a link for ever
        ("?page=9", [], 4, 4, True),
        ("?cursor=c", [], 4, 4, True),
        ("?cursor=c", [], 3, 4, True),
        ("?page=9", [], 0, 0, True),
        ("?page=9", [], 5, 4, False),
        ("?page=9", [], 4, None, False),
        ("?page=9", [], None, 4, False),
        ("?page=9", [1], 5, 4, False),
    ],
)
def test_links_that_lead_nowhere(strategy, linking, link, rows, total, start, ends):
    """An empty page is the end if it links to itself or the total is reached; a token goes on."""
    body, headers = linking(link)
    counted = {} if total is None else {"n": total}
    request = get(URL, params={"b": "x y", "a": 1})
    given_page = page({**body, **counted, "rows": rows}, request, headers=headers, start=start)
    assert ends is strategy.is_standing(given_page)
    assert ends is (strategy.next(given_page) is None)


@pytest.mark.parametrize(("strategy", "linking"), NEXT_OR_HEADER)
def test_a_link_to_what_the_session_sent(strategy, linking):
    """A link with a parameter of the session is one to the page itself."""
    body, headers = linking("?page=3&site=a")
    answered = f"{URL}?site=a&page=3"
    given_page = page({**body, "rows": []}, get(f"{URL}?page=3"), headers=headers, url=answered)
    assert strategy.is_standing(given_page)


def test_no_link_stands():
    """What is no link leads nowhere and stands nowhere."""
    for link in (None, "", 5, [], {}):
        assert not NextLink(items="rows").is_standing(page({"next": link, "rows": []}))
    headers = {"Link": f'<{URL}>; rel="next"; results="false"'}
    for each in ({}, headers, {"Link": "<>; rel=next"}):
        assert not LinkHeader("rows").is_standing(page({"rows": []}, headers=each))


# Links with a method and a body ------------------------------------------------------------------

BODY = {"limit": 2, "q": {"a": 1}}


@pytest.mark.parametrize("path", ["next", "next.href"])
@pytest.mark.parametrize(
    ("request_", "fields", "expected"),
    [
        (post(BODY), {"method": "POST", "body": {"t": 2}}, post({"t": 2}, NEXT)),
        (post(BODY), {"method": "post", "body": {"t": 2}}, post({"t": 2}, NEXT)),
        (post(BODY), {"method": "POST", "body": {"t": 2}, "merge": False}, post({"t": 2}, NEXT)),
        (
            post(BODY),
            {"method": "POST", "body": {"t": 2}, "merge": True},
            post({**BODY, "t": 2}, NEXT),
        ),
        (
            post({**BODY, "t": 1}),
            {"method": "POST", "body": {"t": 2, "q": 5}, "merge": True},
            post({"limit": 2, "q": 5, "t": 2}, NEXT),
        ),
        (post(BODY), {"body": {"t": 2}, "merge": "true"}, post({**BODY, "t": 2}, NEXT)),
        (post(BODY), {"method": "POST"}, post(BODY, NEXT)),
        (post(BODY), {"method": "POST", "body": None, "merge": True}, post(BODY, NEXT)),
        (post(None), {"method": "POST", "body": {"t": 2}, "merge": True}, post({"t": 2}, NEXT)),
        (post(BODY), {"method": "GET"}, get(NEXT)),
        (post(BODY), {"method": "get", "body": {"t": 2}}, get(NEXT)),
        (post(BODY), {"title": "on", "headers": {}}, post(BODY, NEXT)),
        (get(), {"method": "GET"}, get(NEXT)),
        (get(), {"body": {"t": 2}}, get(NEXT)),
        (get(), {"method": "list", "type": "application/json"}, get(NEXT)),
        # what no page may have sent
        (get(), {"method": "POST", "body": {"t": 2}}, UnsafeLink),
        (get(), {"method": "delete"}, UnsafeLink),
        (post(BODY), {"method": "PUT"}, UnsafeLink),
        (post(BODY), {"method": "DELETE"}, UnsafeLink),
        (post(BODY), {"method": "POST", "headers": {"X-Tenant": "2"}}, UnsafeLink),
        (
            post(BODY),
            {"method": "POST", "body": {"t": 2}, "headers": {"Cookie": "a=b"}},
            UnsafeLink,
        ),
        (post([1]), {"method": "POST", "body": {"t": 2}, "merge": True}, MalformedPage),
        (post(BODY), {"method": "POST", "body": [2], "merge": True}, MalformedPage),
        (post(BODY), {"method": "POST", "body": object()}, MalformedPage),
    ],
)
def test_a_link_with_a_method_and_a_body(path, request_, fields, expected):
    """The body is sent or merged; a POST may become a GET, and nothing else may change."""
    given_page = Page(request=request_, body={"next": {"href": NEXT, **fields}}, url=URL)
    if isinstance(expected, type):
        with pytest.raises(expected):
            NextLink(path).next(given_page)
    else:
        assert expected == NextLink(path).next(given_page)


def test_equal_pages_under_other_bodies():
    """The body of a link tells two pages apart whose links are equal."""

    def signals(**fields):
        return NextLink("next.href").signals(page({"next": {"href": NEXT, **fields}}))

    assert signals(body={"t": 1}) != signals(body={"t": 2})
    assert signals() == [NEXT]


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("request_", "headers", "is_followed"),
    [
        (post({"q": 1}), {"Content-Type": JSON}, True),
        (post({"q": 1}), {"content-type": "Application/JSON; charset=UTF-8", "Accept": JSON}, True),
        (post(None), {"Content-Type": JSON}, True),  # with the body of the link
        (get(), {"Accept": JSON}, True),
        (get(), {"CONTENT-TYPE": f' {JSON};charset="utf-8"'}, True),
        (post({"q": 1}), {"Content-Type": FORM}, False),
        (post({"q": 1}), {"Content-Type": JSON, "X-Tenant": "2"}, False),
        (post({"q": 1}), {"Content-Type": "application/json-patch+json"}, False),
        (post({"q": 1}), {"Content-Type": f"{JSON}; charset=latin-1"}, False),
        (get(), {"Accept": "text/csv"}, False),
        (post({"q": 1}), {"Accept": None}, False),
        (post({"q": 1}), ["Content-Type"], False),
        (post({"q": 1}), "Content-Type", False),
    ],
)
def test_a_link_with_headers(request_, headers, is_followed):
    """Headers that say that JSON goes to and fro change nothing; a page may ask for no others."""
    body = {"t": 2} if request_.method == "POST" else None
    link = {"href": NEXT, "method": request_.method, "headers": headers, "body": body}
    given = page({"next": link}, request_)
    if is_followed:
        expected = get(NEXT) if body is None else post(body, NEXT)
        assert expected == NextLink("next").next(given)
    else:
        with pytest.raises(UnsafeLink, match="asks for headers"):
            NextLink("next").next(given)


def test_a_link_without_json_that_asks_for_it():
    """A listing by POST that sends no JSON does not say that it does."""
    link = {"href": NEXT, "method": "POST", "headers": {"Content-Type": JSON}}
    with pytest.raises(UnsafeLink, match="asks for headers"):
        NextLink("next").next(page({"next": link}, post(None)))
