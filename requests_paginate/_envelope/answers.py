"""An element of a bare list that answers a call, as those of a batch do: an envelope, or a row.

tRPC, GraphQL in batches, JSON-RPC, SurrealDB and Kea answer with a list, whatever was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import members, nodes, odd_ends, outcomes, vocabulary
from requests_paginate._envelope.vocabulary import IDENTITIES, normalize_name
from requests_paginate._paths import is_count
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import MalformedPage, UnknownPagination

# What an answer to a call of a procedure repeats of the call, as those of Ext Direct do.
_OF_CALLS = frozenset("action callid correlationid method rpcid tid transactionid".split())
# Kea: [{"result": 0, "arguments": {"leases": [...], "has_more": true}}]; tRPC nests one level more.
_DEPTH = 4
_DURATION = re.compile(r"\d+(?:\.\d+)?\s?(?:ns|us|\xb5s|\u03bcs|ms|s)")
_TOKEN = re.compile(r".*(?:cursor|scroll|continu|resum|token).*")


def are_answers(body: list[Any]) -> bool:
    """Return whether all elements of a list answer calls, and one of them holds rows or failed."""
    if not all(isinstance(node, Mapping) for node in body):
        return False
    plain = [{normalize_name(name): value for name, value in node.items()} for node in body]
    if not all(map(_answers, plain)):
        return False
    held = [any(isinstance(v, (Mapping, list)) and v for v in each.values()) for each in plain]
    return any(held)


def _answers(plain: Mapping[str, Any]) -> bool:
    """Return whether an object has only what an answer has: an outcome, and a wrapper."""
    if not ("jsonrpc" in plain or IDENTITIES.isdisjoint(plain)) or not plain:
        return False
    inner = [name for name, value in plain.items() if isinstance(value, (Mapping, list))]
    has_outcome = any(outcomes.is_outcome(name) and name not in inner for name in plain)
    wraps = all(name in nodes.WRAPPERS or name in nodes.NEVER_ROWS for name in inner)
    return _is_bare(plain) and (has_outcome or (bool(inner) and wraps))


def refuse_failed_answers(body: list[Any]) -> None:
    """Raise if one of several answers tells of a failure.

    Raises:
        MalformedPage: It does.
    """
    for place, node in enumerate(body):
        plain = {normalize_name(name): value for name, value in node.items()}
        if failure := _find_failure(node, plain):
            raise MalformedPage(
                f"element {place} of the list reports an error instead of rows, at {failure}"
            )


def _find_failure(node: Mapping[str, Any], plain: Mapping[str, Any]) -> str | None:
    """Return where an object with nothing but an outcome tells of a failure; None if nowhere."""
    told = {
        name: value
        for name, value in node.items()
        if not (normalize_name(name) == "time" and _DURATION.fullmatch(str(value)))
    }
    is_told = all(map(outcomes.is_outcome, map(normalize_name, told)))
    is_told = is_told or "jsonrpc" in plain or odd_ends.has_only_signs(told)
    return outcomes.find_failure(told) if is_told else None


def refuse_answer(node: Mapping[str, Any], at: str = "0.") -> None:
    """Raise if an element of a bare list is an envelope; one with an identity rarely is.

    Args:
        node: The element.
        at: The path that leads to it, with a point.

    Raises:
        MalformedPage: It reports a failure.
        UnknownPagination: The rows are deeper down, or there are none.
    """
    plain = {normalize_name(name): value for name, value in node.items()}
    is_row = not IDENTITIES.isdisjoint(plain) and "jsonrpc" not in plain
    if not is_row and (failure := _find_failure(node, plain)):
        raise MalformedPage(f"the body reports an error instead of rows, at {failure}")
    is_bare = _is_bare(plain)
    for level in nodes.walk_levels(node, _DEPTH):
        for prefix, inner in level:
            name = _find_rows(inner, is_bare=is_bare)
            is_wrapped = name is not None and not is_row and _is_wrapped(node, f"{prefix}{name}")
            if name is None or not (
                is_wrapped or _is_envelope(plain, inner, name, is_row=is_row, is_bare=is_bare)
            ):
                continue
            path = redact_text(f"{at}{prefix}{name}")
            raise UnknownPagination(
                "an element of the list is rather an envelope around the rows of "
                f"{path!r} than a row; pass items={path!r}, or items='' if it is a row"
            )
    if not is_row and _tells_of_nothing(plain):
        raise UnknownPagination(
            "an element of the list tells how the request went, and holds no rows; pass "
            "items= to say where they are on other pages, or items='' if it is a row"
        )


def _is_bare(plain: Mapping[str, Any]) -> bool:
    """Return whether no text or number of a row's own stands in an object, only metadata."""
    scalars = [n for n, v in plain.items() if v is None or not isinstance(v, (Mapping, list))]
    return all(
        name in _OF_CALLS
        or name in vocabulary.TOKENS
        or outcomes.is_outcome(name)
        or members.is_about(name, None)
        or odd_ends.names_loss(name)
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
    if is_call or _leads_on(inner) or _has_token_beside(inner, name):
        return True
    own = any(not outcomes.is_outcome(each) for each in plain)
    if not (own and is_bare):
        return False
    if inner[name] and isinstance(inner[name][0], Mapping):
        return _tells(plain, inner)
    if _counts_more(inner, len(inner[name])):
        return True
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
        vocabulary.is_pagination_metadata(name)
        or name in vocabulary.TOKENS
        or odd_ends.names_loss(name)
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


def _is_wrapped(node: Mapping[str, Any], path: str) -> bool:
    """Return whether objects without a value of their own stand around a list, the first a wrapper.

    Examples are `{"result": {"data": [...]}}` of tRPC and `{"data": {"users": {"nodes": [...]}}}`.
    """
    first, *further = path.split(".")
    if normalize_name(first) not in nodes.WRAPPERS:
        return False
    around: Any = node
    for name in (first, *further):
        plain = {normalize_name(each): value for each, value in around.items()}
        if not (IDENTITIES.isdisjoint(plain) or "jsonrpc" in plain) or not _is_bare(plain):
            return False
        around = around[name]
    return bool(further) or (bool(around) and isinstance(around[0], Mapping))


def _has_token_beside(inner: Mapping[str, Any], name: str) -> bool:
    """Return whether a token stands beside objects under a usual name."""
    rows = inner[name]
    is_usual = normalize_name(name) in nodes.ROWS_NAMES and rows and isinstance(rows[0], Mapping)
    return bool(is_usual) and any(
        isinstance(value, str) and value != "" and _TOKEN.fullmatch(normalize_name(each))
        for each, value in inner.items()
    )


def _counts_more(inner: Mapping[str, Any], rows: int) -> bool:
    """Return whether a number of more rows than are in a list stands beside it."""
    return rows > 0 and any(
        vocabulary.is_row_count(normalize_name(name)) and is_count(value) and int(value) > rows
        for name, value in inner.items()
    )
