"""Rows 13 to 19: certificates and contexts."""

from __future__ import annotations

import datetime as dt
import functools
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from requests_paginate import PaginatedSession, TLSAdapter, exceptions
from tests.contract.faults.tls import (
    LAX_CIPHERS,
    ROWS,
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3,
    UNVERIFIED,
    Recorder,
    answer_last_row,
    answer_rows,
    lax_session,
    refused,
    run_python,
    session_with,
    speaking,
)
from tests.loopback import Authority, LoopbackServer, http

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # the old ones are the point


@pytest.fixture(scope="module")
def wrong_certificates(tmp_path_factory):
    """Servers' contexts that a client must not trust, and the CA that it does trust."""
    ca = trustme.CA()
    now = dt.datetime.now(dt.timezone.utc)
    day = dt.timedelta(days=1)
    certificates = {
        "none": ca.issue_cert("localhost"),
        "unknown CA": trustme.CA().issue_cert("localhost"),
        "host name": ca.issue_cert("elsewhere.test"),
        "expired": ca.issue_cert("localhost", not_before=now - 2 * day, not_after=now - day),
        "not yet valid": ca.issue_cert("localhost", not_before=now + day, not_after=now + 2 * day),
    }
    contexts = {name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in certificates}
    for name, certificate in certificates.items():
        certificate.configure_cert(contexts[name])
    path = tmp_path_factory.mktemp("wrong") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return contexts, str(path)


@pytest.mark.filterwarnings(UNVERIFIED)
@pytest.mark.parametrize("fault", ["unknown CA", "host name", "expired", "not yet valid"])
def test_row_13_a_wrong_certificate(wrong_certificates, waits, fault):
    """An untrusted, misnamed or expired certificate ends the listing in one try."""
    contexts, ca_file = wrong_certificates
    with LoopbackServer(answer_rows, contexts[fault]) as server, session_with(ca_file) as session:
        refused(session, server.url, waits, match="CERTIFICATE_VERIFY_FAILED")
        assert (1, []) == (server.connections, server.requests)
        assert ROWS == list(session.get_all(server.url, verify=False))  # the server is alive


def test_row_13_a_certificate_that_expires_on_the_way(wrong_certificates, waits):
    """It ends the listing after the rows before it, and the checkpoint leads to the rest."""
    contexts, ca_file = wrong_certificates

    def answer(number, _):
        server.context = contexts["expired"]
        following = "/?page=2" if number == 0 else None
        return [http({"results": [number + 1], "next": following}, connection="close")]

    with LoopbackServer(answer, contexts["none"]) as server, session_with(ca_file) as session:
        error = refused(session, server.url, waits, rows=[1], match="CERTIFICATE_VERIFY_FAILED")
        assert (2, ["/"]) == (server.connections, server.paths())
        server.context = contexts["none"]
        assert [2] == list(session.get_all(server.url, resume=error.checkpoint))
        assert ["/", "/?page=2"] == server.paths()


def test_row_14_two_cas_are_not_mixed(authority, ca_file, waits, tmp_path):
    """A host that passed under its own CA is refused under the first one, in the same session."""
    other = Authority()
    other_file = other.write(tmp_path / "other.pem")
    with (
        LoopbackServer(answer_rows, authority.context()) as one,
        LoopbackServer(answer_rows, other.context()) as two,
        PaginatedSession() as session,
    ):
        assert ROWS == list(session.get_all(one.url, verify=ca_file))
        assert ROWS == list(session.get_all(two.url, verify=other_file))
        for verify in (ca_file, True):
            refused(session, two.url, waits, match="CERTIFICATE_VERIFY_FAILED", verify=verify)
        assert (1, 3, 1) == (len(one.requests), two.connections, len(two.requests))
        assert ROWS == list(session.get_all(two.url, verify=other_file))


@pytest.fixture
def asking(authority, ca_file):
    """Makes servers' contexts that ask for a client's certificate, but can do without."""

    def make():
        context = authority.context()
        context.load_verify_locations(ca_file)
        context.verify_mode = ssl.CERT_OPTIONAL
        return Recorder(context)

    return make


@pytest.fixture
def client_certificate(authority, ca_file, tmp_path):
    """A client's certificate, in a file."""
    path = tmp_path / "client.pem"
    authority.issue("client.test").private_key_and_cert_chain_pem.write_to_path(str(path))
    return str(path)


def has_presented(recorder):
    return [bool(certificate) for certificate in recorder.client_certificates]


def test_row_15_a_client_certificate_is_for_its_listing(asking, ca_file, client_certificate):
    """`cert=` for one host is not presented to the next one, nor later to the same."""
    with (
        LoopbackServer(answer_rows, asking()) as one,
        LoopbackServer(answer_rows, asking()) as two,
        session_with(ca_file) as session,
    ):
        assert ROWS == list(session.get_all(one.url, cert=client_certificate))
        assert ROWS == list(session.get_all(two.url))
        assert ROWS == list(session.get_all(one.url))
        assert ([True, False], [False]) == (has_presented(one.context), has_presented(two.context))


@pytest.mark.parametrize("where", ["listing", "session"])
def test_row_15_a_client_certificate_stays_with_its_origin(
    asking, ca_file, client_certificate, where
):
    """A link to an origin that is allowed is followed without the client's certificate."""

    def answer(*_):
        return http({"results": [1], "next": f"{two.url}/more"})

    with (
        LoopbackServer(answer, asking()) as one,
        LoopbackServer(answer_last_row, asking()) as two,
        session_with(ca_file) as session,
    ):
        options = {"cert": client_certificate} if where == "listing" else {}
        session.cert = client_certificate if where == "session" else None
        rows = list(session.get_all(one.url, allow_origins=(two.url,), **options))
        assert [1, 2] == rows
        assert ([True], [False]) == (has_presented(one.context), has_presented(two.context))


