"""Read values of a decoded body by path, and say what is wrong with them.

Messages name the type of a value, never the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from requests_paginate.exceptions import MalformedPage

MOST_DOTS = 64  # of a path: reading one takes time that is quadratic in its dots
_WHOLE = r"[0-9]{1,18}\.0{1,18}"  # 5.0 in a string or a header
# PayPal and FHIR list their links as objects that name their relation, and others as objects with
# one link each: [{"next": ...}].
_CHOSEN = re.compile(
    r"(?P<list>[^\[]+)\[(?P<name>[^=\]]+)(?:=(?P<value>.*?))?\](?:\.(?P<rest>.+))?"
)
# PHP, SQL and XML have other flags than JSON; the words are English and Portuguese.
_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "sim", "s"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "não", "nao"), False),
}
_PUNCTUATION = re.compile(r"[\W_]+")
# Twitter's `next_cursor_str` is "0" at the end, as SCAN's cursor of Redis. A link in HTML leads
# nowhere by "#".
_END_WORDS = frozenset(("", "0", "-1", "false", "none", "null", "undefined", "nil", "n/a", "#"))


class Absent:
    """The type of `ABSENT`, which stands for nothing at a path; null is a value."""

    def __repr__(self) -> str:
        return "absent"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = Absent()

_JSON_NAMES: dict[type, str] = {
    type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "a string",
    list: "a list", dict: "an object", Absent: "nothing",
}  # fmt: skip


def describe_type(value: Any) -> str:
    """Return the type of a value in the words of JSON, for messages."""
    return _JSON_NAMES.get(type(value), type(value).__name__)


@lru_cache(maxsize=4096)
def normalize_name(name: object) -> str:
    """Return a name in lower case without namespace and punctuation.

    `has_more`, `hasMore` and `has-more` become one name, and `hydra:next` becomes `next`. `@id`
    stays as it is.
    """
    text = str(name)  # the caller's decoder may give a number
    plain = text.replace("_", "")
    if plain.isalnum():
        return plain.lower()
    return text if text == "@id" else _PUNCTUATION.sub("", text.rpartition(":")[2].lower())


def read_path(body: Any, path: str) -> Any:
    """Return the value at a path of a body, or `ABSENT`.

    Dots lead into objects, and by number into lists. `links[rel=next].href` leads into the first
    object of a list that has this value (or a list with it, as Siren's `rel`), and `links[next]` to
    what stands under that name in the first object that has it, or beside it in the first pair. A
    name that itself holds dots (`@odata.nextLink`) is found first. The empty path is the body.
    """
    is_object = type(body) is dict or isinstance(body, Mapping)
    if is_object and path in body and path:
        return body[path]  # mostly, and many times for each page
    if not path or path.count(".") > MOST_DOTS:
        return body if not path else ABSENT
    if is_object:
        pieces = path.split(".")
        for count in range(len(pieces) - 1, 0, -1):
            head = ".".join(pieces[:count])
            if head in body:
                value = read_path(body[head], ".".join(pieces[count:]))
                if value is not ABSENT:
                    return value
        if "[" in path and (chosen := _CHOSEN.fullmatch(path)) is not None:
            return _read_selected(read_path(body, chosen["list"]), chosen)
    elif isinstance(body, list):
        head, _, rest = path.partition(".")
        if head.isdecimal() and len(head) <= 18 and int(head) < len(body):
            return read_path(body[int(head)], rest)
    return ABSENT


def find_keys(body: Any, path: str) -> tuple[str | int, ...]:
    """Return the names and the places in lists that a path leads through, as `read_path` does.

    Names at the end of the path that the body does not have follow as they are written. Of a path
    that selects an object of a list, the last is the place of that object.
    """
    if isinstance(body, Mapping):
        pieces = path.split(".") if path.count(".") <= MOST_DOTS else [path]
        for count in range(len(pieces), 0, -1):
            head, rest = ".".join(pieces[:count]), ".".join(pieces[count:])
            if head in body and (not rest or read_path(body[head], rest) is not ABSENT):
                return (head, *find_keys(body[head], rest))
        if "[" in path and (chosen := _CHOSEN.fullmatch(path)) is not None:
            above, links = find_keys(body, chosen["list"]), read_path(body, chosen["list"])
            wanted = read_path(body, path)
            for place, link in enumerate(links if isinstance(links, list) else ()):
                if _read_selected([link], chosen) is wanted:
                    return (*above, place)
            return above
    elif isinstance(body, list) and path:
        head, _, rest = path.partition(".")
        return (int(head), *find_keys(body[int(head)], rest))
    return tuple(path.split(".")) if path else ()


def read_keys(body: Any, keys: Sequence[str | int]) -> Any:
    """Return the value that names and places in lists lead to, or `ABSENT`."""
    for key in keys:
        try:
            body = body[key]
        except (LookupError, TypeError):
            return ABSENT
    return body


def _read_selected(values: Any, chosen: re.Match[str]) -> Any:
    """Return what stands in the object of a list that a path selects, or `ABSENT`."""
    found = ABSENT
    if isinstance(values, Mapping):
        values = [values]  # a link alone, with its relation
    for value in values if isinstance(values, list) else ():
        named = value.get(chosen["name"], ABSENT) if isinstance(value, Mapping) else ABSENT
        if isinstance(value, list) and len(value) == 2 and value[0] == chosen["name"]:
            named = value[1]
        if named is ABSENT:
            continue
        if chosen["value"] is None:
            found = read_path(named, chosen["rest"] or "")
        elif _has_value(named, chosen["value"].lower()):
            found = read_path(value, chosen["rest"] or "")
        if found not in (ABSENT, None, ""):
            break  # several links may have one relation: the first that leads somewhere counts
    return found


def _has_value(named: Any, wanted: str) -> bool:
    """Return whether a text, or one in a list, is the wanted one, or has it among its words."""
    texts = named if isinstance(named, list) else [named]
    lowered = [text.lower() for text in texts if isinstance(text, str)]
    return any(text == wanted or wanted in text.split() for text in lowered)


def refuse_obstacle(body: Any, path: str) -> None:
    """Raise if a text, a number, a flag or a list stands on the way of a path."""
    chosen = _CHOSEN.fullmatch(path)
    above = chosen["list"] if chosen is not None else path.rpartition(".")[0]
    while above and (value := read_path(body, above)) is ABSENT:
        above = above.rpartition(".")[0]
    # PHP writes an empty object as [] or false.
    if not above or not value or isinstance(value, Mapping):
        return
    into_list = chosen is not None or path[len(above) + 1 :].partition(".")[0].isdecimal()
    if isinstance(value, list) and into_list:
        return
    raise MalformedPage(
        f"expected an object at {above!r} (for {path!r}), got {describe_type(value)}"
    )


def is_count(value: Any) -> bool:
    """Return whether a value is a whole number from 0, perhaps 5.0, or digits in a string."""
    if isinstance(value, int):
        return value >= 0 and (type(value) is int or not isinstance(value, bool))
    # ActiveCampaign and others write counts as strings. No real count has more than 18 digits, and
    # int() refuses strings that are much longer.
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) <= 18
    # Languages without integers, such as R, write 5.0.
    is_number = isinstance(value, (float, Decimal)) and isfinite(value)
    return is_number and 0 <= value < 10**18 and value == int(value)


def read_whole(value: Any) -> Any:
    """Return the whole number that a text writes as 5.0; any other value as it is."""
    is_whole = isinstance(value, str) and re.fullmatch(_WHOLE, value) is not None
    return int(value.partition(".")[0]) if is_whole else value


def parse_count(value: Any, path: str) -> int | None:
    """Return a whole number from 0, which may be in a string, or None for null or nothing.

    Raises:
        MalformedPage: The value is anything else; the message names the path.
    """
    if value is None or value is ABSENT:
        return None
    if type(value) is int and value >= 0:
        return value
    if is_count(number := read_whole(value)):
        return int(number)
    got = describe_type(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        is_negative = isfinite(value) and value < 0
        got = "a negative number" if is_negative else "a number that is not whole"
    raise MalformedPage(f"expected a whole number from 0 at {path!r}, got {got}")


def read_flag(value: Any) -> bool | None:
    """Return what a flag says: true or false, 1 or 0, or such words; None for any other value."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _FLAGS.get(value.lower())
    return value == 1 if is_count(value) and value <= 1 else None


def is_scalar(value: Any) -> bool:
    """Return whether a value of a page is a text or a number, and can go into any request."""
    if isinstance(value, (str, int)):
        return not isinstance(value, bool)
    return isinstance(value, (float, Decimal)) and isfinite(value)


def is_end_marker(value: Any) -> bool:
    """Return whether what stands in the place of a link or a cursor says that nothing follows.

    Beside null, nothing and blanks, these are false, 0, -1, an empty list or object, the link
    "#", texts such as "null" of servers that write them into a string or a header, and a list of
    one such value or of several nulls or empty strings.
    """
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.strip().lower() in _END_WORDS
    if isinstance(value, list):  # the key [0, 0] leads on
        return all(each is None or each == "" for each in value)
    return value is ABSENT or not value or value == -1


def decode_object(text: str | None) -> Mapping[str, Any] | None:
    """Return the object that a header holds in JSON, or None if it holds none."""
    try:
        value = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def check_path(name: str, path: object) -> None:
    """Raise TypeError if an option is neither None nor a path (a string, not empty)."""
    if path is not None and (not isinstance(path, str) or not path):
        raise TypeError(f"{name}: expected a path such as 'meta.{name}', got {path!r}")


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every text in it changed, the names in its objects included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {map_texts(name, change): map_texts(v, change) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_texts(inner, change) for inner in value]
    return value


def list_texts(value: Any) -> list[str]:
    """Return every text in a value, the names in its objects included, in no order."""
    found: list[str] = []
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            left += [*value, *value.values()]
        elif isinstance(value, (list, tuple)):
            left += value
    return found


def mark_empty(value: Any) -> Any:
    """Return a value of JSON with a text for each empty list or object, which count, too."""
    if isinstance(value, Mapping):
        return {name: mark_empty(inner) for name, inner in value.items()} or "\0{}"
    if isinstance(value, (list, tuple)):
        return [mark_empty(inner) for inner in value] or "\0[]"
    return value
