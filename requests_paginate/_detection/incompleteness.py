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


def find_signs_of_incompleteness(body: Any, items: Any) -> Iterator[str]:
    """Yield the paths of what says that rows are missing from a page.

    Args:
        body: The decoded body.
        items: The path of the rows, or a callable; its objects are searched, and those beside it.
    """
    nodes = [("", body)]
    if isinstance(items, str):
        nodes += [(f"{path}.", read_path(body, path)) for path in _list_ancestors(items)]
    for prefix, node in nodes:
        if not isinstance(node, Mapping):
            continue
        flags, objects = _select_names(tuple(node)[:_MOST_NAMES])
        for name in flags:
            if _is_sign(normalize_name(name), node[name]):
                yield f"{prefix}{name}"
        for name in objects:
            if isinstance(node[name], Mapping):
                yield from _find_in_container(f"{prefix}{name}", name, node[name])


@lru_cache(maxsize=1024)
def _list_ancestors(path: str) -> tuple[str, ...]:
    pieces = path.split(".")
    return tuple(".".join(pieces[:count]) for count in range(1, len(pieces)))


@lru_cache(maxsize=1024)  # the pages of a listing have the same names
def _select_names(names: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """Return the names that may be signs, and those of objects that may hold some."""
    plain = [(name, normalize_name(name)) for name in names]
    flags = [name for name, text in plain if _may_be_sign(text)]
    return flags, [name for name, text in plain if _may_hold_signs(text)]


def _may_be_sign(name: str) -> bool:
    patterns = (_TRUE_IS_PARTIAL, _FALSE_IS_PARTIAL, _OUTCOMES)
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def _may_hold_signs(name: str) -> bool:
    is_outcome = re.fullmatch(_OUTCOMES, name) is not None
    return is_outcome or vocabulary.is_container(name) or re.fullmatch(_PARTS, name) is not None


def _find_in_container(path: str, name: str, node: Mapping[Any, Any]) -> Iterator[str]:
    plain = normalize_name(name)
    are_parts = re.fullmatch(_PARTS, plain) is not None
    is_outcome = re.fullmatch(_OUTCOMES, plain) is not None
    for inner in list(node)[:_MOST_NAMES]:
        value, text = node[inner], normalize_name(inner)
        is_failed = are_parts and re.fullmatch(_FAILED, text) is not None and bool(value)
        if is_outcome and text in _OUTCOMES_INSIDE:
            text = plain
        if is_failed or _is_sign(text, value):
            yield f"{path}.{inner}"


def _is_sign(name: str, value: Any) -> bool:
    if isinstance(value, str):
        if re.fullmatch(_OUTCOMES, name):
            return re.sub(r"\W+", "_", value.strip().lower()) in _PARTIAL_WORDS
        value = _FLAGS.get(value.lower(), value)
    if re.fullmatch(_TRUE_IS_PARTIAL, name):
        return value is True or (isinstance(value, int) and value == 1)
    return value is False and re.fullmatch(_FALSE_IS_PARTIAL, name) is not None
