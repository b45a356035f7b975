"""The second page decides what the first one left open."""

from __future__ import annotations

import itertools
import warnings

import pytest
import requests

from requests_paginate import exceptions, get_all, request_all
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import Cursor, Offset, PageNumber
from tests import hostile
from tests.hostile import ROWS, Answer, Script, connected, page
from tests.loopback import LoopbackServer, http
from tests.two_pages import listed, listing_of, refused, rows, serving, sized

NAMES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]


def tried(*names):
    return [{name: "c"} for name in names]


FIRST = {"items": rows(1, 2), "next_cursor": "c"}
LAST = {"items": rows(3), "next_cursor": None}
EMPTY = {"items": [], "next_cursor": None}


def stepping(right, wrong, first=FIRST):
    """Two pages; the second under one name, and for any other what `wrong` has for it."""

    def answer(query):
        if query.get(right) == "c":
            return LAST
        name = next(iter(query), None)
        return first if name is None else wrong.get(name, wrong.get("*"))

    return answer


# (1) - (3) Empty pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("right", NAMES)
def test_an_empty_page_may_be_a_filter_s(right):
    """A name taken for a filter gives no rows: the next one is tried, and all rows come."""
    names = NAMES[: NAMES.index(right) + 1]
    expected = [1, 2, 3], tried(*names), Cursor(right, token="next_cursor", items="items")
    assert expected == listed(stepping(right, {"*": EMPTY}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"*": EMPTY},
        {"cursor": EMPTY, "*": FIRST},
        {"next_cursor": EMPTY, "*": FIRST},
        {"nextCursor": EMPTY, "*": FIRST},
        {"cursor": EMPTY, "*": (400, {"detail": "no"})},
        {"next_cursor": EMPTY, "cursor": FIRST, "*": (422, {"detail": "no"})},
    ],
)
def test_an_empty_page_under_any_name_is_the_end(wrong):
    """Where every name is ignored, refused or gives no rows, the empty page was the end."""
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried(*NAMES)) == (got, asked)
    assert isinstance(strategy, Cursor)


def test_of_several_empty_pages_the_first_stands():
    """Its name was the likeliest, and stays the listing's."""
    wrong = {"cursor": FIRST, "next_cursor": EMPTY, "start_cursor": EMPTY, "*": FIRST}
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried(*NAMES)) == (got, asked)
    assert Cursor("next_cursor", token="next_cursor", items="items") == strategy


def test_an_empty_page_outlives_another_failure():
    """A name that is refused in another way is not asked about again: the empty page stands."""
    wrong = {"cursor": EMPTY, "*": (404, {"detail": "no"})}
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried("cursor", "next_cursor")) == (got, asked)
    assert Cursor("cursor", token="next_cursor", items="items") == strategy


def test_an_empty_page_that_leads_on_decides():
    """No rows and another token are a page like any other: its name is right."""
    pages = {
        None: FIRST,
        "c": {"items": [], "next_cursor": "d"},
        "d": LAST,
    }
    got, asked, _ = listed(lambda query: pages[query.get("cursor")])
    assert ([1, 2, 3], [{"cursor": "c"}, {"cursor": "d"}]) == (got, asked)


@pytest.mark.parametrize("right", NAMES)
def test_an_empty_first_page_is_known_again(right):
    """No rows and the same token once more say that the name is ignored: the next one is tried."""
    first = {"items": [], "next_cursor": "c"}
    names = NAMES[: NAMES.index(right) + 1]
    assert ([3], tried(*names)) == listed(stepping(right, {"*": first}, first))[:2]


def test_an_empty_first_page_without_a_right_name():
    """The same empty page under every name is an ignored parameter, and no end."""
    first = {"items": [], "next_cursor": "c"}
    words = "tried the parameters 'cursor', 'next_cursor', 'start_cursor', 'nextCursor'"
    answer = stepping("mark", {"*": first}, first)
    assert (0, tried(*NAMES)) == refused(answer, exceptions.InconsistentListing, words)


# (4) The same rows with other fields -------------------------------------------------------------


def volatile(answer):
    """The server counts its views, in every row and beside them."""
    views = itertools.count()

    def answer_again(query):
        body = answer(query)
        seen = next(views)
        return {**body, "items": [{**row, "views": seen} for row in body["items"]], "took": seen}

    return answer_again


@pytest.mark.parametrize("right", NAMES)
def test_the_same_identities_are_the_first_page(right):
    """Rows that differ in volatile fields alone are the first page's: the name was ignored."""
    names = NAMES[: NAMES.index(right) + 1]
    answer = volatile(stepping(right, {"*": FIRST}))
    assert ([1, 2, 3], tried(*names)) == listed(answer)[:2]


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (FIRST, tried(*NAMES)),
        ({"items": rows(1, 2), "page": 1, "total_pages": 2}, [{"page": "2"}]),
        ({"items": rows(1, 2), "total_pages": 2, "total": 4}, [{"page": "1"}, {"page": "2"}]),
    ],
)
def test_the_same_identities_under_every_name_raise(first, asked):
    """Where no name is left, or there was but one, the parameter is ignored and that is said."""
    answer = volatile(lambda query: first)
    words = "the page has the same rows as an earlier one: the server ignores"
    assert (2, asked) == refused(answer, exceptions.InconsistentListing, words)


