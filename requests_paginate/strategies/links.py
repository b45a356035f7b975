"""Strategies that follow a link of the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import ABSENT
from requests_paginate._urls import below_root, header_text, parse_link_header, resolve
from requests_paginate.strategies.base import Strategy, continues, number_in

__all__ = ["LinkHeader", "NextLink"]


@dataclass(frozen=True, repr=False, eq=False)
class NextLink(Strategy):
    """The body holds the next page's URL: absolute, a path or a bare `?query`.

    null, an empty string or nothing is the end, unless a flag or a larger total says otherwise.

    Attributes:
        link: Where the link is: `"next"`, `"links.next.href"`, `"@odata.nextLink"`,
            `"links[rel=next].href"`.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        page_param: The query parameter of the link that counts pages, which makes links guessable.
        offset_param: The query parameter of the link that counts rows. A page without rows whose
            link leads past the total is the end: CKAN always links on.
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
        """The link's target."""
        link, more = self._link(page), page.flag(self.more)
        if not continues(self, page, link, more, repr(self.link)):
            return None
        return None if more is None and self.is_standing(page) else self._target(page, link)

    def _link(self, page: Page) -> Any:
        link = page.lookup(self.link)
        # JSON:API's may be an object (https://jsonapi.org/format/#document-links-link-object)
        return link["href"] if isinstance(link, Mapping) and "href" in link else link

    def _target(self, page: Page, link: Any) -> PageRequest:
        base = page.url or page.request.url
        return page.request.follow(resolve(base, below_root(base, link)))

    def is_standing(self, page: Page) -> bool:
        """Whether the link leads nowhere: to the page itself, or past the total.

        Mailgun's last page is empty and links to itself, Spree's holds the last rows of the total;
        CKAN links on for ever.
        """
        link, total = self._link(page), self.total(page)
        if not isinstance(link, str) or not link:
            return False
        if self._target(page, link) == page.request:
            reached = total is not None and page.start is not None
            return not self.items(page) or (
                reached and (page.start or 0) + len(self.items(page)) == total
            )
        if self.offset_param is None or total is None:
            return False
        offset = number_in(PageRequest("GET", link), self.offset_param)
        return offset is not None and offset >= total and not self.items(page)

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The next link with its page number counted on, up to the total."""
        following, total = self.next(page), self.total(page)
        step = len(self.items(page))
        if following is None or self.page_param is None or total is None or step == 0:
            return
        number = number_in(following, self.page_param)
        if number is None:
            return
        left = total - (page.start or 0) - step
        for ahead in range(-(-left // step)):
            yield following.with_param(self.page_param, number + ahead)


@dataclass(frozen=True, repr=False, eq=False)
class LinkHeader(Strategy):
    """The Link header holds the next page's URL, as link relation `next` (RFC 8288).

    A page without that relation is the last, unless a larger total says otherwise.

    Attributes:
        items: Where the rows are.
        total: Where the number of all rows is: a path or a header such as `X-Total-Count`.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)

    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """The target of the first link with relation `next`."""
        link: Any = ABSENT
        for candidate in parse_link_header(header_text(page.header("Link") or "")):
            if "next" in candidate.relations:
                # Sentry links a next page always and says in `results` whether it has any.
                if candidate.parameters.get("results") == "false":
                    return None
                link = candidate.target
                break
        if continues(self, page, link, None, "link relation next"):
            return page.request.follow(resolve(page.url or page.request.url, link))
        return None

    def signals(self, page: Page) -> Sequence[Any]:
        """The Link header."""
        return [page.header("Link")]
