"""Detectors of what a server counts: rows to skip, pages, ranges.

Where nothing tells whether pages count from 0 or from 1, page 1 is asked for. If that is the first
page again, they count from 1. To ask for page 2 at once could leave rows out in the middle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from requests_paginate._detection.evidence import Evidence, Found
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._detection.param_names import (
    find_beginnings,
    guess_position_names,
    list_further_names,
    list_rarest_names,
)
from requests_paginate._detection.sorted_rows import find_search_after
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import ContentRange, Offset, PageNumber, Strategy

_MOST_SKIPPED = 10_000_000  # rows; a larger number is a day such as 20260101, or seconds

Sent = tuple[str, int]  # a parameter of the request: its name as written, and its number


# Offsets ------------------------------------------------------------------------------------------


def detect_offset(evidence: Evidence) -> Iterator[Strategy]:
    """A number of rows to skip, which was sent or which the page has."""
    sent = evidence.find_sent_count(vocabulary.OFFSETS)
    echo = evidence.find(vocabulary.OFFSETS, is_count)
    if sent is not None:
        if not _is_offset(evidence, sent, echo):
            return
        names, current = [sent[0]], sent[1]
        first = _choose_first_offset(evidence, sent, echo)
    elif echo is not None and _is_echoed_offset(evidence, echo):
        names = [echo.own_name]
        if normalize_name(echo.own_name) != echo.name:
            names.insert(0, echo.name)  # MusicBrainz: release-offset
        first = current = int(echo.value)
    else:
        return
    total = evidence.find_total(is_end=True)
    strategy = Offset(
        limit=_find_size_name(evidence, names[-1]),
        total=total,
        items=evidence.items,
        more=evidence.more_flag,
        first=first,
        start=echo.path if echo is not None and int(echo.value) == current else None,
    )
    likely = guess_position_names(evidence, names)
    if sent is not None or is_graphql_query(evidence.page.request):
        yield from map(strategy.renamed, likely)
        return
    # CouchDB echoes `offset` and takes `skip`, Advanced Alchemy echoes it and takes `currentPage`.
    further = [*likely, *list_further_names(evidence, "offset", echo), "offset", "skip", "start"]
    yield from map(strategy.renamed, dict.fromkeys(further))
    if total is not None:  # it finds out if a page number left rows out
        page_number = PageNumber(total=total, items=evidence.items)
        yield from _from_0_or_1(page_number, ["page", *list_further_names(evidence, "page", None)])


def has_sent_position(evidence: Evidence) -> bool:
    """Return whether the request says how it counts: by a page number, or by rows to skip."""
    if evidence.find_sent_count(vocabulary.PAGE_PARAMS) is not None:
        return True
    sent = evidence.find_sent_count(vocabulary.OFFSETS)
    echo = evidence.find(vocabulary.OFFSETS, is_count)
    return sent is not None and _is_offset(evidence, sent, echo)


def _is_offset(evidence: Evidence, sent: Sent, echo: Found | None) -> bool:
    """Return whether a number that was sent skips rows, and is neither a time nor a page size."""
    if _may_be_a_time(evidence, sent, echo):
        return False
    # Etherscan: page=1&offset=10, where the offset is the page size
    has_page = evidence.find_sent_count(vocabulary.PAGE_PARAMS) is not None
    return not (has_page and sent[1] >= len(evidence.rows) > 0)


def _is_echoed_offset(evidence: Evidence, echo: Found) -> bool:
    """Return whether an offset in the page, which was not sent, is that of a first page."""
    return (
        int(echo.value) <= 1
        and not evidence.find_sent_count(vocabulary.PAGE_PARAMS)
        and not evidence.find(vocabulary.TOTAL_PAGES, is_count)
    )


def _find_size_name(evidence: Evidence, offset: str) -> str | None:
    sizes = [name for plain, (name, _) in evidence.sent.items() if plain in vocabulary.SIZES]
    return next((name for name in sizes if name != offset), None)


def _choose_first_offset(evidence: Evidence, sent: Sent, echo: Found | None) -> int:
    """Return 1 where offsets count from one (SCIM: RFC 7644 section 3.4.2.4), else 0."""
    name, value = sent
    is_start = normalize_name(name).startswith("start")
    if value == 1:  # an offset of 1 skips a row, unless the page calls itself the first
        return 1 if is_start or (echo is not None and int(echo.value) == 1) else 0
    is_after_pages = value > 1 and any(value % n == 1 for n in find_sent_sizes(evidence).values())
    return 1 if is_start and is_after_pages else 0


def _may_be_a_time(evidence: Evidence, sent: Sent, echo: Found | None) -> bool:
    """Return whether `from` or `start` may be a time instead of a place: seconds, a year, a day."""
    name, value = sent
    plain = normalize_name(name)
    if plain not in ("from", "start") or (echo is not None and int(echo.value) == value):
        return False
    total = evidence.find_total()
    if total is not None and 0 < value <= (evidence.page.number(total) or 0):
        return False
    sizes = find_sent_sizes(evidence).values()
    if not sizes and any(name in evidence.sent for name in ("to", "end", "until")):
        return True
    is_whole_pages = value < _MOST_SKIPPED and any(value % size in (0, 1) for size in sizes)
    is_first = value == 0 or (value == 1 and (sizes or plain == "start"))
    return not (is_whole_pages or is_first)


# Page numbers -------------------------------------------------------------------------------------


def detect_page_number(evidence: Evidence) -> Iterator[Strategy]:
    """A number of pages, or a page's own number beside a flag or a total."""
    sent = evidence.find_sent_count(vocabulary.PAGE_PARAMS)
    pages = evidence.find(vocabulary.TOTAL_PAGES, is_count)
    number = evidence.find(vocabulary.NUMBERS, is_count)
    if sent is None and pages is None and not (number and _has_known_end(evidence)):
        return
    if sent is None and number is not None and int(number.value) > 1:
        sent = _find_sent_number(evidence, int(number.value))
    first = _choose_first_page(evidence, sent, pages, number)
    total = evidence.find_total(is_end=True)
    if sent is not None and sent[1] == 1:
        if number is not None and int(number.value) == 0:
            number = None  # Spring Data with one-indexed-parameters: the echo counts from zero
        elif _is_zero_based(pages, number):
            total = None  # this may be the second page, of a listing that begins before it
    names = [sent[0]] if sent else ["page", *_find_echoed_names(evidence, number)]
    likely = guess_position_names(evidence, names)
    if sent is None and not is_graphql_query(evidence.page.request):
        likely = [*dict.fromkeys([*likely, *list_further_names(evidence, "page", number)])]
    strategy = PageNumber(
        total_pages=pages.path if pages else None,
        number=number.path if number else None,
        first=first or 0,
        items=evidence.items,
        total=total,
        more=evidence.more_flag,
    )
    yield from (
        map(strategy.renamed, likely) if first is not None else _from_0_or_1(strategy, likely)
    )


