"""Arrays of Arrow from their parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa
from pyarrow import compute
from pyarrow import types as tests

__all__ = ["build_dictionary", "build_lists", "build_map", "build_objects", "round_floats"]


def build_objects(
    nodes: Sequence[Any] | None, arrays: Sequence[pa.Array], fields: Sequence[pa.Field]
) -> pa.Array:
    """Return objects from the arrays of their fields; those that are None are null.

    If there are no nodes given, none is.
    """
    missing = None
    if nodes is not None:
        missing = pa.array([node is None for node in nodes], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=missing)


def build_lists(lists: Sequence[Collection[Any] | None], inner: pa.Array, kind: pa.DataType) -> Any:
    """Return lists of any layout from the array of all their elements; None is null.

    Raises:
        ArrowException: A list has not the length that its type says.
    """
    if tests.is_list(kind) or tests.is_large_list(kind):
        maker = pa.ListArray if tests.is_list(kind) else pa.LargeListArray
        offsets = _make_offsets(lists, pa.int32() if tests.is_list(kind) else pa.int64())
        return maker.from_arrays(offsets, inner, type=kind)
    if tests.is_fixed_size_list(kind):
        return build_lists(lists, inner, pa.list_(kind.value_field)).cast(kind)
    is_large = tests.is_large_list_view(kind)
    maker = pa.LargeListViewArray if is_large else pa.ListViewArray
    counted = pa.int64() if is_large else pa.int32()
    sizes = [len(each or ()) for each in lists]
    offsets = pa.array([*accumulate(sizes, initial=0)][:-1], counted)
    missing = pa.array([each is None for each in lists], pa.bool_())
    return maker.from_arrays(offsets, pa.array(sizes, counted), inner, type=kind, mask=missing)


def build_map(
    maps: Sequence[Collection[Any] | None], names: pa.Array, items: pa.Array, kind: pa.DataType
) -> pa.Array:
    """Return maps from the arrays of all their names and values; None is null."""
    return pa.MapArray.from_arrays(_make_offsets(maps, pa.int32()), names, items, type=kind)


def build_dictionary(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return values as places in a list of the different ones.

    Raises:
        ArrowException: There are more of them than the places can count.
    """
    encoded = values.dictionary_encode()
    places = encoded.indices.cast(kind.index_type)
    return pa.DictionaryArray.from_arrays(places, encoded.dictionary, ordered=kind.ordered)


def _make_offsets(lists: Sequence[Collection[Any] | None], counted: pa.DataType) -> pa.Array:
    ends = [*accumulate((len(each or ()) for each in lists), initial=0)]
    starts = [None if each is None else start for each, start in zip(lists, ends, strict=False)]
    return pa.array([*starts, ends[-1]], counted)


_EXACT = {16: 2.0**11, 32: 2.0**24}  # below, each whole number is one of a type of so many bits


def round_floats(doubles: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return doubles as numbers of fewer bits: fractions are rounded, and nothing else.

    Raises:
        ArrowException: A number is too large, or a whole one would become another.
    """
    narrow = doubles.cast(kind, safe=False)
    is_other = compute.not_equal(narrow.cast(pa.float64()), doubles)
    is_large = compute.greater_equal(compute.abs(doubles), _EXACT[kind.bit_width])
    if compute.any(compute.and_(is_other, is_large)).as_py():
        raise pa.ArrowInvalid(f"{kind} cannot hold a number")
    return narrow
