"""Rows as columns of Apache Arrow: every value as it is, or an error."""

from __future__ import annotations

import datetime as dt
import importlib
import sys
from decimal import Decimal

import msgspec
import pyarrow as pa
import pydantic
import pytest

from requests_paginate import exceptions
from requests_paginate.export.arrow import open_reader
from tests.unit.export.test_write import numbered, open_listing
from tests.unit.listing.test_merging import number, rows

ALL = rows(1) + rows(2) + rows(3)


def listing_of(*pages, **options):
    """A listing of pages, each a list of rows or the text of one."""

    def answer(query):
        page = pages[number(query) - 1]
        text = page if isinstance(page, bytes) else msgspec.json.encode(page)
        return b'{"page": %d, "pages": %d, "rows": %b}' % (number(query), len(pages), text)

    return open_listing(answer, **options)[0]


def table_of(*pages, schema=None, **options):
    return open_reader(listing_of(*pages, **options), schema).read_all()


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_listing_is_a_stream(prefetch):
    """What reads Arrow's streams reads a listing, a batch for each page."""
    listing, _ = open_listing(numbered, prefetch=prefetch)
    reader = pa.RecordBatchReader.from_stream(listing)
    assert [rows(1), rows(2), rows(3)] == [batch.to_pylist() for batch in reader]
    assert (True, 6) == (listing.complete, listing.stats.items)
    assert ALL == pa.table(open_listing(numbered)[0]).to_pylist()


def test_a_stream_is_lazy():
    """A page is asked for when its batch is read; the first one tells the types."""
    listing, server = open_listing(numbered)
    assert [] == server.asked
    reader = pa.RecordBatchReader.from_stream(listing)
    assert 1 == len(server.asked)
    reader.read_next_batch()
    assert 1 == len(server.asked)
    reader.read_next_batch()
    assert 2 == len(server.asked)


def test_a_stream_that_was_only_asked_for_its_types_takes_no_row():
    """Duckdb opens two streams, and reads the second one."""
    listing, server = open_listing(numbered)
    schema = pa.RecordBatchReader.from_stream(listing).schema
    assert (["id"], ALL) == (schema.names, pa.table(listing).to_pylist())
    assert 3 == len(server.asked)
    with pytest.raises(ValueError, match="were read before"):  # and not an empty table
        pa.table(listing)


NESTED = {
    "id": "a", "n": 1, "x": 1.5, "ok": True, "none": None, "big": 2**60, "date": "2026-11-29",
    "of": {"b": [1, 2], "c": {"d": None, "e": "f"}}, "list": [{"g": 1}, {"g": 2}], "empty": [],
}  # fmt: skip


def test_every_kind_of_value_stays():
    """Texts, numbers, flags, null, objects and lists; a text is never taken for a date."""
    other = {**NESTED, "of": None, "list": None, "empty": [], "id": None}
    third = {**NESTED, "id": "c"}
    table = table_of([NESTED, other], [other, third])
    assert [NESTED, other, other, third] == table.to_pylist()
    assert pa.string() == table.schema.field("date").type
    assert pa.int64() == table.schema.field("big").type


def test_a_field_that_is_missing_is_null():
    """On a later page a column may be absent, as null is."""
    assert [{"a": 1, "b": 2}, {"a": None, "b": 3}] == table_of(
        [{"a": 1, "b": 2}], [{"b": 3}]
    ).to_pylist()


def test_a_new_field_that_is_null_everywhere_needs_no_column():
    """It says nothing, and changes no row."""
    assert [{"a": 1}, {"a": 2}] == table_of([{"a": 1}], [{"a": 2, "b": None}]).to_pylist()


def test_an_empty_listing_has_no_columns():
    """It has no rows that could tell them."""
    assert (0, []) == (table_of([]).num_rows, table_of([]).schema.names)


