"""A session for Belvo (https://developers.belvo.com): its environments, its secrets, and its rules.

Sources: Belvo's OpenAPI description 1.223.0 (OAS); "Pagination and filtering" in its documentation
(DOC); the belvo-python SDK, whose names of environments and whose variable these are (SDK).
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

import requests_paginate
from requests_paginate._transport.origins import Origin
from requests_paginate.exceptions import PaginationWarning, warn
from requests_paginate.providers.base import (
    ProviderSession,
    keep_params,
    list_query,
    read_arguments,
    read_variable,
)
from requests_paginate.providers.belvo_filters import filters
from requests_paginate.providers.belvo_rows import Account, Link, Transaction

__all__ = [
    "ENVIRONMENTS", "Account", "BelvoAuth", "BelvoSession", "Link", "Transaction", "filters",
]  # fmt: skip

ENVIRONMENTS = {
    "sandbox": "https://sandbox.belvo.com",
    "development": "https://development.belvo.com",
    "production": "https://api.belvo.com",
}
"""The names of Belvo's environments, and where they are (SDK)."""

_LARGEST_PAGE = 1000  # rows (DOC); a larger page_size counts as this
# Lists that want a link (OAS: required; DOC: strongly recommended).
_OF_A_LINK = re.compile(r"/api/(?:transactions|bills|br/[^/]+)")


class BelvoAuth(HTTPBasicAuth):
    """HTTP Basic with Belvo's secrets, for requests to one origin alone.

    Args:
        secret_id: Your secret's id.
        secret_password: Your secret's password.
        base_url: The environment that they belong to.
    """

    def __init__(self, secret_id: str, secret_password: str, *, base_url: str) -> None:
        # bytes: requests would write text in Latin-1, and fail at what is not in it
        super().__init__(secret_id.encode(), secret_password.encode())
        self._origin = Origin.of(base_url)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the secrets to a request, if that goes to Belvo."""
        is_own = self._origin.includes(request.url)
        return super().__call__(request) if is_own else request  # type: ignore[no-untyped-call]


class BelvoSession(ProviderSession):
    """A session that lists Belvo: `belvo.get_all("/api/transactions/", params=filters(...))`.

    A listing asks for pages of 1,000 rows, the largest ones, unless its `params` say otherwise.
    `filters` builds the params, and `model=Transaction` gives rows with attributes.

    Args:
        secret_id: Your secret's id; None: the variable BELVO_SECRET_ID.
        secret_password: Its password; None: the variable BELVO_SECRET_PASSWORD.
        environment: "sandbox", "development", "production", or the URL of another one; None: the
            variable BELVO_API_URL, which holds one of these, else "sandbox".
        allow_http: As in `PaginatedSession`.
        tls_minimum: The same.
        pool_maxsize: The same.

    Raises:
        ValueError: A secret is missing, or there is no such environment.
    """

    def __init__(
        self,
        secret_id: str | None = None,
        secret_password: str | None = None,
        *,
        environment: str | None = None,
        allow_http: bool = False,
        tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        pool_maxsize: int = 32,
    ) -> None:
        super().__init__(
            _find_environment(environment or read_variable("BELVO_API_URL") or "sandbox"),
            allow_http=allow_http,
            tls_minimum=tls_minimum,
            pool_maxsize=pool_maxsize,
        )
        secret_id, secret_password = read_arguments(
            "BelvoSession",
            secret_id=(secret_id, "BELVO_SECRET_ID"),
            secret_password=(secret_password, "BELVO_SECRET_PASSWORD"),
        )
        self.auth = BelvoAuth(secret_id, secret_password, base_url=self.base_url)

    def request_all(
        self, method: str, url: str, params: Any = None, **options: Any
    ) -> requests_paginate.Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`.

        Args:
            method: The HTTP method.
            url: A path such as `/api/transactions/`, or a whole URL of this environment.
            params: As for `requests_paginate.get_all`; `page_size` is 1000 unless they, the URL or
                the session say otherwise.
            **options: As for `requests_paginate.get_all`.

        Raises:
            UnsafeLink: The URL is not of this environment.
        """
        params = keep_params(params)
        if isinstance(method, str) and method.upper() == "GET" and hasattr(url, "strip"):
            own = self.params if isinstance(self.params, Mapping) else None
            query = list_query(None, keep_params(own)) + list_query(url, params)
            _warn_of_what_is_missing(self.find_path(self.complete_url(url)), query, options)
            if "page_size" not in dict(query):
                params = _add_page_size(params)
        return super().request_all(method, url, params, **options)

    def explain_refusal(self, response: requests.Response) -> str:
        """Return what to do about a status that Belvo answers instead of a page."""
        if b"consent_without_accounts" in response.content:
            return "the user's consent names no account: ask for another consent"
        return {
            401: f"check the secrets, and that they are of this environment, {self.base_url}",
            403: "check that these secrets may read this resource, and that the link is theirs",
            404: "check the path, which ends with a slash, and the ids in it",
            408: "the institution did not answer in time: list again later",
            428: (
                "the institution asks for a token: send it with session.patch(), to the same "
                "path, with the `session` and `link` of this answer, and list again"
            ),
        }.get(response.status_code, "")


def _find_environment(named: str) -> str:
    if not isinstance(named, str):
        raise TypeError(f"environment: expected a string, got {type(named).__name__}")
    if (known := ENVIRONMENTS.get(named.lower())) is not None:
        return known
    if "://" in named:
        return named
    raise ValueError(
        f"environment: expected one of {', '.join(map(repr, ENVIRONMENTS))} or a URL, got {named!r}"
    )


def _add_page_size(params: Any) -> Any:
    """Return params with the largest page size, in the form in which they came."""
    if params is None or isinstance(params, Mapping):
        return {**(params or {}), "page_size": _LARGEST_PAGE}
    if isinstance(params, bytes):
        return params + f"&page_size={_LARGEST_PAGE}".encode()
    if isinstance(params, str):
        return f"{params}&page_size={_LARGEST_PAGE}"
    # what is no list is refused by the listing
    return [*params, ("page_size", _LARGEST_PAGE)] if isinstance(params, list) else params


def _warn_of_what_is_missing(
    path: str, query: Sequence[tuple[str, Any]], options: Mapping[str, Any]
) -> None:
    """Warn of a list without a link, of a page size that shrinks, and of rows without their id."""
    given = {name: value for name, value in query if value not in (None, "", b"", [], ())}
    if _OF_A_LINK.fullmatch(path) and not given.keys() & {"link", "link__in"}:
        warn(
            "no link in params: Belvo requires it for this list, or strongly recommends it; pass "
            "params={'link': ...} with the id of one",
            PaginationWarning,
        )
    size = str(given.get("page_size", ""))
    if size.isdecimal() and int(size) > _LARGEST_PAGE:
        warn(
            f"page_size: Belvo takes at most {_LARGEST_PAGE}, so the pages are smaller than the "
            f"{size} rows asked for",
            PaginationWarning,
        )
    has_no_id = "fields" in given and "id" not in _list_names(given["fields"])
    if options.get("key") == "id" and (has_no_id or "id" in _list_names(given.get("omit"))):
        warn(
            "fields= or omit= leaves the id out, by which key='id' tells rows apart: ask for it",
            PaginationWarning,
        )


def _list_names(given: Any) -> list[str]:
    return given.split(",") if isinstance(given, str) else list(map(str, given or ()))
