"""The entrances: get_all, the mixin, the session, and the checks at the call."""

from __future__ import annotations

import inspect
import pickle
from itertools import product

import pytest
import requests

import requests_paginate
from requests_paginate import PaginatedSession, PaginationMixin, exceptions
from tests.loopback import Authority, LoopbackServer, http

PAGES = [http({"results": [1], "next": "?page=2"}), http({"results": [2], "next": None})]


def by_page(number, request):
    """Answers page 2 where it is asked for, however often."""
    return PAGES[1 if "page=2" in request.split("\r\n")[0] else 0]


@pytest.fixture
def server():
    with LoopbackServer(by_page) as server:
        yield server


def test_the_mixin_adds_verbs_and_nothing_else():
    """It overrides nothing of a session and has no constructor."""
    names = {name for name in vars(PaginationMixin) if not name.startswith("__")}
    assert {"get_all", "post_all", "request_all"} == names
    assert not any(hasattr(requests.Session, name) for name in names)
    assert "__init__" not in vars(PaginationMixin)


# PaginatedSession as a drop-in
def test_a_session_is_still_a_session():
    """It has the signature of a session's methods and their behaviour."""
    for name in ("get", "post", "request", "send", "prepare_request", "close"):
        ours, theirs = getattr(PaginatedSession, name), getattr(requests.Session, name)
        assert inspect.signature(theirs) == inspect.signature(ours)
    with LoopbackServer([http({"a": 1})]) as server, PaginatedSession(allow_http=True) as session:
        assert {"a": 1} == session.get(server.url).json()


def test_a_session_pickles(tmp_path):
    """The adapters and their settings travel with the session."""
    authority = Authority()
    with LoopbackServer(lambda *_: http([1]), authority.context()) as server:
        session = PaginatedSession()
        session.verify = authority.write(tmp_path / "ca.pem")
        copy = pickle.loads(pickle.dumps(session))
        assert [1] == list(copy.get_all(server.url))
        with pytest.raises(exceptions.InsecureTransport):
            copy.get("http://localhost:1/")


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HTTPS_PROXY": "http://proxy.test:3128"},
        {"all_proxy": "http://proxy.test:3128"},
        {"Http_Proxy": "http://proxy.test:3128"},
        {"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": "api.test"},
        {"NO_PROXY": "api.test"},
        {"REQUESTS_CA_BUNDLE": "/etc/ca.pem"},
        {"CURL_CA_BUNDLE": "/etc/ca.pem", "REQUESTS_CA_BUNDLE": ""},
    ],
)
def test_the_environment_counts_as_in_requests(monkeypatch, variables):
    """Proxies and authorities that variables name are those that requests takes, or none."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    own_settings = [{}, {"verify": False}, {"proxies": {"https": "http://own.test"}}]
    given_proxies = [{}, None, {"https": None}, {"no_proxy": "api.test"}]
    given_verify = [None, True, False, "/given.pem"]
    for case in product([True, False], own_settings, given_proxies, given_verify):
        trust_env, own, proxies, verify = case
        merged = []
        for session in (requests.Session(), PaginatedSession()):
            vars(session).update(own, trust_env=trust_env)
            given = None if proxies is None else dict(proxies)
            merged.append(
                session.merge_environment_settings("https://api.test/", given, True, verify, None)
            )
        assert merged[0] == merged[1], case


@pytest.mark.parametrize("name", ["utils.getproxies", "sessions.get_environ_proxies"])
def test_the_system_s_proxies_count(monkeypatch, name):
    """Proxies that are told elsewhere than in variables, as on macOS and Windows, are used."""
    found = {"https": "http://proxy.test:3128"}
    monkeypatch.setattr(f"requests.{name}", lambda *_, **__: found)
    session = PaginatedSession()
    merged = session.merge_environment_settings("https://api.test/", {}, True, None, None)
    assert found == merged["proxies"]


def test_another_parent_s_settings_count():
    """A class beside ours that has settings of its own is asked for them."""

    class Behind(requests.Session):
        def merge_environment_settings(self, url, proxies, stream, verify, cert):
            return {"proxies": {"https": "http://behind.test"}, "stream": stream}

    class Mixed(PaginatedSession, Behind):
        pass

    merged = Mixed().merge_environment_settings("https://api.test/", {}, True, None, None)
    assert {"proxies": {"https": "http://behind.test"}, "stream": True} == merged


def test_the_face_exports_what_the_design_names():
    """The public names are there, sorted, and nothing more."""
    names = [
        "HTTPSOnlyAdapter", "Listing", "Page", "PageRequest", "PaginatedSession",
        "PaginatingAdapter", "PaginationMixin", "Plan", "TLSAdapter", "dialects", "exceptions",
        "gather", "get_all", "request_all", "strategies", "windows",
    ]  # fmt: skip
    assert names == requests_paginate.__all__
    assert all(hasattr(requests_paginate, name) for name in names)
