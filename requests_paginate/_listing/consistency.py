"""Check that the pages of a listing agree: none repeats, and their totals are equal."""

from __future__ import annotations

from collections.abc import Sequence

from requests_paginate._listing.fingerprint import digest, is_alike, rows_of_mark
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import InconsistentListing
from requests_paginate.strategies import Strategy

_FEW_ROWS, _FEW_PAGES = 3, 4  # an envelope that is taken for rows has few parts
_EMPTY_PAGES = 100  # in a row; a server that goes on like this will not stop by itself


class RepeatGuard:
    """Remembers the requests and pages of one listing, and notices those that come again.

    It remembers all of them, because a cycle may be longer than one page. It keeps only digests,
    so memory grows by a few bytes per page.
    """

    def __init__(self, mark: str | None = None) -> None:
        self._requests: set[str] = set()
        self._pages: set[str] = set() if mark is None else {mark}
        self._rows = {rows_of_mark(mark) for mark in self._pages}
        self._empty_pages = 0
        self._identities: tuple[tuple[PageRequest, str], ...] = ()  # of this page and the next
        self._length = self._run = 0  # rows of the last page, and how many pages had so many

    @property
    def is_empty(self) -> bool:
        """Whether the last page had no rows."""
        return self._empty_pages > 0

    def check(
        self,
        page: Page,
        mark: str,
        strategy: Strategy,
        first_rows: str | None,
        *,
        have_identities: bool = False,
    ) -> bool:
        """Raise InconsistentListing for a page that came before, or after too many empty ones.

        Equal rows under another link or token may be data, such as readings of 0. If they have ids,
        they are the same rows again, whatever leads to them.

        Args:
            page: The page.
            mark: Its mark.
            strategy: What led to it.
            first_rows: A sample of the first page, if the name of the parameter is a guess.
            have_identities: Whether its rows have ids.

        Returns:
            Whether it may be the first page, with another token: then another name may be right.
        """
        is_first = first_rows is not None and is_alike(first_rows, page.items, mark)
        is_known = have_identities and rows_of_mark(mark) in self._rows
        # Only a token or a link that the server named may lead to equal rows; a count does not.
        is_named = strategy.ends_by_absence and not have_identities and len(page.items) > 0
        is_again = is_first and not is_named
        if mark in self._pages or is_known or is_again:
            raise describe_repeat(strategy)
        if not page.items and self._empty_pages >= _EMPTY_PAGES:
            raise InconsistentListing(f"more than {_EMPTY_PAGES} pages in a row have no rows")
        return is_first

    def check_next(self, following: PageRequest, request: PageRequest) -> None:
        """Raise InconsistentListing for a next request that was made before."""
        identity, present = _identify(following), self._find_identity(request)
        if identity in self._requests or identity == present:
            raise InconsistentListing(f"the page leads back to one that was read: {following!r}")
        self._identities = ((request, present), (following, identity))

    def check_run(self, page: Page, asked: Sequence[int]) -> None:
        """Raise where a few rows come for many asked for, page after page, and nothing ends it.

        Servers that cut the size send more rows than an envelope has parts.
        """
        rows = len(page.items)
        is_run = self._run >= _FEW_PAGES and rows == self._length and rows <= _FEW_ROWS
        if is_run and any(size > _FEW_ROWS * rows for size in asked):
            raise InconsistentListing(
                f"{rows} rows came again and again for {max(asked)} asked for, and nothing tells "
                "the end: perhaps these are no rows, but parts of an envelope; pass items= with "
                "their path, or ask for as many as come"
            )

    def remember(self, page: Page, mark: str) -> None:
        """Remember a page that was taken."""
        length = len(page.items)
        self._run = self._run + 1 if length == self._length else 1
        self._length = length
        self._requests.add(self._find_identity(page.request))
        if page.items:
            self._pages.add(mark)
            self._rows.add(rows_of_mark(mark))
        self._empty_pages = 0 if page.items else self._empty_pages + 1

    def _find_identity(self, request: PageRequest) -> str:
        """Return a request's identity, which is mostly known: it takes time to find."""
        known = (identity for each, identity in self._identities if each is request)
        return next(known, None) or _identify(request)


def describe_repeat(strategy: Strategy) -> InconsistentListing:
    """Return the error about a page that came before."""
    if strategy.ends_by_absence and not strategy.may_be_ignored:
        cause = (
            f"what {strategy!r} reads leads back to them, as where many rows are equal in what "
            "they are sorted by; ask for a unique order, or for larger pages"
        )
    else:
        cause = f"the server ignores what {strategy!r} puts into the request"
    error = InconsistentListing(
        f"the page has the same rows as an earlier one: {cause}; pass another strategy="
    )
    error.is_repeat = True
    return error


def _identify(request: PageRequest) -> str:
    url = request.url.partition("#")[0]  # a fragment is not sent
    return digest([request.method, url, request.params, request.json, request.headers])


class Totals:
    """What the pages of one listing said about the whole.

    Rows come and go while a listing is read. The end is held to the smallest total, since a cursor
    that goes on to older rows never comes to those that arrived meanwhile.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = self.least = last
        self.have_changed = False
        self._pages: int | None = None

    def least_with(self, total: int | None) -> int | None:
        """Return the smallest total that was told, this one included."""
        if total is None or (self.least is not None and self.least < total):
            return self.least
        return total

    def remember(self, page: Page, strategy: Strategy) -> None:
        """Remember what an accepted page says."""
        if page.total is not None:
            self.last, self.least = page.total, self.least_with(page.total)
        self._pages = _count_pages(page, strategy)

    def describe_change(self, page: Page, strategy: Strategy) -> str | None:
        """Return what a page counts otherwise than those before it, in words; None for nothing."""
        pages = _count_pages(page, strategy)
        rows = len(page.items) + (page.start or 0)
        if page.total is not None and self.last not in (None, page.total):
            return f"the total changed from {self.last} to {page.total}"
        if pages is not None and self._pages not in (None, pages):
            return f"the number of pages changed from {self._pages} to {pages}"
        if page.total is not None and page.start is not None and rows > page.total:
            return f"there are {rows} rows so far, more than the total of {page.total},"
        return None


def _count_pages(page: Page, strategy: Strategy) -> int | None:
    return None if strategy.total_pages is None else page.number(strategy.total_pages)
