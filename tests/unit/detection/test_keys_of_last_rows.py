"""Keys of the last row under other names than those of DynamoDB."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json

import pytest
import requests
import responses

from requests_paginate import request_all
from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import SinglePage
from tests.first_pages import ROWS, URL, first
from tests.two_pages import rows

NAMES = [
    "lastSortedKey", "LastPrimaryKey", "last_partition_key", "last-pagination-key", "lastEval", "last_evaluated",
    "lastScannedDoc", "lastDocument", "LastItem", "last_row", "seekKey", "after_key", "cursor_key", "lastKeys",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [{"shard": {"S": "a"}, "at": 0}, ["a", 0], "c2hhcmQ="])
@pytest.mark.parametrize("wrap", [lambda told: told, lambda told: {"meta": told}])
def test_the_key_of_a_row_is_a_sign_of_more(name, value, wrap):
    """Whatever a query cannot take, or nobody knows the name of, ends no listing in silence."""
    with pytest.raises(UnknownPagination, match=name):
        detect(first({"things": ROWS, **wrap({name: value})}))


@pytest.mark.parametrize(
    "beside",
    [
        {"lastItem": 2}, {"last_row": "2"}, {"lastDocument": "2026-01-01T00:00:00Z"}, {"lastSortedKey": None},
        {"lastScannedDoc": {}}, {"last_row": {"id": 2}, "total": 2}, {"lastItemSold": {"id": 2}},
        {"lastUpdate": {"by": "x"}}, {"last_login": "x"}, {"lastEvaluation": {"grade": 1}}, {"lastEvaluatedOn": 5},
        {"lastApiKey": {"id": 5}}, {"keyboard": {"id": 1}}, {"last_row": {"id": 2}, "has_more": False},
    ],
)  # fmt: skip
def test_what_leads_nowhere(beside):
    """A place, a time, nothing, another thing, and a row after which nothing follows."""
    assert (SinglePage(items="things"),) == detect(first({"things": ROWS, **beside}))


@pytest.mark.parametrize(
    ("told", "param"),
    [
        ("lastKey", "startKey"), ("LastSeenKey", "LastSeenKey"), ("next_key", "start_key"),
        ("NextStartKey", "StartKey"), ("lastEvaluatedKey", "startKey"), ("LastEvaluatedKey", "StartKey"),
        ("after_key", "after_key"), ("NextToken", "NextToken"),
    ],
)  # fmt: skip
def test_an_object_goes_back_in_a_json_body(told, param):
    """The likely names of the start are tried, until there is no key."""
    key = {"shard": {"S": "a"}}

    def answer(request):
        sent = json.loads(request.body)
        if param in sent:
            assert key == sent[param]
            return 200, {}, json.dumps({"things": rows(3)})
        unknown = [name for name in sent if name != "Limit"]
        if unknown:
            return 400, {}, json.dumps({"message": f"unknown field {unknown[0]}"})
        return 200, {}, json.dumps({"things": rows(1, 2), told: key})

    with responses.RequestsMock() as mock:
        mock.add_callback("POST", URL, answer)
        listing = request_all("POST", URL, session=requests.Session(), json={"Limit": 2})
        assert [1, 2, 3] == [row["id"] for row in listing]
