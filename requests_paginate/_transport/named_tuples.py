"""Rows as named tuples, by the names of their fields.

msgspec reads a NamedTuple from a list. Rows are mostly objects, and the names of the fields say
where each value stands.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

__all__ = ["is_named_tuple", "make_struct", "read_by_name"]


def is_named_tuple(model: Any) -> bool:
    """Return whether a model is a class of named tuples."""
    return isinstance(model, type) and issubclass(model, tuple) and hasattr(model, "_fields")


def make_struct(model: Any) -> type[msgspec.Struct]:
    """Return a Struct with the fields of a named tuple; without types, its fields are anything."""
    hints = typing.get_type_hints(model, include_extras=True)
    fields: list[Any] = []
    for name in model._fields:
        kind = hints.get(name, Any)
        if name in model._field_defaults:
            # by a function, since msgspec takes no list and no object as a default
            make_default = partial(model._field_defaults.get, name)
            fields.append((name, kind, msgspec.field(default_factory=make_default)))
        else:
            fields.append((name, kind))
    return msgspec.defstruct(model.__name__, fields)


def read_by_name(
    model: Any,
    by_place: Callable[[Sequence[Any]], list[Any]],
    by_name: Callable[[Sequence[Any]], list[Any]],
) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what turns rows into named tuples, be they objects or lists.

    Args:
        model: The class.
        by_place: Turns rows that are lists into it.
        by_name: Turns rows that are objects into its Struct.
    """

    def read(rows: Sequence[Any]) -> list[Any]:
        if not (rows and isinstance(rows[0], Mapping)):
            return by_place(rows)
        return [model(*msgspec.structs.astuple(row)) for row in by_name(rows)]

    return read
