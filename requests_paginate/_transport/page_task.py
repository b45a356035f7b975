"""The task of fetching one page."""

from __future__ import annotations

import time
from itertools import count
from typing import Protocol

import requests

from requests_paginate._models import PageRequest
from requests_paginate._transport.deadline import Deadline
from requests_paginate.exceptions import PaginationError

_numbers = count(1)


class Dropped(Exception):
    """The page is not needed any more."""


class Pauses(Protocol):
    """What the listings of one origin tell each other where a server asks one of them to wait."""

    def pause(self, seconds: float, /) -> None: ...
    def seconds_to_wait(self, task: PageTask, /) -> float: ...


class PageTask:
    """One page, for which the listing waits, and the seconds for it; None: no bound.

    Attributes:
        number: Its own in this process; an address would be used again.
    """

    is_guess = False  # the request was not read from the page before

    def __init__(self, request: PageRequest, index: int, seconds: float | None) -> None:
        self.number = next(_numbers)
        self.request = request
        self.index = index
        self.deadline = Deadline(seconds)
        self.has_failed = False  # and is tried again
        self.has_upgraded = False  # a link to http was followed at the pinned https origin

    def __enter__(self) -> None:
        """Begin to fetch the page."""

    def __exit__(self, kind: object, *_error: object) -> None:
        self.end(has_come=kind is None)

    def check(self) -> None:
        """Raise DeadlineExceeded if the time is over."""
        self.deadline.check()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def begin_try(self) -> float:
        """Return the seconds to wait before the next try because of other pages; 0: it begins."""
        return 0.0

    def note_failure(self, error: PaginationError, seconds: float) -> bool:  # noqa: ARG002 - of a pool
        """Return whether a failed try is the page's own fault, and not of too many requests."""
        return True

    def end(self, *, has_come: bool) -> None:
        """Take note that the page was fetched, or failed for good."""

    def receive(self, response: requests.Response) -> None:
        """Take note of the response whose body is about to be read."""
