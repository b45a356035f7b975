"""Weaker evidence that an object with an identity is an envelope: pages, offsets, rarer tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests_paginate._envelope import members, nodes, vocabulary
from requests_paginate._envelope.candidates import (
    BARE_COUNTS,
    LINK,
    Candidate,
    Verdict,
    holds_rows,
    is_end,
    name_counts,
)
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count

_ROW_COUNTS = (vocabulary.TOTALS | vocabulary.COUNTS) - {"totalsize"}  # that one is of bytes, too
_PAGE_SIZES = frozenset("pagesize perpage itemsperpage resultsperpage hitsperpage".split())
_SUMS = re.compile("summary|total")
_CLEAR_NUMBERS = frozenset("currentpage currentpagenumber pageindex pagenumber pageno".split())
_SYNC_TOKEN = re.compile(r"(?:next)?(?:sync|delta)(?:token|link)")  # where a later listing begins
_COUNTING = ("total", "count", "num", "found")
_OTHER_TOKEN = re.compile(r".*(?:cursor|scroll|continu|resum|token).*")


def judge_pages(candidate: Candidate) -> Verdict | None:
    """A number of pages or of rows beside an only list, and nothing of a thing."""
    if (name := candidate.only_list) is None or candidate.is_named or candidate.is_money:
        return None
    rows, counting = candidate.node[name], name_counts(name, _COUNTING)
    found: dict[str, Any] = {}
    for each, value, is_about_pages in candidate.members:
        is_total = each in vocabulary.TOTAL_PAGES or each in vocabulary.TOTALS or each in counting
        # a total that is not 0 may be a sum, or the number of anything
        is_clear = each not in BARE_COUNTS or value in (0, "0")
        if is_about_pages and is_total and is_clear and is_count(value):
            found[each] = value
    if not found or any(_is_own(n, v, {*found, *counting}) for n, v in candidate.node.items()):
        return None
    if rows:
        return Verdict.DOUBTFUL if isinstance(rows[0], str) else Verdict.ROWS
    # a document without tags may have pages, and a basket without lines a total of 0
    is_zero = any(n not in BARE_COUNTS and int(value) == 0 for n, value in found.items())
    is_clear = is_zero or any(about and is_end(n, v) for n, v, about in candidate.members)
    return Verdict.ROWS if is_clear else Verdict.DOUBTFUL


def _is_own(name: str, value: Any, counting: set[str]) -> bool:
    """Return whether a text or a number tells something of a thing, and not of a page."""
    plain = normalize_name(name)
    if isinstance(value, (bool, Mapping, list)) or value in (None, "") or plain in counting:
        return False
    is_position = plain in vocabulary.NUMBERS or plain in vocabulary.OFFSETS
    is_length = plain in vocabulary.SIZES or re.fullmatch(r"returned\w*", plain) is not None
    is_about_pages = is_position or is_length or _SYNC_TOKEN.fullmatch(plain) is not None
    return not (is_about_pages or members.is_about(name, value))


def judge_position(candidate: Candidate) -> Verdict | None:
    """A number of pages, an offset or a token by another name, beside an only list."""
    rows = candidate.node[name] if (name := candidate.only_list or candidate.rows_name) else None
    if rows is None:
        return None
    found = dict(_list_positions(candidate))
    counts = {name: int(value) for name, value in found.items() if is_count(value)}
    most = max((n for name, n in counts.items() if name in _ROW_COUNTS), default=0)
    own = name_counts(name or "", _COUNTING)
    most_of_own = max((n for each, n in counts.items() if each in own), default=0)
    pages = max((n for name, n in counts.items() if name in vocabulary.TOTAL_PAGES), default=0)
    if not candidate.is_named:
        is_unlikely = not holds_rows(rows) or normalize_name(name) in nodes.BESIDE_ROWS
        is_counted = (most > len(rows) or pages > 1) and not candidate.has_own_values
        is_counted = is_counted or most_of_own > len(rows) or _has_token(candidate)
        is_page = _names_size(counts, rows, candidate) or _names_number(counts, candidate)
        return Verdict.DOUBTFUL if is_page or (is_unlikely and is_counted) else None
    if candidate.rows_name is None or not holds_rows(rows):
        return None
    if "page" in counts:  # {"page": 1, "of": 3}
        pages = max(pages, counts.get("of", 0))
    is_paged = pages > 1 and _is_first_or_sent(counts, candidate)
    tokens = [n for n, v in found.items() if isinstance(v, str) and v and _is_other_token(n)]
    is_usual = candidate.has_usual_rows
    if is_usual and (is_paged or tokens):
        return Verdict.ROWS
    # `bookmark` and `after` may be a thing's own, and so may `next_id` and a number of pages
    is_doubtful = is_paged or any(map(_OTHER_TOKEN.fullmatch, tokens))
    is_doubtful = is_doubtful or (
        candidate.is_below and most > len(rows) and not candidate.is_money
    )
    is_doubtful = is_doubtful or _counts_more(counts, rows, candidate)
    if is_usual:
        starts = not counts.keys().isdisjoint(vocabulary.OFFSETS)
        is_sized = not counts.keys().isdisjoint(vocabulary.ECHOED_SIZES)
        is_doubtful = is_doubtful or pages > 1 or (starts and is_sized) or _names_next(found)
    return Verdict.DOUBTFUL if is_doubtful else None


def _counts_more(counts: Mapping[str, int], rows: list[Any], candidate: Candidate) -> bool:
    """Return whether a number of more rows is named after the list, or stands in what is of pages.

    A story's `comment_count` is its own, whatever came of its comments.
    """
    if candidate.is_money or not rows:
        return False
    own = name_counts(str(candidate.rows_name), ("total",))
    about_pages = [
        value
        for name, inner in candidate.node.items()
        if isinstance(inner, Mapping) and _is_of_pages(normalize_name(name))
        for each, value in inner.items()
        if normalize_name(each) in _ROW_COUNTS or normalize_name(each) in own
    ]
    numbers = [n for name, n in counts.items() if name in own]
    return max([*numbers, *map(int, filter(is_count, about_pages))], default=0) > len(rows)


def _is_of_pages(name: str) -> bool:
    """Return whether an object of a name tells of pages; a `summary` may be one of money."""
    return vocabulary.may_count_rows(name) and _SUMS.search(name) is None


def _has_token(candidate: Candidate) -> bool:
    """Return whether a token stands in an object that is about pages, such as `paging.after`."""
    return any(
        bool(value) and isinstance(value, str) and normalize_name(plain) in vocabulary.TOKENS
        for name, inner in candidate.node.items()
        if isinstance(inner, Mapping) and vocabulary.may_count_rows(normalize_name(name))
        for plain, value in inner.items()
    )


def _list_positions(candidate: Candidate) -> Iterator[tuple[str, Any]]:
    """Yield what is about pages, and what stands in `paging.cursors` and its like."""
    for name, value, is_about_pages in candidate.members:
        if is_about_pages:
            yield name, value
        if is_about_pages and isinstance(value, Mapping) and name in ("cursor", "cursors"):
            yield from ((normalize_name(inner), each) for inner, each in value.items())


def _is_first_or_sent(counts: Mapping[str, int], candidate: Candidate) -> bool:
    """Return whether a page's number is that of a first page or was sent; a book's is neither."""
    sent = [value for _, value in parse_qsl(urlsplit(candidate.url).query)]
    numbers = [number for name, number in counts.items() if name in vocabulary.NUMBERS]
    return any(number <= 1 or str(number) in sent for number in numbers)


def _names_size(counts: Mapping[str, int], rows: list[Any], candidate: Candidate) -> bool:
    """Return whether a page size stands in the object: that of the URL, or one by a clear name."""
    sent = parse_qsl(urlsplit(candidate.url).query)
    sizes = {value for name, value in sent if normalize_name(name) in vocabulary.SIZES}
    is_echo = any(str(n) in sizes for name, n in counts.items() if name in vocabulary.SIZES)
    # of a user, whose settings may name one, something else is told
    least = 1 if candidate.has_own_values else 0
    sizes_told = [n for name, n in counts.items() if name in _PAGE_SIZES]
    return is_echo or any(least <= len(rows) <= size for size in sizes_told)


def _names_number(counts: Mapping[str, int], candidate: Candidate) -> bool:
    """Return whether a page counts itself among others, or echoes the number in the URL.

    A citation has `page` and `pages`.
    """
    pages = {name: n for name, n in counts.items() if name in vocabulary.TOTAL_PAGES}
    numbers = {name: n for name, n in counts.items() if name in vocabulary.NUMBERS}
    sent = parse_qsl(urlsplit(candidate.url).query)
    asked = {value for name, value in sent if normalize_name(name) in vocabulary.PAGE_PARAMS}
    if any(str(number) in asked for number in numbers.values()):
        return True
    # no thing has a page index, nor a number of rows that a filter leaves
    if not _CLEAR_NUMBERS.isdisjoint(numbers) or any(map(vocabulary.is_filtered_count, counts)):
        return True
    is_clear = not {*pages, *numbers} <= {"page", "pages", "number"}
    return is_clear and bool(pages and numbers) and min(numbers.values()) <= max(pages.values())


def _is_other_token(name: str) -> bool:
    """Return whether a name is that of a token that does not speak of the next page."""
    return name in vocabulary.TOKENS and name != "offset" and "next" not in name


def _names_next(found: Mapping[str, Any]) -> bool:
    """Return whether a text or a number that is no link stands in the place of the next page."""
    return any(
        vocabulary.is_continuation(name)
        and bool(value)
        and not isinstance(value, (bool, Mapping, list))
        and not (isinstance(value, str) and LINK.match(value))
        for name, value in found.items()
    )
