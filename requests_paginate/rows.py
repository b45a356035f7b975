"""Finds the rows in a body when nobody said where they are.

By name and place, never by length: the longest list changes from page to page. Where several
lists could be the rows, the caller is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from requests_paginate.exceptions import MalformedPage, UnknownPagination
from requests_paginate.pages import Page, read, type_name

__all__ = ["ItemsAt", "find_rows", "normalized"]

_ROWS_NAMES = (
    "results", "items", "data", "records", "value", "values", "entries", "content", "hits", "rows",
    "resources", "elements", "collection", "features", "nodes", "edges", "list", "objects",
    "children", "result", "docs", "entry", "dados", "itens", "events",
)  # fmt: skip
# Lists that stand beside the rows: metadata, side-loaded resources, descriptions of columns.
_NEVER_ROWS = frozenset({"links", "errors", "warnings"})
_BESIDE_ROWS = _NEVER_ROWS | {
    "messages", "included", "facets", "aggregations", "schemas", "sort", "order", "fields",
    "breadcrumbs", "columns", "constraints", "primarygroups", "groupby", "defaultreminders",
    "modified", "removed",
}  # fmt: skip
_WRAPPERS = frozenset(
    {"data", "result", "response", "payload", "d", "embedded", "message", "hits", "list", "query",
     "queryresponse", "body", "results", "elements"}
)  # fmt: skip
_NO_ERROR = frozenset({"", "200", "ok", "success", "none", "null"})
_DEPTH = 4  # Walmart nests list.elements.order


def normalized(name: str) -> str:
    """A name in lower case without its punctuation: `has_more`, `hasMore`, `has-more` are one."""
    return "".join(c for c in name.lower() if c.isalnum())


def find_rows(body: Any, url: str) -> str:
    """The path of the rows in a body.

    Args:
        body: The decoded body of a first page.
        url: The URL it came from: `/tickets.json` probably answers with `tickets`.

    Returns:
        A path for `pages.read`; the empty path for a bare list.

    Raises:
        MalformedPage: The body is neither a list nor an object, or reports an error.
        UnknownPagination: There is no list in it, or several that could be the rows.
    """
    if isinstance(body, list):
        return ""
    if not isinstance(body, Mapping):
        raise MalformedPage(f"expected a list or an object of rows, got {type_name(body)}")
    # Twilio: {"meta": {"key": "conversations"}, "conversations": [...]}
    named = read(body, "meta.key")
    if isinstance(named, str) and isinstance(body.get(named), list):
        return named
    segment = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    resource = normalized(segment.partition(".")[0])
    for beside in (_BESIDE_ROWS, _NEVER_ROWS):
        candidates = list(_candidates(body, resource, beside))
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise UnknownPagination(
                f"several lists could be the rows; pass items= one of {', '.join(candidates)}"
            )
    if any(normalized(name) in ("error", "errors") for name in body):
        raise MalformedPage(f"the body reports an error instead of rows: {_names(body)}")
    raise UnknownPagination(
        f"no list of rows in an object of {_names(body)}; pass items= to say where the rows are"
    )


def _candidates(body: Mapping[str, Any], resource: str, beside: frozenset[str]) -> Iterator[str]:
    """The likeliest path alone, or all that are left when none stands out."""
    level: list[tuple[str, Mapping[str, Any]]] = [("", body)]
    for _ in range(_DEPTH):
        for prefix, node in level:
            lists = [name for name, value in node.items() if isinstance(value, list)]
            by_name = {normalized(name): name for name in reversed(lists)}
            known = next((by_name[n] for n in (resource, *_ROWS_NAMES) if n and n in by_name), None)
            if known is not None:
                yield prefix + known
                return
            left = [name for name in lists if normalized(name) not in beside]
            if left:
                yield from (prefix + name for name in left)
                return
        level = [
            (f"{prefix}{name}.", value)
            for prefix, node in level
            for name, value in node.items()
            if isinstance(value, Mapping) and normalized(name) in _WRAPPERS | {resource}
        ]


def _names(body: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, list(body)[:12])) or "nothing"


@dataclass(frozen=True, repr=False)
class ItemsAt:
    """Reads a page's rows: what the `items` of a strategy is.

    Attributes:
        path: A path in the body; `""` for a bare list; a callable given the body; None: found by
            name and place on the first page.
    """

    path: str | Callable[[Any], Any] | None = None

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
    return f" in an object of {_names(body)}" if isinstance(body, Mapping) else ""
