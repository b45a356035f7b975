"""Dialects behind `responses`: without a socket, at any address."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Protocol

import responses
from requests import PreparedRequest

from requests_paginate.sandbox.messages import Dialect, Headers, Request

__all__ = ["Mock", "Mounted", "mount"]


class Mock(Protocol):
    """What `mount` needs of a `responses.RequestsMock`, or of the module `responses` itself."""

    def add(self, method: responses.BaseResponse, /) -> responses.BaseResponse:
        """Register a response."""
        ...


def mount(dialect: Dialect, url: str, mock: Mock = responses.mock) -> Counter[str]:
    """Let a dialect answer every request, of any method, to `url` and to the paths below it.

    The rules of `responses` hold for what else is registered there. A response for one of these
    addresses that was registered *before* answers the first request and is then used up: that is
    how to make one page fail once. A response that is registered *after* displaces the dialect.

    Args:
        dialect: The dialect that answers. Its exceptions reach the caller of requests.
        url: Scheme, host and perhaps the beginning of a path. The dialect does not see it, but
            its absolute links begin with it.
        mock: Where to mount the dialect; it must be active when the requests are made.

    Returns:
        How many requests came for each path; the counter goes on counting.
    """
    base = url.rstrip("/")
    mounted = Mounted(dialect, base, re.escape(base) + r"(?=[/?#]|$)")
    mock.add(mounted)
    return mounted.counts


class Mounted(responses.CallbackResponse):
    """One registration for all methods, since one for each would leave most of them unfired."""

    def __init__(self, dialect: Dialect, base: str, pattern: str) -> None:
        super().__init__("ANY", re.compile(pattern), self._answer)
        self._dialect, self._base = dialect, base
        self.counts: Counter[str] = Counter()

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Return whether the request is for the dialect, and if it is not, why."""
        is_ours = self._url_matches(self.url, str(request.url))
        return is_ours, "" if is_ours else "URL does not match"

    def _answer(self, request: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        target = str(request.url).removeprefix(self._base).partition("#")[0]
        path, _, query = target.partition("?")
        received = Request(
            method=str(request.method),
            path=path or "/",
            query=query,
            headers=Headers(request.headers),
            body=_encode_body(request.body),
            origin=self._base,
        )
        self.counts[received.path] += 1
        answer = self._dialect.respond(received)
        body = b"" if received.method == "HEAD" else answer.body
        return answer.status, list(answer.headers), body


def _encode_body(body: Any) -> bytes:
    """Return a body as it would be sent. In requests it is text, bytes or an iterable of bytes."""
    if isinstance(body, str):
        return body.encode()
    return b"".join([body] if isinstance(body, bytes) else body or ())
