"""Listings in the Python workers of Spark."""

from __future__ import annotations

from datetime import date

import pytest

pytest.importorskip("pyspark")

from pyspark.errors import PySparkException
from pyspark.sql.functions import udf

from tests.engines.conftest import KEY
from tests.engines.ledger import make_entry

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # Spark's own are its own
]

COLUMNS = {
    "id": "string",
    "account": "string",
    "number": "int",
    "amount": "decimal(18,2)",
    "note": "string",
    "day": "date",
    "tags": "array<string>",
    "payee": "struct<name string, tax string>",
}


def schema(**changes):
    return ", ".join(f"{name} {kind}" for name, kind in (COLUMNS | changes).items() if kind)


def options(account="a", plan="entries", **more):
    return {"plan": f"tests.engines.bank:{plan}", "param.account": account, **more}


@pytest.fixture
def read(spark):
    """Read listings with options, and with a schema if one is given."""

    def read(schema=None, **given):
        reader = spark.read.format("requests_paginate").options(**options(**given))
        return (reader.schema(schema) if schema else reader).load()

    return read


def test_a_file_has_every_row_though_a_worker_was_killed(read, spark, open_ledger, tmp_path):
    """A task that dies in the middle of a listing is run again: no row is missing or twice."""
    ledger = open_ledger(sizes={"a": 35, "b": 72, "c": 0}, kill_at=("b", 4))
    frame = read(account="a, b,c")
    assert [("a", 1)] == ledger.asked
    assert ["string", "string", "bigint", "double", "string", "string", "array<string>",
            "struct<name:string,tax:string>"] == [kind for _, kind in frame.dtypes]  # fmt: skip
    assert 3 == frame.rdd.getNumPartitions()
    frame.write.parquet(str(tmp_path / "rows"))
    assert 1 == len(ledger.killed)
    found = spark.read.parquet(str(tmp_path / "rows")).select("id", "note").collect()
    assert ledger.ids() == sorted(row.id for row in found)
    assert {"nota 0 ção"} == {row.note for row in found if row.id.endswith("-0")}


def test_a_listing_in_parts_with_given_types(read, open_ledger):
    """A listing in four parts is whole, in its order, and every value is the one that was sent."""
    ledger = open_ledger(sizes={"a": 115})
    frame = read(schema(), parts="4")
    assert 4 == frame.rdd.getNumPartitions()
    found = frame.collect()
    expected = [make_entry("a", number) for number in range(115)]
    assert [{**row, "day": date.fromisoformat(row["day"])} for row in expected] == [
        row.asDict(recursive=True) for row in found
    ]
    assert {("a", page) for page in range(1, 13)} == {*ledger.asked}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"note": "int"}, "expected int32 at 'note', got a string"),
        ({"note": "string NOT NULL"}, "expected string at 'note', got null"),
        ({"payee": None}, "rows have 'payee', which the schema has not"),
        ({"tags": "interval day to second"}, "'tags' has the type interval day to second"),
    ],
)
def test_a_row_that_does_not_fit_is_an_error(changes, text, read, open_ledger):
    """No value is changed and no column left out in silence: the error names it."""
    open_ledger(sizes={"a": 3})
    with pytest.raises(PySparkException) as caught:
        read(schema(**changes)).collect()
    assert text in str(caught.value)


def test_what_fails_in_a_task_is_told_without_a_secret(read, open_ledger):
    """The text of an error comes back from the worker."""
    open_ledger(sizes={"a": 3})
    with pytest.raises(PySparkException) as caught:
        read(schema(), account="a,z").collect()
    assert "PageFailed: GET" in str(caught.value)
    assert "404 Not Found: no such account" in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.fixture
def stream(spark, tmp_path):
    """Read listings as a stream into the folder `rows`, until nothing is left."""

    def stream(account, fail=lambda row: False, **given):
        @udf("string")
        def check(row):
            if fail(row):
                raise RuntimeError("the disk is full")
            return row

        reader = spark.readStream.format("requests_paginate").schema(schema())
        query = (
            reader.options(**options(account, pagesPerBatch="2", **given))
            .load()
            .withColumn("id", check("id"))
            .writeStream.format("parquet")
            .options(path=str(tmp_path / "rows"), checkpointLocation=str(tmp_path / "progress"))
            .trigger(availableNow=True)
            .start()
        )
        try:
            assert query.awaitTermination(100)
        finally:
            query.stop()

    return stream


def test_a_stream_that_failed_goes_on(spark, stream, open_ledger, tmp_path):
    """A batch of which it is not known that it was written is read again, and no other."""
    ledger = open_ledger(sizes={"a": 35, "b": 72, "c": 0})
    with pytest.raises(PySparkException, match="the disk is full"):
        stream("a,b,c", fail=lambda row: row == "b-45")
    asked = [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 1), ("a", 3), ("a", 4), ("b", 3),
             ("b", 4), ("b", 5), ("b", 6)]  # fmt: skip
    assert asked == ledger.asked
    ledger.asked.clear()
    stream("a,b,c")
    assert [("b", page) for page in (5, 6, 7, 8)] == ledger.asked
    ledger.asked.clear()
    ledger.sizes["d"] = 12
    stream("a,b,c,d")  # the others are at their ends
    assert [("d", 1), ("d", 2)] == ledger.asked
    rows = [row.id for row in spark.read.parquet(str(tmp_path / "rows")).collect()]
    assert ledger.ids() == sorted(rows)


def test_a_stream_that_cannot_be(stream, open_ledger):
    """What a stream cannot keep to is told before anything is asked for, and by nothing else."""
    ledger = open_ledger(sizes={"a": 35})
    with pytest.raises(PySparkException, match="ValueError: the plan has max_items=") as caught:
        stream("a", plan="limited")
    assert "UnboundLocalError" not in str(caught.value)
    assert [] == ledger.asked
