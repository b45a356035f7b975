"""The sandbox for your own tests: no socket, and the providers' real addresses.

`mount` puts any dialect behind `responses`; two fixtures do so with Pluggy and Belvo. Needs the
extra: `pip install requests-paginate[testing]`. Without pytest there are no fixtures, only `mount`.

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
    """What `mount` needs: a `responses.RequestsMock`, or the module `responses` itself."""

    def add(self, method: responses.BaseResponse, /) -> responses.BaseResponse:
        """Registers a response."""
        ...


def mount(dialect: Dialect, url: str, mock: Mock = responses.mock) -> Counter[str]:
    """Lets a dialect answer every request, of any method, to `url` and to what is below it.

    The rules of `responses` hold for what else is registered there: a response for one of these
    addresses that was registered *before* answers the first request and is then used up, which is
    how to make one page fail once; one registered after displaces the dialect.

    Args:
        dialect: what answers. An exception that it raises reaches the caller of requests.
        url: scheme, host and perhaps the beginning of a path, which the dialect does not see but
            which the absolute links it makes begin with.
        mock: where to mount it; it must be active when the requests are made.

    Returns:
        How many requests came for each path; it goes on counting.
    """
    counted: Counter[str] = Counter()
    mock.add(_Mounted(dialect, url.rstrip("/"), counted))
    return counted


class _Mounted(responses.CallbackResponse):
    """One registration for all methods: one per method would leave most of them unfired."""

    def __init__(self, dialect: Dialect, base: str, counted: Counter[str]) -> None:
        super().__init__("ANY", re.compile(re.escape(base) + r"(?=[/?#]|$)"), self._answer)
        self._dialect = dialect
        self._base = base
        self._counted = counted

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Tells whether the request is the dialect's, else why not."""
        if self._url_matches(self.url, str(request.url)):
            return True, ""
        return False, "URL does not match"

    def _answer(self, request: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        target = str(request.url).removeprefix(self._base).partition("#")[0]
        path, _, query = target.partition("?")
        asked = Request(
            method=str(request.method),
            path=path or "/",
            query=query,
            headers=Headers(request.headers),
            body=_content(request.body),
            origin=self._base,
        )
        self._counted[asked.path] += 1
        answer = self._dialect.respond(asked)
        body = b"" if asked.method == "HEAD" else answer.body
        return answer.status, list(answer.headers), body


def _content(body: Any) -> bytes:
    """Returns a body as it would be sent: requests keeps text, bytes, or an iterable of bytes."""
    if isinstance(body, str):
        return body.encode()
    return b"".join([body] if isinstance(body, bytes) else body or ())


@dataclass(frozen=True, kw_only=True)
class PluggySandbox:
    """Pluggy, mounted.

    Attributes:
        url: where; the paths of the API follow it.
        dialect: what answers, with its credentials and its rows.
        requests: how many requests came for each path.
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
    """Belvo, mounted.

    Attributes:
        url: where; the paths of the API follow it.
        dialect: what answers, with its credentials and its rows.
        requests: how many requests came for each path.
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

    # The default mock, not one each: two mocks in one test would hide each other.

    @pytest.fixture
    def pluggy_sandbox() -> Iterator[PluggySandbox]:
        """Pluggy at its own address, with `responses` active: nothing else can be reached."""
        dialect = Pluggy()
        with responses.mock:
            counted = mount(dialect, PLUGGY_URL)
            yield PluggySandbox(url=PLUGGY_URL, dialect=dialect, requests=counted)

    @pytest.fixture
    def belvo_sandbox() -> Iterator[BelvoSandbox]:
        """Belvo's sandbox at its own address, with `responses` active."""
        dialect = Belvo()
        with responses.mock:
            counted = mount(dialect, BELVO_URL)
            yield BelvoSandbox(url=BELVO_URL, dialect=dialect, requests=counted)

    __all__ += ["belvo_sandbox", "pluggy_sandbox"]
