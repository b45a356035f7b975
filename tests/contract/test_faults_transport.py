"""Faults of the transport, over real sockets: TLS versions, certificates, proxies, plain http.

The rows of the fault matrix from 1 to 24; each is named by its number, `row_NN`.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
import os
import pickle
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
import requests
import trustme
import urllib3.connection
from requests.adapters import HTTPAdapter

from requests_paginate import PaginatedSession, TLSAdapter, exceptions, get_all
from tests.proxies import connect_proxy, socks_proxy
from tests.wires import Authority, http, wire_server

# Rows that are left out here on purpose, each with its reason.
ROWS_ELSEWHERE: dict[int, str] = {}

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")  # the old ones are the point

TLS_1_0, TLS_1_1 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
# As the server's side calls it; whether the package speaks it.
VERSIONS = {
    TLS_1_0: ("TLSv1", False),
    TLS_1_1: ("TLSv1.1", False),
    TLS_1_2: ("TLSv1.2", True),
    TLS_1_3: ("TLSv1.3", True),
}
NAMES = [name for name, _ in VERSIONS.values()]
EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS, ids=NAMES)
LAX_CIPHERS = "ALL:@SECLEVEL=0"  # without which OpenSSL 3 speaks nothing below TLS 1.2
ROWS = [{"id": 1}]
UNVERIFIED = "ignore:Unverified HTTPS request"


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    return authority.write(tmp_path_factory.mktemp("authority") / "ca.pem")


@pytest.fixture
def lax_openssl(monkeypatch):
    """OpenSSL's own security level would also refuse old versions; without it only a floor does."""
    make = functools.partial(urllib3.connection.create_urllib3_context, ciphers=LAX_CIPHERS)
    monkeypatch.setattr("urllib3.connection.create_urllib3_context", make)


class Recorder:
    """A server's context that notes of each connection the version and the client's certificate."""

    def __init__(self, context):
        self._context = context
        self.versions = []
        self.client_certificates = []

    def wrap_socket(self, *arguments, **options):
        connection = self._context.wrap_socket(*arguments, **options)
        self.versions.append(connection.version())
        self.client_certificates.append(connection.getpeercert())
        return connection


class LaxAdapter(HTTPAdapter):
    """The control: it speaks any version, and differs from TLSAdapter in nothing else."""

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, ssl_minimum_version=TLS_1_0, **options)

    def proxy_manager_for(self, proxy, **options):
        return super().proxy_manager_for(proxy, ssl_minimum_version=TLS_1_0, **options)


def session_with(ca_file, **options):
    session = PaginatedSession(**options)
    session.verify = ca_file
    return session


def lax_session(ca_file):
    session = session_with(ca_file)
    session.mount("https://", LaxAdapter())
    return session


def speaking(authority, version):
    """A server's context for one version."""
    return authority.context(minimum=version, maximum=version, ciphers=LAX_CIPHERS)


def through(proxy):
    return {"proxies": {"http": proxy.url, "https": proxy.url}} if proxy else {}


def answer_rows(*_):
    return http(ROWS)


def answer_last_row(*_):
    return http({"results": [2], "next": None})


def refused(session, url, waits, *, match=None, rows=(), **options):
    """The InsecureTransport that must end a listing after these pages of one row, in one try."""
    handed_out = []
    with pytest.raises(exceptions.InsecureTransport, match=match) as caught:
        handed_out.extend(session.get_all(url, **options))
    error = caught.value
    assert (exceptions.InsecureTransport, list(rows)) == (type(error), handed_out)
    assert (len(rows), len(rows)) == (error.page_index, error.items_yielded)
    assert [] == waits
    return error


def check_version(authority, ca_file, version, waits, *, route=nullcontext, **options):
    """Lists from a server of one version; with its control, a lax client on the same route."""
    name, is_spoken = VERSIONS[version]
    recorder = Recorder(speaking(authority, version))
    with route() as proxy, wire_server(answer_rows, recorder) as server:
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
    check_version(authority, ca_file, version, waits, route=connect_proxy)


@EVERY_VERSION
def test_row_07_versions_through_a_socks_proxy(authority, ca_file, lax_openssl, waits, version):
    """The floor is the same behind a SOCKS5 proxy."""
    check_version(authority, ca_file, version, waits, route=socks_proxy)


