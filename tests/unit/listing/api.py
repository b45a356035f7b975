"""Twenty-five rows on three pages, and a listing of them."""

from __future__ import annotations

import msgspec

from requests_paginate import get_all
from tests.loopback import http

URL = "https://api.test"


def ids(rows):
    return [row["id"] for row in rows]


def items(**options):
    return get_all(f"{URL}/items", **options)


def requests_of(api):
    return sum(api[1].values())


class Row(msgspec.Struct):
    id: int


def by_cursor(rows):
    """Answers pages of two rows by a cursor."""

    def answer(_, request):
        start = int(request.split(" ")[1].partition("cursor=")[2].partition("&")[0] or 0)
        following = str(start + 2) if start + 2 < len(rows) else None
        return http({"items": rows[start : start + 2], "next_cursor": following})

    return answer
