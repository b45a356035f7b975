"""Waits and further tries of one page."""

from __future__ import annotations

import gzip
import logging

import pytest
import requests
from urllib3 import Retry

from requests_paginate import exceptions, get_all, request_all, strategies
from tests import hostile
from tests.loopback import RESET, Authority, LoopbackServer, http


def test_found_a_wait_that_no_clock_takes(monkeypatch):
    """Without a deadline a server may ask for a wait of centuries, which sleep() refuses."""

    def sleep(seconds):
        if seconds > 2**63 / 10**9:
            raise OverflowError("timestamp too large")

    monkeypatch.setattr("requests_paginate._transport.page_task.time.sleep", sleep)
    answer = hostile.Answer(b"{}", 429, (("Retry-After", "9" * 18),))
    assert hostile.listed(hostile.Script((answer,)), retries=1, deadline=None).error is not None


GOOD = http([{"id": 1}])
ROWS = [{"id": 1}]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


@pytest.mark.parametrize(
    "fault",
    [
        [],
        [RESET],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[1"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[1", RESET],
        [CHUNKED + b"5\r\n[1,2,\r\n"],
        [CHUNKED + b"zz\r\n[1,2,\r\n"],
        [CHUNKED + b"5\r\n[1"],
        [b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{"id": '],
        http(gzip.compress(b"[1]")[:-10], content_encoding="gzip"),
        http(b"no gzip", content_encoding="gzip"),
        http(b"[1, 2"),
        http(status=500),
        http(status=502),
        http(status=503),
        http(status=504),
        http(status=429),
        [b"nonsense\r\n\r\n"],
    ],
)
def test_a_fault_is_tried_again_and_no_row_is_lost_or_repeated(fault, waits):
    """Connection, body, decoding and status faults cost a retry and nothing else."""
    with LoopbackServer([fault, GOOD]) as server:
        assert ROWS == listed(server)
        assert (2, 1) == (len(server.requests), len(waits))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ([RESET], exceptions.TransferFailed),
        (http(status=500), exceptions.PageFailed),
        (http(b"[1, 2"), exceptions.MalformedPage),
        (http(b"no gzip", content_encoding="gzip"), exceptions.TransferFailed),
    ],
)
def test_a_fault_that_stays_is_raised_after_the_retries(fault, error, waits):
    """After the last try the fault comes out, with the number of tries asked for."""
    with LoopbackServer([fault] * 9) as server:
        with pytest.raises(error) as caught:
            listed(server, retries=2)
        assert 3 == len(server.requests)
        assert (0, 0) == (caught.value.page_index, caught.value.items_yielded)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(status=400), exceptions.PageFailed),
        (http(status=401), exceptions.PageFailed),
        (http(status=404), exceptions.PageFailed),
        (http(status=302), exceptions.PageFailed),
        (http(status=304), exceptions.PageFailed),
        (http([1], status=201), exceptions.PageFailed),
        (http([1], status=206), exceptions.PageFailed),
        (http([1], status=206, content_range="bytes 0-3/9"), exceptions.PageFailed),
        (http([1], status=999), exceptions.PageFailed),
        (http(b""), exceptions.MalformedPage),
        (http(b"<html>", content_type="text/html"), exceptions.MalformedPage),
        (http('"Jo\xe3o"'.encode("latin-1")), exceptions.MalformedPage),
        (http(b"[NaN]"), exceptions.MalformedPage),
        (http(b"[" * 100_000), exceptions.MalformedPage),
        (http([1] * 100), exceptions.PageTooLarge),
    ],
)
@pytest.mark.usefixtures("deep")
def test_what_another_try_cannot_mend_is_raised_at_once(answer, error, waits):
    """A refusal, a wrong status or a malformed body is asked for once."""
    with LoopbackServer([answer] * 9) as server:
        with pytest.raises(error):
            listed(server, max_page_bytes=200_000 if error is not exceptions.PageTooLarge else 50)
        assert (1, []) == (len(server.requests), waits)


def test_a_connection_closed_while_idle_costs_a_retry(waits):
    """The race between a keep-alive connection and the server's closing of it is no failure."""
    pages = [[http({"results": [1], "next": "?page=2"})], http({"results": [2], "next": None})]
    with LoopbackServer(pages) as server:
        assert [1, 2] == listed(server)
        assert 2 == server.connections


