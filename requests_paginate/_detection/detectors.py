"""The ordered table of detectors, each for one way of paginating.

A detector yields the strategies that a first page allows, likeliest first, or nothing. It sees
normalized names and the types of values, never a host.

What says more stands before what says less: first continuations (links, parameters, tokens), then
flags, then totals beside positions that were sent or told, and last counts beside a page size. An
identity only tells a single resource, before any detector is asked. `docs/detection.md` and the
command line show the docstrings of detectors. One that serves a single API says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from requests_paginate import strategies
from requests_paginate._detection import counters, windows
from requests_paginate._detection.evidence import Evidence, Found, is_link, is_token
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._detection.links import detect_link_header, detect_next_link
from requests_paginate._detection.param_names import guess_token_names
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count, is_end_marker, is_scalar

_LAST_ID = re.compile(r"last\w*(?:id|key)")
_KEY = re.compile(r"(?:last|next)\w*key|after(?:start)?key|nexttoken|lasteval(?:uated)?")


def detect_range_token(evidence: Evidence) -> Iterator[strategies.Strategy]:
    """The header Next-Range, which goes into Range."""
    # Heroku alone: https://devcenter.heroku.com/articles/platform-api-reference#ranges
    if evidence.header("Next-Range"):
        yield strategies.Cursor("Range", token="Next-Range", into="header", items=evidence.items)  # noqa: S106 - a header's name


def detect_connection(evidence: Evidence) -> Iterator[strategies.Strategy]:
    """A GraphQL connection: an end cursor that goes into the variable after `after:`."""
    # https://relay.dev/graphql/connections.htm
    request = evidence.page.request
    cursor = evidence.find(["endcursor"], lambda value: value is None or is_token(value))
    if cursor is None or evidence.more_flag is None or not is_graphql_query(request):
        return
    if not evidence.has_more and "after" not in evidence.sent:
        return  # this page is the last one, and no variable could ask for another
    connection = cursor.path.rpartition(".pageInfo")[0].rpartition(".")[2]
    own = _list_variables_after(request.json["query"], connection)
    strategy = strategies.Cursor(
        token=cursor.path,
        more=evidence.more_flag,
        items=evidence.items,
        total=evidence.find_total(has_next=bool(evidence.has_more)),
    )
    names = dict.fromkeys([*own, *guess_token_names(evidence, cursor)])
    yield from map(strategy.renamed, names)


def _list_variables_after(query: str, connection: str) -> list[str]:
    arguments = rf"\b{re.escape(connection)}\b[^{{}}()]*\([^()]*\bafter\s*:\s*\$(\w+)"
    return [f"variables.{name}" for name in re.findall(arguments, query)]


def detect_next_parameters(evidence: Evidence) -> Iterator[strategies.Strategy]:
    """An object of parameters to send: MediaWiki's continue, {"next": {"page": 2, "limit": 10}}."""
    found = evidence.find(vocabulary.NEXT_PARAMETERS, _is_parameters)
    if found is not None:
        total = evidence.find_total(has_next=True)
        more = evidence.more_flag
        yield strategies.NextParameters(found.path, more=more, items=evidence.items, total=total)


def _is_parameters(value: Any) -> bool:
    """Return whether a value is an object of parameters, one of which names a position."""
    if not isinstance(value, Mapping) or is_ended(value):
        return False
    if "" in value.values() or not all(map(is_scalar, value.values())):
        return False
    names = {normalize_name(str(name)) for name in value}
    if names & {"after", "cursor", "startingafter"}:
        return False  # Intercom: the page beside starting_after is only information
    return bool(names & {*vocabulary.PAGE_PARAMS, *vocabulary.OFFSETS, "continue"})


def detect_cursor(evidence: Evidence) -> Iterator[strategies.Strategy]:
    """A token. It goes into the parameter that was sent, else into the one that most APIs have."""
    # 0 is an end, or the position of an only row.
    is_position = len(evidence.rows) == 1 or bool(evidence.has_more)

    def is_cursor(value: Any) -> bool:
        return _is_cursor(value) or (is_position and str(value) == "0")

    token = evidence.find(vocabulary.TOKENS, is_cursor)
    token = token or evidence.find(_list_rarer_tokens(evidence), is_cursor)
    token = token or _find_last_key(evidence)
    if token is None or not _leads_to_next_page(evidence, token):
        return
    cursor = strategies.Cursor(
        token=token.path,
        more=evidence.more_flag,
        alone=_is_sent_alone(evidence, token.name),
        items=evidence.items,
        total=evidence.find_total(has_next=True),
    )
    yield from map(cursor.renamed, guess_token_names(evidence, token))
    if evidence.header(token.path) is not None:
        # OVHcloud: X-Pagination-Cursor-Next goes into the header X-Pagination-Cursor
        header = re.sub(r"-?next-?", "-", token.path, flags=re.IGNORECASE).strip("-")
        yield replace(cursor, cursor=header, into="header")


