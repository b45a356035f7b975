"""The common dialects of pagination, one class each, over rows that are easy to count.

Each dialect answers one path. It ignores parameters that are not its own, but carries them in the
links that it makes. It sends one field that no description names, and its pages have at most 1,000
rows. It is strict about its own parameters: a page that is not a number is an error, never page 1.
"""

from __future__ import annotations

from typing import Any

from requests_paginate.sandbox.base import Items, link
from requests_paginate.sandbox.data import ADDED
from requests_paginate.sandbox.messages import (
    Refusal,
    Request,
    Response,
    cursor_for,
    json_response,
    parse_number,
    read_cursor,
)

__all__ = [
    "BodyCursor",
    "CursorLinkPages",
    "LastIdList",
    "LimitOffsetPages",
    "LinkHeaderPages",
    "OffsetEnvelope",
    "PageNumberPages",
    "SingleListing",
    "TotalPagesEnvelope",
]


class PageNumberPages(Items):
    """`?page=2&page_size=100`: count, and absolute next and previous links.

    Django REST framework, `PageNumberPagination`: a page past the end is a 404, and the link to
    the first page has no page parameter.
    """

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "page_size")
        text = request.parameter("page") or "1"
        page = parse_number(text)
        if not 1 <= page <= max(1, self.pages(size)):
            raise self.refusal(404, "Invalid page.")
        body: dict[str, Any] = {
            "count": self.total,
            "next": link(request, page=page + 1) if page < self.pages(size) else None,
            "previous": link(request, page=page - 1 if page > 2 else None) if page > 1 else None,
            "results": self.slice((page - 1) * size, size),
            "added_field": ADDED,
        }
        return json_response(body)


class LimitOffsetPages(Items):
    """`?limit=100&offset=200`: count, and absolute next and previous links.

    Django REST framework, `LimitOffsetPagination`: an offset past the end is an empty page.
    """

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "limit")
        offset = self.number(request, "offset", 0, least=0)
        following, preceding = offset + size, offset - size
        previous = link(request, limit=size, offset=preceding if preceding > 0 else None)
        body: dict[str, Any] = {
            "count": self.total,
            "next": link(request, limit=size, offset=following) if following < self.total else None,
            "previous": previous if offset > 0 else None,
            "results": self.slice(offset, size),
            "added_field": ADDED,
        }
        return json_response(body)


class CursorLinkPages(Items):
    """`?cursor=cD0xMDA=`: absolute next and previous links, and no count.

    Django REST framework, `CursorPagination`: the cursor is `p=<position>`, going back `r=1&p=`.
    """

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "page_size")
        cursor = request.parameter("cursor")
        start = 0 if cursor is None else self._start(cursor, size)
        end = min(start + size, self.total)
        following, preceding = cursor_for(f"p={end}"), cursor_for(f"r=1&p={start + 1}")
        body: dict[str, Any] = {
            "next": link(request, cursor=following) if end < self.total else None,
            "previous": link(request, cursor=preceding) if start > 0 else None,
            "results": self.slice(start, size),
            "added_field": ADDED,
        }
        return json_response(body)

    def _start(self, cursor: str, size: int) -> int:
        direction, _, position = (read_cursor(cursor) or "").rpartition("p=")
        if direction not in {"", "r=1&"} or position not in self._dataset.positions:
            raise self.refusal(404, "Invalid cursor")
        # The row that a cursor names is never on the page; it stands just before or just after.
        return int(position) if direction == "" else max(0, int(position) - 1 - size)


class LinkHeaderPages(Items):
    """`?page=2&per_page=100`: a bare list, and a `Link` header (RFC 8288), as GitHub's.

    https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api: prev and
    first from the second page on, next and last on every page but the last, and no header where
    one page holds all rows.
    """

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "per_page")
        page = self.number(request, "page", 1)
        last = self.pages(size)
        relations: dict[str, int] = {}
        if page > 1:
            relations["prev"] = page - 1
        if page < last:
            relations |= {"next": page + 1, "last": last}
        if page > 1:
            relations["first"] = 1
        header = ", ".join(
            f'<{link(request, page=number)}>; rel="{relation}"'
            for relation, number in relations.items()
        )
        rows = self.slice((page - 1) * size, size)
        return json_response(rows, headers=[("Link", header)] if header else [])


class TotalPagesEnvelope(Items):
    """`?page=2&per_page=100`: page, per_page, total, total_pages and data, and no link."""

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "per_page")
        page = self.number(request, "page", 1)
        body: dict[str, Any] = {
            "page": page,
            "per_page": size,
            "total": self.total,
            "total_pages": self.pages(size),
            "data": self.slice((page - 1) * size, size),
            "added_field": ADDED,
        }
        return json_response(body)


class OffsetEnvelope(Items):
    """`?offset=200&limit=100`: offset, limit, total and items."""

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "limit")
        offset = self.number(request, "offset", 0, least=0)
        body: dict[str, Any] = {
            "offset": offset,
            "limit": size,
            "total": self.total,
            "items": self.slice(offset, size),
            "added_field": ADDED,
        }
        return json_response(body)


class BodyCursor(Items):
    """`?cursor=…&limit=100`: items, and a next cursor with a has-more flag under `meta`."""

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "limit")
        cursor = request.parameter("cursor")
        start = 0
        if cursor is not None:
            position = (read_cursor(cursor) or "").removeprefix("after:")
            if position not in self._dataset.positions:
                raise self.refusal(400, "Invalid cursor.")
            start = int(position)
        end = start + size
        more = end < self.total
        meta = {"next_cursor": cursor_for(f"after:{end}") if more else None, "has_more": more}
        body: dict[str, Any] = {
            "items": self.slice(start, size),
            "meta": meta | {"added_field": ADDED},
            "added_field": ADDED,
        }
        return json_response(body)


class LastIdList(Items):
    """`?starting_after=100&limit=100`: the id of the last row is the cursor, as Stripe's.

    https://docs.stripe.com/api/pagination and, for the shape of errors,
    https://docs.stripe.com/api/errors.
    """

    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""
        size = self.size(request, "limit")
        after = request.parameter("starting_after")
        if after is not None and after not in self._dataset.positions:
            raise self.refusal(400, "No such item.")
        start = 0 if after is None else int(after)
        body: dict[str, Any] = {
            "object": "list",
            "url": self.path,
            "has_more": start + size < self.total,
            "data": self.slice(start, size),
            "added_field": ADDED,
        }
        return json_response(body)

    def refusal(self, status: int, message: str) -> Refusal:
        """Make the exception that answers with an error in Stripe's shape."""
        error = {"type": "invalid_request_error", "message": message}
        return Refusal(json_response({"error": error}, status=status))


class SingleListing(Items):
    """A bare list of all rows, whatever is asked for: it has no pages."""

    def answer(self, request: Request) -> Response:  # noqa: ARG002 - no parameter is its own
        """Answer a GET of the path."""
        return json_response(self.slice(0, self.total))
