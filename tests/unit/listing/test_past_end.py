"""What comes for a page past the last one, where nothing tells which one is the last."""

from __future__ import annotations

import pytest

from requests_paginate import get_all, strategies
from requests_paginate.exceptions import InconsistentListing, PageFailed, PossiblyTruncated
from tests.two_pages import URL, listing_of, rows, serving

PAGES = [rows(1, 2, 3), rows(4, 5, 6), rows(7)]


def clamped(query):
    """A page number past the last one counts as the last one."""
    return {"items": PAGES[min(int(query.get("page", 1)), 3) - 1]}


def rounded(query):
    """An offset counts as that of the page that it is on."""
    return {"items": PAGES[min(int(query.get("offset", 0)) // 3, 2)]}


def refused(query):
    """A page past the last one is not found."""
    page = int(query.get("page", 1))
    return {"items": PAGES[page - 1]} if page < 4 else (404, {"detail": "Not found."})


STRATEGIES = [
    (clamped, strategies.PageNumber("page", items="items")),
    (rounded, strategies.Offset("offset", items="items")),
]


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize(("answer", "strategy"), STRATEGIES)
def test_the_last_page_again_is_the_end(answer, strategy, prefetch):
    """After a short page, the same page is no other one; that is a doubt."""
    with serving(answer):
        listing = listing_of(strategy=strategy, prefetch=prefetch)
        with pytest.warns(PossiblyTruncated, match="the same page came again"):
            assert [row for page in PAGES for row in page] == list(listing)
        assert not listing.complete
    with serving(answer), pytest.raises(InconsistentListing):
        list(listing_of(strategy=strategy, strict=True))


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.PossiblyTruncated")
@pytest.mark.parametrize("answer", [clamped, rounded, refused])
@pytest.mark.parametrize("count", range(1, 8))
def test_a_resumed_listing_ends_there_too(answer, count):
    """The checkpoint knows how long pages were."""
    by_page = strategies.PageNumber("page", items="items")
    strategy = strategies.Offset("offset", items="items") if answer is rounded else by_page
    with serving(answer):
        listing = listing_of(strategy=strategy)
        first = [next(listing) for _ in range(count)]
        rest = list(get_all(URL, strategy=strategy, retries=0, resume=listing.checkpoint()))
        assert rows(1, 2, 3, 4, 5, 6, 7) == first + rest


@pytest.mark.parametrize(
    "pages",
    [
        [rows(1, 2, 3), rows(4, 5, 6), rows(4, 5, 6)],  # a full page again
        [rows(1, 2, 3), rows(4, 5, 6), rows(7), rows(1, 2, 3)],  # the first one again
        [rows(1, 2, 3), rows(4), rows(1, 2, 3)],
        [rows(1, 2, 3), rows(1, 2, 3)],  # the parameter is ignored
    ],
)
def test_other_pages_that_come_again_raise(pages):
    """They may be there because the server ignores its parameter."""
    with serving(lambda query: {"items": pages[int(query.get("page", 1)) - 1]}):
        listing = listing_of(strategy=strategies.PageNumber("page", items="items"))
        with pytest.raises(InconsistentListing, match="same rows as an earlier one"):
            list(listing)


def test_a_total_says_that_rows_are_missing():
    """Where rows were told of, the same page again is none of them."""
    with serving(lambda query: {**clamped(query), "total": 9}):
        strategy = strategies.PageNumber("page", items="items", total="total")
        with pytest.raises(InconsistentListing, match="same rows as an earlier one"):
            list(listing_of(strategy=strategy))


def test_a_short_page_that_is_refused_when_it_is_read_again():
    """It is not past the end: a listing that was resumed within it has more rows."""
    answers = {1: rows(1, 2, 3), 2: rows(4, 5)}
    strategy = strategies.PageNumber("page", items="items")

    def answer(query):
        page = int(query.get("page", 1))
        return {"items": answers[page]} if page in answers else (404, {})

    with serving(answer):
        listing = listing_of(strategy=strategy)
        assert rows(1, 2, 3, 4) == [next(listing) for _ in range(4)]
        token = listing.checkpoint()
        assert rows(5) == list(get_all(URL, strategy=strategy, retries=0, resume=token))
        answers.pop(2)
        with pytest.raises(PageFailed, match="404"):
            list(get_all(URL, strategy=strategy, retries=0, resume=token))


@pytest.mark.parametrize("size", [4, 5, 7, 100])
def test_pages_that_are_all_as_short_are_cut_by_the_server(size):
    """Where every page is shorter than was asked for, a 404 says nothing of an end."""

    def answer(query):
        page = int(query.get("page", 1))
        return {"items": rows(3 * page, 3 * page + 1, 3 * page + 2)} if page < 3 else (404, {})

    with serving(answer):
        listing = listing_of({"limit": size}, strategy=strategies.PageNumber("page", items="items"))
        with pytest.raises(PageFailed, match="404"):
            list(listing)
        assert 6 == listing.stats.items
