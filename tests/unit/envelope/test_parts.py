"""Bare lists of parts with fixed places, and a count before the rows."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._envelope.rows import find_rows
from requests_paginate.exceptions import UnknownPagination

URL = "https://api.test/v1/things"
ROWS = [{"mac": 1}, {"mac": 2}]


@pytest.mark.parametrize(
    "body",
    [
        # a number or a text beside the rows or around their page
        ["81", ["a", "b", "c"]], [81, ["a"]], [["a", "b"], "81"], [0, []],
        [201, {"hosts": ROWS, "next": "z"}], ["fine", {"hosts": []}], [False, {"macs": ["a"]}],
        # columns of suggestions
        ["pear", ["pear pie"], ["d"], ["https://api.test/1"]], ["zzz", [], [], []],
        # rows beside a token or counts in a list
        [ROWS, ["z81"]], [ROWS, [{"totalCount": 9}]], [[{"count": 9, "offset": 0}], ROWS],
        # code and times, and nothing found
        [[0, 1795880802.5, 0.25], []], [[-22, 1795880802.5, 0.25, "no such table"], []],
        # a count before the rows
        [2, *ROWS], [900, *ROWS], [{"total": 2}, *ROWS], [{"totalItems": 9, "per_page": 2}, *ROWS],
        [{"count": 40}, *({"mac": n} for n in range(40))],
    ],
)  # fmt: skip
def test_unlike_parts_are_no_rows(body):
    """The caller is asked where the rows are."""
    with pytest.raises(UnknownPagination, match="items=''"):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        [[1, 2], []], [[], [0, 2], [1]], [[0, 1.5, 0.25], [1, 2.5, 0.5]], [[1, 2], [3.5]],
        [["name", "pop"], ["Rio", 6]], [ROWS, [{"mac": 3}]], [ROWS, []], [[{"total": 2}], [{"total": 3}, {"mac": 1}]], [["a"], ["b"]], [[1], ["b"]],
        [{"total": 2}, {"total": 3}], [{"count": 2, "name": "x"}, {"name": "y"}], [{"total": 2}],
        ["a", "b"], [1, "a"], [None, []], [1, {"x": 1}, [2]], ["a", ["b"], ["c"]],
        ["a", ["b"], ["c", "d"], ["e"]], [{}, {"mac": 1}], [1, 2, {"mac": 1}], ["a", {"mac": 1}],
    ],
)  # fmt: skip
def test_rows_of_different_shapes(body):
    """Neighbours of a graph, a header with its table, and mixed values are rows."""
    assert "" == find_rows(body, URL)
