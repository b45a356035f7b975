"""The lazy iterator over the rows of a listing: the consumer's side.

A page is fetched when the consumer needs its first row, and not before. A failed page changes
nothing, so `next()` may be called again, and the error's checkpoint leads to the very next row.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import length_hint
from typing import Any, Generic, TypeVar

from requests_paginate._listing.exports import Exports
from requests_paginate._listing.keys import SeenKeys
from requests_paginate._listing.not_a_list import NotAList
from requests_paginate._listing.options import Options
from requests_paginate._listing.progress import Progress, Turn, Unfinished
from requests_paginate._listing.reader import PageReader
from requests_paginate._listing.selection import RowSelector, Selection
from requests_paginate._listing.stats import Stats
from requests_paginate._models import Page, copy_with
from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import Strategy

T = TypeVar("T")

_MOST_HINTED = 10_000_000  # rows that list() may reserve memory for on a server's word


class Listing(NotAList, Exports, Iterator[T], Generic[T]):
    """Every row of a paginated listing, in the server's order.

    Made by `get_all`, which explains the options. Iterate over it, call `next`, or take whole
    pages from `pages()`; both share one position. It belongs to one thread at a time.
    """

    _suffix, _pages_before = "", 0  # of a part of several listings: see `ListingChain`

    def __init__(self, reader: PageReader, options: Options) -> None:
        self._reader, self._options = reader, options
        position = reader.position
        self._selector = RowSelector(options, SeenKeys(position.keys, position.duplicates))
        self._turn, self._process = Turn(), os.getpid()
        self._progress: Progress[T] = Progress()
        self._unfinished: Unfinished | None = None  # while a page is taken

    # Rows ------------------------------------------------------------------------------------

    def __iter__(self) -> Listing[T]:
        return self

    # An interrupt that came between taking a row and returning it would lose the row. Python looks
    # for signals behind calls and jumps, and a tracer stops at lines: so there is none in between.

    def __next__(self) -> T:
        for row in self._progress.rows: return row  # fmt: skip  # noqa: E701 - one step
        while self._turn_page():
            for row in self._progress.rows: return row  # fmt: skip  # noqa: E701 - one step
        raise StopIteration

    def pages(self) -> Iterator[Page[T]]:
        """Return an iterator over the pages from the current position on.

        After a half-read page, the first one holds the rows that are left of it. The `checkpoint`
        of a page leads past it: who stores rows page by page continues from the last one stored.
        """
        # not a generator, which could not continue after an error
        return iter(self._next_page, None)

    def _next_page(self, is_turned: bool = False) -> Page[T] | None:
        while is_turned or length_hint(self._progress.rows) or self._turn_page():
            is_turned, progress, used = False, self._progress, self._progress.used
            done = progress.leave_rows()
            page, token = progress.read_rest(), self._write_checkpoint(done)
            page = copy_with(page, index=page.index + self._pages_before, checkpoint=token)
            # unless another call took rows meanwhile, as a signal handler may
            is_same = self._progress is progress and progress.used == used
            if is_same: self._progress = done; return page  # fmt: skip  # noqa: E701, E702 - one step
        return None

    # Turning the page ------------------------------------------------------------------------

    def _turn_page(self) -> bool:
        """Take the next page, if there is one and the limits allow it."""
        if self._process != os.getpid():  # forked
            self._reader.renew()
            self._turn = Turn()
            self._process = os.getpid()
        is_ours = False
        try:
            is_ours = self._turn.begin()
            if not is_ours:
                raise RuntimeError("this listing is being read by another thread")
            self._undo_unfinished()
            self._reader.told.tell_changes()
            if length_hint(self._progress.rows):
                return True  # another call took a page meanwhile, as a signal handler may
            if not self._has_next_page():
                return False
            self._progress = self._progress.drop_page()
            reading = self._reader.read()
            selection = self._selector.select(
                reading, skip=self._reader.position.rows, most=self._count_wanted(),
                stop=self._reader.bound.cut(reading),
            )  # fmt: skip
            self._refuse_closed()  # by the caller's code, which was just called
            self._install(selection)
            self._reader.told.tell_changes()
            return True
        except BaseException as error:
            if is_ours:
                self._undo_unfinished()
            if isinstance(error, PaginationError):
                error.checkpoint = self.checkpoint()
                error.items_yielded = self._progress.items
                self._reader.add_position(error)
            if is_ours:
                self._reader.stop(error)
            if isinstance(error, StopIteration):
                # the caller's code ran out of something; that is no end of the listing (PEP 479)
                text = "the caller's code raised StopIteration"
                raise RuntimeError(text) from error  # noqa: TRY004 - it is no wrong type
            raise
        finally:
            self._turn.end()

    def _has_next_page(self) -> bool:
        """Return whether another page is there, and wanted; tell doubts at the end."""
        if not self._is_over():
            self._refuse_closed()
        if self._is_limit_reached():
            self._reader.stop()  # once more: that the consumer has done with the last page
            return False
        if self._reader.is_at_end:
            self._reader.close()
            self._reader.tell_doubts()
            return False
        return True

    def _refuse_closed(self) -> None:
        if self._progress.closed_at is not None:
            raise ValueError("this listing is closed")

    def _count_wanted(self) -> int | None:
        """Return how many rows more are wanted; None for any number."""
        most = self._options.max_items
        return None if most is None else most - self._progress.items

    def _is_limit_reached(self) -> bool:
        most_pages, wanted = self._options.max_pages, self._count_wanted()
        has_every_page = most_pages is not None and self._progress.pages >= most_pages
        return has_every_page or (wanted is not None and wanted <= 0)

    def _install(self, selection: Selection) -> None:
        """Make a page the current one, and have the next ones fetched ahead."""
        reader, reading = self._reader, selection.reading
        self._unfinished = Unfinished(selection, reader.save(), self._selector.keys.save())
        reader.accept(reading)
        if self._options.key is not None:
            self._selector.keys.add_page(selection.keys, selection.duplicates)
        reader.add_doubt(selection.doubt)
        if reader.is_at_end and reader.bound.is_end:
            reader.add_doubt(self._selector.describe_loss(reading.page, reader.position.total))
        # the page is taken by this step, and not before
        self._progress = self._progress.take_page(selection)
        self._unfinished = None
        pages_wanted = self._count_pages_wanted(len(reading.page), len(selection.page))
        if not reader.is_at_end and pages_wanted != 0:
            reader.fetch_ahead(reading, pages_wanted)
        if reader.is_at_end or pages_wanted == 0 or self._progress.closed_at is not None:
            reader.close()

    def _undo_unfinished(self) -> None:
        """Return to the page before, if the taking of the next one was interrupted."""
        if (cut := self._unfinished) is not None:
            if self._progress.selection is not cut.selection:
                self._reader.restore(cut.reader)
                self._selector.keys.restore(cut.keys, cut.selection.keys)
            self._unfinished = None

    def _count_pages_wanted(self, length: int, rows: int) -> int | None:
        """Return how many pages more, of `length` rows as sent, the limits allow; None for any."""
        most_pages, wanted = self._options.max_pages, self._count_wanted()
        pages = None if most_pages is None else most_pages - self._progress.pages
        if wanted is not None:
            further = -(-(wanted - rows) // length) if length else 1  # rounded up
            pages = further if pages is None else min(further, pages)
        return pages

    # Position --------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        """Return a string from which `get_all(url, resume=...)` continues at the very next row.

        It holds no headers, auth, cookies or rows, and of the caller's parameters none with a
        secret-like name; it does hold the API's cursors.
        """
        return self._write_checkpoint(self._progress)

    def _write_checkpoint(self, progress: Progress[T]) -> str:
        if progress.closed_at is not None:
            return progress.closed_at
        selection, keys = progress.selection, self._selector.keys
        if selection is None or progress.is_page_done:
            return self._reader.checkpoint(keys) + self._suffix
        rows = selection.count_done(progress.used)
        return self._reader.checkpoint(keys, selection.reading, rows) + self._suffix

    @property
    def total(self) -> int | None:
        """Rows in the whole listing, if the API tells; reads the first page if none was read."""
        if self._progress.pages == 0:
            self._turn_page()
        return self._reader.total

    @property
    def complete(self) -> bool:
        """Whether this is the end, by the server or by `until`, without a doubt or a row left."""
        return self._is_over() and not self._reader.doubts

    def _is_over(self) -> bool:
        """Return whether nothing follows: no page, and no row of this one."""
        progress = self._progress
        return self._reader.is_at_end and not progress.is_trimmed and not length_hint(progress.rows)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the pages so far said against the whole, in words; empty if nothing did.

        After the last row they are reported once, as `PossiblyTruncated` or as an error.
        """
        return self._reader.doubts

    @property
    def strategy(self) -> Strategy | None:
        """The strategy in use; None before the first page when it is to be detected."""
        return self._reader.position.strategy

    @property
    def stats(self) -> Stats:
        """A snapshot of what the listing did so far."""
        return replace(
            self._reader.stats(),
            pages=self._progress.pages,
            items=self._progress.items,
            duplicates_dropped=self._selector.keys.dropped,
        )

    def __length_hint__(self) -> int:
        """Return how many rows are left, if that is known without a request."""
        ends = (self._reader.total, self._reader.bound.start)
        known = [end - self._count_passed() for end in ends if end is not None]
        if self._reader.is_at_end:
            known = [length_hint(self._progress.rows)]
        if known and (wanted := self._count_wanted()) is not None:
            known.append(wanted)
        return max(0, min(*known, _MOST_HINTED)) if known else NotImplemented

    def _count_passed(self) -> int:
        """Return how many of the whole listing's rows came; of its own if the start is unknown."""
        position, progress = self._reader.position, self._progress
        if position.start is None:
            return progress.items
        if progress.selection is None:
            return position.start + position.rows
        start = progress.selection.reading.page.start or 0
        return start + progress.selection.count_done(progress.used)

    def close(self) -> None:
        """End the listing. `checkpoint()` still tells where it stood."""
        if self._progress.closed_at is None:
            self._progress = self._progress.close(self.checkpoint())
        self._reader.close()

    def __enter__(self) -> Listing[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        left = ("_turn", "_timeline", "_sinks", "_group")  # of this process
        return {name: value for name, value in vars(self).items() if name not in left}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, _turn=Turn(), _process=os.getpid())

    def __repr__(self) -> str:
        position, total = self._reader.position, self._reader.total
        where = f"{position.first.method} {redact_url(position.first.url)}"
        of_total = "" if total is None else f" of {total}"
        end = ", complete" if self.complete else ""
        return self._reader.secrets.redact(
            f"<Listing {where}: {self._progress.items}{of_total} rows, "
            f"{self._progress.pages} pages, {position.strategy or 'strategy not yet known'}{end}>"
        )
