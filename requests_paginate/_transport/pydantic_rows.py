"""Rows as models of pydantic, whose errors must not show what a row holds.

https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from requests_paginate.exceptions import MalformedPage

_SCHEMA = "__pydantic_core_schema__"
# Errors whose texts name types, limits and choices of the model, and nothing of the row. Texts of
# other errors, and of the model's own code, may hold values.
_PLAIN = frozenset(
    """bool_parsing bool_type bytes_type callable_type dataclass_exact_type dataclass_type
    date_from_datetime_inexact date_from_datetime_parsing date_future date_parsing date_past
    date_type datetime_from_date_parsing datetime_future datetime_parsing datetime_past
    datetime_type decimal_max_digits decimal_max_places decimal_parsing decimal_type
    decimal_whole_digits dict_type enum extra_forbidden finite_number float_parsing float_type
    frozen_set_type greater_than greater_than_equal int_from_float int_parsing int_parsing_size
    int_type is_instance_of iterable_type less_than less_than_equal list_type literal_error
    mapping_type missing model_attributes_type model_type multiple_of none_required set_type
    string_pattern_mismatch string_too_long string_too_short string_type time_delta_parsing
    time_delta_type time_parsing time_type
    timezone_aware timezone_naive too_long too_short tuple_type union_tag_not_found url_type
    uuid_type uuid_version""".split()
)


def is_of_pydantic(model: Any) -> bool:
    """Return whether a model is a class or a dataclass of pydantic."""
    return isinstance(model, type) and hasattr(model, _SCHEMA)


def mentions_decimal(model: Any) -> bool:
    """Return whether a model has a Decimal anywhere, or may have one: it is not built yet."""
    return _mentions(getattr(model, _SCHEMA))


def make_validator(model: Any) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what turns rows into models."""
    validate = getattr(model, "model_validate", None)
    if validate is None:  # a dataclass; pydantic is there, since the model is
        validate = import_module("pydantic").TypeAdapter(model).validate_python

    def convert(rows: Sequence[Any]) -> list[Any]:
        return [_validate(validate, row, place) for place, row in enumerate(rows)]

    return convert


def _mentions(schema: Any) -> bool:
    if isinstance(schema, dict):
        return schema.get("type") == "decimal" or any(map(_mentions, schema.values()))
    if isinstance(schema, (list, tuple)):
        return any(map(_mentions, schema))
    # a model that refers to a later one stands here as something else, until it is built
    return type(schema).__name__ == "MockCoreSchema"


def _validate(validate: Callable[[Any], Any], row: Any, place: int) -> Any:
    """Return a row as a model; its error names places and types."""
    try:
        return validate(row)
    except ValueError as error:
        if not callable(describe := getattr(error, "errors", None)):
            raise
        first = describe(include_url=False, include_context=False, include_input=False)[0]
    path = "".join(f"[{n}]" if isinstance(n, int) else f".{n}" for n in first["loc"])
    text = first["msg"] if first["type"] in _PLAIN else first["type"]
    raise MalformedPage(f"a row does not fit the model: {text} - at `$[{place}]{path}`")
