"""The lazy iterator over the rows of a listing: the consumer's side.

A page is fetched when the consumer needs its first row, and not before. A failed page changes
nothing, so `next()` may be called again, and the error's checkpoint leads to the very next row.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import length_hint
from typing import Any, Generic, TypeVar

from requests_paginate._listing.keys import SeenKeys
from requests_paginate._listing.options import Options
from requests_paginate._listing.reader import PageReader
from requests_paginate._listing.selection import RowSelector, Selection
from requests_paginate._listing.stats import Stats
from requests_paginate._models import Page, copy_with
from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import Strategy

T = TypeVar("T")

_MOST_HINTED = 10_000_000  # rows that list() may reserve memory for on a server's word


class Listing(Iterator[T], Generic[T]):
    """Every row of a paginated listing, in the server's order.

    Made by `get_all`, which explains the options. Iterate over it, call `next`, or take whole
    pages from `pages()`; both share one position. It belongs to one thread at a time.
    """

    def __init__(self, reader: PageReader, options: Options) -> None:
        self._reader = reader
        self._options = options
        position = reader.position
        self._selector = RowSelector(options, SeenKeys(position.keys, position.duplicates))
        self._lock, self._process = threading.Lock(), os.getpid()
        self._selection: Selection | None = None  # the current page's rows to hand out
        self._rows: Iterator[T] = iter(())  # those rows that are left
        self._before = 0  # rows handed out of pages before the current one
        self._pages = 0
        self._is_trimmed = False  # whether rows were left out because no more are wanted
        self._is_closed = False
        self._last_checkpoint = ""

    # Rows ------------------------------------------------------------------------------------

    def __iter__(self) -> Listing[T]:
        return self

    def __next__(self) -> T:
        for row in self._rows:
            return row
        while self._turn_page():
            for row in self._rows:
                return row
        raise StopIteration

    def pages(self) -> Iterator[Page]:
        """Return an iterator over the pages from the current position on.

        After a half-read page, the first one holds the rows that are left of it. The `checkpoint`
        of a page leads past it: who stores rows page by page goes on from the last one stored.
        """
        # not a generator, which could not continue after an error
        return iter(self._next_page, None)

    def _next_page(self) -> Page | None:
        page = self._take_rest_of_page()
        if page is None and self._turn_page():
            page = self._take_rest_of_page() or self._current_page()
        return page and copy_with(page, checkpoint=self.checkpoint())

    def _take_rest_of_page(self) -> Page | None:
        rows = list(self._rows)
        if not rows:
            return None
        page = self._current_page()
        return page if len(rows) == len(page.items) else copy_with(page, items=rows)

    def _current_page(self) -> Page:
        assert self._selection is not None  # noqa: S101 - a page was turned
        return self._selection.page

    # Turning the page ------------------------------------------------------------------------

    def _turn_page(self) -> bool:
        """Take the next page, if there is one and the limits allow it."""
        is_ours = False
        if self._process != os.getpid():  # forked
            self._process, self._lock = os.getpid(), threading.Lock()
            self._reader.renew()
        try:
            is_ours = self._lock.acquire(blocking=False)
            if not is_ours:
                raise RuntimeError("this listing is being read by another thread")
            if self._is_closed and not self._is_over():
                raise ValueError("this listing is closed")
            if self._is_limit_reached():
                return False
            if self._reader.is_at_end:
                self._reader.tell_doubts()
                return False
            # The current page is dropped first: it needs no memory while the next is fetched.
            self._before, self._selection, self._rows = self._count_items(), None, iter(())
            reading = self._reader.read()
            selection = self._selector.select(
                reading, skip=self._reader.position.rows, most=self._count_wanted()
            )
            self._install(selection)
            return True
        except PaginationError as error:
            error.checkpoint = self.checkpoint()
            error.items_yielded = self._count_items()
            self._reader.add_position(error)
            self._reader.stop()
            raise
        except BaseException as error:
            if is_ours:
                self._reader.stop()
            if isinstance(error, StopIteration):
                # the caller's code ran out of something; that is no end of the listing (PEP 479)
                text = "the caller's code raised StopIteration"
                raise RuntimeError(text) from error  # noqa: TRY004 - it is no wrong type
            raise
        finally:
            if is_ours:
                self._lock.release()

    def _count_wanted(self) -> int | None:
        """Return how many rows more are wanted; None for any number."""
        most = self._options.max_items
        return None if most is None else most - self._count_items()

    def _is_limit_reached(self) -> bool:
        most_pages, wanted = self._options.max_pages, self._count_wanted()
        has_every_page = most_pages is not None and self._pages >= most_pages
        return has_every_page or (wanted is not None and wanted <= 0)

    def _install(self, selection: Selection) -> None:
        """Make a page the current one, and have the next ones fetched ahead."""
        reading, rows = selection.reading, len(selection.page)
        self._reader.accept(reading)
        self._selector.remember(selection)
        self._reader.add_doubt(selection.doubt)
        self._is_trimmed = selection.is_trimmed
        self._pages += 1
        self._selection, self._rows = selection, iter(selection.page.items)
        if self._reader.is_at_end:
            self._reader.add_doubt(
                self._selector.describe_loss(reading.page, self._reader.position.total)
            )
        pages_wanted = self._count_pages_wanted(len(reading.page), rows)
        if self._reader.is_at_end or pages_wanted == 0 or self._is_closed:
            self._reader.close()
        else:
            self._reader.fetch_ahead(reading, pages_wanted)
            if self._is_closed:  # closed meanwhile, by the caller's code
                self._reader.close()

    def _count_pages_wanted(self, length: int, rows: int) -> int | None:
        """Return how many pages more, of `length` rows as sent, the limits allow; None for any."""
        most_pages, wanted = self._options.max_pages, self._count_wanted()
        pages = None if most_pages is None else most_pages - self._pages
        if wanted is not None:
            further = -(-(wanted - rows) // length) if length else 1  # rounded up
            pages = further if pages is None else min(further, pages)
        return pages

    # Position --------------------------------------------------------------------------------

    def _count_used(self) -> int:
        """Return how many of the current page's rows were handed out."""
        # not of the page's items, which the caller has and may change
        if self._selection is None:
            return 0
        return len(self._selection.places) - length_hint(self._rows)

    def _count_items(self) -> int:
        return self._before + self._count_used()

    def checkpoint(self) -> str:
        """Return a string from which `get_all(url, resume=...)` goes on at the very next row.

        It holds no headers, auth, cookies or rows, and of the caller's parameters none with a
        secret-like name; it does hold the API's cursors.
        """
        if self._is_closed:
            return self._last_checkpoint
        used, selection = self._count_used(), self._selection
        if selection is None or (used == len(selection.page) and not self._is_trimmed):
            return self._reader.checkpoint(self._selector.keys)
        done = selection.count_done(used)
        return self._reader.checkpoint(self._selector.keys, selection.reading, done)

    @property
    def total(self) -> int | None:
        """Rows in the whole listing, if the API tells; reads the first page if none was read."""
        if self._pages == 0:
            self._turn_page()
        return self._reader.total

    @property
    def complete(self) -> bool:
        """Whether the server said that this is the end, without a doubt, and no row is left."""
        return self._is_over() and not self._reader.doubts

    def _is_over(self) -> bool:
        """Return whether nothing follows: no page, and no row of this one."""
        return self._reader.is_at_end and not self._is_trimmed and not length_hint(self._rows)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the pages so far said against the whole, in words; empty if nothing did.

        After the last row they are told once, as `PossiblyTruncated` or as an error.
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
            pages=self._pages,
            items=self._count_items(),
            duplicates_dropped=self._selector.keys.dropped,
        )

    def __length_hint__(self) -> int:
        """Return how many rows are left, if that is known without a request."""
        known: list[int] = []
        if self._reader.is_at_end:
            known.append(length_hint(self._rows))
        elif self._reader.total is not None:
            known.append(self._reader.total - self._count_passed())
        if known and (wanted := self._count_wanted()) is not None:
            known.append(wanted)
        return max(0, min(*known, _MOST_HINTED)) if known else NotImplemented

    def _count_passed(self) -> int:
        """Return how many of the whole listing's rows came; of its own if the start is unknown."""
        position = self._reader.position
        if position.start is None:
            return self._count_items()
        if self._selection is None:
            return position.start + position.rows
        start = self._selection.reading.page.start or 0
        return start + self._selection.count_done(self._count_used())

    # Life ------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the listing. `checkpoint()` still tells where it stood."""
        if not self._is_closed:
            self._last_checkpoint = self.checkpoint()
            self._is_trimmed = self._is_trimmed or bool(length_hint(self._rows))
            self._before = self._count_items()
            self._selection, self._rows = None, iter(())
            self._is_closed = True
        self._reader.close()

    def __enter__(self) -> Listing[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock(), _process=os.getpid())

    def __repr__(self) -> str:
        position, total = self._reader.position, self._reader.total
        where = f"{position.first.method} {redact_url(position.first.url)}"
        of_total = "" if total is None else f" of {total}"
        end = ", complete" if self.complete else ""
        return (
            f"<Listing {where}: {self._count_items()}{of_total} rows, "
            f"{self._pages} pages, {position.strategy or 'strategy not yet known'}{end}>"
        )
