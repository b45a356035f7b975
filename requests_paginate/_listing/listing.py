"""The lazy iterator over the rows of a listing: the consumer's side.

A page is fetched when the consumer needs its first row, and not before. A failed page changes
nothing, so `next()` may be called again, and the error's checkpoint leads to the very next row.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import length_hint
from typing import Any, Generic, TypeVar

from requests_paginate._listing.options import Options
from requests_paginate._listing.reader import PageReader, Reading
from requests_paginate._models import Page, changed
from requests_paginate._paths import type_name
from requests_paginate._redaction import redacted_url
from requests_paginate._transport.typed_rows import TypedRows, make_row_converter
from requests_paginate.exceptions import MalformedPage, PaginationError
from requests_paginate.strategies import Strategy

__all__ = ["Listing", "Stats"]

T = TypeVar("T")

_MOST_HINTED = 10_000_000  # rows that list() may reserve memory for on a server's word


@dataclass(frozen=True, kw_only=True)
class Stats:
    """What a listing did so far.

    Attributes:
        pages: Pages taken.
        items: Rows handed out.
        requests: Requests sent, redirects and further tries included.
        retries: Further tries.
        bytes: Bytes of decoded bodies.
        seconds_waited: Seconds waited between tries.
        guesses_right: Guessed pages that were the right ones.
        guesses_wrong: Guessed pages that were dropped.
        duplicates_dropped: Rows dropped because their key was seen before.
        drift: Whether the total or the number of pages changed on the way.
    """

    pages: int = 0
    items: int = 0
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    seconds_waited: float = 0.0
    guesses_right: int = 0
    guesses_wrong: int = 0
    duplicates_dropped: int = 0
    drift: bool = False


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A page that was taken, and what of it is for the consumer.

    `page` holds the consumer's rows: without duplicates, within the limits, converted. `kept` are
    their places among the server's rows.
    """

    reading: Reading
    page: Page
    kept: Sequence[int]
    keys: frozenset[Any]
    dropped: int
    trimmed: bool

    def raw_rows(self, used: int) -> int:
        """How many of the server's rows are done with after so many of the consumer's."""
        if used < len(self.kept):
            return self.kept[used]
        return self.kept[-1] + 1 if self.kept else 0


