"""The server's side of a strategy: from a request to its rows, from rows to what leads on.

There is one class for each kind of built-in strategy (`counts`, `links`, `cursors`), and it knows
nothing but the strategy's fields. A position that it did not give, or that stands where the
strategy would not send it, is refused: a mock that answered with the first page would hide the
error of a client.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from requests_paginate._paths import ABSENT, is_count
from requests_paginate.sandbox.messages import cursor_for, read_cursor, with_parameter
from requests_paginate.strategies import Strategy
from requests_paginate.testing.asks import Ask, refuse
from requests_paginate.testing.bodies import PageWriter

__all__ = ["Paging", "Served"]

AnyStrategy = TypeVar("AnyStrategy", bound=Strategy)


@dataclass(frozen=True, kw_only=True)
class Served:
    """One page as it is served.

    Attributes:
        ask: What was asked.
        start: The position of the first row, as the request has it.
        begin: The index of the first row, which a repeated row moves by one.
        end: The index after the last row.
        size: The rows of a full page.
        total: How many rows the listing has.
        has_more: Whether rows follow.
    """

    ask: Ask
    start: int
    begin: int
    end: int
    size: int
    total: int
    has_more: bool


class Paging(ABC, Generic[AnyStrategy]):
    """How a server paginates that one strategy reads."""

    # The fields of the strategy with paths, and whether an inserted row moves all positions.
    paths: ClassVar[tuple[str, ...]] = ()
    counts = False
    limit: str | None = None

    def __init__(self, strategy: AnyStrategy, rows: Sequence[Any]) -> None:
        self.strategy, self.rows = strategy, rows
        self.place: Any = getattr(strategy.items, "path", ABSENT)
        if not (self.place is None or isinstance(self.place, str)):
            raise TypeError("dialect: expected a path in items=, not what reads them")
        self.total_path = getattr(strategy.total, "path", None)
        self.written = [self.total_path] if self.total_path else []
        for name in (*self.paths, "more"):
            field = getattr(strategy, name, None)
            self.written += [field.lstrip("!")] if isinstance(field, str) else field or ()

    def find_size(self, ask: Ask, largest: int) -> int:
        """Return how many rows the page has at most."""
        return ask.read_size(self.limit, largest)

    def find_status(self, page: Served) -> int:  # noqa: ARG002 - the interface
        """Return the status of a page."""
        return 200

    @abstractmethod
    def find_start(self, ask: Ask, size: int) -> int:
        """Return the index of the first row that is asked for; refuse what is not understood."""

    @abstractmethod
    def write(self, page: Served, writer: PageWriter) -> None:
        """Write what leads to the next page."""

    def write_counts(self, page: Served, writer: PageWriter) -> None:
        """Write the total and the flag, where the strategy reads them."""
        if self.total_path is not None:
            writer.put(self.total_path, page.total)
        if (more := self.strategy.more) is not None:
            writer.put(more.lstrip("!"), page.has_more is not more.startswith("!"))

    def make_link(self, page: Served, name: str, value: str) -> str:
        """Return the absolute URL of the request with one parameter set."""
        request = page.ask.request
        return f"{request.url}?{with_parameter(request.query, name, value)}"

    def write_token(self, index: int) -> str:
        """Return the token of a position."""
        return cursor_for(f"row:{index}")

    def read_token(self, token: Any, name: str) -> int:
        """Return the position of a token; refuse one that was not given."""
        text = read_cursor(token) if isinstance(token, str) else None
        kind, _, index = (text or "").partition(":")
        if kind != "row" or not is_count(index) or int(index) > len(self.rows):
            raise refuse(f"{name!r} is no cursor of this listing")
        return int(index)
