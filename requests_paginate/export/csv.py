"""Rows as CSV (RFC 4180): a column for each field, also for those of objects in a row."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO

import msgspec

from requests_paginate._paths import describe_type
from requests_paginate._transport.row_text import encode_escaped, join_rows
from requests_paginate.exceptions import MalformedPage
from requests_paginate.export.jsonl import encode_row


class _Number(str):
    """A number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def _encode_number(value: Any) -> Any:
    if isinstance(value, _Number):
        return msgspec.Raw(value.encode())
    raise TypeError(f"{type(value).__name__} cannot be written")


_decode = msgspec.json.Decoder(list[Any], float_hook=_Number).decode
_encode = msgspec.json.Encoder(enc_hook=_encode_number, decimal_format="number").encode
_BATCH = 1000  # rows
_MOST_NAMED = 20  # columns in a message
_SIGNS = ',"\r\n'  # a cell with one of them stands in quotes
_FLAGS = {True: "true", False: "false"}

Table = dict[str, list[Any]]  # the cells of rows by their columns


class CSVRows:
    """Rows as CSV, with the names of the columns in the first line.

    The field `current` of an object `balance` is the column `balance.current`. A list is its JSON.
    null and an empty object are empty cells. A number is written as it came.

    Args:
        columns: The columns in their order, if the caller chose them: other fields are left out.
            None for those of the first rows.
    """

    def __init__(self, columns: Sequence[str] | None = None) -> None:
        self._columns = None if columns is None else list(columns)
        self._is_given = columns is not None
        self._is_begun = False
        self._lists: dict[str, bool] = {}  # whether a column holds lists
        self._found: dict[str, bool] = {}  # whether a column of the rows has a value

    @property
    def state(self) -> Any:
        """The columns, which hold lists, and what the rows have, if the first line is written."""
        return [self._columns, self._lists, self._found] if self._is_begun else None

    def resume(self, state: Any) -> None:
        """Go on in a file that has its first line, if it has."""
        if state is not None:
            self._columns, self._lists, self._found = state
            self._is_begun = True

    def add(self, rows: Sequence[Any]) -> bytes:
        """Return what the rows of a page add to the file.

        Raises:
            MalformedPage: A row is no object, has a field without a column, a list or an object
                where others have a text, or an object where a chosen column has no name of a field.
        """
        if not rows:
            return b""
        table = self.make_table(rows)
        if self._columns is None:
            self._columns = list(table)
        if self._is_given:
            self._find(table)
        else:
            _refuse_others(table, self._columns)
        _refuse_objects(table, self._columns)
        empty = [None] * len(rows)
        written = [_write_cells(table.get(name, empty)) for name in self._columns]
        lines = [*map(",".join, zip(*written, strict=True))]
        if not self._is_begun:
            self._is_begun = True
            lines.insert(0, ",".join(_write_cells(self._columns)))
        if len(written) == 1:
            lines = [line or '""' for line in lines]  # an empty line would be no row
        try:
            return "".join([f"{line}\r\n" for line in lines]).encode()
        except UnicodeEncodeError:
            name = _find_half_pair(self._columns, written)
        raise MalformedPage(
            f"rows have half of a surrogate pair at {name!r}, which no CSV can hold; write JSON "
            "lines, or leave that column out"
        )

    def _find(self, table: Table) -> None:
        for name, values in table.items():
            self._found[name] = self._found.get(name, False) or _has_value(values)

    def refuse_missing(self) -> None:
        """Raise ValueError if no row has a column that the caller chose."""
        if self._columns is None or not self._found:
            return
        if missing := [name for name in self._columns if not self._may_be(name)]:
            there = ", ".join(map(repr, [*self._found][:_MOST_NAMED]))
            more = ", ..." if len(self._found) > _MOST_NAMED else ""
            raise ValueError(
                f"columns: no row has {', '.join(map(repr, missing))}; there are {there}{more}"
            )

    def _may_be(self, name: str) -> bool:
        """Return whether rows have a column, or null where its object would be."""
        parts = name.split(".")
        outer = [".".join(parts[:count]) for count in range(1, len(parts))]
        return name in self._found or any(self._found.get(each) is False for each in outer)

    def flush(self) -> bytes:
        """Return nothing: what was added is whole."""
        return b""

    def make_table(self, rows: Sequence[Any]) -> Table:
        """Return the cells of rows by their columns.

        A column after the other takes half of the time of a row after the other.
        """
        nodes = read_rows(rows)
        for kind in {*map(type, nodes)} - {dict}:
            raise MalformedPage(f"expected rows that are objects, got {_describe(kind)}")
        table: Table = {}
        self._add_columns(table, nodes, "")
        return table

    def _add_columns(self, table: Table, nodes: Sequence[Mapping[str, Any]], prefix: str) -> None:
        for name in dict.fromkeys(chain.from_iterable(nodes)):
            values = [node.get(name) for node in nodes]
            column, kinds = f"{prefix}{name}", {*map(type, values)} - {type(None)}
            if dict in kinds:
                _refuse_mixture(column, dict, kinds)
                self._add_columns(table, [value or {} for value in values], f"{column}.")
                continue
            if column in table:
                raise MalformedPage(f"rows have two fields that would be the column {column!r}")
            if kinds:
                self._check_lists(column, kinds)
            if list in kinds:
                values = [None if value is None else _encode_list(value) for value in values]
            elif bool in kinds:
                values = [_FLAGS[value] if type(value) is bool else value for value in values]
            table[column] = values

    def _check_lists(self, column: str, kinds: Collection[type]) -> None:
        are_lists = self._lists.setdefault(column, list in kinds)
        if are_lists or list in kinds:
            _refuse_mixture(column, list, kinds)
            if not are_lists:
                raise MalformedPage(f"expected no list at {column!r}, as in rows before")


