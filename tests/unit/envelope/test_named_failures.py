"""A page without rows that tells of a failure by a name, a type or a code, and what is an echo."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage

URL = "https://api.test/v1/things"


def rows_of(body, url=URL, json=None, **fields):
    request = PageRequest("GET" if json is None else "POST", url, json=json)
    return ItemsAt("rows")(Page(request=request, body=body, url=url, **fields))


@pytest.mark.parametrize(
    "told",
    [
        # a flag by its name
        {"fail": True}, {"denied": True}, {"unauthorized": "true"}, {"token_expired": True}, {"isBlocked": True},
        {"requestThrottled": True}, {"rate_limited": True}, {"timeout": True}, {"timed_out": True},
        {"access_denied": True}, {"hasError": 1}, {"isError": "yes"}, {"success": "N"}, {"ok": "f"}, {"quotaExceeded": True},
        # a name with words
        {"failureReason": "no shard"}, {"failure": "no shard"}, {"deniedReason": "no licence"}, {"query_error": "near FROM"},
        {"odata.error": {"message": "bad filter"}}, {"@odata.error": {"code": "7"}}, {"authFault": "x"}, {"ErrorText": "x"},
        {"throttle_exception": "slow down"},
        # a type of failures
        {"kind": "Error"}, {"__typename": "AuthError"}, {"object": "error"}, {"@type": "ApiFault"}, {"type": "error"},
        {"__type": "com.test.api#ThrottlingException"}, {"type": "about:blank", "title": "Unauthorized"},
        # codes of letters and digits, and other words
        {"code": "A0401"}, {"retCode": "ERR-1007"}, {"resultCode": "E500"}, {"code": "S0001"}, {"return_code": "F999"},
        {"reason": "quotaExceeded"}, {"reply": "error"}, {"outcome": "rejected"}, {"returnStatus": "E"},
        {"status": "over_query_limit"}, {"detail": "Throttled"}, {"message": "Please authenticate"}, {"msg": "sign error"},
        {"messages": ["Invalid api key"]}, {"messages": [{"level": "error", "text": "no shard"}]},
    ],
)  # fmt: skip
def test_failures_by_their_names(told):
    """What a page without rows says by a name is an error on any page; beside rows it is none."""
    for index in (0, 2):
        with pytest.raises(MalformedPage, match="reports an error"):
            rows_of({"rows": [], **told}, index=index)
    assert [1] == rows_of({"rows": [1], **told})


@pytest.mark.parametrize(
    "told",
    [
        {"code": 0}, {"status": "ok"}, {"errors": []}, {"failed": 0}, {"failed": 3}, {"failed": None}, {"fail": False},
        {"denied": False}, {"expired": "no"}, {"throttled": ""}, {"failureReason": ""}, {"failureReason": None},
        {"error_count": 3}, {"total_errors": 3}, {"on_error": "skip"}, {"ignore_errors": True}, {"last_error": "x"},
        {"include_expired": True}, {"max_failures": "2"}, {"expired_before": "2024-01-01"}, {"expired": "2024-01-01"},
        {"cards_blocked": True}, {"unlimited": True}, {"terror": "x"}, {"default": True}, {"error_policy": "x"},
        {"kind": "ErrorList"}, {"type": "refund"}, {"object": "list"}, {"type": "ErrorEvent"},
        {"code": "US"}, {"code": "OK200"}, {"code": "S0000"}, {"code": "B12"}, {"code": "000000"}, {"code": "SUCC000"},
        {"code": "A0401", "success": True}, {"failure": "none", "success": True}, {"failureReason": "N/A"},
        {"errorMessage": "N/A"}, {"errorMessage": "-"}, {"errorCode": "S0000"}, {"errorCode": "E-000"}, {"error": "0000"},
        {"error": "n/a"}, {"msg": "\u6210\u529f", "code": 1}, {"messages": ["2 rows were skipped"]}, {"messages": [{"level": "info"}]},
        {"title": "Unauthorized"}, {"reason": "end of month"}, {"warnings": ["denied"]}, {"message": "No error"},
    ],
)  # fmt: skip
def test_names_of_no_failure(told):
    """Counts, wishes, times, empty values, types of things and codes of zeros tell of nothing."""
    assert [] == rows_of({"rows": [], **told})


@pytest.mark.parametrize(
    ("sent", "json", "told"),
    [
        # a number or a flag that is equal by chance
        ("?limit=500", None, {"code": 500}), ("?offset=0", None, {"success": 0}), ("?offset=0", None, {"ok": "0"}),
        ("?flag=false", None, {"success": "false"}), ("?page=1&size=429", None, {"status": 429}),
        ("", {"all": True}, {"isError": True}), ("", {"archived": False}, {"status": False}), ("", {"limit": 7}, {"errcode": 7}),
        ("", {"old": False}, {"success": False}), ("?success=false", None, {"success": False}),
        # a word under another name
        ("?level=error", None, {"status": "error"}), ("?q=denied", None, {"reason": "denied"}), ("", {"log": {"level": "failed"}}, {"result": "failed"}),
    ],
)  # fmt: skip
def test_what_is_equal_by_chance(sent, json, told):
    """Flags of success are never echoes, and numbers and words only under the name that was sent."""
    with pytest.raises(MalformedPage, match="reports an error"):
        rows_of({"rows": [], **told}, f"{URL}{sent}", json)


@pytest.mark.parametrize(
    ("sent", "json", "told"),
    [
        ("?status=failed", None, {"status": "failed"}), ("?filter[status]=failed", None, {"status": "failed"}),
        ("?order_status__in=failed", None, {"status": "failed"}), ("?expired=true", None, {"expired": True}),
        ("?code=404", None, {"code": "404"}), ("?type=Error", None, {"type": "Error"}), ("/failed", None, {"status": "failed"}),
        ("", {"filters": {"reason": "denied"}}, {"reason": "denied"}), ("", {"blocked": True}, {"blocked": True}),
        ("", {"status": ["failed", "open"]}, {"status": "failed"}),
    ],
)  # fmt: skip
def test_echoes_of_the_request(sent, json, told):
    """A filter that comes back under its name says nothing of the request."""
    assert [] == rows_of({"rows": [], **told}, f"{URL}{sent}", json)
