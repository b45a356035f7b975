"""Values as columns of given types: each as it is, or an error, also inside of other types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pyarrow as pa
import pytest

from requests_paginate import exceptions
from requests_paginate.export.batches import BatchDecoder
from tests.unit.export.test_arrow import table_of

WHOLE = pa.int64()
OBJECT = pa.struct([("x", WHOLE)])
# What holds values of another type, and such a value in it.
CONTAINERS = {
    "list": (pa.list_, "[%s]"), "large_list": (pa.large_list, "[%s]"),
    "fixed_size_list": (lambda kind: pa.list_(kind, 2), "[%s, null]"),
    "list_view": (pa.list_view, "[%s]"), "large_list_view": (pa.large_list_view, "[%s]"),
    "map": (lambda kind: pa.map_(pa.string(), kind), '{"k": %s}'),
    "struct": (lambda kind: pa.struct([("k", kind)]), '{"k": %s}'),
    "list of lists": (lambda kind: pa.large_list(pa.list_(kind)), "[null, [%s], []]"),
    "list of maps": (lambda kind: pa.list_(pa.map_(pa.large_string(), kind)), '[{"k": %s}]'),
}  # fmt: skip


def column_of(kind, *texts, nullable=True):
    """The values that are read back from rows in JSON."""
    schema = pa.schema([pa.field("a", kind, nullable=nullable)])
    page = ", ".join(text if text == "{}" else f'{{"a": {text}}}' for text in texts)
    table = table_of(f"[{page}]".encode(), schema=schema)
    table.validate(full=True)
    assert schema == table.schema
    return table["a"].to_pylist()


def refuse(kind, *texts, match="at 'a", **options):
    with pytest.raises(exceptions.MalformedPage, match=match):
        column_of(kind, *texts, **options)


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_is_inside_is_as_strict(name):
    """No fraction is cut off, no field dropped, no flag a number, and no other form taken."""
    nest, text = CONTAINERS[name]
    for kind, bad in (
        (WHOLE, "1.5"), (WHOLE, "9223372036854775808"), (pa.float64(), "true"), (WHOLE, '"1"'),
        (pa.decimal128(10, 1), "1.25"), (pa.float32(), "16777217"), (OBJECT, '{"x": 1.5}'),
        (OBJECT, '{"x": 1, "new": 2}'), (pa.date32(), "1.5"), (pa.string(), "1"),
    ):  # fmt: skip
        refuse(nest(kind), text % bad, match="'a")
    refuse(nest(WHOLE), "5")
    refuse(nest(WHOLE), '{"k": 1}' if text[0] == "[" else "[1]", match="'a")


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_fits_inside_is_kept(name):
    """Numbers, objects and Decimals are there, null is null, and lists are as long as they were."""
    nest, text = CONTAINERS[name]
    for kind, good in ((WHOLE, "7"), (OBJECT, '{"x": 7}'), (pa.decimal128(10, 2), "7.25")):
        expected = msgspec.json.Decoder(float_hook=Decimal).decode(text % good)
        got = column_of(nest(kind), text % good, "null", "{}")
        assert [expected, None, None] == [pairs_to_dicts(value) for value in got]


def pairs_to_dicts(value):
    """A value with maps as dicts, which pyarrow gives as pairs."""
    if isinstance(value, list):
        if value and all(isinstance(each, tuple) for each in value):
            return {name: pairs_to_dicts(inner) for name, inner in value}
        return [pairs_to_dicts(each) for each in value]
    return value


def test_a_list_of_a_fixed_size_has_it():
    """A shorter or longer one is an error."""
    for text in ("[1]", "[1, 2, 3]"):
        refuse(pa.list_(WHOLE, 2), text)
        refuse(pa.list_(OBJECT, 2), text.replace("1", '{"x": 1.0}').replace("2", "null"))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (pa.string(), '"x"', "1"), (pa.large_string(), '"x"', "1"), (WHOLE, "5", "1.5"),
        (pa.float64(), "1.5", "true"), (pa.decimal128(5, 2), "1.25", "1.255"),
        (pa.date32(), '"2026-11-29"', "1.5"),
    ],
)  # fmt: skip
def test_a_dictionary_of_values(kind, good, bad):
    """What its values are is read as anywhere else."""
    expected = column_of(kind, good, "null", good)
    assert expected == column_of(pa.dictionary(pa.uint32(), kind), good, "null", good)
    refuse(pa.dictionary(pa.uint32(), kind), good, bad)
    many = [f'"{number}"' for number in range(200)]
    refuse(pa.dictionary(pa.int8(), pa.string()), *many)


def test_a_text_with_a_meaning():
    """A type that a text is stored in, as that of JSON, is a text's."""
    assert ['{"x": 1.10}'] == column_of(pa.json_(), '"{\\"x\\": 1.10}"')
    refuse(pa.json_(), "{}", "1")


