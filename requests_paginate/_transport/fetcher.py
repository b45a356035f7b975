"""One page: sent, read within bounds, decoded, and tried again.

Request, body and decoding are one try, because requests never retries a body that broke half-way.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import requests

from requests_paginate import exceptions
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate._redaction import redact_url
from requests_paginate._transport.body import read_body
from requests_paginate._transport.errors import (
    Translation,
    add_codes,
    describe_redirect,
    describe_refusal,
    explain_no_json,
    find_redirected,
    is_cache_miss,
    is_nonce_refused,
    is_nonce_stale,
)
from requests_paginate._transport.fork import renew_session
from requests_paginate._transport.interim import leave_connection
from requests_paginate._transport.json_body import decode_json, to_utf8
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.page_task import PageTask, Pauses
from requests_paginate._transport.retry import REQUEST_TIMEOUT
from requests_paginate._transport.sender import Sender, read_location
from requests_paginate._transport.tally import Tally
from requests_paginate._transport.trace import Kind, Trace
from requests_paginate._transport.typed_rows import RowDecoder

logger = logging.getLogger("requests_paginate")

_MOST_QUOTED = 1000  # characters of a refusal
_LONGEST_WAIT = 1e9  # seconds, without a deadline; a server may ask for more than time.sleep takes


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A page, its rows and successor not yet read, and the response that it came in."""

    page: Page
    response: requests.Response
    has_upgraded: bool = False  # as in `PageTask`


