"""Refuse a bare list that is no list of rows: an envelope around them, written as a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import members, nodes, outcomes, vocabulary
from requests_paginate._envelope.vocabulary import IDENTITIES, normalize_name
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import MalformedPage, UnknownPagination

_MOST_PARTS = 5  # of an envelope; rows are more
# What an answer to a call of a procedure repeats of the call, as those of Ext Direct do.
_OF_CALLS = frozenset("action callid correlationid method rpcid tid transactionid".split())
_DEPTH = 3  # Kea: [{"result": 0, "arguments": {"leases": [...], "has_more": true}}]


def refuse_envelope(body: list[Any]) -> None:
    """Raise if a bare list is an envelope around rows, in one object or in parts of its own.

    Raises:
        MalformedPage: It reports a failure.
        UnknownPagination: The rows are deeper down.
    """
    if len(body) == 1 and isinstance(body[0], Mapping):
        _refuse_object(body[0])
    elif len(body) == 1 and isinstance(body[0], list) and _is_only_object(body[0]):
        _refuse_object(body[0][0], "0.0.")
    elif len(body) <= _MOST_PARTS and (_has_parts(body) or _has_unlike_parts(body)):
        raise UnknownPagination(
            f"a list of {len(body)} parts, of which some hold lists of rows and others none, is "
            "rather an envelope than rows; pass items= to say where they are, as in items='1', or "
            "items='' if the parts are rows"
        )
    elif len(body) > 1 and _begins_with_count(body):
        raise UnknownPagination(
            "the first element of the list is rather a count of the others than a row; pass "
            "items='' if it is one, or fetch the pages with a strategy of your own"
        )
    elif len(body) == 1 and isinstance(body[0], list) and _is_failure(body[0]):
        raise UnknownPagination(
            "the only row is a list of a negative number and of words of failure, which is rather "
            "an error; pass items='' if it is a row"
        )


def _refuse_object(node: Mapping[str, Any], at: str = "0.") -> None:
    """Raise if the only element is an envelope; one with an identity rarely is."""
    plain = {normalize_name(name): value for name, value in node.items()}
    is_row = not IDENTITIES.isdisjoint(plain) and "jsonrpc" not in plain
    is_told = "jsonrpc" in plain or all(map(outcomes.is_outcome, plain))
    if not is_row and is_told and (failure := outcomes.find_failure(node)):
        raise MalformedPage(f"the body reports an error instead of rows, at {failure}")
    is_bare = _is_bare(plain)
    for level in nodes.walk_levels(node, _DEPTH):
        for prefix, inner in level:
            name = _find_rows(inner, is_bare=is_bare)
            if name is None or not _is_envelope(plain, inner, name, is_row=is_row, is_bare=is_bare):
                continue
            path = redact_text(f"{at}{prefix}{name}")
            raise UnknownPagination(
                "the only element of the list is rather an envelope around the rows of "
                f"{path!r} than a row; pass items={path!r}, or items='' if it is a row"
            )
    if not is_row and _tells_of_nothing(plain):
        raise UnknownPagination(
            "the only element of the list tells how the request went, and holds no rows; pass "
            "items= to say where they are on other pages, or items='' if it is a row"
        )


def _is_only_object(part: list[Any]) -> bool:
    return len(part) == 1 and isinstance(part[0], Mapping)


def _is_bare(plain: Mapping[str, Any]) -> bool:
    """Return whether no text or number of a row's own stands in an object, only metadata."""
    scalars = [n for n, v in plain.items() if v is None or not isinstance(v, (Mapping, list))]
    return all(
        name in _OF_CALLS
        or name in vocabulary.TOKENS
        or outcomes.is_outcome(name)
        or members.is_about(name, None)
        for name in scalars
    )


