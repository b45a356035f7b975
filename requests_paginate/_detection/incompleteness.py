"""Find where a page says that rows are missing: it was cut, timed out, or failed in part.

Such a sign stands beside the rows or around them, never in them. It is no error: the rows that came
are right, and often nothing more can be had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from requests_paginate._detection import unfinished, words_of_loss
from requests_paginate._envelope import outcomes, vocabulary
from requests_paginate._envelope.places import list_objects
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._failures import FAILURES
from requests_paginate._paths import is_count, read_path

_MOST_NAMES = 100  # of an object; one with more is keyed by data, and no envelope

_ROWS = r"(?:rows?|results?|records?|items?|hits|matches|data|entries|response|query|search)"
_LIMITED = r"(?:" + _ROWS + r"|count|max(?:imum)?|memory|scan|size|time|total)+"
# GitHub `incomplete_results`, Solr `partialResults`, Drive `incompleteSearch`, InfluxDB `partial`,
# Elasticsearch `timed_out`: true means that rows are missing.
_TRUE_IS_PARTIAL = (
    r"(?:(?:is|are|was|were|has|have|contains|some|search|query|results?|rows?|data|list)*"
    r"(?:incomplete|partial)"
    r"(?:content|data|failures?|hits|items|list|page|query|records|response|results?|rows|search|success)?)"
    r"|(?:has|is|was|query|request|search)?timedout|terminatedearly"
    r"|(?:has|had|contains|with)(?:any|some|partial|query)*(?:errors?|failures?)"
    r"|(?:has|is|are|contains|some)*missing" + _ROWS + r"|" + _ROWS + r"(?:is|are)?missing"
    r"|(?:is|are|was|were)?" + _ROWS + r"*sampled" + _ROWS + r"?|toomany" + _ROWS + r"(?:found)?"
    r"|(?:is|has)?" + _LIMITED + r"limit(?:is|was)?(?:exceeded|hit)"
    r"|(?:is|are|was|were|list|page|"
    + _ROWS
    + r")*(?:capped|clipped|cutoff|overflow(?:ed)?|degraded|interrupted)"
    r"|limithit|max(?:imum)?" + _ROWS + r"exceeded|" + _ROWS + r"(?:is|are)?incomplete"
)
# `allShardsSucceeded: false`, `resultsComplete: false`, Algolia `exhaustiveNbHits: false`
_FALSE_IS_PARTIAL = (
    r"(?:is|are|all|the)*(?:data|items|list|query|records|response|results?|rows|search)"
    r"(?:is|are)?(?:complete|completed|exhaustive)"
    r"|(?:is|has|are)?(?:complete|exhaustive)(?:nb)?"
    + _ROWS
    + r"|(?:is)?full(?:list|page|set|"
    + _ROWS
    + ")"
)
_PART = r"(?:shard|partition|node|source|backend|cluster|region|slice|tablet|replica)"
_PARTS = r"_?" + _PART + r"s"
_NUMBER = r"(?:num(?:ber)?(?:of)?)?"
_LOST = r"(?:failed|failing|missing|unavailable|unreachable|timedout)"
_FAILED = _NUMBER + r"(?:failed|failures?|unavailable|unreachable|timedout)(?:count)?"
# `failed_shards: 2`, `shardFailures: [...]`, Google's `unreachable: ["locations/-"]` (AIP-217)
_FAILED_PARTS = (
    _NUMBER + _LOST + _PART + r"s?(?:count)?|unreachable(?:locations|zones)?"
    r"|" + _NUMBER + r"(?:(?:omitted|dropped)" + _ROWS + "|" + _ROWS + r"(?:omitted|dropped))"
    r"|" + _NUMBER + _PART + r"s?(?:failed|failures?|errors?|unavailable|unreachable)(?:count)?"
)
_ERRORS = (
    r"(?:all|failure|graphql|partial|fetch|query|request|response|result)*"
    r"(?:errors?|failures?|faults?|exceptions?)(?:details?|info|list|messages?|s)?"
)
_WARNINGS = r"(?:query|response|result|search)?warnings?"
# Sentences for people, which speak of the rows.
_SENTENCES = r"(?:status)?(?:message|msg|note|notice|info|information|remark)s?"
_SUCCESSES = r"(?:is|was)?(?:ok|success|successful|succeeded)"
# Words for an outcome: `"status": "partial"`, Notion's `request_status: {"type": "incomplete"}`.
_OUTCOMES = r".*(?:status|state|completeness|outcome)"
_OUTCOMES_INSIDE = frozenset("code kind type value".split())
_PARTIAL_WORDS = (
    r"incomplete|truncated|partial(?:ly)?(?:_(?:completed?|content|data|failure|response|results?"
    r"|success|succeeded))?"
)
_REQUEST_STATUSES = (
    r"(?:api|query|request|response|result|search)?(?:status|stat|outcome|ack)(?:text)?"
)
_STATUS_CODES = r"code|status|(?:http|response|resp|error|status)code|httpstatus(?:code)?"
_STATES = r"(?:query|request|response|search)(?:statistics|stats)|statistics|stats|extensions"
# In this order a name is of the first kind that it matches.
_KINDS = {
    "failed": _FAILED_PARTS,
    "errors": _ERRORS,
    "warning": _WARNINGS,
    "sentence": _SENTENCES,
    "success": _SUCCESSES,
    "status": _REQUEST_STATUSES,
    "code": _STATUS_CODES,
    "outcome": _OUTCOMES,
    "partial": _TRUE_IS_PARTIAL,
    "whole": _FALSE_IS_PARTIAL,
    **unfinished.KINDS,
}
_FLAGS = {"true": True, "false": False, "1": True, "0": False, "omitted": True}


class Sign(NamedTuple):
    """What says that rows are missing: where, of which kind (`errors` are one), and its value."""

    path: str
    kind: str
    value: Any


def may_hold_signs(body: dict[Any, Any]) -> bool:
    """Return whether a body may say that rows are missing, or report errors; a quick answer."""
    signs, objects = _select_names(tuple(body))
    if signs:
        return True
    for name in objects:  # noqa: SIM110 - on every page, and a generator takes longer
        if isinstance(body[name], dict):
            return True
    return False


def find_signs_of_incompleteness(
    body: Any, place: str | None, rows: Sequence[Any] = ()
) -> list[Sign]:
    """Return what says that rows are missing from a page, outermost first.

    Args:
        body: The decoded body.
        place: The path of the rows: its objects are searched, and those beside it. None: nobody
            knows, so all objects are searched that are no rows.
        rows: The rows.
    """
    found = _find_in_node("", body)
    if place is None:
        for path in list_objects(body, rows):
            found += _find_in_node(f"{path}.", read_path(body, path)) if path else []
        return list({sign.path: sign for sign in found}.values())
    if not found and "." not in place:
        return found
    for path in _list_ancestors(place):
        found += _find_in_node(f"{path}.", read_path(body, path))
    signs = {sign.path: sign for sign in found if not f"{place}.".startswith(f"{sign.path}.")}
    return list(signs.values())


def find_signs_in_headers(headers: Mapping[str, str]) -> list[str]:
    """Return the headers that say that rows are missing, or that they are not all there yet.

    `X-Partial: true`, a provider's name before it or not; `Warning: 199 - "partial results"` (RFC
    7234 section 5.5); Retry-After, which means nothing else in a 200.
    """
    return [name for name, value in headers.items() if _tells_loss_in_header(name.lower(), value)]


def _tells_loss_in_header(name: str, value: str) -> bool:
    if name == "warning":
        return _tells_loss_alone("warning", value)
    if name == "retry-after":
        return value.strip() not in ("", "0")
    if not name.startswith("x-"):
        return False
    pieces = name.split("-")[1:]
    kinds = {_choose_kind("".join(pieces[at:]), "") for at in range(len(pieces))}
    return any(_tells_loss_alone(kind, value) for kind in kinds & {"partial", "whole"})


def _find_in_node(prefix: str, node: Any, within: str = "", depth: int = 2) -> list[Sign]:
    """Return the signs in an object around the rows, and in what stands beside them there.

    Solr has `partialResults` in `responseHeader`, and a gateway that in its own `meta`.
    """
    if type(node) is not dict and not isinstance(node, Mapping):
        return []
    signs, objects = _select_names(tuple(node), within)
    found = [
        Sign(f"{prefix}{name}", kind, node[name])
        for name, kind in signs
        if _tells_loss(kind, node[name], node)
    ]
    for name in objects if depth else ():
        if isinstance(node[name], Mapping):
            found += _find_in_node(f"{prefix}{name}.", node[name], name, depth - 1)
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
    if within and re.fullmatch(_PARTS, within):
        if re.fullmatch(_FAILED, name):
            return "failed"
        if name in ("successful", "succeeded", "ok"):
            return "clusters" if "cluster" in within else "parts"
    is_outcome = name in _OUTCOMES_INSIDE and re.fullmatch(_OUTCOMES, within)
    if is_outcome:
        return "outcome"
    if name in FAILURES:
        return "errors"
    return next((kind for kind, pattern in _KINDS.items() if re.fullmatch(pattern, name)), "")


def _may_hold_signs(name: str) -> bool:
    if vocabulary.is_container(name):
        return True
    return any(re.fullmatch(pattern, name) for pattern in (_OUTCOMES, _PARTS, _STATES))


def _tells_loss(kind: str, value: Any, node: Mapping[Any, Any]) -> bool:
    """Return whether a value of a kind of sign, in an object, says that rows are missing."""
    if kind in ("status", "outcome", "state"):
        is_of_work = unfinished.tells_of_work("state", value, node)
        return is_of_work or (kind != "state" and _tells_bad_outcome(kind, value, node))
    if kind in unfinished.KINDS:
        return unfinished.tells_of_work(kind, value, node)
    if kind in ("parts", "clusters"):
        return _has_lost_parts(kind, value, node)
    if kind == "code":
        return _tells_bad_outcome(kind, value, node)
    return _tells_loss_alone(kind, value)


def _tells_loss_alone(kind: str, value: Any) -> bool:
    """Return whether a value says so, whatever stands beside it."""
    if kind == "errors":
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return not is_number and outcomes.find_error({"errors": value}) is not None
    if kind == "failed":
        return bool(value) and value != "0"
    if kind in words_of_loss.KINDS:
        return words_of_loss.tell_of_loss(kind, value)
    if kind == "success":
        return str(value).lower() == "false"
    flag = _FLAGS.get(str(value).lower())
    return flag is (kind == "partial")


def _has_lost_parts(kind: str, successes: Any, node: Mapping[Any, Any]) -> bool:
    """Return whether fewer parts succeeded than there are; a shard may be skipped, having no hit.

    A cluster that is skipped is one that could not be asked
    (https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-cross-cluster-search.html).
    """
    counts = {normalize_name(name): value for name, value in node.items() if is_count(value)}
    skipped = int(counts.get("skipped", 0)) if kind == "parts" else 0
    return is_count(successes) and int(successes) + skipped < int(counts.get("total", 0))


def _tells_bad_outcome(kind: str, value: Any, node: Mapping[Any, Any]) -> bool:
    """Return whether a word or a code says that rows are missing, or that the request failed.

    The status of a failed payment is data.
    """
    text = value.strip()[:60] if isinstance(value, str) else ""
    if re.fullmatch(_PARTIAL_WORDS, re.sub(r"\W+", "_", text.lower())):
        return True
    if kind == "outcome" or any(normalize_name(name) in vocabulary.IDENTITIES for name in node):
        return False
    if re.fullmatch(r"[45]\d\d", text or str(value), re.ASCII):
        return True
    return kind == "status" and not outcomes.is_good(text) and outcomes.speaks_of_failure(text)
