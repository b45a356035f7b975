"""Servers behind a TLS proxy, which believe that they are spoken to in the clear."""

from __future__ import annotations

from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from requests_paginate import PaginatedSession
from requests_paginate.exceptions import PaginationWarning
from tests.wires import Authority

from .rows import ROWS

pytestmark = pytest.mark.integration


class Forwarder(BaseHTTPRequestHandler):
    """Passes a request on with its headers, Host included, and `more_headers` of the proxy."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.targets.append(self.path)
        connection = HTTPConnection("127.0.0.1", self.server.port_behind, timeout=30)
        connection.request("GET", self.path, headers=dict(self.headers, **self.server.more_headers))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        self.send_response(response.status)
        for name in ("Content-Type", "Link"):
            if name in response.headers:
                self.send_header(name, response.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def tls_proxy(context, url_behind, more_headers=()):
    """Ends TLS before a server until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Forwarder) as proxy:
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        proxy.port_behind = urlsplit(url_behind).port
        proxy.more_headers = dict(more_headers)
        proxy.targets = []
        proxy.url = f"https://127.0.0.1:{proxy.server_port}"
        thread = Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join(10)


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
        assert 6 == len(proxy.targets)
        assert [__file__] == [warning.filename for warning in warned]


@pytest.mark.parametrize("path", [path for _, path in DRF])
def test_a_proxy_that_tells_its_scheme_needs_no_upgrade(session, authority, django, path):
    """With X-Forwarded-Proto and SECURE_PROXY_SSL_HEADER links are https, and nothing warns."""
    with tls_proxy(authority.context(), django, {"X-Forwarded-Proto": "https"}) as proxy:
        listing = session.get_all(proxy.url + path)
        assert ROWS == list(listing)
        assert listing.complete
        assert 6 == len(proxy.targets)


def test_a_checkpoint_of_upgraded_links_leads_on(session, authority, django):
    """What was upgraded before the break is upgraded after it, with a warning of its own."""
    with tls_proxy(authority.context(), django) as proxy:
        first = session.get_all(f"{proxy.url}/pages/")
        before = [next(first) for _ in range(10)]
        rest = session.get_all(f"{proxy.url}/pages/", resume=first.checkpoint())
        with pytest.warns(PaginationWarning, match="a link led to http") as warned:
            assert ROWS == [*before, *rest]
        assert 1 == len(warned)
        assert 6 == len(proxy.targets)
