"""What a refusal of a likely parameter says: whether another name helps, and what is shown."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from tests.two_pages import listed, refused, rows

NAMES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]
FIRST = {"items": rows(1, 2), "next_cursor": "c"}


def refusing(right, refusal, first=FIRST):
    """Two pages; the second under one name, and a refusal of any other."""

    def answer(query):
        if right in query:
            return {"items": rows(3)}
        return refusal if query else first

    return answer


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    "body",
    [
        # of the parameter
        {"message": "Unknown query parameter."}, {"error": {"details": ["Unrecognized argument `x`"]}},
        {"detail": [{"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}]},
        {"errors": [{"title": "Invalid key", "source": {"parameter": "x"}}]}, {"msg": "x is not allowed here"},
        {"Message": "page_token is required"}, {"fault": "unexpected property given"},
        # of its value, under its name
        {"message": "cursor: invalid value"}, {"errors": {"cursor": ["Enter a whole number."]}},
        # of nothing
        {}, [], "", {"error": "Bad Request", "path": "/v1/items"}, {"code": 17}, {"detail": "no"},
        {"message": "Validation failed", "status": "error"}, {"error": True, "message": "failed"},
    ],
)  # fmt: skip
def test_a_refusal_of_the_name_leads_to_the_next_one(status, body):
    """What speaks of the parameter, or of nothing, is a question of its name."""
    asked = listed(refusing("next_cursor", (status, body)))[:2]
    assert ([1, 2, 3], [{"cursor": "c"}, {"next_cursor": "c"}]) == asked


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "The snapshot has expired, start again"}, "snapshot has expired"),
        ({"error": {"code": "DATASET_CHANGED", "message": "Rows were moved"}}, "DATASET_CHANGED"),
        ({"detail": "Sorting by distance cannot be continued"}, "distance cannot be continued"),
        (
            {"message": "paging with cursor is not supported for random order"},
            "not supported for random",
        ),
        (
            {"title": "Too deep", "detail": "Only the first thousand documents are served"},
            "Too deep",
        ),
    ],
)
def test_a_refusal_of_something_else_is_shown_at_once(body, words):
    """No other name is tried: it would be refused with less to say, or taken for a filter."""
    answer = refusing("nextCursor", (400, body))
    assert (2, [{"cursor": "c"}]) == refused(answer, exceptions.PageFailed, words)


@pytest.mark.parametrize(
    "words",
    [
        "Deep pagination is not permitted beyond 5,000 rows", "Validation failed: the tenant is suspended", "request rejected: your subscription has ended",
        "Bad request: only the first 500 records can be read", "invalid request: the field export is blocked for you",
        # of a depth, an account, and what goes along with the cursor
        "Query window exceeds 10,000 rows", "the query is too deep", "invalid query: the snapshot has expired", "missing permission for this field",
        "order must be given when cursor is used", "cursor requires a sort parameter", "The field sort is required to use cursor",
        "cursor is an exclusive argument", "Parameter cursor cannot be combined with the field q",
    ],
)  # fmt: skip
def test_a_refusal_of_the_account_or_the_depth_is_shown_at_once(words):
    """Words that also speak of parameters do not make it a question of the name."""
    answer = refusing("nextCursor", (400, {"message": words}))
    assert (2, [{"cursor": "c"}]) == refused(answer, exceptions.PageFailed, words)


def test_the_likeliest_name_s_refusal_is_shown():
    """Where every name is refused, the others' refusals only say that they are unknown."""

    def answer(query):
        if "cursor" in query:
            return 400, {"message": "cursor: invalid value, it was made for another filter"}
        return (400, {"message": "unknown parameter"}) if query else FIRST

    words = "made for another filter; tried the parameters 'cursor', 'next_cursor', "
    assert 2 == refused(answer, exceptions.PageFailed, words)[0]


@pytest.mark.parametrize("right", NAMES)
def test_a_refusal_is_shown_rather_than_that_a_name_is_ignored(right):
    """One name is known and refused, the others are ignored: the refusal says what is wrong."""

    def answer(query):
        return (400, {"message": f"Invalid {right} value"}) if right in query else FIRST

    words = f"Invalid {right} value; tried the parameters 'cursor', "
    assert (2, [{name: "c"} for name in NAMES]) == refused(answer, exceptions.PageFailed, words)


def test_a_refusal_of_many_bytes():
    """Only the beginning of a refusal is looked at; what is cut is read as text."""
    body = {"message": "unknown parameter", "echo": "a b c " * 10_000}
    assert [1, 2, 3] == listed(refusing("next_cursor", (400, body)))[0]
