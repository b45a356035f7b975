"""What a first page and its request show: the recognisers of a dialect look here, and only here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from requests_paginate import names
from requests_paginate.pages import Page, PageRequest
from requests_paginate.rows import ItemsAt, normalized

__all__ = ["Evidence", "gathered", "is_count", "is_flag", "is_link", "is_token", "sent_by"]

_LINK = re.compile(r"(?:https?://|//|/|\?)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the recognisers look at.

    Attributes:
        page: The first page, its items filled in.
        items: The path of the rows, or the callable that the caller gave.
        found: The values around the rows by normalized name: (path, value), nearest first.
        sent: The request's parameters and JSON fields by normalized name: (name, value).
    """

    page: Page
    items: Any
    found: Mapping[str, list[tuple[str, Any]]] = field(default_factory=dict)
    sent: Mapping[str, tuple[str, Any]] = field(default_factory=dict)

    def first(
        self, wanted: Iterable[str], accepts: Callable[[Any], bool]
    ) -> tuple[str, str, Any] | None:
        """The first of the names with an acceptable value: (normalized name, path, value)."""
        for name in wanted:
            for path, value in self.found.get(name, ()):
                if accepts(value):
                    return name, path, value
        return None

    def more(self) -> str | None:
        """The path of a has-more flag; with `!` where it marks the last page."""
        flag = self.first(sorted(names.MORE), is_flag)
        if flag is None and (flag := self.first(sorted(names.LAST), is_flag)) is not None:
            return f"!{flag[1]}"
        return None if flag is None else flag[1]

    def says_more(self) -> bool | None:
        """What the flag says, None without one."""
        path = self.more()
        if path is None:
            return None
        places = dict(self.found[normalized(path.rpartition(".")[2])])
        value = str(places[path.lstrip("!")]).lower() == "true"
        return value is not path.startswith("!")

    def total(self, *, leads_on: bool = False, is_end: bool = False) -> str | None:
        """The path of the number of all rows; not of what is just the page's own length.

        Args:
            leads_on: The page leads on, so the number of all rows is more than its own.
            is_end: The end is to be known from it; then `count`, which often is the page's own,
                must be more.
        """
        rows = len(self.page.items)
        least = rows + 1 if leads_on else rows
        found = self.first(names.TOTALS, lambda value: is_count(value) and int(value) >= least)
        if found is not None:
            return found[1]
        # `count` is a total only beside the rows (Django REST framework); elsewhere, too often,
        # it is the page's own, or counts something else.
        least = rows + 1 if leads_on or is_end else rows
        counts = [p for p, v in self.found.get("count", ()) if is_count(v) and int(v) >= least]
        return next((path for path in counts if self._is_beside(path)), None)

    def _is_beside(self, path: str) -> bool:
        return path.rpartition(".")[0] == str(self.items).rpartition(".")[0]

    def requested(self, wanted: Iterable[str]) -> tuple[str, int] | None:
        """The first of the names that the caller sent with a whole number."""
        for name in wanted:
            if name in self.sent and is_count(self.sent[name][1]):
                return self.sent[name][0], int(self.sent[name][1])
        return None


def gathered(page: Page, items: Any) -> Evidence:
    """Looks around the rows of a page, breadth first, and at its request.

    Args:
        page: The first page.
        items: The path of its rows, or a callable.
    """
    rows = ItemsAt(items)(page)
    found: dict[str, list[tuple[str, Any]]] = {}
    around_rows = _ancestors(items)
    level: list[tuple[str, Any]] = [("", page.body)]
    while level:
        deeper: list[tuple[str, Any]] = []
        for prefix, node in level:
            if not isinstance(node, Mapping):
                continue
            for name, value in node.items():
                path, plain = f"{prefix}{name}", normalized(str(name))
                if value is rows or isinstance(value, list):
                    continue
                found.setdefault(plain, []).append((path, value))
                if isinstance(value, Mapping) and (
                    plain in names.CONTAINERS or path in around_rows
                ):
                    deeper.append((f"{path}.", value))
        level = deeper
    return Evidence(
        page=replace(page, items=rows), items=items, found=found, sent=sent_by(page.request)
    )


def _ancestors(items: Any) -> set[str]:
    """The paths of the objects that the rows are in."""
    pieces = items.split(".") if isinstance(items, str) else []
    return {".".join(pieces[:count]) for count in range(1, len(pieces))}


def sent_by(request: PageRequest) -> dict[str, tuple[str, Any]]:
    """The request's parameters and JSON fields by normalized name: (name, value)."""
    body = request.json if isinstance(request.json, Mapping) else {}
    return {normalized(str(n)): (str(n), v) for n, v in (*body.items(), *request.query().items())}


def is_flag(value: Any) -> bool:
    """Whether a value says yes or no, perhaps in a word."""
    return isinstance(value, bool) or (
        isinstance(value, str) and value.lower() in ("true", "false")
    )


def is_count(value: Any) -> bool:
    """Whether a value is a whole number from 0, perhaps in a string."""
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) <= 18
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_link(value: Any) -> bool:
    """Whether a value looks like a URL, a path or a query."""
    return isinstance(value, str) and _LINK.match(value) is not None


def is_token(value: Any) -> bool:
    """Whether a value can be sent back."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""
