"""An end that one total contradicts and another number of rows confirms."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated
from requests_paginate.strategies import Offset
from tests.two_pages import listing_of, refused, rows, serving

OFFSET, PAGE, SIZE = {"limit": "2", "offset": "0"}, {"per_page": "2", "page": "1"}, {"limit": "2"}


def answer_of(count, beside):
    """A server of so many rows, by offset or page, with numbers beside them."""

    def answer(query):
        start = 2 * int(query["page"]) - 2 if "page" in query else int(query.get("offset", 0))
        return {"items": rows(*range(start, min(start + 2, count))), **beside}

    return answer


@pytest.mark.parametrize("params", [OFFSET, PAGE, SIZE])
@pytest.mark.parametrize(
    "beside",
    [
        {"total": 40, "found": 8}, {"totalCount": 40, "resultCount": 8}, {"total": 40, "count": 8}, {"total": 40, "numFound": "8"},
        {"total": 40, "meta": {"search_total": 8}}, {"meta": {"total": 8}, "total": 40}, {"total": 40, "nbHits": 8.0},
        {"total_items": 40, "totalDisplayRecords": 8}, {"total": 40, "item_count": 8},
    ],
)  # fmt: skip
def test_an_end_that_another_number_confirms(beside, params):
    """All rows come by any number, and what the other one says is a doubt, not a contradiction."""
    with serving(answer_of(8, beside)):
        listing = listing_of(params)
        with pytest.warns(PossiblyTruncated, match="counts as many rows as came"):
            assert [*range(8)] == [row["id"] for row in listing]
    assert not listing.complete


@pytest.mark.parametrize("params", [OFFSET, PAGE, SIZE])
@pytest.mark.parametrize(
    "beside",
    [
        {"total": 40}, {"total": 40, "found": 9}, {"total": 40, "count": 2}, {"total": 40, "selected": 8},
        {"total": 40, "unread_count": 8}, {"total": 40, "usage": {"total": 8}}, {"total": 40, "total_tokens": 8},
        {"total": 40, "matched": 8, "unmatched": 32},
    ],
)  # fmt: skip
def test_an_end_that_nothing_confirms(beside, params):
    """A number of other rows, of other things or of a share confirms nothing."""
    assert 8 == refused(answer_of(8, beside), InconsistentListing, "40", params)[0]


def test_the_total_that_was_named():
    """Whoever names the total is told when it is not reached, whatever else is there."""
    with serving(answer_of(8, {"total": 40, "found": 8})):
        listing = listing_of(OFFSET, strategy=Offset("offset", total="total", items="items"))
        with pytest.raises(InconsistentListing, match="40"):
            list(listing)


@pytest.mark.parametrize("params", [OFFSET, PAGE, SIZE])
@pytest.mark.parametrize("beside", [{"total": 40, "filtered": 8}, {"count": 40, "matching": "8"}])
def test_an_end_that_reaches_neither_of_two(beside, params):
    """Where nobody knows which of two numbers counts the rows, an end before both is doubtful."""
    for count in (8, 32, 40):
        with serving(answer_of(count, beside)) as asked:
            listing = listing_of(params)
            asked.clear()
            assert count == sum(1 for _ in _all_of(listing, asked))
        assert listing.complete
    with serving(answer_of(5, beside)):
        listing = listing_of(params)
        with pytest.warns(PossiblyTruncated, match="ends after 5 rows"):
            assert 5 == len(list(listing))


def _all_of(listing, asked):
    """The rows of a listing of many pages."""
    for row in listing:
        asked.clear()  # `serving` takes twenty requests for an endless listing
        yield row
