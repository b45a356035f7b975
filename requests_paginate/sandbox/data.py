"""The invented rows of the sandbox, which follow from a seed and an index.

The fields are those of the providers' own descriptions. Each row also has a field that no
description names, because both providers may add fields at any time.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from requests_paginate.sandbox.messages import encode

__all__ = [
    "ADDED",
    "NO_ROWS",
    "PURCHASES",
    "ROWS_PER_DAY",
    "Dataset",
    "Row",
    "amount_of",
    "day_of",
    "identifier",
]

Row = dict[str, Any]

ADDED = {"since": "2026-02-01", "labels": ["a field that nobody described"]}
"""The value of the undescribed fields: neither a scalar nor a list that looks like rows."""

NEWEST_DAY = date(2026, 3, 4)
ROWS_PER_DAY = 12

# (description, description as the bank sends it, category)
PURCHASES = (
    ("MERCADO SOL", "COMPRA MERCADO SOL", "Groceries"),
    ("PADARIA SÃO JOÃO", "COMPRA PADARIA SAO JOAO", "Food"),
    ("POSTO ÁGUA VERDE", "DEB POSTO AGUA VERDE", "Gas stations"),
    ("TRANSFERÊNCIA RECEBIDA", "PIX RECEBIDO", "Transfers"),
    ("FARMÁCIA CENTRAL", "COMPRA FARMACIA CENTRAL", "Pharmacy"),
)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Rows that are made when they are first needed, and then kept.

    A deleted row keeps its position, so that a cursor that names it still leads behind it.

    Attributes:
        make: The function that makes the row of an index, from 0.
        count: How many rows there are at first.
        inserted: How many rows came later. They stand before the others, at indexes below 0.
        deleted: The ids of the rows that are gone.
    """

    make: Callable[[int], Row]
    count: int
    inserted: int = 0
    deleted: frozenset[str] = frozenset()

    @cached_property
    def rows(self) -> Sequence[Row]:
        """All rows, also deleted ones; they are shared, so treat them as read-only."""
        return tuple(self.make(index) for index in range(-self.inserted, self.count))

    @cached_property
    def encoded(self) -> Sequence[bytes]:
        """Each row as JSON, kept because encoding is what takes the time of a page."""
        return tuple(encode(row) for row in self.rows)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each row, by its id as a string."""
        return {str(row["id"]): position for position, row in enumerate(self.rows)}

    @cached_property
    def present(self) -> Sequence[int]:
        """The positions of the rows that are not deleted."""
        if not self.deleted:
            return range(self.inserted + self.count)
        return tuple(at for at, row in enumerate(self.rows) if row["id"] not in self.deleted)

    def find(self, name: str) -> int | None:
        """Return the position of the row with an id, or None if there is none, or no more."""
        return None if name in self.deleted else self.positions.get(name)

    def newest(self, count: int) -> list[str]:
        """Return the ids of the first rows that are not deleted."""
        return [str(self.rows[position]["id"]) for position in self.present[:count]]

    def copies(self) -> tuple[Row, ...]:
        """Return the rows as a client decodes them, as new objects at every call."""
        return tuple(json.loads(self.encoded[position]) for position in self.present)


NO_ROWS = Dataset(make=lambda index: {"id": index}, count=0)
"""What a provider lists for an account or a link that it does not know."""


def identifier(seed: int, kind: str, index: int) -> str:
    """Return a UUID, the same one for the same seed, kind and index."""
    digest = hashlib.blake2b(f"{seed}/{kind}/{index}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def amount_of(index: int) -> float:
    """Return the amount of the transaction with an index, always positive."""
    # Spread over 0.07 to 999.97 without a pattern that a page boundary could hide in.
    return ((index * 7919 + 8735) % 99_991 + 7) / 100


def day_of(index: int) -> date:
    """Return the day of the transaction with an index; a higher index is older."""
    return NEWEST_DAY - timedelta(days=index // ROWS_PER_DAY)
