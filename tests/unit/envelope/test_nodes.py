"""The objects of a body, level by level, and the lists in them."""

from __future__ import annotations

import pytest

from requests_paginate._envelope.nodes import (
    BESIDE_ROWS,
    describe_members,
    find_lists,
    walk_levels,
)

BODY = {
    "data": {"page": {"rows": [1]}, "name": "x"},
    "meta": {"page": {"size": 2}},
    "Links": {"next": {"href": "?page=2"}},
    "rows": [{"inner": {}}],
}


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, []),
        (1, [[""]]),
        (2, [[""], ["data.", "meta."]]),
        (3, [[""], ["data.", "meta."], ["data.page.", "meta.page."]]),
        (5, [[""], ["data.", "meta."], ["data.page.", "meta.page."], [], []]),
    ],
)
def test_levels(depth, expected):
    """Breadth first, each object with the path into it; neither rows nor links are entered."""
    levels = list(walk_levels(BODY, depth))
    assert expected == [[prefix for prefix, _ in level] for level in levels]
    assert all(level[0][1] is BODY for level in levels[:1])


def test_objects_that_are_not_entered():
    """The caller says by name which objects to look into, on every level."""
    names = []

    def enters(name):
        names.append(name)
        return name != "meta"

    _, second, third = walk_levels(BODY, 3, enters)
    assert [("data.", BODY["data"])] == second
    assert [("data.page.", BODY["data"]["page"])] == third
    assert ["data", "meta", "page"] == names


@pytest.mark.parametrize(
    ("node", "names", "rows"),
    [
        ({"a": [], "b": [1], "c": {}, "d": "x", "e": None}, ["a", "b"], ["a", "b"]),
        ({"Errors": [], "sort": [1], "things": []}, ["Errors", "sort", "things"], ["things"]),
        ({"primary-groups": [1]}, ["primary-groups"], []),
        ({"a": (1,)}, [], []),
        ({}, [], []),
    ],
)
def test_lists(node, names, rows):
    """All lists in their order; without those that stand beside rows, however these are written."""
    assert names == find_lists(node)
    assert rows == find_lists(node, BESIDE_ROWS)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "nothing"),
        ({"a": 1, "b c": 2}, "'a', 'b c'"),
        ({1: "x"}, "1"),
        (dict.fromkeys("abcdefghijklmnop"), ", ".join(map(repr, "abcdefghijkl"))),
        ({"https://a.test/?api_key=s3cr3t": 1}, "'https://a.test/?api_key=REDACTED'"),
    ],
)
def test_members_in_messages(body, expected):
    """Twelve names at most, and no secret that a name may hold."""
    assert expected == describe_members(body)
