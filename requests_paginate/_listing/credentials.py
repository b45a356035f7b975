"""What is a credential in what is sent, by its name.

`_redaction.is_secret_name` is for what is shown: a name too many hides a value that nobody misses.
Here a name too many forbids a filter, so only names that say it count: `max_tokens`, `sort_key` and
`page_token` may be sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

__all__ = ["find_credential", "is_credential_name"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # of camelCase
_OWNER = (
    "access|api|app|application|auth|bearer|client|consumer|csrf|encryption|functions|id|jwt"
    "|license|master|my|oauth|partner|pass|personal|private|refresh|secret|security|service"
    "|session|shared|signing|subscription|user|write|x|xsrf"
)
_CREDENTIAL = re.compile(
    r"(?:.*[^a-z])?(?:"
    rf"(?:{_OWNER})[^a-z]?(?:key|token|secret|pass)"
    r"|\w*passw(?:or)?d|pwd|passphrase|passcode|secret|signature|hmac|jwt|bearer|assertion"
    r"|auth|authorization|authentication|credentials?|cookies?|session[^a-z]?id"
    r")"
)
# so short that they have another meaning inside of a body: `{"key": "status"}`
_AT_THE_TOP = re.compile(r"key|token|sig")
_USER_OF_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s\"<>]*@", re.IGNORECASE)


def is_credential_name(name: str, *, is_inside: bool = False) -> bool:
    """Return whether a parameter, header or field, perhaps inside of a body, is a credential."""
    words = _HUMP.sub("_", name).lower()
    is_short = not is_inside and _AT_THE_TOP.fullmatch(words) is not None
    return is_short or _CREDENTIAL.fullmatch(words) is not None


def find_credential(value: Any) -> str | None:
    """Return what in a value that is sent is a credential, in words; None for nothing.

    A text may be a form, or JSON.
    """
    return next(_find_all(_read_text(value), is_inside=False), None)


def _find_all(value: Any, *, is_inside: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
            if is_credential_name(text, is_inside=is_inside):
                yield repr(text)
            yield from _find_all(inner, is_inside=True)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _find_all(inner, is_inside=True)
    elif isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        if _USER_OF_URL.match(text):
            yield "the user in a URL"


def _read_text(value: Any) -> Any:
    """Return what a text is, where it is a body or a URL with a query."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        before, mark, query = text.partition("?")
        # by name, as parameters are: `?key=` is one, too
        return {**dict(parse_qsl(query if mark else text, keep_blank_values=True)), "": before}
