"""The time that one page has."""

from __future__ import annotations

import time

from requests_paginate.exceptions import DeadlineExceeded


class Deadline:
    """The seconds that are left for one page, with all its tries and waits; None: no bound."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._started = time.monotonic()

    def extend(self, seconds: float) -> None:
        """Add seconds that were spent for other pages."""
        self._started += seconds

    def left(self) -> float:
        if self.seconds is None:
            return float("inf")
        return self.seconds - (time.monotonic() - self._started)

    def check(self) -> None:
        """Raise DeadlineExceeded when the time is over."""
        if self.left() <= 0:
            raise DeadlineExceeded(f"the page took longer than its {self.seconds} s")

    def cap(self, connect: float | None, read: float | None) -> tuple[float | None, float | None]:
        """Return the two timeouts, cut to what is left."""
        if self.seconds is None:
            return connect, read
        left = max(self.left(), 0.001)
        return (
            left if connect is None else min(left, connect),
            left if read is None else min(left, read),
        )
