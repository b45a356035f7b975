"""Say why a page that shows no sign of more rows may not be the whole listing: its length.

Many servers cut a list at a default size and say nothing. So a list that is exactly as long as
such a size, or as the size that was asked for, is doubtful unless something tells that it is all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from requests_paginate._detection import link_names
from requests_paginate._detection.evidence import Evidence, gather_evidence
from requests_paginate._detection.fields import read_sent_fields, select_pagination_headers
from requests_paginate._detection.links import find_link_header
from requests_paginate._detection.windows import list_windows
from requests_paginate._envelope import members, vocabulary
from requests_paginate._envelope.candidates import Asked, leads_to_same_listing
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import decode_object, is_count, read_flag
from requests_paginate.exceptions import MalformedPage

# The defaults and limits of public APIs. A list of 47 is probably all; one of 50 may be cut.
_CUSTOMARY = frozenset(
    factor * 10**power for factor in (10, 20, 25, 50) for power in range(5)
) | {30}  # fmt: skip
# Parameters that can only be a place in a listing; `from` may be a day, and `p` a post.
_PLACES = frozenset(vocabulary.PLAIN_NUMBERS) | {"offset", "skip", "startat", "startindex"}
# Sizes in a request that also mean other things, such as the largest price.
_AMBIGUOUS = frozenset("count display first length max nombre num per rows size".split())


def is_usual_size(rows: int) -> bool:
    """Return whether servers cut lists at this number of rows."""
    return rows in _CUSTOMARY


def list_sizes_asked(request: PageRequest, *, or_ambiguous: bool = False) -> list[int]:
    """Return the page sizes that a request names, perhaps with those that may be none."""
    sent = _list_sizes_sent(read_sent_fields(request))
    return [size for name, size in sent if or_ambiguous or name not in _AMBIGUOUS]


def find_asked(page: Page) -> Asked:
    """Return what is known of a page by what was sent, its Link header and Content-Range."""
    counted = page.header("Content-Range")
    if counted is not None and not counted.strip().lower().startswith("bytes"):
        return Asked.LISTING
    if any(
        _is_of_listing(name, value)
        for name, value in select_pagination_headers(page.headers).items()
    ):
        return Asked.LISTING
    relations: dict[str, str] = {}
    with suppress(MalformedPage):  # of a Link header; what reads it says so
        _, relations = find_link_header(page)
    if leads_to_same_listing(relations.get("next", ""), page.url):
        return Asked.LISTING
    sent = read_sent_fields(page.request)
    is_search = isinstance(page.request.json, Mapping) and any(_list_sizes_sent(sent))
    if is_search or any(is_count(value) for n, (_, value) in sent.items() if n in _PLACES):
        return Asked.PLACE
    return Asked.PAGE if relations or any(_list_sizes_sent(sent)) else Asked.ANYTHING


def _is_of_listing(header: str, value: str) -> bool:
    """Return whether a header counts rows or pages, or says whether more follow."""
    name = normalize_name(re.sub(r"^x-", "", header, flags=re.IGNORECASE))
    if is_count(value) and (vocabulary.is_row_count(name) or name in vocabulary.TOTAL_PAGES):
        return True
    return vocabulary.is_more_flag(name) and read_flag(value) is not None


def list_named_sizes(page: Page, items: Any) -> list[int]:
    """Return the numbers that a request or a page calls a size."""
    return list(_list_named_sizes(gather_evidence(page, items)))


def describe_doubtful_size(page: Page, items: Any) -> str | None:
    """Return why an only page may be one of many, by its length; None if nothing says so."""
    evidence = gather_evidence(page, items)
    rows = len(evidence.rows)
    number = evidence.find(vocabulary.PLAIN_NUMBERS, lambda value: str(value) in ("0", "1"))
    asked = [size for n, size in _list_sizes_sent(evidence.sent) if n not in _AMBIGUOUS]
    # A server that sends as many rows as were asked for may count those, and not the listing.
    # So may one whose echoed size is usual; YouTube's `resultsPerPage` counts the rows that came.
    sent = [size for _, size in _list_sizes_sent(evidence.sent)]
    echoed = evidence.find_all(vocabulary.ECHOED_SIZES) if rows in _CUSTOMARY else ()
    is_asked = rows in sent or any(str(found.value) == str(rows) for found in echoed)
    is_full = rows in {*_list_possible_sizes(evidence)}
    may_be_one_of_many = is_full or rows in _CUSTOMARY or number is not None
    if not rows or _tells_end(evidence, is_asked=is_asked, is_likely=not may_be_one_of_many):
        return None
    if is_full:
        return (
            f"it has {rows} rows, exactly as long as the page size that was asked for or that it "
            "echoes"
        )
    if asked and rows > max(asked):
        return f"it has {rows} rows although {max(asked)} were asked for: the size was ignored"
    if number is not None:
        return "it counts itself among others"
    if rows in _CUSTOMARY:
        return f"it has {rows} rows, a usual page size, and nothing in it tells that it is all"
    return None


def _tells_end(evidence: Evidence, *, is_asked: bool, is_likely: bool) -> bool:
    """Return whether a page says itself that it is all: by a total, a flag or an empty link.

    A page that is as long as was asked for may be counted alone. A `count` may be the length of the
    page, unless all speaks for it that the page is the listing.
    """
    rows = len(evidence.rows)
    is_counted = any(
        value == rows and (is_likely or not may_be_length)
        for _, value, may_be_length in evidence.totals
    )
    if is_counted and not is_asked:
        return True
    flag = evidence.any_flag
    if flag is not None and evidence.page.flag(flag) is False:
        return True
    return any(
        _is_onward(name) and any(members.is_ended(value) for _, value in values)
        for name, values in evidence.found.items()
    )


def _is_onward(name: str) -> bool:
    """Return whether something of this name would lead to more rows."""
    if vocabulary.is_continuation(name) or (name in vocabulary.TOKENS and name != "offset"):
        return True
    return link_names.rank_name(name) in (0, 1)


def _list_sizes_sent(sent: Mapping[str, tuple[str, Any]]) -> Iterator[tuple[str, int]]:
    """Yield the page sizes that a request names, by their normalized names."""
    for name, (_, value) in sent.items():
        if name in vocabulary.SIZES and is_count(value) and int(value):
            yield name, int(value)


def _list_possible_sizes(evidence: Evidence) -> Iterator[int]:
    """Yield every number that may be a page size: any that was sent, if there are many rows."""
    yield from _list_named_sizes(evidence)
    if len(evidence.rows) >= 5:  # fewer are as many as any number by coincidence
        named = evidence.sent.items()
        yield from _read_sizes(value for name, (_, value) in named if not name.endswith("id"))


def _list_named_sizes(evidence: Evidence) -> Iterator[int]:
    """Yield the numbers that the request or the page calls a size."""
    sizes = [
        value
        for name, (_, value) in evidence.sent.items()
        if name in vocabulary.SIZES or re.search(vocabulary.SIZE, name)
    ]
    for value in evidence.page.request.query().values():  # LoopBack: filter={"limit": 50}
        inner = decode_object(value) if isinstance(value, str) else None
        sizes += [
            each for name, each in (inner or {}).items() if normalize_name(name) in vocabulary.SIZES
        ]
    echoed = evidence.find_all(vocabulary.ECHOED_SIZES)
    sizes += [value for _, path, value in echoed if not _is_about_others(path)]
    yield from _read_sizes(sizes)
    for _, first, _, last in list_windows(evidence):  # with its last row or without
        yield from (last - first, last - first + 1)


def _is_about_others(path: str) -> bool:
    """Return whether a number stands in an object such as `usage`, whose limit is none of rows."""
    return any(vocabulary.counts_others(normalize_name(name)) for name in path.split(".")[:-1])


def _read_sizes(values: Iterable[Any]) -> Iterator[int]:
    # PrestaShop writes limit=0,50: offset and size
    numbers = [value if is_count(value) else str(value).rpartition(",")[2] for value in values]
    yield from (int(number) for number in numbers if is_count(number))
