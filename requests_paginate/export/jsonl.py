"""Rows as JSON lines, https://jsonlines.org: the bytes that the server sent, a row on each line."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from requests_paginate._transport.row_text import encode_escaped

_SIZE = 2**20  # bytes that are compressed at once, at least
_BREAKS = b"\r\n"  # in JSON they stand between values alone: in a text they are escaped


def _dump_model(model: Any) -> msgspec.Raw:
    """Return a model that msgspec does not know as its own JSON: one of pydantic has it."""
    if hasattr(type(model), "model_dump_json"):
        return msgspec.Raw(model.model_dump_json().encode())
    raise TypeError(f"Encoding objects of type {type(model).__name__} is unsupported")


_encoder = msgspec.json.Encoder(enc_hook=_dump_model, decimal_format="number")


class JSONLines:
    """Rows as JSON lines."""

    state: Any = None  # nothing has to be known to go on

    def resume(self, state: Any) -> None:
        """Go on in a file that was begun."""

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file."""
        if not rows:
            return b""
        if not isinstance(rows[0], msgspec.Raw):
            return _encode_lines(rows)
        text = b"\n".join([*rows, b""])
        if _is_broken(text, len(rows)):
            return b"".join(b"%b\n" % bytes(row).translate(None, _BREAKS) for row in rows)
        return text

    def flush(self) -> bytes:
        """Return what is still to be added, so that the file can be cut here."""
        return b""


def _encode_lines(rows: Sequence[Any]) -> bytes:
    try:
        text = _encoder.encode_lines(rows)
    except UnicodeEncodeError:
        return b"".join(b"%b\n" % encode_row(row) for row in rows)
    if _is_broken(text, len(rows)):  # a model may hold JSON as it came
        return b"".join(b"%b\n" % encode_row(row) for row in rows)
    return text


def _is_broken(text: bytes, rows: int) -> bool:
    return text.count(b"\n") != rows or b"\r" in text


def encode_row(row: Any) -> bytes:
    """Return a row as JSON on one line."""
    return encode_escaped(row, _encoder.encode)


class CompressedLines(JSONLines):
    """JSON lines in members of a compressed file, each of which ends after a row.

    Members one after the other are one file, in gzip (RFC 1952 section 2.2) and in zstandard (RFC
    8878 section 3.1). So a file that was cut after a member is a file.
    """

    def __init__(self, compress: Callable[[bytes], bytes]) -> None:
        self._compress = compress
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file, and those before it."""
        lines = super().add(rows)
        self._lines.append(lines)
        self._size += len(lines)
        return self.flush() if self._size >= _SIZE else b""

    def flush(self) -> bytes:
        """Return the rows that were not yet added, as a member."""
        lines, self._lines, self._size = b"".join(self._lines), [], 0
        return self._compress(lines) if lines else b""


def compress_gzip(content: bytes) -> bytes:
    """Return a member of gzip, without a time in it: the same rows make the same file."""
    return gzip.compress(content, compresslevel=6, mtime=0)


def find_zstd() -> Callable[[bytes], bytes]:
    """Return the function that makes a frame of zstandard.

    Raises:
        ImportError: There is none; it says what to install.
    """
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        compress: Callable[[bytes], bytes] = importlib.import_module(name).compress
    except ImportError:
        raise ImportError(
            "a file .zst needs zstandard: pip install 'requests-paginate[zstd]'"
        ) from None
    return compress
