"""Each page is held against those before it, before anybody sees a row of it."""

from __future__ import annotations

from collections import UserList
from dataclasses import replace

import pytest
import requests
import responses

from requests_paginate import Page, PageRequest, exceptions, get_all, strategies
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.options import Options
from requests_paginate._listing.page_checker import PageChecker
from requests_paginate.exceptions import (
    InconsistentListing,
    ListingChanged,
)
from requests_paginate.sandbox import BodyCursor, PageNumberPages
from requests_paginate.strategies import Cursor, NextLink, Offset, PageNumber, SinglePage, Strategy
from requests_paginate.testing import mount
from tests.loopback import LoopbackServer, http
from tests.two_pages import rows
from tests.unit.listing.api import URL, items

FIRST = PageRequest("GET", URL)
START = Checkpoint(first=FIRST, request=FIRST)


def page(body, request=FIRST, **fields):
    return Page(request=request, url=request.url, body=body, **fields)


def check(body, known=None, *, request=FIRST, index=0, position=START, **options):
    """What is read of a page by a checker that knows no other."""
    checker = PageChecker(Options(**options), position)
    return checker.check(page(body, request, index=index), known, position)


def test_what_a_page_says():
    """Its rows, its total, its successor and its place are filled in, by the strategy in use."""
    strategy = Offset("at", total="n", items="rows")
    position = replace(START, start=2)
    request = FIRST.with_param("at", 2)
    read = check({"rows": [3, 4], "n": 5}, strategy, request=request, index=1, position=position)
    assert ([3, 4], 5, 2) == (read.page.items, read.page.total, read.page.start)
    assert FIRST.with_param("at", 4) == read.page.next
    assert strategy is read.strategy
    assert ((), None, False) == (read.others, read.first_rows, read.has_changed)


@pytest.mark.parametrize(
    ("known", "request_", "index", "start"),
    [
        (PageNumber("page"), FIRST, 0, 0),
        (PageNumber("page"), FIRST.with_param("page", 1), 0, 0),
        (PageNumber("page"), FIRST.with_param("page", 2), 0, None),
        (PageNumber("page"), FIRST.with_param("page", 2), 1, 0),  # the position knows better
    ],
)
def test_rows_before_a_listing_that_begins_in_the_middle(known, request_, index, start):
    """How many there are is unknown where the first request skips some."""
    assert start == check([1, 2], known, request=request_, index=index).page.start


@pytest.mark.parametrize(
    ("given", "kind"),
    [([1, 2], list), ((1, 2), tuple), (UserList([1, 2]), list), (range(1, 3), list)],
)
def test_rows_of_any_sequence(given, kind):
    """A list or a tuple is taken as it is; of anything else a list is made."""

    class Own(SinglePage):
        def items(self, page):
            return given

    found = check({}, Own()).page.items
    assert (kind, [1, 2]) == (type(found), [*found])
    assert (found is given) is isinstance(given, (list, tuple))


@pytest.mark.parametrize(
    ("body", "known", "options", "path"),
    [
        ({"data": {"rows": [1]}}, SinglePage(), {}, "data.rows"),
        ({"a": {"rows": [1]}}, SinglePage(items="a.rows"), {}, "a.rows"),
        ({"results": [1], "a": {"rows": [2]}}, None, {"items": "a.rows"}, "a.rows"),
        ({"things": [1], "next": "?page=2"}, None, {}, "things"),
        ([1], None, {}, ""),
    ],
)
def test_where_the_rows_are_is_settled_on_the_first_page(body, known, options, path):
    """A strategy that does not say it is told, whether it was given or detected."""
    assert path == check(body, known, **options).strategy.items.path


def test_other_names_are_kept_for_the_second_page():
    """What else a first page allows goes along with it, each with its request."""
    body = {"items": rows(1, 2), "total": 4}
    read = check(body, request=FIRST.with_param("limit", 2))
    likely = [(read.strategy, read.page.next), *read.others]
    assert len(likely) > 2
    assert len(likely) == len({repr(strategy) for strategy, _ in likely})
    assert [strategy.next(read.page) for strategy, _ in likely] == [next_ for _, next_ in likely]


