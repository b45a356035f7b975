"""Decode the JSON of a body.

msgspec is fast, strict about UTF-8, and keeps integers beyond 64 bits. What only it refuses (a byte
order mark, UTF-16, lone surrogates) is left to the standard library, without NaN and infinities,
which RFC 8259 section 6 forbids.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import msgspec

from requests_paginate.exceptions import MalformedPage

_decode = msgspec.json.Decoder().decode


def decode_json(content: bytes, content_type: str | None = None) -> Any:
    """Return the value of a JSON body; its MalformedPage is `transient` where the body was cut."""
    try:
        return _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        truncated = "truncated" in str(error)
    if not content.strip():
        raise MalformedPage("expected a JSON body, got an empty one")
    try:
        text = content.decode(json.detect_encoding(content))
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_parse_finite)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"byte {error.start} is not {error.encoding}"
        got = f", got {content_type}" if content_type else ""
        malformed = MalformedPage(f"expected JSON{got}: {reason}; pass decode= for another format")
        malformed.transient = truncated or _is_cut(error)
    raise malformed


def _is_cut(error: Exception) -> bool:
    # it ended where more was expected: a number, a string, a character
    if isinstance(error, UnicodeDecodeError):
        return error.reason in ("unexpected end of data", "truncated data")
    if not isinstance(error, json.JSONDecodeError):
        return False
    whole = error.doc.rstrip("+-.0123456789Ee")
    return error.pos >= len(whole) or error.msg.startswith("Unterminated string")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _parse_finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number
