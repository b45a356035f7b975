"""Listings that try again at once, so that no test waits for a Retry-After."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.pooled_task import PooledTask
from requests_paginate._transport.shared_limit import LimitedTask, SharedLimit
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

    def skip(task: PageTask, wait: float) -> None:
        seconds.append(wait)
        task.check()

    def skip_those_of_others(owner: Any) -> Any:
        note_failure = owner.note_failure

        def note(limit: Any, task: PageTask, wait: float | None) -> bool:
            # all pages would wait
            return bool(note_failure(limit, task, None if wait is None else 0.0))

        return mock.patch.object(owner, "note_failure", note)

    with (
        mock.patch.object(PageTask, "sleep", skip),
        mock.patch.object(PooledTask, "sleep", skip),
        mock.patch.object(LimitedTask, "sleep", skip),
        skip_those_of_others(WorkerPool),
        skip_those_of_others(SharedLimit),
    ):
        yield seconds