@pytest.mark.parametrize(("name", "written"), [("next", "?page={}"), ("next_page", "{}")])
def test_the_same_identities_under_a_new_link_are_data(name, written):
    """A link or a token leads to the prices of every day, by the product's id: that is doubtful."""

    def answer(query):
        day = int(query.get("page", 1))
        prices = [{"id": product, "price": 10 * day + product} for product in (1, 2, 3)]
        return {"items": prices, name: written.format(day + 1) if day < 4 else None}

    with serving(answer) as asked:
        listing = listing_of()
        with pytest.warns(exceptions.PossiblyTruncated, match="the ids of an earlier one") as told:
            assert [1, 2, 3] * 4 == [row["id"] for row in listing]
        assert 1 == len(told)
        assert [{"page": "2"}, {"page": "3"}, {"page": "4"}] == [q for q in asked if "page" in q]


def test_ids_that_are_not_the_rows_own_decide_nothing():
    """Of sales by the product's id, other rows are another page, whatever parameter led there."""

    def answer(query):
        number = int(query.get("page", 1))
        sales = [{"id": row % 3, "sold": 10 * number + row} for row in range(6)]
        return {"items": sales, "page": number, "total_pages": 3}

    assert [row % 3 for row in range(6)] * 3 == listed(answer)[0]


# (7), (8) Candidates -----------------------------------------------------------------------------


def test_a_candidate_that_can_make_no_request_is_skipped():
    """A page that is no number cannot be counted on; the offsets before it are tried."""
    params = {"limit": "2", "page": "all"}
    got, sent, strategy = listed(sized("skip", 0), params)
    assert ([*range(5)], [{"offset": "2"}, {"skip": "2"}, {"skip": "4"}]) == (got, sent)
    assert Offset("skip", limit="limit", total="total", items="items") == strategy
    words = "tried the parameters 'offset', 'skip', 'start', "
    assert 2 == refused(sized("mark", 0), exceptions.InconsistentListing, words, params)[0]


@pytest.mark.parametrize("right", NAMES)
def test_a_checkpoint_keeps_what_page_1_is_known_by(right):
    """Resumed between page 1 and 2, ignored names are found out by the first page's identities."""
    with serving(volatile(stepping(right, {"*": FIRST}))) as asked:
        listing = listing_of()
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = listing_of(resume=listing.checkpoint())
        assert [3] == [row["id"] for row in resumed]
        assert [{}, *tried(*NAMES[: NAMES.index(right) + 1])] == asked


def test_a_checkpoint_keeps_it_for_a_single_candidate():
    """Also where there is but one name, page 1 again raises after a resume."""
    answer = volatile(lambda query: {"items": rows(1, 2), "total_pages": 2})
    with serving(answer) as asked:
        listing = listing_of({"page": "1"})
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = listing_of({"page": "1"}, resume=listing.checkpoint())
        with pytest.raises(exceptions.InconsistentListing, match="the server ignores"):
            next(resumed)
        assert [{"page": "1"}, {"page": "2"}] == asked


@pytest.mark.parametrize(
    ("first", "strategy"),
    [
        (FIRST, Cursor("mark", token="next_cursor", items="items")),
        ({"items": rows(1, 2), "total_pages": 2}, PageNumber("mark", total_pages="total_pages")),
    ],
)
def test_after_every_name_failed_the_right_one_goes_on(first, strategy):
    """The error's checkpoint leads to the end of page 1, and on from there by another strategy."""

    def answer(query):
        return {**LAST, "total_pages": 2} if query.get("mark") in ("c", "2") else first

    with serving(answer) as asked:
        with pytest.raises(exceptions.InconsistentListing, match="pass strategy=") as caught:
            list(listing_of({"page": "1"}))
        count = len(asked)
        resumed = listing_of({"page": "1"}, strategy=strategy, resume=caught.value.checkpoint)
        assert [3] == [row["id"] for row in resumed]
        assert 2 == len(asked) - count  # page 1 once more, to go on from


@pytest.mark.parametrize("way", ["resume", "next"])
@pytest.mark.parametrize("after", [Answer(b"{}", 500), Answer(b"{}", 404), Answer(b"<html>")])
def test_found_a_listing_that_is_stuck_at_a_wrong_name(way, after):
    """After a passing refusal and another failure, the name that was right is tried again."""

    def answer(number, request):
        if number in (1, 2):
            return (Answer(b"{}", 400), after)[number - 1]
        last = "starting_after=1" in request.url
        rows = ROWS[2:] if last else ROWS[:2]
        return page({"object": "list", "data": rows, "has_more": not last})

    session, rows = connected(answer), []
    listing = request_all("GET", hostile.URL, session=session, retries=0)
    for _ in range(6):
        try:
            for row in listing:
                rows.append(row)
            break
        except PaginationError as error:
            if way == "resume":
                listing = request_all(
                    "GET", hostile.URL, session=session, retries=0, resume=error.checkpoint
                )
    assert ROWS == rows


