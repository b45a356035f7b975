"""What a call says is checked and kept as it was at the call."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import requests_paginate
from requests_paginate import PaginatedSession, exceptions, get_all, request_all
from tests.loopback import LoopbackServer, http


def by_cursor(rows):
    """Answers pages of two rows by a cursor."""

    def answer(_, request):
        start = int(request.split(" ")[1].partition("cursor=")[2].partition("&")[0] or 0)
        following = str(start + 2) if start + 2 < len(rows) else None
        return http({"items": rows[start : start + 2], "next_cursor": following})

    return answer


def test_parameters_that_can_be_read_once_are_sent_with_every_page():
    """A filter given as an iterator filters to the last page."""
    with LoopbackServer(by_cursor([*range(6)])) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params={"ids": map(str, [1, 2])})
        assert [*range(6)] == list(listing)
        assert all("ids=1&ids=2" in path for path in server.paths())


def test_a_body_that_is_changed_after_the_call_is_not_what_was_asked_for():
    """One dict used for two lazy listings lists both accounts."""
    with LoopbackServer(lambda *_: http({"items": [1]})) as server, requests.Session() as session:
        body, listings = {}, []
        for account in "ab":
            body["account"] = account
            listings.append(request_all("POST", server.url, session=session, json=body))
        assert [[1], [1]] == [list(listing) for listing in listings]
        sent = [request.partition("\r\n\r\n")[2] for request in server.requests]
        assert ['{"account": "a"}', '{"account": "b"}'] == sent


def test_a_get_with_an_empty_object_sends_it():
    """What requests would send is sent, an empty JSON body too."""
    with LoopbackServer([http([1])]) as server, requests.Session() as session:
        assert [1] == list(get_all(server.url, session=session, json={}))
        assert server.requests[0].endswith("\r\n\r\n{}")


# Checks at the call
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"max_item": 5}, TypeError, "max_items"),
        ({"parms": {}}, TypeError, "params"),
        ({"nonsense": 1}, TypeError, "nonsense"),
        ({"url": "x"}, TypeError, "url"),
        ({"stream": True}, TypeError, "stream"),
        ({"allow_redirects": False}, TypeError, "allow_redirects"),
        ({"data": io.BytesIO(b"x")}, TypeError, "data"),
        ({"data": (x for x in "ab")}, TypeError, "data"),
        ({"files": {"f": io.BytesIO(b"x")}}, TypeError, "files"),
        ({"strategy": "pluggy"}, TypeError, "dialects.PLUGGY"),
        ({"strategy": requests_paginate.strategies.NextLink}, TypeError, "NextLink"),
        ({"max_items": -1}, ValueError, "max_items"),
        ({"max_pages": 1.5}, TypeError, "max_pages"),
        ({"prefetch": -1}, ValueError, "prefetch"),
        ({"timeout": 0}, ValueError, "timeout"),
        ({"deadline": -5}, ValueError, "deadline"),
        ({"retries": -1}, ValueError, "retries"),
        ({"resume": "garbage"}, exceptions.InvalidCheckpoint, "checkpoint"),
        ({"headers": {"X-Key": "s3cret\n"}}, requests.exceptions.InvalidHeader, "X-Key"),
        ({"session": object()}, TypeError, "session"),
        ({"session": requests.Session}, TypeError, "session"),
        ({"allow_origins": ("nonsense",)}, exceptions.UnsafeLink, "nonsense"),
    ],
)
def test_a_bad_argument_raises_at_the_call(options, error, words):
    """Wrong options are refused when they are given, with the name in the text."""
    with pytest.raises(error, match=words) as caught:
        get_all("https://api.test/", **options)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "url", "error"),
    [
        ("HEAD", "https://api.test/", ValueError),
        ("options", "https://api.test/", ValueError),
        (None, "https://api.test/", TypeError),
        ("GET", "api.test/x?api_key=s3cret", requests.exceptions.MissingSchema),
        ("GET", "user:s3cret@api.test/x", requests.exceptions.InvalidSchema),
        ("GET", "s3cret@api.test/x", requests.exceptions.MissingSchema),
        ("GET", "https://", requests.exceptions.InvalidURL),
        ("GET", "ftp://api.test/", requests.exceptions.InvalidSchema),
        ("GET", "//api.test/", requests.exceptions.RequestException),
        ("GET", None, TypeError),
    ],
)
def test_a_bad_address_raises_at_the_call(method, url, error):
    """Wrong methods and URLs are refused when they are given, without the URL's secrets."""
    with pytest.raises(error) as caught:
        request_all(method, url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("params", [[1], 5])
def test_params_that_are_none_are_refused(params):
    """What requests cannot encode is refused at the call."""
    with pytest.raises(TypeError, match="params"):
        get_all("https://api.test/", params=params)


def test_headers_that_are_none_are_refused():
    """Headers must be a dict."""
    with pytest.raises(TypeError, match="headers"):
        get_all("https://api.test/", headers="X: y")


@pytest.mark.parametrize("url", ["https://token123456@api.test/rows", "https://:@api.test/rows"])
def test_userinfo_that_is_no_name_and_password_is_refused_at_the_call(url):
    """Requests would leave it in the URL and send nothing of it: better said than sent."""
    for session in (requests.Session(), PaginatedSession()):
        with pytest.raises(exceptions.UnsafeLink) as raised:
            get_all(url, session=session)
        assert "token123456" not in str(raised.value)


class Narrow:
    """Takes less than a page is asked with."""

    def request(self, method, url, *, params=None, headers=None, timeout=None):
        """As clients of other packages have it."""


class Futures(requests.Session):
    """Answers later, by an executor of its own."""

    def __init__(self):
        super().__init__()
        self.executor = ThreadPoolExecutor(1)

    def request(self, *args, **options):
        """Return a future."""
        return self.executor.submit(super().request, *args, **options)


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (requests, r"got the module requests; write requests\.Session\(\)"),
        (requests.Session, r"got a class; write Session\(\)"),
        (object(), "got builtins.object"),
        (Narrow(), "Narrow, whose request.. takes no allow_redirects, hooks, stream"),
        (Futures(), "Futures, which answers with futures"),
    ],
)
def test_what_is_no_session_is_refused_at_the_call(session, words):
    """The error names what came, and not what went wrong with it at the first row."""
    with pytest.raises(TypeError, match=words):
        get_all("https://api.test/", session=session)


class Like:
    """A session of another kind, which passes all on."""

    def __init__(self):
        self.session = requests.Session()

    def request(self, *args, **options):
        """As a session of requests."""
        return self.session.request(*args, **options)


def test_a_session_that_takes_what_requests_takes_is_one():
    """It need not be made by requests."""
    with LoopbackServer([http([1, 2])]) as server:
        assert [1, 2] == list(get_all(server.url, session=Like()))


@pytest.mark.parametrize("options", [{}, {"params": {"a": 1}}, {"params": [("a", 1)]}])
def test_a_fragment_is_left_out(options):
    """An OAuth flow may have left a token there; it is not sent, and nobody is to see it."""
    with LoopbackServer(by_cursor([*range(4)])) as server, requests.Session() as session:
        listing = get_all(f"{server.url}/rows#access_token=s3cret", session=session, **options)
        assert [0, 1] == [next(listing), next(listing)]
        token = listing.checkpoint()
        assert "s3cret" not in repr(listing) + str(base64.urlsafe_b64decode(token + "=="))
        resumed = get_all(f"{server.url}/rows#other", session=session, resume=token, **options)
        assert [2, 3] == list(resumed)
        assert not any("s3cret" in request for request in server.requests)
