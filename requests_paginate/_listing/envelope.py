"""What stands around the rows of a first page and leads on by its value, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from requests_paginate._detection.evidence import is_link
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import LINK_TARGETS, normalize_name
from requests_paginate._models import Page
from requests_paginate._paths import ABSENT, is_count, read_keys

REMOVED = object()  # in the place of a value

Keys = tuple[str | int, ...]
_LAST_LINK = re.compile(r"last(?:page)?(?:href|link|ur[il])?")
_ROW_COUNT = re.compile(r"\w*(?:count|returned|elements)\w*|size")
_LEFT = re.compile(r"\w*remaining\w*|\w+left|left")
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
        sent, following = first.request.query(), first.next.query()
        # what the request of the second page says, and that of the first one does not
        self._onward = {
            str(value)
            for name, value in following.items()
            if str(sent.get(name, "")) != str(value) and not is_count(value)
        }
        self._url = first.url or first.request.url
        self._paths = {urlsplit(url).path.rstrip("/") for url in (self._url, first.next.url)}
        self._next = _identify(self._url, first.next.url, following)

    def find_changes(self) -> Iterator[tuple[Keys, Any]]:
        """Yield the places of what leads on, or counts the rows, and what has to stand there."""
        for keys, value in self._walk(self._first.body, ()):
            name, said = normalize_name(keys[-1]), read_keys(self._last.body, keys)
            if isinstance(keys[-1], int):
                if self._is_onward_link(value):
                    yield keys, REMOVED
            elif _LAST_LINK.fullmatch(name) and self._leads_here(value):
                yield keys, self._find_first_link(keys, name)
            elif said == value:
                if name in vocabulary.COUNTS and self._counts_rows(keys, name, value, said):
                    yield keys, self._rows
            elif self._leads_on(value):
                yield keys, REMOVED if said is ABSENT else said if is_ended(said) else None
            elif self._counts_rows(keys, name, value, said):
                yield keys, self._rows
            elif self._ends(name, value, said):
                yield keys, said

    def find_losses(self) -> list[str]:
        """Return the names of lists of objects beside the rows that other pages have others of."""
        return [
            ".".join(map(str, keys))
            for keys, value in self._walk(self._first.body, ())
            if isinstance(said := read_keys(self._last.body, keys), list)
            and isinstance(value, list)
            and said != value
            and not any(map(self._is_link, (*value, *said)))
            and any(isinstance(each, Mapping) for each in said)
        ]

    def _walk(self, node: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
        """Yield the values of objects outside of the rows, and links in lists."""
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
            yield from (((*keys, n), value) for n, value in enumerate(node) if self._is_link(value))

    def _leads_on(self, value: Any) -> bool:
        """Return whether a value is what the second page is asked with, or its URL."""
        if not isinstance(value, str) or is_count(value):
            return False
        if is_link(value):
            return bool(_identify(self._url, value) == self._next)
        return len(value) >= _SHORTEST_TOKEN and value in self._onward

    def _counts_rows(self, keys: Keys, name: str, value: Any, said: Any) -> bool:
        """Return whether a number is that of the rows of its own page, on both pages."""
        own, other = len(self._first.items), len(self._last.items)
        if type(value) is not int or type(said) is not int or (value, said) != (own, other):
            return False
        return self._is_around(keys) and _ROW_COUNT.fullmatch(name) is not None

    def _ends(self, name: str, value: Any, said: Any) -> bool:
        """Return whether a last page says that all is done, or that less is left."""
        if isinstance(value, bool) and isinstance(said, bool):
            return said and re.fullmatch(vocabulary.FINISHED, name) is not None
        is_less = type(value) is int and type(said) is int and said < value
        return is_less and _LEFT.fullmatch(name) is not None

    def _is_around(self, keys: Keys) -> bool:
        """Return whether a place is around the rows, or in an object about pages beside them."""
        above = keys[:-1]
        is_beside = all(vocabulary.is_container(normalize_name(key)) for key in above)
        return self._rows_at[: len(above)] == above or is_beside

    def _find_first_link(self, keys: Keys, name: str) -> Any:
        """Return the link to the first page, beside one to the last: they are one page now."""
        beside = read_keys(self._first.body, keys[:-1])
        named = {normalize_name(each): each for each in beside}
        for other in (name.replace("last", "first"), "first", "self"):
            if other in named and self._leads_here(beside[named[other]]):
                return beside[named[other]]
        return REMOVED if isinstance(beside[keys[-1]], Mapping) else None

    def _leads_here(self, value: Any) -> bool:
        """Return whether a value is a link to a page of this listing."""
        target = _find_target(value)
        if not is_link(target):
            return False
        return urlsplit(urljoin(self._url, target)).path.rstrip("/") in self._paths

    def _is_link(self, value: Any) -> bool:
        return isinstance(value, Mapping) and is_link(_find_target(value))

    def _is_onward_link(self, node: Mapping[str, Any]) -> bool:
        """Return whether an object of a list is a link to the next page, or to the last one."""
        relations: list[Any] = []
        for name in _RELATIONS:
            given = node.get(name)
            relations += given if isinstance(given, list) else [given]
        return any(each in ("next", "last") for each in relations) and self._leads_here(node)


def _find_target(value: Any) -> Any:
    """Return the URL of a link, which may be an object."""
    if not isinstance(value, Mapping):
        return value
    named = {normalize_name(name): target for name, target in value.items()}
    return next((named[name] for name in LINK_TARGETS if name in named), None)


def _identify(base: str, url: str, further: Mapping[str, Any] | None = None) -> Any:
    """Return what two spellings of one URL have in common."""
    parts = urlsplit(urljoin(base, url.strip()))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query |= {name: str(value) for name, value in (further or {}).items()}
    return parts.scheme, parts.netloc, parts.path.rstrip("/"), query
