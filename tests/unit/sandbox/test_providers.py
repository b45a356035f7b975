"""The sandbox: each dialect as a function, and the server that speaks for it."""

import base64
import doctest
import importlib
import pickle
import re
import socket
import ssl
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import requests

from requests_paginate import sandbox
from requests_paginate.sandbox import (
    Belvo,
    BodyCursor,
    Combined,
    CursorLinkPages,
    Headers,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    Pluggy,
    Request,
    Response,
    Server,
    SingleListing,
    TotalPagesEnvelope,
    json_response,
    serve,
)
from requests_paginate.sandbox.messages import with_parameter, without_parameter

pytest.importorskip("trustme")

PLUGGY = Pluggy(transactions=30, v2_page_size=4)
BELVO = Belvo(transactions=35, accounts=3, links=2)
ACCOUNT, LINK = PLUGGY.account_ids[0], BELVO.link_ids[0]
LISTINGS = (
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


def ask(dialect, url, **fields):
    """Asks a dialect for a URL, absolute or from the path on, and decodes nothing."""
    parts = urlsplit(url)
    return dialect.respond(Request(path=parts.path, query=parts.query, **fields))


def pluggy(url, dialect=PLUGGY, **fields):
    return ask(dialect, url, headers={"x-api-key": dialect.api_key}, **fields)


def belvo(url, dialect=BELVO, **fields):
    return ask(dialect, url, headers={"authorization": dialect.authorization}, **fields)


def transactions(query=""):
    """The one page of Belvo transactions that a query gives."""
    return belvo(f"/api/transactions/?link={LINK}&page_size=1000{query}").json()["results"]


class TestMessages:
    def test_headers_are_found_in_any_case(self):
        """A header field is found whatever the case, and shown without its value."""
        headers = Headers([("X-Api-Key", "hidden")])
        assert "hidden" == headers["x-API-key"]
        assert ["X-Api-Key"] == list(headers)
        assert 1 == len(headers)
        assert "Headers(['X-Api-Key'])" == repr(headers)

    def test_parameters_keep_order_and_repetition(self):
        """The parsed query keeps order, repeated names and empty values; the last value wins."""
        request = Request(query="b=2&a=&b=%C3%A3+x", headers=Headers())
        assert (("b", "2"), ("a", ""), ("b", "ã x")) == request.parameters
        assert "ã x" == request.parameter("b")
        assert request.parameter("c") is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", "page=2"),
            ("a=1", "a=1&page=2"),
            ("page=1&a=%7e", "page=2&a=%7e"),
            ("page=1&a=1&page=9", "page=2&a=1"),
        ],
    )
    def test_a_parameter_is_set_in_its_place(self, query, expected):
        """Setting a parameter leaves the others where and how they were."""
        assert expected == with_parameter(query, "page", "2")

    def test_a_parameter_is_removed(self):
        """Removing a parameter leaves the others where and how they were."""
        assert "a=%7e&b" == without_parameter("a=%7e&page=1&b&page=2", "page")

    def test_json_is_joined_not_encoded_twice(self):
        """Bytes in a body are JSON already, as the whole of it or as a member."""
        assert b'{"a":"\xc3\xa3","b":[1]}' == json_response({"a": "ã", "b": b"[1]"}).body
        assert b"[1]" == json_response(b"[1]").body
        assert b"[1]" == json_response([1]).body

    @pytest.mark.parametrize("dialect", [PLUGGY, BELVO, *(kind(total=3) for kind in LISTINGS)])
    def test_a_dialect_pickles_and_is_a_value(self, dialect):
        """A dialect is equal to its pickled copy, also after it made its rows."""
        dialect.respond(Request(path="/items"))
        assert dialect == pickle.loads(pickle.dumps(dialect))


