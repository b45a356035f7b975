"""Ask a page at which a listing ends whether there is a later one.

Every sign here tells that by the page itself, or by the rows so far, and none by how long a page
is. It matters neither which strategy found the end nor who chose it: what that strategy reads is
left out, as it has its own rules for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any

from requests_paginate._detection.counted_texts import find_counted_texts, find_page_texts
from requests_paginate._detection.evidence import Evidence, gather_evidence
from requests_paginate._detection.links import find_link_header, find_target
from requests_paginate._detection.more_pages import find_sign_at_end
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count
from requests_paginate._urls import resolve_link
from requests_paginate.exceptions import MalformedPage, PaginationError, UnknownPagination
from requests_paginate.strategies import LinkHeader, Strategy

_LAST_LINK = r"(?:(?:link|page|uri|url)s?)?(?:to)?last(?:page)?(?:href|link|uri|url)?"
_INNER = re.compile(r"[\w.]+\[(\w+)\]")  # page[number]
_ROWS = r"(?:entries|items?|matches|objects?|pages?|records?|results?|rows?)"
_LEFT = rf"(?:{_ROWS}(?:left|remaining|tofetch)|(?:remaining|rest){_ROWS}?(?:count)?|left)"
_LAST_OF_PAGE = (
    "to",
    "torow",
    "toitem",
    "torecord",
    "lastitem",
    "lastrow",
    "lastrecord",
    "through",
)
_COUNTED = ("of", *vocabulary.TOTALS, *vocabulary.COUNTS)


def find_sign_of_later_page(
    page: Page, strategy: Strategy, place: str | None, *, is_given: bool
) -> str | None:
    """Return what says, at the end that a strategy found, that a later page follows; else None.

    `place` is the path of the rows, if it is known, and `is_given` says whether the caller chose
    the strategy: who gives one without `total=` does not believe the number of rows.
    """
    evidence = _leave_out(gather_evidence(page, place), strategy)
    # who names a flag knows that it is the end, also where a token or a link stays
    is_ended = page.flag(strategy.more) is False
    signs = () if is_ended else _find_continuation(evidence)
    numbers, links = _find_counts(evidence, strategy, is_given), _find_links(evidence, strategy)
    return next(chain(signs, numbers, links), None)


def _find_continuation(evidence: Evidence) -> Iterator[str]:
    is_only = evidence.page.index == 0 and evidence.page.start is not None
    try:
        sign = find_sign_at_end(evidence, of_counts=is_only)
    except UnknownPagination as error:  # two flags
        sign = str(error)
    if sign is not None:
        yield sign


def _leave_out(evidence: Evidence, strategy: Strategy) -> Evidence:
    """Return the evidence without what the strategy reads, and without tokens of this page."""
    own = [path.lstrip("!") for path in strategy.list_paths()]
    found = {
        name: [(path, value) for path, value in values if not _is_own(path, own)]
        for name, values in evidence.found.items()
        # another token is perhaps this page's own
        if vocabulary.is_continuation(name)
        or not vocabulary.is_suspicious_token(name)
        or re.fullmatch(_LEFT, name)
    }
    flags = [(name, path) for name, path in evidence.flags if path not in own]
    headers = {name: value for name, value in evidence.headers.items() if name not in own}
    return replace(evidence, found=found, flags=flags, headers=headers)


def _is_own(path: str, own: list[str]) -> bool:
    """Return whether a path is one of the strategy's, leads to it, or stands below it."""
    return any(f"{path}.".startswith(f"{each}.") or each.startswith(f"{path}.") for each in own)


# Numbers ------------------------------------------------------------------------------------------


def _find_counts(evidence: Evidence, strategy: Strategy, is_given: bool) -> Iterator[str]:
    """Yield numbers of rows or pages that are larger than those so far."""
    yield from _find_lower_bounds(evidence)
    texts = [*find_counted_texts(evidence)]
    if _is_total_reached(evidence, texts):
        return
    page = evidence.page
    for path, value, _ in () if is_given else evidence.totals:
        if page.total is None and _is_beyond(page, None, value):
            yield f"{path!r} counts {value} rows"
    for path, last, length in [*texts, *_list_ranges(evidence)]:
        if _is_beyond(page, last, length):
            yield f"{path!r} counts {length} rows"
    if strategy.total_pages is None:
        yield from _find_page_numbers(evidence)
    for name, values in evidence.found.items():
        if re.fullmatch(_LEFT, name) and not vocabulary.is_continuation(name):
            left = [path for path, value in values if is_count(value) and int(value)]
            yield from (f"{path!r} counts what follows" for path in left)


def _find_lower_bounds(evidence: Evidence) -> Iterator[str]:
    """Yield numbers of the rows so far that are only said to be the least.

    Elasticsearch counts no further than it has to: `{"value": 3, "relation": "gte"}`.
    """
    rows = (evidence.page.start or 0) + len(evidence.rows)
    for total in evidence.find_all(vocabulary.TOTALS):
        bound = total.value if isinstance(total.value, Mapping) else {}
        is_least = str(bound.get("relation")).lower() in ("gt", "gte")
        if is_least and is_count(bound.get("value")) and int(bound["value"]) == rows:
            yield f"{total.path!r} counts at least {rows} rows"


