"""Further words for what follows: flags, and marks of where a page stopped."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Offset, SinglePage
from tests.first_pages import ROWS, first
from tests.two_pages import listed, rows


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("has_another_page", True), ("hasFurtherRecords", True), ("is_there_another", True), ("hasOlderItems", True),
        ("has_subsequent_pages", True), ("older_available", True), ("canFetchMore", True), ("load_more", True),
        ("moreRowsPending", True), ("more_to_come", True), ("any_more", True), ("areStillMore", True),
        ("contains_more", True), ("expectMoreRows", True), ("includesMore", True), ("needsMore", True),
        ("has_next_set", True), ("furtherResults", True), ("result_limit_reached", True), ("rowLimitHit", True),
        ("max_records_reached", True), ("exceeds_max_limit", True), ("truncated_rows", True),
        ("isAtEnd", False), ("allFetched", False), ("all_retrieved", False), ("endOfRows", False),
        ("at_end_of_list", False), ("EOF", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [lambda told: told, lambda told: {"meta": told}])
def test_a_flag_in_other_words(flag, value, place):
    """The one value says that more follow, which raises; the other leaves the page as it is."""
    with pytest.raises(UnknownPagination, match=flag):
        detect(first({"items": ROWS, **place({flag: value})}))
    assert (SinglePage(items="items"),) == detect(
        first({"items": ROWS, **place({flag: not value})})
    )


@pytest.mark.parametrize(
    "name",
    [
        "lastResultId", "last_record_key", "lastRowOffset", "last_sent_id", "lastSeenKey", "last-sort-position",
        "start_after", "afterId", "next_sequence_number", "nextSegment", "next_since", "next_timestamp",
        "row_iterator", "nextQuery", "lastVisible", "last_sort", "seek_after", "ExclusiveStartName", "lastVisibleKey",
    ],
)  # fmt: skip
def test_a_mark_of_where_a_page_stopped(name):
    """The key of the last row, or of the first one after it, is no ornament; nothing is an end."""
    with pytest.raises(UnknownPagination, match=name):
        detect(first({"items": ROWS, name: "k7"}))
    for end in (None, "", 0):
        assert (SinglePage(items="items"),) == detect(first({"items": ROWS, name: end}))
    ended = {"items": ROWS, name: "k7", "has_more": False}
    assert ([1, 2], []) == listed(lambda _: {**ended, "items": rows(1, 2)})[:2]


@pytest.mark.parametrize("pending", [3, "12"])
@pytest.mark.parametrize("last", ["last_seq", "lastChange"])
def test_pending_rows_beside_a_last_one(last, pending):
    """What is pending behind the last change was left out; nothing pending is the end."""
    with pytest.raises(UnknownPagination, match="'pending' counts what follows"):
        detect(first({"results": ROWS, last: "5-g", "pending": pending}))
    assert (SinglePage(items="results"),) == detect(
        first({"results": ROWS, last: "5-g", "pending": 0})
    )


@pytest.mark.parametrize(
    "beside",
    [
        {"last_seq": "5-g"}, {"pending": 3}, {"last_seen_at": "2026-01-01"}, {"last_login": "x"}, {"last_name": "x"},
        {"is_following": True}, {"older": "x"}, {"another": "x"}, {"next_billing_date": "2027-01-01"}, {"limit": 50},
        {"further_reading": "x"}, {"rate_limit": True}, {"aftercare": "x"}, {"looking_for_older": True},
    ],
)  # fmt: skip
def test_words_about_other_things(beside):
    """Times, names and numbers of other things lead nowhere."""
    assert (SinglePage(items="items"),) == detect(first({"items": ROWS, **beside}))


@pytest.mark.parametrize("flag", ["limitReached", "allLoaded"])
def test_a_weak_flag_ends_no_listing(flag):
    """A limit that was not reached, or what was all loaded, may be about something else."""

    def answer(query):
        start = int(query["offset"])
        found = rows(*range(start, min(start + 2, 5)))
        return {"items": found, flag: flag == "allLoaded"}

    got, _, strategy = listed(answer, {"limit": "2", "offset": "0"})
    assert [*range(5)] == got
    assert Offset("offset", limit="limit", items="items") == strategy
