"""Listings that try again at once, so that no test waits for a Retry-After."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.pooled_task import PooledTask
from requests_paginate._transport.worker_pool import WorkerPool

__all__ = ["skip_waits"]


@contextmanager
def skip_waits() -> Iterator[list[float]]:
    """Let no listing wait before it tries a page again.

    A wait that is longer than the page's deadline is still an error.

    Yields:
        The seconds of each wait, as they are skipped.
    """
    seconds: list[float] = []
    note_failure = WorkerPool.note_failure

    def skip(task: PageTask, wait: float) -> None:
        seconds.append(wait)
        task.check()

    def note(pool: WorkerPool, task: PooledTask, wait: float | None) -> bool:
        return note_failure(pool, task, None if wait is None else 0.0)  # all its pages would wait

    with (
        mock.patch.object(PageTask, "sleep", skip),
        mock.patch.object(PooledTask, "sleep", skip),
        mock.patch.object(WorkerPool, "note_failure", note),
    ):
        yield seconds
