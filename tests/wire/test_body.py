"""The body of a page over real sockets: codings, ends, bounds."""

from __future__ import annotations

import gc
import gzip
import json
import zlib

import msgspec
import pytest
import requests
from urllib3.exceptions import HTTPError

from requests_paginate import exceptions, get_all
from requests_paginate._transport.body import read_body
from tests.loopback import LoopbackServer, http


@pytest.mark.parametrize("codings", ["deflate", "gzip, gzip"])
def test_any_coding_without_its_end_is_no_page(codings):
    """A deflate without a header, and a body encoded twice, are missed where they were cut."""
    lines = b"1\n" * 5003
    if codings == "deflate":
        packing = zlib.compressobj(wbits=-15)
        whole = packing.compress(lines) + packing.flush()
    else:
        whole = gzip.compress(gzip.compress(lines))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {codings}\r\n\r\n".encode()
    options = {"decode": lambda text: text.decode().splitlines(), "retries": 0}
    with LoopbackServer([[head + whole], [head + whole[:-12]]]) as server:
        with requests.Session() as session:
            assert 5003 == len(list(get_all(server.url, session=session, **options)))
            with pytest.raises(exceptions.TransferFailed):
                list(get_all(server.url, session=session, **options))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_contradictory_headers_are_a_failed_transfer():
    """Two lengths are an error of ours, with a checkpoint."""
    page = [b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n[]"]
    with LoopbackServer([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(get_all(server.url, session=session, retries=0))
        assert caught.value.checkpoint
        gc.collect()  # urllib3 leaves the connection of such a response to the collector


ROWS = [{"id": 1}]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        ('["João"]'.encode("utf-16"), ["João"]),
        (b'["\\ud800"]', ["\ud800"]),
        (b"[123456789012345678901234567890]", [123456789012345678901234567890]),
        ('["João"]'.encode(), ["João"]),
    ],
)
def test_what_other_parsers_take_is_taken(body, rows):
    """A byte order mark, UTF-16, lone surrogates and long integers survive."""
    with LoopbackServer([http(body)]) as server:
        assert rows == listed(server)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(json.dumps(ROWS).encode(), mtime=0)),
        ("deflate", zlib.compress(json.dumps(ROWS).encode())),
        ("identity", json.dumps(ROWS).encode()),
    ],
)
def test_encoded_bodies_are_decoded(encoding, content):
    """Compressed pages are read."""
    with LoopbackServer([http(content, content_encoding=encoding)]) as server:
        assert ROWS == listed(server)


LINES = b"1\n" * 5003
ENCODED = {
    "gzip": gzip.compress(LINES),
    "x-gzip": gzip.compress(LINES[:1000]) + gzip.compress(LINES[1000:]),
    "deflate": zlib.compress(LINES),
}


def read_lines(server):
    return listed(server, decode=lambda text: text.decode().splitlines(), retries=0)


def until_closed(encoding, content):
    return [f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n".encode() + content]


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_body_that_only_the_caller_can_read_has_its_end(encoding):
    """A compressed body that was cut is no page, also where `decode` would take what there is."""
    whole = ENCODED[encoding]
    with LoopbackServer([until_closed(encoding, part) for part in (whole, whole[:-9])]) as server:
        assert ["1"] * 5003 == read_lines(server)
        with pytest.raises(exceptions.TransferFailed, match="ends before its end"):
            read_lines(server)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", ENCODED["gzip"] + b"\0" * 9),
        ("gzip", ENCODED["gzip"] + b"\n"),
        ("x-gzip", ENCODED["x-gzip"] + b"\r\n"),
        ("deflate", ENCODED["deflate"][2:-4]),
    ],
    ids=[
        "zeros after the end",
        "a line's end",
        "and after two members",
        "deflate without a header",
    ],
)
def test_a_body_that_does_not_tell_its_end_is_taken(encoding, content):
    """What other clients read is read."""
    with LoopbackServer([until_closed(encoding, content)]) as server:
        assert ["1"] * 5003 == read_lines(server)


CHUNKS = b"3\r\n[1,\r\n4\r\n2,3]\r\n0\r\n\r\n"


def read_by_urllib3(response):
    content = b""
    while piece := response.raw.read1(2**16, decode_content=False):
        content += piece
    return content


