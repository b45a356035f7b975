"""The time that one page has, and what its fetching cost."""

from __future__ import annotations

import threading
import time
from typing import Any

import requests

from requests_paginate.exceptions import DeadlineExceeded, PaginationError

__all__ = ["Clock", "Tally"]


class Clock:
    """The time that is left for one page, all its tries and waits included.

    A page that is fetched ahead of its turn has one that also listens to the others.

    Args:
        deadline: Seconds; None for no bound.

    Attributes:
        has_upgraded: Whether a link to http was followed at the pinned https origin instead.
    """

    def __init__(self, deadline: float | None) -> None:
        self.deadline = deadline
        self.started = time.monotonic()
        self.has_upgraded = False

    def left(self) -> float:
        """Seconds left; infinite without a deadline."""
        if self.deadline is None:
            return float("inf")
        return self.deadline - (time.monotonic() - self.started)

    def check(self) -> None:
        """Raises DeadlineExceeded when the time is over."""
        if self.left() <= 0:
            raise DeadlineExceeded(f"the page took longer than its {self.deadline} s")

    def capped(self, timeout: float | None) -> float | None:
        """A timeout cut to what is left."""
        if self.deadline is None:
            return timeout
        left = max(self.left(), 0.001)
        return left if timeout is None else min(left, timeout)

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def begin(self) -> float:
        """Seconds to wait before the next try, because of other pages; at 0 it has begun."""
        return 0.0

    def failed(self, error: PaginationError, seconds: float) -> bool:  # noqa: ARG002 - of an errand
        """Takes note of a failed try, after which the page is to wait so long.

        Returns:
            Whether the failure is the page's own, and not of too many requests at once.
        """
        return True

    def began(self, response: requests.Response) -> None:
        """Takes note of the response whose body is about to be read."""


class Tally:
    """What fetching cost so far; counted from several threads."""

    def __init__(self) -> None:
        self.requests = self.retries = self.bytes = 0
        self.seconds_waited = 0.0
        self._lock = threading.Lock()

    def add(self, **counts: float) -> None:
        """Adds to the counts, by name."""
        with self._lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())
