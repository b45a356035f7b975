"""Rows are told apart by the key that the caller names, also across a checkpoint."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

from decimal import Decimal

import pytest

from requests_paginate._listing.keys import LENGTH_OF_KEY, MOST_KEYS, SeenKeys, make_key
from requests_paginate.exceptions import MalformedPage, PossiblyTruncated
from tests.two_pages import listing_of, serving
from tests.unit.listing.test_doubts import drained
from tests.unit.listing.test_repeated_rows import linked


def listed(values, key="id"):
    """The places of the rows that are handed out, and what is told; three rows a page."""
    every = [{"id": value, "place": place} for place, value in enumerate(values)]
    with serving(linked([every[at : at + 3] for at in range(0, len(every), 3)])):
        listing = listing_of(key=key)
        got, error, told = drained(listing)
        assert error is None
        return [row["place"] for row in got], told, listing.stats.duplicates_dropped


@pytest.mark.parametrize("key", ["id", lambda row: row["id"]])
@pytest.mark.parametrize(
    ("expected", "values"),
    [
        ([0, 1, 2, 3, 4, 5], [1, None, 2, None, 3, None]), ([0, 1, 2, 3, 4, 5], ["a", "", "b", "", "c", ""]),
        ([0, 1, 2, 3, 4, 5], [1, True, 0, False, 1.0, 0.0]), ([0, 1, 2, 3, 4], [None, None, 5, None, None, 5]),
        ([0, 1, 3, 4, 5], ["0", 0, 0, None, "null", "None"]), ([0, 1, 2, 5], [1, 2, 3, 3, 2, 4]), ([0, 1, 2, 3], [1.5, 2.5, True, False, True, 1.5]),
    ],
)  # fmt: skip
def test_what_lacks_an_identity_is_handed_out(key, expected, values):
    """Null and an empty text are no identity; true, 1 and 1.0 are three."""
    assert (expected, [], 6 - len(expected)) == listed(values, key)


@pytest.mark.parametrize(
    ("expected", "values", "key"),
    [
        ([0, 1, 2, 3], [1, 2, 3, 4], lambda row: row.get("uuid")), ([0, 1, 2, 3], [None] * 4, "id"), ([0], ["x"] * 5, "id"),
        ([0, 1, 2, 3], [1, 2, 3, ""], lambda row: row["id"] if row["place"] > 9 else ""),
    ],
)  # fmt: skip
def test_a_key_that_tells_no_rows_apart_is_doubtful(expected, values, key):
    """Where no row of a page has it, or all of the first have the same, it is hardly the right one."""
    got, told, _ = listed(values, key)
    assert (expected, [PossiblyTruncated]) == (got, told)


@pytest.mark.parametrize("values", [["a"], [None], [1, 2, 3, 3, 3, 3], [1, 1, 2], [None, 1, None]])
def test_a_key_that_is_right_is_not_doubtful(values):
    """A row alone shows nothing, and later pages may hold rows that were seen."""
    assert [] == listed(values)[1]


@pytest.mark.parametrize(
    ("expected", "identity"),
    [(5, 5), ("5", "5"), (None, None), (None, ""), (("bool", True), True), (("float", 1.0), 1.0), (("Decimal", Decimal(1)), Decimal(1)), ((1, "a"), (1, "a")), (0, 0)],
)  # fmt: skip
def test_keys(expected, identity):
    """What is written otherwise in JSON is another key."""
    assert expected == make_key(identity)


@pytest.mark.parametrize("identity", [[1], {}, {1}, 2.0**53])
def test_what_is_no_key(identity):
    """What cannot be compared, or was rounded, raises."""
    with pytest.raises(MalformedPage):
        make_key(identity)


def test_the_last_keys_travel():
    """A checkpoint knows a hundred keys, in their order, and how many rows were dropped."""
    keys = SeenKeys()
    keys.add_page(range(90), 2)
    keys.add_page(range(90, 130), 3)
    before, after = keys.describe(before_page=True), keys.describe(before_page=False)
    assert (90 * LENGTH_OF_KEY, 2) == (len(before["keys"]), before["duplicates"])
    assert (MOST_KEYS * LENGTH_OF_KEY, 5) == (len(after["keys"]), after["duplicates"])
    again = SeenKeys(after["keys"], after["duplicates"])
    assert [False, True, True] == [key in again for key in (29, 30, 129)]
    assert (0, 5) == (again.dropped, again.all_dropped)
    assert after == again.describe(before_page=True) == again.describe(before_page=False)
    resumed = SeenKeys(before["keys"], before["duplicates"])
    resumed.add_page(range(90, 130), 3)
    assert after == resumed.describe(before_page=False)
