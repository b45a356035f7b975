"""Read the body of a response, within bounds of time and size.

urllib3 decodes a gzip body that comes byte by byte in one read, without a look at the clock. So the
bytes are collected first, and then decoded from memory.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests
from urllib3 import HTTPResponse
from urllib3.exceptions import IncompleteRead

from requests_paginate._transport.codings import PIECE, decode, find_coding
from requests_paginate.exceptions import PageTooLarge, TransferFailed

_MOST_CODINGS = 5  # as urllib3
_NO_CODINGS = ("", "identity", "none", "utf-8", "utf8")  # the last three: common mistakes
_NO_CONTENT = (204, 205, 304)
# Pieces of two bytes, kept apart, take seventy times as much memory.
_MOST_PIECES = 4096
ERROR_BYTES = 2**16  # of an error's body; enough for any provider's code and message

Check = Callable[[], None]


def read_body(
    response: requests.Response, *, limit: int, check: Check, tells_its_end: bool
) -> bytes:
    """Return the decoded body of a response; of an error, perhaps only the beginning.

    The session may have read it already (a cache, a hook). The limit is in decoded bytes. `check`
    is called between reads, and raises if reading must stop. `tells_its_end` says whether the
    decoded body shows by itself where it was cut, as JSON does; of another one a cut is found here.
    """
    if not response.ok:
        limit = min(limit, ERROR_BYTES)
        tells_its_end = True  # it may be cut here, by the limit
    needs_end = not tells_its_end and response.status_code not in _NO_CONTENT
    pieces, codings = _choose_source(response)
    content = _collect(pieces, limit, response, check)
    try:
        for coding in _list_codings(response) if needs_end else ():
            find_coding(coding)  # a session that cannot undo it leaves it as it is
        for coding in codings:
            if content or needs_end:
                decoded = decode(coding, content, needs_end=needs_end)
                content = _collect(decoded, limit, response, check)
    except TransferFailed as error:
        error.response = response
        if response.ok:
            raise
        content = b""  # the status says what is wrong
    # As requests' own `content` does, so that `error.response.text` can be read.
    response._content, response._content_consumed = content, True  # type: ignore[attr-defined]  # its own
    return content


def _choose_source(response: requests.Response) -> tuple[Iterable[bytes], list[str]]:
    """Return the body as it can be read, and its codings still to be undone, the last first."""
    raw = response.raw
    if getattr(response, "_content", b"") is not False or raw is None:
        # a cache that answers without asking (504) has no content at all
        return [response.content or b""], []
    if isinstance(raw, HTTPResponse):
        return _read_pieces(raw), _list_codings(response)[::-1]
    return response.iter_content(PIECE), []  # such as a cassette's, which requests reads


def _read_pieces(raw: HTTPResponse) -> Iterator[bytes]:
    # what comes from a cache may be no file of the usual kind, and a hook may have read some
    is_usual = type(raw._fp) is http.client.HTTPResponse and hasattr(raw, "_error_catcher")
    read = _read_from_wire if is_usual and raw.tell() == 0 else _read_from_elsewhere
    return read(raw, raw._fp)


def _read_from_elsewhere(raw: HTTPResponse, source: Any) -> Iterator[bytes]:
    read = raw.read1 if hasattr(source, "read1") else raw.read
    while piece := read(PIECE, decode_content=False):
        yield piece


def _read_from_wire(raw: HTTPResponse, source: Any) -> Iterator[bytes]:
    """Yield the body as `raw.read1` does, whose steps for each piece take a tenth of a large page.

    A record of TLS has 16 KiB at most, so a page comes in many pieces. Errors are those of urllib3,
    and the connection is given back or closed as there.
    """
    size, expected = 0, raw.length_remaining
    with raw._error_catcher():
        while piece := source.read1(PIECE):
            size += len(piece)
            yield piece
            if size == expected:
                break  # nothing is left to wait for
        source.close()
        if expected is not None:
            raw.length_remaining = expected - size
            if size != expected and raw.enforce_content_length:
                raise IncompleteRead(size, expected - size)


def _list_codings(response: requests.Response) -> list[str]:
    named = response.headers.get("Content-Encoding", "").lower().split(",")
    codings = [name.strip() for name in named if name.strip() not in _NO_CODINGS]
    if len(codings) > _MOST_CODINGS:
        error = TransferFailed(f"{len(codings)} content encodings, {_MOST_CODINGS} at most")
        error.transient = False
        raise error
    return codings


def _collect(
    pieces: Iterable[bytes], limit: int, response: requests.Response, check: Check
) -> bytes:
    joined: list[bytes] = []
    collected: list[bytes] = []
    size = 0
    for piece in pieces:
        collected.append(piece)
        size += len(piece)
        if len(collected) >= _MOST_PIECES:
            joined.append(b"".join(collected))
            collected = []
        if size > limit:
            if response.ok:
                raise _make_too_large(limit, response)
            return b"".join([*joined, *collected])[:limit]  # an error's body is cut, not refused
        check()
    joined += collected
    return joined[0] if len(joined) == 1 else b"".join(joined)


def _make_too_large(limit: int, response: requests.Response) -> PageTooLarge:
    text = f"the page is larger than {limit} bytes; raise max_page_bytes if that is meant"
    return PageTooLarge(text, response=response)
