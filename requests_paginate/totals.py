"""What the pages of one listing said about the whole, and whether they agree.

Rows come and go while a listing is read. What a page counts otherwise than those before it is told;
the end is held to the smallest total, since a cursor that goes on to older rows never comes to
those that arrived meanwhile.
"""

from __future__ import annotations

from requests_paginate._models import Page, read_number
from requests_paginate.strategies import Strategy

__all__ = ["Totals"]


class Totals:
    """The totals of rows and of pages that were told so far.

    Attributes:
        last: Rows in the whole listing, as last told.
        have_changed: Whether rows or pages were counted otherwise on the way.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self.have_changed = False
        self._least = last
        self._pages: int | None = None

    def least(self, total: int | None) -> int | None:
        """The smallest total that was told, this one included."""
        told = [each for each in (self._least, total) if each is not None]
        return min(told, default=None)

    def note(self, page: Page, strategy: Strategy) -> None:
        """Remembers what an accepted page says."""
        if page.total is not None:
            self.last, self._least = page.total, self.least(page.total)
        self._pages = _number_of_pages(page, strategy)

    def change(self, page: Page, strategy: Strategy) -> str | None:
        """What a page counts otherwise than those before it, in words; None for nothing."""
        pages = _number_of_pages(page, strategy)
        rows = len(page.items) + (page.start or 0)
        if page.total is not None and self.last not in (None, page.total):
            return f"the total changed from {self.last} to {page.total}"
        if pages is not None and self._pages not in (None, pages):
            return f"the number of pages changed from {self._pages} to {pages}"
        if page.total is not None and page.start is not None and rows > page.total:
            return f"there are {rows} rows so far, more than the total of {page.total},"
        return None


def _number_of_pages(page: Page, strategy: Strategy) -> int | None:
    path = getattr(strategy, "total_pages", None)
    return read_number(page, path) if isinstance(path, str) else None
