"""For every dialect of the sandbox, any size and any limits: the rows are the dataset's prefix."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace

import pytest
import requests
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import get_all
from requests_paginate.sandbox import (
    Belvo,
    BelvoDirectDebit,
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    Pluggy,
    Request,
    SingleListing,
    TotalPagesEnvelope,
)
from requests_paginate.testing import mount

URL = "https://api.test"
MOST_PAGES = 30  # of one example; more would only take longer
PROPERTY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def common(kind):
    def make(total, size):
        dialect = kind(total=total, page_size=size)
        return dialect, {"url": f"{URL}/items"}, list(dialect.rows())

    return make


@functools.lru_cache(maxsize=8)
def pluggy(total, size):
    dialect = Pluggy(transactions=total, v2_page_size=size)
    rows = list(dialect.transaction_rows(dialect.account_ids[0]))
    return dialect, {"headers": {"X-API-KEY": dialect.api_key}}, rows


def pluggy_v1(total, size):
    dialect, options, rows = pluggy(total, 500)
    params = {"accountId": dialect.account_ids[0], "pageSize": min(size, 500)}
    return dialect, {**options, "url": f"{URL}/transactions", "params": params}, rows


def pluggy_v2(total, size):
    dialect, options, rows = pluggy(total, size)
    params = {"accountId": dialect.account_ids[0]}
    newest_first = list(get_all_pages_of(dialect, options, params))
    assert sorted(map(str, rows)) == sorted(map(str, newest_first))
    return dialect, {**options, "url": f"{URL}/v2/transactions", "params": params}, newest_first


def get_all_pages_of(dialect, options, params):
    """The v2 listing by the plainest loop over the dialect itself, without this package."""
    query = f"accountId={params['accountId']}"
    while query is not None:
        request = Request(path="/v2/transactions", query=query, headers=options["headers"])
        body = dialect.respond(request).json()
        yield from body["results"]
        query = body["next"] and body["next"].lstrip("?")


def belvo(total, size):
    dialect = Belvo(transactions=total)
    options = {
        "url": f"{URL}/api/transactions/",
        "params": {"link": dialect.link_ids[0], "page_size": size},
        "auth": (dialect.secret_id, dialect.secret_password),
    }
    return dialect, options, list(dialect.transaction_rows(dialect.link_ids[0]))


def pluggy_v2_odd(total, size):
    dialect, options, rows = pluggy_v2(total, size)
    return replace(dialect, odd_cursors=True, next_form="url"), options, rows


def direct_debit(cursors):
    def make(total, size):
        dialect = BelvoDirectDebit(total=total, page_size=size, cursors=cursors)
        return dialect, {"url": f"{URL}/account_movements"}, list(dialect.rows())

    return make


DIALECTS = {
    "pluggy": pluggy_v1,
    "pluggy v2": pluggy_v2,
    "pluggy v2, odd cursors": pluggy_v2_odd,
    "direct debit, cursor": direct_debit(cursors=True),
    "direct debit, links": direct_debit(cursors=False),
    "belvo": belvo,
    "Django REST, page number": common(PageNumberPages),
    "Django REST, limit and offset": common(LimitOffsetPages),
    "Django REST, cursor": common(CursorLinkPages),
    "Link header": common(LinkHeaderPages),
    "total pages": common(TotalPagesEnvelope),
    "offset and total": common(OffsetEnvelope),
    "body cursor": common(BodyCursor),
    "last id": common(LastIdList),
    "one page": common(SingleListing),
}


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.PossiblyTruncated")
@PROPERTY
@given(
    total=st.integers(0, 300) | st.integers(0, 2500),
    size=st.integers(1, 1200),
    max_items=st.none() | st.integers(0, 2600),
    max_pages=st.none() | st.integers(0, 12),
    stop=st.none() | st.integers(0, 2600),
)
def test_the_rows_are_the_dataset_s_prefix(name, total, size, max_items, max_pages, stop):
    """Any dataset, page size, limits and point of resuming give the same rows, in order."""
    total = min(total, size * MOST_PAGES)
    dialect, options, rows = DIALECTS[name](total, size)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        counter = mount(dialect, URL, mock)
        with requests.Session() as session:
            listing = get_all(session=session, max_items=max_items, max_pages=max_pages, **options)
            got = list(itertools.islice(listing, stop))
            cost = sum(counter.values())
            whole = got + list(get_all(session=session, resume=listing.checkpoint(), **options))
    assert rows[: len(got)] == got
    if stop is None and max_pages is None:
        assert (len(rows) if max_items is None else min(max_items, len(rows))) == len(got)
    if max_pages is not None:
        assert cost <= max_pages
    if max_items is None and max_pages is None and stop is None:
        assert listing.complete or listing.doubts  # of a usual size
    assert rows == whole
