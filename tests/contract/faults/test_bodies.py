"""Bodies, retries, bounds: what comes over the wire, and what does not."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import gzip
import json
import logging
import random
import subprocess
import sys
import threading
import zlib
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from requests_paginate import get_all
from requests_paginate.exceptions import (
    DeadlineExceeded,
    InconsistentListing,
    MalformedPage,
    PageTooLarge,
    TransferFailed,
)
from tests.contract.faults.matrix import IN_VAIN, LEFT_OUT, ROWS, Fault, Pages, body, run, table
from tests.loopback import RESET, STALL, LoopbackServer, http

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


# Bodies ------------------------------------------------------------------------------------------


@table(
    Fault(row=56, label="missing", faults=[http(body(2, results=LEFT_OUT))], raises=MalformedPage, match="results"),
    Fault(row=56, label="an object", faults=[http(body(2, results={"a": 1}))], raises=MalformedPage, match="results"),
    Fault(row=56, label="a string", faults=[http(body(2, results="no"))], raises=MalformedPage, match="results"),
    Fault(row=57, label="an error body", faults=[http({"code": 500, "message": "no"})], raises=MalformedPage),
    Fault(row=57, label="an error beside no rows", faults=[http(body(2, results=[], error={"code": "broken"}))], raises=MalformedPage),
    Fault(row=58, label="HTML", faults=[http(b"<html>login</html>", content_type="text/html")], raises=MalformedPage, match="text/html"),
    Fault(row=59, label="204 before the total", faults=[http(b"", 204)], raises=InconsistentListing, match="2 of 6"),
    Fault(row=59, label="an empty 200", faults=[http(b"")], raises=MalformedPage, match="empty"),
    Fault(row=76, label="byte order mark", faults=[http(b"\xef\xbb\xbf" + json.dumps(body(2)).encode())], requests=3),
    Fault(row=76, label="UTF-16", faults=[http(json.dumps(body(2)).encode("utf-16"))], requests=3),
    Fault(row=77, label="Latin-1", faults=[http('{"results": ["João"], "next": null}'.encode("latin-1"))], raises=MalformedPage),
    Fault(row=78, label="duplicate keys: the last wins", faults=[http(b'{"results": [], "results": [{"id": 2}, {"id": 3}], "next": "?page=9", "next": "?page=3"}')], requests=3),
    Fault(row=79, label="NaN", faults=[http(b'{"results": [NaN], "next": null}')], raises=MalformedPage, match="decode="),
    Fault(row=79, label="1e999", faults=[http(b'{"results": [1e999], "next": null}')], raises=MalformedPage, match="decode="),
    Fault(row=80, label="depth of 100,000", faults=[http(b'{"results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")], raises=MalformedPage, match="deep"),
    Fault(row=80, label="depth of 100,000 objects", faults=[http(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)], raises=MalformedPage, match="deep"),
)  # fmt: skip
@pytest.mark.usefixtures("deep")
def test_bodies(fault):
    """A body that is not what the strategy expects raises, and says what came."""
    answer = Pages(fault.faults, fault.number)
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_79_numbers_that_are_none_are_read_by_a_decoder_of_the_caller_s():
    """`decode=json.loads` takes NaN and infinities, whoever wants them."""
    with LoopbackServer([http(b'{"results": [1e999, -1e999], "next": null}')] * 2) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session, decode=json.loads)
            assert [float("inf"), float("-inf")] == list(listing)


# Retries -----------------------------------------------------------------------------------------


@table(
    *(
        Fault(row=63, label=label, faults=[http(b"", 429, retry_after=value)], lasting=False, requests=4, options={"wait": wait})
        for label, value, wait in [("1", "1", 1), ("past date", "Wed, 21 Oct 2015 07:28:00 GMT", None), ("0", "0", None)]
    ),
    *(
        Fault(row=64, label=value or "empty", faults=[http(b"", 429, retry_after=value)], lasting=False, requests=4, options={"wait": None})
        for value in ("-5", "1.5", "soon", "", "Fri, 31 Dec 99999 23:59:59 GMT", "9" * 5000)
    ),
    Fault(row=64, label="absent", faults=[http(b"", 429)], lasting=False, requests=4, options={"wait": None}),
)  # fmt: skip
def test_what_a_server_asks_to_wait(fault, waits, monkeypatch, caplog):
    """Seconds and dates are obeyed; nonsense counts as absent, and backoff with jitter takes over."""
    caplog.set_level(logging.INFO, "requests_paginate")
    monkeypatch.setattr("requests_paginate._transport.fetcher.random.random", lambda: 0.25)
    options = dict(fault.options)
    expected = options.pop("wait")
    fault = Fault(**{**vars(fault), "options": options})
    answer = Pages(fault.faults, lasting=False)
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))
    assert [expected or 0.25 * 0.5 * 2] == waits
    assert "PageFailed" in caplog.text


@table(
    Fault(row=65, label="three years", faults=[http(b"", 429, retry_after="99999999")], raises=DeadlineExceeded, match="no time for another try"),
    Fault(row=65, label="three years by a date", faults=[http(b"", 503, retry_after="Wed, 21 Oct 2999 07:28:00 GMT")], raises=DeadlineExceeded, match="no time"),
    Fault(row=68, label="short", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="short always", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"]], raises=TransferFailed, requests=7),
    Fault(row=68, label="chunk cut", faults=[[CHUNKED + b"fff\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="chunk of no size", faults=[[CHUNKED + b"zz\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="reset", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", RESET]], lasting=False, requests=4),
    Fault(row=68, label="reset at once", faults=[[RESET]], lasting=False, requests=4),
    Fault(row=68, label="reset always", faults=[[RESET]], raises=TransferFailed, requests=7),
    Fault(row=69, label="once", faults=[[b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"results": [']], lasting=False, requests=4),
    Fault(row=69, label="always", faults=[[b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"results": [']], raises=MalformedPage, requests=7),
    Fault(row=70, label="bad CRC once", faults=[http(gzip.compress(b'{"results": []}')[:-8] + b"\0" * 8, content_encoding="gzip")], lasting=False, requests=4),
    Fault(row=70, label="bad CRC always", faults=[http(gzip.compress(b'{"results": []}')[:-8] + b"\0" * 8, content_encoding="gzip")], raises=TransferFailed, requests=7),
    Fault(row=70, label="no gzip", faults=[http(b"{}", content_encoding="gzip")], raises=TransferFailed, requests=7),
    Fault(row=72, label="six encodings", faults=[http(b"{}", content_encoding="gzip, gzip, gzip, gzip, gzip, gzip")], raises=TransferFailed, match="encodings"),
    Fault(row=74, label="stalled body once", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", STALL]], lasting=False, requests=4, options={"timeout": IN_VAIN}),
    Fault(row=74, label="stalled body", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", STALL]], raises=DeadlineExceeded, requests=3, options={"timeout": IN_VAIN, "retries": 1}),
    Fault(row=74, label="stalled answer", faults=[[STALL]], raises=DeadlineExceeded, requests=3, options={"timeout": IN_VAIN, "retries": 1}),
    Fault(row=74, label="stalled past the deadline", faults=[[STALL]], raises=DeadlineExceeded, options={"deadline": 1}),
    Fault(row=75, label="keep-alive race", faults=[[]], lasting=False, requests=4),
)  # fmt: skip
def test_broken_transfers(fault, waits):
    """Request, body and decoding are one try: what broke half-way is begun anew, and no row repeats."""
    answer = Pages(fault.faults, lasting=fault.lasting)
    with LoopbackServer(answer) as server:
        listing = run(fault, answer, f"{server.url}/", lambda: len(server.requests))
    assert len(waits) == listing.stats.retries


def test_row_61_a_key_that_expires_is_renewed_by_a_hook():
    """Pluggy's keys last two hours: a response hook may fetch another and send the request again."""
    keys = iter(["new"])

    def answer(number, request):
        if "X-API-KEY: new" not in request and number > 0:
            return http({"message": "expired"}, 401)
        return http(
            body(int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1)))
        )

    with LoopbackServer(answer) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = "old"

        def renew(response, **options):
            if response.status_code != 401:
                return response
            response.close()
            session.headers["X-API-KEY"] = response.request.headers["X-API-KEY"] = next(keys)
            return session.send(response.request, **options)

        assert ROWS == list(get_all(server.url, session=session, hooks={"response": renew}))
        assert 4 == len(server.requests)