@pytest.mark.parametrize(
    ("body", "options", "index", "is_sampled"),
    [
        ({"items": rows(1, 2), "next_cursor": "c"}, {}, 0, True),
        ({"items": rows(1, 2), "next": "?page=2"}, {}, 0, False),  # a link is no parameter
        ({"items": rows(1, 2), "next_cursor": "c"}, {"strategy": Cursor("cursor")}, 0, False),
        ({"items": rows(1, 2), "next_cursor": "c"}, {}, 1, False),
    ],
)
def test_first_rows_are_sampled_where_a_parameter_may_be_ignored(body, options, index, is_sampled):
    """Only of a first page, and only where the parameter's name was detected."""
    read = check(body, options.get("strategy"), index=index, **options)
    assert is_sampled is (read.first_rows is not None)


@pytest.mark.parametrize(
    ("known", "total", "words"),
    [
        (None, 3, None), (3, 3, None), (3, 9, None), (9, 3, None),
        (None, 9, "3 of 9 rows"), (9, 9, "3 of 9 rows"), (5, 9, "3 of 5 rows"),
    ],
)  # fmt: skip
def test_the_end_is_held_to_the_smallest_total(known, total, words):
    """A total that grew counts rows that arrived meanwhile, to which a cursor never comes."""
    strategy = Cursor("c", token="t", total="n", items="rows")
    position = replace(START, total=known, start=2, index=1)
    read = check({"rows": [3], "n": total}, strategy, index=1, position=position)
    assert (None, [3]) == (read.page.next, read.page.items)
    assert (words or "") in (read.contradiction or "")
    assert bool(words) is (read.contradiction is not None)


def test_a_page_changed_where_its_rows_did():
    """A token may be another one each time it is asked for; rows may not."""
    strategy = Cursor("c", token="t", items="rows")
    first = check({"rows": [1, 2], "t": "x"}, strategy)
    known = replace(START, fingerprint=first.mark.partition(":")[0])
    again = check({"rows": [1, 2], "t": "y"}, strategy, position=known)
    other = check({"rows": [1, 3], "t": "x"}, strategy, position=known)
    assert first.mark != again.mark
    assert (False, True) == (again.has_changed, other.has_changed)


def told(checker, reading, rows=0):
    """What a page says of changes."""
    changes = checker.find_changes(reading, rows)
    assert all(change.category is ListingChanged for change in changes)
    return [change.text for change in changes]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "of its first 3 rows, some may be missing or repeat"),
        ("id", "of its first 3 rows, some are handed out again"),
    ],
)
def test_what_a_changed_page_means_for_its_rows(key, words):
    """With a key no row can be lost; the text says which of the two it is."""
    position = replace(START, fingerprint="another", index=4)
    checker = PageChecker(Options(key=key), position)
    reading = checker.check(page([1], index=4), SinglePage(items=""), position)
    said = f"page 4 changed since the checkpoint was made: {words}"
    assert [said] == told(checker, reading, rows=3)


def test_a_changed_total_is_told_once():
    """Every page may count otherwise; one warning says so."""
    checker, strategy = PageChecker(Options(), START), Offset("at", total="n", items="rows")
    said = []
    for index, total in enumerate([9, 8, 7]):
        body, request = {"rows": rows(index), "n": total}, FIRST.with_param("at", index)
        position = replace(START, start=index, index=index)
        reading = checker.check(page(body, request, index=index), strategy, position)
        said += told(checker, reading)
        checker.remember(reading)
    assert ["the total changed from 9 to 8 on page 1: rows may be missing or repeated"] == said
    assert (7, True) == (checker.totals.last, checker.totals.have_changed)


def test_a_page_is_remembered_when_it_was_taken():
    """One that was only checked may come again, as after an error; one that was taken may not."""
    checker, strategy = PageChecker(Options(), START), Cursor("c", token="t", items="rows")
    body = {"rows": [1, 2], "t": "x"}
    for _ in range(2):
        reading = checker.check(page(body), strategy, START)
    checker.remember(reading)
    with pytest.raises(InconsistentListing, match="same rows as an earlier one"):
        checker.check(page(body, index=1), strategy, replace(START, index=1))
    leads_back = {"rows": [3], "t": None, "next": URL}
    with pytest.raises(InconsistentListing, match="leads back"):
        checker.check(
            page(leads_back, FIRST.with_param("c", "x"), index=1),
            NextLink("next", items="rows"),
            replace(START, index=1),
        )


