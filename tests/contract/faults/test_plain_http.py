"""Rows 20 to 24: plain http."""

from __future__ import annotations

import functools

import pytest
import requests

from requests_paginate import PaginatedSession, exceptions, get_all
from tests.contract.faults.tls import ROWS, Recorder, answer_last_row, answer_rows, session_with
from tests.loopback import ConnectProxy, LoopbackServer, http

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # the old ones are the point


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
@pytest.mark.parametrize("own", [True, False], ids=["no session", "session"])
def test_row_20_a_plain_start_url(waits, scheme, own):
    """A listing that starts at http is refused at its first row, before a connection is made."""
    with LoopbackServer(answer_rows) as server, PaginatedSession() as session:
        url = f"{scheme}://localhost:{server.port}/?api_key=k3y"
        listing = get_all(url, session=None if own else session)
        with pytest.raises(exceptions.InsecureTransport, match="not https") as caught:
            next(listing)
        assert exceptions.InsecureTransport is type(caught.value)
        assert "k3y" not in str(caught.value)
        assert (0, 0) == (caught.value.page_index, caught.value.items_yielded)
        assert (0, []) == (server.connections, waits)


PLAIN_SESSIONS = {
    "PaginatedSession": PaginatedSession,
    "allow_http": functools.partial(PaginatedSession, allow_http=True),
    "requests.Session": requests.Session,
}
EVERY_SESSION = pytest.mark.parametrize("make", PLAIN_SESSIONS.values(), ids=PLAIN_SESSIONS)


def check_a_way_to_http(authority, ca_file, waits, make, answer):
    """Ends a listing where it would lead to http, and resumes it at the mended server.

    Returns what the server was asked for before.
    """
    with (
        LoopbackServer(answer_last_row) as plain,
        LoopbackServer(lambda _, request: answer(request, plain), authority.context()) as server,
        make() as session,
    ):
        session.verify, session.headers["X-API-KEY"] = ca_file, "k3y"
        get = functools.partial(get_all, server.url, session=session)
        rows = []
        with pytest.raises(exceptions.UnsafeLink, match="in the clear") as caught:
            rows.extend(get())
        assert (exceptions.UnsafeLink, [1]) == (type(caught.value), rows)
        assert (1, 1, []) == (caught.value.page_index, caught.value.items_yielded, waits)
        asked, server.answer = server.paths(), lambda _, request: answer(request, None)
        assert [2] == list(get(resume=caught.value.checkpoint))
        assert 0 == plain.connections
    return asked


@EVERY_SESSION
def test_row_21_a_redirect_to_http(authority, ca_file, waits, make):
    """A redirect that falls to http is refused, nothing is sent; resuming gives the rest."""

    def answer(request, plain):
        if "page=2" not in request:
            return http({"results": [1], "next": "/?page=2"})
        if plain is None:
            return answer_last_row()
        return http(status=302, location=f"{plain.url}/?page=2")

    assert ["/", "/?page=2"] == check_a_way_to_http(authority, ca_file, waits, make, answer)


def test_row_21_a_redirect_to_http_outside_a_listing(authority, ca_file):
    """The session's own requests are not led to http either."""
    with (
        LoopbackServer(answer_rows) as plain,
        LoopbackServer([http(status=302, location=plain.url)], authority.context()) as server,
        session_with(ca_file) as session,
    ):
        with pytest.raises(exceptions.InsecureTransport, match="not https") as caught:
            session.get(server.url)
        assert exceptions.InsecureTransport is type(caught.value)
        assert (1, 0) == (len(server.requests), plain.connections)


@pytest.mark.parametrize("port", ["", ":80", ":{}"], ids=["no port", "80", "the same port"])
@EVERY_SESSION
def test_row_22_a_plain_link_to_the_same_host(authority, ca_file, make, port):
    """Links to http on the pinned host are followed on https, with one warning for all of them."""

    def answer(number, _):
        host = "localhost" + port.format(server.port)
        following = f"http://{host}/?page={number + 2}" if number < 2 else None
        return http({"results": [number], "next": following})

    recorder = Recorder(authority.context())
    with LoopbackServer(answer, recorder) as server, make() as session:
        session.verify = ca_file
        with pytest.warns(exceptions.PaginationWarning, match="a link led to http") as seen:
            assert [0, 1, 2] == list(get_all(server.url, session=session))
        assert [exceptions.PaginationWarning] == [each.category for each in seen]
        assert ["/", "/?page=2", "/?page=3"] == server.paths()
        assert 1 == server.connections == len(recorder.versions)  # nothing came in the clear


def test_row_22_a_plain_redirect_on_the_same_host(authority, ca_file):
    """A redirect to http on the pinned host is followed on https, as a link is."""

    def answer(number, _):
        if number == 0:
            return http(status=302, location=f"http://localhost:{server.port}/moved")
        return http(ROWS)

    recorder = Recorder(authority.context())
    with LoopbackServer(answer, recorder) as server, session_with(ca_file) as session:
        with pytest.warns(exceptions.PaginationWarning, match="a link led to http") as seen:
            assert ROWS == list(session.get_all(server.url))
        assert (1, ["/", "/moved"]) == (len(seen), server.paths())
        assert server.connections == len(recorder.versions)  # nothing came in the clear


@EVERY_SESSION
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["odd port", "other host"])
def test_row_23_a_plain_link_elsewhere(authority, ca_file, waits, make, host):
    """A link to http on another host or an odd port is refused after the rows before it."""

    def answer(request, plain):
        if "page=2" in request:
            return answer_last_row()
        base = f"http://{host}:{plain.port}" if plain else ""
        return http({"results": [1], "next": f"{base}/?page=2"})

    assert ["/"] == check_a_way_to_http(authority, ca_file, waits, make, answer)


@EVERY_SESSION
def test_row_23_a_plain_link_goes_on_at_the_pinned_origin(authority, ca_file, waits, make):
    """While the server links on to http, the caller goes on by path and query of the link."""

    def answer(_, request):
        return answer_last_row() if "page=2" in request else first_page

    with LoopbackServer(answer, authority.context()) as server, make() as session:
        first_page = http({"results": [1], "next": "http://elsewhere.test/?page=2"})
        session.verify = ca_file
        get = functools.partial(get_all, server.url, session=session)
        rows = []
        with pytest.raises(exceptions.UnsafeLink, match="pin_origin=True") as caught:
            rows.extend(get())
        assert [1] == rows
        assert [2] == list(get(resume=caught.value.checkpoint, pin_origin=True))
        assert [] == waits


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST"])
@pytest.mark.parametrize("where", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "session", "listing"])
def test_row_24_loopback_takes_no_proxy(monkeypatch, waits, host, where):
    """With allow_http, what is meant for this machine does not go through a proxy."""
    pages = [http({"results": [1], "next": "/?page=2"}), http({"results": [2], "next": None})]
    with (
        ConnectProxy() as proxy,
        LoopbackServer(pages) as server,
        PaginatedSession(allow_http=True) as session,
    ):
        options = {"headers": {"X-API-KEY": "k3y"}}
        if where == "session":
            session.proxies = {"http": proxy.url}
        elif where == "listing":
            options["proxies"] = {"http": proxy.url}
        else:
            monkeypatch.setenv(where, proxy.url)
        assert [1, 2] == list(session.get_all(f"http://{host}:{server.port}", **options))
        assert (2, 0, []) == (len(server.requests), proxy.connections, waits)
        assert [] == list(session.get_all("http://elsewhere.test/", **options))  # the control
        assert ["http://elsewhere.test/"] == proxy.asked
