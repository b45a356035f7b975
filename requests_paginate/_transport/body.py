"""Read the body of a response, within bounds of time and size.

urllib3 decodes a gzip body that comes byte by byte in one read, without a look at the clock. So the
bytes are collected first, and then decoded from memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO

import requests
from urllib3 import HTTPResponse

from requests_paginate.exceptions import PageTooLarge, TransferFailed

# Bytes at most of one read, or of what is decoded, between two looks at the clock. TLS gives no
# more than 2**14 at once; memory for 2**20 would be asked of the system and freed each time.
_PIECE = 2**16
_GZIP = b"\x1f\x8b"  # what a member begins with (RFC 1952 section 2.3.1)
_MOST_CODINGS = 5  # as urllib3
_ERROR_BYTES = 2**16  # of an error's body; enough for any provider's code and message

Check = Callable[[], None]


def read_body(
    response: requests.Response, *, limit: int, check: Check, tells_its_end: bool
) -> bytes:
    """Return the decoded body of a response; of an error, perhaps only the beginning.

    The session may have read it already (a cache, a hook). The limit is in decoded bytes. `check`
    is called between reads, and raises if reading must stop. `tells_its_end` says whether the
    decoded body shows by itself where it was cut, as JSON does; of another one a cut is found here.
    """
    if getattr(response, "_content_consumed", False) or not hasattr(response.raw, "read1"):
        content = response.content
        check()
        if len(content) > limit:
            raise _make_too_large(limit, response)
        return content
    if not response.ok:
        limit = min(limit, _ERROR_BYTES)
        tells_its_end = True  # it may be cut here, by the limit
    raw = response.raw
    content = _collect(lambda: raw.read1(_PIECE, decode_content=False), limit, response, check)
    for coding in reversed(_list_codings(response)):
        encoded = content
        content = _decode(coding, encoded, limit, response, check)
        if not tells_its_end and _is_cut(encoded, coding, check):
            raise TransferFailed(f"the {coding} body ends before its end", response=response)
    # As requests' own `content` does, so that `error.response.text` can be read.
    response._content, response._content_consumed = content, True  # type: ignore[attr-defined]  # its own
    return content


def _list_codings(response: requests.Response) -> list[str]:
    named = response.headers.get("Content-Encoding", "").lower().split(",")
    codings = [name.strip() for name in named if name.strip() not in ("", "identity")]
    if len(codings) > _MOST_CODINGS:
        error = TransferFailed(f"{len(codings)} content encodings, {_MOST_CODINGS} at most")
        error.transient = False
        raise error
    return codings


def _decode(
    coding: str, encoded: bytes, limit: int, response: requests.Response, check: Check
) -> bytes:
    headers = {"Content-Encoding": coding}
    body = HTTPResponse(_CheckedReader(encoded, check), headers=headers, preload_content=False)
    return _collect(lambda: body.read(_PIECE), limit, response, check)


def _collect(
    read: Callable[[], bytes], limit: int, response: requests.Response, check: Check
) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := read():
        size += len(piece)
        if size > limit:
            if response.ok:
                raise _make_too_large(limit, response)
            pieces.append(piece[: limit - size])  # an error's body is cut, not refused
            break
        pieces.append(piece)
        check()
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _CheckedReader(BytesIO):
    """Bytes in small pieces, with a check before each.

    Without it, urllib3 would read empty gzip members, one after the other, in one go.
    """

    def __init__(self, content: bytes, check: Check) -> None:
        super().__init__(content)
        self._check = check

    def read(self, size: int | None = -1) -> bytes:
        self._check()
        return super().read(_PIECE if size is None or size < 0 else min(size, _PIECE))


def _is_cut(encoded: bytes, coding: str, check: Check) -> bool:
    # urllib3 lets it pass, and a body that ends with its connection has no length to compare
    if coding not in ("gzip", "x-gzip", "deflate"):
        return False
    # by its header gzip or zlib, else a deflate without one
    for bits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        position, member = 0, None
        try:
            while position < len(encoded):
                check()
                if position and member is None and encoded[position : position + 2] != _GZIP:
                    return False  # a line break or zeros: ignored, as by other clients
                member = member or zlib.decompressobj(bits)
                piece = encoded[position : position + _PIECE]
                member.decompress(piece)
                position += len(piece) - len(member.unused_data)
                if member.eof:
                    member = None
                    if bits < 0:
                        break
        except zlib.error:
            continue
        return member is not None
    return False


def _make_too_large(limit: int, response: requests.Response) -> PageTooLarge:
    text = f"the page is larger than {limit} bytes; raise max_page_bytes if that is meant"
    return PageTooLarge(text, response=response)
