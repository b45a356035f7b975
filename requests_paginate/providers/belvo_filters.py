"""Build the query of Belvo's lists from Python values: `filters(amount__gt=100)`.

A server may ignore a parameter that it does not know, and an empty one. Then a list has every row,
and nothing says so. What would end like that is therefore an error here, before the request.

Sources: https://developers.belvo.com, "Pagination and filtering", the table of operators; Belvo's
OpenAPI description 1.223.0, which adds `icontains`, `allin` and `not_in`, and says that lists are
joined by commas (`style: form, explode: false`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

__all__ = ["filters"]

_OPERATORS = ("gt", "gte", "lt", "lte", "in", "range", "icontains", "allin", "not_in")
_OF_LISTS = frozenset({"in", "not_in", "allin", "range"})
_CHOICES = frozenset({"fields", "omit"})  # of fields, not of rows
# What other query languages call an operator, and what Belvo has instead.
_FOREIGN = {
    "eq": "field=", "exact": "field=", "iexact": "field=", "ne": "field__not_in=",
    "nin": "field__not_in=", "ge": "field__gte=", "le": "field__lte=", "between": "field__range=",
}  # fmt: skip
# `amount_gt`: no field in Belvo's description ends like this. (`stale_in` is one, so not `_in`.)
_ONE_UNDERSCORE = re.compile(r".+_(gt|gte|lt|lte|icontains|allin|not_in)")
# Fields that are days, such as value_date and due_date; those of a time end with `_at`.
_OF_DAYS = re.compile(r"_date(?:__\w+)?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# How values of a type are written; a datetime is a date, and a boolean an integer.
_TEXTS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        bool: lambda value: "true" if value else "false",
        int: int.__repr__,
        date: lambda value: value.isoformat(),
        UUID: str,
    }
)
_MOST_DIGITS = 1000  # before or after the point; Decimal("1E+999999999") would fill the memory


def filters(**conditions: Any) -> dict[str, str]:
    """Return the query of a Belvo list, for `params=`.

    A condition is a field, or a field and an operator after `__`: `gt`, `gte`, `lt`, `lte`, `in`,
    `range`, `icontains` (holds a text, in any case), `not_in` and `allin` (a list holds all of
    these). `__` also leads to a nested field. `fields` and `omit` say which fields the rows have.
    See https://developers.belvo.com, "Pagination and filtering".

    Values are sent as Belvo reads them: a date as `YYYY-MM-DD`, a datetime by `isoformat()`, a
    boolean as `true` or `false`, a number with all its digits and no exponent, a UUID as text, a
    member of an Enum by its value. The values of a list are joined by commas; those of a set are
    sorted, so that the same filters make the same URL. A text in the place of a list is sent as it
    is: `"a,b"` is two values. A value of None leaves the condition out, as in requests.

    Returns:
        The parameters, in the order of the conditions.

    Raises:
        ValueError: A condition would not do what it says: an operator that does not exist, a range
            without two ends, or with the last before the first, nothing in a list, an empty text,
            a comma in a value of a list, or a list where Belvo reads one value.
        TypeError: A value is of a type that has no text in a query.

    Examples:
        >>> from datetime import date, datetime
        >>> filters(
        ...     link="5e2d9f60",
        ...     value_date__range=(date(2026, 1, 1), date(2026, 1, 31)),
        ...     account__balance__current__gt=Decimal("1000.50"),
        ...     omit=["account", "merchant"],
        ... )  # doctest: +NORMALIZE_WHITESPACE
        {'link': '5e2d9f60', 'value_date__range': '2026-01-01,2026-01-31',
        'account__balance__current__gt': '1000.50', 'omit': 'account,merchant'}
    """
    query = {}
    for name, value in conditions.items():
        operator = _check_name(name)
        if value is None:
            continue
        if name in _CHOICES:
            query[name] = _join(name, _check_first_level(name, _list_parts(name, value)))
        elif operator == "range":
            query[name] = _join(name, _check_ends(name, _list_parts(name, value)))
        elif operator in _OF_LISTS:
            query[name] = _join(name, _list_parts(name, value))
        elif isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, Enum)):
            field = name.removesuffix(f"__{operator}")
            raise ValueError(
                f"{name}: expected one value, got {_kind(value)}; write {field}__in= for rows with "
                "any of these values"
            )
        else:
            query[name] = _format(name, value)
    return query


def _check_name(name: str) -> str:
    """Return the operator of a condition, `""` for equality.

    Raises:
        ValueError: The name has no field, or an operator that is none.
    """
    *path, last = name.split("__")
    if "" in (*path, last) or (not path and last in _OPERATORS):
        raise ValueError(f"{name}: expected a field before the operator, such as amount__gt")
    if "." in name:
        raise ValueError(f"{name}: write a nested field with two underscores, account__type")
    if misplaced := [part for part in path if part in _OPERATORS]:
        raise ValueError(
            f"{name}: an operator is the last part of a condition, and {misplaced[0]} is in the "
            f"middle; {_explain_field(name)}"
        )
    if path and last in _OPERATORS:
        return last
    if (single := _ONE_UNDERSCORE.fullmatch(last)) is not None:
        field = name.removesuffix(f"_{single[1]}")
        raise ValueError(
            f"{name}: write the operator after two underscores, {field}__{single[1]}=; "
            f"{_explain_field(name)}"
        )
    if path and (meant := _find_meant("__".join(path), last)):
        raise ValueError(
            f"{name}: {last} is no operator of Belvo; write {meant}; {_explain_field(name)}"
        )
    return ""


def _find_meant(field: str, last: str) -> str:
    """Return the conditions that a last part probably means, in words; "" if it is a field."""
    if (other := _FOREIGN.get(last.lower())) is not None:
        return other.replace("field", field)
    if last.lower() in _OPERATORS:
        return f"{field}__{last.lower()}="
    is_long = len(last) >= 3  # `account__id` is a field, though `id` is near to `in`
    near = [each for each in _OPERATORS if is_long and _is_one_edit_away(last.lower(), each)]
    return " or ".join(f"{field}__{each}=" for each in near)


def _explain_field(name: str) -> str:
    return f"if that is a field, write it into params directly: {{**filters(...), {name!r}: ...}}"


def _is_one_edit_away(text: str, other: str) -> bool:
    """Return whether one character more, less or else, or two swapped, make one text the other."""
    shorter, longer = sorted((text, other), key=len)
    pairs = enumerate(zip(shorter, longer, strict=False))
    same = next((place for place, (one, two) in pairs if one != two), len(shorter))
    rest, other_rest = shorter[same:], longer[same:]
    if len(shorter) < len(longer):
        return rest == other_rest[1:]
    is_swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    return text != other and (rest[1:] == other_rest[1:] or is_swapped)


def _list_parts(name: str, value: Any) -> list[Any]:
    """Return the values of a list; a text is already joined by commas."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value.split(",")
    if isinstance(value, Set):
        if name.endswith("__range"):
            raise ValueError(f"{name}: expected (first, last), got {_kind(value)}, without order")
        return sorted(_format_part(name, part) for part in value)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray, Mapping, Enum)):
        return list(value)
    return [value]


