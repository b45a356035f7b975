"""Reads values out of a decoded body by path, and says what is wrong with them.

Messages name the type of a value, never the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from requests_paginate.exceptions import MalformedPage

__all__ = [
    "ABSENT",
    "MOST_DOTS",
    "Absent",
    "as_number",
    "check_path",
    "decoded_object",
    "read",
    "refuse_obstacle",
    "type_name",
]

MOST_DOTS = 64  # of a path; more would take quadratic time
# PayPal and FHIR list their links as objects that name their relation
_CHOSEN = re.compile(r"(?P<list>[^\[]+)\[(?P<name>[^=\]]+)=(?P<value>.*?)\](?:\.(?P<rest>.+))?")


class Absent:
    """The type of `ABSENT`: nothing at a path, which is not the same as null."""

    def __repr__(self) -> str:
        return "absent"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = Absent()

_JSON_NAMES: dict[type, str] = {
    type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "a string",
    list: "a list", dict: "an object", Absent: "nothing",
}  # fmt: skip


def type_name(value: Any) -> str:
    """What a value is in JSON's words, for messages: never the value itself."""
    return _JSON_NAMES.get(type(value), type(value).__name__)


def read(body: Any, path: str) -> Any:
    """The value at a path of a body, or `ABSENT`.

    Dots lead into objects and, by number, lists; `links[rel=next].href` into the first object of
    a list with that value. A name that itself contains dots (`@odata.nextLink`) is found first.
    The empty path is the body.

    Args:
        body: A decoded body.
        path: Names joined by dots, for example `"meta.pagination.total"`.
    """
    if not path or path.count(".") > MOST_DOTS:  # which would take quadratic time
        return body if not path else ABSENT
    if isinstance(body, Mapping):
        if path in body:
            return body[path]
        pieces = path.split(".")
        for count in range(len(pieces) - 1, 0, -1):
            head = ".".join(pieces[:count])
            if head in body:
                value = read(body[head], ".".join(pieces[count:]))
                if value is not ABSENT:
                    return value
        if "[" in path and (chosen := _CHOSEN.fullmatch(path)) is not None:
            return _read_chosen(read(body, chosen["list"]), chosen)
    elif isinstance(body, list):
        head, _, rest = path.partition(".")
        if head.isdecimal() and len(head) <= 18 and int(head) < len(body):
            return read(body[int(head)], rest)
    return ABSENT


def _read_chosen(values: Any, chosen: re.Match[str]) -> Any:
    found = ABSENT
    for value in values if isinstance(values, list) else ():
        named = value.get(chosen["name"]) if isinstance(value, Mapping) else None
        if isinstance(named, str) and named.lower() == chosen["value"].lower():
            found = read(value, chosen["rest"] or "")
            if found not in (ABSENT, None, ""):
                break  # of several with a relation, one that leads somewhere
    return found


def refuse_obstacle(body: Any, path: str) -> None:
    """Raises where something else than an object stands on the way of a path."""
    chosen = _CHOSEN.fullmatch(path)
    above = chosen["list"] if chosen is not None else path.rpartition(".")[0]
    while above and (value := read(body, above)) is ABSENT:
        above = above.rpartition(".")[0]
    # PHP writes an empty object as [] or false
    if not above or not value or isinstance(value, Mapping):
        return
    into_list = chosen is not None or path[len(above) + 1 :].partition(".")[0].isdecimal()
    if isinstance(value, list) and into_list:
        return
    raise MalformedPage(f"expected an object at {above!r} (for {path!r}), got {type_name(value)}")


def as_number(value: Any, path: str) -> int | None:
    """A value as a count: a whole number from 0, or such a number as a string.

    Returns:
        The number, or None for null or nothing.

    Raises:
        MalformedPage: It is anything else.
    """
    if value is None or value is ABSENT:
        return None
    # Several APIs write counts as strings (ActiveCampaign); 18 digits is past any real count and
    # short of the length at which int() itself refuses.
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise MalformedPage(f"expected a whole number from 0 at {path!r}, got {_described(value)}")


def _described(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a negative number" if value < 0 else "a number that is not whole"
    return type_name(value)


def decoded_object(text: str | None) -> Mapping[str, Any] | None:
    """The object that a header holds in JSON, None where it holds none."""
    try:
        value = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def check_path(name: str, path: object) -> None:
    """Refuses what can be no path: anything but None and a string that is not empty.

    Raises:
        TypeError: It is no path.
    """
    if path is not None and (not isinstance(path, str) or not path):
        raise TypeError(f"{name}: expected a path such as 'meta.{name}', got {path!r}")
