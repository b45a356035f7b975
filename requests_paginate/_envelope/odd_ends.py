"""Find the odd one out: a first or last element of a list that is no row, but tells of the rows.

Some servers append to a list what did not fit elsewhere: a failure in the middle of streaming, a
token, a count, an end marker. It shares no name with the rows, and all its names are such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from requests_paginate._envelope import members, nodes, outcomes, vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._failures import ERRORS, FAILURES, read_words
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import MalformedPage, UnknownPagination

_MOST_NAMES = 12  # of an element that tells of the rows; a row may have more
_JSON_TYPES = {dict, list, str, int, float, bool, type(None)}
_MOST_NULLS = 6  # names of an element that may hold null instead of what others have
# What says which kind of element this is, and the kinds that are no rows.
_TAGS = frozenset("type kind event object tag recordtype objecttype".split())
_KINDS_ASIDE = re.compile(
    r"(?:\w*(?:error|exception|failure)|(?:next)?(?:cursor|page|pagination|paging|token)"
    r"|(?:page|paging|cursor)?(?:info|meta|metadata|summary|state)|end(?:ofstream|of\w+)?|eof"
    r"|trailer|footer|continuation|checkpoint|stats|statistics|truncated|truncation)"
)
# Rows are missing, in the words of a flag.
_LOSS = (
    r"(?:is|was|has|are|results?|rows?|response|data|query|list)*"
    r"(?:truncated|partial|incomplete|timedout|limited|capped)"
)
# What may be a thing's own text or number, and so is nothing alone.
_OF_THINGS = frozenset(
    """text detail details result code number current first max num per rows size length display
    p""".split()
)
# What stands beside an outcome.
_BESIDE = frozenset({"warning", "warnings", "responsetime", "elapsed", "took"})
_COUNTING = vocabulary.POSITIONS | vocabulary.SIZES | {
    *vocabulary.TOKENS, *vocabulary.WEAK_TOKENS, *vocabulary.NUMBERS, *vocabulary.TOTAL_PAGES,
}  # fmt: skip


def refuse_odd_end(rows: Sequence[Any], known: Set[str] = frozenset(), *, index: int = 0) -> None:
    """Raise if the first or the last element of a page's rows tells of them, and is none.

    Args:
        rows: The elements of the list.
        known: The names in a row of an earlier page.
        index: The place of the page in the listing.

    Raises:
        MalformedPage: The element tells of a failure, or stands on a later page.
        UnknownPagination: It leads on, or counts rows, and nothing reads it.
    """
    odd = find_odd_end(rows, known)
    if odd is None:
        return
    place, element = odd
    if failure := find_words_of_failure(element):
        raise MalformedPage(f"the {place} element of the rows reports an error, at {failure}")
    holds = redact_text(nodes.describe_members(element)) if isinstance(element, Mapping) else ""
    what = f"an object of {holds}" if holds else _describe_plain(element)
    text = (
        f"the {place} element of the list, {what}, is no row like those beside it, and may say "
        "that more follow; pass items= with a callable that leaves it out, or items='' or the "
        "path of the list if it is a row"
    )
    raise MalformedPage(text) if index else UnknownPagination(text)


def check_ends(
    rows: Sequence[Any], known: Set[str], *, index: int, are_named: bool
) -> tuple[str, ...]:
    """Refuse an end of a page that is no row; return it as a doubt if the caller named the rows.

    Then only a failure is one.
    """
    if len(rows) > 1 and _are_alike(rows[0], rows[-1], known):
        return ()  # nearly always
    if not are_named:
        refuse_odd_end(rows, known, index=index)
        return ()
    odd = find_odd_end(rows, known)
    failure = None if odd is None else find_words_of_failure(odd[1])
    text = f"the rows hold an element that is none, and reports an error at {failure}"
    return () if failure is None else (text,)


def list_names(rows: Sequence[Any]) -> frozenset[str]:
    """Return the names in the first row of a page, by which rows of later pages are known."""
    ends = getattr(rows, "ends", None) or rows[:1]
    return frozenset(ends[0]) if ends and isinstance(ends[0], Mapping) else frozenset()


def find_odd_end(rows: Sequence[Any], known: Set[str] = frozenset()) -> tuple[str, Any] | None:
    """Return which end of a list is no row, and that element; None if both are rows."""
    count = len(rows)
    if not count:
        return None
    first, last = getattr(rows, "ends", None) or (rows[0], rows[-1])
    if count > 1 and _are_alike(first, last, known):
        return None
    kinds = {type(first), type(last)}
    if not kinds <= _JSON_TYPES:
        return None  # models of the caller
    if len(kinds) == 1 and dict not in kinds and (count > 1 or not known):
        return None
    if count > 1 or known:
        for place, element, beside in (("last", last, rows[-3:-1]), ("first", first, rows[1:3])):
            if _is_odd(element, beside, rows, known, is_first=place == "first"):
                return place, element
    return None


def find_words_of_failure(element: Any) -> str | None:
    """Return where an element without rows tells of a failure, and its words; None if nowhere."""
    if not isinstance(element, Mapping):
        return None
    if (failure := outcomes.find_failure(element)) is not None:
        return failure
    plain = {normalize_name(name): name for name in element}
    if outcomes.says_something(element) and all(map(outcomes.is_outcome, plain)):
        return f"{str(next(iter(element)))!r}: {read_words(element)}"
    return None


def _are_alike(first: Any, last: Any, known: Set[str]) -> bool:
    """Return whether two objects share a name, and none holds null instead of what others have."""
    if not (type(first) is dict and type(last) is dict) or first.keys().isdisjoint(last):
        return False
    if known and known.isdisjoint(first):
        return False
    if len(first) > _MOST_NULLS and len(last) > _MOST_NULLS:
        return True
    return not (None in last.values() or None in first.values())


def _is_odd(
    element: Any, beside: Sequence[Any], rows: Sequence[Any], known: Set[str], *, is_first: bool
) -> bool:
    """Return whether an end of a list is unlike what stands beside it, and tells of rows."""
    if not isinstance(element, Mapping):
        return _is_plain_among_objects(rows, known, is_first=is_first)
    names = _list_live_names(element)
    objects = [each for each in beside if isinstance(each, Mapping)]
    if not names or len(names) > _MOST_NAMES or not known.isdisjoint(names):
        return False
    if any(not names.isdisjoint(each) for each in objects):
        return False
    if len(objects) == 2 and objects[0].keys().isdisjoint(objects[1]):
        return False  # the rows have nothing in common, either
    # a pair of an object and something else, and rows of counts, are what they are
    is_clear = known or (any(not _tells_of_rows(o) for o in objects) if objects else beside[1:])
    return bool(is_clear) and _tells_of_rows(element)


def _is_plain_among_objects(rows: Sequence[Any], known: Set[str], *, is_first: bool) -> bool:
    """Return whether a text, a number, a list or null is alone among objects."""
    others = rows[1:] if is_first else rows[:-1]
    has_enough = len(others) > 1 or bool(known)
    return has_enough and all(isinstance(each, Mapping) for each in others)


def _list_live_names(node: Mapping[Any, Any]) -> set[Any]:
    """Return the names in an object that hold something; null may stand for what others have."""
    return {name for name, value in node.items() if value is not None}


def _tells_of_rows(node: Mapping[Any, Any]) -> bool:
    """Return whether an object tells of the rows beside it: it says so, or holds nothing else."""
    kinds = [value for name, value in node.items() if normalize_name(name) in _TAGS]
    texts = [normalize_name(kind) for kind in kinds if isinstance(kind, str)]
    return any(map(_KINDS_ASIDE.fullmatch, texts)) or has_only_signs(node)


def names_loss(plain: str) -> bool:
    """Return whether a flag of this name says that rows are missing."""
    return re.fullmatch(_LOSS, plain) is not None


def has_only_signs(node: Mapping[Any, Any], depth: int = 2) -> bool:
    """Return whether an object has only names of outcomes, continuations, counts and positions."""
    held = {normalize_name(name): value for name, value in node.items() if value is not None}
    if not held or _OF_THINGS.issuperset(held):
        return False
    return all(_is_aside(name, value, depth) for name, value in held.items())


def _is_aside(plain: str, value: Any, depth: int) -> bool:
    """Return whether a member tells of the rows beside it, or holds nothing but what does."""
    if isinstance(value, Mapping):
        if plain in ERRORS or (_names_aside(plain) and not value):
            return True
        return depth > 0 and members.is_wrapper(plain) and has_only_signs(value, depth - 1)
    if isinstance(value, list):
        return plain in FAILURES or plain in nodes.NEVER_ROWS or not value
    return _names_aside(plain)


@lru_cache(maxsize=4096)
def _names_aside(plain: str) -> bool:
    """Return whether a text, a number or a flag of this name tells of rows, and is of none."""
    if outcomes.is_outcome(plain) or plain in _BESIDE or plain in _COUNTING or plain in _TAGS:
        return True
    if vocabulary.is_pagination_metadata(plain) or vocabulary.is_flag(plain):
        return True
    is_known = re.fullmatch(vocabulary.FINISHED, plain) is not None or names_loss(plain)
    return is_known or vocabulary.is_suspicious_token(plain)


def _describe_plain(element: Any) -> str:
    names = {str: "a text", list: "a list", type(None): "null"}
    return names.get(type(element), "a number")
