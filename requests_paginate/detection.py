"""Recognises a dialect from its first request and page.

Law of this room: names are compared in lower case without punctuation, so one row serves
`has_more`, `hasMore` and `HasMore`; hosts are never compared. `RECOGNISERS` is the order: what the
server links comes before what it counts. A page that looks like one of many and matches no row
raises; nothing is guessed from the length of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from requests_paginate import names
from requests_paginate.evidence import Evidence, gathered, is_count, is_link, is_token, sent_by
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.links import parse_link_header
from requests_paginate.pages import Page, PageRequest
from requests_paginate.rows import find_rows, normalized
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)

__all__ = ["RECOGNISERS", "detect", "may_be_truncated", "starts_at_beginning"]

_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day such as 20260101, or seconds
# `nextForwardToken` leads on, `next_billing_date` does not.
_NEXT = re.compile(
    r"next(?:.*(?:token|cursor|marker|page|link|url|uri|href|offset|key|id|records|start))?"
)


def detect(page: Page, *, items: str | Callable[[Any], Any] | None = None) -> tuple[Strategy, ...]:
    """The strategies that a first page allows, likeliest first.

    Args:
        page: The first page.
        items: Where the rows are, None to find them.

    Raises:
        UnknownPagination: The page is one of many, and nothing tells how the others are reached;
            or several lists could be the rows.
        MalformedPage: There are no rows, or the body reports an error.
    """
    evidence = gathered(page, find_rows(page.body, page.url) if items is None else items)
    for recognise in RECOGNISERS:
        if found := tuple(recognise(evidence)):
            return found
    _refuse_one_of_many(evidence)
    return (SinglePage(items=evidence.items),)


def starts_at_beginning(request: PageRequest) -> bool:
    """Whether a first request asks for the first rows, as far as its names tell."""
    return all(
        value in (None, "", "*")
        or str(value) == "0"
        or (name in names.PAGE_PARAMS and str(value) == "1")
        for name, (_, value) in sent_by(request).items()
        if name in names.POSITIONS
    )


def may_be_truncated(page: Page) -> bool:
    """Whether a page taken for the whole is exactly as long as the page size that was asked for."""
    sizes = [value for name, (_, value) in sent_by(page.request).items() if name in names.SIZES]
    return any(is_count(size) and int(size) == len(page.items) > 0 for size in sizes)


# Recognisers -----------------------------------------------------------------------------------


def _link_header(evidence: Evidence) -> Iterator[Strategy]:
    """RFC 8288: a relation next, or the relations that accompany it on other pages."""
    header = evidence.page.header("Link")
    if header is None:
        return
    relations = {relation for link in parse_link_header(header) for relation in link.relations}
    if relations & {"next", "prev", "previous", "first", "last"}:
        total = _total_beside(evidence, leads_on="next" in relations)
        yield LinkHeader(items=evidence.items, total=total)


def _total_beside(evidence: Evidence, *, leads_on: bool) -> str | None:
    """The total of a listing whose links or tokens stand in headers."""
    header = evidence.page.header("X-Total-Count")
    if header and is_count(header):
        return "X-Total-Count"
    return evidence.total(leads_on=leads_on)


def _next_link(evidence: Evidence) -> Iterator[Strategy]:
    """A URL under a name like next, or in an object there; null beside its siblings."""
    path = None
    link = evidence.first(names.NEXT_LINKS, is_link)
    target = None if link else evidence.first(names.NEXT_LINKS, _has_target)
    if link is not None:
        path = link[1]
    elif target is not None:
        name = next(n for n in ("href", "url", "uri", "link") if is_link(target[2].get(n)))
        path = f"{target[1]}.{name}"
    elif evidence.first(names.TOKENS, _is_cursor) is None and _has_siblings(evidence):
        links = [name for name in names.NEXT_LINKS if "cursor" not in name]
        ended = evidence.first(links, _is_nothing)
        path = ended[1] if ended else None
    if path is not None:
        yield NextLink(
            path,
            items=evidence.items,
            total=evidence.total(leads_on=bool(link or target)),
            more=evidence.more(),
            page_param=_page_param_of_links(evidence),
        )


def _has_target(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and not value.get("templated")
        and any(is_link(value.get(name)) for name in ("href", "url", "uri", "link"))
    )


def _is_nothing(value: Any) -> bool:
    return value is None or value == ""


def _has_siblings(evidence: Evidence) -> bool:
    # {"next": null, "previous": null} or {"results": [], "next": null} is a first and last page
    rows_are_beside = "." not in str(evidence.items)
    return rows_are_beside or bool({"previous", "prev", "self", "count"} & evidence.found.keys())


def _page_param_of_links(evidence: Evidence) -> str | None:
    link = evidence.first(names.NEXT_LINKS, is_link)
    query = PageRequest("GET", link[2]).query() if link else {}
    return next(
        (n for n in query if normalized(n) in names.PAGE_PARAMS and is_count(query[n])), None
    )


def _header_token(evidence: Evidence) -> Iterator[Strategy]:
    """A response header that names the next page or holds its cursor; empty at the end."""
    for header, param in names.HEADER_TOKENS.items():
        if evidence.page.header(header) is not None:
            total = _total_beside(evidence, leads_on=bool(evidence.page.header(header)))
            yield Cursor(
                param, token=header, more=evidence.more(), items=evidence.items, total=total
            )
            return


def _cursor(evidence: Evidence) -> Iterator[Strategy]:
    """A token, sent back under the name the caller used, else the API's other name for it."""
    token = evidence.first(names.TOKENS, _is_cursor)
    if token is None or (token[0] == "offset" and is_count(token[2])):
        return
    if (
        token[0] in ("cursor", "after", "startingafter", "nextstart")
        and evidence.says_more() is False
    ):
        return
    for name in _cursor_params(evidence, *token[:2]):
        yield Cursor(
            name,
            token=token[1],
            more=evidence.more(),
            into="query" if evidence.page.request.json is None else "json",
            items=evidence.items,
            total=evidence.total(leads_on=True),
        )


