"""The server of these tests: entries of accounts, for workers that it may kill."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock

from requests_paginate.sandbox import Request, Response, json_response

PAGE_SIZE = 10


def make_entry(account, number):
    """Return an entry with an exact amount; some fields are null in most."""
    return {
        "id": f"{account}-{number}",
        "account": account,
        "number": number,
        "amount": Decimal(f"{number * 37 % 900}.{number % 100:02}"),
        "note": None if number % 3 else f"nota {number} ção",
        "day": f"2026-{1 + number % 12:02}-{1 + number % 28:02}",
        "tags": [f"t{number % 2}"] * (number % 3),
        "payee": {"name": "Ana", "tax": None},
    }


def write_entry(account, number, *, fields=None):
    """Return an entry as it is sent: its amount is a number with two places."""
    entry = make_entry(account, number)
    text = json_response(
        {name: entry[name] for name in fields or entry} | {"amount": "AMOUNT"}
    ).body
    return text.replace(b'"AMOUNT"', str(entry["amount"]).encode())


@dataclass
class Ledger:
    """Pages of the entries of an account, by number.

    Attributes:
        sizes: How many entries each account has.
        extra: How many entries the total counts that never come.
        is_incomplete: Whether the server says that it left out entries.
        kill_at: The account and the page: who asks for it first is killed.
        killed: The processes that were killed.
        asked: The account and the page of each request, in order.
    """

    sizes: dict[str, int]
    write: object = staticmethod(write_entry)
    extra: int = 0
    is_incomplete: bool = False
    kill_at: tuple[str, int] | None = None
    killed: list[int] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def ids(self):
        """Return the ids of all entries, sorted."""
        return sorted(f"{name}-{n}" for name, size in self.sizes.items() for n in range(size))

    def respond(self, request: Request) -> Response:
        """Answer one request, or kill who made it."""
        account, page = request.parameter("account"), int(request.parameter("page") or 1)
        with self.lock:
            self.asked.append((account, page))
            if (account, page) == self.kill_at:
                self.kill_at = None
                self.killed.append(int(request.headers["X-Process"]))
                os.kill(self.killed[-1], signal.SIGKILL)
        if account not in self.sizes:
            return json_response({"message": "no such account"}, status=404)
        total = self.sizes[account]
        numbers = range((page - 1) * PAGE_SIZE, min(page * PAGE_SIZE, total))
        body = {
            "page": page,
            "totalPages": -(-total // PAGE_SIZE),
            "total": total + self.extra,
            "results": b"[%b]" % b",".join(self.write(account, number) for number in numbers),
        }
        return json_response(body | {"incomplete_results": True} if self.is_incomplete else body)
