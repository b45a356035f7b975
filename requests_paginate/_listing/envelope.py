"""What stands around the rows of a first page and leads on by its value, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests_paginate._detection.evidence import is_link
from requests_paginate._detection.fields import has_link_target
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page
from requests_paginate._paths import ABSENT, is_count, read_keys

REMOVED = object()  # in the place of a value

Keys = tuple[str | int, ...]
_LAST_LINK = re.compile(r"last(?:page)?(?:href|link|ur[il])?")
_RELATIONS = ("rel", "relation")
_SHORTEST_TOKEN = 4  # characters; a shorter one may stand anywhere by chance
_DEEPEST = 8
_MOST_LINKS = 50


class Envelope:
    """What stands around the rows of the first page, beside that of the last one.

    Args:
        first: The first page.
        last: The last one.
        rows_at: Where the rows are.
        rows: How many rows all pages have.
    """

    def __init__(self, first: Page, last: Page, rows_at: Keys, rows: int) -> None:
        assert first.next is not None  # noqa: S101 - only then are there more pages
        self._first, self._last, self._rows_at, self._rows = first, last, rows_at, rows
        sent = first.request.query()
        # what the request of the second page says, and that of the first one does not
        self._onward = {
            (name, str(value))
            for name, value in first.next.query().items()
            if str(sent.get(name, "")) != str(value)
        }
        self._path = urlsplit(first.next.url).path

    def find_changes(self) -> Iterator[tuple[Keys, Any]]:
        """Yield the places of what leads on, or counts the rows, and what has to stand there."""
        for keys, value in self._walk(self._first.body, ()):
            name = normalize_name(keys[-1])
            said = read_keys(self._last.body, keys)
            if isinstance(keys[-1], int):
                yield keys, REMOVED  # a link of a list, which leads on
            elif _LAST_LINK.fullmatch(name) and _is_target(value):
                yield keys, self._find_first_link(keys, name)
            elif self._leads_on(value):
                yield keys, REMOVED if said is ABSENT else said if is_ended(said) else None
            elif self._counts_rows(keys, name, value, said):
                yield keys, self._rows

    def _walk(self, node: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
        """Yield the values of objects outside of the rows, and links in lists that lead on."""
        if keys == self._rows_at or len(keys) > _DEEPEST:
            return
        if isinstance(node, Mapping):
            for name, value in node.items():
                place = (*keys, str(name))
                if place != self._rows_at:
                    yield place, value
                    yield from self._walk(value, place)
        elif isinstance(node, list) and self._rows_at[: len(keys)] == keys and self._rows_at:
            for number, value in enumerate(node[:2]):  # an envelope in a list
                yield from self._walk(value, (*keys, number))
        elif isinstance(node, list) and len(node) <= _MOST_LINKS:
            for number, value in enumerate(node):
                if isinstance(value, Mapping) and _is_onward_link(value):
                    yield (*keys, number), value

    def _leads_on(self, value: Any) -> bool:
        """Return whether a value is, or a link has, what only the second page is asked with."""
        if not isinstance(value, str) or is_count(value):
            return False
        if is_link(value):
            parts = urlsplit(value)
            if not self._onward:
                return parts.path == self._path
            return self._onward <= {*parse_qsl(parts.query, keep_blank_values=True)}
        is_long = len(value) >= _SHORTEST_TOKEN
        return is_long and any(value == sent for _, sent in self._onward)

    def _counts_rows(self, keys: Keys, name: str, value: Any, said: Any) -> bool:
        """Return whether a number is that of the rows of its own page, on both pages."""
        own, other = len(self._first.items), len(self._last.items)
        if type(value) is not int or type(said) is not int or (value, said) != (own, other):
            return False
        above = keys[:-1]
        is_around = self._rows_at[: len(above)] == above
        is_beside = all(vocabulary.is_container(normalize_name(key)) for key in above)
        return (is_around or is_beside) and (own != other or name in vocabulary.COUNTS)

    def _find_first_link(self, keys: Keys, name: str) -> Any:
        """Return the link to the first page, beside one to the last: they are one page now."""
        beside = read_keys(self._first.body, keys[:-1])
        named = {normalize_name(each): each for each in beside} if beside else {}
        for other in (name.replace("last", "first"), "first", "self"):
            if other in named and _is_target(beside[named[other]]):
                return beside[named[other]]
        return REMOVED if isinstance(beside[keys[-1]], Mapping) else None


def _is_target(value: Any) -> bool:
    return is_link(value) or (isinstance(value, Mapping) and has_link_target(value))


def _is_onward_link(node: Mapping[str, Any]) -> bool:
    """Return whether an object of a list is a link to the next page, or to the last one."""
    relations: list[Any] = []
    for name in _RELATIONS:
        given = node.get(name)
        relations += given if isinstance(given, list) else [given]
    return has_link_target(node) and any(each in ("next", "last") for each in relations)
