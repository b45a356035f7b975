"""At each end the page is asked whether there is a later one, whoever chose the strategy."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from requests_paginate import get_all
from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, SinglePage
from tests.two_pages import URL, rows
from tests.unit.listing.test_doubts import drained

GIVEN, DETECTED = NextLink("next", items="items"), None


def listing_of(beside, *, strategy, pages=2, headers=None, params=None):
    """A listing of pages of three rows, whose next link is null on the last one, and what stands beside."""

    def respond(request):
        number = int(dict(parse_qsl(urlsplit(request.url).query)).get("page", 1))
        first = 3 * number - 2
        body = {
            "items": rows(first, first + 1, first + 2),
            "next": f"?page={number + 1}" if number < pages else None,
            **beside(number),
        }
        return 200, headers(number) if headers else {}, json.dumps(body)

    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.add_callback("GET", re.compile(".*"), respond)
    with mock:
        listing = get_all(
            URL, session=requests.Session(), strategy=strategy, params=params or {}, retries=0
        )
        return listing, drained(listing)


def last_header(number):
    """A Link header with the relation last alone."""
    return {"Link": f'<{URL}?page={number}>; rel="last"'}


# Signs of a third page, by the number of a page.
LATER = {
    "flag": lambda n: {"has_more": n < 3},
    "flag below": lambda n: {"meta": {"hasNextPage": n < 3}},
    "last flag": lambda n: {"isLastPage": n == 3},
    "token": lambda n: {"next_cursor": "x" if n < 3 else None},
    "other link": lambda n: {"links": {"next": URL + f"?page={n + 1}"}},
    "numbers": lambda n: {"page": n, "pages": 3},
    "numbers below": lambda n: {"meta": {"page": n, "total_pages": 3}},
    "pages alone": lambda n: {"pages": 4},
    "last page ended by a flag": lambda n: {"has_more": n < 2, "last": URL + "?page=4"},
    "last page beyond a total": lambda n: {"total": 3 * n, "last": URL + "?page=4"},
    "Laravel": lambda n: {"current_page": n, "last_page": 3},
    "from zero": lambda n: {"page": {"number": n - 1, "totalPages": 4}},
    "to of": lambda n: {"from": 3 * n - 2, "to": 3 * n, "of": 8},
    "range": lambda n: {"range": f"{3 * n - 2}-{3 * n} of 8"},
    "range from zero": lambda n: {"showing": f"{3 * n - 3}-{3 * n - 1}/8"},
    "pager": lambda n: {"pager": f"Page {n} of 3"},
    "remaining": lambda n: {"remaining": 2},
    "items left": lambda n: {"meta": {"items_left": 2}},
    "last link": lambda n: {"last": URL + "?page=3"},
    "last object": lambda n: {"_links": {"last": {"href": "?page=3&size=3"}}},
    "last page url": lambda n: {"last_page_url": "/v1/items?page%5Bnumber%5D=3&page=3"},
}  # fmt: skip


@pytest.mark.parametrize("strategy", [GIVEN, DETECTED], ids=["given", "detected"])
@pytest.mark.parametrize("beside", LATER.values(), ids=LATER)
def test_a_later_page_is_doubted_away_by_nobody(beside, strategy):
    """Where the next link is null on page two of three, all rows come, and no silence."""
    listing, (got, error, told) = listing_of(beside, strategy=strategy)
    assert rows(1, 2, 3, 4, 5, 6) == got
    assert isinstance(error, InconsistentListing) or [PossiblyTruncated] == told
    assert not listing.complete


@pytest.mark.parametrize(
    "beside",
    [
        lambda n: {"total": 8} if n == 2 else {},
        lambda n: {"meta": {"totalCount": 8} if n == 2 else {}},
        lambda n: {"total_items": 8} if n == 2 else {},
        lambda n: {"pagination": {"total": 8} if n == 2 else {}},
        lambda n: {"totalResults": "8"} if n == 2 else {},
    ],
)
def test_who_gives_a_strategy_without_a_total_believes_none(beside):
    """A total that nobody reads is a doubt, but not where the caller leaves it out, as we advise."""
    assert [PossiblyTruncated] == listing_of(beside, strategy=DETECTED)[1][2]
    listing, told = listing_of(beside, strategy=GIVEN)
    assert (rows(1, 2, 3, 4, 5, 6), None, []) == told
    assert listing.complete


# What the last of two pages says, and is right.
LAST = {
    "flag": lambda n: {"has_more": n < 2},
    "numbers": lambda n: {"page": n, "pages": 2},
    "from zero": lambda n: {"page": {"number": n - 1, "totalPages": 2}},
    "total": lambda n: {"total": 6},
    "count of page": lambda n: {"count": 3},
    "to of": lambda n: {"from": 3 * n - 2, "to": 3 * n, "of": 6},
    "to of, from zero": lambda n: {"from": 3 * n - 3, "to": 3 * n - 1, "of": 6},
    "range": lambda n: {"range": f"{3 * n - 2}-{3 * n} of 6"},
    "range from zero": lambda n: {"showing": f"{3 * n - 3}-{3 * n - 1}/6"},
    "other range": lambda n: {"chapter": "1-2 of 60"},
    "dates": lambda n: {"date": "2026-01-04/2026-01-08", "time": "10-12/20"},
    "pager": lambda n: {"pager": f"Page {n} of 2"},
    "remaining": lambda n: {"remaining": 6 - 3 * n, "rate": {"remaining": 40}},
    "pages alone": lambda n: {"pages": 2},
    "a page more than the total fills": lambda n: {"total": 6, "last": URL + "?page=3"},
    "last link elsewhere": lambda n: {"last": "javascript:page=9"},
    "last link": lambda n: {"last": URL + "?page=2", "first": URL + "?page=1"},
    "last link of a token": lambda n: {"last": URL + "?cursor=zzz"},
    "last visit": lambda n: {"last": "/visits?day=5"},
    "own cursor": lambda n: {"cursor": f"c{n}"},
    "job": lambda n: {"done": False},
}  # fmt: skip


@pytest.mark.parametrize("strategy", [GIVEN, DETECTED], ids=["given", "detected"])
@pytest.mark.parametrize("beside", LAST.values(), ids=LAST)
def test_a_last_page_is_quiet(beside, strategy):
    """Where the page says in any way that it is the last one, nothing is told."""
    listing, told = listing_of(beside, strategy=strategy)
    assert (rows(1, 2, 3, 4, 5, 6), None, []) == told
    assert listing.complete


@pytest.mark.parametrize(
    ("is_told", "number", "pages", "strategy"),
    [
        (True, 3, 1, LinkHeader(items="items")),
        (True, 2, 1, None),
        (True, 3, 2, GIVEN),
        (False, 1, 1, LinkHeader(items="items")),
        (False, 2, 2, GIVEN),
        (False, 1, 1, None),
        (False, 3, 1, SinglePage(items="items")),
    ],
)
def test_a_last_link_in_a_header(is_told, number, pages, strategy):
    """The relation last with a larger number than the request's tells of more."""
    listing, (_, error, told) = listing_of(
        lambda n: {}, strategy=strategy, pages=pages, headers=lambda n: last_header(number)
    )
    assert (None, is_told) == (error, told == [PossiblyTruncated])
    assert is_told is not listing.complete