def _from_0_or_1(strategy: PageNumber, names: Iterable[str]) -> Iterator[PageNumber]:
    """Yield a strategy with each name, from 0 and then from 1: the second page tells which."""
    for name in dict.fromkeys(names):
        for first in (0, 1):
            yield replace(strategy, first=first).renamed(name)


def _has_known_end(evidence: Evidence) -> bool:
    """Return whether the page tells where the listing ends, or is as long as pages are."""
    if evidence.any_flag is not None or evidence.find_total(is_end=True) is not None:
        return True
    size = evidence.find(vocabulary.ECHOED_SIZES, is_count)
    return size is not None and int(size.value) == len(evidence.rows) > 0


def _is_zero_based(pages: Found | None, number: Found | None) -> bool:
    """Return whether the names that count pages are those of APIs that count from 0."""
    return any(found and found.name in vocabulary.ZERO_BASED for found in (pages, number))


def _find_sent_number(evidence: Evidence, number: int) -> Sent:
    """Return the parameter that asked for a page, found by the number that the page has."""
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


def _find_echoed_names(evidence: Evidence, number: Found | None) -> Iterator[str]:
    for found in evidence.find_all(vocabulary.NUMBERS):
        is_number = number is not None and found.value == number.value
        if is_number and evidence.header(found.path) is None:
            yield found.own_name


