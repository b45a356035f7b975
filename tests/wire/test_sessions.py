"""Sessions of every kind, over real sockets."""

from __future__ import annotations

import re
import threading
import warnings

import pytest
import requests
import requests_cache
from requests.adapters import HTTPAdapter
from requests.auth import HTTPDigestAuth
from requests_oauthlib import OAuth2Session
from requests_ratelimiter import LimiterSession
from urllib3 import Retry

from requests_paginate import PaginatedSession, PaginationMixin, exceptions, get_all
from tests.loopback import Authority, LoopbackServer, http

PAGES = [http({"results": [1], "next": "?page=2"}), http({"results": [2], "next": None})]


def by_page(number, request):
    """Answers page 2 where it is asked for, however often."""
    return PAGES[1 if "page=2" in request.split("\r\n")[0] else 0]


@pytest.fixture
def server():
    with LoopbackServer(by_page) as server:
        yield server


# Sessions of others
def test_any_requests_session_serves(server):
    """`get_all(url, session=existing)` lists through the session that the user has."""
    with requests.Session() as session:
        session.headers["X-Key"] = "k"
        assert [1, 2] == list(get_all(server.url, session=session))
        assert all("X-Key: k" in request for request in server.requests)


def test_a_caching_session_is_asked_and_answers_from_its_cache(server):
    """A second listing through a CachedSession sends nothing."""

    class Session(PaginationMixin, requests_cache.CachedSession):
        pass

    with Session(backend="memory") as session:
        assert [1, 2] == list(session.get_all(server.url))
        assert [1, 2] == list(session.get_all(server.url))
        assert 2 == len(server.requests)


def test_a_cached_redirect_is_followed_again():
    """A session that caches redirects too lists from its cache."""
    pages = [http(status=302, location="/x"), http([1])]
    with LoopbackServer(pages) as server:
        with requests_cache.CachedSession(backend="memory", allowable_codes=(200, 302)) as session:
            assert [1] == list(get_all(server.url, session=session))
            assert [1] == list(get_all(server.url, session=session))
        assert 2 == len(server.requests)


def test_the_bounds_hold_for_a_cached_page(server):
    """A body that the session has read already is measured afterwards."""
    with requests_cache.CachedSession(backend="memory") as session:
        list(get_all(server.url, session=session))
        with pytest.raises(exceptions.PageTooLarge):
            list(get_all(server.url, session=session, max_page_bytes=5))


def test_a_rate_limiting_session_is_asked_for_every_page(server):
    """Each page passes the limiter of a LimiterSession."""

    class Session(PaginationMixin, LimiterSession):
        pass

    with Session(per_second=1000) as session:
        seen = []
        bucket = session.limiter
        original = bucket.try_acquire
        bucket.try_acquire = lambda *a, **k: seen.append(1) or original(*a, **k)
        assert [1, 2] == list(session.get_all(server.url))
        assert 2 == len(seen)


def test_an_oauth_session_signs_every_page(monkeypatch, server):
    """OAuth2Session's own `request` adds its token to each page."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with OAuth2Session(token={"access_token": "t0ken", "token_type": "Bearer"}) as session:
        assert [1, 2] == list(get_all(server.url, session=session))
        assert all("Authorization: Bearer t0ken" in request for request in server.requests)


def test_digest_authentication_goes_through():
    """An auth object that answers a challenge works on every page."""

    def answer(number, request):
        if "Authorization: Digest" not in request:
            challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'
            return http(status=401, www_authenticate=challenge)
        return by_page(number, request)

    with LoopbackServer(answer) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session, auth=HTTPDigestAuth("u", "p")))


class OneNonce:
    """Takes the newest nonce alone, with a count that grows, and says so only with `says_stale`."""

    def __init__(self, *, says_stale):
        self.says_stale, self.lock = says_stale, threading.Lock()
        self.nonce, self.count, self.issued = "", 0, 0

    def __call__(self, _, request):
        sent = dict(re.findall(r'(\w+)="?([^",\s]+)"?', request))
        with self.lock:
            count = int(sent.get("nc", "0"), 16)
            if sent.get("nonce") == self.nonce and count > self.count:
                self.count = count
                number = int((re.search(r"page=(\d+)", request) or [0, 1])[1])
                return http({"results": [number], "page": number, "total_pages": 9})
            self.issued += 1
            self.nonce, self.count = f"n{self.issued}", 0
            stale = ", stale=true" if self.says_stale and "nonce" in sent else ""
            challenge = f'Digest realm="r", nonce="{self.nonce}", qop="auth"{stale}'
            return http(status=401, www_authenticate=challenge)


@pytest.mark.parametrize("says_stale", [False, True])
@pytest.mark.parametrize("prefetch", [0, 4])
def test_digest_authentication_with_one_nonce_at_a_time(prefetch, says_stale):
    """Each thread asks for a nonce, and so ends another one's; the pages then come one by one."""
    answer = OneNonce(says_stale=says_stale)
    with LoopbackServer(answer) as server, requests.Session() as session:
        session.auth = HTTPDigestAuth("u", "p")
        listing = get_all(server.url, session=session, prefetch=prefetch, retries=0)
        assert list(range(1, 10)) == list(listing)
        assert len(server.requests) == listing.stats.requests


