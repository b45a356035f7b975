"""What a caller's own body holds, by name, so that two listings can be told apart by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

from requests_paginate._paths import mark_empty

__all__ = ["describe_body"]

# A text with anything else than fields in it is no form: their names are shown.
_FORM = re.compile(r"(?:[\w.:$%\[\]-]{1,100}=[^=&]*(?:&|$))+")
_MOST = 20  # values, or names, that are looked at one by one
_LONGEST = 200  # characters of one


def describe_body(body: Any) -> Any:
    """Return what `data=` or `files=` holds, however it is written; None if that is nothing.

    A text that is neither JSON nor a form is one text. What is long becomes a digest.
    """
    text = _read(body) if isinstance(body, (str, bytes, bytearray)) else None
    if text is not None:
        with suppress(ValueError, RecursionError):
            if isinstance(held := json.loads(text), (Mapping, list)):
                return mark_empty(_shorten(held))
        if not _FORM.fullmatch(text):
            return _shorten(text)
        body = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    fields: dict[str, list[Any]] = {}
    for name, value in _list_pairs(body):
        fields.setdefault(str(_read(name)), []).extend(_list_values(value))
    return _shorten({n: v if v[1:] else v[0] for n, v in fields.items() if v})


def _list_pairs(body: Any) -> list[tuple[Any, Any]]:
    pairs = body.items() if isinstance(body, Mapping) else body or ()
    # a text of two characters is a pair to requests, too
    return [
        (pair[0], pair[1]) for pair in pairs if isinstance(pair, (tuple, list, str)) and pair[1:]
    ]


def _list_values(value: Any) -> list[Any]:
    """Return the values of one name as requests sends them: None is none."""
    if isinstance(value, (str, bytes, bytearray)) or not isinstance(value, Iterable):
        value = [value]
    found = [_read(each) for each in value if each is not None]
    # in another process a set has another order
    return sorted(found, key=str) if isinstance(value, (set, frozenset)) else found


def _read(value: Any) -> Any:
    """Return bytes as a text, of which no two are the same."""
    is_bytes = isinstance(value, (bytes, bytearray))
    return bytes(value).decode("utf-8", "surrogateescape") if is_bytes else value


def _shorten(value: Any) -> Any:
    if isinstance(value, Mapping):
        is_long = len(value) > 10 * _MOST
        return _digest(value) if is_long else {n: _shorten(v) for n, v in value.items()}
    if isinstance(value, (list, tuple)):
        return _digest(value) if len(value) > _MOST else [_shorten(each) for each in value]
    return _digest(value) if isinstance(value, str) and len(value) > _LONGEST else value


def _digest(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
