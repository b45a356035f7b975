"""Rows that are inserted and deleted while they are listed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Generic, TypeVar

from requests_paginate.sandbox.belvo import Belvo
from requests_paginate.sandbox.messages import Request, Response
from requests_paginate.sandbox.pluggy import Pluggy

__all__ = ["Changing"]

Provider = TypeVar("Provider", Pluggy, Belvo)


@dataclass(kw_only=True, eq=False)
class Changing(Generic[Provider]):
    """A provider whose transactions change, after each page of them or when told to.

    New transactions come at the front, since both providers list the newest first. So page numbers
    shift: an insertion repeats rows on the next page, and a deletion skips some. It keeps what
    changed, so it does not pickle.

    Attributes:
        dialect: The provider as it is at first.
        inserted_per_page: How many rows each account of Pluggy, or link of Belvo, gets after each
            page of transactions that was listed.
        deleted_per_page: How many of the newest rows each of them loses before that.

    Examples:
        >>> changing = Changing(dialect=Pluggy(transactions=3))
        >>> account = changing.dialect.account_ids[0]
        >>> changing.insert(2)
        >>> changing.delete(changing.dialect.transaction_rows(account)[0]["id"])
        >>> len(changing.now.transaction_rows(account))
        4
    """

    dialect: Provider
    inserted_per_page: int = 0
    deleted_per_page: int = 0
    _now: Provider = field(init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._now = self.dialect

    @property
    def now(self) -> Provider:
        """The provider as it is now; ask it for the rows that are there."""
        return self._now

    def insert(self, rows: int) -> None:
        """Insert so many new transactions, in each account of Pluggy or link of Belvo."""
        with self._lock:
            self._now = replace(self._now, inserted=self._now.inserted + rows)

    def delete(self, *names: str) -> None:
        """Delete the transactions with these ids."""
        with self._lock:
            self._now = replace(self._now, deleted=self._now.deleted.union(names))

    def knows(self, path: str) -> bool:
        """Return whether the provider knows `path`."""
        return self._now.knows(path)

    def respond(self, request: Request) -> Response:
        """Answer one request, and then change the rows if it was for a page of them."""
        answer = self._now.respond(request)
        is_page = request.path.rstrip("/").endswith("/transactions")
        if is_page and request.method == "GET" and answer.status == 200:
            if self.deleted_per_page:
                self.delete(*self._now.newest(self.deleted_per_page))
            if self.inserted_per_page:
                self.insert(self.inserted_per_page)
        return answer
