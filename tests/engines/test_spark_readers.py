"""What the source of Spark does when Spark calls it, without Java: Spark's calls are made here."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timezone
from itertools import chain

import pytest

pytest.importorskip("pyspark")

import pyarrow as pa
from pyspark.sql import types as t
from pyspark.sql.datasource import CaseInsensitiveDict
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    PageFailed,
    PossiblyTruncated,
)
from requests_paginate.export.spark import ListingSource, readers
from requests_paginate.export.spark.types import to_arrow, to_spark
from tests.engines.conftest import KEY

pytestmark = pytest.mark.engines

ID = StructType().add("id", "string")


START = {"checkpoints": {}, "doubts": {}}


def only_id(account, number):
    return b'{"id": "%b-%d"}' % (account.encode(), number)


@pytest.fixture
def make_source(bank):
    def make_source(account="a", plan="entries", **more):
        given = {"plan": f"tests.engines.bank:{plan}", "param.account": account, **more}
        return ListingSource(CaseInsensitiveDict(given))

    return make_source


def ids(batches):
    return [row["id"] for batch in batches for row in batch.to_pylist()]


def test_a_partition_is_short_and_holds_no_secret(make_source, open_ledger):
    """What travels to a worker is the plan and the parameters, also of a part."""
    open_ledger(sizes={"a": 95, "b": 12}, write=only_id)
    reader = make_source("a,b", parts="4").reader(ID)
    partitions = reader.partitions()
    sent = [pickle.dumps(each) for each in (*partitions, reader)]
    assert 6 == len(partitions)  # a listing of two pages has two parts
    assert all(KEY.encode() not in each for each in sent)
    rows = [ids(pickle.loads(sent[-1]).read(pickle.loads(each))) for each in sent[:-1]]
    assert [f"a-{number}" for number in range(95)] == [*chain(*rows[:4])]
    assert [f"b-{number}" for number in range(12)] == [*chain(*rows[4:])]


def test_a_reader_that_is_left_asks_for_no_more(make_source, open_ledger):
    """With a LIMIT, Spark takes no more batches than it needs."""
    ledger = open_ledger(sizes={"a": 95}, write=only_id)
    reader = make_source().reader(ID)
    batches = reader.read(*reader.partitions())
    assert 10 == next(batches).num_rows
    batches.close()
    assert [("a", 1)] == ledger.asked


@pytest.mark.parametrize(
    ("account", "plan", "error"),
    [
        ("z", "entries", PageFailed),
        ("a", "entries", InconsistentListing),
        ("a", "without_session", ImportError),
    ],
)
def test_what_fails_is_raised(account, plan, error, make_source, open_ledger):
    """An error is raised in the task, and so is a doubt about the end."""
    open_ledger(sizes={"a": 15}, write=only_id, is_incomplete=True)
    reader = make_source(account, plan).reader(ID)
    with pytest.raises(error):
        ids(reader.read(*reader.partitions()))


def test_a_doubt_is_taken_if_the_plan_says_so(make_source, open_ledger):
    """With `strict=False` the rows come, and the worker only warns."""
    open_ledger(sizes={"a": 15}, write=only_id, is_incomplete=True)
    reader = make_source(plan="lenient").reader(ID)
    with pytest.warns(PossiblyTruncated):
        assert 15 == len(ids(reader.read(*reader.partitions())))


def test_any_batch_of_a_stream_can_be_read_again(make_source, open_ledger):
    """Batch by batch every row comes once, and each batch comes again between its offsets."""
    ledger = open_ledger(sizes={"a": 95, "b": 20, "c": 0}, write=only_id)
    stream = make_source("a,b,c", pagesPerBatch="3").simpleStreamReader(ID)
    found, offset, sizes = [], stream.initialOffset(), []
    while True:
        batches, end = stream.read(offset)
        rows = ids(copy.copy(batches))  # which Spark does
        if end == offset:
            break
        again = pickle.loads(pickle.dumps(stream))  # it is another process that reads again
        assert rows == ids(again.readBetweenOffsets(offset, end))
        found, offset = found + rows, end
        sizes.append(len(rows))
    assert [50, 30, 30, 5] == sizes
    assert ledger.ids() == sorted(found)
    asked = len(ledger.asked)
    assert [] == rows
    assert [] == ids(stream.readBetweenOffsets(offset, offset))
    assert asked == len(ledger.asked)


@pytest.mark.parametrize(
    ("told", "text"),
    [({"is_incomplete": True}, "incomplete_results"), ({"extra": 5}, "total")],
)
@pytest.mark.parametrize("pages", ["1", "2", "3"])
def test_a_stream_tells_a_doubt_after_all_rows(pages, told, text, make_source, open_ledger):
    """A doubtful end holds back no row, of this listing or another; then the stream fails."""
    ledger = open_ledger(sizes={"a": 15, "b": 35}, write=only_id, **told)
    stream = make_source("a,b", pagesPerBatch=pages).simpleStreamReader(ID)
    found, offset = [], stream.initialOffset()
    with pytest.raises(InconsistentListing, match=text):
        for _ in range(10):
            batches, end = stream.read(offset)
            rows = ids(batches)
            assert rows == ids(stream.readBetweenOffsets(offset, end))
            found, offset = found + rows, end
    assert ledger.ids() == sorted(found)


def test_a_stream_that_takes_doubts_ends(make_source, open_ledger):
    """With `strict=False` a doubt is a warning, also in a stream that was begun without."""
    open_ledger(sizes={"a": 15}, write=only_id, is_incomplete=True)
    _, end = make_source().simpleStreamReader(ID).read(START)
    lenient = make_source(plan="lenient").simpleStreamReader(ID)
    with pytest.warns(PossiblyTruncated):
        batches, last = lenient.read(end)
    with pytest.warns(PossiblyTruncated):
        assert last == lenient.read(last)[1]
    assert [] == ids(batches)


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")
def test_a_batch_that_is_another_one_now_is_an_error(make_source, open_ledger):
    """Rows that were removed before a batch was read again are told: the batch had them."""
    ledger = open_ledger(sizes={"a": 35}, write=only_id)
    stream = make_source("a", pagesPerBatch="2").simpleStreamReader(ID)
    _, middle = stream.read(START)
    _, end = stream.read(middle)
    ledger.sizes["a"] = 31
    with pytest.raises(InconsistentListing, match="rows may be missing"):
        ids(stream.readBetweenOffsets(middle, end))


def test_a_stream_raises_what_is_no_doubt(make_source, open_ledger):
    """What fails is raised at once, and the offset stays where it was."""
    open_ledger(sizes={"a": 15}, write=only_id)
    stream = make_source("a,z").simpleStreamReader(ID)
    with pytest.raises(PageFailed, match="404"):
        stream.read(START)
    open_ledger(sizes={"a": 45}, write=lambda account, number: only_id(account, number % 10))
    stream = make_source("a").simpleStreamReader(ID)
    with pytest.raises(InconsistentListing, match="the same rows as an earlier one"):
        stream.read(START)


def test_a_listing_may_be_added_to_a_stream_or_left_out(make_source, open_ledger):
    """A new one begins at its start; of one that is gone, no batch can be read again."""
    open_ledger(sizes={"a": 15, "b": 12}, write=only_id)
    _, first = make_source("a").simpleStreamReader(ID).read(START)
    batches, second = make_source("a,b").simpleStreamReader(ID).read(first)
    assert [f"b-{number}" for number in range(12)] == ids(batches)
    batches, third = make_source("a").simpleStreamReader(ID).read(second)
    assert ([], second) == (ids(batches), third)
    assert [] == ids(make_source("a").simpleStreamReader(ID).readBetweenOffsets(second, third))
    with pytest.raises(ValueError, match="a listing that its options do not name any more"):
        ids(make_source("a").simpleStreamReader(ID).readBetweenOffsets(first, second))


@pytest.mark.parametrize(
    ("given", "columns", "text"),
    [
        ({"plan": "limited"}, ID, "the plan has max_items="),
        ({"plan": "keyed"}, ID, "the plan has key="),
        ({"parts": "2"}, ID, "option 'parts': a stream"),
        ({}, StructType(), "schema: expected columns, got none"),
        ({"account": ""}, ID, "'param.account': .* got a gap"),
    ],
)
def test_a_stream_that_cannot_be(given, columns, text, make_source, open_ledger):
    """It is told when Spark asks for the first rows: what is raised before that, Spark hides."""
    open_ledger(sizes={})
    stream = make_source(**given).simpleStreamReader(columns)
    with pytest.raises(ValueError, match=text):
        stream.read(stream.initialOffset())


def test_a_spark_whose_streams_end_early_is_refused(make_source, monkeypatch):
    """Before PySpark 4.2, `availableNow` took the first batch for all that there is."""
    monkeypatch.setattr(readers, "SupportsTriggerAvailableNow", object)
    stream = make_source().simpleStreamReader(ID)
    with pytest.raises(ImportError, match=r"a stream needs PySpark 4\.2 or later"):
        stream.read(stream.initialOffset())


def test_an_offset_holds_no_secret(make_source, open_ledger):
    """Spark writes offsets into files and into texts of errors."""
    open_ledger(sizes={"a": 95}, write=only_id)
    _, offset = make_source().simpleStreamReader(ID).read(START)
    assert KEY not in str(offset)


def test_the_first_page_with_rows_tells_the_columns(make_source, open_ledger):
    """The schema is that of the first page that has rows, and what is null there is text."""
    ledger = open_ledger(sizes={"c": 0, "a": 35})
    assert (
        "struct<id:string,account:string,number:bigint,amount:double,note:string,day:string,"
        "tags:array<string>,payee:struct<name:string,tax:string>>"
    ) == make_source("c,a").schema().simpleString()
    assert [("c", 1), ("a", 1)] == ledger.asked
    ledger.sizes["a"] = 0
    with pytest.raises(ValueError, match="no listing has a row that tells the columns"):
        make_source("c,a").schema()


TYPES = [
    (t.BooleanType(), pa.bool_()), (t.ByteType(), pa.int8()), (t.ShortType(), pa.int16()),
    (t.IntegerType(), pa.int32()), (t.LongType(), pa.int64()), (t.FloatType(), pa.float32()),
    (t.DoubleType(), pa.float64()), (t.DecimalType(18, 2), pa.decimal128(18, 2)),
    (t.StringType(), pa.string()), (t.BinaryType(), pa.binary()), (t.DateType(), pa.date32()),
    (t.TimestampType(), pa.timestamp("us", "UTC")), (t.TimestampNTZType(), pa.timestamp("us")),
    (t.ArrayType(t.IntegerType()), pa.list_(pa.int32())),
    (t.ArrayType(t.LongType(), False), pa.list_(pa.field("element", pa.int64(), False))),
    (t.StructType().add("a", "integer"), pa.struct([("a", pa.int32())])),
    (t.MapType(t.StringType(), t.IntegerType()), pa.map_(pa.string(), pa.int32())),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expected"), TYPES, ids=str)
@pytest.mark.parametrize("nullable", [True, False])
def test_types_are_those_that_spark_takes(kind, expected, nullable):
    """Spark refuses batches of other types than its own conversion gives."""
    schema = StructType().add("x", kind, nullable)
    found = to_arrow(schema)
    assert pa.schema([pa.field("x", expected, nullable)]) == found
    assert to_arrow_schema(schema, timezone="UTC") == found


@pytest.mark.parametrize(("expected", "kind"), [*TYPES[:14], TYPES[15]], ids=str)
def test_types_that_are_inferred(kind, expected):
    """What rows were found to hold has a type of Spark, in which each value stays as it is."""
    assert StructType().add("x", expected) == to_spark(pa.schema([("x", kind)]))


def test_types_without_an_equal():
    """What one side lacks is told by its column's path."""
    assert "decimal(20,0)" == to_spark(pa.schema([("x", pa.uint64())]))["x"].dataType.simpleString()
    with pytest.raises(TypeError, match=r"no type for the values of 'x\.y\[\]', which are time64"):
        to_spark(pa.schema([("x", pa.struct([("y", pa.list_(pa.time64("us")))]))]))
    with pytest.raises(TypeError, match="no type for the values of 'x', which are decimal256"):
        to_spark(pa.schema([("x", pa.decimal256(76, 0))]))
    for kind in ("variant", "interval day"):
        with pytest.raises(TypeError, match=rf"schema: 'x\.y' has the type {kind}"):
            to_arrow(StructType().add("x", StructType().add("y", kind)))


