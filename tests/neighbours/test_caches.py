"""Caches between a listing and its server."""

from __future__ import annotations

import pytest

from requests_paginate import PaginatedSession, exceptions, get_all
from tests.loopback import LoopbackServer, http

from .docs import defined
from .pages import PAGES, ROWS, Refusing, number_in, page

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 3])


def of_account(_, request, **headers):
    """Answers with a row of the account that the key or the user names."""
    lines = request.lower().split("\r\n")
    (who,) = [line for line in lines if line.startswith(("x-api-key:", "authorization:"))]
    return http({"page": 1, "total_pages": 1, "results": [{"id": who}]}, **headers)


@with_prefetch
def test_requests_cache(server, prefetch):
    """A second listing sends nothing."""
    from requests_cache import CachedSession

    with CachedSession(backend="memory") as session:
        for _ in range(2):
            assert ROWS == list(get_all(server.url, session=session, prefetch=prefetch))
    assert PAGES == len(server.requests)


BASIC, BY_HEADER = {"auth": ("a", "p")}, {"headers": {"X-API-KEY": "a"}}


@pytest.mark.parametrize(
    ("credentials", "matched"), [(BASIC, False), (BASIC, ["Authorization"]), (BY_HEADER, False)]
)
def test_requests_cache_that_accounts_share(credentials, matched):
    """One cache for two accounts is warned of at the call, since it mixes up their rows."""
    from requests_cache import CachedSession

    with CachedSession(backend="memory", match_headers=matched) as session:
        with pytest.warns(exceptions.PaginationWarning, match="does not tell one account from"):
            get_all("http://localhost/", session=session, **credentials)


def test_requests_cache_that_matches_a_header():
    """With `match_headers=` each key has rows of its own, and nothing is warned of."""
    from requests_cache import CachedSession

    with LoopbackServer(of_account) as server:
        with CachedSession(backend="memory", match_headers=["X-API-KEY"]) as session:
            for key in ("a", "b", "a"):
                listing = get_all(server.url, session=session, headers={"X-API-KEY": key})
                assert [{"id": f"x-api-key: {key}"}] == list(listing)
        assert 2 == len(server.requests)


def test_requests_cache_whose_keys_hold_the_account():
    """With the documented `key_fn=` two accounts share a cache, and it keeps no credentials."""
    from requests_cache import CachedSession

    with LoopbackServer(of_account) as server:
        with CachedSession(backend="memory", key_fn=defined("account_key")) as session:
            seen = [
                row["id"]
                for user in "aba"
                for row in get_all(server.url, session=session, auth=(user, "p"))
            ]
            kept = [dict(response.request.headers) for response in session.cache.filter()]
        assert seen[0] == seen[2] != seen[1]
        assert ["REDACTED"] * 2 == [headers["Authorization"] for headers in kept]
        assert 2 == len(server.requests)


@with_prefetch
def test_requests_cache_that_only_answers_from_itself(server, prefetch):
    """With `only_if_cached=True` a page that it does not have is PageFailed with 504."""
    from requests_cache import CachedSession

    with CachedSession(backend="memory") as session:
        list(get_all(server.url, session=session, max_pages=2))
        options = {"only_if_cached": True, "prefetch": prefetch}
        listing = get_all(server.url, session=session, **options)
        assert ROWS[:10] == [next(listing) for _ in range(10)]
        with pytest.raises(exceptions.PageFailed, match="504") as caught:
            next(listing)
    assert 0 == listing.stats.retries
    assert (504, 2) == (caught.value.response.status_code, caught.value.page_index)
    assert 2 == len(server.requests)


def test_requests_cache_reads_a_body_before_it_is_measured():
    """`max_page_bytes` refuses a page that the session has read to its end, and kept."""
    from requests_cache import CachedSession

    large = b'{"results": [1], "blob": "' + b"x" * 2_000_000 + b'"}'
    with LoopbackServer(lambda *_: http(large)) as server:
        with CachedSession(backend="memory") as session:
            with pytest.raises(exceptions.PageTooLarge):
                list(get_all(server.url, session=session, max_page_bytes=1000))
            assert [len(large)] == [response.size for response in session.cache.filter()]


@with_prefetch
@pytest.mark.parametrize("rfc", [False, True])
def test_hishel(tmp_path, prefetch, rfc):
    """A second listing comes from the adapter's storage."""
    import hishel
    from hishel.requests import CacheAdapter

    def answer(_, request):
        return http(page(number_in(request)), cache_control="max-age=60")

    with LoopbackServer(answer) as server, PaginatedSession(allow_http=True) as session:
        storage = hishel.SqliteStorage(database_path=str(tmp_path / "cache.db"))
        session.mount("http://", CacheAdapter(storage=storage, rfc=rfc))
        for _ in range(2):
            assert ROWS == list(session.get_all(server.url, prefetch=prefetch))
        assert PAGES == len(server.requests)


@pytest.mark.parametrize("rfc", [False, True])
def test_hishel_that_accounts_share(tmp_path, rfc):
    """One storage for two accounts mixes up their rows; a warning says that it may."""
    import hishel
    from hishel.requests import CacheAdapter

    def answer(number, request):
        return of_account(number, request, cache_control="max-age=60")

    with LoopbackServer(answer) as server:
        for key in ("a", "b"):
            with PaginatedSession(allow_http=True) as session:
                storage = hishel.SqliteStorage(database_path=str(tmp_path / "cache.db"))
                session.mount("http://", CacheAdapter(storage=storage, rfc=rfc))
                session.headers["X-API-KEY"] = key
                with pytest.warns(exceptions.PaginationWarning, match="keys hold 'X-API-KEY'"):
                    listing = session.get_all(server.url)
                assert [{"id": "x-api-key: a"}] == list(listing)
        assert 1 == len(server.requests)


def test_hishel_with_a_storage_for_each_account(tmp_path):
    """Two accounts with a storage each get rows of their own."""
    import hishel
    from hishel.requests import CacheAdapter

    with LoopbackServer(of_account) as server:
        for key in ("a", "b", "a"):
            with PaginatedSession(allow_http=True) as session:
                storage = hishel.SqliteStorage(database_path=str(tmp_path / f"{key}.db"))
                session.mount("http://", CacheAdapter(storage=storage))
                session.headers["X-API-KEY"] = key
                with pytest.warns(
                    exceptions.PaginationWarning, match="Give each account a cache of its own"
                ):
                    listing = session.get_all(server.url)
                assert [{"id": f"x-api-key: {key}"}] == list(listing)
        assert 2 == len(server.requests)


@pytest.mark.parametrize("rfc", [True, False])
def test_hishel_with_a_broken_page(tmp_path, rfc):
    """Another try gets past a broken page that the adapter has kept, but only with `rfc=True`."""
    import hishel
    from hishel.requests import CacheAdapter

    broken = http(b'{"page": 1, "results": [', cache_control="max-age=60")
    with LoopbackServer(Refusing(1, broken)) as server:
        with PaginatedSession(allow_http=True) as session:
            storage = hishel.SqliteStorage(database_path=str(tmp_path / "cache.db"))
            session.mount("http://", CacheAdapter(storage=storage, rfc=rfc))
            listing = session.get_all(server.url, retries=1)
            if rfc:
                assert ROWS == list(listing)
            else:
                with pytest.raises(exceptions.MalformedPage):
                    next(listing)
        assert (PAGES + 1 if rfc else 1) == len(server.requests)
