"""Tell what comes for a request past the last page: a refusal, or the last page again.

Only a listing that counts on until nothing comes asks for such a page, if it told no total.
"""

from __future__ import annotations

from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.fingerprint import rows_of_mark
from requests_paginate._models import Page
from requests_paginate.exceptions import PageFailed, PaginationError

_FIRST_AGAIN = 2  # the second page may be the first one because the server ignores its parameter


def is_refused_past_end(error: PaginationError, position: Checkpoint, total: int | None) -> bool:
    """Return whether a refusal only says that there is no such page.

    The strategy may name its status. A 404 says it where the listing counts on until nothing
    comes, after a page that is shorter than those before it. No earlier page may have told of
    more rows.
    """
    strategy = position.strategy
    if strategy is None or position.request is None or not isinstance(error, PageFailed):
        return False
    status = getattr(error.response, "status_code", 0)
    is_past_end = status == 404 and position.is_after_short and total is None
    if status not in strategy.end_statuses and not is_past_end:
        return False
    return total is None or position.start is None or position.start >= total


def is_last_page_again(mark: str, position: Checkpoint, total: int | None) -> bool:
    """Return whether a page has the rows of the short one before it, as one past the end may have.

    Magento answers so for all numbers above that of the last page, and servers that round an
    offset down to a whole page do for those on it.
    """
    if not position.is_after_short or total is not None or position.index < _FIRST_AGAIN:
        return False
    return position.previous is not None and rows_of_mark(mark) == rows_of_mark(position.previous)


def make_page_past_end(position: Checkpoint, status: int, url: str) -> Page:
    """Return the empty page that stands for what came."""
    assert position.request is not None  # noqa: S101 - something came for it
    return Page(
        request=position.request,
        first_request=position.first if position.index else None,
        items=[],
        index=position.index,
        start=position.start,
        status=status,
        url=url,
    )
