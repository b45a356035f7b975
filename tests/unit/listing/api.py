"""Twenty-five rows on three pages, and a listing of them."""

from __future__ import annotations

import msgspec

from requests_paginate import get_all

URL = "https://api.test"


def ids(rows):
    return [row["id"] for row in rows]


def items(**options):
    return get_all(f"{URL}/items", **options)


def requests_of(api):
    return sum(api[1].values())


# Models and keys
class Row(msgspec.Struct):
    id: int
