"""What a server counts: rows to skip, pages, ranges."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import PageRequest, exceptions
from requests_paginate._detection.more_pages import is_at_start
from requests_paginate.strategies import PageNumber
from tests.first_pages import URL
from tests.two_pages import listed, refused, rows, sized

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
        ("limit", "page", 1, ["offset=2", "skip=2", "page=2", "page=3"]),
        ("page_size", "page", 1, ["page=2", "page=3"]),
        ("per_page", "page", 1, ["page=2", "page=3"]),
        ("page_size", "offset", 0, ["page=2", "offset=2", "offset=4"]),
        ("page_size", "skip", 0, ["page=2", "offset=2", "skip=2", "skip=4"]),
    ],
)
def test_a_size_and_a_larger_total(size, right, first, expected):
    """A limit goes with an offset, a page size with a page; then the other, and the total decides."""
    got, sent, _ = listed(sized(right, first), {size: "2"})
    assert [*range(5)] == got
    assert expected == [f"{name}={value}" for query in sent for name, value in query.items()]


@pytest.mark.parametrize("size", ["limit", "page_size"])
def test_a_size_and_a_larger_total_under_no_name(size):
    """Where none of the names is right all are told; none of the rows is taken for the end."""
    error, words = exceptions.InconsistentListing, "tried the parameters '(offset|page)', "
    assert 2 == refused(sized("mark", 0), error, words, {size: "2"})[0]


@pytest.mark.parametrize("params", [{}, {"limit": "3"}])
def test_a_larger_total_beside_another_size(params):
    """A page that is shorter than was asked for, or no size at all: nothing is guessed."""
    error, words = exceptions.UnknownPagination, "'total' counts more rows than the 2"
    assert (0, []) == refused(sized("offset", 0), error, words, params)


def test_beginnings():
    """What the caller asked for tells where the listing begins."""
    for params, expected in [
        ({}, True), ({"page": 1}, True), ({"page": "0"}, True), ({"page": 2}, False),
        ({"offset": 0}, True), ({"offset": 1}, False), ({"cursor": "*"}, True),
        ({"cursor": "c"}, False), ({"from": "2026-01-01"}, False), ({"status": "x"}, True),
    ]:  # fmt: skip
        assert expected == is_at_start(PageRequest("GET", URL, params=params))
