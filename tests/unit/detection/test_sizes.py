"""Why an only page may be one of many, by its length."""

from __future__ import annotations

import pytest

from requests_paginate import Page, PageRequest
from requests_paginate._detection.sizes import describe_doubtful_size
from tests.two_pages import rows

URL = "https://api.test/things"


def reason(body, params=None, *, items="data", headers=None):
    request = PageRequest("GET", URL, params=params or {})
    return describe_doubtful_size(
        Page(request=request, body=body, url=URL, headers=headers or {}), items
    )


@pytest.mark.parametrize("count", [10, 20, 25, 30, 50, 100, 200, 250, 500, 1000, 2500, 10000])
@pytest.mark.parametrize("place", ["", "data"])
def test_a_usual_size_that_nothing_tells_to_be_all(count, place):
    """A bare list or a list in an object, as long as servers cut theirs."""
    found = [{"n": number} for number in range(count)]
    said = reason({"data": found} if place else found, items=place)
    assert f"it has {count} rows, a usual page size" in said


@pytest.mark.parametrize("count", [0, 1, 2, 7, 9, 11, 12, 15, 47, 99, 101, 333, 999])
def test_any_other_length_is_no_reason(count):
    """A list of 47 is probably all."""
    assert reason({"data": rows(*range(count))}) is None


@pytest.mark.parametrize(
    "beside",
    [
        {"total": 20}, {"meta": {"totalCount": "20"}}, {"has_more": False}, {"isLast": True},
        {"next": None}, {"next_cursor": None}, {"links": {"next": None}}, {"nextPageToken": ""},
        {"done": True}, {"@odata.count": 20}, {"per_page": 25, "total": 20}, {"after_url": None},
        {"moreUrl": False}, {"older_href": ""}, {"cursors": {"load_more_url": None}},
    ],
)  # fmt: skip
def test_what_tells_that_a_page_is_all(beside):
    """A total, a flag, or an empty link or token."""
    assert reason({"data": rows(*range(20)), **beside}) is None


@pytest.mark.parametrize(
    "beside",
    [
        {}, {"status": "ok"}, {"count": 20}, {"took": 20}, {"self": URL}, {"version": 1},
        {"usage": {"total": 20}}, {"next_billing_date": "2027-01-01"}, {"more_info": "x"},
        {"offset": None},
    ],
)  # fmt: skip
def test_what_tells_nothing(beside):
    """Other fields, or the length of the page itself."""
    assert "usual page size" in reason({"data": rows(*range(20)), **beside})


@pytest.mark.parametrize(
    ("params", "beside"),
    [
        ({"limit": 7}, {}), ({"per_page": "7"}, {}), ({"$top": 7}, {}), ({"pageSize": 7}, {}),
        ({"rpp": 7}, {}), ({"filter": '{"limit": 7}'}, {}), ({"limit": "0,7"}, {}),
        ({"limit": 7}, {"total": 7}), ({}, {"per_page": 7}), ({}, {"meta": {"limit": 7}}),
        ({"limit": 7}, {"total": 7, "per_page": 7}), ({}, {"per_page": 7, "count": 7}),
        ({"size": 7}, {"total": 7, "per_page": 7}),
    ],
)  # fmt: skip
def test_as_long_as_was_asked_for(params, beside):
    """A full page may be one of many, also where a total says no more than its length."""
    said = reason({"data": rows(*range(7)), **beside}, params)
    assert "it has 7 rows, exactly as long as the page size" in said


@pytest.mark.parametrize("name", ["size", "rows", "num", "first", "per", "count", "max"])
def test_as_long_as_may_have_been_asked_for(name):
    """A total of the same number may count the page, too, although the name has other meanings."""
    said = reason(rows(*range(7)), {name: 7}, items="", headers={"Total": "7"})
    assert "it has 7 rows, exactly as long as the page size" in said
    assert reason(rows(*range(7)), {name: 8}, items="", headers={"Total": "7"}) is None


@pytest.mark.parametrize("size", [10, 20, 25, 50, 100])
def test_a_total_of_a_usual_size_that_is_echoed(size):
    """It may count the page; another number of rows that is echoed may be a count of them."""
    said = reason({"data": rows(*range(size)), "per_page": size, "total_rows": size})
    assert f"it has {size} rows, exactly as long as the page size" in said
    few = {"data": rows(*range(size - 1)), "resultsPerPage": size - 1, "total": size - 1}
    assert reason(few) is None


@pytest.mark.parametrize("name", ["limit", "per_page", "pageSize", "$top", "page[size]", "take"])
def test_more_than_was_asked_for(name):
    """The server ignored the size, so it may have one of its own."""
    said = reason({"data": rows(*range(11))}, {name: 4})
    assert "it has 11 rows although 4 were asked for" in said
    assert reason({"data": rows(*range(11)), "total": 11}, {name: 4}) is None
    assert reason({"data": rows(*range(11))}, {name: 40}) is None


@pytest.mark.parametrize("params", [{"max": 4}, {"rows": 4}, {"num": 4}, {"id": 4}, {"q": "4"}])
def test_a_number_that_may_be_no_size(params):
    """`max` may be the largest price."""
    assert reason({"data": rows(*range(11))}, params) is None


@pytest.mark.parametrize("name", ["page", "currentPage", "page_number", "pageIndex", "paginaAtual"])
def test_a_page_that_counts_itself(name):
    """A number of its own tells of others."""
    assert "counts itself among others" in reason({"data": rows(1, 2), name: 1})
    assert "counts itself among others" in reason({"data": rows(1, 2), name: 1, "count": 2})
    assert reason({"data": rows(1, 2), name: 1, "total": 2}) is None


@pytest.mark.parametrize("name", ["X-Page", "Page-Number", "X-Current-Page", "X-Pagination-Page"])
@pytest.mark.parametrize("number", ["0", "1"])
def test_a_page_that_is_counted_in_a_header(name, number):
    """A bare list has no other place for its number."""
    said = reason(rows(1, 2), items="", headers={name: number, "Content-Type": "application/json"})
    assert "counts itself among others" in said
