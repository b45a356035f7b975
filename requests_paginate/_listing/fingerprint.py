"""Digests that recognise a page; the same in every process, because listings are pickled."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import msgspec

_SAMPLE = 8  # rows of a page at most by which it is known
_ENDS = 2  # rows: the first and the last one


def fingerprint(rows: Any, *, ends: Sequence[Any] | None = None) -> str:
    """Return a digest of a page's rows: of their number, the first and the last.

    To digest all of them would take half the time of a page with a model. `ends` is the first and
    the last row as plain JSON, if `rows` holds models.
    """
    first_and_last = (ends or [rows[0], rows[-1]]) if len(rows) else ()
    return digest([len(rows), *first_and_last])


def digest(seen: Any) -> str:
    """Return a few bytes of hash over any value, the same in every process."""
    try:
        content = _encode(seen)
    except (UnicodeEncodeError, TypeError):
        content = encode(seen)
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def encode(seen: Any) -> bytes:
    """Return any value as bytes, the same in every process."""
    try:
        return _encode(seen)
    except (UnicodeEncodeError, TypeError):  # lone surrogates; names that are no strings
        return repr(seen).encode("utf-8", "surrogatepass")


_encode = msgspec.json.Encoder(enc_hook=repr, order="deterministic").encode


def mark_page(rows: Sequence[Any], signals: Sequence[Any], *, by_all: bool = False) -> str:
    """Return the mark of a page: the digests of its rows and of the strategy's signals.

    Rows without ids may have equal ends and another middle, as readings have: then all decide.
    """
    if by_all and len(rows) > _ENDS:
        return f"{digest([len(rows), *rows])}:{digest(signals)}"
    return f"{fingerprint(rows, ends=getattr(rows, 'ends', None))}:{digest(signals)}"


def rows_of_mark(mark: str) -> str:
    """Return the part of a page's mark that is its rows'."""
    return mark.partition(":")[0]


def signals_of_mark(mark: str) -> str:
    """Return the part of a page's mark that is the strategy's signals."""
    return mark.partition(":")[2]


def sample_rows(rows: Sequence[Any], mark: str, ids: Sequence[Any], *, by_rows: bool) -> str:
    """Return a sample of a first page, to recognise it if the server repeats it.

    With `by_rows`, equal rows are enough. After a guessed parameter name they mean that the server
    ignored it; otherwise they may be data.
    """
    ends = (rows_of_mark(mark) if len(rows) else mark) if by_rows else ""
    # Only rows from the beginning: new rows push those at the end of the page to the next page.
    # To push the first ones there, a whole page of rows would have to arrive.
    sample = ids[: min(_SAMPLE, (len(rows) + 1) // 2)]
    return ".".join([ends, *map(make_checksum, sample)])


def drop_ends(sample: str) -> str:
    """Return a sample of which only the identities count."""
    return f".{sample.partition('.')[2]}"


def is_alike(known: str, rows: Sequence[Any], mark: str, ids: Sequence[Any]) -> bool:
    """Return whether a page is the sampled one: by its rows, or by most of its first identities."""
    ends, *identities = known.split(".")
    if ends and ends == (rows_of_mark(mark) if len(rows) else mark):
        return True
    again = set(map(make_checksum, ids)) if identities else set()
    return len(identities) > 0 and 2 * sum(i in again for i in identities) > len(identities)


def make_checksum(identity: Any) -> str:
    """Return three bytes that tell identities apart, the same in every process.

    Each alone decides nothing, so a short one is enough.
    """
    return make_checksums([identity])


def make_checksums(identities: Sequence[Any]) -> str:
    """Return the checksums of identities, one after the other."""
    encoded = [repr(identity).encode("utf-8", "surrogatepass") for identity in identities]
    return "".join([f"{crc32(each) & 0xFFFFFF:06x}" for each in encoded])
