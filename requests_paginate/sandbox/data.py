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

    Attributes:
        make: The function that makes the row of an index, from 0.
        count: How many rows there are.
    """

    make: Callable[[int], Row]
    count: int

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The rows themselves; they are shared, so treat them as read-only."""
        return tuple(self.make(index) for index in range(self.count))

    @cached_property
    def encoded(self) -> Sequence[bytes]:
        """Each row as JSON, kept because encoding is what takes the time of a page."""
        return tuple(encode(row) for row in self.rows)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The index of each row, by its id as a string."""
        return {str(row["id"]): index for index, row in enumerate(self.rows)}

    def copies(self) -> tuple[Row, ...]:
        """Return the rows as a client decodes them, as new objects at every call."""
        return tuple(json.loads(row) for row in self.encoded)


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
