"""Rows as models of pydantic, whose errors must not show what a row holds.

https://docs.pydantic.dev/latest/errors/validation_errors/

A strict model takes a date from a text only where that is JSON, as it is here: so its rows are
validated as JSON (https://docs.pydantic.dev/latest/concepts/strict_mode/).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, get_args, get_type_hints

from requests_paginate._transport.row_text import encode_row
from requests_paginate.exceptions import MalformedPage

_SCHEMA = "__pydantic_core_schema__"
_TYPE_OF_FIELD = "__get_pydantic_core_schema__"  # as a model, such a class is called with the row
# Of classes whose fields are known: dataclass, TypedDict, NamedTuple, attrs, msgspec.
_WITH_FIELDS = (
    "__dataclass_fields__", "__total__", "_fields", "__attrs_attrs__", "__struct_fields__"
)  # fmt: skip
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
    """Return whether a model is a class or an adapter of pydantic, or a type that holds one."""
    return "pydantic" in sys.modules and _holds_one(model, ())


def mentions_decimal(model: Any) -> bool:
    """Return whether a model has a Decimal anywhere, or may have one: it is not built yet."""
    schema = getattr(model, _SCHEMA) if _is_model(model) else _adapt(model).core_schema
    return _mentions(schema, "type", "decimal")


def make_validator(model: Any) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what turns rows into models.

    Raises:
        TypeError: pydantic cannot make a validator of the type.
    """
    if _is_model(model):
        schema, validate, validate_json = (
            getattr(model, _SCHEMA), model.model_validate, model.model_validate_json
        )  # fmt: skip
    else:
        adapter = _adapt(model)
        schema, validate, validate_json = (
            adapter.core_schema, adapter.validate_python, adapter.validate_json
        )  # fmt: skip
    if _mentions(schema, "strict", True):
        keeps_digits = _mentions(schema, "type", "decimal")
        validate = _validate_as_json(validate, validate_json, keeps_digits=keeps_digits)

    def convert(rows: Sequence[Any]) -> list[Any]:
        return [_validate(validate, row, place) for place, row in enumerate(rows)]

    return convert


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and hasattr(thing, "model_validate") and hasattr(thing, _SCHEMA)


def _is_own(thing: Any) -> bool:
    """Return whether something is of pydantic itself: a class, an adapter, a `Field(...)`."""
    if type(thing).__module__.partition(".")[0] == "pydantic":
        return True
    return isinstance(thing, type) and hasattr(thing, _SCHEMA)


def _holds_one(model: Any, above: Sequence[Any]) -> bool:
    if _is_own(model) or (above and isinstance(model, type) and hasattr(model, _TYPE_OF_FIELD)):
        return True
    if any(model is each for each in above):  # a class whose fields hold it again
        return False
    return any(_holds_one(part, (*above, model)) for part in _list_parts(model))


def _list_parts(model: Any) -> Iterator[Any]:
    yield from get_args(model)  # of `list[A]`, `A | B`, `Annotated[A, ...]`
    if isinstance(model, type) and any(hasattr(model, name) for name in _WITH_FIELDS):
        with suppress(NameError, TypeError):  # who reads the class says what is wrong with it
            yield from get_type_hints(model, include_extras=True).values()


def _adapt(model: Any) -> Any:
    """Return the adapter of a type; itself if it is one."""
    if hasattr(type(model), "validate_python"):
        return model
    try:
        return import_module("pydantic").TypeAdapter(model)
    except (RuntimeError, NameError) as error:  # PydanticUserError, PydanticUndefinedAnnotation
        reason = str(error).partition("\n")[0].partition(" Set `")[0]
        raise TypeError(
            f"model: it holds a type of pydantic, and pydantic cannot read the rest: {reason} Make "
            "it a BaseModel, a dataclass, a NamedTuple or a TypedDict, or pass a callable"
        ) from None


def _validate_as_json(
    validate: Callable[..., Any], validate_json: Callable[..., Any], *, keeps_digits: bool
) -> Callable[[Any], Any]:
    """Return what validates a row as the JSON that it came as.

    pydantic reads numbers of JSON as floats. So Decimals come from the row, of which JSON has
    shown that it fits.
    """

    def convert(row: Any) -> Any:
        try:
            text = encode_row(row)
        except TypeError:  # from decode= or items=, which may give anything
            return validate(row)
        model = validate_json(text)
        return validate(row, strict=False) if keeps_digits else model

    return convert


def _mentions(schema: Any, name: str, value: object) -> bool:
    if isinstance(schema, dict):
        return schema.get(name) == value or any(_mentions(v, name, value) for v in schema.values())
    if isinstance(schema, (list, tuple)):
        return any(_mentions(each, name, value) for each in schema)
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
