"""How each way of paginating shows on a first page: a table of small recognisers.

Law of this room: a recogniser sees normalized names and the types of values, never a host. Those
that serve a single API say why. What the server links comes before what it hands over, and that
before what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from requests_paginate import names
from requests_paginate.evidence import Evidence, is_count, is_link, is_token
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.links import parse_link_header
from requests_paginate.pages import PageRequest, read_number
from requests_paginate.rows import normalized
from requests_paginate.spelling import position_names, token_names
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
from requests_paginate.surroundings import asks_for_rows_of_a_graph

__all__ = ["RECOGNISERS"]

_MOST_SKIPPED = 10_000_000  # rows; a greater number is a day such as 20260101, or seconds
_LAST_ID = re.compile(r"last\w*(?:id|key)")
_CURSORS = {"after", "cursor", "startingafter"}
_TARGETS = ("href", "url", "uri", "link")


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
    if path is None and not _counts_more(evidence):
        path = _ended_link(evidence)
    if path is None:
        return
    query = PageRequest("GET", link or "").query()
    total = evidence.total(leads_on=link is not None)
    yield NextLink(
        path,
        items=evidence.items,
        total=total,
        more=evidence.more,
        page_param=_counting(query, names.PAGE_PARAMS),
        offset_param=_counting(query, names.OFFSETS) if total else None,
    )


def _counts_more(evidence: Evidence) -> bool:
    """Whether something else than a link leads on: nestjs-typeorm-paginate may have empty links."""
    if evidence.says_more or evidence.first(names.TOKENS, _is_cursor) is not None:
        return True
    pages = evidence.first(names.TOTAL_PAGES, lambda value: is_count(value) and int(value) > 1)
    return pages is not None and evidence.first(names.NUMBERS, is_count) is not None


def _link_in(evidence: Evidence) -> tuple[str | None, str | None]:
    """Where the link is, and the link."""
    link = evidence.first(names.NEXT_LINKS, is_link)
    if link is not None:
        return link[1], link[2]
    target = evidence.first(names.NEXT_LINKS, lambda value: _target_in(value) is not None)
    if target is None:
        return None, None
    name = _target_in(target[2])
    return f"{target[1]}.{name}", target[2][name]


def _target_in(value: Any) -> str | None:
    """The name of the URL in a link object: HAL's `href`, Travis' `@href`."""
    if not isinstance(value, Mapping) or value.get("templated"):
        return None
    targets = [n for n in value if normalized(str(n)) in _TARGETS and is_link(value[n])]
    return targets[0] if targets else None


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


# What the server hands over, to be sent back -----------------------------------------------------


def _range_token(evidence: Evidence) -> Iterator[Strategy]:
    """The header Next-Range, which goes into Range."""
    # Heroku alone: https://devcenter.heroku.com/articles/platform-api-reference#ranges
    if evidence.page.header("Next-Range"):
        yield Cursor("Range", token="Next-Range", into="header", items=evidence.items)  # noqa: S106


def _connection(evidence: Evidence) -> Iterator[Strategy]:
    """A GraphQL connection: an end cursor that goes into the variable after `after:`."""
    # https://relay.dev/graphql/connections.htm
    request = evidence.page.request
    cursor = evidence.first(["endcursor"], lambda value: value is None or is_token(value))
    if cursor is None or evidence.more is None or not asks_for_rows_of_a_graph(request):
        return
    if not evidence.says_more and "after" not in evidence.sent:
        return  # all of it, and no variable to ask for more
    connection = cursor[1].rpartition(".pageInfo")[0].rpartition(".")[2]
    own = _variables_after(request.json["query"], connection)
    strategy = Cursor(token=cursor[1], more=evidence.more, items=evidence.items)
    yield from map(strategy.renamed, dict.fromkeys([*own, *token_names(evidence, *cursor)]))


def _variables_after(query: str, connection: str) -> list[str]:
    """The variable that the query gives to `after` of this connection, of several in it."""
    arguments = rf"\b{re.escape(connection)}\b[^{{}}()]*\([^()]*\bafter\s*:\s*\$(\w+)"
    return [f"variables.{name}" for name in re.findall(arguments, query)]


def _next_parameters(evidence: Evidence) -> Iterator[Strategy]:
    """An object of ready parameters: MediaWiki's continue, {"next": {"page": 2, "limit": 10}}."""
    found = evidence.first(names.NEXT_PARAMETERS, _holds_parameters)
    if found is not None:
        total = evidence.total(leads_on=True)
        yield NextParameters(found[1], more=evidence.more, items=evidence.items, total=total)


