"""Say whether a warning or a sentence beside the rows tells that some are missing now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WARNS_OF_LOSS = (
    r"truncat|incomplete|unreachable|unavailable|timed[ _-]?out|partial (?:results?|data|response)"
    r"|results? (?:were|was|are|is|have been|has been) (?:limited|capped|cut|omitted|dropped)"
)
# Sentences for people, which speak of the rows.
_SPEAKS_OF_LOSS = (
    r"\b(?:too many|partial|incomplete) (?:data|hits|items|matches|records|results|rows)\b"
    r"|\b(?:displaying|listing|returning|showing) (?:only )?(?:the )?first \d"
    r"|\b(?:data|hits|items|records|results|rows) (?:\w+ ){0,2}(?:truncated|limited to|capped at)"
)
KINDS = {"warning": _WARNS_OF_LOSS, "sentence": _SPEAKS_OF_LOSS}
# Sentences about a later time, or about a part of each row.
_CELLS = r"(?:cell|column|description|field|label|name|string|text|title|url|value)s?"
_OF_OTHERS = (
    r"deprecat|obsolete|sunset|end[ -]of[ -]life|discontinued"
    r"|(?:will|going to) be(?:come)? (?:removed|retired|unavailable|unreachable)"
    r"|truncated? " + _CELLS + r"\b|\b" + _CELLS + r" (?:\w+ )?(?:is|are|was|were|been) truncated"
)


def tell_of_loss(kind: str, value: Any) -> bool:
    """Return whether a warning, or a list of them, or a message says that rows are missing."""
    may_hold = kind == "warning" and isinstance(value, (list, Mapping))
    texts = value[:20] if isinstance(value, list) else [value]
    return (may_hold or isinstance(value, str)) and any(_tells(kind, str(text)) for text in texts)


def _tells(kind: str, text: str) -> bool:
    return any(
        re.search(KINDS[kind], sentence, re.IGNORECASE) is not None
        and re.search(_OF_OTHERS, sentence, re.IGNORECASE) is None
        for sentence in re.split(r"[.!]\s", text[:2000])
    )
