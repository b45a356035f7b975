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
from requests_paginate._detection.evidence import Evidence, is_link
from requests_paginate._detection.fields import is_graphql_query, read_sent_fields
from requests_paginate._detection.links import describe_doubtful
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count, is_scalar
from requests_paginate.strategies import Cursor, Offset, PageNumber, Strategy

_RANGE = re.compile(r"(?!bytes)(?:\w+[ =])?\d{1,18}-\d{1,18}/(?P<length>\d{1,18})")
_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day or a time
_NAME = re.compile(r"next[\w-]+$", re.IGNORECASE)  # what a token is called, without a prefix
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
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,18}(?:\.0+)?")


def find_sign_of_more(evidence: Evidence) -> str | None:
    """Return what says that more rows follow, in words; None if nothing does."""
    finders = (_find_flags, _find_query_variables, _find_continuations, _find_counts, _find_links)
    return next((sign for find in finders for sign in find(evidence)), None)


def find_sign_at_end(evidence: Evidence, *, of_counts: bool) -> str | None:
    """Return what says so although a strategy ends; what may be of this page says nothing."""
    if evidence.more_flag is not None and evidence.has_more:
        return f"{evidence.more_flag!r} says that more rows follow"
    finders = (_find_continuations, _find_counts) if of_counts else (_find_continuations,)
    return next((sign for find in finders for sign in find(evidence)), None)


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
    for name, values in _list_values(evidence):
        if _may_lead_on(name):
            for path, value in values:
                if not is_ended(value) and not _is_about_last_row(evidence, name, value):
                    return path
    return None


@lru_cache(maxsize=4096)
def _may_lead_on(name: str) -> bool:
    is_known = vocabulary.is_continuation(name) or vocabulary.is_suspicious_token(name)
    return is_known or _STOPPED_AT.fullmatch(name) is not None


def _is_about_last_row(evidence: Evidence, name: str, value: Any) -> bool:
    """Return whether a value named after the last row leads nowhere: a number, a time, or the end.

    `lastItem: 25` is the place of a row, as in Laravel, and a total may say that no row follows it.
    """
    if not name.startswith("last") or vocabulary.is_continuation(name):
        return False
    is_number_or_date = not isinstance(value, (Mapping, list)) and (
        _read_number(value) >= 0 or _DATE.match(str(value)) is not None
    )
    return is_number_or_date or evidence.find_total(is_end=True) is not None


def list_sibling_tokens(evidence: Evidence, path: str) -> dict[str, str]:
    """Return the paths of a continuation and of those in its object, or in headers of its prefix.

    By their names without the prefix.

    https://learn.microsoft.com/en-us/rest/api/storageservices/query-timeout-and-pagination
    """
    group = _NAME.sub("", path)
    return {
        other[len(group) :]: other
        for name, values in _list_values(evidence)
        if vocabulary.is_continuation(name) or vocabulary.is_suspicious_token(name)
        for other, value in values
        if group and _NAME.sub("", other).lower() == group.lower()
        if is_scalar(value) and not (is_ended(value) or is_link(value))
    }


def find_unread_token(page: Page, strategy: Strategy) -> str | None:
    """Return the header of a token that belongs to that of a strategy, and that it does not read.

    The prefix of both must speak of a continuation: `X-Next-Page` beside `X-Next-Cursor` leads to
    the same page.
    """
    if not isinstance(strategy, Cursor):
        return None
    read = (strategy.token,) if isinstance(strategy.token, str) else strategy.token
    if not (group := _find_group(read[0])):
        return None  # nearly always
    known = {name.lower() for name in read}
    return next(
        (
            name
            for name, value in page.headers.items()
            if _find_group(name) == group and name.lower() not in known and not is_ended(value)
        ),
        None,
    )


@lru_cache(maxsize=1024)
def _find_group(name: str) -> str:
    """Return the prefix of a token's header, in lower case, if it speaks of a continuation."""
    prefix = _NAME.sub("", name)
    plain = normalize_name(re.sub(r"^x-", "", prefix, flags=re.IGNORECASE))
    is_prefix = prefix != name and prefix[-1:] in ("-", "_") and _may_lead_on(plain)
    return prefix.lower() if is_prefix else ""


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
    for name, values in _list_values(evidence):
        counts_pages = _PAGES.search(name) is not None
        is_filtered = vocabulary.is_filtered_count(name)
        if evidence.filtered_totals and not (counts_pages or is_filtered):
            continue  # it counts what the filter left out, too
        if vocabulary.is_row_count(name) or vocabulary.is_suspicious_count(name):
            for path, value in values:
                # Elasticsearch: {"total": {"value": 10000, "relation": "gte"}}
                number = value.get("value") if isinstance(value, Mapping) else value
                if _read_number(number) >= (2 if counts_pages else least):
                    yield f"{path!r} counts more rows than the {rows} of the page"
    for header, value in evidence.headers.items():
        match = _RANGE.fullmatch(value)  # VTEX: REST-Content-Range, and resources: 0-9/500
        if match is not None and int(match["length"]) >= least:
            yield f"{header!r} counts more rows than the {rows} of the page"


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
    for name, values in _list_values(evidence):
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


def _list_values(evidence: Evidence) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Yield the values beside the rows and those of headers, by normalized name."""
    yield from evidence.found.items()
    for header, value in evidence.headers.items():
        yield normalize_name(re.sub(r"^x-", "", header, flags=re.IGNORECASE)), [(header, value)]
