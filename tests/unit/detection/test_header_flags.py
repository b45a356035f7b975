"""Flags in headers, and values that are true or false where a token could be."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._detection.evidence import gather_evidence
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Cursor, PageNumber, SinglePage
from tests.first_pages import ROWS, first

# The name of a flag in a header, and the text of it that says that more rows follow.
FLAGS = [
    ("X-Has-Next-Page", "true"), ("X-Is-Next", "1"), ("X-Acme-Has-More", "True"),
    ("X-More-Results", "yes"), ("X-Pagination-HasNext", "TRUE"), ("X-There-Are-More", "Y"),
    ("X-List-Has-Next-Batch", "true"), ("X-Next-Page", "true"), ("Has-Additional-Pages", "1"),
]  # fmt: skip
LAST_FLAGS = [
    ("X-Is-Last-Page", "false"), ("X-Acme-Is-Last", "0"), ("X-No-More-Pages", "false"),
    ("X-Is-Final", "N"), ("X-Is-End", "False"), ("X-Acme-No-More-Records", "0"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "said", "sign"),
    [
        *((name, said, "") for name, said in FLAGS),
        *((name, said, "!") for name, said in LAST_FLAGS),
    ],
)
def test_a_flag_in_a_header_is_no_token(header, said, sign):
    """It says whether a page follows, and the parameter that was sent says how to ask for it."""
    page = first(ROWS, {"page": 1}, headers={header: said})
    assert (PageNumber("page", items="", more=f"{sign}{header}"),) == detect(page)
    with pytest.raises(UnknownPagination, match=f"{header}' says that more rows follow"):
        detect(first(ROWS, headers={header: said}))


@pytest.mark.parametrize(
    ("header", "said"),
    [("X-Has-Next-Page", "false"), ("X-Is-Next", "0"), ("X-Is-Last-Page", "1"), ("X-Has-More", "no")],
)  # fmt: skip
def test_a_flag_in_a_header_that_says_that_nothing_follows(header, said):
    """The page is all there is."""
    assert (SinglePage(items=""),) == detect(first(ROWS, headers={header: said}))


def test_a_flag_beside_a_token_in_headers():
    """The token leads on, and the flag says whether it does."""
    headers = {"X-Continuation-Token": "a1", "X-Has-Next-Page": "true"}
    likeliest = detect(first(ROWS, headers=headers))[0]
    token = Cursor(
        "continuationToken", token="X-Continuation-Token", more="X-Has-Next-Page", items=""
    )
    assert token == likeliest


@pytest.mark.parametrize(
    ("header", "token"),
    [("X-Next-Page", "2"), ("X-Next-Cursor", "t"), ("X-Acme-NextToken", "y"), ("X-After", "9"), ("X-MS-Continuation-Token", "n1")],
)  # fmt: skip
def test_a_token_in_a_header_stays_one(header, token):
    """Its name says what it is, and its value is neither true nor false."""
    assert header == detect(first(ROWS, headers={header: token}))[0].token


@pytest.mark.parametrize(
    "header", ["X-RateLimit-Has-Next", "X-Is-Authenticated", "X-Has-Warnings", "X-Last-Page-Visited", "X-Furthermore-Id"]
)  # fmt: skip
def test_a_header_of_something_else_is_no_flag(header):
    """It is not about the rows that follow."""
    assert gather_evidence(first(ROWS, headers={header: "true"}), "").more_flag is None


@pytest.mark.parametrize(
    "name", ["next_cursor", "nextPageToken", "endCursor", "continuation", "next", "scroll_id"]
)
@pytest.mark.parametrize("word", ["true", "True", "TRUE", True])
def test_true_is_no_token(name, word):
    """Nobody can go on from it, so it is never sent back."""
    with pytest.raises(UnknownPagination):
        detect(first({"items": ROWS, name: word}))


@pytest.mark.parametrize("name", ["next_cursor", "nextPageToken", "bookmark", "next"])
@pytest.mark.parametrize("word", ["false", "False", False])
def test_false_is_no_token(name, word):
    """It says that nothing follows."""
    page = first({"items": ROWS, name: word})
    assert detect(page)[0].next(page) is None


def test_parameters_may_be_true():
    """They are sent together, and the page among them leads on."""
    page = first({"items": ROWS, "next": {"page": 2, "descending": "true"}})
    assert {"page": 2, "descending": "true"} == detect(page)[0].next(page).params