class TestRows:
    def test_rows_follow_from_the_seed(self):
        """The same seed gives the same rows, another seed other ids."""
        assert PLUGGY.transaction_rows(ACCOUNT) == Pluggy(transactions=30).transaction_rows(ACCOUNT)
        assert BELVO.account_rows() == Belvo(transactions=1).account_rows()
        assert not set(PLUGGY.account_ids) & set(Pluggy(seed=8).account_ids)

    def test_ids_are_unique(self):
        """No two rows of a provider share an id."""
        rows = [row for each in PLUGGY.account_ids for row in PLUGGY.transaction_rows(each)]
        rows += [row for each in BELVO.link_ids for row in BELVO.transaction_rows(each)]
        rows += [*PLUGGY.account_rows(), *BELVO.account_rows(), *BELVO.link_rows()]
        assert len(rows) == len({row["id"] for row in rows})

    def test_amounts_follow_their_direction(self):
        """Pluggy signs its amounts here, Belvo's are always positive."""
        assert all(
            (row["amount"] > 0) == (row["type"] == "CREDIT")
            for row in PLUGGY.transaction_rows(ACCOUNT)
        )
        assert all(row["amount"] > 0 for row in BELVO.transaction_rows(LINK))

    def test_rows_have_the_described_fields_and_one_more(self):
        """A transaction has the fields of the description, in its order, then an unknown one."""
        pluggy_fields = (
            "id description descriptionRaw currencyCode amount amountInAccountCurrency date type"
            " balance providerCode status category categoryId paymentData creditCardMetadata"
            " merchant operationType operationTypeAdditionalInfo providerId accountId order"
            " createdAt updatedAt addedField"
        )
        belvo_fields = (
            "id internal_identification account collected_at created_at value_date transacted_at"
            " accounting_date inferred_accounting_date amount local_currency_amount balance"
            " currency description observations merchant category subcategory reference type"
            " status credit_card_data counterparty loan_data payment_type operation_type"
            " operation_type_additional_info mcc added_field"
        )
        assert pluggy_fields.split() == list(PLUGGY.transaction_rows(ACCOUNT)[0])
        assert belvo_fields.split() == list(BELVO.transaction_rows(LINK)[0])


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

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "accountId=",
            "accountId=a&page=0",
            "accountId=a&page=two",
            "accountId=a&pageSize=501",
            "accountId=a&pageSize=-1",
        ],
    )
    def test_nonsense_is_refused(self, query):
        """A missing account and numbers out of range are a 400 in Pluggy's shape."""
        response = pluggy(f"/transactions?{query}")
        assert 400 == response.status
        assert 400 == response.json()["code"]

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


class TestPluggyFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("from=2026-03-04", 12),
            ("to=2026-03-02", 6),
            ("from=2026-03-03&to=2026-03-03", 12),
            ("createdAtFrom=2026-03-05T00:00:00.000Z", 12),
            ("unknown=1", 30),
        ],
    )
    def test_dates_choose(self, query, expected):
        """A range of days, both included, or the time of creation chooses the rows of v1."""
        body = pluggy(f"/transactions?accountId={ACCOUNT}&{query}").json()
        assert expected == body["total"] == len(body["results"])

    def test_ids_choose_and_dates_do_not_count_beside_them(self):
        """The rows of the ids are listed, whatever the dates; other ids are not found."""
        rows = PLUGGY.transaction_rows(ACCOUNT)
        query = f"ids={rows[3]['id']},unknown,{rows[1]['id']}&from=2030-01-01"
        body = pluggy(f"/transactions?accountId={ACCOUNT}&{query}").json()
        assert [rows[1], rows[3]] == body["results"]

    def test_at_most_500_ids(self):
        """More than 500 ids are a 400 with its own code."""
        ids = ",".join(map(str, range(501)))
        response = pluggy(f"/v2/transactions?accountId={ACCOUNT}&ids={ids}")
        assert "IDS_PARAMETER_EXCEEDS_MAX_LENGTH" == response.json()["codeDescription"]


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


