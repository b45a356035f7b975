"""What a number beside the rows counts, and what stands there and is perhaps no token."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import get_all
from requests_paginate._detection.count_nouns import Counted, weigh_count
from requests_paginate.exceptions import PossiblyTruncated, UnknownPagination
from tests.two_pages import URL, rows, serving

ROWS = rows(*range(7))


@pytest.mark.parametrize(
    ("counted", "names"),
    [
        (Counted.ROWS, "totalorders ordercount numberoforders estimatedtotal fullcount resultsfound numrecords anzahl orderstotal countoforders inlinecount totalnumberofpages availableitems"),
        (Counted.UNKNOWN, "totalusers visitorcount querycount totalerrors hits totalnews accountcount numberofthreads discountedtotal"),
        (Counted.OTHERS, "unreadcount totaltokens totalms viewcount cachehits grandtotal likescount totalwords uniqueunreadcount"),
    ],
)  # fmt: skip
def test_what_a_number_counts(counted, names):
    """By its noun: none, that of the rows, one that may be listed as well, or clearly another."""
    assert dict.fromkeys(names.split(), counted) == {
        name: weigh_count(name, ["order", "item"]) for name in names.split()
    }


@pytest.mark.parametrize(
    "beside",
    [
        {"unread_count": 57}, {"total_ms": 400}, {"total_tokens": 400}, {"view_count": 400}, {"cache_hits": 400},
        {"grand_total": 400}, {"total_words": 400}, {"meta": {"unreadTotal": 57}}, {"request_token": "abc"},
        {"following_url": "https://api.test/u/following{/other}"}, {"following_url": "/u/7/following"},
        {"total": 7, "unread_count": 57}, {"utc_offset": -180, "total": 7},
    ],
)  # fmt: skip
def test_what_says_nothing_of_the_rows(beside):
    """A complete list beside a number of another thing raises no doubt."""
    with serving(lambda query: {"items": ROWS, **beside}):
        listing = get_all(URL)
        assert ROWS == list(listing)
    assert (True, ()) == (listing.complete, listing.doubts)


@pytest.mark.parametrize(
    ("beside", "seen"),
    [
        ({"visitor_count": 400}, "visitor_count"), ({"total_students": 57}, "total_students"), ({"hits": 400}, "hits"),
        ({"meta": {"query_count": 12}}, "meta.query_count"), ({"total_errors": "12"}, "total_errors"), ({"requestCount": 1000}, "requestCount"),
        ({"remaining": 4999}, "remaining"), ({"meta": {"remaining": "53"}}, "meta.remaining"), ({"marker": "red"}, "marker"),
        ({"first_id": 0, "last_id": 6}, "last_id"), ({"firstId": "a", "lastId": "g"}, "lastId"), ({"first_key": "a", "last_key": "g"}, "last_key"),
    ],
)  # fmt: skip
def test_what_may_be_of_the_rows(beside, seen):
    """All rows come, and a doubt with them: the number, the word or the id may tell of more."""
    with serving(lambda query: {"items": ROWS, **beside}):
        listing = get_all(URL)
        with pytest.warns(PossiblyTruncated, match=seen):
            assert ROWS == list(listing)
    assert not listing.complete


@pytest.mark.parametrize(
    "beside",
    [
        {"full_count": 57}, {"total_items": 57}, {"recordsFound": 57}, {"anzahl": 57}, {"result_total": 57},
        {"marker": "bWFya2Vy"}, {"remaining": "y81"}, {"resume_token": "red"},
    ],
)  # fmt: skip
def test_what_is_of_the_rows(beside):
    """A number of them and a token stay signs of more, which nobody knows how to follow."""
    with serving(lambda query: {"items": ROWS, **beside} if not query else (400, {})):
        with pytest.raises(UnknownPagination):
            list(get_all(URL, retries=0))


def test_an_offset_that_is_no_place():
    """A time zone's offset is no token: nothing but the page is asked for."""
    with serving(lambda query: {"items": ROWS, "offset": -180}) as asked:
        listing = get_all(URL)
        assert ROWS == list(listing)
    assert (1, True) == (len(asked), listing.complete)
