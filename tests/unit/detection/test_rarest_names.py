"""Names of positions that are tried last, written like the page size that was sent."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import InconsistentListing
from tests.first_pages import first
from tests.two_pages import listed, listing_of, refused, rows, serving, sized


@pytest.mark.parametrize(
    ("size", "right", "begin"),
    [
        ("sysparm_limit", "sysparm_offset", None), ("pageSize", "pageNum", 1), ("page_size", "page_index", 0), ("pagesize", "pageno", 1),
        ("perpage", "currentpage", 1), ("rowsPerPage", "page", 1), ("rpp", "page", 0), ("ps", "pn", 1),
        ("iDisplayLength", "iDisplayStart", None), ("count", "startIndex", None), ("limit", "from", None), ("_count", "_start", None),
        ("maxCount", "skipCount", None), ("length", "start", None), ("p_size", "p_num", 1), ("result_page_size", "result_page_num", 1),
        ("blockLimit", "blockOffset", None),
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


def shifted(name, *, total=5, moved=0):
    """Rows that an API counts from 1, two on a page; or from 0, and as many new ones come first."""

    def answer(query):
        listed_ = rows(*range(-moved if name in query else 0, total))
        start = max(0, int(query.get(name, 0)) - (0 if moved else 1))
        return {"items": listed_[start : start + 2], "total": len(listed_)}

    return answer


@pytest.mark.parametrize(
    ("size", "right"),
    [("max-results", "start-index"), ("limit", "startIndex"), ("count", "start"), ("sysparm_limit", "sysparm_offset"), ("maxItems", "skipCount")],
)  # fmt: skip
def test_an_offset_that_counts_from_one(size, right):
    """The first row of the second page is the last one of the first: then another is asked for."""
    got, asked, strategy = listed(shifted(right), {size: "2"})
    assert ([*range(5)], 1) == (got, strategy.first)
    assert [{right: "2"}, {right: "3"}, {right: "5"}] == asked[-3:]


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.PaginationWarning")
@pytest.mark.parametrize("size", ["limit", "count", "rows", "per", "take"])
def test_rows_that_were_moved_are_all_listed(size):
    """A new row before the others moves them on by one, which looks the same."""
    with serving(shifted("offset", moved=1)):
        listing = listing_of({size: "2"})
        assert {*range(5)} == {row["id"] for row in listing}
        assert not listing.complete


@pytest.mark.parametrize("size", ["limit", "count", "top", "max", "take"])
def test_a_size_that_was_cut_is_told(size):
    """Where no name is right, the error tells how many rows were asked for, and how many came."""

    def answer(query):
        return {"items": rows(1, 2, 3), "total": 7}

    words = "500 rows were asked for and 3 came, perhaps the most that the server sends: ask for 3"
    assert 3 == refused(answer, InconsistentListing, words, {size: "500"})[0]
    with pytest.raises(AssertionError, match="Regex"):
        refused(answer, InconsistentListing, words, {size: "3"})


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.PaginationWarning")
@pytest.mark.parametrize("name", ["offset", "skip", "start", "from", "startAt"])
def test_without_a_total_no_row_is_passed_over(name):
    """A server hides a row of the first window, and the next one overlaps: that is told."""

    def answer(query):
        start = int(query.get(name, 0))
        return [row for row in rows(*range(1, 9))[start : start + 3] if row["id"] != 2]

    with serving(answer) as asked:
        listing = listing_of({name: 0, "limit": 3})
        assert [1, 3, 3, 4, 5] == [row["id"] for row in listing][:5]
        assert ["0", "2", "5"] == [query[name] for query in asked[:3]]
        assert "came again" in listing.doubts[0]