def _holds_parameters(value: Any) -> bool:
    if not isinstance(value, Mapping) or not all(is_token(held) for held in value.values()):
        return False
    plain = {normalized(str(name)) for name in value}
    # Intercom's page beside starting_after only tells
    return bool(plain & {*names.PAGE_PARAMS, *names.OFFSETS, "continue"}) and not plain & _CURSORS


def _cursor(evidence: Evidence) -> Iterator[Strategy]:
    """A token, sent back under the name the caller used, else the API's other name for it."""
    token = evidence.first(_likely_tokens(evidence), _is_cursor)
    if token is None or (token[0] == "offset" and not _leads_to_offset(evidence, token[2])):
        return
    if evidence.sent.get(token[0], ("", None))[1] == token[2]:
        return  # what was sent comes back
    if (
        token[0] in ("cursor", "after", "startingafter", "nextstart")
        and evidence.says_more is False
    ):
        return
    cursor = Cursor(
        token=token[1],
        more=evidence.more,
        alone=_stands_alone(evidence, token[0]),
        items=evidence.items,
        total=evidence.total(leads_on=True),
    )
    yield from map(cursor.renamed, token_names(evidence, *token))
    if evidence.page.header(token[1]) is not None:
        # OVHcloud: X-Pagination-Cursor-Next goes into the header X-Pagination-Cursor
        header = re.sub(r"-?next-?", "-", token[1], flags=re.IGNORECASE).strip("-")
        yield replace(cursor, cursor=header, into="header")


def _leads_to_offset(evidence: Evidence, value: Any) -> bool:
    """Whether `offset` is the next page's (Airtable), not an echo of this one's."""
    is_echo = is_count(value) and (int(value) == 0 or evidence.requested(names.OFFSETS) is not None)
    return not is_echo and (not is_count(value) or bool(evidence.says_more))


def _stands_alone(evidence: Evidence, name: str) -> bool:
    # Dynatrace alone: its nextPageKey holds the whole query, and anything beside it is answered
    # with 400. Elsewhere (FDX) what is left out would be a filter.
    return name == "nextpagekey" and {"totalcount", "pagesize"} <= evidence.found.keys()


def _likely_tokens(evidence: Evidence) -> Iterator[str]:
    yield from names.TOKENS
    for name in evidence.found:
        if names.leads_on(name) and not names.MORE.fullmatch(name):
            yield name
    if evidence.says_more or evidence.total(leads_on=True) is not None:
        yield from names.WEAK_TOKENS


def _is_cursor(value: Any) -> bool:
    return is_token(value) and not is_link(value)


def _last_item(evidence: Evidence) -> Iterator[Strategy]:
    """A has-more flag without anything to send back but an id."""
    resource = normalized(str(evidence.items).rpartition(".")[2]).removesuffix("s")
    lasts = ["lastid", "lastkey", f"last{resource}id"]
    if evidence.finished is not None:
        lasts += [name for name in evidence.found if _LAST_ID.fullmatch(name)]
    last = evidence.first(lasts, is_token)
    if (evidence.finished is None and last is None) or evidence.first(
        (*names.OFFSETS, *names.NUMBERS), is_count
    ):
        return
    more, items = evidence.more, evidence.items
    total = evidence.total(leads_on=bool(evidence.says_more))
    if last is not None:
        own, usual = last[1].rpartition(".")[2], ["after", "after_id"]
        likely = [*usual, own] if last[0] == "lastid" and more is not None else [own, *usual]
        cursor = Cursor(token=last[1], more=more, items=items, total=total)
        yield from map(cursor.renamed, dict.fromkeys(likely))
    elif evidence.more and ("object", "list") in evidence.found.get("object", ()):
        strategy = LastItem(more=more, items=items, total=total)
        yield from map(strategy.renamed, ("starting_after", "startingAfter"))


