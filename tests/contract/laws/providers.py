"""The sandbox's providers over real TLS, and listings of them."""

from __future__ import annotations

from requests_paginate.sandbox import Belvo, Pluggy
from tests.loopback import http

BELVO = Belvo(transactions=3000)
PLUGGY = Pluggy(transactions=2000)


def stepping(right, wrong):
    """A server of two pages that takes its cursor by one name; any other is answered by `wrong`."""
    pages = [http({"items": [1, 2], "next_cursor": "c"}), http({"items": [3], "next_cursor": None})]

    def answer(_, request):
        query = request.split(" ")[1].partition("?")[2]
        if query == f"{right}=c":
            return pages[1]
        return pages[0] if not query else (wrong or pages[0])

    return answer
