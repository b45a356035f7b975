"""Strategies that send back what the response, or its last row, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from requests_paginate._models import Page, PageRequest, changed
from requests_paginate._paths import ABSENT, read, type_name
from requests_paginate._urls import resolve
from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies.base import Strategy, continues, placed, sent_value

__all__ = ["Cursor", "LastItem", "NextParameters"]


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
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True
    ends_by_absence: ClassVar[bool] = True
    is_unmistakable: ClassVar[bool] = False

    def begins(self, request: PageRequest) -> bool:
        """Whether it holds no cursor yet, or the `*` that asks for the first (Crossref)."""
        return sent_value(request, self.cursor) in (ABSENT, "", "*", None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.into not in (None, "query", "json", "header"):
            raise ValueError(f"into: expected 'query', 'json' or 'header', got {self.into!r}")

    def next(self, page: Page) -> PageRequest | None:
        """The same request with the token in its place."""
        token, more = page.lookup(self.token), page.flag(self.more)
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
        token = page.lookup(self.token)
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
    may_be_ignored: ClassVar[bool] = True

    def begins(self, request: PageRequest) -> bool:
        """Whether it names no row to start after."""
        return sent_value(request, self.param) in (ABSENT, None, "")

    def next(self, page: Page) -> PageRequest | None:
        """The rows after the last one."""
        rows, more = self.items(page), page.flag(self.more)
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
    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """The first request with these parameters."""
        parameters = page.lookup(self.parameters)
        if parameters == {}:
            parameters = None
        if not continues(self, page, parameters, page.flag(self.more), repr(self.parameters)):
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
