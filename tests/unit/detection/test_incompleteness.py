"""What says that rows are missing stands beside the rows or around them, never in them."""

from __future__ import annotations

import pytest

from requests_paginate._detection.incompleteness import find_signs_of_incompleteness

ROWS = [{"id": 1, "partial": True, "status": "incomplete"}]


def signs(body, items="items"):
    return find_signs_of_incompleteness(body, items)


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"incomplete_results": True}, "incomplete_results"),
        ({"isPartial": True}, "isPartial"),
        ({"partialResponse": "true"}, "partialResponse"),
        ({"has_partial_data": 1}, "has_partial_data"),
        ({"search_timed_out": True}, "search_timed_out"),
        ({"terminated_early": True}, "terminated_early"),
        ({"resultsComplete": False}, "resultsComplete"),
        ({"all_data_complete": "false"}, "all_data_complete"),
        ({"completeness": "partial"}, "completeness"),
        ({"status": "INCOMPLETE"}, "status"),
        ({"queryState": "Partial Results"}, "queryState"),
        ({"meta": {"partial": True}}, "meta.partial"),
        ({"response_info": {"timedOut": True}}, "response_info.timedOut"),
        ({"search_status": {"type": "incomplete"}}, "search_status.type"),
        ({"_shards": {"total": 5, "failed": 2}}, "_shards.failed"),
        ({"regions": {"unreachable": ["eu-1"]}}, "regions.unreachable"),
        ({"replicas": {"number_of_failures": 1}}, "replicas.number_of_failures"),
    ],
)
def test_signs_beside_the_rows(beside, path):
    """Whatever its spelling, and one level deeper in containers, outcomes and parts."""
    assert [path] == signs({"items": ROWS, **beside})
    assert [f"data.{path}"] == signs({"data": {"items": ROWS, **beside}}, "data.items")


@pytest.mark.parametrize(
    "beside",
    [
        {"incomplete_results": False}, {"partial": None}, {"partial": "no"}, {"partial": 0},
        {"partial_count": 1}, {"timed_out": False}, {"timeout": 30}, {"resultsComplete": True},
        {"complete": True}, {"status": "ok"}, {"state": "active"}, {"type": "partial"},
        {"_shards": {"total": 5, "failed": 0, "failures": []}}, {"jobs": {"failed": 3}},
        {"user": {"status": "incomplete"}}, {"title": "incomplete"}, {"meta": {"type": "partial"}},
        {"partners": True}, {"partial_refund": True},
    ],
)  # fmt: skip
def test_no_signs(beside):
    """Other values, names and objects."""
    assert [] == signs({"items": ROWS, **beside})


def test_signs_around_rows_in_lists():
    """The objects on the way to the rows are looked at, whatever they are in."""
    body = {"a": [{"b": [{"values": ROWS, "partial": True}], "truncated": 0}]}
    assert ["a.0.b.0.partial"] == signs(body, "a.0.b.0.values")


@pytest.mark.parametrize("body", [[], ROWS, None, "x", 5])
def test_bodies_that_are_no_objects(body):
    """A bare list says nothing beside its rows."""
    assert [] == signs(body, "")