def _is_cursor(value: Any) -> bool:
    return is_token(value) and not is_link(value)


def _cursor_params(evidence: Evidence, name: str, path: str) -> Iterator[str]:
    own = path.rpartition(".")[2]
    stripped = re.sub(r"^next[_-]?", "", own, flags=re.IGNORECASE)
    likely = [*names.TOKEN_PARAMS.get(name, ()), stripped[:1].lower() + stripped[1:], own]
    sent = [evidence.sent[n][0] for n in map(normalized, likely) if n in evidence.sent]
    family = [f"{f}[{stripped or own}]" for f in _bracket_families(evidence)]
    yield from dict.fromkeys(n for n in (*sent, *family, *likely) if n)


def _bracket_families(evidence: Evidence) -> Iterator[str]:
    for name, _ in evidence.sent.values():
        if match := re.fullmatch(r"(\w+)\[(?:size|limit|pageSize|per_page)\]", name):
            yield match[1]


def _dotted_families(evidence: Evidence) -> Iterator[str]:
    for name, _ in evidence.sent.values():
        if "." in name:  # BACEN Pix: paginacao.itensPorPagina beside paginacao.paginaAtual
            yield name.rpartition(".")[0]


def _last_item(evidence: Evidence) -> Iterator[Strategy]:
    """A has-more flag without anything to send back but an id."""
    if evidence.says_more() is None or evidence.first((*names.OFFSETS, *names.NUMBERS), is_count):
        return
    total = evidence.total(leads_on=bool(evidence.says_more()))
    more, items = evidence.more(), evidence.items
    if (last := evidence.first(["lastid"], is_token)) is not None:
        for name in ("after", "after_id", "last_id"):
            yield Cursor(name, token=last[1], more=more, items=items, total=total)
    elif ("object", "list") in evidence.found.get("object", ()):
        yield LastItem("starting_after", more=more, items=items, total=total)


def _offset(evidence: Evidence) -> Iterator[Strategy]:
    """A number of rows to skip: one that was sent, or an echo of the first row's."""
    sent = evidence.requested(names.OFFSETS)
    echo = evidence.first(names.OFFSETS, lambda value: is_count(value) and int(value) <= 1)
    if sent is not None and _may_be_a_date(evidence, *sent):
        return
    counts_pages = evidence.requested(names.PAGE_PARAMS) or evidence.first(
        names.TOTAL_PAGES, is_count
    )
    if sent is not None:
        name, first = sent[0], 1 if sent[1] == 1 and _counts_from_one(sent[0], echo) else 0
    elif echo is None or counts_pages:
        return
    else:
        name, first = echo[1].rpartition(".")[2], int(echo[2])
    limit = next((n for plain, (n, _) in evidence.sent.items() if plain in names.SIZES), None)
    yield Offset(
        name,
        limit=limit,
        total=evidence.total(is_end=True),
        items=evidence.items,
        more=evidence.more(),
        first=first,
    )


def _counts_from_one(name: str, echo: tuple[str, str, Any] | None) -> bool:
    # SCIM's startIndex (RFC 7644 section 3.4.2.4) and others; an offset of 1 skips a row
    return normalized(name) in ("start", "startindex") or (echo is not None and int(echo[2]) == 1)


def _may_be_a_date(evidence: Evidence, name: str, value: int) -> bool:
    """Whether `from` or `start` may be a time instead of a place: seconds, a year, a day."""
    if normalized(name) not in ("from", "start"):
        return False
    sizes = [value for plain, (_, value) in evidence.sent.items() if plain in names.SIZES]
    steps = [int(size) for size in sizes if is_count(size) and int(size) > 0]
    is_a_step = value in (0, 1) or (value < _MOST_SKIPPED and any(value % n == 0 for n in steps))
    has_end = any(plain in ("to", "end", "until") for plain in evidence.sent)
    return (has_end and not steps) or not is_a_step


