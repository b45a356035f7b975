"""Whether a body with status 200 and without rows tells of a failure."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.outcomes import find_failure
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage

URL = "https://api.test/v1/things"


def rows_of(body, url=URL, items="rows", **fields):
    return ItemsAt(items)(Page(request=PageRequest("GET", url), body=body, url=url, **fields))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"status": "QUERY_TOO_BROAD"}, "'status': QUERY_TOO_BROAD"),
        ({"status": "DENIED", "error_message": "key is off"}, "DENIED: key is off"),
        ({"status": "Too Many Requests"}, "Too Many Requests"),
        ({"status": 503, "message": "later"}, "503: later"),
        ({"status": False, "message": "later"}, "later"),
        ({"code": 429}, "429"),
        ({"code": "404"}, "404"),
        ({"code": -1, "msg": "sign error"}, "-1: sign error"),
        ({"code": "AUTH_FAILED"}, "AUTH_FAILED"),
        ({"errcode": 40013, "errmsg": "invalid appid"}, "40013: invalid appid"),
        ({"error_code": "E77"}, "E77"),
        ({"errorMessage": "no licence"}, "no licence"),
        ({"retCode": 10001, "retMsg": "params"}, "10001: params"),
        ({"resultCode": "22", "resultMsg": "LIMITED"}, "22: LIMITED"),
        ({"stat": "fail", "message": "Bad key"}, "fail: Bad key"),
        ({"message": "NOTOK"}, "NOTOK"),
        ({"message": "Rate limit exceeded"}, "Rate limit exceeded"),
        ({"status": "0", "info": "INVALID_USER_KEY"}, "INVALID_USER_KEY"),
        ({"success": False, "error": None, "message": "no"}, "'success': no"),
        ({"success": "false"}, "'success'"),
        ({"ok": False, "description": "chat is gone"}, "chat is gone"),
        ({"hasErrors": True}, "'hasErrors'"),
        ({"result": "failure"}, "failure"),
        ({"ack": "Failure"}, "Failure"),
        ({"type": "error"}, "error"),
        ({"fault": {"faultstring": "gone"}}, "gone"),
        ({"meta": {"status": "error", "message": "bad cursor"}}, "bad cursor"),
        ({"header": {"resultCode": "30", "resultMsg": "UNKNOWN KEY"}}, "30: UNKNOWN KEY"),
        ({"response": {"status": {"code": 400, "message": "bad"}}}, "400: bad"),
        ({"status": "ERROR", "id": 7, "message": "no"}, "ERROR: no"),
        ({"status": -2, "message": "out of service"}, "-2: out of service"),
        ({"result": -1}, "-1"),
        ({"status": "rejected"}, "rejected"),
        ({"Status": "Aborted"}, "Aborted"),
        ({"response": "Error"}, "Error"),
        ({"response_code": "E17"}, "E17"),
        ({"code": "ERR-5"}, "ERR-5"),
        ({"throttled": True, "message": "later"}, "later"),
        ({"error": {"code": 0, "message": "access denied"}}, "access denied"),
        ({"detail": "Login credentials were not provided."}, "not provided"),
        ({"detail": "The credentials are not valid here"}, "not valid"),
        ({"Note": "We serve 7 calls per minute; go premium"}, "7 calls per minute"),
        ({"information": "your rate limit is used up"}, "rate limit"),
        ({"reason": "rate limited"}, "rate limited"),
        ({"warning": "token expired"}, "token expired"),
    ],
)  # fmt: skip
def test_failures_beside_an_empty_list(told, words):
    """A code, a word or a flag of failure raises with the provider's words; rows beside it do not."""
    with pytest.raises(MalformedPage) as caught:
        rows_of({"rows": [], **told})
    assert words in str(caught.value)
    assert [1] == rows_of({"rows": [1], **told})