def test_a_page_that_is_taken_for_all_is_looked_at():
    """A detected single page that is as long as was asked for may be the first of many."""
    (doubt,) = check([1, 2], request=FIRST.with_param("limit", 2)).doubts
    assert "one page was taken" in doubt


# Whole listings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model", "key"])
def test_what_the_caller_does_to_rows_hides_no_ignored_parameter(name):
    """A page is recognised by its rows as they came, also where the caller takes them apart."""
    count = iter(range(100))

    def answer(*_):
        rows = [{"id": number} for number in range(3)]
        return http({"items": rows, "next_cursor": f"t{next(count)}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, **{name: lambda row: row.pop("id")})
        with pytest.raises(exceptions.InconsistentListing, match="the server ignores"):
            list(listing)


def test_rows_in_a_sequence_of_any_kind_are_counted():
    """A strategy may give its rows as any sequence; a place in them is a place."""

    class Own(strategies.Strategy):
        def items(self, page):
            return UserList(page.body["rows"])

        def next(self, page):
            at = int(page.request.params.get("at", 0))
            return page.request.with_param("at", at + 1) if at < 1 else None

    def answer(_, request):
        at = int("at=1" in request)
        return http({"rows": [*range(5 * at, 5 * at + 5)]})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=Own())
        got = [next(listing), next(listing)]
        assert 2 == listing.stats.items
        got += get_all(server.url, session=session, strategy=Own(), resume=listing.checkpoint())
        assert [*range(10)] == got


def test_rows_are_looked_for_once():
    """Where the rows were found on page 1 they must be on every page."""
    pages = [
        http({"results": [1], "next": "?page=2"}),
        http({"other": [2], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=NextLink("next"))
        assert 1 == next(listing)
        assert "results" == listing.strategy.items.path
        with pytest.raises(exceptions.MalformedPage, match="'results'"):
            next(listing)


def test_a_strategy_that_gives_no_request_is_a_type_error():
    """A custom strategy that returns a URL instead of a request is told so."""

    class Wrong(Strategy):
        def next(self, page):
            return "https://api.test/next"

    with LoopbackServer([http([1])]) as server, requests.Session() as session:
        with pytest.raises(TypeError, match=r"next\(\) gave str"):
            next(get_all(server.url, session=session, strategy=Wrong()))


@pytest.mark.parametrize(
    ("dialect", "strategy"),
    [
        (PageNumberPages(total=25, page_size=10), PageNumber("page", total="count")),
        (BodyCursor(total=25, page_size=10), Cursor("cursor", token="meta.next_cursor")),
    ],
)
def test_a_given_strategy_is_used(dialect, strategy):
    """`strategy=` overrules detection."""
    with responses.RequestsMock() as mock:
        mount(dialect, URL, mock)
        listing = items(strategy=strategy)
        assert list(dialect.rows()) == list(listing)
        assert type(strategy) is type(listing.strategy)


def test_a_changed_page_warns_on_resuming():
    """If the page to re-read is another now, the listing says what may be wrong."""
    pages = [http([{"id": 1}, {"id": 2}]), http([{"id": 0}, {"id": 1}, {"id": 2}])]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        next(listing)
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        with pytest.warns(exceptions.ListingChanged, match="missing or repeat") as seen:
            assert [1, 2] == [row["id"] for row in resumed]
        assert __file__ == seen[0].filename


def test_a_changing_total_warns_once():
    """Rows that come or go on the way are told of, once, and in the statistics."""
    pages = [
        http({"results": [1], "count": 3, "next": "?page=2"}),
        http({"results": [2], "count": 4, "next": "?page=3"}),
        http({"results": [3], "count": 2, "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        with pytest.warns(exceptions.ListingChanged, match="from 3 to 4") as seen:
            assert [1, 2, 3] == list(listing)
        assert (1, True) == (len(seen), listing.stats.drift)
