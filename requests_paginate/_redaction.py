"""What may be shown of a URL, or of a text that somebody else wrote.

Everything that a person or a log can read (error texts, reprs, log records, the terminal) passes
through it. A secret is known here by its name in a URL; `_transport.secrets` knows the values that
the caller gave to a session or to a call.
"""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus, unquote_plus

REDACTED = "REDACTED"
ACCOUNT = "account:"  # before the places of what names the caller's account

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
_QUOTED = re.compile(r"%[0-9A-F]{2}")
# How a URL or a cursor may hold a text, each by a letter.
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "t": str,
    "q": lambda text: quote(text, safe="", errors="surrogatepass"),
    "p": lambda text: quote(text, errors="surrogatepass"),
    "f": lambda text: quote_plus(text, errors="surrogatepass"),
    "l": lambda text: _write_small(quote(text, safe="", errors="surrogatepass")),
    "m": lambda text: _write_small(quote(text, errors="surrogatepass")),
    "x": lambda text: "".join(f"%{byte:02X}" for byte in _encode(text)),
    "y": lambda text: "".join(f"%{byte:02x}" for byte in _encode(text)),
    "b": lambda text: b64encode(_encode(text)).decode().rstrip("="),
    "u": lambda text: urlsafe_b64encode(_encode(text)).decode().rstrip("="),
}


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


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _write_small(quoted: str) -> str:
    return _QUOTED.sub(lambda match: match[0].lower(), quoted)
