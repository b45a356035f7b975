"""Keep the caller's secrets out of a checkpoint.

A checkpoint holds the place of a secret instead of its value. The call that resumes gives the value
again, and perhaps a newer one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

from requests_paginate._models import PageRequest, as_text, copy_with
from requests_paginate._paths import list_texts, map_texts, mark_empty
from requests_paginate._redaction import (
    ACCOUNT,
    BODY,
    MOST_SPELLED,
    REDACTED,
    SPELLINGS,
    is_secret_name,
    redact_userinfo,
    spell,
)
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies.parameters import is_sendable_header

_LEFT_OUT = "from the caller:"
_AS_WRITTEN = f"{_LEFT_OUT}:"  # before a server's value that begins as if it were left out
# Around the place of a secret inside of a text; the first, doubled, is a character of the text.
_OPEN, _CLOSE = "\x00", "\x01"
_MARK = re.compile(
    f"{_OPEN}(?:{_OPEN}|(?P<letter>[A-Z]?[a-z])(?P<place>[^{_OPEN}{_CLOSE}]*){_CLOSE})"
)
_WITHOUT_SCHEME = " "  # before the place of a secret whose first word does not stand there
_spell = lru_cache(maxsize=1024)(spell)  # of the caller's; every checkpoint asks for the same
# Ordinary words may stand in any path, name or cursor, which must come back as they were.
_WORDS = re.compile(r"(?:[_\-. /]?[A-Z]?[a-z])+")
# They hold a word of a secret, and select rows.
_FILTERS = re.compile(
    r"(?:.*[^a-z])?(?:keywords?|authors?|authority)(?:[^a-z].*)?|(?:sort|order|group)[^a-z]?key",
    re.IGNORECASE,
)
_LONG = 8  # characters; shorter secrets may be equal to a part of a text by chance


class CallerSecrets:
    """The caller's values under secret-like names, each by its place.

    The place of a parameter is its name, whether it stands in `params` or in the URL; that of a
    value in the JSON body is its path. The session's secrets count, because links may echo them.

    A value under a secret-like name is compared as a whole. Long ones are also sought in any text:
    a server may write a key into a path, a cursor or a parameter with a plain name.
    """

    def __init__(self, first: PageRequest, session_secrets: Mapping[str, Any]) -> None:
        self._first, self._session = first, session_secrets
        self._values: dict[str, Any] = {}
        for name, value in session_secrets.items():
            self._add(str(name), str(name), value)
        for name, value in first.params.items():
            self._add(as_text(name), as_text(name), value)
        in_url = parse_qsl(first.url.partition("#")[0].partition("?")[2])
        for number, (name, value) in enumerate(in_url):
            self._add(name, f"{name}.{number}" if name in self._values else name, value)
        self._add("json", "json:", first.json)
        self._home = _find_origin(first.url)
        self._spelled = self._spell()

    def _spell(self) -> dict[str, str]:
        """Return what stands for each spelling of a long secret in a text."""
        found: dict[str, str] = {}
        is_list = len(self._values) > MOST_SPELLED
        for place, value in self._values.items():
            text = as_text(value)
            rest = text.partition(" ")[2]  # a server may echo `Bearer abc`, or only the `abc`
            for mark, part in (("", text), (_WITHOUT_SCHEME, rest)):
                if len(part) >= _LONG and not (part.isdecimal() or _WORDS.fullmatch(part)):
                    for form, letter in ({part: "t"} if is_list else _spell(part)).items():
                        found.setdefault(form, f"{letter}{mark}{place}")
        return found

    def _add(self, name: str, place: str, value: Any) -> None:
        for leaf_name, leaf_place, leaf in find_leaves(name, place, value):
            if _may_be_secret(leaf_name, leaf):
                self._values[leaf_place] = leaf

    def digest_parameters(self) -> dict[str, str]:
        """Return digests of what the caller asks for, by name; they tell accounts apart."""
        values = {**self._session, **self._first.query()}
        if any(name.startswith(ACCOUNT) for name in self._session):
            values[ACCOUNT] = ""  # older versions wrote down no accounts
        values[BODY] = ""  # nor what was in a body
        json = None if self._first.json is None else mark_empty(self._first.json)
        leaves = [it for n, v in values.items() for it in find_leaves(as_text(n), as_text(n), v)]
        return {
            place: _digest(value)
            for name, place, value in [*leaves, *find_leaves("json", "json:", json)]
            if value is not None and (place.startswith(ACCOUNT) or not _may_be_key(name))
        }

    def conceal(self, request: PageRequest) -> PageRequest:
        """Return a request with the place of each of the caller's secrets instead of its value."""
        concealed = _change_values(request, partial(self._conceal, in_url=True), self._conceal)
        return copy_with(concealed, url=redact_userinfo(concealed.url))

    def restore(self, request: PageRequest, headers: Collection[str] | None) -> PageRequest:
        """Return a concealed request with the values that this call gave.

        Args:
            request: The request.
            headers: The names of those that its strategy writes; None if nobody knows.

        Raises:
            InvalidCheckpoint: The call lacks a value, or the strategy sends no such header.
        """
        for name, value in request.headers.items():
            is_known = headers is None or name.lower() in headers
            if not (is_known and is_sendable_header(name, value)):
                raise InvalidCheckpoint(
                    "the checkpoint holds a header that its strategy never sends"
                )
        restore = partial(self._restore, request.url)
        return _change_values(request, restore, restore)

    def conceal_texts(self, state: Any, words: Collection[str] = ()) -> Any:
        """Return a checkpoint's state with the place of each long secret in any of its texts.

        It is the same object where none is. Texts in `words` stay: they are nobody's secret.
        """
        whole = "\n".join(list_texts(state)) if self._spelled else ""
        present = [form for form in self._spelled if form in whole]
        if not present:
            return state
        longest_first = sorted(present, key=len, reverse=True)
        pattern = re.compile("|".join([*map(re.escape, longest_first), _OPEN]))
        changed = 0

        def change(text: str) -> str:
            nonlocal changed
            if text in words:
                return text
            text, count = pattern.subn(self._mark, text)
            changed += count
            return text

        concealed = map_texts(state, change)
        return concealed if changed else state

    def _mark(self, match: re.Match[str]) -> str:
        place = self._spelled.get(match[0])
        return _OPEN + _OPEN if place is None else f"{_OPEN}{place}{_CLOSE}"

    def restore_texts(self, state: Any) -> Any:
        """Return a concealed state with the values that this call gave.

        Raises:
            InvalidCheckpoint: The call lacks a value.
        """
        return map_texts(state, lambda text: _MARK.sub(self._put_back, text))

    def _put_back(self, match: re.Match[str]) -> str:
        letter, place = match["letter"], match["place"]
        if letter is None:
            return _OPEN
        known = place.removeprefix(_WITHOUT_SCHEME)
        if known not in self._values or letter not in SPELLINGS:
            raise InvalidCheckpoint(f"the checkpoint left {known!r} out; pass it again to resume")
        value = as_text(self._values[known])
        return SPELLINGS[letter](value if known == place else value.partition(" ")[2])

    def check_origin(self, request: Mapping[str, Any]) -> None:
        """Raise InvalidCheckpoint where a concealed secret would go to another origin.

        A checkpoint is not trusted: somebody may have written another URL into it.
        """
        if self.holds_marks(request):
            self._refuse_stranger(str(request.get("url")))

    def holds_marks(self, state: Any) -> bool:
        """Return whether the place of a secret stands in any text of a concealed state."""
        return any(mark["letter"] for text in list_texts(state) for mark in _MARK.finditer(text))

    def show(self, text: str) -> str:
        """Return a text of a concealed state, or of the call, for people."""
        return _MARK.sub(REDACTED, self.conceal_texts(text))

    def _refuse_stranger(self, url: str) -> None:
        if _find_origin(url) != self._home:
            raise InvalidCheckpoint(
                "the checkpoint holds a secret of the call for another origin, which gets none"
            )

    def _conceal(self, name: str, place: str, value: Any, *, in_url: bool = False) -> Any:
        # By name and value: a page number that happens to equal some key's value is no secret.
        if not _may_be_secret(name, value):
            return value
        for known in [place, *self._values] if place in self._values else self._values:
            secret = as_text(self._values[known]) if in_url else self._values[known]
            # Of another type it would come back as another value.
            if type(secret) is type(value) and secret == value:
                return f"{_LEFT_OUT}{known}"
        is_alike = isinstance(value, str) and value.startswith(_LEFT_OUT)
        return f"{_AS_WRITTEN}{value}" if is_alike else value

    def _restore(self, url: str, name: str, _place: str, value: Any) -> Any:
        if not (is_secret_name(name) and isinstance(value, str) and value.startswith(_LEFT_OUT)):
            return value
        if value.startswith(_AS_WRITTEN):
            return value.removeprefix(_AS_WRITTEN)
        self._refuse_stranger(url)
        place = value.removeprefix(_LEFT_OUT)
        if place not in self._values:
            raise InvalidCheckpoint(f"the checkpoint left {place!r} out; pass it again to resume")
        return self._values[place]


