"""Pluggy as a pure function."""

import base64
from urllib.parse import unquote

import pytest

from requests_paginate.sandbox import Pluggy
from tests.unit.sandbox.dialects import ACCOUNT, PLUGGY, ask, pluggy


class TestPluggyAuthentication:
    def test_keys_give_an_api_key(self):
        """The client's keys give the API key that the other paths expect."""
        body = b'{"clientId":"sandbox-client-id","clientSecret":"sandbox-client-secret"}'
        response = ask(PLUGGY, "/auth", method="POST", body=body)
        assert 200 == response.status
        assert PLUGGY.api_key == response.json()["apiKey"]

    @pytest.mark.parametrize(
        ("method", "body", "status"),
        [
            ("POST", b'{"clientId":"sandbox-client-id","clientSecret":"wrong"}', 401),
            ("POST", b"{}", 401),
            ("POST", b"[]", 400),
            ("POST", b"{", 400),
            ("GET", b"", 405),
        ],
    )
    def test_anything_else_is_refused(self, method, body, status):
        """Wrong keys are a 401 in Pluggy's shape, no object a 400, another method a 405."""
        response = ask(PLUGGY, "/auth", method=method, body=body)
        assert status == response.status
        assert status == response.json()["code"]
        assert (status == 401) == ("codeDescription" in response.json())

    @pytest.mark.parametrize("headers", [{}, {"X-API-KEY": "wrong"}])
    @pytest.mark.parametrize("path", ["/accounts", "/transactions", "/v2/transactions"])
    def test_a_read_needs_the_key(self, path, headers):
        """A missing or wrong key is a 403 in Pluggy's shape."""
        response = ask(PLUGGY, path, headers=headers)
        assert 403 == response.status
        assert {"code", "message"} == set(response.json())


class TestPluggyLists:
    def test_pages_have_numbers(self):
        """The pages of /transactions, taken by number, are all rows once, in order."""
        rows, page, last = [], 1, 1
        while page <= last:
            body = pluggy(f"/transactions?accountId={ACCOUNT}&pageSize=7&page={page}").json()
            assert ["total", "totalPages", "page", "results", "addedField"] == list(body)
            assert (30, 5, page) == (body["total"], body["totalPages"], body["page"])
            rows += body["results"]
            page, last = page + 1, body["totalPages"]
        assert list(PLUGGY.transaction_rows(ACCOUNT)) == rows

    def test_a_page_has_500_rows_by_default(self):
        """Without pageSize a page has 500 rows, and 3,000 rows have six pages."""
        body = pluggy(f"/transactions?accountId={ACCOUNT}", Pluggy()).json()
        assert (3000, 6, 500) == (body["total"], body["totalPages"], len(body["results"]))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("accountId=unknown", (0, 0, 1)),
            (f"accountId={ACCOUNT}&page=9", (30, 1, 9)),
        ],
    )
    def test_no_rows_are_no_error(self, query, expected):
        """An unknown account and a page past the end are 200 and empty."""
        response = pluggy(f"/transactions?{query}")
        body = response.json()
        assert 200 == response.status
        assert (*expected, []) == (
            body["total"],
            body["totalPages"],
            body["page"],
            body["results"],
        )

    def test_a_deprecated_list_says_so(self):
        """Where v1 is deprecated it is a 410, while v2 goes on."""
        dialect = Pluggy(transactions=1, deprecated=True)
        gone = pluggy(f"/transactions?accountId={ACCOUNT}", dialect)
        assert (410, "ENDPOINT_DEPRECATED") == (gone.status, gone.json()["codeDescription"])
        assert 200 == pluggy(f"/v2/transactions?accountId={ACCOUNT}", dialect).status

    def test_accounts_are_one_page(self):
        """The accounts of the item come in the envelope; another item has none."""
        body = pluggy(f"/accounts?itemId={PLUGGY.item_id}").json()
        assert list(PLUGGY.account_rows()) == body["results"]
        assert (2, 1, 1) == (body["total"], body["totalPages"], body["page"])
        assert [] == pluggy("/accounts?itemId=unknown").json()["results"]
        assert 400 == pluggy("/accounts").status

    def test_accounts_have_a_type(self):
        """The type chooses among the accounts."""
        body = pluggy(f"/accounts?itemId={PLUGGY.item_id}&type=CREDIT").json()
        assert ["CREDIT"] == [row["type"] for row in body["results"]]

    def test_one_row_is_read_by_its_id(self):
        """An account or a transaction is read by its id; an unknown one is a 404."""
        last = PLUGGY.transaction_rows(PLUGGY.account_ids[1])[-1]
        assert PLUGGY.account_rows()[0] == pluggy(f"/accounts/{ACCOUNT}").json()
        assert last == pluggy(f"/transactions/{last['id']}").json()
        assert 404 == pluggy("/transactions/unknown").status
        assert 404 == pluggy("/items").status
        assert 404 == pluggy("/loans").status

    def test_lists_are_only_read(self):
        """Another method than GET is a 405, and HEAD is as GET."""
        assert 405 == pluggy("/transactions", method="POST").status
        assert 200 == pluggy(f"/transactions?accountId={ACCOUNT}", method="HEAD").status


