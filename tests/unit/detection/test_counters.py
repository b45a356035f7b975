"""What a server counts: rows to skip, pages, ranges."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import PageRequest, exceptions
from requests_paginate._detection.more_pages import is_at_start
from requests_paginate.strategies import PageNumber
from tests.first_pages import URL
from tests.two_pages import listed, listing_of, refused, rows, serving, sized

# (6) Page numbers --------------------------------------------------------------------------------


ECHOES = [
    (None, "nbPages"), ("number", None), ("number", "totalPages"), ("number", "nbPages"), ("page", "nbPages"),
    ("paginaAtual", None), ("paginaAtual", "quantidadeDePaginas"),
]  # fmt: skip


def counting(base, number, pages, total):
    """Five pages of one row, counted from `base`; row 0 is on the first."""

    def answer(query):
        asked = int(query.get("page", base))
        body = {"items": rows(asked - base) if 0 <= asked - base < 5 else []}
        told = {number: asked, pages: 5, total: 5}
        return {**body, **{name: value for name, value in told.items() if name is not None}}

    return answer


@pytest.mark.parametrize("total", [None, "total"])
@pytest.mark.parametrize(("number", "pages"), ECHOES)
@pytest.mark.parametrize(("base", "asked"), [(0, 0), (0, 1), (0, 3), (1, 1), (1, 3)])
def test_a_page_number_loses_no_row(base, asked, number, pages, total):
    """From any page to the last, whether the server counts from 0 or from 1: never one too few."""
    got, sent, _ = listed(counting(base, number, pages, total), {"page": str(asked)})
    assert [*range(asked - base, 5)] == got
    assert len(sent) in (len(got) - 1, len(got))  # at worst a page too many is asked for


def test_a_page_number_that_turns_out_to_be_the_second():
    """Where nothing says that page=1 is the second, the total does, after all rows from there."""
    got, *_ = listed(counting(0, "page", "totalPages", None), {"page": "1"})
    assert [1, 2, 3, 4] == got
    answer, words = counting(0, "page", "totalPages", "total"), "after 4 of 5 rows"
    error = exceptions.InconsistentListing
    assert 4 == refused(answer, error, words, {"page": "1"})[0]


@pytest.mark.parametrize(
    ("number", "pages"), [("number", "totalPages"), ("number", None), ("page", "totalPages")]
)
def test_page_1_that_echoes_0(number, pages):
    """Spring Data with one-indexed parameters: page=1 is the first and says that it is 0."""

    def answer(query):
        told = counting(1, None, pages, "totalElements")(query)
        return {**told, number: int(query["page"]) - 1}

    got, sent, strategy = listed(answer, {"page": "1"})
    assert ([*range(5)], [{"page": str(page)} for page in range(2, 6)]) == (got, sent)
    assert (None, 1) == (strategy.number, strategy.first)


def test_page_1_that_echoes_1():
    """The echo of page=1 is held to, from page to page."""
    got, sent, strategy = listed(counting(1, "page", "totalPages", None), {"page": "1"})
    assert ([*range(5)], [{"page": str(page)} for page in range(2, 6)]) == (got, sent)
    assert PageNumber("page", total_pages="totalPages", number="page", items="items") == strategy


# (10) - (12) By their rules ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [int, str])
@pytest.mark.parametrize("params", [{}, {"rows": "2"}, {"rows": "2", "page": "1", "sidx": "id"}])
def test_jqgrid(kind, params):
    """Its `total` counts pages and its `records` rows."""

    def answer(query):
        number = int(query.get("page", 1))
        found = rows(*range(2 * number - 2, min(2 * number, 5)))
        return {"page": kind(number), "total": kind(3), "records": kind(5), "rows": found}

    expected = PageNumber("page", total_pages="total", number="page", items="rows", total="records")
    assert ([*range(5)], [{"page": "2"}, {"page": "3"}], expected) == listed(answer, params)


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("count", [20, 25])
def test_etherscan(page, count):
    """Beside page= an offset that is as long as the page is its size; an empty page is the end."""

    def answer(query):
        number, size = int(query["page"]), int(query["offset"])
        found = rows(*range((number - 1) * size, min(number * size, count)))
        return {"status": str(int(bool(found))), "message": "OK", "result": found}

    got, sent, strategy = listed(answer, {"page": str(page), "offset": "10", "action": "txlist"})
    assert [*range(10 * page - 10, count)] == got
    assert [{"page": str(number)} for number in range(page + 1, -(-count // 10) + 2)] == sent
    assert PageNumber("page", items="result") == strategy


@pytest.mark.parametrize(
    ("size", "right", "first", "expected"),
    [
        ("limit", "offset", 0, ["offset=2", "offset=4"]),
        ("limit", "skip", 0, ["offset=2", "skip=2", "skip=4"]),
        ("limit", "page", 0, ["offset=2", "skip=2", "page=1", "page=2"]),
        ("limit", "page", 1, ["offset=2", "skip=2", "page=1", "page=2", "page=3"]),
        ("page_size", "page", 0, ["page=1", "page=2"]),
        ("page_size", "page", 1, ["page=1", "page=2", "page=3"]),
        ("per_page", "page", 1, ["page=1", "page=2", "page=3"]),
        ("page_size", "page_number", 0, ["page=1", "page=2", "page_number=1", "page_number=2"]),
        (
            "pageSize",
            "currentPage",
            1,
            ["page=1", "page=2", "pageNumber=1", "pageNumber=2"]
            + [f"currentPage={number}" for number in (1, 2, 3)],
        ),
        (
            "PageSize",
            "Page",
            1,
            ["page=1", "page=2", "PageNumber=1", "PageNumber=2", "CurrentPage=1", "CurrentPage=2"]
            + [f"Page={number}" for number in (1, 2, 3)],
        ),
        (
            "per_page",
            "skip",
            0,
            [
                "page=1",
                "page=2",
                "current_page=1",
                "current_page=2",
                "offset=2",
                "skip=2",
                "skip=4",
            ],
        ),
        ("take", "skip", 0, ["skip=2", "skip=4"]),
        ("Top", "Skip", 0, ["Skip=2", "Skip=4"]),
        ("max_results", "start_at", 0, ["start_at=2", "start_at=4"]),
        ("rows", "start", 0, ["start=2", "start=4"]),
    ],
)
def test_a_size_and_a_larger_total(size, right, first, expected):
    """A limit goes with an offset, a page size with a page, written alike; then the other one."""
    is_page = "page" in right.lower()
    got, sent, _ = listed(sized(right, first, counts_pages=is_page), {size: "2"})
    assert [*range(5)] == got
    assert expected == [f"{name}={value}" for query in sent for name, value in query.items()]


@pytest.mark.parametrize("size", ["limit", "page_size"])
def test_a_size_and_a_larger_total_under_no_name(size):
    """Where none of the names is right all are told; none of the rows is taken for the end."""
    error, words = exceptions.InconsistentListing, "tried the parameters '(offset|page)', "
    assert 2 == refused(sized("mark", 0), error, words, {size: "2"})[0]


@pytest.mark.parametrize("params", [{}, {"sort": "id"}])
def test_a_larger_total_without_a_size(params):
    """No page size was sent: nothing is guessed."""
    error, words = exceptions.UnknownPagination, "'total' counts more rows than the 2"
    assert (0, []) == refused(sized("offset", 0), error, words, params)


@pytest.mark.parametrize(
    ("params", "right"),
    [({"limit": "500"}, "offset"), ({"limit": "3"}, "skip"), ({"$top": "9"}, "$skip"), ({"maxResults": "50"}, "startAt"),
     ({"take": "100"}, "offset")],
)  # fmt: skip
def test_a_size_that_the_server_clamps(params, right):
    """The rows that came are fewer than were asked for: the next offset is after them."""
    got, sent, strategy = listed(sized(right, 0), params)
    assert ([*range(5)], right) == (got, strategy.offset)
    assert [{right: "2"}, {right: "4"}] == sent[-2:]


@pytest.mark.parametrize("params", [{"page_size": "500"}, {"per_page": "500"}, {"size": "500"}])
def test_a_page_size_that_the_server_clamps(params):
    """Nobody knows where the second page of a clamped size begins: the error says what helps."""
    (name,) = params
    words = f"'{name}' asks for 500 rows and 2 came.*: ask for 2, or send .*offset=0 or page=1"
    assert (0, []) == refused(sized("page", 1), exceptions.UnknownPagination, words, params)


# Names that the request or the answer suggest ------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kind", "base"),
    [
        ({"page_limit": "2", "page_offset": "0"}, "page_offset", 0),
        ({"list_size": "2", "list_start": "0"}, "list_start", 0),
        ({"limit": "2", "row_offset": "0"}, "row_offset", 0),
        ({"resultLimit": "2", "resultSkip": "0"}, "resultSkip", 0),
        ({"pageSize": "2", "pageIdx": "0"}, "pageIdx", None),
        ({"page_size": "2", "page_nr": "1"}, "page_nr", 1),
        ({"limit": "2", "result_page": "1"}, "result_page", 1),
    ],
)
def test_a_position_that_was_sent_under_an_unusual_name(sent, kind, base):
    """What was sent as 0 or 1 beside a page size is tried first, and at once is right."""

    def answer(query):
        value = int(query[kind])
        start = value if base == 0 else 2 * (value - (base or 0))
        return {"items": rows(*range(start, min(start + 2, 5))), "total": 5}

    got, asked, _ = listed(answer, sent)
    assert ([*range(5)], {kind}) == (got, {name for query in asked for name in query})
    assert 2 == len(asked)


@pytest.mark.parametrize(
    "sent", [{"limit": "2", "archived": "0"}, {"limit": "2", "min_price": "0"}, {"limit": "2", "active": "1"}]
)  # fmt: skip
def test_a_zero_that_is_no_position(sent):
    """A filter that was sent as 0 or 1 is not counted on."""
    assert [{"offset": "2"}, {"offset": "4"}] == listed(sized("offset", 0), sent)[1]


def told_in(body, answer_at):
    """Five rows, two on a page; the page number or offset is told by `body`, and asked elsewhere."""

    def answer(query):
        name, counts_pages = answer_at
        value = int(query.get(name, counts_pages))
        start = 2 * (value - 1) if counts_pages else value
        return {"items": rows(*range(start, min(start + 2, 5))), **body(value)}

    return answer


@pytest.mark.parametrize(
    ("body", "name", "counts_pages"),
    [
        (
            lambda page: {"meta": {"pagination": {"page": page, "pageCount": 3}}},
            "pagination[page]",
            1,
        ),
        (lambda page: {"paging": {"current": page, "pages": 3}}, "paging[current]", 1),
        (lambda page: {"pager": {"pageNumber": page, "totalPages": 3}}, "pager[pageNumber]", 1),
        (lambda start: {"pagination": {"offset": start, "total": 5}}, "pagination[offset]", 0),
        (lambda start: {"offset": start, "total": 5}, "skip", 0),
        (lambda start: {"startIndex": start, "total": 5}, "offset", 0),
        (lambda start: {"skip": start, "total": 5}, "start", 0),
    ],
)
@pytest.mark.parametrize("params", [{}, {"sort": "id"}])
def test_a_position_that_is_told_under_another_name(body, name, counts_pages, params):
    """The object and the name of the answer suggest the parameter's name; then usual ones follow."""
    got, sent, _ = listed(told_in(body, (name, counts_pages)), params)
    assert [*range(5)] == got
    assert len(sent) <= 8


