"""What the sessions of providers share: a base URL, and arguments from the environment."""

from __future__ import annotations

import copy
import os
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

import requests_paginate
from requests_paginate._redaction import redact_url
from requests_paginate._transport.origins import Origin
from requests_paginate._urls import check_link, is_relative
from requests_paginate.exceptions import UnsafeLink
from requests_paginate.sessions import PaginatedSession

__all__ = [
    "ProviderSession", "are_pairs", "keep_params", "list_query", "read_arguments", "read_variable",
]  # fmt: skip


class ProviderSession(PaginatedSession):
    """A `PaginatedSession` whose URLs may be paths below a base URL.

    Args:
        base_url: Scheme and host, and perhaps the beginning of every path.
        allow_http: As in `PaginatedSession`.
        tls_minimum: The same.
        pool_maxsize: The same.

    Attributes:
        base_url: The same, without a slash at its end.

    Raises:
        ValueError: `base_url` is no http(s) URL, or has a query.
    """

    __attrs__ = [*requests.Session.__attrs__, "base_url"]  # noqa: RUF012 - as requests declares it

    # Named one by one, as mixins of other packages keep only what a signature names.
    def __init__(
        self,
        base_url: str,
        *,
        allow_http: bool = False,
        tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        pool_maxsize: int = 32,
    ) -> None:
        super().__init__(allow_http=allow_http, tls_minimum=tls_minimum, pool_maxsize=pool_maxsize)
        self.base_url = _check_base_url(base_url, allow_http=allow_http)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the request as it is sent, with a complete URL."""
        completed = copy.copy(request)
        completed.url = self.complete_url(request.url)
        return super().prepare_request(completed)

    def request_all(
        self, method: str, url: str, params: Any = None, **options: Any
    ) -> requests_paginate.Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`.

        Args:
            method: The HTTP method.
            url: A path below the base URL, or a whole URL of its origin, such as a link that a
                webhook brought.
            params: As for `requests_paginate.get_all`.
            **options: The same.

        Raises:
            UnsafeLink: The URL has another origin than the base URL.
        """
        whole = self.complete_url(url)
        own, origin = Origin.of(self.base_url), _find_origin(whole)
        if origin is not None and origin != own:
            raise UnsafeLink(
                f"{redact_url(str(whole))} is of another origin than {own}, where this session's "
                "credentials belong; nothing was sent"
            )
        return super().request_all(method, whole, params, **options)

    def complete_url(self, url: Any) -> Any:
        """Return a URL below the base URL; one with a scheme as it is."""
        text = url.decode() if isinstance(url, bytes) else url
        if not isinstance(text, str) or not is_relative(text.strip()):
            return url
        return f"{self.base_url}/{text.strip().lstrip('/')}"

    def find_path(self, url: str) -> str:
        """Return the path of a URL below the base URL, without a slash at its end."""
        return urlsplit(url).path.removeprefix(urlsplit(self.base_url).path).rstrip("/")


def _check_base_url(base_url: str, *, allow_http: bool) -> str:
    if not isinstance(base_url, str):
        raise TypeError(f"base_url: expected a string, got {type(base_url).__name__}")
    try:
        check_link(base_url)
        Origin.of(base_url)
        if urlsplit(base_url).query or urlsplit(base_url).fragment:
            raise UnsafeLink("it has a query or a fragment")
    except UnsafeLink as error:
        raise ValueError(f"base_url: expected https://host, perhaps with a path: {error}") from None
    if not allow_http and urlsplit(base_url).scheme.lower() == "http":
        raise ValueError(
            "base_url: http:// would send the credentials unencrypted; write https://, or pass "
            "allow_http=True where the network can be trusted"
        )
    return base_url.rstrip("/")


def _find_origin(url: Any) -> Origin | None:
    """Return the origin of a URL as requests would send it; None if it would refuse it."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
    except (requests.RequestException, ValueError):
        return None  # the listing says what is wrong with it
    return Origin.of(prepared.url or "")


def read_arguments(owner: str, **given: tuple[str | None, str]) -> list[str]:
    """Return each argument, or what its environment variable holds.

    Args:
        owner: Who needs them.
        **given: By the argument's name what the caller passed, and the variable's name.

    Raises:
        TypeError: One is no text.
        ValueError: Some are missing; the text names all of them.
    """
    for name, (value, _) in given.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name}: expected a string, got {type(value).__name__}")
    found = {name: value or read_variable(variable) for name, (value, variable) in given.items()}
    missing = [f"{name} (or {given[name][1]})" for name, value in found.items() if not value]
    if missing:
        raise ValueError(
            f"{owner}: missing {' and '.join(missing)}; pass them, or set the environment "
            "variables in brackets"
        )
    return [value or "" for value in found.values()]


def read_variable(name: str) -> str:
    """Return what an environment variable holds, without blanks at its ends; "" for nothing."""
    return os.environ.get(name, "").strip()


def keep_params(params: Any) -> Any:
    """Return a copy of params that can be read more than once: iterators become lists."""
    if isinstance(params, Mapping):
        return {n: list(v) if isinstance(v, (Iterator, list)) else v for n, v in params.items()}
    is_other = params is None or isinstance(params, (str, bytes)) or not hasattr(params, "__iter__")
    return params if is_other else list(params)


def list_query(url: Any, params: Any) -> list[tuple[str, Any]]:
    """Return names and values of a query: of a URL, and of what `keep_params` returned."""
    written = urlsplit(_decode(url or "")).query
    pairs: list[tuple[str, Any]] = [*parse_qsl(written, keep_blank_values=True)]
    if isinstance(params, (str, bytes)):
        return pairs + parse_qsl(_decode(params), keep_blank_values=True)
    if isinstance(params, Mapping):
        params = list(params.items())
    if not are_pairs(params):
        return pairs  # nothing, or what the listing refuses
    return pairs + [(_decode(name), value) for name, value in params]


def are_pairs(params: Any) -> bool:
    """Return whether these are pairs of a name and a value."""
    return isinstance(params, list) and all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in params
    )


def _decode(text: Any) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
