"""Loops that others wrote by hand, on a session that answers with all rows at once."""

from __future__ import annotations

import itertools
import warnings

import pytest
import requests
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_paginate import PaginatingAdapter
from requests_paginate.exceptions import PossiblyTruncated
from requests_paginate.sandbox import (
    Belvo,
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    Pluggy,
    SingleListing,
    TotalPagesEnvelope,
)
from requests_paginate.testing import mount

URL = "https://api.test"
MOST_PAGES = 12  # of one example; more would only take longer


def follow_next(get, rows, size):
    """Over the next link in the body, as for Django REST framework and Belvo."""
    url, params = None, size
    while True:
        body = get(url, **params).json()
        yield from body[rows]
        url, params = body["next"], {}
        if url is None:
            return


def follow_header(get, rows, size):
    """Over the next link in the header, as for GitHub."""
    response = get(None, **size)
    yield from response.json()
    while "next" in response.links:
        response = get(response.links["next"]["url"])
        yield from response.json()


def send_cursor(get, rows, size):
    """Over the cursor, which the next request sends back."""
    params = size
    while params is not None:
        body = get(None, **params).json()
        yield from body[rows]
        cursor = body["meta"]["next_cursor"]
        params = {**size, "cursor": cursor} if cursor else None


def send_last_id(get, rows, size):
    """Over the last row's id, as long as the flag says so."""
    params = size
    while params is not None:
        body = get(None, **params).json()
        yield from body[rows]
        params = {**size, "starting_after": body[rows][-1]["id"]} if body["has_more"] else None


def send_last_id_until_empty(get, rows, size):
    """Over the last row's id, until nothing comes."""
    params = size
    while page := get(None, **params).json()[rows]:
        yield from page
        params = {**size, "starting_after": page[-1]["id"]}


def count_pages(total_pages, parameter="page"):
    """Over page numbers up to the last one, the first written out."""

    def loop(get, rows, size):
        for number in itertools.count(1):
            body = get(None, **{parameter: number}, **size).json()
            yield from body[rows]
            if number >= body[total_pages]:
                return

    return loop


def count_further_pages(total_pages):
    """Over page numbers from the second one on, after a first request without."""

    def loop(get, rows, size):
        body = get(None, **size).json()
        yield from body[rows]
        for number in range(2, body[total_pages] + 1):
            yield from get(None, page=number, **size).json()[rows]

    return loop


def count_until_empty(get, rows, size):
    """Over page numbers, until nothing comes."""
    for number in itertools.count(1):
        body = get(None, page=number, **size).json()
        page = body[rows] if rows else body
        if not page:
            return
        yield from page


def count_until_short(get, rows, size):
    """Over page numbers, until fewer rows come than were asked for."""
    (wanted,) = size.values()
    for number in itertools.count(1):
        body = get(None, page=number, **size).json()
        page = body[rows] if rows else body
        yield from page
        if len(page) < wanted:
            return


def skip_by_size(get, rows, size):
    """Over offsets that grow by the size asked for, until fewer rows come."""
    (wanted,) = size.values()
    for number in itertools.count():
        page = get(None, offset=number * wanted, **size).json()[rows]
        yield from page
        if len(page) < wanted:
            return


def skip_by_rows(get, rows, size):
    """Over offsets that grow by the rows that came, until nothing comes."""
    offset = 0
    while page := get(None, offset=offset, **size).json()[rows]:
        yield from page
        offset += len(page)


def skip_further_rows(get, rows, size):
    """The same, after a first request without an offset."""
    page = get(None, **size).json()[rows]
    offset = len(page)
    while page:
        yield from page
        page = get(None, offset=offset, **size).json()[rows]
        offset += len(page)


def skip_up_to_total(get, rows, size):
    """Over offsets, until as many rows came as the total says."""
    body = get(None, **size).json()
    yield from (found := body[rows])
    count = len(found)
    while count < body["total"]:
        body = get(None, offset=count, **size).json()
        yield from body[rows]
        count += len(body[rows])


def no_loop(get, rows, size):
    """Code that knows nothing of pages."""
    body = get(None, **size).json()
    yield from body[rows] if rows else body