def _find_rows(inner: Mapping[str, Any], *, is_bare: bool) -> str | None:
    """Return the name of the only list of objects, or of the only list in an envelope."""
    lists = nodes.find_lists(inner, nodes.BESIDE_ROWS)
    of_objects = [n for n in lists if inner[n] and isinstance(inner[n][0], Mapping)]
    found = of_objects or (lists if is_bare else [])
    return found[0] if len(found) == 1 else None


def _is_envelope(
    plain: Mapping[str, Any], inner: Mapping[str, Any], name: str, *, is_row: bool, is_bare: bool
) -> bool:
    """Return whether a list in the only element, or deeper down in it, is the rows."""
    if is_row:  # of `{"id": 1, "result": {"items": [...], "hasMore": true}}` the id is the call's
        is_around = any(inner is plain[n] for n in nodes.WRAPPERS & plain.keys())
        is_direct = inner.get(name) is plain.get(normalize_name(name))
        is_usual = normalize_name(name) in nodes.ROWS_NAMES
        return is_bare and (is_around or (is_direct and is_usual)) and _leads_to_page(inner)
    is_call = is_bare and "jsonrpc" in plain
    if is_call or _leads_on(inner):
        return True
    own = any(not outcomes.is_outcome(each) for each in plain)
    if not (own and is_bare):
        return False
    if inner[name] and isinstance(inner[name][0], Mapping):
        return _tells(plain, inner)
    is_usual = normalize_name(name) in nodes.ROWS_NAMES
    return is_usual and (_is_paged(inner) or any(map(_is_clear_outcome, plain, plain.values())))


def _leads_on(node: Mapping[str, Any]) -> bool:
    """Return whether a link, a token or a flag that is true stands beside a list."""
    return members.has_continuation(node)


def _leads_to_page(node: Mapping[str, Any]) -> bool:
    """Return whether what leads on is more than a text under `next`, which may be a thing."""
    beside = {
        name: value
        for name, value in node.items()
        if normalize_name(name) != "next" or (isinstance(value, str) and "/" in value)
    }
    return _leads_on(beside)


def _tells(plain: Mapping[str, Any], inner: Mapping[str, Any]) -> bool:
    """Return whether an outcome stands in an envelope, or pagination beside its list."""
    has_outcome = any(
        outcomes.is_outcome(name) and value is not None for name, value in plain.items()
    )
    return has_outcome or _is_paged(inner)


def _is_paged(inner: Mapping[str, Any]) -> bool:
    """Return whether a position, a count or a token of pagination stands beside a list."""
    return any(
        vocabulary.is_pagination_metadata(name) or name in vocabulary.TOKENS
        for name in map(normalize_name, inner)
    )


def _is_clear_outcome(name: str, value: Any) -> bool:
    """Return whether a code, a flag or a word of success is one: a comment has a message, too."""
    is_clear = outcomes.is_good(value) if isinstance(value, str) else isinstance(value, int)
    return outcomes.is_outcome(name) and is_clear and value != ""


def _tells_of_nothing(plain: Mapping[str, Any]) -> bool:
    """Return whether an outcome in a code and in words stands beside empty objects alone.

    Kea answers `[{"result": 3, "text": "0 IPv4 lease(s) found.", "arguments": {}}]`
    (https://kea.readthedocs.io/en/latest/arm/ctrl-channel.html).
    """
    outer = {name: value for name, value in plain.items() if outcomes.is_outcome(name)}
    inner = [value for name, value in plain.items() if name not in outer]
    has_code = any(isinstance(value, int) for value in outer.values())
    has_words = any(isinstance(value, str) for value in outer.values())
    are_empty = all(isinstance(value, (Mapping, list)) and not value for value in inner)
    return bool(inner) and has_code and has_words and are_empty


def _has_parts(body: list[Any]) -> bool:
    """Return whether some parts are flat, and others nest what could be rows.

    Groonga answers with `[[0, 1795880802.5, 0.1], [[[47], columns, row, row]]]`
    (https://groonga.org/docs/reference/command/output_format.html), others with `[47, [{...}]]`.
    """
    if any(isinstance(part, Mapping) for part in body):
        return False
    is_flat = [part is not None and _measure_depth(part) <= 1 and part != [] for part in body]
    lists_only = all(isinstance(part, list) for part in body)
    # A row may be a list that holds a list; three levels more are a table.
    nests = [_holds_rows(part) and (not lists_only or _measure_depth(part) >= 3) for part in body]
    return any(is_flat) and any(nests)


