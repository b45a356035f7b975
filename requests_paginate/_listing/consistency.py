"""Notices a server that goes round in circles.

A set of everything seen, not only of the last page: a cycle of two pages is as endless as one of
one. Only digests are kept, so memory grows by a few bytes a page, and they are the same in every
process, since a listing may travel.
"""

from __future__ import annotations

from requests_paginate._listing.fingerprint import digest
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import InconsistentListing
from requests_paginate.strategies import Strategy

__all__ = [
    "RepeatGuard",
    "Totals",
]

_EMPTY_PAGES = 100  # in a row; a server that goes on like this will not stop by itself


class RepeatGuard:
    """Remembers the requests and pages of one listing."""

    def __init__(self) -> None:
        self._requests: set[str] = set()
        self._pages: set[str] = set()
        self._empty_pages = 0

    def expect_no(self, mark: str) -> None:
        """Remembers a page that an earlier listing took."""
        self._pages.add(mark)

    def knows(self, mark: str) -> bool:
        """Whether a page with this mark came before, under whatever request."""
        return mark in self._pages

    def check_empty(self, page: Page) -> None:
        """Refuses the page after too many without rows.

        Raises:
            InconsistentListing: It has none, either.
        """
        if not page.items and self._empty_pages >= _EMPTY_PAGES:
            raise InconsistentListing(f"more than {_EMPTY_PAGES} pages in a row have no rows")

    @staticmethod
    def repeated(strategy: object) -> InconsistentListing:
        """The error of a page that came before."""
        error = InconsistentListing(
            "the page has the same rows as an earlier one: the server ignores what "
            f"{strategy!r} puts into the request; pass another strategy="
        )
        error.is_repeat = True
        return error

    def check_next(self, following: PageRequest, request: PageRequest) -> None:
        """Refuses a next request that was made before.

        Raises:
            InconsistentListing: It was.
        """
        identity = _identity(following)
        if identity in self._requests or identity == _identity(request):
            raise InconsistentListing(f"the page leads back to one that was read: {following!r}")

    def note(self, page: Page, mark: str) -> None:
        """Remembers a page that was taken."""
        self._requests.add(_identity(page.request))
        if page.items:
            self._pages.add(mark)
        self._empty_pages = 0 if page.items else self._empty_pages + 1


def _identity(request: PageRequest) -> str:
    url = request.url.partition("#")[0]  # a fragment is not sent
    return digest([request.method, url, request.params, request.json, request.headers])


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
    return page.number(path) if isinstance(path, str) else None
