"""The types of columns: of values that came, of several pages, and those that are given."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pyarrow as pa
import pytest

from requests_paginate import exceptions
from requests_paginate.export.arrow import open_reader
from requests_paginate.export.column_types import infer_type, unite_schemas
from tests.unit.export.test_arrow import listing_of, table_of
from tests.unit.export.test_write import numbered, open_listing

LARGE, WHOLE = 2**63, pa.int64()
AT_TWO, AT_UTC = "2026-11-29T10:00:00+02:00", "2026-11-29T10:00:00Z"


@pytest.mark.parametrize(
    ("expected", "values"),
    [
        (pa.null(), [None]), (pa.bool_(), [True, None]), (pa.int64(), [1, -LARGE, LARGE - 1]),
        (pa.uint64(), [0, LARGE]), (pa.uint64(), [2 * LARGE - 1]), (pa.float64(), [1, 1.5]),
        (pa.decimal128(38, 0), [LARGE, -1]), (pa.decimal128(38, 0), [10**38 - 1]),
        (pa.decimal256(76, 0), [-(10**38)]), (pa.string(), ["x"]), (pa.binary(), [b"x"]),
        (pa.decimal128(4, 2), [Decimal("1.25"), 10]), (pa.date32(), [dt.date(2026, 11, 29)]),
        (pa.time64("us"), [dt.time(10)]), (pa.timestamp("us"), [dt.datetime(2026, 11, 29)]),
        (pa.timestamp("us", "UTC"), [dt.datetime.fromisoformat(AT_TWO), None]),
        (pa.list_(pa.int64()), [[1], (2,), [], None]), (pa.struct([]), [{}, None]),
        (pa.struct([("a", pa.int64()), ("b", pa.null())]), [{"a": 1}, None, {"b": None}]),
    ],
)  # fmt: skip
def test_a_type_of_all_values(expected, values):
    """It is the least one that holds each of them as it is."""
    assert expected == infer_type("at", values)


@pytest.mark.parametrize(
    "values",
    [
        [1.5, True], [True, 1], ["x", b"x"], ["x", 1], [{}, []], [Decimal(1), 1.5], [[1], [True]],
        [{"a": 1.5}, {"a": False}], [dt.date(2026, 1, 1), dt.datetime(2026, 1, 1)], [10**76],
        [dt.datetime(2026, 1, 1), dt.datetime.fromisoformat(AT_TWO)], [dt.timedelta(1)],
        [dt.time(10, tzinfo=dt.timezone.utc)], [Decimal("1e-50"), Decimal("1e50")],
    ],
)  # fmt: skip
def test_values_of_two_types_have_none(values):
    """A flag is no number, and a time with an offset none without; the place is named."""
    with pytest.raises(exceptions.MalformedPage, match=r"at 'at(\[\]|\.a)?'"):
        infer_type("at", values)


@pytest.mark.parametrize(
    ("expected", "kinds"),
    [
        (pa.int64(), [pa.null(), pa.int64(), pa.null()]),
        (pa.float64(), [pa.int64(), pa.float64()]),
        (pa.float64(), [pa.float64(), pa.uint64()]), (pa.uint64(), [pa.int64(), pa.uint64()]),
        (pa.decimal128(38, 0), [pa.int64(), pa.decimal128(38, 0)]),
        (pa.decimal128(22, 2), [pa.decimal128(5, 2), pa.uint64()]),
        (pa.decimal128(6, 3), [pa.decimal128(5, 2), pa.decimal128(4, 3)]),
        (pa.decimal256(40, 2), [pa.decimal128(38, 0), pa.decimal128(3, 2)]),
        (pa.list_(WHOLE), [pa.list_(pa.null()), pa.list_(WHOLE)]),
        (
            pa.struct([("a", pa.float64()), ("b", pa.string())]),
            [pa.struct([]), pa.struct([("a", pa.int64())]),
             pa.struct([("b", pa.string()), ("a", pa.float64())])],
        ),
    ],
)  # fmt: skip
def test_a_type_of_all_pages(expected, kinds):
    """Null becomes anything, a whole number what is larger, and objects have all fields."""
    assert pa.schema([("at", expected)]) == unite_schemas(pa.schema([("at", k)]) for k in kinds)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.bool_(), pa.float64()), (pa.string(), pa.binary()), (pa.date32(), pa.timestamp("us")),
        (pa.timestamp("us"), pa.timestamp("us", "UTC")), (pa.decimal128(5, 2), pa.float64()),
        (pa.list_(pa.int64()), pa.struct([])), (pa.decimal256(76, 0), pa.decimal256(76, 3)),
    ],
)  # fmt: skip
def test_pages_without_a_type_in_common(one, other):
    """No day becomes midnight, no text bytes, and no Decimal a double."""
    for kinds in ((one, other), (other, one)):
        schemas = [pa.schema([("at", pa.list_(pa.struct([("x", kind)])))]) for kind in kinds]
        with pytest.raises(exceptions.MalformedPage, match=r"'at\[\]\.x' has incompatible types"):
            unite_schemas(schemas)


def test_a_flag_among_doubles_is_an_error():
    """Neither on the first page nor on a later one true is 1.0."""
    for pages in ([[{"a": 1.5}, {"a": True}]], [[{"a": 1.5}], [{"a": True}]]):
        with pytest.raises(exceptions.MalformedPage, match=r"at 'a'.*true or false|double vs bool"):
            table_of(*pages)


def test_large_whole_numbers():
    """They are exact, whatever they are: of 64 bits without a sign, or of so many digits."""
    values = [LARGE, 2 * LARGE - 1]
    assert values == table_of([{"a": value} for value in values])["a"].to_pylist()
    assert [10**29 + 1] == table_of([{"a": 10**29 + 1}])["a"].to_pylist()


@pytest.mark.parametrize("kind", [pa.dense_union([pa.field("x", pa.int64())]),
                                  pa.run_end_encoded(pa.int32(), pa.int64()), pa.uuid(),
                                  pa.month_day_nano_interval(),
                                  pa.dictionary(pa.int8(), pa.list_(pa.int64()))])  # fmt: skip
@pytest.mark.parametrize(
    "nest",
    [
        lambda kind: kind, pa.list_, pa.large_list, lambda kind: pa.struct([("y", kind)]),
        lambda kind: pa.map_(pa.string(), kind),
    ],
)  # fmt: skip
def test_a_type_that_no_row_has_is_refused_at_the_call(kind, nest):
    """The error names the column and the type, and no page was asked for."""
    listing, server = open_listing(numbered)
    with pytest.raises(TypeError, match=r"'a(\[\]|\.y)?' has the type"):
        open_reader(listing, pa.schema([("a", nest(kind))]))
    assert [] == server.asked


@pytest.mark.parametrize(
    ("schema", "error", "text"),
    [
        (pa.schema([("a", pa.int64()), ("a", pa.string())]), ValueError, "'a' twice"),
        (pa.schema([("a", pa.struct([("b", pa.null()), ("b", pa.null())]))]), ValueError, "'a.b'"),
        (pa.schema([]), ValueError, "got none"), ({"a": "int64"}, TypeError, "got dict"),
    ],
)  # fmt: skip
def test_a_schema_that_is_none_is_refused_at_the_call(schema, error, text):
    """So is one with two columns of one name, of which one would have to be empty."""
    with pytest.raises(error, match=f"schema: .*{text}"):
        open_reader(listing_of([]), schema)


def model_of(kind):
    return msgspec.defstruct("Row", [("at", kind)])


def test_times_with_several_offsets_are_one_column():
    """Each is the moment that it was, on one page and on several."""
    moments = [dt.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (AT_TWO, AT_UTC)]
    one, other = ([{"at": text}] for text in (AT_TWO, AT_UTC))
    for pages in ([one + other], [one, other], [other, one]):
        table = table_of(*pages, model=model_of(dt.datetime))
        assert pa.timestamp("us", "UTC") == table.schema.field("at").type
        assert moments == sorted(table["at"].to_pylist())


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (dt.datetime, ["2026-11-29T10:00:00", AT_TWO]), (dt.datetime, [AT_UTC, "2026-11-29T10:00"]),
        (dt.time, ["10:00:00+02:00"]),
    ],
)  # fmt: skip
def test_an_offset_is_not_lost(kind, texts):
    """Times with and without one do not mix, and a time of day cannot have one."""
    texts = [text if len(text) != 16 else f"{text}:00" for text in texts]
    page = [{"at": text} for text in texts]
    for pages in ([page], [[row] for row in page]):
        with pytest.raises(exceptions.MalformedPage, match="at 'at'"):
            table_of(*pages, model=model_of(kind))
