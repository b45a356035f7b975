"""No secret of the caller leaves, wherever it was put and however a server repeats it."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
import requests

from requests_paginate import PageRequest
from requests_paginate._transport import secrets
from requests_paginate._transport.secrets import SessionSecrets
from requests_paginate._transport.session_request import SessionRequest
from tests import secrets_matrix
from tests.secrets_matrix import ECHOES, KNOWN, OUTPUTS, PLACES, SPELLED


@pytest.fixture(autouse=True, scope="module")
def netrc():
    # each error looks through all variables for proxies: a few make a third of the time
    few = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    with patch.dict(os.environ, few, clear=True), secrets_matrix.netrc_file():
        yield


def pairs_of(place):
    """Every echo, of the spellings a quarter, with whether the command line is run on it.

    Every four places have each spelling, and every sixteen the command line after each echo.
    """
    number = list(PLACES).index(place)
    chosen = [*ECHOES, *list(SPELLED)[number % 4 :: 4]]
    return [(echo, (number + at) % 16 == 0) for at, echo in enumerate(chosen)]


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_leaks(place):
    """Of a secret in one place, no output shows an echo, but for what is known."""
    leaks = [
        (echo, output)
        for echo, runs_command in pairs_of(place)
        for output in secrets_matrix.find_leaks(place, echo, runs_command=runs_command)
        if secrets_matrix.explain(place, echo, output) is None
    ]
    assert [] == leaks


@pytest.mark.parametrize("why", KNOWN)
def test_what_is_known_to_leak_does(why):
    """What was mended is no longer excused."""
    assert any(
        KNOWN[why](place, echo, output)
        for place in ("netrc", "params", "auth that adds a header")
        for echo in ("the name of the rows", "a link, a plain name", "a link's path")
        for output in secrets_matrix.find_leaks(place, echo)
    )


def test_the_matrix_finds_leaks(monkeypatch):
    """Where nothing is hidden by its value, nearly every output shows a secret."""
    monkeypatch.setattr(secrets, "hide_all", lambda text, _: text)
    seen = {
        output
        for echo in ("a cursor", "a message with 401", "errors beside the rows")
        for output in secrets_matrix.find_leaks("X-API-KEY", echo)
    }
    unseen = {"error.checkpoint", "checkpoint half-way", "Page.checkpoint"}  # hidden elsewhere
    assert {*OUTPUTS} - unseen - {"repr(listing)", "repr of pages", "chain of errors"} == seen


@pytest.mark.parametrize("echo", ECHOES | SPELLED)
def test_a_token_leads_to_the_same_request(echo):
    """What a token leaves out comes back byte for byte from the call that resumes."""
    place = list(PLACES)[list(ECHOES | SPELLED).index(echo) % len(PLACES)]
    whole, resumed = secrets_matrix.ask_for_second_page(place, echo)
    assert whole == resumed


# What the matrix cannot show ----------------------------------------------------------------------


def redact(text, *, first=None, sent=None, **options):
    known = SessionSecrets(SessionRequest(object()), options, first)
    if sent is not None:
        known.note(sent)
    return known.redact(text)


LONG = "AbCdEfGhIj0123456789KlMnOpQrSt"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("of REDACTED, sorry", f"of {LONG.lower()}, sorry"),
        ("of REDACTED, sorry", f"of {LONG[:16]}, sorry"),  # somebody cut it
        ("of AbCdEfGhIj01234, sorry", f"of {LONG[:15]}, sorry"),  # or it is another word
        ("of REDACTED, REDACTED", f"of {LONG}, {LONG[:20]}"),
        ("REDACTEDx", f"{LONG.encode().hex()}x"),
    ],
)
def test_how_a_long_secret_is_hidden(shown, text):
    """In any case of its letters, and where its end was cut off."""
    assert shown == redact(text, headers={"X-Key": LONG})


def test_secrets_that_begin_alike():
    """A shorter one is hidden as a whole, too."""
    keys = {"X-Key": LONG, "X-Token": f"{LONG[:20]}-other"}
    assert "REDACTED REDACTED" == redact(f"{LONG[:20]}-other {LONG}", headers=keys)


def test_the_rest_of_a_secret():
    """A value ends at `&` where it is redacted by its name; the rest goes with it."""
    key = {"X-Key": "abcdefgh&ijklmnop"}
    assert "api_key=REDACTED is bad" == redact("api_key=REDACTED&ijklmnop is bad", headers=key)
    assert "api_key=REDACTED&page=2" == redact("api_key=REDACTED&page=2", headers=key)


@pytest.mark.parametrize(
    "first",
    [
        PageRequest("GET", "https://api.test", params={"api_key": ["other", LONG]}),
        PageRequest("GET", f"https://api.test?token=other&token={LONG}"),
        PageRequest("POST", "https://api.test", json={"auth": {"word": LONG}}),
    ],
)
def test_secrets_of_the_first_request(first):
    """Its parameters are known on later pages, too."""
    assert "no REDACTED" == redact(f"no {LONG}", first=first)


@pytest.mark.parametrize(
    "sent",
    [
        requests.Request("GET", "https://api.test", headers={"Authorization": f"Token {LONG}"}),
        requests.Request("GET", f"https://api.test?api_key={LONG}"),
        requests.Request("GET", "https://api.test", auth=("me", LONG)),
    ],
)
def test_secrets_that_were_sent(sent):
    """What an auth object added is known where no response came."""
    assert "no REDACTED" == redact(f"no {LONG}", sent=sent.prepare())


@pytest.mark.parametrize("kind", [str, str.encode])
@pytest.mark.parametrize("body", [f"a=1&client_secret={LONG}", f'{{"client_secret": "{LONG}"}}'])
def test_secrets_in_a_body_that_is_text(kind, body):
    """A form and JSON are read, whether the caller wrote text or bytes."""
    assert "no REDACTED" == redact(f"no {LONG}", data=kind(body))
