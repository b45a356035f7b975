"""Turn rows into the caller's model, straight from the bytes of a body where that is possible."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache, partial
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from requests_paginate._paths import read_path
from requests_paginate._transport.exact_numbers import DecimalPlaces
from requests_paginate._transport.named_tuples import is_named_tuple, make_struct, read_by_name
from requests_paginate._transport.pydantic_rows import (
    is_of_pydantic,
    make_validator,
    mentions_decimal,
)
from requests_paginate._transport.row_text import encode_row
from requests_paginate.exceptions import MalformedPage

_decode = msgspec.json.Decoder().decode
_LOST_DIGITS = (
    "a row does not fit the model: expected a Decimal, got a float, which may be another number - "
    "at `${}`; let decode= or items= keep the digits, as msgspec.json.Decoder(float_hook=Decimal)"
    ".decode does, or give the model a float there"
)


def has_decimals(model: Any) -> bool:
    """Return whether a model keeps all digits, in Decimals of msgspec or pydantic, or as text."""
    if is_of_pydantic(model):
        return mentions_decimal(model)
    is_type = model is not None and _is_convertible(model)
    return is_type and (model is msgspec.Raw or DecimalPlaces.find(model) is not None)


def make_row_converter(model: Any) -> Callable[[Sequence[Any]], list[Any]] | None:
    """Return what turns a page's rows into the caller's model; None for no model.

    A model is a type that msgspec converts to (Struct, dataclass, attrs, TypedDict, ...), a class
    of pydantic, `msgspec.Raw` for a row's own JSON, or a callable; else this raises TypeError.
    """
    if model is None:
        return None
    if is_of_pydantic(model):
        return make_validator(model)
    if model is msgspec.Raw:  # where the rows' own bytes cannot be found
        return lambda rows: [msgspec.Raw(encode_row(row)) for row in rows]
    if not _is_convertible(model):
        if not callable(model):
            raise TypeError(f"model: expected a type or a callable, got {type(model).__name__}")
        return lambda rows: [model(row) for row in rows]
    if is_named_tuple(model):
        return read_by_name(model, _make_converter(model), _make_converter(make_struct(model)))
    return _make_converter(model)


def _make_converter(model: Any) -> Callable[[Sequence[Any]], list[Any]]:
    msgspec.json.Decoder(model)  # raises TypeError at the call for a type that it does not know
    find_decimals = cache(partial(DecimalPlaces.find, list[model]))  # most rows need no conversion

    def convert(rows: Sequence[Any]) -> list[Any]:
        if (decimals := find_decimals()) is not None and (
            path := decimals.find_float(rows)
        ) is not None:
            raise MalformedPage(_LOST_DIGITS.format(path))
        try:
            return _convert(rows, model)
        except msgspec.ValidationError as error:
            raise MalformedPage(f"a row does not fit the model: {_remove_values(error)}") from None
        except UnicodeEncodeError:
            raise MalformedPage("a row does not fit the model: a text is none") from None

    return convert


def _convert(rows: Sequence[Any], model: Any) -> list[Any]:
    """Return rows as models; names in JSON are texts, also where a model has numbers for them."""
    try:
        return msgspec.convert(rows, list[model])
    except msgspec.ValidationError:
        with suppress(msgspec.ValidationError):
            return msgspec.convert(rows, list[model], str_keys=True)
        raise


class TypedRows(list[Any]):
    """Rows that were decoded straight into a model."""

    ends: tuple[Any, ...] = ()  # the first and the last as they came; a page is known by them
    # reads from a row what stood at the name of the ids; None if the model does not hold it
    read_column: Callable[[Any], Any] | None = None
    # of rows that stay text, their list as it came, from bracket to bracket
    text: memoryview | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "text"}


class RowDecoder:
    """Decodes the rows at a path straight into a model, and what stands around them as it is.

    This saves the objects in between, and a Decimal keeps the digits of the bytes. The path of a
    bare list is empty.

    To find the rows with a parser takes a seventh of a page's time. So a search for text guesses
    where they are, and `_decode_around` proves the guess. Where it is wrong, `_decode_members`
    parses, on this page and on all later ones. If the body is not as expected, or a row does not
    fit, nothing is returned: the usual way (decode, find the rows, convert) tells what is wrong.
    """

    def __init__(self, model: Any, path: str, column: str | None = None) -> None:
        self._model, self.path, self.column = model, path, column
        self._names = path.split(".") if path else []
        self._typed = msgspec.json.Decoder(list[model]).decode
        self._read_column = _make_column_reader(model, column)
        written = re.escape(json.dumps(self._names[-1]).encode()) if self._names else b""
        self._opening = re.compile(written + (rb"\s*:\s*\[" if written else rb"\["))
        self._can_guess = True  # until a body shows that another list follows the rows

    @classmethod
    def of(cls, model: Any, path: object, column: str | None = None) -> RowDecoder | None:
        """Return the decoder of a model's rows; None if a callable of the caller makes them.

        It also reads what stands in the rows at the name of a `column`, if the model has it.
        """
        is_type = model is not None and _is_convertible(model)
        return cls(model, path, column) if is_type and isinstance(path, str) else None

    def decode_body(self, content: bytes) -> Any:
        """Return the decoded body with `TypedRows` in it; None if it is not as expected."""
        try:
            if not content.isascii():
                content.decode()  # msgspec skips what a model does not name, broken characters too
            body = self._decode_around(content) if self._can_guess else None
            if body is None:
                self._can_guess = False
                body = self._decode_members(content, self._names)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LookupError):
            return None
        # A name that itself holds dots comes before the path that it looks like.
        return body if isinstance(read_path(body, self.path), TypedRows) else None

    def decode_rows(self, content: bytes) -> TypedRows | None:
        """Return only the rows of a body; None if it is not as expected."""
        body = self.decode_body(content)
        return None if body is None else read_path(body, self.path)

    def _decode_around(self, content: bytes) -> Any:
        """Return the decoded body where its rows are the last list in it, else None.

        The gap goes from the bracket after the rows' name to the last bracket of all. This guess is
        right, whatever the body holds, because the following is checked:

        1. With `[0]` in the gap, the body is JSON with [0] at the path; with `[1]`, with [1].
        2. So the gap is no part of a text. In a value, both bodies would hold the same at the path.
           In a name, what is named there would follow the last bracket, and be no list.
        3. So what fills the gap is a value in what stands at the path: a list with nothing but a
           number in it. So it is that list.
        4. The gap holds a JSON list, from the first byte to the last: the rows' own decoder takes
           nothing else. One value instead of another leaves JSON as it is elsewhere. So the rows
           belong at the path of the body with [1].
        """
        opening, end = self._opening.search(content), content.rfind(b"]") + 1
        if opening is None or opening.end() > end:
            return None
        start = opening.end() - 1
        *parents, name = ["", *self._names]
        with suppress(msgspec.DecodeError, LookupError, TypeError):
            for number in (0, 1):
                filled = b"%b[%d]%b" % (content[:start], number, content[end:])
                holder = whole = {"": _decode(filled)}
                for parent in parents:
                    holder = holder[parent]
                if holder[name] != [number]:
                    return None
            holder[name] = self._decode_list(content, start, end)
            return whole[""]
        return None

    def _decode_members(self, content: Any, names: Sequence[str]) -> Any:
        if not names:
            content = bytes(content).strip()
            return self._decode_list(content, 0, len(content))
        name, *rest = names
        members = _split_object(content)
        at_path = self._decode_members(members[name], rest)
        return {n: at_path if n == name else _decode(part) for n, part in members.items()}

    def _decode_list(self, content: bytes, start: int, end: int) -> TypedRows:
        rows = TypedRows(self._typed(memoryview(content)[start:end]))
        rows.ends = _decode_ends(content, start, end)
        rows.read_column = self._read_column
        if self._model is msgspec.Raw:
            rows.text = memoryview(content)[start:end]
        return rows

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._model, self.path, self.column)


def _make_column_reader(model: Any, name: str | None) -> Callable[[Any], Any] | None:
    """Return what reads from a model what stands in its row at a name; None if it has no field."""
    if name is None or not isinstance(model, type):
        return None
    if issubclass(model, msgspec.Struct):
        fields = {field.encode_name: field.name for field in msgspec.structs.fields(model)}
        return attrgetter(fields[name]) if name in fields else None
    if dataclasses.is_dataclass(model):
        return (
            attrgetter(name)
            if name in {field.name for field in dataclasses.fields(model)}
            else None
        )
    return itemgetter(name) if model is dict else None


_split_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_split_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_FIRST_NAME = re.compile(rb'\s*\[\s*(\{\s*"[^"\\]*"\s*:)')


def _decode_ends(content: bytes, start: int, end: int) -> tuple[Any, ...]:
    """Return the first and the last value of the JSON list from `start` to `end`.

    To split the whole list takes a sixth of a page's time. But most rows begin with the same text,
    such as `{"id":`. So the first row may end before the next such text, and the last one begin at
    the last. A few of these places are tried. A piece is right if it is JSON, because

    1. of all pieces that begin at the first row's bracket, one alone is an object: that row;
    2. what begins with `{"id":` and is an object up to the end of the list is the last row. From
       an inner object, a bracket too many would follow; from an earlier row, another value; from
       the middle of a text, where quotes are escaped, an odd number of quotes.
    """
    opening = _FIRST_NAME.match(content, start, end)
    if opening is not None:
        name, begin, bracket = opening[1], opening.start(1), content.rindex(b"]", start, end)
        following = _find_places(lambda last: content.find(name, last + 1, bracket), begin)
        first = _decode_first(
            content[begin:place].rstrip().removesuffix(b",") for place in (*following, bracket)
        )
        ahead = _find_places(lambda last: content.rfind(name, begin, last), bracket)
        last = _decode_first(content[place:bracket] for place in ahead)
        if first and last:
            return *first, *last
    parts = _split_list(memoryview(content)[start:end])
    return tuple(_decode(part) for part in (*parts[:1], *parts[-1:]))


def _find_places(find: Callable[[int], int], place: int) -> Iterator[int]:
    for _ in range(8):  # a few
        if (place := find(place)) < 0:
            return
        yield place


def _decode_first(pieces: Iterable[bytes]) -> list[Any]:
    for piece in pieces:
        with suppress(msgspec.DecodeError):
            return [_decode(piece)]
    return []


def _is_convertible(model: Any) -> bool:
    if is_of_pydantic(model):
        return False  # a dataclass of pydantic is one by its looks
    if not isinstance(model, type):  # dict[str, int], a generic Struct; A | B
        return hasattr(model, "__origin__") or isinstance(model, types.UnionType)
    return (
        issubclass(model, (msgspec.Struct, msgspec.Raw, dict, Decimal))
        or dataclasses.is_dataclass(model)
        or hasattr(model, "__attrs_attrs__")
        or hasattr(model, "__total__")  # a TypedDict
        or hasattr(model, "_fields")  # a NamedTuple
    )


def _remove_values(error: msgspec.ValidationError) -> str:
    """Return the text of an error, such as "Invalid enum value 'x' - at `$[0].type`", without x.

    The text of a cause is the model's own, and may hold values anywhere.
    """
    text, at, path = str(error).rpartition(" - at `")
    if error.__cause__ is not None:
        text = type(error.__cause__).__name__
    return re.sub(r"(?s)(Invalid (?:enum )?value).*", r"\1", text) + at + path
