"""Belvo's Direct Debit API of Mexico, which paginates otherwise than the rest of Belvo.

Source (DOC): https://developers.belvo.com/products/payments_mexico/direct-debit-cursor-based-pagination.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from requests_paginate.sandbox.base import Items
from requests_paginate.sandbox.data import ADDED
from requests_paginate.sandbox.messages import (
    Request,
    Response,
    cursor_for,
    encode,
    json_response,
    read_cursor,
    with_parameter,
)

__all__ = ["BelvoDirectDebit"]


@dataclass(frozen=True, kw_only=True)
class BelvoDirectDebit(Items):
    """`/account_movements?limit=20`, with a cursor or, as it was before, with links and metadata.

    The rows are the numbered ones of the common dialects. No key is asked for.

    Attributes:
        total: How many rows there are; their ids count from 1.
        page_size: Rows of a page if the client does not say (DOC's example: 20).
        path: The only path that is answered.
        cursors: Whether a page has `pagination.nextCursorToken`; else it has the deprecated
            `_links.next`, a path in a text and not an object, and `metadata`.
    """

    total: int = 250
    page_size: int = 20
    path: str = "/account_movements"
    cursors: bool = True

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        return self._answer_cursor(request) if self.cursors else self._answer_links(request)

    def _answer_cursor(self, request: Request) -> Response:
        """Answer with tokens; the request sends one under the name that it came with (DOC)."""
        size = self.size(request, "limit")
        token = request.parameter("nextCursorToken")
        if token is None:
            token = request.parameter("previousCursorToken")
        start = 0 if token is None else self._read_start(token)
        before = max(0, start - size)
        body: dict[str, Any] = {
            "items": self.slice(start, size),
            "pagination": {
                "nextCursorToken": _make_token(start + size) if start + size < self.total else None,
                "previousCursorToken": _make_token(before) if start > 0 else None,
            },
            "added_field": ADDED,
        }
        return json_response(body)

    def _read_start(self, token: str) -> int:
        # DOC's example decodes to a JSON object with the id of a row.
        text = (read_cursor(token) or "").removeprefix('{"id":').removesuffix("}")
        if text not in self._dataset.positions:
            raise self.refusal(400, "Invalid cursor token")
        return int(text) - 1

    def _answer_links(self, request: Request) -> Response:
        """Answer with links and metadata; that `next` ends as an empty text is not documented."""
        size = self.size(request, "limit")
        page = self.number(request, "page", 1)
        last = self.pages(size)

        def link(number: int) -> str:
            query = with_parameter(request.query, "page", str(number))
            return f"{request.path}?{query}" if 1 <= number <= last else ""

        rows = max(0, min(size, self.total - (page - 1) * size))
        body: dict[str, Any] = {
            "items": self.slice((page - 1) * size, size),
            "_links": {
                "first": link(1),
                "last": link(last),
                "next": link(page + 1),
                "previous": link(page - 1),
            },
            "metadata": {
                "totalItems": self.total,
                "itemCount": rows,
                "itemsPerPage": size,
                "totalPages": last,
                "currentPage": page,
            },
            "added_field": ADDED,
        }
        return json_response(body)


def _make_token(start: int) -> str:
    return cursor_for(encode({"id": start + 1}).decode())