def test_what_is_only_null_on_the_first_page_is_text(make_source, open_ledger):
    """Also inside of lists and objects: few engines write a column of nulls."""
    ledger = open_ledger(sizes={"a": 3}, write=lambda *_: b'{"id": [null], "x": {"y": [[]]}}')
    schema = make_source().schema()
    assert "struct<id:array<string>,x:struct<y:array<array<string>>>>" == schema.simpleString()
    ledger.write = lambda *_: b'{"id": ["1"], "x": {"y": [["2"]]}}'
    reader = make_source().reader(schema)
    assert [["1"]] * 3 == ids(reader.read(*reader.partitions()))


def test_times_have_an_offset_or_none(make_source, open_ledger):
    """A time with an offset is a timestamp, and one without is none."""
    text = '{"id": "2026-01-01T10:00:00%s"}'
    open_ledger(sizes={"a": 1}, write=lambda *_: (text % "+02:00").encode())
    reader = make_source().reader(StructType().add("id", "timestamp"))
    assert [datetime(2026, 1, 1, 8, tzinfo=timezone.utc)] == ids(reader.read(*reader.partitions()))
    reader = make_source().reader(StructType().add("id", "timestamp_ntz"))
    with pytest.raises(MalformedPage, match=r"expected timestamp\[us\] at 'id', got a string"):
        ids(reader.read(*reader.partitions()))
