"""Positions in a JSON body: a page number in an object of pages, and the place of a sorted row."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._detection.fields import read_sent_fields
from requests_paginate._envelope.vocabulary import PAGE_PARAMS
from requests_paginate._models import PageRequest
from requests_paginate._paths import is_count
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import LastItem, PageNumber
from tests.first_pages import first

ROWS = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("json", "name", "number"),
    [
        ({"page": {"number": 1, "size": 2}}, "page.number", 1), ({"page": {"number": 0, "size": 2}}, "page.number", 0),
        ({"paging": {"no": 1, "pageSize": 2}}, "paging.no", 1), ({"pagination": {"current": 1, "limit": 2}}, "pagination.current", 1),
        ({"query": {"page": {"index": 0, "size": 2}}}, "query.page.index", 0), ({"pager": {"num": 1, "perPage": 2}, "q": "x"}, "pager.num", 1),
        ({"Page": {"Number": "1", "Size": "2"}}, "Page.Number", 1),
    ],
)  # fmt: skip
def test_a_page_number_in_an_object_of_pages(json, name, number):
    """The name that was sent is the one that is counted on, and pages count from that number."""
    found, *_ = detect(first({"items": ROWS, "total": 9}, json=json))
    assert PageNumber(name, first=number, items="items", total="total") == found


@pytest.mark.parametrize(
    "json",
    [
        {"house": {"number": 1, "size": 2}}, {"filter": {"number": 1}, "size": 2}, {"page": {"colour": 1, "size": 2}},
        {"page": {"number": "A4", "size": 2}}, {"options": {"number": 1, "limit": 2}},
    ],
)  # fmt: skip
def test_numbers_in_other_objects(json):
    """The number of a house and the like are no page's."""
    sent = read_sent_fields(PageRequest("POST", "https://api.test/items", json=json))
    assert PAGE_PARAMS.isdisjoint({name for name, (_, value) in sent.items() if is_count(value)})


def hits(*places, total=9, relation="eq", **fields):
    """A page of hits, each with its place in the order."""
    found = [{"_id": str(n), **({} if at is None else {"sort": at})} for n, at in enumerate(places)]
    return {"hits": {"hits": found, "total": {"value": total, "relation": relation}}, **fields}


@pytest.mark.parametrize(
    ("json", "body"),
    [
        ({"size": 2, "sort": ["at", "id"]}, hits([1, "a"], [2, "b"])), ({"size": 2, "sort": [{"at": "desc"}]}, hits([1], [2])),
        ({"size": 2, "sort": "at"}, hits([1], [2])), ({"size": 2, "sort": {"at": "asc"}}, hits([1, 7], [2, 8])),
        ({"size": 2, "sort": ["at"]}, hits([1], [2], total=10000, relation="gte")),
        ({"sort": ["at"]}, hits([1], [None])), ({"size": 50, "sort": ["at"], "query": {"match_all": {}}}, hits([1], [2])),
    ],
)  # fmt: skip
def test_rows_that_tell_their_place(json, body):
    """Nothing is guessed; the error names the strategy that goes on after the last row's place."""
    with pytest.raises(UnknownPagination) as caught:
        detect(first(body, json=json))
    proposal = LastItem("search_after", key="sort", items="hits.hits")
    assert repr(proposal)[:-1] in str(caught.value)


@pytest.mark.parametrize(
    ("json", "body"),
    [
        ({"size": 2}, hits([1], [2])), ({"size": 2, "sort": ["at"]}, hits(None, None)), ({"size": 2, "sort": ["at"]}, hits([1], None)),
        ({"size": 2, "sort": ["at", "id"]}, hits([1], [2])), ({"size": 2, "sort": ["at"]}, hits("first", "second")),
        ({"size": 2, "sort": ["at"], "from": 0}, hits([1], [2])), ({"size": 2, "sort": []}, hits([1], [2])),
    ],
)  # fmt: skip
def test_rows_without_a_place(json, body):
    """Without an order, or a value for each of its keys, or with a position, it stays as it was."""
    assert all(not isinstance(found, LastItem) for found in detect(first(body, json=json)))
