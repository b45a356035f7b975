"""Numbers, flags and ends as servers in other languages write them."""

from decimal import Decimal

import pytest

from requests_paginate.strategies import Offset, PageNumber
from tests.unit.strategies.answers import read_all
from tests.unit.strategies.requests_and_pages import ROWS, check, get, page

FIVE = [{"id": number} for number in range(5)]


# Whole numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [5.0, "5.0", "5.00", Decimal("5.0"), Decimal(5)], ids=repr)
@pytest.mark.parametrize(
    ("strategy", "request_", "expected"),
    [
        (Offset(total="n", items="rows"), get(), get(params={"offset": 2})),
        (Offset(total="n", items="rows"), get(params={"offset": 3}), None),
        (Offset(start="n", items="rows"), get(params={"offset": 5}), get(params={"offset": 7})),
        (PageNumber(total_pages="n", items="rows"), get(), get(params={"page": 2})),
        (PageNumber(total_pages="n", items="rows"), get(params={"page": 5}), None),
        (PageNumber(number="n", items="rows"), get(params={"page": 5}), get(params={"page": 6})),
    ],
)
def test_whole_numbers_as_floats(strategy, request_, expected, written):
    """5.0 is 5: as a number, in a string, and from a decoder that makes decimals."""
    check(strategy, page({"n": written, "rows": ROWS}, request_), expected)


def test_whole_numbers_of_a_header_and_of_a_request():
    """Headers and parameters count like that, too."""
    strategy, headers = Offset("offset", total="X-Total", items=""), {"x-total": "5.0"}
    check(strategy, page(ROWS, headers=headers), get(params={"offset": 2}))
    check(strategy, page(ROWS, get(params={"offset": "3.0"}), headers=headers), None)
    check(PageNumber(items=""), page(ROWS, get(params={"page": 2.0})), get(params={"page": 3}))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("offset", lambda at: {"items": FIVE[at : at + 2], "total": 5.0, "offset": float(at)}),
        ("skip", lambda at: {"data": FIVE[at : at + 2], "meta": {"total": 5.0, "skip": at}}),
        ("start", lambda at: {"rows": FIVE[at : at + 2], "numFound": 5.0, "start": float(at)}),
        ("from", lambda at: {"results": FIVE[at : at + 2], "total_count": 5.0}),
        ("offset", lambda at: {"entries": FIVE[at : at + 2], "count": 5.0, "limit": 2.0}),
    ],
)
def test_whole_numbers_are_detected(name, answer):
    """Detection reads a whole number that is written as a float."""
    seen = read_all(lambda query, _: answer(int(query[name])), params={name: 0, "limit": 2})
    assert (FIVE, None, []) == seen


@pytest.mark.parametrize("size", [5, 5.0, "5"])
def test_a_page_as_long_as_a_size_is_doubtful(size):
    """A page size that is written as a float is one."""
    rows, error, told = read_all(lambda query, _: {"items": FIVE, "per_page": size})
    assert (FIVE, None, 1) == (rows, error, len(told))
