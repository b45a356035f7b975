"""Timelines made of events that are written down."""

from __future__ import annotations

from requests_paginate._listing.timeline import Timeline
from requests_paginate._transport.trace import PageEvent

STEPS = [("sent", 0.0), ("answered", 0.05), ("received", 0.052), ("decoded", 0.053)]
URL = "https://api.test/rows?page=1"


def event(kind, page, at, fetch=0, **details):
    return PageEvent(kind=kind, page=page, at=100.0 + at, fetch=fetch, **details)


def fetched(page, at, fetch, **details):
    """The events of a fetch that took 50 ms of waiting, 2 of receiving and 1 of decoding."""
    of_kind = {"answered": {"url": URL, "status": 200}, "received": {"size": 1000}}
    return [
        event(kind, page, at + after, fetch, **of_kind.get(kind, {}), **details)
        for kind, after in STEPS
    ]


def record(*events):
    """A timeline of events and lists of events, in the order of their times."""
    timeline = Timeline()
    flat = [each for part in events for each in (part if isinstance(part, list) else [part])]
    for each in sorted(flat, key=lambda each: each.at):
        timeline.add(each)
    return timeline


def one_by_one(pages, *, rows=10, first=0):
    """A listing without prefetch, whose consumer takes 20 ms for a page."""
    events = []
    for number in range(pages):
        at, page = number * 0.074, first + number
        events += [event("asked", page, at), *fetched(page, at, number + 1)]
        events.append(event("taken", page, at + 0.054, rows=rows))
    end = pages * 0.074
    return record(events, event("ended", first + pages, end))


def every_kind():
    """A listing of four pages with all that may go on."""
    return record(
        event("asked", 0, 0.0), fetched(0, 0.0, 1), event("taken", 0, 0.054, rows=10),
        # the second page fails and is tried again
        event("sent", 1, 0.055, 2), event("answered", 1, 0.10, 2, url=URL, status=503),
        event("received", 1, 0.101, 2, size=9), event("failed", 1, 0.102, 2, error="PageFailed"),
        event("waited", 1, 0.202, 2, seconds=0.1), fetched(1, 0.203, 2),
        # the third was guessed, and wrongly, so that the fourth is dropped, too
        fetched(2, 0.056, 3, is_guess=True), event("sent", 3, 0.2, 4, is_guess=True),
        event("asked", 1, 0.075), event("taken", 1, 0.258, rows=10),
        event("asked", 2, 0.28), event("dropped", 2, 0.281, 3, is_guess=True),
        event("dropped", 3, 0.282, 4, is_guess=True), fetched(2, 0.283, 5),
        event("taken", 2, 0.337, rows=10), fetched(3, 0.34, 6, is_guess=True),
        event("asked", 3, 0.42), event("taken", 3, 0.421, rows=1), event("ended", 4, 0.422),
        event("ended", 4, 0.45),
    )  # fmt: skip
