"""A row that stands at the top of every page does not make a page the first one again."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all
from tests.loopback import LoopbackServer, http

PINNED = {"id": 1000}


def read(request, name, default):
    """The number that a request asks for."""
    found = request.split(" ")[1].partition(f"{name}=")[2].partition("&")[0]
    return int(found or default)


def numbered(request, size):
    number = read(request, "page", 1)
    return {"results": page(number, size), "page": number, "total_pages": 4}


def by_cursor(request, size):
    number = read(request, "cursor", 1)
    return {"results": page(number, size), "next_cursor": str(number + 1) if number < 4 else None}


def by_offset(request, size):
    offset = read(request, "offset", 0)
    rows = page(offset // size + 1, size) if offset < 4 * size else []
    return {"results": rows, "offset": offset, "limit": size}


def bare(request, size):
    number = read(request, "page", 1)
    return page(number, size) if number <= 4 else []


def page(number, size):
    return [PINNED, *({"id": number * 10 + place} for place in range(size - 1))]


@pytest.mark.parametrize("size", [2, 3, 4, 10])
@pytest.mark.parametrize(
    ("answer", "params"),
    [
        (numbered, {}),
        (by_cursor, {}),
        (by_offset, {"offset": 0, "limit": "SIZE"}),
        (bare, {"page": 1, "per_page": "SIZE"}),
    ],
)
def test_a_pinned_row_comes_with_every_page(answer, params, size):
    """It is handed out as often as it was sent, and the other rows once."""
    params = {name: size if value == "SIZE" else value for name, value in params.items()}
    with (
        LoopbackServer(lambda _, request: http(answer(request, size))) as server,
        requests.Session() as session,
    ):
        rows = list(get_all(server.url, session=session, params=params))
    assert [row for number in (1, 2, 3, 4) for row in page(number, size)] == rows


@pytest.mark.parametrize("size", [2, 3, 4, 10])
def test_a_page_whose_rows_come_again_with_other_values_is_refused(size):
    """A server that ignores the number counts how often a row was seen."""

    def answer(number, _):
        return http([{"id": place, "views": number} for place in range(size)])

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params={"page": 1, "per_page": size})
        with pytest.raises(exceptions.InconsistentListing, match="same rows as an earlier one"):
            list(listing)
