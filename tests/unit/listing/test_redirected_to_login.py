"""A page behind a redirect to log in is no page of the listing, whatever it holds."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json

import pytest
import requests
import responses

from requests_paginate import get_all
from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated

HOST = "https://api.test"


def list_redirected(path, status=200, body="[]", asked="/v1/books", **options):
    with responses.RequestsMock() as mock:
        mock.add("GET", f"{HOST}{asked}", status=302, headers={"Location": path})
        mock.add("GET", f"{HOST}{path}", status=status, body=body)
        listing = get_all(f"{HOST}{asked}", session=requests.Session(), retries=0, **options)
        return list(listing), listing


@pytest.mark.parametrize(
    "path",
    ["/login?next=/v1/books", "/users/sign_in", "/accounts/LogIn/", "/sso/start", "/anmelden"],
)
@pytest.mark.parametrize(
    ("status", "body", "rows"),
    [(204, "", []), (200, "[]", []), (200, json.dumps({"id": "form", "csrf": "x"}), [{"id": "form", "csrf": "x"}])],
)  # fmt: skip
def test_a_login_is_doubtful(path, status, body, rows):
    """What came is handed out, and the doubt says where the redirect led, without its query."""
    with pytest.warns(PossiblyTruncated, match="perhaps to log in there"):
        got, listing = list_redirected(path, status, body)
    assert (rows, False) == (got, listing.complete)
    assert f"a redirect led to {HOST}{path.partition('?')[0]}," in listing.doubts[0]
    assert "next=" not in listing.doubts[0]
    with pytest.raises(InconsistentListing):
        list_redirected(path, status, body, strict=True)


@pytest.mark.parametrize(
    ("asked", "path"),
    [("/v1/books", "/v2/books"), ("/logins", "/logins/"), ("/oauth/apps", "/oauth/apps/all"), ("/v1/books", "/books?login=5"), ("/b", "/blogs/industries")],
)  # fmt: skip
def test_other_redirects(asked, path):
    """A listing that has moved, and one of logins, are complete."""
    got, listing = list_redirected(path, body='[{"id": 1}]', asked=asked)
    assert ([{"id": 1}], True) == (got, listing.complete)
