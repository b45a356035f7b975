"""Find where in a body the rows stand that a callable took: by identity, not by what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from requests_paginate._paths import read_path

_MOST_NODES = 2000  # objects and lists that are looked at
_DEEPEST = 8


def find_place(body: Any, rows: Sequence[Any]) -> str | None:
    """Return the path of the list that rows were taken from, or None.

    It is the very list, else the one that has the first row among its elements, or in one of them:
    the `node` of an edge.
    """
    lists = [(path, node) for path, node in _walk(body) if isinstance(node, list)]
    same = (path for path, node in lists if node is rows)
    # a path cannot lead through every name: one with a dot may mean another place
    found = next(same, None)
    if found is None and len(rows) and isinstance(rows[0], (Mapping, list)):
        found = next((path for path, node in lists if _holds(node, rows[0])), None)
    if found is None:
        return None
    return found if isinstance(read_path(body, found), list) else None


def list_objects(body: Any, rows: Sequence[Any]) -> list[str]:
    """Return the paths of the objects in a body that are no row and in no list."""
    own = {id(row) for row in rows}
    return [path for path, node in _walk(body) if isinstance(node, Mapping) and id(node) not in own]


def _walk(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield objects and lists with their paths, outermost first; of a list none inside."""
    level = [("", body)]
    left = _MOST_NODES
    for _ in range(_DEEPEST):
        deeper: list[tuple[str, Any]] = []
        for path, node in level[:left]:
            yield path, node
            if isinstance(node, Mapping):
                prefix = f"{path}." if path else ""
                deeper += [
                    (f"{prefix}{name}", value)
                    for name, value in node.items()
                    if isinstance(value, (Mapping, list))
                ]
        left -= len(level)
        level = deeper
        if left <= 0:
            return


def _holds(values: list[Any], row: Any) -> bool:
    """Return whether a row is an element of a list, or a member of one."""
    return any(
        value is row or (isinstance(value, Mapping) and any(each is row for each in value.values()))
        for value in values
    )
