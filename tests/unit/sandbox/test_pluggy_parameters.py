"""How Pluggy reads its query parameters."""

import pytest

from requests_paginate.sandbox import Request
from requests_paginate.sandbox.messages import Refusal
from requests_paginate.sandbox.pluggy_parameters import (
    make_refusal,
    make_tests,
    read_number,
    read_required,
)
from tests.unit.sandbox.dialects import ACCOUNT, PLUGGY, pluggy


@pytest.mark.parametrize(
    "query",
    [
        "",
        "accountId=",
        "accountId=a&page=0",
        "accountId=a&page=two",
        "accountId=a&pageSize=501",
        "accountId=a&pageSize=-1",
    ],
)
def test_nonsense_is_refused(query):
    """A missing account and numbers out of range are a 400 in Pluggy's shape."""
    response = pluggy(f"/transactions?{query}")
    assert 400 == response.status
    assert 400 == response.json()["code"]


class TestPluggyFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("from=2026-03-04", 12),
            ("to=2026-03-02", 6),
            ("from=2026-03-03&to=2026-03-03", 12),
            ("createdAtFrom=2026-03-05T00:00:00.000Z", 12),
            ("unknown=1", 30),
        ],
    )
    def test_dates_choose(self, query, expected):
        """A range of days, both included, or the time of creation chooses the rows of v1."""
        body = pluggy(f"/transactions?accountId={ACCOUNT}&{query}").json()
        assert expected == body["total"] == len(body["results"])

    def test_ids_choose_and_dates_do_not_count_beside_them(self):
        """The rows of the ids are listed, whatever the dates; other ids are not found."""
        rows = PLUGGY.transaction_rows(ACCOUNT)
        query = f"ids={rows[3]['id']},unknown,{rows[1]['id']}&from=2030-01-01"
        body = pluggy(f"/transactions?accountId={ACCOUNT}&{query}").json()
        assert [rows[1], rows[3]] == body["results"]

    def test_at_most_500_ids(self):
        """More than 500 ids are a 400 with its own code."""
        ids = ",".join(map(str, range(501)))
        response = pluggy(f"/v2/transactions?accountId={ACCOUNT}&ids={ids}")
        assert "IDS_PARAMETER_EXCEEDS_MAX_LENGTH" == response.json()["codeDescription"]


def body_of(raised):
    return raised.value.response.status, raised.value.response.json()


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 20), ("size=1", 1), ("size=500", 500), ("size=2&size=3", 3)],
)
def test_numbers(query, expected):
    """A number in its range is read, and what is not given is the default."""
    assert expected == read_number(Request(query=query), "size", default=20, maximum=500)


@pytest.mark.parametrize("text", ["0", "501", "1.5", ""])
def test_no_numbers(text):
    """Anything else is a 400 that names the parameter and its range."""
    with pytest.raises(Refusal) as raised:
        read_number(Request(query=f"size={text}"), "size", default=20, maximum=500)
    expected = {"code": 400, "message": "size must be a number from 1 to 500"}
    assert (400, expected) == body_of(raised)


def test_numbers_without_a_maximum():
    """Where there is no maximum, none is named."""
    assert 10**9 == read_number(Request(query="page=1000000000"), "page", default=1)
    with pytest.raises(Refusal) as raised:
        read_number(Request(query="page=0"), "page", default=1)
    assert "page must be a number from 1" == body_of(raised)[1]["message"]


def test_required_parameters():
    """A parameter that must be there is returned, and one that is empty counts as missing."""
    assert "a b" == read_required(Request(query="name=a+b"), "name")
    for query in ("", "name=", "other=1"):
        with pytest.raises(Refusal) as raised:
            read_required(Request(query=query), "name")
        assert (400, {"code": 400, "message": "name is required"}) == body_of(raised)


def test_refusals():
    """The code is the status, and a description stands beside it where there is one."""
    response = make_refusal(410, "Gone", "ENDPOINT_DEPRECATED").response
    expected = {"code": 410, "message": "Gone", "codeDescription": "ENDPOINT_DEPRECATED"}
    assert (410, expected) == (response.status, response.json())
    assert {"code": 403, "message": "No"} == make_refusal(403, "No").response.json()


ROWS = [
    {"id": name, "date": f"{day}T03:00:00.000Z", "createdAt": f"{day}T09:00:00.000Z"}
    for name, day in (("a", "2026-03-02"), ("b", "2026-03-03"), ("c", "2026-03-04"))
]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", "abc"),
        ("first=", "abc"),
        ("first=2026-03-03&last=2026-03-03T02:00", ""),
        ("last=2026-03-03T03", "ab"),
        ("first=2026-03-03T03:00:00.000Z", "bc"),
        ("createdAtFrom=2026-03-03T09:00:00.000Z", "bc"),
        ("createdAtFrom=2026-03-03T09:00:00.001Z", "c"),
        ("ids=", ""),
        (f"ids={','.join(map(str, range(499)))},a", "a"),
        ("from=2030-01-01", "abc"),
    ],
)
def test_rows_that_pass(query, ids):
    """Empty parameters count as none, apart from ids; an end includes all that begins with it."""
    tests = make_tests(Request(query=query), "first", "last")
    assert list(ids) == [row["id"] for row in ROWS if all(test(row) for test in tests)]
