"""An authority for servers of TLS, and its file."""

from __future__ import annotations

import functools

import pytest
import urllib3.connection

from tests.contract.faults.tls import (
    LAX_CIPHERS,
)
from tests.loopback import Authority


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    return authority.write(tmp_path_factory.mktemp("authority") / "ca.pem")


@pytest.fixture
def lax_openssl(monkeypatch):
    """OpenSSL's own security level would also refuse old versions; without it only a floor does."""
    make = functools.partial(urllib3.connection.create_urllib3_context, ciphers=LAX_CIPHERS)
    monkeypatch.setattr("urllib3.connection.create_urllib3_context", make)