class TestBelvoFilters:
    @pytest.mark.parametrize(
        ("query", "holds"),
        [
            ("type=INFLOW", lambda row: row["type"] == "INFLOW"),
            ("value_date__gt=2026-03-03", lambda row: row["value_date"] > "2026-03-03"),
            ("value_date__gte=2026-03-03", lambda row: row["value_date"] >= "2026-03-03"),
            ("value_date__lt=2026-03-03", lambda row: row["value_date"] < "2026-03-03"),
            ("value_date__lte=2026-03-03", lambda row: row["value_date"] <= "2026-03-03"),
            ("amount__gt=90", lambda row: row["amount"] > 90),
            ("amount__lte=90", lambda row: row["amount"] <= 90),
            ("amount__range=90,500", lambda row: 90 <= row["amount"] <= 500),
            (
                "account__balance__current__gt=2000",
                lambda r: r["account"]["balance"]["current"] > 2000,
            ),
            ("account__balance__blocked=0", lambda row: True),
            ("merchant__merchant_name__icontains=SOL", lambda r: "Sol" in str(r["merchant"])),
            ("category__in=Food,Pharmacy", lambda row: row["category"] in {"Food", "Pharmacy"}),
            ("category__not_in=Food,Pharmacy", lambda r: r["category"] not in {"Food", "Pharmacy"}),
            ("mcc=1", lambda row: False),
            ("mcc__nested=1", lambda row: False),
            ("type=INFLOW&amount__lt=90", lambda r: r["type"] == "INFLOW" and r["amount"] < 90),
            ("unknown__gt=1", lambda row: True),
            ("gt=1", lambda row: True),
        ],
    )
    def test_operators(self, query, holds):
        """Each operator keeps the rows it should; numbers compare as numbers, dates as dates."""
        expected = [row for row in BELVO.transaction_rows(LINK) if holds(row)]
        assert expected == transactions(f"&{query}")

    def test_numbers_are_not_compared_as_text(self):
        """There are amounts that text would order otherwise: the filter test is no accident."""
        amounts = [row["amount"] for row in BELVO.transaction_rows(LINK)]
        assert any((amount > 90) != (str(amount) > "90") for amount in amounts)

    @pytest.mark.parametrize("name", ["account", "account__in", "account__id"])
    def test_an_account_is_filtered_by_its_id(self, name):
        """The embedded account is chosen by its id."""
        rows = transactions(f"&{name}={BELVO.account_ids[1]}")
        assert 12 == len(rows)
        assert {BELVO.account_ids[1]} == {row["account"]["id"] for row in rows}

    def test_lists_contain_all(self):
        """`allin` keeps rows whose list has all the values; on anything else it keeps none."""
        found = belvo("/api/links/?fetch_resources__allin=ACCOUNTS,TRANSACTIONS").json()
        assert 2 == found["count"]
        assert 0 == belvo("/api/links/?fetch_resources__allin=OWNERS").json()["count"]
        assert 0 == belvo("/api/links/?status__allin=valid").json()["count"]

    def test_other_examples_of_the_document(self):
        """An external id, and a list of ids, choose as in Belvo's document."""
        assert [BELVO.link_ids[1]] == [
            row["id"] for row in belvo("/api/links/?external_id=user-43").json()["results"]
        ]
        ids = ",".join(BELVO.account_ids[:2])
        assert 2 == belvo(f"/api/accounts/?id__in={ids}").json()["count"]

    @pytest.mark.parametrize(
        ("path", "query", "name"),
        [
            ("transactions", f"link={LINK}&amount__gt=many", "amount__gt"),
            ("transactions", f"link={LINK}&amount__range=1", "amount__range"),
            ("links", "fetch_resources__gt=ACCOUNTS", "fetch_resources__gt"),
        ],
    )
    def test_an_unreadable_filter_is_refused(self, path, query, name):
        """A value that does not fit its field is a 400 that names the parameter."""
        response = belvo(f"/api/{path}/?{query}")
        (error,) = response.json()
        assert (400, "invalid", name) == (response.status, error["code"], error["field"])

    def test_the_count_and_next_are_the_filtered_ones(self):
        """A filter is carried in next and counts."""
        body = belvo(f"/api/transactions/?link={LINK}&type=OUTFLOW&page_size=10").json()
        assert 28 == body["count"]
        rows = body["results"]
        while body["next"]:
            assert "&type=OUTFLOW&" in body["next"]
            body = belvo(body["next"]).json()
            rows += body["results"]
        assert 28 == len({row["id"] for row in rows})

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("fields=id,balance", ["id", "balance"]),
            ("fields=id,balance&omit=balance", ["id"]),
            ("fields=", []),
        ],
    )
    def test_fields(self, query, expected):
        """`fields` keeps fields of the first level only, `omit` drops them."""
        assert expected == list(belvo(f"/api/accounts/?{query}").json()["results"][0])

    def test_omit(self):
        """`omit` drops fields and keeps the others."""
        fields = list(belvo("/api/accounts/?omit=id,balance").json()["results"][0])
        assert [name for name in BELVO.account_rows()[0] if name not in {"id", "balance"}] == fields


