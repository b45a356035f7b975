"""Say whether a page tells of work that goes on: a query whose rows are not all there yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from requests_paginate._envelope import vocabulary
from requests_paginate._paths import is_count, normalize_name

_WORK = r"(?:job|query|search|task|request|operation|execution|export|report|scan|crawl)"
_GOING_ON = (
    r"(?:running|loading|processing|executing|computing|initiali[sz]ing|inprogress|warmingup)"
)
# Elasticsearch `is_running`, BigQuery `jobComplete`, `ready`, `retry_after`; a job's `done` is data
KINDS = {
    "running": rf"(?:is|are|still|{_WORK})*{_GOING_ON}",
    "ready": rf"(?:is|are|data|results?|rows)*ready"
    rf"|{_WORK}(?:is)?(?:completed?|done|finished|ready)",
    "wait": r"retry(?:after|in)(?:seconds|secs|ms)?",
    "state": r"(?:.*[a-z])?(?:status|state)(?:text)?",
}
_WORDS = (
    r"running|pending|queued|processing|in_?progress|started|accepted|initiali[sz]ing|warming_?up"
    r"|submitted|scheduled|executing|computing|loading|not_ready|not_finished"
)
# `request_id` is that of the work, and no resource's.
_IDENTITY = (
    rf"(?!{_WORK}|trace|correlation|scroll|session|response)"
    r".*(?:id|key|name|number|ref|reference|slug|title|uri|url)"
)


def tells_of_work(kind: str, value: Any, node: Mapping[Any, Any]) -> bool:
    """Return whether a value of one of these kinds, in an object, says that work goes on.

    The state of a resource, which has an identity or a name, is data.
    """
    if kind == "running":
        return str(value).lower() == "true"
    if kind == "ready":
        return str(value).lower() == "false"
    if kind == "wait":
        return is_count(value) and int(value) > 0
    if not isinstance(value, str) or not _is_unfinished(value):
        return False
    return not any(_is_identity(str(name), inner) for name, inner in node.items())


def _is_unfinished(word: str) -> bool:
    """Return whether a word for a state says that something goes on."""
    return re.fullmatch(_WORDS, re.sub(r"\W+", "_", word.strip().lower())) is not None


def _is_identity(name: str, value: Any) -> bool:
    """Return whether a name and its value identify what a state may be of."""
    plain = normalize_name(name)
    is_named = plain in vocabulary.IDENTITIES or re.fullmatch(_IDENTITY, plain) is not None
    return is_named and isinstance(value, (str, int)) and not isinstance(value, bool)