class TestPluggyCursors:
    def test_next_is_a_ready_query(self):
        """Appending next to the path walks all rows once, newest first, until it is null."""
        url, rows = f"/v2/transactions?accountId={ACCOUNT}", []
        while True:
            body = pluggy(url).json()
            assert ["results", "next", "addedField"] == list(body)
            rows += body["results"]
            if body["next"] is None:
                break
            assert body["next"].startswith(f"?accountId={ACCOUNT}&after=")
            url = "/v2/transactions" + body["next"]
        assert list(PLUGGY.transaction_rows(ACCOUNT)) == rows
        assert sorted((row["date"] for row in rows), reverse=True) == [row["date"] for row in rows]

    def test_the_cursor_is_a_keyset(self):
        """The cursor is base64 of the last row's date and id, percent-encoded in next."""
        body = pluggy(f"/v2/transactions?accountId={ACCOUNT}").json()
        cursor = unquote(body["next"].partition("after=")[2])
        last = body["results"][-1]
        assert f"{last['date']}|{last['id']}" == base64.b64decode(cursor).decode()
        assert body["next"].endswith("%3D%3D")

    def test_filters_are_carried(self):
        """The caller's own parameters stay in next, as they were written, and go on filtering."""
        day = PLUGGY.transaction_rows(ACCOUNT)[0]["date"][:10]
        query = f"dateTo={day}&accountId={ACCOUNT}&dateFrom={day}T00%3A00"
        first = pluggy(f"/v2/transactions?{query}").json()
        assert first["next"].startswith(f"?{query}&after=")
        second = pluggy("/v2/transactions" + first["next"]).json()
        third = pluggy("/v2/transactions" + second["next"]).json()
        assert third["next"] is None
        assert 12 == sum(len(page["results"]) for page in (first, second, third))

    @pytest.mark.parametrize(
        "name", ["from", "to", "page", "pageSize", "limit", "itemId", "order", "unknown"]
    )
    def test_other_parameters_are_refused(self, name):
        """Any parameter that v2 does not know is a 400, above all those of v1."""
        response = pluggy(f"/v2/transactions?accountId={ACCOUNT}&{name}=1")
        assert 400 == response.status
        assert {"code", "message"} == set(response.json())

    @pytest.mark.parametrize("cursor", ["", "nonsense!", "bm9uc2Vuc2U=", "/w=="])
    def test_a_made_up_cursor_is_refused(self, cursor):
        """A cursor that no page gave is a 400 that says so."""
        response = pluggy(f"/v2/transactions?accountId={ACCOUNT}&after={cursor}")
        assert (400, "Invalid cursor") == (response.status, response.json()["message"])

    def test_a_cursor_belongs_to_its_account(self):
        """The cursor of one account is none of another's."""
        other = pluggy(f"/v2/transactions?accountId={PLUGGY.account_ids[1]}").json()["next"]
        cursor = other.partition("after=")[2]
        assert 400 == pluggy(f"/v2/transactions?accountId={ACCOUNT}&after={cursor}").status

    def test_a_changed_date_makes_the_cursor_invalid(self):
        """A cursor with a known id and another date was not made by the sandbox."""
        row = PLUGGY.transaction_rows(ACCOUNT)[3]
        cursor = base64.b64encode(f"2020-01-01|{row['id']}".encode()).decode()
        assert 400 == pluggy(f"/v2/transactions?accountId={ACCOUNT}&after={cursor}").status

    def test_two_starts_exclude_each_other(self):
        """A createdAtFrom beside dateFrom is a 400, and so is no account at all."""
        query = f"accountId={ACCOUNT}&createdAtFrom=2026-01-01&dateFrom=2026-01-01"
        assert 400 == pluggy(f"/v2/transactions?{query}").status
        assert 400 == pluggy("/v2/transactions").status

    def test_an_unknown_account_is_empty(self):
        """An unknown account has one page without rows and no next."""
        body = pluggy("/v2/transactions?accountId=unknown").json()
        assert ([], None) == (body["results"], body["next"])


