"""What says that a page is one of many, where no recogniser knew how to ask for the others.

Law of this room: nothing is guessed here, only refused. A wider vocabulary than that of the
recognisers costs a listing that turns out complete an error, and saves the others from silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from requests_paginate._detection.evidence import Evidence, is_count, is_link
from requests_paginate._detection.fields import is_graphql_query, read_sent_fields
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import PageRequest

__all__ = ["find_continuation", "find_sign_of_more", "is_at_start"]

_RANGE = re.compile(r"(?!bytes)(?:\w+[ =])?\d{1,18}-\d{1,18}/(?P<length>\d{1,18})")
_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day or a time
_DATE = re.compile(r"\d{4}-\d\d")
_PAGES = re.compile("pages|paginas|seiten")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}(?:\.0+)?")
# Links that a page has to itself and to its neighbours on the other side.
_NOT_ONWARD = re.compile(
    r".*(?:self|first|prev\w*|last|current|canonical|href|url|uri|id|template|link|about|type|start)"
)
_ENDS = frozenset({"", "0", "-1", "false", "null", "none"})


def find_sign_of_more(evidence: Evidence) -> str | None:
    """What says that more rows follow, in words; None if nothing does."""
    return next((said for look in _LOOKS for said in look(evidence)), None)


def is_at_start(request: PageRequest) -> bool:
    """Whether a first request asks for the first rows, as far as its names tell."""
    return _is_at_beginning(read_sent_fields(request))


def _is_at_beginning(sent: Mapping[str, tuple[str, Any]]) -> bool:
    return all(
        value in (None, "", "*")
        or str(value) == "0"
        or (name in vocabulary.PAGE_PARAMS and str(value) == "1")
        for name, (_, value) in sent.items()
        if name in vocabulary.POSITIONS
    )


def _flags(evidence: Evidence) -> Iterator[str]:
    for path in {evidence.more, evidence.finished} - {None}:
        if evidence.says(path):
            yield f"{path!r} says that more rows follow"


def _open_position(evidence: Evidence) -> Iterator[str]:
    """The variable of a GraphQL query that no recogniser knew how to fill."""
    if is_graphql_query(evidence.page.request):
        for name in ("after", "cursor", *vocabulary.PAGE_PARAMS, *vocabulary.OFFSETS):
            if name in evidence.sent:
                yield f"the query takes {evidence.sent[name][0]!r}"


def find_continuation(evidence: Evidence) -> str | None:
    """Where something stands that may lead on, unless a flag says that nothing follows."""
    if evidence.says_more is False:
        return None
    for name, places in _told(evidence):
        if vocabulary.is_continuation(name) or vocabulary.is_suspicious_token(name):
            for path, value in places:
                if value and str(value).lower() not in _ENDS:
                    return path
    return None


def _continuations(evidence: Evidence) -> Iterator[str]:
    if (path := find_continuation(evidence)) is not None:
        yield f"something stands at {path!r}"


def _counts(evidence: Evidence) -> Iterator[str]:
    """Numbers of rows or pages that are larger than what is there."""
    before = _rows_before(evidence)
    if before is None:
        return
    rows = len(evidence.rows)
    least = before + rows + 1
    if (total := evidence.total(leads_on=True)) is not None and not before:
        yield f"{total!r} counts more rows than the {rows} of the page"
    for name, places in _told(evidence):
        if vocabulary.is_row_count(name) or vocabulary.is_suspicious_count(name):
            for path, value in places:
                # Elasticsearch: {"total": {"value": 10000, "relation": "gte"}}
                number = value.get("value") if isinstance(value, Mapping) else value
                if _as_number(number) >= (2 if _PAGES.search(name) else least):
                    yield f"{path!r} counts more rows than the {rows} of the page"
    for header, value in evidence.headers.items():
        told = _RANGE.fullmatch(value)  # VTEX: REST-Content-Range, and resources: 0-9/500
        if told is not None and int(told["length"]) >= least:
            yield f"{header!r} counts more rows than the {rows} of the page"


def _rows_before(evidence: Evidence) -> int | None:
    """Rows before the page as its request tells, None if that is not known."""
    before = 0
    total = evidence.total()
    said = _as_number(evidence.value(total)) if total is not None else _MOST_SKIPPED
    for name, (_, value) in evidence.sent.items():
        if name not in vocabulary.POSITIONS or _is_at_beginning({name: (name, value)}):
            continue
        if _DATE.match(str(value)) or (is_count(value) and int(value) > said):
            continue  # a filter, no place
        if name not in vocabulary.OFFSETS or not is_count(value):
            return None
        before = int(value)
    return before


def _as_number(value: Any) -> int:
    """A count in any notation (JSON floats, thousands with commas), -1 for what is none."""
    if is_count(value):
        return int(value)
    text = str(value) if isinstance(value, (float, str)) else ""
    return int(float(text.replace(",", ""))) if _NUMBER.fullmatch(text) else -1


def _links(evidence: Evidence) -> Iterator[str]:
    """Links to the listing's own path with another query, under any name, in any language."""
    if evidence.says_more is False:
        return
    here = urlsplit(evidence.page.url or evidence.page.request.url)
    for name, places in _told(evidence):
        for path, value in places:
            if is_link(value) and not _NOT_ONWARD.fullmatch(name):
                try:
                    there = urlsplit(str(value))
                except ValueError:  # what looks like a URL, and is none
                    continue
                is_same_path = there.path in ("", here.path)
                if is_same_path and there.query and there.query != here.query:
                    yield f"{path!r} links to the same path with another query"


def _told(evidence: Evidence) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """What stands around the rows, and in headers that may tell, by normalized name."""
    yield from evidence.found.items()
    for header, value in evidence.headers.items():
        yield normalize_name(re.sub(r"^x-", "", header, flags=re.IGNORECASE)), [(header, value)]


_LOOKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _flags,
    _open_position,
    _continuations,
    _counts,
    _links,
)
