"""`session.get_all(url)` with no strategy, against servers that others wrote."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from .rows import RED, ROWS

pytestmark = pytest.mark.integration


@dataclass(frozen=True, kw_only=True)
class Case:
    """A listing: where it is, its parameter for the size of a page, and the size without it."""

    server: str
    path: str
    size: str
    default: int = 10
    total: int | None = None  # the rows in all, where a body tells them under a usual name


CASES = {
    "drf-pages": Case(server="django", path="/pages/", size="page_size", total=57),
    "drf-offsets": Case(server="django", path="/offsets/", size="limit", total=57),
    "drf-cursors": Case(server="django", path="/cursors/", size="page_size"),
    "fastapi-pages": Case(server="fastapi", path="/pages", size="size", default=50, total=57),
    "fastapi-offsets": Case(server="fastapi", path="/offsets", size="limit", default=50, total=57),
    "fastapi-cursors": Case(server="fastapi", path="/cursors", size="size", default=50, total=57),
    "datasette": Case(server="datasette", path="/shop/items.json", size="_size"),
    "datasette-array": Case(server="datasette", path="/shop/items.json?_shape=array", size="_size"),
}
TELLING = {name: case for name, case in CASES.items() if case.total is not None}


def over(cases):
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


@pytest.fixture
def url(case, request):
    return request.getfixturevalue(case.server) + case.path


def as_objects(rows):
    """Rows as objects; an older Datasette lists arrays."""
    names = ("id", "colour")
    return [row if isinstance(row, dict) else dict(zip(names, row, strict=True)) for row in rows]


def pages_of(size, rows=ROWS):
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@over(CASES)
def test_a_listing_gives_every_row_once_in_order(session, case, url):
    """With nothing but the URL all rows come, in order, in as many requests as there are pages."""
    listing = session.get_all(url)
    assert ROWS == as_objects(listing)
    assert listing.complete
    assert math.ceil(57 / case.default) == listing.stats.requests


@over(CASES)
@pytest.mark.parametrize("size", [10, 19, 56])
def test_a_page_size_holds_on_every_page(session, case, url, size):
    """The caller's page size is the server's, where pages divide the rows evenly, too."""
    listing = session.get_all(url, params={case.size: size})
    assert pages_of(size) == [as_objects(page) for page in listing.pages()]
    assert listing.complete
    assert math.ceil(57 / size) == listing.stats.requests


@over(CASES)
def test_a_filter_survives_to_the_last_page(session, case, url):
    """A parameter that is no part of the pagination is sent for every page."""
    listing = session.get_all(url, params={"colour": "red", case.size: 10})
    assert RED == as_objects(listing)
    assert listing.complete
    assert 4 == listing.stats.requests


@over(CASES)
def test_a_listing_of_nothing_is_complete(session, case, url):
    """Where the filter leaves no row there is one request and no error."""
    listing = session.get_all(url, params={"colour": "green"})
    assert [] == list(listing)
    assert listing.complete
    assert 1 == listing.stats.requests


@over(TELLING)
def test_the_total_is_told_before_the_rows(session, case, url):
    """`total` costs the first page, which is not asked for again."""
    listing = session.get_all(url, params={case.size: 10})
    assert case.total == listing.total
    assert 1 == listing.stats.requests
    assert ROWS == list(listing)
    assert 6 == listing.stats.requests


@over(CASES)
@pytest.mark.parametrize(("taken", "requests"), [(3, 6), (10, 5), (23, 4), (57, 0)])
def test_a_checkpoint_leads_to_the_very_next_row(session, case, url, taken, requests):
    """A listing broken off within a page, after one or at the end goes on with what is left."""
    first = session.get_all(url, params={case.size: 10})
    before = [next(first) for _ in range(taken)]
    rest = session.get_all(url, params={case.size: 10}, resume=first.checkpoint())
    assert ROWS == as_objects([*before, *rest])
    assert rest.complete
    assert requests == rest.stats.requests


@over(CASES)
def test_max_items_stops_exactly_there(session, case, url):
    """No row and no request more than the caller wants."""
    listing = session.get_all(url, params={case.size: 10}, max_items=23)
    assert ROWS[:23] == as_objects(listing)
    assert not listing.complete
    assert 3 == listing.stats.requests


@over(CASES)
def test_rows_and_pages_share_a_position(session, case, url):
    """After a half-read page, `pages()` begins with what is left of it."""
    listing = session.get_all(url, params={case.size: 10})
    for _ in range(13):
        next(listing)
    rest = [as_objects(page) for page in listing.pages()]
    assert [ROWS[13:20], *pages_of(10)[2:]] == rest


def test_ties_in_the_sorted_column_lose_nothing(session, datasette):
    """Datasette's token of two columns, `red,13`, goes back as it came."""
    listing = session.get_all(
        f"{datasette}/shop/items.json", params={"_sort": "colour", "_shape": "objects"}
    )
    assert sorted(ROWS, key=lambda row: (row["colour"], row["id"])) == list(listing)
    assert listing.complete
