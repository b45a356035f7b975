"""The lazy iterator over the rows of a listing.

A page is fetched when the consumer needs its first row, and not before. What is handed out is
decided before it is handed out: a page is whole, checked against its predecessors, and knows its
successor before its first row leaves. A failed page changes nothing, so `next()` may be called
again, and the error's checkpoint leads to the very next row.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import length_hint
from typing import Any, Generic, TypeVar

from requests_paginate import detection
from requests_paginate.checkpoints import Checkpoint, fingerprint
from requests_paginate.decoding import row_converter
from requests_paginate.exceptions import (
    InconsistentListing,
    ListingChanged,
    MalformedPage,
    PaginationError,
    PossiblyTruncated,
)
from requests_paginate.fetching import Fetcher
from requests_paginate.guards import RepeatGuard
from requests_paginate.options import Options
from requests_paginate.pages import Page, PageRequest, flag, type_name
from requests_paginate.redaction import redacted_url
from requests_paginate.rows import find_rows
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, SinglePage, Strategy

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
        guesses_right: Pages fetched ahead that were the right ones.
        guesses_wrong: Pages fetched ahead that were dropped.
        duplicates_dropped: Rows dropped because their key was seen before.
        drift: Whether the total changed on the way.
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
    """A page as it was taken, and what of it is for the consumer.

    `raw` is the page as the server sent it; `page` holds the consumer's rows: without duplicates,
    within the limits, converted. `kept` are their places among the raw rows.
    """

    raw: Page
    page: Page
    kept: Sequence[int]
    dropped: int
    mark: str

    def raw_rows(self, used: int) -> int:
        """How many raw rows are done with when so many of the consumer's were handed out."""
        if used < len(self.kept):
            return self.kept[used]
        return self.kept[-1] + 1 if self.kept else 0


