"""Read the rows of a page (at a path, by a callable, or where they are found) and their total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_paginate._envelope.candidates import Asked
from requests_paginate._envelope.echoes import read_echoes
from requests_paginate._envelope.members import (
    counts_rows,
    has_continuation,
    is_known_without_rows,
    list_members,
    says_no_rows,
)
from requests_paginate._envelope.nodes import describe_members, has_rows
from requests_paginate._envelope.outcomes import find_failure, find_refusal, says_something
from requests_paginate._envelope.resources import find_identity, is_empty_listing
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.vocabulary import is_row_count
from requests_paginate._failures import MESSAGES, read_words
from requests_paginate._models import Page
from requests_paginate._paths import (
    ABSENT,
    check_path,
    describe_type,
    normalize_name,
    parse_count,
    read_path,
)
from requests_paginate.exceptions import MalformedPage

_DEPTH = 4  # of the objects that are searched for another list


@dataclass(frozen=True, repr=False)
class ItemsAt:
    """Read the rows of a page: the `items` of a strategy.

    Attributes:
        path: A path in the body, `""` for a bare list, or a callable that takes the body. None:
            the rows are found by name and place on the first page.
        takes_one: Whether an object at the path is one row.
    """

    path: str | Callable[[Any], Any] | None = None
    takes_one: bool = field(default=False, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not (self.path is None or isinstance(self.path, str) or callable(self.path)):
            raise TypeError(f"items: expected a path or a callable, got {type(self.path).__name__}")

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> Sequence[Any]:
        """Return the rows of a page; raise if there is no list of rows where it should be."""
        if page.status == 204:  # No Content
            return []
        if callable(self.path):
            rows = self.path(page.body)
            if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
                raise MalformedPage(f"expected rows from items=, got {describe_type(rows)}")
            return rows if isinstance(rows, list) else list(rows)
        path = self.path
        if path is None:
            asked = Asked.ANYTHING if self.takes_one else Asked.LISTING
            path = find_rows(page.body, page.url, asked)
        rows = read_path(page.body, path)
        if rows and isinstance(rows, list):
            return rows
        is_empty = _is_empty(page, path, rows)
        # The `status: failed` of a resource with an identity is data.
        if is_empty or not (self.takes_one and find_identity(rows) is not None):
            _refuse_failure(page)
        if rows is None and (words := find_refusal(page.body)):
            raise MalformedPage(f"the rows at {path!r} are null, and the page says: {words}")
        if is_empty:
            return []
        if self.takes_one and isinstance(rows, Mapping):
            return [rows]
        if words := _read_message(page.body):
            raise MalformedPage(f"expected a list of rows at {path!r}; the page says: {words}")
        is_object = isinstance(page.body, Mapping)
        within = f" in an object of {describe_members(page.body)}" if is_object else ""
        raise MalformedPage(
            f"expected a list of rows at {path!r}, got {describe_type(rows)}{within}; pass items= "
            "if they are elsewhere"
        )


def refuse_no_rows(page: Page, place: str | None) -> None:
    """Raise if a page from which a callable took no rows does not say itself that it has none.

    Args:
        page: The page.
        place: Where a callable took rows before; None if nobody knows.

    Raises:
        MalformedPage: What is no page came in the place of one.
    """
    if place is not None and not isinstance(page.body, list):
        ItemsAt(place)(page)
        return
    _refuse_failure(page)
    is_strange = page.index > 0 and isinstance(page.body, Mapping) and not _is_left_out(page, "")
    has_list = isinstance(page.body, Mapping) and any(
        isinstance(value, list) for _, value, _ in list_members(page.body)
    )
    words = _read_message(page.body)
    if words or (is_strange and not has_list and page.status != 204):
        raise MalformedPage(
            f"items= found no rows; the page says: {words}"
            if words
            else f"items= found no rows in an object of {describe_members(page.body)}, which may "
            "tell of a failure; let items= raise, or return what the page has"
        )


def _read_message(body: Any) -> str:
    """Return the words of a body without rows that holds a message, or nothing but messages."""
    if not isinstance(body, Mapping) or _hold_rows(body):
        return ""
    is_message = all(normalize_name(name) in MESSAGES for name in body)
    return read_words(body) if is_message or says_something(body) else ""


def _is_empty(page: Page, path: str, rows: Any) -> bool:
    """Return whether a page has no rows: its list is empty, null or left out."""
    if isinstance(rows, list):
        return True
    if rows is None:  # Go's null for no rows: dlt issue 2932
        return bool(path)
    is_body = not path and isinstance(rows, Mapping) and rows
    if (rows is ABSENT and says_no_rows(page.body)) or (
        is_body and is_empty_listing(page.body, page.url)
    ):
        return True
    # proto3 leaves empty lists out (https://protobuf.dev/programming-guides/json/), PHP writes {}.
    # Once the first page has settled where the rows are, that is enough.
    is_later = page.index > 0
    is_missing = rows is ABSENT or (is_later and rows == {} and path != "")
    if not is_missing or not _is_left_out(page, path):
        return False
    return is_later or has_continuation(page.body) or _is_bare(page.body)


def _is_bare(body: Any) -> bool:
    """Return whether a first page has no list and counts nothing, so that a path is not wrong."""
    if not isinstance(body, Mapping):
        return False
    found = [(name, value) for name, value, _ in list_members(body)]
    has_list = any(isinstance(value, list) for _, value in found)
    counts = [value for name, value in found if is_row_count(name)]
    return not has_list and not any(value or value is False for value in counts)


def _is_left_out(page: Page, path: str) -> bool:
    """Return whether a body is as expected but for the list at a path.

    On the way to it stand objects, or nothing. No other list has rows, no message stands there, and
    the page does not count itself among those with rows. Nothing unknown stands there either, as
    it may say why there are no rows; beside a continuation that leads on, no unknown sentence.
    """
    body = page.body
    pieces = path.split(".")
    for count, piece in enumerate(pieces):
        value = read_path(body, ".".join(pieces[:count]))
        is_missing = count > 0 and (value is ABSENT or value is None)
        is_list = isinstance(value, list) and (not value or piece.isdecimal())
        if not (is_missing or is_list or isinstance(value, Mapping)):
            return False
    objects = _list_objects(body)
    if _hold_rows(body) or any(says_something(o) or counts_rows(o) for o in objects):
        return False
    around = [read_path(body, ".".join(pieces[:count])) for count in range(1, len(pieces))]
    sent, leads_on = read_echoes(page).values, has_continuation(body)
    return all(
        name in pieces
        or is_known_without_rows(name, value, sent)
        or (leads_on and not (isinstance(value, str) and " " in value.strip()))
        for node in [*objects, *around]
        if isinstance(node, Mapping)
        for name, value in node.items()
    )


def _hold_rows(body: Any) -> bool:
    """Return whether another list than the one that is read has rows."""
    return any(has_rows(node, _DEPTH) for node in _list_objects(body))


def _list_objects(body: Any) -> list[Mapping[str, Any]]:
    """Return a body as a list of objects: itself, or those in an envelope that is a list."""
    return [
        node for node in (body if isinstance(body, list) else [body]) if isinstance(node, Mapping)
    ]


def _refuse_failure(page: Page) -> None:
    """Raise if a page without rows reports a failure; `{"code": "ok"}` of TikTok is none."""
    body = page.body
    if not isinstance(body, (Mapping, list)) or not body:
        return
    if (failure := find_failure(body, read_echoes(page))) is not None:
        raise MalformedPage(f"the page has no rows and reports an error at {failure}")


@dataclass(frozen=True, repr=False)
class TotalAt:
    """Read how many rows the whole listing has: the `total` of a strategy.

    Attributes:
        path: A path in the body, else the name of a response header. Of Content-Range, what stands
            after the slash counts. None: the API does not tell.
    """

    path: str | None = None

    def __post_init__(self) -> None:
        check_path("total", self.path)

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> int | None:
        """Return the number of rows, or None if the page does not tell."""
        if self.path is None:
            return None
        value = page.lookup(self.path)
        if self.path.lower() == "content-range" and isinstance(value, str):
            # RFC 9110 section 14.4: `items 0-24/66`, and `*` for an unknown length
            value = value.rpartition("/")[2].strip()
            value = None if value == "*" else value
        return parse_count(value, self.path)
