"""Classes made of this library's session and of the mixins of others."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import PaginatedSession, PaginationMixin, exceptions

from .docs import defined
from .orders import HTTPS_ONLY, INERT, ORDERS, WORKS
from .pages import PAGES, ROWS

pytestmark = pytest.mark.integration


def make_session(order):
    """Return a session of a class with these bases, made with the options of all of them."""
    from requests_cache import CachedSession, CacheMixin
    from requests_ratelimiter import LimiterMixin, LimiterSession

    bases = (CacheMixin, CachedSession, LimiterMixin, LimiterSession, PaginationMixin)
    known = {base.__name__: base for base in (*bases, PaginatedSession)}
    known["OpenSession"] = defined("OpenSession")
    known["requests.Session"] = requests.Session
    names = order.split(", ")
    options = {}
    if {"CacheMixin", "CachedSession"} & {*names}:
        options["backend"] = "memory"
    if {"LimiterMixin", "LimiterSession"} & {*names}:
        options["per_second"] = 1000
    if "PaginatedSession" in names:
        options["allow_http"] = True
    return type("Session", tuple(known[name] for name in names), {})(**options)


@pytest.fixture
def asked(monkeypatch):
    """The requests that a limiter was asked to let pass."""
    from pyrate_limiter import Limiter

    seen, acquire = [], Limiter.try_acquire

    def try_acquire(self, *arguments, **options):
        seen.append(arguments)
        return acquire(self, *arguments, **options)

    monkeypatch.setattr(Limiter, "try_acquire", try_acquire)
    return seen


def count_limited(session, url, prefetch, asked):
    """List, and return how many requests the limiter was asked for."""
    before = len(asked)
    assert ROWS == list(session.get_all(url, prefetch=prefetch))
    return len(asked) - before


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("order", [order for order in ORDERS if ORDERS[order] == WORKS])
def test_orders_that_work(server, asked, order, prefetch):
    """Cache and limiter are asked for every page, and `allow_http` holds."""
    with make_session(order) as session:
        limited = PAGES if "Limiter" in order else 0
        assert limited == count_limited(session, server.url, prefetch, asked)
        sent = len(server.requests)
        again = 0 if "Cache" in order else limited
        assert again == count_limited(session, server.url, prefetch, asked)
        assert (PAGES, PAGES + again) == (sent, len(server.requests))


@pytest.mark.parametrize("order", [order for order in ORDERS if ORDERS[order] == HTTPS_ONLY])
def test_orders_that_lose_options(server, asked, order):
    """`allow_http` is lost, and http is refused; what is mounted by hand holds."""
    with make_session(order) as session:
        with pytest.raises(exceptions.InsecureTransport):
            list(session.get_all(server.url))
        assert 0 == server.connections
        session.mount("http://", requests.adapters.HTTPAdapter())
        assert count_limited(session, server.url, 0, asked) > 0
        assert PAGES == len(server.requests)


@pytest.mark.parametrize("order", [order for order in ORDERS if ORDERS[order] == INERT])
def test_orders_with_a_mixin_that_does_nothing(server, asked, order):
    """A mixin that stands behind the session is never reached, and nobody says so."""
    with make_session(order) as session:
        assert 0 == count_limited(session, server.url, 0, asked)


@pytest.mark.parametrize("order", [order for order in ORDERS if ORDERS[order].startswith("Type")])
def test_orders_that_raise(order):
    """A session that stands before the mixins refuses their options, by name."""
    with pytest.raises(TypeError, match=ORDERS[order].partition(" ")[2]):
        make_session(order)