def _list_rarer_tokens(evidence: Evidence) -> list[str]:
    rarer = [
        name
        for name in evidence.found
        if vocabulary.is_continuation(name) and not vocabulary.is_more_flag(name)
    ]
    if evidence.has_more or evidence.find_total(has_next=True) is not None:
        rarer += vocabulary.WEAK_TOKENS
    return rarer


def _find_last_key(evidence: Evidence) -> Found | None:
    """Return a key that is an object, as of DynamoDB; only a JSON body can take it."""
    if evidence.page.request.json is None:
        return None
    found = evidence.found
    names = [name for name in found if vocabulary.is_last_key(name) or _KEY.fullmatch(name)]
    return evidence.find(names, lambda value: isinstance(value, Mapping) and not is_ended(value))


def _leads_to_next_page(evidence: Evidence, token: Found) -> bool:
    if token.name == "offset" and not _is_next_offset(evidence, token.value):
        return False
    if evidence.sent.get(token.name, ("", None))[1] == token.value:
        return False  # it is the one that was sent
    is_ambiguous = token.name in ("cursor", "after", "startingafter", "nextstart")
    return not (is_ambiguous and evidence.has_more is False)


def _is_next_offset(evidence: Evidence, value: Any) -> bool:
    """Return whether `offset` is that of the next page (Airtable), and not of this one."""
    if not is_count(value):
        return not (isinstance(value, int) or re.fullmatch(r"-\d+", str(value)))  # a time zone's
    is_own = int(value) == 0 or evidence.find_sent_count(vocabulary.OFFSETS) is not None
    return not is_own and bool(evidence.has_more)


def _is_sent_alone(evidence: Evidence, name: str) -> bool:
    """Return whether a token replaces the query: the nextPageKey of Dynatrace, and no other.

    It holds the whole query, and Dynatrace answers any other parameter with 400. In other APIs
    (FDX) a parameter that is left out would be a filter that is lost, as one in a body would be.
    """
    is_named_so = name == "nextpagekey" and {"totalcount", "pagesize"} <= evidence.found.keys()
    return is_named_so and evidence.page.request.json is None


def _is_cursor(value: Any) -> bool:
    return is_token(value) and not is_link(value) and not is_end_marker(value)


def detect_last_item(evidence: Evidence) -> Iterator[strategies.Strategy]:
    """The last row's id, beside a has-more flag or in a list object such as Stripe's."""
    flag = evidence.any_flag
    last = _find_last_id(evidence)
    if flag is None and last is None:
        return
    if counters.has_sent_position(evidence):
        return  # what was sent is known to lead on
    if flag is None and last is not None and evidence.names_first(last.name):
        return  # it tells what the page holds, and not that more follows
    if evidence.find((*vocabulary.OFFSETS, *vocabulary.NUMBERS), is_count):
        return
    more, items = evidence.more_flag, evidence.items
    total = evidence.find_total(has_next=bool(evidence.has_more))
    if last is not None:
        usual = ["after", "after_id"]
        is_usual = last.name == "lastid" and more is not None
        names = [*usual, last.own_name] if is_usual else [last.own_name, *usual]
        cursor = strategies.Cursor(token=last.path, more=more, items=items, total=total)
        yield from map(cursor.renamed, dict.fromkeys(names))
    elif more and ("object", "list") in evidence.found.get("object", ()) and _have_ids(evidence):
        strategy = strategies.LastItem(more=more, items=items, total=total)
        yield from map(strategy.renamed, ("starting_after", "startingAfter"))


def _have_ids(evidence: Evidence) -> bool:
    """Return whether all rows are objects with an id; where there is none, they may have one."""
    rows = evidence.rows
    return all(isinstance(row, Mapping) and is_scalar(row.get("id")) for row in rows)


def _find_last_id(evidence: Evidence) -> Found | None:
    resource = normalize_name(evidence.place.rpartition(".")[2]).removesuffix("s")
    names = ["lastid", "lastkey", f"last{resource}id"]
    if evidence.any_flag is not None:
        names += [name for name in evidence.found if _LAST_ID.fullmatch(name)]
    return evidence.find(names, is_token)


DETECTORS: tuple[Callable[[Evidence], Iterator[strategies.Strategy]], ...] = (
    detect_link_header,
    detect_range_token,
    detect_connection,
    detect_next_link,
    detect_next_parameters,
    detect_cursor,
    detect_last_item,
    counters.detect_offset,
    windows.detect_window,
    counters.detect_page_number,
    counters.detect_content_range,
    counters.detect_by_size,
)
