"""Failures that a page tells by a name: `throttled: true`, `failureReason: "..."`, `AuthError`.

These are weak evidence, and count only where a page has no rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NOUNS = frozenset("error err errors failure failures fault exception denial".split())
# What is true of a request that failed; a text under such a name may be a time.
_ADJECTIVES = frozenset(
    """fail failed failing unauthorized unauthorised unauthenticated denied forbidden throttled
    throttling expired blocked rejected revoked invalid limited exceeded timeout timedout""".split()
)
# What may follow such a word: `failureReason`, `error_text`.
_FOLLOWING = frozenset(
    """cause code description detail details info information message messages msg object occurred
    reason string summary text type""".split()
)
# What a name that begins so tells is a wish, a number or a thing of the past.
_OTHERS = frozenset(
    """allow ban count hide if ignore include last max min no non not num number on previous retry
    show skip total warn when with without""".split()
)
# An adjective alone is often that of a thing, as in `expired_cards`, and so are these before it.
_OF_REQUESTS = frozenset(
    """access api auth authentication authorization call credentials has is key limit login open
    operation permission query quota rate request requests response result search session time
    timed token usage user was""".split()
)
# What names the type of an object, and the types of failures.
_TYPE_NAMES = frozenset("type typename kind object class odatatype recordtype".split())
_FAILURE_TYPE = re.compile(r"(?i:error|fault|exception)|(?:.*\w)?(?:Exception|Error|Fault)")
# A code of letters and digits, such as `A0401`; `S0000` is that of a success.
_CODE = re.compile(r"(?P<letters>[A-Za-z]{1,8})[-_]?(?P<digits>\d{3,})")
_LEVELS = ("level", "severity", "type")
_TIME = re.compile(r"\d{4}-\d\d")


def names_failure(name: Any, value: Any) -> bool:
    """Return whether a value that is true, or not empty, stands under a name of a failure."""
    if value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "y")):
        return _find_kind(str(name)) != ""
    is_told = bool(value) and isinstance(value, (str, Mapping)) and not _is_nothing(value)
    return is_told and _find_kind(str(name)) == "noun"


def is_failure_type(plain: str, value: Any) -> bool:
    """Return whether a value is the type of an object, and names a failure: `AuthError`."""
    if plain not in _TYPE_NAMES or not isinstance(value, str):
        return False
    # AWS: {"__type": "com.amazon.coral#ThrottlingException"}
    return _FAILURE_TYPE.fullmatch(re.split(r"[#/.:]", value)[-1].strip()) is not None


def is_failure_code(plain: str, value: Any) -> bool:
    """Return whether a code of letters and digits is none of success, as those with zeros are.

    A `code` alone may be that of a thing, unless it is written as `A0401` or `E17` is.
    """
    code = _CODE.fullmatch(value) if isinstance(value, str) else None
    if code is None or code["digits"].strip("0") == "":
        return False
    letters, digits = code["letters"].lower(), code["digits"]
    is_http = len(digits) == 3 and digits.startswith("2")
    is_clear = plain != "code" or digits.startswith("0") or letters in ("e", "err", "error", "f")
    return is_clear and not is_http and letters not in ("ok", "success", "succ")


def is_grave(message: Any) -> bool:
    """Return whether a message has the level of a failure."""
    levels = [message.get(n) for n in _LEVELS] if isinstance(message, Mapping) else ()
    return any(str(level).lower() in ("error", "fatal", "critical") for level in levels)


@lru_cache(maxsize=4096)
def _find_kind(name: str) -> str:
    """Return "noun" or "adjective" for a name of a failure, and "" for another.

    A text under a noun tells of a failure, as does one under `denied_reason`.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    holds_words = bool(words) and words[-1] in _FOLLOWING
    while len(words) > 1 and words[-1] in _FOLLOWING:
        del words[-1]
    if not words or words[0] in _OTHERS:
        return ""
    if words[-1] in _NOUNS:
        return "noun"
    if words[-1] == "out" and words[:-1] and words[-2] in ("time", "timed"):
        return "adjective"
    is_adjective = words[-1] in _ADJECTIVES and _OF_REQUESTS.issuperset(words[:-1])
    if not is_adjective:
        return ""
    return "noun" if holds_words else "adjective"


def _is_nothing(value: Any) -> bool:
    """Return whether a text or an object says nothing: a time, or empty values."""
    if isinstance(value, Mapping):
        return not any(value.values())
    return _TIME.match(value) is not None
