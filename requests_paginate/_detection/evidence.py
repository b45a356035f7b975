"""What a first page and its request show: the recognisers of a dialect look here, and only here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from requests_paginate._detection.fields import (
    gather_values,
    read_sent_fields,
    select_pagination_headers,
)
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page
from requests_paginate.exceptions import UnknownPagination

__all__ = ["Evidence", "gather_evidence", "is_count", "is_flag", "is_link", "is_token"]

_LINK = re.compile(r"https?://|//|/|\?|[\w.$-]+\?[\w$]+=", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the recognisers look at.

    Attributes:
        page: The first page.
        rows: Its rows.
        items: The path of the rows, or the callable that the caller gave.
        found: The values around the rows by normalized name: (path, value), nearest first.
        flags: Those that say yes or no: (normalized name, path).
        headers: The response's headers; none where no name is about pages.
        sent: The request's parameters and JSON fields by normalized name: (name, value).
    """

    page: Page
    rows: Sequence[Any]
    items: Any
    found: Mapping[str, list[tuple[str, Any]]]
    flags: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    sent: Mapping[str, tuple[str, Any]]

    def first(
        self, wanted: Collection[str], accepts: Callable[[Any], bool]
    ) -> tuple[str, str, Any] | None:
        """The first of the names with an acceptable value: (normalized name, path, value)."""
        for name, path, value in self.places(wanted):
            if accepts(value):
                return name, path, value
        return None

    def places(self, wanted: Collection[str]) -> Iterable[tuple[str, str, Any]]:
        """What stands under the names, in their order: (normalized name, path, value)."""
        found = self.found
        if found.keys().isdisjoint(wanted):
            return ()  # most vocabularies are not in most pages
        return ((name, *place) for name in wanted if name in found for place in found[name])

    @cached_property
    def more(self) -> str | None:
        """The path of a has-more flag; with `!` where it marks the last page.

        Raises:
            UnknownPagination: Two flags contradict each other.
        """
        found = [*self._flags(vocabulary.MORE, ""), *self._flags(vocabulary.LAST, "!")]
        if len(found) > 1 and len(set(map(self.says, found))) > 1:
            raise UnknownPagination(
                f"the flags {', '.join(map(repr, found))} contradict each other"
            )
        return found[0] if found else None

    @cached_property
    def says_more(self) -> bool | None:
        """What the flag says, None without one."""
        return self.says(self.more)

    def says(self, path: str | None) -> bool | None:
        """What the flag at a path says: whether more rows follow."""
        return self.page.flag(path)

    def header(self, name: str) -> str | None:
        """A response header that is about pages; None where there is none."""
        return self.page.header(name) if self.headers else None

    def value(self, path: str) -> Any:
        """What the response says at a path."""
        return self.page.lookup(path)

    @property
    def finished(self) -> str | None:
        """As `more`, or a flag that only where nothing else leads on says that all is done."""
        return self.more or next(iter(self._flags(vocabulary.FINISHED, "!")), None)

    def _flags(self, meaning: str, sign: str) -> list[str]:
        return [f"{sign}{path}" for name, path in self.flags if re.fullmatch(meaning, name)]

    def total(self, *, leads_on: bool = False, is_end: bool = False) -> str | None:
        """The path of the number of all rows; not of what is just the page's own length.

        Args:
            leads_on: The page leads on, so the number of all rows is more than its own.
            is_end: The end is to be known from it; then `count`, which often is the page's own,
                must be more.
        """
        rows = len(self.rows)
        for path, value, may_be_own in self.totals:
            if value >= rows + (leads_on or (is_end and may_be_own)):
                return path
        return None

    @cached_property
    def totals(self) -> list[tuple[str, int, bool]]:
        """Where numbers of rows are, and whether they may be the page's own; likeliest first."""
        told = [*self.places(vocabulary.TOTALS), *self.places((self._total_of_rows(),))]
        exact = [_read_exact_total(path, value) for _, path, value in told]
        found = [(path, int(value), False) for path, value in exact if is_count(value)]
        # A count is a total only beside the rows (Django REST framework) or a page number;
        # elsewhere it is too often the page's own, or counts something else.
        for _, path, value in self.places(vocabulary.COUNTS):
            if is_count(value) and self._counts_rows(path):
                found.append((path, int(value), True))
        length = (self.header("Content-Range") or "").rpartition("/")[2].strip()
        return [*found, ("Content-Range", int(length), True)] if is_count(length) else found

    def _total_of_rows(self) -> str:
        """`total_orders` beside `orders` counts them; `total_cents` counts something else."""
        return f"total{normalize_name(str(self.items).rpartition('.')[2])}"

    def _counts_rows(self, path: str) -> bool:
        parent = path.rpartition(".")[0]
        numbers = [path for _, path, _ in self.places(vocabulary.NUMBERS)]
        return parent in (str(self.items).rpartition(".")[0], *_list_parents(numbers))

    def requested(self, wanted: Collection[str]) -> tuple[str, int] | None:
        """The first of the names that the caller sent with a whole number."""
        if self.sent.keys().isdisjoint(wanted):
            return None
        for name in wanted:
            if name in self.sent and is_count(self.sent[name][1]):
                return self.sent[name][0], int(self.sent[name][1])
        return None


def _list_parents(paths: Iterable[str]) -> list[str]:
    return [path.rpartition(".")[0] for path in paths if "." in path]


def _read_exact_total(path: str, value: Any) -> tuple[str, Any]:
    """The total in Elasticsearch's {"value": 3, "relation": "eq"}; a mere bound is none."""
    if isinstance(value, Mapping) and value.get("relation") == "eq":
        return f"{path}.value", value.get("value")
    return path, value


def gather_evidence(page: Page, items: Any) -> Evidence:
    """What a first page and its request show.

    Args:
        page: The first page.
        items: The path of its rows, or a callable.
    """
    rows = ItemsAt(items)(page)
    headers = select_pagination_headers(page.headers)
    found = gather_values(page.body, headers, rows, items)
    if {"page", "total", "records"} <= found.keys() and str(items).endswith("rows"):
        # jqGrid's total is of pages (http://www.trirand.com/jqgridwiki/doku.php?id=wiki:retrieving_data)
        found["totalpages"], found["totalrecords"] = found.pop("total"), found["records"]
    return Evidence(
        page=page,
        rows=rows,
        items=items,
        found=found,
        flags=[(n, path) for n, places in found.items() for path, v in places if is_flag(v)],
        headers=headers,
        sent=read_sent_fields(page.request),
    )


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
