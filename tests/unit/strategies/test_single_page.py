"""A listing that is not paginated."""

from __future__ import annotations

import pytest

from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies import LinkHeader, PageNumber, SinglePage
from tests.unit.strategies.requests_and_pages import ROWS, check, page


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"n": 2, "rows": ROWS}, None),
        ({"rows": ROWS}, None),
        ({"n": 3, "rows": ROWS}, InconsistentListing),
        ({"n": 3}, MalformedPage),
    ],
)
def test_single_page(body, expected):
    """One page is all, unless a larger total says otherwise."""
    check(SinglePage(items="rows", total="n"), page(body), expected)


@pytest.mark.parametrize(
    ("strategy", "body", "expected"),
    [
        (SinglePage(items=""), {"id": 5, "tags": [1]}, [{"id": 5, "tags": [1]}]),
        (SinglePage(items="data"), {"data": {"name": "x"}}, [{"name": "x"}]),
        (SinglePage(), {"ticket": {"id": 1}}, [{"id": 1}]),
        (SinglePage(items=""), [{"id": 5}], [{"id": 5}]),
        # a failed payment is a payment
        (SinglePage(items=""), {"id": 5, "error": "no"}, [{"id": 5, "error": "no"}]),
        (SinglePage(items="data"), {"data": {"name": "x"}, "error": "no"}, MalformedPage),
        (SinglePage(items=""), {"error": "no"}, MalformedPage),
        (SinglePage(items="data"), {"data": 5}, MalformedPage),
        (LinkHeader(items=""), {"id": 5}, MalformedPage),
        (PageNumber(items="data"), {"data": {"name": "x"}}, MalformedPage),
    ],
)
def test_a_single_object(strategy, body, expected):
    """Where no other page could follow, one object is a row; an error body is none."""
    if isinstance(expected, type):
        with pytest.raises(expected):
            strategy.items(page(body))
    else:
        assert expected == strategy.items(page(body))
        check(strategy, page(body), None)
