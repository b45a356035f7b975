"""Undo a content coding of a body (RFC 9110 section 8.4.1), in bounded pieces.

urllib3's decoders do not tell whether a body was cut, and pass over a damaged gzip member that is
not the first. So each coding has a decompressor here, and all have the shape of zstd's.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from requests_paginate.exceptions import TransferFailed

PIECE = 2**16  # bytes at most that are decoded, or read, between two looks at the clock
_GZIP = b"\x1f\x8b"  # RFC 1952 section 2.3.1
# RFC 8878 sections 3.1.1 and 3.1.2: a frame, and sixteen kinds of frames to skip
_ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([first]) + b"\x2a\x4d\x18" for first in range(0x50, 0x60)))
_PADDING = b"\0\t\n\r "  # a line's end or zeros after the end are ignored, as by other clients
# Where urllib3 looks for them, which asks for what it finds.
_MODULES = {"br": ("brotlicffi", "brotli"), "zstd": ("compression.zstd", "backports.zstd")}
_HINTS = {"br": "install brotli, or ", "zstd": "install backports.zstd, or "}


def decode(name: str, encoded: bytes, *, needs_end: bool) -> Iterator[bytes]:
    """Yield the content of a body in pieces, some of them empty.

    `needs_end` says whether a cut must be found here; else what there is is decoded.

    Raises:
        TransferFailed: The body is damaged or cut, or its coding is unknown.
    """
    coding, position = find_coding(name), 0
    while True:
        try:
            end = yield from _decode_stream(coding.make(encoded), encoded, position)
        except coding.error as error:
            raise TransferFailed(f"the {name} body is damaged: {error}") from None
        if end is None:
            if needs_end:
                raise TransferFailed(f"the {name} body ends before its end")
            return
        position = end
        if not encoded.startswith(coding.magics, position):
            break
    if needs_end and encoded[position:].strip(_PADDING):
        raise TransferFailed(f"the {name} body goes on after its end")


def _decode_stream(
    stream: Any, encoded: bytes, position: int
) -> Generator[bytes, None, int | None]:
    """Yield the content of the stream at a position; return where it ends, None if it was cut."""
    while not stream.eof:
        piece = encoded[position : position + PIECE] if stream.needs_input else b""
        content = stream.decompress(piece, PIECE)
        position += len(piece)
        is_out = position >= len(encoded) and stream.needs_input
        if is_out and not (piece or content or stream.eof):
            return None
        yield content
    return position - len(stream.unused_data)


@dataclass(frozen=True, kw_only=True)
class _Coding:
    make: Callable[[bytes], Any]  # a decompressor for a body
    error: type[Exception]  # what it raises for bytes that are damaged
    magics: tuple[bytes, ...] = ()  # what a further stream begins with; empty: there is one alone


def find_coding(name: str) -> _Coding:
    """Return a coding by its name in Content-Encoding; raise if nothing here can undo it."""
    if name in ("gzip", "x-gzip"):
        return _Coding(make=lambda _: _Inflater(31), error=zlib.error, magics=(_GZIP,))
    if name == "deflate":
        return _Coding(make=lambda body: _Inflater(15 if _is_zlib(body) else -15), error=zlib.error)
    module = _find_module(name)
    if module is not None and name == "br":
        return _Coding(make=lambda _: _Brotli(module.Decompressor()), error=module.error)
    if module is not None:
        return _Coding(
            make=lambda _: module.ZstdDecompressor(), error=module.ZstdError, magics=_ZSTD
        )
    error = TransferFailed(
        f"the body's content coding, {name[:40]!r}, cannot be decoded here; {_HINTS.get(name, '')}"
        "ask for another by headers={'Accept-Encoding': 'gzip'}"
    )
    error.transient = False
    raise error


@functools.cache
def _find_module(name: str) -> Any:
    for module in _MODULES.get(name, ()):
        with suppress(ImportError):
            return import_module(module)
    return None


def _is_zlib(body: bytes) -> bool:
    """Return whether a deflate body has the header that it should have (RFC 1950 section 2.2).

    Without one, a first byte like this would begin with the padding of a stored block, and that is
    zeros.
    """
    return len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0


class _Inflater:
    """zlib's decompressor, in the shape of the others."""

    def __init__(self, bits: int) -> None:
        self._stream, self._tail = zlib.decompressobj(bits), b""
        self.needs_input = True

    def decompress(self, data: bytes, most: int) -> bytes:
        content = self._stream.decompress(self._tail + data, most)
        self._tail = self._stream.unconsumed_tail
        self.needs_input = not self._tail
        return content

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data


class _Brotli:
    """Brotli's decompressor, in the shape of the others; what follows its stream is an error."""

    eof = False
    needs_input = True
    unused_data = b""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def decompress(self, data: bytes, most: int) -> bytes:
        if hasattr(self._stream, "can_accept_more_data"):
            content: bytes = self._stream.process(data, output_buffer_limit=most)
            self.needs_input = self._stream.can_accept_more_data()
        else:  # before Brotli 1.2, which has no bound
            content = self._stream.process(data)
        self.eof = self._stream.is_finished()
        return content