def follow(dialect, key):
    """Walks a listing by the absolute links under a key."""
    url = "/items?page_size=3&limit=3&keep=%7e"
    while url:
        body = ask(dialect, url).json()
        yield body["results"]
        url = body[key]
        assert url is None or ("keep=%7e" in url and url.startswith("https://localhost/items?"))


def follow_header(dialect):
    """Walks a listing by the link header."""
    url = "/items?per_page=3&keep=%7e"
    while url:
        response = ask(dialect, url)
        yield response.json()
        links = dict(
            reversed(pair)
            for pair in re.findall(
                r'<([^>]*)>; rel="(\w+)"', dict(response.headers).get("Link", "")
            )
        )
        url = links.get("next")
        assert ("last" in links) == (url is not None)


def count_pages(dialect):
    """Walks a listing by counting to its number of pages."""
    page, last = 1, 1
    while page <= last:
        body = ask(dialect, f"/items?per_page=3&page={page}").json()
        assert (page, 3, dialect.total) == (body["page"], body["per_page"], body["total"])
        yield body["data"]
        page, last = page + 1, body["total_pages"]


def count_rows(dialect):
    """Walks a listing by counting its rows."""
    offset, total = 0, 1
    while offset < total:
        body = ask(dialect, f"/items?limit=3&offset={offset}").json()
        assert (offset, 3) == (body["offset"], body["limit"])
        yield body["items"]
        offset, total = offset + len(body["items"]), body["total"]


def follow_cursor(dialect):
    """Walks a listing by the cursor in its body."""
    url = "/items?limit=3"
    while url:
        body = ask(dialect, url).json()
        yield body["items"]
        assert body["meta"]["has_more"] == (body["meta"]["next_cursor"] is not None)
        url = body["meta"]["has_more"] and f"/items?limit=3&cursor={body['meta']['next_cursor']}"


def follow_last_id(dialect):
    """Walks a listing by the id of its last row."""
    url = "/items?limit=3"
    while url:
        body = ask(dialect, url).json()
        assert ("list", "/items") == (body["object"], body["url"])
        yield body["data"]
        url = body["has_more"] and f"/items?limit=3&starting_after={body['data'][-1]['id']}"


WALKS = {
    PageNumberPages: lambda dialect: follow(dialect, "next"),
    LimitOffsetPages: lambda dialect: follow(dialect, "next"),
    CursorLinkPages: lambda dialect: follow(dialect, "next"),
    LinkHeaderPages: follow_header,
    TotalPagesEnvelope: count_pages,
    OffsetEnvelope: count_rows,
    BodyCursor: follow_cursor,
    LastIdList: follow_last_id,
    SingleListing: lambda dialect: [ask(dialect, "/items?page=2").json()],
}


