"""The objects of a decoded body, level by level, and the lists in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from requests_paginate._envelope.outcomes import are_failures
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._failures import FAILURES
from requests_paginate._redaction import redact_text

_MOST_SHOWN, _LONGEST_NAME = 8, 200  # paths in a message, and characters of each

Level = list[tuple[str, Mapping[str, Any]]]  # objects, each with the prefix of the paths into it

# What rows are usually called, likeliest first.
ROWS_NAMES = (
    "results", "items", "data", "records", "value", "values", "entries", "content", "hits", "rows",
    "resources", "elements", "collection", "features", "nodes", "edges", "list", "objects",
    "children", "result", "docs", "entry", "member", "dados", "itens", "events",
)  # fmt: skip
_NEVER_ENTERED = frozenset({"link", "links", "errors", "warnings"})
# Lists that stand beside the rows: metadata, related resources, descriptions of columns.
NEVER_ROWS = _NEVER_ENTERED | FAILURES
BESIDE_ROWS = NEVER_ROWS | {
    "messages", "included", "facets", "aggregations", "schemas", "sort", "order", "fields",
    "breadcrumbs", "columns", "constraints", "primarygroups", "groupby", "defaultreminders",
    "modified", "removed",
}  # fmt: skip
# Objects that may hold the rows.
WRAPPERS = frozenset(
    {"data", "result", "response", "payload", "d", "embedded", "message", "hits", "list", "query",
     "queryresponse", "body", "results", "elements"}
)  # fmt: skip


def walk_levels(
    body: Mapping[str, Any], depth: int, enters: Callable[[str], bool] = bool
) -> Iterator[Level]:
    """Yield the objects of a body, breadth first."""
    level: Level = [("", body)]
    for _ in range(depth):
        yield level
        level = [
            (f"{prefix}{name}.", value)
            for prefix, node in level
            for name, value in node.items()
            if isinstance(value, Mapping)
            and normalize_name(name) not in _NEVER_ENTERED
            and enters(name)
        ]


def find_lists(node: Mapping[str, Any], beside: frozenset[str] = frozenset()) -> list[str]:
    """Return the names of the lists in an object, without those that stand beside rows."""
    found = [n for n, v in node.items() if isinstance(v, list) and normalize_name(n) not in beside]
    return [n for n in found if not are_failures(normalize_name(n), node[n])] if beside else found


def has_rows(body: Mapping[str, Any], depth: int) -> bool:
    """Return whether a list with rows stands on the first levels of an object, by any name."""
    levels = walk_levels(body, depth)
    return any(
        node[n] for level in levels for _, node in level for n in find_lists(node, BESIDE_ROWS)
    )


def describe_members(body: Mapping[str, Any]) -> str:
    """Return the names in an object, for messages."""
    return (
        redact_text(", ".join(repr(name)[:_LONGEST_NAME] for name in list(body)[:12])) or "nothing"
    )


def describe_paths(paths: Sequence[str]) -> str:
    """Return the first of several paths, for messages, and how many more there are."""
    shown = ", ".join(path[:_LONGEST_NAME] for path in paths[:_MOST_SHOWN])
    more = len(paths) - _MOST_SHOWN
    return redact_text(shown) + (f" and {more} more" if more > 0 else "")
