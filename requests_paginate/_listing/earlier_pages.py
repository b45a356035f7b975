"""What is remembered of the pages before a place, also in a checkpoint."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec

from requests_paginate._listing.edges import NO_EDGES, Edges
from requests_paginate._listing.fingerprint import rows_of_mark
from requests_paginate._listing.identities import NO_COLUMN, Column


class EarlierPages(NamedTuple):
    """What is remembered of the pages before a place, without their rows.

    Attributes:
        column: Where the rows have their ids; None until a page shows it.
        first_rows: The digest of the first page's rows, if they have ids.
        first_ids: The digest of their ids.
        last_rows: The digest of the rows of the page before.
        edges: The ids of its first and last rows.
    """

    column: Column | None = None
    first_rows: str = ""
    first_ids: str = ""
    last_rows: str = ""
    edges: Edges = NO_EDGES

    def add(self, mark: str, edges: Edges) -> EarlierPages:
        """Return what is remembered with one more page, which has rows."""
        if edges.are_foreign:
            return EarlierPages(NO_COLUMN)
        rows = rows_of_mark(mark)
        if self.first_rows or not edges.digest:
            return EarlierPages(edges.column, self.first_rows, self.first_ids, rows, edges)
        return EarlierPages(edges.column, rows, edges.digest, rows, edges)

    def describe(self) -> dict[str, Any] | None:
        """Return it as JSON for a checkpoint; None if there is nothing to say."""
        if self.column is None:
            return None
        if self.column.path is None:
            return {"column": None}
        return {
            "column": self.column.path,
            "is_named": self.column.is_named,
            "first_rows": self.first_rows,
            "first_ids": self.first_ids,
            "last_rows": self.last_rows,
            "last_ids": self.edges.digest,
            "last_sums": self.edges.checksums,
        }


NO_PAGES = EarlierPages()

_Digest = Annotated[str, msgspec.Meta(max_length=16)]


class WrittenPages(msgspec.Struct, forbid_unknown_fields=True):
    """What `EarlierPages.describe` wrote, as a checkpoint holds it."""

    column: Annotated[list[str | int], msgspec.Meta(max_length=2)] | None
    is_named: bool = False
    first_rows: _Digest = ""
    first_ids: _Digest = ""
    last_rows: _Digest = ""
    last_ids: _Digest = ""
    last_sums: Annotated[str, msgspec.Meta(max_length=606)] = ""

    def restore(self) -> EarlierPages:
        """Return what was written."""
        if self.column is None:
            return EarlierPages(NO_COLUMN)
        return EarlierPages(
            Column(tuple(self.column), is_named=self.is_named),
            self.first_rows,
            self.first_ids,
            self.last_rows,
            Edges.restore(self.last_ids, self.last_sums, are_named=self.is_named),
        )
