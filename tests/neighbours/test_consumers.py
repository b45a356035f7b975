"""What takes the rows of a listing, or a loop over them."""

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from tests.loopback import LoopbackServer, http

from .docs import defined
from .pages import ROWS, Refusing, number_in

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 3])


def unavailable(times):
    """A server whose third page is so many times not available."""
    return LoopbackServer(Refusing(3, http({"message": "later"}, 503), times))


@with_prefetch
def test_pandas(server, session, prefetch):
    """A listing is data of a DataFrame."""
    pandas = pytest.importorskip("pandas", reason="needs Python 3.11 or later")

    frame = pandas.DataFrame(session.get_all(server.url, prefetch=prefetch))
    assert ROWS == frame.to_dict("records")


@with_prefetch
def test_polars(server, session, prefetch):
    """A listing is data of a DataFrame."""
    polars = pytest.importorskip("polars", reason="needs Python 3.11 or later")

    frame = polars.DataFrame(session.get_all(server.url, prefetch=prefetch))
    assert ROWS == frame.to_dicts()


def late(_, request):
    """Two pages, the second of which has a fraction where the first one has whole numbers."""
    page = number_in(request)
    rows = [{"id": page, "n": 1 if page == 1 else 1.5}]
    return http({"page": page, "total_pages": 2, "results": rows})


def test_pandas_reads_columns(server, session):
    """Columns of Arrow, a page at a time."""
    pandas = pytest.importorskip("pandas", reason="needs Python 3.11 or later")

    frame = pandas.DataFrame.from_arrow(session.get_all(server.url))
    assert ROWS == frame.to_dict("records")


def test_polars_reads_columns(session):
    """A fraction that comes late is an error, and not cut off."""
    polars = pytest.importorskip("polars", reason="needs Python 3.11 or later")

    with LoopbackServer(late) as server, pytest.raises(Exception, match="expected int64 at 'n'"):
        polars.DataFrame(session.get_all(server.url))


def test_pyarrow(server, session):
    """A listing is a table, and a stream of batches."""
    import pyarrow as pa

    assert ROWS == pa.table(session.get_all(server.url)).to_pylist()
    reader = pa.RecordBatchReader.from_stream(session.get_all(server.url))
    assert [5] * 5 == [len(batch) for batch in reader]


def test_duckdb(server, session):
    """A listing in a variable is a table of a query."""
    import duckdb

    listing = session.get_all(server.url)
    assert listing is not None  # duckdb finds it by its name
    assert [(25, 325)] == duckdb.sql("select count(*), sum(id) from listing").fetchall()


@with_prefetch
def test_sqlite_utils(server, session, prefetch):
    """`insert_all` takes a listing."""
    from sqlite_utils import Database

    with Database(memory=True) as database:
        database["rows"].insert_all(session.get_all(server.url, prefetch=prefetch), pk="id")
        assert ROWS == list(database["rows"].rows)


@with_prefetch
def test_sqlite_utils_after_an_error(session, prefetch):
    """Stored page by page with its checkpoint, no row is lost at an error, and none comes twice."""
    from sqlite_utils import Database

    store = defined("store")
    options = {"retries": 0, "prefetch": prefetch}
    with Database(memory=True) as database, unavailable(1) as server:
        with pytest.raises(exceptions.PageFailed):
            store(database, session.get_all(server.url, **options))
        assert ROWS[:10] == list(database["rows"].rows)
        token = database["state"].get(1)["token"]
        store(database, session.get_all(server.url, resume=token, **options))
        assert ROWS == list(database["rows"].rows)


@with_prefetch
def test_tenacity(session, prefetch):
    """Around a loop over one listing it goes on with the next row."""
    import tenacity

    seen = []
    with unavailable(2) as server:
        listing = session.get_all(server.url, retries=0, prefetch=prefetch)

        @tenacity.retry(retry=tenacity.retry_if_exception_type(exceptions.PageFailed))
        def read():
            seen.extend(row for row in listing)

        read()
    assert ROWS == seen
    assert 3 == read.statistics["attempt_number"]


def test_tenacity_around_a_function_that_returns_a_listing(session):
    """It has nothing to try again, because the call sends nothing."""
    import tenacity

    with unavailable(1) as server:

        @tenacity.retry
        def read():
            return session.get_all(server.url, retries=0)

        with pytest.raises(exceptions.PageFailed):
            list(read())
        assert 1 == read.statistics["attempt_number"]


@with_prefetch
def test_stamina(session, prefetch):
    """Around a loop over one listing it goes on with the next row."""
    import stamina

    seen, tries = [], 0
    waits = {"wait_initial": 0, "wait_max": 0, "wait_jitter": 0}
    with unavailable(2) as server:
        listing = session.get_all(server.url, retries=0, prefetch=prefetch)
        for attempt in stamina.retry_context(on=exceptions.PageFailed, **waits):
            with attempt:
                tries += 1
                seen.extend(row for row in listing)
    assert ROWS == seen
    assert 3 == tries
