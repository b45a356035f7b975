"""Select the rows of a page to hand out: new ones, as many as wanted, as the caller's models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Reading
from requests_paginate._models import Page, copy_with
from requests_paginate._paths import describe_type
from requests_paginate._transport.typed_rows import make_row_converter
from requests_paginate.exceptions import MalformedPage

_EXACT = 2.0**53  # integers from here on are no longer all different as floats


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The rows of a page that are handed out.

    Attributes:
        reading: The page as the server sent it.
        page: The page with the rows that are handed out.
        places: Their places among the server's rows.
        is_trimmed: Whether rows are left out because no more are wanted.
    """

    reading: Reading
    page: Page
    places: Sequence[int]
    keys: frozenset[Any]
    duplicates: int
    is_trimmed: bool

    def count_done(self, used: int) -> int:
        """Return how many of the server's rows are past once so many of these are handed out."""
        if used < len(self.places):
            return self.places[used]
        return self.places[-1] + 1 if self.places else 0


class RowSelector:
    """Selects the rows of a listing's pages that are handed out."""

    def __init__(self, options: Options) -> None:
        self.duplicates = 0
        self._key, self._model = options.key, options.model
        self._convert = make_row_converter(options.model)
        self._keys_seen: set[Any] = set()

    def select(self, reading: Reading, *, skip: int, most: int | None) -> Selection:
        """Return the rows of a page to hand out: `most` after the first `skip`, or all of them.

        Nothing is remembered yet.

        Raises:
            MalformedPage: A row has no key, or does not fit the model.
        """
        rows = self._make_models(reading)
        places: Sequence[int] = range(len(rows))
        keys: set[Any] = set()
        if self._key is not None:
            places = [place for place in places if self._is_new(rows[place], keys)]
            if reading.has_changed:
                skip = 0  # rows have moved: to skip by place could lose one
        duplicates = len(rows) - len(places)
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
            keys=frozenset(keys),
            duplicates=duplicates,
            is_trimmed=is_trimmed,
        )

    def remember(self, selection: Selection) -> None:
        """Remember the keys of a page that was taken."""
        self._keys_seen |= selection.keys
        self.duplicates += selection.duplicates

    def describe_loss(self, last: Page, total: int | None) -> str | None:
        """Return how many rows are missing at the end by their keys, in words; None for none.

        `total` is the smallest one that was told: it does not count rows that arrived meanwhile.
        """
        if not self.duplicates or total is None or last.start is None:
            return None
        distinct = last.start + len(last.items) - self.duplicates
        if distinct >= total:
            return None
        return (
            f"the listing has {distinct} rows with different keys, and a total of {total}: "
            "while it was read, rows moved from page to page, and some were missed"
        )

    def _make_models(self, reading: Reading) -> Sequence[Any]:
        rows, typed = reading.page.items, reading.typed_rows
        if self._convert is None:
            return rows
        return self._convert(rows) if typed is None or len(typed) != len(rows) else typed

    def _is_new(self, row: Any, keys: set[Any]) -> bool:
        identity = _identify(row, self._key)
        if type(identity) is float and abs(identity) >= _EXACT:
            raise MalformedPage(
                "expected a row's identity from key=, got a number that was rounded, so that two "
                "rows may have it; pass a decode= that keeps long integers, as json.loads does"
            )
        try:
            is_new = identity not in self._keys_seen and identity not in keys
        except TypeError:
            raise MalformedPage(
                f"expected a row's identity from key=, got {describe_type(identity)}"
            ) from None
        keys.add(identity)
        return is_new

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_convert"}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, _convert=make_row_converter(state["_model"]))


def _identify(row: Any, key: str | Callable[[Any], Any] | None) -> Any:
    if callable(key):
        return key(row)
    try:
        return row[key] if isinstance(row, Mapping) else getattr(row, str(key))
    except (KeyError, AttributeError):
        raise MalformedPage(
            f"expected a row's identity at {key!r}, got nothing; see key="
        ) from None
