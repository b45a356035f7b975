"""A single resource that says that a list of its own was cut."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import get_all
from requests_paginate.exceptions import PossiblyTruncated
from tests.two_pages import URL, serving

ROWS = [{"path": "a"}, {"path": "b"}]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "items", "members": ROWS, "truncated": True}, {"sha": "items", "tree": ROWS, "truncated": "true"},
        {"id": "items", "entries": ROWS, "is_partial": True}, {"uuid": "items", "tags": ["a"], "resultsTruncated": 1},
        {"id": "items", "files": ROWS, "incomplete": True}, {"id": "items", "letters": ROWS, "list_limited": True},
    ],
)  # fmt: skip
def test_a_resource_that_was_cut(body):
    """It is the only row, and a part of it is missing: that is told."""
    with serving(lambda query: body):
        listing = get_all(URL)
        with pytest.warns(PossiblyTruncated, match="a part of it is missing"):
            assert [body] == list(listing)
    assert not listing.complete


@pytest.mark.parametrize(
    "body",
    [
        {"id": "items", "members": ROWS, "truncated": False}, {"id": "items", "text": "x", "truncated": True},
        {"id": "items", "tags": [], "truncated": True}, {"id": "items", "tags": ["a"], "partial": None},
        {"id": "items", "tags": ["a"], "limited": "edition"}, {"id": "items", "tags": ["a"], "impartial": True},
    ],
)  # fmt: skip
def test_a_whole_resource(body):
    """A flag that is false, a text that was cut, and words of other things raise no doubt."""
    with serving(lambda query: body):
        listing = get_all(URL)
        assert [body] == list(listing)
    assert (True, ()) == (listing.complete, listing.doubts)