class Listing(Iterator[T], Generic[T]):
    """Every row of a paginated listing, in the server's order.

    Made by `get_all`, which explains the options. Iterate over it, call `next`, or take whole
    pages from `pages()`; both share one position. It belongs to one thread at a time.
    """

    def __init__(self, reader: PageReader, options: Options, *, owns_session: bool = False) -> None:
        self._reader = reader
        self._options = options
        self._owns_session = owns_session
        self._convert = make_row_converter(options.model)
        self._lock = threading.Lock()
        self._taken: _Taken | None = None
        self._rows: Iterator[T] = iter(())
        self._before = 0  # rows handed out of pages before the current one
        self._pages = 0
        self._keys_seen: set[Any] = set()
        self._duplicates = 0
        self._trimmed = False
        self._closed = False
        self._last_checkpoint = ""

    # Rows ------------------------------------------------------------------------------------

    def __iter__(self) -> Listing[T]:
        return self

    def __next__(self) -> T:
        for row in self._rows:
            return row
        while self._turn():
            for row in self._rows:
                return row
        raise StopIteration

    def pages(self) -> Iterator[Page]:
        """The pages from the current position on.

        After a half-read page, the first one holds the rows that are left of it.
        """
        # no generator: it would be dead after an error, where `next` goes on
        return iter(self._next_page, None)

    def _next_page(self) -> Page | None:
        page = self._rest_of_page()
        if page is None and self._turn():
            page = self._rest_of_page() or self._current_page()
        return page

    def _rest_of_page(self) -> Page | None:
        rows = list(self._rows)
        if not rows:
            return None
        page = self._current_page()
        return page if len(rows) == len(page.items) else changed(page, items=rows)

    def _current_page(self) -> Page:
        assert self._taken is not None  # noqa: S101 - a page was turned
        return self._taken.page

    # Turning the page ------------------------------------------------------------------------

    def _turn(self) -> bool:
        """Takes the upcoming page, if there is one and the limits allow it."""
        is_ours = False
        try:
            is_ours = self._lock.acquire(blocking=False)
            if not is_ours:
                raise RuntimeError("this listing is being read by another thread")
            if self._closed and not self.complete:
                raise ValueError("this listing is closed")
            if self._reader.upcoming is None or self._is_limit_reached():
                return False
            # Dropped first, so that not two pages are in memory while one is fetched.
            self._before, self._taken, self._rows = self._items_handed_out(), None, iter(())
            reading = self._reader.take()
            self._reader.warn_of_changes(reading)
            taken = self._for_consumer(reading)
            self._install(taken)
            return True
        except PaginationError as error:
            self._explain(error)
            raise
        except BaseException:
            if is_ours:
                self._stop_ahead()
            raise
        finally:
            if is_ours:
                self._lock.release()

    def _is_limit_reached(self) -> bool:
        most_items, most_pages = self._options.max_items, self._options.max_pages
        items_done = most_items is not None and self._items_handed_out() >= most_items
        return items_done or (most_pages is not None and self._pages >= most_pages)

    def _install(self, taken: _Taken) -> None:
        """Makes a page the current one."""
        self._reader.accept(taken.reading)
        self._reader.response = None
        self._keys_seen |= taken.keys
        self._duplicates += taken.dropped
        self._trimmed = taken.trimmed
        self._pages += 1
        self._taken, self._rows = taken, iter(taken.page.items)
        rows = self._before + len(taken.page)
        is_last = self._trimmed or rows == self._options.max_items or self._is_limit_reached()
        if self._reader.upcoming is None or is_last or self._closed:
            self._release()
        else:
            self._reader.fetch_ahead(taken.reading, self._pages_wanted())
            if self._closed:  # from elsewhere, and meanwhile
                self._release()

    def _pages_wanted(self) -> int | None:
        """How many pages more the limits allow; None for any number."""
        wanted = []
        if (most := self._options.max_pages) is not None:
            wanted.append(most - self._pages)
        if (most := self._options.max_items) is not None and self._taken is not None:
            left = most - self._before - len(self._taken.page)
            length = len(self._taken.reading.page)  # the server's, whatever was left out of it
            wanted.append(-(-left // length) if length else 1)
        return min(wanted, default=None)

    def _for_consumer(self, reading: Reading) -> _Taken:
        """What of a page is handed out."""
        page = reading.page
        rows = self._converted(reading)
        kept: Sequence[int] = range(len(rows))
        keys: set[Any] = set()
        skip = self._reader.skip
        if self._options.key is not None:
            kept = [place for place in kept if self._is_new(rows[place], keys)]
            if self._reader.has_changed(reading):
                skip = 0  # by its old place a row could be lost; like this some repeat
        dropped = len(rows) - len(kept)
        kept = [place for place in kept if place >= skip] if skip else kept
        most = self._options.max_items
        room = len(kept) if most is None else most - self._items_handed_out()
        trimmed = len(kept) > room
        kept = kept[:room]
        if len(kept) != len(rows):
            rows = [rows[place] for place in kept]
        return _Taken(
            reading=reading,
            page=page if rows is page.items else changed(page, items=rows),
            kept=kept,
            keys=frozenset(keys),
            dropped=dropped,
            trimmed=trimmed,
        )

    def _converted(self, reading: Reading) -> Sequence[Any]:
        rows = reading.page.items
        if self._convert is None or isinstance(rows, TypedRows):
            return rows
        decoder, response = self._reader.row_decoder(reading.strategy), self._reader.response
        exact = decoder.decode_rows(response.content) if decoder and response is not None else None
        return self._convert(rows) if exact is None or len(exact) != len(rows) else exact

    def _is_new(self, row: Any, keys: set[Any]) -> bool:
        identity = _identity_of_row(row, self._options.key)
        try:
            is_new = identity not in self._keys_seen and identity not in keys
        except TypeError:
            raise MalformedPage(
                f"expected a row's identity from key=, got {type_name(identity)}"
            ) from None
        keys.add(identity)
        return is_new

    def _explain(self, error: PaginationError) -> None:
        error.checkpoint = self.checkpoint()
        if error.page_request is None:
            error.page_request = self._reader.upcoming
        error.page_index = self._reader.index
        error.items_yielded = self._items_handed_out()
        if error.response is None:
            error.response = self._reader.response
        self._reader.response = None
        self._stop_ahead()

    # Position --------------------------------------------------------------------------------

    def _used(self) -> int:
        """How many of the current page's rows were handed out."""
        # not of the page's items, which the caller has and may change
        return 0 if self._taken is None else len(self._taken.kept) - length_hint(self._rows)

    def _items_handed_out(self) -> int:
        return self._before + self._used()

    def checkpoint(self) -> str:
        """A string from which `get_all(url, resume=...)` goes on at the very next row.

        It holds no headers, auth, cookies or rows, and of the caller's parameters none with a
        secret-like name; it does hold the API's cursors.
        """
        if self._closed:
            return self._last_checkpoint
        used, taken = self._used(), self._taken
        point = self._reader.point()
        if taken is not None and (used < len(taken.page) or self._trimmed):
            point = self._reader.point_in(taken.reading, taken.raw_rows(used))
        return point.encode(self._reader.fetcher.sender.secrets.by_name())

    @property
    def total(self) -> int | None:
        """Rows in the whole listing, if the API tells; reads the first page if none was read."""
        if self._pages == 0:
            self._turn()
        return self._reader.totals.last

    @property
    def complete(self) -> bool:
        """Whether the server said that this is the end, and no row is left."""
        return self._reader.upcoming is None and not self._trimmed and not length_hint(self._rows)

    @property
    def strategy(self) -> Strategy | None:
        """The strategy in use; None before the first page when it is to be detected."""
        return self._reader.strategy

    @property
    def stats(self) -> Stats:
        """A snapshot of what the listing did so far."""
        tally, ahead = self._reader.fetcher.tally, self._reader.ahead
        return Stats(
            pages=self._pages,
            items=self._items_handed_out(),
            requests=tally.requests,
            retries=tally.retries,
            bytes=tally.bytes,
            seconds_waited=tally.seconds_waited,
            guesses_right=ahead.right if ahead else 0,
            guesses_wrong=ahead.wrong if ahead else 0,
            duplicates_dropped=self._duplicates,
            drift=self._reader.totals.have_changed,
        )

    def __length_hint__(self) -> int:
        """Rows left, if that is known without a request."""
        known = (
            []
            if self._reader.totals.last is None
            else [self._reader.totals.last - self._position()]
        )
        if self._reader.upcoming is None:
            known = [length_hint(self._rows)]
        if known and self._options.max_items is not None:
            known.append(self._options.max_items - self._items_handed_out())
        return max(0, min(*known, _MOST_HINTED)) if known else NotImplemented

    def _position(self) -> int:
        """Rows of the whole listing up to here; of a listing begun in the middle, those it gave."""
        if self._reader.start is None:
            return self._items_handed_out()
        if self._taken is None:
            return self._reader.start + self._reader.skip
        return (self._taken.reading.page.start or 0) + self._taken.raw_rows(self._used())

    # Life ------------------------------------------------------------------------------------

    def close(self) -> None:
        """Ends the listing. `checkpoint()` still tells where it stood."""
        if not self._closed:
            self._last_checkpoint = self.checkpoint()
            self._trimmed = self._trimmed or bool(length_hint(self._rows))
            self._before = self._items_handed_out()
            self._taken, self._rows = None, iter(())
            self._closed = True
        self._release()

    def _stop_ahead(self) -> None:
        if self._reader.ahead is not None:
            self._reader.ahead.stop()

    def _release(self) -> None:
        self._stop_ahead()
        if self._owns_session:
            self._reader.fetcher.sender.session.close()

    def __enter__(self) -> Listing[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in vars(self).items() if name not in ("_lock", "_convert")
        }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.Lock()
        self._convert = make_row_converter(self._options.model)

    def __repr__(self) -> str:
        first, total = self._reader.first, self._reader.totals.last
        where = f"{first.method} {redacted_url(first.url)}"
        of_total = "" if total is None else f" of {total}"
        end = ", complete" if self.complete else ""
        return (
            f"<Listing {where}: {self._items_handed_out()}{of_total} rows, "
            f"{self._pages} pages, {self._reader.strategy or 'strategy not yet known'}{end}>"
        )


def _identity_of_row(row: Any, key: str | Callable[[Any], Any] | None) -> Any:
    if callable(key):
        return key(row)
    try:
        return row[key] if isinstance(row, Mapping) else getattr(row, str(key))
    except (KeyError, AttributeError):
        raise MalformedPage(
            f"expected a row's identity at {key!r}, got nothing; see key="
        ) from None
