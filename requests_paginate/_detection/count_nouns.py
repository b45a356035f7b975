"""What a number counts by its name: the rows, something that may be rows, or another thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

Counted = Enum("Counted", ["ROWS", "UNKNOWN", "OTHERS"])

# What stands around the noun: `total_orders`, `number_of_orders`, `orderCount`, `estimatedTotal`.
_COUNTING = re.compile(
    r"total|(?<!ac)(?<!dis)counts?|counter|number|num|of|nr|nb|nombre|found|match(?:ed|es|ing)?|available|overall"
    r"|all|full|sum|filtered|inline|exact|estimated|approx(?:imate)?|real|actual|max|anzahl|gesamt"
    r"|cantidad|quantidade|totaal|de|in|the|returned|x|odata|server|db"
)
# What rows are called if nobody names them.
_ROWS = re.compile(
    r"(?:rows?|items?|results?|records?|entr(?:y|ies)|docs?|documents?|objects?|elements?"
    r"|resources?|things?|lines?|nodes?|edges?|data|list(?:ings?)?|search|quer(?:y|ies)results?"
    r"|pages?|paginas|seiten|hitcount|set|collection)+"
)
# What no rows are, unless they are called so. Whatever may be listed as well is doubtful.
_OTHERS = re.compile(
    r".*(?:ms|millis\w*|micros|nanos|secs?|tokens?|words?|chars|characters|unread|unseen|unique"
    r"|views?|impressions?|clicks?|likes?|retries|attempts?|workers?|grand)|cache.*|unread.*"
)


def weigh_count(name: str, row_names: Iterable[str]) -> Counted:
    """Return what a number of a normalized name counts, beside rows that are called so."""
    noun = _find_noun(name)
    if not noun or _ROWS.fullmatch(noun) is not None:
        return Counted.ROWS
    plain, rows = _make_singular(noun), map(_make_singular, row_names)
    if any(min(len(row), len(plain)) > 2 and (row in plain or plain in row) for row in rows):
        return Counted.ROWS
    return Counted.OTHERS if _OTHERS.fullmatch(noun) is not None else Counted.UNKNOWN


@lru_cache(maxsize=4096)
def _find_noun(name: str) -> str:
    """Return what stands in a name between the words that only say that it is a number."""
    while (match := _COUNTING.match(name)) is not None:
        name = name[match.end() :]
    while words := [m for m in _COUNTING.finditer(name) if m.end() == len(name)]:
        name = name[: words[0].start()]
    return name


def _make_singular(noun: str) -> str:
    return re.sub("ies$", "y", noun).removesuffix("s")
