"""Rows 1 to 12 and 17: TLS versions, with every route and every policy."""

from __future__ import annotations

import copy
import pickle
import ssl
from contextlib import nullcontext

import pytest

from requests_paginate import exceptions
from tests.contract.faults.tls import (
    LAX_CIPHERS,
    ROWS,
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3,
    UNVERIFIED,
    Recorder,
    answer_rows,
    lax_session,
    refused,
    run_python,
    session_with,
    speaking,
)
from tests.loopback import ConnectProxy, LoopbackServer, SocksProxy

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # the old ones are the point

# As the server's side calls it; whether the package speaks it.
VERSIONS = {
    TLS_1_0: ("TLSv1", False),
    TLS_1_1: ("TLSv1.1", False),
    TLS_1_2: ("TLSv1.2", True),
    TLS_1_3: ("TLSv1.3", True),
}
NAMES = [name for name, _ in VERSIONS.values()]
EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS, ids=NAMES)


def through(proxy):
    return {"proxies": {"http": proxy.url, "https": proxy.url}} if proxy else {}


def check_version(authority, ca_file, version, waits, *, route=nullcontext, **options):
    """Lists from a server of one version; with its control, a lax client on the same route."""
    name, is_spoken = VERSIONS[version]
    recorder = Recorder(speaking(authority, version))
    with route() as proxy, LoopbackServer(answer_rows, recorder) as server:
        options |= {"headers": {"X-API-KEY": "k3y"}, **through(proxy)}
        with session_with(ca_file) as session:
            if is_spoken:
                assert ROWS == list(session.get_all(server.url, **options))
            else:
                refused(
                    session, server.url, waits, match=r"does not speak TLS 1\.2 or newer", **options
                )
        assert 1 == server.connections
        assert int(is_spoken) == len(server.requests) == len(recorder.versions)
        with lax_session(ca_file) as session:
            assert ROWS == list(session.get_all(server.url, **options))
        assert name == recorder.versions[-1]
        if proxy:
            assert [f"localhost:{server.port}"] * 2 == proxy.asked
            assert "k3y" not in "".join(proxy.heads)


# TLS versions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version", VERSIONS, ids=[f"row_{row:02}-{name}" for row, name in enumerate(NAMES, 1)]
)
def test_tls_below_1_2_is_refused(authority, ca_file, lax_openssl, waits, version):
    """TLS 1.0 and 1.1 are refused in one try, 1.2 and 1.3 are spoken."""
    check_version(authority, ca_file, version, waits)


@pytest.mark.filterwarnings(UNVERIFIED)
@EVERY_VERSION
def test_row_05_versions_without_verification(authority, ca_file, lax_openssl, waits, version):
    """verify=False gives up the certificate's check, not the floor."""
    check_version(authority, ca_file, version, waits, verify=False)


@EVERY_VERSION
def test_row_06_versions_through_a_connect_proxy(authority, ca_file, lax_openssl, waits, version):
    """The floor is the same behind a CONNECT proxy."""
    check_version(authority, ca_file, version, waits, route=ConnectProxy)


@EVERY_VERSION
def test_row_07_versions_through_a_socks_proxy(authority, ca_file, lax_openssl, waits, version):
    """The floor is the same behind a SOCKS5 proxy."""
    check_version(authority, ca_file, version, waits, route=SocksProxy)


@EVERY_VERSION
def test_row_08_versions_of_an_https_proxy(authority, ca_file, lax_openssl, waits, version):
    """A proxy that is spoken to over TLS is held to the floor as well, before it is asked."""
    name, is_spoken = VERSIONS[version]
    recorder = Recorder(speaking(authority, version))
    with (
        ConnectProxy(recorder) as proxy,
        LoopbackServer(answer_rows, authority.context()) as server,
        session_with(ca_file) as session,
    ):
        if is_spoken:
            assert ROWS == list(session.get_all(server.url, **through(proxy)))
        else:
            refused(session, server.url, waits, match="PROTOCOL", **through(proxy))
        assert (1, int(is_spoken)) == (proxy.connections, len(proxy.asked))
        assert int(is_spoken) == server.connections == len(server.requests)
        with lax_session(ca_file) as lax:
            assert ROWS == list(lax.get_all(server.url, **through(proxy)))
        assert name == recorder.versions[-1]


