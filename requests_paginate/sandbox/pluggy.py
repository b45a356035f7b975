"""Pluggy as a pure function: both of its ways to paginate, its filters and its errors.

Sources, cited below by their initials: OAS, Pluggy's OpenAPI description; SDK, the pluggy-sdk on
PyPI, generated from a newer one; BC, https://docs.pluggy.ai/en/docs/reference/basic-concepts.md;
AUTH, https://docs.pluggy.ai/reference/authentication.

What no source says is decided here, and a comment says so: do not take it for Pluggy's word.
"""

from __future__ import annotations

import hmac
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from requests_paginate.sandbox.data import ADDED, Dataset, Row, identifier
from requests_paginate.sandbox.messages import (
    Refusal,
    Request,
    Response,
    cursor_for,
    encode_list,
    json_response,
    read_cursor,
    with_parameter,
)
from requests_paginate.sandbox.pluggy_data import pluggy_account, pluggy_transaction
from requests_paginate.sandbox.pluggy_parameters import (
    Test,
    make_refusal,
    make_tests,
    read_number,
    read_required,
)

__all__ = ["Pluggy"]

V2_PARAMETERS = ("accountId", "ids", "dateFrom", "dateTo", "createdAtFrom", "after")


@dataclass(frozen=True, kw_only=True)
class Pluggy:
    """The Pluggy API with one item, its accounts and their transactions.

    It answers `POST /auth` and, if the request carries the API key, `GET` of `/accounts`,
    `/accounts/{id}`, `/transactions`, `/transactions/{id}` and `/v2/transactions`. A missing or
    wrong key is a 403.

    Attributes:
        transactions: How many transactions *each* account has, newest first.
        accounts: How many accounts the item has.
        seed: What the ids follow from; another seed gives other ids.
        v2_page_size: Rows of a page of `/v2/transactions`, which the client cannot choose.
        deprecated: Whether `/transactions` answers 410, as it does for more and more API keys (OAS:
            to be removed on 2026-12-31).
        client_id: The `clientId` that `/auth` expects.
        client_secret: The `clientSecret` that `/auth` expects.
        api_key: The key that `/auth` gives, and that the other paths expect as `X-API-KEY`.

    Example:
        >>> pluggy = Pluggy(transactions=3)
        >>> request = Request(
        ...     path="/transactions",
        ...     query=f"accountId={pluggy.account_ids[0]}&pageSize=2",
        ...     headers={"X-API-KEY": pluggy.api_key},
        ... )
        >>> page = pluggy.respond(request).json()
        >>> page["total"], page["totalPages"], page["page"], len(page["results"])
        (3, 2, 1, 2)
    """

    transactions: int = 3000
    accounts: int = 2
    seed: int = 7
    v2_page_size: int = 500
    deprecated: bool = False
    client_id: str = "sandbox-client-id"
    client_secret: str = field(default="sandbox-client-secret", repr=False)
    api_key: str = field(default="sandbox-api-key", repr=False)

    @property
    def item_id(self) -> str:
        """The id of the one item."""
        return identifier(self.seed, "pluggy item", 0)

    @cached_property
    def account_ids(self) -> tuple[str, ...]:
        """The ids of the item's accounts, in their order."""
        return tuple(self._accounts.positions)

    def account_rows(self) -> tuple[Row, ...]:
        """Return all accounts, as a client decodes them."""
        return self._accounts.copies()

    def transaction_rows(self, account_id: str) -> tuple[Row, ...]:
        """Return all transactions of an account, as a client decodes them."""
        return self._transactions[account_id].copies()

    def knows(self, path: str) -> bool:
        """Return whether `path` is one of Pluggy's paths."""
        return path in {"/auth", "/v2/transactions"} or path.split("/")[1:2] in (
            ["accounts"],
            ["transactions"],
        )

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        try:
            if request.path == "/auth":
                return self._authenticate(request)
            return self._read(request)
        except Refusal as refused:
            return refused.response

    @cached_property
    def _accounts(self) -> Dataset:
        make = partial(pluggy_account, seed=self.seed, item_id=self.item_id)
        return Dataset(make=make, count=self.accounts)

    @cached_property
    def _transactions(self) -> dict[str, Dataset]:
        return {
            account_id: Dataset(
                make=partial(pluggy_transaction, seed=self.seed, account_id=account_id),
                count=self.transactions,
            )
            for account_id in self.account_ids
        }

    def _authenticate(self, request: Request) -> Response:
        """Answer `POST /auth {"clientId", "clientSecret"}` with `{"apiKey"}` (AUTH)."""
        if request.method != "POST":
            raise make_refusal(405, "Method not allowed")
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise make_refusal(400, "The body must be a JSON object")
        sent = (str(body.get("clientId")), str(body.get("clientSecret")))
        if not all(map(_is_same, sent, (self.client_id, self.client_secret))):
            raise make_refusal(401, "Client keys are invalid", "CLIENT_KEYS_UNAUTHORIZED")
        return json_response({"apiKey": self.api_key, "addedField": ADDED})

    def _read(self, request: Request) -> Response:
        # Pluggy's Java client (ApiKeyAuthInterceptor) renews its key at 401 and at 403.
        # Of the two, this sandbox sends 403.
        if not _is_same(request.headers.get("X-API-KEY", ""), self.api_key):
            raise make_refusal(403, "Missing or invalid authorization token")
        if not self.knows(request.path):
            raise make_refusal(404, "No such endpoint")
        if request.method not in {"GET", "HEAD"}:
            raise make_refusal(405, "Method not allowed")
        lists = {
            "/accounts": self._list_accounts,
            "/transactions": self._list_transactions,
            "/v2/transactions": self._list_transactions_v2,
        }
        if request.path in lists:
            return lists[request.path](request)
        return self._read_one(request)

    def _read_one(self, request: Request) -> Response:
        _, resource, *rest = request.path.split("/")
        datasets = [self._accounts] if resource == "accounts" else self._transactions.values()
        for dataset in datasets:
            position = dataset.positions.get("/".join(rest))
            if position is not None:
                return json_response(dataset.encoded[position])
        raise make_refusal(404, "No such row")

    def _list_accounts(self, request: Request) -> Response:
        """Answer all accounts as page 1: the envelope has page numbers, the request none (OAS)."""
        item_id = read_required(request, "itemId")
        kind = request.parameter("type")
        rows = [
            encoded
            for row, encoded in zip(self._accounts.rows, self._accounts.encoded, strict=True)
            if row["itemId"] == item_id and kind in {None, row["type"]}
        ]
        return _make_envelope(rows, total=len(rows), total_pages=1 if rows else 0, page=1)

    def _list_transactions(self, request: Request) -> Response:
        """Answer a numbered page (BC); pageSize is 1 to 500, by default 500 (SDK).

        No source says what `totalPages` of an empty listing is (here 0), or how a page past the
        end is answered (here with 200 and no rows).
        """
        if self.deprecated:
            message = "This endpoint is deprecated, use GET /v2/transactions"
            raise make_refusal(410, message, "ENDPOINT_DEPRECATED")
        dataset = self._dataset(request)
        page = read_number(request, "page", default=1)
        size = read_number(request, "pageSize", default=500, maximum=500)
        found = _find_positions(dataset, make_tests(request, "from", "to"))
        rows = [dataset.encoded[position] for position in found[(page - 1) * size : page * size]]
        return _make_envelope(rows, total=len(found), total_pages=-(-len(found) // size), page=page)

    def _list_transactions_v2(self, request: Request) -> Response:
        """Answer a page whose `next` is a ready query string or null.

        Source: SDK, `CursorPageResponseTransactions`. The page size is fixed and any other
        parameter is a 400, as third parties measured. The cursor is a keyset of date and id; that
        is what SDK's example decodes to.
        """
        unknown = sorted({name for name, _ in request.parameters} - {*V2_PARAMETERS})
        if unknown:
            raise make_refusal(400, f"Unknown parameters: {', '.join(unknown)}")
        if request.parameter("createdAtFrom") and request.parameter("dateFrom"):
            raise make_refusal(400, "createdAtFrom and dateFrom exclude each other")
        dataset = self._dataset(request)
        found = _find_positions(dataset, make_tests(request, "dateFrom", "dateTo"))
        start = 0
        after = request.parameter("after")
        if after is not None:
            position = dataset.positions.get((read_cursor(after) or "").partition("|")[2])
            if position is None or after != _make_cursor(dataset.rows[position]):
                raise make_refusal(400, "Invalid cursor")
            start = bisect_right(found, position)
        shown = found[start : start + self.v2_page_size]
        following = None
        if start + len(shown) < len(found):
            cursor = _make_cursor(dataset.rows[shown[-1]])
            following = "?" + with_parameter(request.query, "after", cursor)
        rows = encode_list(dataset.encoded[position] for position in shown)
        return json_response({"results": rows, "next": following, "addedField": ADDED})

    def _dataset(self, request: Request) -> Dataset:
        # An unknown account has no rows; /transactions answers 200 for it, as third parties saw.
        return self._transactions.get(
            read_required(request, "accountId"), Dataset(make=lambda index: {"id": index}, count=0)
        )


def _is_same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())


def _make_cursor(row: Row) -> str:
    return cursor_for(f"{row['date']}|{row['id']}")


def _make_envelope(rows: Sequence[bytes], **numbers: int) -> Response:
    body: dict[str, Any] = {
        "total": numbers["total"],
        "totalPages": numbers["total_pages"],
        "page": numbers["page"],
        "results": encode_list(rows),
        "addedField": ADDED,
    }
    return json_response(body)


def _find_positions(dataset: Dataset, wanted: Sequence[Test]) -> Sequence[int]:
    if not wanted:
        return range(dataset.count)
    return [
        position for position, row in enumerate(dataset.rows) if all(test(row) for test in wanted)
    ]
