"""Rows that are inserted and deleted while they are listed."""

import pytest

from requests_paginate.sandbox import Belvo, Changing, Pluggy
from tests.unit.sandbox.dialects import ask

PLUGGY = Pluggy(transactions=10, v2_page_size=4)
BELVO = Belvo(transactions=10, page_size=4)
ACCOUNT, LINK = PLUGGY.account_ids[0], BELVO.link_ids[0]
V1 = f"/transactions?accountId={ACCOUNT}&pageSize=4"
V2 = f"/v2/transactions?accountId={ACCOUNT}"
HEADERS = {"X-API-KEY": PLUGGY.api_key, "Authorization": BELVO.authorization}


def read(changing, url):
    return ask(changing, url, headers=HEADERS).json()


def ids_of(rows):
    return [row["id"] for row in rows]


def places_of(rows):
    """Where rows of Pluggy stood at first; None for those that came later."""
    first = ids_of(PLUGGY.transaction_rows(ACCOUNT))
    return [first.index(each) if each in first else None for each in ids_of(rows)]


def test_nothing_changes_by_itself():
    """Without a wish the rows stay as they are."""
    changing = Changing(dialect=PLUGGY)
    assert read(changing, V1) == read(changing, V1)
    assert PLUGGY == changing.now == changing.dialect


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"inserted_per_page": 1}, [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]),
        ({"deleted_per_page": 1}, [[0, 1, 2, 3], [5, 6, 7, 8], []]),
        ({"inserted_per_page": 1, "deleted_per_page": 1},
         [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
    ],
)  # fmt: skip
def test_page_numbers_shift(changes, expected):
    """Under page numbers an insertion repeats a row on the next page, and a deletion skips one."""
    changing = Changing(dialect=PLUGGY, **changes)
    pages = [read(changing, f"{V1}&page={page}")["results"] for page in (1, 2, 3)]
    assert expected == [places_of(page) for page in pages]


@pytest.mark.parametrize("changes", [{"inserted_per_page": 3}, {"deleted_per_page": 3},
                                     {"inserted_per_page": 2, "deleted_per_page": 4}])  # fmt: skip
def test_a_cursor_does_not_shift(changes):
    """A cursor leads behind its row, also where that row is gone."""
    changing, url, rows = Changing(dialect=PLUGGY, **changes), V2, []
    while url:
        page = read(changing, url)
        rows += page["results"]
        url = page["next"] and "/v2/transactions" + page["next"]
    assert list(range(10)) == places_of(rows)


def test_changes_at_will():
    """Rows come and go when told to, in lists and one by one, and `now` tells what is there."""
    changing = Changing(dialect=PLUGGY)
    gone = PLUGGY.transaction_rows(ACCOUNT)[2]["id"]
    changing.insert(2)
    changing.delete(gone)
    expected = [None, None, 0, 1, *range(3, 10)]
    assert expected == places_of(changing.now.transaction_rows(ACCOUNT))
    assert expected == places_of(read(changing, f"/transactions?accountId={ACCOUNT}")["results"])
    assert 404 == ask(changing, f"/transactions/{gone}", headers=HEADERS).status
    assert list(range(10)) == places_of(changing.dialect.transaction_rows(ACCOUNT))


def test_new_rows_are_newer():
    """What is inserted has dates and ids of its own, not older than what was there."""
    changing = Changing(dialect=PLUGGY)
    changing.insert(15)
    rows = changing.now.transaction_rows(ACCOUNT)
    dates = [row["date"] for row in rows]
    assert sorted(dates, reverse=True) == dates
    assert 25 == len(set(ids_of(rows)))
    created = PLUGGY.transaction_rows(ACCOUNT)[0]["createdAt"]
    assert all(row["createdAt"] > created for row in rows[:15])


def test_belvo_changes_too():
    """Belvo's lists of transactions shift, while its other lists change nothing."""
    changing = Changing(dialect=BELVO, inserted_per_page=1, deleted_per_page=1)
    read(changing, "/api/links/")
    assert BELVO == changing.now
    rows = ids_of(BELVO.transaction_rows(LINK))
    assert rows[:4] == ids_of(read(changing, f"/api/transactions/?link={LINK}")["results"])
    assert rows[1:] == ids_of(changing.now.transaction_rows(LINK))[1:]
    assert rows[0] not in ids_of(changing.now.transaction_rows(LINK))


def test_only_a_page_changes_rows():
    """A refused request changes nothing; a wrapper knows what the provider knows."""
    changing = Changing(dialect=PLUGGY, inserted_per_page=1)
    ask(changing, V1)
    ask(changing, V1, method="HEAD", headers=HEADERS)
    assert PLUGGY == changing.now
    assert (True, False) == (changing.knows("/auth"), changing.knows("/api/links/"))
