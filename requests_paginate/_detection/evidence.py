"""What a first page and its request show: detectors look here, and nowhere else."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from requests_paginate._detection import fields
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.places import find_place
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, UnreadRows
from requests_paginate._paths import is_count, is_scalar, read_flag
from requests_paginate.exceptions import UnknownPagination

# The last are relative: `./Items`, `Items?$skip=2`, `Items(1)/Parts?%24skip=2`, `a.php?/b&page=2`.
_LINK = re.compile(r"\s*(?:https?://|/|\?|\.\.?/|[^\s:?#<>\"{}|\\^`]+\?[^=]*=)", re.IGNORECASE)
# Names under which a number can be nothing else than a flag.
_FLAG_NAMES = (
    r"(?:are|endof|exceeded|has|have|is|might|nomore|pagination|reached|there).+"
    r"|.+(?:available|exhausted|exists?|incollection|reached|truncated)|exhausted|nomore"
)
# Numbers of the rows that a filter leaves, or of those that it leaves out: nobody knows.
FILTERED = ("filtered", "matched", "matching")


class Found(NamedTuple):
    """A value beside the rows: its normalized name, and its path in the body or its header."""

    name: str
    path: str
    value: Any

    @property
    def own_name(self) -> str:
        """Its name as the page writes it."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a first page and its request show.

    Attributes:
        items: The path of the rows, or the callable that the caller gave.
        place: The path of the rows; of a callable's, where they were found, and empty if nowhere.
        found: The values beside the rows by normalized name: (path, value), nearest first.
        flags: Those that are true or false: (normalized name, path).
        headers: The response's headers; empty if no name among them is about pages.
        sent: The request's parameters and JSON fields by normalized name: (name, value).
    """

    page: Page
    rows: Sequence[Any]
    items: Any
    place: str
    found: Mapping[str, list[tuple[str, Any]]]
    flags: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    sent: Mapping[str, tuple[str, Any]]

    def find(self, names: Collection[str], accepts: Callable[[Any], object]) -> Found | None:
        """Return the first acceptable value under the names, in their order, or None."""
        if self.found.keys().isdisjoint(names):
            return None  # true of most vocabularies in most pages
        for name in names:
            for path, value in self.found.get(name, ()):
                if accepts(value):
                    return Found(name, path, value)
        return None

    def find_all(self, names: Collection[str]) -> Iterator[Found]:
        """Yield all values under the names, in their order."""
        if self.found.keys().isdisjoint(names):
            return
        for name in names:
            for path, value in self.found.get(name, ()):
                yield Found(name, path, value)

    def find_sent_count(self, names: Collection[str]) -> tuple[str, int] | None:
        """Return the first name that was sent with a whole number, as written, and the number."""
        if self.sent.keys().isdisjoint(names):
            return None
        for name in names:
            if name in self.sent and is_count(self.sent[name][1]):
                return self.sent[name][0], int(self.sent[name][1])
        return None

    def names_first(self, name: str) -> bool:
        """Return whether the first row is told beside the last one, as by `first_id`."""
        return name.startswith("last") and f"first{name[4:]}" in self.found

    def header(self, name: str) -> str | None:
        """Return a response header, or None; no header is searched if none is about pages."""
        return self.page.header(name) if self.headers else None

    @cached_property
    def more_flag(self) -> str | None:
        """The path of a has-more flag, with `!` if it marks the last page.

        Raises:
            UnknownPagination: Two flags contradict each other.
        """
        found = [*self._find_flags(vocabulary.MORE, ""), *self._find_flags(vocabulary.LAST, "!")]
        found += self._find_flags_of_rows()
        if len(found) > 1 and len(set(map(self.page.flag, found))) > 1:
            flags = ", ".join(map(repr, found))
            raise UnknownPagination(f"the flags {flags} contradict each other")
        return found[0] if found else None

    @cached_property
    def has_more(self) -> bool | None:
        """What the has-more flag says; None without one."""
        return self.page.flag(self.more_flag)

    @property
    def any_flag(self) -> str | None:
        """The path of a has-more flag, else of one such as `done`, which is weaker evidence."""
        return self.more_flag or next(iter(self._find_flags(vocabulary.FINISHED, "!")), None)

    def _find_flags(self, pattern: str, sign: str) -> list[str]:
        return [f"{sign}{path}" for name, path in self.flags if re.fullmatch(pattern, name)]

    def _find_flags_of_rows(self) -> Iterator[str]:
        """Yield the flags that name the rows: `has_more_users` beside `users`.

        Another noun may be about something else (`has_more_details`). Then the flag is no end.
        """
        for name, path in self.flags:
            noun = vocabulary.find_noun_of_more(name).removesuffix("s")
            if len(noun) > 2 and any(noun in row or row in noun for row in self.row_names):
                yield f"!{path}" if name.startswith("no") else path

    @cached_property
    def row_names(self) -> list[str]:
        """What a row is called, by the page and by the URL."""
        in_url = urlsplit(self.page.url or self.page.request.url).path.rstrip("/")
        names = [self.place.rpartition(".")[2], in_url.rpartition("/")[2].partition(".")[0]]
        return [row for name in names if (row := normalize_name(name).removesuffix("s"))]

    def find_total(self, *, has_next: bool = False, is_end: bool = False) -> str | None:
        """Return the path of the number of all rows, or None.

        A number that may be the length of the page is not taken for it, and one that equals that
        length only if there is no larger one.

        Args:
            has_next: Another page follows, so the total is larger than this page.
            is_end: The total decides where the listing ends. So a `count`, which often is the
                length of the page, must be larger.
        """
        if is_end and self._has_rival_total:
            return None
        rows, equal = len(self.rows), None
        for path, value, may_be_length in self.totals:
            if value > rows and (equal is None or not may_be_length):
                return path
            if value == rows and not (has_next or (is_end and may_be_length)):
                equal = equal or path
        return equal

    @cached_property
    def totals(self) -> list[tuple[str, int, bool]]:
        """Numbers of rows, likeliest first: (path, number, whether it may be the page's length).

        Those beside the rows are first, then outward.
        """
        if self.filtered_totals:
            return self.filtered_totals
        # `total_orders` beside `orders` counts them; `total_cents` counts something else.
        total_of_rows = f"total{normalize_name(self.place.rpartition('.')[2])}"
        is_known = total_of_rows in vocabulary.TOTALS or total_of_rows not in self.found
        found = self._read_totals(
            vocabulary.TOTALS if is_known else (*vocabulary.TOTALS, total_of_rows)
        )
        # A count is a total only beside the rows (Django REST framework) or a page number. At other
        # places it is often the length of the page, or counts something else.
        for _, path, value in self.find_all(vocabulary.COUNTS):
            if is_count(value) and self._is_beside_rows(path):
                found.append((path, int(value), True))
        length = (self.header("Content-Range") or "").rpartition("/")[2].strip()
        return [*found, ("Content-Range", int(length), True)] if is_count(length) else found

    @cached_property
    def filtered_totals(self) -> list[tuple[str, int, bool]]:
        """The numbers of rows that a filter leaves; beside one, no other number is of the rows."""
        names = [
            name
            for name in self.found
            if vocabulary.is_filtered_count(name) and not self.is_share(name)
        ]
        found = self._read_totals(names) if names else []
        return [total for total in found if total[1] >= len(self.rows)]

    @property
    def _has_rival_total(self) -> bool:
        """Whether another number may count the rows, so that only the rows tell the end."""
        largest = max((number for _, number, _ in self.totals), default=0)
        return any(len(self.rows) <= number < largest for number in self.list_rivals())

    def list_rivals(self) -> list[int]:
        """Return the numbers of the rows that a filter leaves, or of those that it leaves out."""
        rivals = [rival for rival in self.find_all(FILTERED) if not self.is_share(rival.name)]
        return [int(rival.value) for rival in rivals if is_count(rival.value)]

    def is_share(self, name: str) -> bool:
        """Return whether a number has a counterpart, `matched` as `unmatched`: both are listed.

        What is unfiltered are all rows, not the others.
        """
        counterparts = (name.replace("match", f"{prefix}match") for prefix in ("un", "not", "non"))
        return "match" in name and any(other in self.found for other in counterparts)

    def _read_totals(self, names: Collection[str]) -> list[tuple[str, int, bool]]:
        read = [_read_exact_total(path, value) for _, path, value in self.find_all(names)]
        found = [(path, int(value), False) for path, value in read if is_count(value)]
        return found if len(found) < 2 else sorted(found, key=self._measure_distance)

    def _measure_distance(self, total: tuple[str, int, bool]) -> tuple[int, int]:
        """Return how far outward from the rows a total is, and how far inward from there."""
        here, there = self.place.split(".")[:-1], total[0].split(".")[:-1]
        common = sum(1 for _ in takewhile(bool, map(operator.eq, here, there)))
        return len(here) - common, len(there) - common

    def _is_beside_rows(self, path: str) -> bool:
        """Return whether a path leads to where the rows or a page number are."""
        parent = path.rpartition(".")[0]
        numbers = [found.path for found in self.find_all(vocabulary.NUMBERS)]
        parents = [number.rpartition(".")[0] for number in numbers if "." in number]
        return parent in (self.place.rpartition(".")[0], *parents)


def _read_exact_total(path: str, value: Any) -> tuple[str, Any]:
    """Return the path and value of the total in an Elasticsearch object, if it is exact.

    `{"value": 3, "relation": "eq"}` holds a total; with another relation the value is a bound.
    """
    if isinstance(value, Mapping) and value.get("relation") == "eq":
        return f"{path}.value", value.get("value")
    return path, value


def gather_evidence(page: Page, items: Any) -> Evidence:
    """Return what a first page and its request show."""
    rows = ItemsAt(items)(page) if type(page.items) is UnreadRows else page.items
    headers = fields.select_pagination_headers(page.headers)
    place = items if isinstance(items, str) else find_place(page.body, rows) or ""
    found = fields.gather_values(page.body, headers, rows, place)
    if {"page", "total", "records"} <= found.keys() and place.endswith("rows"):
        # The total of jqGrid is of pages
        # (http://www.trirand.com/jqgridwiki/doku.php?id=wiki:retrieving_data).
        found["totalpages"], found["totalrecords"] = found.pop("total"), found["records"]
    return Evidence(
        page=page,
        rows=rows,
        items=items,
        place=place,
        found=found,
        flags=[(n, path) for n, values in found.items() for path, v in values if is_flag(n, v)],
        headers=headers,
        sent=fields.read_sent_fields(page.request),
    )


def is_flag(name: str, value: Any) -> bool:
    """Return whether a value under a normalized name is true or false, in any notation."""
    is_count_of_more = name.startswith("more") and is_count(value)  # `more: 5`
    if is_count_of_more or isinstance(value, bool) or read_flag(value) is None:
        return is_count_of_more or isinstance(value, bool)
    if re.fullmatch(_FLAG_NAMES, name) or str(value).lower() in ("true", "false"):
        return True
    # `last_page: 1` is a number of pages, `next: 1` a page, and `next: "N"` may be a token.
    return not is_count(value) and not name.startswith("next")


def is_link(value: Any) -> bool:
    """Return whether a value looks like a URL, a path or a query."""
    return isinstance(value, str) and _LINK.match(value) is not None


def is_token(value: Any) -> bool:
    """Return whether a value may be a token, to be sent back; the text "true" is a flag."""
    return is_scalar(value) and str(value).lower() not in ("", "true", "false")