def _may_be_key(name: str) -> bool:
    """Return whether a value under a name may be a credential, and so of nobody's listing."""
    return is_secret_name(name) and _FILTERS.fullmatch(name) is None


def _may_be_secret(name: str, value: Any) -> bool:
    is_empty = value is None or value == "" or isinstance(value, (bool, float))
    return not is_empty and is_secret_name(name)


_Change = Callable[[str, str, Any], Any]  # is given a value's name, its place and the value


def _change_values(request: PageRequest, in_url: _Change, elsewhere: _Change) -> PageRequest:
    """Return a request with every value in its URL, parameters and JSON body changed."""
    return PageRequest(
        request.method,
        _change_query(request.url, in_url),
        params={
            (name := as_text(n)): _change_leaves(name, name, value, elsewhere)
            for n, value in request.params.items()
        },
        json=_change_leaves("json", "json:", request.json, elsewhere),
        headers=dict(request.headers),
    )


def _change_query(url: str, change: _Change) -> str:
    """Return a URL with changed query values; of an unchanged one every byte stays."""
    rest, hash_sign, fragment = url.partition("#")
    base, question, query = rest.partition("?")
    pieces = []
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        plain, old = unquote_plus(name), unquote_plus(value)
        new = as_text(change(plain, plain, old))
        pieces.append(f"{name}{equals}{value if new == old else quote_plus(new)}")
    return f"{base}{question}{'&'.join(pieces)}{hash_sign}{fragment}"


def _change_leaves(name: str, place: str, value: Any, change: _Change) -> Any:
    if isinstance(value, Mapping):
        return {n: _change_leaves(str(n), f"{place}.{n}", v, change) for n, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_change_leaves(name, f"{place}.{i}", v, change) for i, v in enumerate(value)]
    return change(name, place, value)


def find_leaves(name: str, place: str, value: Any) -> list[tuple[str, str, Any]]:
    """Return every scalar in a value: the name it stands under, its place, and itself."""
    found: list[tuple[str, str, Any]] = []
    _change_leaves(name, place, value, lambda *leaf: found.append(leaf))
    return found


def _find_origin(url: str) -> str:
    """Return what stands before the path of a URL, without userinfo."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def _digest(value: Any) -> str:
    return hashlib.blake2b(
        as_text(value).encode("utf-8", "surrogatepass"), digest_size=4
    ).hexdigest()


_EMPTY = frozenset(map(_digest, map(mark_empty, ({}, []))))


def is_untold(name: str, digest: str, known: Mapping[str, str]) -> bool:
    """Return whether a token is of an older version, which says nothing of what has this name."""
    is_new = name.startswith(BODY) or is_secret_name(name) or digest in _EMPTY
    return is_new and BODY not in known
