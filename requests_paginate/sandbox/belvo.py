"""Belvo as a pure function: its envelope, its links, its filters and its errors.

Sources: https://developers.belvo.com, "Pagination and filtering" (DOC); Belvo's OpenAPI
description 1.223.0 (OAS); Django REST framework, whose envelope it is (DRF).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from requests_paginate.sandbox.belvo_data import belvo_account, belvo_link, belvo_transaction
from requests_paginate.sandbox.belvo_filters import UnreadableFilter, passes_filter
from requests_paginate.sandbox.data import ADDED, Dataset, Row, identifier
from requests_paginate.sandbox.messages import (
    Refusal,
    Request,
    Response,
    encode,
    encode_list,
    json_response,
    parse_number,
    with_parameter,
)

__all__ = ["Belvo"]

LARGEST_PAGE = 1000
RESOURCES = ("links", "accounts", "transactions")
# The parameters that a list understands besides the names of its fields.
CONTROLS = ("page", "page_size", "fields", "omit", "link")


@dataclass(frozen=True, kw_only=True)
class Belvo:
    """The Belvo API with some links, their accounts and transactions.

    It answers `GET` of `/api/links/`, `/api/accounts/`, `/api/transactions/` and of `{id}/` below
    each, if the request carries the secrets as HTTP Basic.

    Attributes:
        transactions: How many transactions *each* link has, newest first. They belong to its
            accounts in turn. 3,542 is the count in DOC's example.
        accounts: How many accounts each link has.
        links: How many links there are.
        seed: What the ids follow from; another seed gives other ids.
        page_size: Rows of a page if the client does not say (DOC: 100).
        secret_id: The user name for HTTP Basic.
        secret_password: The password for HTTP Basic.

    Example:
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
    accounts: int = 3
    links: int = 2
    seed: int = 7
    page_size: int = 100
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

    def knows(self, path: str) -> bool:
        """Return whether `path` is one of Belvo's paths, with or without the last slash."""
        _, *parts = path.split("/")
        return parts[:1] == ["api"] and parts[1:2] != [] and parts[1] in RESOURCES

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        try:
            return self._read(request)
        except Refusal as refusal:
            return refusal.response

    @cached_property
    def _links(self) -> Dataset:
        return Dataset(make=partial(belvo_link, seed=self.seed), count=self.links)

    @cached_property
    def _accounts(self) -> Dataset:
        return Dataset(make=self._account, count=self.links * self.accounts)

    def _account(self, index: int) -> Row:
        link, account = divmod(index, self.accounts)
        return belvo_account(account, seed=self.seed, link_id=self.link_ids[link])

    @cached_property
    def _transactions(self) -> dict[str, Dataset]:
        return {
            link_id: Dataset(make=partial(self._transaction, number), count=self.transactions)
            for number, link_id in enumerate(self.link_ids)
        }

    def _transaction(self, link: int, index: int) -> Row:
        account = self._accounts.rows[link * self.accounts + index % self.accounts]
        return belvo_transaction(index, seed=self.seed, account=account)

    def _read(self, request: Request) -> Response:
        if not self.knows(request.path):
            raise _make_refusal(request, 404, "not_found", "Not found")
        if not request.path.endswith("/"):
            # Django's APPEND_SLASH redirects before any view; whether Belvo does was not verified.
            query = f"?{request.query}" if request.query else ""
            raise Refusal(Response(status=301, headers=(("Location", f"{request.path}/{query}"),)))
        if not self._is_authorized(request):
            raise _make_refusal(request, 401, "authentication_failed", "Invalid Secret Keys")
        if request.method not in {"GET", "HEAD"}:
            raise _make_refusal(request, 405, "method_not_allowed", "Method not allowed")
        _, _, resource, *rest, _ = request.path.split("/")
        if rest:
            return self._read_one(request, resource, "/".join(rest))
        return self._read_list(request, resource)

    def _is_authorized(self, request: Request) -> bool:
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        try:
            pair = base64.b64decode(sent, validate=True)
        except ValueError:
            return False
        expected = f"{self.secret_id}:{self.secret_password}"
        return scheme.lower() == "basic" and hmac.compare_digest(pair, expected.encode())

    def _read_one(self, request: Request, resource: str, name: str) -> Response:
        datasets = {
            "links": (self._links,),
            "accounts": (self._accounts,),
            "transactions": self._transactions.values(),
        }[resource]
        for dataset in datasets:
            position = dataset.positions.get(name)
            if position is not None:
                return json_response(_encode_rows(request, dataset, [position])[0])
        raise _make_refusal(request, 404, "not_found", "Not found")

    def _read_list(self, request: Request, resource: str) -> Response:
        """Answer a list (DOC): count, next, previous, results; a page size is at most 1000."""
        dataset = self._dataset(request, resource)
        found = _find_positions(request, dataset, resource)
        size = _read_page_size(request, self.page_size)
        text = request.parameter("page")
        page = 1 if text is None else parse_number(text)
        start = (page - 1) * size
        if page < 1 or (page > 1 and start >= len(found)):
            raise _make_refusal(request, 404, "not_found", "Invalid page.")
        shown = found[start : start + size]
        body: dict[str, Any] = {
            "count": len(found),
            "next": _make_link(request, page + 1) if start + size < len(found) else None,
            # DOC writes page=1 into the link to the first page; DRF would leave it out.
            "previous": _make_link(request, page - 1) if page > 1 else None,
            "results": encode_list(_encode_rows(request, dataset, shown)),
            "added_field": ADDED,
        }
        return json_response(body)

    def _dataset(self, request: Request, resource: str) -> Dataset:
        if resource == "links":
            return self._links
        if resource == "accounts":
            return self._accounts
        link = request.parameter("link")
        if not link:
            message = "This query parameter is required."
            raise _make_refusal(request, 400, "required", message, name="link")
        return self._transactions.get(link, Dataset(make=lambda index: {"id": index}, count=0))


