"""What says that rows are missing stands beside the rows or around them, never in them."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.incompleteness import find_signs_of_incompleteness

ROWS = [{"id": 1, "partial": True, "status": "incomplete"}]


def signs(body, items="items"):
    return [sign.path for sign in find_signs_of_incompleteness(body, items)]


def errors_in(body, items="items"):
    signs = find_signs_of_incompleteness(body, items)
    return {sign.path: sign.value for sign in signs if sign.kind == "errors"}


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unreachable", ["zones/a"]), ("failed_partitions", 1), ("numberOfMissingShards", "2"),
        ("source_errors", {"crm": "gone"}), ("replica_failures", [{"node": 3}]),
        ("unavailableClusters", ["b"]), ("success", False), ("isOk", "false"),
        ("query_status", "timeout"), ("responseStatus", "PARTIAL_RESULTS"), ("status", "failed"),
        ("code", 503), ("httpStatus", "500"), ("warnings", ["The list was truncated to 50 rows"]),
        ("search_warning", {"code": "UNREACHABLE"}), ("result_limit_exceeded", True),
        ("scanLimitHit", True), ("too_many_matches", True), ("missing_rows", True),
        ("isSampled", True), ("hasPartialFailures", True), ("exhaustiveResults", False),
        ("dropped_records", 4), ("partial_content", True), ("resultsCapped", True), ("clipped", True),
        ("isOverflowed", True), ("list_cutoff", True), ("degraded", "true"), ("isFullResult", False),
        ("full_list", False), ("message", "Too many results, please narrow your search"),
        ("notice", "Showing only the first 200 of many"), ("info", "records were limited to 5000"),
        ("Note", "Partial results are returned"), ("statusMessage", "items truncated"),
    ],
)  # fmt: skip
def test_signs_of_parts_and_failures(name, value):
    """Parts that failed, failures of the request, limits, and warnings that speak of a loss."""
    assert [name] == signs({"items": ROWS, name: value})
    assert [f"stats.{name}"] == signs({"items": ROWS, "stats": {name: value}})
    assert [] == signs({name: {"items": ROWS}}, f"{name}.items")


@pytest.mark.parametrize(
    "beside",
    [
        {"unreachable": []}, {"failed_partitions": 0}, {"source_errors": {}}, {"success": True},
        {"success": 0}, {"status": "200"}, {"status": 1}, {"code": 10000}, {"code": 200},
        {"id": 7, "status": "failed"}, {"uuid": "x", "code": 415}, {"state": "failed"},
        {"status": "PARTIALLY_PAID"}, {"status": "no errors"}, {"warnings": ["deprecated"]},
        {"warning": None}, {"warnings": 3}, {"limit_exceeded": False}, {"sampled": False},
        {"missing": 3}, {"hasErrors": False}, {"exhaustiveResults": True}, {"code": "EUR"},
        {"clipped": False}, {"overflow": "hidden"}, {"isFullResult": True}, {"fullData": {}}, {"degraded": 0},
        {"message": "2 incomplete tasks found"}, {"message": "OK"}, {"notice": "Results are cached"},
        {"info": {"message": "Too many"}}, {"note": "the first 5 were new"}, {"messages": ["partial rows"]},
        {"failed": 3}, {"sample": True}, {"credit_limit_exceeded": True}, {"ok": None},
    ],
)  # fmt: skip
def test_no_signs_of_parts_and_failures(beside):
    """Other values, the state of a thing, and counts of other things."""
    assert [] == signs({"items": ROWS, **beside})


@pytest.mark.parametrize("value", [[{"message": "gone"}], {"message": "gone"}, "gone", ["gone"]])
@pytest.mark.parametrize(
    "name", ["error", "Errors", "queryErrors", "partial_failures", "exceptions", "error_list"]
)
@pytest.mark.parametrize("place", ["", "meta", "extensions"])
def test_errors_beside_rows(name, value, place):
    """Under other names than `errors`, and in objects beside the rows; not where the rows are."""
    beside, path = ({place: {name: value}}, f"{place}.{name}") if place else ({name: value}, name)
    assert {path: value} == errors_in({"items": ROWS, **beside})
    assert {f"data.{path}": value} == errors_in({"data": {"items": ROWS, **beside}}, "data.items")
    assert {} == errors_in(beside, path)


@pytest.mark.parametrize("value", [None, "", [], {}, 0, 2, False, "none", "OK", "0", {"code": 0}])
def test_no_errors_beside_rows(value):
    """Empty ones, numbers and words of success."""
    for name in ("error", "errors", "failures", "exception_list"):
        assert {} == errors_in({"items": ROWS, name: value})


@pytest.mark.parametrize(
    "text",
    [
        "API version 1 is deprecated; unavailable after 2027", "Truncated names are shown with ...",
        "Deprecated: this endpoint becomes unreachable in May", "v1 will be unavailable soon",
        "/v1 reaches its end of life, and will be unavailable", "long titles are truncated",
        "the search index was discontinued and is unavailable", {"code": "DEPRECATED", "text": "unavailable in 2027"},
    ],
)  # fmt: skip
def test_warnings_of_other_things(text):
    """What becomes unavailable later, and cells that are cut, take no row away."""
    for value in (text, [text], [text, "see the docs"]):
        assert [] == signs({"items": ROWS, "warnings": value})
    lost = "API version 1 is deprecated. The list was truncated to 50 rows"
    assert ["warnings"] == signs({"items": ROWS, "warnings": [text, lost]})
