"""What a page repeats of its request, and so tells nothing of how the request went."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page
from requests_paginate._paths import is_count, read_flag

_DEEPEST = 4  # of the filters in a JSON body


@dataclass(frozen=True, kw_only=True)
class Echoes:
    """What was sent with a request.

    Attributes:
        named: The values under each normalized name, as texts.
        in_path: The segments of the path.
    """

    named: Mapping[str, set[str]] = field(default_factory=dict)
    in_path: frozenset[str] = frozenset()

    @property
    def values(self) -> set[str]:
        """All that was sent, under any name."""
        return set(self.in_path).union(*self.named.values())

    def holds(self, name: str, value: Any) -> bool:
        """Return whether a value in a page is an echo of what was sent under its name.

        A word may also stand in the path. A number or a flag of another name is equal by chance.
        """
        text, plain = _write(value), normalize_name(name)
        # `filter[order_status]` comes back as `status`
        if any(text in values for sent, values in self.named.items() if sent.endswith(plain)):
            return True
        is_word = isinstance(value, str) and not is_count(value) and read_flag(value) is None
        return is_word and text in self.in_path


NOTHING_SENT = Echoes()


def read_echoes(page: Page) -> Echoes:
    """Return what the request of a page sent, which the page may repeat."""
    named: dict[str, set[str]] = {}
    for name, value in (*page.request.query().items(), *_list_fields(page.request.json)):
        for each in value if isinstance(value, (list, tuple)) else (value,):
            named.setdefault(normalize_name(_name_inside(name)), set()).add(_write(each))
    path = urlsplit(page.url).path
    return Echoes(named=named, in_path=frozenset(map(unquote, path.split("/"))) - {""})


def _write(value: Any) -> str:
    """Return a value as a text: True is sent as "True", and comes back as true."""
    text = str(value)
    return text.lower() if text in ("True", "False") else text


def _name_inside(name: Any) -> str:
    """Return the inner name of a filter such as `filter[status]` and `status__in`."""
    text = re.sub(r"__\w+$", "", str(name))
    found = re.findall(r"[\w.-]+", text)
    return str(found[-1]).rpartition(".")[2] if found else text


def _list_fields(body: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values in a JSON body, by their own names."""
    for name, value in body.items() if isinstance(body, Mapping) and depth < _DEEPEST else ():
        if isinstance(value, Mapping):
            yield from _list_fields(value, depth + 1)
        else:
            yield str(name), value
