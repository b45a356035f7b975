"""Notices a server that goes round in circles.

A set of everything seen, not only of the last page: a cycle of two pages is as endless as one of
one. Only digests are kept, so memory grows by a few bytes a page, and they are the same in every
process, since a listing may travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from requests_paginate._models import Page, PageRequest
from requests_paginate.checkpoints import digest, fingerprint
from requests_paginate.exceptions import InconsistentListing

__all__ = ["RepeatGuard", "is_alike", "likeness", "mark_of", "rows_mark"]

_SAMPLE = 8  # rows of a page at most by which it is recognised
_IDENTITIES = ("id", "_id", "uuid", "Id", "ID")
_EMPTY_PAGES = 100  # in a row; a server that goes on like this will not stop by itself


def mark_of(rows: Sequence[Any], signals: Sequence[Any]) -> str:
    """What a page is known by: its rows' fingerprint, and what the strategy read beside them."""
    return f"{fingerprint(rows, ends=getattr(rows, 'ends', None))}:{digest(signals)}"


def rows_mark(mark: str) -> str:
    """The part of a page's mark that is its rows'."""
    return mark.partition(":")[0]


def likeness(rows: Sequence[Any], mark: str, *, by_rows: bool) -> str:
    """What a first page is recognised by, should a server that ignores a parameter serve it again.

    Args:
        rows: The page's rows.
        mark: Its `mark`.
        by_rows: Whether equal rows are enough. Under a link they may be data; under a parameter
            whose name is only likely they say that it was ignored.
    """
    ends = (fingerprint(rows) if len(rows) else mark) if by_rows else ""
    # From the beginning: rows that arrive push those at its end to the next page, as they should,
    # and to have pushed those at its beginning there they must be as many as the page's.
    sample = rows[: min(_SAMPLE, (len(rows) + 1) // 2)]
    return ".".join([ends, *map(_checksum, _identities(sample))])


def is_alike(known: str, rows: Sequence[Any], mark: str) -> bool:
    """Whether a page is the one of a `likeness`: its rows, or most of its first identities."""
    ends, *identities = known.split(".")
    if ends and ends == (fingerprint(rows) if len(rows) else mark):
        return True
    own = _identities(rows)
    if len(set(own)) < len(own):
        return False  # a product's, say, in a list of sales: no row's identity
    again = set(map(_checksum, own))
    return len(identities) > 0 and 2 * sum(i in again for i in identities) > len(identities)


def _identities(rows: Sequence[Any]) -> list[str | int]:
    """The rows' ids; none at all where a row has none."""
    found: list[str | int] = []
    for row in rows:
        names = row.keys() if hasattr(row, "keys") else ()
        own = None
        for name in _IDENTITIES:
            if name in names:
                own = row[name]
                break
        if isinstance(own, bool) or not isinstance(own, (str, int)):
            return []
        # a decoder of the caller's may make subclasses
        found.append(str(own) if isinstance(own, str) else int(own))
    return found


def _checksum(identity: str | int) -> str:
    # each alone decides nothing, so a short one is enough
    return f"{crc32(repr(identity).encode()) & 0xFFFFFF:06x}"


class RepeatGuard:
    """Remembers the requests and pages of one listing."""

    def __init__(self) -> None:
        self._requests: set[str] = set()
        self._pages: set[str] = set()
        self._empty_pages = 0

    def expect_no(self, mark: str) -> None:
        """Remembers a page that an earlier listing took."""
        self._pages.add(mark)

    def knows(self, mark: str) -> bool:
        """Whether a page with this mark came before, under whatever request."""
        return mark in self._pages

    def check_empty(self, page: Page) -> None:
        """Refuses the page after too many without rows.

        Raises:
            InconsistentListing: It has none, either.
        """
        if not page.items and self._empty_pages >= _EMPTY_PAGES:
            raise InconsistentListing(f"more than {_EMPTY_PAGES} pages in a row have no rows")

    @staticmethod
    def repeated(strategy: object) -> InconsistentListing:
        """The error of a page that came before."""
        error = InconsistentListing(
            "the page has the same rows as an earlier one: the server ignores what "
            f"{strategy!r} puts into the request; pass another strategy="
        )
        error.is_repeat = True
        return error

    def check_next(self, following: PageRequest, request: PageRequest) -> None:
        """Refuses a next request that was made before.

        Raises:
            InconsistentListing: It was.
        """
        identity = _identity(following)
        if identity in self._requests or identity == _identity(request):
            raise InconsistentListing(f"the page leads back to one that was read: {following!r}")

    def note(self, page: Page, mark: str) -> None:
        """Remembers a page that was taken."""
        self._requests.add(_identity(page.request))
        if page.items:
            self._pages.add(mark)
        self._empty_pages = 0 if page.items else self._empty_pages + 1


def _identity(request: PageRequest) -> str:
    url = request.url.partition("#")[0]  # a fragment is not sent
    return digest([request.method, url, request.params, request.json, request.headers])
