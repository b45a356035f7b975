"""A stream of columns that is asked again: nothing is lost, and nothing ends in silence."""

from __future__ import annotations

import pickle

import msgspec
import pyarrow as pa
import pytest

from requests_paginate import exceptions
from requests_paginate.export import arrow
from requests_paginate.export.arrow import open_reader
from requests_paginate.sandbox import Pluggy
from tests.unit.export.test_arrow import listing_of
from tests.unit.export.test_write import names, numbered, open_listing, read, responses_of
from tests.unit.listing.test_merging import number, rows

ALL = rows(1) + rows(2) + rows(3)


def failing_once(page, status=500):
    """What answers a page with an error the first time."""
    left = [page]

    def answer(query):
        if number(query) in left:
            left.remove(number(query))
            return {}, {"status": status}
        return numbered(query)

    return answer


def decoded(listing):
    return [msgspec.json.decode(row) for row in listing]


def test_another_table_after_an_error_has_the_rows_that_are_left():
    """It is no empty one: what came before the error is gone, and the rest comes."""
    listing, _ = open_listing(failing_once(3))
    with pytest.raises(OSError, match="500"):
        pa.table(listing)
    assert rows(3) == pa.table(listing).to_pylist()
    assert listing.complete


def test_a_reader_goes_on_after_an_error():
    """Each page comes once, and the end only after the last one."""
    reader = open_reader(open_listing(failing_once(2))[0])
    assert rows(1) == reader.read_next_batch().to_pylist()
    with pytest.raises(exceptions.PageFailed, match="500"):
        reader.read_next_batch()
    assert rows(2) + rows(3) == reader.read_all().to_pylist()


def test_an_error_of_the_first_page_is_no_empty_table():
    """The types are asked for again, and all rows come."""
    listing, _ = open_listing(failing_once(1))
    with pytest.raises(exceptions.PageFailed):
        pa.table(listing)
    assert ALL == pa.table(listing).to_pylist()


def test_a_page_that_does_not_fit_is_not_passed():
    """The error comes again, its checkpoint leads to that page, and another reader takes it."""
    pages = [[{"a": 1}, {"a": 2}], [{"a": 1.5}], [{"a": 3}]]
    listing = listing_of(*pages)
    reader = open_reader(listing)
    reader.read_next_batch()
    for _ in range(2):
        with pytest.raises(exceptions.MalformedPage) as caught:
            reader.read_next_batch()
    assert 2 == caught.value.items_yielded
    resumed = listing_of(*pages, resume=caught.value.checkpoint)
    assert [{"a": 1.5}, {"a": 3}] == list(resumed)
    assert [1.5, 3.0] == open_reader(listing, pa.schema([("a", pa.float64())])).read_all()[
        "a"
    ].to_pylist()


def test_an_error_about_the_end_comes_each_time():
    """All rows were read, but whether there are more is not known: an empty table would hide it."""
    listing, _ = open_listing(lambda _: [{"id": n} for n in range(100)], strict=True)
    for _ in range(2):
        with pytest.raises((exceptions.InconsistentListing, OSError), match="usual page size"):
            pa.table(listing)


@pytest.mark.parametrize("times", [1, 2])
def test_who_asks_for_the_types_takes_no_row(times, tmp_path):
    """The first page is asked for once, and is still the next one of a loop or a file."""
    for read_all in (decoded, lambda listing: write_and_read(listing, tmp_path / f"{times}.jsonl")):
        listing, server = open_listing(numbered)
        for _ in range(times):
            assert ["id"] == pa.RecordBatchReader.from_stream(listing).schema.names
        assert (0, False) == (listing.stats.items, listing.complete)
        assert ALL == read_all(listing)
        assert 3 == len(server.asked)


def write_and_read(listing, path):
    listing.write(path)
    assert path.name in names(path.parent)
    return read(path)


def test_a_checkpoint_after_the_types_leads_to_the_first_row():
    """What was looked at was not handed out."""
    listing, _ = open_listing(numbered)
    pa.RecordBatchReader.from_stream(listing)
    assert ALL == list(open_listing(numbered, resume=listing.checkpoint())[0])


def test_rows_and_batches_share_one_position():
    """A row that was taken from a page is not in its batch."""
    listing, _ = open_listing(numbered)
    reader = pa.RecordBatchReader.from_stream(listing)
    assert rows(1)[0] == msgspec.json.decode(next(listing))
    assert rows(1)[1:] == reader.read_next_batch().to_pylist()
    assert rows(2)[0] == msgspec.json.decode(next(listing))
    assert rows(2)[1:] + rows(3) == reader.read_all().to_pylist()


def test_two_readers_in_turn():
    """Each batch is of one of them."""
    listing, _ = open_listing(numbered)
    one, other = open_reader(listing), open_reader(listing)
    assert rows(1) == one.read_next_batch().to_pylist()
    assert rows(2) == other.read_next_batch().to_pylist()
    assert rows(3) == one.read_next_batch().to_pylist()
    assert [] == other.read_all().to_pylist()


@pytest.mark.parametrize(("taken", "left"), [(1, ALL[1:]), (2, ALL[2:]), (6, [])])
def test_rows_that_are_taken_while_a_batch_is_made(taken, left, monkeypatch):
    """A signal handler may take some, or all: they are in no batch, and no other is lost."""
    listing, _ = open_listing(numbered)
    reader, took = open_reader(listing), []

    def interrupt(*_):
        while len(took) < taken:
            took.append(msgspec.json.decode(next(listing)))

    monkeypatch.setattr(arrow, "decode_batch", interrupt)
    assert left == reader.read_all().to_pylist()
    assert ALL == took + left


def test_empty_pages_are_no_end():
    """Rows follow them."""
    assert [{"a": 1}, {"a": 2}] == pa.table(listing_of([], [{"a": 1}], [], [{"a": 2}])).to_pylist()


def test_a_listing_pickles_while_it_is_a_stream():
    """The rows that are left come from its copy, too."""
    pluggy = Pluggy(accounts=1, transactions=9)
    with responses_of(pluggy) as session:
        asked = {"accountId": pluggy.account_ids[0]}
        listing = session.get_all("/v2/transactions", params=asked)
        pa.RecordBatchReader.from_stream(listing)
        copy = pickle.loads(pickle.dumps(listing))
        assert decoded(copy) == decoded(listing) != []


@pytest.fixture
def parts():
    """A listing in three parts, of rows that are known by their ids."""
    pluggy = Pluggy(transactions=1200, accounts=1)
    account = pluggy.account_ids[0]
    ids = [row["id"] for row in pluggy.transaction_rows(account)]
    with responses_of(pluggy) as session:
        asked = {"accountId": account, "ids": ids}
        yield session.get_all("/v2/transactions", params=asked), sorted(ids)


def test_a_stream_of_several_parts(parts):
    """Who asks for the types takes no row of them either, and all rows come."""
    listing, ids = parts
    assert "id" in pa.RecordBatchReader.from_stream(listing).schema.names
    assert 0 == listing.stats.items
    # of a later part, too, the rows are the text that came
    assert ids == sorted(row["id"] for row in decoded(listing))


def test_batches_of_several_parts(parts):
    """A part follows the other."""
    listing, ids = parts
    assert (ids, True) == (sorted(pa.table(listing)["id"].to_pylist()), listing.complete)
