"""Links in bodies and headers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate.exceptions import InconsistentListing, MalformedPage
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
