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

from requests_paginate._detection.counters import (
    detect_by_size,
    detect_content_range,
    detect_offset,
    detect_page_number,
)
from requests_paginate._detection.evidence import Evidence, is_count, is_link, is_token
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._detection.param_names import guess_token_names
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import PageRequest
from requests_paginate._urls import parse_link_header
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Strategy,
)

__all__ = ["DETECTORS"]

_LAST_ID = re.compile(r"last\w*(?:id|key)")
_CURSORS = {"after", "cursor", "startingafter"}
_TARGETS = ("href", "url", "uri", "link")


# What the server links ---------------------------------------------------------------------------


def detect_link_header(evidence: Evidence) -> Iterator[Strategy]:
    """A Link header (RFC 8288) with a relation next, or those that accompany it on other pages."""
    header = evidence.page.header("Link")
    if header is None:
        return
    relations = {relation for link in parse_link_header(header) for relation in link.relations}
    if relations & {"next", "prev", "previous", "first", "last"}:
        total = evidence.total(leads_on="next" in relations)
        yield LinkHeader(items=evidence.items, total=total)


def detect_next_link(evidence: Evidence) -> Iterator[Strategy]:
    """A URL under a name like next, or in an object there; null beside its siblings."""
    if evidence.found.keys().isdisjoint(vocabulary.NEXT_LINKS):
        return
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
        page_param=_counting(query, vocabulary.PAGE_PARAMS),
        offset_param=_counting(query, vocabulary.OFFSETS) if total else None,
    )


def _counts_more(evidence: Evidence) -> bool:
    """Whether something else than a link leads on: nestjs-typeorm-paginate may have empty links."""
    if evidence.says_more or evidence.first(vocabulary.TOKENS, _is_cursor) is not None:
        return True
    pages = evidence.first(vocabulary.TOTAL_PAGES, lambda value: is_count(value) and int(value) > 1)
    return pages is not None and evidence.first(vocabulary.NUMBERS, is_count) is not None


def _link_in(evidence: Evidence) -> tuple[str | None, str | None]:
    """Where the link is, and the link."""
    link = evidence.first(vocabulary.NEXT_LINKS, is_link)
    if link is not None:
        return link[1], link[2]
    target = evidence.first(vocabulary.NEXT_LINKS, lambda value: _target_in(value) is not None)
    if target is None:
        return None, None
    name = _target_in(target[2])
    return f"{target[1]}.{name}", target[2][name]


def _target_in(value: Any) -> str | None:
    """The name of the URL in a link object: HAL's `href`, Travis' `@href`."""
    if not isinstance(value, Mapping) or value.get("templated"):
        return None
    targets = [n for n in value if normalize_name(str(n)) in _TARGETS and is_link(value[n])]
    return targets[0] if targets else None


def _ended_link(evidence: Evidence) -> str | None:
    """Where a link is null that is none of many: {"next": null, "previous": null}."""
    rows_are_beside = "." not in str(evidence.items)
    siblings = {"previous", "prev", "self", "count"} & evidence.found.keys()
    if not rows_are_beside and not siblings:
        return None
    links = [name for name in vocabulary.NEXT_LINKS if "cursor" not in name]
    ended = evidence.first(links, lambda value: value is None or value == "")
    return ended[1] if ended else None


def _counting(query: Mapping[str, Any], wanted: vocabulary.Vocabulary) -> str | None:
    return next((n for n in query if normalize_name(n) in wanted and is_count(query[n])), None)


# What the server hands over, to be sent back -----------------------------------------------------


def detect_range_token(evidence: Evidence) -> Iterator[Strategy]:
    """The header Next-Range, which goes into Range."""
    # Heroku alone: https://devcenter.heroku.com/articles/platform-api-reference#ranges
    if evidence.header("Next-Range"):
        yield Cursor("Range", token="Next-Range", into="header", items=evidence.items)  # noqa: S106


def detect_connection(evidence: Evidence) -> Iterator[Strategy]:
    """A GraphQL connection: an end cursor that goes into the variable after `after:`."""
    # https://relay.dev/graphql/connections.htm
    request = evidence.page.request
    cursor = evidence.first(["endcursor"], lambda value: value is None or is_token(value))
    if cursor is None or evidence.more is None or not is_graphql_query(request):
        return
    if not evidence.says_more and "after" not in evidence.sent:
        return  # all of it, and no variable to ask for more
    connection = cursor[1].rpartition(".pageInfo")[0].rpartition(".")[2]
    own = _variables_after(request.json["query"], connection)
    strategy = Cursor(token=cursor[1], more=evidence.more, items=evidence.items)
    yield from map(strategy.renamed, dict.fromkeys([*own, *guess_token_names(evidence, *cursor)]))


