"""Recognises a dialect from its first request and page.

Law of this room: names are compared in lower case without punctuation, so one row serves
`has_more`, `hasMore` and `HasMore`; hosts are never compared. `RECOGNISERS` is the order: what the
server links comes before what it counts. A page that looks like one of many and matches no row
raises; nothing is guessed from the length of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from requests_paginate._detection.detectors import DETECTORS
from requests_paginate._detection.evidence import Evidence, gather_evidence, is_count
from requests_paginate._detection.more_pages import (
    find_continuation,
    find_sign_of_more,
    is_at_start,
)
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page
from requests_paginate._paths import decode_object, read_path
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Cursor, LastItem, PageNumber, SinglePage, Strategy

__all__ = ["Explanation", "detect", "explain", "is_at_start", "may_be_truncated"]

_MANY = 5
_RESOURCE = "A single resource: an object with an identity, whose lists are its own."
_NOT_PAGINATED = "Nothing in the page says that more rows follow."


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a first page is read as it is.

    Attributes:
        strategies: What the page allows, likeliest first: what `detect` gives.
        reason: What the recogniser that decided looks for.
        passed_over: What recognisers further down the table would have said.
    """

    strategies: tuple[Strategy, ...]
    reason: str
    passed_over: tuple[Strategy, ...] = ()


def detect(page: Page, *, items: str | Callable[[Any], Any] | None = None) -> tuple[Strategy, ...]:
    """The strategies that a first page allows, likeliest first.

    Args:
        page: The first page.
        items: Where the rows are, None to find them.

    Raises:
        UnknownPagination: The page is one of many, and nothing tells how the others are reached;
            or several lists could be the rows.
        MalformedPage: There are no rows, or the body reports an error.
    """
    return next(_explained(page, items)).strategies


def explain(page: Page, *, items: str | Callable[[Any], Any] | None = None) -> Explanation:
    """The strategies that a first page allows, and why; see `detect`."""
    decided, *others = _explained(page, items)
    return replace(decided, passed_over=tuple(other.strategies[0] for other in others))


def _explained(page: Page, items: str | Callable[[Any], Any] | None) -> Iterator[Explanation]:
    """What each recogniser says that says anything, in the table's order."""
    if items is None:
        items = find_rows(page.body, page.url)
        if isinstance(read_path(page.body, items), Mapping):
            yield Explanation(strategies=(SinglePage(items=items),), reason=_RESOURCE)
            return
    evidence = gather_evidence(page, items)
    recognised = False
    for recognise in DETECTORS:
        try:
            found = tuple(recognise(evidence))
        except UnknownPagination:
            if not recognised:
                raise
            continue  # what refuses after another has decided would have had nothing to say
        if found:
            recognised = True
            yield Explanation(strategies=found, reason=recognise.__doc__ or "")
    if not recognised:
        _refuse_one_of_many(evidence)
        yield Explanation(strategies=(SinglePage(items=evidence.items),), reason=_NOT_PAGINATED)


def may_be_truncated(page: Page, *, items: Any) -> bool:
    """Whether a page taken for the whole looks like the first of several.

    It is exactly as long as the page size that was asked for or that it echoes, or it has a number.

    Args:
        page: The page, its items filled in.
        items: Where they are.
    """
    evidence = gather_evidence(page, items)
    sizes = [
        value
        for name, (_, value) in evidence.sent.items()
        if name in vocabulary.SIZES or re.search(vocabulary.SIZE, name) or _is_many(page, name)
    ]
    for value in page.request.query().values():  # LoopBack: filter={"limit": 50}
        held = decode_object(value) if isinstance(value, str) else None
        sizes += [
            each for name, each in (held or {}).items() if normalize_name(name) in vocabulary.SIZES
        ]
    sizes += [v for name in vocabulary.ECHOED_SIZES for _, v in evidence.found.get(name, ())]
    # PrestaShop writes limit=0,50: offset and size
    sizes = [str(size).rpartition(",")[2] for size in sizes]
    if not page.items or any(value == len(page.items) for _, value, _ in evidence.totals):
        return False
    is_full = any(is_count(size) and int(size) == len(page.items) > 0 for size in sizes)
    return (
        is_full
        or evidence.first(vocabulary.PLAIN_NUMBERS, lambda value: value in (0, 1)) is not None
    )


def _is_many(page: Page, name: str) -> bool:
    """Whether any number that was sent and equals the rows' may be a size; of a few rows, not."""
    return len(page.items) >= _MANY and not name.endswith("id")


def _refuse_one_of_many(evidence: Evidence) -> None:
    """Raises where the page shows that more follow and no row of the table knew how."""
    seen = find_sign_of_more(evidence)
    if seen is not None:
        around = sorted({path for found in evidence.found.values() for path, _ in found})
        beside = redact_text(", ".join(around)[:400]) or "nothing beside the rows"
        raise UnknownPagination(
            f"{seen}, and nothing tells how to ask for more (there is {beside}); pass strategy=, "
            f"for example strategies.{_example(evidence)}, or dialects.SINGLE_PAGE if this is all"
        )


def _example(evidence: Evidence) -> Strategy:
    """A strategy of the kind that the page leaves open, for a message."""
    if evidence.says_more:
        return LastItem("after", more=evidence.more, items=evidence.items)
    total, onward = evidence.total(leads_on=True), find_continuation(evidence)
    if total is None and onward is not None:
        return Cursor("cursor", token=onward, items=evidence.items)
    return PageNumber("page", total=total, items=evidence.items)