# Bounds ------------------------------------------------------------------------------------------


@table(
    Fault(row=71, label="bomb", faults=[http(gzip.compress(b"[" + b" " * 5_000_000 + b"]"), content_encoding="gzip")], raises=PageTooLarge),
    Fault(row=71, label="bomb of bombs", faults=[http(gzip.compress(gzip.compress(b" " * 50_000_000)), content_encoding="gzip, gzip")], raises=PageTooLarge),
    Fault(row=71, label="deflate bomb", faults=[http(zlib.compress(b" " * 5_000_000), content_encoding="deflate")], raises=PageTooLarge),
    Fault(row=71, label="gigabyte", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", *[b" " * 65536] * 40]], raises=PageTooLarge),
    Fault(row=71, label="endless chunks", faults=[[CHUNKED, *[b"10000\r\n" + b" " * 65536 + b"\r\n"] * 40]], raises=PageTooLarge),
)  # fmt: skip
def test_bodies_without_bound(fault):
    """A page is larger than max_page_bytes once it is decoded, however small it was on the wire."""
    answer = Pages(fault.faults)
    fault = Fault(
        **{**vars(fault), "options": {"max_page_bytes": 1_000_000}, "match": "1000000 bytes"}
    )
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


BOMB = """
import gzip, resource, sys, threading
from tests.loopback import http, LoopbackServer
import requests
from requests_paginate import exceptions, get_all

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

squeezed = zlib = gzip.compress(b"[")  # members follow one another, so the bomb is never whole here
bomb = squeezed + gzip.compress(b" " * 1_000_000) * 200
with LoopbackServer([http(bomb, content_encoding="gzip")]) as server, requests.Session() as session:
    before = peak()
    try:
        list(get_all(server.url, session=session))
    except exceptions.PageTooLarge:
        print(len(bomb), peak() - before)
"""


def test_row_71_a_bomb_of_200_megabytes_takes_less_than_100():
    """A bomb on its way to 200 MB is refused at the 64 MiB of the default, in bounded memory."""
    told = subprocess.run(
        [sys.executable, "-c", BOMB], check=True, capture_output=True, text=True, timeout=60
    )
    size, megabytes = map(int, told.stdout.split())
    assert size < 250_000
    assert megabytes < 100


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
PIECES = 400  # twenty seconds of dripping


@pytest.mark.parametrize(
    ("head", "pieces"),
    [
        pytest.param(PLAIN, [b" "] * PIECES, id="row_73-plain"),
        pytest.param(CHUNKED, [b"1\r\n \r\n"] * PIECES, id="row_73-chunks"),
        pytest.param(
            PLAIN.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
            [bytes([byte]) for byte in gzip.compress(random.Random(1).randbytes(PIECES))],
            id="row_73-gzip",
        ),
    ],
)
def test_bodies_that_drip(head, pieces):
    """Bytes that keep coming do not keep a page alive past its deadline, compressed or not."""
    sent = []
    is_read = threading.Event()

    def slowly():
        yield head
        for piece in pieces:
            sent.append(piece)
            yield piece
            is_read.wait(0.05)  # a pause between bytes, which is the fault itself

    answer = Pages([slowly()])
    options = {"deadline": 1, "retries": 0}
    fault = Fault(row=73, label="", faults=[], raises=DeadlineExceeded, options=options)
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))
        assert 0 < len(sent) < PIECES / 2
        is_read.set()
