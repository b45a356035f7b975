"""A listing of twenty-five rows on three pages."""

from __future__ import annotations

import pytest
import responses

from requests_paginate.sandbox import TotalPagesEnvelope
from requests_paginate.testing import mount
from tests.unit.listing.api import URL


@pytest.fixture
def api():
    """25 rows on 3 pages with total_pages, and the number of requests."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        dialect = TotalPagesEnvelope(total=25, page_size=10)
        counter = mount(dialect, URL, mock)
        yield dialect, counter


@pytest.fixture
def rows(api):
    return list(api[0].rows())
