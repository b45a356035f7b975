"""Flags with a noun, and the key of the last row."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json

import pytest
import requests
import responses

from requests_paginate import request_all
from requests_paginate._detection.detect import detect
from requests_paginate._detection.evidence import gather_evidence
from requests_paginate.exceptions import InconsistentListing, UnknownPagination
from requests_paginate.strategies import Cursor, Offset, SinglePage
from tests.first_pages import ROWS, URL, first
from tests.two_pages import listed, refused, rows

# Flags -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows_name", "flag"),
    [
        ("OrderIds", "HasMoreOrders"), ("partitions", "hasMorePartitions"), ("members", "has_more_members"),
        ("topics", "moreTopicsAvailable"), ("list", "areMoreRecordsPresent"), ("channels", "have_additional_channels"),
        ("brokers", "hasNextBroker"), ("rows", "hasMoreBatchesRemaining"), ("data", "thereAreMoreInvoices"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrap", [lambda body: body, lambda body: {"Description": body}])
def test_a_flag_with_a_noun(rows_name, flag, wrap):
    """True is a sign of more, whatever follow; false is an end without a word."""
    items = rows_name if wrap({}) == {} else f"Description.{rows_name}"
    with pytest.raises(UnknownPagination, match=flag):
        detect(first(wrap({rows_name: ROWS, flag: True})), items=items)
    ended = first(wrap({rows_name: ROWS, flag: False}))
    assert (SinglePage(items=items),) == detect(ended, items=items)


@pytest.mark.parametrize(
    ("rows_name", "flag", "path"),
    [
        ("users", "has_more_users", "has_more_users"), ("userIds", "hasMoreUsers", "hasMoreUsers"),
        ("shards", "noMoreShards", "!noMoreShards"), ("data", "hasMoreItems", "hasMoreItems"),
        ("entries", "has_more_widgets", "has_more_widgets"),  # the URL names widgets
        ("users", "has_more_details", None), ("users", "hasNextStep", None), ("users", "has_more_rooms", None),
    ],
)  # fmt: skip
def test_a_flag_that_names_the_rows_is_as_good_as_any(rows_name, flag, path):
    """It ends a listing; one of another noun may be about something else, and ends none."""
    page = first({rows_name: ROWS, flag: False}, url="https://api.test/v1/widgets.json")
    assert path == gather_evidence(page, rows_name).more_flag


@pytest.mark.parametrize("flag", ["has_more_details", "has_more_comments", "hasNextLevel"])
def test_a_flag_of_something_else_ends_no_listing(flag):
    """A link and an offset are followed although something else has no more."""

    def linked(query):
        number = int(query.get("page", 1))
        return {
            "users": rows(number),
            "next": f"?page={number + 1}" if number < 3 else None,
            flag: False,
        }

    def counted(query):
        start = int(query["offset"])
        return {"users": rows(*range(start, min(start + 2, 5))), flag: False}

    assert [1, 2, 3] == listed(linked)[0]
    assert [*range(5)] == listed(counted, {"limit": "2", "offset": "0"})[0]


def test_a_flag_with_a_noun_ends_an_offset():
    """No page is asked for after the one that says that no users follow."""

    def answer(query):
        start = int(query["offset"])
        found = rows(*range(start, min(start + 2, 4)))
        return {"users": found, "has_more_users": start < 2}

    got, asked, strategy = listed(answer, {"limit": "2", "offset": "0"})
    assert ([0, 1, 2, 3], [{"offset": "2"}]) == (got, asked)
    assert Offset("offset", limit="limit", items="users", more="has_more_users") == strategy


def test_no_rows_while_a_flag_with_a_noun_is_true():
    """An empty page is no end where the flag says that users follow."""

    def answer(query):
        return {"users": rows(1, 2) if query["offset"] == "0" else [], "has_more_users": True}

    params = {"limit": "2", "offset": "0"}
    assert 2 == refused(answer, InconsistentListing, "more follow", params)[0]


@pytest.mark.parametrize(
    "beside",
    [
        {"has_more_info": True}, {"hasMoreOptions": True}, {"has_next_step": True}, {"more_help": True},
        {"is_next_day_delivery": True}, {"has_more_than_one_owner": True}, {"noMoreTea": True}, {"moreover": True},
    ],
)  # fmt: skip
def test_flags_about_other_things(beside):
    """Details, options and steps are no rows."""
    assert (SinglePage(items="items"),) == detect(first({"items": ROWS, **beside}))


# Last keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "param"),
    [
        ("LastEvaluatedBackupArn", "ExclusiveStartBackupArn"), ("lastEvaluatedQueueName", "exclusiveStartQueueName"),
        ("last_evaluated_id", "exclusive_start_id"), ("last-evaluated-key", "exclusive-start-key"),
        ("LastEvaluatedStream", "ExclusiveStartStream"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["k", 5, {"id": {"S": "k"}}])
def test_the_last_key_goes_back_as_the_start(told, param, key):
    """A text, a number or an object is sent back in the JSON body, until there is none."""

    def answer(request):
        sent = json.loads(request.body)
        if param in sent:
            assert key == sent[param]
            return 200, {}, json.dumps({"things": rows(3)})
        assert not set(sent) - {"Limit"}
        return 200, {}, json.dumps({"things": rows(1, 2), told: key})

    with responses.RequestsMock() as mock:
        mock.add_callback("POST", URL, answer)
        listing = request_all("POST", URL, session=requests.Session(), json={"Limit": 2})
        assert [1, 2, 3] == [row["id"] for row in listing]
        assert Cursor(param, token=told, items="things") == listing.strategy


def test_the_own_name_of_a_last_key_is_tried_as_well():
    """An API of one's own before DynamoDB may take it back under its name."""

    def answer(query):
        if "lastEvaluatedId" in query:
            return {"things": rows(3)}
        return {"things": rows(1, 2), "lastEvaluatedId": "k"}

    got, asked, _ = listed(answer)
    assert ([1, 2, 3], [{"exclusiveStartId": "k"}, {"lastEvaluatedId": "k"}]) == (got, asked)


@pytest.mark.parametrize(
    "beside",
    [
        {"LastEvaluatedKey": {"id": 5}}, {"lastScannedId": {"id": 5}}, {"last_processed_item": ["a"]},
        {"lastReturnedToken": [1, 2]}, {"LastExaminedName": {"x": {"y": 1}}},
    ],
)  # fmt: skip
def test_a_last_key_that_cannot_be_sent_raises(beside):
    """An object goes into no query."""
    (name,) = beside
    with pytest.raises(UnknownPagination, match=name):
        detect(first({"things": ROWS, **beside}))


@pytest.mark.parametrize(
    "beside",
    [
        {"LastEvaluatedKey": None}, {"LastEvaluatedTableName": ""}, {"lastEvaluatedKey": {}},
        {"last_processed_at": "2026-01-01"}, {"lastEvaluatedOn": 5}, {"last_returned": "x"},
    ],
)  # fmt: skip
def test_no_last_key(beside):
    """Nothing is the end, and a time is no key."""
    page = first({"things": ROWS, **beside}, json={})
    assert (SinglePage(items="things"),) == detect(page)
