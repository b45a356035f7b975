"""What of each page is handed out."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest
import requests

from requests_paginate import Page, PageRequest, exceptions, get_all
from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Reading
from requests_paginate._listing.selection import RowSelector
from requests_paginate.strategies import SinglePage
from tests.loopback import LoopbackServer, http
from tests.unit.listing.api import URL, Row, ids, items


def read(*rows, **fields):
    """A page of rows with these ids, as it was read."""
    page = Page(request=PageRequest("GET", URL), items=[{"id": row} for row in rows])
    return Reading(page=page, strategy=SinglePage(), mark="mark", **fields)


def select(selector, reading, skip=0, most=None):
    """The ids that are handed out, their places, how many repeat, and whether rows are left out."""
    found = selector.select(reading, skip=skip, most=most)
    return [*ids(found.page)], [*found.places], found.duplicates, found.is_trimmed


def remember(selector, selection):
    """Take a page, as a listing does."""
    selector.keys.add_page(selection.keys, selection.duplicates)


@pytest.mark.parametrize(
    ("skip", "most", "rows", "places", "is_trimmed"),
    [
        (0, None, "abcd", [0, 1, 2, 3], False),
        (1, None, "bcd", [1, 2, 3], False),
        (4, None, "", [], False),
        (9, None, "", [], False),
        (0, 4, "abcd", [0, 1, 2, 3], False),
        (0, 3, "abc", [0, 1, 2], True),
        (0, 0, "", [], True),
        (1, 3, "bcd", [1, 2, 3], False),
        (1, 2, "bc", [1, 2], True),
    ],
)
def test_rows_that_are_wanted(skip, most, rows, places, is_trimmed):
    """Without those that an earlier listing handed out, and no more than are wanted."""
    expected = [*rows], places, 0, is_trimmed
    assert expected == select(RowSelector(Options()), read(*"abcd"), skip, most)


@pytest.mark.parametrize(
    ("skip", "most", "fields", "expected"),
    [
        (0, None, {}, (["a", "b", "c"], [0, 1, 3], 2, False)),
        (2, None, {}, (["c"], [3], 2, False)),  # a place is one among the server's rows
        (0, 2, {}, (["a", "b"], [0, 1], 2, True)),
        (1, 1, {}, (["b"], [1], 2, True)),
        (2, None, {"has_changed": True}, (["a", "b", "c"], [0, 1, 3], 2, False)),
    ],
)
def test_rows_with_a_key(skip, most, fields, expected):
    """Of rows with one key the first is handed out; in a changed page no place is trusted."""
    assert expected == select(RowSelector(Options(key="id")), read(*"abacb", **fields), skip, most)


def test_a_changed_page_without_a_key():
    """Without a key the old place is the only one to go on from."""
    selector = RowSelector(Options())
    assert (["b"], [1], 0, False) == select(selector, read(*"ab", has_changed=True), skip=1)


def test_a_page_that_is_whole_is_not_copied():
    """What is handed out is the page itself wherever no row is left out."""
    reading = read(*"ab")
    for key in (None, "id"):
        found = RowSelector(Options(key=key)).select(reading, skip=0, most=2)
        assert reading.page is found.page
    assert ["b"] == ids(RowSelector(Options()).select(reading, skip=1, most=None).page)
    assert ["a", "b"] == ids(reading.page)


def test_keys_are_remembered_when_a_page_was_taken():
    """A page that is selected from and never taken changes nothing."""
    selector = RowSelector(Options(key="id"))
    first, second = read(*"ab"), read(*"bc")
    for _ in range(2):
        assert (["a", "b"], [0, 1], 0, False) == select(selector, first)
    remember(selector, selector.select(first, skip=0, most=1))
    assert (["c"], [1], 1, False) == select(selector, second)
    assert 0 == selector.keys.dropped
    remember(selector, selector.select(second, skip=0, most=None))
    assert 1 == selector.keys.dropped


@pytest.mark.parametrize(
    ("rows", "most", "done"),
    [
        ("abacb", None, [0, 1, 3, 4]),  # the last row is done with what repeats before it
        ("abacb", 2, [0, 1, 2]),
        ("aab", None, [0, 2, 3]),
        ("", None, [0]),
    ],
)
def test_how_many_rows_are_done(rows, most, done):
    """A place in the selection is one among the server's rows, at which a checkpoint goes on."""
    found = RowSelector(Options(key="id")).select(read(*rows), skip=0, most=most)
    assert done == [found.count_done(used) for used in range(len(found.places) + 1)]


