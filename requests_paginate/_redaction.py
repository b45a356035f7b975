"""What may be shown of a URL, or of a text that somebody else wrote.

Everything that a person or a log can read (error texts, reprs, log records, the terminal) passes
through it. A secret is known here by its name in a URL; `_transport.secrets` knows the values that
the caller gave to a session or to a call.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from urllib.parse import quote, quote_plus, unquote_plus

REDACTED = "REDACTED"
ACCOUNT = "account:"  # before the places of what names the caller's account
BODY = "body:"  # before the places of what stands in a body that is no JSON

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
_LONG_URL = re.compile(r"(https?://\S{300})\S+")
_QUOTED = re.compile(r"%[0-9A-F]{2}")
_KEPT_IN_URLS = "!#$&'()*+,/:;=?@[]~"  # by requests, in a URL that nobody quoted
_LONGEST_SPELLED = 8192  # characters, as many as servers take in a header; a cursor may be longer
_SHORTEST_PART = 8  # characters in base 64; shorter ones are part of other texts by chance
MOST_SPELLED = 256  # secrets; more are a list of ids under such a name, and sought as they are
_Spell = Callable[[str], str]


def _quote(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="surrogatepass")


def _write_small(text: str, safe: str = "") -> str:
    return _QUOTED.sub(lambda match: match[0].lower(), _quote(text, safe))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _write_inside(code: Callable[[bytes], bytes], before: int, text: str) -> str:
    """Return what stands of a text in the base 64 of a longer one, which begins before it.

    It is empty if that is too short. Characters at its ends hold bits of other bytes.
    """
    bits = 8 * before, 8 * (before + len(_encode(text)))
    part = code(b"\0" * before + _encode(text)).decode()[-(-bits[0] // 6) : bits[1] // 6]
    return part if len(part) >= _SHORTEST_PART else ""


def _join(first: _Spell, second: _Spell) -> _Spell:
    return lambda text: second(first(text))


_QUOTING: Mapping[str, _Spell] = {
    "q": _quote,
    "p": partial(_quote, safe="/"),
    "f": lambda text: quote_plus(text, errors="surrogatepass"),
    "l": _write_small,
    "m": partial(_write_small, safe="/"),
    "z": partial(_quote, safe=_KEPT_IN_URLS),
}
_WRITING: Mapping[str, _Spell] = {
    "d": _join(_quote, _quote),
    "x": lambda text: "".join(f"%{byte:02X}" for byte in _encode(text)),
    "y": lambda text: "".join(f"%{byte:02x}" for byte in _encode(text)),
    "h": lambda text: _encode(text).hex(),
    "k": lambda text: _encode(text).hex().upper(),
    "b": lambda text: b64encode(_encode(text)).decode().rstrip("="),
    "u": lambda text: urlsafe_b64encode(_encode(text)).decode().rstrip("="),
    **{letter: partial(_write_inside, b64encode, n) for n, letter in enumerate("ace")},
    **{letter: partial(_write_inside, urlsafe_b64encode, n) for n, letter in enumerate("ivw")},
    "j": lambda text: json.dumps(text)[1:-1],
    "s": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),  # as PHP writes it
    "r": lambda text: repr(text)[1:-1],
    "g": html.escape,
    "n": partial(html.escape, quote=False),
}
_ONCE: Mapping[str, _Spell] = {**_QUOTING, **_WRITING}
_AGAIN: Mapping[str, _Spell] = {letter.upper(): _QUOTING[letter] for letter in "qfl"}
# How a URL, a cursor or a message may hold a text. Two letters are what a URL makes of the second.
SPELLINGS: Mapping[str, _Spell] = {
    "t": str,
    **_ONCE,
    **{
        f"{outer}{inner}": _join(write, quote_again)
        for outer, quote_again in _AGAIN.items()
        for inner, write in _ONCE.items()
    },
}


def spell(text: str) -> Mapping[str, str]:
    """Return every spelling of a text, and the first letters in `SPELLINGS` that lead to it."""
    found = {text: "t"}
    if len(text) > _LONGEST_SPELLED:
        return found
    forms: dict[str, str] = {}  # many are the same: each is quoted again only once
    for letter, write in _ONCE.items():
        forms.setdefault(write(text), letter)
    forms.pop("", None)
    for form, letter in forms.items():
        found.setdefault(form, letter)
    for outer, quote_again in _AGAIN.items():
        for form, letter in forms.items():
            found.setdefault(quote_again(form), f"{outer}{letter}")
    return found


def spell_all(texts: Collection[str]) -> set[str]:
    """Return every spelling of some texts; of a long list of ids only the ids themselves."""
    if len(texts) > MOST_SPELLED:
        return set(texts)
    return {form for text in texts for form in spell(text)}


@lru_cache(maxsize=1024)  # every checkpoint asks for the same
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


def shorten_urls(text: str) -> str:
    """Cut long URLs in a text for a person: a filter may name 500 ids.

    What is secret must have been taken out: half of a secret would not be known.
    """
    return _LONG_URL.sub(r"\1...", text)


def redact_userinfo(text: str) -> str:
    """Replace only the userinfo of all URLs in a text."""
    return _USERINFO.sub(f"{REDACTED}@", text)