@pytest.mark.parametrize("prefetch", [0, 4])
def test_refused_digest_credentials_end_the_listing(prefetch):
    """A wrong password is not tried again, however many pages are on their way."""
    challenge = 'Digest realm="r", nonce="n", qop="auth"'

    def answer(_, request):
        number = int((re.search(r"page=(\d+)", request) or [0, 1])[1])
        if "Digest" not in request or number > 3:
            return http(status=401, www_authenticate=challenge)
        return http({"results": [number], "page": number, "total_pages": 9})

    with LoopbackServer(answer) as server, requests.Session() as session:
        auth = HTTPDigestAuth("u", "p")
        listing = get_all(server.url, session=session, auth=auth, prefetch=prefetch)
        with pytest.raises(exceptions.PageFailed, match="401"):
            list(listing)
        assert 3 == listing.stats.items


def test_cookies_that_change_are_sent_on():
    """A cookie that a page sets is sent with the next."""
    pages = [
        http({"results": [1], "next": "?page=2"}, set_cookie="turn=1"),
        http({"results": [2], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session))
        assert "Cookie: turn=1" in server.requests[1]


def test_a_session_that_completes_relative_urls(server):
    """A session with a base URL of its own lists a relative URL, pinned to where it led."""

    class BaseSession(PaginationMixin, requests.Session):
        def request(self, method, url, *args, **options):
            url = url if "://" in url else f"{server.url}/{url}"
            return super().request(method, url, *args, **options)

    with BaseSession() as session:
        assert [1, 2] == list(session.get_all("items"))
        assert ["/items", "/items?page=2"] == server.paths()


def test_post_all_posts(server):
    """`post_all` is `request_all` with POST."""
    with PaginatedSession(allow_http=True) as session:
        assert [1, 2] == list(session.post_all(server.url, json={"a": 1}))
        assert all(request.startswith("POST ") for request in server.requests)


def test_netrc_never_replaces_an_authorization_header(server, monkeypatch, tmp_path):
    """The caller's own Authorization header is what is sent, whatever netrc says."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login l password p\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with requests.Session() as session:
        list(get_all(server.url, session=session, headers={"Authorization": "Bearer mine"}))
        assert all("Authorization: Bearer mine" in request for request in server.requests)
        list(get_all(server.url, session=session))
        assert "Authorization: Basic" in server.requests[-1]


@pytest.mark.parametrize(
    ("own", "ours", "warns"),
    [
        (3, 5, True),
        (Retry(2), Retry(1), True),
        (3, 0, False),
        (0, 5, False),
        (Retry(False), 5, False),
    ],
)
def test_retries_that_multiply_are_warned_of(server, own, ours, warns):
    """Tries of the session's adapter times tries of the listing are said once, at the call."""
    with requests.Session() as session, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        session.mount("http://", HTTPAdapter(max_retries=own))
        list(get_all(server.url, session=session, retries=ours))
    assert [__file__] * warns == [warning.filename for warning in seen]
    assert all("max_retries" in str(warning.message) for warning in seen)


def test_http_is_refused_and_can_be_allowed(server):
    """http:// is InsecureTransport with nothing sent, unless allow_http=True."""
    with PaginatedSession() as session:
        with pytest.raises(exceptions.InsecureTransport, match="allow_http=True"):
            list(session.get_all(server.url))
        assert 0 == server.connections
    with PaginatedSession(allow_http=True) as session:
        assert [1, 2] == list(session.get_all(server.url))


def test_the_session_s_ca_wins_over_the_environment(tmp_path, monkeypatch):
    """A CA file on the session is used where the environment names another, unlike in requests."""
    authority, other = Authority(), Authority()
    good, wrong = authority.write(tmp_path / "good.pem"), other.write(tmp_path / "wrong.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", wrong)
    with LoopbackServer(lambda *_: http([1]), authority.context()) as server:
        with PaginatedSession() as session:
            session.verify = good
            assert [1] == list(session.get_all(server.url))
            assert [1] == session.get(server.url).json()
            session.verify = True
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url)
        with requests.Session() as plain:
            plain.verify = good
            with pytest.raises(requests.exceptions.SSLError):
                plain.get(server.url)


