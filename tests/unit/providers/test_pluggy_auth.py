"""Pluggy's key: fetched once, kept while it lives, renewed once, and sent to Pluggy alone."""

from __future__ import annotations

import base64
import pickle
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import requests

from requests_paginate import PaginatedSession, get_all
from requests_paginate.exceptions import (
    DeadlineExceeded,
    InsecureTransport,
    MalformedPage,
    PageFailed,
)
from requests_paginate.providers import pluggy_auth
from requests_paginate.providers.pluggy import PluggyAuth
from tests.loopback import STALL, LoopbackServer, http
from tests.scripted import WAIT
from tests.unit.providers.key_server import LIVES, SECRETS, KeyServer, find_header, make_key

ALL = [{"id": number} for number in range(20)]


@pytest.fixture
def server():
    with KeyServer() as server:
        yield server


@pytest.fixture
def clock(monkeypatch):
    """A clock of the module under test that stands still until it is set."""
    clock = SimpleNamespace(now=1000.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(pluggy_auth, "time", clock)
    return clock


# One key for all
def test_one_key_serves_every_page_and_every_call(server):
    """A listing and the calls after it ask for one key."""
    with server.session() as session:
        assert ALL == list(session.get_all("/v2/rows"))
        assert 200 == session.get("/v2/rows").status_code
    assert 1 == server.auths


def test_eight_threads_ask_for_one_key(server):
    """Threads that all need a key wait for that of the first."""
    together = threading.Barrier(8)
    give = server.give_key

    def give_late(request):
        with suppress(threading.BrokenBarrierError):
            together.wait(0.5)  # passes only if all eight of them ask
        return give(request)

    server.give_key = give_late
    statuses = []
    with server.session() as session:
        threads = [
            threading.Thread(target=lambda: statuses.append(session.get("/v2/rows").status_code))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ([200] * 8, 1) == (statuses, server.auths)


def test_any_session_takes_it(server):
    """It is an ordinary auth object, for a session and for a single call."""
    auth = PluggyAuth(*SECRETS, base_url=server.url, session=PaginatedSession(allow_http=True))
    with requests.Session() as session:
        session.auth = auth
        assert ALL == list(get_all(f"{server.url}/v2/rows", session=session))
    assert 200 == requests.get(f"{server.url}/v2/rows", auth=auth, timeout=30).status_code
    assert 1 == server.auths


@pytest.mark.parametrize(
    "given", [{}, {"client_id": "a"}, {"client_secret": "b"},
              {"client_id": "a", "client_secret": "b", "connect_token": "c"}],
)  # fmt: skip
def test_half_of_the_secrets_is_refused(given):
    """It wants both secrets or a connect token."""
    with pytest.raises(ValueError, match="client_id and client_secret, or connect_token alone"):
        PluggyAuth(**given)


# Its life
@pytest.mark.parametrize(
    ("claims", "lives"),
    [
        ({}, LIVES),
        ({"iat": None, "nbf": 1_780_000_000}, LIVES),
        ({"exp": 1_780_000_000 + 600}, 600),
        ({"exp": None}, 7200),  # it does not say
        ({"exp": "soon"}, 7200),
        ({"exp": 5}, 7200),  # before it was issued
    ],
)
def test_a_key_is_replaced_shortly_before_it_expires(clock, claims, lives):
    """By its own words, in seconds since it came."""
    with KeyServer(**claims) as server, server.session() as session:
        asked = []
        for seconds in (0, lives - 61, lives - 59):
            clock.now = 1000.0 + seconds
            session.get("/v2/rows")
            asked.append(server.auths)
    assert [1, 1, 2] == asked


def test_a_key_without_a_time_of_issue_is_measured_from_the_answers_date(clock):
    """The Date of the response stands in for `iat`."""
    date = "Thu, 28 May 2026 20:26:40 GMT"  # 1,780,000,000
    with KeyServer() as server, server.session() as session:
        key = make_key(0, iat=None, exp=1_780_000_000 + 900)
        server.auth_answers, server.keys = [http({"apiKey": key}, date=date)], [key]
        asked = []
        for seconds in (0, 838, 842):
            clock.now = 1000.0 + seconds
            session.get("/v2/rows")
            asked.append(server.auths)
    assert [1, 1, 2] == asked


@pytest.mark.parametrize("off", [-7200, -3600, 3600, 7200])
def test_a_clock_that_is_off_changes_nothing(monkeypatch, off):
    """Only times of the server are compared with each other."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + off)
    with KeyServer(iat=int(now), exp=int(now) + 7200) as server, server.session() as session:
        assert ALL == list(session.get_all("/v2/rows"))
        assert 1 == server.auths


# Refused
@pytest.mark.parametrize("refusal", [401, 403])
@pytest.mark.parametrize("prefetch", [0, 4])
def test_a_key_that_expires_in_the_middle_is_renewed_once(server, refusal, prefetch):
    """The listing goes on with every row, and counts no failure."""
    server.refusal = refusal
    uses = []
    server.refused = lambda key: uses.append(key) or (key == server.keys[0] and len(uses) > 2)
    with server.session() as session:
        listing = session.get_all("/v2/rows", prefetch=prefetch, retries=0)
        assert ALL == list(listing)
    assert (2, 0) == (server.auths, listing.stats.retries)


def test_a_key_that_another_thread_replaced_is_not_fetched_again(server):
    """A request that still carried the old key is sent again with the new one."""
    with server.session() as session:
        late = session.prepare_request(requests.Request("GET", "/v2/rows"))
        server.refused = {server.keys[0]}
        assert 200 == session.get("/v2/rows").status_code
        assert 200 == session.send(late).status_code
    assert 2 == server.auths


def test_a_replaced_key_does_not_use_up_the_one_renewal(server):
    """Refused with an old key and with the one after it, a request still fetches a third."""
    with server.session() as session:
        late = session.prepare_request(requests.Request("GET", "/v2/rows"))
        server.refused = {server.keys[0]}
        assert 200 == session.get("/v2/rows").status_code
        server.refused = set(server.keys)
        assert 200 == session.send(late).status_code
    assert 3 == server.auths


def test_who_may_not_read_is_told_after_one_new_key(server):
    """A refusal that a new key does not change is the answer."""
    server.refused = lambda _: True
    with server.session() as session:
        with pytest.raises(PageFailed, match=r"403 .*a new apiKey was refused as well") as caught:
            next(session.get_all("/v2/rows"))
        assert 403 == session.get("/v2/rows").status_code
    assert 403 == caught.value.code
    assert 3 == server.auths


def test_a_body_is_sent_again_unless_it_was_read(server):
    """JSON is; a generator cannot be, so the refusal is the answer."""
    with server.session() as session:
        session.get("/v2/rows")
        server.refused = {server.keys[0]}
        assert {"body": '{"a": 1}'} == session.post("/v2/rows", json={"a": 1}).json()
        server.refused = set(server.keys)
        body = session.post("/v2/rows", data=iter([b"a"]), headers={"Content-Length": "1"})
        assert 403 == body.status_code


# To Pluggy alone
def test_the_key_goes_to_no_other_origin(server):
    """Neither in a call, nor after a redirect, nor to another port."""
    with LoopbackServer(lambda *_: http([])) as other, server.session() as session:
        server.other_answers["/away"] = http(b"", 302, location=f"{other.url}/landed")
        session.get(f"{other.url}/direct")
        session.get("/away")
        assert ["/direct", "/landed"] == other.paths()
        assert [None, None] == [find_header(it, "X-API-KEY") for it in other.requests]


def test_the_key_follows_a_redirect_at_home(server):
    """Relative and absolute, the key stays with the request, and is renewed there."""
    server.other_answers["/one"] = http(b"", 307, location="/two")
    server.other_answers["/two"] = http(b"", 302, location=f"{server.url}/v2/rows")
    with server.session() as session:
        assert 200 == session.get("/one").status_code
        server.refused = {server.keys[0]}
        assert 200 == session.get("/one").status_code
    assert 2 == server.auths


def test_a_redirect_that_is_no_url_gets_no_key(server):
    """What cannot be compared is another origin."""
    server.other_answers["/odd"] = http(b"", 302, location="ftp://files.example/rows")
    with server.session() as session:
        response = session.get("/odd", allow_redirects=False)
        assert 302 == response.status_code
        assert "X-API-KEY" not in response.request.headers


def test_the_secrets_follow_no_redirect(server):
    """A redirect of `/auth` is an error, and nothing is sent there."""
    with (
        LoopbackServer(lambda *_: http({"apiKey": "stolen"})) as other,
        server.session() as session,
    ):
        server.auth_answers = [http(b"", 307, location=f"{other.url}/auth")]
        with pytest.raises(PageFailed, match=r"POST .*/auth answered 307"):
            session.get("/v2/rows")
        assert [] == other.requests


# A connect token
def test_a_connect_token_is_sent_and_never_renewed(server):
    """It needs no secrets, and an expired one is told."""
    server.keys.append("connect-4711")
    with server.session(connect_token="connect-4711") as session:
        assert ALL == list(session.get_all("/v2/rows"))
        server.keys.clear()
        with pytest.raises(PageFailed, match="a connect token lives for 30 minutes"):
            next(session.get_all("/v2/rows"))
    assert 0 == server.auths


# What can go wrong with /auth
def test_wrong_secrets_are_told_without_them(server):
    """Status, code and advice; the secret that the server quotes is hidden."""
    refusal = {
        "code": 401, "message": f"no such client {SECRETS[0]} {SECRETS[1]}",
        "codeDescription": "CLIENT_KEYS_UNAUTHORIZED",
    }  # fmt: skip
    server.auth_answers = [http(refusal, 401)]
    with server.session() as session, pytest.raises(PageFailed) as caught:
        next(session.get_all("/v2/rows"))
    error = caught.value
    assert (401, "CLIENT_KEYS_UNAUTHORIZED") == (error.code, error.code_description)
    for part in ("POST", "/auth answered 401", "check client_id", "PLUGGY_CLIENT_SECRET"):
        assert part in str(error)
    assert not any(secret in str(error) + repr(error) for secret in SECRETS)
    assert error.checkpoint is not None
    assert ["/auth"] == server.paths()


def test_a_limit_of_auth_is_waited_for(server, waits):
    """429 and 503 are tried again with the page, and obeyed."""
    server.auth_answers = [http({}, 429, ratelimit_reset="7"), http({}, 503)]
    with server.session() as session:
        assert ALL == list(session.get_all("/v2/rows"))
    assert 3 == server.auths
    assert 7.0 == waits[0]


@pytest.mark.parametrize(
    "answer", [[], {}, {"apiKey": None}, {"apiKey": ""}, {"apiKey": "a\nb"}, b"no json"]
)
def test_an_answer_without_a_key_is_told(server, answer):
    """It is no key that would be refused later."""
    server.auth_answers = [http(answer)]
    with (
        server.session() as session,
        pytest.raises(MalformedPage, match="an object with an apiKey"),
    ):
        session.get("/v2/rows")


def test_an_answer_without_end_is_bounded(server):
    """No more than the beginning of an answer of `/auth` is read."""
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", *[b"[" * 10_000] * 100]
    server.auth_answers = [pieces]
    with server.session() as session, pytest.raises((MalformedPage, requests.RequestException)):
        session.get("/v2/rows")


# Its copies
def test_a_pickled_session_goes_on_with_its_key(server):
    """Key and secrets travel; the new one lives until it is refused, and is renewed then."""
    with server.session() as session:
        session.get("/v2/rows")
        copy = pickle.loads(pickle.dumps(session))
    with copy:
        assert ALL == list(copy.get_all("/v2/rows"))
        assert 1 == server.auths
        server.refused = {server.keys[0]}
        assert ALL == list(copy.get_all("/v2/rows"))
        assert 2 == server.auths


def test_no_secret_in_what_is_shown(server):
    """Neither the session nor its auth shows a secret or a key."""
    with server.session() as session:
        listing = session.get_all("/v2/rows")
        next(listing)
        shown = f"{session!r} {session.auth!r} {listing!r}"
        assert not [secret for secret in (*SECRETS, *server.keys) if secret in shown]


# What an independent reader broke
def test_a_renewed_request_takes_no_key_elsewhere(server):
    """After a refusal and a redirect neither the old key nor the new one leaves."""
    with LoopbackServer(lambda *_: http([])) as other, server.session() as session:
        answers = iter([http({}, 403), http(b"", 302, location=f"{other.url}/landed")])
        server.other_answers["/away"] = lambda _: next(answers)
        assert 200 == session.get("/away").status_code
        assert [None] == [find_header(it, "X-API-KEY") for it in other.requests]
    assert 2 == server.auths


def test_a_key_of_the_callers_is_left_alone(server):
    """A header of a call is sent as it is, not renewed, and does not leave either."""
    server.keys.append("mine")
    with LoopbackServer(lambda *_: http([])) as other, server.session() as session:
        server.other_answers["/away"] = http(b"", 302, location=f"{other.url}/landed")
        own = {"X-API-KEY": "mine"}
        assert 200 == session.get("/v2/rows", headers=own).status_code
        session.get("/away", headers=own)
        server.refused = {"mine"}
        assert 403 == session.get("/v2/rows", headers=own).status_code
        assert [None] == [find_header(it, "X-API-KEY") for it in other.requests]
    assert 0 == server.auths


@pytest.mark.parametrize("token", ["tok\n", "tok en", "tok\u20ac", " tok"])
def test_a_connect_token_that_is_no_header_is_refused_without_it(token):
    """At the call, and not in the middle of requests, which would show it."""
    with pytest.raises(ValueError, match="connect_token: expected one word") as caught:
        PluggyAuth(connect_token=token)
    assert "tok\n" not in str(caught.value)


@pytest.mark.parametrize("write", [quote, lambda it: base64.b64encode(it.encode()).decode()])
def test_a_secret_that_auth_quotes_in_another_spelling_is_hidden(server, write):
    """In the text, in the code, and in what is pickled of the headers."""
    secret = SECRETS[1]
    refusal = {"code": f"bad {write(secret)}", "message": write(secret)}
    server.auth_answers = [http(refusal, 401, x_echo=write(secret))]
    with server.session() as session, pytest.raises(PageFailed) as caught:
        session.get("/v2/rows")
    shown = f"{caught.value} {caught.value.code}"
    copy = pickle.loads(pickle.dumps(caught.value))
    assert not [text for text in (shown, str(copy.response.headers)) if write(secret) in text]


@pytest.mark.parametrize(
    "answer", [[STALL], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", STALL]]
)
def test_a_page_waits_for_a_key_no_longer_than_its_deadline(server, answer):
    """Also while another thread asks for it."""
    server.auth_answers = [answer] * 3
    errors = []

    def ask():
        with pytest.raises(DeadlineExceeded) as caught:
            next(session.get_all("/v2/rows", deadline=0.5, retries=0))
        errors.append(type(caught.value))

    with server.session() as session:
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
    assert [DeadlineExceeded] * 3 == errors


def test_threads_that_wait_share_a_refusal(server):
    """Eight threads with wrong secrets ask once."""
    together = threading.Barrier(8)
    refusal = http({"codeDescription": "CLIENT_KEYS_UNAUTHORIZED"}, 401)

    def refuse_late(_request):
        with suppress(threading.BrokenBarrierError):
            together.wait(0.5)  # passes only if all eight of them ask
        return refusal

    server.give_key = refuse_late
    errors = []

    def ask():
        with pytest.raises(PageFailed) as caught:
            session.get("/v2/rows")
        errors.append(caught.value.code_description)

    with server.session() as session:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        assert (["CLIENT_KEYS_UNAUTHORIZED"] * 8, 1) == (errors, server.auths)
        with pytest.raises(PageFailed):
            session.get("/v2/rows")  # a later call asks again
        assert 2 == server.auths


def test_a_life_beyond_all_numbers_is_none(server):
    """Such a key lives as long as Pluggy's do."""
    server.claims = {"exp": 10**400}
    with server.session() as session:
        assert ALL == list(session.get_all("/v2/rows"))


def test_a_key_that_was_replaced_is_hidden_as_well(server):
    """A server that echoes all keys so far shows none."""
    with server.session() as session:
        session.get("/v2/rows")
        server.refused = lambda _: True
        echo = {"message": f"all so far: {server.keys[0]}"}
        server.other_answers["/echo"] = lambda _: http({**echo, "keys": server.keys}, 403)
        with pytest.raises(PageFailed) as caught:
            next(session.get_all("/echo"))
    assert 2 == len(server.keys)
    assert not [key for key in server.keys if key in str(caught.value)]


def test_a_key_is_fetched_in_the_clear_on_this_machine_alone(server):
    """Without a session of its own the auth object takes http for loopback, and no other host."""
    auth = PluggyAuth(*SECRETS, base_url=server.url)
    assert 200 == requests.get(f"{server.url}/v2/rows", auth=auth, timeout=30).status_code
    elsewhere = PluggyAuth(*SECRETS, base_url="http://pluggy.invalid")
    with pytest.raises(InsecureTransport, match="is not https, and nothing was sent"):
        requests.get("http://pluggy.invalid/v2/rows", auth=elsewhere, timeout=30)
