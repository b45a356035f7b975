"""Answer a request with all pages of the listing that its response begins, or with that response.

The first response has come already. A listing reads it as its first page, and asks for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import requests

from requests_paginate._listing.closing import close_headers, find_changes
from requests_paginate._listing.factory import open_listing
from requests_paginate._listing.first_response import has_list, leads_on, may_be_part
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.merged_body import MergedBody
from requests_paginate._listing.page_session import PageSession, find_signature
from requests_paginate._listing.paginated_response import (
    PaginatedResponse,
    Pagination,
    merge_response,
    renew_raw,
)
from requests_paginate._listing.positions import MergedListings, Position, find_position
from requests_paginate._models import Page
from requests_paginate._paths import find_keys, read_path
from requests_paginate._redaction import redact_url
from requests_paginate._transport.json_body import to_utf8
from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    PageFailed,
    PageTooLarge,
    PaginationError,
    PaginationWarning,
    PossiblyTruncated,
    UnknownPagination,
    append_text,
    warn,
)
from requests_paginate.strategies import Strategy

_ADVICE = "get_all of a session hands out any number of rows, a page at a time"
# What a server answers to a request that was a guess: it knows no such parameter, page or method.
_UNKNOWN_THERE = frozenset({400, 404, 405, 410, 422})


class _Unfit(Exception):
    """The strategy that was given, or a guess, is none for this page; perhaps with a doubt."""


class Merger:
    """Merges the pages of listings, each into one response.

    Args:
        options: Those of the listings.
        max_items: The most rows of one response; None for any number.
        max_bytes: The most bytes of its rows.
    """

    def __init__(
        self, options: Mapping[str, Any], *, max_items: int | None, max_bytes: int
    ) -> None:
        self._options = {**options, "model": msgspec.Raw}
        self._max_items, self._max_bytes = max_items, max_bytes
        self._merged = MergedListings()

    def answer(self, pages: PageSession, given: Mapping[str, Any] | None) -> requests.Response:
        """Return a response with the rows of all pages, or the first one as it came.

        Args:
            pages: Sends the requests; the first is answered already.
            given: Options of this listing alone; None if its request cannot be sent again.

        Raises:
            PaginationError: A page failed, or there is too much. No part is returned.
        """
        options = {**self._options, **({"retries": 0} if given is None else given)}
        detected = {**options, "strategy": None, "items": None}
        doubts: list[str] = []
        # what does not fit a given strategy is another list of the API, or no list
        for each in [options, *([detected] if {**detected, **options} != detected else [])]:
            try:
                response = self._answer(pages, each, can_repeat=given is not None)
            except _Unfit as error:
                doubts += map(str, error.args)
            else:
                if isinstance(response, PaginatedResponse) or not doubts:
                    return response
            first = pages.latest
            pages = pages.again()
        if options.get("strict") and doubts:
            raise self._make_strict(doubts, pages, detected, first)
        return _pass(first, *dict.fromkeys(doubts))

    def _make_strict(
        self,
        doubts: Sequence[str],
        pages: PageSession,
        options: Mapping[str, Any],
        first: requests.Response,
    ) -> InconsistentListing:
        """Return the error of a first page that is perhaps not the whole."""
        listing: Listing[Any] = open_listing(pages, "GET", pages.url, options)
        error = InconsistentListing(f"{redact_url(first.url)}: {doubts[0]}", response=first)
        error.checkpoint, error.items_yielded, error.page_index = listing.checkpoint(), 0, 0
        return error

    def _answer(
        self, pages: PageSession, options: Mapping[str, Any], *, can_repeat: bool
    ) -> requests.Response:
        """Return the response.

        Raises:
            _Unfit: Nobody can tell how to go on from the first page.
        """
        listing: Listing[msgspec.Raw] = open_listing(pages, "GET", pages.url, options)
        start = listing.checkpoint()
        try:
            first, response = self._read_first(pages, listing, options.get("strategy"))
            if first.next is None:
                if listing.doubts:
                    raise _Unfit(*listing.doubts)
                return _pass(response)
            strategy = listing.strategy
            assert strategy is not None  # noqa: S101 - a page was read
            if not can_repeat:
                raise _Unfit("more pages follow, and the body of the request can be sent only once")
            position = find_position(first, strategy)
            if position is not None:
                return self._pass_position(first, response, position)
            _refuse_signature(pages.prepared)
            is_given = options.get("strategy") is not None
            return self._merge(pages, response, listing, first, is_given=is_given)
        except PaginationError as error:
            if isinstance(error, PageTooLarge):
                error = append_text(error, f"at {redact_url(pages.url)}; {_ADVICE}")
            error.checkpoint, error.items_yielded = start, 0  # the caller got no row
            raise error from None
        finally:
            listing.close()

    def _read_first(
        self, pages: PageSession, listing: Listing[msgspec.Raw], given: Strategy | None
    ) -> tuple[Page, requests.Response]:
        path = getattr(given and given.items, "path", None)
        try:
            first = next(listing.pages())
        except MalformedPage as error:
            is_doubtful = leads_on(pages.latest) or has_list(pages.latest, path)
            raise _Unfit(*([str(error)] if is_doubtful else [])) from None
        except InconsistentListing as error:
            raise _Unfit(str(error)) from None
        except UnknownPagination as error:
            raise _Unfit(*([str(error)] if may_be_part(pages.latest) else [])) from None
        return first, pages.find_response(first)

    def _pass_position(
        self, first: Page, response: requests.Response, position: Position
    ) -> requests.Response:
        """Return the page of a request that names a position as it came."""
        if not position.is_sure:
            raise _Unfit(
                f"the request has {position.name!r}, and that of the next page has another one, or "
                "none"
            )
        if self._merged.holds(first.request, position):
            warn(
                f"{redact_url(response.url)}: a request without {position.name!r} was answered "
                "with the rows of all pages, and those of this one are among them: begin the loop "
                f"with {position.name!r} in its first request, too, or leave it out",
                PaginationWarning,
            )
        return _pass(response)

    def _merge(
        self,
        pages: PageSession,
        response: requests.Response,
        listing: Listing[msgspec.Raw],
        first: Page,
        *,
        is_given: bool,
    ) -> PaginatedResponse:
        body, elapsed, last = MergedBody(), pages.elapsed, first
        body.add(first.items)
        self._check_bounds(body, listing.total)
        for page in self._read_rest(listing, first, is_given=is_given):
            body.add(page.items)
            last = page
            elapsed += page.elapsed or timedelta(0)
            self._check_bounds(body, None)
        self._merged.add(first)
        strategy = listing.strategy
        assert strategy is not None  # noqa: S101 - pages were read
        headers = response.headers.copy()
        changes = find_changes(first, last, strategy, pages=listing.stats.pages, rows=body.rows)
        doubts = _doubt_losses(changes.losses, response.url)
        close_headers(headers, changes.headers)
        content = to_utf8(response.content, response.headers.get("Content-Type"))
        path: str = getattr(strategy.items, "path", "")
        whole = body.surround(content, find_keys(first.body, path), changes.body)
        response.headers = headers
        pagination = Pagination(
            pages=listing.stats.pages,
            rows=body.rows,
            strategy=strategy,
            doubts=(*listing.doubts, *doubts),
            elapsed=elapsed,
        )
        return merge_response(response, whole, pagination, pages.cookies_set)

    def _read_rest(
        self, listing: Listing[msgspec.Raw], first: Page, *, is_given: bool
    ) -> Iterator[Page]:
        """Yield the pages after the first one.

        Raises:
            _Unfit: The second page shows that the first one was read wrongly.
        """
        try:
            second = next(listing.pages(), None)
        except PaginationError as error:
            if error.page_index == 1 and _is_refuted(error, listing.strategy, first, is_given):
                raise _Unfit(str(error)) from None
            raise
        if second is not None:
            yield second
            yield from listing.pages()

    def _check_bounds(self, body: MergedBody, total: int | None) -> None:
        rows = max(body.rows, total or 0)
        if self._max_items is not None and rows > self._max_items:
            raise PageTooLarge(f"{rows} rows in one response, max_items={self._max_items} at most")
        if len(body) > self._max_bytes:
            raise PageTooLarge(f"one response of more than max_bytes={self._max_bytes}")


def _pass(response: requests.Response, *doubts: str) -> requests.Response:
    """Return a response as it came; tell doubts about it, if there are any."""
    renew_raw(response)
    if doubts:
        pagination = Pagination(pages=1, rows=None, strategy=None, doubts=doubts)
        vars(response)["pagination"] = pagination
        text = "; ".join(doubts)
        where = redact_url(response.url)
        warn(f"{where} is passed on as it came, perhaps not whole: {text}", PossiblyTruncated)
    return response


def _is_refuted(
    error: PaginationError, strategy: Strategy | None, first: Page, is_given: bool
) -> bool:
    """Return whether an error about the second page shows that the strategy was a wrong guess.

    A link or a given strategy is none: then a page failed. But what leads nowhere from a list that
    holds no objects was perhaps no listing.
    """
    if is_given:
        return isinstance(error, InconsistentListing)  # it pages without an effect
    rows = read_path(first.body, getattr(strategy and strategy.items, "path", None) or "")
    has_objects = isinstance(rows, list) and any(isinstance(row, Mapping) for row in rows)
    if has_objects and not (strategy is not None and strategy.may_be_ignored):
        return False
    if isinstance(error, PageFailed):
        return getattr(error.response, "status_code", 0) in _UNKNOWN_THERE
    return isinstance(error, (InconsistentListing, MalformedPage, UnknownPagination))


def _doubt_losses(names: Sequence[str], url: str) -> list[str]:
    """Tell what only the first page's lists beside the rows are in the whole, and return it."""
    if not names:
        return []
    text = f"beside the rows, {names[0]!r} is that of the first page alone; get_all has all pages'"
    warn(f"{redact_url(url)}: {text}", PossiblyTruncated)
    return [text]


def _refuse_signature(request: requests.PreparedRequest) -> None:
    if (place := find_signature(request)) is not None:
        raise PaginationError(
            f"the listing has more pages, and {place}: with the URL of another page it would be "
            "wrong, and an adapter cannot sign again. Use get_all with the session: it signs every "
            "page"
        )
