"""A session for Pluggy (https://docs.pluggy.ai): its base URL, authentication, and what it refuses.

Sources: Pluggy's OpenAPI description of 2026-07-18 (OAS), https://docs.pluggy.ai/docs/rate-limits
(RL), https://docs.pluggy.ai/en/docs/reference/basic-concepts.md (BC).
"""

from __future__ import annotations

import copy
import ssl
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import requests

import requests_paginate
from requests_paginate.providers.base import (
    ProviderSession,
    are_pairs,
    keep_params,
    list_query,
    read_arguments,
    read_variable,
)
from requests_paginate.providers.pluggy_auth import BASE_URL, PluggyAuth
from requests_paginate.providers.pluggy_rows import Account, Transaction

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
        allow_http: As in `PaginatedSession`.
        tls_minimum: The same.
        pool_maxsize: The same.

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
        allow_http: bool = False,
        tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        pool_maxsize: int = 32,
    ) -> None:
        super().__init__(
            base_url or read_variable("PLUGGY_API_URL") or BASE_URL,
            allow_http=allow_http,
            tls_minimum=tls_minimum,
            pool_maxsize=pool_maxsize,
        )
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
        params = keep_params(request.params)
        ids, others = _take_ids(params)
        if ids is not None:
            request = copy.copy(request)
            request.params = _put_ids(others, ids)
        return super().prepare_request(request)

    def request_all(
        self, method: str, url: str, params: Any = None, **options: Any
    ) -> requests_paginate.Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`.

        `params={"ids": [...]}` may name more than the 500 transactions that one request takes:
        the listing then continues from one request's ids to the next ones', in their order.

        Args:
            method: The HTTP method.
            url: A path such as `/v2/transactions`, or a whole URL of Pluggy, such as the
                `createdTransactionsLinkV2` of a webhook.
            params: As for `requests_paginate.get_all`.
            **options: The same.

        Raises:
            UnsafeLink: The URL is not Pluggy's.
            ValueError: `ids` is empty, or one of them is.
        """
        params = _write_times(keep_params(params))
        ids, others = _take_ids(params)
        if ids is None:
            return super().request_all(method, url, params, **options)
        # copies: what is changed after the call is not what was asked for
        kept = {n: copy.copy(v) if isinstance(v, (dict, list)) else v for n, v in options.items()}
        starts = range(0, len(ids), _MOST_IDS)
        calls = [{**kept, "params": _put_ids(others, ids[at : at + _MOST_IDS])} for at in starts]
        if len(calls) == 1:
            return super().request_all(method, url, **calls[0])
        from requests_paginate._listing.chain import ListingChain

        return ListingChain(partial(super().request_all, method, url), calls, ids)

    def explain_refusal(self, response: requests.Response) -> str:
        """Return what to do about a status that Pluggy answers instead of a page."""
        status, path = response.status_code, self.find_path(response.url)
        if status == 410 and path == "/transactions":
            return (
                "Pluggy removes GET /transactions by the end of 2026: list /v2/transactions "
                "instead, with dateFrom for from and dateTo for to, and without page and pageSize"
            )
        if status == 429:
            return _explain_limit(response)
        if status == 400 and path.startswith("/v2/"):
            return _explain_v2(response, path)
        if status in (401, 403):
            return self._explain_key(response)
        return ""

    def _explain_key(self, response: requests.Response) -> str:
        auth = self.auth
        if not isinstance(auth, PluggyAuth):
            return "check the session's own auth, which sends no key of PluggyAuth"
        if auth.is_connect_token:
            return "a connect token lives for 30 minutes and reads one item: make a new one"
        if not response.history:
            return "check the X-API-KEY that the call or the session has in its headers"
        return "a new apiKey was refused as well: check that this client may read what it asks for"


def _write_times(params: Any) -> Any:
    """Return params with times in ISO 8601, as Pluggy compares them; requests writes a blank."""

    def write(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    if isinstance(params, Mapping):
        return {name: write(value) for name, value in params.items()}
    return [(name, write(value)) for name, value in params] if are_pairs(params) else params


def _take_ids(params: Any) -> tuple[list[str] | None, Any]:
    """Return the ids of a query, each once, and the other parameters; None for no ids.

    Raises:
        ValueError: There are none, or one is empty: without ids Pluggy lists every transaction.
    """
    is_mapping = isinstance(params, Mapping)
    pairs = list(params.items()) if is_mapping else params
    if not are_pairs(pairs):
        return None, params  # a text is sent as it is
    found = [value for name, value in pairs if name in ("ids", b"ids") and value is not None]
    if not found:
        return None, params
    ids = [text.strip() for given in found for text in _list_texts(given)]
    if not ids or "" in ids:
        raise ValueError(
            "ids: expected at least one, and none that is empty; without ids Pluggy lists every "
            "transaction"
        )
    others = [(name, value) for name, value in pairs if name not in ("ids", b"ids")]
    return list(dict.fromkeys(ids)), dict(others) if is_mapping else others


def _list_texts(given: Any) -> list[str]:
    if isinstance(given, bytes):
        given = given.decode("utf-8", "replace")
    if isinstance(given, str):
        return given.split(",")
    if isinstance(given, Iterable) and not isinstance(given, Mapping):
        return [text for each in given for text in _list_texts(each)]
    if isinstance(given, (int, UUID)):
        return [str(given)]
    raise TypeError(f"ids: expected texts, got {type(given).__name__}")


def _put_ids(others: Any, ids: list[str]) -> Any:
    pair = ("ids", ",".join(ids))
    return {**others, pair[0]: pair[1]} if isinstance(others, dict) else [*others, pair]


def _explain_limit(response: requests.Response) -> str:
    if b"BALANCE_OPEN_FINANCE_RATE_LIMIT" in response.content:
        return "this limit is the bank's and not Pluggy's: ask for the balance less often"
    reset = response.headers.get("RateLimit-Reset", "")
    seconds = f", in {reset} s" if reset.isdecimal() else ""
    return (
        "Pluggy takes so many requests a minute of each address and endpoint (360 for most): go "
        f"on when RateLimit-Reset says{seconds}, or let the listing wait with a longer deadline="
    )


def _explain_v2(response: requests.Response, path: str) -> str:
    if b"cursor" in response.content.lower():
        return (
            "a cursor does not live for ever: list anew, with createdAtFrom some time before the "
            "last row that was stored"
        )
    if path != "/v2/transactions":
        return ""
    known = _V2_PARAMETERS.replace(" and ", ", ").split(", ")
    foreign = sorted({name for name, _ in list_query(response.url, None)} - {*known})
    told = f", and not {', '.join(foreign)}" if foreign else ""
    return f"/v2/transactions takes {_V2_PARAMETERS}{told}"
