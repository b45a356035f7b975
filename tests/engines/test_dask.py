"""Listings in the workers of Dask."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

pytest.importorskip("dask")

import pandas as pd
import pyarrow as pa

from requests_paginate.exceptions import InconsistentListing, MalformedPage, PageFailed
from requests_paginate.export.dask import bag, dataframe
from tests.engines.conftest import KEY
from tests.engines.ledger import make_entry

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("default"),  # Dask's own are its own
]

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("account", pa.string()),
        ("number", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("note", pa.string()),
        ("day", pa.date32()),
        ("tags", pa.list_(pa.string())),
        ("payee", pa.struct([("name", pa.string()), ("tax", pa.string())])),
    ]
)
ACCOUNTS = [{"account": name} for name in "abc"]


@pytest.fixture
def entries(bank):
    """The plan; its module reads the server's address when it is imported."""
    from tests.engines import bank as module

    return module.entries


@pytest.fixture
def lenient(bank):
    """The plan that takes doubts."""
    from tests.engines import bank as module

    return module.lenient


@pytest.fixture
def _alone():
    """No worker: what is not about them is computed here."""
    import dask

    with dask.config.set(scheduler="synchronous"):
        yield


def columns_without(name):
    return pa.schema([field for field in SCHEMA if field.name != name])


def columns_with(name, kind):
    return pa.schema([field if field.name != name else (name, kind) for field in SCHEMA])


def test_a_bag_has_every_row_though_a_worker_was_killed(entries, open_ledger, cluster):
    """A worker that dies in the middle of a listing costs no row, and none comes twice."""
    ledger = open_ledger(sizes={"a": 35, "b": 72, "c": 0}, kill_at=("b", 4))
    rows = bag(entries, ACCOUNTS)
    assert 3 == rows.npartitions
    assert [] == ledger.asked
    assert ledger.ids() == sorted(row["id"] for row in rows.compute())
    assert 1 == len(ledger.killed)


def test_a_frame_in_parts_though_a_worker_was_killed(entries, open_ledger, cluster):
    """A listing in four parts is whole, in its order, and every value is the one that was sent."""
    ledger = open_ledger(sizes={"a": 115}, kill_at=("a", 8))
    frame = dataframe(entries, [{"account": "a"}], meta=SCHEMA, parts=4)
    assert 4 == frame.npartitions
    assert [("a", 1)] == ledger.asked
    found = frame.compute()
    assert [make_entry("a", n)["id"] for n in range(115)] == [*found["id"]]
    assert sum(make_entry("a", n)["amount"] for n in range(115)) == found["amount"].sum()
    assert 1 == len(ledger.killed)


def test_an_error_of_a_worker_arrives_as_itself(entries, open_ledger, cluster):
    """What fails in a worker is raised here, with its text and its checkpoint and no secret."""
    open_ledger(sizes={"a": 5})
    with pytest.raises(PageFailed, match="404 Not Found: no such account") as caught:
        bag(entries, [{"account": "a"}, {"account": "z"}]).compute()
    assert caught.value.checkpoint
    assert KEY.encode() not in pickle.dumps(caught.value)
    assert KEY.encode() not in pickle.dumps(bag(entries, [{"account": "a"}]))


def test_a_worker_without_the_session_s_module_says_so(open_ledger, cluster):
    """A plan whose function a worker cannot import fails there, and names it."""
    ledger = open_ledger(sizes={"a": 5})
    from tests.engines import bank as module

    with pytest.raises(ImportError, match="cannot import 'no_such_app:open_session'"):
        bag(module.without_session, [{"account": "a"}]).compute()
    assert [] == ledger.asked


@pytest.mark.usefixtures("_alone")
def test_a_doubt_is_an_error(entries, lenient, open_ledger):
    """A worker's warnings are read by nobody: so a doubt about the end fails, if it may."""
    open_ledger(sizes={"a": 15}, is_incomplete=True)
    with pytest.raises(InconsistentListing, match="incomplete_results"):
        bag(entries, [{"account": "a"}]).compute()
    with pytest.warns(UserWarning, match="incomplete_results"):
        assert 15 == len(bag(lenient, [{"account": "a"}]).compute())


