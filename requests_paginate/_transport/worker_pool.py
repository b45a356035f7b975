"""Threads that fetch pages ahead, and the order in which they send.

If the server refuses a page, all pages pause, and the limit is lowered. If other pages were on
their way, the refusal does not count as a failure of this page.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from requests_paginate._models import PageRequest
from requests_paginate._transport.fetcher import Fetcher
from requests_paginate._transport.limiter import AdaptiveLimit
from requests_paginate._transport.page_task import Dropped
from requests_paginate._transport.pooled_task import PooledTask, Successor

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _locked(
    method: Callable[Concatenate[WorkerPool, Given], Result],
) -> Callable[Concatenate[WorkerPool, Given], Result]:
    """Have a method run under the pool's lock."""

    @wraps(method)
    def run(pool: WorkerPool, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        # Entered directly, not through the condition, and on one line: an interrupt between the
        # steps of either would leave it locked.
        with pool._lock: result = method(pool, *args, **kwargs)  # fmt: skip  # noqa: E701 - one step
        return result  # noqa: RET504 - after the lock was released

    return run


class WorkerPool:
    """The tasks of the pages that are ahead of a listing, and at most `size` threads for them."""

    def __init__(self, fetcher: Fetcher, size: int) -> None:
        self.fetcher = fetcher
        self._size = size
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._limit = AdaptiveLimit(size)
        self._ahead: dict[int, PooledTask] = {}  # by the index of their page
        self._waiting: list[PooledTask] = []  # those of them that no thread has, nearest first
        self._queue: set[PooledTask] = set()  # those with a thread that are to be sent
        self._busy: set[PooledTask] = set()  # those with a thread
        self._last = -1  # the furthest page that may be asked for
        self._successor: Successor | None = None
        self._threads = 0
        self._is_stopped = False

    @_locked
    def take(self, index: int) -> PooledTask | None:
        """Return the task of a page, which is ahead no longer; None if nobody has begun it."""
        self._is_stopped = False  # a listing may go on after an error
        task = self._ahead.pop(index, None)
        if task is None or not task.is_begun:
            self._waiting = [other for other in self._waiting if other is not task]
            return None
        self.expect(task)
        return task

    @_locked
    def expect(self, task: PooledTask) -> None:
        """Take note that the listing waits for this task."""
        self._limit.reserve(None if task.future.done() else task)
        self._changed.notify_all()

    def plan(
        self, requests: list[PageRequest], index: int, depth: int, successor: Successor
    ) -> list[PooledTask]:
        """Have at most `depth` pages from `index` on fetched; return tasks not needed now."""
        dropped, furthest = self._place(requests, index, depth, successor)
        if furthest is not None:
            self._follow(furthest)
        return dropped

    @_locked
    def _place(
        self, requests: list[PageRequest], index: int, depth: int, successor: Successor
    ) -> tuple[list[PooledTask], PooledTask | None]:
        """Put the tasks into their places; return those not needed now, and the furthest one."""
        dropped: list[PooledTask] = []
        if self._is_stopped:
            return dropped, None  # the listing was closed meanwhile
        self._last, self._successor = index + depth - 1, successor
        for place, request in enumerate(requests, index):
            known = self._ahead.get(place)
            if known is not None and known.request != request:
                dropped += self.clear(place)
                known = None
            if known is None:
                self._add(PooledTask(self, request, place, is_guess=place > index))
        return dropped, self._ahead[max(self._ahead)] if self._ahead else None

    @_locked
    def clear(self, index: int = 0) -> list[PooledTask]:
        """Remove the tasks from this index on, and return them."""
        cleared = [task for place, task in self._ahead.items() if place >= index]
        self._ahead = {place: task for place, task in self._ahead.items() if place < index}
        self._waiting = [task for task in self._waiting if task.index < index]
        for task in cleared:
            self._limit.drop(task)  # at once: the next page may be sent before they are
        return cleared

    def stop(self) -> list[PooledTask]:
        """End the threads, drop the tasks that were ahead, and return these.

        Threads that wait for headers end when these come or time out.
        """
        dropped = self._end()
        for task in dropped:
            task.drop()
        return dropped

    @_locked
    def _end(self) -> list[PooledTask]:
        self._is_stopped = True
        self._last = -1
        dropped = self.clear()
        # a task that an interrupt left behind has no thread that would remove it
        self._queue &= self._busy
        self._limit.forget({*self._busy})
        self._changed.notify_all()
        return dropped

    def _add(self, task: PooledTask) -> None:
        self._ahead[task.index] = task
        self._waiting.append(task)
        if self._threads < self._size and self._threads - len(self._busy) < len(self._waiting):
            # daemons: the interpreter's exit waits for no server
            with suppress(RuntimeError):  # none can be started: then the listing fetches itself
                threading.Thread(target=_work, args=(self,), daemon=True).start()
                self._threads += 1
        # so many that a thread without work is among them
        self._changed.notify(len(self._queue) + 1)

    def _follow(self, task: PooledTask) -> None:
        """Ask for the page after one that is there, if nobody did."""
        successor = self._successor
        if successor is None or not self._may_follow(task):
            return
        request = task.find_successor(successor)  # the caller's code, which may take its time
        if request is not None:
            self._add_after(task, request)

    @_locked
    def _add_after(self, task: PooledTask, request: PageRequest) -> None:
        if self._may_follow(task):
            self._add(PooledTask(self, request, task.index + 1, context=task.context))

    def _may_follow(self, task: PooledTask) -> bool:
        is_ahead = self._ahead.get(task.index) is task
        following = task.index + 1
        return is_ahead and following <= self._last and following not in self._ahead

    @_locked
    def next_task(self) -> PooledTask | None:
        """Return what a thread does next; None when it is to end."""
        while not self._is_stopped:
            if self._waiting and not self._queue and self._limit.may_send(self._waiting[0]):
                task = self._waiting.pop(0)
                task.is_begun = True
                self._busy.add(task)
                self._limit.acquire(task)
                return task
            self._changed.wait()
        self._threads -= 1
        return None

    @_locked
    def begin_try(self, task: PooledTask) -> float:
        """Wait until a try may be sent; return the seconds that all are to wait.

        Of those that were refused, the nearest page goes first. The time in the queue is not the
        page's own.
        """
        queued_at = time.monotonic()
        try:
            self._queue.add(task)
            while not task.is_dropped():
                now = time.monotonic()
                # A pause beyond the page's deadline is not waited for: its own answer counts.
                left = task.deadline.left() + now - queued_at
                if 0 < (seconds := self._limit.seconds_to_wait(now)) < left:
                    self._limit.release(task)
                    return seconds
                is_nearest = all(task.index <= other.index for other in self._queue)
                if self._limit.is_sent(task) or (is_nearest and self._limit.may_send(task)):
                    self._limit.acquire(task)
                    return 0.0
                self._changed.wait()
            raise Dropped
        finally:
            self._queue.discard(task)
            task.deadline.extend(time.monotonic() - queued_at)
            self._notify_waiting()

    @_locked
    def note_failure(self, task: PooledTask, seconds: float | None) -> bool:
        """Have all pages wait the seconds, if any; return whether the failure is the page's own."""
        is_own = True
        if seconds is None:
            self._limit.release(task)
        else:
            is_own = not self._limit.refuse(task, time.monotonic() + seconds)
        self._notify_waiting()
        return is_own

    @_locked
    def note_dropped(self, task: PooledTask) -> None:
        """Have those that wait look again, because a page is not needed any more."""
        self._limit.drop(task)
        self._changed.notify_all()

    def finish(self, task: PooledTask) -> None:
        """Take note that a task was run, and ask for the page after it."""
        self._note_end(task)
        self._follow(task)

    @_locked
    def _note_end(self, task: PooledTask) -> None:
        self._busy.discard(task)
        self._limit.release(task, has_come=task.has_come())
        self._limit.unreserve(task)
        self._notify_waiting()

    def _notify_waiting(self) -> None:
        if self._queue or self._waiting:
            self._changed.notify_all()


def _work(pool: WorkerPool) -> None:
    while (task := pool.next_task()) is not None:
        task.run()
        pool.finish(task)
        del task  # and with it the page