def _variables_after(query: str, connection: str) -> list[str]:
    """The variable that the query gives to `after` of this connection, of several in it."""
    arguments = rf"\b{re.escape(connection)}\b[^{{}}()]*\([^()]*\bafter\s*:\s*\$(\w+)"
    return [f"variables.{name}" for name in re.findall(arguments, query)]


def detect_next_parameters(evidence: Evidence) -> Iterator[Strategy]:
    """An object of ready parameters: MediaWiki's continue, {"next": {"page": 2, "limit": 10}}."""
    found = evidence.first(vocabulary.NEXT_PARAMETERS, _holds_parameters)
    if found is not None:
        total = evidence.total(leads_on=True)
        yield NextParameters(found[1], more=evidence.more, items=evidence.items, total=total)


def _holds_parameters(value: Any) -> bool:
    if not isinstance(value, Mapping) or not all(is_token(held) for held in value.values()):
        return False
    plain = {normalize_name(str(name)) for name in value}
    # Intercom's page beside starting_after only tells
    return (
        bool(plain & {*vocabulary.PAGE_PARAMS, *vocabulary.OFFSETS, "continue"})
        and not plain & _CURSORS
    )


def detect_cursor(evidence: Evidence) -> Iterator[Strategy]:
    """A token, sent back under the name the caller used, else the API's other name for it."""
    token = evidence.first(vocabulary.TOKENS, _is_cursor) or evidence.first(
        _rarer_tokens(evidence), _is_cursor
    )
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
    yield from map(cursor.renamed, guess_token_names(evidence, *token))
    if evidence.header(token[1]) is not None:
        # OVHcloud: X-Pagination-Cursor-Next goes into the header X-Pagination-Cursor
        header = re.sub(r"-?next-?", "-", token[1], flags=re.IGNORECASE).strip("-")
        yield replace(cursor, cursor=header, into="header")


def _leads_to_offset(evidence: Evidence, value: Any) -> bool:
    """Whether `offset` is the next page's (Airtable), not an echo of this one's."""
    is_echo = is_count(value) and (
        int(value) == 0 or evidence.requested(vocabulary.OFFSETS) is not None
    )
    return not is_echo and (not is_count(value) or bool(evidence.says_more))


def _stands_alone(evidence: Evidence, name: str) -> bool:
    # Dynatrace alone: its nextPageKey holds the whole query, and anything beside it is answered
    # with 400. Elsewhere (FDX) what is left out would be a filter.
    return name == "nextpagekey" and {"totalcount", "pagesize"} <= evidence.found.keys()


def _rarer_tokens(evidence: Evidence) -> list[str]:
    rarer = [
        n
        for n in evidence.found
        if vocabulary.is_continuation(n) and not vocabulary.is_more_flag(n)
    ]
    if evidence.says_more or evidence.total(leads_on=True) is not None:
        rarer += vocabulary.WEAK_TOKENS
    return rarer


def _is_cursor(value: Any) -> bool:
    return is_token(value) and not is_link(value)


def detect_last_item(evidence: Evidence) -> Iterator[Strategy]:
    """The last row's id: one beside a has-more flag, or of a list object such as Stripe's."""
    resource = normalize_name(str(evidence.items).rpartition(".")[2]).removesuffix("s")
    lasts = ["lastid", "lastkey", f"last{resource}id"]
    if evidence.finished is not None:
        lasts += [name for name in evidence.found if _LAST_ID.fullmatch(name)]
    last = evidence.first(lasts, is_token)
    if (evidence.finished is None and last is None) or evidence.first(
        (*vocabulary.OFFSETS, *vocabulary.NUMBERS), is_count
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


DETECTORS: tuple[Callable[[Evidence], Iterator[Strategy]], ...] = (
    detect_link_header,
    detect_range_token,
    detect_connection,
    detect_next_link,
    detect_next_parameters,
    detect_cursor,
    detect_last_item,
    detect_offset,
    detect_page_number,
    detect_content_range,
    detect_by_size,
)
