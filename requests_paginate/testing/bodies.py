"""The pages of a mocked listing: values written to where a strategy reads them."""

from __future__ import annotations

import json
import re
from typing import Any

from requests_paginate._paths import ABSENT, read_path
from requests_paginate.sandbox.messages import Response, encode

__all__ = ["PageWriter"]

_SELECTION = re.compile(r"(?P<list>[^\[]+)\[(?P<name>[^=\]]+)=(?P<value>[^\]]*)\]\.(?P<rest>.+)")
# What a list of rows may be called if the strategy does not say: names that detection knows.
_NAMES = ("items", "data", "results", "rows")


class PageWriter:
    """Writes the values of one page into its body and its headers.

    Where a strategy reads a header and where the body is not said in a path. A value stands in a
    header if the rows are a bare list, or if its name begins with `X-`.

    Args:
        place: The path of the rows, `""` for a bare list. None: the strategy finds them.
        others: The other paths that will be written.
    """

    def __init__(self, place: str | None, others: list[str]) -> None:
        inside = [path for path in others if not _is_extension(path)]
        if place is None:
            heads = {re.split(r"[.\[]", path)[0] for path in inside}
            place = next(name for name in (*_NAMES, "listed_rows") if name not in heads)
            place = place if inside else ""
        self.place = place
        self._body: Any = {}
        self._written: dict[str, Any] = {}
        self._headers: dict[str, Any] = {}

    def put(self, path: str, value: Any) -> None:
        """Write a value at a path of the body, or into a header; `ABSENT` is left out."""
        if self.place == "" or _is_extension(path):
            self.put_header(path, value)
            return
        if (selected := _SELECTION.fullmatch(path)) is not None:
            self._select(selected, value)
        elif value is not ABSENT:
            node, name = _reach(self._body, path)
            if name in node:
                raise _Conflict(path)
            node[name] = value
        self._written[path] = value

    def put_header(self, name: str, value: Any) -> None:
        """Write a value into a header; a name with dots is a field of JSON in a header."""
        if value is ABSENT or value is None:
            return
        name, _, inner = name.partition(".")
        text = value if isinstance(value, str) else json.dumps(value)
        if not inner:
            self._headers[name] = text
            return
        node, last = _reach(self._headers.setdefault(name, {}), inner)
        node[last] = value

    def finish(self, rows: list[Any], status: int = 200) -> Response:
        """Return the page with its rows.

        Raises:
            ValueError: No page can have a value at each of the paths.
        """
        if self.place == "":
            body: Any = rows
        else:
            self.put(self.place, rows)
            body = self._body
        for path, value in self._written.items():
            if read_path(body, path) != value:
                raise ValueError(f"dialect: no page can have a value at {path!r}")
        headers = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in self._headers.items()
        }
        return Response(
            status=status,
            headers=(("Content-Type", "application/json"), *headers.items()),
            body=encode(body),
        )

    def _select(self, selected: re.Match[str], value: Any) -> None:
        """Write into the object of a list that a path selects, as in `links[rel=next].href`."""
        node, name = _reach(self._body, selected["list"])
        entries = node.setdefault(name, [])
        if not isinstance(entries, list):
            raise _Conflict(name)
        if value is not ABSENT:
            entry = {selected["name"]: selected["value"]}
            inner, last = _reach(entry, selected["rest"])
            inner[last] = value
            entries.append(entry)


class _Conflict(ValueError):
    """An error that says that no page can have what the strategy reads."""

    def __init__(self, path: str) -> None:
        super().__init__(f"dialect: two values of one page at {path!r}")


def _is_extension(path: str) -> bool:
    return path.lower().startswith("x-")


def _reach(node: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """Return the object that a path ends in, and the name there; make what is missing above it.

    An annotation of OData is one name with a dot, `@odata.nextLink`
    (https://docs.oasis-open.org/odata/odata-json-format/v4.01/, section 4.6).
    """
    *above, last = re.findall(r"@[^.]+\.[^.]+|[^.]+", path)
    for name in above:
        inner = node.setdefault(name, {})
        if not isinstance(inner, dict):
            raise _Conflict(name)
        node = inner
    return node, last