class TestListings:
    @pytest.mark.parametrize("total", [0, 1, 3, 10, 12])
    @pytest.mark.parametrize("kind", LISTINGS)
    def test_a_walk_finds_every_row(self, kind, total):
        """Walked by its own rules, a listing gives exactly its rows, in order."""
        dialect = kind(total=total)
        pages = list(WALKS[kind](dialect))
        assert list(dialect.rows()) == [row for page in pages for row in page]
        assert list(range(1, total + 1)) == [row["id"] for row in dialect.rows()]
        assert kind is SingleListing or all(len(page) <= 3 for page in pages)

    @pytest.mark.parametrize("kind", [PageNumberPages, LimitOffsetPages, CursorLinkPages])
    def test_a_walk_back_ends_at_the_first_page(self, kind):
        """The links to previous pages lead back to the first."""
        body = ask(kind(total=9), "/items?page_size=3&limit=3").json()
        first = body["results"]
        body = ask(kind(total=9), ask(kind(total=9), body["next"]).json()["next"]).json()
        body = ask(kind(total=9), body["previous"]).json()
        body = ask(kind(total=9), body["previous"]).json()
        assert (first, None) == (body["results"], body["previous"])

    def test_the_way_back_has_no_default_in_it(self):
        """The link to the first page leaves page and offset out, as Django REST framework does."""
        body = ask(PageNumberPages(total=9, page_size=3), "/items?page=2").json()
        assert "https://localhost/items" == body["previous"]
        body = ask(LimitOffsetPages(total=9, page_size=3), "/items?offset=2").json()
        assert "https://localhost/items?limit=3" == body["previous"]

    @pytest.mark.parametrize(
        ("page", "relations"),
        [(1, ["next", "last"]), (2, ["prev", "next", "last", "first"]), (3, ["prev", "first"])],
    )
    def test_the_link_header_is_github_s(self, page, relations):
        """The relations of each page are those that GitHub sends, in its order."""
        headers = dict(ask(LinkHeaderPages(total=9, page_size=3), f"/items?page={page}").headers)
        assert relations == re.findall(r'rel="(\w+)"', headers["Link"])

    @pytest.mark.parametrize("kind", LISTINGS)
    def test_a_page_has_at_most_1000_rows(self, kind):
        """A page size above 1,000 is cut, and unknown parameters are ignored."""
        query = "page_size=5000&per_page=5000&limit=5000&unknown=1"
        body = ask(kind(total=2001), f"/items?{query}").json()
        rows = next(
            value
            for value in ([body] if isinstance(body, list) else body.values())
            if isinstance(value, list)
        )
        assert (2001 if kind is SingleListing else 1000) == len(rows)
        assert isinstance(body, list) or "added_field" in body

    @pytest.mark.parametrize(
        ("kind", "query", "status"),
        [
            (PageNumberPages, "page=4", 404),
            (PageNumberPages, "page=0", 404),
            (PageNumberPages, "page=two", 404),
            (PageNumberPages, "page_size=many", 400),
            (LimitOffsetPages, "limit=0", 400),
            (LimitOffsetPages, "offset=-1", 400),
            (CursorLinkPages, "cursor=nonsense!", 404),
            (CursorLinkPages, "cursor=eD0x", 404),
            (LinkHeaderPages, "page=two", 400),
            (TotalPagesEnvelope, "page=0", 400),
            (OffsetEnvelope, "offset=two", 400),
            (BodyCursor, "cursor=nonsense!", 400),
            (LastIdList, "starting_after=99", 400),
            (LastIdList, "limit=0", 400),
        ],
    )
    def test_nonsense_is_refused(self, kind, query, status):
        """A parameter of its own that a listing cannot read is an error, never the first page."""
        response = ask(kind(total=9, page_size=3), f"/items?{query}")
        assert status == response.status
        assert {"error" if kind is LastIdList else "detail"} == set(response.json())

    @pytest.mark.parametrize(
        ("kind", "query", "rows"),
        [
            (LinkHeaderPages, "page=4", None),
            (TotalPagesEnvelope, "page=4", "data"),
            (OffsetEnvelope, "offset=9", "items"),
            (LimitOffsetPages, "offset=9", "results"),
        ],
    )
    def test_past_the_end_is_empty(self, kind, query, rows):
        """Where the dialect has no error for it, a page past the end has no rows."""
        body = ask(kind(total=9, page_size=3), f"/items?{query}").json()
        assert [] == (body[rows] if rows else body)

    def test_only_the_path_is_answered(self):
        """Another path is a 404, another method a 405."""
        dialect = SingleListing(total=1, path="/things")
        assert 404 == ask(dialect, "/items").status
        assert 405 == ask(dialect, "/things", method="POST").status
        assert 200 == ask(dialect, "/things").status


