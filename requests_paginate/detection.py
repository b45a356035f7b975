"""Recognises a dialect from its first request and page.

Law of this room: names are compared in lower case without punctuation, so one row serves
`has_more`, `hasMore` and `HasMore`; hosts are never compared. `RECOGNISERS` is the order: what the
server links comes before what it counts. A page that looks like one of many and matches no row
raises; nothing is guessed from the length of a list.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import Any

from requests_paginate import names
from requests_paginate.evidence import Evidence, gathered, is_count
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.pages import Page, PageRequest, decoded_object, read
from requests_paginate.recognisers import RECOGNISERS
from requests_paginate.rows import find_rows, normalized
from requests_paginate.strategies import Cursor, LastItem, PageNumber, SinglePage, Strategy
from requests_paginate.surroundings import asks_for_rows_of_a_graph, sent_by

__all__ = ["Explanation", "detect", "explain", "may_be_truncated", "starts_at_beginning"]

_RANGE = re.compile(r"(?!bytes)(?:\w+[ =])?\d{1,18}-\d{1,18}/(?P<length>\d{1,18})")
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
        if isinstance(read(page.body, items), Mapping):
            yield Explanation(strategies=(SinglePage(items=items),), reason=_RESOURCE)
            return
    evidence = gathered(page, items)
    recognised = False
    for recognise in RECOGNISERS:
        # a recogniser that refuses after another has decided would have had nothing to say
        with suppress(UnknownPagination) if recognised else nullcontext():
            if found := tuple(recognise(evidence)):
                recognised = True
                yield Explanation(strategies=found, reason=inspect.getdoc(recognise) or "")
    if not recognised:
        _refuse_one_of_many(evidence)
        yield Explanation(strategies=(SinglePage(items=evidence.items),), reason=_NOT_PAGINATED)


def starts_at_beginning(request: PageRequest) -> bool:
    """Whether a first request asks for the first rows, as far as its names tell."""
    return all(
        value in (None, "", "*")
        or str(value) == "0"
        or (name in names.PAGE_PARAMS and str(value) == "1")
        for name, (_, value) in sent_by(request).items()
        if name in names.POSITIONS
    )


def may_be_truncated(page: Page) -> bool:
    """Whether a page taken for the whole is exactly as long as the page size that was asked for."""
    sizes = [value for name, (_, value) in sent_by(page.request).items() if name in names.SIZES]
    for value in page.request.query().values():  # LoopBack: filter={"limit": 50}
        held = decoded_object(value) if isinstance(value, str) else None
        sizes += [each for name, each in (held or {}).items() if normalized(name) in names.SIZES]
    # PrestaShop writes limit=0,50: offset and size
    sizes = [str(size).rpartition(",")[2] for size in sizes]
    return any(is_count(size) and int(size) == len(page.items) > 0 for size in sizes)


def _refuse_one_of_many(evidence: Evidence) -> None:
    """Raises where the page shows that more follow and no row of the table knew how."""
    seen = None
    if evidence.says_more:
        seen = f"{evidence.more!r} says that more rows follow"
    elif (variable := _open_position(evidence)) is not None:
        seen = f"the query takes {variable!r}"
    elif (onward := _leads_on(evidence)) is not None:
        seen = f"something stands at {onward!r}"
    elif (counted := _counts_more(evidence)) is not None:
        seen = f"{counted!r} counts more rows than the {len(evidence.page.items)} of the page"
    if seen is not None:
        around = sorted({path for found in evidence.found.values() for path, _ in found})
        raise UnknownPagination(
            f"{seen}, and nothing tells how to ask for more (there is "
            f"{', '.join(around)[:400] or 'nothing beside the rows'}); pass strategy=, for example "
            f"strategies.{_example(evidence)}, or dialects.SINGLE_PAGE if this is all"
        )


def _example(evidence: Evidence) -> Strategy:
    """A strategy of the kind that the page leaves open, for a message."""
    if evidence.says_more:
        return LastItem("after", more=evidence.more, items=evidence.items)
    total = evidence.total(leads_on=True)
    onward = _leads_on(evidence)
    if onward is not None and total is None:
        return Cursor("cursor", token=onward, items=evidence.items)
    return PageNumber("page", total=total, items=evidence.items)


def _counts_more(evidence: Evidence) -> str | None:
    """Where something like a total is larger than the page, in the body or the headers."""
    if not starts_at_beginning(evidence.page.request):
        return None
    rows = len(evidence.page.items)
    if (total := evidence.total(leads_on=True)) is not None:
        return total
    for name in (*names.TOTALS, *names.COUNTS):
        for path, value in evidence.found.get(name, ()):
            # Elasticsearch: {"total": {"value": 10000, "relation": "gte"}}
            number: Any = value.get("value") if isinstance(value, Mapping) else value
            if is_count(number) and int(number) > rows:
                return path
    for header, value in evidence.page.headers.items():
        told = _RANGE.fullmatch(value)  # VTEX: REST-Content-Range, and resources: 0-9/500
        if told is not None and int(told["length"]) > rows:
            return header
    return None


def _open_position(evidence: Evidence) -> str | None:
    """The variable of a GraphQL query that no recogniser knew how to fill."""
    if not asks_for_rows_of_a_graph(evidence.page.request):
        return None
    positions = ("after", "cursor", *names.PAGE_PARAMS, *names.OFFSETS)
    return next((evidence.sent[name][0] for name in positions if name in evidence.sent), None)


def _leads_on(evidence: Evidence) -> str | None:
    """The path of a continuation in a form that no strategy here knows."""
    for name, places in evidence.found.items():
        if names.leads_on(name):
            for path, value in places:
                if value and str(value).lower() != "false":
                    return path
    return None
