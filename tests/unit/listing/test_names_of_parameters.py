"""The names and values of parameters are compared as they are sent."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from requests_paginate import PaginatedSession, get_all, strategies
from tests.loopback import LoopbackServer, http

NUMBERED = strategies.PageNumber("page", total_pages="pages", items="rows")


def by_page(_, request):
    """One row on each of three pages."""
    number = int(request.partition("page=")[2].partition(" ")[0].partition("&")[0] or 1)
    return http({"rows": [{"id": number}], "pages": 3, "page": number})


@pytest.mark.parametrize("strategy", [None, NUMBERED])
@pytest.mark.parametrize(
    "params", [{"page": 1}, {b"page": 1}, {b"page": b"1"}, {"page": b"1"}, [(b"page", 1)]]
)
def test_a_parameter_of_bytes_is_sent_once(params, strategy):
    """`b"page"` is the parameter that changes from page to page."""
    with LoopbackServer(by_page) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params=params, strategy=strategy)
        assert [1, 2, 3] == [row["id"] for row in listing]
        assert [f"/?page={number}" for number in (1, 2, 3)] == server.paths()


@pytest.mark.parametrize("name", ["page", b"page"])
def test_a_session_s_own_parameter_of_bytes_is_sent_once(name):
    """So is one that the session adds to every request."""
    with LoopbackServer(by_page) as server, PaginatedSession(allow_http=True) as session:
        session.params = {name: 1, b"x": "y"}
        assert [1, 2, 3] == [row["id"] for row in session.get_all(server.url, strategy=NUMBERED)]
        queries = [parse_qsl(urlsplit(path).query) for path in server.paths()]
        expected = [[("page", str(number)), ("x", "y")] for number in (1, 2, 3)]
        assert expected == [sorted(query) for query in queries]


def test_a_link_that_carries_a_session_s_parameter_of_bytes_has_it_once():
    """A session would add it to the link once more."""
    pages = [http({"rows": [{"id": 1}], "next": "?lang=de&page=2"}), http({"rows": [{"id": 2}]})]
    linked = strategies.NextLink("next", items="rows")
    with LoopbackServer(pages) as server, requests.Session() as session:
        session.params = {b"lang": "de"}
        assert [1, 2] == [
            row["id"] for row in get_all(server.url, session=session, strategy=linked)
        ]
        assert ["/?lang=de", "/?lang=de&page=2"] == server.paths()


def test_what_is_no_text_is_sent_as_it_is():
    """Bytes that are no UTF-8 are no name that a strategy knows."""
    with LoopbackServer([http({"rows": [1], "pages": 1, "page": 1})]) as server:
        session = requests.Session()
        assert [1] == [
            *get_all(server.url, session=session, params={b"\xff": b"\xfe"}, strategy=NUMBERED)
        ]
        assert ["/?%FF=%FE"] == server.paths()
        session.close()
