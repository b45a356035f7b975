"""Servers that count: pages, rows to skip, or a range of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from requests_paginate.strategies import ContentRange, Offset, PageNumber
from requests_paginate.testing.asks import Ask, refuse
from requests_paginate.testing.bodies import PageWriter
from requests_paginate.testing.pagings import Paging, Served

__all__ = ["NumberedPages", "Ranges", "SkippedRows"]


class NumberedPages(Paging[PageNumber]):
    """Pages with numbers. Past the last one they are empty."""

    paths = ("total_pages", "number")
    counts = True

    def find_start(self, ask: Ask, size: int) -> int:
        """Return the index of the first row of a page."""
        first = self.strategy.first
        return (ask.read_number(self.strategy.page, first) - first) * size

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the number of the page, and of pages."""
        if self.strategy.total_pages is not None:
            writer.put(self.strategy.total_pages, -(-page.total // page.size))
        if self.strategy.number is not None:
            writer.put(self.strategy.number, page.start // page.size + self.strategy.first)


class SkippedRows(Paging[Offset]):
    """Rows to skip. Past the last one pages are empty."""

    paths = ("start",)
    counts = True

    def __init__(self, strategy: Offset, rows: Sequence[Any]) -> None:
        super().__init__(strategy, rows)
        self.limit = strategy.limit

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the index of the first row that is not skipped."""
        return ask.read_number(self.strategy.offset, self.strategy.first) - self.strategy.first

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the offset of the page."""
        if self.strategy.start is not None:
            writer.put(self.strategy.start, page.start + self.strategy.first)


class Ranges(Paging[ContentRange]):
    """Rows counted in the headers Range and Content-Range (RFC 9110 section 14)."""

    counts = True
    _asked = re.compile(r"(?:(?P<unit>[\w-]+)=)?(?P<first>\d{1,18})-(?P<last>\d{1,18})?")

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the index of the first row of the range."""
        asked = self._read(ask)
        start = int(asked["first"]) if asked else 0
        if start and start >= len(self.rows):
            raise refuse(f"there are {len(self.rows)} rows", 416)
        return start

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the range of the page."""
        asked = self._read(page.ask)
        unit = f"{asked['unit']} " if asked and asked["unit"] else ""
        count = page.end - page.begin
        span = f"{page.start}-{page.start + count - 1}" if count else "*"
        writer.put_header("Content-Range", f"{unit}{span}/{page.total}")

    def find_status(self, page: Served) -> int:
        """Return 206 for a part of the rows."""
        return 206 if 0 < page.end - page.begin < page.total else 200

    def find_size(self, ask: Ask, largest: int) -> int:
        """Return how many rows the range has at most."""
        asked = self._read(ask)
        if not asked or asked["last"] is None:
            return largest
        return max(1, min(largest, int(asked["last"]) - int(asked["first"]) + 1))

    def _read(self, ask: Ask) -> re.Match[str] | None:
        text = ask.request.headers.get("Range")
        if text is None:
            return None
        if (asked := self._asked.fullmatch(text.strip())) is None:
            raise refuse("Range must be counted in rows, such as 0-24")
        return asked
