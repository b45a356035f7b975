"""A cache between a listing and its server: whose rows it holds, and whether they are whole."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import pytest
import requests
from requests.auth import HTTPBasicAuth
from requests_cache import CachedSession

from requests_paginate import get_all, request_all
from requests_paginate.exceptions import PaginationWarning
from tests.loopback import LoopbackServer, http

KEY = {"headers": {"X-API-KEY": "s3cret"}}


def told_of(options, **settings):
    """What is told when a listing is made through a cache."""
    with CachedSession(backend="memory", **settings) as session:
        session.headers.update(options.pop("of_session", {}))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            get_all("https://api.test/rows", session=session, **options)
    return [str(warning.message) for warning in caught if warning.category is PaginationWarning]


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (KEY, {}),
        ({"auth": ("ana", "s3cret")}, {}),
        ({"auth": HTTPBasicAuth("ana", "s3cret")}, {"match_headers": True}),
        ({"auth": lambda request: request}, {}),
        ({"of_session": {"Authorization": "Bearer s3cret"}}, {}),
        ({"of_session": {"X-Access-Token": "s3cret"}}, {"match_headers": ["Accept"]}),
        ({"params": {"api_key": "s3cret"}}, {}),
        ({"params": {"access_token": "s3cret"}}, {}),
        ({"cookies": {"sid": "s3cret"}}, {}),
        ({"headers": {"Stripe-Account": "s3cret"}}, {}),
    ],
)
def test_a_cache_that_does_not_tell_accounts_apart(options, settings):
    """It would give one account the rows of another; the key itself is not shown."""
    (said,) = told_of({**options}, **settings)
    assert "does not tell one account from another" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({}, {}),
        ({"headers": {"Accept": "application/json"}}, {}),
        (KEY, {"match_headers": ["X-API-KEY"]}),
        (KEY, {"match_headers": True}),
        (KEY, {"key_fn": lambda request, **_: str(request.headers)}),
        ({"params": {"api_key": "s3cret"}}, {"ignored_parameters": []}),
        ({"cookies": {"sid": "s3cret"}}, {"match_headers": ["Cookie"]}),
        ({"headers": {"Stripe-Account": "s3cret"}}, {"match_headers": ["Stripe-Account"]}),
        ({"params": {"q": "all"}}, {}),
    ],
)
def test_a_cache_that_does(options, settings):
    """Its keys hold what tells them apart, or nothing does."""
    assert [] == told_of({**options}, **settings)


@pytest.mark.parametrize(("settings", "is_told"), [({}, True), ({"ignored_parameters": []}, False)])
def test_a_key_in_the_body_of_a_post(settings, is_told):
    """Fields with secret-like names are left out of the cache's keys, too."""
    with CachedSession(backend="memory", allowable_methods=["POST"], **settings) as session:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            request_all("POST", "https://api.test/rows", session=session, json={"api_key": "x"})
    assert is_told is bool(caught)


def test_a_cache_of_another_kind():
    """What makes its keys in another way is left alone."""
    session = requests.Session()
    session.cache = SimpleNamespace(create_key=lambda: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        get_all("https://api.test/rows", session=session, **KEY)


@pytest.mark.parametrize("prefetch", [0, 2])
def test_another_try_gets_past_a_cache(prefetch):
    """A broken page that was kept is asked for again; the caller's own header goes before."""
    pages = [http(b'[{"id"'), http([{"id": 1}])]
    with LoopbackServer(lambda *_: pages.pop(0)) as server:
        with CachedSession(backend="memory") as session:
            options = {"session": session, "prefetch": prefetch, "retries": 1}
            assert [{"id": 1}] == list(get_all(server.url, **options))
        sent = [request.lower() for request in server.requests]
        assert [False, True] == ["cache-control: no-cache" in request for request in sent]
    pages = [http({}, 503), http([1])]
    with LoopbackServer(lambda *_: pages.pop(0)) as server, requests.Session() as session:
        own = {"Cache-Control": "max-age=5"}
        assert [1] == list(get_all(server.url, headers=own, retries=1, session=session))
        assert all("cache-control: max-age=5" in request.lower() for request in server.requests)
