"""How each way of paginating shows on a first page: a table of small recognisers.

Law of this room: a recogniser sees normalized names and the types of values, never a host. Those
that serve a single API say why. What the server links comes before what it hands over, and that
before what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from requests_paginate import names
from requests_paginate.evidence import Evidence, is_count, is_link, is_token
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.links import parse_link_header
from requests_paginate.pages import PageRequest
from requests_paginate.rows import normalized
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    Strategy,
)

__all__ = ["RECOGNISERS"]

_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day such as 20260101, or seconds
_TARGETS = ("href", "url", "uri", "link")
_IN_BRACKETS = re.compile(r"(\w+)\[(?:size|limit|pageSize|per_page)\]")
_WITH_PREFIX = re.compile(r"((?:pagination|paging|pager|cursor)_)\w+")


# What the server links ---------------------------------------------------------------------------


def _link_header(evidence: Evidence) -> Iterator[Strategy]:
    """A Link header (RFC 8288) with a relation next, or those that accompany it on other pages."""
    header = evidence.page.header("Link")
    if header is None:
        return
    relations = {relation for link in parse_link_header(header) for relation in link.relations}
    if relations & {"next", "prev", "previous", "first", "last"}:
        total = evidence.total(leads_on="next" in relations)
        yield LinkHeader(items=evidence.items, total=total)


def _next_link(evidence: Evidence) -> Iterator[Strategy]:
    """A URL under a name like next, or in an object there; null beside its siblings."""
    path, link = _link_in(evidence)
    if path is None and evidence.first(names.TOKENS, _is_cursor) is None:
        path = _ended_link(evidence)
    if path is None:
        return
    query = PageRequest("GET", link or "").query()
    total = evidence.total(leads_on=link is not None)
    yield NextLink(
        path,
        items=evidence.items,
        total=total,
        more=evidence.more(),
        page_param=_counting(query, names.PAGE_PARAMS),
        offset_param=_counting(query, names.OFFSETS) if total else None,
        base=_base_of(evidence, path),
    )


def _link_in(evidence: Evidence) -> tuple[str | None, str | None]:
    """Where the link is, and the link."""
    link = evidence.first(names.NEXT_LINKS, is_link)
    if link is not None:
        return link[1], link[2]
    target = evidence.first(names.NEXT_LINKS, _has_target)
    if target is None:
        return None, None
    name = next(name for name in _TARGETS if is_link(target[2].get(name)))
    return f"{target[1]}.{name}", target[2][name]


def _has_target(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and not value.get("templated")
        and any(is_link(value.get(name)) for name in _TARGETS)
    )


def _ended_link(evidence: Evidence) -> str | None:
    """Where a link is null that is none of many: {"next": null, "previous": null}."""
    rows_are_beside = "." not in str(evidence.items)
    siblings = {"previous", "prev", "self", "count"} & evidence.found.keys()
    if not rows_are_beside and not siblings:
        return None
    links = [name for name in names.NEXT_LINKS if "cursor" not in name]
    ended = evidence.first(links, lambda value: value is None or value == "")
    return ended[1] if ended else None


def _counting(query: Mapping[str, Any], wanted: tuple[str, ...]) -> str | None:
    return next((n for n in query if normalized(n) in wanted and is_count(query[n])), None)


def _base_of(evidence: Evidence, path: str) -> str | None:
    # Atlassian alone: links of Confluence continue `_links.base`, which ends with /wiki
    # (https://developer.atlassian.com/cloud/confluence/rest/v1/intro/, "Pagination")
    beside = [
        place
        for place, value in evidence.found.get("base", ())
        if is_link(value) and place.rpartition(".")[0] == path.rpartition(".")[0]
    ]
    return beside[0] if beside else None


# What the server hands over, to be sent back -----------------------------------------------------


def _range_token(evidence: Evidence) -> Iterator[Strategy]:
    """The header Next-Range, which goes into Range."""
    # Heroku alone: https://devcenter.heroku.com/articles/platform-api-reference#ranges
    if evidence.page.header("Next-Range"):
        yield Cursor("Range", token="Next-Range", into="header", items=evidence.items)  # noqa: S106


def _connection(evidence: Evidence) -> Iterator[Strategy]:
    """A GraphQL connection: an end cursor that goes into the variable after `after:`."""
    # https://relay.dev/graphql/connections.htm
    body = evidence.page.request.json
    query = body.get("query") if isinstance(body, Mapping) else None
    cursor = evidence.first(["endcursor"], lambda value: value is None or is_token(value))
    if not isinstance(query, str) or cursor is None or not evidence.says_more():
        return
    variables = _variables_after(query, cursor[1].rpartition(".pageInfo")[0].rpartition(".")[2])
    if not variables:
        raise UnknownPagination(
            "the query takes no cursor: declare a variable, for example query($after: String), and "
            "give the connection after: $after"
        )
    for variable in variables:
        yield Cursor(
            f"variables.{variable}",
            token=cursor[1],
            more=evidence.more(),
            into="json",
            items=evidence.items,
        )


def _variables_after(query: str, connection: str) -> list[str]:
    """The variables that the query gives to `after`; the connection's own first."""
    own = re.findall(rf"\b{re.escape(connection)}\b[^{{}}()]*\([^()]*\bafter\s*:\s*\$(\w+)", query)
    return list(dict.fromkeys([*own, *re.findall(r"\bafter\s*:\s*\$(\w+)", query)]))


