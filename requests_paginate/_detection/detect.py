"""Detect how an API paginates from its first request and page.

`DETECTORS` are asked in their order, and the first one that yields strategies decides. This module
guarantees that a page which looks like one of many raises if no detector decides, and that nothing
is concluded from the length of a list alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from requests_paginate._detection import more_pages
from requests_paginate._detection.counters import find_sent_sizes
from requests_paginate._detection.detectors import DETECTORS
from requests_paginate._detection.evidence import Evidence, gather_evidence, is_link
from requests_paginate._detection.more_pages import (
    find_continuation,
    find_doubtful_link,
    find_sign_of_more,
)
from requests_paginate._detection.sibling_tokens import list_sibling_tokens
from requests_paginate._detection.sizes import find_asked
from requests_paginate._detection.sorted_rows import find_search_after
from requests_paginate._envelope.candidates import Asked
from requests_paginate._envelope.members import has_continuation, has_pagination
from requests_paginate._envelope.nodes import walk_levels
from requests_paginate._envelope.rows import find_rows
from requests_paginate._models import Page
from requests_paginate._paths import is_scalar, read_path
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    NextLink,
    PageNumber,
    SinglePage,
    Strategy,
)

_RESOURCE = "A single resource: an object with an identity, whose lists are its own."
_DEPTH = 4  # of the objects in which names of pagination are sought
_NOT_PAGINATED = "Nothing in the page says that more rows follow."


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a first page is read as it is.

    Attributes:
        strategies: What the page allows, likeliest first, as `detect` returns it.
        reason: What the detector looks for that decided.
        passed_over: What later detectors would have said.
    """

    strategies: tuple[Strategy, ...]
    reason: str
    passed_over: tuple[Strategy, ...] = ()


def detect(page: Page, *, items: str | Callable[[Any], Any] | None = None) -> tuple[Strategy, ...]:
    """Return the strategies that a first page allows, likeliest first.

    Raises:
        UnknownPagination: The page is one of many and nothing tells how to get the others, or
            several lists could be the rows.
        MalformedPage: There are no rows, or the body reports an error.
    """
    return next(_explain_all(page, items)).strategies


def explain(page: Page, *, items: str | Callable[[Any], Any] | None = None) -> Explanation:
    """Return the strategies that a first page allows, and why; see `detect`."""
    decided, *others = _explain_all(page, items)
    return replace(decided, passed_over=tuple(other.strategies[0] for other in others))


def _explain_all(page: Page, items: str | Callable[[Any], Any] | None) -> Iterator[Explanation]:
    """Yield an explanation for each detector that finds something, in their order."""
    if page.status == 204:  # No Content: no rows, and only headers may say that more follow
        items = ""
    elif items is None:
        items = find_rows(page.body, page.url, find_asked(page))
        if isinstance(read_path(page.body, items), Mapping):
            yield Explanation(strategies=(SinglePage(items=items),), reason=_RESOURCE)
            return
    evidence = gather_evidence(page, items)
    is_decided = False
    for detector in DETECTORS:
        try:
            found = tuple(detector(evidence))
        except UnknownPagination:
            if not is_decided:
                raise
            continue  # an earlier detector has decided
        if found:
            is_decided = True
            yield Explanation(strategies=found, reason=detector.__doc__ or "")
    if not is_decided:
        _refuse_one_of_many(evidence)
        yield Explanation(strategies=(SinglePage(items=evidence.items),), reason=_NOT_PAGINATED)


def may_be_one_of_many(page: Page) -> bool:
    """Return whether a first page, of which nobody knows the strategy or the rows, may be a part.

    Where a list was found, it is: something says that more rows follow. Any other object may be of
    anything, such as a token, or the state of a service.
    """
    asked = find_asked(page)
    with suppress(UnknownPagination):
        find_rows(page.body, page.url, asked)
        return True
    if asked is not Asked.ANYTHING or not isinstance(page.body, Mapping):
        return True
    nodes = [node for level in walk_levels(page.body, _DEPTH) for _, node in level]
    values = [value for node in nodes for value in node.values()]
    has_list = any(isinstance(value, list) for value in values)
    return any(map(has_continuation, nodes)) or (has_list and has_pagination(page.body, _DEPTH))


def find_weak_sign(page: Page, items: Any) -> str | None:
    """Return what may say that more rows follow on a page that is taken for the whole listing."""
    return more_pages.find_weak_sign(gather_evidence(page, items))


def _refuse_one_of_many(evidence: Evidence) -> None:
    sign = find_sign_of_more(evidence)
    if sign is not None:
        around = sorted({path for found in evidence.found.values() for path, _ in found})
        beside = redact_text(", ".join(around)[:400]) or "nothing beside the rows"
        proposal = find_search_after(evidence) or _suggest_strategy(evidence)
        raise UnknownPagination(
            f"{sign}, and nothing tells how to ask for more (there is {beside}); "
            f"{_describe_clamp(evidence)}pass strategy=, for example strategies."
            f"{proposal}, or dialects.SINGLE_PAGE if this is all"
        )


def _describe_clamp(evidence: Evidence) -> str:
    """Say that fewer rows came than were asked for, if so, and what helps; else nothing."""
    rows, sizes = len(evidence.rows), find_sent_sizes(evidence)
    clamped = [name for name, size in sizes.items() if 0 < rows < size]
    if not clamped or evidence.find_total(has_next=True) is None:
        return ""
    name = clamped[0]
    return (
        f"{name!r} asks for {sizes[name]} rows and {rows} came, perhaps the most that the server "
        f"sends: ask for {rows}, or send the first position as well, as offset=0 or page=1; else "
    )


def _suggest_strategy(evidence: Evidence) -> Strategy:
    onward = find_continuation(evidence)
    if onward is not None and is_link(evidence.page.lookup(onward)):
        return NextLink(onward, more=evidence.more_flag, items=evidence.items)
    if (link := find_doubtful_link(evidence)) is not None:
        return NextLink(link[0], more=evidence.more_flag, items=evidence.items)
    if evidence.has_more:
        are_texts = bool(evidence.rows) and all(map(is_scalar, evidence.rows))
        key = "" if are_texts else "id"
        return LastItem("after", key=key, more=evidence.more_flag, items=evidence.items)
    total = evidence.find_total(has_next=True)
    if onward is not None and len(tokens := list_sibling_tokens(evidence, onward)) > 1:
        # Azure Tables: each goes back, under its own name
        return Cursor(tuple(tokens), token=tuple(tokens.values()), items=evidence.items)
    if total is None and onward is not None:
        return Cursor("cursor", token=onward, items=evidence.items)
    return PageNumber("page", total=total, items=evidence.items)
