"""A message that refuses, beside a list that is null or empty."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage

URL = "https://api.test/v1/things"


def rows_of(body, items=None, index=0):
    return ItemsAt(items)(Page(request=PageRequest("GET", URL), body=body, url=URL, index=index))


REFUSALS = [
    "Please sign in first", "You must log in", "Your session has expired", "The API key was revoked",
    "You are not authenticated", "This is not permitted", "Monthly limit reached",
    "Your credits are used up", "You do not have the permission", "Insufficient privileges",
    "Missing required parameter: since", "missing token",
]  # fmt: skip


@pytest.mark.parametrize("items", [None, "data"])
@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("empty", [None, []])
def test_a_refusal_in_words(text, items, empty):
    """It is an error with the provider's words."""
    with pytest.raises(MalformedPage) as caught:
        rows_of({"data": empty, "message": text}, items)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "text", ["Come back on Monday", "Who are you?", "No API key was given", "Account suspended"]
)
def test_any_other_message_beside_null(text):
    """Where the list is null, what is not about a finding is an error."""
    with pytest.raises(MalformedPage, match="null, and the page says: ") as caught:
        rows_of({"data": None, "message": text}, "data")
    assert text in str(caught.value)
    assert [] == rows_of({"data": None, "message": text, "success": True}, "data")


@pytest.mark.parametrize(
    "text",
    ["No payments found", "0 rows", "There are no payments yet", "Payments retrieved", "Query executed", "OK", "",
     "Nothing matches", "Success", "No missing fields", "Found 0 payments",
     "rows invalid: 0"],
)  # fmt: skip
@pytest.mark.parametrize("empty", [None, []])
def test_a_finding_in_words(text, empty):
    """A listing without rows stays one, whatever words tell of it."""
    assert [] == rows_of({"data": empty, "message": text}, "data")