def test_the_types_of_polars():
    """It names large lists, large texts, views of texts, and dictionaries of them."""
    names = pa.dictionary(pa.uint32(), pa.large_string())
    fields = [("t", pa.large_string()), ("v", pa.string_view()), ("d", names)]
    kind = pa.large_list(pa.struct(fields))
    value = '[{"t": "x", "v": "y", "d": "z"}, null]'
    assert [msgspec.json.decode(value)] == column_of(kind, value)
    batch = BatchDecoder(pa.schema([("a", kind)])).decode(b'[{"a": %b}]' % value.encode())
    assert [{"a": msgspec.json.decode(value)}] == batch.to_pylist()


@pytest.mark.parametrize("text", ["null", "{}"])
@pytest.mark.parametrize("kind", [WHOLE, pa.decimal128(5, 2), pa.string(), pa.list_(WHOLE), OBJECT])
def test_what_may_not_be_null(kind, text):
    """Null and nothing are errors, in a column, in an object and in a list."""
    field = pa.field("x", kind, nullable=False)
    refuse(kind, text, nullable=False, match="'a', got null or nothing")
    refuse(pa.struct([field]), '{"x": null}' if text == "null" else '{"y": null}', match="'a.x'")
    refuse(pa.list_(field), "[null]", match=r"'a\[\]'")
    refuse(pa.map_(pa.string(), field), '{"k": null}', match=r"'a\[\]'")
    nothing = [None, None]
    assert nothing == column_of(pa.struct([field]), "null", "{}")
    assert nothing == column_of(pa.list_(field), "null", "{}")


def test_what_may_not_be_null_is_decoded_fast():
    """A page without null needs no second look."""
    inner = pa.struct([pa.field("x", WHOLE, nullable=False), pa.field("y", WHOLE)])
    schema = pa.schema([pa.field("o", inner), pa.field("a", WHOLE, nullable=False)])
    rows = [{"o": {"x": 1, "y": None}, "a": 2}, {"o": None, "a": 3}]
    decode = BatchDecoder(schema).decode
    assert rows == decode(msgspec.json.encode(rows)).to_pylist()
    for bad in (b'[{"a": null}]', b'[{"o": null}]', b'[{"a": 1, "o": {"y": 1}}]'):
        assert None is decode(bad)


def test_whole_numbers_are_exact():
    """Also one that is written with a point, and a little more than one is no one."""
    assert [2**53 + 1] == column_of(WHOLE, "9007199254740993.0")
    assert [1000, -5] == column_of(WHOLE, "1e3", "-5.0")
    assert [[2**53 + 1]] == column_of(pa.large_list(WHOLE), "[9007199254740993.0]")
    for text in ("1.00000000000000000001", "1e30", "9223372036854775808.0"):
        refuse(WHOLE, text)


@pytest.mark.parametrize("kind", [WHOLE, pa.decimal128(10, 2), pa.float32(), pa.date32()])
def test_an_exponent_takes_no_memory(kind):
    """A number of a billion digits is refused before it is written out."""
    refuse(kind, "1", '"x"' if kind == pa.float32() else "2.0e300")
    refuse(kind, "1.5e307", "1.5")


