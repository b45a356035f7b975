"""Pluggy as a pure function: both of its ways to paginate, its filters and its errors.

Sources, cited below by their initials: OAS, Pluggy's OpenAPI description; SDK, the pluggy-sdk on
PyPI, generated from a newer one; AUTH, https://docs.pluggy.ai/en/docs/authentication; RL,
https://docs.pluggy.ai/docs/rate-limits.

What no source says is decided here, and a comment says so: do not take it for Pluggy's word.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from functools import cached_property, partial

from requests_paginate.sandbox.data import ADDED, NO_ROWS, Dataset, Row, identifier
from requests_paginate.sandbox.messages import (
    Refusal,
    Request,
    Response,
    encode_list,
    json_response,
)
from requests_paginate.sandbox.pluggy_data import (
    pluggy_account,
    pluggy_balance,
    pluggy_category,
    pluggy_item,
    pluggy_transaction,
)
from requests_paginate.sandbox.pluggy_pages import (
    NextForm,
    answer_cursor_page,
    answer_numbered_page,
    make_envelope,
    refuse_unknown_parameters,
)
from requests_paginate.sandbox.pluggy_parameters import make_refusal, read_required

__all__ = ["Pluggy"]

WHOLE_PATHS = ("/auth", "/connect_token", "/categories", "/v2/items", "/v2/transactions")
RESOURCES = ("accounts", "items", "transactions")


@dataclass(frozen=True, kw_only=True)
class Pluggy:
    """The Pluggy API with one item, its accounts and their transactions.

    It answers `POST /auth` and, if the request carries the API key, `POST /connect_token` and
    `GET` of `/accounts`, `/accounts/{id}`, `/accounts/{id}/balance`, `/transactions`,
    `/transactions/{id}`, `/v2/transactions`, `/items/{id}`, `/v2/items` and `/categories`. A
    missing or wrong key is a 403. An unknown account has no transactions, and is a 200.

    Attributes:
        transactions: How many transactions *each* account has at first, newest first.
        inserted: How many came later, at the front; see `Changing`.
        deleted: The ids of the transactions that are gone.
        accounts: How many accounts the item has.
        seed: What the ids follow from; another seed gives other ids.
        v2_page_size: Rows of a page of `/v2/transactions`, which the client cannot choose.
        odd_cursors: Whether cursors hold `+`, `/`, `=` and `%`, which a client that decodes or
            encodes them once too often spoils: then it gets 400 "Invalid cursor".
        next_form: How `next` of v2 is written: `"query"` (SDK), `"path"` or `"url"`.
        bare_categories: Whether `/categories` is a bare array, as OAS's schema says; its example
            is an envelope.
        deprecated: Whether `/transactions` answers 410, as it does for more and more API keys (OAS:
            to be removed on 2026-12-31). For the key of the deprecated client it always does.
        balance_limited: Whether the bank lets nobody ask for balances any more: then
            `/accounts/{id}/balance` answers 429 `BALANCE_OPEN_FINANCE_RATE_LIMIT` (RL).
        json_only: Whether a request without `Content-Type: application/json` is refused.
        client_id: The `clientId` that `/auth` expects.
        deprecated_client_id: The `clientId` of a client whom v1 is gone for; same secret.
        client_secret: The `clientSecret` that `/auth` expects.
        api_key: The key that `/auth` gives, and that the other paths expect as `X-API-KEY`. It
            lives for ever, unless `ExpiringKeys` is put around it.
        deprecated_key: The key that `/auth` gives to the deprecated client.
        connect_token: What `/connect_token` gives. It is good for the item and its accounts (AUTH).

    Examples:
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
    inserted: int = 0
    deleted: frozenset[str] = frozenset()
    accounts: int = 2
    seed: int = 7
    v2_page_size: int = 500
    odd_cursors: bool = False
    next_form: NextForm = "query"
    bare_categories: bool = True
    deprecated: bool = False
    balance_limited: bool = False
    json_only: bool = False
    client_id: str = "sandbox-client-id"
    deprecated_client_id: str = "sandbox-deprecated-client-id"
    client_secret: str = field(default="sandbox-client-secret", repr=False)
    api_key: str = field(default="sandbox-api-key", repr=False)
    deprecated_key: str = field(default="sandbox-deprecated-key", repr=False)
    connect_token: str = field(default="sandbox-connect-token", repr=False)

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

    def newest(self, count: int) -> frozenset[str]:
        """Return the ids of the newest transactions, so many of each account."""
        datasets = self._transactions.values()
        return frozenset(name for dataset in datasets for name in dataset.newest(count))

    def created_transactions_link(
        self, account_id: str, created_at_from: str, *, origin: str = "https://api.pluggy.ai"
    ) -> str:
        """Return a link as a webhook's `createdTransactionsLinkV2` has it."""
        query = f"accountId={account_id}&createdAtFrom={created_at_from}"
        return f"{origin}/v2/transactions?{query}"

    def knows(self, path: str) -> bool:
        """Return whether `path` is one of Pluggy's paths."""
        return path in WHOLE_PATHS or path.split("/")[1:2] in [[each] for each in RESOURCES]

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        try:
            kind = request.headers.get("Content-Type", "").partition(";")[0]
            if self.json_only and kind != "application/json":
                # That it is demanded is documented; how a request without is answered is not.
                raise make_refusal(415, "Content-Type must be application/json")
            if request.path == "/auth":
                return self._authenticate(request)
            return self._answer(request)
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
                inserted=self.inserted,
                deleted=self.deleted,
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
        keys = {self.client_id: self.api_key, self.deprecated_client_id: self.deprecated_key}
        key = keys.get(str(body.get("clientId")))
        if key is None or not _is_same(str(body.get("clientSecret")), self.client_secret):
            raise make_refusal(401, "Client keys are invalid", "CLIENT_KEYS_UNAUTHORIZED")
        return json_response({"apiKey": key, "addedField": ADDED})

    def _answer(self, request: Request) -> Response:
        self._check_key(request)
        if not self.knows(request.path):
            raise make_refusal(404, "No such endpoint")
        if request.path == "/connect_token" and request.method == "POST":
            return json_response({"accessToken": self.connect_token, "addedField": ADDED})
        if request.path == "/connect_token" or request.method not in {"GET", "HEAD"}:
            raise make_refusal(405, "Method not allowed")
        lists = {
            "/accounts": self._list_accounts,
            "/categories": self._list_categories,
            "/transactions": self._list_transactions,
            "/v2/items": self._list_items,
            "/v2/transactions": self._list_transactions_v2,
        }
        if request.path in lists:
            return lists[request.path](request)
        return self._read_one(request)

    def _check_key(self, request: Request) -> None:
        # Pluggy's Java client (ApiKeyAuthInterceptor) renews its key at 401 and at 403.
        # Of the two, this sandbox sends 403.
        sent = request.headers.get("X-API-KEY", "")
        if _is_same(sent, self.api_key) or _is_same(sent, self.deprecated_key):
            return
        # AUTH: a connect token reads its item and the accounts of it, and nothing else.
        open_to_token = request.path in {"/accounts", f"/items/{self.item_id}"}
        if not (_is_same(sent, self.connect_token) and open_to_token):
            raise make_refusal(403, "Missing or invalid authorization token")

    def _read_one(self, request: Request) -> Response:
        _, resource, name, *rest = [*request.path.split("/"), ""]
        if resource == "accounts" and rest == ["balance", ""]:
            return self._read_balance(name)
        if resource == "items" and (name, rest) == (self.item_id, [""]):
            return json_response(pluggy_item(self.item_id))
        datasets = {"accounts": [self._accounts], "transactions": self._transactions.values()}
        for dataset in datasets.get(resource, ()):
            position = dataset.find(name)
            if position is not None and rest == [""]:
                return json_response(dataset.encoded[position])
        raise make_refusal(404, "No such row")

    def _read_balance(self, name: str) -> Response:
        position = self._accounts.find(name)
        if position is None:
            raise make_refusal(404, "No such row")
        if self.balance_limited:
            message = "The institution's limit of balance requests is reached"
            raise make_refusal(429, message, "BALANCE_OPEN_FINANCE_RATE_LIMIT")
        return json_response(pluggy_balance(self._accounts.rows[position]))

    def _list_accounts(self, request: Request) -> Response:
        """Answer all accounts as page 1: the envelope has page numbers, the request none (OAS)."""
        item_id = read_required(request, "itemId")
        kind = request.parameter("type")
        rows = [
            encoded
            for row, encoded in zip(self._accounts.rows, self._accounts.encoded, strict=True)
            if row["itemId"] == item_id and kind in {None, row["type"]}
        ]
        return make_envelope(rows, total=len(rows), total_pages=1 if rows else 0, page=1)

    def _list_categories(self, _: Request) -> Response:
        rows = Dataset(make=pluggy_category, count=5).encoded
        if self.bare_categories:
            return json_response(encode_list(rows))
        return make_envelope(rows, total=len(rows), total_pages=1, page=1)

    def _list_items(self, request: Request) -> Response:
        refuse_unknown_parameters(request, ("clientUserId", "connectorId", "after"))
        if request.parameter("after") is not None:
            raise make_refusal(400, "Invalid cursor")
        rows = [pluggy_item(self.item_id)]
        return json_response({"results": rows, "next": None, "addedField": ADDED})

    def _list_transactions(self, request: Request) -> Response:
        if self.deprecated or _is_same(request.headers["X-API-KEY"], self.deprecated_key):
            message = "This endpoint is deprecated, use GET /v2/transactions"
            # An errorId is what third parties saw in this error, and in no other.
            error_id = identifier(self.seed, "pluggy error", 410)
            raise make_refusal(410, message, "ENDPOINT_DEPRECATED", error_id=error_id)
        return answer_numbered_page(request, self._find_account(request))

    def _list_transactions_v2(self, request: Request) -> Response:
        return answer_cursor_page(
            request,
            self._find_account(request),
            size=self.v2_page_size,
            odd=self.odd_cursors,
            next_form=self.next_form,
        )

    def _find_account(self, request: Request) -> Dataset:
        # An unknown account has no rows; /transactions answers 200 for it, as third parties saw.
        return self._transactions.get(read_required(request, "accountId"), NO_ROWS)


def _is_same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())
