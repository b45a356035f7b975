"""A page may come before its rows are all there, or without those of some parts."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json

import pytest
import requests
import responses

from requests_paginate import get_all
from requests_paginate.exceptions import PossiblyTruncated
from tests.two_pages import URL, rows
from tests.unit.listing.test_doubts import drained


def listed(body, *, headers=None, url=URL, params=None, **options):
    """What a listing of one page gives, and whether it is complete."""
    with responses.RequestsMock() as mock:
        mock.add("GET", url, json.dumps(body), headers=headers or {})
        listing = get_all(
            url, session=requests.Session(), params=params or {}, retries=0, **options
        )
        return drained(listing), listing.complete


UNFINISHED = [
    {"status": "running"}, {"state": "PENDING"}, {"status": "queued"}, {"status": "In Progress"},
    {"queryState": "processing"}, {"job_status": "submitted"}, {"state": "Warming-up"},
    {"jobComplete": False}, {"is_running": True}, {"ready": False}, {"loading": "true"},
    {"search_finished": False}, {"still_processing": True}, {"retry_after": 30}, {"retryIn": "5"},
    {"meta": {"status": "queued"}}, {"request_id": "r1", "status": "running"},
    {"kind": "x#query", "jobReference": {"jobId": "j"}, "jobComplete": False},
]  # fmt: skip
FINISHED = [
    {"status": "completed"}, {"state": "active"}, {"jobComplete": True}, {"is_running": False},
    {"ready": True}, {"loading": None}, {"retry_after": 0}, {"retry_after": None}, {"running": 3},
    {"id": 7, "status": "running"}, {"order_number": "A1", "status": "pending"}, {"name": "x", "state": "queued"}, {"reference": "A1", "status": "pending"},
    {"pending": 4}, {"user": {"status": "pending"}}, {"accepted": True}, {"processing_fee": 3},
]  # fmt: skip


@pytest.mark.parametrize("beside", UNFINISHED)
@pytest.mark.parametrize("got", [[], rows(1, 2)])
def test_work_that_goes_on(beside, got):
    """What came is handed out, and that it may not be all is told, beside rows or none."""
    assert ((got, None, [PossiblyTruncated]), False) == listed({"items": got, **beside})


@pytest.mark.parametrize("beside", FINISHED)
def test_work_that_is_done(beside):
    """Work that is done, the state of a resource, and other numbers say nothing."""
    told, is_complete = listed({"items": rows(1, 2), **beside}, items="items")
    assert ((rows(1, 2), None, []), True) == (told, is_complete)


def test_the_state_of_a_row_is_data():
    """A list of jobs has running ones."""
    jobs = [{"id": 1, "status": "running", "ready": False}, {"id": 2, "is_running": True}]
    for body in (jobs, {"jobs": jobs}, {"data": {"jobs": jobs}}):
        assert ((jobs, None, []), True) == listed(body)


@pytest.mark.parametrize(
    ("url", "params", "state"),
    [
        (URL, {"status": "pending"}, "pending"),
        (URL, {"filter": "Queued"}, "QUEUED"),
        (f"{URL}/running", {}, "running"),
    ],
)
def test_a_state_that_was_asked_for_is_an_echo(url, params, state):
    """A filter comes back beside its rows, in small letters or capitals."""
    told = listed({"items": rows(1, 2), "status": state}, url=url, params=params)
    assert ((rows(1, 2), None, []), True) == told


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "5"},
        {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"},
        {"X-Partial": "true"},
        {"X-Acme-Partial": "1"},
        {"X-Query-Timed-Out": "1"},
        {"X-Results-Complete": "false"},
        {"Warning": '199 - "partial results"'},
        {"Warning": '299 backend "2 shards unavailable"'},
    ],
)
@pytest.mark.parametrize("got", [[], rows(1, 2)])
def test_headers_of_missing_rows(headers, got):
    """What headers say counts as what the body says."""
    told = listed({"items": got}, headers=headers)
    assert ((got, None, [PossiblyTruncated]), False) == told


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "0"}, {"X-Partial": "false"}, {"X-Results-Complete": "true"},
        {"Warning": '299 - "Deprecated API"'}, {"X-Cache": "HIT"}, {"X-Partial-Fields": "name"},
        {"X-RateLimit-Reset": "1"},
    ],
)  # fmt: skip
def test_headers_of_whole_rows(headers):
    """Headers that say the opposite, or something else, are quiet."""
    told = listed({"items": rows(1, 2)}, headers=headers)
    assert ((rows(1, 2), None, []), True) == told


def hits(total, relation, **beside):
    return {
        "hits": {"total": {"value": total, "relation": relation}, "hits": rows(1, 2, 3)},
        **beside,
    }


@pytest.mark.parametrize(
    ("is_told", "body"),
    [
        (True, {"_shards": {"total": 5, "successful": 4, "failed": 0}, "items": rows(1)}),
        (True, {"partitions": {"total": "5", "succeeded": "3"}, "items": rows(1)}),
        (True, {"_clusters": {"total": 3, "successful": 2, "skipped": 1}, "items": rows(1)}),
        (True, {"meta": {"_shards": {"total": 5, "failed": 1}}, "items": rows(1)}),
        (True, {"meta": {"responseHeader": {"partialResults": True}}, "items": rows(1)}),
        (True, {"responseHeader": {"partialResults": "omitted"}, "items": rows(1)}),
        (True, hits(3, "gte")),
        (True, {"items": rows(1, 2, 3), "range": "1-3 of 60"}),
        (True, {"items": rows(1, 2, 3), "range": "1 \u2013 3 out of 1,200"}),
        (True, {"items": rows(1, 2, 3), "meta": {"showing": "Showing 1 to 3 of 60 entries"}}),
        (True, {"items": rows(1, 2, 3), "anzeige": "1-3 von 60"}),
        (True, {"items": rows(1, 2, 3), "resultats": "0-2 sur 60"}),
        (True, {"items": rows(1, 2, 3), "pager": "Page 1 of 20"}),
        (True, {"items": rows(1, 2, 3), "page": "1/20"}),
        (False, {"_shards": {"total": 5, "successful": 5, "failed": 0}, "items": rows(1)}),
        (False, {"_shards": {"total": 5, "successful": 3, "skipped": 2}, "items": rows(1)}),
        (False, {"jobs": {"total": 5, "successful": 3}, "items": rows(1)}),
        (False, hits(3, "eq")),
        (False, {"items": rows(1, 2, 3), "range": "1-3 of 3"}),
        (False, {"items": rows(1, 2, 3), "chapters": "1-7 of 60"}),
        (False, {"items": rows(1, 2, 3), "due": "2026-01-03/2026-02-01"}),
        (False, {"items": rows(1, 2, 3), "pager": "Page 1 of 1"}),
        (False, {"items": rows(1, 2, 3), "score": "3/5"}),
        (False, {"items": rows(1, 2, 3), "note": "rows 1-3 of the list that was sent on Monday to all of you, as we said"}),
    ],
)  # fmt: skip
def test_counts_of_a_part(is_told, body):
    """Parts that are missing by arithmetic, a lower bound, and places in words are a doubt."""
    (_, error, told), is_complete = listed(body)
    assert (None, is_told, not is_told) == (error, told == [PossiblyTruncated], is_complete)