@pytest.mark.parametrize(
    "told",
    [
        {"status": "OK"}, {"status": "ZERO_RESULTS"}, {"status": "success"}, {"status": "active"},
        {"status": "done"}, {"status": "complete"}, {"status": "IN_PROGRESS"}, {"status": 200},
        {"status": "NO_MORE_DATA"}, {"status": ""}, {"status": None}, {"status": "1"}, {"status": 1},
        {"code": 0}, {"code": "0"}, {"code": 200}, {"code": "200"}, {"code": "00000"}, {"code": "US"},
        {"code": 10000, "msg": "Success"}, {"code": 1, "success": True},
        {"infocode": "10000", "info": "OK"}, {"status_code": 1, "error": "OK"},
        {"errcode": 0, "errmsg": "ok"}, {"errcode": 0, "errmsg": "request done"}, {"errorCode": ""},
        {"error": None, "errors": [], "errorMessage": None}, {"errors": 0}, {"error": "none"},
        {"message": "No invoices found"}, {"message": "0 invalid rows"}, {"message": "Welcome"},
        {"success": True}, {"ok": 1}, {"hasErrors": False}, {"result": "ok"}, {"result": 3},
        {"error": {"code": 0, "message": "fine"}}, {"detail": "nothing here"}, {"note": "all is listed"}, {"code": "A1000"},
        {"reason": "sorted by rate"}, {"denied": False}, {"response": "OK"}, {"information": "no calls today"},
        {"state": "failed"}, {"id": 7, "status": "failed"}, {"filters": {"status": "failed"}},
        {"type": "refund"}, {"warnings": ["INVALID_FIELD"]},
    ],
)  # fmt: skip
def test_no_failures(told):
    """Success in any spelling, states of things, filters, and numbers that some use for success."""
    assert [] == rows_of({"rows": [], **told})


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"{URL}?status=failed", {"status": "failed"}),
        (f"{URL}?code=404", {"code": 404}),
        ("https://api.test/statuses/failed/things", {"status": "failed"}),
        (f"{URL}?filter[order_status]=failed", {"status": "failed"}),
        (f"{URL}?reason=denied", {"reason": "denied"}),
        (f"{URL}?expired=true", {"expired": True}),
    ],
)  # fmt: skip
def test_what_the_request_sent_is_no_outcome(url, told):
    """A filter that the page echoes says nothing of the request."""
    assert [] == rows_of({"rows": [], **told}, url)
    with pytest.raises(MalformedPage):
        rows_of({"rows": [], **told})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "quota exceeded"}, "quota exceeded"),
        ({"code": 429, "message": "slow down"}, "429: slow down"),
        ({"message": "backend gone"}, "backend gone"),
        ({"Error": {"Code": "SlowDown", "Message": "less"}}, "SlowDown: less"),
        ({"response": {"status": "failed", "error": {"code": 40, "message": "who?"}}}, "40: who?"),
        ({"error": {"id": "e1", "message": "no"}}, "no"),
    ],
)  # fmt: skip
def test_failures_without_a_list(body, words):
    """They are read on a first page, at a path that was named, and on a later page."""
    for read in (
        lambda: find_rows(body, URL),
        lambda: rows_of(body),
        lambda: rows_of(body, index=2),
        lambda: rows_of(body, items="data.rows", index=2),
    ):
        with pytest.raises(MalformedPage) as caught:
            read()
        assert words in str(caught.value)


def test_words_of_rows_are_not_shown():
    """A wrong path shows names alone, whatever the rows say."""
    body = {"data": [{"message": "s3cr3t", "error": "s3cr3t"}], "message": "s3cr3t"}
    with pytest.raises(MalformedPage, match="'data', 'message'") as caught:
        rows_of(body)
    assert "s3cr3t" not in str(caught.value)


def test_secrets_in_words_are_hidden():
    """What a failure quotes of a URL is redacted."""
    body = {"status": "REQUEST_DENIED", "error_message": "no: https://a.test/?api_key=s3cr3t"}
    assert "'status': REQUEST_DENIED: no: https://a.test/?api_key=REDACTED" == find_failure(body)
