"""Find what tells the rows of a listing apart: a column of ids, chosen once and then read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._transport.typed_rows import TypedRows

# What is a row's own by its name alone, the most usual first.
_OWN = (
    "id", "uuid", "guid", "gid", "uid", "sid", "urn", "sysid", "objectid", "nodeid", "pk", "iid",
    "oid", "ulid", "arn", "odataid", "rid", "@id",
)  # fmt: skip
# What is often a row's own, such as the code of a country.
_USUAL = (
    "key", "code", "sku", "slug", "number", "self", "href", "url", "uri", "isbn", "issn", "doi",
    "ean", "iban", "hash", "sha", "digest",
)  # fmt: skip
_LABELS = ("fullname", "email", "mail", "username", "login", "handle", "hostname", "path", "name")
_NAMES = {name: (rank, place) for rank, names in ((0, _OWN), (2, _USUAL), (3, _LABELS))
          for place, name in enumerate(names)}  # fmt: skip
# `user_id`, `ItemID`, `txHash`; a bid, a grid and what is paid are none
_ENDING = re.compile(
    r"(?!bid$|.*(?:fluid|grid|humid|hybrid|paid|rapid|solid|valid|void)$).*(?:id|arn|hash|sku)"
)
_HOLDERS = re.compile(
    r"_?(?:id|attributes|content|data|doc(?:ument)?|entity|entry|fields|header|identif\w+|item|key"
    r"|links?|meta(?:data)?|node|object|properties|record|resource|self|source|sys)"
)
_FEWEST = 3  # rows by which a column without such a name is chosen: two differ by chance
_MOST = 100  # rows of a page that are looked at, and columns
_LONGEST = 100  # characters of a name
_FIRST = 5  # rows in which names are sought
_PLAIN = frozenset({str, int, float})

_AS_SENT = frozenset({str, int})  # ids that a model converts are other values than on plain pages

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Column:
    """Where the rows of a listing have what tells them apart.

    Attributes:
        path: The names that lead to it in a row; none for rows that are plain values themselves.
            None if the rows have no such column.
        is_named: Whether its name says that it is an identity. Other values only differ.
    """

    path: Place | None
    is_named: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "_getters", [itemgetter(name) for name in self.path or ()])

    @property
    def name(self) -> str | None:
        """The name in a row at which it is, or what holds it; None for none."""
        first = self.path[0] if self.path else None
        return first if isinstance(first, str) else None

    def read(self, rows: Sequence[Any], part: slice = slice(None)) -> list[Any]:
        """Return the values of a page's rows, in their order, without the rows that have none.

        Args:
            rows: The rows; of models that lack the value, only the first and the last row have it.
            part: Which of the rows.
        """
        if self.path is None:
            return []
        getters, path = vars(self)["_getters"], self.path
        found = list(rows[part])
        if type(rows) is TypedRows:
            values = list(map(rows.read_column, found)) if rows.read_column is not None else ()
            if values and _AS_SENT.issuperset(map(type, values)):
                return values
            found = list(rows.ends[: len(rows)])
        source = found
        try:
            for get in getters:
                found = list(map(get, found))
        except (LookupError, TypeError):
            found = [_look_up(row, path) for row in source]
        if _PLAIN.issuperset(map(type, found)):
            return found
        return [plain for value in found if (plain := _make_plain(value)) is not None]


NO_COLUMN = Column(None)


def find_column(rows: Sequence[Any]) -> Column | None:
    """Return the column of the first page with rows, `NO_COLUMN` for none; None if none can tell.

    Its values must differ on the page. A name that says what it is counts most; one row alone is
    no page to see which other values differ.
    """
    rows = rows[:_MOST]
    if not rows:
        return None
    for rank, path in sorted(_list_places(rows), key=itemgetter(0))[:_MOST]:
        column = Column(path, is_named=rank < (_UNNAMED,))
        if (len(rows) > 1 or rank[0] in (0, 2)) and _tells_apart(column, rows):
            return column
    return NO_COLUMN if len(rows) > 1 else None


_UNNAMED = 4
_Rank = tuple[int, ...]


def _list_places(rows: Sequence[Any]) -> Iterator[tuple[_Rank, Place]]:
    """Yield where identities may be, with how much speaks for each: less is more."""
    row = next((row for row in rows if row is not None), None)
    if _make_plain(row) is not None:
        yield (_UNNAMED,), ()
    elif isinstance(row, (list, tuple)):
        for place, value in enumerate(row[:_MOST]):
            yield (_UNNAMED, not isinstance(value, str)), (place,)
    else:
        members: dict[str, Any] = {}
        for row in rows[:_FIRST]:  # the very first may lack its id
            members |= {n: v for n, v in _list_fields(row) if members.get(n) is None}
        yield from _list_members(members)


def _list_members(members: Mapping[str, Any]) -> Iterator[tuple[_Rank, Place]]:
    """Yield the places in an object and, one level down, in those that may hold its identity."""
    for order, (name, value) in enumerate(members.items()):
        if _make_plain(value) is not None:
            yield (*_rank(name, value), order), (name,)
        elif isinstance(value, Mapping):
            # the id of an `owner` is not the row's, unless there is nothing else
            is_own = len(members) == 1 or _HOLDERS.fullmatch(normalize_name(name)) is not None
            yield from _list_inner(name, value, order) if is_own else ()


def _list_inner(name: str, inner: Any, order: int) -> Iterator[tuple[_Rank, Place]]:
    for own, value in _list_fields(inner):
        if _make_plain(value) is not None:
            yield (*_rank(own, value, depth=1), order), (name, own)


def _list_fields(row: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and values of a row's members, or of an object's own attributes."""
    if isinstance(row, Mapping):
        for name, value in row.items():
            if isinstance(name, str) and len(name) <= _LONGEST:  # a checkpoint holds it
                yield name, value
    else:
        for name in (*getattr(row, "__struct_fields__", ()), *getattr(row, "__dict__", ())):
            yield name, getattr(row, name, None)


def _rank(name: str, value: Any, depth: int = 0) -> _Rank:
    """Return how well a name says that it is an identity, the best first."""
    plain = normalize_name(name)
    if plain in _NAMES:
        rank, place = _NAMES[plain]
        return rank, depth, place
    is_other = not isinstance(value, str)  # numbers are equal by chance more often
    return (1, depth, 0) if _ENDING.fullmatch(plain) else (_UNNAMED, depth, is_other)


def _tells_apart(column: Column, rows: Sequence[Any]) -> bool:
    found = column.read(rows)
    if len(set(found)) < len(found) or 2 * len(found) < len(rows):
        return False
    is_text = column.path == () and isinstance(found[0], str)
    return column.is_named or len(found) == len(rows) >= (2 if is_text else _FEWEST)


def _look_up(row: Any, path: Place) -> Any:
    """Return what stands at a place in a row of any kind; None for nothing."""
    for name in path:
        if isinstance(row, Mapping):
            row = row.get(name)
        elif isinstance(name, int):
            is_there = isinstance(row, (list, tuple)) and name < len(row)
            row = row[name] if is_there else None
        else:
            row = getattr(row, name, None)
    return row


def _make_plain(value: Any) -> Any:
    """Return a value that may be an identity; a decoder of the caller's may make subclasses."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bool) or not isinstance(value, (str, bytes, int, float, Decimal)):
        return None
    return str(value) if isinstance(value, str) else int(value) if isinstance(value, int) else value
