"""A session for Pluggy (https://docs.pluggy.ai): its base URL, authentication, and what it refuses.

Sources: Pluggy's OpenAPI description of 2026-07-18 (OAS), https://docs.pluggy.ai/docs/rate-limits
(RL), https://docs.pluggy.ai/en/docs/reference/basic-concepts.md (BC).
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from requests_paginate.providers.base import ProviderSession, read_arguments, read_names
from requests_paginate.providers.pluggy_auth import BASE_URL, PluggyAuth
from requests_paginate.providers.pluggy_rows import Account, Transaction

if TYPE_CHECKING:
    from requests_paginate._listing.listing import Listing

__all__ = ["Account", "PluggyAuth", "PluggySession", "Transaction"]

_MOST_IDS = 500  # of one request (OAS)
_V2_PARAMETERS = "accountId, ids, dateFrom, dateTo, createdAtFrom and after"


class PluggySession(ProviderSession):
    """A session that lists Pluggy: `pluggy.get_all("/v2/transactions", params={...})`.

    Every request has the JSON content type that Pluggy demands (BC), and the key of a `PluggyAuth`.
    `model=Transaction` gives rows with attributes, whose amounts are exact.

    Args:
        client_id: The `clientId` of your application; None: the variable PLUGGY_CLIENT_ID.
        client_secret: Its `clientSecret`; None: the variable PLUGGY_CLIENT_SECRET.
        connect_token: A connect token, which reads one item, instead of these two.
        base_url: Where Pluggy is; None: the variable PLUGGY_API_URL, else https://api.pluggy.ai.
        **options: Those of `PaginatedSession`.

    Raises:
        ValueError: A credential is missing, or `base_url` is no URL.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        connect_token: str | None = None,
        base_url: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(base_url or os.environ.get("PLUGGY_API_URL") or BASE_URL, **options)
        if connect_token is None:
            client_id, client_secret = read_arguments(
                "PluggySession",
                client_id=(client_id, "PLUGGY_CLIENT_ID"),
                client_secret=(client_secret, "PLUGGY_CLIENT_SECRET"),
            )
        self.headers["Content-Type"] = "application/json"
        self.auth = PluggyAuth(
            client_id,
            client_secret,
            connect_token=connect_token,
            base_url=self.base_url,
            session=self,
        )

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the request as it is sent: the ids of a list are joined by commas (OAS)."""
        params = request.params
        if isinstance(params, Mapping) and _is_list(params.get("ids")):
            request = copy.copy(request)
            request.params = {**params, "ids": ",".join(_read_ids(params["ids"]))}
        return super().prepare_request(request)

    def request_all(self, method: str, url: str, **options: Any) -> Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`.

        `params={"ids": [...]}` may name more than the 500 transactions that one request takes:
        the listing then goes on from one request's ids to the next ones', in their order.

        Args:
            method: The HTTP method.
            url: A path such as `/v2/transactions`, or a whole URL of Pluggy, such as the
                `createdTransactionsLinkV2` of a webhook.
            **options: As for `requests_paginate.get_all`.

        Raises:
            UnsafeLink: The URL is not Pluggy's.
            ValueError: `ids` is empty.
        """
        params: Any = options.get("params")
        ids = _read_ids(params.get("ids")) if isinstance(params, Mapping) else []
        if not ids:
            return super().request_all(method, url, **options)
        parts = [ids[start : start + _MOST_IDS] for start in range(0, len(ids), _MOST_IDS)]
        calls = [{**options, "params": {**params, "ids": ",".join(part)}} for part in parts]
        if len(calls) == 1:
            return super().request_all(method, url, **calls[0])
        from requests_paginate._listing.chain import ListingChain

        return ListingChain(partial(super().request_all, method, url), calls)

    def explain_refusal(self, response: requests.Response) -> str:
        """Return what to do about a status that Pluggy answers instead of a page."""
        status, path = response.status_code, urlsplit(response.url).path
        is_v2 = "/v2/" in path
        if status == 410 and path.endswith("/transactions") and not is_v2:
            return (
                "Pluggy removes GET /transactions by the end of 2026: list /v2/transactions "
                "instead, with dateFrom for from and dateTo for to, and without page and pageSize"
            )
        if status == 429:
            return _explain_limit(response)
        if status == 400 and is_v2:
            return _explain_v2(response)
        if status in (401, 403):
            if getattr(self.auth, "is_connect_token", False):
                return "a connect token lives for 30 minutes and reads one item: make a new one"
            return (
                "a new apiKey was refused as well: check that this client may read what it asks for"
            )
        return ""


def _read_ids(given: Any) -> list[str]:
    """Return the ids of a list, or of a text with commas, each once."""
    if given is None:
        return []
    ids = list(dict.fromkeys(map(str, given if _is_list(given) else str(given).split(","))))
    if ids in ([], [""]):
        raise ValueError("ids: expected at least one; without ids Pluggy lists every transaction")
    return ids


def _is_list(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))


def _explain_limit(response: requests.Response) -> str:
    if b"BALANCE_OPEN_FINANCE_RATE_LIMIT" in response.content:
        return "this limit is the bank's and not Pluggy's: ask for the balance less often"
    reset = response.headers.get("RateLimit-Reset", "")
    seconds = f", in {reset} s" if reset.isdecimal() else ""
    return (
        "Pluggy takes so many requests a minute of each address and endpoint (360 for most): go "
        f"on when RateLimit-Reset says{seconds}, or let the listing wait with a longer deadline="
    )


def _explain_v2(response: requests.Response) -> str:
    if b"cursor" in response.content.lower():
        return (
            "a cursor does not live for ever: list anew, with createdAtFrom some time before the "
            "last row that was stored"
        )
    known = {name.strip() for name in _V2_PARAMETERS.replace(" and ", ",").split(",")}
    foreign = sorted(set(read_names(response.url, None)) - known)
    told = f", and not {', '.join(foreign)}" if foreign else ""
    return f"/v2/transactions takes {_V2_PARAMETERS}{told}"