@pytest.mark.parametrize(
    ("size", "name"),
    [("pageSize", "currentPage"), ("page_size", "page_number"), ("PageSize", "PageNumber"), ("limit", "page")],
)  # fmt: skip
def test_an_offset_that_is_told_while_pages_are_asked_for(size, name):
    """After the offsets, page numbers are tried; the total finds out if one left rows out."""

    def answer(query):
        number = int(query.get(name, 1))
        found = rows(*range(2 * number - 2, min(2 * number, 5)))
        return {"items": found, "limit": 2, "offset": 2 * number - 2, "total": 5}

    got, sent, strategy = listed(answer, {size: "2"})
    assert ([*range(5)], name) == (got, strategy.page)
    assert len(sent) <= 12


@pytest.mark.parametrize("told", ["offset", "start", "currentPage", "number"])
@pytest.mark.parametrize("wrap", [lambda told: told, lambda told: {"pagination": told}])
@pytest.mark.parametrize("count", [1, 2])
def test_a_page_that_says_its_position(told, wrap, count):
    """Its parameter was right: if it is empty, it is the end, and equal rows without ids are data."""
    counts_pages = told in ("currentPage", "number")

    def answer(query):
        name = "page" if counts_pages else told
        value = int(query.get(name, counts_pages))
        place = value - 1 if counts_pages else value // 2
        found = [{"amount": 1}] * 2 if place < count else []
        return {"items": found, "limit": 2, **wrap({told: value})}

    with serving(answer) as asked:
        assert 2 * count == len(list(listing_of({"limit": "2"})))
        assert 1 + count == len(asked)


