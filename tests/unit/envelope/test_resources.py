"""Telling one resource, an object with lists of its own, from an envelope around rows."""

from __future__ import annotations

import pytest

from requests_paginate._envelope.resources import (
    find_identity,
    find_only_resource,
    find_requested_resource,
    is_resource,
)
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import read_path

URL = "https://api.test/v1/things"


def page(body, **fields):
    return Page(request=PageRequest("GET", URL), body=body, url=URL, **fields)


@pytest.mark.parametrize(
    ("body", "url", "path"),
    [
        # the URL asks for it, whatever its lists are called
        ({"id": 5, "items": [1]}, "https://api.test/orders/5", ""),
        ({"id": "x-5", "data": [1]}, "https://api.test/orders/x-5.json?a=b", ""),
        ({"uuid": "5", "results": [1]}, "https://api.test/orders/5/", ""),
        ({"data": {"id": 5, "items": [1]}}, "https://api.test/orders/5", "data"),
        # no list has a name that rows have
        ({"id": 5, "tags": [1]}, URL, ""),
        ({"gid": "5", "name": "x"}, URL, ""),
        ({"data": {"id": 5}}, URL, "data"),
        ({"data": {"id": 5, "tags": [1]}}, URL, "data"),
        ({"ticket": {"id": 1}}, URL, "ticket"),
        ({"ticket": {"id": 1, "tags": ["a"]}}, URL, "ticket"),
        ({"ticket": {"id": 1, "tags": ["a"]}}, "https://api.test/tickets/1.json", "ticket"),
    ],
)
def test_a_single_resource_is_found(body, url, path):
    """An object with an identity is one row, however many lists are in it."""
    assert path == find_rows(body, url)
    assert isinstance(read_path(body, path), dict)
    assert [read_path(body, path)] == ItemsAt(path, takes_one=True)(page(body))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"id": 5, "things": [1]}, "things"),
        ({"id": 5, "items": [1]}, "items"),
        ({"id": 5, "stuff": [1], "next": "?page=2"}, "stuff"),
        ({"id": None, "stuff": [1]}, "stuff"),
        ({"id": "", "stuff": [1]}, "stuff"),
        ({"id": {"a": 1}, "stuff": [1]}, "stuff"),
        ({"@id": "/things", "stuff": [1]}, "stuff"),
        ({"@id": "/things", "hydra:member": [1], "hydra:totalItems": 1}, "hydra:member"),
    ],
)
def test_an_identity_beside_rows(body, path):
    """A listing with an identity is a listing, and JSON-LD's @id is an address."""
    assert path == find_rows(body, URL)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"id": 5}, 5),
        ({"id": 0}, 0),
        ({"name": "x", "uuid": "u"}, "u"),
        ({"sys_id": "s"}, "s"),
        ({"ID": "a"}, "a"),
        ({"id": None, "uuid": "u"}, "u"),
        ({"id": "", "gid": 7}, 7),
        ({"id": ""}, None),
        ({"id": True}, None),
        ({"id": 1.5}, None),
        ({"id": {"a": 1}}, None),
        ({"user_id": 5}, None),
        ({"@id": "/things"}, None),
        ([{"id": 5}], None),
        ("id", None),
        (None, None),
    ],
)
def test_identities(node, expected):
    """A text or a number under a name such as id, the first that is not empty."""
    assert expected == find_identity(node)


@pytest.mark.parametrize(
    ("body", "segment", "path"),
    [
        ({"slug": "blue", "sizes": [1]}, "blue", ""),
        ({"product_key": 5}, "5.json", ""),
        ({"a": {"b": {"id": "5"}}}, "5", "a.b"),
        ({"a": {"b": {"c": {"id": "5"}}}}, "5", None),  # too deep
        ({"status": "open", "rows": [1]}, "open", None),  # a status selects rows
        ({"id": 6, "rows": [1]}, "5", None),
        ({"id": ""}, "", None),
        ({"rows": [1], "league": {"id": 39}}, "39", None),  # below a list it is a row's
        ({"tags": [1], "links": [1]}, "5", None),
        ({"columns": [1], "thing": {"id": 5}}, "5", "thing"),  # columns stand beside rows
        ({"pagination": {"key": "5"}}, "5", None),  # a position, and no resource
        ({"data": {"id": True}}, "True", "data"),
    ],
)
def test_what_a_url_identifies(body, segment, path):
    """The object whose identity the URL ends with, on the levels above the first list."""
    assert path == find_requested_resource(body, f"https://api.test/{segment}")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"ticket": {"id": 1}, "status": "ok"}, "ticket"),
        ({"data": {"id": 1}, "meta": {}}, "data"),
        ({"ticket": {"id": 1}, "user": {"id": 2}}, None),
        ({"ticket": {"id": 1}, "things": [1]}, None),
        ({"ticket": {"id": 1}, "links": [1]}, "ticket"),
        ({"ticket": {"id": 1}, "other": {"name": "x"}}, None),
        ({"data": {"id": 1}, "meta": {"total": 9}}, None),  # rows are counted
        ({"data": {"id": 1}, "meta": {"things": [1]}}, None),
        ({"meta": {"id": 1}}, "meta"),
        ({"meta": {"id": 1}, "paging": {}}, None),
        ({"ticket": {"name": "x"}}, None),
        ({}, None),
    ],
)
def test_the_only_resource(body, name):
    """It is alone, or beside metadata that counts no rows and holds none."""
    assert name == find_only_resource(body)


@pytest.mark.parametrize(
    ("node", "is_one"),
    [
        ({"id": 5, "tags": [1]}, True),
        ({"tags": [1]}, False),
        ({"id": 1, "jsonrpc": "2.0", "result": {}}, False),
        ({"id": 5, "next_url": None}, True),
        ({"id": 5, "next_url": "?page=2"}, False),
        ({"id": 5, "has_more": False}, False),  # a flag belongs to a listing, whatever it says
        ({"id": 5, "data": {"name": "x"}}, True),
        ({"id": 5, "data": {"rows": [1]}}, False),
        ({"id": 5, "data": {"total": 9}}, False),
        ({"id": 5, "meta": {"rows": [1]}}, False),
        ({"id": 5, "address": {"lines": [1]}}, True),
    ],
)
def test_resources_and_envelopes(node, is_one):
    """An identity makes a resource, unless a flag, a link or wrapped rows stand beside it."""
    assert is_one is is_resource(node, URL)
