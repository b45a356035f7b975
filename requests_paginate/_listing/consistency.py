"""Check that the pages of a listing agree: none repeats, and their totals are equal."""

from __future__ import annotations

from collections.abc import Sequence

from requests_paginate._listing.earlier_pages import NO_PAGES, EarlierPages
from requests_paginate._listing.edges import NO_EDGES, Edges
from requests_paginate._listing.fingerprint import (
    digest,
    is_alike,
    make_checksum,
    rows_of_mark,
    signals_of_mark,
)
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import InconsistentListing
from requests_paginate.strategies import Strategy
from requests_paginate.strategies.parameters import read_sent_number

_FEWEST_IDS = 2  # a single id may be that of what the readings are of
_PAIR = 2  # rows
_FEW_ROWS, _FEW_PAGES = 3, 4  # an envelope that is taken for rows has few parts
_EMPTY_PAGES = 100  # in a row; a server that goes on like this will not stop by itself


class RepeatGuard:
    """Remembers the requests and pages of one listing, and notices those that come again.

    It remembers all of them, because a cycle may be longer than one page. It keeps only digests,
    so memory grows by a few bytes per page.
    """

    def __init__(self, mark: str | None = None, earlier: EarlierPages = NO_PAGES) -> None:
        """Take the mark of the page before, and what a checkpoint tells of the earlier ones."""
        self._requests: set[str] = set()
        self._pages: set[str] = set() if mark is None else {mark}
        self._rows = {earlier.first_rows, earlier.last_rows, *map(rows_of_mark, self._pages)}
        self._ids = {earlier.first_ids, earlier.edges.digest}
        self._last = mark or ""  # the mark of the last page
        self._empty_pages = 0
        self._identities: tuple[tuple[PageRequest, str], ...] = ()  # of this page and the next
        self._length = self._run = 0  # rows of the last page, and how many pages had so many

    @property
    def is_exhausted(self) -> bool:
        """Whether one more empty page in a row is the last one that is read."""
        return self._empty_pages == _EMPTY_PAGES - 1

    def check(
        self,
        page: Page,
        mark: str,
        strategy: Strategy,
        first_rows: str | None,
        edges: Edges = NO_EDGES,
    ) -> bool:
        """Raise InconsistentListing for a page that came before, or after too many empty ones.

        Equal rows under another link or token may be data, such as readings of 0. If they have ids,
        they are the same rows again, whatever leads to them.

        Args:
            page: The page.
            mark: Its mark.
            strategy: What led to it.
            first_rows: A sample of the first page, if the name of the parameter is a guess.
            edges: The ids of its rows.

        Returns:
            Whether it may be the first page, with another token: then another name may be right.
        """
        is_known = edges.are_named and edges.digest != "" and rows_of_mark(mark) in self._rows
        if mark in self._pages or is_known:
            raise describe_repeat(strategy)
        is_first = first_rows is not None and is_alike(
            first_rows, page.items, mark, edges.read_named(page.items)
        )
        if is_first and len(page.items) == _PAIR and edges.first:
            # the sample has one row of two, which may be pinned to the top of every page
            is_pinned = make_checksum(edges.first[0]) in str(first_rows).split(".")[1:]
            is_first = not is_pinned or edges.digest in self._ids
        if is_first and not (page.items and self._is_named_anew(mark, strategy)):
            raise describe_repeat(strategy)
        if not page.items and self._empty_pages >= _EMPTY_PAGES:
            raise InconsistentListing(f"more than {_EMPTY_PAGES} pages in a row have no rows")
        return is_first

    def _is_named_anew(self, mark: str, strategy: Strategy) -> bool:
        """Return whether a page names a token or a link that the page before did not.

        Only that may lead to equal rows, or to other rows with the same ids; a count does not.
        """
        return strategy.ends_by_absence and signals_of_mark(mark) != signals_of_mark(self._last)

    def find_doubts(self, page: Page, mark: str, strategy: Strategy, edges: Edges) -> list[str]:
        """Return why a page may be an earlier one again, in words, though it may be another.

        Its rows may be the prices of another day, with the ids of products.

        Raises:
            InconsistentListing: Only a number led to it, which the server may ignore.
        """
        if edges.digest not in self._ids or len(edges.first) < _FEWEST_IDS:
            return []
        if edges.are_named:
            is_named_by_server = strategy.ends_by_absence or not strategy.may_be_ignored
            if not is_named_by_server and not says_its_position(strategy, page):
                raise describe_repeat(strategy)
            return [
                "a page has the ids of an earlier one and other values: it may be that page again, "
                "or the ids are not the rows' own"
            ]
        if rows_of_mark(mark) not in self._rows:
            return []
        return [
            "a page has the same rows as an earlier one, which differ from each other: it may be "
            "that page again"
        ]

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

    def remember(self, page: Page, mark: str, edges: Edges = NO_EDGES) -> None:
        """Remember a page that was taken."""
        length = len(page.items)
        self._run = self._run + 1 if length == self._length else 1
        self._length = length
        self._requests.add(self._find_identity(page.request))
        if page.items:
            self._pages.add(mark)
            self._rows.add(rows_of_mark(mark))
            self._ids.add(edges.digest)
            self._last = mark
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


