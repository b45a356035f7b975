"""What went on with each page of a run, as its events tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from requests_paginate._transport.trace import PageEvent

__all__ = ["Fetch", "Phase", "Span", "read_fetches"]

Phase = Literal["waiting", "receiving", "decoding", "failed", "pause"]
# What goes on after an event, until the next one.
_PHASES: dict[str, Phase] = {"sent": "waiting", "answered": "receiving", "received": "decoding"}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time in which something went on; in seconds from the beginning of the picture.

    Attributes:
        phase: What went on: `waiting` for the response's headers, `receiving` its body, `decoding`
            it, a whole try that `failed`, or a `pause` before the next one.
        begin: When it began.
        end: When it ended.
        error: The name of the class of a failed try's error; else empty.
    """

    phase: Phase
    begin: float
    end: float
    error: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin


@dataclass(kw_only=True, eq=False)
class Fetch:
    """A page that was fetched, with all its tries, or that was begun and not needed.

    Attributes:
        page: The page's number, from 0.
        is_guess: Whether its request was guessed, and not read from the page before.
        is_dropped: Whether it was not needed: a wrong guess, or the listing ended or failed.
        is_wrong: Whether it was dropped as a wrong guess, of this page or of one before it.
        is_replaced: Whether the page was fetched again after it.
        is_open: Whether it went on when the events ended; the last span then ends with them.
        url: Where its request went, without secrets; None before an answer.
        status: The last HTTP status; None before an answer.
        size: Bytes of the decoded body.
        rows: Rows of the page; None if it was not taken.
        tries: How often its request was sent.
        decoded: When it was ready for the consumer, in seconds; None if it was not.
        taken: When the consumer got it, in seconds; None if it did not.
        ended: When the last thing happened to it, in seconds.
        spans: What went on, in order.
    """

    page: int
    is_guess: bool = False
    is_dropped: bool = False
    is_wrong: bool = False
    is_replaced: bool = False
    is_open: bool = False
    url: str | None = None
    status: int | None = None
    size: int | None = None
    rows: int | None = None
    tries: int = 0
    decoded: float | None = None
    taken: float | None = None
    ended: float = 0.0
    spans: list[Span] = field(default_factory=list)

    @property
    def begin(self) -> float:
        """When the first thing happened to it, in seconds."""
        return self.spans[0].begin if self.spans else self.ended

    @property
    def error(self) -> str:
        """The name of the class of the error that it ended with; empty if it did not."""
        return self.spans[-1].error if self.spans else ""


class _Track:
    """A fetch, as far as its events are known."""

    def __init__(self, event: PageEvent, part: int, start: float) -> None:
        self.fetch = Fetch(page=event.page, is_guess=event.is_guess)
        self.part = part
        self._start = start
        self._phase: Phase | None = None  # what goes on
        self._since = 0.0  # when the last thing happened
        self._spans_before = 0  # this try

    def follow(self, event: PageEvent) -> None:
        """Add what an event tells."""
        fetch, at = self.fetch, event.at - self._start
        if event.kind == "failed":
            self._fail(at, event.error or "an error")
        elif event.kind == "waited":
            begin = max(at - (event.seconds or 0.0), self._since)
            fetch.spans.append(Span(phase="pause", begin=begin, end=at))
        else:
            self.close(at)
        if event.kind == "sent":
            self._end_pause(at)
            fetch.tries += 1
            self._spans_before = len(fetch.spans)
        elif event.kind == "decoded":
            fetch.decoded = at
        elif event.kind == "dropped":
            fetch.is_dropped = True
        elif event.kind == "taken":
            fetch.taken, fetch.rows = at, event.rows
        self._phase, self._since = _PHASES.get(event.kind), at
        fetch.ended = at
        fetch.url, fetch.status = event.url or fetch.url, event.status or fetch.status
        fetch.size = fetch.size if event.size is None else event.size

    def close(self, at: float) -> bool:
        """End what goes on, and return whether anything did."""
        if self._phase is None:
            return False
        self.fetch.spans.append(Span(phase=self._phase, begin=self._since, end=at))
        self._phase, self.fetch.ended = None, at
        return True

    def _end_pause(self, at: float) -> None:
        """Have a pause last until the next try: its turn may come after its own wait."""
        spans = self.fetch.spans
        if spans and spans[-1].phase == "pause":
            spans[-1] = replace(spans[-1], end=at)
        elif spans and spans[-1].phase == "failed":
            spans.append(Span(phase="pause", begin=self._since, end=at))

    def _fail(self, at: float, error: str) -> None:
        """Make one span of a whole try."""
        tried = self.fetch.spans[self._spans_before :]
        begin = tried[0].begin if tried else self._since if self.fetch.tries else at
        self.fetch.spans[self._spans_before :] = [
            Span(phase="failed", begin=begin, end=at, error=error)
        ]
        self._spans_before += 1


class _Tracks:
    """The fetches of a run, as far as its events are known."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._all: list[_Track] = []
        self._by_number: dict[tuple[int, int], _Track] = {}
        self._latest: dict[int, _Track] = {}  # by page
        self._taken: set[int] = set()
        self._dropped: list[Fetch] = []  # of which it is not yet known what for
        self._part = 0  # of several listings one after the other, if page numbers come again

    def add(self, event: PageEvent) -> None:
        """Add an event to the fetch that it is of."""
        if event.kind == "asked" and event.page in self._taken:
            self._part += 1
            self._taken.clear()
        if event.kind in ("asked", "taken", "ended"):
            self._explain_drops(is_end=event.kind == "ended")
        if event.kind in ("asked", "ended"):
            return
        track = self._find(event) or self._begin(event)
        track.follow(event)
        if event.kind == "taken":
            self._taken.add(event.page)
        elif event.kind == "dropped":
            self._dropped.append(track.fetch)

    def _find(self, event: PageEvent) -> _Track | None:
        if event.kind == "taken":
            track = self._latest.get(event.page)
        else:
            track = self._by_number.get((event.page, event.fetch))
        return None if track is None or track.fetch.taken is not None else track

    def _begin(self, event: PageEvent) -> _Track:
        track, before = _Track(event, self._part, self._start), self._latest.get(event.page)
        if before is not None and before.fetch.taken is None:
            before.close(event.at - self._start)  # an interrupt left it behind
            before.fetch.is_replaced = True
            if before.fetch in self._dropped:
                self._explain_drops(is_end=False)
        self._all.append(track)
        self._by_number[event.page, event.fetch] = self._latest[event.page] = track
        return track

    def _explain_drops(self, *, is_end: bool) -> None:
        """Take note of what was dropped: because the listing ended or failed, or as wrong."""
        for fetch in self._dropped:
            fetch.is_wrong = fetch.is_guess and not is_end
        self._dropped.clear()

    def finish(self, end: float) -> list[Fetch]:
        """Return the fetches in the order of their pages, of which some may still go on."""
        for track in self._all:
            track.fetch.is_open = track.close(end - self._start)
        self._all.sort(key=lambda track: (track.part, track.fetch.page))
        fetches = [track.fetch for track in self._all]
        # one that was dropped before it was sent cost nothing
        return [fetch for fetch in fetches if fetch.spans or fetch.taken is not None]


def read_fetches(events: Iterable[PageEvent], start: float, end: float) -> list[Fetch]:
    """Return what went on with each page, in the order of the pages.

    Args:
        events: What happened, without what dropped fetches told later.
        start: The time that seconds count from, on the clock of the events.
        end: The time at which the events end, on the same clock.
    """
    tracks = _Tracks(start)
    for event in events:
        tracks.add(event)
    return tracks.finish(end)
