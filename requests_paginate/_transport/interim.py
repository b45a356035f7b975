"""Interim answers, such as 103 Early Hints, which come before the answer (RFC 9110 section 15.2).

http.client skips 100 alone. Every other one urllib3 and requests hand out as the answer, without a
body. Once that is read, the connection goes back to its pool with the real answer still to come,
and the next request over it gets the answer to this one: perhaps another account's rows.

So the connection is read on until the final answer, before anybody else can have it: in this
package's adapters, and for the adapters of others in the first response hook of a request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPException
from http.client import HTTPResponse as Answer
from itertools import takewhile
from typing import Any, NoReturn

import requests
from requests.hooks import dispatch_hook
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import HTTPError

from requests_paginate.exceptions import TransferFailed

_MOST = 100  # before one final answer; 102 comes again and again while a server is at work
_SWITCHING = 101  # no interim answer: what follows it is not HTTP


def _is_interim(status: object) -> bool:
    return isinstance(status, int) and 100 <= status < 200 and status != _SWITCHING


class InterimHook:
    """A response hook that gives the hooks after it the final answer.

    Those before it, of an auth object, saw the interim answer; they get the final one, too.

    Args:
        check: Is called between two answers, and raises if reading must stop. A page refers to its
            hooks, so it must not refer to the page.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self.check = check

    def __call__(self, response: requests.Response, **options: Any) -> requests.Response:
        """Return the final response."""
        if response.status_code >= 200:
            return response  # nearly always
        final = finish_response(response, self.check)
        if final is response:
            return response
        hooks = response.request.hooks["response"]
        before = list(takewhile(lambda hook: hook is not self, hooks))
        listed = {"response": before}
        answered = dispatch_hook("response", listed, final, **options)  # type: ignore[no-untyped-call]
        return finish_response(answered, self.check)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()  # a response may be pickled, with its request; a clock may not


def finish_response(response: requests.Response, check: Callable[[], None]) -> requests.Response:
    """Return a response, or the final one if it is interim.

    Raises:
        TransferFailed: The final answer cannot be read. The connection is closed.
    """
    status: object = response.status_code
    if status == _SWITCHING:
        response.close()
    if not _is_interim(status):
        return response
    adapter, began = getattr(response, "connection", None), time.monotonic()
    build = getattr(adapter, "build_response", None)
    if build is None or not _can_be_read_on(response.raw):
        _refuse(response, adapter)
    _read_on(response.raw, check)
    final: requests.Response = build(response.request, response.raw)
    final.elapsed = response.elapsed + timedelta(seconds=time.monotonic() - began)
    final.history = response.history
    return final


def finish_answer(raw: Any, request: requests.PreparedRequest) -> None:
    """Make an interim response of urllib3 the final one, within the bounds of a listing's page."""
    status = getattr(raw, "status", None)
    if status == _SWITCHING:
        raw.close()
    if _is_interim(status) and _can_be_read_on(raw):
        hooks = [hook for hook in request.hooks["response"] if isinstance(hook, InterimHook)]
        _read_on(raw, (hooks or [InterimHook()])[0].check)


def _can_be_read_on(raw: Any) -> bool:
    """Return whether it is a response of urllib3, and its connection still its own."""
    answer = getattr(raw, "_original_response", None)
    return (
        isinstance(raw, HTTPResponse)
        and isinstance(answer, Answer)
        and raw._fp is answer  # nobody stands in between, such as a cache
        and answer.fp is not None
        and raw._connection is not None
    )


def _refuse(response: requests.Response, adapter: Any) -> NoReturn:
    with suppress(AttributeError):  # without a stream, or without an adapter
        response.close()
        if getattr(response, "_content_consumed", True):
            adapter.close()  # the connection is in one of its pools already
    raise _fail(
        f"the server sent an interim answer, {response.status_code}, and the final one cannot be "
        "read through this session's adapter or cache; mount a requests.adapters.HTTPAdapter"
    )


def _fail(text: str) -> TransferFailed:
    """Return an error that no other try would mend."""
    error = TransferFailed(text)
    error.transient = False
    return error


def _read_on(raw: Any, check: Callable[[], None]) -> None:
    try:
        for _ in range(_MOST):
            check()
            _read_next(raw)
            if not _is_interim(raw.status):
                if raw.status == _SWITCHING:
                    raw.close()
                return
        raise _fail(f"{_MOST} interim answers, and no final one")
    except BaseException:
        raw.close()
        raw.release_conn()  # closed; a pool that blocks waits for it
        raise


def _read_next(raw: Any) -> None:
    """Make a response of urllib3 that of the next answer on its connection.

    It stays the same object: two of them would each close the connection when it is collected.
    """
    answer, connection = raw._original_response, raw._connection
    # without headers it reads a status line again, and what it has read ahead is not lost
    answer.headers = answer.msg = None
    try:
        answer.begin()
        HTTPResponse.__init__(
            raw,
            body=answer,
            headers=HTTPHeaderDict(answer.msg.items()),
            status=answer.status,
            version=answer.version,
            version_string=raw.version_string,
            reason=answer.reason,
            preload_content=False,
            decode_content=raw.decode_content,
            original_response=answer,
            pool=raw._pool,
            connection=connection,
            retries=raw.retries,
            enforce_content_length=raw.enforce_content_length,
            request_method=answer._method,
            request_url=raw._request_url,
            sock_shutdown=raw._sock_shutdown,
        )
    except TimeoutError as error:
        raise requests.ReadTimeout(error) from None
    except (HTTPException, HTTPError, OSError) as error:
        raise requests.ConnectionError(error) from None
    if answer.will_close:
        _leave(connection)


def leave_connection(response: requests.Response) -> None:
    """Send no other request over a response's connection; the response can still be read.

    A server that was about to close it may answer two requests with three answers.
    """
    connection = getattr(response.raw, "_connection", None)
    if isinstance(response.raw, HTTPResponse) and connection is not None:
        _leave(connection)


def _leave(connection: Any) -> None:
    # the answer keeps the socket open until it is read, as always in http.client
    if connection.sock is not None:
        connection.sock.close()
        connection.sock = None
