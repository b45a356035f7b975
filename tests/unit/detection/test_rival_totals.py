"""Which number ends a listing if one of several may count what a filter leaves."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate.exceptions import InconsistentListing
from tests.two_pages import listed, refused, rows

PARAMS = {"limit": "2", "offset": "0"}


def answer_of(count, beside):
    """A server of so many rows, with numbers beside them."""

    def answer(query):
        start = int(query.get("offset", 0))
        return {"items": rows(*range(start, min(start + 2, count))), **beside}

    return answer


@pytest.mark.parametrize(
    "beside",
    [
        {"total": 9, "filtered": 5}, {"totalCount": 9, "matched": 5}, {"total_items": 9, "matching": 5},
        {"meta": {"total": 9, "filtered": 5}}, {"count": 9, "Matched": "5"}, {"total": 9, "filtered": 4},
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [5, 9])
def test_where_two_numbers_may_be_of_the_rows_these_tell_the_end(beside, count):
    """All come, whether the one number counts what is left or what is left out."""
    assert [*range(count)] == listed(answer_of(count, beside), PARAMS)[0]


@pytest.mark.parametrize(
    "beside",
    [
        {"total": 9, "matchedCount": 5, "unmatchedCount": 4}, {"total": 9, "matched": 5, "unmatched": 4},
        {"total": 9, "num_matching": 5, "num_non_matching": 4}, {"total": 9, "nonmatching": 4, "matching": 5},
        {"totalCount": 9, "totalMatched": 5, "totalUnmatched": 4},
    ],
)  # fmt: skip
def test_both_shares_are_listed(beside):
    """Nine rows, of which five matched something, are nine, and no fewer in silence."""
    assert [*range(9)] == listed(answer_of(9, beside), PARAMS)[0]
    assert 5 == refused(answer_of(5, beside), InconsistentListing, "9", PARAMS)[0]


@pytest.mark.parametrize(
    "beside",
    [
        {"total": 9}, {"total": 9, "filtered": 0}, {"total": 9, "matched": 12}, {"total": 9, "matching": "x"},
        {"total": 9, "filtered": True}, {"total": 9, "filtered": 1},
    ],
)  # fmt: skip
def test_a_lone_total_is_held_against_the_rows(beside):
    """Nothing else may count these, so five of nine are too few."""
    assert 5 == refused(answer_of(5, beside), InconsistentListing, "9", PARAMS)[0]


def test_unfiltered_rows_are_all_rows():
    """A filter leaves five of nine, which is the end."""
    beside = {"filteredCount": 5, "unfilteredCount": 9}
    assert [*range(5)] == listed(answer_of(5, beside), PARAMS)[0]
    assert 4 == refused(answer_of(4, beside), InconsistentListing, "5", PARAMS)[0]
