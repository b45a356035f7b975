"""The TLS floor and the refusal of plain http, over real sockets."""

from __future__ import annotations

import copy
import pickle
import socket
import ssl

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_paginate import HTTPSOnlyAdapter, PaginatedSession, TLSAdapter, exceptions, get_all
from tests.loopback import Authority, ConnectProxy, LoopbackServer, http

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def ca_file(authority, tmp_path):
    return authority.write(tmp_path / "ca.pem")


@pytest.fixture
def old_server(authority):
    """A server that speaks TLS 1.2 and nothing newer."""
    with LoopbackServer(lambda *_: http([{"id": 1}]), authority.context(maximum=TLS_1_2)) as server:
        yield server


def session_with(adapter, ca_file):
    session = requests.Session()
    session.mount("https://", adapter)
    session.verify = ca_file
    return session


def test_a_floor_of_1_2_speaks_to_a_1_2_server(old_server, ca_file):
    """The control of the tests below: the server is alive and its certificate is good."""
    with session_with(TLSAdapter(), ca_file) as session:
        assert [{"id": 1}] == session.get(old_server.url).json()


@pytest.mark.parametrize(
    "carry", [lambda x: x, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_floor_of_1_3_refuses_a_1_2_server(old_server, ca_file, carry):
    """The floor holds, also after deepcopy and pickling, and the error names it."""
    with carry(session_with(TLSAdapter(tls_minimum=TLS_1_3), ca_file)) as session:
        with pytest.raises(exceptions.InsecureTransport, match=r"does not speak TLS 1\.3 or newer"):
            session.get(old_server.url)
    assert [] == old_server.requests


def test_a_plain_adapter_reaches_what_the_floor_refuses(old_server, ca_file):
    """Without the adapter the same server is spoken to: the adapter makes the difference."""
    with session_with(HTTPAdapter(), ca_file) as session:
        assert 200 == session.get(old_server.url).status_code


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # that it is deprecated is the point
def test_a_server_of_1_1_is_refused_and_a_lax_client_reaches_it(authority, ca_file):
    """TLS 1.1 is refused; its control, a client that allows it, connects to the same server."""
    context = authority.context(
        minimum=ssl.TLSVersion.TLSv1_1,
        maximum=ssl.TLSVersion.TLSv1_1,
        ciphers="DEFAULT:@SECLEVEL=0",
    )
    with LoopbackServer(lambda *_: http([]), context) as server:
        with session_with(TLSAdapter(), ca_file) as session:
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url)
        lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        lax.load_verify_locations(ca_file)
        lax.set_ciphers("DEFAULT:@SECLEVEL=0")
        lax.minimum_version = ssl.TLSVersion.TLSv1
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            with lax.wrap_socket(raw, server_hostname="localhost") as connection:
                assert "TLSv1.1" == connection.version()


@pytest.fixture
def proxy():
    with ConnectProxy() as proxy:
        yield proxy


@pytest.mark.parametrize("floor", [TLS_1_2, TLS_1_3])
def test_the_floor_holds_through_a_proxy(old_server, ca_file, proxy, floor):
    """A CONNECT proxy's connections have the same floor, and none without it."""
    with session_with(TLSAdapter(tls_minimum=floor), ca_file) as session:
        session.proxies = {"https": proxy.url}
        if floor == TLS_1_2:
            assert 200 == session.get(old_server.url, headers={"X-API-KEY": "k"}).status_code
        else:
            with pytest.raises(exceptions.InsecureTransport):
                session.get(old_server.url)
    assert 1 == len(proxy.asked)
    assert "X-API-KEY" not in proxy.heads[0]


def test_two_cas_are_not_mixed(ca_file, tmp_path, authority):
    """A host that passed under one CA is refused under another, in the same session."""
    other = Authority()
    other_file = other.write(tmp_path / "other.pem")
    with (
        LoopbackServer(lambda *_: http([]), authority.context()) as one,
        LoopbackServer(lambda *_: http([]), other.context()) as two,
        PaginatedSession() as session,
    ):
        assert 200 == session.get(one.url, verify=ca_file).status_code
        assert 200 == session.get(two.url, verify=other_file).status_code
        with pytest.raises(requests.exceptions.SSLError):
            session.get(two.url, verify=ca_file)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(two.url)


@pytest.mark.parametrize("names", [("other.test",), None])
def test_a_wrong_certificate_is_insecure_transport_and_not_retried(
    authority, ca_file, names, waits
):
    """A wrong host name or an unknown CA ends the listing at once."""
    signer = authority if names else Authority()
    with LoopbackServer(lambda *_: http([]), signer.context(*(names or ()))) as server:
        with PaginatedSession() as session:
            session.verify = ca_file
            with pytest.raises(exceptions.InsecureTransport, match="CERTIFICATE_VERIFY_FAILED"):
                list(session.get_all(server.url))
        assert ([], 1) == (waits, server.connections)


def test_https_to_a_plain_port_is_insecure_transport(waits):
    """A server without TLS on an https URL is a matter of trust, not of retrying."""
    with LoopbackServer(lambda *_: http([])) as server:
        with pytest.raises(exceptions.InsecureTransport):
            list(get_all(server.url.replace("http://", "https://")))
        assert [] == waits


def test_the_adapter_serves_any_session_that_mounts_it(old_server, ca_file):
    """`existing.mount("https://", TLSAdapter(...))` gives that session's listings the floor."""
    with session_with(TLSAdapter(tls_minimum=TLS_1_3), ca_file) as session:
        with pytest.raises(exceptions.InsecureTransport, match=r"TLS 1\.3") as caught:
            list(get_all(old_server.url, session=session))
        assert caught.value.checkpoint


def test_https_only_sends_https(old_server, ca_file):
    """Mounted on https:// it is a TLSAdapter."""
    with session_with(HTTPSOnlyAdapter(), ca_file) as session:
        assert 200 == session.get(old_server.url).status_code


def test_a_redirect_to_http_is_refused(authority, ca_file):
    """An https server cannot send a PaginatedSession to http."""
    with LoopbackServer([http([])]) as plain:
        redirect = http(status=302, location=plain.url)
        with (
            LoopbackServer([redirect], authority.context()) as server,
            PaginatedSession() as session,
        ):
            session.verify = ca_file
            with pytest.raises(exceptions.InsecureTransport):
                session.get(server.url)
        assert 0 == plain.connections


def test_loopback_is_never_reached_through_a_proxy(proxy, monkeypatch):
    """With allow_http, what is meant for this machine does not leave it."""
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with (
        LoopbackServer(lambda *_: http([])) as server,
        PaginatedSession(allow_http=True) as session,
    ):
        for host in ("localhost", "127.0.0.1"):
            assert 200 == session.get(f"http://{host}:{server.port}").status_code
        assert 2 == len(server.requests)
        assert [] == proxy.asked
        session.get("http://elsewhere.test/")
        assert 1 == len(proxy.asked)


def pool_of(adapter, url="https://a.test/rows", verify=True, proxies=None, cert=None):
    """The pool that an adapter would send a request through."""
    request = requests.Request("GET", url).prepare()
    return adapter.get_connection_with_tls_context(request, verify, proxies, cert)


def test_close_ends_the_connections_in_the_latest_pool(authority, ca_file):
    """After `session.close()` no connection is left open, and a next request opens a new one."""
    with LoopbackServer(lambda *_: http([{"id": 1}]), authority.context()) as server:
        session = session_with(TLSAdapter(), ca_file)
        session.get(server.url)
        pool = pool_of(session.get_adapter("https://"), server.url, verify=ca_file)
        connection = pool.pool.queue[-1]
        assert connection.sock is not None
        del pool
        session.close()
        assert connection.sock is None
        session.get(server.url)
        session.close()
    assert 2 == len(server.requests)
