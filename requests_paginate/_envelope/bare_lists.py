"""Refuse a bare list that is no list of rows: an envelope around them, written as a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import members, nodes, outcomes, vocabulary
from requests_paginate._envelope.vocabulary import IDENTITIES, normalize_name
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import MalformedPage, UnknownPagination

_MOST_PARTS = 5  # of an envelope; rows are more
_DEPTH = 3  # Kea: [{"result": 0, "arguments": {"leases": [...], "has_more": true}}]


def refuse_envelope(body: list[Any]) -> None:
    """Raise if a bare list is an envelope around rows, in one object or in parts of its own.

    Raises:
        MalformedPage: It reports a failure.
        UnknownPagination: The rows are deeper down.
    """
    if len(body) == 1 and isinstance(body[0], Mapping):
        _refuse_object(body[0])
    elif len(body) <= _MOST_PARTS and _has_parts(body):
        raise UnknownPagination(
            f"a list of {len(body)} parts, of which some hold lists of rows and others none, is "
            "rather an envelope than rows; pass items= to say where they are, as in items='1', or "
            "items='' if the parts are rows"
        )
    elif len(body) == 1 and isinstance(body[0], list) and _is_failure(body[0]):
        raise UnknownPagination(
            "the only row is a list of a negative number and of words of failure, which is rather "
            "an error; pass items='' if it is a row"
        )


def _refuse_object(node: Mapping[str, Any]) -> None:
    """Raise if the only element is an envelope; one with an identity is a row."""
    plain = {normalize_name(name): value for name, value in node.items()}
    if not IDENTITIES.isdisjoint(plain):
        return
    if all(map(outcomes.is_outcome, plain)) and (failure := outcomes.find_failure(node)):
        raise MalformedPage(f"the body reports an error instead of rows, at {failure}")
    # A row has texts and numbers of its own; an envelope, but for its outcome, only metadata.
    own = [v for n, v in plain.items() if not outcomes.is_outcome(n)]
    scalars = [n for n, v in plain.items() if v is None or not isinstance(v, (Mapping, list))]
    is_bare = all(outcomes.is_outcome(n) or members.is_about(n, None) for n in scalars)
    for level in nodes.walk_levels(node, _DEPTH):
        for prefix, inner in level:
            lists = nodes.find_lists(inner, nodes.BESIDE_ROWS)
            rows = [n for n in lists if inner[n] and isinstance(inner[n][0], Mapping)]
            if len(rows) == 1 and (_leads_on(inner) or (own and is_bare and _tells(plain, inner))):
                path = redact_text(f"0.{prefix}{rows[0]}")
                raise UnknownPagination(
                    "the only element of the list is rather an envelope around the rows of "
                    f"{path!r} than a row; pass items={path!r}, or items='' if it is a row"
                )


def _leads_on(node: Mapping[str, Any]) -> bool:
    """Return whether a link, a token or a flag that is true stands beside a list."""
    return members.has_continuation(node)


def _tells(plain: Mapping[str, Any], inner: Mapping[str, Any]) -> bool:
    """Return whether an outcome stands in an envelope, or pagination beside its list."""
    has_outcome = any(
        outcomes.is_outcome(name) and value is not None for name, value in plain.items()
    )
    names = map(normalize_name, inner)
    return has_outcome or any(map(vocabulary.is_pagination_metadata, names))


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