def _make_refusal(
    request: Request, status: int, code: str, message: str, *, name: str | None = None
) -> Refusal:
    """Make Belvo's error (OAS): a list of `{code, message, request_id, field?}`."""
    error = {
        "code": code,
        "message": message,
        "request_id": identifier(0, f"{request.method} {request.path}?{request.query}", status),
    }
    if name is not None:
        error["field"] = name
    return Refusal(json_response([error], status=status))


def _read_page_size(request: Request, default: int) -> int:
    # DRF, PageNumberPagination.get_page_size: what is no number above 0 counts as not sent.
    size = parse_number(request.parameter("page_size") or "")
    return min(size if size > 0 else default, LARGEST_PAGE)


def _make_link(request: Request, page: int) -> str:
    """Return a link to a page (DOC): the caller's parameters in their order, then page."""
    return f"{request.url}?{with_parameter(request.query, 'page', str(page))}"


def _find_positions(request: Request, dataset: Dataset, resource: str) -> Sequence[int]:
    # A transaction has no field `link`; the parameter chose the dataset. A link has none either.
    handled = CONTROLS if resource == "transactions" else CONTROLS[:-1]
    positions: Sequence[int] = range(dataset.count)
    for name, text in request.parameters:
        if name not in handled:
            positions = _apply_filter(request, dataset, positions, name, text)
    return positions


def _apply_filter(
    request: Request, dataset: Dataset, positions: Sequence[int], name: str, text: str
) -> Sequence[int]:
    try:
        return [at for at in positions if passes_filter(dataset.rows[at], name, text)]
    except UnreadableFilter as error:
        raise _make_refusal(request, 400, "invalid", str(error), name=name) from None


def _encode_rows(request: Request, dataset: Dataset, positions: Sequence[int]) -> list[bytes]:
    """Encode rows (DOC): `fields` keeps, `omit` drops fields of the first level, by commas."""
    fields = request.parameter("fields")
    omitted = set((request.parameter("omit") or "").split(","))
    if fields is None and omitted == {""}:
        return [dataset.encoded[position] for position in positions]
    wanted = None if fields is None else set(fields.split(","))
    return [
        encode(
            {
                name: value
                for name, value in dataset.rows[position].items()
                if (wanted is None or name in wanted) and name not in omitted
            }
        )
        for position in positions
    ]
