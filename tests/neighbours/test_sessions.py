"""Sessions of others, given as `session=`."""

from __future__ import annotations

import importlib
import threading
from contextlib import nullcontext
from datetime import datetime
from urllib.parse import parse_qsl

import pytest

from requests_paginate import PaginationMixin, exceptions, get_all
from tests.loopback import LoopbackServer, http

from .pages import PAGES, ROOT, ROWS, answer, number_in, run

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 4])


class Bank:
    """Gives pages for a valid access token, and a new one for a refresh token.

    Args:
        rotates: Whether a refresh token is good only once (RFC 9700 section 4.14.2).
        ends_at: The page whose first request makes every access token invalid.
    """

    def __init__(self, *, rotates=True, ends_at=None):
        self.rotates, self.ends_at = rotates, ends_at
        self.lock = threading.Lock()
        self.valid, self.issued, self.used = set(), 0, []

    def __call__(self, number, request):
        with self.lock:
            if request.startswith("POST /token"):
                return self.refresh(dict(parse_qsl(request.partition("\r\n\r\n")[2])))
            if number_in(request) == self.ends_at:
                self.ends_at = None
                self.valid.clear()
            lines = request.split("\r\n")
            (sent,) = [line for line in lines if line.lower().startswith("authorization:")]
            if sent.rpartition(" ")[2] not in self.valid:
                return http({"error": "invalid_token"}, 401)
        return answer(number, request)

    def refresh(self, form):
        self.used.append(form["refresh_token"])
        if self.rotates and self.used.count(form["refresh_token"]) > 1:
            return http({"error": "invalid_grant"}, 400)
        self.issued += 1
        self.valid.add(f"access-{self.issued}")
        refresh = f"refresh-{self.issued}" if self.rotates else form["refresh_token"]
        return http(
            {
                "access_token": f"access-{self.issued}",
                "refresh_token": refresh,
                "token_type": "Bearer",
                "expires_in": 3600,
            }
        )


@with_prefetch
def test_requests_oauthlib(monkeypatch, prefetch):
    """A token that is over is refreshed once for a listing, and no refresh token is used twice."""
    from requests_oauthlib import OAuth2Session

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    bank, saved = Bank(), []
    with LoopbackServer(bank) as server:
        session = OAuth2Session(
            "me",
            token={"access_token": "access-0", "refresh_token": "refresh-0"},
            auto_refresh_url=f"{server.url}/token",
            auto_refresh_kwargs={"client_id": "me", "client_secret": "s3cret"},
            token_updater=saved.append,
        )
        with session:
            for _ in range(2):
                session.token = {**session.token, "expires_at": 1}
                listing = get_all(f"{server.url}/rows", session=session, prefetch=prefetch)
                assert ROWS == list(listing)
                session.token = saved[-1]
    assert ["refresh-0", "refresh-1"] == bank.used
    assert ["access-1", "access-2"] == [token["access_token"] for token in saved]


def google_session(server, **credentials):
    from google.auth.transport.requests import AuthorizedSession
    from google.oauth2.credentials import Credentials

    client = {"client_id": "me", "client_secret": "s3cret", "token_uri": f"{server.url}/token"}
    return AuthorizedSession(Credentials(refresh_token="refresh-0", **client, **credentials))


@with_prefetch
def test_google_auth(prefetch):
    """A token that is over by its own date is refreshed once, whatever is fetched ahead."""
    bank = Bank()
    over = datetime(2020, 1, 1)  # without a zone, as google-auth wants it
    with LoopbackServer(bank) as server, google_session(server, token="old", expiry=over) as it:
        assert ROWS == list(get_all(f"{server.url}/rows", session=it, prefetch=prefetch))
        assert ["refresh-0"] == bank.used
        assert PAGES + 1 == len(server.requests)


@pytest.mark.parametrize("rotates", [True, False])
@with_prefetch
def test_google_auth_whose_token_is_refused(prefetch, rotates):
    """A token that is refused before its date is replaced, and the refused pages come."""
    bank = Bank(rotates=rotates, ends_at=3)
    with LoopbackServer(bank) as server, google_session(server, token=None) as session:
        assert ROWS == list(get_all(f"{server.url}/rows", session=session, prefetch=prefetch))
    assert len(bank.used) > 1


