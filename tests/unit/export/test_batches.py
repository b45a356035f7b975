"""Rows as columns of known types, straight from their text."""

import json
import re
from decimal import Decimal

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate.export.arrow import make_batch
from requests_paginate.export.batches import BatchDecoder

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
# Values of one type, with null among them; of nested ones, too.
SCALARS = [st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), TEXT,
           st.floats(allow_nan=False, allow_infinity=False)]  # fmt: skip
KINDS = st.recursive(
    st.sampled_from([st.none() | each for each in SCALARS]),
    lambda inner: st.one_of(
        inner.map(lambda kind: st.none() | st.lists(kind, max_size=3)),
        st.dictionaries(TEXT, inner, min_size=1, max_size=3).map(
            lambda kinds: st.none() | st.fixed_dictionaries(kinds)
        ),
    ),
    max_leaves=4,
)
TABLES = st.dictionaries(TEXT, KINDS, min_size=1, max_size=4).flatmap(
    lambda kinds: st.lists(st.fixed_dictionaries(kinds), min_size=1, max_size=5)
)


def decode(schema, rows):
    text = rows if isinstance(rows, str) else json.dumps(rows)
    return BatchDecoder(pa.schema(schema)).decode(text.encode())


@given(TABLES)
def test_every_value_is_as_it_was_sent(rows):
    """What is decoded as the types of the rows themselves is these rows."""
    schema = pa.Table.from_pylist(rows).schema
    batch = decode(schema, rows)
    assert batch is None or rows == batch.to_pylist()
    assert batch is None or batch.validate(full=True) is None
    # names that msgspec has no Struct for are left to others
    assert batch is not None or re.search(r'[\x00-\x1f"\\]', schema.to_string())


@given(TABLES)
def test_both_ways_make_one_batch(rows):
    """What is decoded as known types is what the values make one by one, and that is the rows."""
    batch = make_batch([msgspec.Raw(json.dumps(row).encode()) for row in rows])
    assert rows == batch.to_pylist()
    assert batch.validate(full=True) is None
    assert decode(batch.schema, rows) in (batch, None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (pa.int64(), "1.5"), (pa.int64(), "1.0"), (pa.int64(), "9223372036854775808"),
        (pa.int64(), "true"), (pa.int64(), '"1"'), (pa.int8(), "128"),
        (pa.float64(), "9007199254740993"), (pa.float64(), "123456789012345678901234567890"),
        (pa.float64(), '"1.5"'), (pa.float64(), "1e400"), (pa.bool_(), "1"), (pa.string(), "1"),
        (pa.null(), "0"), (pa.struct([("x", pa.int64())]), '{"x":1,"y":2}'),
        (pa.struct([("x", pa.int64())]), "[1]"), (pa.list_(pa.int64()), '[1,"2"]'),
        (pa.string(), '"\\ud800"'), (pa.decimal128(5, 2), "1.10"), (pa.date32(), '"2026-01-01"'),
        (pa.binary(), '"x"'), (pa.struct([]), '{"x":null}'), (pa.float64(), "true"),
    ],
)  # fmt: skip
def test_nothing_is_bent(kind, text):
    """A value that is not of the type, or that the type cannot hold exactly, is refused."""
    assert None is decode([("at", kind)], f'[{{"at":{text}}}]')


def test_what_a_row_leaves_out_is_null():
    """A field that is missing is null; one that the schema does not have is refused."""
    schema = [("a", pa.int64()), ("b", pa.struct([("c", pa.string())]))]
    batch = decode(schema, [{"a": 1}, {"b": {}}, {"b": None}])
    expected = [{"a": 1, "b": None}, {"a": None, "b": {"c": None}}, {"a": None, "b": None}]
    assert expected == batch.to_pylist()
    assert None is decode(schema, [{"a": 1, "new": None}])


@pytest.mark.parametrize("text", ["[1]", "[null]", "[[]]", "{}", "[{"])
def test_what_are_no_objects(text):
    """Rows that are no objects are refused, as is what is no JSON."""
    assert None is decode([("a", pa.int64())], text)


def test_whole_numbers_in_a_column_of_doubles():
    """They are taken where a double is that very number."""
    batch = decode([("at", pa.float64())], '[{"at":1},{"at":1.5},{"at":9007199254740992}]')
    assert [Decimal(1), Decimal("1.5"), Decimal(2**53)] == [
        Decimal(row["at"]) for row in batch.to_pylist()
    ]


def test_names_of_any_kind():
    """A column may be called anything, and two of one name are left to others."""
    names = ["class", "a b", "", "ü", "column0", "from"]
    row = dict.fromkeys(names, 1)
    assert [row] == decode([(name, pa.int64()) for name in names], [row]).to_pylist()
    assert None is decode([("a", pa.int64()), ("a", pa.int64())], [{"a": 1}])
