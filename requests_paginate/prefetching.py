"""Who fetches a page ahead of its turn; the listing itself does not know.

A listing takes its pages in order from a `Prefetcher`, as it would from a `Fetcher`. Law of this
room: what was fetched ahead counts only if the listing, having read the page before, asks for the
very same request. Then it is handed over, be it a page or an error; else it is dropped, and all
behind it. So nothing but time depends on what was guessed.
"""

from __future__ import annotations

import _thread
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import requests

from requests_paginate.clocks import Clock
from requests_paginate.exceptions import PaginationError
from requests_paginate.fetching import Fetched, Fetcher
from requests_paginate.pages import Page, PageRequest

__all__ = ["Prefetcher"]

Successor = Callable[[Page], "PageRequest | None"]


class Prefetcher:
    """Fetches pages of one listing ahead, on a few threads of its own.

    Args:
        fetcher: Fetches each of them.
        depth: Pages that may be ahead of the listing, being fetched or waiting for their turn.

    Attributes:
        right: Guessed requests that the listing made.
        wrong: Guessed requests that it did not.
    """

    def __init__(self, fetcher: Fetcher, depth: int) -> None:
        self.right = self.wrong = 0
        self._fetcher, self._depth = fetcher, depth
        self._own_crew: _Crew | None = None  # until it is needed

    @property
    def _crew(self) -> _Crew:
        if self._own_crew is None:
            self._own_crew = crew = _Crew(self._fetcher, self._depth)
            # The threads know the crew alone: a listing that nobody holds any more is collected,
            # and they stop. Told by yet another thread, since the collector may run in one that
            # holds the crew's locks.
            self._stop = weakref.finalize(self, _thread.start_new_thread, crew.stop, ())
            self._stop.atexit = False  # daemons end with the interpreter
        return self._own_crew

    def fetch(self, request: PageRequest, index: int) -> Fetched:
        """The page of a request whose turn has come, fetched ahead or now.

        Raises:
            PaginationError: There is no such page to be had.
        """
        errand = self._crew.taken(index)
        if errand is not None and errand.request != request:
            self._drop([errand, *self._crew.emptied()])
            errand = None
        if errand is None:
            return self._fetcher.fetch(request, index, _Errand(self._crew, request, index))
        try:
            fetched = errand.result()
        except BaseException:
            errand.cancel()  # an interrupt leaves it behind
            raise
        self.right += errand.is_guess
        return fetched

    def plan(
        self, requests: Iterable[PageRequest], index: int, most: int | None, successor: Successor
    ) -> None:
        """Has the following pages fetched.

        Args:
            requests: Their requests, nearest first: the true one, then guesses.
            index: The first one's place in the listing.
            most: Pages that the listing will ask for at most; None for any number.
            successor: Gives the request after a page, as far as that page alone tells.
        """
        depth = self._depth if most is None else min(self._depth, most)
        self._drop(self._crew.ask_for(list(requests)[:depth], index, depth, successor))

    def stop(self) -> None:
        """Drops everything that is ahead of the listing, and ends the threads."""
        if self._own_crew is not None:
            crew, self._own_crew = self._own_crew, None
            self._stop.detach()
            self._drop(crew.emptied())
            crew.stop()

    def _drop(self, errands: Iterable[_Errand]) -> None:
        for errand in errands:
            errand.cancel()
            self.wrong += errand.is_guess

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_own_crew": None, "_stop": None}


