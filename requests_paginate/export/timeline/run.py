"""The numbers of a run, and their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from requests_paginate._listing.fetches import Fetch

if TYPE_CHECKING:
    from requests_paginate._listing.timeline import Timeline

__all__ = ["Run", "count", "seconds"]

Spans = Sequence[tuple[float, float]]
_SPACE = "\u00a0"  # no line ends between a number and its unit
_LEAST_AHEAD = 0.005  # seconds that a page was ready before its turn, to be worth a word
_LEAST_PAUSE = 0.0005  # likewise of a pause: a try may follow the one before at once


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a picture shows.

    Attributes:
        fetches: The pages, with all that went on.
        worked: When the consumer used rows, in seconds from the beginning.
        waited: When it waited for a page.
        seconds: How long all took.
        error: The error that the listing ended with; empty if none.
        is_going_on: Whether it has not ended.
        pages_left_out: How many pages came after those of the picture.
    """

    fetches: Sequence[Fetch]
    worked: Spans
    waited: Spans
    seconds: float
    error: str
    is_going_on: bool
    pages_left_out: int

    @classmethod
    def of(cls, timeline: Timeline) -> Run:
        """Return what a timeline holds by now."""
        return cls(
            fetches=timeline.fetches(),
            worked=timeline.consumer_spans(),
            waited=timeline.waits(),
            seconds=timeline.duration(),
            error=timeline.error,
            is_going_on=timeline.is_going_on,
            pages_left_out=timeline.pages_left_out,
        )

    def title(self) -> str:
        """Return what the listing brought, and in what time."""
        taken = [each for each in self.fetches if each.taken is not None]
        if not self.fetches:
            return "No request was made"
        rows = sum(each.rows or 0 for each in taken)
        pages = f"{count(len(taken), 'page')}, {count(rows, 'row')} in {seconds(self.seconds)}"
        return f"{pages} so far" if self.is_going_on else pages

    def facts(self) -> list[str]:
        """Return the numbers of the run as short sentences."""
        if not self.fetches:
            return []
        tries, most = sum(each.tries for each in self.fetches), self._count_at_once()
        facts = [
            f"{count(tries, 'request')}, at most {most} at once.",
            f"Your code waited for pages {self._share(self.waited)}.",
            f"It worked on rows {self._share(self.worked)}.",
            self._tell_guesses(),
            self._tell_failures(),
        ]
        if self.error:
            facts.append(f"The listing ended with {self.error}.")
        if self.pages_left_out:
            facts.append(f"{count(self.pages_left_out, 'later page')} not shown.")
        return facts

    def _share(self, spans: Spans) -> str:
        whole = sum(end - begin for begin, end in spans)
        share = whole / self.seconds if self.seconds else 0.0
        return f"{seconds(whole)} ({share:.0%} of the time)"

    def _tell_guesses(self) -> str:
        guesses = [each for each in self.fetches if each.is_guess]
        if not guesses:
            return "No request was guessed."
        right = sum(each.taken is not None for each in guesses)
        wrong = sum(each.is_wrong for each in guesses)
        unneeded = sum(each.is_dropped and not each.is_wrong for each in guesses)
        words = f"Guessed requests: {right} right, {wrong} wrong"
        return f"{words}, {unneeded} not needed." if unneeded else f"{words}."

    def _tell_failures(self) -> str:
        spans = [span for each in self.fetches for span in each.spans]
        failed = sum(span.phase == "failed" for span in spans)
        pauses = sum(span.seconds for span in spans if span.phase == "pause")
        if not failed and pauses < _LEAST_PAUSE:
            return "No request failed."
        words = f"{count(failed, 'request')} failed"
        return (
            f"{words}, with pauses of {seconds(pauses)}." if pauses >= _LEAST_PAUSE else f"{words}."
        )

    def _count_at_once(self) -> int:
        """Return how many requests were on their way at once, at most."""
        edges: list[tuple[float, int]] = []
        for span in (span for each in self.fetches for span in each.spans):
            if span.phase in ("waiting", "receiving", "failed"):
                edges += [(span.begin, 1), (span.end, -1)]
        most = now = 0
        for _, change in sorted(edges):  # at the same time, an end comes first
            now += change
            most = max(most, now)
        return most

    @property
    def shown_seconds(self) -> float:
        """The time of the picture: never zero, so that every place in it is defined."""
        return max(self.seconds, 0.001)


def describe(fetch: Fetch) -> str:
    """Return in words what went on with a page."""
    words = [*_describe_tries(fetch), *_describe_answer(fetch)]
    if fetch.is_open:
        words.append("still going on")
    if fetch.taken is not None and fetch.decoded is not None:
        if (ahead := fetch.taken - fetch.decoded) >= _LEAST_AHEAD:
            words.append(f"ready {seconds(ahead)} early")
    elif fetch.taken is not None and not fetch.spans:
        words.append("fetched before the picture begins")
    sentence, end = ", ".join(words), _describe_end(fetch)
    return f"{end}: {sentence}" if end else sentence[:1].upper() + sentence[1:]


def _describe_tries(fetch: Fetch) -> Iterable[str]:
    for span in fetch.spans:
        if span.phase == "failed":
            yield f"failed after {seconds(span.seconds)} ({span.error})"
        elif span.phase == "pause" and span.seconds >= _LEAST_PAUSE:
            yield f"{seconds(span.seconds)} pause"


def _describe_answer(fetch: Fetch) -> Iterable[str]:
    for span in fetch.spans:
        if span.phase in ("waiting", "receiving", "decoding"):
            yield f"{seconds(span.seconds)} {span.phase}"


def _describe_end(fetch: Fetch) -> str:
    if fetch.is_dropped:
        return "Wrong guess, dropped" if fetch.is_wrong else "Not needed, dropped"
    if fetch.is_replaced and not fetch.error:
        return "Fetched again"
    return "Right guess" if fetch.is_guess and fetch.taken is not None else ""


def count(number: int, noun: str) -> str:
    """Return a number of things in words: "1 page", "2,400 rows"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def seconds(duration: float) -> str:
    """Return a time in words, short enough for a label."""
    if 0 < duration < 0.0005:
        return f"under 1{_SPACE}ms"
    if duration < 0.9995:
        return f"{duration * 1000:.0f}{_SPACE}ms"
    return f"{duration:.2f}{_SPACE}s" if duration < 9.995 else f"{duration:,.1f}{_SPACE}s"
