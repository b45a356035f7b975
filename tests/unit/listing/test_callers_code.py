"""The caller's own code, which may end too early, and may read a body only once."""

from __future__ import annotations

import csv
import io
import pickle

import pytest

from requests_paginate import Page, PageRequest, strategies
from tests.two_pages import listing_of, rows, serving

PAGES = {"1": rows(1, 2), "2": rows(3, 4), "3": rows(5), "4": []}
ROWS = rows(1, 2, 3, 4, 5)


def numbered(query):
    """Three pages, and an empty one."""
    return {"items": PAGES[query.get("page", "1")]}


def chained(query):
    """The same, each with the cursor of the next one."""
    page = int(query.get("cursor", "1"))
    return {"items": PAGES[str(page)], "next_cursor": str(page + 1) if page < 3 else None}


def run_out(*_):
    """Code that looks for something, and does not say what to do without it."""
    return next(iter(()))


class Following(strategies.Strategy):
    """A strategy whose second page has no link."""

    def next(self, page):
        return page.request.with_param("page", run_out())


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("take", [list, lambda listing: list(listing.pages())])
@pytest.mark.parametrize(
    "options",
    [
        {"strategy": strategies.PageNumber(), "items": run_out},
        {"decode": run_out},
        {"strategy": strategies.PageNumber(items="items"), "model": run_out},
        {"strategy": strategies.PageNumber(items="items"), "key": run_out},
        {"strategy": Following(), "items": "items"},
    ],
)
def test_code_that_runs_out_is_no_end(prefetch, take, options):
    """A StopIteration from the caller's code is an error, as in a generator (PEP 479)."""
    with serving(numbered):
        listing = listing_of(prefetch=prefetch, **options)
        with pytest.raises(RuntimeError, match="raised StopIteration") as caught:
            take(listing)
        assert isinstance(caught.value.__cause__, StopIteration)
        assert not listing.complete


def pop_items(body):
    """Take the rows out of a body."""
    return body.pop("items")


@pytest.mark.parametrize("prefetch", [0, 1, 4])
@pytest.mark.parametrize(
    ("answer", "strategy"),
    [
        (numbered, strategies.PageNumber("page")),
        (lambda query: {"items": ROWS[int(query.get("skip", 0)) :][:2]}, strategies.Offset("skip")),
        (chained, strategies.Cursor("cursor", token="next_cursor")),
        (chained, None),
        (
            lambda query: {"items": ROWS[int(query.get("after", 0)) :][:2]},
            strategies.LastItem("after", key="id"),
        ),
    ],
)  # fmt: skip
def test_rows_that_can_be_read_once(prefetch, answer, strategy):
    """Every row comes once, also where a page ahead is read for its cursor."""
    with serving(answer):
        listing = listing_of(prefetch=prefetch, strategy=strategy, items=pop_items)
        assert ROWS == list(listing)
        assert listing.complete


def test_a_decoder_whose_rows_can_be_read_once():
    """`csv.DictReader` is used up by one look at its rows."""

    def decode(content):
        lines = "\n".join(f"{row['id']}" for row in json_items(content))
        return csv.DictReader(io.StringIO(f"id\n{lines}\n"))

    with serving(numbered):
        listing = listing_of(strategy=strategies.PageNumber("page"), decode=decode, items=list)
        assert [{"id": str(row["id"])} for row in ROWS] == list(listing)


def json_items(content):
    """The rows in the bytes of a page."""
    import msgspec

    return msgspec.json.decode(content)["items"]


@pytest.mark.parametrize("strategy", [strategies.PageNumber("page"), strategies.NextLink("next")])
def test_items_is_called_once_for_a_page(strategy):
    """Also for the page that detection, or the end of a listing, looks at again."""
    calls = []

    def count(body):
        calls.append(body)
        return body["items"]

    for given in (strategy, None):
        with serving(numbered) as asked:
            calls.clear()
            list(listing_of({"page": "1"}, strategy=given, items=count))
            assert len(asked) == len(calls)


class Own(strategies.PageNumber):
    """A strategy that takes the rows out of the body itself."""

    def items(self, page):
        yield from page.body.pop("items", ())


@pytest.mark.parametrize("prefetch", [0, 4])
def test_a_strategy_that_reads_the_rows_itself(prefetch):
    """It is asked once for a page, and may answer with an iterator."""
    with serving(numbered):
        assert ROWS == list(listing_of(prefetch=prefetch, strategy=Own("page")))


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize("before", [0, 1, 3])
@pytest.mark.parametrize("most", [None, 4])
def test_rows_are_stored_page_by_page(most, before, prefetch):
    """Each page's checkpoint leads past it, whatever happens while the next one is stored."""
    options = {"strategy": strategies.PageNumber("page", items="items"), "prefetch": prefetch}
    with serving(numbered):
        listing = listing_of(max_items=most, **options)
        stored, tokens = [next(listing) for _ in range(before)], []
        for page in pickle.loads(pickle.dumps([*listing.pages()])):
            stored += page.items
            rest = listing_of(resume=page.checkpoint, **options)
            tokens.append(page.checkpoint)
            assert ROWS == [*stored, *rest]
        assert ROWS[:most] == stored
        assert listing.checkpoint() == tokens[-1]


def test_a_page_that_no_listing_gave_has_no_checkpoint():
    """It leads nowhere."""
    assert Page(request=PageRequest("GET", "https://api.test/")).checkpoint is None
