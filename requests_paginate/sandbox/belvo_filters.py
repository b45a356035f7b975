"""The filters of Belvo's lists: `field`, `field__operator`, `field__nested__operator`.

Source: https://developers.belvo.com, "Pagination and filtering", the table of operators; the last
three are only in Belvo's OpenAPI description 1.223.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["OPERATORS", "UnreadableFilter", "passes_filter"]


class UnreadableFilter(ValueError):
    """A filter's value that does not fit its field, such as a word for a number."""


def passes_filter(row: dict[str, Any], name: str, text: str) -> bool:
    """Return whether a row passes one filter of the query.

    A parameter that names no field is ignored, and so is an empty one, as Django's filters do
    (django-filter, `EMPTY_VALUES`). A field that is null, or is nested in a null one, passes none.

    Args:
        row: The row as it would be sent.
        name: The name of the query parameter, such as `account__balance__current__gt`.
        text: Its value.

    Raises:
        UnreadableFilter: The value does not fit the field.
    """
    *path, operator = name.split("__")
    if operator not in OPERATORS:
        path, operator = [*path, operator], "exact"
    value: Any = row
    for step in path:
        if value is not None and not (isinstance(value, dict) and step in value):
            return True
        value = value and value[step]
    if not path or not text:
        return True
    if isinstance(value, dict):
        # `account=<id>`: an embedded object is filtered by its id.
        value = value.get("id")
    return value is not None and OPERATORS[operator](value, text)


def _read(text: str, like: Any) -> Any:
    """Read `text` so that it compares with `like`: numbers as numbers, dates as text."""
    if isinstance(like, list):
        raise UnreadableFilter("This field is a list: only allin compares it.")
    if isinstance(like, (int, float)):
        try:
            return float(text)
        except ValueError:
            raise UnreadableFilter("Enter a number.") from None
    return text


def _any_of(value: Any, text: str) -> bool:
    return any(value == _read(part, value) for part in text.split(","))


def _between(value: Any, text: str) -> bool:
    ends = text.split(",")
    if len(ends) != 2:
        raise UnreadableFilter("Enter two values, joined by a comma.")
    first, last = (_read(end, value) for end in ends)
    return bool(first <= value <= last)


def _all_of(value: Any, text: str) -> bool:
    return isinstance(value, list) and set(text.split(",")) <= set(value)


OPERATORS: Mapping[str, Callable[[Any, str], bool]] = MappingProxyType(
    {
        "exact": lambda value, text: bool(value == _read(text, value)),
        "gt": lambda value, text: bool(value > _read(text, value)),
        "gte": lambda value, text: bool(value >= _read(text, value)),
        "lt": lambda value, text: bool(value < _read(text, value)),
        "lte": lambda value, text: bool(value <= _read(text, value)),
        "in": _any_of,
        "range": _between,
        "icontains": lambda value, text: text.lower() in str(value).lower(),
        "not_in": lambda value, text: not _any_of(value, text),
        "allin": _all_of,
    }
)
