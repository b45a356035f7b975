"""The strategy of a listing that is not paginated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from requests_paginate._models import Page, PageRequest
from requests_paginate.strategies.base import Strategy, refuse_missing_rows


@dataclass(frozen=True, repr=False, eq=False)
class SinglePage(Strategy):
    """A listing that is not paginated: its only page has all rows.

    Attributes:
        items: Where the rows are; an object there is the only row.
        total: Where the number of all rows is. If it is larger than the page, that is an error.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)

    takes_one: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return None: the caller said that there is one page."""
        refuse_missing_rows(self, page, "this is said to be the only page")
        return None
