"""Law 5: an error and a checkpoint lead to the very next row."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import requests

from requests_paginate import dialects, exceptions, get_all, strategies
from tests.contract.laws.providers import stepping
from tests.loopback import LoopbackServer, http

CANDIDATES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]


# Law 5: nothing lost
@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("taken", [0, 1])
def test_law_5_an_error_resumes_at_the_very_next_row(failing, taken, waits):
    """Rows before the error and rows after resuming are the listing."""
    rows = [{"id": n} for n in range(8)]

    def page(number):
        following = f"?page={number + 1}" if number < 3 else None
        return http({"results": rows[2 * number : 2 * number + 2], "next": following})

    calls = []

    def answer(_, request):
        number = int(request.partition("page=")[2][:1] or 0)
        calls.append(number)
        return http(status=500) if number == failing and calls.count(failing) <= 2 else page(number)

    with LoopbackServer(answer) as server, requests.Session() as session:
        got = []
        listing = get_all(server.url, session=session, retries=1, strategy=dialects.PLUGGY_V2)
        with pytest.raises(exceptions.PageFailed) as caught:
            for row in listing:
                got.append(row)
        token = caught.value.checkpoint
        resumed = get_all(server.url, session=session, resume=token)
        got += [next(resumed) for _ in range(taken)]
        got += get_all(server.url, session=session, resume=resumed.checkpoint())
        assert rows == got


def test_law_5_batches_of_one_page_get_on():
    """Page by page, each in a listing of its own, a detected cursor listing reaches its end."""

    def answer(_, request):
        at = int(request.split(" ")[1].partition("cursor=")[2] or 0)
        return http(
            {
                "items": list(range(at, min(at + 3, 10))),
                "next_cursor": str(at + 3) if at < 7 else None,
            }
        )

    with LoopbackServer(answer) as server, requests.Session() as session:
        token, batches = None, []
        for _ in range(4):
            listing = get_all(server.url, session=session, max_pages=1, resume=token)
            batches.append(list(listing))
            token = listing.checkpoint()
        assert [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]] == batches
        assert 4 == len(server.requests)


def test_law_5_a_total_told_before_a_checkpoint_counts_after_it():
    """The first page's total guards the end of a resumed listing, too."""
    pages = [http({"data": [1], "next": "?p=2", "total": 9}), http({"data": [2], "next": None})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, max_pages=1)
        list(listing)
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        assert 2 == next(resumed)
        with pytest.raises(exceptions.InconsistentListing, match="2 of 9"):
            next(resumed)


def test_law_5_empty_pages_on_both_sides_of_a_checkpoint():
    """Two pages without rows are not one page twice."""
    pages = [http({"results": rows, "totalPages": 4}) for rows in ([1], [], [], [2])]
    strategy = strategies.PageNumber("page", total_pages="totalPages")
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy, max_pages=2)
        assert [1] == list(listing)
        token = listing.checkpoint()
        assert [2] == list(get_all(server.url, session=session, strategy=strategy, resume=token))


def test_law_5_a_listing_begun_by_a_saved_cursor_hands_out_its_last_page():
    """Where the caller brings a cursor, the total is no reason to withhold the end."""
    page = http({"items": [5, 6], "next": None, "total": 6})
    with LoopbackServer([page]) as server, requests.Session() as session:
        strategy = strategies.Cursor("scroll", token="next", total="total")
        listing = get_all(server.url, session=session, strategy=strategy, params={"scroll": "4"})
        assert [5, 6] == list(listing)


def test_law_5_an_undecided_strategy_resumes(waits):
    """While detection's second name is untried, a checkpoint leads back to page 1 to decide."""
    failing = [True]

    def answer(_, request):
        if "oken=" in request and failing:
            failing.pop()
            return http(status=503)
        second = "nextToken=t1" in request
        return http({"records": [3] if second else [1, 2], "next_token": None if second else "t1"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, retries=0)
        got = [next(listing), next(listing)]
        with pytest.raises(exceptions.PageFailed) as caught:
            next(listing)
        got += get_all(server.url, session=session, resume=caught.value.checkpoint)
        assert [1, 2, 3] == got


@pytest.mark.parametrize("taken", [1, 2])
def test_law_5_names_that_are_only_likely_resume(taken):
    """A checkpoint before page 2 keeps all candidates, and finds an ignored name out."""
    with LoopbackServer(stepping("nextCursor", None)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        got = [next(listing) for _ in range(taken)]
        assert ["/"] == server.paths()
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        assert [1, 2, 3] == got + list(resumed)
        first = ["/"] * (taken == 1)  # of a page half read the rest is read again
        assert ["/", *first, *(f"/?{name}=c" for name in CANDIDATES)] == server.paths()


def test_law_5_a_resumed_listing_does_not_take_the_last_page_again():
    """An ignored parameter is found out across a resume."""
    page = http({"results": [{"id": 1}], "totalPages": 3})
    with LoopbackServer([page] * 2) as server, requests.Session() as session:
        strategy = strategies.PageNumber("page", total_pages="totalPages")
        listing = get_all(server.url, session=session, strategy=strategy)
        next(listing)
        resumed = get_all(
            server.url, session=session, strategy=strategy, resume=listing.checkpoint()
        )
        with pytest.raises(exceptions.InconsistentListing):
            next(resumed)


def test_law_5_a_callable_items_is_passed_again():
    """A token of a listing with a callable `items` asks for it, and goes on with it."""

    def rows(body):
        return body["deep"]["rows"]

    pages = [
        http({"deep": {"rows": [1, 2]}, "next": "?p=2"}),
        http({"deep": {"rows": [1, 2]}, "next": "?p=2"}),
        http({"deep": {"rows": [3]}, "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, items=rows)
        assert 1 == next(listing)
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="items="):
            get_all(server.url, session=session, resume=token)
        assert [2, 3] == list(get_all(server.url, session=session, items=rows, resume=token))


@pytest.mark.parametrize("value", [dt.date(2026, 1, 1), Decimal("1.5"), b"x", uuid.UUID(int=1)])
def test_law_5_any_parameter_that_requests_sends_is_kept_in_a_checkpoint(value, waits):
    """Dates, decimals and bytes in params survive an error and a resume."""
    pages = [http(status=503), http({"results": [1], "next": None})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        options = {"session": session, "params": {"since": value}}
        with pytest.raises(exceptions.PageFailed) as caught:
            list(get_all(server.url, retries=0, **options))
        assert [1] == list(get_all(server.url, resume=caught.value.checkpoint, **options))
        assert 1 == len(set(server.paths()))


def test_law_5_a_key_and_a_changed_page_lose_nothing():
    """Where the re-read page changed, rows may repeat, but none is skipped by its old place."""
    pages = [http([{"id": n} for n in (0, 1, 2, 3)]), http([{"id": n} for n in (1, 2, 3, 4)])]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key="id")
        got = [next(listing)["id"], next(listing)["id"]]
        resumed = get_all(server.url, session=session, key="id", resume=listing.checkpoint())
        with pytest.warns(exceptions.ListingChanged, match="handed out again"):
            got += [row["id"] for row in resumed]
        assert {0, 1, 2, 3, 4} == set(got)


def test_law_5_next_after_an_error_tries_the_page_again(waits):
    """A failed page loses no row: the same listing goes on when the server does."""
    pages = [
        http({"results": [1], "next": "?page=2"}),
        http(status=503),
        http({"results": [2], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, retries=0)
        assert 1 == next(listing)
        with pytest.raises(exceptions.PageFailed):
            next(listing)
        assert [2] == list(listing)
