"""The place before which a listing ends, whatever the server says: the checkpoint of `until=`.

It is met by its request: the listing is about to ask for the very page that the checkpoint names.
Where requests count rows, a page may lead past it, and the count says so. Where the server writes
other cursors each time, a page before it with the same rows, at the same place, is met as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl

from requests_paginate._listing.checkpoint import Checkpoint, as_sent
from requests_paginate._listing.fingerprint import rows_of_mark
from requests_paginate._listing.reading import Change, Reading
from requests_paginate._models import PageRequest, copy_with
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import Strategy

BEFORE_START = "until: the checkpoint lies before that of resume="
_NEVER_MET = (
    "the listing ended, and the checkpoint of until= was not met: rows that belong after it may be "
    "among these"
)
_SHORTER = (
    "the listing ended before the checkpoint of until=, which it once reached: rows were removed, "
    "and some that moved to an earlier page may be missing"
)
_FEWER = (
    "{} rows fewer came before the checkpoint of until= than when it was made: they were removed, "
    "or moved to an earlier page and may be missing"
)
_CHANGED = (
    "page {} changed since the checkpoint of until= was made: of its rows before that, some may be "
    "missing or repeat"
)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Where a listing ends.

    Attributes:
        place: The first page that does not belong to it, or of which only some rows do; None if
            the listing goes to its own end.
    """

    place: Checkpoint | None = None

    def starting_at(self, position: Checkpoint) -> Bound:
        """Return the bound of a listing that begins at a position.

        Raises:
            InvalidCheckpoint: The listing begins after it.
        """
        place, request = self.place, position.request
        if place is None or place.request is None:
            return self
        if request is None:
            raise InvalidCheckpoint(BEFORE_START)
        ahead = self._count_ahead(request, position.strategy)
        if ahead is None and _is_same(request, place.request):
            ahead = place.rows
        if ahead is None and place.start is not None and position.start is not None:
            ahead = place.start + place.rows - position.start
        # the end of a page, from where errors about the next one go on, is the beginning of that
        is_of_page_before = place.index + 1 == position.index and position.rows == 0
        is_of_page_before &= place.fingerprint == (_rows_of(position.previous) or "")
        if is_of_page_before and ahead in (None, 0):
            return Bound(place=position)
        if ahead is None and place.start is position.start is None:
            began, ends = (position.index, position.rows), (place.index, place.rows)
            ahead = position.rows + (ends > began) - (ends < began)
        if ahead is not None and ahead < position.rows:
            raise InvalidCheckpoint(BEFORE_START)
        return self

    @property
    def is_end(self) -> bool:
        """Whether the listing goes to its own end."""
        return self.place is None or self.place.request is None

    def is_of(self, request: PageRequest) -> bool:
        """Return whether the bound is in the page that a request asks for."""
        own = None if self.place is None else self.place.request
        return own is not None and _is_same(request, own)

    def is_reached(self, position: Checkpoint) -> bool:
        """Return whether no row is left between a position and the bound."""
        place, request = self.place, position.request
        if place is None or place.request is None or request is None:
            return place is not None and place.request is None and request is None
        ahead = self._count_ahead(request, position.strategy)
        if ahead is not None:
            return ahead <= position.rows
        if position.rows < place.rows:
            return False
        # inside a page it is that page's rows, else those of the page before
        here, there = position.fingerprint, place.fingerprint
        if place.rows == 0:
            here, there = _rows_of(position.previous), _rows_of(place.previous)
        are_same_rows = position.index == place.index and here is not None and here == there
        return are_same_rows or _is_same(request, place.request)

    def cut(self, reading: Reading) -> int | None:
        """Return after how many rows of a page the bound lies; None if all of them are before."""
        place, page = self.place, reading.page
        if place is None or place.request is None:
            return None
        ahead = self._count_ahead(page.request, reading.strategy)
        if ahead is not None:
            return max(0, ahead) if ahead < len(page.items) else None
        is_same_page = _is_same(page.request, place.request) or (
            page.index == place.index and place.fingerprint == _rows_of(reading.mark)
        )
        return place.rows if is_same_page else None

    def judge(self, reading: Reading) -> Reading:
        """Return a page with what speaks against its being the last one before the bound.

        What contradicts the server's own end does not matter if the bound is before it.
        """
        place, page = self.place, reading.page
        if place is None:
            return reading
        rows, doubt = self._count_last(reading), None
        if rows is not None:
            if self.start is not None and page.start is not None:
                fewer = self.start - page.start - rows
                doubt = _FEWER.format(fewer) if fewer > 0 else None
            reading = reading if self.is_end else copy_with(reading, contradiction=None)
        elif page.next is not None or reading.contradiction is not None:
            return reading
        elif self._is_before(reading, place):
            doubt = _SHORTER
        else:
            return copy_with(reading, contradiction=_NEVER_MET)
        return copy_with(reading, doubts=(*reading.doubts, doubt)) if doubt else reading

    def _is_before(self, reading: Reading, place: Checkpoint) -> bool:
        """Return whether the bound is beyond a page, as far as rows or pages tell."""
        page = reading.page
        if self._count_ahead(page.request, reading.strategy) is not None:
            return True
        if self.start is not None and page.start is not None:
            return page.start + len(page.items) <= self.start
        return page.index < place.index

    def _count_last(self, reading: Reading) -> int | None:
        """Return how many rows of a page are before the bound; None if it is not met by then."""
        place, page = self.place, reading.page
        assert place is not None  # noqa: S101 - the caller asks
        if self.is_end:
            return len(page.items) if page.next is None else None
        if (rows := self.cut(reading)) is not None:
            return rows
        after = copy_with(
            place, request=page.next, index=page.index + 1, rows=0,
            previous=reading.mark, strategy=reading.strategy,
        )  # fmt: skip
        is_met = page.next is not None and self.is_reached(after)
        is_counted = self._count_ahead(page.request, reading.strategy) == len(page.items)
        return len(page.items) if is_met or is_counted else None

    def find_changes(self, reading: Reading) -> list[Change]:
        """Return that a page changed of which only the first rows belong to the listing."""
        place = self.place
        if place is None or place.fingerprint is None or not self.cut(reading):
            return []
        has_changed = place.fingerprint != _rows_of(reading.mark)
        return [Change(_CHANGED.format(reading.page.index))] if has_changed else []

    def limit_pages(self, most: int | None, index: int) -> int | None:
        """Return how many of the pages from one on to fetch ahead: at most those before the bound.

        None is any number.
        """
        if self.place is None or self.place.request is None:
            return most
        pages = max(1, self.place.index - index + (self.place.rows > 0))
        return pages if most is None else min(most, pages)

    @property
    def start(self) -> int | None:
        """Rows of the whole listing before the bound, if that is known."""
        if self.place is None or self.place.start is None:
            return None
        return self.place.start + self.place.rows

    def _count_ahead(self, request: PageRequest, strategy: Strategy | None) -> int | None:
        """Return how many rows lie between the beginning of a page and the bound."""
        place = self.place
        if place is None or place.request is None:
            return None
        # each by its own: while the name of the parameter is only likely, they may differ
        here = _count_before(request, strategy or place.strategy)
        there = _count_before(place.request, place.strategy or strategy)
        return None if here is None or there is None else there + place.rows - here


def _count_before(request: PageRequest, strategy: Strategy | None) -> int | None:
    return None if strategy is None else strategy.count_before(request)


def _is_same(request: PageRequest, other: PageRequest) -> bool:
    """Return whether two requests ask for the same page, as they are sent: 5 is "5"."""
    return request == other or _describe(request) == _describe(other)


def _describe(request: PageRequest) -> tuple[Any, ...]:
    url, _, query = request.url.partition("?")
    sent = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    sent = sorted([*sent, *list_sent(request.params)], key=itemgetter(0))
    body = json.dumps(request.json, default=as_sent)
    return request.method, url, sent, body, dict(request.headers)


def list_sent(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return parameters as they are sent, by name: 5 is "5", and None is nothing.

    The values of one name stay in their order.
    """
    sent = []
    for name, value in params.items():
        is_one = isinstance(value, (str, bytes)) or not isinstance(value, Iterable)
        values = [value] if is_one else value
        sent += [(_to_text(name), _to_text(each)) for each in values if each is not None]
    return sorted(sent, key=itemgetter(0))


def _to_text(value: Any) -> str:
    # no two values become the same text: a cursor may be any bytes
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _rows_of(mark: str | None) -> str | None:
    return None if mark is None else rows_of_mark(mark)
