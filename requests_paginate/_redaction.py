"""What may be shown of a URL, or of a text that somebody else wrote.

Everything that a person or a log can read (error texts, reprs, log records, the terminal) passes
through it. A secret is known here by its name in a URL; `_transport.secrets` knows the values that
the caller gave to a session or to a call.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

REDACTED = "REDACTED"

# Names are compared as parts of words: `api_key`, `X-Amz-Signature`, `client_secret`, `pageToken`.
# A value that is redacted needlessly is a nuisance. A secret that is shown can cost an account.
_WORDS = (
    r"key|token|secret|passw|passphrase|passcode|pwd|signature|auth|credential|session|jwt|bearer"
    r"|assertion|(?:^|[^a-z])(?:cookie|hmac|otp|pass|pin|sig)(?:$|[^a-z])"
)
_SECRET = re.compile(_WORDS, re.IGNORECASE)
_USERINFO = re.compile(r"(?<=//)[^/?#\s\"<>]*@")
# The text is read once, from left to right: a name in a body may be long.
_NAME = re.compile(r"""(?:^|[?&;#\s'"(])([^?&;=#\s'"<>()]*)=""")
# A value ends at `&`, `#` or a space. Quotes, brackets and `;` may be part of a secret.
_VALUE = re.compile(r"[^&#\s]+")
_PUNCTUATION = "'\")>],;:."  # after a URL in a text


def is_secret_name(name: str) -> bool:
    """Return whether the value of a parameter, field or header must not be shown."""
    return _SECRET.search(name) is not None


def redact_url(url: str) -> str:
    """Return a URL without userinfo, fragment and the values of secret-like query parameters."""
    return redact_text(url.partition("#")[0])


def redact_text(text: str) -> str:
    """Replace the userinfo and the secret-like query values of all URLs in a text."""
    text = redact_userinfo(text)
    kept, position = [], 0
    while (name := _NAME.search(text, position)) is not None:
        kept.append(text[position : name.end()])
        position = name.end()
        is_secret = is_secret_name(unquote_plus(name[1]))
        value = _VALUE.match(text, position) if is_secret else None
        if value is not None:
            kept.append(REDACTED)
            position += len(value[0].rstrip(_PUNCTUATION))
    return "".join([*kept, text[position:]])


def redact_userinfo(text: str) -> str:
    """Replace only the userinfo of all URLs in a text."""
    return _USERINFO.sub(f"{REDACTED}@", text)
