"""Select the rows of a page to hand out: new ones, as many as wanted, as the caller's models."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from requests_paginate._listing.keys import SeenKeys, make_key
from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Reading
from requests_paginate._models import Page, copy_with
from requests_paginate._transport.typed_rows import make_row_converter
from requests_paginate.exceptions import MalformedPage

_FEW = 2  # rows of a page that may well be one row twice


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The rows of a page that are handed out.

    Attributes:
        reading: The page as the server sent it.
        page: The page with the rows that are handed out.
        places: Their places among the server's rows.
        keys: The keys of its rows that are new, in their order.
        duplicates: How many rows are dropped, because their key was seen before.
        is_trimmed: Whether rows are left out because no more are wanted.
        doubt: Why `key=` may be wrong, in words; None if it may not.
    """

    reading: Reading
    page: Page
    places: Sequence[int]
    keys: Sequence[Any]
    duplicates: int
    is_trimmed: bool
    doubt: str | None = None

    def count_done(self, used: int) -> int:
        """Return how many of the server's rows are past once so many of these are handed out."""
        if used < len(self.places):
            return self.places[used]
        return self.places[-1] + 1 if self.places else 0


class RowSelector:
    """Selects the rows of a listing's pages that are handed out.

    Attributes:
        keys: The keys of the rows so far.
    """

    def __init__(self, options: Options, keys: SeenKeys | None = None) -> None:
        self.keys = keys or SeenKeys()
        self._key, self._model = options.key, options.model
        self._convert = make_row_converter(options.model)

    def select(
        self, reading: Reading, *, skip: int, most: int | None, stop: int | None = None
    ) -> Selection:
        """Return the rows of a page to hand out: `most` after the first `skip`, or all of them.

        Those from `stop` on do not belong to the listing.
        Nothing is remembered yet.

        Raises:
            MalformedPage: A row has no key, or does not fit the model.
        """
        rows = self._make_models(reading if stop is None else reading.cut(stop))
        places: Sequence[int] = range(len(rows))
        keys: dict[Any, None] = {}
        if self._key is not None:
            places = [place for place in places if self._is_new(rows[place], keys)]
            if reading.has_changed:
                skip = 0  # rows have moved: to skip by place could lose one
        duplicates = len(rows) - len(places)
        doubt = None if self._key is None else self._describe_doubt(len(rows), keys, duplicates)
        places = [place for place in places if place >= skip] if skip else places
        is_trimmed = most is not None and len(places) > most
        places = places[:most] if is_trimmed else places
        if len(places) != len(rows):
            rows = [rows[place] for place in places]
        page = reading.page
        return Selection(
            reading=reading,
            page=page if rows is page.items else copy_with(page, items=rows),
            places=places,
            keys=tuple(keys),
            duplicates=duplicates,
            is_trimmed=is_trimmed,
            doubt=doubt,
        )

    def describe_loss(self, last: Page, total: int | None) -> str | None:
        """Return how many rows are missing at the end by their keys, in words; None for none.

        `total` is the smallest one that was told: it does not count rows that arrived meanwhile.
        """
        dropped = self.keys.all_dropped
        if not dropped or total is None or last.start is None:
            return None
        distinct = last.start + len(last.items) - dropped
        if distinct >= total:
            return None
        return (
            f"the listing has {distinct} rows with different keys, and a total of {total}: "
            "while it was read, rows moved from page to page, and some were missed"
        )

    def _make_models(self, reading: Reading) -> Sequence[Any]:
        rows, typed, exact = reading.page.items, reading.typed_rows, reading.exact_rows
        if self._convert is None:
            return rows
        if typed is not None and len(typed) == len(rows):
            return typed
        try:
            return self._convert(rows if exact is None else exact)
        except MalformedPage as error:
            path = getattr(reading.strategy.items, "path", None)
            where = path if isinstance(path, str) else "rows"
            error.args = (str(error).replace("`$[", f"`{where}["),)
            raise

    def _describe_doubt(self, rows: int, keys: Collection[Any], duplicates: int) -> str | None:
        """Return why the rows' key may be none, in words: all of them have it, or none has."""
        if rows > 1 and not keys and not duplicates:
            return "key= finds no identity in the rows of a page, so none of them is dropped"
        if rows > _FEW and duplicates == rows - 1 and self.keys.is_empty:
            return f"key= finds one identity in all {rows} rows of the first page: one is left"
        return None

    def _is_new(self, row: Any, keys: dict[Any, None]) -> bool:
        key = make_key(_identify(row, self._key))
        if key is None:
            return True
        if key in self.keys or key in keys:
            return False
        keys[key] = None
        return True

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_convert"}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, _convert=make_row_converter(state["_model"]))


def _identify(row: Any, key: str | Callable[[Any], Any] | None) -> Any:
    if callable(key):
        return key(row)
    if isinstance(row, msgspec.Raw):
        try:
            row = msgspec.json.decode(row)
        except msgspec.DecodeError:  # half of a surrogate pair
            row = json.loads(bytes(row))
    try:
        return row[key] if isinstance(row, Mapping) else getattr(row, str(key))
    except (KeyError, AttributeError):
        raise MalformedPage(
            f"expected a row's identity at {key!r}, got nothing; see key="
        ) from None