@with_prefetch
def test_requests_ratelimiter(server, prefetch):
    """Waits for the limiter may be longer than `deadline`, which bounds a page on the wire."""
    from requests_ratelimiter import LimiterSession

    with LimiterSession(per_second=2) as session:
        listing = get_all(server.url, session=session, prefetch=prefetch, deadline=0.9)
        assert ROWS == list(listing)
        assert PAGES == listing.stats.requests


def test_requests_ratelimiter_with_max_delay(server):
    """What the limiter does not let pass in time counts as a timeout, and is tried again."""
    from requests_ratelimiter import LimiterSession

    with LimiterSession(per_second=1, max_delay=0.01) as session:
        listing = get_all(server.url, session=session, max_pages=2)
        assert ROWS[:10] == list(listing)
        assert listing.stats.retries > 0
    with LimiterSession(per_hour=1, max_delay=0.01) as session:
        listing = get_all(server.url, session=session, retries=0)
        assert ROWS[:5] == [next(listing) for _ in range(5)]
        with pytest.raises(exceptions.DeadlineExceeded, match="max_delay"):
            next(listing)
    assert 3 == len(server.requests)


@with_prefetch
def test_requests_toolbelt(server, prefetch):
    """A path is enough for a session with a base URL."""
    from requests_toolbelt.sessions import BaseUrlSession

    class Session(PaginationMixin, BaseUrlSession):
        pass

    with Session(base_url=f"{server.url}/v1/") as session:
        assert ROWS == list(session.get_all("rows", prefetch=prefetch))
        assert ROWS == list(get_all("rows", session=session, prefetch=prefetch))
    assert {"/v1/rows"} == {path.partition("?")[0] for path in server.paths()}


NIQUESTS = ROOT / "build" / "neighbours" / "niquests"


@with_prefetch
def test_niquests(server, prefetch):
    """Pages come, and its errors are this package's: they are tried again, with a checkpoint.

    Its urllib3-future takes urllib3's place, so it runs in a process of its own.
    """
    code = """
        import sys

        import niquests

        from requests_paginate import exceptions, get_all

        url, refusing, broken, prefetch = sys.argv[1:]
        with niquests.Session() as session:
            rows = list(get_all(url, session=session, prefetch=int(prefetch)))
            print(len(rows), len({row["id"] for row in rows}))
            for where in (refusing, broken):
                try:
                    list(get_all(where, session=session, prefetch=int(prefetch), retries=1))
                except exceptions.PageFailed as error:
                    print("PageFailed", error.response.status_code)
                except exceptions.TransferFailed as error:
                    print("TransferFailed", bool(error.checkpoint))
    """
    refusal = LoopbackServer(lambda *_: http({"message": "no"}, 403))
    with refusal as refusing, LoopbackServer(lambda *_: []) as broken:
        urls = [server.url, refusing.url, broken.url]
        printed = run(code, *urls, str(prefetch), path=[NIQUESTS])
        assert ["25 25", "PageFailed 403", "TransferFailed True"] == printed
        assert PAGES == len(server.requests)
        assert 2 == len(broken.requests)


NO_SESSIONS = {
    "httpx": ("httpx", "Client", "expected a requests session, got httpx.Client"),
    "requests": ("requests", None, r"got the module requests; write requests\.Session\(\)"),
    "requests-futures": (
        "requests_futures.sessions",
        "FuturesSession",
        r"got requests_futures\.sessions\.FuturesSession, which answers with futures",
    ),
    "curl_cffi": ("curl_cffi.requests", "Session", r"got curl_cffi\.requests\.session\.Session"),
}


@pytest.mark.parametrize(("module", "name", "words"), NO_SESSIONS.values(), ids=NO_SESSIONS)
def test_what_is_no_session_of_requests(server, module, name, words):
    """It is refused at the call, by its name, and nothing is sent."""
    given = importlib.import_module(module)
    with nullcontext(given) if name is None else getattr(given, name)() as client:
        with pytest.raises(TypeError, match=f"^session: .*{words}"):
            get_all(server.url, session=client)
    assert 0 == server.connections