def check_floor_1_3(authority, ca_file, waits, *, route=nullcontext, carry=lambda session: session):
    """Refuses a server of TLS 1.2 that the default floor speaks to, and speaks to one of 1.3."""
    asked_of_proxy = 0
    with (
        route() as proxy,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_2)) as old,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_3)) as new,
        carry(session_with(ca_file, tls_minimum=TLS_1_3)) as session,
        session_with(ca_file) as control,
    ):
        options = through(proxy)
        refused(session, old.url, waits, match=r"does not speak TLS 1\.3 or newer", **options)
        assert (1, 0) == (old.connections, len(old.requests))
        assert ROWS == list(session.get_all(new.url, **options))
        assert ROWS == list(control.get_all(old.url, **options))
        if proxy:
            asked_of_proxy = len(proxy.asked)
    assert (0 if route is nullcontext else 3) == asked_of_proxy


def pickled(session):
    with session:
        return pickle.loads(pickle.dumps(session))


def test_row_09_a_floor_of_1_3_refuses_1_2(authority, ca_file, waits):
    """The floor is the caller's; it is the adapter that holds it, not urllib3's default."""
    check_floor_1_3(authority, ca_file, waits)


@pytest.mark.parametrize("route", [ConnectProxy, SocksProxy])
@pytest.mark.parametrize("carry", [lambda session: session, pickled], ids=["as it is", "pickled"])
def test_row_10_a_floor_of_1_3_through_proxies(authority, ca_file, waits, route, carry):
    """A proxy's pools have the caller's floor, also in a session that travelled."""
    check_floor_1_3(authority, ca_file, waits, route=route, carry=carry)


@pytest.mark.parametrize("carry", [pickled, copy.deepcopy], ids=["pickle", "deepcopy"])
def test_row_10_a_floor_of_1_3_travels(authority, ca_file, waits, carry):
    """Pickling and copying a session keep the floor."""
    check_floor_1_3(authority, ca_file, waits, carry=carry)


def test_row_10_a_floor_of_1_3_travels_in_a_listing(authority, ca_file, waits):
    """A pickled listing takes its session's floor along."""
    with (
        LoopbackServer(answer_rows, speaking(authority, TLS_1_2)) as server,
        session_with(ca_file, tls_minimum=TLS_1_3) as session,
    ):
        listing = pickle.loads(pickle.dumps(session.get_all(server.url)))
        with pytest.raises(exceptions.InsecureTransport, match=r"TLS 1\.3 or newer") as caught:
            next(listing)
        assert exceptions.InsecureTransport is type(caught.value)
        assert (1, [], []) == (server.connections, server.requests, waits)


def test_row_10_a_floor_of_1_3_holds_for_an_https_proxy(authority, ca_file, waits):
    """An HTTPS proxy of TLS 1.2 is refused by a floor of 1.3, and not by one of 1.2."""
    with (
        ConnectProxy(speaking(authority, TLS_1_2)) as proxy,
        LoopbackServer(answer_rows, speaking(authority, TLS_1_3)) as server,
        session_with(ca_file, tls_minimum=TLS_1_3) as session,
        session_with(ca_file) as control,
    ):
        refused(session, server.url, waits, match="PROTOCOL", **through(proxy))
        assert (1, [], 0) == (proxy.connections, proxy.asked, server.connections)
        assert ROWS == list(control.get_all(server.url, **through(proxy)))


# The system's policy --------------------------------------------------------------------------


