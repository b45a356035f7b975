"""Read the rows of a page (at a path, by a callable, or where they are found) and their total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_paginate._envelope.nodes import describe_members
from requests_paginate._envelope.resources import find_identity
from requests_paginate._envelope.rows import find_rows, has_zero_count
from requests_paginate._models import Page
from requests_paginate._paths import ABSENT, check_path, describe_type, parse_count, read_path
from requests_paginate.exceptions import MalformedPage

_NO_ERROR = frozenset({"", "200", "ok", "success", "none", "null"})


@dataclass(frozen=True, repr=False)
class ItemsAt:
    """Read the rows of a page: the `items` of a strategy.

    Attributes:
        path: A path in the body, `""` for a bare list, or a callable that takes the body. None:
            the rows are found by name and place on the first page.
        takes_one: Whether an object at the path is one row.
    """

    path: str | Callable[[Any], Any] | None = None
    takes_one: bool = field(default=False, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not (self.path is None or isinstance(self.path, str) or callable(self.path)):
            raise TypeError(f"items: expected a path or a callable, got {type(self.path).__name__}")

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> Sequence[Any]:
        """Return the rows of a page; raise if there is no list of rows where it should be."""
        if page.status == 204:  # No Content
            return []
        if callable(self.path):
            rows = self.path(page.body)
            if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
                raise MalformedPage(f"expected rows from items=, got {describe_type(rows)}")
            return rows if isinstance(rows, list) else list(rows)
        path = find_rows(page.body, page.url) if self.path is None else self.path
        rows = read_path(page.body, path)
        if rows and isinstance(rows, list):
            return rows
        if isinstance(rows, list) or (rows is None and path):  # null for no rows: dlt issue 2932
            _refuse_error_body(page.body)
            return []
        is_left_out = rows is ABSENT or (not path and find_identity(rows) is None)
        if is_left_out and has_zero_count(page.body):
            _refuse_error_body(page.body)
            return []
        if self.takes_one and isinstance(rows, Mapping):
            if find_identity(rows) is None:  # with one it may be a failed payment, which is data
                _refuse_error_body(page.body)
            return [rows]
        is_object = isinstance(page.body, Mapping)
        within = f" in an object of {describe_members(page.body)}" if is_object else ""
        raise MalformedPage(
            f"expected a list of rows at {path!r}, got {describe_type(rows)}{within}; pass items= "
            "if they are elsewhere"
        )


def _refuse_error_body(body: Any) -> None:
    """Raise if a page without rows reports an error; `{"code": "ok"}` of TikTok is none."""
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
    text = str(error or "").lower()
    return text not in _NO_ERROR and text.strip("0") != ""


@dataclass(frozen=True, repr=False)
class TotalAt:
    """Read how many rows the whole listing has: the `total` of a strategy.

    Attributes:
        path: A path in the body, else the name of a response header. Of Content-Range, what stands
            after the slash counts. None: the API does not tell.
    """

    path: str | None = None

    def __post_init__(self) -> None:
        check_path("total", self.path)

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> int | None:
        """Return the number of rows, or None if the page does not tell."""
        if self.path is None:
            return None
        value = page.lookup(self.path)
        if self.path.lower() == "content-range" and isinstance(value, str):
            # RFC 9110 section 14.4: `items 0-24/66`, and `*` for an unknown length
            value = value.rpartition("/")[2].strip()
            value = None if value == "*" else value
        return parse_count(value, self.path)
