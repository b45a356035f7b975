"""Servers whose pages begin at a token, at parameters or after a row; and those of one page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from requests_paginate._paths import ABSENT, is_count, is_scalar, read_path
from requests_paginate.strategies import Cursor, LastItem, NextParameters, SinglePage
from requests_paginate.testing.asks import Ask, refuse
from requests_paginate.testing.bodies import PageWriter
from requests_paginate.testing.pagings import Paging, Served

__all__ = ["LastRows", "OnePage", "ParametersInBody", "Tokens"]


_FIRST = (ABSENT, None, "", "*")  # Crossref and Solr begin at the cursor `*`


class Tokens(Paging[Cursor]):
    """A token, or several, that come back in the query, in the JSON body or in a header."""

    paths = ("token",)

    def __init__(self, strategy: Cursor, rows: Sequence[Any]) -> None:
        super().__init__(strategy, rows)
        self.names = _list_names(strategy.cursor)
        self.places = _list_names(strategy.token)

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the position of the tokens; refuse all that does not belong beside them."""
        tokens = {name: self._read(ask, name) for name in self.names}
        sent = {name: token for name, token in tokens.items() if token not in _FIRST}
        if not sent:
            if ask.is_onward:
                raise refuse(f"{self.names[0]!r} is missing")
            return 0
        if self.strategy.url is not None and not ask.is_onward:
            raise refuse(f"{self.names[0]!r} belongs to {self.strategy.url}")
        self._refuse_others(ask)
        positions = {self.read_token(token, name) for name, token in sent.items()}
        if len(positions) > 1 or len(sent) < len(self.names):
            raise refuse(f"{', '.join(self.names)} do not belong together")
        return positions.pop()

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the tokens, or null."""
        for place in self.places:
            writer.put(place, self.write_token(page.end) if page.has_more else None)

    def write_token(self, index: int) -> str:
        """Return the token of a position: a number in a string, if it goes back as a number."""
        return str(index) if self.strategy.number else super().write_token(index)

    def read_token(self, token: Any, name: str) -> int:
        """Return the position of a token."""
        if not self.strategy.number:
            return super().read_token(token, name)
        if not is_count(token) or int(token) > len(self.rows):
            raise refuse(f"{name!r} is no cursor of this listing")
        return int(token)

    def _read(self, ask: Ask, name: str) -> Any:
        """Return a token from where the strategy sends it; refuse one that stands elsewhere."""
        header = ask.request.headers.get(name, ABSENT)
        found = {"query": ask.read_query(name), "json": ask.read_body(name), "header": header}
        into = self.strategy.into
        if into is None:
            into = "query" if found["json"] is ABSENT else "json"
        elsewhere = [place for place in ("query", "json") if place != into]
        if found[into] is ABSENT and any(found[place] is not ABSENT for place in elsewhere):
            raise refuse(f"{name!r} goes into the {into}")
        if into == "json" and self.strategy.number and isinstance(found[into], str):
            raise refuse(f"{name!r} must be a number")
        return found[into]

    def _refuse_others(self, ask: Ask) -> None:
        """Refuse what stands beside a token that goes alone."""
        if not self.strategy.alone:
            return
        kept = self.strategy.alone if isinstance(self.strategy.alone, tuple) else ()
        fields = ask.body if isinstance(ask.body, Mapping) else {}
        sent = [name for name, _ in ask.request.parameters] + list(fields)
        allowed = {*kept, *(name.partition(".")[0] for name in self.names), *self.names}
        if others := [name for name in sent if name not in allowed]:
            raise refuse(f"{others[0]!r} may not stand beside {self.names[0]!r}")


class LastRows(Paging[LastItem]):
    """The key of the last row, after which the next page begins."""

    def __init__(self, strategy: LastItem, rows: Sequence[Any]) -> None:
        super().__init__(strategy, rows)
        self._indexes: dict[str, int] = {}
        for index, row in enumerate(rows):
            key = read_path(row, strategy.key)
            if not is_scalar(key) and not isinstance(key, list):
                raise ValueError(f"rows: expected a key at {strategy.key!r} of row {index}")
            if _write_key(key) in self._indexes:
                raise ValueError(f"rows: row {index} has another one's key at {strategy.key!r}")
            self._indexes[_write_key(key)] = index

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the index after the row with this key."""
        key = ask.read(self.strategy.param)
        if key in (ABSENT, None, ""):
            return 0
        if (index := self._indexes.get(_write_key(key))) is None:
            raise refuse(f"{self.strategy.param!r} names no row of this listing")
        return index + 1

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write nothing: the rows lead on."""


class ParametersInBody(Paging[NextParameters]):
    """An object of parameters for the next request."""

    paths = ("parameters",)

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return the position in the parameters."""
        token = ask.read("cursor")
        return 0 if token is ABSENT else self.read_token(token, "cursor")

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write the object, or leave it out."""
        following = {"cursor": self.write_token(page.end)}
        writer.put(self.strategy.parameters, following if page.has_more else ABSENT)


class OnePage(Paging[SinglePage]):
    """All rows at once."""

    def find_size(self, ask: Ask, largest: int) -> int:  # noqa: ARG002 - the interface
        """Return the number of all rows."""
        return max(1, len(self.rows))

    def find_start(self, ask: Ask, size: int) -> int:  # noqa: ARG002 - the interface
        """Return 0."""
        return 0

    def write(self, page: Served, writer: PageWriter) -> None:
        """Write nothing."""


def _list_names(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _write_key(key: Any) -> str:
    return json.dumps(key) if isinstance(key, list) else str(key)
