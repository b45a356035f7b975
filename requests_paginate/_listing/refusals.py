"""Advise the caller: which field of a strategy a refusal may ask for, and why links are to http."""

from __future__ import annotations

import re

from requests_paginate._models import copy_with
from requests_paginate.exceptions import PageFailed, PaginationError, PaginationWarning, warn
from requests_paginate.strategies import Cursor, Strategy

_OF_NO_PAGE = frozenset({400, 404, 410, 416, 422})  # statuses that may mean a page beyond the end
_OF_NOTHING_THERE = frozenset({404, 410, 416})
_OF_A_NUMBER = re.compile(r"\b(?:integer|int|number|numeric|numerical)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"exclusive|bad ?argument|(?:only|other|additional|no other) (?:argument|parameter)s?|alone",
    re.IGNORECASE,
)
_OF_A_SIZE = re.compile(
    r"\b(?:limit|page.?size|size|per.?page|count|rows per page)\b|at most|maximum", re.IGNORECASE
)
_OF_AN_END = re.compile(
    r"\bpages?\b|page.?(?:number|index)|offset|\bskip\b|\bstart|\bend\b|last|beyond|past\b|range"
    r"|no (?:more|further|such)|not found|no (?:results|records|rows|data|items|entries)|exist"
    r"|p[aá]gina|seite|\bfim\b|\bfin\b|\bende\b",
    re.IGNORECASE,
)


def advise(error: PaginationError, strategy: Strategy | None, index: int) -> str | None:
    """Return what the caller may pass after a page was refused, in words; None for nothing.

    A server may count pages beyond the last one, take only numbers for its cursor, or take it only
    without other parameters.
    """
    if not isinstance(error, PageFailed) or strategy is None or not index:
        return None
    status = getattr(error.response, "status_code", 0)
    text = str(error).partition(" answered ")[2].partition("; tried the parameter")[0]
    if isinstance(strategy, Cursor) and status in (400, 422):
        if _OF_A_NUMBER.search(text) and not strategy.number:
            return _suggest("if the cursor must be a number", copy_with(strategy, number=True))
        if _OF_OTHERS.search(text) and not isinstance(strategy.alone, tuple):
            alone = copy_with(strategy, alone=True)
            hint = _suggest("if the cursor goes without the other parameters", alone)
            return f"{hint}, or with alone=('verb',) to name those that stay"
    if not strategy.asks_beyond_end or not _may_be_an_end(status, text):
        return None
    named = copy_with(strategy, end_statuses=(status,))
    return _suggest("if this is how the API ends its listings", named)


def _may_be_an_end(status: int, text: str) -> bool:
    """Return whether a refusal may say that there is no such page, by its status or its words."""
    if status not in _OF_NO_PAGE or _OF_A_SIZE.search(text):
        return False
    words = text.partition(": ")[2]
    return status in _OF_NOTHING_THERE or words == "" or _OF_AN_END.search(words) is not None


def _suggest(when: str, strategy: Strategy) -> str:
    return f"{when}, pass strategy=strategies.{strategy!r}"


def warn_of_upgrade() -> None:
    """Warn that a link to http is not followed as it is."""
    warn(
        "a link led to http; it is followed on the listing's own https origin instead. "
        "Behind a TLS proxy Django needs SECURE_PROXY_SSL_HEADER to link to https",
        PaginationWarning,
    )
