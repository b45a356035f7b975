"""The options of a listing, which are checked at the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from requests_paginate import dialects
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.retry import RetryPolicy
from requests_paginate._transport.typed_rows import make_row_converter
from requests_paginate.strategies import Strategy


@dataclass(frozen=True, kw_only=True)
class Options(TransportOptions):
    """All options of a listing; see the table in the README.

    Attributes:
        strategy: How the API paginates; None detects it from the first request and response.
        items: Where the rows are: a path, `""` for a bare list, or a callable given the body.
        model: A type that msgspec converts rows to, or a callable given one row.
        max_items: Hand out at most so many rows.
        max_pages: Request at most so many pages.
        prefetch: Pages to fetch ahead.
        key: A row's identity, a name or a callable given the row: rows seen before are dropped.
        resume: A checkpoint to continue from.
        until: A checkpoint to stop at.
        strict: Whether a doubt about the end is an error, and no warning.
    """

    strategy: Strategy | None = None
    items: str | Callable[[Any], Any] | None = None
    model: Any = None
    max_items: int | None = None
    max_pages: int | None = None
    prefetch: int = 0
    key: str | Callable[[Any], Any] | None = None
    resume: str | None = None
    until: str | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            if value is not None or name in _NEVER_NONE:
                check(name, value)


# The options of the listing first, then those of the transport.
_OF_WIRE = [spec.name for spec in fields(TransportOptions)]
OPTION_NAMES = (*(s.name for s in fields(Options) if s.name not in _OF_WIRE), *_OF_WIRE)


def split_options(given: Mapping[str, Any]) -> tuple[Options, dict[str, Any]]:
    """Return the options of the listing, and the rest, which is for `session.request`.

    Raises:
        TypeError: A value has the wrong type, or cannot hold on every page.
        ValueError: A value is out of range.
    """
    ours = {name: value for name, value in given.items() if name in OPTION_NAMES}
    rest = {name: value for name, value in given.items() if name not in OPTION_NAMES}
    for name in ("stream", "allow_redirects"):
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
    """Return whether a body can be sent for every page: a file or an iterator is empty then."""
    if isinstance(body, (Mapping, list, tuple)):
        return all(map(_is_replayable, body.values() if isinstance(body, Mapping) else body))
    return not (isinstance(body, Iterator) or hasattr(body, "read"))


def _check_strategy(_name: str, value: Any) -> None:
    if isinstance(value, Strategy):
        return
    text = f"a Strategy such as strategies.NextLink('next'), got {_kind(value)}"
    if isinstance(value, type) and issubclass(value, Strategy):
        text = f"a strategy, got the class; write {value.__name__}(...)"
    elif isinstance(value, str):
        text = f"a strategy, got a string; {_find_by_word(value)}"
    raise TypeError(f"strategy: expected {text}")


def _find_by_word(word: str) -> str:
    """Return how to write the strategy that a word probably means."""
    name, known = word.lower().replace("_", "-").replace(" ", "-"), dialects.by_name()
    plain = name.replace("-", "")
    for words, example in _STRATEGIES.items():
        if name not in known and plain in words.split():
            return f"write strategies.{example}"
    if near := get_close_matches(name, known, n=1, cutoff=0.75):
        return f"write it as dialects.{near[0].upper().replace('-', '_')}"
    return (
        "write one such as strategies.NextLink('next') or dialects.BELVO, or leave it out: how the "
        "API paginates is then found out"
    )


# How each strategy is written, by the words that people have for it.
_STRATEGIES = {
    "page pages pagenumber pagenumbers pagination number": "PageNumber('page')",
    "offset limit offsetlimit limitoffset skip": "Offset('offset')",
    "next nextlink link links url nextpage": "NextLink('next')",
    "header headers linkheader headerlink rfc8288 rfc5988": "LinkHeader()",
    "cursor token nexttoken nextcursor": "Cursor('cursor', token='next_cursor')",
    "last lastitem lastid keyset seek id": "LastItem('starting_after', key='id')",
    "single singlepage none one": "SinglePage()",
}


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


def _check_timeout(name: str, value: Any) -> None:
    if isinstance(value, tuple) and len(value) != 2:
        raise ValueError(f"{name}: expected seconds or (connect, read)")
    for seconds in value if isinstance(value, tuple) else (value,):
        if seconds is not None:
            _check_seconds(name, seconds)


def _check_origins(name: str, value: Any) -> None:
    if not isinstance(value, (Sequence, Set)) or isinstance(value, (str, bytes)):
        raise TypeError(f"{name}: expected a tuple of origins, got {_kind(value)}")
    for origin in value:
        if not isinstance(origin, str):
            raise TypeError(f"{name}: expected strings, got {_kind(origin)}")


def _expect(what: str, is_right: Callable[[Any], bool]) -> Callable[[str, Any], None]:
    """Return a check that raises TypeError for a value that is something else."""

    def check(name: str, value: Any) -> None:
        if not is_right(value):
            raise TypeError(f"{name}: expected {what}, got {_kind(value)}")

    return check


def _kind(value: Any) -> str:
    return type(value).__name__


# How each option is checked. None means "not given", except for _NEVER_NONE.
_CHECKS: Mapping[str, Callable[[str, Any], object]] = {
    "strategy": _check_strategy,
    "items": lambda _, value: ItemsAt(value),
    "model": lambda _, value: make_row_converter(value),
    "retries": lambda _, value: RetryPolicy.of(value),
    "max_items": _check_count,
    "max_pages": _check_count,
    "prefetch": _check_count,
    "max_page_bytes": _check_count,
    "deadline": _check_seconds,
    "timeout": _check_timeout,
    "key": _expect("a name or a callable", lambda value: isinstance(value, str) or callable(value)),
    "resume": _expect("a checkpoint string", lambda value: isinstance(value, str)),
    "until": _expect("a checkpoint string", lambda value: isinstance(value, str)),
    "decode": _expect("a callable", callable),
    "strict": _expect("True or False", lambda value: isinstance(value, bool)),
    "pin_origin": _expect("True or False", lambda value: isinstance(value, bool)),
    "allow_origins": _check_origins,
}
_NEVER_NONE = ("retries", "prefetch", "max_page_bytes", "strict", "pin_origin", "allow_origins")
