"""Rows 83 to 86: consumers, checkpoints, secrets."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import base64
import logging
import pickle
import signal
import threading
import traceback

import pytest
import requests

from requests_paginate import exceptions, get_all, request_all
from requests_paginate.exceptions import InvalidCheckpoint, ListingChanged
from requests_paginate.strategies import Offset
from tests.contract.faults.matrix import ROWS, Pages, body
from tests.loopback import RESET, STALL, LoopbackServer, http

# Consumers ---------------------------------------------------------------------------------------


def test_row_83_a_consumer_that_stops():
    """After `break` nothing more is asked for."""
    with LoopbackServer(Pages([])) as server, requests.Session() as session:
        for row in get_all(server.url, session=session):
            if row["id"] == 2:
                break
        assert 2 == len(server.requests)


def test_row_84_an_interrupt_while_waiting():
    """Ctrl-C ends a wait of minutes at once, and the listing can go on afterwards."""
    main = threading.main_thread().ident
    answer = Pages([http(b"", 429, retry_after="120")])

    def interrupting(number, request):
        reply = answer(number, request)
        if b"429" in reply[:20]:
            answer.mended = True
            threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT)).start()
        return reply

    with LoopbackServer(interrupting) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        got = [next(listing), next(listing)]
        with pytest.raises(KeyboardInterrupt):
            next(listing)
        assert 2 == len(server.requests)
        assert ROWS == [*got, *listing]


def test_row_85_rows_that_shift():
    """A row inserted before the listing's place repeats another: it is told, and `key` drops it."""
    moved = [{"id": -1}, *ROWS]

    def answer(number, _):
        rows = (ROWS if number == 0 else moved)[3 * number : 3 * number + 3]
        return http({"results": rows, "total": 6 + (number > 0)})

    strategy = Offset("offset", total="total", items="results")
    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy, key="id")
        with pytest.warns(ListingChanged, match="the total changed from 6 to 7"):
            assert ROWS == list(listing)
        assert 1 == listing.stats.duplicates_dropped


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda token: token[:-1], id="row_86-cut"),
        pytest.param(
            lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), id="row_86-changed"
        ),
        pytest.param(lambda token: token + token, id="row_86-doubled"),
        pytest.param(lambda token: "", id="row_86-empty"),
        pytest.param(
            lambda token: base64.urlsafe_b64encode(pickle.dumps({"v": 1})).decode(),
            id="row_86-pickle",
        ),
    ],
)
def test_checkpoints_that_were_tampered_with(tamper):
    """A token that was changed is refused at the call, before anything is sent."""
    with LoopbackServer(Pages([])) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        next(listing)
        with pytest.raises(InvalidCheckpoint):
            get_all(server.url, session=session, resume=tamper(listing.checkpoint()))
        assert 1 == len(server.requests)


# Secrets -----------------------------------------------------------------------------------------


SECRETS = {
    "header": "hunter-header", "auth": "hunter-auth", "cookie": "hunter-cookie",
    "param": "hunter-param", "session": "hunter-session", "json": "hunter-json", "user": "hunter-user",
}  # fmt: skip
LEAKS = {
    "a link away": http(body(1, next="https://u:hunter-user@evil.test/?api_key=hunter-param")),
    "a link on": [http(body(1, next="?page=2&api_key=hunter-param&token=hunter-session")), http(b"", 500)],
    "a redirect": http(b"", 302, location="https://evil.test/?signature=hunter-param"),
    "a refusal that quotes": http({"message": "bad key hunter-header for hunter-auth, ?api_key=hunter-param", "code": "hunter-session"}, 403),
    "a refusal": http(b"", 500),
    "no JSON": http(b"hunter-json"),
    "no rows": http({"echo": {"api_key": "hunter-param"}}),
    "a reset": [RESET],
    "a stall": [STALL],
    "too large": http(b" " * 5000),
    "a circle": http(body(1, next="/?api_key=hunter-param&page=1")),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:the link to the next page leaves out")
@pytest.mark.parametrize("answer", LEAKS.values(), ids=[f"row_41-{label}" for label in LEAKS])
def test_no_secret_in_what_a_failing_listing_prints(answer, caplog, waits):
    """Traceback, text, repr, log, pickle and checkpoint show none of what the caller keeps secret."""
    caplog.set_level(logging.DEBUG, "requests_paginate")
    replies = answer if isinstance(answer, list) and isinstance(answer[0], bytes) else [answer] * 9
    with (
        LoopbackServer(lambda number, _: replies[min(number, len(replies) - 1)]) as server,
        requests.Session() as session,
    ):
        session.params = {"token": SECRETS["session"]}
        session.cookies.set("sid", SECRETS["cookie"])
        session.headers["X-API-KEY"] = SECRETS["header"]
        listing = request_all(
            "GET", server.url.replace("//", f"//user:{SECRETS['user']}@"), session=session, json={"password": SECRETS["json"]},
            params={"api_key": SECRETS["param"], "account": "a1"}, auth=("me", SECRETS["auth"]),
            retries=1, timeout=(5, 0.6), max_page_bytes=4000,
        )  # fmt: skip
        with pytest.raises(exceptions.PaginationError) as caught:
            list(listing)
    error = caught.value
    token = base64.urlsafe_b64decode(error.checkpoint + "=" * (-len(error.checkpoint) % 4))
    shown = [
        *traceback.format_exception(error), str(error), repr(error), repr(error.page_request),
        repr(listing), caplog.text, token.decode("latin-1"), error.checkpoint,
        pickle.dumps(error).decode("latin-1"), repr(error.__reduce__()), repr(listing.strategy),
        *(repr(page) for page in [pickle.loads(pickle.dumps(error)).response]),
    ]  # fmt: skip
    basic = base64.b64encode(f"me:{SECRETS['auth']}".encode()).decode()
    for text in shown:
        assert [] == [secret for secret in (*SECRETS.values(), basic) if secret in text]
