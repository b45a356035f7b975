"""A window of rows that is asked for by its first and its last row moves on with both."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from requests_paginate import request_all
from requests_paginate.strategies import Offset
from requests_paginate.strategies.windows import is_window_end
from tests.two_pages import URL, rows
from tests.unit.listing.test_doubts import drained

ALL = rows(*range(8))


def windowed(first, last, *, inclusive=False, start=0, how="query", hidden=(), **options):
    """What a listing of eight rows by windows of three gives, with its doubts."""

    def respond(request):
        sent = dict(parse_qsl(urlsplit(request.url).query))
        if request.body:
            sent = json.loads(request.body)
            sent = sent.get("grid", sent)
        begin, end = (
            int(sent.get(first, start)) - start,
            int(sent.get(last, 99)) - start + inclusive,
        )
        asked.append((begin, end))
        assert len(asked) < 20, "an endless listing"
        found = [row for row in ALL[begin : max(begin, end)] if row["id"] not in hidden]
        return 200, {}, json.dumps({"items": found})

    asked = []
    fields = {first: start, last: start + 3 - inclusive}
    sent = {
        "query": {"params": fields},
        "json": {"json": fields},
        "nested": {"json": {"grid": fields}},
    }
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST"):
            mock.add_callback(method, re.compile(".*"), respond)
        listing = request_all(
            "GET" if how == "query" else "POST",
            URL,
            session=requests.Session(),
            retries=0,
            **sent[how],
            **options,
        )
        return listing, drained(listing), asked


PAIRS = [
    ("startRow", "endRow"), ("startIndex", "endIndex"), ("firstResult", "lastResult"),
    ("offset", "end"), ("offset", "to"), ("skip", "until"), ("start_at", "stop_at"),
    ("startRecord", "endRecord"), ("inicio", "fim"),
]  # fmt: skip
OF_ROWS = [
    ("_start", "_end"), ("rowStart", "rowEnd"), ("from_row", "to_row"), ("beginIndex", "endIndex"),
    ("minrow", "maxrow"), ("indexVon", "indexBis"),
]  # fmt: skip
VAGUE = [("start", "end"), ("from", "to"), ("low", "high")]


@pytest.mark.parametrize(("first", "last"), [*PAIRS, *OF_ROWS])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("how", ["query", "json"])
def test_a_window_that_was_sent_moves(first, last, inclusive, how):
    """Both of its ends move on by the rows that came, until nothing comes."""
    listing, told, asked = windowed(first, last, inclusive=inclusive, how=how)
    assert (ALL, None, []) == told
    assert [(0, 3), (3, 6), (6, 9)] == asked[:3]
    assert listing.complete


@pytest.mark.parametrize(("first", "last"), [*PAIRS, *OF_ROWS, *VAGUE])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_given_offset_moves_its_window(first, last, inclusive, prefetch):
    """So it does where the offset is named and the end of the window is only sent."""
    strategy = Offset(first, items="items")
    _, told, _ = windowed(first, last, inclusive=inclusive, strategy=strategy, prefetch=prefetch)
    assert (ALL, None, []) == told


@pytest.mark.parametrize("inclusive", [False, True])
def test_a_window_inside_an_object_moves(inclusive):
    """The end stands beside the beginning in the JSON body."""
    strategy = Offset("grid.startRow", items="items")
    told = windowed("startRow", "endRow", inclusive=inclusive, how="nested", strategy=strategy)[1]
    assert (ALL, None, []) == told


def test_a_window_counted_from_one_moves():
    """The last row is asked for by its own number."""
    assert (ALL, None, []) == windowed("startRow", "endRow", inclusive=True, start=1)[1]


def test_a_window_over_hidden_rows_moves():
    """Fewer rows than lie in the window are no end."""
    got = windowed("startRow", "endRow", hidden=(1, 4))[1][0]
    assert [0, 2, 3, 5, 6, 7] == sorted({row["id"] for row in got})


@pytest.mark.parametrize(("first", "last"), VAGUE)
@pytest.mark.parametrize("inclusive", [False, True])
def test_a_window_that_may_be_none_is_doubted(first, last, inclusive):
    """Days or prices may lie between them, so it is not moved; as many rows are a doubt."""
    listing, (got, error, _), _ = windowed(first, last, inclusive=inclusive)
    assert (ALL[:3], None, False) == (got, error, listing.complete)


@pytest.mark.parametrize(
    "sent",
    [
        {"offset": 0, "limit": 3, "end": 2026},
        {"offset": 0, "limit": 3, "to": 3},
        {"offset": 0, "end": 2026},
        {"offset": 0, "maxResults": 3},
        {"start": 0, "limit": 3, "endDate": 20261231},
        {"startIndex": 0, "count": 3, "end": 6},
        {"offset": 0, "to": 6},
    ],
)
def test_what_is_no_end_of_a_window_stays(sent):
    """A filter keeps its value on every page, also where the rows come to it by chance."""
    name = next(iter(sent))
    kept = []

    def respond(request):
        query = dict(parse_qsl(urlsplit(request.url).query))
        kept.append({key: value for key, value in query.items() if key != name})
        begin = int(query[name])
        return 200, {}, json.dumps({"items": ALL[begin : begin + 3]})

    with responses.RequestsMock() as mock:
        mock.add_callback("GET", re.compile(".*"), respond)
        strategy = Offset(name, items="items")
        session = requests.Session()
        assert ALL == list(request_all("GET", URL, session=session, params=sent, strategy=strategy))
    assert [kept[0]] * 4 == kept


@pytest.mark.parametrize(
    ("expected", "first", "last"),
    [
        (True, "startRow", "endRow"), (True, "_start", "_end"), (False, "page_from", "page_to_row"),
        (False, "minPrice", "maxPrice"), (False, "startRow", "endDate"), (False, "from", "max"),
        (False, "firstResult", "maxResults"), (True, "lowerIndex", "upperIndex"),
        (False, "startDate", "endDate"),
    ],
)  # fmt: skip
def test_names_of_both_ends(expected, first, last):
    """They differ in the word for the end alone, and say rows, or nothing."""
    assert expected is is_window_end(first, last)
