"""What goes wrong in a mocked listing, because a test asks for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Literal

from requests_paginate.sandbox.messages import Response, json_response

__all__ = ["Fault", "Faults"]

Fault = int | Literal["expired", "truncated", "repeated"]
"""What goes wrong with a page.

- A status, such as 429 or 503: it answers one request of the page. With it stands
  `Retry-After`, if `retry_after` is given.
- `"truncated"`: the body ends in its middle, for one request of the page.
- `"expired"`: 410 for every request of the page, until somebody asks for the first page again.
- `"repeated"`: the page begins with the last row of the page before it, as if a row had been
  inserted in between.
"""

_WORDS = ("expired", "truncated", "repeated")


class Faults:
    """What is still to go wrong with each page, counted from 1.

    Args:
        faults: The faults of each page: one, or several, which befall its requests one by one.
        pages: How many pages will be asked for.
        retry_after: What `Retry-After` says, in seconds; 0: nothing.
    """

    def __init__(
        self, faults: Mapping[int, Fault | Sequence[Fault]], pages: int, retry_after: int
    ) -> None:
        self._retry_after = retry_after
        self._lock = Lock()
        self._left: dict[int, deque[Fault]] = {}
        self._repeated: set[int] = set()
        self._expired: set[int] = set()  # the pages that were refused since the last beginning
        for page, listed in faults.items():
            each = [listed] if isinstance(listed, (int, str)) else list(listed)
            for fault in each:
                _check(page, fault, pages)
            self._left[page] = deque(fault for fault in each if fault != "repeated")
            self._repeated |= {page} if "repeated" in each else set()

    def is_repeated(self, page: int) -> bool:
        """Return whether a page begins with the last row of the page before it."""
        return page in self._repeated

    def count_inserted(self, page: int) -> int:
        """Return how many rows were inserted before a page was asked for."""
        return sum(page >= each for each in self._repeated)

    def spoil(self, page: int, response: Response) -> Response:
        """Return what comes in the place of a page: itself, if nothing goes wrong."""
        with self._lock:
            if page == 1:
                while self._expired:
                    self._left[self._expired.pop()].popleft()
            left = self._left.get(page)
            fault = left[0] if left else None
            if fault == "expired":
                self._expired.add(page)
            elif left:
                left.popleft()
        if fault == "truncated":
            # No Content-Length of the whole: a client on a socket would wait for the rest.
            body = response.body[: len(response.body) // 2]
            return Response(status=response.status, headers=response.headers, body=body)
        if fault == "expired":
            return _fail(410, "the cursor has expired: begin again with the first page")
        if isinstance(fault, int):
            asked = [("Retry-After", str(self._retry_after))] if self._retry_after else []
            return _fail(fault, "as the test asks for", asked)
        return response


def _fail(status: int, message: str, headers: Sequence[tuple[str, str]] = ()) -> Response:
    return json_response({"error": {"message": message}}, status=status, headers=headers)


def _check(page: int, fault: Fault, pages: int) -> None:
    """Raise if a fault is none, or if its page will never be asked for."""
    is_status = type(fault) is int and 400 <= fault <= 599
    if not is_status and fault not in _WORDS:
        raise ValueError(f"faults: expected a status from 400, or one of {_WORDS}, got {fault!r}")
    if type(page) is not int or not 1 <= page <= pages:
        raise ValueError(
            f"faults: expected a page from 1 to {pages}, got {page!r}; there are more pages with a "
            "smaller page_size="
        )
    if page == 1 and fault in ("expired", "repeated"):
        raise ValueError(f"faults: the first page cannot be {fault!r}")
