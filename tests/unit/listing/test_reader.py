"""The pages of a listing, one after the other."""

from __future__ import annotations

import warnings

import msgspec
import pytest
import requests

from requests_paginate import (
    Page,
    PageRequest,
    dialects,
    exceptions,
    get_all,
    request_all,
)
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import Strategy
from tests import hostile
from tests.hostile import ROWS, Script, connected, listed, page
from tests.loopback import LoopbackServer, http


class Model(msgspec.Struct):
    """A row as many callers write it: nothing in it is required."""

    id: int | None = None
    name: str | None = None


HEALTHY = tuple(
    page({"results": ROWS[2 * n : 2 * n + 2], "next": f"?page={n + 2}" if n < 2 else None})
    for n in range(3)
)


@pytest.mark.parametrize("way", ["resume", "next"])
@pytest.mark.parametrize(
    ("bad", "options"),
    [
        ({"id": "maintenance"}, {"model": Model}),
        ({"data": {"id": "maintenance"}}, {"model": Model}),
        ({"uuid": "maintenance"}, {"key": "id"}),
        ({"results": ROWS[:2], "next_cursor": "\ud800"}, {}),
        ({"results": ROWS[:2], "page": 1, "total_pages": 1, "total": 6}, {}),
        ({"items": ROWS[:2], "next": "", "count": 6}, {}),
    ],
)
def test_found_a_strategy_that_stays_after_a_refused_page(way, bad, options):
    """What was detected on a first page that is refused is detected anew on the next one."""
    session = connected(Script((page(bad), *HEALTHY)))
    options = {"session": session, "retries": 0, **options}
    listing = request_all("GET", hostile.URL, **options)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        rows = []
        with pytest.raises(PaginationError) as caught:
            rows.extend(iter(listing))
        if way == "resume":
            listing = request_all("GET", hostile.URL, resume=caught.value.checkpoint, **options)
        rows += listing
    assert ROWS == [msgspec.to_builtins(row) for row in rows]


@pytest.mark.parametrize(
    "bad",
    [
        {"results": [], "links": {"next": "https://evil.test/"}},
        {"items": [], "next": "//evil.test/"},
        {"results": [], "meta": {"next": "http://["}},
    ],
)
def test_found_a_strategy_that_stays_after_a_refused_link(bad):
    """Where resuming goes back to the first page, that page says anew how it goes on."""
    refused = listed(Script((page(bad),)))
    mended = listed(Script(HEALTHY), resume=refused.error.checkpoint)
    assert (None, ROWS) == (mended.error, mended.rows)


# Strategies and rows
def test_the_items_option_reads_elsewhere():
    """A path or a callable overrides where the strategy or detection looks."""
    body = {"results": [9], "a": {"b": [{"x": 1}]}, "next": None}
    with LoopbackServer([http(body)] * 4) as server, requests.Session() as session:
        assert [{"x": 1}] == list(get_all(server.url, session=session, items="a.b"))
        assert [1] == list(
            get_all(
                server.url, session=session, items=lambda body: (r["x"] for r in body["a"]["b"])
            )
        )
        assert [{"x": 1}] == list(
            get_all(server.url, session=session, items="a.b", strategy=dialects.PLUGGY_V2)
        )


class Sevens(Strategy):
    """A strategy of one's own: the next page is seven further on, until a page is empty."""

    def next(self, page: Page) -> PageRequest | None:
        if not self.items(page):
            return None
        at = int(page.request.params.get("at", 0))
        return page.request.with_param("at", at + 7)


def test_a_strategy_of_one_s_own():
    """Subclassing and giving `next` is enough; it resumes when it is passed again."""

    def answer(_, request):
        at = int((request.split(" ")[1].partition("at=")[2]) or 0)
        return http({"data": list(range(at, min(at + 7, 20)))})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=Sevens())
        before = [next(listing) for _ in range(9)]
        token = listing.checkpoint()
        after = list(get_all(server.url, session=session, strategy=Sevens(), resume=token))
        assert list(range(20)) == before + after
        with pytest.raises(exceptions.InvalidCheckpoint, match="passed again"):
            get_all(server.url, session=session, resume=token)


def test_a_strategy_of_one_s_own_cannot_leave_the_origin():
    """A URL that a custom strategy takes from the body is checked like any link."""

    class Naive(Strategy):
        def next(self, page):
            return PageRequest("GET", page.body["next"])

    with LoopbackServer([http({"data": [1], "next": "https://evil.test/"})]) as server:
        with requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, strategy=Naive()))
