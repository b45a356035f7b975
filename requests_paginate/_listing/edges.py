"""Tell by the rows' ids whether pages overlap: the last rows of one are the first of the next."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from requests_paginate._listing.fingerprint import encode

_MOST = 100  # rows at either end of a page that are compared; each costs time on every page
_NAMES = (
    "id", "_id", "uuid", "Id", "ID", "guid", "gid", "uid", "sid", "urn", "sys_id", "@id", "_key",
    "key",
    "objectId", "node_id", "pk", "iid", "code", "sku", "slug", "number", "self", "href", "url",
)  # fmt: skip
_PLAIN = frozenset({str, int})


class Edges:
    """The ids of the first and the last rows of a page, without the rows.

    A page whose rows have no ids, or equal ones, has no edges. Equal ones are not the rows' own,
    but perhaps those of products in a list of sales.

    Attributes:
        first: The ids of its first rows, in their order.
        last: The ids of its last rows.
        last_row: A copy of its last row, as it came: the caller may change that.
    """

    def __init__(self, rows: Sequence[Any]) -> None:
        is_short = len(rows) <= _MOST
        self.first = _find_identities(rows if is_short else rows[:_MOST])
        self.last = self.first if is_short else _find_identities(rows[-_MOST:])
        self.last_row: Any = _copy(rows[-1]) if self.last else b""

    def count_overlap(self, rows: Sequence[Any], before: Edges) -> int:
        """Return how many of these `rows`, whose edges they are, came at the end of a page before.

        Rows with known ids may be other rows, such as the prices of the next day. So the last of
        them must be equal.
        """
        if not self.first or self.first[0] not in before.last:
            return 0
        count = len(before.last) - before.last.index(self.first[0])
        is_equal = self.first[:count] == before.last[-count:]
        return count if is_equal and _copy(rows[count - 1]) == before.last_row else 0


def mark_last_row(rows: Sequence[Any]) -> bytes:
    """Return the last row of a first page, to see whether the second one begins with it.

    Nothing if rows beside each other are equal, as readings of 0 are, or have ids: `Edges` compares
    those.
    """
    if len(rows) < 2 or _find_identities(rows[-1:]) or _have_equal_neighbours(rows):
        return b""
    return encode(rows[-1])


def is_row_again(last_row: bytes, rows: Sequence[Any]) -> bool:
    """Return whether a page begins with a row that was marked, and is not made of equal ones.

    A server that counts rows from 1 starts one row too early where it is asked from 0: after two
    rows it is asked for the rows from 2. Two rows that are equal by chance look the same.
    """
    is_again = last_row != b"" and len(rows) > 0 and encode(rows[0]) == last_row
    return is_again and not _have_equal_neighbours(rows)


def _have_equal_neighbours(rows: Sequence[Any]) -> bool:
    return any(map(operator.eq, rows[: _MOST - 1], rows[1:_MOST]))


def _copy(row: Any) -> Any:
    """Return a row as it is now; a copy takes less time than its bytes."""
    return dict(row) if type(row) is dict else encode(row)


def _find_identities(rows: Sequence[Any]) -> list[Any]:
    """Return the ids of the rows; none at all where a row has none, or two are equal."""
    if not len(rows):
        return []
    first = rows[0]
    is_object = type(first) is dict or isinstance(first, Mapping)
    for name in _NAMES:
        if name in first if is_object else hasattr(first, name):
            break
    else:
        return []
    try:
        found = list(map(itemgetter(name) if is_object else attrgetter(name), rows))
    except (LookupError, AttributeError, TypeError):
        return []
    is_plain = _PLAIN.issuperset(map(type, found))
    return found if is_plain and len(set(found)) == len(found) else []


NO_EDGES = Edges(())