def read_by_us(response):
    return read_body(response, limit=2**20, check=lambda: None, tells_its_end=True)


def outcome(read, answer, *, is_kept):
    """What comes of an answer, and whether the connection was given up."""
    whole = b"HTTP/1.1 200 OK\r\n" + answer
    with LoopbackServer(lambda *_: whole if is_kept else [whole]) as server:
        with requests.Session() as session:
            response = session.get(server.url, stream=True, timeout=20)
            raw = response.raw
            try:
                found = read(response)
            except HTTPError as error:
                found = str(error)
            return found, raw.length_remaining, raw._fp.isclosed(), raw._connection is None


@pytest.mark.parametrize(
    ("head", "body", "is_kept"),
    [
        (b"Content-Length: 7", b"[1,2,3]", True),
        (b"Content-Length: 7, 7", b"[1,2,3]", True),
        (b"Content-Length: 7\r\nContent-Length: 7", b"[1,2,3]", True),
        (b"Content-Length: 0", b"", True),
        (b"Transfer-Encoding: chunked", CHUNKS, True),
        (b"Transfer-Encoding: chunked", CHUNKS[:-7], False),
        (b"Transfer-Encoding: chunked", CHUNKS[:10], False),
        (b"Connection: close", b"[1,2,3]", False),
        (b"Content-Length: -7", b"[1,2,3]", False),
        (b"Content-Length: x", b"[1,2,3]", False),
        (b"Content-Length: 9", b"[1,2,3]", False),
        (b"Content-Length: 9, 9", b"[1,2,3]", False),
        (b"Content-Length: 5, 5", b"[1,2,3]", False),
    ],
)
def test_the_end_of_a_body_is_where_urllib3_finds_it(head, body, is_kept):
    """However its length is told; so are the errors, and what becomes of the connection."""
    answer = head + b"\r\n\r\n" + body
    theirs = outcome(read_by_urllib3, answer, is_kept=is_kept)
    assert theirs == outcome(read_by_us, answer, is_kept=is_kept)


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_what_a_hook_read_is_no_body_any_more(encoding):
    """What is left after a hook that read a part is no page, and not taken for one."""
    content = json.dumps(ROWS).encode()
    content = content if encoding is None else gzip.compress(content)

    def look(response, **_):
        response.raw.read(1, decode_content=True)

    with LoopbackServer([http(content, content_encoding=encoding)]) as server:
        with pytest.raises((exceptions.MalformedPage, RuntimeError)):
            listed(server, hooks={"response": look}, retries=0)


def test_a_gzip_bomb_is_refused_by_its_decoded_size():
    """What decodes to more than max_page_bytes is PageTooLarge, however small on the wire."""
    bomb = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
    with LoopbackServer([http(bomb, content_encoding="gzip")]) as server:
        with pytest.raises(exceptions.PageTooLarge, match="max_page_bytes"):
            listed(server, max_page_bytes=1_000_000)


def test_chunked_bodies_keep_the_connection():
    """A chunked body is read to its end, so the connection can be used again."""

    def answer(number, _):
        following = '"?page=2"' if number == 0 else "null"
        body = b'{"results": [%d], "next": %s}' % (number, following.encode())
        return CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    with LoopbackServer(answer) as server:
        assert [0, 1] == listed(server)
        assert 1 == server.connections


class Person(msgspec.Struct):
    """A row as the caller wants it."""

    name: str


@pytest.mark.parametrize("model", [None, Person])
@pytest.mark.parametrize(
    ("charset", "name"),
    [("iso-8859-1", "João"), ("windows-1252", "5 €"), ("gb2312", "模"), ("iso-2022-jp", "日本")],
)
def test_rows_of_a_declared_charset(charset, name, model):
    """Rows are what their charset says on every page, also as models decoded from the bytes."""

    def answer(number, _):
        following = f"?page={number + 2}" if number < 2 else None
        page = {"results": [{"name": f"{name} {number}"}], "next": following}
        content = json.dumps(page, ensure_ascii=False).encode(charset)
        return http(content, content_type=f"application/json; charset={charset}")

    with LoopbackServer(answer) as server:
        rows = listed(server, model=model)
    expected = [{"name": f"{name} {number}"} for number in range(3)]
    assert expected == [row if model is None else {"name": row.name} for row in rows]