def _page_number(evidence: Evidence) -> Iterator[Strategy]:
    """A number of pages, or a page's own number beside a flag or a total."""
    sent = evidence.requested(names.PAGE_PARAMS)
    pages = evidence.first(names.TOTAL_PAGES, is_count)
    number = evidence.first(names.NUMBERS, is_count)
    counted = evidence.more() is not None or evidence.total(is_end=True) is not None
    if pages is None and not (number and counted) and sent is None:
        return
    first = _first_page(evidence, sent, pages, number)
    own = number[1].rpartition(".")[2] if number else "page"
    echoed = [own] if normalized(own) in names.PAGE_PARAMS else []
    likely = [sent[0]] if sent else ["page", *echoed]
    families = [f"{family}[page]" for family in _bracket_families(evidence)]
    families += [f"{family}.{own}" for family in _dotted_families(evidence)]
    for name in dict.fromkeys([*likely, *families] if sent else [*families, *likely]):
        yield PageNumber(
            name,
            total_pages=pages[1] if pages else None,
            number=number[1] if number else None,
            first=first,
            items=evidence.items,
            total=evidence.total(is_end=pages is None),
            more=evidence.more(),
        )


def _first_page(
    evidence: Evidence,
    sent: tuple[str, int] | None,
    pages: tuple[str, str, Any] | None,
    number: tuple[str, str, Any] | None,
) -> int:
    """Whether pages count from 0 or 1: as echoed, else as asked for."""
    zero_based = any(seen is not None and seen[0] in names.ZERO_BASED for seen in (pages, number))
    if zero_based and (number is None or int(number[2]) == 0 or sent is not None):
        return 0
    if sent is not None:
        return 0 if sent[1] == 0 else 1
    if number is not None:
        return int(number[2])
    if evidence.total() is None:
        raise UnknownPagination(
            f"the page counts pages (at {pages[1] if pages else None!r}) and nothing tells whether "
            "from 0 or 1; ask for the first by its number, for example params={'page': 1}, or pass "
            "strategy=strategies.PageNumber(...)"
        )
    return 1


RECOGNISERS: tuple[Callable[[Evidence], Iterator[Strategy]], ...] = (
    _link_header,
    _header_token,
    _next_link,
    _cursor,
    _last_item,
    _offset,
    _page_number,
)


def _refuse_one_of_many(evidence: Evidence) -> None:
    """Raises where the page shows that more follow and no row of the table knew how."""
    seen = None
    if evidence.says_more():
        seen = f"{evidence.more()!r} says that more rows follow"
    elif (onward := _leads_on(evidence)) is not None:
        seen = f"something stands at {onward!r}"
    elif (counted := _counts_more(evidence)) is not None:
        seen = f"{counted!r} counts more rows than the {len(evidence.page.items)} of the page"
    if seen is not None:
        around = sorted(path for found in evidence.found.values() for path, _ in found)
        raise UnknownPagination(
            f"{seen}, and nothing tells how to ask for more (there is "
            f"{', '.join(around)[:400] or 'nothing beside the rows'}); pass strategy=, for example "
            "strategies.PageNumber('page'), or dialects.SINGLE_PAGE if this is all"
        )


def _counts_more(evidence: Evidence) -> str | None:
    """Where something like a total is larger than the page, in the body or the headers."""
    if not starts_at_beginning(evidence.page.request):
        return None
    rows = len(evidence.page.items)
    for name, places in evidence.found.items():
        if name in (*names.TOTALS, "count") or _is_total_of_rows(name, evidence.items):
            for path, value in places:
                # Elasticsearch: {"total": {"value": 10000, "relation": "gte"}}
                number: Any = value.get("value") if isinstance(value, Mapping) else value
                if is_count(number) and int(number) > rows:
                    return path
    for header in names.HEADER_TOTALS:
        said = (evidence.page.header(header) or "").rpartition("/")[2].strip()
        if is_count(said) and int(said) > rows:
            return header
    return None


def _is_total_of_rows(name: str, items: Any) -> bool:
    """`total_orders` beside `orders` counts them; `total_cents` counts something else."""
    return name == f"total{normalized(str(items).rpartition('.')[2])}"


def _leads_on(evidence: Evidence) -> str | None:
    """The path of a continuation in a form that no strategy here knows."""
    for name, places in evidence.found.items():
        if name in names.SYNCHRONISATION:
            continue
        if name in names.CONTINUATIONS or _NEXT.fullmatch(name):
            for path, value in places:
                if value and str(value).lower() != "false":
                    return path
    return None
