"""Names of positions that are tried last, written like the page size that was sent."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import InconsistentListing
from tests.first_pages import first
from tests.two_pages import listed, refused, rows, sized


@pytest.mark.parametrize(
    ("size", "right", "begin"),
    [
        ("sysparm_limit", "sysparm_offset", None), ("pageSize", "pageNum", 1), ("page_size", "page_index", 0), ("pagesize", "pageno", 1),
        ("perpage", "currentpage", 1), ("rowsPerPage", "page", 1), ("rpp", "page", 0), ("ps", "pn", 1),
        ("iDisplayLength", "iDisplayStart", None), ("count", "startIndex", None), ("limit", "from", None), ("_count", "_start", None),
        ("maxCount", "skipCount", None), ("length", "start", None),
    ],
)  # fmt: skip
def test_the_position_is_written_like_the_size(size, right, begin):
    """All rows come once, by a page number from 0 or 1 or by an offset."""
    answer = sized(right, begin or 0, counts_pages=begin is not None)
    assert [*range(5)] == listed(answer, {size: "2"})[0]


def test_without_ids_no_start_is_tried():
    """One that counts from one would repeat a row, and nothing would tell."""
    page = first({"items": [{"v": 1}, {"v": 2}], "total": 4}, {"limit": 2})
    tried = [getattr(each, each.needs[0]) for each in detect(page)]
    assert ["offset", "skip", "page", "page", "skipCount"] == tried


def test_the_hint_does_not_say_where_pages_begin_if_nobody_knows():
    """Both beginnings were tried under each name."""
    answer = sized("mark", 0)
    assert (
        2
        == refused(answer, InconsistentListing, r"PageNumber\('\.\.\.', items=", {"pageSize": "2"})[
            0
        ]
    )


@pytest.mark.parametrize(
    ("told", "right"),
    [("next_key", "pagination.key"), ("nextMarker", "pagination.Marker"), ("next_token", "pagination[token]")],
)  # fmt: skip
def test_a_token_goes_into_the_object_that_tells_it(told, right):
    """Where the plain names are ignored."""

    def answer(query):
        if right in query:
            return {"items": rows(3), "pagination": {told: None}}
        return {"items": rows(1, 2), "pagination": {told: "k"}}

    assert [1, 2, 3] == listed(answer)[0]
