"""What a first page allows beside its likeliest strategy, while the second page has yet to decide.

A parameter's name is often only likely. The next one is tried where the server ignored it (the same
page again) or refused it as a bad request, and for no other reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import InconsistentListing, PageFailed, PaginationError
from requests_paginate.strategies import Strategy

__all__ = ["Candidate", "candidates", "is_about_a_name", "names_tried"]

_MOST_CANDIDATES = 16  # names of one parameter; a page full of echoes is nobody's dialect

Candidate = tuple[Strategy, PageRequest]  # with the second page's request by it


def candidates(likely: Sequence[Strategy], page: Page) -> tuple[Candidate, ...]:
    """What else the first page allows; nothing, once the second one has decided."""
    if page.index > 0 or page.next is None:
        return ()
    found: list[Candidate] = []
    for strategy in likely[: _MOST_CANDIDATES - 1]:
        with suppress(PaginationError):  # what can make no request is no candidate
            if (request := strategy.next(page)) is not None:
                found.append((strategy, request))
    return tuple(found)


def is_about_a_name(error: PaginationError) -> bool:
    """Whether a parameter of another name may help: it was ignored, or refused as a bad request."""
    if isinstance(error, InconsistentListing):
        return error.is_repeat
    return isinstance(error, PageFailed) and getattr(error.response, "status_code", 0) in (400, 422)


def names_tried(earlier: Sequence[Strategy | None], last: Strategy | None) -> str:
    """Which parameters were tried, and how the caller names the right one."""
    tried = [strategy for strategy in (*earlier, last) if strategy is not None]
    parameters = dict.fromkeys(repr(getattr(each, each.needs[0])) for each in tried)
    kinds = {type(each): f"strategies.{each.renamed('...')!r}" for each in reversed(tried)}
    return (
        f"tried the parameter{'s' * (len(parameters) > 1)} {', '.join(parameters)}; if the API has "
        f"another name for it, pass strategy={' or '.join(reversed(kinds.values()))} with that name"
    )
