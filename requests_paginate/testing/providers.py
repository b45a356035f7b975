"""Pluggy and Belvo, mounted on `responses` at their real addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import responses

from requests_paginate.sandbox.belvo import Belvo
from requests_paginate.sandbox.pluggy import Pluggy
from requests_paginate.testing.mounting import mount

__all__ = [
    "BELVO_URL",
    "PLUGGY_URL",
    "BelvoSandbox",
    "PluggySandbox",
    "mount_belvo",
    "mount_pluggy",
]

PLUGGY_URL = "https://api.pluggy.ai"
BELVO_URL = "https://sandbox.belvo.com"


@dataclass(frozen=True, kw_only=True)
class PluggySandbox:
    """Pluggy, mounted on `responses`.

    Attributes:
        url: Where it is mounted; the paths of the API follow it.
        dialect: The dialect that answers, with its credentials and its rows.
        requests: How many requests came for each path.
    """

    url: str
    dialect: Pluggy
    requests: Counter[str]

    @property
    def headers(self) -> dict[str, str]:
        """The headers that authenticate a request."""
        return {"X-API-KEY": self.dialect.api_key}


@dataclass(frozen=True, kw_only=True)
class BelvoSandbox:
    """Belvo, mounted on `responses`.

    Attributes:
        url: Where it is mounted; the paths of the API follow it.
        dialect: The dialect that answers, with its credentials and its rows.
        requests: How many requests came for each path.
    """

    url: str
    dialect: Belvo
    requests: Counter[str]

    @property
    def auth(self) -> tuple[str, str]:
        """The user name and password of HTTP Basic."""
        return self.dialect.secret_id, self.dialect.secret_password


# Both use the default mock, since two mocks in one test would hide each other.


@contextmanager
def mount_pluggy() -> Iterator[PluggySandbox]:
    """Mount Pluggy at its own address; nothing else is reachable."""
    dialect = Pluggy()
    with responses.mock:
        counts = mount(dialect, PLUGGY_URL)
        yield PluggySandbox(url=PLUGGY_URL, dialect=dialect, requests=counts)


@contextmanager
def mount_belvo() -> Iterator[BelvoSandbox]:
    """Mount Belvo's sandbox at its own address; nothing else is reachable."""
    dialect = Belvo()
    with responses.mock:
        counts = mount(dialect, BELVO_URL)
        yield BelvoSandbox(url=BELVO_URL, dialect=dialect, requests=counts)
