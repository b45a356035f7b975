"""Reading a body from memory: bounds, codings, and what is kept of it."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from io import BytesIO

import pytest
import requests
from urllib3 import HTTPResponse

from requests_paginate._transport.body import read_body
from requests_paginate.exceptions import PageTooLarge, TransferFailed

LARGE = 2**20
TEXT = b"[1]"


def respond(content, coding=None, status=200):
    """A response whose body is not read yet."""
    response = requests.Response()
    response.status_code = status
    if coding is not None:
        response.headers["Content-Encoding"] = coding
    response.raw = HTTPResponse(BytesIO(content), dict(response.headers), preload_content=False)
    return response


def read(response, limit=LARGE, check=lambda: None, *, tells_its_end=True):
    return read_body(response, limit=limit, check=check, tells_its_end=tells_its_end)


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        (None, TEXT),
        ("", TEXT),
        (",".join(["identity"] * 6), TEXT),
        ("GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(b"[1") + gzip.compress(b"]")),
        ("deflate, identity , gzip", gzip.compress(zlib.compress(TEXT))),
        (",".join(["gzip"] * 5), gzip.compress(gzip.compress(gzip.compress(gzip.compress(
            gzip.compress(TEXT)))))),
    ],
)  # fmt: skip
def test_codings(coding, content):
    """They are undone in the opposite order, and the text stays at the response."""
    response = respond(content, coding)
    assert TEXT == read(response)
    assert TEXT == response.content
    assert "[1]" == response.text


def test_too_many_codings():
    """More than five are a failure that no other try would mend."""
    with pytest.raises(TransferFailed, match="6 content encodings, 5 at most") as caught:
        read(respond(TEXT, ",".join(["gzip"] * 6)))
    assert not caught.value.transient


def read_before(response):
    """A response whose body the session, or a hook, has read."""
    assert response.content
    return response


def without_a_stream(response):
    """A response as a cache or a stub makes it, which has only its content."""
    read_before(response)._content_consumed = False
    response.raw = None
    return response


@pytest.mark.parametrize("made", [lambda response: response, read_before, without_a_stream])
@pytest.mark.parametrize(
    ("content", "coding"), [(b"x" * 70_000, None), (gzip.compress(b"x" * 70_000), "gzip")]
)
def test_the_limit_is_of_the_decoded_body(made, content, coding):
    """As many bytes are a page, and one more is too large, whoever has read it."""
    assert 70_000 == len(read(made(respond(content, coding)), 70_000))
    response = made(respond(content, coding))
    with pytest.raises(PageTooLarge, match="larger than 69999 bytes; raise max_page_b") as caught:
        read(response, 69_999)
    assert response is caught.value.response


@pytest.mark.parametrize(
    ("content", "coding"), [(b"x" * 2**18, None), (gzip.compress(b"x" * 2**18), "gzip")]
)
def test_a_large_error_is_cut(content, coding):
    """An error is never refused for its size: its beginning says what is wrong."""
    assert b"x" * 2**16 == read(respond(content, coding, status=500))
    assert b"x" * 1000 == read(respond(content, coding, status=500), 1000)


def test_a_small_error_is_whole():
    """An error within the bounds is read to its end."""
    assert b"x" * 2**16 == read(respond(b"x" * 2**16, status=404))


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("tells_its_end", [True, False])
def test_a_body_that_was_cut(status, tells_its_end):
    """A page must have its end unless it tells where that is; of an error a part is enough."""
    response = respond(gzip.compress(b"12345678" * 1000)[:-9], "GZip", status)
    if status == 200 and not tells_its_end:
        with pytest.raises(TransferFailed, match="the gzip body ends before its end") as caught:
            read(response, tells_its_end=False)
        assert response is caught.value.response
    else:
        assert read(response, tells_its_end=tells_its_end).startswith(b"12345678")


class Stop(Exception):
    """What a check raises."""


@pytest.mark.parametrize(
    ("made", "content", "coding", "looks"),
    [
        (respond, b"x" * 300_000, None, 5),  # one a piece of 64 KiB
        (respond, gzip.compress(b"x" * 300_000), "gzip", 6),  # and one for what it was packed in
        (respond, gzip.compress(b"") * 15_000, "gzip", 10),  # 300 kB that decode to nothing
        (lambda *given: read_before(respond(*given)), b"x" * 300_000, None, 1),
    ],
)
def test_a_check_between_pieces(made, content, coding, looks):
    """The clock is looked at after every piece, and what is raised then ends the reading."""
    seen = []
    read(made(content, coding), check=lambda: seen.append(None))
    assert looks <= len(seen)

    def stop():
        seen.pop()
        if not seen:
            raise Stop

    seen = [None] * looks
    response = made(content, coding)
    with pytest.raises(Stop):
        read(response, check=stop)


class Drops(BytesIO):
    """Gives two bytes at a time, as tiny chunks come."""

    def read1(self, size=-1):
        return self.read(2)


def test_a_body_in_tiny_pieces_takes_no_more_memory():
    """Pieces are put together as they come: each, kept apart, has a head of some forty bytes."""
    response = respond(b"")
    response.raw = HTTPResponse(Drops(b"x" * 2**18), preload_content=False)
    tracemalloc.start()
    try:
        assert 2**18 == len(read(response))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 2**18
