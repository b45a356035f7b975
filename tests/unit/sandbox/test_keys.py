"""Keys that expire."""

import base64
import json

import pytest

from requests_paginate.sandbox import ExpiringKeys, Pluggy
from tests.unit.sandbox.clock import Clock
from tests.unit.sandbox.dialects import ACCOUNT, PLUGGY, ask

LOGIN = b'{"clientId":"sandbox-client-id","clientSecret":"sandbox-client-secret"}'
LIST = f"/v2/transactions?accountId={ACCOUNT}"


@pytest.fixture
def clock():
    return Clock()


def log_in(keys, body=LOGIN):
    return ask(keys, "/auth", method="POST", body=body).json()["apiKey"]


def status(keys, key, url=LIST, **fields):
    return ask(keys, url, headers={"x-api-key": key}, **fields).status


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_key_is_a_jwt(clock):
    """A key has three parts, and says when it was given and when it ends: two hours later."""
    key = log_in(ExpiringKeys(dialect=PLUGGY, clock=clock))
    assert 3 == len(key.split("."))
    claims = claims_of(key)
    assert (1_800_000_000, 1_800_007_200) == (claims["iat"], claims["exp"])


@pytest.mark.parametrize(("seconds", "expected"), [(0, 200), (7199.9, 200), (7200, 403)])
def test_a_key_ends_by_the_clock(clock, seconds, expected):
    """A key is good for two hours, less a moment."""
    keys = ExpiringKeys(dialect=PLUGGY, clock=clock)
    key = log_in(keys)
    clock.sleep(seconds)
    assert expected == status(keys, key)


def test_a_key_ends_after_some_requests(clock):
    """A key is good for as many requests as was said, and the next key for as many again."""
    keys = ExpiringKeys(dialect=PLUGGY, requests=2, clock=clock)
    first = log_in(keys)
    assert [200, 200, 403, 403] == [status(keys, first) for _ in range(4)]
    assert 200 == status(keys, log_in(keys))


def test_keys_are_told_apart(clock):
    """Two keys of one second differ, and the older one stays good."""
    keys = ExpiringKeys(dialect=PLUGGY, clock=clock)
    first, second = log_in(keys), log_in(keys)
    assert first != second
    assert [200, 200] == [status(keys, first), status(keys, second)]


@pytest.mark.parametrize("refused", [401, 403])
def test_no_other_key_is_good(clock, refused):
    """Neither the key behind nor an invented one is good; the status is the one that was asked."""
    keys = ExpiringKeys(dialect=PLUGGY, status=refused, clock=clock)
    for key in ("", "a.b.c", PLUGGY.api_key):
        response = ask(keys, LIST, headers={"x-api-key": key})
        assert (refused, refused) == (response.status, response.json()["code"])


def test_wrong_secrets_get_no_key(clock):
    """A refusal of /auth passes unchanged."""
    keys = ExpiringKeys(dialect=PLUGGY, clock=clock)
    assert 401 == ask(keys, "/auth", method="POST", body=b"{}").status


def test_a_connect_token(clock):
    """A connect token is a JWT of half an hour, for the item and its accounts alone."""
    keys = ExpiringKeys(dialect=PLUGGY, clock=clock)
    sent = {"X-API-KEY": log_in(keys)}
    token = ask(keys, "/connect_token", method="POST", headers=sent).json()["accessToken"]
    assert 1_800_001_800 == claims_of(token)["exp"]
    accounts = f"/accounts?itemId={PLUGGY.item_id}"
    assert [200, 200, 403] == [
        status(keys, token, url) for url in (accounts, f"/items/{PLUGGY.item_id}", LIST)
    ]
    clock.sleep(1800)
    assert 403 == status(keys, token, accounts)


def test_the_deprecated_client_s_key(clock):
    """What a client may do stays with its keys: v1 is gone for some of them, and not for all."""
    keys = ExpiringKeys(dialect=PLUGGY, clock=clock)
    deprecated = log_in(keys, LOGIN.replace(b"sandbox-client-id", b"sandbox-deprecated-client-id"))
    v1 = f"/transactions?accountId={ACCOUNT}"
    assert [410, 200] == [status(keys, deprecated, v1), status(keys, log_in(keys), v1)]


def test_other_paths():
    """It knows the paths of the dialect behind, and keeps the keys out of its repr."""
    keys = ExpiringKeys(dialect=Pluggy())
    key = log_in(keys)
    assert (True, False) == (keys.knows("/auth"), keys.knows("/api/links/"))
    assert key not in repr(keys)
