"""Which of a page's numbers counts the rows of the listing."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._detection.evidence import gather_evidence
from requests_paginate._detection.more_pages import find_sign_of_more
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Offset, SinglePage
from tests.first_pages import ROWS, first
from tests.two_pages import listed, rows


def total_of(body, items="items", **options):
    """The path of the number that is believed, with no hint of whether a page follows."""
    return gather_evidence(first(body, **options), items).find_total()


# Numbers of something else -----------------------------------------------------------------------


OTHERS = [
    {"api_usage": {"total": 6}}, {"rateLimit": {"total": 6, "remaining": 5}}, {"_shards": {"total": 6}},
    {"billing_summary": {"total_count": 6}}, {"account_info": {"totalItems": 6}}, {"QuotaInfo": {"found": 6}},
    {"cost": {"totalCount": 6, "page_size": 2}}, {"wallet": {"total_records": 6}}, {"owner": {"total_items": 6}},
    {"meta": {"creditUsage": {"total": 6}}}, {"budget": {"meta": {"total": 6}}}, {"extra": {"x_total": 6}},
    {"user_info": {"itemCount": 6}}, {"shardSummary": {"total": 6}}, {"tokens_used": {"remaining": 6}},
]  # fmt: skip


@pytest.mark.parametrize("beside", OTHERS)
def test_a_number_of_an_unrelated_object_counts_no_rows(beside):
    """It is no total, it ends no listing, and it is no sign of more."""
    evidence = gather_evidence(first({"items": ROWS, **beside}), "items")
    assert [] == evidence.totals
    assert find_sign_of_more(evidence) is None
    assert (SinglePage(items="items"),) == detect(first({"items": ROWS, **beside}))


@pytest.mark.parametrize("beside", OTHERS)
def test_a_number_of_an_unrelated_object_ends_no_listing(beside):
    """Twelve rows come although something else counts six."""

    def answer(query):
        start = int(query["offset"])
        return {"items": rows(*range(start, min(start + 2, 12))), **beside}

    assert [*range(12)] == listed(answer, {"limit": "2", "offset": "0"})[0]


@pytest.mark.parametrize(
    "header", ["X-RateLimit-Total", "X-Quota-Total", "X-Api-Usage-Count", "X-Shards-Total", "X-Credits-Total"]
)  # fmt: skip
def test_a_header_that_counts_something_else(header):
    """A header of an unrelated name is neither a total nor a sign of more."""
    page = first({"items": ROWS}, headers={header: "900", "X-Page-Size": "50"})
    assert [] == gather_evidence(page, "items").totals
    assert find_sign_of_more(gather_evidence(page, "items")) is None


@pytest.mark.parametrize(
    ("body", "items", "path"),
    [
        # at the root, beside the rows, around them
        ({"items": ROWS, "total": 6}, "items", "total"),
        ({"account": {"items": ROWS, "total": 6}}, "account.items", "account.total"),
        ({"usage": {"total": 6, "rows": {"items": ROWS}}}, "usage.rows.items", "usage.total"),
        ({"items": ROWS, "@odata.count": 6}, "items", "@odata.count"),
        # in what is about pages, by its name
        ({"items": ROWS, "meta": {"total": 6}}, "items", "meta.total"),
        ({"items": ROWS, "result_info": {"total_count": 6}}, "items", "result_info.total_count"),
        ({"items": ROWS, "_meta": {"pagination": {"total": 6}}}, "items", "_meta.pagination.total"),
        ({"data": {"items": ROWS, "pageInfo": {"totalResults": 6}}}, "data.items", "data.pageInfo.totalResults"),
        ({"items": ROWS, "header": {"total": 6}}, "items", "header.total"),
        ({"items": ROWS, "counts": {"total": 6}}, "items", "counts.total"),
        # and by what it holds
        ({"items": ROWS, "pagy": {"page": 1, "total": 6}}, "items", "pagy.total"),
        ({"items": ROWS, "slice": {"offset": 0, "totalElements": 6}}, "items", "slice.totalElements"),
        ({"items": ROWS, "list_state": {"perPage": 2, "totalItems": 6}}, "items", "list_state.totalItems"),
    ],
)  # fmt: skip
def test_where_rows_are_counted(body, items, path):
    """At the root, beside the rows, around them, and in objects about pages."""
    assert path == total_of(body, items)


def test_a_total_around_rows_that_a_callable_finds():
    """Where only a callable knows the rows, any object but an unrelated one may count them."""
    body = {"feed": {"rows": ROWS, "total": 6}, "usage": {"total": 9}}
    assert "feed.total" == total_of(body, lambda body: body["feed"]["rows"])


# Several numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "items", "path"),
    [
        ({"total": 6, "page": {"total": 7, "items": ROWS}}, "page.items", "page.total"),
        (
            {"total": 6, "data": {"items": ROWS, "meta": {"total": 7}}},
            "data.items",
            "data.meta.total",
        ),
        (
            {"meta": {"total": 6}, "result": {"totalHits": 7, "items": ROWS}},
            "result.items",
            "result.totalHits",
        ),
        ({"meta": {"total": 6}, "items": ROWS, "totalCount": 7}, "items", "totalCount"),
        ({"a": {"total": 7, "b": {"c": {"items": ROWS}}}, "total": 6}, "a.b.c.items", "a.total"),
        # a number that is as large as the page may be the page's own
        ({"total": 6, "page": {"total": 2, "items": ROWS}}, "page.items", "total"),
        ({"total": 2, "items": ROWS, "meta": {"total": 6}}, "items", "meta.total"),
        ({"total": 2, "items": ROWS, "meta": {"total": 2}}, "items", "total"),
        ({"total": 1, "items": ROWS, "meta": {"total": 2}}, "items", "meta.total"),
    ],
)
def test_the_nearest_total_is_believed(body, items, path):
    """First that beside the rows, then outward; and none that may be the length of the page."""
    assert path == total_of(body, items)


@pytest.mark.parametrize(
    ("all_rows", "filtered"),
    [
        ("total", "filteredTotal"), ("totalCount", "matchedCount"), ("recordsTotal", "recordsFiltered"),
        ("total_items", "total_filtered"), ("iTotalRecords", "iTotalDisplayRecords"), ("count", "filtered_count"),
        ("total_rows", "num_filtered"), ("totalResults", "matchingResults"), ("total", "filter_total_count"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [lambda told: told, lambda told: {"meta": told}])
def test_of_two_totals_the_filtered_one_is_believed(all_rows, filtered, place):
    """What a filter leaves is listed, in one page or several, and nothing more is asked for."""

    def answer(query):
        start, size = int(query.get("offset", 0)), int(query.get("limit", 2))
        found = rows(*range(start, min(start + size, 3)))
        return {"items": found, **place({all_rows: 9, filtered: 3})}

    for params, asked in [
        ({"limit": "2"}, [{"offset": "2"}]), ({"limit": "2", "offset": "0"}, [{"offset": "2"}]),
        ({"limit": "10"}, []),
    ]:  # fmt: skip
        assert ([0, 1, 2], asked) == listed(answer, params)[:2]


def test_a_larger_filtered_total_is_a_sign_of_more():
    """Of a page of two of three filtered rows, more follow; nothing tells how to ask for them."""
    with pytest.raises(UnknownPagination, match=r"'meta\.filter_count' counts more rows"):
        detect(first({"items": ROWS, "meta": {"filter_count": 3, "total_count": 9}}))


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"total": 6, "filters_count": 3}, "total"),  # of filters
        ({"total": 6, "filtered_out_count": 4}, "total"),
        ({"total": 6, "unfiltered_count": 9}, "total"),
        ({"total": 6, "filtered_count": 1}, "total"),  # fewer than the page has
        ({"total": 6, "filtered_count": None}, "total"),
        ({"total": 6, "is_filtered": True}, "total"),
        ({"total": 2, "totalUnfiltered": 9}, "total"),
    ],
)
def test_what_is_no_filtered_total(beside, path):
    """Numbers of filters, of what they dropped and of all rows leave the total as it is."""
    assert path == total_of({"items": ROWS, **beside})


def test_the_offset_of_a_page_goes_with_the_filtered_total():
    """The strategy ends where the filtered rows do."""
    body = {"items": ROWS, "recordsTotal": 9, "recordsFiltered": 3}
    (strategy,) = detect(first(body, {"start": 0, "length": 2}))
    assert Offset("start", limit="length", items="items", total="recordsFiltered") == strategy
