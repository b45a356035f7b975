"""What records a server, or stands in for it in tests."""

from __future__ import annotations

import json

import pytest
import requests

from requests_paginate import PaginatedSession, get_all
from tests.loopback import LoopbackServer

from .pages import PAGES, ROWS, answer, page

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 3])
URL = "https://api.example.com/rows"


def test_vcrpy(tmp_path):
    """A cassette that was recorded without `prefetch` plays every page back without the server."""
    import vcr

    def listed(mode):
        cassette = vcr.use_cassette(str(tmp_path / "rows.yaml"), record_mode=mode)
        with cassette, PaginatedSession(allow_http=True) as session:
            return list(session.get_all(url, prefetch=0))

    with LoopbackServer(answer) as server:
        url = server.url
        assert ROWS == listed("once")
        assert PAGES == len(server.requests)
    assert ROWS == listed("none")


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@with_prefetch
def test_betamax(tmp_path, prefetch):
    """A cassette records every page and plays it back, whatever is fetched ahead."""
    from betamax import Betamax

    def listed(mode):
        with requests.Session() as session:
            recorder = Betamax(session, cassette_library_dir=str(tmp_path))
            with recorder.use_cassette("rows", record=mode):
                return list(get_all(url, session=session, prefetch=prefetch))

    with LoopbackServer(answer) as server:
        url = server.url
        assert ROWS == listed("once")
        assert PAGES == len(server.requests)
    assert ROWS == listed("none")


@with_prefetch
def test_requests_mock(prefetch):
    """The pages come from what is registered, the one without a number first."""
    import requests_mock

    with requests_mock.Mocker() as mock:
        mock.get(URL, json=page(1))
        for number in range(2, PAGES + 1):
            mock.get(f"{URL}?page={number}", json=page(number))
        assert ROWS == list(get_all(URL, prefetch=prefetch))
        assert PAGES == mock.call_count


@with_prefetch
def test_responses(prefetch):
    """The pages come from what is registered, each with the parameters of its request."""
    import responses

    with responses.RequestsMock() as mock:
        for number in range(1, PAGES + 1):
            params = {"page": number} if number > 1 else {}
            matcher = responses.matchers.query_param_matcher(params)
            mock.get(URL, json=page(number), match=[matcher])
        assert ROWS == list(get_all(URL, prefetch=prefetch))
        assert PAGES == len(mock.calls)


@with_prefetch
def test_pytest_httpserver(httpserver, session, prefetch):
    """Its fixture serves over plain http, which the session must allow."""
    from werkzeug import Response

    def respond(request):
        body = json.dumps(page(int(request.args.get("page", 1))))
        return Response(body, content_type="application/json")

    httpserver.expect_request("/rows").respond_with_handler(respond)
    listing = session.get_all(httpserver.url_for("/rows"), prefetch=prefetch)
    assert ROWS == list(listing)
    assert PAGES == len(httpserver.log)


@with_prefetch
def test_pook(prefetch):
    """The pages come from what is registered, the one without a number last."""
    import pook

    with pook.use():
        for number in range(2, PAGES + 1):
            pook.get(URL, params={"page": str(number)}, reply=200, response_json=page(number))
        pook.get(URL, reply=200, response_json=page(1))
        assert ROWS == list(get_all(URL, prefetch=prefetch))
        assert pook.isdone()
