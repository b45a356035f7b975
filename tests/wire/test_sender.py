"""How a page's request goes out, over real sockets."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all
from tests.loopback import Authority, LoopbackServer, http

GOOD = http([{"id": 1}])
ROWS = [{"id": 1}]


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


def test_a_hook_that_reads_the_body_leaves_it_readable():
    """A response hook may look at the page."""
    seen = []

    def look(response, **_):
        seen.append(response.json())

    with LoopbackServer([GOOD]) as server:
        assert ROWS == listed(server, hooks={"response": look})
        assert [ROWS] == seen


def test_a_session_header_that_cannot_be_sent_does_not_show_its_value():
    """A newline in a session's key is refused without the key in the text."""
    with LoopbackServer([GOOD]) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = "s3cret\n"
        with pytest.raises(requests.exceptions.InvalidHeader) as caught:
            list(get_all(server.url, session=session))
        assert "s3cret" not in str(caught.value)


def test_http_links_behind_a_tls_proxy_are_upgraded_with_one_warning(tmp_path):
    """Django behind a TLS proxy links to http on its own host; the pin is followed instead."""
    authority = Authority()

    def answer(number, _):
        following = f"http://localhost/x?page={number + 2}" if number < 2 else None
        return http({"results": [number], "next": following})

    with LoopbackServer(answer, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        with pytest.warns(exceptions.PaginationWarning, match="SECURE_PROXY_SSL_HEADER") as seen:
            assert [0, 1, 2] == list(get_all(server.url, session=session))
        assert (1, __file__) == (len(seen), seen[0].filename)
        assert ["/", "/x?page=2", "/x?page=3"] == server.paths()


def test_any_other_http_link_is_refused(tmp_path):
    """A link to http elsewhere is UnsafeLink and names what to mend."""
    authority = Authority()
    page = http({"results": [1], "next": "http://elsewhere.test/x"})
    with LoopbackServer([page], authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        with pytest.raises(exceptions.UnsafeLink, match="SECURE_PROXY_SSL_HEADER"):
            list(get_all(server.url, session=session))
