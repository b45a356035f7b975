"""The errors and warnings, drawn first, then defined.

    PaginationError (requests.RequestException)
    ├── UnknownPagination (ValueError)       cannot tell how this API paginates, or its rows
    ├── MalformedPage (InvalidJSONError)     a page that cannot be read as the strategy says
    ├── InconsistentListing                  the server contradicts itself
    ├── UnsafeLink (InvalidURL)              a link or redirect that must not be followed
    ├── PageFailed (HTTPError)               a status that is no page
    ├── TransferFailed (ConnectionError)     no whole response
    ├── PageTooLarge                         more decoded bytes than max_page_bytes
    ├── DeadlineExceeded (Timeout)           a page took longer than it may
    ├── InvalidCheckpoint (ValueError)       a resume token that does not fit this call
    └── InsecureTransport (SSLError)         http where https is required, or TLS that failed
    PaginationWarning (UserWarning)
    ├── PossiblyTruncated                    one page was taken for the whole, and may not be
    └── ListingChanged                       the data moved while it was listed

Every error is a `requests.RequestException`, so existing handlers work, and is also the nearest
builtin or requests class. A message says what was expected, what came (a type, never a row's
value) and what can be done.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from requests import exceptions as requests_exceptions

from requests_paginate._redaction import is_secret_name, redact_text, redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DeadlineExceeded",
    "InconsistentListing",
    "InsecureTransport",
    "InvalidCheckpoint",
    "ListingChanged",
    "MalformedPage",
    "PageFailed",
    "PageTooLarge",
    "PaginationError",
    "PaginationWarning",
    "PossiblyTruncated",
    "ResponseSummary",
    "TransferFailed",
    "UnknownPagination",
    "UnsafeLink",
]


class ResponseSummary:
    """What remains of a response in an error that travelled between processes.

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
    """Something kept a listing from going on.

    A pickled error keeps its text, position and checkpoint, and of its response the status, the
    headers and the redacted URL: never the request, hooks or body. Its `page_request` is redacted.

    Attributes:
        checkpoint: A string from which `get_all(url, resume=...)` goes on at the very next row.
        page_request: The `PageRequest` whose page could not be had.
        page_index: That page's index in the listing, from 0.
        items_yielded: Rows handed out before the error.
        response: The `requests.Response`, where there is one.
        transient: Whether another try of the same request may succeed.
    """

    checkpoint: str | None = None
    page_request: Any = None  # a PageRequest, which is defined in a later module
    page_index: int | None = None
    items_yielded: int | None = None
    transient: bool = False

    def append(self, text: str) -> None:
        """Add a sentence to the message."""
        self.args = (f"{self}; {text}",)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name not in _NOT_PICKLED}
        if self.page_request is not None:
            state["page_request"] = self.page_request.redacted()
        if self.response is not None:
            state["response"] = _summary(self.response)
        return type(self), self.args, state


# `request` comes from RequestException; the cause and the traceback may hold the caller's secrets.
_NOT_PICKLED = {"request", "response"}
_UNSHOWN_HEADERS = {
    "set-cookie", "set-cookie2", "location", "content-location", "link", "refresh",
    "requests-paginate-location",
}  # fmt: skip


def _summary(response: Any) -> ResponseSummary:
    headers = {
        name: redact_text(value)
        for name, value in response.headers.items()
        if not (is_secret_name(name) or name.lower() in _UNSHOWN_HEADERS)
    }
    return ResponseSummary(response.status_code, headers, redact_url(response.url or ""))


class UnknownPagination(PaginationError, ValueError):
    """Nobody said how this API paginates and the first page does not tell; names what was seen."""


class MalformedPage(PaginationError, requests_exceptions.InvalidJSONError):
    """Not JSON, a wrong type at a path, no rows where they should be, or an error body with 200."""


class InconsistentListing(PaginationError):
    """The server contradicts itself: a repeated page or request, an ignored parameter, a loop.

    Attributes:
        is_repeat: Whether a page came again under another request.
    """

    is_repeat: bool = False


class UnsafeLink(PaginationError, requests_exceptions.InvalidURL):
    """A link or redirect to another origin, to http, or one that is no URL. Nothing was sent."""


class PageFailed(PaginationError, requests_exceptions.HTTPError):
    """A status that is not 200 (nor 206 with a Content-Range that counts rows), after retries."""


class TransferFailed(PaginationError, requests_exceptions.ConnectionError):
    """No whole response after retries: refused, reset, cut or undecodable."""

    transient = True


class PageTooLarge(PaginationError):
    """The body, decoded, is larger than `max_page_bytes`."""


class DeadlineExceeded(PaginationError, requests_exceptions.Timeout):
    """A page took longer than `deadline`, or timed out on every try."""


class InvalidCheckpoint(PaginationError, ValueError):
    """A resume token that was changed, or belongs to another origin, path or strategy."""


class InsecureTransport(PaginationError, requests_exceptions.SSLError):
    """http:// where https:// is required, or any failure of TLS. Never retried."""


class PaginationWarning(UserWarning):
    """What a listing noticed and could live with."""


class PossiblyTruncated(PaginationWarning):
    """One page was taken for the whole listing, and its length says that it may not be."""


class ListingChanged(PaginationWarning):
    """The listing changed on the way: rows may be missing or repeated."""


def warn(text: str, category: type[PaginationWarning]) -> None:
    """Warns at the caller's own line: the nearest one outside of this package.

    Args:
        text: What was noticed, and what can be done.
        category: The class of the warning.
    """
    level, frame = 1, sys._getframe()
    package = __name__.partition(".")[0]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
