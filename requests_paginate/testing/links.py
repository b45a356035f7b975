"""Servers that link to the next page, in the body or in a header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from requests_paginate._paths import ABSENT
from requests_paginate.strategies import LinkHeader, NextLink
from requests_paginate.testing.asks import Ask
from requests_paginate.testing.bodies import PageWriter
from requests_paginate.testing.pagings import Paging, Served

__all__ = ["LinksInBody", "LinksInHeader"]


class LinksInBody(Paging[NextLink]):
    """The absolute URL of the next page in the body."""

    paths = ("link",)

    def __init__(self, strategy: NextLink, rows: Sequence[Any]) -> None:
        super().__init__(strategy, rows)
        self.counts = bool(strategy.page_param or strategy.offset_param)

    def find_start(self, ask: Ask, size: int) -> int:
        """Return the index of the first row behind a link."""
        if (name := self.strategy.page_param) is not None:
            return (ask.read_number(name, 1) - 1) * size
        if (name := self.strategy.offset_param) is not None:
            return ask.read_number(name, 0)
        token = ask.read_query("cursor")
        return 0 if token is ABSENT else self.read_token(token, "cursor")

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the link, or null."""
        end = page.start + (page.end - page.begin)
        if (name := self.strategy.page_param) is not None:
            value = str(page.start // page.size + 2)
        elif (name := self.strategy.offset_param) is not None:
            value = str(end)
        else:
            name, value = "cursor", self.write_token(page.end)
        link = self.make_link(page, name, value)
        ending = ABSENT if "[" in self.strategy.link else None
        writer.put(self.strategy.link, link if page.has_more else ending)


class LinksInHeader(Paging[LinkHeader]):
    """The absolute URL of the next page in a header (RFC 8288)."""

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the index of the first row behind a link."""
        token = ask.read_query("cursor")
        return 0 if token is ABSENT else self.read_token(token, "cursor")

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the header, if a page follows."""
        if page.has_more:
            link = self.make_link(page, "cursor", self.write_token(page.end))
            writer.put_header(self.strategy.header, f'<{link}>; rel="next"')
