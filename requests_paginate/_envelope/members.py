"""What stands beside rows: names and values that tell of a listing, and not of a row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from requests_paginate._envelope import nodes, outcomes, vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count, is_end_marker, read_flag

# What stands beside rows or their absence, and tells nothing of a resource.
_ABOUT = frozenset(
    """apiversion code error errors etag jsonrpc kind message msg object ok requestid
    resourcetype schemas self selflink stat status success time timestamp took type uri url version
    """.split()
) | vocabulary.IDENTITIES  # fmt: skip
# What leads on in a link object, or in an object of parameters.
_LEADING = frozenset(vocabulary.LINK_TARGETS) | (vocabulary.POSITIONS - {"before", "endingbefore"})
# What only describes a link, or stands beside a position.
_DESCRIPTIONS = vocabulary.SIZES | frozenset(
    """active before endingbefore label merge method name ref rel relation templated text title
    type""".split()
)
# What else may stand on a page without rows: who asked for what, when, and how long it took.
_TRACES = (
    r"(?:odata|ld)?(?:context|etag|kind|type|version)|apiversion|copyright|attribution|licen[cs]e"
    r"|(?:request|trace|correlation|transaction|span|query|execution|operation)id"
    r"|(?:query|request|response|server|execution|processing|elapsed|generation)(?:time|date)(?:ms)?"
    r"|\w*timestamp|took\w*|duration\w*|elapsed\w*|generated(?:at|on)?|locale|language"
)
# What tells only of the work for a response.
_OF_WORK = re.compile(
    r"took\w*|elapsed\w*|generated(?:at|on)?"
    r"|(?:query|request|response|server|execution|processing)(?:time|date)(?:ms)?"
)
_LIST_KIND = re.compile(r".*[a-z]List(?:Response)?")  # PodList, compute#instanceList


def list_members(node: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Yield what stands in an object and in what is around or beside a list in it.

    Each is (normalized name, value, whether it may be about pages). Links are sought more widely.
    """
    for name, value in node.items():
        plain = normalize_name(name)
        yield plain, value, True
        if isinstance(value, Mapping):
            # What has a list of its own, such as the tracks of an album, pages that list.
            is_around = is_wrapper(name) or not any(isinstance(v, list) for v in value.values())
            about = is_wrapper(name)
            beside = [(normalize_name(n), v) for n, v in value.items() if is_around]
            yield from ((inner, v, about) for inner, v in beside)
            deeper = (
                v for n, v in beside if about and (n == "links" or vocabulary.is_container(n))
            )
            for each in deeper:  # {"meta": {"pagination": {"next": null}}}
                if isinstance(each, Mapping):
                    yield from ((normalize_name(n), v, True) for n, v in each.items())
        elif isinstance(value, list) and plain in nodes.NEVER_ROWS:
            for link in value:
                relation = link.get("rel", link.get("relation")) if isinstance(link, Mapping) else 0
                yield normalize_name(relation), link, False


def has_continuation(body: Any, *, or_ended: bool = False) -> bool:
    """Return whether a link, a token or a flag in a body, or beside a list, says that more follows.

    Args:
        body: The body.
        or_ended: Whether one that is null or false counts, too.
    """
    found = list_members(body) if isinstance(body, Mapping) else ()
    onward = [value for name, value, _ in found if vocabulary.is_continuation(name)]
    return any(or_ended or (value and read_flag(value) is not False) for value in onward)


def is_ended(value: Any) -> bool:
    """Return whether what stands in the place of a link or a token says that nothing follows.

    An object does if what leads on in it does, as `{"href": null, "method": "GET"}` and
    `{"offset": "", "limit": 10}`, or if it holds nothing. The key `{"id": 0}` leads on.
    """
    if isinstance(value, list) and len(value) == 1:
        return is_ended(value[0])
    if not isinstance(value, Mapping):
        return is_end_marker(value)
    held = {normalize_name(name): inner for name, inner in value.items()}
    leading = [inner for name, inner in held.items() if name in _LEADING]
    beside = {name: inner for name, inner in held.items() if name not in _LEADING}
    if leading:
        beside = {name: inner for name, inner in beside.items() if name not in _DESCRIPTIONS}
    return all(map(is_ended, leading)) and all(map(_is_nothing, beside.values()))


def _is_nothing(value: Any) -> bool:
    """Return whether a value is null, false, empty or holds only such; 0 is a value."""
    return is_ended(value) if isinstance(value, Mapping) else not (value or is_count(value))