@pytest.mark.parametrize("pages", [0, 1])
@pytest.mark.parametrize("name", ["pageCount", "total_pages", "nbPages", "lastPage", "numPages"])
@pytest.mark.parametrize("params", [{}, {"page[size]": "10"}, {"q": "x"}])
def test_one_page_is_all(name, pages, params):
    """Of one page, or of none without rows, nobody needs to know where pages count from."""
    for count in (0, 1, 3) if pages else (0,):
        body = {"data": rows(*range(count)), "meta": {"count": count, name: pages}}
        assert ([*range(count)], []) == listed(lambda query, body=body: body, params)[:2]


@pytest.mark.parametrize("name", ["pageCount", "total_pages", "lastPage"])
def test_more_pages_than_one_are_no_silent_end(name):
    """Where nothing tells whether pages count from 0 or 1, the error says how to say it."""
    error, words = exceptions.UnknownPagination, "from 0 or 1"
    assert 0 == refused(lambda query: {"items": rows(1, 2), name: 2}, error, words)[0]


def test_one_page_and_a_larger_total_contradict_each_other():
    """The total says that rows are missing."""
    body = {"items": rows(1, 2), "total_pages": 1, "total": 9}
    error, words = exceptions.InconsistentListing, "after 2 of 9 rows"
    assert 0 <= refused(lambda query: body, error, words)[0]


def test_beginnings():
    """What the caller asked for tells where the listing begins."""
    for params, expected in [
        ({}, True), ({"page": 1}, True), ({"page": "0"}, True), ({"page": 2}, False),
        ({"offset": 0}, True), ({"offset": 1}, False), ({"cursor": "*"}, True),
        ({"cursor": "c"}, False), ({"from": "2026-01-01"}, False), ({"status": "x"}, True),
    ]:  # fmt: skip
        assert expected == is_at_start(PageRequest("GET", URL, params=params))
