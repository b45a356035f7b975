"""Tell by the rows' ids whether pages overlap: the last rows of one are the first of the next."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Sequence
from typing import Any

from requests_paginate._listing.fingerprint import encode, make_checksum, make_checksums
from requests_paginate._listing.identities import Column
from requests_paginate._transport.typed_rows import TypedRows

_MOST = 100  # rows at either end of a page that are compared; each costs time on every page
_SUM = 6  # characters of a checksum


_BEGINNING, _END = slice(_MOST), slice(-_MOST, None)


class Edges:
    """The ids of the first and the last rows of a page, without the rows.

    A page whose rows have no ids, or equal ones, has no edges. Equal ones are not the rows' own,
    but perhaps those of products in a list of sales.

    Attributes:
        column: Where the rows have their ids; None if that is not known yet.
        first: The ids of its first rows, in their order.
        last: The ids of its last rows; their checksums if they were restored.
        digest: A digest of its first ids and of their number, whatever their order.
        last_row: A copy of its last row, as it came: the caller may change that.
        are_named: Whether a name says that they are ids.
        are_foreign: Whether rows with equal ids differ, so that these are ids of something else.
    """

    column: Column | None = None
    are_named = are_foreign = False
    digest = _checksums = ""

    def __init__(self, rows: Sequence[Any], column: Column | None) -> None:
        self.first: list[Any] = []
        self.last: list[Any] = []
        self.last_row: Any = b""
        if column is None:
            return
        self.column, self.are_named = column, column.is_named
        first = last = column.read(rows, _BEGINNING)
        have_equal = len(set(first)) < len(first)
        if len(rows) > _MOST:
            last = column.read(rows, _END)
            have_equal = have_equal or len(set(last)) < len(last)
        if have_equal:
            self.are_foreign = _differ_by_more(rows, column)
        elif first and last:
            self.first, self.last = first, last
            self.digest = _digest(first, len(rows))
            self.last_row = _copy(
                rows.ends[-1] if type(rows) is TypedRows and rows.ends else rows[-1]
            )

    @classmethod
    def restore(cls, digest: str, checksums: str, *, are_named: bool) -> Edges:
        """Return the edges of a page that is known from a checkpoint."""
        edges = cls((), None)
        edges.digest, edges._checksums, edges.are_named = digest, checksums, are_named
        sums, edges.last_row = checksums[:-_SUM], checksums[-_SUM:]
        edges.last = [sums[place : place + _SUM] for place in range(0, len(sums), _SUM)]
        return edges

    def read_named(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return all ids of these rows, whose edges they are, if a name says what they are."""
        if self.column is None or not self.are_named or not self.digest:
            return ()
        return self.column.read(rows)

    @property
    def checksums(self) -> str:
        """The checksums of its last ids and of its last row, for a checkpoint."""
        if not self._checksums and self.last:
            row = make_checksum(_encode_row(self.last_row))
            return make_checksums(self.last) + row
        return self._checksums

    def count_overlap(self, rows: Sequence[Any], before: Edges, *, are_equal: bool = False) -> int:
        """Return how many of these `rows`, whose edges they are, came at the end of a page before.

        A row with the id of another one may have changed meanwhile. Where no name says that it is
        an id, or with `are_equal`, the last of the rows must be the same.
        """
        if not self.first or not before.last or self.digest == before.digest:
            return 0
        known, own = before.last, self.first
        if before._checksums:
            own = list(map(make_checksum, own))
        if own[0] not in known:
            return 0
        count = len(known) - known.index(own[0])
        if own[:count] != known[-count:]:
            return 0
        is_sure = before.are_named and not are_equal
        return count if is_sure or self._is_last(rows, count, before) else 0

    def _is_last(self, rows: Sequence[Any], count: int, before: Edges) -> bool:
        """Return whether the last of these rows is the last row of the page before."""
        raw = getattr(rows, "ends", rows)
        if raw is not rows and count > 1:
            return False  # of models, only the first and the last row are known as they came
        row = _encode_row(_copy(raw[count - 1]))
        known = before.last_row
        return make_checksum(row) == known if before._checksums else row == _encode_row(known)


def mark_last_row(rows: Sequence[Any], edges: Edges) -> bytes:
    """Return the last row of a first page, to see whether the second one begins with it.

    Nothing if rows beside each other are equal, as readings of 0 are, or have ids: `Edges` compares
    those.
    """
    has_ids = edges.are_named and len(edges.last) > 0
    if len(rows) < 2 or has_ids or _have_equal_neighbours(rows):
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


def _encode_row(row: Any) -> bytes:
    return row if type(row) is bytes else encode(row)


def _digest(identities: Sequence[Any], count: int) -> str:
    """Return a digest of ids that is the same in any order, and in every process."""
    try:
        ordered = sorted(identities)
    except (TypeError, ArithmeticError):  # texts and numbers; a Decimal that is none
        ordered = sorted(identities, key=encode)
    return hashlib.blake2b(encode([count, ordered]), digest_size=8).hexdigest()


def _differ_by_more(rows: Sequence[Any], column: Column) -> bool:
    """Return whether rows that have one id are different rows."""
    known: dict[Any, Any] = {}
    for row in rows:
        for identity in column.read([row]):
            if known.setdefault(identity, row) != row:
                return True
    return False


NO_EDGES = Edges((), None)
