"""A paginated API with rows of your own, in any dialect, mounted in one line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import responses

from requests_paginate import dialects
from requests_paginate.sandbox.messages import Refusal, Request, Response
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)
from requests_paginate.testing.asks import Ask, refuse
from requests_paginate.testing.bodies import PageWriter
from requests_paginate.testing.counts import NumberedPages, Ranges, SkippedRows
from requests_paginate.testing.cursors import LastRows, OnePage, ParametersInBody, Tokens
from requests_paginate.testing.faults import Fault, Faults
from requests_paginate.testing.links import LinksInBody, LinksInHeader
from requests_paginate.testing.mounting import Mock, Mounted
from requests_paginate.testing.pagings import Paging, Served

__all__ = ["MockListing", "mock_listing"]

PAGINGS: Mapping[type[Strategy], type[Paging[Any]]] = {
    PageNumber: NumberedPages,
    Offset: SkippedRows,
    ContentRange: Ranges,
    NextLink: LinksInBody,
    LinkHeader: LinksInHeader,
    Cursor: Tokens,
    LastItem: LastRows,
    NextParameters: ParametersInBody,
    SinglePage: OnePage,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class MockListing:
    """A paginated API with these rows, as a dialect of the sandbox: `serve` takes it, too.

    It answers GET and POST from what the request says, so that any page can be asked for. What it
    does not understand is an error that says why.

    Attributes:
        rows: The rows, in their order: JSON values.
        dialect: The strategy that reads the API.
        page_size: The rows of a page. A request may ask for fewer, in a parameter with a usual
            name (`limit`, `per_page`).
        path: The path of the listing.
        faults: What goes wrong, by the number of the page, from 1.
        retry_after: The seconds in `Retry-After`, beside a status that is a fault; 0: no header.
        requests: What was received, in its order.
    """

    rows: Sequence[Any]
    dialect: Strategy = dialects.STRIPE
    page_size: int = 100
    path: str = "/"
    faults: Mapping[int, Fault | Sequence[Fault]] = field(default_factory=dict)
    retry_after: int = 0
    requests: list[Request] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.rows, (str, bytes)) or not isinstance(self.rows, Sequence):
            raise TypeError(f"rows: expected a list of JSON values, got {type(self.rows).__name__}")
        # A copy, so that what a test changes later is not served.
        object.__setattr__(self, "rows", json.loads(json.dumps(list(self.rows))))
        if type(self.page_size) is not int or self.page_size < 1:
            raise ValueError(f"page_size: expected a number from 1, got {self.page_size!r}")
        self._answer(Ask(Request(path=self.path)))  # raises if no page can be made
        self._faults  # noqa: B018 - raises if they are wrong

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        self.requests.append(request)
        try:
            page, response = self._answer(Ask(request, request.path != self.path))
        except Refusal as refusal:
            return refusal.response
        return self._faults.spoil(page, response)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The path of the listing, and of its later pages if that is another one."""
        onward = getattr(self.dialect, "url", None)
        return (self.path,) if onward is None else (self.path, _resolve(self.path, onward))

    @cached_property
    def _paging(self) -> Paging[Any]:
        for kind, paging in PAGINGS.items():
            if isinstance(self.dialect, kind):
                return paging(self.dialect, self.rows)
        raise TypeError(
            "dialect: expected one of requests_paginate.dialects, or a built-in strategy, got "
            f"{type(self.dialect).__name__}; for your own, mount() an object with respond(request)"
        )

    @cached_property
    def _faults(self) -> Faults:
        paging, dialect = self._paging, self.dialect
        pages = max(1, -(-len(self.rows) // paging.find_size(Ask(Request()), self.page_size)))
        tells_end = paging.total_path or dialect.more or dialect.total_pages
        asks_beyond_end = dialect.asks_beyond_end and not tells_end  # for a page that is empty
        return Faults(self.faults, pages + asks_beyond_end, self.retry_after)

    def _answer(self, ask: Ask) -> tuple[int, Response]:
        """Return the number of the page that is asked for, and the page."""
        request, paging = ask.request, self._paging
        if request.path not in self.paths:
            raise refuse(f"nothing is listed at {request.path}", 404)
        if request.method not in ("GET", "HEAD", "POST"):
            raise refuse(f"{request.method} is not allowed", 405)
        size = paging.find_size(ask, self.page_size)
        start = paging.find_start(ask, size)
        number = -(-start // size) + 1
        inserted = self._faults.count_inserted(number) if paging.counts else 0
        # A token leads to a row, wherever it stands now; a count leads to what stands there now.
        begin = start - (inserted if paging.counts else self._faults.is_repeated(number))
        rows = self.rows[begin : begin + size]
        page = Served(
            ask=ask,
            start=start,
            begin=begin,
            end=begin + len(rows),
            size=size,
            total=len(self.rows) + inserted,
            has_more=begin + len(rows) < len(self.rows),
        )
        writer = PageWriter(paging.place, paging.written)
        paging.write(page, writer)
        paging.write_counts(page, writer)
        return number, writer.finish(list(rows), paging.find_status(page))


def mock_listing(
    url: str,
    rows: Sequence[Any],
    dialect: Strategy = dialects.STRIPE,
    *,
    page_size: int = 100,
    mock: Mock | None = None,
    faults: Mapping[int, Fault | Sequence[Fault]] | None = None,
    retry_after: int = 0,
) -> MockListing:
    """Mount a paginated API with these rows on `responses`.

    Args:
        url: The address of the listing, without a query; requests with any query are answered.
        rows: The rows, in their order: JSON values.
        dialect: How the API paginates: one of `requests_paginate.dialects`, or a built-in strategy.
        page_size: The rows of a page.
        mock: Where to mount it, None for `responses.mock`. It must be active when the requests are
            made.
        faults: What goes wrong, by the number of the page: `{3: 429}`; see `Fault`.
        retry_after: The seconds in `Retry-After`, beside a status that is a fault; 0: no header.

    Returns:
        The mounted listing; `requests` has what it received.

    Raises:
        TypeError: The rows or the dialect are of another type.
        ValueError: The URL has a query, a fault is of a page that does not exist, or the rows have
            no keys although the dialect needs them.
    """
    target = urlsplit(str(requests.Request("GET", url).prepare().url))
    if target.query or target.fragment:
        raise ValueError("url: expected no query; requests with any query are answered")
    origin = f"{target.scheme}://{target.netloc}"
    onward = urlsplit(urljoin(origin, getattr(dialect, "url", None) or ""))
    if f"{onward.scheme}://{onward.netloc}" != origin:
        raise ValueError(f"dialect: its later pages are of another origin than {origin}")
    listing = MockListing(
        rows=rows,
        dialect=dialect,
        page_size=page_size,
        path=target.path,
        faults=faults or {},
        retry_after=retry_after,
    )
    paths = "|".join(re.escape(path) for path in listing.paths)
    mounted = Mounted(listing, origin, rf"{re.escape(origin)}(?:{paths})(?=[?#]|$)")
    (responses.mock if mock is None else mock).add(mounted)
    return listing


def _resolve(path: str, link: str) -> str:
    return urlsplit(urljoin(path, link)).path
