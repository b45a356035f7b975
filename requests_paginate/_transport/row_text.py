"""A row as JSON again, where the bytes in which it came cannot be found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(decimal_format="number").encode


def encode_row(row: Any) -> bytes:
    """Return a row as JSON, with every digit of its Decimals."""
    try:
        return _encode(row)
    except UnicodeEncodeError:
        return _encode_with_escapes(row)


def _encode_with_escapes(value: Any) -> bytes:
    """Return a value as JSON in ASCII: half of a surrogate pair can be written only so."""
    if isinstance(value, Mapping):
        members = [b"%b:%b" % (_escape(n), _encode_with_escapes(v)) for n, v in value.items()]
        return b"{%b}" % b",".join(members)
    if isinstance(value, (list, tuple)):
        return b"[%b]" % b",".join(map(_encode_with_escapes, value))
    return _escape(value) if isinstance(value, str) else _encode(value)


def _escape(text: Any) -> bytes:
    return json.dumps(str(text)).encode()
