"""A row as JSON again, where the bytes in which it came cannot be found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

_BREAKS = b"\r\n"  # in JSON they stand between values alone: in a text they are escaped
_encode = msgspec.json.Encoder(decimal_format="number").encode


def join_rows(rows: Sequence[Any]) -> Any:
    """Return rows that are texts as one list of JSON, without a copy if they came as one."""
    text = getattr(rows, "text", None)
    return b"[%b]" % b",".join(rows) if text is None else text


def encode_row(row: Any) -> bytes:
    """Return a row as JSON, with every digit of its Decimals."""
    return encode_escaped(row, _encode)


def encode_escaped(value: Any, encode: Callable[[Any], bytes]) -> bytes:
    """Return JSON on one line, where half a surrogate pair is an escape: UTF-8 cannot hold it."""
    try:
        return encode(value).translate(None, _BREAKS)
    except UnicodeEncodeError:
        pass
    if isinstance(value, str):
        return _escape(value)
    if isinstance(value, Mapping):
        members = [b"%b:%b" % (_escape(n), encode_escaped(v, encode)) for n, v in value.items()]
        return b"{%b}" % b",".join(members)
    if isinstance(value, (list, tuple)):
        return b"[%b]" % b",".join(encode_escaped(each, encode) for each in value)
    return encode_escaped(msgspec.to_builtins(value, builtin_types=(Decimal, msgspec.Raw)), encode)


def _escape(text: Any) -> bytes:
    return json.dumps(str(text)).encode()
