"""The sandbox's providers over real TLS."""

from __future__ import annotations

import pytest

from requests_paginate import PaginatedSession
from requests_paginate.sandbox import Combined, serve
from tests.contract.laws.providers import BELVO, PLUGGY


@pytest.fixture(scope="module")
def provider():
    with serve(Combined(dialects=(PLUGGY, BELVO))) as server:
        yield server


@pytest.fixture
def session(provider):
    provider.requests.clear()
    with PaginatedSession() as session:
        session.verify = provider.ca_file
        yield session