class _Errand(Clock):
    """One page to fetch, and the clock that its fetching goes by."""

    def __init__(
        self, crew: _Crew, request: PageRequest, index: int, *, is_guess: bool = False
    ) -> None:
        super().__init__(crew.fetcher.deadline)
        self.request, self.index, self.is_guess = request, index, is_guess
        self._crew = crew
        self._done = threading.Event()
        self._cancelled = threading.Event()
        self._response: requests.Response | None = None
        self._fetched: Fetched | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Fetches the page; whatever comes of it is kept for its turn."""
        self.started = time.monotonic()  # not when it was asked for
        try:
            self.check()
            self._fetched = self._crew.fetcher.fetch(self.request, self.index, self)
        except BaseException as error:  # noqa: BLE001 - raised when the page's turn comes
            self._error = error
        finally:
            self._response = None
            self._done.set()

    def result(self) -> Fetched:
        """The page, once it is there."""
        self._done.wait()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback holds all that waits here
        assert self._fetched is not None  # noqa: S101 - it is one or the other
        return self._fetched

    def following(self, successor: Successor) -> PageRequest | None:
        """The request after this page, as far as it tells; None while it is not there."""
        if not self._done.is_set() or self._fetched is None:
            return None
        try:
            return successor(self._fetched.page)
        except Exception:  # noqa: BLE001 - a page that cannot be read raises when its turn comes
            return None

    def cancel(self) -> None:
        """Drops the page: what is not sent is never sent, a body on its way is cut off."""
        self._cancelled.set()
        if (response := self._response) is not None:
            with suppress(Exception):  # it may just have ended by itself
                # urllib3's own shutdown() would take TLS off a connection that somebody else may
                # have been given by now
                wire: Any = response.raw.connection
                socket.socket.shutdown(wire.sock, socket.SHUT_RD)

    def check(self) -> None:
        """Ends the fetching where the page was dropped or its time is over."""
        if self._cancelled.is_set():
            raise _Dropped
        super().check()

    def sleep(self, seconds: float) -> None:
        """Waits, unless the page is dropped."""
        if self._cancelled.wait(seconds):
            raise _Dropped

    def held(self) -> float:
        """Seconds to wait because another page of this listing was told to."""
        return self._crew.held()

    def told_to_wait(self, error: PaginationError, seconds: float) -> None:
        """Has all pages wait where the server asks for it, and fewer be fetched at once."""
        response = error.response
        if response is not None and (
            response.status_code == 429 or "Retry-After" in response.headers
        ):
            self._crew.slow_down(seconds)

    def began(self, response: requests.Response) -> None:
        """Keeps the response, whose body is cut off if the page is dropped."""
        self._response = response
        self.check()


class _Dropped(Exception):
    """The page is not needed any more."""


class _Crew:
    """The threads, and what they share: errands by the index of their page.

    How many run at once grows by one a round and is halved where the server asks to slow down
    (additive increase, multiplicative decrease; RFC 5681 section 3.1).
    """

    def __init__(self, fetcher: Fetcher, depth: int) -> None:
        self.fetcher = fetcher
        self._depth = depth
        self._changed = threading.Condition()
        self._errands: dict[int, _Errand] = {}  # ahead of the listing
        self._waiting: list[_Errand] = []  # not begun, nearest first
        self._last = -1  # the furthest page that may be asked for
        self._successor: Successor | None = None
        self._threads = self._running = 0
        self._most_running = float(depth)
        self._resumes_at = 0.0  # by the monotonic clock
        self._is_stopped = False

    def taken(self, index: int) -> _Errand | None:
        """The errand of a page, which is ahead no longer; None where nobody has begun it."""
        with self._changed:
            errand = self._errands.pop(index, None)
            if errand in self._waiting:
                self._waiting.remove(errand)
                return None
            return errand

    def emptied(self) -> list[_Errand]:
        """All errands, which are nobody's now."""
        with self._changed:
            dropped = [*self._errands.values()]
            self._errands, self._waiting = {}, []
            self._last = -1
            return dropped

    def ask_for(
        self, requests: list[PageRequest], index: int, depth: int, successor: Successor
    ) -> list[_Errand]:
        """Takes on the errands that are new; gives those that turn out not to be needed."""
        dropped: list[_Errand] = []
        with self._changed:
            self._last, self._successor = index + depth - 1, successor
            for place, request in enumerate(requests, index):
                known = self._errands.get(place)
                if known is not None and known.request != request:
                    dropped += self._emptied_from(place)
                    known = None
                if known is None:
                    self._take_on(_Errand(self, request, place, is_guess=place > index))
            if self._errands:
                self._go_on_from(self._errands[max(self._errands)])
        return dropped

    def _emptied_from(self, index: int) -> list[_Errand]:
        dropped = [errand for place, errand in self._errands.items() if place >= index]
        self._errands = {n: errand for n, errand in self._errands.items() if n < index}
        self._waiting = [errand for errand in self._waiting if errand.index < index]
        return dropped

    def _take_on(self, errand: _Errand) -> None:
        self._errands[errand.index] = errand
        self._waiting.append(errand)
        if self._threads < self._depth and self._threads - self._running < len(self._waiting):
            # daemons: the interpreter's exit waits for no server
            with suppress(RuntimeError):  # none can be started: then the listing fetches itself
                threading.Thread(target=_work, args=(self,), daemon=True).start()
                self._threads += 1
        self._changed.notify()

    def _go_on_from(self, errand: _Errand) -> None:
        """Asks for the page after one that is there, if nobody did."""
        following = errand.index + 1
        is_ahead = self._errands.get(errand.index) is errand
        if not is_ahead or following > self._last or following in self._errands:
            return
        if self._successor is not None and (request := errand.following(self._successor)):
            self._take_on(_Errand(self, request, following))

    def next_errand(self) -> _Errand | None:
        """What a thread does next; None when it is to end."""
        with self._changed:
            while not self._is_stopped:
                if self._waiting and self._running < max(1, int(self._most_running)):
                    self._running += 1
                    return self._waiting.pop(0)
                self._changed.wait()
            self._threads -= 1
            return None

    def done(self, errand: _Errand) -> None:
        """Takes note of an errand that was run."""
        with self._changed:
            self._running -= 1
            self._most_running = min(self._depth, self._most_running + 1 / self._most_running)
            self._go_on_from(errand)
            self._changed.notify_all()

    def held(self) -> float:
        """Seconds until requests may be sent again."""
        return max(0.0, self._resumes_at - time.monotonic())

    def slow_down(self, seconds: float) -> None:
        """Sends nothing for a while, and less at once from then on."""
        with self._changed:
            if not self.held():  # one burst of refusals is one reason
                self._most_running = max(1.0, self._most_running / 2)
            self._resumes_at = max(self._resumes_at, time.monotonic() + seconds)

    def stop(self) -> None:
        """Ends the threads, those that wait for headers as soon as these come or time out."""
        errands = self.emptied()
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        for errand in errands:
            errand.cancel()


def _work(crew: _Crew) -> None:
    while (errand := crew.next_errand()) is not None:
        errand.run()
        crew.done(errand)
        del errand  # and with it the page
