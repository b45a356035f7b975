"""Many listings at once, on a few threads.

A worker turns the page of a listing, and the consumer's own thread takes it: a page that was
fetched and not taken is still the listing's, and its checkpoint leads to it.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextvars import copy_context
from operator import length_hint
from typing import Any, Literal, NamedTuple, TypeVar, overload

from requests_paginate._listing.chain import ListingChain
from requests_paginate._listing.group import Group
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.shareable import check_shareable
from requests_paginate._models import Page
from requests_paginate.exceptions import PaginationError

T = TypeVar("T")
_END: Any = object()  # of the caller's listings


class _Arrival(NamedTuple):
    """What a worker tells of its listing: a page is there, or an error, or nothing follows."""

    listing: Listing[Any]
    has_page: bool
    error: BaseException | None
    done: threading.Event  # set when the worker may go on


@overload
def gather(
    listings: Iterable[Listing[T]], *, workers: int = ..., on_error: Literal["raise"] = ...
) -> Iterator[tuple[Listing[T], Page[T]]]: ...
@overload
def gather(
    listings: Iterable[Listing[T]], *, workers: int = ..., on_error: Literal["return"]
) -> Iterator[tuple[Listing[T], Page[T] | PaginationError]]: ...
def gather(
    listings: Iterable[Listing[Any]], *, workers: int = 8,
    on_error: Literal["raise", "return"] = "raise",
) -> Iterator[tuple[Listing[Any], Any]]:  # fmt: skip
    """Return an iterator over the pages of many listings, as they arrive.

        calls = (belvo.get_all("/api/transactions/", {"link": link}) for link in links)
        for listing, page in gather(calls):
            store(page.items)

    Each listing's pages come in its own order, and those of several are mixed. At most `workers`
    listings are read at once, each by one thread, and at most so many pages are held beside the one
    that you have. Listings are taken from the iterable as they are needed, in the thread of the
    caller. A listing that you close ends there. To stop early, leave the loop: no request is begun
    after that, and each listing's `checkpoint()` leads to the rows that were not handed out. If a
    server asks one listing to wait, the others of its origin wait, too. `prefetch` counts for each
    listing alone.

    Args:
        listings: The listings. A generator of a million calls is fine.
        workers: How many listings to read at once. The session should keep so many connections
            open (`pool_maxsize`), and its auth is called from several threads.
        on_error: "raise" ends with the first error of a listing. "return" yields it in the place of
            a page, with its checkpoint, and continues with the other listings.

    Raises:
        TypeError: What is given, or what it yields, are no listings.
        ValueError: `workers` is below 1, a listing comes twice, or a session belongs to one thread.
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
    if isinstance(listings, Sequence):  # what it yields is known at the call
        known = weakref.WeakSet[Listing[Any]]()
        for listing in listings:
            _check(listing, known)
    return _run(_Gathering(iter(listings), workers), returns_errors=on_error == "return")


def _check(listing: Any, known: weakref.WeakSet[Listing[Any]]) -> None:
    if not isinstance(listing, Listing):
        raise TypeError(f"listings: expected listings, got {type(listing).__name__}")
    if listing in known:
        raise ValueError(f"{listing!r} was given twice")
    known.add(listing)
    check_shareable(_find_part(listing)._reader.fetcher.sender.session)


def _run(gathering: _Gathering, *, returns_errors: bool) -> Iterator[tuple[Listing[Any], Any]]:
    try:
        while (arrival := gathering.next_arrival()) is not None:
            listing, error = arrival.listing, arrival.error
            if _find_part(listing)._progress.closed_at is not None:
                pass  # by the consumer, while its page was on the way or waiting
            elif arrival.has_page:
                part, before = _find_part(listing), _find_part(listing)._progress
                try:
                    page = listing._next_page(True)
                except BaseException:
                    part._progress = before  # an interrupt: nobody has the page
                    raise
                if page is not None:
                    yield listing, page
            elif isinstance(error, PaginationError) and returns_errors:
                yield listing, error
            elif error is not None:
                raise error
            # not before: where a listing stands is not changed while the consumer looks at it
            gathering.release(arrival)
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
        self._handed: set[_Arrival] = set()  # whose page the consumer has
        self._threads = self._running = 0
        self._seen: weakref.WeakSet[Listing[Any]] = weakref.WeakSet()
        self._has_more, self._is_stopped = True, False

    def next_arrival(self) -> _Arrival | None:
        """Wait for the next page or error; None when all listings have ended."""
        while True:
            with self._changed:
                if self._arrivals:
                    arrival = self._arrivals.popleft()
                    self._handed.add(arrival)
                    return arrival
                is_one_wanted = self._has_more and self._count() < 2 * self._workers
                if not is_one_wanted:
                    if not self._count():
                        return None
                    self._changed.wait()
            if is_one_wanted:  # outside of the lock: it is the caller's code
                self._take_listing()

    def _count(self) -> int:
        """Return how many listings are read, or are ready to be."""
        return len(self._waiting) + self._running

    def _take_listing(self) -> None:
        listing = next(self._listings, _END)
        if listing is _END:
            self._has_more = False
            return
        _check(listing, self._seen)
        with self._changed:
            self._waiting.append(listing)
            self._changed.notify_all()
            is_thread_wanted = self._threads < self._workers
            self._threads += is_thread_wanted
        if is_thread_wanted:
            threading.Thread(target=self._run_worker, daemon=True).start()

    def release(self, arrival: _Arrival) -> None:
        """Let the worker of a page go on."""
        self._handed.discard(arrival)
        arrival.done.set()

    def stop(self) -> None:
        """Have nothing more sent, and the threads end; those that wait for an answer, after it."""
        self._group.workers.stop()
        with self._changed:
            self._is_stopped = True
            self._listings = iter(())  # a generator is closed here, and not in another thread
            self._waiting.clear()
            for arrival in (*self._arrivals, *self._handed):
                arrival.done.set()
            self._arrivals.clear()
            self._handed.clear()
            self._changed.notify_all()

    def _run_worker(self) -> None:
        with self._group.workers.joined():
            self._work()

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
                has_page = self._context.copy().run(_turn, listing)
            except BaseException as raised:  # noqa: BLE001 - raised again by the consumer
                error, has_page = raised, False
            arrival = _Arrival(listing, has_page, error, threading.Event())
            with self._changed:
                if self._is_stopped:
                    break
                self._arrivals.append(arrival)
                self._changed.notify_all()
            arrival.done.wait()
        if self._is_stopped:
            _find_part(listing)._reader.stop()  # what is fetched ahead


def _turn(listing: Listing[Any]) -> bool:
    """Have a page ready in a listing; return False at its end, or if it was closed."""
    progress = _find_part(listing)._progress
    if progress.closed_at is not None:
        return False
    return length_hint(progress.rows) > 0 or listing._turn_page()


def _find_part(listing: Listing[Any]) -> Listing[Any]:
    """Return the listing that is read: of several in turn, the current one."""
    return listing._place.part if isinstance(listing, ListingChain) else listing