UNDER_POLICY = f"""
import json, socket, ssl, sys, warnings
import requests
from requests_paginate import PaginatedSession, exceptions

warnings.simplefilter("ignore", DeprecationWarning)  # the old versions are the point
port, ca_file = int(sys.argv[1]), sys.argv[2]
url = f"https://localhost:{{port}}"
seen = {{"policy": int(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).minimum_version)}}
with PaginatedSession() as session:
    session.verify = ca_file
    seen["floor"] = int(session.get_adapter(url).tls_minimum)
    try:
        seen["listed"] = list(session.get_all(url))
    except exceptions.PaginationError as error:
        seen["listed"] = type(error).__name__
try:
    seen["plain requests"] = requests.get(url, verify=ca_file).json()
except requests.exceptions.SSLError:
    seen["plain requests"] = "SSLError"
lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
lax.load_verify_locations(ca_file)
lax.set_ciphers({LAX_CIPHERS!r})
lax.minimum_version = ssl.TLSVersion.TLSv1
with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
    with lax.wrap_socket(raw, server_hostname="localhost") as connection:
        seen["lax"] = connection.version()
print(json.dumps(seen))
"""


def seen_under_policy(minimum, server, ca_file, directory):
    """What a program sees whose OpenSSL has this MinProtocol."""
    configuration = directory / "openssl.cnf"
    configuration.write_text(
        "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = policy\n"
        f"[policy]\nMinProtocol = {minimum}\nCipherString = DEFAULT:@SECLEVEL=0\n"
    )
    return run_python(UNDER_POLICY, server.port, ca_file, OPENSSL_CONF=str(configuration))


def test_row_11_a_stricter_policy_of_the_system_is_kept(authority, ca_file, tmp_path):
    """Where this Python honours MinProtocol = TLSv1.3, a server of 1.2 is refused.

    Some builds of CPython set their own minimum of 1.2 instead; there it is spoken to.
    """
    with LoopbackServer(answer_rows, speaking(authority, TLS_1_2)) as server:
        seen = seen_under_policy("TLSv1.3", server, ca_file, tmp_path)
        honours = seen["policy"] == TLS_1_3
        assert honours or seen["policy"] == TLS_1_2
        assert (TLS_1_3 if honours else TLS_1_2) == seen["floor"]
        assert ("InsecureTransport" if honours else ROWS) == seen["listed"]
        assert ROWS == seen["plain requests"]  # urllib3 lowers the policy: the adapter's doing
        assert "TLSv1.2" == seen["lax"]
        assert (1 if honours else 2, 3) == (len(server.requests), server.connections)


def test_row_11_a_policy_of_1_3_reaches_the_wire(authority, ca_file, waits, monkeypatch):
    """The same with a policy that this Python is made to report: it holds on the wire."""

    class Strict(ssl.SSLContext):
        minimum_version = TLS_1_3

    with monkeypatch.context() as patched:
        patched.setattr("requests_paginate.adapters.ssl.SSLContext", Strict)
        strict = session_with(ca_file)
    with LoopbackServer(answer_rows, speaking(authority, TLS_1_2)) as server, strict as session:
        refused(session, server.url, waits, match=r"does not speak TLS 1\.3 or newer")
        assert (1, []) == (server.connections, server.requests)


def test_row_12_a_laxer_policy_of_the_system_does_not_lower_the_floor(authority, ca_file, tmp_path):
    """MinProtocol = TLSv1 leaves the floor at 1.2, whether this Python honours it or not."""
    with LoopbackServer(answer_rows, speaking(authority, TLS_1_0)) as server:
        seen = seen_under_policy("TLSv1", server, ca_file, tmp_path)
        assert seen["policy"] in (TLS_1_0, TLS_1_2)
        assert TLS_1_2 == seen["floor"]
        assert "InsecureTransport" == seen["listed"]
        assert "TLSv1" == seen["lax"]
        assert (3, []) == (server.connections, server.requests)


def test_row_12_a_policy_of_1_0_stays_off_the_wire(
    authority, ca_file, lax_openssl, waits, monkeypatch
):
    """The same with a policy that this Python is made to report."""

    class Lax(ssl.SSLContext):
        minimum_version = TLS_1_0

    with monkeypatch.context() as patched:
        patched.setattr("requests_paginate.adapters.ssl.SSLContext", Lax)
        session = session_with(ca_file)
    with LoopbackServer(answer_rows, speaking(authority, TLS_1_0)) as server, session:
        refused(session, server.url, waits, match=r"does not speak TLS 1\.2 or newer")
        assert (1, []) == (server.connections, server.requests)
        with lax_session(ca_file) as lax:
            assert ROWS == list(lax.get_all(server.url))
