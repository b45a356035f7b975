"""What the tests of the neighbours share."""

from __future__ import annotations

import pytest

from requests_paginate import PaginatedSession
from tests.loopback import LoopbackServer

from .pages import answer


@pytest.fixture
def server():
    with LoopbackServer(answer) as server:
        yield server


@pytest.fixture
def session():
    with PaginatedSession(allow_http=True) as session:
        yield session


@pytest.fixture(scope="session")
def httpserver_listen_address():
    """Where pytest-httpserver listens."""
    return "127.0.0.1", 0