# What the server counts --------------------------------------------------------------------------


def _offset(evidence: Evidence) -> Iterator[Strategy]:
    """A number of rows to skip: one that was sent, or an echo of the first row's."""
    sent = evidence.requested(names.OFFSETS)
    echo = evidence.first(names.OFFSETS, is_count)
    if sent is not None and _may_be_a_date(evidence, *sent, echo):
        return
    pages = evidence.requested(names.PAGE_PARAMS)
    if sent is not None:
        if pages is not None and sent[1] == len(evidence.page):
            return  # Etherscan: page=1&offset=10, which is the size
        name, first = sent[0], _first_offset(evidence, *sent, echo)
    elif echo is None or int(echo[2]) > 1 or pages or evidence.first(names.TOTAL_PAGES, is_count):
        return
    else:
        name, first = echo[1].rpartition(".")[2], int(echo[2])
    likely = [name]
    if sent is None and echo is not None and normalized(name) != echo[0]:
        likely = [echo[0], name]  # MusicBrainz: release-offset
    faithful = echo is not None and int(echo[2]) == (first if sent is None else sent[1])
    strategy = Offset(
        limit=_size_name(evidence, name),
        total=evidence.total(is_end=True),
        items=evidence.items,
        more=evidence.more,
        first=first,
        start=echo[1] if echo is not None and faithful else None,
    )
    yield from map(strategy.renamed, position_names(evidence, likely))


def _size_name(evidence: Evidence, other: str) -> str | None:
    sizes = [name for plain, (name, _) in evidence.sent.items() if plain in names.SIZES]
    return next((name for name in sizes if name != other), None)


def _first_offset(
    evidence: Evidence, name: str, value: int, echo: tuple[str, str, Any] | None
) -> int:
    """Where offsets begin: SCIM's startIndex at 1 (RFC 7644 section 3.4.2.4), most others at 0."""
    if normalized(name) in ("startindex", "startposition") and value > 1:
        return 1 if any(value % size == 1 for size in _sizes(evidence)) else 0
    # an offset of 1 skips a row
    return 1 if value == 1 and (normalized(name).startswith("start") or _is_one(echo)) else 0


def _sizes(evidence: Evidence) -> list[int]:
    sizes = [value for plain, (_, value) in evidence.sent.items() if plain in names.SIZES]
    return [int(size) for size in sizes if is_count(size) and int(size) > 0]


def _is_one(echo: tuple[str, str, Any] | None) -> bool:
    return echo is not None and int(echo[2]) == 1


def _may_be_a_date(
    evidence: Evidence, name: str, value: int, echo: tuple[str, str, Any] | None
) -> bool:
    """Whether `from` or `start` may be a time instead of a place: seconds, a year, a day."""
    if normalized(name) not in ("from", "start") or (echo is not None and int(echo[2]) == value):
        return False
    total = evidence.total()
    if total is not None and 0 < value <= (read_number(evidence.page, total) or 0):
        return False
    steps = _sizes(evidence)
    is_a_step = value < _MOST_SKIPPED and any(value % n in (0, 1) for n in steps)
    has_end = any(plain in ("to", "end", "until") for plain in evidence.sent)
    is_first = value == 0 or (value == 1 and (steps or normalized(name) == "start"))
    return (has_end and not steps) or not (is_a_step or is_first)


