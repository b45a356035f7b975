"""Where the rows of a listing stand in its pages, also if the caller's code takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from requests_paginate._envelope.places import find_place
from requests_paginate._envelope.selectors import refuse_no_rows
from requests_paginate._models import Page
from requests_paginate._paths import read_path
from requests_paginate.strategies import Strategy


class RowPlace:
    """The path of a listing's rows: the strategy's, or where a callable's rows were found."""

    def __init__(self) -> None:
        self._path: str | None = None

    def find(self, strategy: Strategy, page: Page, rows: Sequence[Any]) -> str | None:
        """Return the path of the rows, or None if the caller's code makes them.

        A page without rows has them where those before it had.

        Raises:
            MalformedPage: A callable took no rows from what is no page.
        """
        path = getattr(strategy.items, "path", None)
        if isinstance(path, str):
            return path  # nearly always
        if self._path is None or read_path(page.body, self._path) is not rows:
            self._path = find_place(page.body, rows) or self._path
        if not rows and callable(path):
            refuse_no_rows(page, self._path)
        return self._path
