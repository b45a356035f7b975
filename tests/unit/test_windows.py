"""A span of days in windows."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import windows

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 3000), st.integers(1, 400))
def test_every_day_is_in_one_window(start, length, days):
    """The windows are the span, day by day, without a gap or an overlap."""
    end = start + timedelta(length)
    found = list(windows(start, end, days))
    expected = [start + timedelta(number) for number in range(length + 1)]
    assert expected == [
        first + timedelta(number)
        for first, last in found
        for number in range((last - first).days + 1)
    ]
    lengths = [(last - first).days + 1 for first, last in found]
    assert [days] * (len(found) - 1) == lengths[:-1]
    assert 1 <= lengths[-1] <= days


def test_a_year_by_months():
    """A year in windows of 31 days are twelve of them, the last one shorter."""
    found = list(windows(date(2026, 1, 1), date(2026, 12, 31)))
    assert (date(2026, 1, 1), date(2026, 1, 31)) == found[0]
    assert (date(2026, 12, 8), date(2026, 12, 31)) == found[-1]


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((date(2026, 1, 2), date(2026, 1, 1)), ValueError, "is before start"),
        ((date(2026, 1, 1), date(2026, 1, 2), 0), ValueError, "days: expected 1 or more"),
        ((date(2026, 1, 1), date(2026, 1, 2), 1.5), TypeError, "days: expected a whole number"),
        (("2026-01-01", date(2026, 1, 2)), TypeError, "start: expected a date, got str"),
        ((date(2026, 1, 1), datetime(2026, 1, 2)), TypeError, "end: expected a date, got datetime"),
    ],
)
def test_mistakes(arguments, error, text):
    """They are told at the call, before the first window."""
    with pytest.raises(error, match=text):
        windows(*arguments)
