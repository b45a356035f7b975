"""Responses that do not come from a socket: recorded, cached, or of another adapter's making."""

from __future__ import annotations

import gzip
import json
from io import BytesIO, RawIOBase
from urllib.parse import parse_qsl, urlsplit

import hishel
import pytest
import requests
from hishel.requests import CacheAdapter
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from requests_paginate import PaginatedSession, exceptions, get_all
from tests.loopback import LoopbackServer, http

ROWS = [{"id": number, "text": "x" * 99} for number in range(6)]


def answer(_, request):
    """Three pages, coded, which may be kept for a minute."""
    number = int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1))
    body = {"page": number, "total_pages": 3, "results": ROWS[2 * number - 2 : 2 * number]}
    content = gzip.compress(json.dumps(body).encode(), mtime=0)
    return http(content, content_encoding="gzip", cache_control="max-age=60")


@pytest.mark.parametrize("decoded", [False, True])
def test_a_cassette(tmp_path, decoded):
    """A listing is recorded, and played back without the server; bounds hold.

    Without `prefetch`: vcrpy lifts its patches for a moment, for all threads.
    """
    vcr = pytest.importorskip("vcr")  # its versions that know today's urllib3 need Python 3.11

    def played(mode, **options):
        cassette = vcr.use_cassette(
            str(tmp_path / "listing.yaml"), record_mode=mode, decode_compressed_response=decoded
        )
        with cassette, PaginatedSession(allow_http=True) as session:
            return list(session.get_all(url, **options))

    with LoopbackServer(answer) as server:
        url = server.url
        assert ROWS == played("once")
        assert 3 == len(server.requests)
    assert ROWS == played("none")
    with pytest.raises(exceptions.PageTooLarge):
        played("none", max_page_bytes=100)


@pytest.mark.parametrize("rfc", [False, True])
@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_cache_adapter(tmp_path, prefetch, rfc):
    """A second listing comes from the cache of an adapter; bounds hold."""
    with LoopbackServer(answer) as server, PaginatedSession(allow_http=True) as session:
        storage = hishel.SqliteStorage(database_path=str(tmp_path / "cache.db"))
        session.mount("http://", CacheAdapter(storage=storage, rfc=rfc))
        for _ in range(2):
            assert ROWS == list(session.get_all(server.url, prefetch=prefetch))
        assert 3 == len(server.requests)
        with pytest.raises(exceptions.PageTooLarge):
            list(session.get_all(server.url, prefetch=prefetch, max_page_bytes=100))


class Lines(RawIOBase):
    """A file that knows `read` alone."""

    def __init__(self, content):
        super().__init__()
        self._file = BytesIO(content)

    def read(self, size=-1):
        return self._file.read(size)


class Positional:
    """What has a `read1` of another kind."""

    def __init__(self, content):
        self._file = BytesIO(content)

    def read1(self, size, /):
        return self._file.read1(size)

    def read(self, size=-1):
        return self._file.read(size)

    def close(self):
        """Nothing is open."""


def by_urllib3(content, **headers):
    return HTTPResponse(Lines(content), headers=headers, status=200, preload_content=False)


def coded(content):
    return by_urllib3(gzip.compress(content), **{"Content-Encoding": "gzip"})


class Made(BaseAdapter):
    """Answers with a body of any kind."""

    def __init__(self, raw):
        super().__init__()
        self.raw = raw

    def send(self, request, **_):
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.headers.update(getattr(self.raw, "headers", {}))
        response.raw = self.raw
        return response

    def close(self):
        """Nothing is open."""


def listed(raw, **options):
    with requests.Session() as session:
        session.mount("http://", Made(raw))
        return list(get_all("http://made.test/", session=session, retries=0, **options))


TEXT = json.dumps(ROWS).encode()


@pytest.mark.parametrize("make", [BytesIO, Lines, Positional, by_urllib3, coded])
def test_bodies_of_every_kind(make):
    """Whatever the raw response is, its rows are read, and max_page_bytes holds."""
    assert ROWS == listed(make(TEXT))
    with pytest.raises(exceptions.PageTooLarge):
        listed(make(TEXT), max_page_bytes=len(TEXT) - 1)


@pytest.mark.parametrize("make", [BytesIO, Lines, Positional, by_urllib3])
def test_bodies_of_every_kind_are_read_no_further_than_they_may_be(make):
    """A body that is far too large is not read to its end before that is found."""
    raw = make(b" " * 5_000_000)
    with pytest.raises(exceptions.PageTooLarge):
        listed(raw, max_page_bytes=1000)
    rest = getattr(raw, "_fp", raw)
    file = rest if isinstance(rest, BytesIO) else rest._file
    assert file.closed or file.tell() < 1_000_000


def test_a_coded_body_of_a_cache_has_its_end():
    """What a cache kept of a body that was cut is no page."""
    whole = gzip.compress(b"1\n" * 5003)
    read = {"decode": lambda text: text.decode().splitlines()}
    headers = {"Content-Encoding": "gzip"}
    assert ["1"] * 5003 == listed(by_urllib3(whole, **headers), **read)
    with pytest.raises(exceptions.TransferFailed, match="ends before its end"):
        listed(by_urllib3(whole[:-9], **headers), **read)