def test_tls_that_is_cut_is_tried_again(waits, tmp_path):
    """A TLS connection that ends without a goodbye was cut; that is no matter of trust."""
    authority = Authority()
    pages = [http({"results": [1], "next": "?page=2"}), [RESET], [], http({"results": [2]})]
    with LoopbackServer(pages, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        assert [1, 2] == list(get_all(server.url, session=session))
        assert 2 == len(waits)


# Retries
@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"retry_after": "7"}, 7), ({"retry_after": "60", "ratelimit_reset": "3"}, 3)],
)
def test_the_server_s_wait_is_obeyed(headers, wait, waits, caplog):
    """Retry-After is waited for, and a shorter RateLimit-Reset wins; the log says why."""
    caplog.set_level(logging.INFO, "requests_paginate")
    with LoopbackServer([http(status=429, **headers), GOOD]) as server:
        assert ROWS == listed(server)
    assert [wait] == waits
    assert "PageFailed" in caplog.text


def test_a_wait_beyond_the_deadline_is_raised_at_once(waits):
    """A Retry-After that the deadline forbids is not waited for."""
    with LoopbackServer([http(status=429, retry_after="99999999")]) as server:
        with pytest.raises(exceptions.DeadlineExceeded, match="429"):
            listed(server)
        assert [] == waits


@pytest.mark.parametrize(
    ("method", "retries", "expected"),
    [
        ("POST", 3, 1),
        ("POST", Retry(3, allowed_methods=None), 4),
        ("GET", Retry(2, status_forcelist=[418]), 1),
        ("GET", 0, 1),
        ("GET", 3, 4),
    ],
)
def test_the_policy_decides_what_is_tried_again(method, retries, expected, waits):
    """An int or a Retry says how often, which statuses and which methods."""
    with LoopbackServer([http(status=503)] * 9) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed):
            list(request_all(method, server.url, session=session, retries=retries))
        assert expected == len(server.requests)


def test_stats_count_what_it_cost(waits):
    """Requests, retries and waits are in the statistics."""
    with LoopbackServer([http(status=429, retry_after="2"), GOOD]) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session)
            list(listing)
    stats = listing.stats
    assert (2, 1, 2.0, 1, 1) == (
        stats.requests, stats.retries, stats.seconds_waited, stats.pages, stats.items,
    )  # fmt: skip


TIMED_OUT = http({"message": "idle for too long"}, status=408)


@pytest.mark.parametrize(
    "timed_out",
    [
        TIMED_OUT,
        http(status=408),
        http(status=408, connection="close"),
        [TIMED_OUT],
        http(b"<h1>408</h1>", status=408, content_type="text/html"),
        [b"HTTP/1.1 408 Request Timeout\r\n\r\n"],
        [b"HTTP/1.1 408 Late\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ],
)
@pytest.mark.parametrize("retries", [1, Retry(1, status_forcelist=[503])])
@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_connection_that_was_idle_for_too_long(timed_out, retries, prefetch, waits):
    """A 408 is tried again over another connection: the server has not received the request."""

    def answer(number, request):
        return [GOOD, timed_out, http([{"id": 2}]), http([])][number]

    strategy = strategies.PageNumber("page", items="")
    with LoopbackServer(answer) as server:
        found = listed(server, strategy=strategy, retries=retries, prefetch=prefetch)
        assert [{"id": 1}, {"id": 2}] == found
        assert 4 == len(server.requests)
        assert 2 <= server.connections


def test_a_408_that_stays(waits):
    """After the retries it is raised with the server's words; a POST is not repeated."""
    with LoopbackServer([TIMED_OUT] * 9) as server:
        with pytest.raises(exceptions.PageFailed, match="408 Because: idle for too long"):
            listed(server, retries=2)
        assert (3, 3) == (len(server.requests), server.connections)
    with LoopbackServer([TIMED_OUT] * 9) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed, match="408"):
            list(request_all("POST", server.url, session=session, json={}))
        assert 1 == len(server.requests)


def test_the_answer_after_a_408_is_nobodys():
    """The next listing of the session does not get the late answer to this one."""
    with LoopbackServer([TIMED_OUT + http([{"id": "late"}]), GOOD]) as server:
        with requests.Session() as session:
            with pytest.raises(exceptions.PageFailed):
                list(get_all(server.url, session=session, retries=0))
            assert ROWS == list(get_all(server.url, session=session, retries=0))
        assert 2 == server.connections
