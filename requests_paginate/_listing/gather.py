"""Many listings at once, on a few threads.

A worker turns the page of a listing, and the consumer's own thread takes it: a page that was
fetched and not taken is still the listing's, and its checkpoint leads to it.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from contextvars import copy_context
from operator import length_hint
from typing import Any, Literal, NamedTuple

from requests_paginate._listing.chain import ListingChain
from requests_paginate._listing.group import Group
from requests_paginate._listing.listing import Listing
from requests_paginate._models import Page
from requests_paginate.exceptions import PaginationError

Gathered = tuple[Listing[Any], "Page[Any] | PaginationError"]


class _Arrival(NamedTuple):
    """What a worker tells of its listing: a page is there, or an error, or nothing follows."""

    listing: Listing[Any]
    has_page: bool
    error: BaseException | None
    taken: threading.Event  # set when the consumer has the page


def gather(
    listings: Iterable[Listing[Any]], *, workers: int = 8,
    on_error: Literal["raise", "return"] = "raise",
) -> Iterator[Gathered]:  # fmt: skip
    """Return an iterator over the pages of many listings, as they arrive.

        calls = (belvo.get_all("/api/transactions/", {"link": link}) for link in links)
        for listing, page in gather(calls):
            store(page.items)

    Each listing's pages come in its own order, and those of several are mixed. At most `workers`
    listings are read at once, each by one thread, and at most so many pages are held. Listings are
    taken from the iterable as they are needed, in the thread of the caller. To stop early, leave
    the loop: nothing more is sent, and each listing's `checkpoint()` leads to the rows that were
    not handed out. If a server asks one listing to wait, the others of its origin wait, too.

    Args:
        listings: The listings. A generator of a million calls is fine.
        workers: How many listings to read at once. The session should keep so many connections
            open (`pool_maxsize`), and its auth is called from several threads.
        on_error: "raise" ends with the first error of a listing. "return" yields it in the place of
            a page, with its checkpoint, and goes on with the other listings.

    Raises:
        TypeError: What is given, or what it yields, are no listings.
        ValueError: `workers` is below 1, or a listing comes twice.
    """
    if isinstance(listings, Listing) or not isinstance(listings, Iterable):
        kind = type(listings).__name__
        raise TypeError(f"listings: expected several listings, such as a list of them, got {kind}")
    if isinstance(workers, bool) or not isinstance(workers, int):
        raise TypeError(f"workers: expected a whole number, got {type(workers).__name__}")
    if workers < 1:
        raise ValueError(f"workers: expected 1 or more, got {workers}")
    if on_error not in ("raise", "return"):
        raise ValueError("on_error: expected 'raise' or 'return'")
    return _run(_Gathering(iter(listings), workers), returns_errors=on_error == "return")


def _run(gathering: _Gathering, *, returns_errors: bool) -> Iterator[Gathered]:
    try:
        while (arrival := gathering.next_arrival()) is not None:
            listing, error = arrival.listing, arrival.error
            if arrival.has_page and (page := listing._next_page(True)) is not None:
                arrival.taken.set()
                yield listing, page
            elif isinstance(error, PaginationError) and returns_errors:
                yield listing, error
            elif error is not None:
                raise error
    finally:
        gathering.stop()


class _Gathering:
    """The listings that are read, and the threads that read them."""

    def __init__(self, listings: Iterator[Listing[Any]], workers: int) -> None:
        self._listings, self._workers = listings, workers
        self._group = Group(workers)
        self._context = copy_context()
        self._changed = threading.Condition()
        self._waiting: deque[Listing[Any]] = deque()  # taken, and not begun
        self._arrivals: deque[_Arrival] = deque()
        self._threads = self._running = 0
        self._seen: weakref.WeakSet[Listing[Any]] = weakref.WeakSet()
        self._has_more, self._is_stopped = True, False

    def next_arrival(self) -> _Arrival | None:
        """Wait for the next page or error; None when all listings have ended."""
        self._take_listings()
        with self._changed:
            while not self._arrivals:
                if not self._running and not self._waiting:
                    return None
                self._changed.wait()
            arrival = self._arrivals.popleft()
        if not arrival.has_page:
            self._take_listings()  # for the worker that has nothing to do now
        return arrival

    def _take_listings(self) -> None:
        """Take so many listings that each worker has one, and another one is ready."""
        while self._has_more and len(self._waiting) + self._running < 2 * self._workers:
            listing = next(self._listings, None)  # the caller's code
            if listing is None:
                self._has_more = False
                return
            self._check(listing)
            with self._changed:
                self._waiting.append(listing)
                self._changed.notify_all()
                is_thread_wanted = self._threads < self._workers
                self._threads += is_thread_wanted
            if is_thread_wanted:
                threading.Thread(target=self._work, daemon=True).start()

    def _check(self, listing: Any) -> None:
        if not isinstance(listing, Listing):
            raise TypeError(f"listings: expected listings, got {type(listing).__name__}")
        if listing in self._seen:
            raise ValueError(f"{listing!r} was given twice")
        self._seen.add(listing)

    def stop(self) -> None:
        """Have nothing more sent, and the threads end."""
        with self._changed:
            self._is_stopped = True
            self._waiting.clear()
            for arrival in self._arrivals:
                arrival.taken.set()
            self._arrivals.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while (listing := self._next_listing()) is not None:
            listing._join(self._group)
            self._read(listing)
            with self._changed:
                self._running -= 1
                self._changed.notify_all()
            del listing

    def _next_listing(self) -> Listing[Any] | None:
        with self._changed:
            while not (self._waiting or self._is_stopped):
                self._changed.wait()
            if self._is_stopped:
                return None
            self._running += 1
            return self._waiting.popleft()

    def _read(self, listing: Listing[Any]) -> None:
        """Turn the pages of a listing, each when the one before was taken."""
        error: BaseException | None = None
        has_page = True
        while has_page and not self._is_stopped:
            try:
                has_page = _has_rows(listing) or self._context.copy().run(listing._turn_page)
            except BaseException as raised:  # noqa: BLE001 - raised again by the consumer
                error, has_page = raised, False
            arrival = _Arrival(listing, has_page, error, threading.Event())
            with self._changed:
                if self._is_stopped:
                    return
                self._arrivals.append(arrival)
                self._changed.notify_all()
            if has_page:
                arrival.taken.wait()


def _has_rows(listing: Listing[Any]) -> bool:
    """Return whether a listing has rows of a page that was read in part."""
    part = listing._place.part if isinstance(listing, ListingChain) else listing
    return length_hint(part._progress.rows) > 0
