"""Rows 41 to 56: circles, numbers and ends."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest
import requests

from requests_paginate import get_all
from requests_paginate.exceptions import InconsistentListing, ListingChanged, MalformedPage
from requests_paginate.strategies import NextLink, PageNumber
from tests.contract.faults.matrix import (
    LEFT_OUT,
    LINKS,
    ROWS,
    Fault,
    Pages,
    body,
    linking,
    run,
    table,
)
from tests.loopback import LoopbackServer, http

NUMBERS = PageNumber(
    "page", total_pages="totalPages", number="page", items="results", total="total"
)


# Loops -------------------------------------------------------------------------------------------


@table(
    linking(42, "itself", "?page=1", InconsistentListing, rows=2, requests=2),
    linking(42, "its own URL", "/", InconsistentListing, rows=0),
    linking(44, "a fragment", "/#top", InconsistentListing, rows=0),
    Fault(row=43, label="back to the first", faults=[http(body(2, next="/"))], raises=InconsistentListing),
    Fault(row=52, label="parameter ignored", faults=[http(body(1))], raises=InconsistentListing),
    Fault(row=52, label="number ignored", faults=[http(body(1, page=LEFT_OUT))], raises=InconsistentListing, options={"strategy": PageNumber("page", total_pages="totalPages", items="results")}),
    Fault(row=53, label="wrong echo", faults=[http(body(3))], raises=InconsistentListing, match="asked for page=2", options={"strategy": NUMBERS}),
)  # fmt: skip
def test_circles_and_contradictions(fault):
    """A page or request that comes again, and an echo of another page, raise."""
    answer = Pages(fault.faults, fault.number)
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_45_empty_pages_without_end():
    """New links for ever and no rows: after a hundred empty pages in a row it is enough."""

    def answer(number, _):
        return http({"results": [], "next": f"?cursor={number + 2}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="more than 100 pages") as caught:
            list(get_all(server.url, session=session, strategy=NextLink("next")))
        assert 101 == len(server.requests)
        assert 0 == caught.value.items_yielded


def test_row_46_full_pages_without_end():
    """New rows for ever are data: only max_pages bounds them."""

    def answer(number, _):
        return http({"results": [number], "next": f"?page={number + 2}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, max_pages=150)
        assert [*range(150)] == list(listing)
        assert not listing.complete
        assert 150 == len(server.requests)


def test_row_47_a_billion_pages_and_none_has_rows():
    """A number of pages that no page keeps is given up."""

    def answer(number, _):
        return http(
            body(
                number + 1,
                totalPages=10**9,
                total=LEFT_OUT,
                results=ROWS[:2] if number == 0 else [],
            )
        )

    with LoopbackServer(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="no rows") as caught:
            list(get_all(server.url, session=session, strategy=NUMBERS))
        assert 102 == len(server.requests)
        assert 2 == caught.value.items_yielded


# Numbers -----------------------------------------------------------------------------------------


@table(
    *(
        Fault(row=48, label=repr(value), faults=[http(body(2, totalPages=value))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS})
        for value in (-1, 1.5, True, 3e18, "3.5", [3])
    ),
    Fault(row=48, label="NaN", faults=[http(b'{"totalPages": NaN, "page": 2, "results": []}')], raises=MalformedPage, options={"strategy": NUMBERS}),
    Fault(row=48, label="a decimal string", faults=[http(body(2, totalPages="3"))], requests=3, options={"strategy": NUMBERS}),
    Fault(row=48, label="a whole number as a float", faults=[http(body(2, totalPages=3.0))], requests=3, options={"strategy": NUMBERS}),
    Fault(row=48, label="a total that is no number", faults=[http(body(2, total=2.5))], raises=MalformedPage, match="total", options={"strategy": NUMBERS}),
    Fault(row=49, label="null", faults=[http(body(2, totalPages=None))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
    Fault(row=49, label="missing", faults=[http(body(2, totalPages=LEFT_OUT))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
    Fault(row=49, label="5000 digits", faults=[http(b'{"totalPages": ' + b"9" * 5000 + b', "page": 2, "results": []}')], raises=MalformedPage, options={"strategy": NUMBERS}),
    Fault(row=49, label="null without a total", faults=[http(body(2, totalPages=None, total=LEFT_OUT))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
)  # fmt: skip
def test_numbers(fault):
    """A count is a whole number from 0, or one in a string; anything else raises."""
    answer = Pages(fault.faults, fault.number)
    with LoopbackServer(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_50_no_pages_and_no_rows():
    """No pages and no rows are an empty listing, and complete."""
    with LoopbackServer([http({"page": 1, "totalPages": 0, "total": 0, "results": []})]) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session, strategy=NUMBERS)
            assert [] == list(listing)
            assert listing.complete


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([3, 3, 4, 4], 4, id="row_51-grows"),
        pytest.param([5, 5, 3], 3, id="row_51-shrinks"),
    ],
)
@pytest.mark.parametrize("total", [True, False])
def test_a_number_of_pages_that_moves(told, expected, total):
    """The latest number of pages counts, and that it moved is said once."""

    def answer(number, _):
        more = {"total": told[number]} if total else {}
        return http({"page": number + 1, "totalPages": told[number], "results": [number], **more})

    strategy = PageNumber("page", total_pages="totalPages", total="total" if total else None)
    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy)
        with pytest.warns(ListingChanged) as warned:
            assert [*range(expected)] == list(listing)
        assert (1, __file__) == (len(warned), warned[0].filename)
        assert listing.stats.drift


# Bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending", [pytest.param(end, id=f"row_55-{label}") for label, end in {"null": None, "absent": LEFT_OUT, "empty": ""}.items()]
)  # fmt: skip
def test_the_end_of_links(ending):
    """Where the total agrees, null, nothing and an empty string are the end."""
    answer = Pages([http(body(3, next=ending))], 3)
    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=LINKS)
        assert ROWS == list(listing)
        assert listing.complete
        assert 3 == len(server.requests)
