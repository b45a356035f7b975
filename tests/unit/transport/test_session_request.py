"""What goes out is what `session.request` would have sent, whichever steps are saved."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import base64
from functools import partial

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from requests_paginate import PaginatedSession
from requests_paginate._transport import entry
from requests_paginate._transport.session_request import (
    PreparedSessionRequest,
    SessionRequest,
)

URL = "https://api.test/v1/rows"


class Recorder(BaseAdapter):
    """Answers anything with an empty list, and keeps what came and how."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def send(self, request, **options):
        self.sent.append((request, options))
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response._content = b"[]"
        return response

    def close(self):
        """There is nothing to close."""


def sent(session, send):
    """What reaches the adapter: the request's parts and the options of its sending."""
    recorder = Recorder()
    session.mount("https://", recorder)
    session.mount("http://", recorder)
    send(session)
    return [
        (
            request.method, request.url, dict(request.headers), request.body,
            repr(list(request._cookies)), count_hooks(request), options,
        )
        for request, options in recorder.sent
    ]  # fmt: skip


def count_hooks(request):
    """How many hooks a request has beside the one by which a page enters a session again."""
    owners = [
        type(getattr(hook, "__self__", None)).__module__ for hook in request.hooks["response"]
    ]
    return sum(owner != entry.__name__ for owner in owners)


def asks(session_of, requests_made):
    """Asserts that both ways send what `session.request` sends, request after request."""

    def by_request(session):
        for method, url, options in requests_made:
            session.request(method, url, **options)

    def by(kind):
        def send(session):
            session_request = kind(session)
            for method, url, options in requests_made:
                session_request.send(method, url, options)

        return send

    expected = sent(session_of(), by_request)
    assert expected == sent(session_of(), by(PreparedSessionRequest))
    assert expected == sent(session_of(), by(SessionRequest))
    assert len(requests_made) == len(expected)


class Signature(AuthBase):
    """Signs the URL, as some APIs have it."""

    def __call__(self, request):
        request.headers["X-Signature"] = str(len(request.url))
        request.prepare_url(request.url, {"signed": "1"})
        return request

    def __eq__(self, other):
        return type(self) is type(other)

    __hash__ = None


def plain(**attributes):
    def session():
        made = requests.Session()
        for name, value in attributes.items():
            setattr(made, name, value)
        return made

    return session


def with_cookies():
    session = requests.Session()
    session.cookies.set("sid", "1", domain="api.test", path="/")
    session.cookies.set("other", "1", domain="elsewhere.test")
    return session


SESSIONS = {
    "plain": plain(),
    "paginated": PaginatedSession,
    "headers": plain(headers={"X-API-KEY": "k", "Accept": "*/*"}),
    "params": plain(params={"key": "k", "page": 7, "none": None}),
    "basic": plain(auth=("me", "secret")),
    "signing": plain(auth=Signature()),
    "cookies": with_cookies,
    "verify": plain(verify=False, cert=("a", "b"), trust_env=False),
    "proxies": plain(proxies={"https": "http://127.0.0.1:1"}),
    "hooks": plain(hooks={"response": [lambda response, **_: None]}),
}
OPTIONS = [
    {}, {"params": {"page": 2}}, {"params": {"page": "ã b", "list": [1, 2], "none": None, "yes": True}},
    {"params": {"key": None}}, {"headers": {"x-api-key": "mine", "Accept": None}},
    {"auth": ("you", "other")}, {"auth": HTTPBasicAuth("you", "ü")}, {"cookies": {"sid": "2"}},
    {"stream": True, "timeout": (1, 2), "allow_redirects": False}, {"verify": "ca.pem", "cert": "c.pem"},
    {"proxies": {"https": "http://127.0.0.1:2"}}, {"hooks": {"response": lambda response, **_: None}},
    {"json": {"q": 1}}, {"data": {"q": 1}}, {"data": "text"},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=lambda given: "-".join(given) or "none")
@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_both_ways_send_what_request_sends(session, options):
    """Method, URL, headers, body, cookies, hooks and settings are those of `session.request`."""
    made = [
        ("GET", URL, options), ("GET", f"{URL}?page=2", options),
        ("GET", f"{URL}?page=3&q=%C3%A3", options), ("GET", f"{URL}?", options),
        ("POST", URL, options), ("GET", f"{URL}/other?x=1#top", options), ("GET", URL, {}),
    ]  # fmt: skip
    asks(session, made)


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
NAMES = st.sampled_from(["page", "a b", "ã", "x[]", "key"])
VALUES = (
    st.none() | TEXTS | st.integers() | st.booleans() | st.lists(TEXTS, max_size=2) | st.floats()
)
QUERIES = st.text("abc012=&?%/:;+ .~!$'()*,@[]ã\\\"<>|^`{}#", max_size=12)
PATHS = st.sampled_from(["", "/", "/a", "/a%20b", "/ã", "/a//b", "/a/../b", "/a;p"])


@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.builds("https://{}{}{}".format, st.sampled_from(["api.test", "API.test:443"]), PATHS,
                      QUERIES.map(lambda query: f"?{query}" if query else "")),
            st.dictionaries(NAMES, VALUES, max_size=2),
        ),
        min_size=1, max_size=5,
    ),
    st.dictionaries(NAMES, TEXTS, max_size=2),
)  # fmt: skip
def test_any_url_is_quoted_as_requests_does(made, session_params):
    """Whatever is saved, the URL is that of `PreparedRequest.prepare_url`, byte for byte."""
    pages = [("GET", url, {"params": params}) for url, params in made]
    asks(plain(params=session_params), pages)


def test_what_a_session_becomes_in_between_is_seen():
    """Headers, params, cookies, auth and settings that change count from the next page on."""

    def changing(send):
        def pages(session):
            go = send(session)
            go(URL)
            session.headers["X-API-KEY"] = "renewed"
            go(URL)
            session.params = {"key": "k"}
            session.cookies.set("sid", "2")
            go(URL)
            session.auth, session.verify = ("me", "secret"), "ca.pem"
            go(URL)
            session.headers = {"X-API-KEY": "again"}
            session.proxies["https"] = "http://127.0.0.1:3"
            session.hooks["response"].append(lambda response, **_: None)
            go(URL)
            session.cookies.clear()
            go(URL)

        return pages

    by_request = changing(lambda session: partial(session.request, "GET"))
    prepared = changing(lambda s: partial(PreparedSessionRequest(s).send, "GET", options={}))
    assert sent(requests.Session(), by_request) == sent(requests.Session(), prepared)


def test_netrc_is_looked_up_as_requests_does(tmp_path, monkeypatch):
    """A netrc file speaks where nobody else does, and not where the session trusts no environment."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.test login netrc password file\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    made = [("GET", URL, {}), ("GET", URL, {"auth": ("me", "secret")}), ("GET", URL, {})]
    asks(plain(), made)
    asks(plain(trust_env=False), made)
    asks(plain(auth=("mine", "secret")), made)
    (_, _, headers, *_), *_ = sent(
        requests.Session(), lambda s: PreparedSessionRequest(s).send("GET", URL, {})
    )
    assert f"Basic {base64.b64encode(b'netrc:file').decode()}" == headers["Authorization"]
