"""Compare each page of a listing with the earlier ones, before its rows are handed out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from requests_paginate._detection import detect
from requests_paginate._envelope.rows import find_rows
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.completeness import check_end, check_size
from requests_paginate._listing.consistency import RepeatGuard, Totals
from requests_paginate._listing.fingerprint import mark_page, rows_of_mark, sample_rows
from requests_paginate._listing.options import Options
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate.exceptions import ListingChanged, PaginationError, warn
from requests_paginate.strategies import SinglePage, Strategy

_MOST_CANDIDATES = 16  # strategies to try at most; a page full of numbers could suggest hundreds

Candidate = tuple[Strategy, PageRequest]  # a strategy, and its request of the second page


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A page that was read, and not yet accepted.

    Attributes:
        page: The page, with its rows, total and successor.
        mark: Digests of its rows and of the strategy's signals.
        has_changed: Whether its rows have changed since the checkpoint was made.
        others: Other strategies that a first page allows, each with its next request.
        first_rows: A sample of a first page's rows, until the second page is read.
        typed_rows: The rows as the caller's models, if they were decoded from the bytes.
    """

    page: Page
    strategy: Strategy
    mark: str
    has_changed: bool = False
    others: tuple[Candidate, ...] = ()
    first_rows: str | None = None
    typed_rows: Sequence[Any] | None = None


class PageChecker:
    """Checks the pages of one listing, and remembers what it needs for the next ones."""

    def __init__(self, options: Options, position: Checkpoint) -> None:
        self.totals = Totals(position.total)
        self._options = options
        self._guard = RepeatGuard(position.previous)

    def check(self, page: Page, known: Strategy | None, position: Checkpoint) -> Reading:
        """Return the page as the known strategy reads it, or the first one that detection finds."""
        strategy, *likely = self._choose_strategies(page, known)
        is_begun = page.index > 0 or strategy.begins(page.request)
        rows = strategy.items(page)
        page = copy_with(
            page,
            items=rows if isinstance(rows, (list, tuple)) else list(rows),
            total=strategy.total(page),
            start=position.start if is_begun else None,
        )
        mark = mark_page(page.items, strategy.signals(page))
        self._guard.check(page, mark, strategy, position.first_rows)
        page = copy_with(page, next=self._find_next(strategy, page))
        others = _find_candidates(likely, page)
        first_rows = None
        if page.index == 0 and self._options.strategy is None and strategy.may_be_ignored:
            # before the caller's code sees the rows, and perhaps changes them
            first_rows = sample_rows(page.items, mark, by_rows=len(others) > 0)
        return Reading(
            page=page,
            strategy=strategy,
            mark=mark,
            # by the rows alone: a token may be another one each time
            has_changed=position.fingerprint not in (None, rows_of_mark(mark)),
            others=others,
            first_rows=first_rows,
        )

    def _choose_strategies(self, page: Page, known: Strategy | None) -> Sequence[Strategy]:
        """Return the known strategy, else those detected, likeliest first; each finds its rows."""
        found: Sequence[Strategy] = (known,) if known is not None else ()
        if not found:
            found = detect.detect(page, items=self._options.items)
            if isinstance(found[0], SinglePage):
                check_size(found[0], page)
        if getattr(found[0].items, "path", "") is None:
            path = find_rows(page.body, page.url)
            return [strategy.reading(path) for strategy in found]
        return found

    def _find_next(self, strategy: Strategy, page: Page) -> PageRequest | None:
        """Return the request after a page; None at an end that no page contradicts."""
        least = self.totals.least_with(page.total)
        # A cursor that goes on to older rows never comes to those that arrived meanwhile, so the
        # rows so far are not compared with a total that counts them.
        is_comparable = page.total in (None, least)
        following = strategy.next(page if is_comparable else copy_with(page, start=None))
        if following is None:
            check_end(strategy, page, least)
        elif not isinstance(following, PageRequest):
            raise TypeError(f"{strategy!r}: next() gave {type(following).__name__}")
        else:
            self._guard.check_next(following, page.request)
        return following

    def warn_of_changes(self, reading: Reading, rows: int) -> None:
        """Warn of a changed page or total; each once."""
        page = reading.page
        if reading.has_changed:
            what = "are handed out again" if self._options.key else "may be missing or repeat"
            warn(
                f"page {page.index} changed since the checkpoint was made: of its first "
                f"{rows} rows, some {what}",
                ListingChanged,
            )
        if self.totals.have_changed:
            return
        change = self.totals.describe_change(page, reading.strategy)
        if change is not None:
            self.totals.have_changed = True
            warn(f"{change} on page {page.index}: rows may be missing or repeated", ListingChanged)

    def remember(self, reading: Reading) -> None:
        """Remember a page that was taken."""
        self._guard.remember(reading.page, reading.mark)
        self.totals.remember(reading.page, reading.strategy)


def _find_candidates(likely: Sequence[Strategy], page: Page) -> tuple[Candidate, ...]:
    """Return what else the first page allows; nothing for a later page, or if nothing follows."""
    if page.index > 0 or page.next is None:
        return ()
    found: list[Candidate] = []
    for strategy in likely[: _MOST_CANDIDATES - 1]:
        with suppress(PaginationError):  # what can make no request is no candidate
            if (request := strategy.next(page)) is not None:
                found.append((strategy, request))
    return tuple(found)