@pytest.fixture
def session():
    """A session that reads nothing from the machine's environment."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Echo:
    """Answers with what it was asked."""

    def respond(self, request):
        if request.path == "/error":
            raise RuntimeError("as the test wants")
        said = {
            "method": request.method,
            "query": request.query,
            "body": request.body.decode(),
            "origin": request.origin,
        }
        status = int(request.headers.get("X-Status", "200"))
        return json_response(said, status=status, headers=[("Content-Language", "en")])


class TestServer:
    def test_a_listing_over_tls_on_one_connection(self, session):
        """All pages of a listing come through one TLS connection, which the CA file vouches for."""
        with serve(BELVO) as server:
            session.auth = (BELVO.secret_id, BELVO.secret_password)
            session.verify = server.ca_file
            url, rows = f"{server.url}/api/transactions/?link={LINK}&page_size=10", []
            while url:
                body = session.get(url).json()
                rows += body["results"]
                url = body["next"]
            pools = session.get_adapter(server.url).poolmanager.pools
            (pool,) = map(pools.get, pools.keys())
            assert (1, 4) == (pool.num_connections, pool.num_requests)
        assert list(BELVO.transaction_rows(LINK)) == rows
        assert Counter({"/api/transactions/": 4}) == server.requests
        assert [] == server.errors

    def test_the_certificate_covers_the_address_too(self, session):
        """127.0.0.1 is as good as localhost, and links keep the one that was used."""
        with serve(BELVO) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            session.auth = (BELVO.secret_id, BELVO.secret_password)
            body = session.get(f"{url}/api/links/?page_size=1", verify=server.ca_file).json()
            assert f"{url}/api/links/?page_size=1&page=2" == body["next"]

    def test_a_stranger_is_not_trusted(self, session):
        """Without the CA file the certificate is refused: the server's TLS is real."""
        with serve(Echo()) as server, pytest.raises(requests.exceptions.SSLError):
            session.get(server.url)
        assert Counter() == server.requests

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def test_a_request_arrives_whole(self, session, method):
        """Method, query, body and origin reach the dialect as they were sent."""
        with serve(Echo()) as server:
            said = session.request(
                method, f"{server.url}/a?b=%2F&c", data=b"x=1", verify=server.ca_file
            )
        expected = {"method": method, "query": "b=%2F&c", "body": "x=1", "origin": server.url}
        assert expected == said.json()
        assert "en" == said.headers["Content-Language"]

    def test_head_has_no_body(self, session):
        """HEAD has the length of the body that GET would have, and the connection goes on."""
        with serve(Echo()) as server:
            session.verify = server.ca_file
            response = session.head(server.url)
            assert (b"", True) == (response.content, int(response.headers["Content-Length"]) > 0)
            assert 200 == session.get(server.url).status_code
        assert Counter({"/": 2}) == server.requests

    def test_a_status_without_a_name(self, session):
        """A status that HTTP does not name is sent all the same."""
        with serve(Echo(), tls=False) as server:
            assert 799 == session.get(server.url, headers={"X-Status": "799"}).status_code

    def test_plain_http_for_those_who_ask(self, session):
        """Without TLS there is no CA file, and the URL says http."""
        with serve(Echo(), tls=False) as server:
            assert server.url == session.get(server.url).json()["origin"]
            assert server.ca_file is None
            assert repr(server).startswith(f"<Server {server.url} <")

    def test_an_error_is_a_500_and_silent(self, session, capfd):
        """What the dialect raises is a 500 for the client, kept, and printed nowhere."""
        with serve(Echo(), tls=False) as server:
            assert 500 == session.get(f"{server.url}/error").status_code
            assert 200 == session.get(server.url).status_code
        assert ["as the test wants"] == [str(error) for error in server.errors]
        assert ("", "") == capfd.readouterr()

    def test_a_length_of_the_dialect_s_own(self):
        """A Content-Length that the dialect states is sent as it is, even a wrong one."""

        class Liar:
            def respond(self, request):
                return Response(headers=(("content-length", "9"),), body=b"short")

        with serve(Liar(), tls=False) as server:
            said = exchange(server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort" == said

    @pytest.mark.parametrize(
        "sent",
        [
            b"nonsense\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        ],
    )
    def test_what_is_no_request(self, sent):
        """What the server cannot read is a 400 and the end of the connection."""
        with serve(Echo(), tls=False) as server:
            assert exchange(server, sent).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert Counter() == server.requests

    def test_two_providers_on_one_server(self, session):
        """Each provider answers its own paths; any other is a 404."""
        both = Combined(dialects=(PLUGGY, BELVO))
        with serve(both) as server:
            session.verify = server.ca_file
            assert 403 == session.get(f"{server.url}/accounts").status_code
            assert 401 == session.get(f"{server.url}/api/accounts/").status_code
            assert 404 == session.get(f"{server.url}/other").status_code
        assert both.knows("/auth")
        assert not both.knows("/api")

    def test_an_old_client_and_a_new_one(self, session):
        """A server of TLS 1.2 refuses a client that wants 1.3, and serves one that takes 1.2."""
        with serve(Echo(), tls_maximum=ssl.TLSVersion.TLSv1_2) as server:
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_3))
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url, verify=server.ca_file)
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_2))
            assert 200 == session.get(server.url, verify=server.ca_file).status_code

    def test_a_floor_of_one_s_own(self, session):
        """A server of TLS 1.3 refuses a client that stops at 1.2, and serves one of 1.3."""
        with serve(Echo(), tls_minimum=ssl.TLSVersion.TLSv1_3) as server:
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_2))
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url, verify=server.ca_file)
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_3))
            assert 200 == session.get(server.url, verify=server.ca_file).status_code


