"""`split`: several listings that have the rows of one between them."""

from __future__ import annotations

import json
import pickle
import warnings
from functools import partial
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from requests_paginate import dialects, gather, get_all, strategies
from requests_paginate.exceptions import InconsistentListing, ListingChanged, PossiblyTruncated
from requests_paginate.providers import PluggySession
from requests_paginate.testing import MockListing
from tests.scripted import InMemory, Mocked, connect

URL = "https://api.test/rows"
ROWS = [{"id": f"r_{number}", "sort": number} for number in range(103)]
# Each kind whose first page tells the requests of all others.
NAMES = ["pluggy", "belvo", "contentful", "woovi", "spring-data", "scim", "laravel", "typeform"]
OFFSET = strategies.Offset("offset", total="total", items="data")


def mocked(name="pluggy", rows=ROWS, size=10):
    return MockListing(rows=rows, dialect=dialects.by_name()[name], page_size=size, path="/rows")


def open_rows(mock, params=None, **options):
    return get_all(URL, params, session=connect(Mocked(mock)), retries=0, **options)


@pytest.fixture(autouse=True)
def _loud():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_given", [True, False], ids=["given", "detected"])
def test_parts_have_all_rows_once(name, is_given):
    """One request tells the pages, and the parts have them between them, about as many each."""
    mock = mocked(name)
    limit = getattr(mock.dialect, "limit", None)
    options = {"strategy": mock.dialect} if is_given else {}
    listing = open_rows(mock, {limit: 10} if limit else None, **options)
    parts = listing.split(4)
    asked = len(mock.requests)
    # without a strategy the second page may have to tell which parameter is the right one
    assert 1 == asked or not is_given
    assert ROWS == [row for part in parts for row in part]
    assert [20, 30, 30, 23] == [part.stats.items for part in parts]
    assert all(part.complete for part in parts)
    assert 11 == len(mock.requests) - asked or not is_given
    assert ROWS == list(listing)


@pytest.mark.parametrize("prefetch", [0, 4])
def test_parts_at_once(prefetch):
    """Read by `gather`, each part has its rows in order, and no page is asked for twice."""
    mock = mocked()
    parts = open_rows(mock, prefetch=prefetch).split(5)
    mock.requests.clear()
    got = {part: [] for part in parts}
    for part, page in gather(parts, workers=3):
        got[part] += page.items
    assert ROWS == [row for part in parts for row in got[part]]
    assert 11 == len(mock.requests)


def test_a_part_is_two_short_texts():
    """Its checkpoint and that of the next part open it in another place."""
    mock = mocked()
    tokens = [part.checkpoint() for part in open_rows(mock).split(4)]
    parts = [
        open_rows(mock, resume=start, until=end)
        for start, end in zip(tokens, [*tokens[1:], None], strict=True)
    ]
    assert ROWS == [row for part in parts for row in part]
    assert all(len(token) < 1000 for token in tokens)


