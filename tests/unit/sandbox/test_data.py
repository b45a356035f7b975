"""The rows of the sandbox."""

import uuid

import pytest

from requests_paginate.sandbox import Belvo, Pluggy
from requests_paginate.sandbox.data import Dataset, amount_of, day_of, identifier
from tests.unit.sandbox.dialects import ACCOUNT, BELVO, PLUGGY


class TestRows:
    def test_rows_follow_from_the_seed(self):
        """The same seed gives the same rows, another seed other ids."""
        assert PLUGGY.transaction_rows(ACCOUNT) == Pluggy(transactions=30).transaction_rows(ACCOUNT)
        assert BELVO.account_rows() == Belvo(transactions=1).account_rows()
        assert not set(PLUGGY.account_ids) & set(Pluggy(seed=8).account_ids)

    def test_ids_are_unique(self):
        """No two rows of a provider share an id."""
        rows = [row for each in PLUGGY.account_ids for row in PLUGGY.transaction_rows(each)]
        rows += [row for each in BELVO.link_ids for row in BELVO.transaction_rows(each)]
        rows += [*PLUGGY.account_rows(), *BELVO.account_rows(), *BELVO.link_rows()]
        assert len(rows) == len({row["id"] for row in rows})


def test_a_dataset_makes_each_row_once():
    """Rows are made when they are first needed, kept, and found by their ids as strings."""
    made = []

    def make(index):
        made.append(index)
        return {"id": 10 * index, "name": "ã"}

    dataset = Dataset(make=make, count=3)
    assert [] == made
    assert [0, 10, 20] == [row["id"] for row in dataset.rows]
    assert {"0": 0, "10": 1, "20": 2} == dataset.positions
    assert b'{"id":10,"name":"\xc3\xa3"}' == dataset.encoded[1]
    assert [0, 1, 2] == made


def test_copies_are_the_caller_s():
    """What a caller does to its copy of the rows changes nothing for the next one."""
    dataset = Dataset(make=lambda index: {"id": index, "labels": ["x"]}, count=2)
    copy = dataset.copies()
    copy[0]["labels"].append("y")
    assert dataset.rows == dataset.copies() != copy


def test_rows_come_and_go():
    """Rows that came later stand in front; deleted ones keep their place, and are not found."""
    dataset = Dataset(
        make=lambda index: {"id": str(index)}, count=3, inserted=2, deleted=frozenset({"-1", "1"})
    )
    assert ["-2", "-1", "0", "1", "2"] == [row["id"] for row in dataset.rows]
    assert [0, 2, 4] == list(dataset.present)
    assert [0, None, 2, None] == [dataset.find(name) for name in ("-2", "-1", "0", "9")]
    assert ["-2", "0"] == dataset.newest(2)
    assert [{"id": "-2"}, {"id": "0"}, {"id": "2"}] == list(dataset.copies())


@pytest.mark.parametrize("other", [(2, "kind", 3), (1, "other", 3), (1, "kind", 4)])
def test_identifiers(other):
    """They are UUIDs of version 4, which differ where seed, kind or index do."""
    found = identifier(1, "kind", 3)
    assert 4 == uuid.UUID(found).version
    assert found == identifier(1, "kind", 3) != identifier(*other)


def test_amounts_have_no_pattern():
    """They are positive, have two decimals, and no two of a thousand are the same."""
    amounts = [amount_of(index) for index in range(1000)]
    assert 87.42 == amounts[0]
    assert 1000 == len({f"{amount:.2f}" for amount in amounts})
    assert all(0 < amount < 1000 and amount == round(amount, 2) for amount in amounts)


@pytest.mark.parametrize(
    ("index", "day"),
    [(0, "2026-03-04"), (11, "2026-03-04"), (12, "2026-03-03"), (48, "2026-02-28")],
)
def test_days(index, day):
    """Every twelve transactions are a day older."""
    assert day == str(day_of(index))
