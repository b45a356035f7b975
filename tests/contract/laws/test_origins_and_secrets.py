"""Law 2: nothing goes to another origin, and no secret is shown."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import Retry

from requests_paginate import dialects, exceptions, get_all, request_all, strategies
from tests.loopback import STALL, LoopbackServer, http


# Law 2: nothing goes where it doesn't belong
@pytest.mark.parametrize(
    "link",
    ["https://evil.test/x", "//evil.test/x", "http://localhost:1/x", "https://localhost:1/x",
     "https://u:p@localhost/x", "javascript:alert(1)", "https://localhost\\@evil.test/",
     "https://local host/", "//a b/"],
)  # fmt: skip
def test_law_2_a_link_to_another_origin_is_refused_before_it_is_sent(link):
    """Nothing is sent to where a hostile link points."""
    page = http({"results": [{"id": 1}], "next": link})
    with LoopbackServer([page]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=dialects.PLUGGY_V2)
        with pytest.raises(exceptions.UnsafeLink):
            list(listing)
        assert 1 == len(server.requests)


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\t"])
def test_law_2_a_blank_hides_no_origin(blank):
    """A blank before a URL, which requests strips, hides no other origin."""

    class Naive(strategies.Strategy):
        def next(self, page):
            return page.request.follow(page.body["next"])

    with LoopbackServer(lambda *_: http([])) as evil:
        page = http({"data": [1], "next": f"{blank}{evil.url}/x"})
        with LoopbackServer([page]) as server, requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, strategy=Naive()))
        assert 0 == evil.connections


def test_law_2_a_custom_strategy_may_follow_a_relative_link():
    """What a custom strategy takes from the body is resolved and pinned like any link."""

    class Naive(strategies.Strategy):
        def next(self, page):
            return page.body["next"] and page.request.follow(page.body["next"])

    pages = [http({"data": [1], "next": "/x?p=2"}), http({"data": [2], "next": None})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session, strategy=Naive()))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_law_2_a_redirect_to_another_origin_is_refused(status):
    """A key in a header does not follow a redirect to another port."""
    with LoopbackServer(lambda *_: http([])) as other:
        redirect = http(status=status, location=f"{other.url}/steal")
        with LoopbackServer([redirect]) as server, requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, headers={"X-API-KEY": "k3y"}))
        assert [] == other.requests


def test_law_2_a_redirect_on_the_origin_is_followed_with_everything():
    """A redirect that stays keeps headers, and the page's relative links start from its target."""
    pages = [
        http(status=301, location="/api/items/?a=1"),
        http({"results": [{"id": 1}], "next": "?page=2"}),
        http({"results": [{"id": 2}], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        session.params = {"key": "k3y"}
        listing = get_all(f"{server.url}/api/items", session=session, headers={"X-API-KEY": "k"})
        assert [{"id": 1}, {"id": 2}] == list(listing)
        paths = ["/api/items?key=k3y", "/api/items/?a=1", "/api/items/?page=2&key=k3y"]
        assert paths == server.paths()
        assert all("X-API-KEY: k" in request for request in server.requests)


def test_law_2_a_circle_of_redirects_raises():
    """Redirects that lead back are an inconsistent listing, not a hang."""
    with (
        LoopbackServer(lambda n, _: http(status=302, location=f"/{n % 2}")) as server,
        requests.Session() as session,
    ):
        with pytest.raises(exceptions.InconsistentListing):
            list(get_all(server.url, session=session))
        assert 5 == len(server.requests)


def test_law_2_an_allowed_origin_gets_no_credentials():
    """A named origin is followed without headers, auth, cookies or session parameters."""
    with LoopbackServer([http({"results": [{"id": 2}], "next": None})]) as files:
        page = http({"results": [{"id": 1}], "next": f"{files.url}/page2"})
        with LoopbackServer([page]) as server, requests.Session() as session:
            session.headers["X-API-KEY"] = "k3y"
            session.params = {"token": "k3y"}
            session.cookies.set("sid", "k3y")
            listing = get_all(
                server.url,
                session=session,
                auth=("user", "k3y"),
                headers={"X-More": "k3y"},
                allow_origins=(files.url,),
            )
            assert [1, 2] == [row["id"] for row in listing]
        assert "k3y" not in files.requests[0]
        assert "Authorization" not in files.requests[0]


def test_law_2_a_body_is_not_sent_to_an_allowed_origin():
    """A POST whose next link leads to another origin is refused: its body may hold secrets."""
    with LoopbackServer(lambda *_: http([])) as files:
        page = http({"results": [1], "next": f"{files.url}/page2"})
        with LoopbackServer([page]) as server, requests.Session() as session:
            listing = request_all(
                "POST", server.url, session=session, json={"a": 1}, allow_origins=(files.url,)
            )
            with pytest.raises(exceptions.UnsafeLink, match="body"):
                list(listing)
        assert 0 == files.connections


@pytest.mark.parametrize(
    "location",
    [
        "http://[bad/",
        "//[::1/x",
        "http://localhost:99999999/",
        "http://localhost:abc/",
        "//\xff b/",
    ],
)
def test_law_2_a_hostile_location_is_an_unsafe_link(location):
    """Whatever a redirect holds, only the design's errors come out."""
    with LoopbackServer([http(status=302, location=location)]) as server:
        with requests.Session() as session, pytest.raises(exceptions.UnsafeLink) as caught:
            list(get_all(server.url, session=session))
        assert caught.value.checkpoint


def test_law_2_a_redirect_s_body_is_not_read():
    """An endless body of a redirect costs nothing; hooks of session and call still run."""
    seen = []

    def hook(response, **_):
        seen.append(response.status_code)

    endless = [b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 9\r\n\r\n1", STALL]
    with LoopbackServer([endless, http([1])]) as server, requests.Session() as session:
        session.hooks["response"].append(hook)
        assert [1] == list(get_all(server.url, session=session))
        assert [302, 200] == seen


def test_law_2_pin_origin_takes_only_path_and_query():
    """With pin_origin a link's host does not matter."""
    pages = [
        http({"results": [{"id": 1}], "next": "http://internal:8001/x?page=2"}),
        http({"results": [{"id": 2}], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, pin_origin=True)
        assert [1, 2] == [row["id"] for row in listing]
        assert ["/", "/x?page=2"] == server.paths()


def test_law_2_a_refusal_that_quotes_the_key_does_not_show_it(waits):
    """A provider that repeats the caller's key in its message is not repeated."""
    secrets = ["k3y-abc", "t0ken", "p4ssword", "c00kie", "qu3ry", "b0dy"]
    secrets.append(base64.b64encode(b"user:p4ssword").decode())
    refusal = http({"message": f"Invalid API key: {', '.join(secrets)}, Johnson"}, 401)
    refusal = refusal.replace(b"Because", b"Bad key k3y-abc")
    with LoopbackServer([refusal]) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = b"k3y-abc"
        session.cookies.set("sid", "c00kie")
        listing = request_all(
            "POST",
            f"{server.url}?api_key=qu3ry",
            session=session,
            auth=HTTPBasicAuth("user", "p4ssword"),
            headers={"Authorization": "Bearer t0ken"},
            json={"inner": {"client_secret": "b0dy"}},
            params={"author": "john"},
        )
        with pytest.raises(exceptions.PageFailed, match="Invalid API key") as caught:
            list(listing)
        shown = str(caught.value)
        assert [] == [secret for secret in secrets if secret in shown]
        assert "Johnson" in shown


def test_law_2_an_adapter_that_retries_by_itself_leaks_nothing():
    """A RetryError of requests is a TransferFailed with a checkpoint, its URL redacted."""
    with LoopbackServer(lambda *_: http(status=503)) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(1, status_forcelist=[503])))
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(get_all(server.url, session=session, params={"api_key": "s3cret"}, retries=0))
        assert caught.value.checkpoint
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("fault", ["status", "refused", "malformed", "unsafe", "deadline"])
def test_law_2_no_secret_is_shown(fault, caplog, waits):
    """What a failing run can print holds no key, token, password, header, cookie or row."""
    caplog.set_level(logging.DEBUG, "requests_paginate")
    secrets = ["k3y-in-query", "t0ken-in-session", "hunter2", "k3y-in-header", "r0w"]
    second = {
        "status": http({"code": "x", "message": "no"}, 500),
        "refused": b"",
        "malformed": b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n<html>r0w</",
        "unsafe": http({"results": [{"id": "r0w"}], "next": "https://u:hunter2@x.test/"}),
        "deadline": http(status=429, retry_after="9999"),
    }[fault]  # fmt: skip
    first = {"results": [{"id": "r0w"}], "next": "/?page=2&api_key=k3y-in-query"}
    with (
        LoopbackServer(lambda n, _: http(first) if n == 0 else [second]) as server,
        requests.Session() as session,
    ):
        session.params = {"token": "t0ken-in-session"}
        listing = get_all(
            server.url,
            session=session,
            params={"api_key": "k3y-in-query"},
            auth=("user", "hunter2"),
            headers={"X-API-KEY": "k3y-in-header"},
            strategy=dialects.PLUGGY_V2,
            retries=1,
        )
        with pytest.raises(exceptions.PaginationError) as caught:
            list(listing)
        error = caught.value
        shown = [
            "".join(traceback.format_exception(error)),
            repr(error),
            str(error.page_request),
            repr(listing),
            caplog.text,
            str(pickle.dumps(error)),
        ]
        token = base64.urlsafe_b64decode(error.checkpoint + "==").decode("latin-1")
        assert [] == [secret for secret in secrets for text in [*shown, token] if secret in text]
