"""The time that a page may take, over real sockets."""

from __future__ import annotations

import gzip

import pytest
import requests

from requests_paginate import exceptions, get_all
from tests.loopback import STALL, LoopbackServer, http


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("decode", [None, bytes.decode])
def test_empty_gzip_members_end_by_the_deadline(layers, decode, monkeypatch):
    """What decodes to nothing for ever is looked at piece by piece, whatever it was packed in."""
    members = gzip.compress(b"") * 400_000
    for _ in range(layers - 1):
        members = gzip.compress(members)
    page = http(members, content_encoding=", ".join(["gzip"] * layers))
    looks = iter(range(10_000))
    monkeypatch.setattr(
        "requests_paginate._transport.deadline.time.monotonic", lambda: next(looks) / 10
    )
    with LoopbackServer([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.DeadlineExceeded, match="longer than its 5 s"):
            list(get_all(server.url, session=session, deadline=5, retries=0, decode=decode))


GOOD = http([{"id": 1}])
ROWS = [{"id": 1}]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


# Time
@pytest.mark.parametrize(
    "fault", [[STALL], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", STALL]]
)
def test_a_stall_ends_by_the_timeout(fault, waits):
    """A server that stops talking, before or in the body, is a DeadlineExceeded after retries."""
    with LoopbackServer([fault] * 3) as server:
        with pytest.raises(exceptions.DeadlineExceeded):
            listed(server, timeout=(5, 0.1), retries=1)
        assert 2 == len(server.requests)


def test_the_deadline_cuts_the_timeouts():
    """No single wait is longer than what the page has left."""
    with LoopbackServer([[STALL]] * 3) as server:
        with pytest.raises(exceptions.DeadlineExceeded):
            listed(server, deadline=0.2, timeout=60)


def test_a_dripping_body_ends_by_the_deadline(monkeypatch):
    """Bytes that keep coming do not keep a page alive past its deadline."""
    clock = iter(range(1000))
    monkeypatch.setattr("requests_paginate._transport.deadline.time.monotonic", lambda: next(clock))
    body = CHUNKED + b"".join(b"1\r\n \r\n" for _ in range(100_000))
    with LoopbackServer([[body, STALL]]) as server:
        with pytest.raises(exceptions.DeadlineExceeded, match="longer than its 8 s"):
            listed(server, deadline=8, retries=0)


def test_without_deadline_and_timeout_a_page_is_read():
    """None means no bound."""
    with LoopbackServer([GOOD]) as server:
        assert ROWS == listed(server, deadline=None, timeout=None)
