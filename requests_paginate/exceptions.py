"""The errors and warnings: first the tree, then the classes.

    PaginationError (requests.RequestException)
    ├── UnknownPagination (ValueError)       cannot tell how this API paginates, or find its rows
    ├── MalformedPage (InvalidJSONError)     a page that the strategy cannot read
    ├── InconsistentListing                  the server contradicts itself
    ├── UnsafeLink (InvalidURL)              a link or redirect that must not be followed
    ├── PageFailed (HTTPError)               a status that says that there is no page
    ├── TransferFailed (ConnectionError)     no complete response
    ├── PageTooLarge                         more decoded bytes than max_page_bytes
    ├── DeadlineExceeded (Timeout)           a page took longer than it may
    ├── InvalidCheckpoint (ValueError)       a checkpoint that does not fit this call
    └── InsecureTransport (SSLError)         http where https is required, or a failure of TLS
    PaginationWarning (UserWarning)
    ├── PossiblyTruncated                    rows may be missing at the end
    └── ListingChanged                       the data changed while it was listed

Every error is a `requests.RequestException`, so existing handlers work. It is also the nearest
class of Python or of requests. A message says what was expected, what came (its type, never a value
of a row) and what you can do.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from requests import exceptions as requests_exceptions

from requests_paginate._redaction import is_secret_name, redact_text, redact_url

__all__ = [
    "DeadlineExceeded", "InconsistentListing", "InsecureTransport", "InvalidCheckpoint",
    "ListingChanged", "MalformedPage", "PageFailed", "PageTooLarge", "PaginationError",
    "PaginationWarning", "PossiblyTruncated", "ResponseSummary", "TransferFailed",
    "UnknownPagination", "UnsafeLink",
]  # fmt: skip


class ResponseSummary:
    """What an error keeps of its response when it is pickled.

    Attributes:
        status_code: The HTTP status.
        headers: The response's headers, without cookies.
        url: The URL, redacted.
    """

    def __init__(self, status_code: int, headers: Mapping[str, str], url: str) -> None:
        self.status_code = status_code
        self.headers = dict(headers)
        self.url = url

    def __repr__(self) -> str:
        return f"<ResponseSummary [{self.status_code}] {self.url}>"


class PaginationError(requests_exceptions.RequestException):
    """The listing cannot continue: the base class of all errors.

    A pickled error keeps its text, its position and its checkpoint. Of its response it keeps the
    status, the headers and the redacted URL, and never the request, the hooks or the body. Its
    `page_request` is redacted.

    Attributes:
        checkpoint: A string; `get_all(url, resume=checkpoint)` continues at the very next row.
        page_request: The `PageRequest` of the page that failed.
        page_index: The index of that page in the listing, from 0.
        items_yielded: The number of rows that the listing yielded before the error.
        response: The `requests.Response`, if there is one.
        transient: Whether another try of the same request may succeed.
    """

    checkpoint: str | None = None
    page_request: Any = None  # a PageRequest; its module imports this one
    page_index: int | None = None
    items_yielded: int | None = None
    transient: bool = False
    summary: ResponseSummary | None = None  # of the response, without secrets

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name not in _NOT_PICKLED}
        if self.page_request is not None:
            state["page_request"] = self.page_request.redacted()
        if self.response is not None:
            state["response"] = self.summary or summarize_response(self.response)
        return type(self), self.args, state


# Both hold secrets of the caller. `request` is an attribute of RequestException.
_NOT_PICKLED = {"request", "response", "summary"}
_UNSHOWN_HEADERS = {
    "set-cookie", "set-cookie2", "location", "content-location", "link", "refresh",
    "requests-paginate-location",
}  # fmt: skip


def summarize_response(response: Any, hide: Callable[[str], str] = str) -> ResponseSummary:
    """Return what may be kept of a response; `hide` takes further secrets out of a text."""
    headers = {
        hide(name): hide(redact_text(value))
        for name, value in response.headers.items()
        if not (is_secret_name(name) or name.lower() in _UNSHOWN_HEADERS)
    }
    url = hide(redact_url(response.url or ""))
    return ResponseSummary(response.status_code, headers, url)


class UnknownPagination(PaginationError, ValueError):
    """The first page does not tell how this API paginates; the message says what was seen."""


class MalformedPage(PaginationError, requests_exceptions.InvalidJSONError):
    """The body is not JSON, has a wrong type at a path or no rows, or reports an error."""


class InconsistentListing(PaginationError):
    """The server contradicts itself: a repeated page or request, an ignored parameter, a loop.

    Attributes:
        is_repeat: Whether another request got the same page again.
        is_end: Whether it is about the end alone: all rows that came are right, and were handed
            out before it was raised.
    """

    is_repeat: bool = False
    is_end: bool = False


class UnsafeLink(PaginationError, requests_exceptions.InvalidURL):
    """A link or redirect leads to another origin or to http, or is no URL. Nothing was sent."""


class PageFailed(PaginationError, requests_exceptions.HTTPError):
    """The status, after retries, is none of a page.

    Those are 200, 203, 204, 201 for a POST, and 206 with a Content-Range that counts rows.

    Attributes:
        code: The provider's own code, as its body says: a text or a number. None without one.
        code_description: Words for a code that is a number, as Pluggy's `codeDescription`.
        request_id: The id under which the provider's support finds the request.
    """

    code: str | int | None = None
    code_description: str | None = None
    request_id: str | None = None


class TransferFailed(PaginationError, requests_exceptions.ConnectionError):
    """No complete response after retries: it was refused, reset, cut or undecodable."""

    transient = True


class PageTooLarge(PaginationError):
    """A decoded body is larger than `max_page_bytes`, or a merged response than its bounds."""


class DeadlineExceeded(PaginationError, requests_exceptions.Timeout):
    """A page took longer than `deadline`, or every try of it timed out."""


class InvalidCheckpoint(PaginationError, ValueError):
    """A checkpoint was changed, or belongs to another origin, path or strategy."""


class InsecureTransport(PaginationError, requests_exceptions.SSLError):
    """The URL is http:// where https:// is required, or TLS failed. It is never retried."""


class PaginationWarning(UserWarning):
    """The listing continues, but something about it is doubtful: the base class of all warnings."""


class PossiblyTruncated(PaginationWarning):
    """The listing has ended, and something says that rows may be missing.

    It is reported after the last row; `Listing.doubts` keeps it. With `strict=True` it is an error.
    """


class ListingChanged(PaginationWarning):
    """The data changed while it was listed: rows may be missing or repeated."""


def doubt_end(text: str) -> InconsistentListing:
    """Return an error about the end of a listing, whose rows are right."""
    error = InconsistentListing(text)
    error.is_end = True
    return error


def append_text(error: PaginationError, text: str) -> PaginationError:
    """Return an error like the given one, with more text."""
    longer = type(error)(f"{error}; {text}")
    vars(longer).update(vars(error))
    return longer


def warn(text: str, category: type[PaginationWarning]) -> None:
    """Warn at the caller's line, the nearest one outside of this package and of requests."""
    level, frame = 1, sys._getframe()
    packages = (__name__.partition(".")[0], "requests")  # which calls an adapter
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in packages:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
