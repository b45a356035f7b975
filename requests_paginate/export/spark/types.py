"""The types of Spark's columns as those of Arrow, and back, where both hold the same values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import types as tests
from pyspark.sql import types as spark

__all__ = ["to_arrow", "to_spark"]

_DIGITS = 38  # of a number that a column of Spark holds

_SIMPLE: Mapping[type[Any], pa.DataType] = {
    spark.BooleanType: pa.bool_(),
    spark.ByteType: pa.int8(),
    spark.ShortType: pa.int16(),
    spark.IntegerType: pa.int32(),
    spark.LongType: pa.int64(),
    spark.FloatType: pa.float32(),
    spark.DoubleType: pa.float64(),
    spark.StringType: pa.string(),
    spark.BinaryType: pa.binary(),
    spark.DateType: pa.date32(),
    spark.TimestampType: pa.timestamp("us", "UTC"),
    spark.TimestampNTZType: pa.timestamp("us"),
}


def to_arrow(schema: spark.StructType) -> pa.Schema:
    """Return the columns of a schema of Spark, as Spark takes them in batches of Arrow.

    Raises:
        TypeError: A column has a type that no value of a row can have.
    """
    return pa.schema(_to_fields("", schema))


def _to_fields(path: str, struct: spark.StructType) -> list[pa.Field]:
    return [
        pa.field(field.name, _to_arrow(f"{path}{field.name}", field.dataType), field.nullable)
        for field in struct.fields
    ]


def _to_arrow(path: str, kind: spark.DataType) -> pa.DataType:
    if isinstance(kind, spark.StructType):
        return pa.struct(_to_fields(f"{path}.", kind))
    if isinstance(kind, spark.ArrayType):
        inner = _to_arrow(f"{path}[]", kind.elementType)
        return pa.list_(pa.field("element", inner, kind.containsNull))
    if isinstance(kind, spark.MapType):
        inner = _to_arrow(f"{path}[]", kind.valueType)
        return pa.map_(
            _to_arrow(f"{path}[]", kind.keyType), pa.field("value", inner, kind.valueContainsNull)
        )
    if isinstance(kind, spark.DecimalType):
        return pa.decimal128(kind.precision, kind.scale)
    if (found := _SIMPLE.get(type(kind))) is not None:
        return found
    raise TypeError(
        f"schema: {path!r} has the type {kind.simpleString()}, which no value of a row can have"
    )


def to_spark(schema: pa.Schema) -> spark.StructType:
    """Return columns that were inferred from rows as a schema of Spark.

    Raises:
        TypeError: Spark has no type for a column.
    """
    return _to_struct("", schema)


def _to_struct(path: str, fields: Any) -> spark.StructType:
    return spark.StructType(
        [
            spark.StructField(field.name, _to_spark(f"{path}{field.name}", field.type))
            for field in fields
        ]
    )


def _to_spark(path: str, kind: pa.DataType) -> spark.DataType:
    if tests.is_struct(kind):
        return _to_struct(f"{path}.", kind)
    if tests.is_list(kind):
        return spark.ArrayType(_to_spark(f"{path}[]", kind.value_type))
    if tests.is_uint64(kind):
        return spark.DecimalType(20, 0)
    if tests.is_decimal(kind) and kind.precision <= _DIGITS:
        return spark.DecimalType(kind.precision, kind.scale)
    for make, known in _SIMPLE.items():
        if kind == known:
            return make()
    raise TypeError(
        f"Spark has no type for the values of {path!r}, which are {kind}; give another one by "
        ".schema(), or let a model= of the plan take it as str"
    )
