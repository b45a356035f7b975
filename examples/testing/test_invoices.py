"""Tests of the client in `invoices.py`: each mounts an API, in one line, and needs no network.

The fixtures come from the plugin that `pip install 'requests-paginate[testing]'` brings.
"""

from __future__ import annotations

import warnings

import pytest
from invoices import URL, Invoice, copy_invoices, list_invoices, sum_unpaid

from requests_paginate import PaginatedSession, dialects
from requests_paginate.exceptions import ListingChanged, PageFailed

ROWS = [{"id": f"in_{n}", "amount": 100, "paid": n % 2 == 0} for n in range(250)]


@pytest.fixture
def session():
    """The session that the application makes."""
    with PaginatedSession() as session:
        yield session


def test_every_page_is_read(mock_listing, session):
    """250 invoices are three pages, and half of them are unpaid."""
    api = mock_listing(URL, ROWS, dialects.STRIPE)
    assert 125 * 100 == sum_unpaid(session, customer="c_1")
    assert 3 == len(api.requests)
    assert {"c_1"} == {request.parameter("customer") for request in api.requests}


def test_an_empty_account(mock_listing, session):
    """A customer without invoices owes nothing."""
    mock_listing(URL, [], dialects.STRIPE)
    assert 0 == sum_unpaid(session)


def test_a_busy_server_costs_time_and_no_row(mock_listing, skipped_waits, session):
    """A 429 on page 3 is waited for, as long as the server asks; the test does not wait."""
    mock_listing(URL, ROWS, dialects.STRIPE, faults={3: 429}, retry_after=30)
    assert 250 == len(list(list_invoices(session)))
    assert [30] == skipped_waits


def test_a_page_that_is_cut_is_read_again(mock_listing, skipped_waits, session):
    """A body that ends in its middle is no page."""
    api = mock_listing(URL, ROWS, dialects.STRIPE, faults={2: "truncated"})
    assert 125 * 100 == sum_unpaid(session)
    assert (4, 1) == (len(api.requests), len(skipped_waits))


def test_a_cursor_that_expires(mock_listing, session):
    """If the API forgets its cursor after page 1, the copy begins again, and is whole."""
    api = mock_listing(URL, ROWS, dialects.STRIPE, faults={2: "expired"})
    store: dict[str, Invoice] = {}
    copy_invoices(session, store)
    assert [row["id"] for row in ROWS] == list(store)
    assert 5 == len(api.requests)


def test_an_invoice_on_two_pages(mock_listing, session):
    """The last invoice of page 1 that comes again on page 2 is counted once."""
    mock_listing(URL, ROWS, dialects.STRIPE, faults={2: "repeated"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ListingChanged)
        assert 125 * 100 == sum_unpaid(session)


def test_an_api_that_refuses_us(mock_listing, session):
    """A 403 is not tried again, and no half of a sum is returned."""
    api = mock_listing(URL, ROWS, dialects.STRIPE, faults={2: 403})
    with pytest.raises(PageFailed, match="403"):
        sum_unpaid(session)
    assert 2 == len(api.requests)


def test_links_of_the_real_sandbox(tls_sandbox, session):
    """Pluggy and Belvo answer over TLS on this machine, for code that opens its own sockets."""
    session.verify, session.trust_env = tls_sandbox.ca_file, False
    links = session.get_all(f"{tls_sandbox.url}/api/links/", auth=tls_sandbox.belvo_auth)
    assert sorted(tls_sandbox.belvo.link_ids) == sorted(link["id"] for link in links)
