"""What the tests of both providers share."""

from __future__ import annotations

import pytest
import responses

VARIABLES = (
    "PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET", "PLUGGY_API_URL",
    "BELVO_SECRET_ID", "BELVO_SECRET_PASSWORD", "BELVO_API_URL",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mock():
    """Answers for the addresses of the providers."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
