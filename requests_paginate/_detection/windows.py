"""Windows of rows that were sent by their first and their last row: `_start=0&_end=20`."""

from __future__ import annotations

from collections.abc import Iterator

from requests_paginate._detection.evidence import Evidence
from requests_paginate._paths import is_count
from requests_paginate.strategies import Offset, Strategy
from requests_paginate.strategies.windows import is_window_end, names_rows


def detect_window(evidence: Evidence) -> Iterator[Strategy]:
    """The first and the last row that were sent, and as many rows as lie between them."""
    rows = len(evidence.rows)
    for name, first, end, last in list_windows(evidence):
        if names_rows(end.rpartition(".")[2]) and rows and rows in (last - first, last - first + 1):
            yield Offset(
                name,
                total=evidence.find_total(is_end=True),
                items=evidence.items,
                more=evidence.more_flag,
                first=1 if first == 1 and last % rows == 0 else 0,
            )


def list_windows(evidence: Evidence) -> list[tuple[str, int, str, int]]:
    """Return the windows that may have been sent: a name and a number for each of their ends."""
    counts = [(name, int(value)) for name, value in evidence.sent.values() if is_count(value)]
    return [
        (name, first, end, last)
        for name, first in counts
        for end, last in counts
        if first < last and _are_beside(name, end)
        if is_window_end(name.rpartition(".")[2], end.rpartition(".")[2])
    ]


def _are_beside(name: str, other: str) -> bool:
    return name.rpartition(".")[0] == other.rpartition(".")[0]
