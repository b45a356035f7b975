"""What happens to the pages of a listing, event by event, for whoever wants to see it.

A sink is a function that is called with each event. Without one, an event is a call that returns at
once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["PageEvent", "Sink", "Trace"]

Kind = Literal[
    "asked", "sent", "answered", "received", "decoded", "failed", "waited", "dropped", "taken",
    "ended",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class PageEvent:
    """Something that happened to a page.

    A page is `asked` for by the consumer, or guessed and fetched ahead. Its request is `sent`, the
    headers of the response are there (`answered`), its body is (`received`), and it is a value of
    Python (`decoded`). Or it `failed`, and before another try the listing `waited`. Then it is
    `taken` by the consumer, or it was not needed, and is `dropped`; its thread may still tell what
    comes of it. At last the listing has `ended`: with the last page or an error, and again when the
    consumer asks for more.

    Attributes:
        kind: What happened.
        page: The page's number, from 0.
        at: When, in seconds of `time.monotonic()`.
        fetch: Tells apart the fetches of one page: a wrong guess, and the right request after it. 0
            where the page was not fetched: asked, taken and ended.
        is_guess: Whether the request was guessed, and not read from the page before.
        url: Where the request went, without secrets; of an answer.
        status: The HTTP status; of an answer.
        size: Bytes of the decoded body; of a page that was received.
        rows: Rows that were handed out; of a page that was taken.
        seconds: How long was waited; of a wait, which has just ended.
        error: The name of the error's class; of a failure, or of an end by an error.
    """

    kind: Kind
    page: int
    at: float
    fetch: int = 0
    is_guess: bool = False
    url: str | None = None
    status: int | None = None
    size: int | None = None
    rows: int | None = None
    seconds: float | None = None
    error: str | None = None


Sink = Callable[[PageEvent], object]


class Trace:
    """The sinks of one listing, which get its events, from several threads if it fetches ahead.

    Attributes:
        sinks: The functions to call.
        pages_before: Pages of the listings before this one, if it is a part of several.
    """

    def __init__(self) -> None:
        self.sinks: tuple[Sink, ...] = ()
        self.pages_before = 0

    def note(self, kind: Kind, page: int, **details: Any) -> None:
        """Tell the sinks what happened to a page; see `PageEvent`."""
        if self.sinks:
            page += self.pages_before
            event = PageEvent(kind=kind, page=page, at=time.monotonic(), **details)
            try:
                for sink in self.sinks:
                    sink(event)
            except StopIteration as error:  # which would end a listing (PEP 479)
                raise RuntimeError("a sink raised StopIteration") from error

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "sinks": ()}  # they belong to this process