class TestServerCloses:
    def test_nothing_is_left(self, session):
        """After close there is no thread, socket or file, though a connection was open."""
        before = set(threading.enumerate())
        with serve(Echo()) as server:
            session.get(server.url, verify=server.ca_file)
            assert set(threading.enumerate()) > before
        assert before == set(threading.enumerate())
        assert not Path(server.ca_file).parent.exists()
        assert -1 == server._listener.fileno()
        server.close()

    def test_a_stalled_handshake_keeps_nobody_waiting(self, session):
        """A client that never speaks blocks neither the others nor close."""
        with serve(Echo()) as server, connect(server):
            assert 200 == session.get(server.url, verify=server.ca_file).status_code

    def test_a_half_sent_request_is_none(self):
        """A request whose client goes away in the middle of it is not answered."""
        with serve(Echo(), tls=False) as server, connect(server) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nx")
            client.shutdown(socket.SHUT_WR)
            assert b"" == client.recv(100)
        assert Counter() == server.requests

    def test_a_half_sent_request_does_not_keep_it_open(self):
        """A client in the middle of its request does not block close."""
        with serve(Echo(), tls=False) as server, connect(server) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nx")
            server.close()
        assert Counter() == server.requests

    def test_a_connection_that_comes_too_late(self):
        """A connection whose turn comes after close began is dropped unanswered."""
        server = Server(Echo(), tls=False)
        server.close()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            server._answer_requests(theirs)
            assert set() == server._connections

    def test_a_client_that_was_gone_before_it_was_accepted(self, session):
        """An error of accept is that client's, not the server's."""
        with serve(Echo(), tls=False) as server:
            genuine, failures = server._listener, ["once"]

            class Faulty:
                def accept(self):
                    if failures:
                        failures.pop()
                        raise ConnectionAbortedError
                    return genuine.accept()

                def getsockname(self):
                    return genuine.getsockname()

            server._listener = Faulty()
            assert 200 == session.get(server.url).status_code
            session.close()
            assert 200 == session.get(server.url).status_code
        assert [] == failures

    def test_a_server_that_cannot_start_leaves_nothing(self):
        """A port that is taken raises, and nothing stays open."""
        before = set(threading.enumerate())
        with serve(Echo(), tls=False) as server:
            port = urlsplit(server.url).port
            with pytest.raises(OSError, match="in use"):
                Server(Echo(), port=port)
        assert before == set(threading.enumerate())


class OnlyTLS(requests.adapters.HTTPAdapter):
    """An adapter that speaks one version of TLS."""

    def __init__(self, version):
        self.version = version
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        kwargs.update(ssl_minimum_version=self.version, ssl_maximum_version=self.version)
        super().init_poolmanager(*args, **kwargs)


def connect(server):
    """Opens a bare connection to a server."""
    return socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=10)


def exchange(server, sent):
    """Sends bytes to a server without TLS and returns all it answers until it hangs up."""
    with connect(server) as client:
        client.sendall(sent)
        with client.makefile("rb") as reader:
            return reader.read()


@pytest.mark.parametrize("module", ["", ".pluggy", ".belvo"])
def test_the_examples_in_the_docstrings(module):
    """What the docstrings show is what happens."""
    done = doctest.testmod(importlib.import_module(f"requests_paginate.sandbox{module}"))
    assert (0, True) == (done.failed, done.attempted > 0)


def test_every_public_name_is_there():
    """`__all__` is sorted and true."""
    assert sorted(sandbox.__all__) == sandbox.__all__
    assert all(hasattr(sandbox, name) for name in sandbox.__all__)