@pytest.mark.filterwarnings(UNVERIFIED)
def test_row_16_threads_that_mix_verify(authority):
    """With verify=True an untrusted server is refused, whatever other threads do meanwhile."""
    threads, rounds = 4, 5
    start = threading.Barrier(threads)

    def listed(session, number):
        outcomes = []
        start.wait(10)
        for turn in range(rounds):
            verify = (number + turn) % 2 == 0
            try:
                rows = list(session.get_all(server.url, verify=verify, retries=0))
                outcomes.append((verify, rows))
            except exceptions.PaginationError as error:
                outcomes.append((verify, type(error)))
        return outcomes

    def answer(*_):
        return [http(ROWS, connection="close")]

    with LoopbackServer(answer, authority.context()) as server, PaginatedSession() as session:
        with ThreadPoolExecutor(threads) as executor:
            parts = executor.map(functools.partial(listed, session), range(threads))
            outcomes = [outcome for part in parts for outcome in part]
        half = threads * rounds // 2
        refusals = [outcome for verify, outcome in outcomes if verify]
        assert [exceptions.InsecureTransport] * half == refusals
        assert [ROWS] * half == [outcome for verify, outcome in outcomes if not verify]
        assert (half, 2 * half) == (len(server.requests), server.connections)


INJECTED = """
import json, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
{injection}
import functools, urllib3.connection
from requests_paginate import PaginatedSession, exceptions

make = functools.partial(urllib3.connection.create_urllib3_context, ciphers={ciphers!r})
urllib3.connection.create_urllib3_context = make  # as lax_openssl
outcomes = []
with PaginatedSession() as session:
    session.verify = sys.argv[1]
    for url in sys.argv[2:]:
        try:
            outcomes.append(list(session.get_all(url)))
        except exceptions.PaginationError as error:
            outcomes.append(type(error).__name__)
print(json.dumps([urllib3.util.ssl_.SSLContext is {context}, outcomes]))
"""
INJECTIONS = {
    "pyOpenSSL": (
        "import urllib3.contrib.pyopenssl as injected; injected.inject_into_urllib3()",
        "injected.PyOpenSSLContext",
    ),
    "truststore": (
        "import truststore as injected; injected.inject_into_ssl()",
        "injected.SSLContext",
    ),
}


@pytest.mark.parametrize(("injection", "context"), INJECTIONS.values(), ids=INJECTIONS)
def test_row_17_another_implementation_of_tls(authority, ca_file, lax_openssl, injection, context):
    """Injected below requests, they keep the floor; as rows 1 to 4."""
    code = INJECTED.format(injection=injection, context=context, ciphers=LAX_CIPHERS)
    with (
        LoopbackServer(answer_rows, speaking(authority, TLS_1_0)) as first,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_1)) as second,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_2)) as third,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_3)) as fourth,
        lax_session(ca_file) as lax,
    ):
        servers = first, second, third, fourth
        is_injected, outcomes = run_python(code, ca_file, *(server.url for server in servers))
        assert is_injected
        assert ["InsecureTransport", "InsecureTransport", ROWS, ROWS] == outcomes
        assert [1, 1, 1, 1] == [server.connections for server in servers]
        assert [0, 0, 1, 1] == [len(server.requests) for server in servers]
        assert [ROWS] * 4 == [list(lax.get_all(server.url)) for server in servers]


def test_row_18_https_to_a_plain_port(ca_file, waits):
    """A server without TLS at an https URL is refused in one try."""
    with LoopbackServer(answer_rows) as server, session_with(ca_file, allow_http=True) as session:
        refused(session, server.url.replace("http://", "https://"), waits)
        assert (1, []) == (server.connections, server.requests)
        assert ROWS == list(session.get_all(server.url))  # the server is alive


@pytest.mark.parametrize("kind", [TLSAdapter, PaginatedSession])
@pytest.mark.parametrize("name", ["SSLv3", "TLSv1", "TLSv1_1", "MINIMUM_SUPPORTED"])
def test_row_19_a_floor_below_1_2_cannot_be_asked_for(kind, name):
    """Neither the adapter nor the session takes a lower floor."""
    with pytest.raises(ValueError, match="expected TLSv1_2 or TLSv1_3") as caught:
        kind(tls_minimum=ssl.TLSVersion[name])
    assert ValueError is type(caught.value)


@pytest.mark.parametrize("kind", [TLSAdapter, PaginatedSession])
def test_row_19_a_context_of_the_users_own_is_not_taken(kind):
    """An ssl_context, which would win over the floor, has no way in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = TLS_1_0
    with pytest.raises(TypeError, match="ssl_context"):
        kind(ssl_context=context)
    with PaginatedSession() as session, pytest.raises(TypeError, match="ssl_context"):
        session.get_all("https://api.test/", ssl_context=context)


@pytest.mark.parametrize("method", ["init_poolmanager", "proxy_manager_for"])
def test_row_19_a_subclass_s_context_is_not_taken(method):
    """The usual way to give an adapter a context is refused as well: its floor would win."""

    class Own(TLSAdapter):
        def init_poolmanager(self, *args, **options):
            context = {"ssl_context": ssl.create_default_context()}
            super().init_poolmanager(*args, **options, **(context if "init" in method else {}))

        def proxy_manager_for(self, proxy, **options):
            return super().proxy_manager_for(proxy, ssl_context=ssl.create_default_context())

    with pytest.raises(ValueError, match="ssl_context"):
        Own().proxy_manager_for("http://127.0.0.1:1")
