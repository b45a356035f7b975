"""What a first page and its request show: the recognisers of a dialect look here, and only here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from requests_paginate import names
from requests_paginate.pages import Page, PageRequest, decoded_object, flag
from requests_paginate.rows import ItemsAt, normalized

__all__ = ["Evidence", "gathered", "is_count", "is_flag", "is_link", "is_token", "sent_by"]

_MOST_LINKS = 50
# What a header may say; `next` and `after` alone are too common, and `Link` is read by itself.
_HEADER_NAMES = {
    *names.TOTALS, *names.TOTAL_PAGES, *names.NUMBERS,
    *(name for name in names.TOKENS if name.startswith("next") and name != "next"),
    "continuationtoken", "hasmore", "hasnext", "hasnextpage",
}  # fmt: skip
_FAMILY = re.compile(r"(?P<family>\w+)(?:\[|\.)(?P<inner>\w+)\]?")
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
        for names_of_flags, sign in ((names.MORE, ""), (names.LAST, "!")):
            for name, places in self.found.items():
                if names_of_flags.fullmatch(name):
                    for path, value in places:
                        if is_flag(value):
                            return f"{sign}{path}"
        return None

    def says_more(self) -> bool | None:
        """What the flag says, None without one."""
        return flag(self.page, self.more())

    def total(self, *, leads_on: bool = False, is_end: bool = False) -> str | None:
        """The path of the number of all rows; not of what is just the page's own length.

        Args:
            leads_on: The page leads on, so the number of all rows is more than its own.
            is_end: The end is to be known from it; then `count`, which often is the page's own,
                must be more.
        """
        rows = len(self.page.items)
        least = rows + 1 if leads_on else rows
        for name in (*names.TOTALS, self._total_of_rows()):
            for place in self.found.get(name, ()):
                path, value = _exact(*place)
                if is_count(value) and int(value) >= least:
                    return path
        # A count is a total only beside the rows (Django REST framework); elsewhere, too often,
        # it is the page's own, or counts something else.
        least = rows + 1 if leads_on or is_end else rows
        for name in names.COUNTS:
            for path, value in self.found.get(name, ()):
                if is_count(value) and int(value) >= least and self._is_beside(path):
                    return path
        said = (self.page.header("Content-Range") or "").rpartition("/")[2].strip()
        return "Content-Range" if is_count(said) and int(said) >= least else None

    def _total_of_rows(self) -> str:
        """`total_orders` beside `orders` counts them; `total_cents` counts something else."""
        return f"total{normalized(str(self.items).rpartition('.')[2])}"

    def _is_beside(self, path: str) -> bool:
        return path.rpartition(".")[0] == str(self.items).rpartition(".")[0]

    def requested(self, wanted: Iterable[str]) -> tuple[str, int] | None:
        """The first of the names that the caller sent with a whole number."""
        for name in wanted:
            if name in self.sent and is_count(self.sent[name][1]):
                return self.sent[name][0], int(self.sent[name][1])
        return None


def _exact(path: str, value: Any) -> tuple[str, Any]:
    """The total in Elasticsearch's {"value": 3, "relation": "eq"}; a mere bound is none."""
    if isinstance(value, Mapping) and value.get("relation") == "eq":
        return f"{path}.value", value.get("value")
    return path, value


def gathered(page: Page, items: Any) -> Evidence:
    """Looks around the rows of a page, breadth first, then into its headers, and at its request.

    Args:
        page: The first page.
        items: The path of its rows, or a callable.
    """
    rows = ItemsAt(items)(page)
    found: dict[str, list[tuple[str, Any]]] = {}
    _gather_body(found, page.body, rows, _ancestors(items))
    _gather_headers(found, page.headers)
    return Evidence(
        page=replace(page, items=rows), items=items, found=found, sent=sent_by(page.request)
    )


def _gather_body(
    found: dict[str, list[tuple[str, Any]]], body: Any, rows: Any, around_rows: set[str]
) -> None:
    level: list[tuple[str, Any]] = [("", body)]
    while level:
        deeper: list[tuple[str, Any]] = []
        for prefix, node in level:
            if not isinstance(node, Mapping):
                continue
            for name, value in node.items():
                path, plain = f"{prefix}{name}", normalized(str(name))
                if value is rows:
                    continue
                if isinstance(value, list):
                    _gather_relations(found, path, value)
                    continue
                found.setdefault(plain, []).append((path, value))
                if isinstance(value, Mapping) and (
                    names.CONTAINERS.fullmatch(plain) or path in around_rows
                ):
                    deeper.append((f"{path}.", value))
        level = deeper


def _gather_headers(found: dict[str, list[tuple[str, Any]]], headers: Mapping[str, str]) -> None:
    for header, value in headers.items():
        plain = normalized(names.HEADER_PREFIX.sub("", header, count=1))
        if plain in _HEADER_NAMES:
            found.setdefault(plain, []).append((header, value))
        elif header.lower() in names.HEADER_OBJECTS:
            for name, told in (decoded_object(value) or {}).items():
                found.setdefault(normalized(name), []).append((f"{header}.{name}", told))


def _gather_relations(
    found: dict[str, list[tuple[str, Any]]], path: str, values: list[Any]
) -> None:
    """Links in a list, each under its link relation: PayPal's `rel`, FHIR's `relation`."""
    for value in values[:_MOST_LINKS]:
        for name in ("rel", "relation"):
            relation = value.get(name) if isinstance(value, Mapping) else None
            if isinstance(relation, str) and relation:
                place = (f"{path}[{name}={relation}]", value)
                found.setdefault(normalized(relation), []).append(place)


def _ancestors(items: Any) -> set[str]:
    """The paths of the objects that the rows are in."""
    pieces = items.split(".") if isinstance(items, str) else []
    return {".".join(pieces[:count]) for count in range(1, len(pieces))}


def sent_by(request: PageRequest) -> dict[str, tuple[str, Any]]:
    """The request's parameters and JSON fields by normalized name: (name, value).

    `page[number]`, `paginacao.paginaAtual` and `{"options": {"offset": 0}}` are found under their
    inner names, too.
    """
    body = request.json if isinstance(request.json, Mapping) else {}
    nested = {
        f"{name}.{inner}": value
        for name, fields in body.items()
        if isinstance(fields, Mapping) and normalized(str(name)) in names.FAMILIES
        for inner, value in fields.items()
    }
    sent: dict[str, tuple[str, Any]] = {}
    for name, value in (*nested.items(), *body.items(), *request.query().items()):
        family = _FAMILY.fullmatch(str(name))
        if family is not None and normalized(family["family"]) in names.FAMILIES:
            sent[normalized(family["inner"])] = str(name), value
        sent[normalized(str(name))] = str(name), value
    return sent


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
