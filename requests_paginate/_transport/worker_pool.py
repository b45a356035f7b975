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

from requests_paginate._models import Page, PageRequest
from requests_paginate._transport.deadline import Clock
from requests_paginate._transport.fetcher import Fetched, Fetcher
from requests_paginate.exceptions import PaginationError

__all__ = ["Crew", "Errand", "Successor"]

_MOST_PATIENCE = 64.0

Successor = Callable[[Page], "PageRequest | None"]


class Errand(Clock):
    """One page to fetch, and the clock that its fetching goes by.

    Attributes:
        request: The page's request.
        index: Its place in the listing.
        is_guess: Whether the page before it has yet to lead there.
        is_begun: Whether a thread has it.
        is_accompanied: Whether others were on their way during its latest try.
        wave: How often fewer were sent at once before its latest try.
    """

    def __init__(
        self, crew: Crew, request: PageRequest, index: int, *, is_guess: bool = False
    ) -> None:
        super().__init__(crew.fetcher.deadline)
        self.request, self.index, self.is_guess = request, index, is_guess
        self.is_begun = self.is_accompanied = False
        self.wave = 0
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

    def is_done(self) -> bool:
        """Whether it was run."""
        return self._done.is_set()

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
        is_refusal = (
            error.transient
            and response is not None
            and (response.status_code == 429 or "Retry-After" in response.headers)
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
        # entered by itself, and not by the condition: an interrupt could come between its steps
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._errands: dict[int, Errand] = {}  # ahead of the listing
        self._waiting: list[Errand] = []  # not begun, nearest first
        self._last = -1  # the furthest page that may be asked for
        self._successor: Successor | None = None
        self._due: Errand | None = None  # what the listing waits for
        self._threads = 0
        self._busy: set[Errand] = set()  # errands that have a thread
        self._running: set[Errand] = set()  # those that are sent
        self._queue: set[Errand] = set()  # those that are to be sent when there is room
        self._most_running = float(depth)
        self._wave = 0  # how often that was halved
        self._patience = 0.5  # rounds before one more is sent at once
        self._resumes_at = 0.0  # by the monotonic clock
        self._is_stopped = False

    def taken(self, index: int) -> Errand | None:
        """The errand of a page, which is ahead no longer; None where nobody has begun it."""
        with self._lock:
            self._is_stopped = False  # a listing may go on after an error
            errand = self._errands.pop(index, None)
            if errand is None or not errand.is_begun:
                self._waiting = [other for other in self._waiting if other is not errand]
                return None
            self.expect(errand)
            return errand

    def expect(self, errand: Errand) -> None:
        """Takes note that the listing waits for this errand."""
        with self._lock:
            self._due = None if errand.is_done() else errand
            self._changed.notify_all()

    def emptied(self) -> list[Errand]:
        """All errands, which are nobody's now."""
        with self._lock:
            dropped = [*self._errands.values()]
            self._errands, self._waiting = {}, []
            self._last = -1
            return dropped

    def ask_for(
        self, requests: list[PageRequest], index: int, depth: int, successor: Successor
    ) -> list[Errand]:
        """Takes on the errands that are new; gives those that turn out not to be needed."""
        dropped: list[Errand] = []
        with self._lock:
            if self._is_stopped:
                return []  # the listing was closed meanwhile
            self._last, self._successor = index + depth - 1, successor
            for place, request in enumerate(requests, index):
                known = self._errands.get(place)
                if known is not None and known.request != request:
                    dropped += self._emptied_from(place)
                    known = None
                if known is None:
                    self._take_on(Errand(self, request, place, is_guess=place > index))
            furthest = self._errands[max(self._errands)] if self._errands else None
        if furthest is not None:
            self._go_on_from(furthest)
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
        successor = self._successor
        if successor is None or not self._leads_on(errand):
            return
        request = errand.following(successor)  # the caller's code, which may take its time
        with self._lock:
            if request is not None and self._leads_on(errand):
                self._take_on(Errand(self, request, errand.index + 1))

    def _leads_on(self, errand: Errand) -> bool:
        is_ahead = self._errands.get(errand.index) is errand
        following = errand.index + 1
        return is_ahead and following <= self._last and following not in self._errands

    def next_errand(self) -> Errand | None:
        """What a thread does next; None when it is to end."""
        with self._lock:
            while not self._is_stopped:
                if self._waiting and not self._queue and self._has_room_for(self._waiting[0]):
                    errand = self._waiting.pop(0)
                    errand.is_begun = True
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
        with self._lock:
            queued_at = time.monotonic()
            try:
                self._queue.add(errand)
                while not errand.is_cancelled():
                    queued = time.monotonic() - queued_at
                    # longer than the page may take: then its own answer counts
                    if 0 < (seconds := self._held()) < errand.left() + queued:
                        self._running.discard(errand)
                        return seconds
                    is_nearest = all(errand.index <= other.index for other in self._queue)
                    if errand in self._running or (is_nearest and self._has_room_for(errand)):
                        self._send(errand)
                        return 0.0
                    self._changed.wait()
                raise _Dropped
            finally:
                self._queue.discard(errand)
                errand.started += time.monotonic() - queued_at
                self._look_for_room()

    def _has_room_for(self, errand: Errand) -> bool:
        # there are no more threads than the depth; and what the listing waits for has its place,
        # and never waits for what is behind it
        if self._most_running >= self._depth or errand is self._due:
            return True
        due = {self._due} if self._due is not None else set()
        return len(self._running | due) < int(self._most_running)

    def _send(self, errand: Errand) -> None:
        # No excuse are those that were dropped and wait for their headers, perhaps for long, nor a
        # company that nothing would make smaller.
        others = [other for other in self._running - {errand} if not other.is_cancelled()]
        for other in others:
            other.is_accompanied = True
        errand.is_accompanied = len(others) > 0 and self._most_running > 1
        errand.wave = self._wave
        self._running.add(errand)

    def failed(self, errand: Errand, seconds: float | None) -> None:
        """Takes note of a failed try, after which all are to wait so long, if at all.

        They send nothing for a while, and less at once from then on.
        """
        with self._lock:
            if seconds is not None:
                if errand.wave == self._wave:  # else it was sent before the latest of these
                    self._wave += 1
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
        with self._lock:
            self._busy.discard(errand)
            self._running.discard(errand)
            if self._due is errand:
                self._due = None
            if errand.is_fetched():
                self._most_running += 1 / (self._most_running * self._patience)
            if self._most_running >= self._depth:
                self._most_running, self._patience = float(self._depth), 0.5
            self._look_for_room()
        self._go_on_from(errand)

    def look_again(self) -> None:
        """Has those that wait see what has changed."""
        with self._lock:
            self._changed.notify_all()

    def stop(self) -> list[Errand]:
        """Ends the threads, those that wait for headers as soon as these come or time out.

        Returns:
            The errands that were ahead; they are cancelled.
        """
        with self._lock:
            self._is_stopped = True
            dropped = self.emptied()
            # what an interrupt left behind has no thread that would take it out
            self._running, self._queue = self._running & self._busy, self._queue & self._busy
            self._due = None
            self._changed.notify_all()
        for errand in dropped:
            errand.cancel()
        return dropped


def _work(crew: Crew) -> None:
    while (errand := crew.next_errand()) is not None:
        errand.run()
        crew.done(errand)
        del errand  # and with it the page
