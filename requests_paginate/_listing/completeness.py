"""Check that no page contradicts the end that a strategy found.

Nobody notices rows that are lost after a first page. So detection looks at an only page again. A
contradiction raises an error, and a sign that only may be one gives a warning.
"""

from __future__ import annotations

from requests_paginate import exceptions
from requests_paginate._detection import detect
from requests_paginate._models import Page, copy_with
from requests_paginate._paths import read_path
from requests_paginate.strategies import SinglePage, Strategy


def check_size(strategy: SinglePage, page: Page) -> None:
    """Warn if a page that counts as the whole listing is exactly as long as a page size."""
    rows, items = strategy.items(page), getattr(strategy.items, "path", None)
    if isinstance(items, str) and not isinstance(read_path(page.body, items), list):
        return  # a single resource
    if not detect.may_be_truncated(copy_with(page, items=rows), items=items):
        return
    exceptions.warn(
        "one page was taken for the whole listing, and it is exactly as long as the page size "
        "that was asked for, or counts itself among others; ask for a larger page, or pass "
        "strategy= (strategies.SinglePage() if this is all)",
        exceptions.PossiblyTruncated,
    )


def check_end(strategy: Strategy, page: Page, total: int | None) -> None:
    """Refuse an end before the smallest total that was told, or one that the only page contradicts.

    Raises:
        InconsistentListing: The last page says that more rows follow.
    """
    rows = len(page.items) + (page.start or 0)
    if total is not None and page.start is not None and rows < total:
        text = (
            f"the listing ends after {rows} of {total} rows; if that total is only an "
            "estimate, pass a strategy without total="
        )
        if not strategy.is_standing(page) and page.flag(strategy.more) is not False:
            raise exceptions.InconsistentListing(text)
        exceptions.warn(text, exceptions.PossiblyTruncated)
    if page.index == 0 and strategy.ends_by_absence:
        _check_only_page(strategy, page)


def _check_only_page(strategy: Strategy, page: Page) -> None:
    """Refuse an end, or warn of it, if detection finds a way to go on."""
    try:
        explanation = detect.explain(page, items=getattr(strategy.items, "path", None))
        found = (explanation.strategies[0], *explanation.passed_over)
        # what only the caller's parameters suggest is no doubt
        onward = [each for each in found if any(each.signals(page)) and each.next(page) is not None]
        is_contradiction = bool(onward) and (
            onward[0].is_unmistakable or bool(page.flag(onward[0].more))
        )
    except exceptions.UnknownPagination as error:
        text = f"{strategy!r} says that the first page is all; without it: {error}"
        exceptions.warn(text, exceptions.PossiblyTruncated)
        return
    except exceptions.PaginationError:
        return
    if not onward:
        return
    text = (
        f"{strategy!r} says that the first page is all, and it looks like one of many by "
        f"{onward[0]!r}; pass that as strategy=, or dialects.SINGLE_PAGE if this is all"
    )
    if is_contradiction:
        raise exceptions.InconsistentListing(text)
    exceptions.warn(text, exceptions.PossiblyTruncated)
