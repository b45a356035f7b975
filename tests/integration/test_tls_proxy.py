"""Servers behind a TLS proxy, which believe that they are spoken to in the clear."""

from __future__ import annotations

from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from requests_paginate import PaginatedSession
from requests_paginate.exceptions import PaginationWarning
from tests.loopback import Authority, LoopbackServer, http

from .rows import ROWS

pytestmark = pytest.mark.integration


@contextmanager
def tls_proxy(context, url_behind, more_headers=()):
    """Ends TLS before a server until the block ends.

    It passes requests on with their headers, Host included, and `more_headers` of its own.
    """
    port = urlsplit(url_behind).port

    def forward(_, request):
        line, *lines = request.partition("\r\n\r\n")[0].split("\r\n")
        headers = dict(header.split(": ", 1) for header in lines)
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", line.split(" ")[1], headers={**headers, **dict(more_headers)})
            response = connection.getresponse()
            kept = {name: response.headers[name] for name in ("Content-Type", "Link")}
            kept = {name.replace("-", "_"): value for name, value in kept.items() if value}
            return http(response.read(), response.status, **kept)

    with LoopbackServer(forward, context) as proxy:
        yield proxy


@pytest.fixture
def authority():
    return Authority()


@pytest.fixture
def session(authority, tmp_path):
    with PaginatedSession() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        yield session


DRF = [("django", "/pages/"), ("django", "/offsets/"), ("django", "/cursors/")]


@pytest.mark.parametrize(("server", "path"), [*DRF, ("datasette", "/shop/items.json?_shape=array")])
def test_links_to_http_are_followed_on_https(session, authority, request, server, path):
    """Links that fall to http are upgraded to the pinned origin, with one warning at the loop."""
    with tls_proxy(authority.context(), request.getfixturevalue(server)) as proxy:
        listing = session.get_all(proxy.url + path)
        rows = [next(listing) for _ in range(10)]
        assert 1 == listing.stats.requests
        with pytest.warns(PaginationWarning, match="a link led to http") as warned:
            rows += listing
        assert ROWS == rows
        assert listing.complete
        assert 6 == len(proxy.paths())
        assert [__file__] == [warning.filename for warning in warned]


@pytest.mark.parametrize("path", [path for _, path in DRF])
def test_a_proxy_that_tells_its_scheme_needs_no_upgrade(session, authority, django, path):
    """With X-Forwarded-Proto and SECURE_PROXY_SSL_HEADER links are https, and nothing warns."""
    with tls_proxy(authority.context(), django, {"X-Forwarded-Proto": "https"}) as proxy:
        listing = session.get_all(proxy.url + path)
        assert ROWS == list(listing)
        assert listing.complete
        assert 6 == len(proxy.paths())


def test_a_checkpoint_of_upgraded_links_leads_on(session, authority, django):
    """What was upgraded before the break is upgraded after it, with a warning of its own."""
    with tls_proxy(authority.context(), django) as proxy:
        first = session.get_all(f"{proxy.url}/pages/")
        before = [next(first) for _ in range(10)]
        rest = session.get_all(f"{proxy.url}/pages/", resume=first.checkpoint())
        with pytest.warns(PaginationWarning, match="a link led to http") as warned:
            assert ROWS == [*before, *rest]
        assert 1 == len(warned)
        assert 6 == len(proxy.paths())