def _is_total_reached(evidence: Evidence, texts: list[tuple[str, int, int]]) -> bool:
    """Return whether one of several numbers of rows is that of the rows so far."""
    start, rows = evidence.page.start, len(evidence.rows)
    if start is None:
        return False
    counted = [value for _, value, may_be_length in evidence.totals
               if not (may_be_length and value == rows)]  # fmt: skip
    return start + rows in [*counted, *(length for _, _, length in texts), evidence.page.total]


def _is_beyond(page: Page, last: int | None, length: int) -> bool:
    """Return whether rows follow by their number, and the place of the last one of the page.

    Where rows are counted from 0, that place is one less.
    """
    if page.start is not None:
        return page.start + len(page.items) < length
    return last is not None and last + 1 < length


def _list_ranges(evidence: Evidence) -> Iterator[tuple[str, int, int]]:
    """Yield the places of last rows with the number of all beside them: `to: 6, of: 8`."""
    for last in evidence.find_all(_LAST_OF_PAGE):
        above = last.path.rpartition(".")[0]
        for total in evidence.find_all(_COUNTED):
            if total.path.rpartition(".")[0] == above and is_count(last.value):
                is_place = is_count(total.value) and int(last.value) <= int(total.value)
                if is_place and int(last.value) + 1 >= len(evidence.rows):
                    yield total.path, int(last.value), int(total.value)


def _find_page_numbers(evidence: Evidence) -> Iterator[str]:
    """Yield numbers of pages that are larger than the page's own number beside them."""
    page = evidence.page
    for pages in evidence.find_all(vocabulary.TOTAL_PAGES):
        above = pages.path.rpartition(".")[0]
        numbers = [
            int(number.value)
            for number in evidence.find_all(vocabulary.NUMBERS)
            if number.path.rpartition(".")[0] == above and number.path != pages.path
            if is_count(number.value)
        ]
        if not numbers and page.start is not None:
            numbers = [page.index + 1]
        are_counts = is_count(pages.value) and len(numbers) > 0
        if are_counts and _is_before_last(page, numbers[0], int(pages.value)):
            yield f"{pages.path!r} counts {pages.value} pages"
    for path, own, last in find_page_texts(evidence):
        if _is_before_last(page, own, last):
            yield f"{path!r} counts {last} pages"


def _is_before_last(page: Page, number: int, pages: int) -> bool:
    """Return whether a page is not the last one by its number, which may count from 0."""
    counts_from_one = page.start is not None and number == page.index + 1
    return number + 1 < pages or (number + 1 == pages and counts_from_one)


# Links --------------------------------------------------------------------------------------------


def _find_links(evidence: Evidence, strategy: Strategy) -> Iterator[str]:
    """Yield a link to a next page in a header, and links to a last one with a larger number."""
    relations: dict[str, str] = {}
    with suppress(MalformedPage):  # no strategy reads it, perhaps
        _, relations = find_link_header(evidence.page)
    is_ended = evidence.page.flag(strategy.more) is False
    if relations.get("next") and not is_ended and not isinstance(strategy, LinkHeader):
        yield "a header links to the next page"
    # of a total that fills its pages some servers count one page more
    ahead = 1 if _is_total_reached(evidence, []) else 0
    links = [("the last link in a header", relations.get("last")), *_list_last_links(evidence)]
    for where, link in links:
        if link and _counts_on(evidence.page, link, ahead):
            yield f"{where} leads to a later page"


def _list_last_links(evidence: Evidence) -> Iterator[tuple[str, str]]:
    for name, values in evidence.found.items():
        if re.fullmatch(_LAST_LINK, name):
            for path, value in values:
                target = value if isinstance(value, str) else (find_target(value) or ("", ""))[1]
                yield repr(path), target


def _counts_on(page: Page, link: str, ahead: int) -> bool:
    """Return whether a link has a larger page number, or offset, than the request of a page.

    `ahead` is by how many pages it may be larger.
    """
    try:
        target = PageRequest("GET", resolve_link(page.url or page.request.url, link)).query()
    except PaginationError:  # it is not followed
        return False
    sent = page.request.query()
    for name, value in target.items():
        inner = _INNER.fullmatch(name)
        plain = normalize_name(inner[1] if inner else name)
        counts_pages = plain in vocabulary.PAGE_PARAMS
        if not is_count(value) or not (counts_pages or plain in vocabulary.OFFSETS):
            continue
        own = _read_place(page, sent.get(name), first=int(counts_pages))
        rows = len(page.items)
        step = ahead if counts_pages else max(0, rows - 1) + ahead
        return own is not None and int(value) > own + step
    return False


def _read_place(page: Page, value: Any, *, first: int) -> int | None:
    """Return the number that a request sends; the first page may go without."""
    if value is None and page.index == 0:
        return first
    return int(value) if is_count(value) else None
