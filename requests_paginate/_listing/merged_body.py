"""The body of a merged response: the first page's envelope around the rows of all pages.

Rows and fields stay the bytes they came in: they are cut out of the pages and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from requests_paginate._listing.envelope import REMOVED, Keys
from requests_paginate._transport.row_text import join_rows
from requests_paginate.exceptions import MalformedPage

_ROWS = object()  # stands where the rows go
_KEPT = object()  # stands for no change
_WHOLE = object()  # under which a tree of changes holds one of the whole value
_split_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_split_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


class MergedBody:
    """The rows of all pages as text; `len` is its length in bytes.

    Attributes:
        rows: How many rows it holds.
    """

    def __init__(self) -> None:
        self._texts: list[bytes | memoryview] = []  # of each page
        self._length = 0
        self.rows = 0

    def __len__(self) -> int:
        return self._length

    def add(self, rows: Sequence[msgspec.Raw]) -> None:
        """Add the rows of a page."""
        if rows:
            # mostly in one piece: a copy of each page takes a tenth of the time, and of the memory
            text = join_rows(rows)[1:-1]
            self._texts += [b",", text] if self._texts else [text]
            self._length += len(text) + 1
            self.rows += len(rows)

    def surround(self, content: bytes, place: Keys, changes: Mapping[Keys, Any]) -> bytes:
        """Return the rows inside of the envelope of a page.

        Args:
            content: The page's body in UTF-8.
            place: Where its rows are: the names and places in lists that lead there.
            changes: New values in the envelope by place; `REMOVED` takes one out.

        Raises:
            MalformedPage: The body cannot be taken apart: half of a surrogate pair is in a text.
        """
        tree: dict[Any, Any] = {}
        for keys, value in changes.items():
            text = value if value is REMOVED else msgspec.Raw(msgspec.json.encode(value))
            _plant(tree, keys, text)
        _plant(tree, place, _ROWS)
        try:
            return self._surround(list(_write(content, tree.get(_WHOLE, tree))))
        except msgspec.DecodeError as error:
            text = str(error)
        raise MalformedPage(f"the pages cannot be merged, and get_all can read them: {text}")

    def _surround(self, pieces: list[Any]) -> bytes:
        rows = pieces.index(_ROWS)
        # one join of all: there are never more than two copies of the rows
        return b"".join([*pieces[:rows], b"[", *self._texts, b"]", *pieces[rows + 1 :]])


def _plant(tree: dict[Any, Any], keys: Sequence[str | int], value: Any) -> None:
    """Put a new value into a tree of changes, whose branches are the names on the way to it."""
    *above, last = keys or (_WHOLE,)
    for key in above:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            return  # what is around it changes as a whole
    tree[last] = value


def _write(text: Any, change: Any) -> Iterator[Any]:
    """Yield the text of a value with a change in it, in pieces, one of which may be `_ROWS`."""
    if not isinstance(change, dict):
        yield change
    elif text is not None and bytes(text).lstrip()[:1] == b"[":
        places = enumerate(_split_list(text))
        members = [(b"", part, change.get(place, _KEPT)) for place, part in places]
        yield from _write_members(b"[]", members)
    else:
        known = {} if text is None or bytes(text).strip() == b"null" else _split_object(text)
        names = dict.fromkeys([*known, *map(str, change)])
        fields = [
            (msgspec.json.encode(n) + b":", known.get(n), change.get(n, _KEPT)) for n in names
        ]
        yield from _write_members(b"{}", fields)


def _write_members(brackets: bytes, members: Iterable[tuple[bytes, Any, Any]]) -> Iterator[Any]:
    before = brackets[:1]
    for name, text, change in members:
        if change is not REMOVED:
            yield before + name
            yield from (text,) if change is _KEPT else _write(text, change)
            before = b","
    yield brackets[1:] if before == b"," else brackets