def _join(name: str, parts: list[Any]) -> str:
    if not parts:
        raise ValueError(
            f"{name}: expected one value or more, got none; Belvo ignores an empty filter and "
            "lists every row, so make no request then"
        )
    return ",".join(_format_part(name, part) for part in parts)


def _format_part(name: str, part: Any) -> str:
    """Return the text of one value of a list."""
    if part is None:
        raise ValueError(f"{name}: expected values, got None among them")
    text = _format(name, part)
    if "," in text:
        raise ValueError(
            f"{name}: a value has a comma, and would count as two; Belvo's lists cannot hold it"
        )
    return text


def _check_ends(name: str, ends: list[Any]) -> list[Any]:
    """Return the two ends of a range, if they are two and in order."""
    if len(ends) != 2:
        raise ValueError(f"{name}: expected two ends, (first, last), got {len(ends)}")
    texts = [_format_part(name, end) for end in ends]
    if _is_after(*ends) or _is_after_as_text(*texts):
        raise ValueError(
            f"{name}: the last end is before the first one, so no row could pass; swap them"
        )
    return ends


def _is_after(first: Any, last: Any) -> bool:
    if isinstance(first, (str, Enum)) or isinstance(last, (str, Enum)):
        return False  # "10" is after "9"
    try:
        return bool(first > last)
    except TypeError:  # a datetime with an offset and one without; a date and a datetime
        return False


def _is_after_as_text(first: str, last: str) -> bool:
    """Return whether one text is after another, if both are days, or both are numbers."""
    if _DAY.fullmatch(first) and _DAY.fullmatch(last):
        return first > last
    if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last):
        return Decimal(first) > Decimal(last)
    return False


def _check_first_level(name: str, fields: list[Any]) -> list[Any]:
    """Return the names for `fields` or `omit`, if all are of the first level."""
    for field in fields:
        if field is not None and not isinstance(field, str):
            raise TypeError(f"{name}: expected names of fields, got {_kind(field)}")
        if field is not None and ("__" in field or "." in field):
            raise ValueError(
                f"{name}: expected fields of the first level, got a nested one; Belvo returns such "
                "a field with all that is in it, so name the first one alone"
            )
    return fields


def _format(name: str, value: Any) -> str:
    """Return one value as Belvo reads it."""
    if isinstance(value, Enum):
        return _format(name, value.value)
    if isinstance(value, str):
        if not value.strip():
            raise ValueError(
                f"{name}: expected a value, got an empty text; Belvo ignores an empty filter and "
                "lists every row; None leaves the condition out"
            )
        return value
    if isinstance(value, (float, Decimal)):
        # a float by its shortest text; numpy's would say np.float64
        number = Decimal(float.__repr__(value)) if isinstance(value, float) else value
        return _format_number(name, number)
    if isinstance(value, datetime) and _OF_DAYS.search(name):
        raise ValueError(
            f"{name}: expected a date, got {_kind(value)}; the field is a day, and with a time in "
            "it the first day is left out: write value.date()"
        )
    for kind, write in _TEXTS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(
        f"{name}: expected text, a number, a date, a datetime, a boolean, a UUID or an Enum of "
        f"these, got {_kind(value)}"
    )


def _format_number(name: str, number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"{name}: expected a number, got one that is not finite")
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - of a finite number it is one
    if max(abs(exponent), abs(number.adjusted())) > _MOST_DIGITS:
        raise ValueError(f"{name}: expected a number of at most {_MOST_DIGITS} digits")
    return format(number, "f")


def _kind(value: Any) -> str:
    return type(value).__name__
