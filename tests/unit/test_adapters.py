"""The TLS floor and the refusal of plain http, over real sockets."""

from __future__ import annotations

import copy
import pickle
import ssl

import pytest
import requests

from requests_paginate import HTTPSOnlyAdapter, TLSAdapter, exceptions
from requests_paginate.adapters import LoopbackAdapter
from tests.loopback import LoopbackServer, http

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def test_a_floor_below_1_2_is_refused():
    """There is no way to ask for less than TLS 1.2."""
    with pytest.raises(ValueError, match="TLSv1_2"):
        TLSAdapter(tls_minimum=ssl.TLSVersion.TLSv1_1)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (TLS_1_3, TLS_1_3),
        (ssl.TLSVersion.MINIMUM_SUPPORTED, TLS_1_2),
        (ssl.TLSVersion.MAXIMUM_SUPPORTED, ssl.TLSVersion.MAXIMUM_SUPPORTED),
    ],
)
def test_a_stricter_system_policy_is_kept(monkeypatch, system, expected):
    """OpenSSL's own policy may raise the floor, never lower it."""

    class Context:
        minimum_version = system

        def __init__(self, protocol):
            pass

    monkeypatch.setattr("requests_paginate.adapters.ssl.SSLContext", Context)
    assert expected == TLSAdapter().tls_minimum


def test_https_only_refuses_http_before_connecting():
    """Mounted on http://, it lets nothing out, redirects included."""
    with LoopbackServer([http([])]) as server, requests.Session() as session:
        session.mount("http://", HTTPSOnlyAdapter())
        with pytest.raises(exceptions.InsecureTransport, match="not https"):
            session.get(f"{server.url}/?api_key=k3y")
        assert 0 == server.connections


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", False), ("LOCALHOST.", False), ("a.localhost", False), ("127.0.0.1", False),
        ("127.1", False), ("127.0.0.1.", False), ("2130706433", False), ("[::1]", False),
        ("[::ffff:127.0.0.1]", False), ("10.0.0.1", True), ("localhost.evil.test", True),
        ("[::ffff:10.0.0.1]", True), ("api.test", True),
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_address(monkeypatch, host, expected):
    """However it is written, what is sent to this machine goes through no proxy."""
    used = []

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        used.append(bool(proxies))
        return requests.Response()

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    request = requests.PreparedRequest()
    request.url = f"http://{host}:8000/rows"
    LoopbackAdapter().send(request, proxies={"http": "http://proxy.test"})
    assert [expected] == used


def pool_of(adapter, url="https://a.test/rows", verify=True, proxies=None, cert=None):
    """The pool that an adapter would send a request through."""
    request = requests.Request("GET", url).prepare()
    return adapter.get_connection_with_tls_context(request, verify, proxies, cert)


@pytest.mark.parametrize(
    "other",
    [
        {"url": "https://b.test/rows"},
        {"url": "https://a.test:8443/rows"},
        {"url": "http://a.test/rows"},
        {"verify": False},
        {"verify": __file__},
        {"cert": __file__},
        {"proxies": {"https": "http://proxy.test:8080"}},
    ],
)
def test_a_pool_serves_only_what_it_was_made_for(other):
    """The latest pool is used again for the same origin, trust and proxy, and for no other."""
    adapter = TLSAdapter()
    first = pool_of(adapter)
    assert pool_of(adapter, url="https://a.test/rows?page=2") is first
    second = pool_of(adapter, **other)
    assert second is not first
    assert pool_of(adapter, **other) is second
    assert pool_of(adapter) is first


@pytest.mark.parametrize("carry", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_no_pool_travels_with_an_adapter(carry):
    """A copied or unpickled adapter makes its own connections."""
    adapter = TLSAdapter()
    pool = pool_of(adapter)
    assert pool_of(carry(adapter)) is not pool


def test_a_subclass_decides_what_its_pools_are_for():
    """Where a subclass builds its own key of a pool, that is asked for every request."""

    class Tenants(TLSAdapter):
        def build_connection_pool_key_attributes(self, request, verify, cert=None):
            host, kept = super().build_connection_pool_key_attributes(request, verify, cert)
            return host, {**kept, "cert_file": self.tenant}

    adapter = Tenants()
    for tenant in ("one.pem", "two.pem", "one.pem"):
        adapter.tenant = tenant
        assert tenant == pool_of(adapter).cert_file


def test_pools_that_were_cleared_or_made_anew_are_not_used_again():
    """Whoever clears an adapter's pools, or makes them with other options, gets new ones."""
    adapter = TLSAdapter()
    first = pool_of(adapter)
    adapter.poolmanager.clear()
    second = pool_of(adapter)
    assert second is not first
    adapter.init_poolmanager(1, 1, assert_fingerprint="aa" * 32)
    assert "aa" * 32 == pool_of(adapter).assert_fingerprint
