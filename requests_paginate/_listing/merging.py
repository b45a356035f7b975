"""Answer a request with all pages of the listing that its response begins, or with that response.

The first response has come already. A listing reads it as its first page, and asks for the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

import msgspec
import requests

from requests_paginate._detection.detect import may_be_one_of_many
from requests_paginate._listing.closing import close_headers, find_changes
from requests_paginate._listing.factory import open_listing
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.merged_body import MergedBody
from requests_paginate._listing.page_session import PageSession, find_signature
from requests_paginate._listing.paginated_response import (
    PaginatedResponse,
    Pagination,
    make_raw,
    merge_response,
)
from requests_paginate._listing.positions import MergedListings, find_position
from requests_paginate._models import Page, PageRequest
from requests_paginate._redaction import redact_url
from requests_paginate._transport.json_body import decode_json, to_utf8
from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    PageTooLarge,
    PaginationError,
    PaginationWarning,
    PossiblyTruncated,
    UnknownPagination,
    append_text,
    warn,
)

_JSON = re.compile(r"\s*(?:$|text/|application/(?:x-)?javascript|[^;]*json)", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_ADVICE = "get_all of a session hands out any number of rows, a page at a time"


def may_be_listing(request: requests.PreparedRequest, response: requests.Response) -> bool:
    """Return whether a response may be the first page of a listing, by its head."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and _JSON.match(response.headers.get("Content-Type", "")) is not None
    )


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

    def answer(self, pages: PageSession, given: Mapping[str, Any]) -> requests.Response:
        """Return a response with the rows of all pages, or the first one as it came.

        Args:
            pages: Sends the requests; the first is answered already.
            given: Options of this listing alone.

        Raises:
            PaginationError: A page failed, or there is too much. No part is returned.
        """
        options = {**self._options, **given}
        response = self._answer(pages, options)
        if response is None and (options.get("strategy") or options.get("items")):
            # another list of the same API, or a resource
            options = {**options, "strategy": None, "items": None}
            response = self._answer(pages.again(), options)
        return _pass(pages.latest) if response is None else response

    def _answer(self, pages: PageSession, options: Mapping[str, Any]) -> requests.Response | None:
        """Return the response; None if the first page has no rows where they should be."""
        url = _USERINFO.sub("", pages.prepared.url or "", count=1)
        listing: Listing[msgspec.Raw] = open_listing(pages, "GET", url, options)
        start = listing.checkpoint()
        try:
            return self._read(pages, listing, is_strict=options.get("strict", False))
        except PaginationError as error:
            if isinstance(error, PageTooLarge):
                error = append_text(error, _ADVICE)
            error.checkpoint, error.items_yielded = start, 0  # the caller got no row
            raise error from None
        finally:
            listing.close()

    def _read(
        self, pages: PageSession, listing: Listing[msgspec.Raw], *, is_strict: bool
    ) -> requests.Response | None:
        source = listing.pages()
        try:
            first = next(source)
        except MalformedPage:
            return None
        except (UnknownPagination, InconsistentListing) as error:
            is_part = isinstance(error, InconsistentListing) or _may_be_part(pages.latest)
            if is_part and is_strict:
                raise
            return _pass(pages.latest, *([str(error)] if is_part else ()))
        response = pages.find_response(first)
        if first.next is None:
            if is_strict:
                next(source, None)  # tells its doubts as an error
            return _pass(response, *listing.doubts)
        strategy = listing.strategy
        assert strategy is not None  # noqa: S101 - a page was read
        position = find_position(first, strategy)
        if position is None:
            _refuse_signature(pages.prepared)
            self._merged.add(pages.prepared, first)
            return self._merge(pages, response, listing, first)
        if not position.is_sure:
            doubt = "the request has {!r}, and that of the next page has another one, or none"
            return _pass(response, doubt.format(position.name))
        if self._merged.holds(pages.prepared, first.request, position):
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
    ) -> PaginatedResponse:
        body, elapsed, last = MergedBody(), timedelta(0), first
        for page in chain([first], listing.pages()):
            body.add(page.items)
            last = page
            elapsed += pages.elapsed if page is first else page.elapsed or timedelta(0)
            self._check_bounds(body, listing.total if page is first else None)
        strategy = listing.strategy
        assert strategy is not None  # noqa: S101 - pages were read
        headers = response.headers.copy()
        changes = close_headers(headers, first.body, find_changes(first, last, strategy))
        content = to_utf8(response.content, response.headers.get("Content-Type"))
        path: str = getattr(strategy.items, "path", "")
        whole = body.surround(content, first.body, path, changes)
        response.headers = headers
        pagination = Pagination(
            pages=listing.stats.pages,
            rows=body.rows,
            strategy=strategy,
            doubts=listing.doubts,
            elapsed=elapsed,
        )
        return merge_response(response, whole, pagination, pages.cookies_set)

    def _check_bounds(self, body: MergedBody, total: int | None) -> None:
        rows = max(body.rows, total or 0)
        if self._max_items is not None and rows > self._max_items:
            raise PageTooLarge(f"{rows} rows in one response, max_items={self._max_items} at most")
        if len(body) > self._max_bytes:
            raise PageTooLarge(f"one response of more than max_bytes={self._max_bytes}")


def _pass(response: requests.Response, *doubts: str) -> requests.Response:
    """Return a response as it came; tell doubts about it, if there are any."""
    response.raw = make_raw(response)
    if doubts:
        pagination = Pagination(pages=1, rows=None, strategy=None, doubts=doubts)
        vars(response)["pagination"] = pagination
        text = "; ".join(doubts)
        where = redact_url(response.url)
        warn(f"{where} is passed on as it came, perhaps not whole: {text}", PossiblyTruncated)
    return response


def _may_be_part(response: requests.Response) -> bool:
    """Return whether a response that nobody could read as a page may still be one of many."""
    content_type = response.headers.get("Content-Type")
    body = decode_json(to_utf8(response.content, content_type), content_type)
    request = PageRequest("GET", response.request.url or "")
    return may_be_one_of_many(
        Page(request=request, headers=response.headers, body=body, url=response.url)
    )


def _refuse_signature(request: requests.PreparedRequest) -> None:
    if (place := find_signature(request)) is not None:
        raise PaginationError(
            f"the listing has more pages, and {place}: with the URL of another page it would be "
            "wrong, and an adapter cannot sign again. Use get_all with the session: it signs every "
            "page"
        )
