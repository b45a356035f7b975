"""The strategies for the ways of paginating that are in common use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from requests_paginate._envelope.selectors import TotalAt
from requests_paginate._models import Page, PageRequest, changed, flag, read_number, said
from requests_paginate._paths import ABSENT, read, type_name
from requests_paginate._urls import below_root, header_text, parse_link_header, resolve
from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies.base import (
    Strategy,
    continues,
    number_in,
    placed,
    refuse_missing_rows,
    requested,
    sent_value,
)

__all__ = [
    "ContentRange",
    "Cursor",
    "LastItem",
    "LinkHeader",
    "NextLink",
    "NextParameters",
    "Offset",
    "PageNumber",
    "SinglePage",
]

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

    def next(self, page: Page) -> PageRequest | None:
        """The page with the next number."""
        current = requested(page.request, self.page, self.first)
        if self.number is not None:
            echoed = read_number(page, self.number)
            if echoed is not None and echoed != current:
                raise InconsistentListing(
                    f"asked for {self.page}={current}, the page says it is {echoed} "
                    f"(at {self.number!r})"
                )
        if self._is_last(page, current):
            return None
        return placed(page.request, self.page, current + 1)

    def _is_last(self, page: Page, current: int) -> bool:
        more = flag(page, self.more)
        if more is not None:
            return not more
        if self.total_pages is not None:
            pages = read_number(page, self.total_pages)
            if pages is None:
                raise MalformedPage(
                    f"expected the number of pages at {self.total_pages!r}, got "
                    f"{type_name(said(page, self.total_pages))}; without it the end is unknown"
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
        pages = read_number(page, self.total_pages) or 0
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

    def next(self, page: Page) -> PageRequest | None:
        """The page that starts after this one's last row."""
        rows = self.items(page)
        current = requested(page.request, self.offset, self.first)
        echoed = read_number(page, self.start) if self.start is not None else None
        if rows and echoed is not None and echoed != current:
            raise InconsistentListing(
                f"asked for {self.offset}={current}, the page says it is {echoed} "
                f"(at {self.start!r})"
            )
        following = current + len(rows)
        more, total = flag(page, self.more), self.total(page)
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

    def next(self, page: Page) -> PageRequest | None:
        """The link's target."""
        link, more = self._link(page), flag(page, self.more)
        if not continues(self, page, link, more, repr(self.link)):
            return None
        return None if more is None and self.is_standing(page) else self._target(page, link)

    def _link(self, page: Page) -> Any:
        link = said(page, self.link)
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


