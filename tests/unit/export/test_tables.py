"""Files of Parquet and Arrow: types that fit all pages, and no value changed."""

from __future__ import annotations

import sys
from decimal import Decimal

import msgspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from requests_paginate import exceptions
from requests_paginate.export import tables
from requests_paginate.export.arrow import open_reader
from tests.unit.export.test_arrow import NESTED, listing_of
from tests.unit.export.test_write import names, numbered, open_listing
from tests.unit.listing.test_merging import rows

SUFFIXES = ["parquet", "arrow"]


def write(tmp_path, suffix, *pages, **options):
    """The table that is read back."""
    path = tmp_path / f"rows.{suffix}"
    listing_of(*pages, **options).write(path)
    assert [path.name] == names(tmp_path)
    return parquet.read_table(path) if suffix == "parquet" else pa.ipc.open_file(path).read_all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_are_read_back(tmp_path, suffix):
    """Every row is there, in order."""
    listing, _ = open_listing(numbered)
    path = tmp_path / f"rows.{suffix}"
    listing.write(path)
    table = parquet.read_table(path) if suffix == "parquet" else pa.ipc.open_file(path).read_all()
    assert rows(1) + rows(2) + rows(3) == table.to_pylist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_types_fit_all_pages(tmp_path, suffix):
    """Null becomes what comes later, whole numbers doubles, and new fields are null before."""
    pages = [
        [{"a": 1, "n": None, "o": {"x": None}, "l": []}],
        [{"a": 1.5, "n": "x", "late": True, "o": {"x": [1], "y": 2}, "l": [{"z": 1}]}],
    ]
    table = write(tmp_path, suffix, *pages)
    assert [
        {"a": 1.0, "n": None, "o": {"x": None, "y": None}, "l": [], "late": None},
        {"a": 1.5, "n": "x", "o": {"x": [1], "y": 2}, "l": [{"z": 1}], "late": True},
    ] == table.to_pylist()
    assert pa.float64() == table.schema.field("a").type


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_value_stays(tmp_path, suffix):
    """Texts that look like dates stay texts; flags, objects and lists stay what they are."""
    row = {**NESTED, "id": "b", "none": "no longer"}
    table = write(tmp_path, suffix, [NESTED], [row])
    assert [NESTED, row] == table.to_pylist()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("pages", "text"),
    [
        ([[{"a": 1}], [{"a": "x"}]], "'?a'? has incompatible types: int64 vs string"),
        ([[{"a": True}], [{"a": 1}]], "bool vs int64"),
        ([[{"a": 2**60 + 1}], [{"a": 1.5}]], "double at 'a'.*int64"),
        ([[{"a": 1}, {"a": "x"}]], "at 'a'"), ([["x", "y"]], "rows that are objects"),
    ],
)  # fmt: skip
def test_values_without_a_type_in_common(tmp_path, suffix, pages, text):
    """The column and both types are named, and no file is left."""
    with pytest.raises(exceptions.MalformedPage, match=text):
        write(tmp_path, suffix, *pages)
    assert [] == names(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_listing_is_an_empty_file(tmp_path, suffix):
    """It can be read, and has no rows."""
    assert 0 == write(tmp_path, suffix, []).num_rows


def test_decimals_of_a_model(tmp_path):
    """A Struct's Decimals keep every digit, however many a page has."""
    model = msgspec.defstruct("Row", [("amount", Decimal)])
    table = write(tmp_path, "parquet", [{"amount": "1.1"}], [{"amount": "12345.678"}], model=model)
    assert [Decimal("1.1"), Decimal("12345.678")] == table["amount"].to_pylist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_large_whole_numbers(tmp_path, suffix):
    """They are written, exact, with a type that holds those of all pages."""
    values = [1, 2**63, 2**64 - 1]
    table = write(tmp_path, suffix, *([{"a": value}] for value in values))
    assert (pa.uint64(), values) == (table.schema.field("a").type, table["a"].to_pylist())
    values = [1, 2**63, -(10**29)]
    (tmp_path / f"rows.{suffix}").unlink()
    table = write(tmp_path, suffix, *([{"a": value}] for value in values))
    assert (pa.decimal128(38, 0), values) == (table.schema.field("a").type, table["a"].to_pylist())


def test_an_object_that_is_always_empty(tmp_path):
    """Parquet has none without a field: it is null there, alone and inside of others."""
    rows = [{"m": {}, "o": {"m": {}, "x": 1}, "l": [{}, None], "d": [[{}]]}, {"m": None, "l": []}]
    expected = {"m": None, "o": {"m": None, "x": 1}, "l": [None, None], "d": [[None]]}
    rest = {"m": None, "o": None, "l": [], "d": None}
    table = write(tmp_path, "parquet", rows, [{"m": {}}])
    assert [expected, rest, {**rest, "l": None}] == table.to_pylist()
    (tmp_path / "rows.parquet").unlink()
    table = write(tmp_path, "arrow", rows, [{"m": {}}])
    assert [{**rows[0]}, rest, {**rest, "m": {}, "l": None}] == table.to_pylist()


def test_an_object_that_is_empty_at_first(tmp_path):
    """It has the fields that come later, and is an object without a value, not null."""
    table = write(tmp_path, "parquet", [{"m": {}}, {"m": None}], [{"m": {"x": 1}}])
    assert [{"x": None}, None, {"x": 1}] == table["m"].to_pylist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_without_a_field(tmp_path, suffix):
    """They are rows of nulls beside others; where there are no others, no table holds them."""
    table = write(tmp_path, suffix, [{}, {}], [{"a": 1}], [{}])
    assert [None, None, 1, None] == table["a"].to_pylist()
    (tmp_path / f"rows.{suffix}").unlink()
    with pytest.raises(exceptions.MalformedPage, match="it has no column"):
        write(tmp_path, suffix, [{}, {}], [{}])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_no_text_can_be(tmp_path, suffix):
    """Half a surrogate pair has no bytes in UTF-8: the column is named, in a text and in a name."""
    for row, place in (
        (b'{"a": {"b": ["\\ud800"]}}', r"'a\.b\[\]'"), (b'{"\\ud800": 1}', r"'\\\\ud800'")
    ):  # fmt: skip
        for pages in ([b"[%b]" % row], [[{"a": None}], b"[%b]" % row]):
            with pytest.raises(exceptions.MalformedPage, match=f"a text at {place}.* surrogate"):
                write(tmp_path, suffix, *pages)


def test_an_error_of_a_page_that_does_not_fit_names_the_place(tmp_path):
    """It is inside of a list, and the advice is one that can be followed."""
    pages = [[{"a": {"b": [2**53 + 1]}}], [{"a": {"b": [1.5]}}]]
    with pytest.raises(exceptions.MalformedPage, match=r"double at 'a\.b\[\]'.*schema=") as caught:
        write(tmp_path, "parquet", *pages)
    assert "pyarrow.parquet" in str(caught.value)
    kind = pa.struct([("b", pa.list_(pa.decimal128(20, 1)))])
    reader = open_reader(listing_of(*pages), pa.schema([("a", kind)]))
    parquet.write_table(reader.read_all(), tmp_path / "rows.parquet")
    values = parquet.read_table(tmp_path / "rows.parquet")["a"].to_pylist()
    assert [{"b": [2**53 + 1]}, {"b": [Decimal("1.5")]}] == values


def test_row_groups_have_many_rows(tmp_path, monkeypatch):
    """Small pages share a row group, up to a bound."""
    monkeypatch.setattr(tables, "_ROWS", 4)
    listing, _ = open_listing(numbered)
    listing.write(tmp_path / "rows.parquet")
    metadata = parquet.read_metadata(tmp_path / "rows.parquet")
    assert [4, 2] == [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    """The error says what to install, before anything is sent."""
    for name in ("tables", "arrow"):
        monkeypatch.delitem(sys.modules, f"requests_paginate.export.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    listing, server = open_listing(numbered)
    with pytest.raises(ImportError, match=r"requests-paginate\[arrow\]"):
        listing.write(tmp_path / "rows.parquet")
    assert ([], []) == (server.asked, names(tmp_path))
