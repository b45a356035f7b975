"""A page that came before is known again, by its rows or by their identities."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from requests_paginate import Page, PageRequest
from requests_paginate._listing.consistency import RepeatGuard
from requests_paginate._listing.fingerprint import is_alike, sample_rows
from requests_paginate.exceptions import InconsistentListing

URL = "https://api.test/items"


def rows(*ids, name="id", **fields):
    return [{name: each, **fields} for each in ids]


FIRST = rows(1, 2, 3, 4, seen=0)


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (rows(1, 2, 3, 4, seen=0), True),
        (rows(1, 2, 3, 4, seen=1), True),  # a view count changes, a row does not
        (rows(4, 3, 2, 1, seen=1), True),
        (rows(1, 2, 3, seen=1), True),
        (rows(1, 2, 3, 9, seen=1), True),
        (rows(1, 2, 3, 4, 5, 6, 7, 8), True),
        (rows(1, 2, 8, 9, seen=1), True),  # those at its beginning decide
        (rows(1, 7, 8, 9, seen=1), False),  # half of them is not more than half
        (rows(3, 4, 5, 6, seen=1), False),  # two rows that moved down from page 1
        (rows(1, 2, 3, 4, 4, seen=1), False),  # what repeats is no identity
        (rows(4, 5, 6, 7, seen=1), False),  # a row that moved down from page 1
        (rows(5, 6, 7, 8, seen=0), False),
        (rows("1", "2", "3", "4"), False),
        (rows(1, 2, 3, 4, name="number"), False),
        ([*rows(1, 2, 3, 4), {"seen": 0}], False),  # a row has no identity
        ([], False),
    ],
)
@pytest.mark.parametrize("by_rows", [True, False])
def test_identities(again, expected, by_rows):
    """The identities that the first page begins with make a page the first again."""
    known = sample_rows(FIRST, "mark", by_rows=by_rows)
    assert (expected or (by_rows and again == FIRST)) is is_alike(known, again, "another")


class Text(str):  # noqa: SLOT000 - as one would write it
    """An id as a decoder of the caller's may make it."""

    def __repr__(self) -> str:
        return object.__repr__(self)


@pytest.mark.parametrize(
    "first",
    [
        rows(Text("a"), Text("b")),
        [{"id": 1}, {"uuid": "x"}, {"_id": "y"}],  # of several kinds, each with its name
    ],
)
def test_identities_of_any_kind(first):
    """Ids of a subclass and ids under different names are compared as all others."""
    known = sample_rows([{**row, "seen": 0} for row in first], "mark", by_rows=True)
    assert is_alike(known, [{**row, "seen": 1} for row in first], "another")


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "Id", "ID"])
def test_names_of_identities(name):
    """An identity has one of few names."""
    known = sample_rows(rows("a", "b", name=name, seen=0), "mark", by_rows=True)
    assert is_alike(known, rows("a", "b", name=name, seen=1), "mark")
    assert not is_alike(known, rows("c", "d", name=name, seen=1), "mark")


@pytest.mark.parametrize(
    "first",
    [
        [{"name": "a", "seen": 0}],
        [{"id": None, "seen": 0}],
        [{"id": True, "seen": 0}],
        [{"id": 1.5, "seen": 0}],
        [{"id": {"a": 1}, "seen": 0}],
        [*rows(1, 2, seen=0), {"seen": 0}],
    ],
)
def test_rows_without_identities(first):
    """Without ids only the same rows are the same, and only where equal rows are enough."""
    changed = [{**row, "seen": 1} for row in first]
    for by_rows in (True, False):
        known = sample_rows(first, "mark", by_rows=by_rows)
        assert by_rows is is_alike(known, first, "another")
        assert not is_alike(known, changed, "mark")