@EVERY_VERSION
def test_row_08_versions_of_an_https_proxy(authority, ca_file, lax_openssl, waits, version):
    """A proxy that is spoken to over TLS is held to the floor as well, before it is asked."""
    name, is_spoken = VERSIONS[version]
    recorder = Recorder(speaking(authority, version))
    with (
        connect_proxy(recorder) as proxy,
        wire_server(answer_rows, authority.context()) as server,
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
        wire_server(answer_rows, speaking(authority, TLS_1_2)) as old,
        wire_server(answer_rows, speaking(authority, TLS_1_3)) as new,
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


@pytest.mark.parametrize("route", [connect_proxy, socks_proxy])
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
        wire_server(answer_rows, speaking(authority, TLS_1_2)) as server,
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
        connect_proxy(speaking(authority, TLS_1_2)) as proxy,
        wire_server(answer_rows, speaking(authority, TLS_1_3)) as server,
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


def run_python(code, *arguments, **environment):
    """The JSON that a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


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
    with wire_server(answer_rows, speaking(authority, TLS_1_2)) as server:
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
    with wire_server(answer_rows, speaking(authority, TLS_1_2)) as server, strict as session:
        refused(session, server.url, waits, match=r"does not speak TLS 1\.3 or newer")
        assert (1, []) == (server.connections, server.requests)


def test_row_12_a_laxer_policy_of_the_system_does_not_lower_the_floor(authority, ca_file, tmp_path):
    """MinProtocol = TLSv1 leaves the floor at 1.2, whether this Python honours it or not."""
    with wire_server(answer_rows, speaking(authority, TLS_1_0)) as server:
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
    with wire_server(answer_rows, speaking(authority, TLS_1_0)) as server, session:
        refused(session, server.url, waits, match=r"does not speak TLS 1\.2 or newer")
        assert (1, []) == (server.connections, server.requests)
        with lax_session(ca_file) as lax:
            assert ROWS == list(lax.get_all(server.url))


# Certificates ---------------------------------------------------------------------------------


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
    with wire_server(answer_rows, contexts[fault]) as server, session_with(ca_file) as session:
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

    with wire_server(answer, contexts["none"]) as server, session_with(ca_file) as session:
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
        wire_server(answer_rows, authority.context()) as one,
        wire_server(answer_rows, other.context()) as two,
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
    authority._ca.issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(str(path))
    return str(path)


def has_presented(recorder):
    return [bool(certificate) for certificate in recorder.client_certificates]


def test_row_15_a_client_certificate_is_for_its_listing(asking, ca_file, client_certificate):
    """`cert=` for one host is not presented to the next one, nor later to the same."""
    with (
        wire_server(answer_rows, asking()) as one,
        wire_server(answer_rows, asking()) as two,
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
        wire_server(answer, asking()) as one,
        wire_server(answer_last_row, asking()) as two,
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

    with wire_server(answer, authority.context()) as server, PaginatedSession() as session:
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
        wire_server(answer_rows, speaking(authority, TLS_1_0)) as first,
        wire_server(answer_rows, speaking(authority, TLS_1_1)) as second,
        wire_server(answer_rows, speaking(authority, TLS_1_2)) as third,
        wire_server(answer_rows, speaking(authority, TLS_1_3)) as fourth,
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
    with wire_server(answer_rows) as server, session_with(ca_file, allow_http=True) as session:
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


# Plain http -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
@pytest.mark.parametrize("own", [True, False], ids=["no session", "session"])
def test_row_20_a_plain_start_url(waits, scheme, own):
    """A listing that starts at http is refused at its first row, before a connection is made."""
    with wire_server(answer_rows) as server, PaginatedSession() as session:
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
        wire_server(answer_last_row) as plain,
        wire_server(lambda _, request: answer(request, plain), authority.context()) as server,
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
        wire_server(answer_rows) as plain,
        wire_server([http(status=302, location=plain.url)], authority.context()) as server,
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
    with wire_server(answer, recorder) as server, make() as session:
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
    with wire_server(answer, recorder) as server, session_with(ca_file) as session:
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

    with wire_server(answer, authority.context()) as server, make() as session:
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
        connect_proxy() as proxy,
        wire_server(pages) as server,
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
