"""The sandbox for your own tests, without a socket and at the providers' real addresses.

`mount` puts any dialect behind `responses`, and two fixtures do so with Pluggy and Belvo. This
module needs an extra: `pip install requests-paginate[testing]`. The fixtures exist only where
pytest is installed.

Example:
    In your `conftest.py`::

        pytest_plugins = ["requests_paginate.testing"]

    and in a test::

        def test_reads_every_account(pluggy_sandbox):
            accounts = get_all(
                f"{pluggy_sandbox.url}/accounts",
                params={"itemId": pluggy_sandbox.dialect.item_id},
                headers=pluggy_sandbox.headers,
            )
            assert list(pluggy_sandbox.dialect.account_rows()) == list(accounts)
            assert {"/accounts": 1} == pluggy_sandbox.requests
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import responses
from requests import PreparedRequest

from requests_paginate.sandbox.belvo import Belvo
from requests_paginate.sandbox.messages import Dialect, Headers, Request
from requests_paginate.sandbox.pluggy import Pluggy

__all__ = ["BELVO_URL", "PLUGGY_URL", "BelvoSandbox", "Mock", "PluggySandbox", "mount"]

PLUGGY_URL = "https://api.pluggy.ai"
BELVO_URL = "https://sandbox.belvo.com"


class Mock(Protocol):
    """What `mount` needs of a `responses.RequestsMock`, or of the module `responses` itself."""

    def add(self, method: responses.BaseResponse, /) -> responses.BaseResponse:
        """Register a response."""
        ...


def mount(dialect: Dialect, url: str, mock: Mock = responses.mock) -> Counter[str]:
    """Let a dialect answer every request, of any method, to `url` and to the paths below it.

    The rules of `responses` hold for what else is registered there. A response for one of these
    addresses that was registered *before* answers the first request and is then used up: that is
    how to make one page fail once. A response that is registered *after* displaces the dialect.

    Args:
        dialect: The dialect that answers. Its exceptions reach the caller of requests.
        url: Scheme, host and perhaps the beginning of a path. The dialect does not see it, but
            its absolute links begin with it.
        mock: Where to mount the dialect; it must be active when the requests are made.

    Returns:
        How many requests came for each path; the counter goes on counting.
    """
    counts: Counter[str] = Counter()
    mock.add(_Mounted(dialect, url.rstrip("/"), counts))
    return counts


class _Mounted(responses.CallbackResponse):
    """One registration for all methods, since one for each would leave most of them unfired."""

    def __init__(self, dialect: Dialect, base: str, counts: Counter[str]) -> None:
        super().__init__("ANY", re.compile(re.escape(base) + r"(?=[/?#]|$)"), self._answer)
        self._dialect, self._base, self._counts = dialect, base, counts

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Return whether the request is for the dialect, and if it is not, why."""
        is_ours = self._url_matches(self.url, str(request.url))
        return is_ours, "" if is_ours else "URL does not match"

    def _answer(self, request: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        target = str(request.url).removeprefix(self._base).partition("#")[0]
        path, _, query = target.partition("?")
        received = Request(
            method=str(request.method),
            path=path or "/",
            query=query,
            headers=Headers(request.headers),
            body=_encode_body(request.body),
            origin=self._base,
        )
        self._counts[received.path] += 1
        answer = self._dialect.respond(received)
        body = b"" if received.method == "HEAD" else answer.body
        return answer.status, list(answer.headers), body


def _encode_body(body: Any) -> bytes:
    """Return a body as it would be sent. In requests it is text, bytes or an iterable of bytes."""
    if isinstance(body, str):
        return body.encode()
    return b"".join([body] if isinstance(body, bytes) else body or ())


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


if importlib.util.find_spec("pytest") is not None:
    import pytest

    # Both use the default mock, since two mocks in one test would hide each other.

    @pytest.fixture
    def pluggy_sandbox() -> Iterator[PluggySandbox]:
        """Mount Pluggy at its own address; nothing else is reachable."""
        dialect = Pluggy()
        with responses.mock:
            counts = mount(dialect, PLUGGY_URL)
            yield PluggySandbox(url=PLUGGY_URL, dialect=dialect, requests=counts)

    @pytest.fixture
    def belvo_sandbox() -> Iterator[BelvoSandbox]:
        """Mount Belvo's sandbox at its own address; nothing else is reachable."""
        dialect = Belvo()
        with responses.mock:
            counts = mount(dialect, BELVO_URL)
            yield BelvoSandbox(url=BELVO_URL, dialect=dialect, requests=counts)

    __all__ += ["belvo_sandbox", "pluggy_sandbox"]
