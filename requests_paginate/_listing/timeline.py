"""A picture of a run: when each page was asked for, waited for, received and used.

listing = get_all(url, prefetch=8)
timeline = listing.timeline()
rows = list(listing)
timeline.write("run.html")
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from os import PathLike
from typing import Any

from requests_paginate._listing.fetches import Fetch, Span, read_fetches
from requests_paginate._transport.trace import PageEvent

__all__ = ["Fetch", "Span", "Timeline"]

_MOST_PAGES = 1000  # of a picture; a long listing is as flat in memory as without it
_MOST_EVENTS = 20_000  # of them, with all their tries
_OF_CONSUMER = ("asked", "taken", "ended")  # in one thread, and of no fetch


class Timeline:
    """The events of one listing's pages, as a waterfall like that of a browser's network panel.

    It is made by `Listing.timeline`, and holds what happened since then, of the first 1,000 pages.
    It can be drawn at any time, also while the listing goes on.

    Attributes:
        events: The events, in the order in which they came.
        pages_left_out: How many pages came after those that it holds.
        error: The name of the class of the error that the listing ended with; empty if it did not.
    """

    def __init__(self) -> None:
        self.events: list[PageEvent] = []
        self.pages_left_out = 0
        self.error = ""
        self._first: int | None = None
        self._is_full = False

    def add(self, event: PageEvent) -> None:
        """Add an event; a sink of `Listing.trace`."""
        if self._first is None:
            self._first = event.page
        if event.kind in _OF_CONSUMER:  # of every page
            self.error = event.error or (self.error if event.kind == "ended" else "")
        is_beyond = event.page >= self._first + _MOST_PAGES
        if self._is_full or (is_beyond and event.kind not in ("asked", "ended")):
            self.pages_left_out += event.kind == "taken"
            return
        # The consumer's question for the first page left out ends the picture.
        self._is_full = (is_beyond and event.kind == "asked") or len(self.events) >= _MOST_EVENTS
        if event.kind == "ended" and [each.kind for each in self.events[-2:]] == ["ended"] * 2:
            return  # whoever asks for more after the end, again and again
        self.events.append(event)

    def fetches(self) -> list[Fetch]:
        """Return the pages in their order, and what went on with each."""
        events, (start, end) = self._counted(), self._bounds()
        return read_fetches(events, start, end)

    def consumer_spans(self) -> list[tuple[float, float]]:
        """Return when the consumer used the rows of a page, and the listing did not wait."""
        return self._turns()[0]

    def waits(self) -> list[tuple[float, float]]:
        """Return when the consumer had asked for a page, and did not have it yet."""
        return self._turns()[1]

    def duration(self) -> float:
        """Return the seconds from the first event to the last one."""
        start, end = self._bounds()
        return end - start

    @property
    def is_going_on(self) -> bool:
        """Whether the listing had not ended when its last event came."""
        kinds = [each.kind for each in self.events if each.kind in _OF_CONSUMER]
        return not self._is_full and bool(kinds) and kinds[-1] != "ended"

    # Pictures: what draws them stands above this package, and is loaded when it is needed.

    def svg(self) -> str:
        """Return the picture as an SVG of its own, which needs nothing else."""
        return str(_find_drawings().svg(self))

    def html(self) -> str:
        """Return the picture as a page of HTML, which needs neither scripts nor a network."""
        return str(_find_drawings().html(self))

    def write(self, path: str | PathLike[str]) -> None:
        """Write the picture into a file; one that is there is replaced.

        Args:
            path: Its suffix says how: `.html` or `.svg`.

        Raises:
            ValueError: It has another suffix.
            OSError: The file cannot be written.
        """
        _find_drawings().write(self, path)

    def _repr_html_(self) -> str:
        return str(_find_drawings().frame(self))

    def _counted(self) -> Iterator[PageEvent]:
        """Yield the events, but not what a thread tells of a fetch after that was dropped."""
        dropped: set[int] = set()
        for event in tuple(self.events):  # other threads may add some meanwhile
            if event.kind in _OF_CONSUMER or event.fetch not in dropped:
                yield event
            if event.kind == "dropped":
                dropped.add(event.fetch)

    def _bounds(self) -> tuple[float, float]:
        """Return the times of the first and of the last event."""
        times = [event.at for event in self._counted()]
        return (min(times), max(times)) if times else (0.0, 0.0)

    def _turns(self) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """Return when the consumer worked, and when it waited."""
        worked: list[tuple[float, float]] = []
        waited: list[tuple[float, float]] = []
        start, end = self._bounds()
        had: float | None = None  # since when it has a page
        wants: float | None = None  # since when it wants one
        ended: float | None = None  # when it last heard of the end
        for event in self._counted():
            at = event.at - start
            if event.kind == "asked":
                if had is not None:
                    worked.append((had, at))
                had, wants = None, at
            elif event.kind == "taken" or (event.kind == "ended" and event.error):
                if wants is not None:
                    waited.append((wants, at))
                had, wants = at, None
            ended = at if event.kind == "ended" else ended
        if had is not None and ended is not None and ended > had:
            worked.append((had, ended))
        if wants is not None and end - start > wants:
            waited.append((wants, end - start))
        return worked, waited


def _find_drawings() -> Any:
    return import_module("requests_paginate.export.timeline")
