"""Belvo as a pure function: its envelope, its links, its filters and its errors.

Sources: https://developers.belvo.com, "Pagination and filtering" (DOC); Belvo's OpenAPI
description 1.223.0 (OAS).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial

from requests_paginate.sandbox.belvo_data import (
    belvo_account,
    belvo_link,
    belvo_payment,
    belvo_transaction,
)
from requests_paginate.sandbox.belvo_errors import link_refusal, make_refusal
from requests_paginate.sandbox.belvo_pages import answer_page, encode_rows, read_page
from requests_paginate.sandbox.belvo_retrieve import check_session, make_retrieval, read_body
from requests_paginate.sandbox.data import NO_ROWS, Dataset, Row
from requests_paginate.sandbox.messages import Refusal, Request, Response, json_response

__all__ = ["Belvo"]

ROOTS = {
    "/api/links": "links",
    "/api/accounts": "accounts",
    "/api/transactions": "transactions",
    "/payments/br/transactions": "payments",
}
INDEX = "/api/"  # what belvo-python asks for to log in


@dataclass(frozen=True, kw_only=True)
class Belvo:
    """The Belvo API with some links, their accounts and transactions.

    It answers `GET` of `/api/links/`, `/api/accounts/`, `/api/transactions/`,
    `/payments/br/transactions/` and of `{id}/` below each, and the retrieve calls `POST` and
    `PATCH` of accounts and transactions, if the request carries the secrets as HTTP Basic. An
    unknown link has no transactions, and is a 200.

    Attributes:
        transactions: How many transactions *each* link has at first, newest first. They belong to
            its accounts in turn. 3,542 is the count in DOC's example.
        inserted: How many came later, at the front; see `Changing`.
        deleted: The ids of the transactions that are gone.
        accounts: How many accounts each link has.
        links: How many links there are.
        payments: How many payments there are.
        seed: What the ids follow from; another seed gives other ids.
        page_size: Rows of a page if the client does not say (DOC: 100).
        link_errors: What is wrong with each link, in their order: a code such as
            `"token_required"` (428) or `"request_timeout"` (408), or None. The retrieve calls and
            the lists of that link's accounts and transactions answer with it. All codes are in
            `belvo_errors.ERRORS`.
        error_page: The page from which a list answers with its link's error.
        denied: The resources that the secrets have no right to, such as `"accounts"`: a 403.
        secret_id: The user name for HTTP Basic.
        secret_password: The password for HTTP Basic.

    Examples:
        >>> belvo = Belvo()
        >>> request = Request(
        ...     path="/api/transactions/",
        ...     query=f"link={belvo.link_ids[0]}&page_size=1000",
        ...     headers={"Authorization": belvo.authorization},
        ... )
        >>> page = belvo.respond(request).json()
        >>> page["count"], page["previous"], len(page["results"])
        (3542, None, 1000)
        >>> page["next"].partition("&")[2]
        'page_size=1000&page=2'
    """

    transactions: int = 3542
    inserted: int = 0
    deleted: frozenset[str] = frozenset()
    accounts: int = 3
    links: int = 2
    payments: int = 250
    seed: int = 7
    page_size: int = 100
    link_errors: tuple[str | None, ...] = ()
    error_page: int = 1
    denied: tuple[str, ...] = ()
    secret_id: str = field(default="sandbox-secret-id")
    secret_password: str = field(default="sandbox-secret-password", repr=False)

    @property
    def authorization(self) -> str:
        """The `Authorization` header that is expected (RFC 7617)."""
        pair = f"{self.secret_id}:{self.secret_password}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    @cached_property
    def link_ids(self) -> tuple[str, ...]:
        """The ids of the links, in their order."""
        return tuple(self._links.positions)

    @cached_property
    def account_ids(self) -> tuple[str, ...]:
        """The ids of all accounts, in their order; those of the first link come first."""
        return tuple(self._accounts.positions)

    def link_rows(self) -> tuple[Row, ...]:
        """Return all links, as a client decodes them."""
        return self._links.copies()

    def account_rows(self) -> tuple[Row, ...]:
        """Return all accounts, as a client decodes them."""
        return self._accounts.copies()

    def transaction_rows(self, link_id: str) -> tuple[Row, ...]:
        """Return all transactions of a link, as a client decodes them."""
        return self._transactions[link_id].copies()

    def payment_rows(self) -> tuple[Row, ...]:
        """Return all payments, as a client decodes them."""
        return self._payments.copies()

    def newest(self, count: int) -> frozenset[str]:
        """Return the ids of the newest transactions, so many of each link."""
        datasets = self._transactions.values()
        return frozenset(name for dataset in datasets for name in dataset.newest(count))

    @staticmethod
    def refuse_excess(request: Request) -> Refusal:
        """Make the 429 for `RateLimited`; neither limits nor this body are documented."""
        return make_refusal(request, "too_many_requests")

    def knows(self, path: str) -> bool:
        """Return whether `path` is one of Belvo's paths, with or without the last slash."""
        return path == INDEX or _find_root(path) is not None

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            return refusal.response

    @cached_property
    def _links(self) -> Dataset:
        return Dataset(make=self._link, count=self.links)

    def _link(self, index: int) -> Row:
        status = {"token_required": "token_required", "invalid_link": "invalid"}
        error = self._error_of(index)
        return belvo_link(index, seed=self.seed, status=status.get(error or "", "valid"))

    def _error_of(self, link: int) -> str | None:
        return self.link_errors[link] if link < len(self.link_errors) else None

    @cached_property
    def _accounts(self) -> Dataset:
        return Dataset(make=self._account, count=self.links * self.accounts)

    def _account(self, index: int) -> Row:
        link, account = divmod(index, self.accounts)
        return belvo_account(account, seed=self.seed, link_id=self.link_ids[link])

    @cached_property
    def _transactions(self) -> dict[str, Dataset]:
        return {
            link_id: Dataset(
                make=partial(self._transaction, number),
                count=self.transactions,
                inserted=self.inserted,
                deleted=self.deleted,
            )
            for number, link_id in enumerate(self.link_ids)
        }

    def _transaction(self, link: int, index: int) -> Row:
        account = self._accounts.rows[link * self.accounts + index % self.accounts]
        return belvo_transaction(index, seed=self.seed, account=account)

    @cached_property
    def _payments(self) -> Dataset:
        return Dataset(make=partial(belvo_payment, seed=self.seed), count=self.payments)

    def _answer(self, request: Request) -> Response:
        if not self.knows(request.path):
            raise make_refusal(request, "not_found")
        if not request.path.endswith("/"):
            # Django's APPEND_SLASH redirects before any view; whether Belvo does was not verified.
            query = f"?{request.query}" if request.query else ""
            raise Refusal(Response(status=301, headers=(("Location", f"{request.path}/{query}"),)))
        if not self._is_authorized(request):
            raise make_refusal(request, "authentication_failed")
        root = _find_root(request.path)
        if root is None:
            return json_response({name: f"{request.origin}{path}/" for path, name in ROOTS.items()})
        resource, name = ROOTS[root], request.path.removeprefix(root).strip("/")
        if resource in self.denied:
            raise make_refusal(request, "access_to_resource_denied")
        if request.method in {"GET", "HEAD"}:
            read = self._read_one if name else self._read_list
            return read(request, resource)
        if request.method in {"POST", "PATCH"} and resource in {"accounts", "transactions"}:
            return self._retrieve(request, resource)
        raise make_refusal(request, "method_not_allowed")

    def _is_authorized(self, request: Request) -> bool:
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        try:
            pair = base64.b64decode(sent, validate=True)
        except ValueError:
            return False
        expected = f"{self.secret_id}:{self.secret_password}"
        return scheme.lower() == "basic" and hmac.compare_digest(pair, expected.encode())

    def _read_one(self, request: Request, resource: str) -> Response:
        datasets: dict[str, Iterable[Dataset]] = {
            "links": (self._links,),
            "accounts": (self._accounts,),
            "transactions": self._transactions.values(),
            "payments": (self._payments,),
        }
        name = request.path.removesuffix("/").rpartition("/")[2]
        for dataset in datasets[resource]:
            position = dataset.find(name)
            if position is not None:
                return json_response(encode_rows(request, dataset, [position])[0])
        raise make_refusal(request, "not_found")

    def _read_list(self, request: Request, resource: str) -> Response:
        link = request.parameter("link")
        if resource == "transactions" and not link:
            message = "This query parameter is required."
            raise make_refusal(request, "required", message, names=["link"])
        position = self._links.find(link or "")
        if resource in {"accounts", "transactions"} and position is not None:
            error = self._error_of(position)
            if error is not None and read_page(request) >= self.error_page:
                raise link_refusal(request, error, link or "")
        dataset = {
            "links": self._links,
            "accounts": self._accounts,
            "transactions": self._transactions.get(link or "", NO_ROWS),
            "payments": self._payments,
        }[resource]
        # A transaction has no field `link`; the parameter chose the dataset.
        handled = ["link"] if resource == "transactions" else []
        return answer_page(request, dataset, default_size=self.page_size, handled=handled)

    def _retrieve(self, request: Request, resource: str) -> Response:
        required = ["link"]
        if request.method == "PATCH":
            required = ["session", "link"]
        elif resource == "transactions":
            required = ["link", "date_from", "date_to"]
        body = read_body(request, required)
        link = str(body["link"])
        position = self._links.find(link)
        if position is None:
            message = f"Object with id={link} does not exist."
            raise make_refusal(request, "does_not_exist", message, names=["link"])
        check_session(request, body, self._error_of(position))
        if resource == "transactions":
            return make_retrieval(request, self._transactions[link], body)
        return make_retrieval(request, self._accounts_of(position), body)

    def _accounts_of(self, link: int) -> Dataset:
        first = link * self.accounts
        return Dataset(make=lambda index: self._account(first + index), count=self.accounts)


def _find_root(path: str) -> str | None:
    return next((root for root in ROOTS if f"{path}/".startswith(f"{root}/")), None)