class Fetcher:
    """Fetches the pages of one listing, which remember its first request."""

    make_task: Callable[..., PageTask] = PageTask  # another one in a group of listings
    others: Pauses | None = None  # the other listings of the origin, in a group

    def __init__(self, sender: Sender, options: TransportOptions, first: PageRequest) -> None:
        self.sender = sender
        self.tally = sender.tally
        self.trace = Trace()
        self.options = options
        self.row_decoder: RowDecoder | None = None  # until it is known where the rows are
        # the caller's, which is called once for a page: it may take the rows out of the body
        self.row_reader: Callable[[Page], Iterable[Any]] | None = None
        self.keeps_digits = False  # numbers of a body that is not decoded into a model: Decimals
        self.first = first

    def fetch(self, request: PageRequest, index: int, task: PageTask | None = None) -> Fetched:
        """Fetch one page, with as many tries as the policy and the deadline allow."""
        task = task or self.make_task(request, index, self.options.deadline)
        tries = failures = 0
        with task:
            while True:
                while (seconds := task.begin_try()) > 0:
                    self._wait(seconds, task, "as another page was told to", None)
                    task.deadline.extend(seconds)
                try:
                    with Translation(request, is_first=task.index == 0):
                        self._note("sent", task)
                        response = self.sender.send(request, task)
                        if request.method == "POST" and self._wants_get(request, response):
                            response.close()
                            request = copy_with(request, method="GET", json=None)
                            response = self.sender.send(request, task)
                        self._note("answered", task, response)
                        content = self._read(response, task)
                        self._note("received", task, size=len(content))
                    fetched = self._make_page(request, task, response, content)
                    self._note("decoded", task)
                    return fetched
                except exceptions.PaginationError as error:
                    self._note("failed", task, error=type(error).__name__)
                    if error.transient:
                        task.check()
                    seconds = self.options.retrying.wait(
                        error, failures=failures + 1, now=time.time(), chance=random.random
                    )
                    is_own = task.note_failure(error, seconds)
                    tries, failures = tries + 1, failures + is_own
                    method, failed = request.method, max(1, failures)
                    is_crowded = not is_own and is_nonce_refused(error.response)
                    if not (
                        is_crowded
                        or self.options.retrying.allows(error, method=method, failures=failed)
                    ):
                        raise
                    reason = f"before try {tries + 1}: {type(error).__name__}: {error}"
                    self._wait(seconds, task, reason, error.response)
                    task.deadline.extend(0.0 if is_own else seconds)
                    task.has_failed = True
                    self.tally.add(retries=1)

    def copy(self) -> Fetcher:
        """Return one for another listing of the same call, which counts what it costs itself."""
        sender = copy_with(self.sender, tally=Tally())
        return Fetcher(sender, self.options, self.first)

    def collect_secrets(self) -> dict[str, Any]:
        """Return what a link may echo of the caller's secrets, by name."""
        return self.sender.secrets.collect()

    def hide_secrets(
        self, error: exceptions.PaginationError, fetched: Fetched
    ) -> exceptions.PaginationError:
        """Remove from an error about a page what its words quote of the caller's secrets."""
        most = _MOST_QUOTED if isinstance(error, exceptions.MalformedPage) else None
        error.args = (self.redact(str(error), fetched)[:most], *error.args[1:])
        return error

    def redact(self, text: str, fetched: Fetched) -> str:
        """Return a text without what it quotes of the caller's secrets from a page."""
        return self.sender.secrets.redact(text, fetched.page.request, fetched.response)

    def renew(self) -> None:
        """Go on in a forked process, without what belongs to its parent."""
        self.tally.__setstate__(self.tally.counts())
        self.sender.renew()
        renew_session(self.sender.session)

    def close_session(self) -> None:
        """Close the session that the pages are sent through."""
        self.sender.session.close()

    def __getstate__(self) -> dict[str, Any]:
        left = ("make_task", "others")  # of this process
        return {name: value for name, value in vars(self).items() if name not in left}

    def _wait(self, seconds: float, task: PageTask, reason: str, response: Any) -> None:
        left = task.deadline.left()
        if seconds >= min(left, _LONGEST_WAIT):
            text = f"no time for another try: {seconds:.1f} s to wait, {max(0.0, left):.1f} s "
            text += f"left of the page's {self.options.deadline} s {reason}"
            raise exceptions.DeadlineExceeded(text, response=response) from None
        reason = self.sender.secrets.redact(reason, task.request, response)
        facts = {"page": task.index, "wait": round(seconds, 3)}
        logger.info("page %d: waiting %.2f s %s", task.index, seconds, reason, extra=facts)
        task.sleep(seconds)
        self.tally.add(seconds_waited=seconds)
        self._note("waited", task, seconds=seconds)

    def _note(
        self, kind: Kind, task: PageTask, response: requests.Response | None = None, **details: Any
    ) -> None:
        if self.trace.sinks:
            if response is not None:
                url = self.sender.secrets.redact(redact_url(response.url), task.request, response)
                details |= {"url": url, "status": response.status_code}
            details |= {"fetch": task.number, "is_guess": task.is_guess}
            self.trace.note(kind, task.index, **details)

    def _wants_get(self, request: PageRequest, response: requests.Response) -> bool:
        """Return whether a server refuses POST for a link, and takes GET.

        The page's request then says GET, and a strategy follows its links by the same method.
        """
        if response.status_code != 405 or request.url == self.first.url:
            return False
        allowed = str(response.headers.get("Allow", ""))  # RFC 9110 section 15.5.6
        return "GET" in allowed.upper().replace(",", " ").split()

    def _read(self, response: requests.Response, task: PageTask) -> bytes:
        if response.status_code == REQUEST_TIMEOUT:
            leave_connection(response)
        with response:
            task.receive(response)
            return read_body(
                response,
                limit=self.options.max_page_bytes,
                check=task.check,
                tells_its_end=self.options.decode is None,
            )

    def _make_page(
        self, request: PageRequest, task: PageTask, response: requests.Response, content: bytes
    ) -> Fetched:
        if response.status_code == 204:
            content = b""
        elif not _is_page(request.method, response):
            raise self._make_refusal(request, response)
        self.tally.add(bytes=len(content))
        if logger.isEnabledFor(logging.DEBUG):  # redacting a URL takes time
            logger.debug(
                "page %d: %s %s: %d, %d bytes", task.index, request.method,
                self.sender.secrets.redact(redact_url(response.url), request, response),
                response.status_code, len(content),
                extra={
                    "page": task.index, "status": response.status_code, "size": len(content),
                },
            )  # fmt: skip
        page = Page(
            request=request,
            first_request=None if task.index == 0 else self.first,
            index=task.index,
            headers=response.headers,
            status=response.status_code,
            body=None if response.status_code == 204 else self._decode(content, response),
            url=response.url,
            elapsed=response.elapsed,
        )
        if self.row_reader is not None:
            rows = self.row_reader(page)
            page = copy_with(page, items=rows if isinstance(rows, (list, tuple)) else list(rows))
        return Fetched(page=page, response=response, has_upgraded=task.has_upgraded)

    def _decode(self, content: bytes, response: requests.Response) -> Any:
        if self.options.decode is not None:
            return self.options.decode(content)
        content_type = response.headers.get("Content-Type")
        content = to_utf8(content, content_type)
        decoder = self.row_decoder
        if decoder is not None and (body := decoder.decode_body(content)) is not None:
            return body
        try:
            return decode_json(content, content_type, exactly=self.keeps_digits)
        except exceptions.MalformedPage as error:
            raise explain_no_json(error, content, response) from None

    def _make_refusal(
        self, request: PageRequest, response: requests.Response
    ) -> exceptions.PageFailed:
        answer = f"{response.status_code} {response.reason or ''}".rstrip()
        if 300 <= response.status_code < 400 and (location := read_location(response)):
            answer += f", a redirect{describe_redirect(location)}"
        if words := describe_refusal(response):
            answer += f": {words}"
        # secrets are hidden in the whole text, which is cut after that
        answer = self.sender.secrets.redact(answer, request, response)[:_MOST_QUOTED]
        asked = find_redirected(response)
        led = f", where a redirect from {asked} leads," if asked else ""
        where = self.sender.secrets.redact(f"{redact_url(response.url)}{led}", request, response)
        text = f"{request.method} {where} answered {answer}"
        # a session that knows its provider says what to do
        explain = getattr(type(self.sender.session), "explain_refusal", None)
        if explain is not None and (advice := explain(self.sender.session, response)):
            text += f"; {advice}"
        error = exceptions.PageFailed(text, response=response)
        add_codes(
            error, lambda it: self.sender.secrets.redact(it, request, response)[:_MOST_QUOTED]
        )
        statuses = (REQUEST_TIMEOUT, *self.options.retrying.statuses)
        is_known = response.status_code in statuses and not is_cache_miss(response)
        error.transient = is_known or is_nonce_stale(response)
        return error


def _is_page(method: str, response: requests.Response) -> bool:
    """Return whether a status is that of a page of rows.

    203 is a 200 that a proxy has changed (RFC 9110 section 15.3.4). 201 is how frameworks answer
    every POST unless they are told otherwise (https://docs.nestjs.com/controllers#status-code), and
    so a search by POST. Other statuses promise no rows, or not all: 202 says that they are to come.
    """
    status = response.status_code
    if status == 206:
        # PostgREST: `Content-Range: 0-24/3573458`; byte ranges cut a body in the middle
        content_range = response.headers.get("Content-Range", "").lower()
        return content_range != "" and not content_range.startswith("bytes")
    return status in (200, 203) or (status == 201 and method == "POST")
