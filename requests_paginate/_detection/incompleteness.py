"""Find where a page says that rows are missing: it was cut, timed out, or failed in part.

Such a sign stands beside the rows or around them, never in them. It is no error: the rows that came
are right, and often nothing more can be had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import read_path

_MOST_NAMES = 100  # of an object; one with more is keyed by data, and no envelope

# GitHub `incomplete_results`, Solr `partialResults`, Drive `incompleteSearch`, InfluxDB `partial`,
# Elasticsearch `timed_out`: true means that rows are missing.
_TRUE_IS_PARTIAL = (
    r"(?:(?:is|are|was|were|has|have|contains|some|search|query|results?|rows?|data|list)*"
    r"(?:incomplete|partial)"
    r"(?:data|failures?|hits|items|list|page|query|records|response|results?|rows|search|success)?)"
    r"|(?:has|is|was|query|request|search)?timedout|terminatedearly|timelimitexceeded"
)
# `allShardsSucceeded: false`, `resultsComplete: false`
_FALSE_IS_PARTIAL = (
    r"(?:is|are|all|the)*(?:data|items|list|query|records|response|results?|rows|search)"
    r"(?:is|are)?(?:complete|completed|exhaustive)"
)
_PARTS = r"_?(?:shards|partitions|nodes|sources|backends|clusters|regions|slices|tablets|replicas)"
_FAILED = r"(?:num(?:ber)?(?:of)?)?(?:failed|failures?|unavailable|unreachable|timedout)(?:count)?"
# Words for an outcome: `"status": "partial"`, Notion's `request_status: {"type": "incomplete"}`.
_OUTCOMES = r".*(?:status|state|completeness|outcome)"
_OUTCOMES_INSIDE = frozenset("code kind type value".split())
_PARTIAL_WORDS = frozenset(
    "incomplete partial partially_complete partial_results truncated".split()
)
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


@lru_cache(maxsize=1024)  # the pages of a listing have the same names
def may_hold_signs(names: tuple[Any, ...]) -> bool:
    """Return whether an object with these names may say that rows are missing, or report errors."""
    signs, objects = _select_names(names)
    return bool(signs or objects) or "errors" in names


def find_signs_of_incompleteness(body: Any, items: Any) -> list[str]:
    """Return the paths of what says that rows are missing from a page, outermost first.

    Args:
        body: The decoded body.
        items: The path of the rows, or a callable; its objects are searched, and those beside it.
    """
    found = _find_in_node("", body)
    for path in _list_ancestors(items) if isinstance(items, str) and "." in items else ():
        found += _find_in_node(f"{path}.", read_path(body, path))
    return list(dict.fromkeys(found)) if found else found


def _find_in_node(prefix: str, node: Any) -> list[str]:
    """Return the signs in an object around the rows, and in what stands beside them there."""
    if type(node) is not dict and not isinstance(node, Mapping):
        return []
    signs, objects = _select_names(tuple(node))
    found = [f"{prefix}{name}" for name, kind in signs if _tells_loss(kind, node[name])]
    for name in objects:
        inner = node[name]
        if isinstance(inner, Mapping):
            for part, kind in _select_names(tuple(inner), within=name)[0]:
                if _tells_loss(kind, inner[part]):
                    found.append(f"{prefix}{name}.{part}")
    return found


@lru_cache(maxsize=1024)
def _list_ancestors(path: str) -> tuple[str, ...]:
    pieces = path.split(".")
    return tuple(".".join(pieces[:count]) for count in range(1, len(pieces)))


@lru_cache(maxsize=1024)  # the pages of a listing have the same names
def _select_names(
    names: tuple[Any, ...], within: str = ""
) -> tuple[list[tuple[Any, str]], list[Any]]:
    """Return which names may be signs, each with its kind, and which may be objects that hold some.

    `within` names the object that has these names.
    """
    plain = [(name, normalize_name(name)) for name in names[:_MOST_NAMES]]
    kinds = [(name, _choose_kind(text, normalize_name(within))) for name, text in plain]
    signs = [(name, kind) for name, kind in kinds if kind]
    return signs, [name for name, text in plain if _may_hold_signs(text)]


def _choose_kind(name: str, within: str) -> str:
    if within and re.fullmatch(_PARTS, within) and re.fullmatch(_FAILED, name):
        return "failed"
    is_outcome = name in _OUTCOMES_INSIDE and re.fullmatch(_OUTCOMES, within)
    if is_outcome or re.fullmatch(_OUTCOMES, name):
        return "outcome"
    if re.fullmatch(_TRUE_IS_PARTIAL, name):
        return "partial"
    return "whole" if re.fullmatch(_FALSE_IS_PARTIAL, name) else ""


def _may_hold_signs(name: str) -> bool:
    if vocabulary.is_container(name):
        return True
    return any(re.fullmatch(pattern, name) for pattern in (_OUTCOMES, _PARTS))


def _tells_loss(kind: str, value: Any) -> bool:
    """Return whether a value of a kind of sign says that rows are missing."""
    if kind == "failed":
        return bool(value)
    if kind == "outcome":
        word = re.sub(r"\W+", "_", value.strip().lower()) if isinstance(value, str) else ""
        return word in _PARTIAL_WORDS
    flag = _FLAGS.get(str(value).lower())
    return flag is (kind == "partial")
