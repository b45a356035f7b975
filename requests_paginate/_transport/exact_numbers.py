"""Where a model has Decimals, to which a float must never be converted.

A float is the binary number nearest to what was sent: of 12345678901234567.89 it makes
12345678901234568. msgspec converts it without a word. So the bodies for such a model are decoded
with Decimals, and a float that comes nevertheless, from the caller's own code, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import inspect


class DecimalPlaces:
    """The places in a model, or in a part of it, at which it has Decimals.

    Of a union whose members have a field of one name, each one's places count.
    """

    def __init__(self) -> None:
        self._is_decimal = False  # it becomes one, also if it is a float
        self._members: dict[str, list[DecimalPlaces]] = {}  # by their names in JSON
        self._every_member: list[DecimalPlaces] = []
        self._elements: list[DecimalPlaces] = []  # one by one
        self._every_element: list[DecimalPlaces] = []

    @classmethod
    def find(cls, model: Any) -> DecimalPlaces | None:
        """Return the places in a type that msgspec knows; None if it has no Decimal."""
        whole, known = cls(), dict[int, DecimalPlaces]()
        whole._add(inspect.type_info(model), known)
        if not whole._leads_to_decimal(set()):
            return None
        for each in [whole, *known.values()]:  # a row has many fields, and few of them count
            each._members = {
                name: leading
                for name, inner in each._members.items()
                if (leading := [one for one in inner if one._leads_to_decimal(set())])
            }
        return whole

    def find_float(self, value: Any) -> str | None:
        """Return the path to the first float that would become a Decimal; None for none."""
        if isinstance(value, float):
            return "" if self._is_decimal else None
        if isinstance(value, (Mapping, list, tuple)):
            for step, places, inner in self._walk(value):
                if (path := places.find_float(inner)) is not None:
                    return f"{step}{path}"
        return None

    def _walk(
        self, value: Mapping[str, Any] | Sequence[Any]
    ) -> Iterator[tuple[str, DecimalPlaces, Any]]:
        if isinstance(value, Mapping):
            for name, inner in self._members.items():
                yield from ((f".{name}", each, value.get(name)) for each in inner)
            for every in self._every_member:
                yield from (("[...]", every, inner) for inner in value.values())
            return
        for place, (each, inner) in enumerate(zip(self._elements, value, strict=False)):
            yield f"[{place}]", each, inner
        for every in self._every_element:
            yield from ((f"[{place}]", every, inner) for place, inner in enumerate(value))

    def _add(self, kind: inspect.Type, known: dict[int, DecimalPlaces]) -> None:
        """Add the places of a type; `known` has those of other types, which may hold each other."""

        def begin(inner: inspect.Type) -> DecimalPlaces:
            if id(inner) not in known:
                known[id(inner)] = DecimalPlaces()
                known[id(inner)]._add(inner, known)
            return known[id(inner)]

        while isinstance(kind, inspect.Metadata):  # such as a title
            kind = kind.type
        fields = getattr(kind, "fields", ())  # of a Struct, a dataclass, a TypedDict, a NamedTuple
        if isinstance(kind, inspect.UnionType):
            for choice in kind.types:
                self._add(choice, known)
            if any(isinstance(choice, inspect.FloatType) for choice in kind.types):
                self._is_decimal = False  # a float stays one
        elif isinstance(kind, inspect.DecimalType):
            self._is_decimal = True
        elif isinstance(kind, inspect.DictType):
            self._every_member.append(begin(kind.value_type))
        elif isinstance(kind, inspect.TupleType):
            self._elements += [begin(each) for each in kind.item_types]
        elif getattr(kind, "array_like", False) or isinstance(kind, inspect.NamedTupleType):
            self._elements += [begin(field.type) for field in fields]
        elif (element := getattr(kind, "item_type", None)) is not None:
            self._every_element.append(begin(element))
        for field in fields:
            self._members.setdefault(field.encode_name, []).append(begin(field.type))

    def _leads_to_decimal(self, seen: set[int]) -> bool:
        if self._is_decimal:
            return True
        if id(self) in seen:
            return False
        seen.add(id(self))
        inner = [*self._every_member, *self._elements, *self._every_element]
        inner += [each for members in self._members.values() for each in members]
        return any(each._leads_to_decimal(seen) for each in inner)
