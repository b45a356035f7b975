"""Belvo's retrieve calls."""

import json

import pytest

from requests_paginate.sandbox import Belvo
from requests_paginate.sandbox.belvo_errors import session_of
from tests.unit.sandbox.dialects import BELVO, LINK, ask

DATES = {"date_from": "2026-03-03", "date_to": "2026-03-03"}
OTHER = BELVO.link_ids[1]


def send(path, body, dialect=BELVO, method="POST", **headers):
    headers["Authorization"] = dialect.authorization
    return ask(dialect, path, method=method, body=json.dumps(body).encode(), headers=headers)


@pytest.mark.parametrize(("save", "status"), [({}, 201), ({"save_data": True}, 201),
                                              ({"save_data": False}, 200)])  # fmt: skip
def test_transactions_come_as_a_plain_array(save, status):
    """A retrieval answers all rows between its dates at once: 201, or 200 if nothing is kept."""
    response = send("/api/transactions/", {"link": LINK, **DATES, **save})
    expected = [row for row in BELVO.transaction_rows(LINK) if row["value_date"] == "2026-03-03"]
    assert (status, expected) == (response.status, response.json())
    assert 12 == len(expected)


def test_one_account():
    """A retrieval may be of one account, and may leave fields out."""
    body = {"link": LINK, "date_from": "2000-01-01", "date_to": "2030-01-01",
            "account": BELVO.account_ids[1]}  # fmt: skip
    rows = send("/api/transactions/?fields=id", body).json()
    expected = [
        row for row in BELVO.transaction_rows(LINK) if row["account"]["id"] == body["account"]
    ]
    assert [{"id": row["id"]} for row in expected] == rows


def test_accounts():
    """Accounts need no dates, and are those of the link alone."""
    response = send("/api/accounts/", {"link": OTHER})
    expected = [row for row in BELVO.account_rows() if row["link"] == OTHER]
    assert (201, expected) == (response.status, response.json())


def test_the_asynchronous_mode():
    """With the header there are no rows, but the id of a request that goes on."""
    response = send("/api/accounts/", {"link": LINK}, **{"X-Belvo-Request-Mode": "async"})
    assert (202, {"request_id"}) == (response.status, set(response.json()))


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "/api/transactions/", {}, ["link", "date_from", "date_to"]),
        ("POST", "/api/transactions/", {"link": LINK, "date_from": ""}, ["date_from", "date_to"]),
        ("POST", "/api/accounts/", [], ["link"]),
        ("PATCH", "/api/transactions/", {"token": "1"}, ["session", "link"]),
    ],
)
def test_what_is_missing(method, path, body, fields):
    """Each missing member is an error of its own that names it."""
    response = send(path, body, method=method)
    assert (400, [("required", name) for name in fields]) == (
        response.status,
        [(error["code"], error["field"]) for error in response.json()],
    )


def test_no_json():
    """A body that is no JSON has none of the members."""
    headers = {"Authorization": BELVO.authorization}
    response = ask(BELVO, "/api/accounts/", method="POST", body=b"{", headers=headers)
    assert (400, "required") == (response.status, response.json()[0]["code"])


@pytest.mark.parametrize("link", ["unknown", ["x"]])
def test_an_unknown_link(link):
    """A link that does not exist is an error, other than in a list."""
    response = send("/api/accounts/", {"link": link})
    (error,) = response.json()
    assert (400, "does_not_exist", "link") == (response.status, error["code"], error["field"])


class TestBelvoToken:
    dialect = Belvo(transactions=5, link_errors=("token_required", "invalid_link"))

    def test_a_token_resumes(self):
        """A retrieval that waits for a token is a 428; a PATCH with its session completes it."""
        body = {"link": LINK, "date_from": "2000-01-01", "date_to": "2030-01-01"}
        refused = send("/api/transactions/", body, self.dialect)
        (error,) = refused.json()
        resumed = {"session": error["session"], "link": error["link"], "token": "12345"}
        response = send("/api/transactions/", resumed, self.dialect, "PATCH")
        assert (428, 201) == (refused.status, response.status)
        assert list(self.dialect.transaction_rows(LINK)) == response.json()

    @pytest.mark.parametrize(
        ("link", "session", "code"),
        [(LINK, "other", "session_expired"), (OTHER, session_of(OTHER), "invalid_link")],
    )
    def test_a_token_does_not_help(self, link, session, code):
        """Another session has expired, and a link that is not well otherwise stays so."""
        body = {"session": session, "link": link, "token": "12345"}
        response = send("/api/accounts/", body, self.dialect, "PATCH")
        assert (400, code) == (response.status, response.json()[0]["code"])


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/links/"), ("DELETE", "/api/accounts/"),
                                              ("PATCH", "/payments/br/transactions/")])  # fmt: skip
def test_nothing_else_is_written(method, path):
    """Links and payments cannot be made here, and nothing can be deleted."""
    assert 405 == send(path, {"link": LINK}, method=method).status