@pytest.mark.parametrize("first", [["a", "b"], [1, 2], [[1], [2]], [None]])
def test_rows_that_are_no_objects(first):
    """Texts, numbers and lists are compared whole."""
    known = sample_rows(first, "mark", by_rows=True)
    assert is_alike(known, first, "another")
    assert not is_alike(known, [*first, *first], "mark")
    assert not is_alike(sample_rows(first, "mark", by_rows=False), first, "mark")


def test_a_page_without_rows():
    """Two empty pages are the same where all of the page is, its token included."""
    known = sample_rows([], "mark", by_rows=True)
    assert is_alike(known, [], "mark")
    assert not is_alike(known, [], "another")
    assert not is_alike(known, FIRST, "mark")
    assert not is_alike(sample_rows([], "mark", by_rows=False), [], "mark")


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (range(1000), True),
        (range(3, 1003), True),
        (range(4, 1004), False),
        (range(500, 1500), False),  # so many arrived before page 2 was asked for, which has them
        (range(990, 1990), False),
        (range(1000, 2000), False),
        (range(-500, 500), True),  # so many arrived before page 1 was served again
        (range(-995, 5), True),
        (range(-996, 4), False),
    ],
)
def test_a_long_page_is_known_by_its_beginning(again, expected):
    """More than half of eight rows must come again; those that only moved on are its last."""
    known = sample_rows(rows(*range(1000)), "mark", by_rows=True)
    assert expected is is_alike(known, rows(*again, seen=1), "mark")
    assert len(known) < 80


def test_a_likeness_is_the_same_in_every_process():
    """Checksums, not the hashes of one process: a checkpoint travels."""
    known = sample_rows(rows("a", 1, 2), "mark", by_rows=False)
    assert ["", *known.split(".")[1:]] == known.split(".")
    assert ".af66fa.dcefb7" == known
    assert "'a'" not in known


# Requests and pages ------------------------------------------------------------------------------


def page(items, number=1):
    return Page(request=PageRequest("GET", URL, params={"page": number}), body=items, items=items)


def test_a_page_that_came_before_is_known():
    """Not only the last page: a cycle of two is as endless as one of one."""
    guard = RepeatGuard("z")
    for mark in "ab":
        guard.check(page([1]), mark, "strategy", None)
        guard.remember(page([1]), mark)
    for mark in "abz":
        with pytest.raises(InconsistentListing, match="ignores what 'strategy'") as caught:
            guard.check(page([1]), mark, "strategy", None)
        assert caught.value.is_repeat
    guard.check(page([1]), "c", "strategy", None)


def test_empty_pages_may_be_alike():
    """An empty page is not remembered; a hundred in a row are too many, until one has rows."""
    guard = RepeatGuard()
    for _ in range(100):
        guard.check(page([]), "a", "strategy", None)
        guard.remember(page([]), "a")
    with pytest.raises(InconsistentListing, match="more than 100 pages in a row have no rows"):
        guard.check(page([]), "a", "strategy", None)
    guard.remember(page([1]), "b")
    guard.check(page([]), "a", "strategy", None)


@pytest.mark.parametrize(
    ("following", "is_refused"),
    [
        (PageRequest("GET", URL, params={"page": 1}), True),
        (PageRequest("GET", f"{URL}#part", params={"page": 1}), True),
        (PageRequest("GET", URL, params={"page": 2}), True),
        (PageRequest("GET", URL, params={"page": 3}), False),
        (PageRequest("GET", URL, params={"page": 1}, headers={"Range": "2-3"}), False),
        (PageRequest("POST", URL, params={"page": 1}, json={"after": "x"}), False),
    ],
)
def test_a_request_that_was_made_before_is_refused(following, is_refused):
    """The page itself and any before it; a fragment makes no other request."""
    guard = RepeatGuard()
    guard.remember(page([1], 1), "a")
    refusal = pytest.raises(InconsistentListing, match="leads back to one that was read")
    with refusal if is_refused else nullcontext():
        guard.check_next(following, PageRequest("GET", URL, params={"page": 2}))