class Listing(Iterator[T], Generic[T]):
    """Every row of a paginated listing, in the server's order.

    Made by `get_all`, which explains the options. Iterate over it, call `next`, or take whole
    pages from `pages()`; both share one position. It belongs to one thread at a time.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        request: PageRequest,
        options: Options,
        *,
        owns_session: bool = False,
    ) -> None:
        self._fetcher = fetcher
        self._first = request
        self._options = options
        self._owns_session = owns_session
        self._convert = row_converter(options.model)
        self._lock = threading.Lock()

        self._strategy: Strategy | None = options.strategy
        if options.items is not None and self._strategy is not None:
            self._strategy = self._strategy.reading(options.items)
        self._other_strategies: tuple[Strategy, ...] = ()
        self._candidates = 1  # that detection found; more than 1 until the second page decides
        self._upcoming: PageRequest | None = request
        self._index = 0  # of the upcoming page
        self._start: int | None = 0 if detection.starts_at_beginning(request) else None
        self._skip = 0  # rows of the upcoming page that an earlier listing handed out
        self._expected_fingerprint: str | None = None

        self._taken: _Taken | None = None
        self._rows: Iterator[Any] = iter(())
        self._before = 0  # rows handed out of pages before the current one
        self._pages = 0
        self._guard = RepeatGuard()
        self._keys_seen: set[Any] = set()
        self._duplicates = 0
        self._total: int | None = None
        self._drift = False
        self._trimmed = False
        self._closed = False
        self._last_checkpoint = ""
        self._last_mark: str | None = None  # of the page before the upcoming one
        if options.resume is not None:
            self._resume(options.resume)

    def _resume(self, token: str) -> None:
        point = Checkpoint.decoded(
            token,
            first=self._first,
            strategy=self._strategy,
            items=self._options.items,
            session_params=self._fetcher.sender.session_params(),
        )
        self._strategy = point.strategy
        if self._strategy is not None and self._options.items is not None:
            self._strategy = self._strategy.reading(self._options.items)
        if point.previous is not None:
            self._last_mark = point.previous
            self._guard.expect_no(point.previous)
        self._upcoming = point.request
        self._index = point.index
        self._start = point.start
        self._skip = point.rows
        self._expected_fingerprint = point.fingerprint

    # Rows ------------------------------------------------------------------------------------

    def __iter__(self) -> Listing[T]:
        return self

    def __next__(self) -> T:
        for row in self._rows:
            return row  # type: ignore[no-any-return]
        while self._turn():
            for row in self._rows:
                return row  # type: ignore[no-any-return]
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
        return page if len(rows) == len(page.items) else replace(page, items=rows)

    def _current_page(self) -> Page:
        assert self._taken is not None  # noqa: S101 - a page was turned
        return self._taken.page

    # Turning the page ------------------------------------------------------------------------

    def _turn(self) -> bool:
        """Takes the upcoming page, if there is one and the limits allow it."""
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("this listing is being read by another thread")
        try:
            if self._closed and not self.complete:
                raise ValueError("this listing is closed")
            if self._upcoming is None or self._is_limit_reached():
                return False
            self._let_go_of_page()
            self._install(*self._take(self._upcoming))
            return True
        except PaginationError as error:
            self._explain(error)
            raise
        finally:
            self._lock.release()

    def _let_go_of_page(self) -> None:
        """Drops the page that was read, so that not two are in memory while one is fetched."""
        if self._candidates <= 1:  # others would start again from it
            self._before = self._items_handed_out()
            self._taken, self._rows = None, iter(())

    def _is_limit_reached(self) -> bool:
        most_items, most_pages = self._options.max_items, self._options.max_pages
        items_done = most_items is not None and self._items_handed_out() >= most_items
        return items_done or (most_pages is not None and self._pages >= most_pages)

    def _take(self, request: PageRequest) -> tuple[Strategy, Page, str]:
        """The upcoming page, checked, with its successor, its strategy and its fingerprint."""
        while True:
            page = self._fetcher.fetch(request, self._index)
            strategy = self._strategy_for(page)
            page = replace(page, items=strategy.items(page), start=self._start)
            mark = fingerprint(page.items, strategy.signals(page))
            try:
                self._guard.check_page(page, mark, strategy)
                self._check_second_page(page, strategy)
            except InconsistentListing as error:
                # Perhaps the server ignored a parameter that has another name there.
                request = self._next_candidate(error)
                continue
            following = strategy.next(page)
            if following is not None and not isinstance(following, PageRequest):
                raise TypeError(f"{strategy!r}: next() gave {type(following).__name__}")
            page = replace(page, next=following, total=strategy.total(page))
            if following is not None:
                self._guard.check_next(following, request)
            else:
                self._check_end(strategy, page)
            return strategy, page, mark

    def _strategy_for(self, page: Page) -> Strategy:
        """The strategy in use; on the first page detected, and told where its rows are."""
        if self._strategy is None:
            self._strategy, *others = detection.detect(page, items=self._options.items)
            self._other_strategies = tuple(others)
            self._candidates = 1 + len(others)
            only_page = replace(page, items=self._strategy.items(page))
            if isinstance(self._strategy, SinglePage) and detection.may_be_truncated(only_page):
                warnings.warn(
                    "one page was taken for the whole listing, and it is exactly as long as the "
                    "page size that was asked for; ask for a larger one, or pass strategy= "
                    "(strategies.SinglePage() if this is all)",
                    PossiblyTruncated,
                    stacklevel=5,  # the caller's loop
                )
        if page.index == 0 and not self._strategy.begins(page.request):
            self._start = None
        if getattr(self._strategy.items, "path", "") is None:
            return self._strategy.reading(find_rows(page.body, page.url))
        return self._strategy

    def _check_second_page(self, page: Page, strategy: Strategy) -> None:
        """Refuses page 1 again while the parameter's name is only likely: tokens may be random."""
        first = self._taken
        if self._candidates > 1 and first is not None and first.raw.items == page.items:
            raise InconsistentListing(
                f"the page has the same rows as the first: the server ignores what {strategy!r} "
                "puts into the request; pass another strategy="
            )

    def _check_end(self, strategy: Strategy, page: Page) -> None:
        """Refuses an end before the total that this page or an earlier one told."""
        total = self._total if page.total is None else page.total
        rows = len(page.items) + (page.start or 0)
        if total is not None and page.start is not None and rows < total:
            text = (
                f"the listing ends after {rows} of {total} rows; if that total is only an "
                "estimate, pass a strategy without total="
            )
            if flag(page, getattr(strategy, "more", None)) is not False:
                raise InconsistentListing(text)
            warnings.warn(text, PossiblyTruncated, stacklevel=5)  # the caller's loop
        if page.index == 0 and self._options.strategy is not None:
            self._doubt_the_only_page(strategy, page)

    def _doubt_the_only_page(self, strategy: Strategy, page: Page) -> None:
        """Warns where the caller's strategy sees the end and the page shows another way on."""
        if not isinstance(strategy, (NextLink, LinkHeader, Cursor)):
            return  # the others end by what stands there, not by what is missing
        with suppress(PaginationError):
            other = detection.detect(page, items=getattr(strategy.items, "path", None))[0]
            if other.next(page) is None:
                return
            warnings.warn(
                f"{strategy!r} says that the first page is all, and it looks like one of many by "
                f"{other!r}; pass that as strategy=, or SinglePage() if this is all",
                PossiblyTruncated,
                stacklevel=6,  # the caller's loop
            )

    def _next_candidate(self, error: InconsistentListing) -> PageRequest:
        """The second page's request by the next strategy that the first page allows."""
        if not self._other_strategies or self._taken is None:
            raise error
        self._strategy, *others = self._other_strategies
        self._other_strategies = tuple(others)
        request = self._strategy.next(self._taken.raw)
        if request is None:
            raise error
        self._upcoming = request
        return request

    def _install(self, strategy: Strategy, page: Page, mark: str) -> None:
        """Makes a taken page the current one: first what can fail, then what changes."""
        self._warn_of_changes(page, mark)
        if self._has_changed(mark) and self._options.key is not None:
            self._skip = 0  # by position a row could be lost; like this some repeat
        taken, keys, trimmed = self._for_consumer(page, mark)
        self._strategy = strategy
        self._guard.note(page, mark)
        self._keys_seen |= keys
        self._duplicates += taken.dropped
        self._trimmed = trimmed
        self._before = self._items_handed_out()
        self._pages += 1
        self._taken, self._rows = taken, iter(taken.page.items)
        self._last_mark = mark
        if page.index > 0:  # the second page has confirmed the strategy in use
            self._other_strategies, self._candidates = (), 1
        self._upcoming = page.next
        self._index += 1
        if self._start is not None:
            self._start += len(page.items)
        self._skip, self._expected_fingerprint = 0, None
        if page.next is None or self._is_limit_reached() or trimmed:
            self._release()

    def _warn_of_changes(self, page: Page, mark: str) -> None:
        if self._has_changed(mark):
            what = "are handed out again" if self._options.key else "may be missing or repeat"
            warnings.warn(
                f"page {page.index} changed since the checkpoint was made: of its first "
                f"{self._skip} rows, some {what}",
                ListingChanged,
                stacklevel=5,  # the caller's loop
            )
        if page.total is not None:
            if self._total not in (None, page.total) and not self._drift:
                self._drift = True
                warnings.warn(
                    f"the total changed from {self._total} to {page.total} on page {page.index}: "
                    "rows may be missing or repeated",
                    ListingChanged,
                    stacklevel=5,  # the caller's loop
                )
            self._total = page.total

    def _has_changed(self, mark: str) -> bool:
        return self._expected_fingerprint not in (None, mark)

    def _for_consumer(self, page: Page, mark: str) -> tuple[_Taken, set[Any], bool]:
        """What of a page is handed out, the keys in it, and whether a limit cut it."""
        rows = page.items if self._convert is None else self._convert(page.items)
        kept: Sequence[int] = range(len(rows))
        keys: set[Any] = set()
        if self._options.key is not None:
            kept = [place for place in kept if self._is_new(rows[place], keys)]
        dropped = len(rows) - len(kept)
        kept = [place for place in kept if place >= self._skip] if self._skip else kept
        most = self._options.max_items
        room = len(kept) if most is None else most - self._items_handed_out()
        trimmed = len(kept) > room
        kept = kept[:room]
        if len(kept) != len(rows):
            rows = [rows[place] for place in kept]
        shown = page if rows is page.items else replace(page, items=rows)
        return _Taken(raw=page, page=shown, kept=kept, dropped=dropped, mark=mark), keys, trimmed

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
        error.page_request = self._upcoming
        error.page_index = self._index
        error.items_yielded = self._items_handed_out()

    # Position --------------------------------------------------------------------------------

    def _used(self) -> int:
        """How many of the current page's rows were handed out."""
        return 0 if self._taken is None else len(self._taken.page) - length_hint(self._rows)

    def _items_handed_out(self) -> int:
        return self._before + self._used()

    def checkpoint(self) -> str:
        """A string from which `get_all(url, resume=...)` goes on at the very next row.

        It holds no headers, auth, cookies or rows, and of the caller's parameters none with a
        secret-like name; it does hold the API's cursors.
        """
        if self._closed:
            return self._last_checkpoint
        undecided = self._candidates > 1
        point = Checkpoint(
            first=self._first,
            request=self._upcoming,
            strategy=None if undecided else self._strategy,
            previous=self._last_mark,
            index=self._index,
            start=self._start,
            rows=self._skip,
            fingerprint=self._expected_fingerprint,
        )
        used, taken = self._used(), self._taken
        is_half_read = used < len(taken.page) or self._trimmed if taken is not None else False
        if taken is not None and (is_half_read or undecided):
            point = replace(
                point,
                request=taken.raw.request,
                index=taken.raw.index,
                start=taken.raw.start,
                rows=taken.raw_rows(used) if is_half_read else len(taken.raw),
                fingerprint=taken.mark,
                previous=None,
            )
        return point.encoded(self._fetcher.sender.session_params())

    @property
    def total(self) -> int | None:
        """Rows in the whole listing, if the API tells; reads the first page if none was read."""
        if self._pages == 0 and self._upcoming is not None:
            self._turn()
        return self._total

    @property
    def complete(self) -> bool:
        """Whether the server said that this is the end, and no row is left."""
        return self._upcoming is None and not self._trimmed and not length_hint(self._rows)

    @property
    def strategy(self) -> Strategy | None:
        """The strategy in use; None before the first page when it is to be detected."""
        return self._strategy

    @property
    def stats(self) -> Stats:
        """A snapshot of what the listing did so far."""
        tally = self._fetcher.tally
        return Stats(
            pages=self._pages,
            items=self._items_handed_out(),
            requests=tally.requests,
            retries=tally.retries,
            bytes=tally.bytes,
            seconds_waited=tally.seconds_waited,
            duplicates_dropped=self._duplicates,
            drift=self._drift,
        )

    def __length_hint__(self) -> int:
        """Rows left, if that is known without a request."""
        known = [] if self._total is None else [self._total - self._position()]
        if self._upcoming is None:
            known = [length_hint(self._rows)]
        if known and self._options.max_items is not None:
            known.append(self._options.max_items - self._items_handed_out())
        return max(0, min(*known, _MOST_HINTED)) if known else NotImplemented

    def _position(self) -> int:
        """Rows of the whole listing up to here; of a listing begun in the middle, those it gave."""
        if self._start is None:
            return self._items_handed_out()
        if self._taken is None:
            return self._start + self._skip
        return (self._taken.raw.start or 0) + self._taken.raw_rows(self._used())

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

    def _release(self) -> None:
        if self._owns_session:
            self._fetcher.sender.session.close()

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
        self._convert = row_converter(self._options.model)

    def __repr__(self) -> str:
        where = f"{self._first.method} {redacted_url(self._first.url)}"
        of_total = "" if self._total is None else f" of {self._total}"
        end = ", complete" if self.complete else ""
        return (
            f"<Listing {where}: {self._items_handed_out()}{of_total} rows, "
            f"{self._pages} pages, {self._strategy or 'strategy not yet known'}{end}>"
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
