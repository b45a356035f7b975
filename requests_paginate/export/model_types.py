"""What the classes of rows tell of their columns, where the first page has no value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import pyarrow as pa
from msgspec import inspect
from pyarrow import types as tests

__all__ = ["complete_schema"]

_PLAIN: Mapping[type, pa.DataType] = {
    inspect.BoolType: pa.bool_(), inspect.IntType: pa.int64(), inspect.FloatType: pa.float64(),
    inspect.StrType: pa.string(), inspect.UUIDType: pa.string(), inspect.BytesType: pa.binary(),
    inspect.DateType: pa.date32(),
}  # fmt: skip
_OBJECTS = (
    inspect.StructType, inspect.DataclassType, inspect.TypedDictType, inspect.NamedTupleType,
)  # fmt: skip
_LISTS = (
    inspect.ListType, inspect.SetType, inspect.FrozenSetType, inspect.VarTupleType,
    inspect.CollectionType,
)  # fmt: skip


def complete_schema(schema: pa.Schema, model: Any) -> pa.Schema:
    """Return a schema with the types of a model's fields for columns of which no value came.

    A field that the rows do not have, since no row came, is added. What a class does not decide,
    as how many digits a Decimal has, stays null.
    """
    try:
        described = inspect.type_info(model)
    except TypeError:  # a callable, or a class that msgspec does not know
        return schema
    if not isinstance(described, _OBJECTS):
        return schema
    return pa.schema(_complete_fields(list(schema), _list_fields(described), ()))


def _complete_fields(
    known: Iterable[pa.Field], fields: Mapping[str, Any], above: tuple[type, ...]
) -> list[pa.Field]:
    found = {field.name: field.type for field in known}
    names = dict.fromkeys([*found, *fields])
    return [
        pa.field(name, _complete(found.get(name, pa.null()), fields.get(name), above))
        for name in names
    ]


def _complete(kind: pa.DataType, described: Any, above: tuple[type, ...]) -> pa.DataType:
    """Return a type with what a class tells in the place of null."""
    if isinstance(described, inspect.UnionType):
        types = [each for each in described.types if not isinstance(each, inspect.NoneType)]
        described = types[0] if len(types) == 1 else None
    if isinstance(described, inspect.Metadata):
        return _complete(kind, described.type, above)
    is_null = tests.is_null(kind)
    if isinstance(described, _OBJECTS) and (is_null or tests.is_struct(kind)):
        if described.cls in above:
            return kind  # a class that has itself among its fields
        known = () if is_null else list(kind)
        return pa.struct(_complete_fields(known, _list_fields(described), (*above, described.cls)))
    if isinstance(described, _LISTS) and (is_null or tests.is_list(kind)):
        inner = pa.null() if is_null else kind.value_type
        return pa.list_(_complete(inner, described.item_type, above))
    return _PLAIN.get(_find_class(described), kind) if is_null else kind


def _find_class(described: Any) -> type:
    """Return the class of a description; of a choice of values, that of the values."""
    values: Iterable[Any] = ()
    if isinstance(described, inspect.LiteralType):
        values = described.values
    elif isinstance(described, inspect.EnumType) and issubclass(described.cls, Enum):
        values = [member.value for member in described.cls]
    kinds = {type(value) for value in values}
    if kinds == {str}:
        return inspect.StrType
    return inspect.IntType if kinds == {int} else type(described)


def _list_fields(described: Any) -> dict[str, Any]:
    return {field.encode_name: field.type for field in described.fields}
