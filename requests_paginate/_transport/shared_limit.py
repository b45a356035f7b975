"""How many pages of several listings are requested at once from one origin."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from requests_paginate._models import PageRequest
from requests_paginate._transport.errors import is_crowded
from requests_paginate._transport.limiter import AdaptiveLimit
from requests_paginate._transport.page_task import Dropped, PageTask
from requests_paginate.exceptions import PaginationError

_PATIENCE = 0.1  # seconds until who waits looks whether it is still to wait


class SharedLimit:
    """What the listings of one origin tell each other: a pause, and how many may send at once.

    Args:
        most: How many listings there are at once, at most.
    """

    def __init__(self, most: int) -> None:
        self._limit = AdaptiveLimit(most)
        self._changed = threading.Condition()

    def begin_try(self, task: PageTask) -> float:
        """Wait until a page may be sent for; return the seconds that all pages are to wait."""
        began = time.monotonic()
        with self._changed:
            while True:
                now = time.monotonic()
                left = task.deadline.left() + now - began
                if 0 < (seconds := self._limit.seconds_to_wait(now)) < left:
                    self._limit.release(task)
                    self._changed.notify_all()
                    break
                if self._limit.is_sent(task) or self._limit.may_send(task):
                    self._limit.acquire(task)
                    seconds = 0.0
                    break
                self._changed.wait(_PATIENCE)
        task.deadline.extend(time.monotonic() - began)  # the time in the queue is not the page's
        return seconds

    def note_failure(self, task: PageTask, seconds: float | None) -> bool:
        """Have all pages wait the seconds, if any; return whether the failure is the page's own."""
        with self._changed:
            is_own = True
            if seconds is None:
                self._limit.release(task)
            else:
                is_own = not self._limit.refuse(task, time.monotonic() + seconds)
            self._changed.notify_all()
        return is_own

    def pause(self, seconds: float) -> None:
        """Have all pages wait, as a page was told that is not sent by this limit."""
        with self._changed:
            self._limit.pause(time.monotonic() + seconds)
            self._changed.notify_all()

    def seconds_to_wait(self, task: PageTask) -> float:
        """Return the seconds that all pages are to wait; 0 where a page has no time for it."""
        with self._changed:
            seconds = self._limit.seconds_to_wait(time.monotonic())
        return seconds if seconds < task.deadline.left() else 0.0

    def end(self, task: PageTask, *, has_come: bool) -> None:
        """Take note that a page was fetched, or failed for good."""
        with self._changed:
            self._limit.release(task, has_come=has_come)
            self._changed.notify_all()


class Workers:
    """The threads that read listings for somebody, and whether they are to stop.

    Other threads may read the same listings afterwards, and are not stopped.
    """

    def __init__(self) -> None:
        self._idents: set[int] = set()
        self._stopped = threading.Event()

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count the running thread among them while the context lasts."""
        self._idents.add(threading.get_ident())
        try:
            yield
        finally:
            self._idents.discard(threading.get_ident())

    def stop(self) -> None:
        """Have them send nothing more, and wake those that sleep."""
        self._stopped.set()

    def sleep(self, seconds: float) -> None:
        """Wait, in a thread of these unless they are to stop."""
        if threading.get_ident() in self._idents:
            self._stopped.wait(seconds)
            self.check()
        else:
            time.sleep(seconds)

    def check(self) -> None:
        """Raise Dropped in a thread of these that is to stop."""
        if self._stopped.is_set() and threading.get_ident() in self._idents:
            raise Dropped


class LimitedTask(PageTask):
    """A page of one of several listings, which heed one limit."""

    def __init__(
        self,
        limit: SharedLimit,
        workers: Workers,
        request: PageRequest,
        index: int,
        seconds: float | None,
    ) -> None:
        super().__init__(request, index, seconds)
        self._limit, self._workers = limit, workers

    def begin_try(self) -> float:
        """Wait for its turn; return the seconds that all pages are to wait."""
        seconds = self._limit.begin_try(self)
        self._workers.check()
        return seconds

    def sleep(self, seconds: float) -> None:
        """Wait, unless nothing more is to be sent."""
        self._workers.sleep(seconds)

    def note_failure(self, error: PaginationError, seconds: float) -> bool:
        """Have the other listings wait, too, where the server asks for it."""
        return self._limit.note_failure(self, seconds if is_crowded(error) else None)

    def end(self, *, has_come: bool) -> None:
        """Give its place to another page."""
        self._limit.end(self, has_come=has_come)
