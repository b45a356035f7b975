"""Pluggy's cursors where they are hard to follow."""

from urllib.parse import parse_qs, quote, unquote

import pytest

from requests_paginate.sandbox import Pluggy
from tests.unit.sandbox.dialects import ACCOUNT, PLUGGY, pluggy

ODD = Pluggy(transactions=10, v2_page_size=4, odd_cursors=True)
LIST = f"/v2/transactions?accountId={ACCOUNT}"


def test_odd_cursors_hold_all_that_is_spoiled():
    """Each holds plus, slash, equals sign and percent sign, and next carries it encoded."""
    link = pluggy(LIST, ODD).json()["next"]
    (cursor,) = parse_qs(link[1:])["after"]
    assert {"+", "/", "=", "%"} <= set(cursor)
    assert quote(cursor, safe="") == link.partition("after=")[2]


def test_odd_cursors_lead_on():
    """Followed as they are, they walk all rows once."""
    url, rows = LIST, []
    while url:
        page = pluggy(url, ODD).json()
        rows += page["results"]
        url = page["next"] and "/v2/transactions" + page["next"]
    assert list(ODD.transaction_rows(ACCOUNT)) == rows


@pytest.mark.parametrize(
    "spoil",
    [
        unquote,
        lambda link: unquote(unquote(link)),
        lambda link: link.replace("%2B", "+"),
        lambda link: link.replace("%25", "%"),
        lambda link: link.replace("%", "%25"),
        lambda link: link.replace("%2B", "%20"),
        lambda link: link[:-1],
    ],
)
def test_a_spoiled_cursor_is_refused(spoil):
    """Decoded or encoded once too often, or cut short, a cursor is a 400 that says so."""
    link = pluggy(LIST, ODD).json()["next"]
    response = pluggy("/v2/transactions" + spoil(link), ODD)
    assert (400, "Invalid cursor") == (response.status, response.json()["message"])


def test_a_plain_cursor_is_no_odd_one():
    """The cursors of one form are none of the other."""
    plain, odd = (pluggy(LIST, dialect).json()["next"] for dialect in (PLUGGY, ODD))
    assert 400 == pluggy("/v2/transactions" + plain, ODD).status
    assert 400 == pluggy("/v2/transactions" + odd, PLUGGY).status


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("query", "?"),
        ("path", "/v2/transactions?"),
        ("url", "https://api.test/v2/transactions?"),
    ],
)
def test_next_is_written_in_three_forms(form, start):
    """It is a query, a path or an absolute URL, and otherwise the same."""
    dialect = Pluggy(transactions=10, v2_page_size=4, next_form=form)
    link = pluggy(LIST, dialect, origin="https://api.test").json()["next"]
    assert link.startswith(f"{start}accountId={ACCOUNT}&after=")


def test_ids_are_many_and_dates_do_not_count_beside_them():
    """500 ids are listed, 501 are refused, also where some are the same, and dates are ignored."""
    rows = PLUGGY.transaction_rows(ACCOUNT)
    ids = ",".join([rows[0]["id"]] * 500)
    dates = "&createdAtFrom=2030-01-01&dateFrom=2030-01-01"
    assert [rows[0]] == pluggy(f"{LIST}&ids={ids}{dates}").json()["results"]
    refused = pluggy(f"{LIST}&ids={ids},{rows[1]['id']}")
    assert "IDS_PARAMETER_EXCEEDS_MAX_LENGTH" == refused.json()["codeDescription"]


def test_ids_are_paginated():
    """A list of ids has pages, too, and next carries the ids."""
    rows = PLUGGY.transaction_rows(ACCOUNT)[:6]
    ids = ",".join(row["id"] for row in rows)
    first = pluggy(f"{LIST}&ids={ids}").json()
    second = pluggy("/v2/transactions" + first["next"]).json()
    assert (list(rows), None) == (first["results"] + second["results"], second["next"])


def test_a_webhook_s_link():
    """The link of a webhook is a listing of v2, from a time of creation."""
    created = PLUGGY.transaction_rows(ACCOUNT)[11]["createdAt"]
    link = PLUGGY.created_transactions_link(ACCOUNT, created)
    assert f"https://api.pluggy.ai{LIST}&createdAtFrom={created}" == link
    assert 4 == len(pluggy(link).json()["results"])
    assert link[21:] == PLUGGY.created_transactions_link(ACCOUNT, created, origin="")
