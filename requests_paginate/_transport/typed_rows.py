"""Turns rows into the caller's model, straight from the bytes of a body where that can be done."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from requests_paginate._paths import read
from requests_paginate.exceptions import MalformedPage

__all__ = ["RowDecoder", "TypedRows", "row_converter"]

_decode = msgspec.json.Decoder().decode


def row_converter(model: Any) -> Callable[[Sequence[Any]], list[Any]] | None:
    """What turns a page's rows into the caller's model.

    Args:
        model: A type that msgspec converts to (Struct, dataclass, attrs, TypedDict, ...), or a
            callable given one row, or None.

    Raises:
        TypeError: It is neither.
    """
    if model is None:
        return None
    if not _is_convertible(model):
        if not callable(model):
            raise TypeError(f"model: expected a type or a callable, got {type(model).__name__}")
        return lambda rows: [model(row) for row in rows]
    msgspec.json.Decoder(model)  # raises TypeError here, at the call, for a type it does not know

    def convert(rows: Sequence[Any]) -> list[Any]:
        try:
            return msgspec.convert(rows, list[model])
        except msgspec.ValidationError as error:
            raise MalformedPage(f"a row does not fit the model: {_without_values(error)}") from None
        except UnicodeEncodeError:
            raise MalformedPage("a row does not fit the model: a text is none") from None

    return convert


class TypedRows(list[Any]):
    """Rows that were decoded straight into a model.

    Attributes:
        ends: The first and the last of them as they came, untyped; a page is known by them.
    """

    ends: tuple[Any, ...] = ()


class RowDecoder:
    """Decodes the rows of a body straight into a model, and what stands around them as it is.

    This saves the objects in between, and a Decimal keeps the digits of the bytes.

    Args:
        model: A type that msgspec converts to.
        path: Where the rows are in the body; the empty path for a bare list.
    """

    def __init__(self, model: Any, path: str) -> None:
        self._model, self.path = model, path
        self._names = path.split(".") if path else []
        self._typed = msgspec.json.Decoder(list[model]).decode
        written = re.escape(json.dumps(self._names[-1]).encode()) if self._names else b""
        self._opening = re.compile(written + (rb"\s*:\s*\[" if written else rb"\["))
        self._is_last_list = True  # in the body, until one shows otherwise

    @classmethod
    def of(cls, model: Any, path: object) -> RowDecoder | None:
        """The decoder of a model's rows; None where only the caller's code can make them."""
        is_type = model is not None and _is_convertible(model)
        return cls(model, path) if is_type and isinstance(path, str) else None

    def body(self, content: bytes) -> Any:
        """The decoded body with `TypedRows` in it, None where it is another than expected."""
        try:
            if not content.isascii():
                content.decode()  # what a model does not name is skipped, broken characters too
            found = self._cut_out(content) if self._is_last_list else None
            if found is None:
                self._is_last_list = False
                found = self._decoded(content, self._names)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LookupError):
            return None  # the usual way tells what is wrong
        # a name that itself holds dots comes before the path that it looks like
        return found if isinstance(read(found, self.path), TypedRows) else None

    def rows(self, content: bytes) -> TypedRows | None:
        """The rows of a body alone, None where it is another than expected."""
        body = self.body(content)
        return None if body is None else read(body, self.path)

    def _cut_out(self, content: bytes) -> Any:
        """The decoded body where its rows are the last list in it: without a look for their end.

        What is JSON from its opening bracket to the last one of all is the whole of that list. So
        the rows are read once, and not twice, which would take a seventh of a page's time.
        """
        opening, end = self._opening.search(content), content.rfind(b"]") + 1
        if opening is None or opening.end() > end:
            return None
        start = opening.end() - 1
        with suppress(msgspec.DecodeError, LookupError, TypeError):
            # what stands at the path is what was put into the gap, whatever that is
            for filling in (0, 1):
                whole = {"": _decode(b"%b[%d]%b" % (content[:start], filling, content[end:]))}
                holder, place = whole, ""
                for name in self._names:
                    holder, place = holder[place], name
                if holder[place] != [filling]:
                    return None
            holder[place] = self._rows(content, start, end)
            return whole[""]
        return None

    def _decoded(self, content: Any, names: Sequence[str]) -> Any:
        if not names:
            content = bytes(content)
            return self._rows(content, 0, len(content))
        name, *rest = names
        members = _members(content)
        at_path = self._decoded(members[name], rest)
        return {n: at_path if n == name else _decode(part) for n, part in members.items()}

    def _rows(self, content: bytes, start: int, end: int) -> TypedRows:
        rows = TypedRows(self._typed(memoryview(content)[start:end]))
        rows.ends = _ends(content, start, end)
        return rows

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._model, self.path)


_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_FIRST_NAME = re.compile(rb'\s*\[\s*(\{\s*"[^"\\]*"\s*:)')
_MOST_PLACES = 8


def _ends(content: bytes, start: int, end: int) -> tuple[Any, ...]:
    """The first and the last value of the JSON list from `start` to `end`.

    Of objects that begin with the same name they are found without a look at those in between,
    which would take a sixth of a page's time. A piece from such a beginning that is JSON is a whole
    object: deeper ones have a bracket too many behind them, and in a text the quotes are escaped.
    """
    opening = _FIRST_NAME.match(content, start, end)
    if opening is not None:
        name, begin, bracket = opening[1], opening.start(1), content.rindex(b"]", start, end)
        following = _places(lambda last: content.find(name, last + 1, bracket), begin)
        first = _whole(
            content[begin:place].rstrip().removesuffix(b",") for place in (*following, bracket)
        )
        ahead = _places(lambda last: content.rfind(name, begin, last), bracket)
        last = _whole(content[place:bracket] for place in ahead)
        if first and last:
            return *first, *last
    parts = _parts(memoryview(content)[start:end])
    return tuple(_decode(part) for part in (*parts[:1], *parts[-1:]))


def _places(find: Callable[[int], int], place: int) -> Iterator[int]:
    """A few places, each found from the one before."""
    for _ in range(_MOST_PLACES):
        if (place := find(place)) < 0:
            return
        yield place


def _whole(pieces: Iterable[bytes]) -> list[Any]:
    """What the first of the pieces that is JSON says, alone; nothing if none is."""
    for piece in pieces:
        with suppress(msgspec.DecodeError):
            return [_decode(piece)]
    return []


def _is_convertible(model: Any) -> bool:
    if not isinstance(model, type):
        # dict[str, int], a generic Struct; A | B
        return hasattr(model, "__origin__") or isinstance(model, types.UnionType)
    return (
        issubclass(model, (msgspec.Struct, dict))
        or dataclasses.is_dataclass(model)
        or hasattr(model, "__attrs_attrs__")
        or hasattr(model, "__total__")  # a TypedDict
        or hasattr(model, "_fields")  # a NamedTuple
    )


def _without_values(error: msgspec.ValidationError) -> str:
    # "Invalid enum value 'x' - at `$[0].type`"; the text of a cause is the model's own
    text, at, path = str(error).rpartition(" - at `")
    if error.__cause__ is not None:
        text = type(error.__cause__).__name__
    return re.sub(r"(?s)(Invalid (?:enum )?value).*", r"\1", text) + at + path