@dataclass(frozen=True, repr=False, eq=False)
class Cursor(Strategy):
    """The response holds a token that goes into the next request.

    null, an empty string or nothing is the end, unless a flag says otherwise; a flag that says
    "no more" ends also where a token stands.

    Attributes:
        cursor: The name it has in the request. In a JSON body, dots lead into nested objects.
        token: Where it is in the response: a path in the body, else a header's name.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        into: Where it goes: the query, the JSON body (there it may be an object, as DynamoDB's
            `LastEvaluatedKey`) or a header; None: the body of a POST with JSON, else the query.
        alone: Whether it replaces the query or body of the first request (Dynatrace, Dropbox).
        url: Where the following pages are, if that is another URL than the first page's (Dropbox).
        items: Where the rows are.
        total: Where the number of all rows is.
    """

    cursor: str = "cursor"
    token: str = field(default="next_cursor", kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    into: Literal["query", "json", "header"] | None = field(default=None, kw_only=True)
    alone: bool = field(default=False, kw_only=True)
    url: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("token", "more")
    needs: ClassVar[tuple[str, ...]] = ("cursor", "token")

    def begins(self, request: PageRequest) -> bool:
        """Whether it holds no cursor yet, or the `*` that asks for the first (Crossref)."""
        return sent_value(request, self.cursor) in (ABSENT, "", "*", None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.into not in (None, "query", "json", "header"):
            raise ValueError(f"into: expected 'query', 'json' or 'header', got {self.into!r}")

    def next(self, page: Page) -> PageRequest | None:
        """The same request with the token in its place."""
        token, more = said(page, self.token), flag(page, self.more)
        if more is False or not continues(self, page, token, more, repr(self.token)):
            return None
        if isinstance(token, bool) or not isinstance(token, (str, int, Mapping, list)):
            raise MalformedPage(
                f"expected a cursor at {self.token!r}, a string or a number, got {type_name(token)}"
            )
        following = self._asking(page, token)
        return None if more is None and self.is_standing(page) else following

    def _asking(self, page: Page, token: Any) -> PageRequest:
        """The request that sends a token."""
        request = page.request
        if self.url is not None:
            request = request.follow(resolve(page.url or request.url, self.url))
        if self.alone:
            request = request.follow(request.url.partition("?")[0])
            if request.json is not None and self.into != "query":
                request = changed(request, json={})
        return placed(request, self.cursor, token, into=self.into)

    def is_standing(self, page: Page) -> bool:
        """Whether a page has no rows and the very token that asked for them.

        Crossref and Intercom's scroll end so
        (https://www.crossref.org/documentation/retrieve-metadata/rest-api/).
        """
        token = said(page, self.token)
        if token in (ABSENT, None, ""):
            return False
        return page.request == self._asking(page, token) and not self.items(page)


@dataclass(frozen=True, repr=False, eq=False)
class LastItem(Strategy):
    """The next page starts after the last row's id.

    Without a flag it ends at an empty page.

    Attributes:
        param: The parameter (or the field of a POST's JSON body) that takes the id.
        key: Where the id is in a row; in a JSON body it may be a list, as Elasticsearch's
            `sort` for `search_after`.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        items: Where the rows are.
        total: Where the number of all rows is.
    """

    param: str = "starting_after"
    key: str = field(default="id", kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("more",)
    needs: ClassVar[tuple[str, ...]] = ("param", "key")

    def begins(self, request: PageRequest) -> bool:
        """Whether it names no row to start after."""
        return sent_value(request, self.param) in (ABSENT, None, "")

    def next(self, page: Page) -> PageRequest | None:
        """The rows after the last one."""
        rows, more = self.items(page), flag(page, self.more)
        if more is False or (more is None and not rows):
            return None
        if not rows:
            raise InconsistentListing("no rows, and the page says that more follow")
        last = read(rows[-1], self.key)
        is_sort = isinstance(last, list) and page.request.json is not None  # Elasticsearch
        if not is_sort and (isinstance(last, bool) or not isinstance(last, (str, int))):
            raise MalformedPage(
                f"expected the last row's id at {self.key!r}, got {type_name(last)}; "
                "give the strategy its key="
            )
        return placed(page.request, self.param, last)


@dataclass(frozen=True, repr=False, eq=False)
class NextParameters(Strategy):
    """The response holds an object of parameters for the next request.

    MediaWiki's `continue` and `{"next": {"page": 2, "limit": 10}}`. They are merged into the
    listing's first request, never into the last one: what a page no longer names is not sent on
    (https://www.mediawiki.org/wiki/API:Continue). null or nothing is the end.

    Attributes:
        parameters: Where the object is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        items: Where the rows are.
        total: Where the number of all rows is.
    """

    parameters: str = "continue"
    more: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("parameters", "more")
    needs: ClassVar[tuple[str, ...]] = ("parameters",)

    def next(self, page: Page) -> PageRequest | None:
        """The first request with these parameters."""
        parameters = said(page, self.parameters)
        if parameters == {}:
            parameters = None
        if not continues(self, page, parameters, flag(page, self.more), repr(self.parameters)):
            return None
        if not isinstance(parameters, Mapping):
            raise MalformedPage(
                f"expected an object of parameters at {self.parameters!r}, got "
                f"{type_name(parameters)}"
            )
        following = page.first_request or page.request
        for name, value in parameters.items():
            following = placed(following, name, value)
        return following


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


@dataclass(frozen=True, repr=False, eq=False)
class SinglePage(Strategy):
    """A listing that is not paginated: its one page is all.

    Attributes:
        items: Where the rows are; an object there is the only row.
        total: Where the number of all rows is; larger than the page, it raises.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)

    takes_one: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """None: the caller said that there is one page."""
        refuse_missing_rows(self, page, "this is said to be the only page")
        return None
