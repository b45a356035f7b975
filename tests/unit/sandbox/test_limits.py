"""A limit of requests in a minute."""

import pytest

from requests_paginate.sandbox import Belvo, RateLimited, Request
from tests.unit.sandbox.clock import Clock
from tests.unit.sandbox.dialects import ACCOUNT, BELVO, LINK, PLUGGY, ask

LIST = f"/v2/transactions?accountId={ACCOUNT}"
KEY = {"X-API-KEY": PLUGGY.api_key}


@pytest.fixture
def clock():
    return Clock()


def statuses(limited, count, url=LIST):
    return [ask(limited, url, headers=KEY).status for _ in range(count)]


def test_the_documented_limit(clock):
    """360 requests in a minute are answered, and the next is a 429 in Pluggy's shape."""
    limited = RateLimited(dialect=PLUGGY, clock=clock)
    assert [200] * 360 + [429] == statuses(limited, 361)
    assert {"code", "message"} == set(ask(limited, LIST, headers=KEY).json())


@pytest.mark.parametrize(("passed", "reset"), [(0, "60"), (12.5, "48"), (59.9, "1")])
def test_the_headers(clock, passed, reset):
    """RateLimit-Reset has the true seconds, rounded up, and Retry-After is always 60."""
    limited = RateLimited(dialect=PLUGGY, limit=1, clock=clock)
    statuses(limited, 1)
    clock.sleep(passed)
    headers = dict(ask(limited, LIST, headers=KEY).headers)
    assert ("1", reset, "60") == tuple(
        headers[name] for name in ("RateLimit-Limit", "RateLimit-Reset", "Retry-After")
    )


@pytest.mark.parametrize(("minute", "passed", "expected"), [(60, 59.9, 429), (60, 60, 200),
                                                           (0.5, 0.5, 200)])  # fmt: skip
def test_a_new_minute(clock, minute, passed, expected):
    """After a minute, which may be made shorter, requests are answered again."""
    limited = RateLimited(dialect=PLUGGY, limit=2, minute=minute, clock=clock)
    assert [200, 200, 429] == statuses(limited, 3)
    clock.sleep(passed)
    assert [expected] == statuses(limited, 1)


def test_each_endpoint_counts_for_itself(clock):
    """Another path or method has a limit of its own; another id has not; /auth counts too."""
    limited = RateLimited(dialect=PLUGGY, limit=1, clock=clock)
    rows = PLUGGY.transaction_rows(ACCOUNT)
    assert [200, 200, 429] == [
        *statuses(limited, 1),
        *statuses(limited, 1, f"/transactions/{rows[0]['id']}"),
        *statuses(limited, 1, f"/transactions/{rows[1]['id']}"),
    ]
    assert [401, 429] == [ask(limited, "/auth", method="POST", body=b"{}").status for _ in "12"]


def test_each_client_counts_for_itself(clock):
    """Another address has a limit of its own."""
    limited = RateLimited(dialect=PLUGGY, limit=1, clock=clock)
    asked = [Request(path="/auth", client=client) for client in ("127.0.0.1", "127.0.0.2") * 2]
    assert [405, 405, 429, 429] == [limited.respond(request).status for request in asked]


def test_belvo_s_words(clock):
    """Around Belvo the 429 is a list of errors."""
    limited = RateLimited(dialect=BELVO, limit=0, clock=clock, refuse=Belvo.refuse_excess)
    response = ask(limited, f"/api/transactions/?link={LINK}")
    assert (429, "too_many_requests") == (response.status, response.json()[0]["code"])
    assert (True, False) == (limited.knows("/api/links/"), limited.knows("/auth"))