def answer_by_page(rows, url):
    number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 1))
    pages = -(-len(rows) // 10)
    body = {"results": rows[10 * number - 10 : 10 * number], "page": number, "totalPages": pages}
    return 200, {}, json.dumps({**body, "total": len(rows)}).encode()


def open_by_page(rows, answer=answer_by_page, **options):
    session = connect(InMemory(partial(answer, rows)))
    return get_all(URL, session=session, retries=0, **options)


def test_a_part_pickles():
    """A part that was pickled has its rows and ends where the next part begins."""
    parts = open_by_page(ROWS).split(3)
    assert ROWS == [row for part in parts for row in pickle.loads(pickle.dumps(part))]


@pytest.mark.parametrize("pages", [1, 3, 4])
def test_fewer_pages_than_parts(pages):
    """There are no parts without a page."""
    rows = ROWS[: 10 * pages]
    parts = open_by_page(rows).split(4)
    assert pages == len(parts)
    assert rows == [row for part in parts for row in part]


def test_a_listing_without_rows():
    """It is one part."""
    (part,) = open_by_page([]).split(4)
    assert [] == list(part)


def test_rows_that_arrive_meanwhile():
    """The last part goes on to the true end, and the others end where they did."""
    rows = list(ROWS)
    parts = open_by_page(rows).split(4)
    rows += [{"id": f"new_{number}"} for number in range(25)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ListingChanged)  # as any listing says it
        assert rows == [row for part in parts for row in part]
    assert [20, 30, 30, 48] == [part.stats.items for part in parts]


def test_a_split_of_what_is_left():
    """A listing that resumes and ends in the middle is split there."""
    tokens, whole = [], open_by_page(ROWS)
    for _ in whole:
        tokens.append(whole.checkpoint())
    parts = open_by_page(ROWS, resume=tokens[14], until=tokens[56]).split(3)
    assert 3 == len(parts)
    assert ROWS[15:57] == [row for part in parts for row in part]
    ends = [part.checkpoint() for part in parts]
    assert tokens[56] == ends[-1]


def test_parts_of_parts():
    """A part can be split again."""
    first, second = open_by_page(ROWS).split(2)
    parts = [*first.split(2), *second.split(2)]
    assert ROWS == [row for part in parts for row in part]


def test_offsets_whose_pages_are_not_equal():
    """A page that leads past the bound of a part is cut there."""

    def answer(rows, url):
        start = int(dict(parse_qsl(urlsplit(url).query)).get("offset", 0))
        size = 10 if start == 0 else 7
        body = {"data": rows[start : start + size], "total": len(rows)}
        return 200, {}, json.dumps(body).encode()

    parts = open_by_page(ROWS, answer, strategy=OFFSET).split(4)
    assert ROWS == [row for part in parts for row in part]


# Never silently short ----------------------------------------------------------------------------


def answer_with_the_first(rows, url):
    body = json.loads(answer_by_page(rows, "https://api.test/rows?page=1")[2])
    return 200, {}, json.dumps({**body, "page": None}).encode()


def test_a_server_that_ignores_the_parameter():
    """The first page again is no part of the listing."""
    numbers = strategies.PageNumber("page", total_pages="totalPages", items="results")
    parts = open_by_page(ROWS, answer_with_the_first, strategy=numbers).split(3)
    for part in parts:
        got = []
        with pytest.raises(InconsistentListing):
            got += part
        assert ROWS[:10] * (part is parts[0]) == got
    with pytest.raises(InconsistentListing, match="tried the parameter 'page'"):
        open_by_page(ROWS, answer_with_the_first).split(3)


def test_a_page_that_lost_rows():
    """Each part counts its rows."""

    def answer(rows, url):
        status, headers, content = answer_by_page(rows, url)
        body = json.loads(content)
        body["results"] = [row for row in body["results"] if row["sort"] not in (44, 99)]
        return status, headers, json.dumps(body).encode()

    parts = open_by_page(ROWS, answer).split(4)
    assert ROWS[:20] == list(parts[0])
    with pytest.warns(PossiblyTruncated, match="1 rows fewer"):
        assert 29 == len(list(parts[1]))
    assert ROWS[50:80] == list(parts[2])
    with pytest.raises(InconsistentListing):
        list(parts[3])


def test_pages_that_do_not_tell_which_one_they_are():
    """A server that sends an old page again is found out: each part has two pages to compare."""

    def answer(rows, url):
        number = min(5, int(dict(parse_qsl(urlsplit(url).query)).get("page", 1)))
        body = {"results": rows[10 * number - 10 : 10 * number], "pages": 11}
        return 200, {}, json.dumps(body).encode()

    numbers = strategies.PageNumber("page", total_pages="pages", items="results")
    parts = open_by_page(ROWS, answer, strategy=numbers).split(11)
    assert 5 == len(parts)
    assert ROWS[:40] == [*parts[0], *parts[1]]
    for part in parts[2:]:
        with pytest.raises(InconsistentListing):
            list(part)


def test_a_first_page_without_rows():
    """It is a page as the others."""

    def answer(rows, url):
        number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 1))
        body = {"results": [] if number == 1 else rows[:5], "page": number, "totalPages": 2}
        return 200, {}, json.dumps({**body, "total": 5}).encode()

    parts = open_by_page(ROWS, answer).split(2)
    assert [[], ROWS[:5]] == [list(part) for part in parts]


def test_a_total_is_enough():
    """Page numbers without a number of pages are split by the total."""
    numbers = strategies.PageNumber("page", number="page", items="results", total="total")
    parts = open_by_page(ROWS, strategy=numbers).split(4)
    assert [20, 30, 30, 23] == [len(list(part)) for part in parts]


def answer_by_link(rows, url):
    number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 1))
    following = f"{URL}?page={number + 1}" if 10 * number < len(rows) else None
    if 10 * number - 10 >= len(rows):
        return 404, {}, b'{"detail": "Invalid page."}'
    body = {"count": len(rows), "next": following, "results": rows[10 * number - 10 : 10 * number]}
    return 200, {}, json.dumps(body).encode()


def test_a_call_that_begins_in_the_middle():
    """The pages before it are not counted among those that follow."""
    session = connect(InMemory(partial(answer_by_link, ROWS)))
    parts = get_all(URL, {"page": 5}, session=session).split(3)
    assert ROWS[40:] == [row for part in parts for row in part]


