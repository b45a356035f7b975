"""What the common dialects share."""

import pytest

from requests_paginate.sandbox import Request, SingleListing
from requests_paginate.sandbox.base import link
from tests.unit.sandbox.dialects import LISTINGS, ask


@pytest.mark.parametrize("kind", LISTINGS)
def test_a_page_has_at_most_1000_rows(kind):
    """A page size above 1,000 is cut, and unknown parameters are ignored."""
    query = "page_size=5000&per_page=5000&limit=5000&unknown=1"
    body = ask(kind(total=2001), f"/items?{query}").json()
    rows = next(
        value
        for value in ([body] if isinstance(body, list) else body.values())
        if isinstance(value, list)
    )
    assert (2001 if kind is SingleListing else 1000) == len(rows)
    assert isinstance(body, list) or "added_field" in body


def test_only_the_path_is_answered():
    """Another path is a 404, another method a 405."""
    dialect = SingleListing(total=1, path="/things")
    assert 404 == ask(dialect, "/items").status
    assert 405 == ask(dialect, "/things", method="POST").status
    assert 200 == ask(dialect, "/things").status


@pytest.mark.parametrize(
    ("query", "parameters", "expected"),
    [
        ("", {}, "https://localhost/items"),
        ("a=%7e&page=1", {"page": 2}, "https://localhost/items?a=%7e&page=2"),
        ("page=1&a=%7e", {"page": None}, "https://localhost/items?a=%7e"),
        ("page=1", {"page": None}, "https://localhost/items"),
        ("", {"cursor": "a=", "limit": 3}, "https://localhost/items?cursor=a%3D&limit=3"),
    ],
)
def test_links(query, parameters, expected):
    """A link is the request's own URL with some parameters set, and others removed."""
    assert expected == link(Request(path="/items", query=query), **parameters)