def says_its_position(strategy: Strategy, page: Page) -> bool:
    """Return whether a page says that it is the one that was asked for: it echoes the number."""
    path = getattr(strategy, "number", None) or getattr(strategy, "start", None)
    if path is None:
        return False
    name = getattr(strategy, strategy.needs[0])
    return page.number(path) == read_sent_number(page.request, name, -1)


class Totals:
    """What the pages of one listing said about the whole.

    Rows come and go while a listing is read. The end is held to the smallest total, since a cursor
    that goes on to older rows never comes to those that arrived meanwhile.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = self.least = last
        self.have_changed = False
        self._pages: int | None = None
        self._counted: tuple[Page | None, int | None] = (None, None)  # a page, and what it counts

    def least_with(self, total: int | None) -> int | None:
        """Return the smallest total that was told, this one included."""
        if total is None or (self.least is not None and self.least < total):
            return self.least
        return total

    def remember(self, page: Page, strategy: Strategy) -> None:
        """Remember what an accepted page says."""
        if page.total is not None:
            self.last, self.least = page.total, self.least_with(page.total)
        self._pages = self._count_pages(page, strategy)
        self._counted = None, None  # the page needs no memory while the next one is fetched

    def describe_fall(self, page: Page, strategy: Strategy) -> str | None:
        """Return in words how a page ends a counted listing by fewer rows or pages; else None."""
        if not strategy.asks_beyond_end:
            return None
        pages = self._count_pages(page, strategy)
        end = f"and the listing ends after {len(page.items) + (page.start or 0)} rows,"
        if page.total is not None and self.last is not None and page.total < self.last:
            return f"the total fell from {self.last} to {page.total}, {end}"
        if pages is not None and self._pages is not None and pages < self._pages:
            return f"the number of pages fell from {self._pages} to {pages}, {end}"
        return None

    def describe_change(self, page: Page, strategy: Strategy) -> str | None:
        """Return what a page counts otherwise than those before it, in words; None for nothing."""
        pages = self._count_pages(page, strategy)
        rows = len(page.items) + (page.start or 0)
        if page.total is not None and self.last not in (None, page.total):
            return f"the total changed from {self.last} to {page.total}"
        if pages is not None and self._pages not in (None, pages):
            return f"the number of pages changed from {self._pages} to {pages}"
        if page.total is not None and page.start is not None and rows > page.total:
            return f"there are {rows} rows so far, more than the total of {page.total},"
        return None

    def _count_pages(self, page: Page, strategy: Strategy) -> int | None:
        """Return the number of pages that a page tells, which is read once."""
        if strategy.total_pages is None:
            return None
        if self._counted[0] is not page:
            self._counted = page, page.number(strategy.total_pages)
        return self._counted[1]
