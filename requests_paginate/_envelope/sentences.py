"""Sentences for people: whether one tells of a failure, or of a listing without rows."""

from __future__ import annotations

import re
from typing import Any

_LONGEST_SENTENCE = 1000
_NEGATION = re.compile(r"\b(?:no|none|without|zero|0)\b", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"\b(?:invalid|denied|exceeded|unauthori[sz]ed|forbidden|throttled|too many|rate limit"
    r"|internal (?:server )?error|unavailable|timed out|timeout)\b"
    r"|\bnot (?:authori[sz]ed|authenticated|allowed|permitted|logged in)\b"
    r"|\b(?:please|must|need to|have to) (?:authenticate|authori[sz]e)\b|\berror$"
    r"|\b(?:please|must|need to|have to) (?:log|sign)[ -]?in\b|\b(?:log|sign)[ -]?in required\b"
    r"|\bcredentials? (?:\w+ )?not (?:been )?(?:given|provided|recogni[sz]ed|supplied|valid)\b"
    r"|\brate[- ]limited\b|\b(?:calls?|requests?) per (?:second|minute|hour|day|month)\b"
    r"|\b(?:access|api|key|licen[cs]e|login|session|subscription|token)\b.*\b(?:expired|revoked)\b"
    r"|\b(?:limit|quota|credits?|allowance)\b.*\b(?:reached|exhausted|used up|hit)\b"
    r"|\b(?:do|does|have|has|without|lacks?|missing|insufficient|no)\b.*"
    r"\b(?:permissions?|privileges?)\b"
    r"|\b(?:missing|required) (?:\w+ )?"
    r"(?:parameter|field|header|argument|(?:api[ _-]?)?key|token)s?\b",
    re.IGNORECASE,
)
# A sentence that tells of a listing without rows, or that all went well.
_FINDING = re.compile(
    r"\b(?:success\w*|retrieved|fetched|loaded|listed|returned|processed|executed|completed?|done"
    r"|no(?! (?:access|api|auth\w*|credential\w*|key|login|permission\w*|session|token|user)\b)"
    r"|none|nothing|zero|0|empty|found)\b|^(?:ok|welcome)\b",
    re.IGNORECASE,
)


def tells_of_finding(text: str) -> bool:
    """Return whether a sentence tells of a listing without rows, or that all went well."""
    return _FINDING.search(text) is not None


def is_complaint(text: Any) -> bool:
    """Return whether a sentence tells of a failure that is no finding ("no invalid rows")."""
    if not isinstance(text, str) or len(text) > 200:
        return False
    found = _COMPLAINT.search(text)
    if found is None:
        return False
    return not any(map(_NEGATION.search, (text[: found.start()], text[found.end() :])))


def join_words(text: str) -> str:
    """Return a text in lower case without punctuation: `NOT_OK` and `not ok` become one word."""
    return re.sub(r"[\W_]+", "", text[:_LONGEST_SENTENCE].lower())
