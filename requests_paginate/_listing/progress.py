"""How far the rows of a listing were handed out, and who takes its next page.

An interrupt may come between any two steps. So what belongs together is one value, which is
replaced at once: an interrupted page was taken as a whole, or not at all.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import length_hint
from types import FrameType
from typing import Any, Generic, NamedTuple, TypeVar

from requests_paginate._listing.selection import Selection
from requests_paginate._models import Page, copy_with
from requests_paginate._transport.entry import is_running

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)  # slots: `rows` is looked up for every row
class Progress(Generic[T]):
    """How far the rows of a listing were handed out.

    Attributes:
        selection: The current page; None before the first one, and while the next one is fetched.
        rows: Its rows to hand out that are left.
        before: Rows handed out of pages before it.
        pages: How many pages were taken.
        is_trimmed: Whether rows were left out because no more are wanted.
        closed_at: The checkpoint at which the listing was closed; None if it is open.
    """

    selection: Selection | None = None
    rows: Iterator[T] = field(default_factory=lambda: iter(()))
    before: int = 0
    pages: int = 0
    is_trimmed: bool = False
    closed_at: str | None = None

    @property
    def used(self) -> int:
        """How many of the current page's rows were handed out."""
        # not of the page's items, which the caller has and may change
        return len(self.selection.places) - length_hint(self.rows) if self.selection else 0

    @property
    def items(self) -> int:
        """How many rows were handed out."""
        return self.before + self.used

    @property
    def is_page_done(self) -> bool:
        """Whether there is no current page, or nothing of it that is still to come."""
        selection = self.selection
        return selection is None or (self.used == len(selection.page) and not self.is_trimmed)

    def drop_page(self) -> Progress[T]:
        """Return the same without the page: it needs no memory while the next one is fetched."""
        return Progress(
            before=self.items,
            pages=self.pages,
            is_trimmed=self.is_trimmed,
            closed_at=self.closed_at,
        )

    def take_page(self, selection: Selection) -> Progress[T]:
        """Return the same with the next page's rows to hand out."""
        return Progress(
            selection=selection,
            rows=iter(selection.page.items),
            before=self.before,
            pages=self.pages + 1,
            is_trimmed=selection.is_trimmed,
            closed_at=self.closed_at,
        )

    def read_rest(self) -> Page:
        """Return the current page with the rows that are left."""
        assert self.selection is not None  # noqa: S101 - a page was taken
        page = self.selection.page
        return copy_with(page, items=list(page.items[self.used :])) if self.used else page

    def close(self, checkpoint: str) -> Progress[T]:
        """Return the same without rows that are left, as a listing that was closed."""
        is_trimmed = self.is_trimmed or length_hint(self.rows) > 0
        return replace(self.drop_page(), is_trimmed=is_trimmed, closed_at=checkpoint)

    def leave_rows(self) -> Progress[T]:
        """Return the same as if all rows of the page were handed out."""
        return replace(self, rows=iter(()))


class Unfinished(NamedTuple):
    """A page that is being taken, and what its reader and the keys were before."""

    selection: Selection
    reader: tuple[Any, ...]
    keys: tuple[Any, ...]


class Turn:
    """Who takes a page of a listing: one call at a time.

    A lock would stay locked after an interrupt between the steps of taking and of releasing it.
    Here the holder is the running call itself, and one that has ended holds nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may take a row, too
        self._holder: FrameType | None = None

    def begin(self) -> bool:
        """Return whether the calling function has the turn now, and nobody else."""
        # on one line, here and below: an interrupt after the block would leave it locked
        with self._lock: has_turn = self._take(sys._getframe(1))  # fmt: skip  # noqa: E701 - one step
        return has_turn  # noqa: RET504 - after the lock was released

    def end(self) -> None:
        """Give the turn back, if the calling function has it."""
        with self._lock: self._give_back(sys._getframe(1))  # fmt: skip  # noqa: E701 - one step

    def _take(self, caller: FrameType) -> bool:
        if self._holder is None or not is_running(self._holder):
            self._holder = caller
        return self._holder is caller

    def _give_back(self, caller: FrameType) -> None:
        if self._holder is caller:
            self._holder = None
