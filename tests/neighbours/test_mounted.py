"""Sessions of others with a `PaginatingAdapter` on them."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import PaginatingAdapter, exceptions

from .pages import PAGES, ROWS

pytestmark = pytest.mark.integration


def rows_of(session, server):
    """The rows of one response."""
    session.mount(server.url, PaginatingAdapter())
    return session.get(server.url).json()["results"]


@pytest.mark.parametrize("backend", ["memory", "sqlite", "filesystem"])
def test_requests_cache_that_is_mounted(server, backend, tmp_path):
    """What the cache keeps is the merged response: a second get sends nothing."""
    from requests_cache import CachedSession

    with CachedSession(tmp_path / "cache", backend=backend) as session:
        assert [ROWS, ROWS] == [rows_of(session, server) for _ in range(2)]
        again = session.get(server.url)
    assert (True, PAGES) == (again.from_cache, len(server.requests))
    assert {"total_pages": 1, "total": len(ROWS)}.items() <= again.json().items()


def test_requests_ratelimiter_that_is_mounted(server):
    """A session that limits its own requests sees one; an adapter inside limits all pages."""
    from requests_ratelimiter import LimiterAdapter, LimiterSession

    with LimiterSession(per_second=1000) as session:
        assert ROWS == rows_of(session, server)

    class Counting(LimiterAdapter):
        sent = 0

        def send(self, *args, **options):
            self.sent += 1
            return super().send(*args, **options)

    limited = Counting(per_second=1000)
    with requests.Session() as session:
        session.trust_env = False
        session.mount(server.url, PaginatingAdapter(inner=limited))
        assert ROWS == session.get(server.url).json()["results"]
    assert PAGES == limited.sent


def test_requests_oauthlib_that_is_mounted(server, monkeypatch):
    """OAuth 2 sends its token with every page; OAuth 1 signs one URL, and is refused."""
    from requests_oauthlib import OAuth1Session, OAuth2Session

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    token = {"access_token": "abc", "token_type": "Bearer"}
    with OAuth2Session("me", token=token) as session:
        assert ROWS == rows_of(session, server)
    assert all("Authorization: Bearer abc" in request for request in server.requests)
    with (
        OAuth1Session("me", "s3cret", "mine", "s3cret") as session,
        pytest.raises(exceptions.PaginationError, match=r"OAuth.*get_all"),
    ):
        rows_of(session, server)


def test_requests_toolbelt_that_is_mounted(server):
    """A session with a base URL completes it above the adapter."""
    from requests_toolbelt.sessions import BaseUrlSession

    with BaseUrlSession(server.url) as session:
        session.mount(server.url, PaginatingAdapter())
        assert ROWS == session.get("rows").json()["results"]
