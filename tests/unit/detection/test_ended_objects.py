"""Links, tokens and parameters that say that nothing follows, also in an object."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._envelope.members import is_ended
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Cursor, NextLink, NextParameters, PageNumber
from tests.first_pages import ROWS, first
from tests.two_pages import listed, rows

NOTHING = [None, "", False, [], {}]
ENDS = [*NOTHING, 0, -1, "0", "null", "false"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "around",
    [
        lambda end: {"next": end}, lambda end: {"next_url": end}, lambda end: {"next": {"href": end}},
        lambda end: {"_links": {"next": {"href": end}}}, lambda end: {"links": {"next": {"url": end, "label": "Next", "active": False}}},
        lambda end: {"paging": {"next": {"link": end, "method": "GET"}}}, lambda end: {"next_page": {"offset": end}},
        lambda end: {"next_page": {"offset": end, "path": None, "uri": None}}, lambda end: {"pagination": {"next": {"page": end, "limit": 10}}},
        lambda end: {"next": {"cursor": end}}, lambda end: {"cursor": {"after": end, "before": "b"}},
        lambda end: {"next_cursor": end}, lambda end: {"continuationToken": end}, lambda end: {"meta": {"nextPageToken": end}},
    ],
)  # fmt: skip
def test_an_end(around, end):
    """Nothing is asked for after the page, and nobody is asked how to go on."""
    page = first({"data": ROWS, **around(end)})
    assert detect(page)[0].next(page) is None


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize(
    "around",
    [
        lambda end: {"nextToken": {"shard": end}}, lambda end: {"next_page": {"token": end}},
        lambda end: {"LastEvaluatedKey": {"pk": end}}, lambda end: {"next": {"a": end, "b": {"c": end}}},
        lambda end: {"continue": {"apcontinue": end, "continue": end}},
    ],
)  # fmt: skip
def test_an_object_of_nothing_is_an_end(around, nothing):
    """Whatever its parts are called, they lead nowhere."""
    page = first({"data": ROWS, **around(nothing)})
    assert detect(page)[0].next(page) is None


@pytest.mark.parametrize(
    "onward",
    [
        {"next": {"id": 0}}, {"next": {"count": 7}}, {"nextToken": {"shard": 0}}, {"next": {"key": "0"}},
        {"LastEvaluatedKey": {"pk": {"N": "0"}}}, {"LastEvaluatedKey": {"id": 0, "page": None}},
        {"next": {"templated": True}}, {"next_page": {"token": [0]}}, {"nextToken": {"S": "null"}},
    ],
)  # fmt: skip
def test_an_object_that_leads_on(onward):
    """It has a value that may be a key, so it is no end, and the caller is asked."""
    with pytest.raises(UnknownPagination, match="something stands at"):
        detect(first({"data": ROWS, **onward}))


@pytest.mark.parametrize(
    ("onward", "expected"),
    [
        ({"next": {"href": None, "after": "t"}}, Cursor("after", token="next.after", items="data")),
        ({"next": {"page": 2, "limit": 0}}, NextParameters("next", items="data")),
        ({"next": {"offset": "t", "path": None}}, Cursor("offset", token="next.offset", items="data")),
        ({"next": {"href": "?page=2", "type": None}}, NextLink("next.href", items="data", page_param="page")),
        ({"next": {"start": 0, "page": 2}}, NextParameters("next", items="data")),
    ],
)  # fmt: skip
def test_a_part_that_leads_on(onward, expected):
    """One is enough, whatever stands beside it."""
    assert expected == detect(first({"data": ROWS, **onward}))[0]


@pytest.mark.parametrize("end", ["", None, False, {}])
@pytest.mark.parametrize("beside", [{}, {"limit": 2}])
def test_parameters_end_with_nothing_in_them(end, beside):
    """The first page is not asked for again."""

    def answer(query):
        number = int(query.get("page", 1))
        following = {"page": number + 1} if number < 3 else {"page": end}
        return {"items": rows(number), "next": {**following, **beside}}

    got, asked, _ = listed(answer)
    assert ([1, 2, 3], 2) == (got, len(asked))


@pytest.mark.parametrize("end", [*NOTHING, 0, "null"])
@pytest.mark.parametrize("more", [True, "true"])
def test_a_flag_speaks_against_an_end(end, more):
    """If more rows follow, an end in the place of a link or a token is none."""
    with pytest.raises(UnknownPagination, match="'has_more' says that more rows follow"):
        detect(first({"data": ROWS, "has_more": more, "next_page": {"offset": end}}))


def test_a_sent_page_goes_on_beside_an_ended_token():
    """An ended object of parameters is no link, and what was sent is asked for again."""
    page = first({"data": ROWS, "total": 9, "next_page": {"offset": None}}, {"page": 1})
    assert PageNumber("page", total="total", items="data") == detect(page)[0]


def test_deep_objects():
    """What stands in an object in an object counts as well."""
    assert is_ended({"href": {"url": None}, "rel": "next"})
    assert not is_ended({"a": {"b": {"c": 1}}})