def has_zero_count(body: Any) -> bool:
    """Return whether a body says that there are no rows, as `totalResults: 0` does."""
    if not isinstance(body, Mapping):
        return False
    names = {n: normalize_name(n) for n, value in body.items() if isinstance(value, Mapping)}
    about = [n for n, plain in names.items() if not vocabulary.counts_others(plain)]
    objects = [body, *(body[n] for n in about if vocabulary.is_container(names[n]))]
    zeros = [n for node in objects for n, v in node.items() if v in (0, "0") and v is not False]
    return any(vocabulary.is_row_count(normalize_name(name)) for name in zeros)


def counts_rows(body: Mapping[str, Any]) -> bool:
    """Return whether a page counts itself among those with rows: by its number, or beside a link.

    A token and a total are not enough: a page of a filtered list of Google's may be empty.
    """
    found = {name: value for name, value, _ in list_members(body)}
    counts = {name: int(value) for name, value in found.items() if is_count(value)}
    pages = next((counts[name] for name in vocabulary.TOTAL_PAGES if name in counts), 0)
    number = next((counts[name] for name in vocabulary.NUMBERS if name in counts), pages + 1)
    if number <= pages:
        return True
    links = (v for n, v in found.items() if vocabulary.is_continuation(n) and isinstance(v, str))
    has_link = any(link.startswith(("http", "/", "?")) for link in links)
    return has_link and any(counts[name] > 0 for name in counts if vocabulary.is_row_count(name))


def says_no_rows(body: Any) -> bool:
    """Return whether a body without a list is an empty listing: by a count or by its kind."""
    return has_zero_count(body) or (names_list(body) and not nodes.has_rows(body, 4))


def has_pagination(node: Mapping[str, Any], depth: int) -> bool:
    """Return whether a name on the first levels of an object is one of pagination."""
    levels = nodes.walk_levels(node, depth)
    names = (name for level in levels for _, inner in level for name in inner)
    return any(vocabulary.is_pagination_metadata(normalize_name(name)) for name in names)


def names_list(body: Any) -> bool:
    """Return whether an object's kind names a list, as `PodList` and `compute#instanceList` do.

    Stripe and OpenAI write `"object": "list"` (https://docs.stripe.com/api/pagination).
    """
    if not isinstance(body, Mapping):
        return False
    kind = body.get("kind")
    return body.get("object") == "list" or (
        isinstance(kind, str) and _LIST_KIND.fullmatch(kind) is not None
    )


def is_wrapper(name: str) -> bool:
    """Return whether an object of a name may stand around rows, or beside them."""
    plain = normalize_name(name)
    return plain in nodes.WRAPPERS or vocabulary.is_container(plain)


def is_envelope(node: Mapping[str, Any]) -> bool:
    """Return whether an object holds a list, or pagination as it stands beside rows."""
    return any(isinstance(value, list) for value in node.values()) or has_pagination(node, 2)


def is_about(name: str, value: Any) -> bool:
    """Return whether a member tells something of a listing or a request, and nothing of a row."""
    plain = normalize_name(name)
    if isinstance(value, (Mapping, list)):
        return is_wrapper(name) or plain in nodes.BESIDE_ROWS
    if plain in ("status", "stat") and isinstance(value, str):
        return outcomes.is_good(value)  # another word is that of a thing
    if value is None and plain in nodes.NEVER_ROWS:
        return True
    is_of_work = _OF_WORK.fullmatch(plain) is not None
    is_known = plain in _ABOUT or vocabulary.is_pagination_metadata(plain) or is_wrapper(name)
    return is_known or is_of_work


def is_known_without_rows(name: str, value: Any, sent: Collection[str] = ()) -> bool:
    """Return whether a member may stand on a page that leaves its list out, and tells no failure.

    Others, as `{"Note": "..."}` and `{"login_required": true}`, may say why there are no rows.

    Args:
        name: The name of the member.
        value: Its value.
        sent: The values in the request, which a page may echo.
    """
    plain = normalize_name(name)
    if value is None or value in ("", [], {}):
        return True
    if isinstance(value, (Mapping, list)):
        return is_about(name, value) or plain in ("header", "headers", "head")
    is_paging = plain in vocabulary.POSITIONS or plain in vocabulary.TOKENS
    if is_paging or plain in vocabulary.SIZES or plain in vocabulary.WEAK_TOKENS:
        return True
    if is_wrapper(name) and not (plain in _ABOUT or vocabulary.is_pagination_metadata(plain)):
        # `Information` and `Response` may be sentences, `pageIndex` is a number
        return not isinstance(value, str) or is_count(value)
    if outcomes.is_outcome(plain) and (not isinstance(value, str) or outcomes.is_good(value)):
        return True
    is_known = is_about(name, value) or re.fullmatch(_TRACES, plain) is not None
    return is_known or vocabulary.is_flag(plain) or str(value) in sent
