"""Belvo's errors, and what asks for them."""

import pytest

from requests_paginate.sandbox import Belvo
from requests_paginate.sandbox.belvo_errors import ERRORS, make_refusal, session_of
from tests.unit.sandbox.dialects import BELVO, LINK, ask, belvo

OTHER = BELVO.link_ids[1]


def ailing(code, **fields):
    """Belvo, whose second link answers with an error."""
    return Belvo(transactions=35, page_size=10, link_errors=(None, code), **fields)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("invalid_link", 400),
        ("too_many_sessions", 400),
        ("consent_without_accounts", 401),
        ("access_to_resource_denied", 403),
        ("request_timeout", 408),
        ("unexpected_error", 500),
    ],
)
@pytest.mark.parametrize("resource", ["transactions", "accounts"])
def test_a_link_s_error(resource, code, status):
    """The lists of a link that is not well answer with its error, those of another as ever."""
    response = belvo(f"/api/{resource}/?link={OTHER}", ailing(code))
    (error,) = response.json()
    assert (status, code) == (response.status, error["code"])
    assert ["code", "message", "request_id"] == list(error)
    assert 200 == belvo(f"/api/{resource}/?link={LINK}", ailing(code)).status


def test_a_token_is_required():
    """The 428 names session, expiry and link, and how the token is made."""
    dialect = ailing("token_required")
    response = belvo(f"/api/transactions/?link={OTHER}", dialect)
    (error,) = response.json()
    assert (428, "token_required", OTHER) == (response.status, error["code"], error["link"])
    assert {"code", "message", "request_id", "session", "expiry", "link",
            "token_generation_data"} == set(error)  # fmt: skip
    assert 32 == len(error["session"])
    assert {"instructions", "type", "value", "expects_user_input"} == set(
        error["token_generation_data"]
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("token_required", "token_required"),
        ("invalid_link", "invalid"),
        ("request_timeout", "valid"),
    ],
)
def test_a_link_says_how_it_is(code, status):
    """The list of links goes on, and shows the status of each."""
    rows = belvo("/api/links/", ailing(code)).json()["results"]
    assert ["valid", status] == [row["status"] for row in rows]


def test_an_error_in_the_middle():
    """An error may begin with a later page."""
    dialect = ailing("request_timeout", error_page=3)
    url = f"/api/transactions/?link={OTHER}&page="
    assert [200, 200, 408, 408] == [belvo(f"{url}{page}", dialect).status for page in (1, 2, 3, 4)]
    assert 200 == belvo(url.removesuffix("&page="), dialect).status


@pytest.mark.parametrize("resource", ["links", "accounts", "transactions"])
def test_a_resource_is_denied(resource):
    """Secrets without the right to a resource are a 403 for its lists and rows, not for others."""
    dialect = Belvo(transactions=1, denied=(resource,))
    for path in (f"/api/{resource}/", f"/api/{resource}/x/"):
        response = belvo(path, dialect)
        assert (403, "access_to_resource_denied") == (response.status, response.json()[0]["code"])
    assert 200 == belvo("/payments/br/transactions/", dialect).status
    assert 401 == ask(dialect, f"/api/{resource}/").status


def test_every_code_has_a_status():
    """Each code is an error of one request, and says a sentence."""
    from requests_paginate.sandbox import Request

    for code, (status, message) in ERRORS.items():
        response = make_refusal(Request(), code).response
        assert (status, [message]) == (
            response.status,
            [error["message"] for error in response.json()],
        )
        assert message


def test_a_session_belongs_to_its_link():
    """The same link waits in the same session, another in another."""
    assert session_of(LINK) == session_of(LINK) != session_of(OTHER)