@pytest.mark.parametrize(
    ("typed_rows", "expected"),
    [
        (None, [Row("a"), Row("b")]),
        ([Row("x"), Row("y")], [Row("x"), Row("y")]),
        ([Row("x")], [Row("a"), Row("b")]),  # the bytes held other rows than the page
    ],
)
def test_rows_that_were_decoded_as_models(typed_rows, expected):
    """They are handed out where there are as many as rows; else the rows are converted."""
    convert = Options(model=lambda row: Row(row["id"]))
    found = RowSelector(convert).select(read("a", "b", typed_rows=typed_rows), skip=0, most=None)
    assert expected == [*found.page]


def test_a_selector_travels():
    """Its copy knows the same keys and converts to the same model."""
    selector = RowSelector(Options(key="id", model=Row))
    remember(selector, selector.select(read(1, 2, 2), skip=0, most=None))
    copy = pickle.loads(pickle.dumps(selector))
    found = copy.select(read(2, 3), skip=0, most=None)
    assert ([Row(3)], 1) == ([*found.page], copy.keys.dropped)


@dataclass
class Plain:
    id: int


@pytest.mark.parametrize("model", [Row, Plain, lambda row: Row(row["id"])])
def test_rows_become_the_model(api, rows, model):
    """A type or a callable turns rows into the caller's objects; unknown fields are ignored."""
    converted = list(items(model=model))
    assert ids(rows) == [row.id for row in converted]


def test_a_row_that_does_not_fit_the_model_is_malformed():
    """The error names path and types, and never the value."""
    with LoopbackServer([http([{"id": 1}, {"id": "s3cret"}])]) as server:
        with requests.Session() as session:
            with pytest.raises(exceptions.MalformedPage, match=r"`int`.*\[1\]\.id") as caught:
                list(get_all(server.url, session=session, model=Row))
            assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("key", ["id", lambda row: row["id"]])
def test_a_key_drops_rows_seen_before(key):
    """Rows that a page shift repeats are dropped and counted."""
    pages = [
        http({"results": [{"id": 1}, {"id": 2}], "next": "?page=2"}),
        http({"results": [{"id": 2}, {"id": 3}, {"id": 3}], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key=key)
        assert [1, 2, 3] == ids(listing)
        assert (2, 3) == (listing.stats.duplicates_dropped, listing.stats.items)


def test_a_key_of_a_model_is_its_attribute():
    """With a model the key is looked up on it."""
    with LoopbackServer([http([{"id": 1}, {"id": 1}])]) as server, requests.Session() as session:
        assert [Row(1)] == list(get_all(server.url, session=session, key="id", model=Row))


def test_a_missing_key_is_malformed(api):
    """A row without the identity that key= names is an error with a checkpoint."""
    with pytest.raises(exceptions.MalformedPage, match="'uuid'") as caught:
        next(items(key="uuid"))
    assert 25 == len(list(items(resume=caught.value.checkpoint)))


def test_a_key_that_is_no_identity_is_malformed():
    """A row whose key is a list or an object cannot be told from others."""
    with LoopbackServer([http([{"id": [1]}])]) as server, requests.Session() as session:
        with pytest.raises(exceptions.MalformedPage, match="a list"):
            next(get_all(server.url, session=session, key="id"))


def test_a_failing_key_loses_no_row():
    """What the key's callable raises passes, and the page is tried again whole."""
    calls = []

    def key(row):
        calls.append(row)
        if len(calls) == 2:
            raise KeyError("mine")
        return row

    with LoopbackServer([http([1, 2]), http([1, 2])]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key=key)
        with pytest.raises(KeyError, match="mine"):
            next(listing)
        assert [1, 2] == list(listing)


def test_dropped_rows_count_in_a_checkpoint():
    """With a key, the place in the page is counted in the server's rows."""
    page = http([{"id": 1}, {"id": 1}, {"id": 2}, {"id": 3}])
    with LoopbackServer([page] * 3) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key="id")
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = get_all(server.url, session=session, key="id", resume=listing.checkpoint())
        assert [3] == ids(resumed)


@pytest.mark.parametrize(
    "identity", [2.0**53, 3.6893488147419103e19, -1e300, float("inf"), -(2.0**60)]
)
def test_an_identity_that_was_rounded_is_none(identity):
    """The orjson package, in version 3.13, reads longer integers than 64 bits as floats."""
    with pytest.raises(exceptions.MalformedPage, match="a number that was rounded"):
        select(RowSelector(Options(key="id")), read(identity))


@pytest.mark.parametrize("identity", [2**80, 1.5, 0.0, "3.6893488147419103e19", 2.0**53 - 1])
def test_an_identity_that_is_exact_is_one(identity):
    """Long integers, and floats that a decoder makes of all numbers."""
    assert ([identity], [0], 0, False) == select(RowSelector(Options(key="id")), read(identity))
