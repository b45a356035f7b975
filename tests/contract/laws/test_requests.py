"""Laws 3, 4, 6 and 7: no request too many, every row once, nothing injected, sessions and strategies as they are."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json

import pytest
import requests

from requests_paginate import get_all, request_all, strategies
from tests.contract.laws.providers import BELVO, PLUGGY
from tests.loopback import LoopbackServer, http


def belvo(session, provider, **options):
    options.setdefault("params", {"link": BELVO.link_ids[0], "page_size": 100})
    return session.get_all(
        f"{provider.url}/api/transactions/",
        auth=(BELVO.secret_id, BELVO.secret_password),
        **options,
    )


def pluggy(session, provider, path="/v2/transactions", **options):
    return session.get_all(
        provider.url + path,
        params={"accountId": PLUGGY.account_ids[0]},
        headers={"X-API-KEY": PLUGGY.api_key},
        **options,
    )


# Law 3: lazy
def test_law_3_the_call_makes_no_request(session, provider):
    """A listing that nobody reads costs nothing."""
    listing = belvo(session, provider)
    assert (0, 0) == (sum(provider.requests.values()), listing.stats.requests)


def test_law_3_the_first_row_makes_one_request(session, provider):
    """Reading one row reads one page."""
    next(belvo(session, provider))
    assert 1 == sum(provider.requests.values())


def test_law_3_break_after_five_rows_of_thirty_pages(session, provider):
    """A consumer that stops early has cost one request."""
    for number, _ in enumerate(belvo(session, provider), 1):
        if number == 5:
            break
    assert {"/api/transactions/": 1} == dict(provider.requests)


def test_law_3_a_page_is_requested_when_its_first_row_is_needed(session, provider):
    """The last row of a page does not fetch the next one."""
    listing = belvo(session, provider)
    for _ in range(100):
        next(listing)
    assert 1 == sum(provider.requests.values())
    next(listing)
    assert 2 == sum(provider.requests.values())


def test_law_3_max_items_at_a_page_border_requests_no_more(session, provider):
    """A limit that a page fills exactly asks for no further page."""
    assert 100 == len(list(belvo(session, provider, max_items=100)))
    assert 1 == sum(provider.requests.values())


# Law 4: order and once
@pytest.mark.parametrize("path", ["/transactions", "/v2/transactions"])
def test_law_4_every_row_once_and_in_order(session, provider, path):
    """Both of Pluggy's models give the account's transactions, each once, in the server's order."""
    listing = pluggy(session, provider, path)
    assert 2000 == len({row["id"] for row in listing})
    again = [row["id"] for row in pluggy(session, provider, path)]
    expected = [row["id"] for row in PLUGGY.transaction_rows(PLUGGY.account_ids[0])]
    assert sorted(expected) == sorted(again)
    assert listing.complete


@pytest.mark.parametrize("prefetch", [0, 1, 8])
def test_law_4_with_any_prefetch(session, provider, prefetch):
    """Prefetching changes neither rows nor order."""
    rows = [row["id"] for row in belvo(session, provider, prefetch=prefetch)]
    assert [row["id"] for row in BELVO.transaction_rows(BELVO.link_ids[0])] == rows


# Law 6: send what the caller sent
def test_law_6_nothing_is_injected_and_everything_survives(session, provider):
    """Page 1 is exactly the caller's request; links are followed byte for byte."""
    pages = [
        http({"results": [1], "next": "/items?b=%7e%2B+x&a=1&cursor=a%3D%3D"}),
        http({"results": [2], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        rows = get_all(
            f"{server.url}/items", session=session, params={"f": ["x", "y"]}, cookies={"c": "1"}
        )
        assert [1, 2] == list(rows)
        # requests quotes what it sends: of an escaped unreserved character it makes a plain one
        assert ["/items?f=x&f=y", "/items?b=~%2B+x&a=1&cursor=a%3D%3D"] == server.paths()
        assert all("Cookie: c=1" in request for request in server.requests)


def test_law_6_filters_and_body_survive_to_the_last_page():
    """A POST's filters stay in its body, beside the moving cursor."""

    def answer(number, _):
        return http({"items": [number], "next_cursor": str(number) if number < 2 else None})

    with LoopbackServer(answer) as server, requests.Session() as session:
        rows = request_all("POST", server.url, session=session, json={"filter": {"a": [1]}})
        assert [0, 1, 2] == list(rows)
        bodies = [json.loads(request.partition("\r\n\r\n")[2]) for request in server.requests]
        assert [
            {"filter": {"a": [1]}},
            {"filter": {"a": [1]}, "cursor": "0"},
            {"filter": {"a": [1]}, "cursor": "1"},
        ] == bodies


# Law 7: a session is used through its own methods
def test_law_7_an_overridden_request_is_called_for_every_page():
    """A session that overrides `request` sees every page."""
    seen = []

    class Watching(requests.Session):
        def request(self, method, url, **options):
            seen.append(url)
            return super().request(method, url, **options)

    pages = [http({"results": [1], "next": "?page=2"}), http({"results": [2], "next": None})]
    with LoopbackServer(pages) as server, Watching() as session:
        assert [1, 2] == list(get_all(server.url, session=session))
        assert [server.url, f"{server.url}/?page=2"] == seen


def test_law_7_the_strategies_are_values():
    """A strategy that two listings share carries nothing from one to the other."""
    strategy = strategies.Offset("offset", total="total", items="items")

    def answer(number, request):
        offset = int((request.partition("offset=")[2] or "0").split("&")[0].split(" ")[0])
        return http({"items": [offset], "total": 3})

    with LoopbackServer(answer) as server, requests.Session() as session:
        first = get_all(server.url, session=session, strategy=strategy)
        assert [0, 1] == [next(first), next(first)]
        assert [0, 1, 2] == list(get_all(server.url, session=session, strategy=strategy))
        assert [2] == list(first)
