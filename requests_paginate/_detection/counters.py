"""Recognisers of what a server counts: rows to skip, pages, ranges.

Counted from 0 or from 1 is the question of this room. Where a page leaves it open, the listing asks
for a page too many rather than for one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from requests_paginate._detection.evidence import Evidence, is_count
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._detection.param_names import guess_position_names
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import ContentRange, Offset, PageNumber, Strategy

__all__ = ["detect_by_size", "detect_content_range", "detect_offset", "detect_page_number"]

_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day such as 20260101, or seconds


def detect_offset(evidence: Evidence) -> Iterator[Strategy]:
    """A number of rows to skip: one that was sent, or an echo of the first row's."""
    sent = evidence.requested(vocabulary.OFFSETS)
    echo = evidence.first(vocabulary.OFFSETS, is_count)
    if sent is not None and _may_be_a_date(evidence, *sent, echo):
        return
    pages = evidence.requested(vocabulary.PAGE_PARAMS)
    if sent is not None:
        if pages is not None and sent[1] >= len(evidence.rows) > 0:
            return  # Etherscan: page=1&offset=10, which is the size
        name, first = sent[0], _first_offset(evidence, *sent, echo)
    elif (
        echo is None
        or int(echo[2]) > 1
        or pages
        or evidence.first(vocabulary.TOTAL_PAGES, is_count)
    ):
        return
    else:
        name, first = echo[1].rpartition(".")[2], int(echo[2])
    likely = [name]
    if sent is None and echo is not None and normalize_name(name) != echo[0]:
        likely = [echo[0], name]  # MusicBrainz: release-offset
    faithful = echo is not None and int(echo[2]) == (first if sent is None else sent[1])
    strategy = Offset(
        limit=_size_name(evidence, name),
        total=evidence.total(is_end=True),
        items=evidence.items,
        more=evidence.more,
        first=first,
        start=echo[1] if echo is not None and faithful else None,
    )
    yield from map(strategy.renamed, guess_position_names(evidence, likely))


def _size_name(evidence: Evidence, other: str) -> str | None:
    sizes = [name for plain, (name, _) in evidence.sent.items() if plain in vocabulary.SIZES]
    return next((name for name in sizes if name != other), None)


def _first_offset(
    evidence: Evidence, name: str, value: int, echo: tuple[str, str, Any] | None
) -> int:
    """Where offsets begin: SCIM's startIndex at 1 (RFC 7644 section 3.4.2.4), most others at 0."""
    if normalize_name(name).startswith("start") and value > 1:
        return 1 if any(value % size == 1 for size in _sizes(evidence)) else 0
    # an offset of 1 skips a row
    return 1 if value == 1 and (normalize_name(name).startswith("start") or _is_one(echo)) else 0


def _sizes(evidence: Evidence) -> list[int]:
    sizes = [value for plain, (_, value) in evidence.sent.items() if plain in vocabulary.SIZES]
    return [int(size) for size in sizes if is_count(size) and int(size) > 0]


def _is_one(echo: tuple[str, str, Any] | None) -> bool:
    return echo is not None and int(echo[2]) == 1


def _may_be_a_date(
    evidence: Evidence, name: str, value: int, echo: tuple[str, str, Any] | None
) -> bool:
    """Whether `from` or `start` may be a time instead of a place: seconds, a year, a day."""
    if normalize_name(name) not in ("from", "start") or (
        echo is not None and int(echo[2]) == value
    ):
        return False
    total = evidence.total()
    if total is not None and 0 < value <= (evidence.page.number(total) or 0):
        return False
    steps = _sizes(evidence)
    is_a_step = value < _MOST_SKIPPED and any(value % n in (0, 1) for n in steps)
    has_end = any(plain in ("to", "end", "until") for plain in evidence.sent)
    is_first = value == 0 or (value == 1 and (steps or normalize_name(name) == "start"))
    return (has_end and not steps) or not (is_a_step or is_first)


