"""Ends that a strategy sees and a first page does not bear out.

A listing of one page that has more is the silent loss that nobody notices; so an only page is
looked at once more. What contradicts it raises, what only may do so warns.
"""

from __future__ import annotations

from requests_paginate._detection import detect
from requests_paginate._models import Page, changed
from requests_paginate._paths import read
from requests_paginate.exceptions import (
    InconsistentListing,
    PaginationError,
    PossiblyTruncated,
    UnknownPagination,
    warn,
)
from requests_paginate.strategies import (
    Cursor,
    LinkHeader,
    NextLink,
    NextParameters,
    SinglePage,
    Strategy,
)

__all__ = ["doubt_the_only_page", "doubt_the_size"]


def doubt_the_size(strategy: SinglePage, page: Page) -> None:
    """Warns where a page that was taken for the whole is as long as pages are."""
    rows, items = strategy.items(page), getattr(strategy.items, "path", None)
    if isinstance(items, str) and not isinstance(read(page.body, items), list):
        return  # a single resource
    if not detect.may_be_truncated(changed(page, items=rows), items=items):
        return
    warn(
        "one page was taken for the whole listing, and it is exactly as long as the page size "
        "that was asked for, or counts itself among others; ask for a larger page, or pass "
        "strategy= (strategies.SinglePage() if this is all)",
        PossiblyTruncated,
    )


def doubt_the_only_page(strategy: Strategy, page: Page) -> None:
    """Refuses an end that this strategy sees on the first page, or warns of it.

    Args:
        strategy: What found nothing to follow.
        page: The first page, its rows filled in.

    Raises:
        InconsistentListing: The page leads on, in a way that is no accident.
    """
    if not isinstance(strategy, (NextLink, LinkHeader, Cursor, NextParameters)):
        return  # the others end by what stands there, not by what is missing
    try:
        explanation = detect.explain(page, items=getattr(strategy.items, "path", None))
        others = (explanation.strategies[0], *explanation.passed_over)
        # what only the caller's parameters suggest is no doubt
        onward = [o for o in others if any(o.signals(page)) and o.next(page) is not None]
        # A link, a number of pages or a flag is no accident; a field called cursor may be.
        is_contradiction = bool(onward) and (
            not isinstance(onward[0], Cursor) or bool(page.flag(onward[0].more))
        )
    except UnknownPagination as error:
        text = f"{strategy!r} says that the first page is all; without it: {error}"
        warn(text, PossiblyTruncated)
        return
    except PaginationError:
        return
    if not onward:
        return
    text = (
        f"{strategy!r} says that the first page is all, and it looks like one of many by "
        f"{onward[0]!r}; pass that as strategy=, or dialects.SINGLE_PAGE if this is all"
    )
    if is_contradiction:
        raise InconsistentListing(text)
    warn(text, PossiblyTruncated)
