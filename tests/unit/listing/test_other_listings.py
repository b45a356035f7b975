"""A link that counts the pages of another listing is told of; one in another notation is not."""

from __future__ import annotations

import pytest
import requests
import responses

from requests_paginate import PageRequest, get_all
from requests_paginate._listing.other_listings import describe_other_listing
from requests_paginate.exceptions import PaginationWarning
from tests.two_pages import listing_of, rows, serving

HOST = "https://api.test"
UUIDS = ("9b2f1c34-0d5e-4f6a-8b7c-1d2e3f405162", "0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d")


@pytest.mark.parametrize(
    ("what", "sent", "link"),
    [
        ("without", "/accounts/7/orders", "/orders?page=2"),
        ("without", "/v1/users/u81/posts", "/posts?offset=20"),
        ("another identity", "/accounts/7/orders", "/accounts/8/orders?page=2"),
        ("another identity", "/accounts/c7/orders?page=1", "/accounts/c8/orders?page=2"),
        ("another identity", f"/users/{UUIDS[0]}/a", f"/users/{UUIDS[1]}/a?page=2"),
        ("another resource", "/v1/orders", "/v1/invoices?page=2"),
        ("'account_id'", "/orders?account_id=7", "/orders?account_id=8&page=2"),
        ("'customer'", "/orders?customer=c7", "/orders?customer=c8&start=20"),
        ("'tenant'", "/orders?tenant=12&page=1", "/orders?tenant=13&page=2"),
        # a proxy added or took away what stands in front, or the server has another notation
        (None, "/accounts/7/orders", "/v2/accounts/7/orders?page=2"),
        (None, "/accounts/7/orders", "/accounts/7/orders?page=2"),
        (None, "/gateway/v1/orders", "/orders?page=2"),
        (None, "/v1/orders", "/orders?page=2"),
        (None, "/repos/octocat/hello2/issues", "/repositories/1300192/issues?page=2"),
        (None, "/users/me/orders", "/users/7/orders?page=2"),
        (None, "/users/octo7/orders", "/users/12/orders?page=2"),
        (None, "/orders", "/orders/page/2?page=2"),
        (None, "/orders", "/orders.json?page=2"),
        (None, "/search", "/searchresults?page=2"),
        # a token, or a place in the listing
        (None, "/orders/c7", "/orders/c8"),
        (None, "/orders?since_id=7", "/orders?since_id=9&page=2"),
        (None, "/orders?session_id=7", "/orders?session_id=9&page=2"),
        (None, "/orders?account_id=7", "/orders?account_id=8"),
        (None, "/orders?account_id=7", "/orders?account_id=c0ffee&page=2"),
        (None, "/orders?since=2026-01-01", "/orders?since=2026-02-01&page=2"),
        (None, "/orders?page=2&user=7", "/orders?page=2&user=8"),
    ],
)
def test_links_to_other_listings(what, sent, link):
    """Another identity of the same kind, or none, is told where all else of the request stayed."""
    told = describe_other_listing(PageRequest("GET", HOST + sent), PageRequest("GET", HOST + link))
    assert (told is None) if what is None else (what in told)


def test_a_redirect_to_another_path():
    """The link is held against the path that answered, not against the one that was asked for."""
    with responses.RequestsMock() as mock:
        mock.add("GET", f"{HOST}/orders", status=301, headers={"Location": "/sales"})
        first = {"items": rows(1, 2), "next": f"{HOST}/sales?page=2"}
        page = [responses.matchers.query_param_matcher({"page": "2"})]
        mock.add("GET", f"{HOST}/sales", json={"items": rows(3), "next": None}, match=page)
        mock.add("GET", f"{HOST}/sales", json=first)
        listing = get_all(f"{HOST}/orders", session=requests.Session(), strict=True)
        assert rows(1, 2, 3) == list(listing)
    assert listing.complete


def test_another_listing_makes_the_end_doubtful():
    """It is told before the rows come, and kept."""

    def answer(query):
        if query.get("account_id") == "8":
            return {"items": rows(3), "next": None}
        return {"items": rows(1, 2), "next": "?account_id=8&page=2"}

    with serving(answer):
        listing = listing_of({"account_id": "7"})
        with pytest.warns(PaginationWarning, match="another value of 'account_id'"):
            next(listing)
        assert rows(2, 3) == list(listing)
    assert (1, False) == (len(listing.doubts), listing.complete)
