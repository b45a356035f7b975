"""The sandbox that the command line lists."""

from __future__ import annotations

import pytest

from requests_paginate.sandbox import Combined, serve
from tests.unit.cli.invocation import (
    BELVO,
    PLUGGY,
)


@pytest.fixture(scope="module")
def server():
    with serve(Combined(dialects=(PLUGGY, BELVO))) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """The secrets in their variables; no proxy and no other certificates."""
    for name in ("ALL_PROXY", "CURL_CA_BUNDLE", "HTTPS_PROXY", "HTTP_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET", "PLUGGY_API_URL",
                 "BELVO_SECRET_ID", "BELVO_SECRET_PASSWORD", "BELVO_API_URL"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLUGGY_KEY", PLUGGY.api_key)
    monkeypatch.setenv("BELVO_SECRETS", f"{BELVO.secret_id}:{BELVO.secret_password}")