class Case:
    """A dialect, where its rows are, what a page size is called, and the loops people write."""

    def __init__(self, make, rows, size, *loops):
        self.make, self.rows, self.size, self.loops = make, rows, size, (*loops, no_loop)


def common(kind):
    def make(total, size):
        dialect = kind(total=total)
        return dialect, "/items", {}, {}, list(dialect.rows())

    return make


def pluggy(path):
    def make(total, size):
        dialect = Pluggy(transactions=total, v2_page_size=size)
        account = dialect.account_ids[0]
        rows = list(dialect.transaction_rows(account))
        return dialect, path, {"accountId": account}, {"X-API-KEY": dialect.api_key}, rows

    return make


def belvo(total, size):
    dialect = Belvo(transactions=total)
    link = dialect.link_ids[0]
    basic = requests.auth._basic_auth_str(dialect.secret_id, dialect.secret_password)
    rows = list(dialect.transaction_rows(link))
    return dialect, "/api/transactions/", {"link": link}, {"Authorization": basic}, rows


def follow_query(get, rows, size):
    """Over Pluggy's next, which is a query."""
    body = get(None).json()
    yield from body[rows]
    while body["next"]:
        body = get(f"{URL}/v2/transactions?{body['next'].lstrip('?')}").json()
        yield from body[rows]


CASES = {
    "page numbers with links": Case(common(PageNumberPages), "results", "page_size", follow_next),
    "offsets with links": Case(
        common(LimitOffsetPages), "results", "limit", follow_next, skip_by_size, skip_by_rows
    ),
    "cursors in links": Case(common(CursorLinkPages), "results", "page_size", follow_next),
    "the Link header": Case(
        common(LinkHeaderPages), None, "per_page", follow_header, count_until_empty,
        count_until_short,
    ),
    "page numbers": Case(
        common(TotalPagesEnvelope), "data", "per_page", count_pages("total_pages"),
        count_further_pages("total_pages"), count_until_empty, count_until_short,
    ),
    "offsets": Case(
        common(OffsetEnvelope), "items", "limit", skip_by_size, skip_by_rows, skip_further_rows,
        skip_up_to_total,
    ),
    "cursors": Case(common(BodyCursor), "items", "limit", send_cursor),
    "last ids": Case(
        common(LastIdList), "data", "limit", send_last_id, send_last_id_until_empty
    ),
    "no pages": Case(common(SingleListing), None, "limit"),
    "Pluggy": Case(
        pluggy("/transactions"), "results", "pageSize", count_pages("totalPages"),
        count_further_pages("totalPages"), count_until_empty,
    ),
    "Pluggy v2": Case(pluggy("/v2/transactions"), "results", None, follow_query),
    "Belvo": Case(belvo, "results", "page_size", follow_next),
}  # fmt: skip
FEWER = settings(max_examples=settings.default.max_examples // 5)  # since there are many loops
LOOPS = [(name, loop) for name, case in CASES.items() for loop in case.loops]


def identify(row):
    return str(row.get("id"))


@pytest.mark.parametrize(
    ("name", "loop"), LOOPS, ids=[f"{name}-{loop.__name__}" for name, loop in LOOPS]
)
@FEWER
@given(data=st.data())
def test_each_row_comes_once(name, loop, data):
    """Whatever the loop, the size of the dataset and that of a page: every row comes once."""
    case = CASES[name]
    size = data.draw(st.integers(1, 500), label="page size")
    total = data.draw(st.integers(0, min(2500, MOST_PAGES * size)), label="rows")
    dialect, path, params, headers, expected = case.make(total, size)
    asked = {} if case.size is None else {case.size: size}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mount(dialect, URL, mock)
        with requests.Session() as session, warnings.catch_warnings():
            warnings.simplefilter("ignore", PossiblyTruncated)
            session.headers.update(headers)
            session.mount(f"{URL}/", PaginatingAdapter())

            def get(url, **given):
                own = {**params, **given} if url is None else given
                response = session.get(url or f"{URL}{path}", params=own)
                response.raise_for_status()
                return response

            rows = list(loop(get, case.rows, asked))
    assert sorted(map(identify, expected)) == sorted(map(identify, rows))
