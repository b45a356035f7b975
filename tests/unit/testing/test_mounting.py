"""The sandbox behind `responses`, as our users' own tests have it."""

import importlib
import subprocess
import sys
from collections import Counter

import pytest
import requests

responses = pytest.importorskip("responses")

from requests_paginate import testing  # noqa: E402
from requests_paginate.sandbox import PageNumberPages, Pluggy, json_response  # noqa: E402
from requests_paginate.testing import (  # noqa: E402, F401 - fixtures are used by their names
    belvo_sandbox,
    mount,
    pluggy_sandbox,
)


class Echo:
    """Answers with what it was asked."""

    def respond(self, request):
        return json_response(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "body": request.body.decode(),
                "key": request.headers.get("x-api-key"),
            },
            status=201,
            headers=[("Content-Language", "en")],
        )


@pytest.fixture
def mock():
    """An active mock that insists on every registration being used."""
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mock:
        yield mock


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_method_is_answered(mock, method):
    """One registration answers every method, and is used up by none."""
    mount(Echo(), "https://api.example.com", mock)
    for _ in range(2):
        response = requests.request(
            method, "https://api.example.com/a?b=%2F#c", headers={"X-API-KEY": "k"}
        )
        assert 201 == response.status_code
        assert "application/json" == response.headers["Content-Type"]
        assert "en" == response.headers["Content-Language"]
        if method != "HEAD":
            assert {
                "method": method,
                "path": "/a",
                "query": "b=%2F",
                "body": "",
                "key": "k",
            } == response.json()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"data": b"bytes"}, "bytes"),
        ({"data": "text"}, "text"),
        ({"json": [1]}, "[1]"),
        ({"data": iter([b"in ", b"parts"])}, "in parts"),
        ({}, ""),
    ],
)
def test_the_body_arrives(mock, options, expected):
    """The body reaches the dialect in whichever form requests keeps it."""
    mount(Echo(), "https://api.example.com", mock)
    assert expected == requests.post("https://api.example.com", **options).json()["body"]


def test_requests_are_counted(mock):
    """Each request counts for its path, and the counter goes on counting."""
    counted = mount(Echo(), "https://api.example.com/", mock)
    assert Counter() == counted
    requests.get("https://api.example.com")
    requests.get("https://api.example.com/a?page=1")
    requests.get("https://api.example.com/a?page=2")
    assert Counter({"/": 1, "/a": 2}) == counted


def test_below_a_path(mock):
    """Under a path, the dialect sees what follows it, and its links lead back there."""
    counted = mount(PageNumberPages(total=5, page_size=2), "https://example.com/v1", mock)
    url, rows = "https://example.com/v1/items?keep=1", []
    while url:
        body = requests.get(url).json()
        rows += body["results"]
        url = body["next"]
    assert [1, 2, 3, 4, 5] == [row["id"] for row in rows]
    assert Counter({"/items": 3}) == counted


@pytest.mark.parametrize(
    "url", ["https://example.com/v10/items", "http://example.com/v1/items", "https://example.com/"]
)
def test_nothing_else_is_answered(url):
    """What only resembles the URL is not answered: no socket is opened for it either."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        counted = mount(Echo(), "https://example.com/v1", mock)
        with pytest.raises(requests.ConnectionError, match="URL does not match"):
            requests.get(url)
    assert Counter() == counted


def test_one_page_fails_once(mock):
    """A response registered before answers the first request; the dialect answers the next."""
    mock.add(responses.GET, "https://example.com/items", status=503)
    mount(PageNumberPages(total=1), "https://example.com", mock)
    statuses = [requests.get("https://example.com/items").status_code for _ in range(3)]
    assert [503, 200, 200] == statuses


@responses.activate
def test_the_default_mock():
    """Without a mock the default one is meant, which the module itself also stands for."""
    first = mount(Echo(), "https://first.example.com")
    second = mount(Echo(), "https://second.example.com", responses)
    requests.get("https://first.example.com")
    requests.get("https://second.example.com")
    assert (1, 1) == (first.total(), second.total())


def test_an_error_reaches_the_caller(mock):
    """What a dialect raises is raised where the request was made."""

    class Broken:
        def respond(self, request):
            raise RuntimeError("as the test wants")

    mount(Broken(), "https://example.com", mock)
    with pytest.raises(RuntimeError, match="as the test wants"):
        requests.get("https://example.com")


def test_pluggy_at_its_own_address(pluggy_sandbox):  # noqa: F811
    """The fixture answers as Pluggy, under Pluggy's URL, with the credentials it tells."""
    body = requests.get(
        f"{pluggy_sandbox.url}/accounts",
        params={"itemId": pluggy_sandbox.dialect.item_id},
        headers=pluggy_sandbox.headers,
    ).json()
    assert "https://api.pluggy.ai" == pluggy_sandbox.url
    assert list(pluggy_sandbox.dialect.account_rows()) == body["results"]
    assert Counter({"/accounts": 1}) == pluggy_sandbox.requests


def test_both_in_one_test(pluggy_sandbox, belvo_sandbox):  # noqa: F811
    """Both providers answer in one test, each counting its own."""
    link = belvo_sandbox.dialect.link_ids[0]
    url = f"{belvo_sandbox.url}/api/transactions/?link={link}&page_size=1000"
    rows = []
    while url:
        body = requests.get(url, auth=belvo_sandbox.auth).json()
        rows += body["results"]
        url = body["next"]
    assert list(belvo_sandbox.dialect.transaction_rows(link)) == rows
    assert 403 == requests.get(f"{pluggy_sandbox.url}/accounts").status_code
    assert Counter({"/api/transactions/": 4}) == belvo_sandbox.requests
    assert Counter({"/accounts": 1}) == pluggy_sandbox.requests


def test_nothing_stays_mounted():
    """After the fixtures the default mock is empty."""
    assert [] == responses.registered()


def test_without_pytest_there_are_no_fixtures(monkeypatch):
    """Without pytest the module imports all the same, and still mounts."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pytest", None)
        patch.delitem(sys.modules, testing.__name__)
        bare = importlib.import_module(testing.__name__)
        assert "pluggy_sandbox" not in bare.__all__
        assert not hasattr(bare, "pluggy_sandbox")
        with responses.RequestsMock() as mock:
            bare.mount(Pluggy(), "https://api.example.com", mock)
            assert 403 == requests.get("https://api.example.com/accounts").status_code
    monkeypatch.setattr("requests_paginate.testing", testing)


def test_certificates_are_not_needed():
    """Neither importing the module nor mounting a dialect needs trustme."""
    program = (
        "import sys; sys.modules['trustme'] = None\n"
        "import requests, responses\n"
        "from requests_paginate.testing import Pluggy, mount\n"
        "with responses.mock:\n"
        "    mount(Pluggy(), 'https://api.example.com')\n"
        "    print(requests.get('https://api.example.com/accounts').status_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "403\n" == done.stdout
