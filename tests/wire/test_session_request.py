"""Sessions that have their own way of sending, over real sockets."""

from __future__ import annotations

from functools import partial
from unittest import mock

import pytest
import requests
import requests_cache
from requests_ratelimiter import LimiterSession

from requests_paginate import get_all
from requests_paginate._transport.session_request import (
    PreparedSessionRequest,
    SessionRequest,
    choose_session_request,
    is_own_request,
)
from tests.loopback import LoopbackServer, http


class Preparing(requests.Session):
    """Has its own way to prepare a request, a new number in each."""

    count = 0

    def prepare_request(self, request):
        prepared = super().prepare_request(request)
        self.count += 1
        prepared.headers["X-Count"] = str(self.count)
        return prepared


class Sending(requests.Session):
    """Overrides `send` alone, as rate limiters do."""

    def __init__(self):
        super().__init__()
        self.sends = 0

    def send(self, request, **options):
        self.sends += 1
        return super().send(request, **options)


PAGES = 4


def answer(number, _):
    return http(
        {"results": [number], "next": f"?page={number + 2}" if number + 1 < PAGES else None}
    )


def test_an_overridden_send_is_called_for_every_page():
    """A subclass that overrides `send` sees each page once."""
    with LoopbackServer(answer) as server, Sending() as session:
        assert is_own_request(session)
        assert [*range(PAGES)] == list(get_all(server.url, session=session))
        assert PAGES == session.sends


def test_an_overridden_preparation_is_called_for_every_page():
    """A subclass that prepares requests in its own way does so for each page."""
    with LoopbackServer(answer) as server, Preparing() as session:
        list(get_all(server.url, session=session))
        assert all(f"X-Count: {n + 1}" in each for n, each in enumerate(server.requests))


def test_a_rate_limiter_that_overrides_send_is_asked():
    """requests-ratelimiter counts every page."""
    with LoopbackServer(answer) as server, LimiterSession(per_second=1000) as session:
        assert is_own_request(session)
        with mock.patch.object(
            session.limiter, "try_acquire", wraps=session.limiter.try_acquire
        ) as asked:
            list(get_all(server.url, session=session))
        assert PAGES == asked.call_count


def request_by_partial(session):
    session.request = partial(session.request, timeout=5)


def request_by_function(session):
    own = session.request

    def request(*args, **options):
        return own(*args, **options)

    session.request = request


@pytest.mark.parametrize("override", [request_by_partial, request_by_function])
def test_a_request_put_on_the_instance_is_overridden(override):
    """`session.request = partial(...)` is called for every page."""
    with requests.Session() as session:
        assert type(choose_session_request(session)) is PreparedSessionRequest
        override(session)
        assert not is_own_request(session)
        assert type(choose_session_request(session)) is SessionRequest


def test_a_patched_request_is_called_for_every_page():
    """`mock.patch` on the class counts as overridden, also while a listing is under way."""
    calls = []
    own = requests.Session.request

    def counting(self, *args, **options):
        calls.append(args)
        return own(self, *args, **options)

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        rows = [next(listing)]
        with mock.patch.object(requests.Session, "request", counting):
            assert not is_own_request(session)
            rows += listing
        assert [*range(PAGES)] == rows
        assert PAGES - 1 == len(calls)


def test_a_caching_session_is_no_plain_one(tmp_path):
    """requests-cache overrides `request`."""
    with requests_cache.CachedSession(backend="memory") as session:
        assert not is_own_request(session)
