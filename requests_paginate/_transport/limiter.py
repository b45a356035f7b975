"""How many pages are requested at once: arithmetic, without a clock, a lock or a thread."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

_LEAST_PATIENCE, _MOST_PATIENCE = 0.5, 64.0  # rounds before one more is sent at once


@dataclass
class _Sending:
    """What is known of a page that is on its way."""

    halvings: int  # how often the limit had been halved when it was sent
    is_accompanied: bool  # others were on their way at the same time
    is_dropped: bool = False  # nobody needs it any more


class AdaptiveLimit:
    """How many pages may be on their way at once, `most` at most, and whether all must wait.

    The limit grows by one per round, and is halved if the server asks to slow down (additive
    increase, multiplicative decrease; RFC 5681 section 3.1). After each halving it takes twice as
    many rounds to grow by one, because the server will probably refuse again. The owner holds a
    lock during each call, and passes the time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = float(most)
        self._halvings = 0
        self._patience = _LEAST_PATIENCE
        self._resumes_at = 0.0
        self._sent: dict[Hashable, _Sending] = {}
        self._reserved: Hashable | None = None

    def reserve(self, page: Hashable | None) -> None:
        """Keep a place for the page that the listing waits for; it never waits for later ones."""
        self._reserved = page

    def seconds_to_wait(self, now: float) -> float:
        """Return the seconds that nothing may be sent for; 0 if it may be."""
        return max(0.0, self._resumes_at - now)

    def is_sent(self, page: Hashable) -> bool:
        """Return whether a page is on its way."""
        return page in self._sent

    def may_send(self, page: Hashable) -> bool:
        """Return whether one more page may be sent for."""
        if self._size >= self._most or page is self._reserved:
            return True
        taken = len(self._sent)
        if self._reserved is not None and self._reserved not in self._sent:
            taken += 1
        return taken < int(self._size)

    def acquire(self, page: Hashable) -> None:
        """Take note that a page is sent for."""
        # Dropped pages do not count, though they may still wait for their headers. Nor does any
        # page if the limit cannot become smaller.
        others = [
            other for key, other in self._sent.items() if key is not page and not other.is_dropped
        ]
        for other in others:
            other.is_accompanied = True
        is_accompanied = len(others) > 0 and self._size > 1
        self._sent[page] = _Sending(self._halvings, is_accompanied)

    def drop(self, page: Hashable) -> None:
        """Take note that nobody needs a page any more, which may still be on its way."""
        if page in self._sent:
            self._sent[page].is_dropped = True

    def refuse(self, page: Hashable, until: float) -> bool:
        """Take note that the server refused a page and asked for a pause until then.

        Returns:
            Whether others were on their way with it. Alone it might not have been refused.
        """
        self.pause(until)
        sending = self._sent.pop(page, None)
        if sending is None:
            return False
        if sending.halvings == self._halvings:  # else it was sent before the latest halving
            self._halvings += 1
            self._size = max(1.0, self._size / 2)
            self._patience = min(_MOST_PATIENCE, 2 * self._patience)
        return sending.is_accompanied

    def pause(self, until: float) -> None:
        """Take note that nothing may be sent until then."""
        self._resumes_at = max(self._resumes_at, until)

    def unreserve(self, page: Hashable) -> None:
        """Give up the place that is kept for a page, if it is kept for this one."""
        if self._reserved is page:
            self._reserved = None

    def release(self, page: Hashable, *, has_come: bool = False) -> None:
        """Take note that a page is not on its way any more, and whether it was fetched."""
        self._sent.pop(page, None)
        if has_come:
            self._size += 1 / (self._size * self._patience)
        if self._size >= self._most:
            self._size, self._patience = float(self._most), _LEAST_PATIENCE

    def forget(self, kept: set[Hashable]) -> None:
        """Forget the pages that are on their way, but those that are still being fetched."""
        self._sent = {page: sending for page, sending in self._sent.items() if page in kept}
        self._reserved = None