def _page_number(evidence: Evidence) -> Iterator[Strategy]:
    """A number of pages, or a page's own number beside a flag or a total."""
    sent = evidence.requested(names.PAGE_PARAMS)
    pages = evidence.first(names.TOTAL_PAGES, is_count)
    number = evidence.first(names.NUMBERS, is_count)
    counted = (
        evidence.finished is not None
        or evidence.total(is_end=True) is not None
        or _echoes_full_size(evidence)
    )
    if pages is None and not (number and counted) and sent is None:
        return
    if sent is None and number is not None and int(number[2]) > 1:
        sent = _sent_as(evidence, int(number[2]))
    first = _first_page(evidence, sent, pages, number)
    total = evidence.total(is_end=True)
    if sent is not None and sent[1] == 1:
        if number is not None and int(number[2]) == 0:
            number = None  # Spring Data with one-indexed-parameters: the echo counts from zero
        elif _counts_from_zero(pages, number):
            total = None  # or the second page, of a listing that begins before it
    likely = [sent[0]] if sent else ["page", *_echoed_names(evidence, number)]
    strategy = PageNumber(
        total_pages=pages[1] if pages else None,
        number=number[1] if number else None,
        first=first,
        items=evidence.items,
        total=total,
        more=evidence.more,
    )
    yield from map(strategy.renamed, position_names(evidence, likely))


def _echoes_full_size(evidence: Evidence) -> bool:
    """Whether the page is as long as it says pages are: then there may be a next one."""
    found = evidence.first(names.ECHOED_SIZES, is_count)
    return found is not None and int(found[2]) == len(evidence.page) > 0


def _counts_from_zero(
    pages: tuple[str, str, Any] | None, number: tuple[str, str, Any] | None
) -> bool:
    return any(seen is not None and seen[0] in names.ZERO_BASED for seen in (pages, number))


def _sent_as(evidence: Evidence, number: int) -> tuple[str, int]:
    """What the caller asked for the page with, by its value: the page says that it is the third."""
    found = {
        name
        for plain, (name, value) in evidence.sent.items()
        if is_count(value) and int(value) == number and plain not in names.SIZES
    }
    if len(found) != 1:
        raise UnknownPagination(
            f"the first page says that it is number {number}, and the request does not say so "
            "under one name; pass strategy=strategies.PageNumber(...) with the parameter's name"
        )
    return found.pop(), number


def _echoed_names(evidence: Evidence, number: tuple[str, str, Any] | None) -> Iterator[str]:
    """The names under which a body echoes the page's number."""
    for name in names.NUMBERS if number is not None else ():
        if number is not None:
            for path, value in evidence.found.get(name, ()):
                if value == number[2] and evidence.page.header(path) is None:
                    yield path.rpartition(".")[2]


def _first_page(
    evidence: Evidence,
    sent: tuple[str, int] | None,
    pages: tuple[str, str, Any] | None,
    number: tuple[str, str, Any] | None,
) -> int:
    """Whether pages count from 0 or 1: as echoed, else as asked for.

    Asked for 1 or more, both may be: then 1, and at worst a page too many is asked for.
    """
    if sent is not None:
        return min(sent[1], 1)
    if _counts_from_zero(pages, number) and (number is None or int(number[2]) == 0):
        return 0
    if number is not None:
        return int(number[2])
    if evidence.total(leads_on=pages is not None and int(pages[2]) > 1) is None:
        raise UnknownPagination(
            f"the page counts pages (at {pages[1] if pages else None!r}) and nothing tells whether "
            "from 0 or 1; ask for the first by its number, for example params={'page': 1}, or pass "
            "strategy=strategies.PageNumber(...)"
        )
    return 1


def _sized(evidence: Evidence) -> Iterator[Strategy]:
    """A total larger than the page whose size was asked for; its sibling's name is only likely."""
    sizes = {plain: name for plain, (name, _) in evidence.sent.items() if plain in names.SIZES}
    total = evidence.total(leads_on=True)
    if not _is_full(evidence) or total is None or asks_for_rows_of_a_graph(evidence.page.request):
        return
    counted = PageNumber(total=total, items=evidence.items)
    skipped = Offset(limit=next(iter(sizes.values())), total=total, items=evidence.items)
    by_page = map(counted.renamed, position_names(evidence, ["page"]))
    by_offset = map(skipped.renamed, position_names(evidence, ["offset", "skip"]))
    # the total finds out what a wrong name would leave out
    counts_pages = any("page" in plain or plain == "size" for plain in sizes)
    yield from (*by_page, *by_offset) if counts_pages else (*by_offset, *by_page)


def _is_full(evidence: Evidence) -> bool:
    return len(evidence.page) in _sizes(evidence)


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
    _sized,
)
