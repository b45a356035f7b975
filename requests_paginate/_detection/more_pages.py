"""Find what says that a page is one of many, if no detector knows how to ask for the others.

The listing raises. These signs are more than those of the detectors: a listing that turns out to
be complete gets an error it did not need, and no other one ends early in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from requests_paginate._detection import link_names
from requests_paginate._detection.count_nouns import Counted, weigh_count
from requests_paginate._detection.evidence import Evidence, is_link
from requests_paginate._detection.fields import is_graphql_query, read_sent_fields
from requests_paginate._detection.links import describe_doubtful
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import PageRequest
from requests_paginate._paths import is_count
from requests_paginate.strategies import Offset, PageNumber, Strategy

_RANGE = re.compile(r"(?!bytes)(?:\w+[ =])?\d{1,18}-\d{1,18}/(?P<length>\d{1,18})")
_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day or a time
_DATE = re.compile(r"\d{4}-\d\d")
# Offsets that count from one: RFC 7644 section 3.4.2.4, OpenSearch, QuickBooks.
_FROM_ONE = frozenset("startindex startposition startrecord startrow".split())
_PAGES = re.compile("pages|paginas|seiten")
# Where a page stopped, and that it stopped at a limit.
_STOPPED_AT = re.compile(
    r"last(?:seen|sent|sort)?(?:cursor|doc(?:ument)?|item|key|record|result|row)?(?:id|key|offset|position)"
    r"|startafter|seekafter|exclusivestart\w*|after(?:id|key)|next(?:from|hash|query|segment|seq(?:uence)?(?:number)?|since|timestamp)"
    r"|(?:page|result|row)?iterator|(?:max|page|record|results?|row|size)*limit(?:exceeded|hit|reached)"
    r"|max(?:imum)?(?:records|results|rows)?reached|exceeds(?:max|page|row)?limit|truncated(?:list|results?|rows)"
)
# What a place on a map may be called, too, and the words that such a value is then.
_MARKS = frozenset({"marker", "bookmark"})
_LAST_ROWS = frozenset({"lastid", "lastkey", "lastcursor"})
_WORD = re.compile(r"[a-z]{3,12}")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}(?:\.0+)?")


def find_sign_of_more(evidence: Evidence) -> str | None:
    """Return what says that more rows follow, in words; None if nothing does."""
    finders = (_find_flags, _find_query_variables, _find_continuations, _find_counts, _find_links)
    return next((sign for find in finders for sign in find(evidence)), None)


def find_sign_at_end(evidence: Evidence, *, of_counts: bool) -> str | None:
    """Return what says so although a strategy ends; what may be of this page says nothing."""
    if evidence.more_flag is not None and evidence.has_more:
        return f"{evidence.more_flag!r} says that more rows follow"
    finders = [_find_continuations]
    finders += [_find_counts, _find_weak_signs] if of_counts else []
    return next((sign for find in finders for sign in find(evidence)), None)


def find_weak_sign(evidence: Evidence) -> str | None:
    """Return what may say so, or tell of something else: the end is doubtful, and no error."""
    return next(_find_weak_signs(evidence), None)


def is_at_start(request: PageRequest, strategy: Strategy | None = None) -> bool:
    """Return whether a first request asks for the first rows, as far as its names tell.

    A strategy that counts knows about its own parameter: ask its `begins`.
    """
    sent = read_sent_fields(request)
    if isinstance(strategy, (Offset, PageNumber)):
        own = getattr(strategy, strategy.needs[0])
        sent = {plain: field for plain, field in sent.items() if field[0] != own}
    return _is_at_start(sent)


def _is_at_start(sent: Mapping[str, tuple[str, Any]]) -> bool:
    return all(
        value in (None, "", "*")
        or str(value) == "0"
        or (str(value) == "1" and (name in vocabulary.PAGE_PARAMS or name in _FROM_ONE))
        for name, (_, value) in sent.items()
        if name in vocabulary.POSITIONS
    )


def _find_flags(evidence: Evidence) -> Iterator[str]:
    for path in {evidence.more_flag, evidence.any_flag} - {None}:
        if evidence.page.flag(path):
            yield f"{path!r} says that more rows follow"


def _find_query_variables(evidence: Evidence) -> Iterator[str]:
    if is_graphql_query(evidence.page.request):
        for name in ("after", "cursor", *vocabulary.PAGE_PARAMS, *vocabulary.OFFSETS):
            if name in evidence.sent:
                yield f"the query takes {evidence.sent[name][0]!r}"


def find_continuation(evidence: Evidence) -> str | None:
    """Return the path of a value that may lead to more rows, if no flag says that none follow."""
    if evidence.has_more is False:
        return None
    for name, values in list_values(evidence):
        if may_lead_on(name):
            for path, value in values:
                is_weak = _is_weak_token(name, value)
                if not (is_weak or is_ended(value) or _is_about_last_row(evidence, name, value)):
                    return path
    return None


def _is_weak_token(name: str, value: Any) -> bool:
    """Return whether a number remains of something, or a plain word stands in a token's place."""
    if name == "remaining":
        return _read_number(value) >= 0
    return name in _MARKS and isinstance(value, str) and _WORD.fullmatch(value) is not None


@lru_cache(maxsize=4096)
def may_lead_on(name: str) -> bool:
    """Return whether a value of this name may lead to more rows."""
    is_known = vocabulary.is_continuation(name) or vocabulary.is_suspicious_token(name)
    return is_known or _STOPPED_AT.fullmatch(name) is not None