@pytest.mark.parametrize(
    ("kind", "most"), [(pa.float32(), 2**24), (pa.float16(), 2**11)], ids=["float32", "float16"]
)
def test_floats_of_fewer_bits(kind, most):
    """Fractions are rounded; a whole number is exact, and none becomes infinite."""
    assert [0.5, most, -most, 2 * most, 1.0, None] == column_of(
        kind, "0.5", f"{most}", f"-{most}.0", f"{2 * most}", "1", "null"
    )
    assert 0.1 == pytest.approx(*column_of(kind, "0.1"), rel=1e-3)
    for text in ("1e300", "-1e300", f"{most + 1}", f"{most + 1}.0", f"-{most + 1}", f"{most}.5"):
        refuse(kind, text)
        refuse(kind, text, '"x"')
        refuse(pa.list_(kind), f"[{text}]")
        refuse(kind, f"{most}", text, "1.5")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (pa.timestamp("s"), "1", dt.datetime(1970, 1, 1, 0, 0, 1)),
        (pa.timestamp("s"), "1.0", dt.datetime(1970, 1, 1, 0, 0, 1)),
        (pa.timestamp("ms", "UTC"), "1700000000123",
         dt.datetime(2023, 11, 14, 22, 13, 20, 123000, dt.timezone.utc)),
        (pa.duration("s"), "5", dt.timedelta(seconds=5)),
        (pa.time32("s"), '"10:00:01"', dt.time(10, 0, 1)), (pa.time32("s"), "60", dt.time(0, 1)),
        (pa.time64("us"), '"10:00:00.000001"', dt.time(10, 0, 0, 1)),
        (pa.date64(), '"2026-11-29"', dt.date(2026, 11, 29)),
        (pa.timestamp("s", "UTC"), "null", None), (pa.time32("s"), "null", None),
        (pa.duration("s"), "null", None),
    ],
)  # fmt: skip
def test_times_that_are_texts_or_numbers(kind, text, expected):
    """Texts are read as ISO 8601, and whole numbers count the type's unit."""
    assert [expected] == column_of(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (pa.timestamp("us"), "1700000000"), (pa.timestamp("ns", "UTC"), "1700000000"),
        (pa.date32(), "20240115"), (pa.date64(), "1700000000000"),
        (pa.timestamp("s"), "1.5"), (pa.date32(), "1.5"), (pa.duration("s"), "1.5"),
        (pa.time32("s"), "1.5"), (pa.time32("s"), '"10:00:00.5"'), (pa.date32(), "true"),
        (pa.date32(), '"2026-11-29T10:30:00"'), (pa.time64("us"), '"10:00:00.0000001"'),
        (pa.time64("us"), '"10:00:00+02:00"'), (pa.timestamp("s"), '"2026-11-29T10:00:00+02:00"'),
        (pa.timestamp("s", "UTC"), '"2026-11-29T10:00:00"'), (pa.duration("s"), '"5"'),
        (pa.timestamp("ms"), '"2026-11-29T10:00:00.0005"'), (pa.duration("s"), "[]"),
        (pa.decimal128(5, 2), '" 1_0 "'), (pa.decimal128(5, 2), '"NaN"'),
    ],
)  # fmt: skip
def test_no_part_of_a_time_is_cut(kind, text):
    """What the type does not hold is an error: fractions, the time of a day, an offset."""
    refuse(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "column", "expected"),
    [
        (dt.datetime, "2026-11-29T10:30:00", pa.date32(), None),
        (dt.datetime, "2026-11-29T00:00:00", pa.date32(), dt.date(2026, 11, 29)),
        (dt.datetime, "2026-11-29T00:00:00Z", pa.date32(), None),
        (dt.datetime, "2026-11-29T10:30:00.5", pa.timestamp("s"), None),
        (dt.datetime, "2026-11-29T10:30:00.5", pa.timestamp("ms"),
         dt.datetime(2026, 11, 29, 10, 30, 0, 500_000)),
        (dt.datetime, "2026-11-29T10:30:00+02:00", pa.timestamp("us"), None),
        (dt.datetime, "2026-11-29T10:30:00", pa.timestamp("us", "UTC"), None),
        (dt.datetime, "2026-11-29T10:30:00+02:00", pa.timestamp("s", "UTC"),
         dt.datetime(2026, 11, 29, 8, 30, tzinfo=dt.timezone.utc)),
        (dt.datetime, "2600-11-29T10:30:00", pa.timestamp("ns"), None),
        (dt.date, "2026-11-29", pa.timestamp("s"), dt.datetime(2026, 11, 29)),
        (dt.date, "2026-11-29", pa.timestamp("s", "UTC"), None),
        (dt.time, "10:00:00.5", pa.time32("s"), None),
        (dt.time, "10:00:00.5", pa.time32("ms"), dt.time(10, 0, 0, 500_000)),
        (float, 2.5, pa.decimal128(5, 2), None), (float, 2.0, pa.int64(), 2),
        (Decimal, "2.50", pa.string(), None), (bytes, "eHg=", pa.string(), None),
        (bytes, "eHg=", pa.binary(), b"xx"), (Decimal, "1e400", pa.float64(), None),
    ],
)  # fmt: skip
def test_values_of_a_model(kind, text, column, expected):
    """Objects of Python are no less exact than texts: nothing is cut, shifted or guessed."""
    model = msgspec.defstruct("Row", [("a", kind)])
    options = {"model": model, "schema": pa.schema([("a", column)])}
    if expected is None:
        with pytest.raises(exceptions.MalformedPage, match="at 'a'"):
            table_of([{"a": text}], **options)
        return
    assert [expected] == table_of([{"a": text}], **options)["a"].to_pylist()
