"""Whether pages count from 0 or from 1: what tells, and the second page where nothing does."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import InconsistentListing
from requests_paginate.strategies import PageNumber
from tests.first_pages import ROWS, first
from tests.two_pages import listing_of, refused, serving

# What is sent with the first request, and what a page tells of 5 rows on 3 pages.
SILENT = [
    ({}, lambda _: {"lastPage": 3, "total": 5}),
    ({}, lambda _: {"pagination": {"total_pages": 3, "total_items": 5}}),
    ({"sort": "id"}, lambda _: {"meta": {"pageCount": "3", "totalCount": "5"}}),
    ({"page_size": "2"}, lambda _: {"total": 5}),
    ({"perpage": "2"}, lambda place: {"totalhits": 5, "more": place < 2}),
    ({"pageSize": "2"}, lambda _: {"info": {"totalRecords": 5}}),
    ({"size": "2"}, lambda _: {"totalElements": 5, "numPages": 3}),
    ({"limit": "2"}, lambda _: {"found": 5}),
    ({"per_page": "2"}, lambda place: {"pages": 3, "total_results": 5, "is_last": place == 2}),
]  # fmt: skip
KINDS = {
    "objects with ids": lambda n: {"id": n, "name": "n"}, "objects without ids": lambda n: {"day": n}, "numbers": lambda n: n,
    "texts": lambda n: f"name {n}", "lists": lambda n: [n, None],
}  # fmt: skip


def pages_from(beginning, tell, make_row=KINDS["objects with ids"], name="page"):
    """Serve 5 rows, two on a page; pages count from a number, which is the first one's."""

    def answer(query):
        place = int(query.get(name, beginning)) - beginning
        found = range(2 * place, min(2 * place + 2, 5)) if place >= 0 else ()
        return {"items": [make_row(number) for number in found], **tell(place)}

    return answer


def listed(answer, params):
    """Return all rows, the pages that were asked for, and the strategy that was right."""
    with serving(answer) as asked:
        listing = listing_of(params)
        got = list(listing)
        assert listing.complete
        return got, [each["page"] for each in asked[1:] if "page" in each], listing.strategy


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beginning", [0, 1])
@pytest.mark.parametrize(("params", "tell"), SILENT)
def test_no_page_is_left_out(params, tell, beginning, kind):
    """Page 1 is asked for: it is the second one, or the first one again, and then page 2 follows."""
    make_row = KINDS[kind]
    got, asked, strategy = listed(pages_from(beginning, tell, make_row), params)
    assert [make_row(number) for number in range(5)] == got
    assert [str(number) for number in range(1, 3 + beginning)] == asked
    assert beginning == strategy.first


@pytest.mark.parametrize("beginning", [0, 1])
@pytest.mark.parametrize("name", ["pageNumber", "currentPage"])
def test_each_name_is_tried_from_both(beginning, name):
    """A parameter that is ignored gives the first page again, from whatever number."""
    answer = pages_from(beginning, lambda _: {"total": 5}, name=name)
    got, asked, strategy = listed(answer, {"pageSize": "2"})
    assert ([*range(5)], ["1", "2"]) == ([row["id"] for row in got], asked)
    assert (name, beginning) == (strategy.page, strategy.first)


@pytest.mark.parametrize("beginning", [0, 1])
def test_a_told_offset_beside_a_page_number(beginning):
    """The offset in the answer tells nothing of where pages begin."""
    answer = pages_from(beginning, lambda place: {"total": 5, "offset": 2 * place, "limit": 2})
    got, asked, _ = listed(answer, {"limit": "2"})
    assert [*range(5)] == [row["id"] for row in got]
    assert [str(number) for number in range(1, 3 + beginning)] == asked


@pytest.mark.parametrize(
    ("params", "tell"),
    [
        # the request
        ({"page": "B"}, lambda _: {"total": 5}), ({"page": "B", "size": "2"}, lambda _: {"pages": 3, "total": 5}),
        ({"page": "B", "limit": "2"}, lambda place: {"has_more": place < 2}),
        # the page
        ({}, lambda place: {"page": place, "pages": 3}), ({}, lambda place: {"current_page": place, "total": 5}),
        ({"page_size": "2"}, lambda place: {"meta": {"pageIndex": place, "total": 5}}),
        ({"per_page": "2"}, lambda place: {"pagination": {"current": place, "total_pages": 3, "total": 5}}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("beginning", [0, 1])
def test_what_tells_where_pages_begin(params, tell, beginning):
    """A number that was sent or that the page has is enough: no page is asked for twice."""
    sent = {name: value.replace("B", str(beginning)) for name, value in params.items()}
    got, asked, _ = listed(
        pages_from(
            beginning, lambda place: tell(place + beginning if "page" not in sent else place)
        ),
        sent,
    )
    assert [*range(5)] == [row["id"] for row in got]
    assert [str(number) for number in range(beginning + 1, beginning + 3)] == asked


@pytest.mark.parametrize(
    "beside",
    [
        {"nbPages": 3},
        {"nbPages": 3, "nbHits": 5},
        {"number": 0, "totalPages": 3},
        {"paginaAtual": 0, "total": 5},
    ],
)
def test_names_of_pages_from_0(beside):
    """Where pages count from 0 by their names, only that is tried."""
    found = detect(first({"items": ROWS, **beside}))
    assert {0} == {strategy.first for strategy in found}


def test_the_likeliest_name_is_tried_from_both_first():
    """Of each name page 1 comes before page 2, and the next name after both."""
    page = first({"items": ROWS, "total": 5}, {"pageSize": 2})
    counted = [each for each in detect(page) if isinstance(each, PageNumber)]
    names = list(dict.fromkeys(each.page for each in counted))
    assert [(name, number) for name in names for number in (0, 1)] == [
        (each.page, each.first) for each in counted
    ]
    assert "page" == names[0]


def test_an_only_page_asks_for_nothing():
    """Where pages count from is no question then."""
    page = first({"items": ROWS, "total_pages": 1, "total": 2})
    assert {None} == {strategy.next(page) for strategy in detect(page)}


@pytest.mark.parametrize(
    "params",
    [
        {"page_size": "2"},
        {"pageSize": "2"},
        {"page[size]": "2"},
        {"PageSize": "2"},
        {"pagination_limit": "2"},
    ],
)
def test_the_names_are_bounded(params):
    """A server that takes none of the names is asked 16 times more at most."""
    count, asked = refused(
        pages_from(0, lambda _: {"total": 5}, name="mark"),
        InconsistentListing,
        "tried the parameters",
        params,
    )
    assert 2 == count
    assert 16 >= len(asked)
