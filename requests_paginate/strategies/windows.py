"""Windows of rows: a request that names the first row and the last one, as ag-grid's does.

Whoever moves the first alone asks for smaller and smaller windows, and takes the empty one for the
end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count, normalize_name, read_path
from requests_paginate.strategies.parameters import place_value

# What the last row is called, by what the first one is: `startRow`, `endRow`.
_ENDS: Mapping[str, tuple[str, ...]] = {
    "start": ("end", "stop", "finish"),
    "begin": ("end",),
    "from": ("to", "until", "till", "thru", "through"),
    "first": ("last",),
    "min": ("max",),
    "low": ("high",),
    "lower": ("upper",),
    "skip": ("until", "end", "to"),
    "offset": ("end", "to", "until", "stop"),
    "inicio": ("fim", "fin", "final"),
    "inicial": ("final",),
    "debut": ("fin",),
    "desde": ("hasta", "ate"),
    "von": ("bis",),
}
_WORDS = frozenset(word for ends in _ENDS.values() for word in ends)
_ROWS = re.compile(
    r"row|record|result|item|index|idx|pos(?:ition)?$|offset|entry|element|registro|linha|(?<!d)at$"
)
_SIZE = re.compile(r"limit|size|count|perpage|max|take|rows$|top$")

Window = tuple[str, int]  # the parameter for the last row, and its number


def is_window_end(first: str, last: str) -> bool:
    """Return whether one name is that of a window's end, by that of its beginning.

    What is between `minPrice` and `maxPrice` are no rows.
    """
    plain = normalize_name(last)
    return plain in _list_ends(first) and (plain in _WORDS or names_rows(last))


def names_rows(last: str) -> bool:
    """Return whether the name of an end says of what: `to` may be a day, `to_row` may not."""
    return last.startswith("_") or _ROWS.search(normalize_name(last)) is not None


@lru_cache(maxsize=256)
def _list_ends(first: str) -> frozenset[str]:
    plain = normalize_name(first)
    return frozenset(
        plain.replace(start, end, 1)
        for start, ends in _ENDS.items()
        if plain.startswith(start) or plain.endswith(start)
        for end in ends
    )


def find_window(page: Page, first: str, following: int) -> Window | None:
    """Return the end of the window of rows that a page was asked for, or None.

    A number that says of nothing what it counts is an end if the first page reaches just to it, and
    no size was sent: `offset=0&end=20`. From then on it moves.

    Args:
        page: The page.
        first: The name of the parameter for the window's first row.
        following: The place of the row after those that came.
    """
    beside = dict(_list_beside(page.request, first))
    for name, value in beside.items():
        if not is_window_end(first.rpartition(".")[2], name.rpartition(".")[2]):
            continue
        if names_rows(name.rpartition(".")[2]):
            is_end = value >= following - 1
        elif page.first_request is None:
            has_size = any(_SIZE.search(normalize_name(other)) for other in beside)
            is_end = value in (following - 1, following) and not has_size
        else:
            is_end = (name, value) not in _list_beside(page.first_request, first)
        if is_end:
            return name, value
    return None


def place_window(
    request: PageRequest, first: str, offset: int, window: Window | None, by: int
) -> PageRequest:
    """Return a request for the rows from an offset, with the end of its window moved on."""
    request = place_value(request, first, offset)
    return request if window is None else place_value(request, window[0], window[1] + by)


def _list_beside(request: PageRequest, name: str) -> list[Window]:
    """Return the counts in the query, and in the object of a JSON body around a field."""
    found = [*request.query().items()]
    if request.json is not None:
        above = name.rpartition(".")[0]
        node = read_path(request.json, above)
        prefix = f"{above}." if above else ""
        if isinstance(node, Mapping):
            found += [(f"{prefix}{inner}", value) for inner, value in node.items()]
    return [(other, int(value)) for other, value in found if is_count(value) and other != name]