def test_links_that_count_from_zero():
    """Of a call that begins in the middle, no part is beyond the end."""

    def answer(rows, url):
        number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 0))
        if 10 * number >= len(rows):
            return 404, {}, b'{"detail": "Invalid page."}'
        following = f"{URL}?page={number + 1}" if 10 * number + 10 < len(rows) else None
        body = {"count": len(rows), "results": rows[10 * number : 10 * number + 10]}
        return 200, {}, json.dumps({**body, "next": following}).encode()

    session = connect(InMemory(partial(answer, ROWS)))
    parts = get_all(URL, {"page": 5}, session=session).split(3)
    assert ROWS[50:] == [row for part in parts for row in part]


@pytest.mark.parametrize("first", [20, 12, 10])
def test_a_total_says_nothing_of_pages_that_are_not_equal(first):
    """If the first page is longer than the others, the last part goes on to the end."""

    def answer(rows, url):
        number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 1))
        start = 0 if number == 1 else first + 10 * (number - 2)
        length = first if number == 1 else 10
        body = {"results": rows[start : start + length], "page": number, "total": len(rows)}
        return 200, {}, json.dumps(body).encode()

    numbers = strategies.PageNumber("page", number="page", items="results", total="total")
    parts = open_by_page(ROWS, answer, strategy=numbers).split(2)
    assert ROWS == [row for part in parts for row in part]
    assert all(part.complete for part in parts)


# What cannot be split ----------------------------------------------------------------------------


def test_links_with_a_cursor_beside_the_page():
    """They are cursors, and each page has to tell the next one."""

    def answer(rows, url):
        query = dict(parse_qsl(urlsplit(url).query))
        number = int(query.get("page", 1))
        assert str(10 * number - 10) == query.get("cur", "0")
        status, headers, content = answer_by_link(rows, url)
        body = json.loads(content)
        if body["next"]:
            body["next"] += f"&cur={10 * number}"
        return status, headers, json.dumps(body).encode()

    links = strategies.NextLink("next", items="results", total="count", page_param="page")
    listing = open_by_page(ROWS, answer, strategy=links)
    with pytest.raises(ValueError, match="does not tell the requests of all others"):
        listing.split(4)
    assert ROWS == list(listing)


def test_more_pages_than_there_can_be():
    """A server's number of pages fills no memory."""
    body = json.dumps({"results": ROWS[:10], "pages": 10**9}).encode()
    numbers = strategies.PageNumber("page", total_pages="pages", items="results")
    with patch("requests_paginate._listing.split._MOST_PAGES", 1000):
        listing = open_by_page(ROWS, lambda *_: (200, {}, body), strategy=numbers)
        with pytest.raises(ValueError, match="more than 1,000 pages"):
            listing.split(2)


@pytest.mark.parametrize("name", ["pluggy-v2", "slack", "stripe", "github", "arcgis"])
def test_cursors(name):
    """The error names what helps."""
    mock = mocked(name)
    listing = open_rows(mock, strategy=mock.dialect)
    with pytest.raises(ValueError, match=r"windows\(\).*gather\(\)"):
        listing.split(4)
    assert ROWS == list(listing)


@pytest.mark.parametrize(
    ("parts", "error"), [(0, ValueError), (-1, ValueError), (True, TypeError), ("4", TypeError)]
)
def test_a_wrong_number_of_parts(parts, error):
    """It is refused before anything is sent."""
    mock = mocked()
    with pytest.raises(error, match="parts: expected"):
        open_rows(mock).split(parts)
    assert [] == mock.requests


@pytest.mark.parametrize("options", [{"max_items": 50}, {"max_pages": 5}, {"key": "id"}], ids=str)
def test_options_that_count_over_the_whole(options):
    """They are refused by name."""
    with pytest.raises(ValueError, match=f"{next(iter(options))}="):
        open_rows(mocked(), **options).split(2)


def test_a_listing_that_has_begun():
    """It is refused; to know the total is no beginning."""
    listing = open_rows(mocked())
    assert 103 == listing.total
    assert 2 == len(listing.split(2))
    next(listing)
    with pytest.raises(ValueError, match="rows of this listing were handed out"):
        listing.split(2)
    closed = open_rows(mocked())
    closed.close()
    with pytest.raises(ValueError, match="closed"):
        closed.split(2)


def test_a_listing_of_several():
    """It says how to split it by hand."""
    with responses.RequestsMock():
        listing = PluggySession("a", "b").get_all("/rows", {"ids": [str(n) for n in range(501)]})
        with pytest.raises(ValueError, match="2 listings already"):
            listing.split(2)
