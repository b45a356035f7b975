"""Decode the JSON of a body, in whichever charset.

msgspec is fast, strict about UTF-8, and keeps integers beyond 64 bits. What only it refuses (a byte
order mark, UTF-16, lone surrogates) is left to the standard library, without NaN and infinities,
which RFC 8259 section 6 forbids.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from requests_paginate.exceptions import MalformedPage

_decode = msgspec.json.Decoder().decode
_decode_exactly = msgspec.json.Decoder(float_hook=Decimal).decode
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.IGNORECASE | re.ASCII)
# What begins with one is known by it, whatever is declared.
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# Of Python's codecs, those that are no charset of a body: two of them take a time without bound.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


def to_utf8(content: bytes, content_type: str | None) -> bytes:
    """Return a JSON body in UTF-8, without a byte order mark.

    It is in UTF-8, UTF-16 or UTF-32, or in the charset that its Content-Type declares.

    JSON is UTF-8, and a charset says nothing there (RFC 8259 sections 8.1 and 11). But servers that
    send another one declare it, and `Response.json()` of requests heeds it, also where the bytes
    would be UTF-8 as well: else a page in GBK could be taken for another text without a sign. What
    the charset does not fit, or nobody knows, is left as it is; requests would replace characters.
    """
    try:
        if content.startswith(_MARKS) or b"\0" in content[:4]:
            return content.decode(json.detect_encoding(content)).encode()
        declared = _CHARSET.search(content_type or "")
        if declared is None or declared[1].lower() == "utf-8":
            return content
        name = codecs.lookup(declared[1]).name
        if name.startswith(("utf-8", "utf-16", "utf-32")) or name in _NO_CHARSETS:
            return content  # JSON itself tells the first three from each other
        return content.decode(name).encode()
    except (LookupError, ValueError):
        return content


def decode_json(content: bytes, content_type: str | None = None, *, exactly: bool = False) -> Any:
    """Return the value of a JSON body; its MalformedPage is `transient` where the body was cut.

    With `exactly`, numbers with a fraction or an exponent are Decimals with the digits that came.
    """
    try:
        return _decode_exactly(content) if exactly else _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        truncated = "truncated" in str(error)
    if not content.strip():
        raise MalformedPage("expected a JSON body, got an empty one")
    try:
        text = content.decode(json.detect_encoding(content))
        parse = Decimal if exactly else _parse_finite
        return json.loads(text, parse_constant=_refuse_constant, parse_float=parse)
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
