"""What a first page and its request show."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from requests_paginate._detection.detect import detect
from requests_paginate.strategies import NextLink
from tests.first_pages import ROWS, first
from tests.two_pages import listed, refused, rows

# (9) Flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flags",
    [
        {"has_more": True, "last": True},
        {"has_more": False, "isLastPage": False},
        {"hasNext": True, "meta": {"has_more": False}},
        {"has_more": "true", "nomore": "true"},
    ],
)
def test_flags_that_contradict_each_other_raise(flags):
    """Of two flags one is wrong, and nobody knows which."""
    first = {"items": rows(1), "next_cursor": "c", **flags}
    error, words = exceptions.UnknownPagination, "contradict each other"
    assert (0, []) == refused(lambda query: first, error, words)


@pytest.mark.parametrize(
    "flag",
    [{"complete": True}, {"status": {"done": True}}, {"done": "true"}, {"finished": True}, {"done": False}],
)  # fmt: skip
@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        ({"next": "?page=2"}, {"next": None}, {"page": "2"}),
        ({"next_cursor": "c"}, {"next_cursor": None}, {"cursor": "c"}),
        ({"page": 1, "pages": 2}, {"page": 2, "pages": 2}, {"page": "2"}),
    ],
)
def test_a_weak_flag_ends_nothing(flag, first, last, asked):
    """That something is done may be said of a job: a link, a token, a page count say more."""

    def answer(query):
        return {"items": rows(1 + len(query)), **(last if query else first), **flag}

    assert ([1, 2], [asked]) == listed(answer)[:2]


def test_the_vocabulary_ignores_case_and_punctuation():
    """`has_more`, `hasMore` and `Has-More` are one name."""
    for name in ("next_cursor", "nextCursor", "NextCursor", "next-cursor"):
        assert "cursor" == detect(first({"items": ROWS, name: "c"}))[0].cursor.lower()


# Explanations ------------------------------------------------------------------------------------


def test_where_the_caller_says_where_the_rows_are():
    """A given path or callable is looked at instead of the likely one."""
    page = first({"id": 5, "results": [], "deep": {"rows": ROWS}, "next": "?c=1"})
    assert NextLink("next", items="deep.rows") == detect(page, items="deep.rows")[0]
    (found,) = detect(page, items=lambda body: body["deep"]["rows"])
    assert ROWS == found.items(page)
