"""Compare each page of a listing with the earlier ones, before its rows are handed out."""

from __future__ import annotations

from collections.abc import Sequence

from requests_paginate._detection import detect
from requests_paginate._detection.sizes import find_asked, is_usual_size, list_sizes_asked
from requests_paginate._envelope.candidates import Asked
from requests_paginate._envelope.odd_ends import check_ends, list_names
from requests_paginate._envelope.rows import find_rows
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.completeness import (
    find_doubt_of_contradiction,
    find_doubts_of_end,
    find_doubts_of_page,
    find_doubts_of_refusal,
    find_doubts_of_size,
)
from requests_paginate._listing.consistency import RepeatGuard, Totals, says_its_position
from requests_paginate._listing.counted_links import describe_first_link, is_running_on
from requests_paginate._listing.edges import Edges, is_row_again, mark_last_row
from requests_paginate._listing.fingerprint import (
    drop_ends,
    fingerprint,
    mark_page,
    rows_of_mark,
    sample_rows,
)
from requests_paginate._listing.identities import find_column
from requests_paginate._listing.options import Options
from requests_paginate._listing.past_end import (
    is_last_page_again,
    is_refused_past_end,
    make_page_past_end,
)
from requests_paginate._listing.reading import Change, Reading
from requests_paginate._listing.row_place import RowPlace
from requests_paginate._listing.trial import find_candidates
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate.exceptions import InconsistentListing, PaginationError, PaginationWarning
from requests_paginate.strategies import Offset, SinglePage, Strategy

_OF_A_CHANGE = "rows may be missing or repeated"


