"""What the sessions of providers share: a base URL, and arguments from the environment."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import requests

from requests_paginate._redaction import redact_url
from requests_paginate._transport.origins import Origin
from requests_paginate._urls import is_relative
from requests_paginate.exceptions import UnsafeLink
from requests_paginate.sessions import PaginatedSession

if TYPE_CHECKING:
    from requests_paginate._listing.listing import Listing

__all__ = ["ProviderSession", "read_arguments", "read_names"]


class ProviderSession(PaginatedSession):
    """A `PaginatedSession` whose URLs may be paths below a base URL.

    Args:
        base_url: Scheme and host, and perhaps the beginning of every path.
        **options: Those of `PaginatedSession`.

    Attributes:
        base_url: The same, without a slash at its end.

    Raises:
        ValueError: `base_url` is no http(s) URL, or has a query.
    """

    __attrs__ = [*requests.Session.__attrs__, "base_url"]  # noqa: RUF012 - as requests declares it

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self.base_url = _check_base_url(base_url)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the request as it is sent, with a complete URL."""
        completed = copy.copy(request)
        completed.url = self.complete_url(request.url)
        return super().prepare_request(completed)

    def request_all(self, method: str, url: str, **options: Any) -> Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`.

        Args:
            method: The HTTP method.
            url: A path below the base URL, or a whole URL of its origin, such as a link that a
                webhook brought.
            **options: As for `requests_paginate.get_all`.

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
        return super().request_all(method, whole, **options)

    def complete_url(self, url: Any) -> Any:
        """Return a URL below the base URL; one with a scheme as it is."""
        text = url.decode() if isinstance(url, bytes) else url
        if not isinstance(text, str) or not is_relative(text.strip()):
            return url
        return f"{self.base_url}/{text.strip().lstrip('/')}"


def _check_base_url(base_url: str) -> str:
    try:
        Origin.of(base_url)
        if urlsplit(base_url).query or urlsplit(base_url).fragment:
            raise UnsafeLink("it has a query or a fragment")
    except UnsafeLink as error:
        raise ValueError(f"base_url: expected https://host, perhaps with a path: {error}") from None
    return base_url.rstrip("/")


def _find_origin(url: Any) -> Origin | None:
    """Return the origin of a URL as requests would send it; None if it would refuse it."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        return Origin.of(prepared.url or "")
    except (requests.RequestException, ValueError):
        return None  # the listing says what is wrong with it


def read_arguments(owner: str, **given: tuple[str | None, str]) -> list[str]:
    """Return each argument, or what its environment variable holds.

    Args:
        owner: Who needs them.
        **given: By the argument's name what the caller passed, and the variable's name.

    Raises:
        ValueError: Some are missing; the text names all of them.
    """
    found = {name: value or os.environ.get(variable) for name, (value, variable) in given.items()}
    missing = [f"{name} (or {given[name][1]})" for name, value in found.items() if not value]
    if missing:
        raise ValueError(
            f"{owner}: missing {' and '.join(missing)}; pass them, or set the environment "
            "variables in brackets"
        )
    return [value or "" for value in found.values()]


def read_names(url: Any, params: Any) -> Iterator[str]:
    """Yield the names of the query's parameters, of a URL and of what requests takes as params."""
    text = url.decode() if isinstance(url, bytes) else str(url)
    yield from (name for name, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True))
    if isinstance(params, Mapping):
        yield from (str(name) for name, value in params.items() if value is not None)
    elif isinstance(params, (str, bytes)):
        query = params.decode() if isinstance(params, bytes) else params
        yield from (name for name, _ in parse_qsl(query, keep_blank_values=True))
    else:
        yield from (str(name) for name, _ in params or ())
