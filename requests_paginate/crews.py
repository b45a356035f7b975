"""Threads that fetch pages, and the order and number in which they send.

Law of this room: a try is sent when there is room for it and no wait is on. A server that refuses
makes all wait and leaves room for fewer; what it refuses while others are on their way says nothing
against the page.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests

from requests_paginate.clocks import Clock
from requests_paginate.exceptions import PaginationError
from requests_paginate.fetching import Fetched, Fetcher
from requests_paginate.pages import Page, PageRequest

__all__ = ["Crew", "Errand", "Successor"]

_MOST_PATIENCE = 64.0

Successor = Callable[[Page], "PageRequest | None"]


class Errand(Clock):
    """One page to fetch, and the clock that its fetching goes by.

    Attributes:
        request: The page's request.
        index: Its place in the listing.
        is_guess: Whether the page before it has yet to lead there.
        is_due: Whether the listing waits for it.
        is_accompanied: Whether others were on their way during its latest try.
    """

    def __init__(
        self, crew: Crew, request: PageRequest, index: int, *, is_guess: bool = False
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


class Crew:
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
        self._errands: dict[int, Errand] = {}  # ahead of the listing
        self._waiting: list[Errand] = []  # not begun, nearest first
        self._last = -1  # the furthest page that may be asked for
        self._successor: Successor | None = None
        self._threads = 0
        self._busy: set[Errand] = set()  # errands that have a thread
        self._running: set[Errand] = set()  # those that are sent
        self._queue: list[Errand] = []  # those that are to be sent when there is room
        self._most_running = float(depth)
        self._patience = 0.5  # rounds before one more is sent at once
        self._resumes_at = 0.0  # by the monotonic clock
        self._is_stopped = False

    def taken(self, index: int) -> Errand | None:
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

    def emptied(self) -> list[Errand]:
        """All errands, which are nobody's now."""
        with self._changed:
            dropped = [*self._errands.values()]
            self._errands, self._waiting = {}, []
            self._last = -1
            return dropped

    def ask_for(
        self, requests: list[PageRequest], index: int, depth: int, successor: Successor
    ) -> list[Errand]:
        """Takes on the errands that are new; gives those that turn out not to be needed."""
        dropped: list[Errand] = []
        with self._changed:
            self._last, self._successor = index + depth - 1, successor
            self._is_stopped = False  # a listing may go on after an error
            for place, request in enumerate(requests, index):
                known = self._errands.get(place)
                if known is not None and known.request != request:
                    dropped += self._emptied_from(place)
                    known = None
                if known is None:
                    self._take_on(Errand(self, request, place, is_guess=place > index))
            if self._errands:
                self._go_on_from(self._errands[max(self._errands)])
        return dropped

    def _emptied_from(self, index: int) -> list[Errand]:
        dropped = [errand for place, errand in self._errands.items() if place >= index]
        self._errands = {n: errand for n, errand in self._errands.items() if n < index}
        self._waiting = [errand for errand in self._waiting if errand.index < index]
        return dropped

    def _take_on(self, errand: Errand) -> None:
        self._errands[errand.index] = errand
        self._waiting.append(errand)
        if self._threads < self._depth and self._threads - len(self._busy) < len(self._waiting):
            # daemons: the interpreter's exit waits for no server
            with suppress(RuntimeError):  # none can be started: then the listing fetches itself
                threading.Thread(target=_work, args=(self,), daemon=True).start()
                self._threads += 1
        # so many that a thread without work is among them
        self._changed.notify(len(self._queue) + 1)

    def _go_on_from(self, errand: Errand) -> None:
        """Asks for the page after one that is there, if nobody did."""
        following = errand.index + 1
        is_ahead = self._errands.get(errand.index) is errand
        if not is_ahead or following > self._last or following in self._errands:
            return
        if self._successor is not None and (request := errand.following(self._successor)):
            self._take_on(Errand(self, request, following))

    def next_errand(self) -> Errand | None:
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

    def begin(self, errand: Errand) -> float:
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

    def _has_room_for(self, errand: Errand) -> bool:
        if self._most_running >= self._depth:
            return True  # there are no more threads than that
        # what was dropped and still waits for its headers does not hold up what the listing needs
        running = [other for other in self._running if not (errand.is_due and other.is_cancelled())]
        return len(running) < max(1, int(self._most_running))

    def _send(self, errand: Errand) -> None:
        others = self._running - {errand}
        for other in others:
            other.is_accompanied = True
        errand.is_accompanied = bool(others)
        self._running.add(errand)

    def failed(self, errand: Errand, seconds: float | None) -> None:
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

    def done(self, errand: Errand) -> None:
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


def _work(crew: Crew) -> None:
    while (errand := crew.next_errand()) is not None:
        errand.run()
        crew.done(errand)
        del errand  # and with it the page
