"""Belvo's Direct Debit API."""

import pytest

from requests_paginate.sandbox import BelvoDirectDebit
from tests.unit.sandbox.dialects import ask

CURSORS, LINKS = BelvoDirectDebit(total=7), BelvoDirectDebit(total=7, cursors=False)
LIST = "/account_movements?limit=3"


def test_tokens_lead_forth_and_back():
    """The token of a page, sent under its own name, leads to the next page or to the one before."""
    pages, token = [], ""
    while token is not None:
        pages.append(ask(CURSORS, f"{LIST}{token and '&nextCursorToken=' + token}").json())
        token = pages[-1]["pagination"]["nextCursorToken"]
    assert list(CURSORS.rows()) == [row for page in pages for row in page["items"]]
    assert [3, 3, 1] == [len(page["items"]) for page in pages]
    assert pages[0]["pagination"]["previousCursorToken"] is None
    back = pages[2]["pagination"]["previousCursorToken"]
    assert pages[1] == ask(CURSORS, f"{LIST}&previousCursorToken={back}").json()


@pytest.mark.parametrize("token", ["", "x", "eyJpZCI6IDk5OX0=", "eyJpZCI6OTl9"])
def test_a_made_up_token(token):
    """A token that no page gave is a 400."""
    assert 400 == ask(CURSORS, f"{LIST}&nextCursorToken={token}").status


def test_links_are_paths_in_texts():
    """The deprecated links are paths, next to counts, and next ends as an empty text."""
    url, pages = LIST, []
    while url:
        pages.append(ask(LINKS, url).json())
        url = pages[-1]["_links"]["next"]
    assert list(LINKS.rows()) == [row for page in pages for row in page["items"]]
    assert [f"{LIST}&page=2", f"{LIST}&page=3", ""] == [page["_links"]["next"] for page in pages]
    assert {
        "totalItems": 7, "itemCount": 1, "itemsPerPage": 3, "totalPages": 3, "currentPage": 3,
    } == pages[2]["metadata"]  # fmt: skip
    assert (f"{LIST}&page=1", "") == (pages[2]["_links"]["first"], pages[0]["_links"]["previous"])


def test_other_paths():
    """It answers one path."""
    assert 404 == ask(CURSORS, "/customers").status
    assert 0 == ask(BelvoDirectDebit(total=0, cursors=False), LIST).json()["metadata"]["itemCount"]
