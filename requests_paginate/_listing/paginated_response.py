"""The response that holds the rows of all pages."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPMessage
from types import SimpleNamespace
from typing import Any

import requests
from requests.cookies import extract_cookies_to_jar
from urllib3 import HTTPHeaderDict, HTTPResponse

from requests_paginate._transport.json_body import decode_json
from requests_paginate.exceptions import MalformedPage
from requests_paginate.strategies import Strategy

# Headers that tell of the body as it was sent.
_OF_TRANSFER = frozenset({"content-length", "content-encoding", "transfer-encoding"})
# Those that tell the body of one page from another one: by them a cache would keep the whole for as
# long as the first page stays the same.
_OF_ONE_PAGE = frozenset(
    """accept-ranges content-digest content-md5 content-range digest etag last-modified
    repr-digest""".split()
)
_CHARSET = re.compile(r"(;\s*charset\s*=\s*)[^;]*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Pagination:
    """What a response was merged from.

    Attributes:
        pages: How many pages.
        rows: How many rows; None if that is not known.
        strategy: How the pages were asked for; None if that is not known.
        doubts: What speaks against the whole, in words; empty if nothing does.
        elapsed: The sum of the times until each page's headers were read.
    """

    pages: int
    rows: int | None
    strategy: Strategy | None
    doubts: tuple[str, ...] = ()
    elapsed: timedelta = timedelta(0)


class PaginatedResponse(requests.Response):
    """The first page's response, with the rows of all pages in its body.

    Attributes:
        pagination: What it was merged from.
    """

    __attrs__ = [*requests.Response.__attrs__, "pagination"]  # noqa: RUF012 - as requests has it
    pagination: Pagination

    def __init__(self, first: requests.Response, content: bytes, pagination: Pagination) -> None:
        vars(self).update(vars(first))
        self._content, self._content_consumed = content, True
        self.pagination = pagination

    @property
    def elapsed(self) -> timedelta:
        """The sum of the times until each page's headers were read."""
        return self.pagination.elapsed

    @elapsed.setter
    def elapsed(self, value: timedelta) -> None:
        """Ignore the time of the whole, which a session sets."""

    def json(self, **options: Any) -> Any:
        """Return the decoded body as `requests.Response.json` does, in a third of the time."""
        if not options:
            with suppress(MalformedPage), _no_garbage_collection():
                return decode_json(self.content)
        return super().json(**options)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Put garbage collection off while a body is decoded, which leaves no garbage.

    It would look through all the new rows again and again: two thirds of the time of 200,000 rows.
    """
    was_enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_enabled:
            gc.enable()


def merge_response(
    first: requests.Response, content: bytes, pagination: Pagination, cookies: Iterable[str]
) -> PaginatedResponse:
    """Return the first page's response with another body, in UTF-8, and all pages' cookies."""
    response = PaginatedResponse(first, content, pagination)
    response.headers = first.headers.copy()
    for name in _OF_TRANSFER | _OF_ONE_PAGE:
        response.headers.pop(name, None)
    content_type = response.headers.get("Content-Type")
    if content_type is not None:
        response.headers["Content-Type"] = _CHARSET.sub(r"\1utf-8", content_type)
    response.encoding = "utf-8"
    message = HTTPMessage()
    for cookie in cookies:
        message["Set-Cookie"] = cookie
    # where a session looks for cookies
    original = SimpleNamespace(msg=message, isclosed=lambda: True)
    response.raw = _make_raw(response, response.headers, original)
    extract_cookies_to_jar(response.cookies, response.request, response.raw)  # type: ignore[no-untyped-call]
    return response


def renew_raw(response: requests.Response) -> None:
    """Give a response whose body was read a fresh stream, for who reads `response.raw`.

    Else it is as it came, with its cookies.
    """
    own = response.raw
    original = getattr(own, "_original_response", None)
    response.raw = _make_raw(response, getattr(own, "headers", response.headers), original)


def _make_raw(
    response: requests.Response, headers: Mapping[str, str], original: Any
) -> HTTPResponse:
    kept = HTTPHeaderDict(headers)
    for name in _OF_TRANSFER:
        kept.discard(name)
    return HTTPResponse(
        body=io.BytesIO(response.content),
        headers=kept,
        status=response.status_code,
        reason=response.reason,
        version=getattr(response.raw, "version", 0),
        version_string=getattr(response.raw, "version_string", "HTTP/?"),
        preload_content=False,
        original_response=original,
        retries=getattr(response.raw, "retries", None),
        request_method=response.request.method,
        request_url=response.request.url,
    )