class PageChecker:
    """Checks the pages of one listing, and remembers what it needs for the next ones."""

    def __init__(self, options: Options, position: Checkpoint) -> None:
        self.totals = Totals(position.total)
        # a checkpoint keeps what was told of a change
        self.totals.have_changed = any(each.endswith(_OF_A_CHANGE) for each in position.doubts)
        self._options = options
        self.earlier = position.earlier
        self._guard = RepeatGuard(position.previous, self.earlier)
        self._last_row = b""  # of the first page
        self._longest = position.longest  # rows of a page
        self._names: frozenset[str] = frozenset()  # in a row of the first page that has any
        self._place = RowPlace()

    def check(self, page: Page, known: Strategy | None, position: Checkpoint) -> Reading:
        """Return the page as the known strategy reads it, or the first one that detection finds."""
        strategy, *likely = self._choose_strategies(page, known)
        is_begun = page.index > 0 or strategy.begins(page.request)
        rows = strategy.read_rows(page)
        rows, total = rows if isinstance(rows, (list, tuple)) else list(rows), strategy.total(page)
        place = self._place.find(strategy, page, rows)
        page = copy_with(
            page,
            items=rows,
            # a total below the rows of its own page counts something else
            total=None if total is None or total < len(rows) else total,
            start=position.start if is_begun else None,
        )
        doubts = find_doubts_of_page(page, total, strategy, self.totals.last, place)
        are_named = self._options.items is not None
        doubts += check_ends(rows, self._names, index=page.index, are_named=are_named)
        if page.index == 1 and is_row_again(self._last_row, rows):
            doubts.append(
                "the second page begins with the last row of the first one; if the API counts from "
                f"1, pass strategy=strategies.{copy_with(strategy, first=1)!r}"
            )
        edges = Edges(rows, self.earlier.column or find_column(rows))
        by_all = not edges.are_named and self._options.model is None
        mark = mark_page(rows, strategy.signals(page), by_all=by_all)
        if is_last_page_again(mark, position, self.totals.least_with(page.total)):
            return Reading(
                page=make_page_past_end(position, page.status, page.url),
                strategy=strategy,
                mark=mark_page((), [page.status]),
                doubts=(
                    "after a short page the same page came again: it was taken for the last one, "
                    "which the server sends for every position past the end",
                ),
                doubts_before=position.doubts,
                earlier=self.earlier,
            )
        first_rows = position.first_rows
        if first_rows is not None and says_its_position(strategy, page):
            first_rows = drop_ends(first_rows)  # equal rows may be data there
        may_be_first = self._guard.check(page, mark, strategy, first_rows, edges)
        doubts += self._guard.find_doubts(page, mark, strategy, edges)
        if self._options.strategy is None and type(strategy) is SinglePage:
            doubts += find_doubts_of_size(strategy, page)
        following, contradiction = self._find_next(strategy, page, place, doubts)
        page = copy_with(page, next=following)
        others, first_rows = find_candidates(likely, page), None
        if page.index == 0 and self._options.strategy is None and strategy.may_be_ignored:
            # before the caller's code sees the rows, and perhaps changes them
            ids = edges.read_named(page.items)
            first_rows = sample_rows(page.items, mark, ids, by_rows=len(others) > 0)
        return Reading(
            page=page,
            strategy=strategy,
            mark=mark,
            edges=edges,
            earlier=self.earlier,
            # by the rows alone: a token may be another one each time
            has_changed=position.fingerprint not in (None, rows_of_mark(mark))
            and position.fingerprint != fingerprint(rows),  # of an older version
            may_be_first=may_be_first,
            is_shifted=page.index == 1
            and _counts_from_zero(strategy)
            # only a total finds out if a row was left out; another one means that rows were moved
            and page.total is not None
            and page.total == self.totals.last
            and edges.count_overlap(rows, self.earlier.edges, are_equal=True) == 1,
            others=others,
            first_rows=first_rows,
            doubts=tuple(doubts),
            doubts_before=position.doubts,
            contradiction=contradiction,
        )

    def _choose_strategies(self, page: Page, known: Strategy | None) -> Sequence[Strategy]:
        """Return the known strategy, else those detected, likeliest first; each finds its rows."""
        found: Sequence[Strategy] = (known,) if known is not None else ()
        if not found:
            found = detect.detect(page, items=self._options.items)
        if getattr(found[0].items, "path", "") is None and page.status != 204:
            # who gives a strategy that pages says that there is a listing
            asked = find_asked(page) if found[0].takes_one else Asked.LISTING
            path = find_rows(page.body, page.url, asked)
            return [strategy.reading(path) for strategy in found]
        return found

    def _find_next(
        self, strategy: Strategy, page: Page, place: str | None, doubts: list[str]
    ) -> tuple[PageRequest | None, str | None]:
        """Return the request after a page, or None and what contradicts this end, if anything.

        What makes the end doubtful is added to the doubts.
        """
        least = self.totals.least_with(page.total)
        # A cursor that goes on to older rows never comes to those that arrived meanwhile, so the
        # rows so far are not compared with a total that counts them.
        is_comparable = page.total in (None, least)
        try:
            following = _ask(strategy, page if is_comparable else copy_with(page, start=None))
            is_over = page.start is not None and least is not None and page.start >= least
            if not page.items and is_over and not page.flag(strategy.more):
                following = None  # all rows came, and a token or a link stays
            is_exhausted = not page.items and self._guard.is_exhausted
            if is_exhausted and is_running_on(copy_with(page, next=following), strategy):
                following = None  # it would go on for ever
                doubts.append(
                    "the server goes on linking to pages without rows; after so many of them this "
                    "was taken for the end"
                )
            if following is None:
                given = self._options.strategy is not None
                found = not given and self._options.items is None
                doubts += find_doubts_of_end(
                    strategy, page, least, place=place, is_given=given, is_detected=found
                )
        except InconsistentListing as error:
            is_found = self._options.strategy is None and (error.is_end or not page.items)
            if is_found and (doubt := find_doubt_of_contradiction(error, page, strategy)):
                doubts.append(doubt)
                return None, None
            if not (error.is_end and page.items):
                raise
            return None, str(error)
        if following is None:
            return None, None
        if not isinstance(following, PageRequest):
            raise TypeError(f"{strategy!r}: next() gave {type(following).__name__}")
        self._guard.check_next(following, page.request)
        if self._counts_on(strategy) and least is None:
            self._guard.check_run(page, list_sizes_asked(page.request))
        return following, None

    def read_refusal(self, error: PaginationError, position: Checkpoint) -> Reading | None:
        """Return an empty last page where a refusal only says that there is none, else None."""
        strategy = position.strategy
        if strategy is None or not is_refused_past_end(error, position, self.totals.least):
            return None
        status = getattr(error.response, "status_code", 0)
        page = make_page_past_end(position, status, getattr(error.response, "url", ""))
        return Reading(
            page=page,
            strategy=strategy,
            mark=mark_page((), [status]),
            doubts=tuple(find_doubts_of_refusal(page, strategy)),
            doubts_before=position.doubts,
        )

    def may_be_last(self, page: Page, strategy: Strategy) -> bool:
        """Return whether a page is short, in a listing that counts on until nothing comes.

        It is shorter than one before it, or than the size that was asked for.
        """
        if not self._counts_on(strategy):
            return False
        if page.index > 0:
            return len(page.items) < self._longest
        asked = list_sizes_asked(page.request)
        # a server that cuts the size sends as many rows as is usual
        return any(len(page.items) < size for size in asked) and not is_usual_size(len(page.items))

    def find_longest(self, strategy: Strategy) -> int:
        """Return how many rows the longest page has; 0 if nobody will ask."""
        return self._longest if self._counts_on(strategy) else 0

    def _counts_on(self, strategy: Strategy) -> bool:
        """Return whether a listing counts on until nothing comes."""
        told = (self.totals.least, strategy.more, strategy.total_pages)
        return strategy.asks_beyond_end and told == (None, None, None)

    def find_changes(self, reading: Reading, rows: int) -> list[Change]:
        """Return a changed page or total, and a link that lacks a filter; each once.

        Rows may be missing for them, or be others. `rows` of the page were handed out before.
        """
        page = reading.page
        texts = describe_first_link(page, reading.strategy) if page.index < 2 else []
        changes = [Change(text, PaginationWarning) for text in texts]
        if reading.has_changed:
            what = "are handed out again" if self._options.key else "may be missing or repeat"
            text = (
                f"page {page.index} changed since the checkpoint was made: of its first "
                f"{rows} rows, some {what}"
            )
            changes.append(Change(text, is_doubt=self._options.key is None))
        if (change := self._describe_change(reading)) is not None:
            self.totals.have_changed = True
            changes.append(Change(f"{change} on page {page.index}: {_OF_A_CHANGE}"))
        return changes

    def _describe_change(self, reading: Reading) -> str | None:
        """Return what a page says otherwise than those before it, in words; None for nothing."""
        page = reading.page
        if self.totals.have_changed:  # what ends the listing early is told nevertheless
            return self.totals.describe_fall(page, reading.strategy) if page.next is None else None
        change = self.totals.describe_change(page, reading.strategy)
        # With a key, rows that come again are dropped, and counted.
        if change is None and self._options.key is None:
            again = reading.edges.count_overlap(page.items, reading.earlier.edges)
            if page.index == 1 and self._last_row:
                again = 0  # that is told already
            if again or reading.strategy.begins_with_last(page):
                change = f"the last {again or 1} rows of the page before came again"
        return change

    def remember(self, reading: Reading) -> None:
        """Remember a page that was taken; one with a contradiction may come again, and be right."""
        page = reading.page
        self._longest = max(self._longest, len(page.items))
        self._names = self._names or list_names(page.items)
        if reading.contradiction is None:
            self._guard.remember(page, reading.mark, reading.edges)
            if page.items:
                self.earlier = self.earlier.add(reading.mark, reading.edges)
        if page.index == 0 and _counts_from_zero(reading.strategy):
            self._last_row = mark_last_row(page.items, reading.edges)
        self.totals.remember(page, reading.strategy)


def _counts_from_zero(strategy: Strategy) -> bool:
    return isinstance(strategy, Offset) and strategy.first == 0


def _ask(strategy: Strategy, page: Page) -> PageRequest | None:
    """Return the request that a strategy makes from a page, or from a listing without content."""
    try:
        return strategy.next(page)
    except InconsistentListing:
        raise
    except Exception:
        if page.index == 0 and page.status == 204:
            return None  # what is said of the next page would be in a body
        raise
