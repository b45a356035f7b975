"""Strategies that count: pages, rows to skip, or a range of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from requests_paginate._envelope.selectors import TotalAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import type_name
from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies.base import Strategy, placed, refuse_missing_rows, requested

__all__ = ["ContentRange", "Offset", "PageNumber"]

_CONTENT_RANGE = re.compile(
    r"(?:(?P<unit>[\w-]+) )?(?:(?P<first>\d{1,18})-(?P<last>\d{1,18})|\*)/(?P<length>\d{1,18}|\*)"
)


@dataclass(frozen=True, repr=False, eq=False)
class PageNumber(Strategy):
    """Pages counted by a query parameter (or a field of a POST's JSON body).

    The last page is known, in this order, from a `more` flag, from `total_pages`, from `total`,
    and without any of them from an empty page.

    Attributes:
        page: The parameter's name.
        total_pages: Where the number of pages is. Where it is named, it must be there.
        number: Where the page's own number is echoed; it must be the one that was asked for.
        first: The number of the first page.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
    """

    page: str = "page"
    total_pages: str | None = field(default=None, kw_only=True)
    number: str | None = field(default=None, kw_only=True)
    first: int = field(default=1, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("total_pages", "number", "more")
    needs: ClassVar[tuple[str, ...]] = ("page",)
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """The page with the next number."""
        current = requested(page.request, self.page, self.first)
        if self.number is not None:
            echoed = page.number(self.number)
            if echoed is not None and echoed != current:
                raise InconsistentListing(
                    f"asked for {self.page}={current}, the page says it is {echoed} "
                    f"(at {self.number!r})"
                )
        if self._is_last(page, current):
            return None
        return placed(page.request, self.page, current + 1)

    def _is_last(self, page: Page, current: int) -> bool:
        more = page.flag(self.more)
        if more is not None:
            return not more
        if self.total_pages is not None:
            pages = page.number(self.total_pages)
            if pages is None:
                raise MalformedPage(
                    f"expected the number of pages at {self.total_pages!r}, got "
                    f"{type_name(page.lookup(self.total_pages))}; without it the end is unknown"
                )
            if current - self.first + 1 < pages:
                return False
            refuse_missing_rows(self, page, f"{self.total_pages!r} says {pages}")
            return True
        total = self.total(page)
        rows = self.items(page)
        if total is not None and page.start is not None:
            if page.start + len(rows) >= total:
                return True
            if not rows:
                refuse_missing_rows(
                    self, page, "this page is empty (where pages count from 0, pass first=0)"
                )
        return not rows

    def begins(self, request: PageRequest) -> bool:
        """Whether it asks for the first page."""
        return requested(request, self.page, self.first) == self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The pages up to `total_pages`."""
        if self.total_pages is None:
            return
        current = requested(page.request, self.page, self.first)
        pages = page.number(self.total_pages) or 0
        for number in range(current + 1, pages + self.first):
            yield placed(page.request, self.page, number)


@dataclass(frozen=True, repr=False, eq=False)
class Offset(Strategy):
    """A query parameter (or a field of a POST's JSON body) counts the rows to skip.

    The next offset is this one plus the rows that came, never plus the page size: servers clamp
    it. The end is known from a `more` flag, from `total`, and without them from an empty page.

    Attributes:
        offset: The parameter's name.
        limit: The name of the page size's parameter. Nothing is inferred from it.
        total: Where the number of all rows is.
        items: Where the rows are.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        first: The offset of the first row: 1 where offsets count from one (SCIM's startIndex).
        start: Where the page's own offset is echoed; it must be the one that was asked for.
    """

    offset: str = "offset"
    limit: str | None = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    first: int = field(default=0, kw_only=True)
    start: str | None = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("more", "start")
    needs: ClassVar[tuple[str, ...]] = ("offset",)
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """The page that starts after this one's last row."""
        rows = self.items(page)
        current = requested(page.request, self.offset, self.first)
        echoed = page.number(self.start) if self.start is not None else None
        if rows and echoed is not None and echoed != current:
            raise InconsistentListing(
                f"asked for {self.offset}={current}, the page says it is {echoed} "
                f"(at {self.start!r})"
            )
        following = current + len(rows)
        more, total = page.flag(self.more), self.total(page)
        reached = total is not None and following - self.first >= total
        if more is False or (more is None and reached):
            return None
        if not rows and (more or total is not None):
            raise InconsistentListing(
                f"no rows at {self.offset}={following}, "
                + ("and the page says that more follow" if more else f"of {total}")
            )
        return placed(page.request, self.offset, following) if rows else None

    def begins(self, request: PageRequest) -> bool:
        """Whether it skips nothing."""
        return requested(request, self.offset, self.first) == self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The offsets up to `total`, in steps of this page's length."""
        step, total = len(self.items(page)), self.total(page)
        if step == 0 or total is None:
            return
        current = requested(page.request, self.offset, self.first)
        for offset in range(current + step, total + self.first, step):
            yield placed(page.request, self.offset, offset)


@dataclass(frozen=True, repr=False, eq=False)
class ContentRange(Strategy):
    """Rows counted by the Range header, and by Content-Range in the response.

    RFC 9110 section 14, with rows in place of bytes: PostgREST
    (https://docs.postgrest.org/en/stable/references/api/pagination_count.html) and Dojo's JsonRest.
    The next page is as long as this one. The end is known from the length after the slash; where
    that is `*`, from an empty page.

    Attributes:
        items: Where the rows are.
    """

    items: Any = None

    reads_rows: ClassVar[bool] = False

    def next(self, page: Page) -> PageRequest | None:
        """The rows after the last one of this range."""
        told = _CONTENT_RANGE.fullmatch((page.header("Content-Range") or "").strip())
        if told is None:
            raise MalformedPage("expected rows counted in Content-Range, such as '0-24/66'")
        rows = self.items(page)
        if told["last"] is None:
            if rows:
                raise InconsistentListing("Content-Range counts no rows, and there are some")
            return None
        first, last = int(told["first"]), int(told["last"])
        asked = page.request.headers.get("Range")
        if asked is not None and asked.rpartition("=")[2].partition("-")[0] != told["first"]:
            raise InconsistentListing(f"asked for rows {asked}, Content-Range begins at {first}")
        if last - first + 1 != len(rows):
            raise InconsistentListing(
                f"Content-Range counts {last - first + 1} rows, and there are {len(rows)}"
            )
        if told["length"] != "*" and last + 1 >= int(told["length"]):
            return None
        unit = f"{told['unit']}=" if told["unit"] else ""
        following = f"{unit}{last + 1}-{last + len(rows)}"
        return placed(page.request, "Range", following, into="header")

    def begins(self, request: PageRequest) -> bool:  # noqa: ARG002 - the interface
        """Not known: the caller's Range header is not part of the request."""
        return False

    def total(self, page: Page) -> int | None:
        """The length after the slash."""
        return TotalAt("Content-Range")(page)

    def signals(self, page: Page) -> Sequence[Any]:
        """The Content-Range header."""
        return [page.header("Content-Range")]
