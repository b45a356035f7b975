"""Keep the caller's secrets out of a checkpoint.

A checkpoint holds the place of a secret instead of its value. The call that resumes gives the value
again, and perhaps a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from requests_paginate._models import PageRequest, copy_with, is_sendable_header
from requests_paginate._redaction import is_secret_name, redact_userinfo
from requests_paginate.exceptions import InvalidCheckpoint

_LEFT_OUT = "from the caller:"
_AS_WRITTEN = f"{_LEFT_OUT}:"  # before a server's value that begins as if it were left out


class CallerSecrets:
    """The caller's values under secret-like names, each by its place.

    The place of a parameter is its name, whether it stands in `params` or in the URL; that of a
    value in the JSON body is its path. The session's secrets count, because links may echo them.
    """

    def __init__(self, first: PageRequest, session_secrets: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        for name, value in session_secrets.items():
            self._add(str(name), str(name), value)
        for name, value in first.params.items():
            self._add(as_text(name), as_text(name), value)
        in_url = parse_qsl(first.url.partition("#")[0].partition("?")[2])
        for number, (name, value) in enumerate(in_url):
            self._add(name, f"{name}.{number}" if name in self._values else name, value)
        self._add("json", "json:", first.json)

    def _add(self, name: str, place: str, value: Any) -> None:
        for leaf_name, leaf_place, leaf in find_leaves(name, place, value):
            if _may_be_secret(leaf_name, leaf):
                self._values[leaf_place] = leaf

    def conceal(self, request: PageRequest) -> PageRequest:
        """Return a request with the place of each of the caller's secrets instead of its value."""
        concealed = _change_values(request, partial(self._conceal, in_url=True), self._conceal)
        return copy_with(concealed, url=redact_userinfo(concealed.url))

    def restore(self, request: PageRequest) -> PageRequest:
        """Return a concealed request with the values that this call gave.

        Raises:
            InvalidCheckpoint: The call lacks a value, or a header may not be sent by a strategy.
        """
        if not all(is_sendable_header(name, value) for name, value in request.headers.items()):
            raise InvalidCheckpoint("the checkpoint holds a header that no strategy sends")
        return _change_values(request, self._restore, self._restore)

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

    def _restore(self, name: str, _place: str, value: Any) -> Any:
        if not (is_secret_name(name) and isinstance(value, str) and value.startswith(_LEFT_OUT)):
            return value
        if value.startswith(_AS_WRITTEN):
            return value.removeprefix(_AS_WRITTEN)
        place = value.removeprefix(_LEFT_OUT)
        if place not in self._values:
            raise InvalidCheckpoint(f"the checkpoint left {place!r} out; pass it again to resume")
        return self._values[place]


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


def as_text(value: Any) -> str:
    """Return a name or a value as a query holds it."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
