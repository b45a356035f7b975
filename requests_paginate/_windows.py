"""A span of days in windows, each of which is a listing of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

__all__ = ["windows"]


def windows(start: date, end: date, days: int = 31) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each window of a span, both inclusive.

    A listing by cursor cannot be fetched ahead. Cut into windows, it becomes several that can be
    read at once; see `gather`.

        calls = (
            pluggy.get_all("/v2/transactions", {**account, "dateFrom": first, "dateTo": last})
            for first, last in windows(date(2025, 1, 1), date(2026, 12, 31))
        )

    No day is left out, and none is in two windows. The last window may be shorter.

    Args:
        start: The first day.
        end: The last day.
        days: The days of a window.

    Raises:
        TypeError: `start` or `end` is no date, or a datetime; `days` is no whole number.
        ValueError: `end` is before `start`, or `days` is below 1.
    """
    for name, day in (("start", start), ("end", end)):
        if not isinstance(day, date) or isinstance(day, datetime):
            raise TypeError(f"{name}: expected a date, got {type(day).__name__}")
    if isinstance(days, bool) or not isinstance(days, int):
        raise TypeError(f"days: expected a whole number, got {type(days).__name__}")
    if days < 1:
        raise ValueError(f"days: expected 1 or more, got {days}")
    if end < start:
        raise ValueError(f"end: {end} is before start, {start}")
    length = (end - start).days
    return (
        (start + timedelta(at), start + timedelta(min(at + days - 1, length)))
        for at in range(0, length + 1, days)
    )
