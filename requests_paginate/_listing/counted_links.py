"""Links that only count: their queries hold a page number or an offset, and what was sent.

A token can hold a filter, and a filter may select no row of a whole page. A number can do neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count
from requests_paginate._redaction import is_secret_name
from requests_paginate.exceptions import PaginationWarning, warn
from requests_paginate.strategies import LinkHeader, NextLink, Strategy

_INNER = re.compile(r"[\w.]+\[(\w+)\]")  # page[number]
_SIZE = r"(?:per|in)page|(?:page|batch|block|chunk)(?:size|length|limit)|limit$|rpp$"
_COUNTS = r"(?!.*(?:account|country|discount)).*(?:total|count).*"  # total_required, $count
_FORMATS = frozenset("alt callback format pretty prettyprint".split())


def warn_of_first_link(page: Page, strategy: Strategy) -> None:
    """Warn if a listing's first link counts, and leaves out a parameter that the caller sent.

    Canvas and DHIS2 link so (https://github.com/dhis2/d2/issues/103): from the second page on they
    list rows that were not asked for. The second page may have been asked for without the body of
    the first one, by another method.
    """
    if not isinstance(strategy, (LinkHeader, NextLink)):
        return
    if page.index == 0 and page.next is not None:
        _warn_of_dropped_parameters(page.request, page.next)
    first = page.first_request
    if page.index == 1 and first is not None and first.method != page.request.method:
        _warn_of_dropped_parameters(first, page.request)


def _warn_of_dropped_parameters(request: PageRequest, link: PageRequest) -> None:
    """Warn if a link counts, and leaves out a parameter of the request."""
    if dropped := find_dropped_parameters(request, link):
        names, was = ", ".join(map(repr, dropped)), "was" if len(dropped) == 1 else "were"
        warn(
            f"the link to the next page leaves out {names}, which {was} sent, and has no token "
            "that could stand for it: from the second page on, rows may come that were not asked "
            "for. If they do, pass a strategy= that sends every parameter again, such as "
            f"{_suggest_strategy(link)}",
            PaginationWarning,
        )


def find_dropped_parameters(request: PageRequest, link: PageRequest) -> list[str]:
    """Return the names of what was sent and is missing in a link that only counts.

    Sizes, positions, secrets and empty values may be missing, and what the link has elsewhere. A
    link that is asked for by GET also lacks the JSON body of a POST.
    """
    sent, kept = request.query(), link.query()
    if link.json is None and isinstance(request.json, Mapping):
        sent |= request.json
    if _read_path(request) != _read_path(link) or not kept or not only_counts(link, sent):
        return []
    names, values = {normalize_name(name) for name in kept}, {*map(str, kept.values())}
    return [
        str(name)
        for name, value in sent.items()
        if normalize_name(name) not in names
        and not is_secret_name(str(name))
        and any(
            text not in ("", *values) and not _selects_no_rows(str(name), text)
            for text in _list_texts(value)
        )
    ]


def is_running_on(page: Page, strategy: Strategy) -> bool:
    """Return whether a page has no rows, and only a link that counts says that more follow."""
    following = page.next
    if page.items or following is None or page.total is not None:
        return False
    if not isinstance(strategy, (LinkHeader, NextLink)) or page.flag(strategy.more) is not None:
        return False
    paths = {re.sub(r"\d+", "0", _read_path(each)) for each in (page.request, following)}
    return len(paths) == 1 and only_counts(following, page.request.query())


def only_counts(link: PageRequest, sent: Mapping[str, Any]) -> bool:
    """Return whether a link's query holds only counts, page sizes, and what was sent."""
    return all(
        str(sent.get(name, "")) == value or (is_count(value) and _is_count_name(name))
        for name, value in link.query().items()
    )


def _is_count_name(name: str) -> bool:
    """Return whether a parameter counts rows or pages, or sets the length of a page."""
    return any(
        plain in vocabulary.OFFSETS
        or plain in vocabulary.PAGE_PARAMS
        or plain in vocabulary.SIZES
        or re.search(_SIZE, plain)
        for plain in _list_plain_names(name)
    )


def _selects_no_rows(name: str, value: str) -> bool:
    """Return whether a parameter says which page is wanted, or how it is written.

    `from=2026-01-01` and `size=XL` are none of these.
    """
    if _is_count_name(name):
        return is_count(value) or normalize_name(name) not in (*vocabulary.OFFSETS, "size")
    plain = normalize_name(name)
    if value.lower() in ("true", "1") and re.fullmatch(_COUNTS, plain):
        return True
    is_position = not vocabulary.POSITIONS.isdisjoint(_list_plain_names(name))
    is_date = re.match(r"\d{4}-\d\d", value) is not None
    return plain in _FORMATS or (is_position and not is_date)


def _list_plain_names(name: str) -> list[str]:
    inner = _INNER.fullmatch(name)
    return [normalize_name(name), *([normalize_name(inner[1])] if inner else [])]


def _read_path(request: PageRequest) -> str:
    return request.url.partition("#")[0].partition("?")[0].rstrip("/")


def _list_texts(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, (list, tuple, set)) else [value]:
        yield each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)


def _suggest_strategy(link: PageRequest) -> str:
    counted = [name for name, value in link.query().items() if is_count(value)]
    places = (*vocabulary.PAGE_PARAMS, *vocabulary.OFFSETS)
    name = next((name for name in counted if normalize_name(name) in places), "page")
    kind = "Offset" if normalize_name(name) in vocabulary.OFFSETS else "PageNumber"
    return f"strategies.{kind}({name!r})"