def _encode_list(value: Any) -> str:
    return encode_escaped(value, _encode).decode()


def _find_half_pair(columns: Sequence[str], written: Sequence[Sequence[str]]) -> str:
    """Return the first column with a text that UTF-8 cannot hold."""
    texts = zip(columns, map("".join, written), strict=True)
    return next(name for name, text in texts if _has_half_pair(name + text))


def _has_half_pair(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _write_cells(values: Sequence[Any]) -> list[str]:
    """Return values as RFC 4180 writes them, in a third of the time that a `csv.writer` takes."""
    texts = [v if type(v) is str else "" if v is None else str(v) for v in values]
    whole = "".join(texts)
    if not any(sign in whole for sign in _SIGNS):
        return texts
    return [
        '"{}"'.format(text.replace('"', '""')) if any(sign in text for sign in _SIGNS) else text
        for text in texts
    ]


def _refuse_mixture(column: str, kind: type, kinds: Collection[type]) -> None:
    for other in {*kinds} - {kind}:
        text = f"expected {_describe(kind)} at {column!r}, as in other rows, got {_describe(other)}"
        raise MalformedPage(text)


def _describe(kind: type) -> str:
    return describe_type("" if kind is _Number else kind())


def _refuse_others(table: Table, columns: Sequence[str]) -> None:
    """Raise if rows have a field without a column; one that is null everywhere needs none."""
    others = [name for name in table.keys() - {*columns} if _has_value(table[name])]
    if others:
        names = ", ".join(map(repr, sorted(others)[:5]))
        raise MalformedPage(
            f'rows have {names}, which is no column of the first page; pass columns="all", or the '
            "names of the columns"
        )


def _refuse_objects(table: Table, columns: Sequence[str]) -> None:
    """Raise if a column is a whole object, of which no field is a column: its cells are empty."""
    for name in [name for name in columns if name not in table]:
        fields = [each for each in table if each.startswith(f"{name}.") and _has_value(table[each])]
        if fields and not any(each.startswith(f"{name}.") for each in columns):
            raise MalformedPage(
                f"rows have an object at {name!r}; name the columns of its fields, as {fields[0]!r}"
            )


def _has_value(values: Sequence[Any]) -> bool:
    return any(value is not None for value in values)


def read_rows(rows: Sequence[Any]) -> list[Any]:
    """Return rows as objects of JSON, in which numbers keep their digits."""
    if not rows or isinstance(rows[0], (msgspec.Raw, bytes)):
        return _read_text(join_rows(rows)) if rows else []
    try:
        return [msgspec.to_builtins(row, str_keys=True) for row in rows]
    except TypeError:  # a model of pydantic, or one that holds JSON as it came
        return _read_text(b"[%b]" % b",".join(map(encode_row, rows)))


def _read_text(text: Any) -> list[Any]:
    try:
        return _decode(text)
    except msgspec.DecodeError:  # half of a surrogate pair, which may be in a column left out
        rows: list[Any] = json.loads(bytes(text), parse_float=_Number, parse_int=_Number)
    return rows


def convert_lines(_form: object, lines: BinaryIO, file: BinaryIO) -> None:
    """Write JSON lines as CSV, with the columns that any of the rows has.

    Args:
        _form: What wrote the lines.
        lines: The lines, which are read twice.
        file: Where the CSV goes.
    """
    names: dict[str, bool] = {}  # whether a column has a value
    finder = CSVRows()
    for rows in _read_batches(lines):
        for name, values in finder.make_table(rows).items():
            names[name] = names.get(name, False) or _has_value(values)
    objects = {name[:place] for name in names for place, sign in enumerate(name) if sign == "."}
    # what is null everywhere is no column where an object may stand
    columns = [name for name, is_full in names.items() if is_full or name not in objects]
    lines.seek(0)
    form = CSVRows(columns)
    for rows in _read_batches(lines):
        file.write(form.add(rows))


def _read_batches(lines: BinaryIO) -> Iterator[list[bytes]]:
    while rows := list(islice(lines, _BATCH)):
        yield rows
