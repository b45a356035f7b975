"""The fixtures, and the plugin that brings them into every run of pytest."""

import json
import subprocess
import sys

import pytest
import requests
import responses

import requests_paginate_pytest
from requests_paginate import PaginatedSession, dialects, get_all, testing
from requests_paginate.providers import PluggySession

URL = "https://api.example.com/rows"
ROWS = [{"id": number} for number in range(5)]


def test_a_listing_is_mounted_by_the_fixture(mock_listing):
    """The fixture is the function, with `responses` active: nothing else is reachable."""
    assert testing.mock_listing is mock_listing
    mock_listing(URL, ROWS, dialects.STRIPE, page_size=2)
    assert ROWS == list(get_all(URL, strategy=dialects.STRIPE))
    with pytest.raises(requests.ConnectionError, match="URL does not match"):
        requests.get("https://api.example.com/")


def test_waits_are_skipped_by_the_fixture(mock_listing, skipped_waits):
    """What a listing would have waited is told, and not waited for."""
    mock_listing(URL, ROWS, dialects.STRIPE, faults={1: [503, 503]}, retry_after=50)
    assert ROWS == list(get_all(URL, strategy=dialects.STRIPE))
    assert [50.0, 50.0] == skipped_waits


def test_nothing_stays_mounted():
    """After the fixtures the default mock is empty."""
    assert [] == responses.registered()


def test_both_providers_over_tls(tls_sandbox):
    """The sandbox serves Pluggy and Belvo with a certificate, and tells their credentials."""
    pluggy, belvo = tls_sandbox.pluggy, tls_sandbox.belvo
    with PaginatedSession() as session:
        session.verify, session.trust_env = tls_sandbox.ca_file, False
        links = session.get_all(f"{tls_sandbox.url}/api/links/", auth=tls_sandbox.belvo_auth)
        assert set(belvo.link_ids) == {link["id"] for link in links}
        accounts = session.get_all(
            f"{tls_sandbox.url}/accounts",
            params={"itemId": pluggy.item_id},
            headers=tls_sandbox.pluggy_headers,
        )
        assert list(pluggy.account_rows()) == list(accounts)
    with PluggySession(pluggy.client_id, pluggy.client_secret, base_url=tls_sandbox.url) as session:
        session.verify, session.trust_env = tls_sandbox.ca_file, False
        assert list(pluggy.account_rows()) == list(
            session.get_all("/accounts", params={"itemId": pluggy.item_id})
        )


def test_the_sandbox_serves_what_it_is_given():
    """The providers may be made for the test, and the port is free afterwards."""
    pytest.importorskip("trustme")
    belvo = testing.Belvo(transactions=3)
    with testing.Sandbox(belvo=belvo) as sandbox, requests.Session() as session:
        session.verify, session.trust_env = sandbox.ca_file, False
        url, parameters = f"{sandbox.url}/api/transactions/", {"link": belvo.link_ids[0]}
        answer = session.get(url, params=parameters, auth=sandbox.belvo_auth)
        assert 3 == answer.json()["count"]
    with pytest.raises(requests.ConnectionError):
        requests.get(url, verify=False, timeout=5)


def test_the_plugin_loads_nothing_before_a_fixture_is_asked_for():
    """Whoever has the package installed pays for no import, and needs no responses."""
    program = (
        "import sys, json; sys.modules['responses'] = None\n"
        "import pytest; before = set(sys.modules)\n"
        "import requests_paginate_pytest\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ["requests_paginate_pytest"] == json.loads(done.stdout)


def test_every_fixture_is_exported_for_whoever_loads_no_plugin():
    """`pytest_plugins = ["requests_paginate.testing"]` brings the very fixtures of the plugin."""
    fixtures = {
        name
        for name, value in vars(requests_paginate_pytest).items()
        if type(value).__name__ == "FixtureFunctionDefinition"
    }
    assert 5 == len(fixtures)
    assert fixtures <= set(testing.__all__)
    for name in fixtures:
        assert getattr(requests_paginate_pytest, name) is getattr(testing, name)
