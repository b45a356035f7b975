"""What a caller may ask of a listing, checked when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from typing import Any

from requests_paginate import dialects
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.typed_rows import make_row_converter
from requests_paginate.strategies import Strategy

__all__ = ["OPTION_NAMES", "Options", "split_options"]

_BEHAVIOUR_OF_PAGES = ("stream", "allow_redirects")


@dataclass(frozen=True, kw_only=True)
class Options(TransportOptions):
    """The options of a listing, those of the wire among them; see the table in the README.

    Attributes:
        strategy: How the API paginates; None detects it from the first request and response.
        items: Where the rows are: a path, `""` for a bare list, or a callable given the body.
        model: A type that msgspec converts rows to, or a callable given one row.
        max_items: Hand out at most so many rows.
        max_pages: Request at most so many pages.
        prefetch: Pages to fetch ahead.
        key: A row's identity, a name or a callable given the row: rows seen before are dropped.
        resume: A checkpoint to go on from.
    """

    strategy: Strategy | None = None
    items: str | Callable[[Any], Any] | None = None
    model: Any = None
    max_items: int | None = None
    max_pages: int | None = None
    prefetch: int = 0
    key: str | Callable[[Any], Any] | None = None
    resume: str | None = None

    def __post_init__(self) -> None:
        if self.strategy is not None and not isinstance(self.strategy, Strategy):
            raise TypeError(_no_strategy(self.strategy))
        ItemsAt(self.items)
        make_row_converter(self.model)
        _ = self.retrying
        for name in ("max_items", "max_pages"):
            if getattr(self, name) is not None:
                _check_count(name, getattr(self, name))
        _check_count("prefetch", self.prefetch)
        _check_count("max_page_bytes", self.max_page_bytes)
        if self.deadline is not None:
            _check_seconds("deadline", self.deadline)
        self._check_timeout()
        if self.key is not None and not (isinstance(self.key, str) or callable(self.key)):
            raise TypeError(f"key: expected a name or a callable, got {_kind(self.key)}")
        if self.resume is not None and not isinstance(self.resume, str):
            raise TypeError(f"resume: expected a checkpoint string, got {_kind(self.resume)}")
        if self.decode is not None and not callable(self.decode):
            raise TypeError(f"decode: expected a callable, got {_kind(self.decode)}")
        if not isinstance(self.pin_origin, bool):
            raise TypeError(f"pin_origin: expected True or False, got {_kind(self.pin_origin)}")
        origins = self.allow_origins
        if not isinstance(origins, (Sequence, Set)) or isinstance(origins, (str, bytes)):
            raise TypeError(f"allow_origins: expected a tuple of origins, got {_kind(origins)}")
        for origin in origins:
            if not isinstance(origin, str):
                raise TypeError(f"allow_origins: expected strings, got {_kind(origin)}")

    def _check_timeout(self) -> None:
        parts = self.timeout if isinstance(self.timeout, tuple) else (self.timeout,)
        if isinstance(self.timeout, tuple) and len(parts) != 2:
            raise ValueError("timeout: expected seconds or (connect, read)")
        for seconds in parts:
            if seconds is not None:
                _check_seconds("timeout", seconds)


def _names() -> tuple[str, ...]:
    """The names of all options: a listing's own, then those of the wire."""
    of_wire = [spec.name for spec in fields(TransportOptions)]
    return (*(spec.name for spec in fields(Options) if spec.name not in of_wire), *of_wire)


OPTION_NAMES = _names()


def split_options(given: Mapping[str, Any]) -> tuple[Options, dict[str, Any]]:
    """The options of the listing, and the rest, which is for `session.request`.

    Raises:
        TypeError: A value has the wrong type, or cannot hold on every page.
        ValueError: A value is out of range.
    """
    ours = {name: value for name, value in given.items() if name in OPTION_NAMES}
    rest = {name: value for name, value in given.items() if name not in OPTION_NAMES}
    for name in _BEHAVIOUR_OF_PAGES:
        if name in rest:
            raise TypeError(f"{name}: a listing reads whole pages and checks redirects itself")
    for name in ("data", "files"):
        if name in rest and not _is_replayable(rest[name]):
            raise TypeError(
                f"{name}: expected what can be sent again for every page (str, bytes, dict or "
                f"list), got {_kind(rest[name])}"
            )
    return Options(**ours), rest


def _is_replayable(body: Any) -> bool:
    if isinstance(body, Mapping):
        return all(_is_replayable(value) for value in body.values())
    if isinstance(body, (list, tuple)):
        return all(_is_replayable(value) for value in body)
    return not (isinstance(body, Iterator) or hasattr(body, "read"))


def _check_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected a whole number, got {_kind(value)}")
    if value < 0:
        raise ValueError(f"{name}: expected 0 or more, got {value}")


def _check_seconds(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: expected seconds, got {_kind(value)}")
    if not value > 0:
        raise ValueError(f"{name}: expected more than 0 seconds, got {value}")


def _no_strategy(value: Any) -> str:
    if isinstance(value, type) and issubclass(value, Strategy):
        return f"strategy: expected a strategy, got the class; write {value.__name__}(...)"
    if isinstance(value, str):
        known = dialects.by_name().get(value.lower().replace("_", "-"))
        name = value.upper().replace("-", "_") if known else "BELVO"
        return f"strategy: expected a strategy, got a string; write it as dialects.{name}"
    return f"strategy: expected a Strategy such as strategies.NextLink('next'), got {_kind(value)}"


def _kind(value: Any) -> str:
    return type(value).__name__