@pytest.mark.usefixtures("_alone")
def test_the_columns_of_the_first_page(entries, open_ledger):
    """Without meta, the first page that has rows tells the columns; what is null there is text."""
    ledger = open_ledger(sizes={"c": 0, "a": 35, "b": 12})
    frame = dataframe(entries, [{"account": name} for name in "cab"])
    assert [("c", 1), ("a", 1)] == ledger.asked
    expected = columns_with("amount", pa.float64())
    expected = [*expected.set(expected.names.index("day"), pa.field("day", pa.string()))]
    assert {field.name: pd.ArrowDtype(field.type) for field in expected} == frame.dtypes.to_dict()
    found = frame.compute()
    assert ledger.ids() == sorted(found["id"])
    assert [make_entry("a", n)["note"] for n in range(4)] == [
        None if value is pd.NA else value for value in found["note"].iloc[:4]
    ]


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("number", "int64", [0, 1, 2]),
        ("number", "int8", [0, 1, 2]),
        ("number", "float64", [0.0, 1.0, 2.0]),
        ("amount", pd.ArrowDtype(pa.decimal128(9, 2)), [*map(Decimal, ("0.00", "37.01", "74.02"))]),
        ("note", "string", ["nota 0 ção", pd.NA, pd.NA]),
        ("day", "datetime64[us]", [*map(pd.Timestamp, ("2026-01-01", "2026-02-02", "2026-03-03"))]),
    ],
)
def test_types_of_pandas(name, kind, expected, entries, open_ledger):
    """Each partition has the types that meta gives, by whatever names of pandas."""
    open_ledger(sizes={"a": 3})
    kinds = {field.name: pd.ArrowDtype(field.type) for field in SCHEMA} | {name: kind}
    found = dataframe(entries, [{"account": "a"}], meta=kinds).compute()
    assert expected == found[name].tolist()
    assert kind == found[name].dtype


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize(
    ("meta", "text"),
    [
        (columns_with("note", pa.int64()), "expected int64 at 'note', got a string"),
        (columns_with("number", pa.string()), "expected string at 'number', got a number"),
        (columns_with("amount", pa.decimal128(9, 1)), r"expected decimal128\(9, 1\) at 'amount'"),
        (columns_without("note"), "rows have 'note', which the schema has not"),
        (dict.fromkeys(SCHEMA.names, "int64"), "expected int64 at 'id', got a string"),
    ],
)
def test_a_row_that_does_not_fit_is_an_error(meta, text, entries, open_ledger):
    """No value is changed and no column left out in silence: the error names it."""
    open_ledger(sizes={"a": 3})
    with pytest.raises(MalformedPage, match=text):
        dataframe(entries, [{"account": "a"}], meta=meta).compute()


@pytest.mark.usefixtures("_alone")
def test_a_column_of_numpy_takes_no_null(entries, open_ledger):
    """Where pandas would make a double of a whole number, null is an error."""
    open_ledger(sizes={"a": 3}, write=lambda _, n: b'{"id": %d}' % n if n else b'{"id": null}')
    with pytest.raises(MalformedPage, match="expected int64 at 'id', got null"):
        dataframe(entries, [{"account": "a"}], meta={"id": "int64"}).compute()
    found = dataframe(entries, [{"account": "a"}], meta={"id": "Int64"}).compute()
    assert [pd.NA, 1, 2] == found["id"].tolist()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda plan: bag("myapp:plan", [{}]), TypeError, "plan: expected a Plan, got str"),
        (lambda plan: bag(plan, {"account": "a"}), TypeError, "params: expected a list"),
        (lambda plan: bag(plan, "a"), TypeError, "params: expected a list"),
        (lambda plan: bag(plan, ["a"]), TypeError, "params: expected a list"),
        (lambda plan: bag(plan, []), ValueError, "params: expected a listing at least"),
        (lambda plan: bag(plan, [{}], parts=0), ValueError, "parts: expected a whole number"),
        (lambda plan: bag(plan, [{}], parts=True), ValueError, "parts: expected a whole number"),
        (
            lambda plan: dataframe(plan, [{}], meta={"id": "object"}),
            TypeError,
            "meta: 'id' is of type object, which does not tell what it holds",
        ),
        (
            lambda plan: dataframe(plan, [{}], meta={"id": "category"}),
            TypeError,
            "meta: 'id' is of type category",
        ),
        (lambda plan: dataframe(plan, [{}], meta=("id", "int64")), TypeError, "expected columns"),
    ],
)
def test_bad_input_is_told_at_the_call(call, error, text, entries, open_ledger):
    """What cannot be is refused before anything is sent."""
    ledger = open_ledger(sizes={})
    with pytest.raises(error, match=text):
        call(entries)
    assert [] == ledger.asked


def test_no_row_tells_no_columns(entries, open_ledger):
    """Without meta and rows the call fails: a table without columns would be no answer."""
    open_ledger(sizes={"a": 0, "b": 0})
    with pytest.raises(ValueError, match="no listing has a row that tells the columns"):
        dataframe(entries, [{"account": "a"}, {"account": "b"}])
