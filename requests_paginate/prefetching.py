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

_MOST_PATIENCE = 64.0

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
        self._finalizer: weakref.finalize[Any, Any] | None = None  # while there may be threads

    @property
    def _crew(self) -> _Crew:
        if self._own_crew is None:
            self._own_crew = _Crew(self._fetcher, self._depth)
        if self._finalizer is None:
            # The threads know the crew alone: a listing that nobody holds any more is collected,
            # and they stop. Told by yet another thread, since the collector may run in one that
            # holds the crew's locks.
            stop = self._own_crew.stop
            self._finalizer = weakref.finalize(self, _thread.start_new_thread, stop, ())
            self._finalizer.atexit = False  # daemons end with the interpreter
        return self._own_crew

    def fetch(self, request: PageRequest, index: int) -> Fetched:
        """The page of a request whose turn has come, fetched ahead or now.

        Raises:
            PaginationError: There is no such page to be had.
        """
        crew = self._crew
        errand = crew.taken(index)
        if errand is not None and errand.request != request:
            self._drop([errand, *crew.emptied()])
            errand = None
        if errand is None:
            errand = _Errand(crew, request, index)
            errand.is_due = True
            try:
                errand.run()
            finally:
                crew.done(errand)
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
        if self._own_crew is not None and self._finalizer is not None:
            self._finalizer.detach()
            self._finalizer = None
            self._drop(self._own_crew.emptied())
            self._own_crew.stop()

    def _drop(self, errands: Iterable[_Errand]) -> None:
        for errand in errands:
            errand.cancel()
            self.wrong += errand.is_guess

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_own_crew": None, "_finalizer": None}


class _Errand(Clock):
    """One page to fetch, and the clock that its fetching goes by.

    Attributes:
        request: The page's request.
        index: Its place in the listing.
        is_guess: Whether the page before it has yet to lead there.
        is_due: Whether the listing waits for it.
        is_accompanied: Whether others were on their way during its latest try.
    """

    def __init__(
        self, crew: _Crew, request: PageRequest, index: int, *, is_guess: bool = False
    ) -> None:
        super().__init__(crew.fetcher.deadline)
        self.request, self.index, self.is_guess = request, index, is_guess
        self.is_due = self.is_accompanied = False
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

    def is_fetched(self) -> bool:
        """Whether the page is there."""
        return self._fetched is not None

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
        self._crew.look_again()
        if (response := self._response) is not None:
            with suppress(Exception):  # it may just have ended by itself
                # urllib3's own shutdown() would take TLS off a connection that somebody else may
                # have been given by now
                wire: Any = response.raw.connection
                socket.socket.shutdown(wire.sock, socket.SHUT_RD)

    def check(self) -> None:
        """Ends the fetching where the page was dropped or its time is over."""
        if self.is_cancelled():
            raise _Dropped
        super().check()

    def sleep(self, seconds: float) -> None:
        """Waits, unless the page is dropped."""
        if self._cancelled.wait(seconds):
            raise _Dropped

    def is_cancelled(self) -> bool:
        """Whether the page was dropped."""
        return self._cancelled.is_set()

    def begin(self) -> float:
        """Waits for the crew's leave to send; gives the seconds that all pages are to wait."""
        return self._crew.begin(self)

    def failed(self, error: PaginationError, seconds: float) -> bool:
        """Has all pages wait where the server asks for it, and fewer be fetched at once.

        What is asked of several at once says nothing against each of them: alone it might not have
        been refused.
        """
        response = error.response
        is_refusal = response is not None and (
            response.status_code == 429 or "Retry-After" in response.headers
        )
        self._crew.failed(self, seconds if is_refusal else None)
        return not (is_refusal and self.is_accompanied)

    def began(self, response: requests.Response) -> None:
        """Keeps the response, whose body is cut off if the page is dropped."""
        self._response = response
        self.check()


class _Dropped(Exception):
    """The page is not needed any more."""


