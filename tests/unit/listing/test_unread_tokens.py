"""A token of a header that a strategy does not send back, beside the one that it does."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json
import re
import warnings
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated
from requests_paginate.strategies import Cursor
from tests.two_pages import listing_of, rows


def list_rows(strategy, headers, body=None, **options):
    """The rows of two pages, the listing, and whether it was told that rows may be missing."""

    def answer(request):
        query = dict(parse_qsl(urlsplit(request.url).query))
        return (
            (200, {}, json.dumps({"rows": rows(3)}))
            if query
            else (200, headers, json.dumps({"rows": rows(1, 2), **(body or {})}))
        )

    with responses.RequestsMock() as mock, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        mock.add_callback("GET", re.compile(".*"), answer)
        listing = listing_of(strategy=strategy, **options)
        return list(listing), listing, [warning.category for warning in told]


@pytest.mark.parametrize(
    ("token", "other"),
    [
        ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey"), ("X-Acme-Continuation-NextShard", "x-acme-continuation-NextSegment"),
        ("Continuation-next-day", "Continuation-next-hour"), ("X-Cursor-NextBucket", "X-Cursor-NextObject"),
        ("x-resume-NextTable", "X-Resume-Next-Row"), ("X-Acme-Marker-NextKey", "X-Acme-Marker-NextVersion"),
        (("X-Cursor-NextA", "X-Cursor-NextB"), "X-Cursor-NextC"),
    ],
)  # fmt: skip
def test_a_token_that_is_not_sent_back(token, other):
    """The end is doubtful, and the doubt names the header and how to send both."""
    tokens = (token,) if isinstance(token, str) else token
    names = "at" if isinstance(token, str) else tuple(name[-1].lower() for name in token)
    headers = {**dict.fromkeys(tokens, "k"), other: "l"}
    got, listing, told = list_rows(Cursor(names, token=token, items="rows"), headers)
    assert (rows(1, 2, 3), False, [PossiblyTruncated]) == (got, listing.complete, told)
    assert f"the header {other!r} is a part of the continuation" in listing.doubts[0]
    assert "give it a tuple of names" in listing.doubts[0]
    with pytest.raises(InconsistentListing, match="part of the continuation"):
        list_rows(Cursor(names, token=token, items="rows"), headers, strict=True)


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("X-Next-Cursor", {"X-Next-Cursor": "k", "X-Next-Page": "2"}), ("x-ms-continuation-NextRowKey", {"x-ms-continuation-NextRowKey": "k"}),
        ("x-ms-continuation-NextRowKey", {"X-MS-Continuation-NEXTROWKEY": "k", "x-ms-continuation-NextPartitionKey": ""}),
        ("X-Continuation-NextKey", {"X-Continuation-NextKey": "k", "X-Request-NextKey": "5", "X-Continuation-Total": "9"}),
        ("X-Billing-NextDate", {"X-Billing-NextDate": "k", "X-Billing-NextPlan": "b"}), ("X-Continuation-Token", {"X-Continuation-Token": "k"}),
    ],
)  # fmt: skip
def test_a_token_that_is_all(token, headers):
    """Another way to the same page, an empty header and one of another prefix are no part of it."""
    got, listing, told = list_rows(Cursor("at", token=token, items="rows"), headers)
    assert (rows(1, 2, 3), True, []) == (got, listing.complete, told)


def test_tokens_that_are_all_sent_back():
    """A strategy that reads both is right, and so is one that reads the body."""
    names = ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey")
    headers = {name.lower(): "k" for name in names}
    both = Cursor(("NextPartitionKey", "NextRowKey"), token=names, items="rows")
    assert list_rows(both, headers)[1].complete
    of_body = Cursor("at", token="continuation-next_key", items="rows")
    assert list_rows(of_body, {}, {"continuation-next_key": "k"})[1].complete
