"""Types of others as `model=`."""

from __future__ import annotations

import json
from typing import TypedDict

import pytest

from requests_paginate import exceptions

from .pages import ROWS

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 3])


class Row(TypedDict):
    id: int
    name: str


class WrongRow(TypedDict):
    id: int
    name: int


def assert_refused(session, url, model):
    """A row that does not fit is MalformedPage, which says where."""
    said = r"does not fit the model: .*results\[0\]\.name"
    with pytest.raises(exceptions.MalformedPage, match=said):
        next(session.get_all(url, model=model))


@with_prefetch
def test_pydantic(server, session, prefetch):
    """Rows are validated; a wrong type is MalformedPage with its path."""
    from pydantic import BaseModel

    class Item(BaseModel):
        id: int
        name: str

    class WrongItem(BaseModel):
        id: int
        name: int

    listing = session.get_all(server.url, model=Item, prefetch=prefetch)
    assert [Item(**row) for row in ROWS] == list(listing)
    assert_refused(session, server.url, WrongItem)


@with_prefetch
def test_attrs(server, session, prefetch):
    """Rows are objects of the class; a wrong type is MalformedPage with its path."""
    import attrs

    @attrs.frozen
    class Item:
        id: int
        name: str

    @attrs.frozen
    class WrongItem:
        id: int
        name: int

    listing = session.get_all(server.url, model=Item, prefetch=prefetch)
    assert [Item(**row) for row in ROWS] == list(listing)
    assert_refused(session, server.url, WrongItem)


@with_prefetch
def test_typed_dict(server, session, prefetch):
    """Rows are dicts whose types were checked; a wrong one is MalformedPage with its path."""
    assert ROWS == list(session.get_all(server.url, model=Row, prefetch=prefetch))
    assert_refused(session, server.url, WrongRow)


@with_prefetch
def test_msgspec_raw(server, session, prefetch):
    """Rows are the bytes of their JSON, as they came."""
    import msgspec

    listing = session.get_all(server.url, model=msgspec.Raw, prefetch=prefetch)
    assert [json.dumps(row).encode() for row in ROWS] == [bytes(row) for row in listing]