class _Crew:
    """The threads, and what they share: errands by the index of their page.

    How many are sent at once grows by one a round and is halved where the server asks to slow down
    (additive increase, multiplicative decrease; RFC 5681 section 3.1); each time it then takes
    twice as many rounds, since a limit that was met again will be met again. Those that were
    refused queue up, the nearest page first.
    """

    def __init__(self, fetcher: Fetcher, depth: int) -> None:
        self.fetcher = fetcher
        self._depth = depth
        self._changed = threading.Condition()
        self._errands: dict[int, _Errand] = {}  # ahead of the listing
        self._waiting: list[_Errand] = []  # not begun, nearest first
        self._last = -1  # the furthest page that may be asked for
        self._successor: Successor | None = None
        self._threads = 0
        self._busy: set[_Errand] = set()  # errands that have a thread
        self._running: set[_Errand] = set()  # those that are sent
        self._queue: list[_Errand] = []  # those that are to be sent when there is room
        self._most_running = float(depth)
        self._patience = 0.5  # rounds before one more is sent at once
        self._resumes_at = 0.0  # by the monotonic clock
        self._is_stopped = False

    def taken(self, index: int) -> _Errand | None:
        """The errand of a page, which is ahead no longer; None where nobody has begun it."""
        with self._changed:
            errand = self._errands.pop(index, None)
            if errand in self._waiting:
                self._waiting.remove(errand)
                return None
            if errand is not None:
                errand.is_due = True
                self._changed.notify_all()
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
            self._is_stopped = False  # a listing may go on after an error
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
        if self._threads < self._depth and self._threads - len(self._busy) < len(self._waiting):
            # daemons: the interpreter's exit waits for no server
            with suppress(RuntimeError):  # none can be started: then the listing fetches itself
                threading.Thread(target=_work, args=(self,), daemon=True).start()
                self._threads += 1
        # so many that a thread without work is among them
        self._changed.notify(len(self._queue) + 1)

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
                if self._waiting and not self._queue and self._has_room_for(self._waiting[0]):
                    errand = self._waiting.pop(0)
                    self._busy.add(errand)
                    self._send(errand)
                    return errand
                self._changed.wait()
            self._threads -= 1
            return None

    def begin(self, errand: _Errand) -> float:
        """Waits until there is room for another try; gives the seconds that all are to wait.

        The time in the queue is not the page's own.
        """
        with self._changed:
            queued_at = time.monotonic()
            self._queue.append(errand)
            try:
                while not errand.is_cancelled():
                    # longer than the page may take: then its own answer counts
                    if 0 < (seconds := self._held()) < errand.left():
                        self._running.discard(errand)
                        return seconds
                    is_nearest = all(errand.index <= other.index for other in self._queue)
                    if errand in self._running or (is_nearest and self._has_room_for(errand)):
                        self._send(errand)
                        return 0.0
                    self._changed.wait()
                raise _Dropped
            finally:
                self._queue.remove(errand)
                errand.started += time.monotonic() - queued_at
                self._look_for_room()

    def _has_room_for(self, errand: _Errand) -> bool:
        if self._most_running >= self._depth:
            return True  # there are no more threads than that
        # what was dropped and still waits for its headers does not hold up what the listing needs
        running = [other for other in self._running if not (errand.is_due and other.is_cancelled())]
        return len(running) < max(1, int(self._most_running))

    def _send(self, errand: _Errand) -> None:
        others = self._running - {errand}
        for other in others:
            other.is_accompanied = True
        errand.is_accompanied = bool(others)
        self._running.add(errand)

    def failed(self, errand: _Errand, seconds: float | None) -> None:
        """Takes note of a failed try, after which all are to wait so long, if at all.

        They send nothing for a while, and less at once from then on.
        """
        with self._changed:
            if seconds is not None:
                if not self._held():  # one burst of refusals is one reason
                    self._most_running = max(1.0, self._most_running / 2)
                    self._patience = min(_MOST_PATIENCE, 2 * self._patience)
                self._resumes_at = max(self._resumes_at, time.monotonic() + seconds)
            self._running.discard(errand)
            self._look_for_room()

    def _look_for_room(self) -> None:
        if self._queue or self._waiting:
            self._changed.notify_all()

    def _held(self) -> float:
        return max(0.0, self._resumes_at - time.monotonic())

    def done(self, errand: _Errand) -> None:
        """Takes note of an errand that was run."""
        with self._changed:
            self._busy.discard(errand)
            self._running.discard(errand)
            if errand.is_fetched():
                self._most_running += 1 / (self._most_running * self._patience)
            if self._most_running >= self._depth:
                self._most_running, self._patience = float(self._depth), 0.5
            self._go_on_from(errand)
            self._look_for_room()

    def look_again(self) -> None:
        """Has those that wait see what has changed."""
        with self._changed:
            self._changed.notify_all()

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
