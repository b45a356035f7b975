"""Answer a request with all pages of the listing that its response begins, or with that response.

The first response has come already. A listing reads it as its first page, and asks for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import requests

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
from requests_paginate._listing.positions import find_position
from requests_paginate._models import Page
from requests_paginate._redaction import redact_url
from requests_paginate._transport.json_body import to_utf8
from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    PageTooLarge,
    PaginationError,
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


def merge_pages(
    pages: PageSession, options: Mapping[str, Any], *, max_items: int | None, max_bytes: int
) -> requests.Response:
    """Return a response with the rows of all pages, or the first one if there is nothing to merge.

    Args:
        pages: Sends the requests; the first is answered already.
        options: Those of the listing.
        max_items: The most rows; None for any number.
        max_bytes: The most bytes of rows.

    Raises:
        PaginationError: A page failed, or there is too much. No part is returned.
    """
    url = _USERINFO.sub("", pages.prepared.url or "", count=1)
    listing: Listing[msgspec.Raw] = open_listing(pages, "GET", url, options)
    start = listing.checkpoint()
    try:
        source = listing.pages()
        try:
            first = next(source)
        except MalformedPage:
            if options.get("strategy") is None and options.get("items") is None:
                return _pass(pages.find_first())
            # the API's other lists and resources
            others = {**options, "strategy": None, "items": None}
            return merge_pages(pages.again(), others, max_items=max_items, max_bytes=max_bytes)
        except (UnknownPagination, InconsistentListing) as error:
            if options.get("strict"):
                raise
            return _pass(pages.find_first(), str(error))
        if first.next is None:
            if options.get("strict"):
                next(source, None)  # a doubt is an error
            return _pass(pages.find_first(), *listing.doubts)
        strategy = listing.strategy
        assert strategy is not None  # noqa: S101 - a page was read
        if (position := find_position(first, strategy)) is not None:
            name, is_sure = position
            doubt = f"the next page is asked for with another {name!r}, which this request has, too"
            return _pass(pages.find_first(), *(() if is_sure else (doubt,)))
        _refuse_signature(pages.prepared)
        response = pages.find_first()
        return _merge(pages, response, listing, first, max_items, max_bytes)
    except PaginationError as error:
        if isinstance(error, PageTooLarge):
            error = append_text(error, _ADVICE)
        error.checkpoint, error.items_yielded = start, 0  # the caller got no row
        raise error from None
    finally:
        listing.close()


def _merge(
    pages: PageSession,
    response: requests.Response,
    listing: Listing[msgspec.Raw],
    first: Page,
    max_items: int | None,
    max_bytes: int,
) -> PaginatedResponse:
    body, elapsed, last = MergedBody(), pages.elapsed - (first.elapsed or timedelta(0)), first
    for page in _and_rest(first, listing.pages()):
        body.add(page.items)
        elapsed, last = elapsed + (page.elapsed or timedelta(0)), page
        rows = max(body.rows, listing.total or 0) if page is first else body.rows
        if max_items is not None and rows > max_items:
            raise PageTooLarge(f"a merged response of {rows} rows, max_items={max_items} at most")
        if len(body) > max_bytes:
            raise PageTooLarge(f"a merged response of more than max_bytes={max_bytes}")
    strategy = listing.strategy
    assert strategy is not None  # noqa: S101 - pages were read
    path: str = getattr(strategy.items, "path", "")
    headers = response.headers.copy()
    changes = close_headers(headers, first.body, find_changes(first, last, strategy))
    content = to_utf8(response.content, response.headers.get("Content-Type"))
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


def _and_rest(first: Page, rest: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from rest


def _pass(response: requests.Response, *doubts: str) -> requests.Response:
    """Return the response as it came; tell doubts about it, if there are any."""
    response.raw = make_raw(response)
    if doubts:
        text = "; ".join(doubts)
        where = redact_url(response.url)
        warn(f"{where} is passed on as it came, perhaps not whole: {text}", PossiblyTruncated)
    return response


def _refuse_signature(request: requests.PreparedRequest) -> None:
    if (place := find_signature(request)) is not None:
        raise PaginationError(
            f"the listing has more pages, and {place}: with the URL of another page it would be "
            "wrong, and an adapter cannot sign again. Use get_all with the session: it signs every "
            "page"
        )