def test_without_a_session_https_is_verified(tmp_path, monkeypatch):
    """`get_all(url)` alone uses a PaginatedSession, which is closed with the listing."""
    authority = Authority()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.write(tmp_path / "ca.pem"))
    with LoopbackServer(lambda *_: http([1]), authority.context()) as server:
        with get_all(server.url) as listing:
            assert [1] == list(listing)
    with pytest.raises(exceptions.InsecureTransport):
        list(get_all("http://localhost:1/"))


def test_options_of_a_session_s_own_request_are_known(server):
    """What an overriding `request` takes is passed on; a typing error is still found."""
    with requests_cache.CachedSession(backend="memory") as session:
        assert [1, 2] == list(get_all(server.url, session=session, expire_after=60))
        with pytest.raises(TypeError, match="max_items"):
            get_all(server.url, session=session, max_item=1)


@pytest.mark.filterwarnings("ignore:the link to the next page leaves out")
@pytest.mark.parametrize(
    "params",
    ["a=1&b=%7e&a=2", b"a=1&b=%7e&a=2", [("a", 1), ("b", "~"), ("a", 2)], (("a", "1"),)],
)
def test_params_of_every_form_that_requests_takes(params, server):
    """The first request is exactly the one that requests would send."""
    with requests.Session() as session:
        next(get_all(f"{server.url}/x", session=session, params=params))
        session.get(f"{server.url}/x", params=params)
    ours, theirs = server.paths()
    assert theirs == ours


@pytest.mark.filterwarnings("ignore:the link to the next page leaves out")
def test_pairs_leave_the_session_s_params_out_as_in_requests(server):
    """The session's own parameters are merged with a dict, and only with one."""
    with requests.Session() as session:
        session.params = {"page": 1, "b": "2"}
        for params in ([("page", 3)], {"a": 1}, "page=3"):
            next(get_all(f"{server.url}/x", session=session, params=params))
            session.get(f"{server.url}/x", params=params)
            ours, theirs = server.paths()[-2:]
            assert theirs == ours


def test_a_url_in_bytes_and_with_blanks_around(server):
    """What requests takes as a URL is taken."""
    with requests.Session() as session:
        assert [1, 2] == list(get_all(f" {server.url}/x ".encode(), session=session))


def test_userinfo_in_the_caller_s_url_is_basic_authentication(server):
    """As in requests, and the listing's own URL is without it."""
    with requests.Session() as session:
        url = server.url.replace("//", "//us%40er:p4ss@")
        listing = get_all(url, session=session)
        assert [1, 2] == list(listing)
        assert all("Authorization: Basic dXNAZXI6cDRzcw==" in r for r in server.requests)
        assert "p4ss" not in repr(listing)


def test_a_caller_s_url_with_blanks_and_letters_in_its_query(server):
    """The caller's own URL may need quoting; its later pages are quoted alike."""

    def answer(number, _):
        return http({"items": [number], "page": number + 1, "total_pages": 2})

    with LoopbackServer(answer) as paged, requests.Session() as session:
        assert [0, 1] == list(get_all(f"{paged.url}/x?q=a b ç&page=1", session=session))
        assert ["/x?q=a%20b%20%C3%A7&page=1", "/x?q=a%20b%20%C3%A7&page=2"] == paged.paths()