def test_a_link_in_a_header_beside_an_ended_one():
    """Where the body's link is null and the header leads on, the end is doubtful."""
    _, (got, _, told) = listing_of(
        lambda n: {},
        strategy=GIVEN,
        headers=lambda n: {"Link": f'<{URL}?page={n + 1}>; rel="next"'},
    )
    assert (rows(1, 2, 3, 4, 5, 6), [PossiblyTruncated]) == (got, told)


def test_one_of_two_totals_is_reached():
    """Where one number of rows is reached, a larger one counts what a filter left out."""
    _, told = listing_of(lambda n: {"total_count": 40, "found": 6}, strategy=GIVEN)
    assert (rows(1, 2, 3, 4, 5, 6), None, []) == told


@pytest.mark.parametrize("beside", LATER.values(), ids=LATER)
def test_an_explicit_single_page_is_asked_nothing(beside):
    """Whoever says that the first page is all, is believed."""
    _, told = listing_of(beside, strategy=SinglePage(items="items"))
    assert (rows(1, 2, 3), None, []) == told


@pytest.mark.parametrize("sign", [{"next_page": "u"}, {"links": {"next": URL + "?page=9"}}])
def test_a_named_flag_is_believed(sign):
    """Who names a flag knows that it is the end, also where another continuation stays."""
    strategy = Cursor("page", token="next", more="more", items="items")
    listing, told = listing_of(lambda n: {"more": False, **sign}, strategy=strategy)
    assert (rows(1, 2, 3), None, []) == told
    assert listing.complete
