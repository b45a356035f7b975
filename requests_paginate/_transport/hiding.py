"""How the caller's secrets are kept out of a text that a server wrote."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from requests_paginate._redaction import REDACTED, redact_text, spell_all

_SHORTEST_SECRET = 4  # characters; a text without shorter ones would be full of holes
_LONG_SECRET = 8  # characters; also found inside of a word, whatever the case of its letters
_SHORTEST_START = 16  # characters; of a longer secret that was cut
_URL_ENDS = re.compile("[/?#]")  # a path, a query and a fragment begin there
_SMALL_LETTERS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def hide_all(text: str, secrets: frozenset[str]) -> str:
    """Return a text without the secrets, however they are written in it."""
    long, short = _spell_all(secrets)
    plain = text.translate(_SMALL_LETTERS)
    for start, forms in long.items():
        if start in plain:  # no other text is the same by chance
            text = _cut_out(text, plain, start, forms)
            plain = text.translate(_SMALL_LETTERS)
    for form in short:
        if form in text:
            text = re.sub(rf"(?<![^\W_]){re.escape(form)}(?![^\W_])", REDACTED, text)
    return text


@lru_cache(maxsize=4)  # an error is asked for several texts
def _spell_all(secrets: frozenset[str]) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """Return every spelling of some secrets, longest first: long ones by their beginnings."""
    parts = {part for secret in secrets for part in _split(secret)}
    found = spell_all({part for part in parts if len(part) >= _SHORTEST_SECRET})
    # A URL's value ends at `&`: the rest of a secret is left of it where a name redacts a value.
    rests = {redact_text(f"key={form}").removeprefix(f"key={REDACTED}") for form in found}
    found |= {f"{REDACTED}{rest}" for rest in rests if len(rest) >= _SHORTEST_SECRET}
    long: dict[str, list[str]] = {}
    for form in sorted(found, key=len, reverse=True):
        if len(form) >= _LONG_SECRET:
            plain = form.translate(_SMALL_LETTERS)
            long.setdefault(plain[:_SHORTEST_START], []).append(plain)
    short = [form for form in found if len(form) < _LONG_SECRET]
    return long, sorted(short, key=len, reverse=True)


def _split(secret: str) -> Iterator[str]:
    """Yield a secret, its last word, and what is left of that where a URL is cut."""
    word = secret.rpartition(" ")[2]  # a server may quote `Bearer abc`, or only the `abc`
    yield from (secret, word)
    part = _URL_ENDS.split(word, maxsplit=1)[0]
    if len(part) >= _LONG_SECRET and any(map(str.isdigit, part)):  # else it may be any word
        yield part


def _cut_out(text: str, plain: str, start: str, forms: Sequence[str]) -> str:
    """Return a text without some forms that start alike, also where their ends were cut off.

    `plain` is the text in small letters.
    """
    kept, position = [], 0
    while (found := plain.find(start, position)) >= 0:
        kept += [text[position:found], REDACTED]
        position = found + max(_count_equal(plain, found, form) for form in forms)
    return "".join([*kept, text[position:]])


def _count_equal(text: str, place: int, form: str) -> int:
    """Return how many characters of a form stand at a place of a text."""
    found = text[place : place + len(form)]
    pairs = enumerate(zip(found, form, strict=False))
    return next((n for n, (one, other) in pairs if one != other), len(found))
