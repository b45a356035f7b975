"""What fetching costs."""

from __future__ import annotations

import threading
from typing import Any


class Tally:
    """What fetching cost so far; counted from several threads. The bytes are of decoded bodies."""

    def __init__(self) -> None:
        self.requests = self.retries = self.bytes = 0
        self.seconds_waited = 0.0
        self._lock = threading.Lock()

    def add(self, **counts: float) -> None:
        """Add to the counts, by name."""
        # on one line: an interrupt after the block would leave it locked
        with self._lock: self._add(counts)  # fmt: skip  # noqa: E701 - one step

    def _add(self, counts: dict[str, float]) -> None:
        kept = vars(self)
        for name, count in counts.items():
            kept[name] += count

    def counts(self) -> dict[str, Any]:
        """Return the counts, by name."""
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    __getstate__ = counts

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())
