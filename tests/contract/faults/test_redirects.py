"""Rows 36 to 40: redirects and statuses."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import base64
import re

import pytest
import requests
from requests.auth import AuthBase
from urllib3 import Retry

from requests_paginate import get_all, request_all
from requests_paginate.exceptions import InconsistentListing, PageFailed, UnsafeLink
from requests_paginate.strategies import NextLink
from tests.contract.faults.matrix import LINKS, ROWS, Fault, Pages, body, run, table
from tests.loopback import LoopbackServer, http


class KeyAuth(AuthBase):
    """Puts a key into a header that requests does not know to be a credential."""

    def __call__(self, request):
        request.headers["X-API-KEY"] = "s3cr3t"
        return request


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"headers": {"X-API-KEY": "s3cr3t"}}, id="row_36-header"),
        pytest.param({"auth": KeyAuth()}, id="row_36-auth"),
    ],
)
def test_redirects_to_another_origin(status, options):
    """No redirect leaves the origin, whatever carries the key; nothing reaches the other server."""
    with LoopbackServer(lambda *_: http(body(2))) as elsewhere:
        fault = Fault(
            row=36, label="", faults=[http(b"", status, location=f"{elsewhere.url}/?page=2")],
            raises=UnsafeLink, options=options,
        )  # fmt: skip
        answer = Pages(fault.faults)
        with LoopbackServer(answer) as server:
            run(fault, answer, f"{server.url}/", lambda: len(server.requests))
        assert 0 == elsewhere.connections


def test_row_37_netrc_does_not_replace_auth_in_a_redirect(tmp_path, monkeypatch):
    """After a redirect of the same origin the caller's credentials are sent, not those of netrc."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login other password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    answer = Pages([http(b"", 302, location="/elsewhere?page=2")], lasting=False)
    with LoopbackServer(answer) as server, requests.Session() as session:
        session.auth = ("mine", "right")
        assert ROWS == list(get_all(server.url, session=session))
        expected = base64.b64encode(b"mine:right").decode()
        sent = [re.search("Authorization: Basic (.*)\r", each)[1] for each in server.requests]
        assert [expected] * 4 == sent


@table(
    Fault(row=38, label="to itself", faults=[http(b"", 302, location="?page=2")], raises=InconsistentListing, requests=4),
    Fault(row=39, label="302 without Location", faults=[http(b"", 302)], raises=PageFailed),
    Fault(row=39, label="304", faults=[http(b"", 304)], raises=PageFailed),
    Fault(row=39, label="206 of bytes", faults=[http(body(2), 206, content_range="bytes 0-9/99")], raises=PageFailed),
    Fault(row=39, label="206 of rows", faults=[http(body(2), 206, content_range="items 2-3/6")], requests=3),
    Fault(row=39, label="999", faults=[http(body(2), 999)], raises=PageFailed),
    Fault(row=39, label="201", faults=[http(body(2), 201)], raises=PageFailed),
    Fault(row=60, label="401 at first", faults=[http(b"", 401)], raises=PageFailed, number=1, requests=1, rows=0),
    Fault(row=61, label="401 on the way", faults=[http({"code": 401, "message": "expired"}, 401)], raises=PageFailed, match="401 Because: expired"),
    Fault(row=62, label="404", faults=[http(b"", 404)], raises=PageFailed),
    Fault(row=66, label="500 twice", faults=[http(b"", 500)] * 2, lasting=False, requests=5),
    Fault(row=67, label="500 always", faults=[http(b"", 500)], raises=PageFailed, requests=7),
    Fault(row=67, label="500 without retries", faults=[http(b"", 500)], raises=PageFailed, options={"retries": 0}),
    Fault(row=67, label="418 by a policy", faults=[http(b"", 418)], raises=PageFailed, requests=4, options={"retries": Retry(2, status_forcelist=[418])}),
)  # fmt: skip
def test_statuses(fault, waits):
    """Only 200, and 206 that counts rows, is a page; what may pass is tried again."""
    answer = Pages(fault.faults, fault.number, lasting=fault.lasting)
    with LoopbackServer(answer) as server:
        listing = run(fault, answer, f"{server.url}/", lambda: len(server.requests))
    assert len(waits) == listing.stats.retries


def test_row_38_a_circle_of_redirects():
    """Two URLs that redirect to each other are found out, however often they change."""
    answers = {1: "/a?page=2", 2: "/b?page=2"}
    count = [0]

    def answer(number, request):
        if number == 0:
            return http(body(1))
        count[0] += 1
        return http(b"", 302, location=answers[1 + count[0] % 2])

    with LoopbackServer(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="redirects lead nowhere"):
            list(get_all(server.url, session=session))
        assert len(server.requests) < 10


@pytest.mark.parametrize("status", [301, 302, 303])
def test_row_39_a_post_is_not_turned_into_a_get(status):
    """A POST follows 307 and 308 with its body; the others would make it a GET, and are PageFailed."""
    pages = [http(b"", status, location="/other")]
    with LoopbackServer(pages) as server, requests.Session() as session:
        with pytest.raises(PageFailed):
            list(request_all("POST", server.url, session=session, json={"q": 1}, strategy=LINKS))
        assert 1 == len(server.requests)


@pytest.mark.parametrize("status", [307, 308])
def test_row_39_a_post_keeps_method_and_body(status):
    """307 and 308 keep what was sent."""
    pages = [http(b"", status, location="/other"), http({"results": ROWS, "next": None})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        listing = request_all(
            "POST", server.url, session=session, json={"q": 1}, strategy=NextLink("next")
        )
        assert ROWS == list(listing)
        first, second = server.requests
        assert second.startswith("POST /other ")
        assert first.partition("\r\n\r\n")[2] == second.partition("\r\n\r\n")[2] == '{"q": 1}'


@pytest.mark.parametrize("where", ["session", "call"])
def test_row_40_a_session_parameter_in_a_link_is_sent_once(where):
    """A link that already carries the session's own parameter is sent as it came."""

    def answer(number, _):
        return http(
            {"results": [ROWS[number]], "next": "?page=2&key=k&size=5" if number == 0 else None}
        )

    with LoopbackServer(answer) as server, requests.Session() as session:
        given = {"key": "k", "size": 5}
        session.params = given if where == "session" else {}
        params = given if where == "call" else None
        assert ROWS[:2] == list(get_all(server.url, session=session, params=params))
        assert ["/?key=k&size=5", "/?page=2&key=k&size=5"] == server.paths()
