"""One page: sent, read within bounds, decoded, and tried again.

Request, body and decoding are one attempt, because requests never retries a body that broke
half-way.
"""

from __future__ import annotations

import logging
import random
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import requests
from urllib3 import HTTPResponse

from requests_paginate._models import Page, PageRequest
from requests_paginate._redaction import redacted_text, redacted_url
from requests_paginate._transport.deadline import Clock
from requests_paginate._transport.errors import translated
from requests_paginate._transport.json_body import decode_json
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.sender import Sender
from requests_paginate._transport.typed_rows import RowDecoder
from requests_paginate.exceptions import (
    DeadlineExceeded,
    MalformedPage,
    PageFailed,
    PageTooLarge,
    PaginationError,
    TransferFailed,
)

__all__ = ["Fetched", "Fetcher"]

logger = logging.getLogger("requests_paginate")

# Bytes at most of one read, or of what is decoded, between two looks at the clock. TLS gives no
# more than 2**14 at once; room for 2**20 would be taken from the system and given back each time.
_PIECE = 2**16
_GZIP = b"\x1f\x8b"  # what a member begins with (RFC 1952 section 2.3.1)
_MOST_SAID = 1000  # characters of a refusal
_MOST_CODINGS = 5  # as urllib3
_LONGEST_WAIT = 1e9  # seconds, where there is no deadline; no clock takes what a server may ask for
_ERROR_BYTES = 2**16  # of an error's body; enough for any provider's code and message


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A page, its rows and successor not yet read.

    Attributes:
        page: The page.
        response: The response that it came in.
        has_upgraded: Whether a link to http was followed at the pinned https origin instead.
    """

    page: Page
    response: requests.Response
    has_upgraded: bool = False


class Fetcher:
    """Fetches pages.

    Args:
        sender: Sends the requests.
        options: The listing's options.

    Attributes:
        sender: Sends the requests.
        tally: What fetching cost.
        deadline: Seconds for one page; None for no bound.
        first: The listing's first request, which its other pages remember.
        row_decoder: Makes the caller's models of rows, once it is known where these are.
    """

    def __init__(self, sender: Sender, options: TransportOptions) -> None:
        self.sender = sender
        self.tally = sender.tally
        self.deadline = options.deadline
        self._options = options
        self._retrying = options.retrying
        self.row_decoder: RowDecoder | None = None
        self.first: PageRequest | None = None

    def fetch(self, request: PageRequest, index: int, clock: Clock | None = None) -> Fetched:
        """Fetches one page, with as many tries as the policy and the deadline allow.

        Args:
            request: The page's request.
            index: Its place in the listing.
            clock: What bounds its time; None for one of its own.

        Raises:
            PaginationError: There is no such page to be had.
        """
        clock = clock or Clock(self.deadline)
        tries = failures = 0
        while True:
            while (seconds := clock.begin()) > 0:
                self._wait(seconds, index, clock, "as another page was told to", None)
                clock.started += seconds
            try:
                return self._attempt(request, index, clock)
            except PaginationError as error:
                if error.transient:
                    clock.check()
                seconds = self._retrying.wait(
                    error, failures=failures + 1, now=time.time(), chance=random.random
                )
                is_own = clock.failed(error, seconds)
                tries, failures = tries + 1, failures + is_own
                if not self._retrying.allows(
                    error, method=request.method, failures=max(1, failures)
                ):
                    raise
                reason = f"before try {tries + 1}: {type(error).__name__}: {error}"
                self._wait(seconds, index, clock, reason, error.response)
                clock.started += 0.0 if is_own else seconds
                self.tally.add(retries=1)

    def _wait(self, seconds: float, index: int, clock: Clock, reason: str, response: Any) -> None:
        if seconds >= min(clock.left(), _LONGEST_WAIT):
            raise DeadlineExceeded(
                f"no time for another try: {seconds:.1f} s to wait, {max(0.0, clock.left()):.1f} s "
                f"left of the page's {clock.deadline} s {reason}",
                response=response,
            ) from None
        logger.info("page %d: waiting %.2f s %s", index, seconds, reason)
        clock.sleep(seconds)
        self.tally.add(seconds_waited=seconds)

    def _attempt(self, request: PageRequest, index: int, clock: Clock) -> Fetched:
        with translated(request):
            response = self.sender.send(request, clock)
            with response:
                clock.began(response)
                content = self._read(response, clock)
        if response.status_code == 206 and _counts_rows(response):
            pass
        elif response.status_code == 204:
            if index == 0:
                raise MalformedPage(
                    "expected a page of rows, got 204 No Content", response=response
                )
            content = b""
        elif response.status_code != 200:
            raise self._failed(request, response)
        self.tally.add(bytes=len(content))
        if logger.isEnabledFor(logging.DEBUG):  # to redact a URL is not for nothing
            logger.debug(
                "page %d: %s %s: %d, %d bytes", index, request.method, redacted_url(response.url),
                response.status_code, len(content),
            )  # fmt: skip
        page = Page(
            request=request,
            first_request=None if index == 0 else self.first,
            index=index,
            headers=response.headers,
            status=response.status_code,
            body=None if response.status_code == 204 else self._decoded(content, response),
            url=response.url,
            elapsed=response.elapsed,
        )
        return Fetched(page=page, response=response, has_upgraded=clock.has_upgraded)

    def _decoded(self, content: bytes, response: requests.Response) -> Any:
        if self._options.decode is not None:
            return self._options.decode(content)
        if self.row_decoder is not None and (body := self.row_decoder.body(content)) is not None:
            return body
        try:
            return decode_json(content, response.headers.get("Content-Type"))
        except MalformedPage as error:
            error.response = response
            raise

    # Reading ---------------------------------------------------------------------------------

    def _read(self, response: requests.Response, clock: Clock) -> bytes:
        limit = self._options.max_page_bytes
        if getattr(response, "_content_consumed", False) or not hasattr(response.raw, "read1"):
            content = response.content  # the session has read it already: a cache, a hook
            clock.check()
            if len(content) > limit:
                raise PageTooLarge(_too_large(limit), response=response)
        else:
            if not response.ok:
                limit = min(limit, _ERROR_BYTES)
            content = self._read_bounded(response, limit, clock)
            # As requests' own `content` does, so that `error.response.text` can be read.
            response._content, response._content_consumed = content, True  # type: ignore[attr-defined]  # its own
        return content

    def _read_bounded(self, response: requests.Response, limit: int, clock: Clock) -> bytes:
        """Reads the body: the wire against the clock, then the decoded bytes against the limit.

        urllib3 loops over a dripped gzip body inside one decoding read, where no clock is seen;
        so the wire's bytes are collected first and decoded from memory.
        """
        wire = _collected(
            lambda: response.raw.read1(_PIECE, decode_content=False), limit, response, clock
        )
        codings = response.headers.get("Content-Encoding", "").lower().split(",")
        codings = [name.strip() for name in codings if name.strip() not in ("", "identity")]
        if len(codings) > _MOST_CODINGS:
            error = TransferFailed(f"{len(codings)} content encodings, {_MOST_CODINGS} at most")
            error.transient = False
            raise error
        content = wire
        for coding in reversed(codings):
            source = _Watched(content, clock)
            decoded = HTTPResponse(
                source, headers={"Content-Encoding": coding}, preload_content=False
            )
            encoded = content
            content = _collected(lambda body=decoded: body.read(_PIECE), limit, response, clock)
            # JSON tells by itself, and an error's body was perhaps cut here
            if self._options.decode is not None and response.ok and _is_cut(encoded, coding, clock):
                raise TransferFailed(f"the {coding} body ends before its end", response=response)
        return content

    def _failed(self, request: PageRequest, response: requests.Response) -> PageFailed:
        said = _provider_error(response)
        answer = f"{response.status_code} {response.reason or ''}".rstrip()
        answer += f": {said}" if said else ""
        answer = self.sender.concealed(answer, request, response)[:_MOST_SAID]  # in this order
        error = PageFailed(
            f"{request.method} {redacted_url(response.url)} answered {answer}", response=response
        )
        error.transient = response.status_code in self._retrying.statuses
        return error


def _collected(read: Any, limit: int, response: requests.Response, clock: Clock) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := read():
        size += len(chunk)
        if size > limit:
            if not response.ok:
                break  # an error's body is cut, not refused
            raise PageTooLarge(_too_large(limit), response=response)
        chunks.append(chunk)
        clock.check()
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class _Watched(BytesIO):
    """Bytes in small pieces, with a look at the clock before each.

    What decodes to nothing (empty gzip members, one after the other) would be read in one go.
    """

    def __init__(self, content: bytes, clock: Clock) -> None:
        super().__init__(content)
        self._clock = clock

    def read(self, size: int | None = -1) -> bytes:
        self._clock.check()
        return super().read(_PIECE if size is None or size < 0 else min(size, _PIECE))


def _is_cut(wire: bytes, coding: str, clock: Clock) -> bool:
    """Whether a compressed body lacks its end, which urllib3 lets pass (gzip and deflate).

    A body that ends with its connection has no length that would tell.
    """
    if coding not in ("gzip", "x-gzip", "deflate"):
        return False
    # by its header gzip or zlib, else a deflate without one
    for bits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        position, member = 0, None
        try:
            while position < len(wire):
                clock.check()
                if position and member is None and wire[position : position + 2] != _GZIP:
                    return False  # a line's end, zeros: other clients read what was before
                member = member or zlib.decompressobj(bits)
                piece = wire[position : position + _PIECE]
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


def _too_large(limit: int) -> str:
    return f"the page is larger than {limit} bytes; raise max_page_bytes if that is meant"


def _counts_rows(response: requests.Response) -> bool:
    # PostgREST: `Content-Range: 0-24/3573458`; byte ranges cut a body in the middle
    content_range = response.headers.get("Content-Range", "")
    return bool(content_range) and not content_range.lower().startswith("bytes")


def _provider_error(response: requests.Response) -> str:
    """The provider's code and message, as Pluggy, Belvo, DRF and RFC 9457 write them."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return ""
    for name in ("errors", "error"):
        if isinstance(body, Mapping) and isinstance(body.get(name), (Mapping, list)):
            body = body[name]
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, Mapping):
        return ""
    said = [_words(body, n) for n in ("code", "message", "detail", "title", "error")]
    more = [
        _words(body, n) for n in ("codeDescription", "error_description", "field", "request_id")
    ]
    text = ": ".join(filter(None, said)) + (
        f" ({', '.join(filter(None, more))})" if any(more) else ""
    )
    return redacted_text(text.strip())


def _words(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return str(value) if isinstance(value, (str, int)) else ""
