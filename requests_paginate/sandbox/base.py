"""The base of the common dialects: rows that are easy to count, and strict parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

from requests_paginate.sandbox.data import Dataset, Row
from requests_paginate.sandbox.messages import (
    Refusal,
    Request,
    Response,
    encode_list,
    json_response,
    parse_number,
    with_parameter,
    without_parameter,
)

__all__ = ["Items", "link"]

LARGEST_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Items(ABC):
    """Numbered rows, `{"id": 1, "name": "Item 1"}` and so on, listed at one path.

    Attributes:
        total: How many rows there are; their ids count from 1.
        page_size: Rows of a page if the client does not say.
        path: The only path that is answered.
    """

    total: int
    page_size: int = 100
    path: str = "/items"

    def knows(self, path: str) -> bool:
        """Return whether `path` is the path of the listing."""
        return path == self.path

    def rows(self) -> tuple[Row, ...]:
        """Return all rows, as a client decodes them."""
        return self._dataset.copies()

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        try:
            if not self.knows(request.path):
                raise self.refusal(404, "Not found.")
            if request.method not in {"GET", "HEAD"}:
                raise self.refusal(405, f'Method "{request.method}" not allowed.')
            return self.answer(request)
        except Refusal as refusal:
            return refusal.response

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer a GET of the path."""

    def refusal(self, status: int, message: str) -> Refusal:
        """Make the exception that answers with an error in the dialect's own shape."""
        return Refusal(json_response({"detail": message}, status=status))

    def slice(self, start: int, size: int) -> bytes:
        """Return up to `size` rows from index `start` as one JSON array."""
        return encode_list(self._dataset.encoded[start : start + size])

    def number(self, request: Request, name: str, default: int, *, least: int = 1) -> int:
        """Read a parameter that must be a number of at least `least`; raise a 400 if it is not."""
        text = request.parameter(name)
        if text is None:
            return default
        number = parse_number(text)
        if number < least:
            raise self.refusal(400, f"{name} must be a number of at least {least}.")
        return number

    def size(self, request: Request, name: str) -> int:
        """Read the page size; one above the maximum counts as the maximum."""
        return min(self.number(request, name, self.page_size), LARGEST_PAGE)

    def pages(self, size: int) -> int:
        """Return how many pages of `size` rows there are."""
        return -(-self.total // size)

    @cached_property
    def _dataset(self) -> Dataset:
        return Dataset(make=_item, count=self.total)


def link(request: Request, **parameters: int | str | None) -> str:
    """Return the absolute URL of the request with parameters set, or removed if None."""
    query = request.query
    for name, value in parameters.items():
        query = (
            without_parameter(query, name)
            if value is None
            else with_parameter(query, name, str(value))
        )
    return f"{request.url}?{query}" if query else request.url


def _item(index: int) -> Row:
    return {"id": index + 1, "name": f"Item {index + 1}"}