def detect_page_number(evidence: Evidence) -> Iterator[Strategy]:
    """A number of pages, or a page's own number beside a flag or a total."""
    sent = evidence.requested(vocabulary.PAGE_PARAMS)
    pages = evidence.first(vocabulary.TOTAL_PAGES, is_count)
    number = evidence.first(vocabulary.NUMBERS, is_count)
    counted = (
        evidence.finished is not None
        or evidence.total(is_end=True) is not None
        or _echoes_full_size(evidence)
    )
    if pages is None and not (number and counted) and sent is None:
        return
    if sent is None and number is not None and int(number[2]) > 1:
        sent = _sent_as(evidence, int(number[2]))
    first = _first_page(evidence, sent, pages, number)
    total = evidence.total(is_end=True)
    if sent is not None and sent[1] == 1:
        if number is not None and int(number[2]) == 0:
            number = None  # Spring Data with one-indexed-parameters: the echo counts from zero
        elif _counts_from_zero(pages, number):
            total = None  # or the second page, of a listing that begins before it
    likely = [sent[0]] if sent else ["page", *_echoed_names(evidence, number)]
    strategy = PageNumber(
        total_pages=pages[1] if pages else None,
        number=number[1] if number else None,
        first=first,
        items=evidence.items,
        total=total,
        more=evidence.more,
    )
    yield from map(strategy.renamed, guess_position_names(evidence, likely))


def _echoes_full_size(evidence: Evidence) -> bool:
    """Whether the page is as long as it says pages are: then there may be a next one."""
    found = evidence.first(vocabulary.ECHOED_SIZES, is_count)
    return found is not None and int(found[2]) == len(evidence.rows) > 0


def _counts_from_zero(
    pages: tuple[str, str, Any] | None, number: tuple[str, str, Any] | None
) -> bool:
    return any(seen is not None and seen[0] in vocabulary.ZERO_BASED for seen in (pages, number))


def _sent_as(evidence: Evidence, number: int) -> tuple[str, int]:
    """What the caller asked for the page with, by its value: the page says that it is the third."""
    found = {
        name
        for plain, (name, value) in evidence.sent.items()
        if is_count(value) and int(value) == number and plain not in vocabulary.SIZES
    }
    if len(found) != 1:
        raise UnknownPagination(
            f"the first page says that it is number {number}, and the request does not say so "
            "under one name; pass strategy=strategies.PageNumber(...) with the parameter's name"
        )
    return found.pop(), number


def _echoed_names(evidence: Evidence, number: tuple[str, str, Any] | None) -> Iterator[str]:
    """The names under which a body echoes the page's number."""
    for _, path, value in evidence.places(vocabulary.NUMBERS):
        if number is not None and value == number[2] and evidence.header(path) is None:
            yield path.rpartition(".")[2]


def _first_page(
    evidence: Evidence,
    sent: tuple[str, int] | None,
    pages: tuple[str, str, Any] | None,
    number: tuple[str, str, Any] | None,
) -> int:
    """Whether pages count from 0 or 1: as echoed, else as asked for.

    Asked for 1 or more, both may be: then 1, and at worst a page too many is asked for.
    """
    if sent is not None:
        return min(sent[1], 1)
    if _counts_from_zero(pages, number) and (number is None or int(number[2]) == 0):
        return 0
    if number is not None:
        return int(number[2])
    if evidence.total(leads_on=pages is not None and int(pages[2]) > 1) is None:
        raise UnknownPagination(
            f"the page counts pages (at {pages[1] if pages else None!r}) and nothing tells whether "
            "from 0 or 1; ask for the first by its number, as params={'page': 0} or {'page': 1}, "
            "or pass strategy=strategies.PageNumber('page', first=0, ...)"
        )
    return 1


def detect_by_size(evidence: Evidence) -> Iterator[Strategy]:
    """A total larger than the page whose size was asked for; its sibling's name is only likely."""
    sizes = {plain: name for plain, (name, _) in evidence.sent.items() if plain in vocabulary.SIZES}
    total = evidence.total(leads_on=True)
    if not _is_full(evidence) or total is None or is_graphql_query(evidence.page.request):
        return
    counted = PageNumber(total=total, items=evidence.items)
    skipped = Offset(limit=next(iter(sizes.values())), total=total, items=evidence.items)
    by_page = map(counted.renamed, guess_position_names(evidence, ["page"]))
    by_offset = map(skipped.renamed, guess_position_names(evidence, ["offset", "skip"]))
    # the total finds out what a wrong name would leave out
    counts_pages = any("page" in plain or plain == "size" for plain in sizes)
    yield from (*by_page, *by_offset) if counts_pages else (*by_offset, *by_page)


def _is_full(evidence: Evidence) -> bool:
    return len(evidence.rows) in _sizes(evidence)


def detect_content_range(evidence: Evidence) -> Iterator[Strategy]:
    """Content-Range (RFC 9110 section 14.4) that counts rows."""
    if re.search(r"\d+-\d+/", evidence.header("Content-Range") or ""):
        yield ContentRange(items=evidence.items)