def _has_unlike_parts(body: list[Any]) -> bool:
    """Return whether parts of fixed places stand in a list, as no rows of one kind do.

    Redis' SCAN returns `["17", ["key:1", "key:2"]]` (https://redis.io/docs/latest/commands/scan),
    and a suggestion of OpenSearch is `["sea", ["sears"], ["7,390 results"], ["https://..."]]`
    (https://github.com/dewitt/opensearch).
    """
    if len(body) == 4 and isinstance(body[0], str):
        return all(isinstance(p, list) and len(p) == len(body[1]) for p in body[1:])
    if len(body) != 2:
        return False
    if any(map(_is_aside, body, reversed(body))):
        return True
    return body[1] == [] and _is_head(body[0])


def _is_aside(part: Any, other: Any) -> bool:
    """Return whether a part stands beside the other: a token or a count, plain or in a list."""
    if isinstance(part, list) and len(part) == 1:
        if not (isinstance(other, list) and _holds_objects(other)):
            return False
        return isinstance(part[0], str) or _counts_rows(part[0], other[0])
    is_plain = isinstance(part, (str, int, float))
    return is_plain and (isinstance(other, list) or _holds_page(other))


def _begins_with_count(body: list[Any]) -> bool:
    """Return whether a number, or an object of nothing but counts, stands before objects."""
    first, second = body[0], body[1]
    if not isinstance(second, Mapping):
        return False
    if isinstance(first, Mapping):
        return _counts_rows(first, second)
    is_number = isinstance(first, int) and not isinstance(first, bool)
    return is_number and first >= len(body) - 1 and _holds_objects(body[1:])


def _counts_rows(node: Any, row: Mapping[str, Any]) -> bool:
    """Return whether an object holds nothing but counts and positions, and none that a row has."""
    if not isinstance(node, Mapping) or not node or not node.keys().isdisjoint(row):
        return False
    return all(map(vocabulary.is_pagination_metadata, map(normalize_name, node)))


def _holds_page(part: Any) -> bool:
    """Return whether a part is an object with a list in it."""
    return isinstance(part, Mapping) and bool(nodes.find_lists(part, nodes.BESIDE_ROWS))


def _holds_objects(part: list[Any]) -> bool:
    return bool(part) and all(isinstance(each, Mapping) for each in part)


def _is_head(part: Any) -> bool:
    """Return whether a part is a code and two times, the head of an answer of Groonga."""
    if not isinstance(part, list) or len(part) < 3:
        return False
    return isinstance(part[0], int) and all(isinstance(each, float) for each in part[1:3])


def _holds_rows(part: Any) -> bool:
    """Return whether a part is a list of nothing but lists or objects."""
    return (
        isinstance(part, list) and bool(part) and all(isinstance(v, (list, Mapping)) for v in part)
    )


def _measure_depth(value: Any, deepest: int = 4) -> int:
    """Return how many lists stand in each other, with an object as one more; up to a few."""
    if isinstance(value, Mapping):
        return 1
    if not isinstance(value, list):
        return 0
    if deepest <= 1:
        return 1
    return 1 + max((_measure_depth(each, deepest - 1) for each in value[:20]), default=0)


def _is_failure(part: list[Any]) -> bool:
    """Return whether a list is a negative code and what failed, as in an error of Groonga."""
    code = part[0] if part else None
    is_code = isinstance(code, int) and code < 0
    texts = [each for each in part if isinstance(each, str)]
    is_flat = not any(isinstance(each, (list, Mapping)) for each in part)
    return is_code and is_flat and any(map(outcomes.speaks_of_failure, texts))
