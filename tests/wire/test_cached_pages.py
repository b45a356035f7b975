"""Pages of a cache that were stored at different times are no listing that ever was."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
import requests_cache

from requests_paginate import exceptions, get_all
from requests_paginate._listing.options import Options
from requests_paginate._listing.shared_cache import Stored
from tests.loopback import LoopbackServer, http

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)


def by_page(_, request):
    """Two pages that tell no total."""
    number = 2 if "page=2" in request else 1
    return http({"results": [{"id": number}], "next": "?page=2" if number == 1 else None})


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_first_page_that_expired_alone_is_told(prefetch):
    """The rows are handed out, with one warning and a doubt about the whole."""
    with LoopbackServer(by_page) as server:
        session = requests_cache.CachedSession(backend="memory")
        with session:
            assert [1, 2] == [row["id"] for row in get_all(server.url, session=session)]
            session.cache.delete(requests=[session.get(server.url).request])
            listing = get_all(server.url, session=session, prefetch=prefetch)
            with pytest.warns(exceptions.ListingChanged, match="stored a page before") as told:
                assert [1, 2] == [row["id"] for row in listing]
        assert (1, False, 1) == (len(told), listing.complete, len(listing.doubts))


def test_pages_that_were_stored_one_after_the_other_are_quiet():
    """A second listing from the same cache is as the first one was."""
    with (
        LoopbackServer(by_page) as server,
        requests_cache.CachedSession(backend="memory") as session,
    ):
        for _ in range(2):
            listing = get_all(server.url, session=session)
            assert ([1, 2], True) == ([row["id"] for row in listing], listing.complete)


def stored(seconds, **fields):
    """What a cache says of a response that it stored so many seconds after another."""
    at = NOW + timedelta(seconds=seconds)
    return Stored.read(SimpleNamespace(**{"created_at": at, "from_cache": True, **fields}))


@pytest.mark.parametrize(
    ("page", "before", "options", "expected"),
    [
        (stored(0), stored(1), {}, True),
        (stored(0), stored(1, from_cache=False), {}, True),
        (stored(1), stored(0), {}, False),
        (stored(0), stored(0), {}, False),
        (stored(0), stored(9), {"prefetch": 1}, False),  # they may have been fetched at once
        (stored(0), stored(301), {"prefetch": 1}, True),  # no page takes longer
        (stored(0), stored(9), {"prefetch": 1, "deadline": 8}, True),
        (stored(0), stored(9999), {"prefetch": 1, "deadline": None}, False),
        (stored(0), stored(1, from_cache=False), {"prefetch": 1}, True),
        (stored(0, from_cache=False), stored(1), {}, False),
        (stored(0), None, {}, False),
    ],
)
def test_what_two_pages_may_differ_by(page, before, options, expected):
    """A page is older than the one before if it was stored before that was fetched."""
    assert expected is bool(page.find_change(before, Options(**options)))


@pytest.mark.parametrize(
    "response",
    [None, SimpleNamespace(), SimpleNamespace(created_at="yesterday"),
     SimpleNamespace(created_at=NOW, from_cache=True, revalidated=True)],
)  # fmt: skip
def test_what_says_nothing_of_a_cache(response):
    """Other sessions say nothing, and a page that was validated just now is current."""
    assert None is Stored.read(response)
