"""`model=msgspec.Raw`: rows as the bytes that the server sent."""

from __future__ import annotations

import json

import msgspec
import pytest
import requests
import responses

from requests_paginate import get_all
from requests_paginate.sandbox import (
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    SingleListing,
    TotalPagesEnvelope,
)
from requests_paginate.testing import mount
from tests.unit.export.test_write import open_listing
from tests.unit.listing.test_merging import number, paged

KINDS = [
    BodyCursor, CursorLinkPages, LastIdList, LimitOffsetPages, LinkHeaderPages, OffsetEnvelope,
    PageNumberPages, SingleListing, TotalPagesEnvelope,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"key": "id"}, {"prefetch": 3}, {"max_items": 123}])
def test_every_dialect_hands_out_bytes(kind, options):
    """Whatever the strategy reads of the rows, and whatever drops or counts them."""
    dialect = kind(total=247)
    expected = list(dialect.rows())[: options.get("max_items")]
    with responses.RequestsMock() as mock, requests.Session() as session:
        mount(dialect, "https://api.test", mock)
        listing = get_all("https://api.test/items", session=session, model=msgspec.Raw, **options)
        rows = list(listing)
    assert {msgspec.Raw} == {type(row) for row in rows}
    assert expected == [json.loads(bytes(row)) for row in rows]


ODD = b'{"id": %d, "n":123456789012345678901234567890, "d":1.10,"e":1E+2, "a":1,"a":2}'


@pytest.mark.parametrize("key", [None, "id"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_no_byte_of_a_row_is_written_anew(key, charset):
    """Numbers, blanks and double names stay, also where rows are compared by a key."""

    def answer(query):
        page = json.dumps(paged(rows="x")(query)["next"])
        rows = ",".join((ODD % n).decode() for n in (2 * number(query), 2 * number(query) + 1))
        text = f'{{"next": {page}, "results": [{rows}]}}'
        return text.encode(charset), {"Content-Type": "application/json"}

    listing, _ = open_listing(answer, model=msgspec.Raw, key=key)
    assert [ODD % n for n in range(2, 8)] == [bytes(row) for row in listing]


def test_a_key_beside_half_a_surrogate_pair():
    """The row is one that has a key, whatever else is in it."""
    rows = [b'{"id":1,"a":"\\ud800"}', b'{"id":2}', b'{"id":1,"a":"\\ud800"}']

    def answer(_):
        return b"[%b]" % b",".join(rows), {"Content-Type": "application/json"}

    listing, _ = open_listing(answer, model=msgspec.Raw, key="id")
    assert rows[:2] == [bytes(row) for row in listing]
