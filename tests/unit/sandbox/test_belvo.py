"""Belvo as a pure function."""

import base64

import pytest

from requests_paginate.sandbox import Belvo
from tests.unit.sandbox.dialects import BELVO, LINK, ask, belvo


class TestBelvoPages:
    def test_the_documented_listing(self):
        """The four pages of 3,542 rows have the links of Belvo's own document."""
        dialect = Belvo()
        link = dialect.link_ids[0]
        base = f"https://sandbox.belvo.com/api/transactions/?link={link}&page_size=1000"
        url, pages = base, []
        while url:
            pages.append(belvo(url, dialect, origin="https://sandbox.belvo.com").json())
            url = pages[-1]["next"]
        assert [1000, 1000, 1000, 542] == [len(page["results"]) for page in pages]
        assert {3542} == {page["count"] for page in pages}
        assert [
            (f"{base}&page=2", None),
            (f"{base}&page=3", f"{base}&page=1"),
            (f"{base}&page=4", f"{base}&page=2"),
            (None, f"{base}&page=3"),
        ] == [(page["next"], page["previous"]) for page in pages]
        assert list(dialect.transaction_rows(link)) == [
            row for page in pages for row in page["results"]
        ]

    def test_the_envelope_has_an_unknown_field(self):
        """The envelope has Belvo's fields and one more."""
        body = belvo("/api/links/").json()
        assert ["count", "next", "previous", "results", "added_field"] == list(body)
        assert list(BELVO.link_rows()) == body["results"]

    @pytest.mark.parametrize(
        ("size", "expected"),
        [("", 100), ("&page_size=0", 100), ("&page_size=x", 100), ("&page_size=5000", 1000)],
    )
    def test_the_page_size_is_clamped(self, size, expected):
        """By default a page has 100 rows, at most 1,000, and next keeps what the caller wrote."""
        dialect = Belvo(transactions=1001)
        body = belvo(f"/api/transactions/?link={LINK}{size}", dialect).json()
        assert expected == len(body["results"])
        assert body["next"].endswith(f"?link={LINK}{size}&page=2")

    def test_a_page_is_replaced_in_its_place(self):
        """The page in next stands where the caller's stood."""
        body = belvo(f"/api/transactions/?page=2&page_size=10&link={LINK}").json()
        assert f"?page=3&page_size=10&link={LINK}" == body["next"].partition("/transactions/")[2]
        assert (
            f"?page=1&page_size=10&link={LINK}" == body["previous"].partition("/transactions/")[2]
        )

    @pytest.mark.parametrize("page", ["0", "2", "x", "-1", ""])
    def test_no_such_page(self, page):
        """A page that is not there is a 404 in Belvo's list of errors."""
        response = belvo(f"/api/links/?page={page}")
        assert 404 == response.status
        assert [("not_found", "Invalid page.")] == [
            (error["code"], error["message"]) for error in response.json()
        ]

    def test_a_link_is_required(self):
        """Transactions without a link are a 400 that names the field."""
        for query in ("", "?link="):
            response = belvo(f"/api/transactions/{query}")
            (error,) = response.json()
            assert (400, "required", "link") == (response.status, error["code"], error["field"])
            assert ["code", "message", "request_id", "field"] == list(error)

    def test_an_unknown_link_is_empty(self):
        """An unknown link has one page without rows."""
        body = belvo("/api/transactions/?link=unknown").json()
        assert (0, None, None, []) == tuple(
            body[name] for name in ("count", "next", "previous", "results")
        )

    def test_a_link_chooses_accounts(self):
        """Accounts are all listed, or those of a link."""
        everything = belvo("/api/accounts/").json()["results"]
        assert list(BELVO.account_rows()) == everything
        assert everything[:3] == belvo(f"/api/accounts/?link={LINK}").json()["results"]

    def test_one_row_is_read_by_its_id(self):
        """A link, an account or a transaction is read by its id; an unknown one is a 404."""
        row = BELVO.transaction_rows(BELVO.link_ids[1])[-1]
        assert row == belvo(f"/api/transactions/{row['id']}/").json()
        assert BELVO.link_rows()[0] == belvo(f"/api/links/{LINK}/").json()
        account = belvo(f"/api/accounts/{BELVO.account_ids[0]}/?fields=id,balance").json()
        assert ["id", "balance"] == list(account)
        assert "not_found" == belvo("/api/accounts/unknown/").json()[0]["code"]
        assert 404 == belvo("/api/owners/").status

    def test_a_missing_slash_is_redirected(self):
        """A path without its last slash leads to the one with it, query included."""
        response = belvo("/api/links?page=1")
        assert (301, (("Location", "/api/links/?page=1"),)) == (response.status, response.headers)
        assert (("Location", "/api/links/"),) == belvo("/api/links").headers

    def test_lists_are_only_read(self):
        """Another method than GET is a 405 in Belvo's list of errors."""
        response = belvo("/api/links/", method="POST")
        assert (405, "method_not_allowed") == (response.status, response.json()[0]["code"])


class TestBelvoAuthentication:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Basic !"},
            {"Authorization": "Basic ã"},
            {"Authorization": "Basic " + base64.b64encode(b"sandbox-secret-id:no").decode()},
            {"Authorization": BELVO.authorization.replace("Basic", "Bearer")},
        ],
    )
    def test_wrong_secrets_are_refused(self, headers):
        """Missing, unreadable or wrong secrets are a 401 in Belvo's list of errors."""
        response = ask(BELVO, "/api/links/", headers=headers)
        (error,) = response.json()
        assert (401, "authentication_failed") == (response.status, error["code"])
