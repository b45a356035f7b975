"""Say which field of a strategy a refusal of a later page may ask for."""

from __future__ import annotations

import re

from requests_paginate._models import copy_with
from requests_paginate.exceptions import PageFailed, PaginationError
from requests_paginate.strategies import Cursor, Strategy

_OF_NO_PAGE = frozenset({400, 404, 410, 416, 422})  # statuses that may mean a page beyond the end
_OF_A_NUMBER = re.compile(r"\b(?:integer|int|number|numeric|numerical)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"exclusive|bad ?argument|(?:only|other|additional|no other) (?:argument|parameter)s?|alone",
    re.IGNORECASE,
)
_OF_A_SIZE = re.compile(r"\b(?:limit|size|per.?page|count)\b", re.IGNORECASE)


def advise(error: PaginationError, strategy: Strategy | None, index: int) -> str | None:
    """Return what the caller may pass after a page was refused, in words; None for nothing.

    A server may count pages beyond the last one, take only numbers for its cursor, or take it only
    without other parameters.
    """
    if not isinstance(error, PageFailed) or strategy is None or not index:
        return None
    status, text = getattr(error.response, "status_code", 0), str(error)
    if isinstance(strategy, Cursor) and status in (400, 422):
        if _OF_A_NUMBER.search(text) and not strategy.number:
            return _suggest("if the cursor must be a number", copy_with(strategy, number=True))
        if _OF_OTHERS.search(text) and not isinstance(strategy.alone, tuple):
            alone = copy_with(strategy, alone=True)
            hint = _suggest("if the cursor goes without the other parameters", alone)
            return f"{hint}, or with alone=('verb',) to name those that stay"
    if not strategy.asks_beyond_end or status not in _OF_NO_PAGE or _OF_A_SIZE.search(text):
        return None
    named = copy_with(strategy, end_statuses=(status,))
    return _suggest("if this is how the API ends its listings", named)


def _suggest(when: str, strategy: Strategy) -> str:
    return f"{when}, pass strategy=strategies.{strategy!r}"