def _next_parameters(evidence: Evidence) -> Iterator[Strategy]:
    """An object of ready parameters: MediaWiki's continue, {"next": {"page": 2, "limit": 10}}."""
    found = evidence.first(names.NEXT_PARAMETERS, _holds_parameters)
    if found is not None:
        total = evidence.total(leads_on=True)
        yield NextParameters(found[1], more=evidence.more(), items=evidence.items, total=total)


def _holds_parameters(value: Any) -> bool:
    if not isinstance(value, Mapping) or not all(is_token(held) for held in value.values()):
        return False
    counts = {*names.PAGE_PARAMS, *names.OFFSETS, "continue"}
    return any(normalized(name) in counts for name in value)


def _cursor(evidence: Evidence) -> Iterator[Strategy]:
    """A token, sent back under the name the caller used, else the API's other name for it."""
    token = evidence.first(_token_names(evidence), _is_cursor)
    if token is None or (token[0] == "offset" and is_count(token[2])):
        return
    if (
        token[0] in ("cursor", "after", "startingafter", "nextstart")
        and evidence.says_more() is False
    ):
        return
    for name in _cursor_params(evidence, *token):
        yield Cursor(
            name,
            token=token[1],
            more=evidence.more(),
            into="query" if evidence.page.request.json is None else "json",
            alone=token[0] in names.TOKENS_ALONE,
            items=evidence.items,
            total=evidence.total(leads_on=True),
        )


def _token_names(evidence: Evidence) -> Iterator[str]:
    yield from names.TOKENS
    for name in evidence.found:
        if name.startswith("next") and names.leads_on(name):
            yield name


def _is_cursor(value: Any) -> bool:
    return is_token(value) and not is_link(value)


def _cursor_params(evidence: Evidence, name: str, path: str, value: Any) -> Iterator[str]:
    """The names that a token may have in the request, likeliest first."""
    own = names.HEADER_PREFIX.sub("", path.rpartition(".")[2], count=1)
    bare = re.sub(r"^next[_-]?", "", own, flags=re.IGNORECASE)
    bare = bare[:1].lower() + bare[1:]
    likely = [*names.TOKEN_PARAMS.get(name, ()), bare, own, _in_camel_case(own)]
    sent = [evidence.sent[n][0] for n in map(normalized, likely) if n in evidence.sent]
    family = [prefix.format(bare or own) for prefix in _families(evidence)]
    likely = [n for n in (*_counted(evidence, value), *sent, *family, *likely) if n]
    yield from dict.fromkeys(likely)


def _in_camel_case(name: str) -> str:
    return re.sub(r"[_-]+(\w)", lambda match: match[1].upper(), name)


def _counted(evidence: Evidence, value: Any) -> Iterator[str]:
    """The name of the page number or offset, where the token is the one that follows."""
    if not is_count(value):
        return
    page = evidence.requested(names.PAGE_PARAMS)
    number = evidence.first(names.NUMBERS, is_count)
    offset = evidence.requested(names.OFFSETS)
    if page is not None and int(value) == page[1] + 1:
        yield page[0]
    elif offset is not None and int(value) == offset[1] + len(evidence.page):
        yield offset[0]
    elif number is not None and int(value) == int(number[2]) + 1:
        yield "page"


def _families(evidence: Evidence) -> Iterator[str]:
    """How the size that was sent spells its siblings: `page[size]`, `pagination_limit`."""
    for name, _ in evidence.sent.values():
        if match := _IN_BRACKETS.fullmatch(name):
            yield f"{match[1]}[{{}}]"
        elif match := _WITH_PREFIX.fullmatch(name):
            yield f"{match[1]}{{}}"


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


# What the server counts --------------------------------------------------------------------------


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
    from_one = ("start", "startindex", "startposition")
    return normalized(name) in from_one or (echo is not None and int(echo[2]) == 1)


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
    families = [family.format("page") for family in _families(evidence)]
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


def _dotted_families(evidence: Evidence) -> Iterator[str]:
    for name, _ in evidence.sent.values():
        if "." in name:  # BACEN Pix: paginacao.itensPorPagina beside paginacao.paginaAtual
            yield name.rpartition(".")[0]


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


def _content_range(evidence: Evidence) -> Iterator[Strategy]:
    """Content-Range (RFC 9110 section 14.4) that counts rows."""
    if re.search(r"\d+-\d+/", evidence.page.header("Content-Range") or ""):
        yield ContentRange(items=evidence.items)


RECOGNISERS: tuple[Callable[[Evidence], Iterator[Strategy]], ...] = (
    _link_header,
    _range_token,
    _connection,
    _next_link,
    _next_parameters,
    _cursor,
    _last_item,
    _offset,
    _page_number,
    _content_range,
)
