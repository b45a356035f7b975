"""Refuse a bare list that is no list of rows: an envelope around them, written as a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import nodes, outcomes, vocabulary
from requests_paginate._envelope.answers import are_answers, refuse_answer, refuse_failed_answers
from requests_paginate._envelope.odd_ends import refuse_odd_end
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate.exceptions import UnknownPagination

_MOST_PARTS = 5  # of an envelope; rows are more


def refuse_envelope(body: list[Any]) -> None:
    """Raise if a bare list is an envelope around rows, in one object or in parts of its own.

    So are a few envelopes, each the answer to one call of a batch.

    Raises:
        MalformedPage: It reports a failure.
        UnknownPagination: The rows are deeper down.
    """
    if len(body) == 1 and isinstance(body[0], Mapping):
        refuse_answer(body[0])
    elif len(body) == 1 and isinstance(body[0], list) and _is_only_object(body[0]):
        refuse_answer(body[0][0], "0.0.")
    elif 1 < len(body) <= _MOST_PARTS and are_answers(body):
        refuse_failed_answers(body)
        for place, node in enumerate(body):
            refuse_answer(node, f"{place}.")
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
    elif len(body) > 1:
        refuse_odd_end(body)


def _is_only_object(part: list[Any]) -> bool:
    return len(part) == 1 and isinstance(part[0], Mapping)


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