@pytest.mark.parametrize(
    "spoilt_page",
    [
        {"data": ROWS[2:4], "meta": None},  # an end before the total
        {"data": ROWS[2:4], "meta": {"next": "c1", "total": 6}},  # the same cursor again
    ],
)
def test_found_a_contradiction_that_is_taken_for_a_wrong_name(spoilt_page):
    """A second page that contradicts itself is refused at once: no other name can help."""
    is_mended = False

    def answer(number, request):
        if "cursor=c1" not in request.url:
            is_first = "?" not in request.url
            return page(
                {"data": ROWS[:2], "meta": {"next": "c1", "total": 6}}, 200 if is_first else 404
            )
        return page({"data": ROWS[2:], "meta": {"total": 6}} if is_mended else spoilt_page)

    outcome = hostile.listed(answer)
    assert 2 == len(outcome.requests)
    is_mended = True
    rest = hostile.listed(answer, resume=outcome.error.checkpoint).rows
    assert ROWS == [*outcome.rows, *rest]


def test_found_many_requests_for_one_page():
    """One page does not make a listing ask a hundred times for the next."""
    spellings = map(
        "".join,
        itertools.product(
            "p",
            ("", "_"),
            "a",
            ("", "-"),
            "g",
            ("", "."),
            "e",
            ("", "_", "-", ".", "~", ":", " ", "+", "*"),
        ),
    )
    body = {"data": ROWS[:2], "total": 50, **dict.fromkeys(spellings, 1)}  # fmt: skip
    outcome = hostile.listed(Script((page(body),)), max_pages=2)
    assert len(outcome.requests) < 20


def test_the_next_candidate_is_tried_when_a_parameter_is_ignored():
    """A detected name that the server ignores gives way to the API's other name; no row repeats."""

    def answer(_, request):
        second = "nextToken=t1" in request
        return http({"records": [3] if second else [1, 2], "next_token": None if second else "t1"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert [1, 2, 3] == list(listing)
        assert Cursor("nextToken", token="next_token", items="records") == listing.strategy


def test_when_no_candidate_works_it_raises():
    """After the last name the ignored parameter is an inconsistent listing; page 1 came once."""
    with LoopbackServer(lambda *_: http({"records": [1], "next_token": "t1"})) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session)
            assert 1 == next(listing)
            with pytest.raises(exceptions.InconsistentListing):
                next(listing)
            assert 1 == listing.stats.items


# What a candidate that was wrong leaves behind: nothing -----------------------------------------


def test_a_wrong_candidate_warns_of_nothing():
    """The total of a page that nobody takes is no change."""

    def answer(query):
        if "offset" in query:  # taken for a filter
            return {"items": [], "total": 0}
        start = int(query.get("skip", 0))
        return {"items": rows(*range(start, min(start + 2, 5))), "total": 5}

    with serving(answer), warnings.catch_warnings():
        warnings.simplefilter("error")
        listing = listing_of({"limit": 2})
        assert [0, 1, 2, 3, 4] == [row["id"] for row in listing]
        assert (False, 5) == (listing.stats.drift, listing.total)


def test_an_error_has_no_response_of_another_candidate():
    """The second name's request breaks off; the answer to the first name is not its response."""

    def answer(query):
        if query.get("next_cursor") == "c":
            raise requests.ConnectionError("reset")
        return FIRST

    with serving(answer):
        listing = listing_of()
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(listing)
        assert (None, 1) == (caught.value.response, caught.value.page_index)
        assert {"next_cursor": "c"} == dict(caught.value.page_request.params)


# (9) Equal rows without ids ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cursor", "next_cursor", "nextCursor"])
@pytest.mark.parametrize("row", [{"value": 0}, 0, "x", [1], None])
def test_equal_rows_under_new_tokens_are_data(name, row):
    """If one name leads to another token, and the others to the first page, the rows are data."""

    def answer(query):
        number = int(query.get(name, 0))
        return {"items": [row, row], "next_cursor": str(number + 1) if number < 3 else None}

    with serving(answer):
        listing = listing_of()
        assert [row] * 8 == list(listing)
        assert listing.complete


@pytest.mark.parametrize("row", [{"value": 0}, 0, "x", [1], None])
def test_equal_rows_under_every_name_are_the_first_page_again(row):
    """If any name leads to another token, the server makes a new one for each request."""
    count = itertools.count()

    def answer(query):
        return {"items": [row, row], "next_cursor": f"t{next(count)}"}

    error, words = (
        exceptions.InconsistentListing,
        "same rows as an earlier one.*tried the parameter",
    )
    with serving(answer), pytest.raises(error, match=words):
        list(listing_of())


def test_equal_rows_without_ids_under_a_count_are_the_first_page_again():
    """A server that ignores every count answers with its first page, whatever is counted."""
    first = {"entries": [17, 20, 23], "cursors": {"from": 0, "total-size": 9, "page-size": 3}}
    with serving(lambda query: first):
        listing = listing_of()
        with pytest.raises(exceptions.InconsistentListing, match="tried the parameters"):
            list(listing)
        assert 3 == listing.stats.items