# Each: the first page, and a later one that does not fit, with what the error says.
MISFITS = {
    "a fraction among whole numbers": ([{"a": 1}], [{"a": 1.5}], "int64 at 'a', got a number that"),
    "a text among numbers": ([{"a": 1}], [{"a": "x"}], "int64 at 'a'"),
    "a number among texts": ([{"a": "x"}], [{"a": 1}], "string at 'a'"),
    "a flag among numbers": ([{"a": 1}], [{"a": True}], "int64 at 'a'"),
    "a whole number too large for a double": ([{"a": 1.5}], [{"a": 2**60 + 1}], "double at 'a'"),
    "a whole number too large for 64 bits": ([{"a": 1}], [{"a": 2**70}], "int64 at 'a'"),
    "a value among nulls": ([{"a": None}], [{"a": "x"}], "null at 'a'"),
    "a list among texts": ([{"a": "x"}], [{"a": [1]}], "string at 'a'"),
    "a text among lists": ([{"a": [1]}], [{"a": "x"}], "list.*at 'a'.*got a string"),
    "an object among texts": ([{"a": "x"}], [{"a": {"b": 1}}], "string at 'a'"),
    "a text among objects": ([{"a": {"b": 1}}], [{"a": "x"}], "struct.*at 'a'.*got a string"),
    "a new column": ([{"a": 1}], [{"a": 1, "b": 2}], "'b', which the first page has not"),
    "a new field": (
        [{"a": {"b": 1}}],
        [{"a": {"c": 1}}],
        "'a.c', which the type of their column has not",
    ),
    "a fraction in a list": ([{"a": [1]}], [{"a": [1.5]}], r"int64 at 'a\[\]'"),
    "a field in a list": ([{"a": [{"b": 1}]}], [{"a": [{"c": 1}]}], r"'a\[\].c'"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_page_that_does_not_fit_is_an_error(name):
    """No value is cut, dropped or taken for another; the place is named, and schema= advised."""
    first, later, text = MISFITS[name]
    with pytest.raises(exceptions.MalformedPage, match=text) as caught:
        table_of(first, later)
    assert "schema=" in str(caught.value)


@pytest.mark.parametrize(
    "page",
    [
        [{"a": 1}, {"a": "x"}], [{"a": [1, "x"]}], [{"a": {"b": 1}}, {"a": 5}], [{"a": 10**76}],
        [{"a": 1.5}, {"a": True}], [{"a": [True, 1.5]}], [{"a": 1}, {"a": False}],
    ],
)  # fmt: skip
def test_a_first_page_without_one_type_is_an_error(page):
    """Where the first page has values of two kinds in a column, no type is chosen."""
    with pytest.raises(exceptions.MalformedPage, match=r"at 'a(\[\])?', got"):
        table_of(page)


def test_whole_numbers_that_are_written_as_fractions_fit():
    """5.0 is 5, and 5 is 5.0."""
    assert [1, 5] == table_of([{"a": 1}], [{"a": 5.0}])["a"].to_pylist()
    assert [1.5, 5.0] == table_of([{"a": 1.5}], [{"a": 5}])["a"].to_pylist()


def test_a_schema_is_given():
    """Decimals keep every digit, dates are read, and a column may be null on the first page."""
    schema = pa.schema(
        [
            ("amount", pa.decimal128(38, 4)), ("at", pa.timestamp("ms", "UTC")),
            ("day", pa.date32()), ("note", pa.string()), ("rate", pa.float64()),
            ("of", pa.struct([("fee", pa.decimal128(20, 2)), ("n", pa.int64())])),
            ("parts", pa.list_(pa.decimal128(10, 1))),
        ]
    )  # fmt: skip
    first = (
        b'[{"amount": 12345678901234567890.1234, "at": "2026-11-29T10:00:00.120Z", "note": null,'
        b' "day": "2026-11-29", "rate": 0.1, "of": {"fee": 1.10, "n": 3}, "parts": [0.1, 2]}]'
    )
    row, empty = table_of(first, [{"note": "x", "amount": 5}], schema=schema).to_pylist()
    assert {
        "amount": Decimal("12345678901234567890.1234"), "note": None, "rate": 0.1,
        "at": dt.datetime(2026, 11, 29, 10, 0, 0, 120_000, dt.timezone.utc),
        "day": dt.date(2026, 11, 29), "of": {"fee": Decimal("1.10"), "n": 3},
        "parts": [Decimal("0.1"), Decimal("2.0")],
    } == row  # fmt: skip
    assert ("x", Decimal("5.0000"), None) == (empty["note"], empty["amount"], empty["day"])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.decimal128(10, 2), "1.105"), (pa.date32(), '"yesterday"'), (pa.int32(), "3000000000"),
        (pa.timestamp("s"), '"2026-11-29T10:00:00.5"'), (pa.decimal128(10, 2), '"x"'),
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_a_given_type_is_an_error(kind, value):
    """Digits that a type cannot hold are not rounded away."""
    with pytest.raises(exceptions.MalformedPage, match="'a'"):
        table_of(b'[{"a": %b}]' % value.encode(), schema=pa.schema([("a", kind)]))


def test_rows_have_to_be_objects():
    """A list of texts has no columns."""
    with pytest.raises(exceptions.MalformedPage, match="objects, got a string"):
        table_of(["x", "y"])


def test_no_value_is_in_an_error():
    """The types are told, and not what stands there."""
    with pytest.raises(exceptions.MalformedPage) as caught:
        table_of([{"a": 1}], [{"a": "s3cr3t"}])
    assert "s3cr3t" not in str(caught.value)


def test_rows_of_a_model():
    """A Struct's fields are the columns, and its Decimals and dates stay."""
    model = msgspec.defstruct("Row", [("id", int), ("amount", Decimal), ("day", dt.date)])
    page = [{"id": 1, "amount": "1.10", "day": "2026-11-29", "other": 2}]
    table = table_of(page, model=model)
    assert [{"id": 1, "amount": Decimal("1.10"), "day": dt.date(2026, 11, 29)}] == table.to_pylist()


class Account(pydantic.BaseModel):
    """A row with what JSON does not have."""

    id: int
    amount: Decimal
    at: dt.datetime
    tags: set[str] = set()


def test_rows_of_pydantic():
    """Its fields are the columns, and their values keep their types."""
    page = [{"id": 1, "amount": "1.10", "at": "2026-11-29T10:00:00+02:00", "tags": ["x"]}]
    at = dt.datetime(2026, 11, 29, 8, tzinfo=dt.timezone.utc)
    expected = {"id": 1, "amount": Decimal("1.10"), "at": at, "tags": ["x"]}
    assert [expected] == table_of(page, model=Account).to_pylist()
    schema = pa.schema(
        [
            ("id", pa.int64()), ("amount", pa.decimal128(9, 2)), ("at", pa.timestamp("s", "UTC")),
            ("tags", pa.list_(pa.string())),
        ]
    )  # fmt: skip
    assert [expected] == table_of(page, model=Account, schema=schema).to_pylist()


def test_a_field_that_stays_text():
    """What a Struct keeps as JSON is decoded for its column, with all digits that it needs."""
    model = msgspec.defstruct("Row", [("of", msgspec.Raw), ("rest", msgspec.Raw)])
    page = b'[{"of": {"fee": 1.10}, "rest": [1, null]}]'
    of, rest = {"fee": 1.1}, [1, None]
    assert [{"of": of, "rest": rest}] == table_of(page, model=model).to_pylist()
    kind = pa.struct([("fee", pa.decimal128(5, 2))])
    schema = pa.schema([("of", kind), ("rest", pa.list_(pa.int64()))])
    of = {"fee": Decimal("1.10")}
    assert [{"of": of, "rest": rest}] == table_of(page, model=model, schema=schema).to_pylist()


def test_what_a_function_makes():
    """Dicts become columns; for other rows the error says how to take them, and they are there."""
    page = [{"a": 1}, {"a": 2}]
    assert [2, 3] == table_of(page, model=lambda row: {"b": row["a"] + 1})["b"].to_pylist()
    listing = listing_of(page, model=lambda row: (row["a"], 1))
    with pytest.raises(exceptions.MalformedPage, match=r"got tuple; list\(listing\)"):
        pa.table(listing)
    assert [(1, 1), (2, 1)] == list(listing)
    with pytest.raises(msgspec.DecodeError):
        table_of(page, model=lambda _: msgspec.Raw('{"a": NaN, "b": ["x", "é"]}'.encode()))
    with pytest.raises(TypeError, match="got object, of which no column"):
        table_of(page, model=lambda _: object())


def test_rows_without_a_field():
    """They are rows of nulls on a later page; on the first one, no table could hold them."""
    assert [1, None, None] == table_of([{"a": 1}], [{}, {}])["a"].to_pylist()
    for page in ([{}, {}, {}], [{}]):
        with pytest.raises(exceptions.MalformedPage, match="empty objects, of which no table"):
            table_of(page)


@pytest.mark.parametrize("pages", [[b'[{"a": "\\ud800"}]'], [[{"a": "x"}], b'[{"a": "\\udc00x"}]']])
def test_what_no_text_can_be(pages):
    """Half a surrogate pair has no bytes in UTF-8; the column is named."""
    with pytest.raises(exceptions.MalformedPage, match=r"a text at 'a', got .* surrogate pair"):
        table_of(*pages)


def test_an_exponent_that_no_number_has():
    """It is the page that is wrong, and no error of arithmetic."""
    page = b'[{"a": 1e-99999999999999999999}]'
    with pytest.raises(exceptions.MalformedPage, match="endless exponent"):
        table_of(page, schema=pa.schema([("a", pa.decimal128(5, 2))]))


def test_an_error_of_a_page_is_raised():
    """A listing that fails in the middle ends no stream in silence."""
    listing, _ = open_listing(lambda q: ({}, {"status": 404}) if number(q) == 3 else numbered(q))
    reader = pa.RecordBatchReader.from_stream(listing)
    with pytest.raises(exceptions.PageFailed, match="404"):
        open_reader(open_listing(lambda q: ({}, {"status": 404}))[0])
    with pytest.raises(Exception, match="404"):
        reader.read_all()


def test_without_pyarrow_a_listing_is_no_stream(monkeypatch):
    """Who looks for a stream takes the rows then; the reader itself says what to install."""
    monkeypatch.delitem(sys.modules, "requests_paginate.export.arrow")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("requests_paginate._listing.exports.find_spec", lambda _: None)
    assert not hasattr(open_listing(numbered)[0], "__arrow_c_stream__")
    with pytest.raises(ImportError, match=r"requests-paginate\[arrow\]"):
        importlib.import_module("requests_paginate.export.arrow")