def _choose_first_page(
    evidence: Evidence, sent: Sent | None, pages: Found | None, number: Found | None
) -> int | None:
    """Return the number of the first page: 0 or 1, as it was asked for, else as the page says.

    None: nothing tells. If a page after the first was asked for, it is 1: at worst the listing asks
    for a page too many.
    """
    if sent is not None:
        return min(sent[1], 1)
    if _is_zero_based(pages, number) and (number is None or int(number.value) == 0):
        return 0
    if number is not None:
        return int(number.value)
    if pages is not None and int(pages.value) <= 1:
        return 1  # no other page is ever asked for
    if evidence.find_total(has_next=pages is not None and int(pages.value) > 1) is None:
        raise UnknownPagination(
            f"the page counts pages (at {pages.path if pages else None!r}) and nothing tells "
            "whether from 0 or 1; ask for the first by its number, as params={'page': 0} or "
            "{'page': 1}, or pass strategy=strategies.PageNumber('page', first=0, ...)"
        )
    return None


# Sizes and ranges ---------------------------------------------------------------------------------


def detect_by_size(evidence: Evidence) -> Iterator[Strategy]:
    """A page size that was sent, and a larger total; the parameter is a guess."""
    total = evidence.find_total(has_next=True)
    sizes = find_sent_sizes(evidence)
    if total is None or not sizes or is_graphql_query(evidence.page.request):
        return
    if find_search_after(evidence) is not None:
        return  # it takes no page number, and the error proposes what it takes
    rows = len(evidence.rows)
    is_full = rows in sizes.values()
    is_clamped = 0 < rows < min(sizes.values())  # Airflow: limit=500, and 100 rows
    if not is_full and not is_clamped:
        return
    items, more = evidence.items, evidence.more_flag
    if evidence.find_total(is_end=True) is None:
        total = None  # another number may count the rows
    page_number = PageNumber(total=total, items=items, more=more)
    offset = Offset(limit=next(iter(sizes)), total=total, items=items, more=more)
    for name, value, counts_pages in find_beginnings(evidence, sizes):
        counted: PageNumber | Offset = page_number if counts_pages else offset
        yield replace(counted, first=value).renamed(name)
    pages = [*guess_position_names(evidence, ["page"]), *list_further_names(evidence, "page", None)]
    sibling_offsets = list_further_names(evidence, "offset", None)
    offsets = [*sibling_offsets, *guess_position_names(evidence, ["offset", "skip"])]
    by_page = _from_0_or_1(page_number, pages)
    by_offset = map(offset.renamed, dict.fromkeys(offsets))
    rarest_pages = _from_0_or_1(page_number, list_rarest_names(evidence, "page"))
    # One that counts from one repeats a row, which is seen only by its id.
    have_ids = all(isinstance(row, Mapping) and "id" in row for row in evidence.rows)
    rarest = list_rarest_names(evidence, "offset")
    safe = [name for name in rarest if have_ids or not re.search("(?i)start|from", name)]
    rarest_offsets = map(offset.renamed, safe)
    # The total finds out if a wrong name left rows out.
    counts_pages = any("page" in name.lower() or name == "size" for name in sizes)
    if is_full:
        yield from (*by_page, *by_offset) if counts_pages else (*by_offset, *by_page)
        yield from (*rarest_pages, *rarest_offsets)
    elif not counts_pages:  # where the second page of a clamped size begins, nobody knows
        yield from (*by_offset, *rarest_offsets)


def find_sent_sizes(evidence: Evidence) -> dict[str, int]:
    """Return the page sizes that were sent, by name as written."""
    return {
        name: int(value)
        for plain, (name, value) in evidence.sent.items()
        if is_count(value)
        and int(value) > 0
        and (plain in vocabulary.SIZES or plain.endswith(("limit", "size")))
    }


def detect_content_range(evidence: Evidence) -> Iterator[Strategy]:
    """Content-Range (RFC 9110 section 14.4) that counts rows."""
    if re.search(r"\d+-\d+/", evidence.header("Content-Range") or ""):
        yield ContentRange(items=evidence.items)
