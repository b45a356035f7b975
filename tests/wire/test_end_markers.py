"""What stands in the place of a link or a cursor at the end of a listing."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import get_all
from requests_paginate._paths import is_end_marker
from requests_paginate.strategies import Cursor, LinkHeader, NextLink
from tests.loopback import LoopbackServer, http
from tests.unit.strategies.requests_and_pages import ROWS, check, get, page, post

ENDS = [
    *("#", " # ", " ", "\t", "\n ", " null", "None ", "NIL", "nil", "N/A", " 0", "\u00a0"),
    *([None], [""], [" "], ["#"], [0], ["0"], [-1], [False], [[]], [[None]], [{}], [[["null"]]]),
    *([None, None], ["", None], ["", "", ""]),
]
LEADS = [
    *("#2", "#!", "#top", "a b", "0a", "00", "nilsson", "n/a/2", "?", "/", ".", "*", "[0]"),
    *([1], ["a"], [0, 0], [0, "a"], [None, 0], ["", 5], [[0, 0]], [{"id": 0}], {"id": 0}, 1, -2),
]


@pytest.mark.parametrize("value", ENDS)
def test_ends(value):
    """Blanks, a link to nowhere, and a list of one end or of several nothings say the end."""
    assert is_end_marker(value)


@pytest.mark.parametrize("value", LEADS)
def test_what_leads_on(value):
    """A text that only begins like an end leads on, and so does a key of several zeros."""
    assert not is_end_marker(value)


def test_lists_in_lists():
    """However deep an empty value lies, it is found."""
    value: object = None
    for _ in range(100_000):
        value = [value]
    assert is_end_marker(value)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("name", ["next_cursor", "next"])
def test_the_last_page_is_handed_out(name, end, prefetch):
    """The rows of the page with the end are handed out, and nothing else is asked for."""
    leading = "t0ken" if name == "next_cursor" else "/rows?page=2"

    def answer(number, _):
        rows = [{"id": 2 * number + 1}, {"id": 2 * number + 2}]
        return http({"rows": rows, name: leading if number == 0 else end})

    with LoopbackServer(answer) as server, requests.Session() as session:
        found = get_all(f"{server.url}/rows", session=session, prefetch=prefetch)
        assert [1, 2, 3, 4] == [row["id"] for row in found]
        assert 2 == len(server.paths())


@pytest.mark.parametrize("end", ["#", " ", {"href": "#"}, {"href": " "}, [None], [""]])
@pytest.mark.parametrize("name", ["next", "nextLink", "next_cursor"])
def test_an_only_page_with_an_end(name, end):
    """A listing of one page is one, and its end is no cursor."""
    body = {"rows": [{"id": 1}, {"id": 2}, {"id": 3}], name: end}
    with LoopbackServer([http(body)]) as server, requests.Session() as session:
        assert 3 == len(list(get_all(f"{server.url}/rows", session=session)))
        assert 1 == len(server.paths())


@pytest.mark.parametrize("link", ["#", " ", "\t", "null", "0", {"href": "#"}, [None], ["#"]])
def test_no_link_leads_on(link):
    """A page whose link is an end neither leads on nor to itself."""
    strategy, given = NextLink("next", items="rows"), page({"rows": ROWS, "next": link})
    check(strategy, given, None)
    assert not strategy.is_standing(given)


@pytest.mark.parametrize("target", ["#", " ", "", " # ", "null"])
def test_no_link_header_leads_on(target):
    """A Link header with an end as its target neither leads on nor to itself."""
    given = page(ROWS, headers={"Link": f'<{target}>; rel="next"'})
    check(LinkHeader(items=""), given, None)
    assert not LinkHeader(items="").is_standing(given)


@pytest.mark.parametrize("token", [0, "0", [0]])
def test_a_list_of_zero_may_be_a_position(token):
    """Where a flag says that more follows, 0 in a list is sent as 0 alone is."""
    strategy = Cursor("after", token="next", more="more", items="rows")
    body = {"rows": ROWS, "next": token, "more": True}
    check(strategy, page(body, post({"q": 1})), post({"q": 1, "after": token}))
    check(strategy, page({**body, "more": None}, post({"q": 1, "after": 5})), None)
    check(strategy, page({**body, "more": False}), None)
    if not isinstance(token, list):
        check(strategy, page(body), get(params={"after": token}))


@pytest.mark.parametrize(
    ("token", "is_end"),
    [
        ({"cursor": None}, True),
        ({"id": None}, True),
        ({"a": None, "b": ""}, True),
        ({"value": ""}, True),
        ({"id": 0}, False),
        ({"a": None, "b": 1}, False),
    ],
)
def test_an_object_of_nothing_is_no_cursor(token, is_end):
    """A token that is an object ends the listing where it holds nothing, and is sent if it does."""
    strategy = Cursor("after", token="key", items="rows")
    given = page({"rows": ROWS, "key": token}, post({"q": 1}))
    check(strategy, given, None if is_end else post({"q": 1, "after": token}))
