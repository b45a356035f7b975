"""What may be shown of a URL or of somebody else's error text.

Law of this room: a secret never leaves it. Everything that a person or a log can read (exception
texts, reprs, log records, the terminal) passes through `redacted_url` or `redacted_text`.
"""

from __future__ import annotations

import re

__all__ = [
    "REDACTED",
    "is_secret_name",
    "redacted_text",
    "redacted_url",
    "redacted_userinfo",
]

REDACTED = "REDACTED"

# Names are compared as parts of words: `api_key`, `X-Amz-Signature`, `client_secret`, `pageToken`.
# Too much redacted costs a reader a guess, too little costs an account.
_WORDS = (
    r"key|token|secret|passw|pwd|signature|\bsig\b|auth|credential|session|jwt|bearer|assertion"
)
_SECRET = re.compile(_WORDS, re.IGNORECASE)
_USERINFO = re.compile(r"(?<=//)[^/?#\s\"<>]*@")
# A value ends at `&`, `#` or a space: quotes, brackets and `;` may be part of a secret.
_SECRET_PAIR = re.compile(
    rf"""(?P<pair>(?:^|[?&;#\s'"(])[^?&;=#\s'"<>()]*(?:{_WORDS})[^?&;=#\s'"<>()]*=)(?P<value>[^&#\s]+)""",
    re.IGNORECASE,
)
_PUNCTUATION = "'\")>],;:."  # after a URL in a text


def is_secret_name(name: str) -> bool:
    """Whether a value under this name is to be kept out of sight.

    Args:
        name: A parameter, field or header name, in any case.
    """
    return _SECRET.search(name) is not None


def redacted_url(url: str) -> str:
    """The URL without userinfo, fragment and the values of secret-like query parameters."""
    return redacted_text(url.partition("#")[0])


def redacted_text(text: str) -> str:
    """Any text with the userinfo and secret-like query values of the URLs in it replaced."""
    return _SECRET_PAIR.sub(_redacted_pair, redacted_userinfo(text))


def redacted_userinfo(text: str) -> str:
    """Any text with only the userinfo of the URLs in it replaced."""
    return _USERINFO.sub(f"{REDACTED}@", text)


def _redacted_pair(pair: re.Match[str]) -> str:
    value = pair["value"]
    return f"{pair['pair']}{REDACTED}{value[len(value.rstrip(_PUNCTUATION)) :]}"
