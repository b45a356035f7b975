"""Listings of two pages by the query alone."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from requests_paginate import get_all

URL = "https://api.test/v1/items"


@contextmanager
def serving(answer):
    """A server that answers by the query alone; gives the queries it was asked."""
    asked = []

    def respond(request):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        asked.append(query)
        assert len(asked) < 20, "an endless listing"
        told = answer(query)
        status, body = told if isinstance(told, tuple) else (200, told)
        return status, {}, json.dumps(body)

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback("GET", re.compile(".*"), respond)
        yield asked


def listing_of(params=None, **options):
    return get_all(URL, session=requests.Session(), params=params or {}, retries=0, **options)


def listed(answer, params=None, **options):
    """The ids of all rows, the queries after the first, and the strategy that was right."""
    with serving(answer) as asked:
        listing = listing_of(params, **options)
        got = [row["id"] for row in listing]
        assert listing.complete
        sent = [{n: v for n, v in each.items() if v != (params or {}).get(n)} for each in asked]
        return got, sent[1:], listing.strategy


def refused(answer, error, words, params=None):
    """How many rows come before a listing raises, and the queries after the first."""
    with serving(answer) as asked:
        listing = listing_of(params)
        with pytest.raises(error, match=words):
            list(listing)
        assert not listing.complete
        return listing.stats.items, asked[1:]


def rows(*ids, **fields):
    return [{"id": each, **fields} for each in ids]


def sized(name, first, *, counts_pages=False):
    """Five rows, two on a page, by a page number or an offset under a name; a total beside them."""

    def answer(query):
        start = int(query.get(name, first))
        start = 2 * (start - first) if counts_pages or first else start
        return {"items": rows(*range(start, min(start + 2, 5))), "total": 5}

    return answer
