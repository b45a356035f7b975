"""One page as a strategy reads it, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from requests_paginate._listing.earlier_pages import NO_PAGES, EarlierPages
from requests_paginate._listing.edges import NO_EDGES, Edges
from requests_paginate._listing.fingerprint import rows_of_mark
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate.exceptions import ListingChanged, PaginationWarning
from requests_paginate.strategies import Strategy

Candidate = tuple[Strategy, PageRequest]  # a strategy, and its request of the second page


class Change(NamedTuple):
    """A change of the listing while it is read: what is told, how, and whether it is a doubt."""

    text: str
    category: type[PaginationWarning] = ListingChanged
    is_doubt: bool = True


@dataclass(kw_only=True)
class Reading:
    """A page that was read, and not yet accepted.

    It is not changed. That it could be spares a fiftieth of a small page's time: each field of a
    frozen value is set by a call.

    Attributes:
        page: The page, with its rows, total and successor.
        mark: Digests of its rows and of the strategy's signals.
        edges: The ids of its first and last rows.
        earlier: What is remembered of the pages before it.
        has_changed: Whether its rows have changed since the checkpoint was made.
        may_be_first: Whether it may be the first page again, with another token.
        is_shifted: Whether it begins with the last row of the first page, and counts rows from 0.
        others: Other strategies that a first page allows, each with its next request.
        first_rows: A sample of a first page's rows, until the second page is read.
        typed_rows: The rows as the caller's models, if they were decoded from the bytes.
        exact_rows: The rows with Decimals for floats, if the model needs them and they are not
            decoded into it.
        doubts: What the page says against the whole, in words.
        doubts_before: What earlier pages said.
        contradiction: Why the page cannot be the last one, though nothing leads on from it.
    """

    page: Page
    strategy: Strategy
    mark: str
    edges: Edges = NO_EDGES
    earlier: EarlierPages = NO_PAGES
    has_changed: bool = False
    may_be_first: bool = False
    is_shifted: bool = False
    others: tuple[Candidate, ...] = ()
    first_rows: str | None = None
    typed_rows: Sequence[Any] | None = None
    exact_rows: Sequence[Any] | None = None
    doubts: tuple[str, ...] = ()
    doubts_before: tuple[str, ...] = ()
    contradiction: str | None = None

    def cut(self, rows: int) -> Reading:
        """Return the page with its first rows alone."""
        typed, exact = self.typed_rows, self.exact_rows
        return copy_with(
            self,
            page=copy_with(self.page, items=self.page.items[:rows]),
            typed_rows=None if typed is None else typed[:rows],
            exact_rows=None if exact is None else exact[:rows],
        )

    def locate(self, rows: int) -> dict[str, Any]:
        """Return the fields of a checkpoint that name a place in the page: after so many rows."""
        page = self.page
        return {
            "request": page.request, "index": page.index, "start": page.start, "rows": rows,
            "fingerprint": rows_of_mark(self.mark), "doubts": self.doubts_before,
            "earlier": self.earlier,
        }  # fmt: skip


def guess_requests(reading: Reading, following: PageRequest, most: int) -> list[PageRequest]:
    """Return the requests after a page as its strategy guesses them, or the true next one alone."""
    with suppress(Exception):  # a guess is only for speed
        guesses = [*islice(reading.strategy.guess(reading.page), most)]
        if guesses[:1] == [following]:
            return guesses
    return [following]


def find_successor(strategy: Strategy, page: Page) -> PageRequest | None:
    """Return the request after a page, as far as that page alone tells."""
    return strategy.next(copy_with(page, start=None, items=strategy.read_rows(page)))
