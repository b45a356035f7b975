"""Select what a page holds: its rows (at a path, by a callable, or found) and their total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_paginate._envelope.rows import counts_none, find_rows, identity, members
from requests_paginate._models import Page
from requests_paginate._paths import ABSENT, as_number, check_path, read, type_name
from requests_paginate.exceptions import MalformedPage

__all__ = ["ItemsAt", "TotalAt"]

_NO_ERROR = frozenset({"", "200", "ok", "success", "none", "null"})


@dataclass(frozen=True, repr=False)
class ItemsAt:
    """Reads a page's rows: what the `items` of a strategy is.

    Attributes:
        path: A path in the body; `""` for a bare list; a callable given the body; None: found by
            name and place on the first page.
        takes_one: Whether an object there is a row by itself.
    """

    path: str | Callable[[Any], Any] | None = None
    takes_one: bool = field(default=False, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not (self.path is None or isinstance(self.path, str) or callable(self.path)):
            raise TypeError(f"items: expected a path or a callable, got {type(self.path).__name__}")

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> Sequence[Any]:
        """The rows of a page.

        Raises:
            MalformedPage: There are none where they should be.
        """
        if page.status == 204:  # No Content: the server says that there are none
            return []
        if callable(self.path):
            rows = self.path(page.body)
            if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
                raise MalformedPage(f"expected rows from items=, got {type_name(rows)}")
            return rows if isinstance(rows, list) else list(rows)
        path = find_rows(page.body, page.url) if self.path is None else self.path
        rows = read(page.body, path)
        if rows and isinstance(rows, list):
            return rows
        if isinstance(rows, list) or (rows is None and path):  # null rows: dlt issue 2932
            _refuse_error_body(page.body)
            return []
        is_left_out = rows is ABSENT or (not path and identity(rows) is None)
        if is_left_out and counts_none(page.body):
            _refuse_error_body(page.body)
            return []
        if self.takes_one and isinstance(rows, Mapping):
            if identity(rows) is None:  # a failed payment has an id and an error, and is data
                _refuse_error_body(page.body)
            return [rows]
        raise MalformedPage(
            f"expected a list of rows at {path!r}, got {type_name(rows)}{_keys_of(page.body)}; "
            "pass items= if they are elsewhere"
        )


def _refuse_error_body(body: Any) -> None:
    """Raises where a page without rows reports an error: no rows is then not what it says.

    TikTok's `{"error": {"code": "ok", "message": ""}}` is no error, nor is `{"errno": 0}`.
    """
    if not isinstance(body, Mapping):
        return
    for name in ("error", "errors"):
        if _is_error(body.get(name)):
            raise MalformedPage(f"the page has no rows and reports an error at {name!r}")
    for name in ("ok", "success"):
        if body.get(name) is False:
            raise MalformedPage(f"the page has no rows and {name!r} is false")


def _is_error(error: Any) -> bool:
    if isinstance(error, Mapping):
        codes = [error.get(name) for name in ("code", "errno", "status")]
        code = next((code for code in codes if code is not None and code != ""), None)
        return any(error.values()) if code is None else _is_error(code)
    said = str(error or "").lower()
    return said not in _NO_ERROR and said.strip("0") != ""


def _keys_of(body: Any) -> str:
    return f" in an object of {members(body)}" if isinstance(body, Mapping) else ""


@dataclass(frozen=True, repr=False)
class TotalAt:
    """Reads how many rows the whole listing has: what the `total` of a strategy is.

    Attributes:
        path: A path in the body, else a response header's name (of Content-Range, what stands
            after its slash); None: the API does not tell.
    """

    path: str | None = None

    def __post_init__(self) -> None:
        check_path("total", self.path)

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> int | None:
        """The number of rows, None where the page does not tell.

        Raises:
            MalformedPage: It is no whole number.
        """
        if self.path is None:
            return None
        told = page.lookup(self.path)
        if self.path.lower() == "content-range" and isinstance(told, str):
            # RFC 9110 section 14.4: `items 0-24/66`, and `*` for an unknown length
            told = told.rpartition("/")[2].strip()
            told = None if told == "*" else told
        return as_number(told, self.path)
