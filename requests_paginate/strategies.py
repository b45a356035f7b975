"""How APIs paginate, as values.

A strategy is a pure function of the last page: `next(page)` is the following `PageRequest`, or
None where the server said that this was the last. There is no counter and no I/O, so a strategy
pickles, compares equal, is shared freely and is tested with a table.

Law of this room: the end is something the server said. A missing total, a continuation without
rows, a flag that contradicts a link: each raises, none ends.

Write your own by subclassing `Strategy` and giving `next`.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.links import header_text, parse_link_header, resolve
from requests_paginate.pages import (
    ABSENT,
    Page,
    PageRequest,
    TotalAt,
    as_number,
    check_path,
    flag,
    read,
    read_number,
    said,
    type_name,
)
from requests_paginate.rows import ItemsAt

__all__ = [
    "Cursor",
    "LastItem",
    "LinkHeader",
    "NextLink",
    "Offset",
    "PageNumber",
    "SinglePage",
    "Strategy",
]

_HALVES = re.compile(r"[\ud800-\udfff]")  # of surrogate pairs; no codec takes them
AnyStrategy = TypeVar("AnyStrategy", bound="Strategy")


class Strategy(ABC):
    """How one dialect goes from page to page.

    A subclass gives `next`. `items` and `total` are fields of the built-in strategies: written as
    paths, called with a page (`strategy.items(page)`); a subclass may as well define methods.
    """

    items: Callable[[Page], Sequence[Any]] = ItemsAt()
    total: Callable[[Page], int | None] = TotalAt()

    # The fields that name places in a response, read by `signals`.
    reads: ClassVar[tuple[str, ...]] = ()
    # The fields that a strategy does not work without.
    needs: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name, reader in (("items", ItemsAt), ("total", TotalAt)):
            written = vars(self).get(name)
            if inspect.isfunction(getattr(type(self), name)):
                vars(self).pop(name, None)  # a method of a subclass, not its parent's field
            elif not isinstance(written, reader):
                object.__setattr__(self, name, reader(written))
        for name in (*self.reads, *self.needs):
            check_path(name, getattr(self, name))
        for name in self.needs:
            if getattr(self, name) is None:
                raise TypeError(f"{name}: expected a string, got None")
        first = getattr(self, "first", 0)
        if isinstance(first, bool) or not isinstance(first, int):
            raise TypeError(f"first: expected a whole number, got {type(first).__name__}")

    @abstractmethod
    def next(self, page: Page) -> PageRequest | None:
        """The request of the following page, or None where the server said there is none.

        Raises:
            MalformedPage: The page does not say what this strategy must know.
            InconsistentListing: The page contradicts its request or itself.
        """

    def guess(self, page: Page) -> Iterator[PageRequest]:  # noqa: ARG002 - the interface
        """The requests that probably follow, nearest first; used only to fetch ahead."""
        return iter(())

    def begins(self, request: PageRequest) -> bool:  # noqa: ARG002 - the interface
        """Whether a first request asks for the listing's first rows, as far as this one knows."""
        return True

    def signals(self, page: Page) -> Sequence[Any]:
        """What this strategy reads from the response beside the rows.

        Two pages with the same rows and the same signals are one page, served twice. By default
        the values at the strategy's paths; for a strategy without any, what is around the rows.
        """
        if self.reads:
            paths = [getattr(self, name) for name in self.reads]
            return [_signal(said(page, path.lstrip("!"))) for path in paths if path]
        if isinstance(page.body, Mapping):
            return [value for value in page.body.values() if not isinstance(value, list)]
        return []

    def reading(self: AnyStrategy, items: str | Callable[[Any], Any]) -> AnyStrategy:
        """The same strategy with the rows read elsewhere."""
        other = copy.copy(self)
        object.__setattr__(other, "items", ItemsAt(items))
        return other

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), frozenset(vars(self).items())))

    def __repr__(self) -> str:
        if not dataclasses.is_dataclass(self):
            return f"{type(self).__name__}()"
        shown = []
        for number, spec in enumerate(dataclasses.fields(self)):
            if spec.name not in vars(self):
                continue  # a method of a subclass
            value = getattr(self, spec.name)
            if number == 0 and spec.name != "items":
                shown.append(repr(value))
            elif getattr(value, "path", value) != spec.default:
                shown.append(f"{spec.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _signal(value: Any) -> Any:
    return None if value is ABSENT else value


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
        current = _requested(page.request, self.page, self.first)
        if self.number is not None:
            echoed = read_number(page.body, self.number)
            if echoed is not None and echoed != current:
                raise InconsistentListing(
                    f"asked for {self.page}={current}, the page says it is {echoed} "
                    f"(at {self.number!r})"
                )
        if self._is_last(page, current):
            return None
        return _placed(page.request, self.page, current + 1)

    def _is_last(self, page: Page, current: int) -> bool:
        more = flag(page, self.more)
        if more is not None:
            return not more
        if self.total_pages is not None:
            pages = as_number(said(page, self.total_pages), self.total_pages)
            if pages is None:
                raise MalformedPage(
                    f"expected the number of pages at {self.total_pages!r}, got "
                    f"{type_name(said(page, self.total_pages))}; without it the end is unknown"
                )
            if current - self.first + 1 < pages:
                return False
            _refuse_missing_rows(self, page, f"{self.total_pages!r} says {pages}")
            return True
        total = self.total(page)
        rows = self.items(page)
        if total is not None and page.start is not None:
            if page.start + len(rows) >= total:
                return True
            if not rows:
                _refuse_missing_rows(self, page, "this page is empty")
        return not rows

    def begins(self, request: PageRequest) -> bool:
        """Whether it asks for the first page."""
        return _requested(request, self.page, self.first) == self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The pages up to `total_pages`."""
        if self.total_pages is None:
            return
        current = _requested(page.request, self.page, self.first)
        pages = as_number(said(page, self.total_pages), self.total_pages) or 0
        for number in range(current + 1, pages + self.first):
            yield _placed(page.request, self.page, number)


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
    """

    offset: str = "offset"
    limit: str | None = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    first: int = field(default=0, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("more",)
    needs: ClassVar[tuple[str, ...]] = ("offset",)

    def next(self, page: Page) -> PageRequest | None:
        """The page that starts after this one's last row."""
        rows = self.items(page)
        following = _requested(page.request, self.offset, self.first) + len(rows)
        more, total = flag(page, self.more), self.total(page)
        reached = total is not None and following - self.first >= total
        if more is False or (more is None and reached):
            return None
        if not rows and (more or total is not None):
            raise InconsistentListing(
                f"no rows at {self.offset}={following}, "
                + ("and the page says that more follow" if more else f"of {total}")
            )
        return _placed(page.request, self.offset, following) if rows else None

    def begins(self, request: PageRequest) -> bool:
        """Whether it skips nothing."""
        return _requested(request, self.offset, self.first) == self.first

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The offsets up to `total`, in steps of this page's length."""
        step, total = len(self.items(page)), self.total(page)
        if step == 0 or total is None:
            return
        current = _requested(page.request, self.offset, self.first)
        for offset in range(current + step, total + self.first, step):
            yield _placed(page.request, self.offset, offset)


@dataclass(frozen=True, repr=False, eq=False)
class NextLink(Strategy):
    """The body holds the next page's URL: absolute, a path or a bare `?query`.

    null, an empty string or nothing is the end, unless a flag or a larger total says otherwise.

    Attributes:
        link: Where the link is: `"next"`, `"links.next.href"`, `"@odata.nextLink"`.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        page_param: The query parameter of the link that counts pages, which makes links guessable.
    """

    link: str = "next"
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    page_param: str | None = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("link", "more")
    needs: ClassVar[tuple[str, ...]] = ("link",)

    def next(self, page: Page) -> PageRequest | None:
        """The link's target."""
        link = read(page.body, self.link)
        if _continues(self, page, link, flag(page, self.more), repr(self.link)):
            return page.request.follow(resolve(page.url or page.request.url, link))
        return None

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """The next link with its page number counted on, up to the total."""
        following, total = self.next(page), self.total(page)
        step = len(self.items(page))
        if following is None or self.page_param is None or total is None or step == 0:
            return
        number = _number_in(following, self.page_param)
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
        if _continues(self, page, link, None, "link relation next"):
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
        into: Where it goes: the query, the JSON body or a header.
        items: Where the rows are.
        total: Where the number of all rows is.
    """

    cursor: str = "cursor"
    token: str = field(default="next_cursor", kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    into: Literal["query", "json", "header"] = field(default="query", kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)

    reads: ClassVar[tuple[str, ...]] = ("token", "more")
    needs: ClassVar[tuple[str, ...]] = ("cursor", "token")

    def begins(self, request: PageRequest) -> bool:
        """Whether it holds no cursor yet, or the `*` that asks for the first (Crossref)."""
        return request.query().get(self.cursor, "") in ("", "*", None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.into not in ("query", "json", "header"):
            raise ValueError(f"into: expected 'query', 'json' or 'header', got {self.into!r}")

    def next(self, page: Page) -> PageRequest | None:
        """The same request with the token in its place."""
        token, more = said(page, self.token), flag(page, self.more)
        if more is False or not _continues(self, page, token, more, repr(self.token)):
            return None
        if isinstance(token, bool) or not isinstance(token, (str, int)):
            raise MalformedPage(
                f"expected a cursor at {self.token!r}, a string or a number, got {type_name(token)}"
            )
        following = _placed(page.request, self.cursor, token, into=self.into)
        return None if more is None and self.is_standing(page) else following

    def is_standing(self, page: Page) -> bool:
        """Whether a page has no rows and the very token that asked for them.

        Crossref and Intercom's scroll end so
        (https://www.crossref.org/documentation/retrieve-metadata/rest-api/).
        """
        token = said(page, self.token)
        if token in (ABSENT, None, ""):
            return False
        same = page.request == _placed(page.request, self.cursor, token, into=self.into)
        return same and not self.items(page)


@dataclass(frozen=True, repr=False, eq=False)
class LastItem(Strategy):
    """The next page starts after the last row's id.

    Without a flag it ends at an empty page.

    Attributes:
        param: The parameter that takes the id.
        key: Where the id is in a row.
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
        return self.param not in request.query()

    def next(self, page: Page) -> PageRequest | None:
        """The rows after the last one."""
        rows, more = self.items(page), flag(page, self.more)
        if more is False or (more is None and not rows):
            return None
        if not rows:
            raise InconsistentListing("no rows, and the page says that more follow")
        last = read(rows[-1], self.key)
        if isinstance(last, bool) or not isinstance(last, (str, int)):
            raise MalformedPage(
                f"expected the last row's id at {self.key!r}, got {type_name(last)}; "
                "give the strategy its key="
            )
        return _placed(page.request, self.param, last)


@dataclass(frozen=True, repr=False, eq=False)
class SinglePage(Strategy):
    """A listing that is not paginated: its one page is all.

    Attributes:
        items: Where the rows are.
        total: Where the number of all rows is; larger than the page, it raises.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)

    def next(self, page: Page) -> PageRequest | None:
        """None: the caller said that there is one page."""
        _refuse_missing_rows(self, page, "this is said to be the only page")
        return None


def _continues(strategy: Strategy, page: Page, value: Any, more: bool | None, where: str) -> bool:
    """Whether a link or token is there to follow; raises where the page says two things."""
    if value is ABSENT or value is None or value == "":
        if more:
            raise InconsistentListing(f"the page says that more rows follow, and {where} is empty")
        if more is None:
            _refuse_missing_rows(strategy, page, f"{where} is empty")
        return False
    return more is not False


def _refuse_missing_rows(strategy: Strategy, page: Page, ending: str) -> None:
    """Raises where the rows so far are fewer than the total of a listing read from its start."""
    total = strategy.total(page)
    if total is None or page.start is None:
        return
    rows = page.start + len(strategy.items(page))
    if rows < total:
        raise InconsistentListing(
            f"{ending}, after {rows} of {total} rows (at {_written(strategy.total)}); if that "
            "total is only an estimate, pass a strategy without total="
        )


def _written(total: Any) -> str:
    return repr(total) if isinstance(total, TotalAt) else "total()"


def _requested(request: PageRequest, name: str, first: int) -> int:
    """The number that a request carries under a name; `first` where it carries none."""
    value = request.query().get(name, ABSENT)
    if value is ABSENT and request.json is not None:
        value = read(request.json, name)
    if value is ABSENT or value is None or value == "":
        return first
    number = as_number(value, f"the request's {name}")
    return first if number is None else number


def _number_in(request: PageRequest, name: str) -> int | None:
    value = str(request.query().get(name, ""))
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else None


def _placed(
    request: PageRequest, name: str, value: str | int, into: str | None = None
) -> PageRequest:
    """The request with a value in its query, JSON body or headers.

    Without `into` it goes where the caller put the name, else to the query of a request without a
    body and into the JSON body of one with.
    """
    if into is None:
        in_query = request.json is None or name in request.query()
        into = "query" if in_query else "json"
    text = str(value)
    fits = text.isascii() and text.isprintable() if into == "header" else not _HALVES.search(text)
    if not fits:
        raise MalformedPage(f"the value for {name!r} holds characters that cannot be sent")
    if into == "json":
        return request.with_json(name, value)
    if into == "header":
        return dataclasses.replace(request, headers={**request.headers, name: str(value)})
    return request.with_param(name, value)
