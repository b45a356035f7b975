"""A picture of a run: when each page was asked for, waited for, received and used.

listing = get_all(url, prefetch=8)
timeline = listing.timeline()
rows = list(listing)
timeline.write("run.html")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from requests_paginate._transport.trace import PageEvent

__all__ = ["Fetch", "Span", "Timeline"]

_MOST_PAGES = 1000  # of a picture; a long listing is as flat in memory as without it

Phase = Literal["waiting", "receiving", "decoding", "failed", "pause"]
# The phase that ends with an event, by what was before it.
_PHASES: dict[tuple[str, str], Phase] = {
    ("sent", "answered"): "waiting",
    ("answered", "received"): "receiving",
    ("received", "decoded"): "decoding",
    ("sent", "failed"): "failed",
    ("answered", "failed"): "failed",
    ("received", "failed"): "failed",
    ("failed", "waited"): "pause",
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time in which something went on; in seconds from the beginning of the picture.

    Attributes:
        phase: What went on: `waiting` for the response's headers, `receiving` its body, `decoding`
            it, a try that `failed`, or a `pause` before the next one.
        begin: When it began.
        end: When it ended.
        note: The class of a failed try's error; else empty.
    """

    phase: Phase
    begin: float
    end: float
    note: str = ""


@dataclass(kw_only=True)
class Fetch:
    """A page that was fetched, with all its tries, or that was begun and not needed.

    Attributes:
        page: The page's number, from 0.
        is_guess: Whether its request was guessed, and not read from the page before.
        is_dropped: Whether it was not needed: a wrong guess, or beyond the last row wanted.
        url: Where its request went, without secrets; None before an answer.
        status: The last HTTP status; None before an answer.
        size: Bytes of the decoded body.
        rows: Rows of the page; None if it was not taken.
        taken: When the consumer got it, in seconds; None if it was not.
        spans: What went on, in order.
    """

    page: int
    is_guess: bool = False
    is_dropped: bool = False
    url: str | None = None
    status: int | None = None
    size: int | None = None
    rows: int | None = None
    taken: float | None = None
    spans: list[Span] = field(default_factory=list)


class Timeline:
    """The events of one listing's pages, as a waterfall like that of a browser's network panel.

    It is made by `Listing.timeline`, and holds what happened since then, of the first 1,000 pages.

    Attributes:
        events: The events, in the order in which they came.
        pages_left_out: How many pages came after those that it holds.
    """

    def __init__(self) -> None:
        self.events: list[PageEvent] = []
        self.pages_left_out = 0
        self._first: int | None = None

    def add(self, event: PageEvent) -> None:
        """Add an event; a sink of `Listing.trace`."""
        if self._first is None:
            self._first = event.page
        if event.page < self._first + _MOST_PAGES or event.kind == "ended":
            self.events.append(event)
        elif event.kind == "taken":
            self.pages_left_out += 1

    def fetches(self) -> list[Fetch]:
        """Return the pages in their order, and what went on with each."""
        start = self._start()
        done: list[Fetch] = []
        current: dict[int, tuple[Fetch, PageEvent]] = {}  # by page: the fetch that may be taken
        dropped: set[tuple[int, int]] = set()
        for event in self.events:
            if event.kind in ("asked", "ended"):
                continue
            if event.kind == "taken":
                if (found := current.pop(event.page, None)) is not None:
                    found[0].taken, found[0].rows = event.at - start, event.rows
                continue
            key = (event.page, event.fetch)
            known = current.get(event.page)
            if known is not None and known[1].fetch != event.fetch:
                known = None
            if event.kind == "sent" and known is None:
                dropped.discard(key)  # an address is used again
            if key in dropped:
                continue
            if known is None:
                known = (Fetch(page=event.page, is_guess=event.is_guess), event)
                done.append(known[0])
            _follow(known[0], known[1], event, start)
            if event.kind == "dropped":
                dropped.add(key)
                current.pop(event.page, None)
            else:
                current[event.page] = (known[0], event)
        return sorted(done, key=lambda fetch: fetch.page)

    def consumer_spans(self) -> list[tuple[float, float]]:
        """Return when the consumer used the rows of a page, and the listing did not wait."""
        start, spans = self._start(), []
        began: float | None = None
        for event in self.events:
            if event.kind == "taken":
                began = event.at
            elif event.kind == "asked" and began is not None:
                spans.append((began - start, event.at - start))
                began = None
        if began is not None and self.events[-1].at > began:
            spans.append((began - start, self.events[-1].at - start))
        return spans

    def duration(self) -> float:
        """Return the seconds from the first event to the last one."""
        return max((event.at for event in self.events), default=0.0) - self._start()

    def _start(self) -> float:
        return min((event.at for event in self.events), default=0.0)


def _follow(fetch: Fetch, last: PageEvent, event: PageEvent, start: float) -> None:
    """Add to a fetch what an event tells, given the event before it."""
    phase = _PHASES.get((last.kind, event.kind))
    if phase is not None:
        span = Span(
            phase=phase, begin=last.at - start, end=event.at - start, note=event.error or ""
        )
        fetch.spans.append(span)
    if event.kind == "dropped":
        fetch.is_dropped = True
        if last.kind in ("sent", "answered"):  # it was on its way
            phase = "waiting" if last.kind == "sent" else "receiving"
            fetch.spans.append(Span(phase=phase, begin=last.at - start, end=event.at - start))
    if event.url is not None:
        fetch.url, fetch.status = event.url, event.status
    if event.size is not None:
        fetch.size = event.size