class TestPluggyClients:
    def test_v1_is_gone_for_some_keys(self):
        """The key of the deprecated client gets 410 from v1, with an errorId, and reads v2."""
        body = b'{"clientId":"sandbox-deprecated-client-id","clientSecret":"sandbox-client-secret"}'
        key = ask(PLUGGY, "/auth", method="POST", body=body).json()["apiKey"]
        paths = ("/transactions", "/v2/transactions")
        gone, read = (
            ask(PLUGGY, f"{path}?accountId={ACCOUNT}", headers={"X-API-KEY": key}) for path in paths
        )
        assert (410, 200) == (gone.status, read.status)
        assert {"code", "message", "codeDescription", "errorId"} == set(gone.json())
        assert 200 == pluggy(f"/transactions?accountId={ACCOUNT}").status

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            (f"/accounts?itemId={PLUGGY.item_id}", 200),
            (f"/items/{PLUGGY.item_id}", 200),
            ("/items/other", 403),
            (f"/accounts/{ACCOUNT}", 403),
            (f"/v2/transactions?accountId={ACCOUNT}", 403),
            ("/connect_token", 403),
        ],
    )
    def test_a_connect_token_opens_little(self, path, status):
        """A connect token reads its item and the accounts of it, and nothing else."""
        token = pluggy("/connect_token", method="POST").json()["accessToken"]
        assert status == ask(PLUGGY, path, headers={"X-API-KEY": token}).status

    def test_a_connect_token_is_made_not_read(self):
        """Only POST makes a connect token."""
        assert 405 == pluggy("/connect_token").status

    @pytest.mark.parametrize(
        ("sent", "status"),
        [(None, 415), ("text/plain", 415), ("application/json; charset=utf-8", 200)],
    )
    def test_json_only(self, sent, status):
        """Where it is demanded, every request says that it is JSON."""
        dialect = Pluggy(transactions=1, json_only=True)
        headers = {"X-API-KEY": dialect.api_key} | ({"Content-Type": sent} if sent else {})
        assert status == ask(dialect, "/categories", headers=headers).status


class TestPluggyOtherResources:
    def test_categories_are_bare_or_in_an_envelope(self):
        """The categories are a bare array, or one page of it in the envelope."""
        rows = pluggy("/categories").json()
        body = pluggy("/categories", Pluggy(bare_categories=False)).json()
        assert (5, 1, 1, rows) == (body["total"], body["totalPages"], body["page"], body["results"])
        assert 5 == len({row["id"] for row in rows})

    def test_the_item(self):
        """The one item is read by its id, and listed by v2, which is as strict as ever."""
        body = pluggy("/v2/items").json()
        assert ([pluggy(f"/items/{PLUGGY.item_id}").json()], None) == (
            body["results"],
            body["next"],
        )
        assert 404 == pluggy("/items/unknown").status
        assert 400 == pluggy("/v2/items?page=1").status
        assert "Invalid cursor" == pluggy("/v2/items?after=x").json()["message"]

    def test_a_balance(self):
        """An account's balance is that of its row, and the bank may refuse to tell it."""
        url = f"/accounts/{ACCOUNT}/balance"
        assert PLUGGY.account_rows()[0]["balance"] == pluggy(url).json()["balance"]
        assert 404 == pluggy("/accounts/unknown/balance").status
        limited = Pluggy(balance_limited=True)
        response = pluggy(url, limited)
        assert (429, "BALANCE_OPEN_FINANCE_RATE_LIMIT", ()) == (
            response.status,
            response.json()["codeDescription"],
            response.headers[1:],
        )
        assert 404 == pluggy("/accounts/unknown/balance", limited).status

    @pytest.mark.parametrize(
        "path", [f"/accounts/{ACCOUNT}/other", f"/accounts/{ACCOUNT}/", "/accounts/"]
    )
    def test_no_such_path(self, path):
        """What stands behind an id is not read over."""
        assert 404 == pluggy(path).status
