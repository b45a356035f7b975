"""One page to fetch ahead of its turn, by a thread of a pool."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, Protocol

import requests

from requests_paginate._models import Page, PageRequest
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.errors import is_crowded
from requests_paginate._transport.fetcher import Fetched, Fetcher
from requests_paginate._transport.page_task import Dropped, PageTask
from requests_paginate.exceptions import PaginationError

Successor = Callable[[Page], "PageRequest | None"]


class Pool(Protocol):
    """What a task asks of its pool, and tells it; see `WorkerPool`."""

    fetcher: Fetcher

    def begin_try(self, task: PooledTask, /) -> float: ...
    def note_failure(self, task: PooledTask, seconds: float | None, /) -> bool: ...
    def note_dropped(self, task: PooledTask, /) -> None: ...


class PooledTask(PageTask):
    """One page to fetch ahead of its turn, by a thread of a pool."""

    def __init__(
        self,
        pool: Pool,
        request: PageRequest,
        index: int,
        *,
        is_guess: bool = False,
        context: Context | None = None,
    ) -> None:
        super().__init__(request, index, pool.fetcher.options.deadline)
        self.is_guess = is_guess
        self.is_begun = False  # a thread has it
        self.future: Future[Fetched] = Future()
        self._pool = pool
        self._dropped = threading.Event()
        # the caller's, also in a pool's thread: its auth and hooks may look there
        self.context = copy_context() if context is None else context.copy()
        self._response: requests.Response | None = None

    def run(self) -> None:
        """Fetch the page, and keep whatever comes of it for its turn."""
        self.deadline = Deadline(self.deadline.seconds)  # the time in the queue does not count
        try:
            self.check()
            fetched = self.context.run(self._pool.fetcher.fetch, self.request, self.index, self)
        except BaseException as error:  # noqa: BLE001 - raised when the page's turn comes
            self._response = None
            self.future.set_exception(error)
        else:
            self._response = None
            self.future.set_result(fetched)

    def result(self) -> Fetched:
        """Wait for the page and return it, or raise the error that came instead."""
        try:
            return self.future.result()
        except BaseException:
            self.future = Future()  # its error's traceback refers to this task: a circle
            raise

    def has_come(self) -> bool:
        """Return whether the page is there."""
        return _get_result(self.future) is not None

    def find_successor(self, successor: Successor) -> PageRequest | None:
        """Return the request after this page, as far as it tells; None while it is not there."""
        fetched = _get_result(self.future)
        if fetched is None:
            return None
        try:
            return self.context.copy().run(successor, fetched.page)
        except Exception:  # noqa: BLE001 - a page that cannot be read raises when its turn comes
            return None

    def drop(self) -> None:
        """Drop the page: what is not sent is never sent, a body on its way is cut off."""
        self._dropped.set()
        self._pool.note_dropped(self)
        if (response := self._response) is not None:
            with suppress(Exception):  # it may just have ended by itself
                # urllib3's own shutdown() would take TLS off a connection that may be another's now
                connection: Any = response.raw.connection
                socket.socket.shutdown(connection.sock, socket.SHUT_RD)

    def is_dropped(self) -> bool:
        """Return whether the page was dropped."""
        return self._dropped.is_set()

    def check(self) -> None:
        """Raise where the page was dropped or its time is over."""
        if self.is_dropped():
            raise Dropped
        super().check()

    def sleep(self, seconds: float) -> None:
        """Wait, unless the page is dropped."""
        if self._dropped.wait(seconds):
            raise Dropped

    def begin_try(self) -> float:
        """Wait for the pool's leave to send; return the seconds that all pages are to wait."""
        seconds = self._pool.begin_try(self)
        others = self._pool.fetcher.others
        return seconds if seconds or others is None else others.seconds_to_wait(self)

    def note_failure(self, error: PaginationError, seconds: float) -> bool:
        """Have all pages wait where the server asks for it, and fewer be sent for at once."""
        if not is_crowded(error):
            return self._pool.note_failure(self, None)
        if (others := self._pool.fetcher.others) is not None:
            others.pause(seconds)
        return self._pool.note_failure(self, seconds)

    def receive(self, response: requests.Response) -> None:
        """Keep the response, whose body is cut off if the page is dropped."""
        self._response = response
        self.check()


def _get_result(future: Future[Fetched]) -> Fetched | None:
    """Return what a future holds; None while it holds nothing, or an error."""
    return future.result() if future.done() and future.exception() is None else None
