"""Links that only count: their queries hold a page number or an offset, and what was sent.

A token can hold a filter. A number cannot, and it can count on for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._listing.other_listings import describe_other_listing
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count
from requests_paginate._redaction import is_secret_name
from requests_paginate.strategies import LinkHeader, NextLink, Strategy

_INNER = re.compile(r"[\w.]+\[(\w+)\]")  # page[number]
_SIZE = r"(?:per|in)page|(?:page|batch|block|chunk)(?:size|length|limit)|limit$|rpp$"
_COUNTS = r"(?!.*(?:account|country|discount)).*(?:total|count).*"  # total_required, $count
_SORTING = r"(?:sort|order)(?:by|ed|ing|order|dir(?:ection)?)?|dir(?:ection)?"
_PAGE_PATH = r"/(?:pages?|p|pagina|seite)/\d+$"  # WordPress: /posts/page/2
_FORMATS = frozenset("alt callback format pretty prettyprint".split())


def describe_first_link(page: Page, strategy: Strategy) -> list[str]:
    """Say what a listing's first link, if it counts, leaves out or changes of what was sent.

    Canvas and DHIS2 link so (https://github.com/dhis2/d2/issues/103): from the second page on they
    list rows that were not asked for. The second page may have been asked for without the body of
    the first one, by another method.
    """
    first = page.first_request
    texts: list[str] = []
    if not isinstance(strategy, (LinkHeader, NextLink)):
        return texts
    if page.index == 0 and page.next is not None:
        asked = page.request
        path = (page.url or asked.url).partition("?")[0]  # a redirect may have led there
        answered = PageRequest(asked.method, path, params=asked.query(), json=asked.json)
        texts = describe_lost_parameters(answered, page.next)
        if (other := describe_other_listing(answered, page.next)) is not None:
            texts.append(
                f"the link to the next page leads to {other}: rows of another listing may come. If "
                f"they do, pass a strategy= that counts, such as {_suggest_strategy(page.next)}"
            )
    elif page.index == 1 and first is not None and first.method != page.request.method:
        texts = describe_lost_parameters(first, page.request)
    elif page.index == 1 and first is not None and page.next is not None:
        known = describe_lost_parameters(first, page.request)  # and told
        texts = [] if known else describe_lost_parameters(first, page.next)
    return texts


def describe_lost_parameters(request: PageRequest, link: PageRequest) -> list[str]:
    """Say what a link that counts leaves out of the request; nothing if it keeps all."""
    if dropped := find_dropped_parameters(request, link):
        names, was = ", ".join(map(repr, dropped)), "was" if len(dropped) == 1 else "were"
        return [
            f"the link to the next page leaves out {names}, which {was} sent, and has no token "
            "that could stand for it: from the second page on, rows may come that were not asked "
            "for. If they do, pass a strategy= that sends every parameter again, such as "
            f"{_suggest_strategy(link)}"
        ]
    return []


def find_dropped_parameters(request: PageRequest, link: PageRequest) -> list[str]:
    """Return the names of what was sent and is missing in a link that only counts.

    Sizes, positions, secrets and empty values may be missing, and what the link has elsewhere. A
    link that is asked for by GET also lacks the JSON body of a POST. A filter that is there with no
    value, with another word or with fewer values is missing, too.
    """
    sent, kept = _list_query(request), _list_query(link)
    if link.json is None and isinstance(request.json, Mapping):
        sent |= {str(name): [*_list_texts(value)] for name, value in request.json.items()}
    paths = [_read_path(request), _read_path(link)]
    is_numbered = paths[0] != paths[1] and re.search(_PAGE_PATH, paths[1]) is not None
    if is_numbered:
        paths = [re.sub(_PAGE_PATH, "", path) for path in paths]
    counts = all(_is_kept_or_counts(name, values, sent) for name, values in kept.items())
    if paths[0] != paths[1] or not (kept or is_numbered) or not counts:
        return []
    named = {normalize_name(name): values for name, values in kept.items()}
    elsewhere = {text for values in kept.values() for text in values}
    return [
        name
        for name, values in sent.items()
        if not is_secret_name(name)
        and any(
            text not in ("", *elsewhere)
            and not _selects_no_rows(name, text)
            and _is_lost(text, len(values), named.get(normalize_name(name)))
            for text in values
        )
    ]


def _is_kept_or_counts(name: str, values: list[str], sent: Mapping[str, list[str]]) -> bool:
    """Return whether a parameter of a link cannot be a token: it counts, or says what was sent.

    Servers add how the rows are sorted, the number of rows, and a time against caches.
    """
    known = sent.get(name, [])
    if all(text in known or (is_count(text) and _is_count_name(name)) for text in values):
        return True
    if len(known) == len(values) == 1 and _is_part(values[0], known[0]):
        return True
    if known and all(text == "" or _is_other_word(text, known) for text in values):
        return True
    plain = normalize_name(name)
    is_sorting = re.fullmatch(_SORTING, plain) and all(map(_is_word, values))
    is_number = name == "_" or re.fullmatch(_COUNTS, plain)
    return bool(is_sorting or (is_number and all(map(is_count, values))))


def _is_lost(text: str, sent: int, kept: list[str] | None) -> bool:
    """Return whether a value that was sent, one of some, is lost by what a link has instead.

    A date or a number that changes is a place in the listing.
    """
    if kept is None or len(kept) < sent:
        return True
    return all(each == "" or _is_other_word(each, [text]) or _is_part(each, text) for each in kept)


def _is_part(text: str, known: str) -> bool:
    """Return whether of several values with commas some are left: of `1,2` only `1`."""
    left, sent = text.split(","), known.split(",")
    return len(left) < len(sent) and set(left) < set(sent)


def _is_other_word(text: str, known: list[str]) -> bool:
    """Return whether a word is none of those that were sent, nor another form of one of them."""
    plain, others = text.casefold(), [each.casefold() for each in known]
    return _is_word(text) and all(
        _is_word(each) and plain not in each and each not in plain for each in others
    )


def _is_word(text: str) -> bool:
    return re.fullmatch(r"[^\W\d]{1,20}", text) is not None


def _list_query(request: PageRequest) -> dict[str, list[str]]:
    """Return every value of each parameter of the query."""
    written = request.url.partition("#")[0].partition("?")[2]
    found: dict[str, list[str]] = {}
    for name, text in parse_qsl(written, keep_blank_values=True):
        found.setdefault(name, []).append(text)
    params = {name: value for name, value in request.params.items() if value is not None}
    return found | {name: [*_list_texts(value)] for name, value in params.items()}


def is_running_on(page: Page, strategy: Strategy) -> bool:
    """Return whether a page has no rows, and only a link that counts says that more follow.

    Rows that the caller may not see are left out after a page was cut (Confluence, Jira), so some
    such pages in a row are no end yet.
    """
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
