"""Strategies that follow a link of the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import ABSENT, is_count
from requests_paginate._urls import decode_header, parse_link_header, rebase_link, resolve_link
from requests_paginate.strategies.base import Strategy


@dataclass(frozen=True, repr=False, eq=False)
class NextLink(Strategy):
    """The URL of the next page in the body: absolute, a path or only a `?query`.

    null, an empty string or nothing is the end, unless a flag or a larger total says otherwise.

    Attributes:
        link: Where the link is: `"next"`, `"links.next.href"`, `"@odata.nextLink"`,
            `"links[rel=next].href"`.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        page_param: The query parameter of the link that counts pages. With it, the links of later
            pages can be guessed.
        offset_param: The query parameter of the link that counts rows. A page without rows is the
            end if its link leads past the total: CKAN links to a next page for ever.
    """

    link: str = "next"
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    page_param: str | None = field(default=None, kw_only=True)
    offset_param: str | None = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("link", "more")
    needs: ClassVar[tuple[str, ...]] = ("link",)
    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page that the link leads to."""
        link, more = self._read_link(page), page.flag(self.more)
        if not self._has_continuation(page, link, more, repr(self.link)):
            return None
        return None if more is None and self.is_standing(page) else self._follow(page, link)

    def _read_link(self, page: Page) -> Any:
        link = page.lookup(self.link)
        # A link of JSON:API may be an object
        # (https://jsonapi.org/format/#document-links-link-object).
        return link["href"] if isinstance(link, Mapping) and "href" in link else link

    def _follow(self, page: Page, link: Any) -> PageRequest:
        base = page.url or page.request.url
        return page.request.follow(resolve_link(base, rebase_link(base, link)))

    def is_standing(self, page: Page) -> bool:
        """Return whether the link leads nowhere: to the page itself, or past the total.

        The last page of Mailgun is empty and links to itself. That of Spree links to itself, too,
        and holds the last rows. CKAN links to a next page for ever.
        """
        link, total = self._read_link(page), self.total(page)
        if not isinstance(link, str) or not link:
            return False
        if self._follow(page, link) == page.request:
            rows = self.items(page)
            is_counted = total is not None and page.start is not None
            return not rows or (is_counted and (page.start or 0) + len(rows) == total)
        if self.offset_param is None or total is None:
            return False
        offset = _read_query_number(PageRequest("GET", link), self.offset_param)
        return offset is not None and offset >= total and not self.items(page)

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """Return the next link with its page number counted up, as far as the total."""
        following, total = self.next(page), self.total(page)
        step = len(self.items(page))
        if following is None or self.page_param is None or total is None or step == 0:
            return
        number = _read_query_number(following, self.page_param)
        if number is None:
            return
        left = total - (page.start or 0) - step
        for ahead in range(-(-left // step)):
            yield following.with_param(self.page_param, number + ahead)


@dataclass(frozen=True, repr=False, eq=False)
class LinkHeader(Strategy):
    """The URL of the next page in the Link header, with the link relation `next` (RFC 8288).

    A page without that relation is the last one, unless a larger total says otherwise.

    Attributes:
        items: Where the rows are.
        total: Where the number of all rows is: a path or a header such as `X-Total-Count`.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)

    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page that the first link with relation `next` leads to."""
        link: Any = ABSENT
        for candidate in parse_link_header(decode_header(page.header("Link") or "")):
            if "next" in candidate.relations:
                # Sentry always links to a next page, and says in `results` whether it has rows.
                if candidate.parameters.get("results") == "false":
                    return None
                link = candidate.target
                break
        if self._has_continuation(page, link, None, "link relation next"):
            return page.request.follow(resolve_link(page.url or page.request.url, link))
        return None

    def signals(self, page: Page) -> Sequence[Any]:
        """Return the Link header."""
        return [page.header("Link")]


def _read_query_number(request: PageRequest, name: str) -> int | None:
    value = str(request.query().get(name, ""))
    return int(value) if is_count(value) else None
