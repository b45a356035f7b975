"""What may be a credential in what is sent, by its name.

`_redaction.is_secret_name` is for what is shown: a name too many hides a value that nobody misses.
Here a name too many forbids a parameter, so whole words count: `author` is no `auth`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from requests_paginate._envelope.vocabulary import POSITIONS, normalize_name
from requests_paginate._redaction import redact_userinfo

__all__ = ["find_credential", "is_credential_name"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # of camelCase
_PLACE = re.compile(r"(?:continuation|cursor|delta|next|page|resume|scroll|skip|sync)[^a-z]?token")
_CREDENTIAL = re.compile(
    r"(?<![a-z])(?:tokens?|secrets?|passw[a-z]*|passphrase|passcode|pass|pwd|pin|otp|hmac|jwt|sig"
    r"|signature|auth|authorization|authentication|credentials?|bearer|assertion|cookies?"
    r"|session(?:_?id)?)(?![a-z])"
    r"|(?:access|api|app|auth|client|consumer|csrf|id|refresh|security|session|user)"
    r"[^a-z]?(?:token|secret)(?![a-z])"
    r"|(?:access|account|api|app|auth|client|consumer|encryption|license|master|private|secret"
    r"|service|shared|signing|subscription)[^a-z]?key(?![a-z])"
    r"|^key$"
)


def is_credential_name(name: str) -> bool:
    """Return whether a parameter, header or field of this name may be a credential."""
    words = _HUMP.sub("_", name).lower()
    if normalize_name(name) in POSITIONS or _PLACE.fullmatch(words):
        return False
    return _CREDENTIAL.search(words) is not None


def find_credential(value: Any) -> str | None:
    """Return what in a value that is sent may be a credential, in words; None for nothing.

    Its value is not shown.
    """
    return next(_find_all(value), None)


def _find_all(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
            if is_credential_name(text):
                yield repr(text)
            yield from _find_all(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _find_all(inner)
    elif isinstance(value, str):
        if redact_userinfo(value) != value:
            yield "the user in a URL"
        written = parse_qsl(value.partition("?")[2] or value)  # a query, or a form
        yield from (repr(name) for name, _ in written if is_credential_name(name))
