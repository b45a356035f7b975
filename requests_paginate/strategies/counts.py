"""Strategies that count: pages, rows to skip, or a range of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from requests_paginate._envelope.selectors import TotalAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import describe_type
from requests_paginate.exceptions import InconsistentListing, MalformedPage, doubt_end
from requests_paginate.strategies.base import Strategy
from requests_paginate.strategies.parameters import place_value, read_sent_number
from requests_paginate.strategies.windows import find_window, place_window

_CONTENT_RANGE = re.compile(
    r"(?:(?P<unit>[\w-]+) )?(?:(?P<first>\d{1,18})-(?P<last>\d{1,18})|\*)/(?P<length>\d{1,18}|\*)"
)


@dataclass(frozen=True, repr=False, eq=False)
class PageNumber(Strategy):
    """Pages that a query parameter (or a field of a POST's JSON body) counts.

    The last page is known from a `more` flag, else from `total_pages`, else from `total`. Without
    any of them, an empty page is the end.

    Attributes:
        page: The name of the parameter.
        total_pages: Where the number of pages is. If it is given, the number must be there.
        number: Where the page's own number is; it must be the one that was asked for.
        first: The number of the first page.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    page: str = "page"
    total_pages: str | None = field(default=None, kw_only=True)
    number: str | None = field(default=None, kw_only=True)
    first: int = field(default=1, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    reads: ClassVar[tuple[str, ...]] = ("total_pages", "number", "more")
    needs: ClassVar[tuple[str, ...]] = ("page",)
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True
    asks_beyond_end: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page with the next number."""
        current = read_sent_number(page.request, self.page, self.first)
        if self.number is not None:
            echoed = page.number(self.number)
            if echoed is not None and echoed != current:
                raise InconsistentListing(
                    f"asked for {self.page}={current}, the page says it is {echoed} "
                    f"(at {self.number!r})"
                )
        if self._is_last(page, current):
            return None
        return place_value(page.request, self.page, current + 1)

    def _is_last(self, page: Page, current: int) -> bool:
        more = page.flag(self.more)
        if more is not None:
            return not more
        if self.total_pages is None:
            return self._is_last_by_rows(page)
        pages = page.number(self.total_pages)
        if pages is None:
            raise MalformedPage(
                f"expected the number of pages at {self.total_pages!r}, got "
                f"{describe_type(page.lookup(self.total_pages))}; without it the end is unknown"
            )
        if current - self.first + 1 < pages:
            return False
        if pages == 0 and self.read_rows(page):
            raise doubt_end(f"{self.total_pages!r} counts no pages, and this one has rows")
        self._refuse_missing_rows(page, f"{self.total_pages!r} says {pages}")
        return True

    def _is_last_by_rows(self, page: Page) -> bool:
        rows = self.read_rows(page)
        total = self._read_total(page, rows)
        if total is not None and page.start is not None:
            if page.start + len(rows) >= total:
                return True
            if not rows:
                ending = "this page is empty (where pages count from 0, pass first=0)"
                self._refuse_missing_rows(page, ending)
        return not rows

    def begins(self, request: PageRequest) -> bool:
        """Return whether a request asks for the first page."""
        return read_sent_number(request, self.page, self.first) == self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """Return the requests of the pages up to `total_pages`."""
        if self.total_pages is not None:
            yield from self._count_on(page, page.number(self.total_pages) or 0)

    def guess_by_total(self, page: Page) -> Iterator[PageRequest]:
        """Return the requests of as many pages as hold `total`, if all are as long as this one.

        They are not fetched ahead: if the pages are longer, some are beyond the end.
        """
        total: int | None = self.total(page)
        if (length := len(self.read_rows(page))) > 0 and total is not None:
            current = read_sent_number(page.request, self.page, self.first) - self.first
            before = current * length if page.start is None else page.start
            yield from self._count_on(page, current - (before - total) // length)

    def _count_on(self, page: Page, pages: int) -> Iterator[PageRequest]:
        current = read_sent_number(page.request, self.page, self.first)
        for number in range(current + 1, pages + self.first):
            yield place_value(page.request, self.page, number)


@dataclass(frozen=True, repr=False, eq=False)
class Offset(Strategy):
    """A query parameter (or a field of a POST's JSON body) that counts the rows to skip.

    The next offset is this one plus the rows that came, not plus the page size that was asked for:
    servers may send fewer. If the request also names the end of a window (`startRow`, `endRow`), it
    moves on as far. The end is known from a `more` flag, else from `total`. Without both,
    an empty page is the end.

    Attributes:
        offset: The name of the parameter.
        limit: The name of the parameter for the page size. Nothing is inferred from it.
        total: Where the number of all rows is.
        items: Where the rows are.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        first: The offset of the first row: 1 where offsets count from one (SCIM's startIndex).
        start: Where the page's own offset is; it must be the one that was asked for.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    offset: str = "offset"
    limit: str | None = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    first: int = field(default=0, kw_only=True)
    start: str | None = field(default=None, kw_only=True)
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    reads: ClassVar[tuple[str, ...]] = ("more", "start")
    needs: ClassVar[tuple[str, ...]] = ("offset",)
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True
    asks_beyond_end: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page that starts after the last row of this one."""
        rows = self.read_rows(page)
        current = read_sent_number(page.request, self.offset, self.first)
        echoed = page.number(self.start) if self.start is not None else None
        if rows and echoed is not None and echoed != current:
            raise InconsistentListing(
                f"asked for {self.offset}={current}, the page says it is {echoed} "
                f"(at {self.start!r})"
            )
        following = current + len(rows)
        more, total = page.flag(self.more), self._read_total(page, rows)
        is_total_reached = total is not None and following - self.first >= total
        if more is False or (more is None and is_total_reached):
            return None
        if not rows and (more or total is not None):
            raise InconsistentListing(
                f"no rows at {self.offset}={following}, "
                + ("and the page says that more follow" if more else f"of {total}")
            )
        if not rows:
            return None
        window = find_window(page, self.offset, following)
        return place_window(page.request, self.offset, following, window, len(rows))

    def begins(self, request: PageRequest) -> bool:
        """Return whether a request skips nothing."""
        return self.count_before(request) == 0

    def count_before(self, request: PageRequest) -> int | None:
        """Return how many rows a request skips."""
        return read_sent_number(request, self.offset, self.first) - self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """Return the requests up to `total`, in steps of the length of this page."""
        step, total = len(self.read_rows(page)), self.total(page)
        if step == 0 or total is None:
            return
        current = read_sent_number(page.request, self.offset, self.first)
        window = find_window(page, self.offset, current + step)
        for offset in range(current + step, total + self.first, step):
            yield place_window(page.request, self.offset, offset, window, offset - current)


@dataclass(frozen=True, repr=False, eq=False)
class ContentRange(Strategy):
    """Rows counted by the Range header of the request and Content-Range of the response.

    This is RFC 9110 section 14 with rows in place of bytes, as in PostgREST
    (https://docs.postgrest.org/en/stable/references/api/pagination_count.html) and Dojo's JsonRest.
    The next page is as long as this one. The end is known from the length after the slash. If the
    length is `*`, an empty page is the end.

    Attributes:
        items: Where the rows are.
        end_statuses: HTTP statuses that say that there is no such range: the listing ends there.
    """

    items: Any = None
    end_statuses: tuple[int, ...] = field(default=(416,), kw_only=True, metadata={"since": "0.2"})

    reads_rows: ClassVar[bool] = False

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the rows after the last one of this range."""
        counted = _CONTENT_RANGE.fullmatch((page.header("Content-Range") or "").strip())
        if counted is None:
            raise MalformedPage("expected rows counted in Content-Range, such as '0-24/66'")
        rows = self.read_rows(page)
        if counted["last"] is None:
            if rows:
                raise InconsistentListing("Content-Range counts no rows, and there are some")
            return None
        first, last = int(counted["first"]), int(counted["last"])
        asked = page.request.headers.get("Range")
        if asked is not None and asked.rpartition("=")[2].partition("-")[0] != counted["first"]:
            raise InconsistentListing(f"asked for rows {asked}, Content-Range begins at {first}")
        if last - first + 1 != len(rows):
            raise InconsistentListing(
                f"Content-Range counts {last - first + 1} rows, and there are {len(rows)}"
            )
        if counted["length"] != "*" and last + 1 >= int(counted["length"]):
            return None
        unit = f"{counted['unit']}=" if counted["unit"] else ""
        following = f"{unit}{last + 1}-{last + len(rows)}"
        return place_value(page.request, "Range", following, into="header")

    def begins(self, request: PageRequest) -> bool:  # noqa: ARG002 - the interface
        """Return False: the caller's Range header is not part of the request."""
        return False

    def total(self, page: Page) -> int | None:
        """Return the length after the slash, or None."""
        return TotalAt("Content-Range")(page)

    def signals(self, page: Page) -> Sequence[Any]:
        """Return the Content-Range header."""
        return [page.header("Content-Range")]
