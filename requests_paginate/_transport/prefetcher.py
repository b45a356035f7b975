"""Who fetches a page ahead of its turn; the listing itself does not know.

A listing takes its pages in order from a `Prefetcher`, as it would from a `Fetcher`. Law of this
room: what was fetched ahead counts only if the listing, having read the page before, asks for the
very same request. Then it is handed over, be it a page or an error; else it is dropped, and all
behind it. So nothing but time depends on what was guessed.
"""

from __future__ import annotations

import _thread
import weakref
from collections.abc import Iterable
from typing import Any

from requests_paginate._models import PageRequest
from requests_paginate._transport.fetcher import Fetched, Fetcher
from requests_paginate._transport.worker_pool import Crew, Errand, Successor

__all__ = ["Prefetcher"]


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
        self._own_crew: Crew | None = None  # until it is needed
        self._finalizer: weakref.finalize[Any, Any] | None = None  # while there may be threads

    @property
    def _crew(self) -> Crew:
        if self._own_crew is None:
            self._own_crew = Crew(self._fetcher, self._depth)
        if self._finalizer is None:
            # The threads know the crew alone: a listing that nobody holds any more is collected,
            # and they stop. Told by yet another thread, since the collector may run in one that
            # holds the crew's locks.
            stop = self._own_crew.stop
            finalizer = weakref.finalize(self, _thread.start_new_thread, stop, ())
            finalizer.atexit = False  # daemons end with the interpreter
            self._finalizer = finalizer
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
            errand = Errand(crew, request, index)
            crew.expect(errand)
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
        crew, finalizer = self._own_crew, self._finalizer
        if crew is not None:
            self.wrong += sum(errand.is_guess for errand in crew.stop())
        if finalizer is not None:  # at last: an interrupted stop is made up for by the next one
            finalizer.detach()
            self._finalizer = None

    def _drop(self, errands: Iterable[Errand]) -> None:
        for errand in errands:
            errand.cancel()
            self.wrong += errand.is_guess

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_own_crew": None, "_finalizer": None}
