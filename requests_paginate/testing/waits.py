"""Listings that try again at once, so that no test waits for a Retry-After."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.pooled_task import PooledTask

__all__ = ["skip_waits"]


@contextmanager
def skip_waits() -> Iterator[list[float]]:
    """Let no listing wait before it tries a page again.

    Yields:
        The seconds of each wait, as they are skipped.
    """
    seconds: list[float] = []

    def skip(task: PageTask, wait: float) -> None:
        seconds.append(wait)
        task.check()

    with mock.patch.object(PageTask, "sleep", skip), mock.patch.object(PooledTask, "sleep", skip):
        yield seconds