def _is_about_last_row(evidence: Evidence, name: str, value: Any) -> bool:
    """Return whether a value named after the last row leads nowhere: a number, a time, or the end.

    `lastItem: 25` is the place of a row, as in Laravel, and a total may say that no row follows it.
    """
    if not name.startswith("last") or vocabulary.is_continuation(name):
        return False
    if evidence.names_first(name):
        return True
    is_number_or_date = not isinstance(value, (Mapping, list)) and (
        _read_number(value) >= 0 or _DATE.match(str(value)) is not None
    )
    return is_number_or_date or evidence.find_total(is_end=True) is not None


def _find_continuations(evidence: Evidence) -> Iterator[str]:
    if (path := find_continuation(evidence)) is not None:
        yield f"something stands at {path!r}"
    if any(name.startswith("last") for name in evidence.found):
        # CouchDB (https://docs.couchdb.org/en/stable/api/database/changes.html): `last_seq` is the
        # end of every answer, and `pending` the number of changes after it.
        for pending in evidence.find_all(["pending"]):
            if _read_number(pending.value) > 0 and evidence.has_more is not False:
                yield f"{pending.path!r} counts what follows"


def _find_counts(evidence: Evidence) -> Iterator[str]:
    """Yield numbers of rows or pages that are larger than those of the page."""
    before = _count_rows_before(evidence)
    if before is None:
        return
    rows = len(evidence.rows)
    least = before + rows + 1
    if (total := evidence.find_total(has_next=True)) is not None and not before:
        yield f"{total!r} counts more rows than the {rows} of the page"
    for path, weight in _list_larger_numbers(evidence, least):
        if weight is Counted.ROWS:
            yield f"{path!r} counts more rows than the {rows} of the page"
    for header, value in evidence.headers.items():
        match = _RANGE.fullmatch(value)  # VTEX: REST-Content-Range, and resources: 0-9/500
        if match is not None and int(match["length"]) >= least:
            yield f"{header!r} counts more rows than the {rows} of the page"


def _list_larger_numbers(evidence: Evidence, least: int) -> Iterator[tuple[str, Counted]]:
    """Yield the paths of numbers that may count more rows or pages, and what they count."""
    for name, values in list_values(evidence):
        counts_pages = _PAGES.search(name) is not None
        is_filtered = vocabulary.is_filtered_count(name)
        if evidence.filtered_totals and not (counts_pages or is_filtered):
            continue  # it counts what the filter left out, too
        is_known = vocabulary.is_row_count(name)
        if not (is_known or vocabulary.is_suspicious_count(name)):
            continue
        weight = Counted.ROWS if is_known else weigh_count(name, evidence.row_names)
        for path, value in values:
            # Elasticsearch: {"total": {"value": 10000, "relation": "gte"}}
            number = value.get("value") if isinstance(value, Mapping) else value
            if _read_number(number) >= (2 if counts_pages else least):
                yield path, weight


def _find_weak_signs(evidence: Evidence) -> Iterator[str]:
    """Yield the numbers of what may be rows, and what is perhaps no token."""
    before, rows = _count_rows_before(evidence), len(evidence.rows)
    numbers = () if before is None else _list_larger_numbers(evidence, before + rows + 1)
    for path, weight in numbers:
        if weight is Counted.UNKNOWN:
            yield f"{path!r} is larger than the {rows} rows of the page, and may count them"
    for name, values in list_values(evidence) if evidence.has_more is not False else ():
        for path, value in values:
            is_last = evidence.any_flag is None and name in _LAST_ROWS
            is_weak = _is_weak_token(name, value) or (is_last and evidence.names_first(name))
            if is_weak and not is_ended(value):
                yield f"something stands at {path!r}"


def _count_rows_before(evidence: Evidence) -> int | None:
    """Return how many rows the request skips; None if it does not tell."""
    before = 0
    path = evidence.find_total()
    total = _MOST_SKIPPED if path is None else _read_number(evidence.page.lookup(path))
    for name, (_, value) in evidence.sent.items():
        if name not in vocabulary.POSITIONS or _is_at_start({name: (name, value)}):
            continue
        if _DATE.match(str(value)) or (is_count(value) and int(value) > total):
            continue  # this selects rows, and skips none
        if name not in vocabulary.OFFSETS or not is_count(value):
            return None
        before = int(value)
    return before


def _read_number(value: Any) -> int:
    """Return a count in any notation (JSON floats, thousands with commas), or -1 for none."""
    if is_count(value):
        return int(value)
    text = str(value) if isinstance(value, (float, str)) else ""
    return int(float(text.replace(",", ""))) if _NUMBER.fullmatch(text) else -1


def find_doubtful_link(evidence: Evidence) -> tuple[str, str] | None:
    """Return the path of a link that may lead to more rows, and where it leads, in words."""
    if evidence.has_more is False:
        return None
    for name, values in list_values(evidence):
        if not link_names.leads_elsewhere(name):
            for path, value in values:
                words = describe_doubtful(evidence, name, path, value) if is_link(value) else None
                if words is not None:
                    return path, words
    return None


def _find_links(evidence: Evidence) -> Iterator[str]:
    if (found := find_doubtful_link(evidence)) is not None:
        path, words = found
        yield f"{path!r} {words}"


def list_values(evidence: Evidence) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Yield the values beside the rows and those of headers, by normalized name."""
    yield from evidence.found.items()
    for header, value in evidence.headers.items():
        yield normalize_name(re.sub(r"^x-", "", header, flags=re.IGNORECASE)), [(header, value)]
