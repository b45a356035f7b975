"""Fetch pages ahead of their turn; the listing itself does not notice.

What was fetched ahead counts only if the listing, having read the page before, asks for the very
same request. Then it is handed over, be it a page or an error. Otherwise it is dropped, with all
that is behind it. So nothing but time depends on what was guessed.
"""

from __future__ import annotations

import _thread
import weakref
from collections.abc import Iterable
from typing import Any

from requests_paginate._models import PageRequest
from requests_paginate._transport.fetcher import Fetched, Fetcher
from requests_paginate._transport.pooled_task import PooledTask, Successor
from requests_paginate._transport.worker_pool import WorkerPool


class Prefetcher:
    """Fetches at most `depth` pages ahead of the listing, on a few threads of its own."""

    def __init__(self, fetcher: Fetcher, depth: int) -> None:
        self.right = self.wrong = 0  # guessed requests that the listing made, or did not
        self._fetcher, self._depth = fetcher, depth
        self._own_pool: WorkerPool | None = None  # until it is needed
        self._finalizer: weakref.finalize[Any, Any] | None = None  # while there may be threads

    @property
    def _pool(self) -> WorkerPool:
        if self._own_pool is None:
            self._own_pool = WorkerPool(self._fetcher, self._depth)
        if self._finalizer is None:
            # The threads refer only to the pool, so a listing that nobody uses is collected. A new
            # thread stops them: the garbage collector may run in one that holds the pool's lock.
            stop = self._own_pool.stop
            finalizer = weakref.finalize(self, _thread.start_new_thread, stop, ())
            finalizer.atexit = False  # daemons end with the interpreter
            self._finalizer = finalizer
        return self._own_pool

    def fetch(self, request: PageRequest, index: int) -> Fetched:
        """Return the page of a request whose turn has come, fetched ahead or now."""
        pool = self._pool
        task = pool.take(index)
        if task is not None and task.request != request:
            self._drop([task, *pool.clear()])
            task = None
        if task is None:
            task = PooledTask(pool, request, index)
            pool.expect(task)
            try:
                task.run()
            finally:
                pool.finish(task)
        try:
            fetched = task.result()
        except BaseException:
            task.drop()  # an interrupt leaves it behind
            raise
        self.right += task.is_guess
        return fetched

    def plan(
        self, requests: Iterable[PageRequest], index: int, most: int | None, successor: Successor
    ) -> None:
        """Have the following pages fetched, at most `most`; None for any number.

        The requests are nearest first: the true one, at place `index`, then guesses. `successor`
        returns the request after a page, as far as that page alone tells.
        """
        depth = self._depth if most is None else min(self._depth, most)
        self._drop(self._pool.plan(list(requests)[:depth], index, depth, successor))

    def stop(self) -> None:
        """Drop everything that is ahead of the listing, and end the threads."""
        pool, finalizer = self._own_pool, self._finalizer
        if pool is not None:
            self._count_wrong(pool.stop())
        if finalizer is not None:  # last, so that the next stop completes one that was interrupted
            finalizer.detach()
            self._finalizer = None

    def renew(self) -> None:
        """Go on in a forked process, without its parent's threads and what they were fetching."""
        if self._finalizer is not None:
            self._finalizer.detach()
        vars(self).update(self.__getstate__())
        self._fetcher.renew()

    def _drop(self, tasks: Iterable[PooledTask]) -> None:
        dropped = list(tasks)
        for task in dropped:
            task.drop()
        self._count_wrong(dropped)

    def _count_wrong(self, dropped: list[PooledTask]) -> None:
        for task in dropped:
            self.wrong += task.is_guess
            if task.is_begun:
                self._fetcher.trace.note(
                    "dropped", task.index, fetch=task.number, is_guess=task.is_guess
                )

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_own_pool": None, "_finalizer": None}
