"""Find where a page says that rows are missing: it was cut, timed out, or failed in part.

Such a sign stands beside the rows or around them, never in them. It is no error: the rows that came
are right, and often nothing more can be had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def find_signs_of_incompleteness(body: Any, items: Any) -> list[str]:
    """Return the paths of what says that rows are missing from a page, outermost first.

    Args:
        body: The decoded body.
        items: The path of the rows, or a callable; its objects are searched, and those beside it.
    """
    nodes = [("", body)]
    if isinstance(items, str):
        nodes += [(f"{path}.", read_path(body, path)) for path in _list_ancestors(items)]
    found = [sign for prefix, node in nodes for sign in _find_in_node(prefix, node)]
    return list(dict.fromkeys(found)) if found else found


def _find_in_node(prefix: str, node: Any) -> Iterator[str]:
    """Yield the signs in an object around the rows, and in what stands beside them there."""
    if not isinstance(node, Mapping):
        return
    for name, sign in _select_signs(tuple(node)[:_MOST_NAMES]):
        if _tells_loss(sign, node[name]):
            yield f"{prefix}{name}"
    for name in _select_objects(tuple(node)[:_MOST_NAMES]):
        if isinstance(inner := node[name], Mapping):
            for part, sign in _select_signs(tuple(inner)[:_MOST_NAMES], within=name):
                if _tells_loss(sign, inner[part]):
                    yield f"{prefix}{name}.{part}"


@lru_cache(maxsize=1024)
def _list_ancestors(path: str) -> tuple[str, ...]:
    pieces = path.split(".")
    return tuple(".".join(pieces[:count]) for count in range(1, len(pieces)))


@lru_cache(maxsize=1024)  # the pages of a listing have the same names
def _select_signs(names: tuple[Any, ...], within: str = "") -> list[tuple[Any, str]]:
    """Return which names may be signs, each with the kind of sign; `within` names their object."""
    found = [(name, _choose_kind(normalize_name(name), normalize_name(within))) for name in names]
    return [(name, kind) for name, kind in found if kind]


def _choose_kind(name: str, within: str) -> str:
    if within and re.fullmatch(_PARTS, within) and re.fullmatch(_FAILED, name):
        return "failed"
    is_outcome = name in _OUTCOMES_INSIDE and re.fullmatch(_OUTCOMES, within)
    if is_outcome or re.fullmatch(_OUTCOMES, name):
        return "outcome"
    if re.fullmatch(_TRUE_IS_PARTIAL, name):
        return "partial"
    return "whole" if re.fullmatch(_FALSE_IS_PARTIAL, name) else ""


@lru_cache(maxsize=1024)
def _select_objects(names: tuple[Any, ...]) -> list[Any]:
    """Return the names of objects that may hold signs."""
    patterns = (_OUTCOMES, _PARTS)
    return [
        name
        for name, plain in zip(names, map(normalize_name, names), strict=True)
        if vocabulary.is_container(plain) or any(re.fullmatch(each, plain) for each in patterns)
    ]


def _tells_loss(kind: str, value: Any) -> bool:
    """Return whether a value of a kind of sign says that rows are missing."""
    if kind == "failed":
        return bool(value)
    if kind == "outcome":
        word = re.sub(r"\W+", "_", value.strip().lower()) if isinstance(value, str) else ""
        return word in _PARTIAL_WORDS
    flag = _FLAGS.get(str(value).lower())
    return flag is (kind == "partial")
