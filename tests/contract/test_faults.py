"""The fault matrix, rows 25 to 86: what a hostile or broken server does, byte-exact over sockets.

Rows 1 to 24 (TLS and proxies) are in `test_faults_transport`, and `test_fault_numbers` counts them
all. A fault's test carries its number, and asserts the exact class of the error, the requests that
the server saw, the rows that came before it, and that its checkpoint leads to the rest.
"""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import base64
import gzip
import json
import logging
import pickle
import random
import re
import signal
import subprocess
import sys
import threading
import traceback
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.auth import AuthBase
from urllib3 import Retry

from requests_paginate import exceptions, get_all, request_all
from requests_paginate._urls import parse_link_header
from requests_paginate.exceptions import (
    DeadlineExceeded,
    InconsistentListing,
    InvalidCheckpoint,
    ListingChanged,
    MalformedPage,
    PageFailed,
    PageTooLarge,
    TransferFailed,
    UnsafeLink,
)
from requests_paginate.strategies import LinkHeader, NextLink, Offset, PageNumber
from tests.wires import RESET, STALL, http, wire_server

ROWS = [{"id": number} for number in range(6)]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINKS = NextLink("next", items="results", total="count")
NUMBERS = PageNumber(
    "page", total_pages="totalPages", number="page", items="results", total="total"
)


def body(number, **changes):
    """One of three pages of two rows, as Belvo and Pluggy write them at once."""
    page = {
        "count": 6, "next": f"?page={number + 1}" if number < 3 else None,
        "total": 6, "totalPages": 3, "page": number, "results": ROWS[2 * number - 2 : 2 * number],
    }  # fmt: skip
    page.update(changes)
    return {name: value for name, value in page.items() if value is not LEFT_OUT}


LEFT_OUT = object()


class Pages:
    """Answers the three pages; one of them with faults, as long as they last or until mended.

    Args:
        faults: The answers to the requests of the faulty page, in order; the last one stays.
        number: The faulty page.
        lasting: Whether the last fault stays; else good pages follow.
    """

    def __init__(self, faults, number=2, *, lasting=True):
        self.faults, self.number, self.lasting = list(faults), number, lasting
        self.mended = False

    def __call__(self, _, request):
        number = int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1))
        if number == self.number and self.faults and not self.mended:
            return self.faults[0] if self.lasting and len(self.faults) == 1 else self.faults.pop(0)
        return http(body(number))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A row of the matrix.

    Attributes:
        row: Its number.
        label: What is broken.
        faults: What the server answers in place of a page.
        raises: The exact class of the error; None where the listing gets over it.
        requests: How many requests the server saw.
        rows: How many rows came before the error.
        number: The page that is broken.
        lasting: Whether the last fault stays.
        match: What the error's text says.
        options: Options of the listing.
    """

    row: int
    label: str
    faults: list[Any]
    raises: type[Exception] | None = None
    requests: int = 2
    rows: int = 2
    number: int = 2
    lasting: bool = True
    match: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def run(fault, answer, server_url, asked, **options):
    """Lists until the fault, then lets the mended server be asked for the rest."""
    options = {"strategy": LINKS, **fault.options, **options}
    with requests.Session() as session:
        listing, got = get_all(server_url, session=session, **options), []
        if fault.raises is None:
            got += listing
            assert listing.complete
        else:
            with pytest.raises(exceptions.PaginationError, match=fault.match) as caught:
                for row in listing:
                    got.append(row)
            assert fault.raises is type(caught.value)
            assert ROWS[: fault.rows] == got
            assert fault.rows == caught.value.items_yielded
        assert fault.requests == asked()
        answer.mended = True
        if fault.raises is not None:
            got += get_all(
                server_url, session=session, **{**options, "resume": caught.value.checkpoint}
            )
        assert ROWS == got
    return listing


def table(*faults):
    """Parametrizes a test with rows, each with its number in its name."""
    names = [f"row_{fault.row:02}-{fault.label}" for fault in faults]
    return pytest.mark.parametrize("fault", faults, ids=names)


def linking(row, label, link, raises, *, requests=1, rows=2, **options):
    """A first page whose link is the fault."""
    return Fault(
        row=row, label=label, faults=[http(body(1, next=link))], raises=raises, number=1,
        requests=requests, rows=rows, options=options,
    )  # fmt: skip


# Links -------------------------------------------------------------------------------------------


@table(
    linking(25, "other host", "https://evil.test/?page=2", UnsafeLink),
    linking(26, "subdomain", "http://api.localhost/?page=2", UnsafeLink),
    linking(26, "other port", "http://localhost:1/?page=2", UnsafeLink),
    linking(28, "trailing dot", "http://localhost.:{port}/?page=2", UnsafeLink),
    linking(29, "no scheme", "//evil.test/?page=2", UnsafeLink),
    linking(30, "userinfo", "http://user:pass@localhost:{port}/?page=2", UnsafeLink),
    linking(
        30, "userinfo of another host", "http://localhost:{port}@evil.test/?page=2", UnsafeLink
    ),
    linking(31, "backslash", "http://localhost:{port}\\@evil.test/?page=2", UnsafeLink, rows=0),
    linking(32, "carriage return", "?page=2\r", UnsafeLink, rows=0),
    linking(32, "line feed", "?page=\n2", UnsafeLink, rows=0),
    linking(32, "tab", "\t?page=2", UnsafeLink, rows=0),
    linking(32, "space", "?page= 2", UnsafeLink, rows=0),
    linking(32, "no-break space", "?page=2\xa0", UnsafeLink, rows=0),
    linking(33, "javascript", "javascript:alert(1)", UnsafeLink),
    linking(33, "file", "file:///etc/passwd", UnsafeLink),
    linking(33, "data", "data:application/json,[]", UnsafeLink),
    linking(34, "encoded host", "http://ev%69l.test/?page=2", UnsafeLink),
    linking(34, "fullwidth host", "http://\uff45vil.test/?page=2", UnsafeLink),
    linking(54, "a number", 5, MalformedPage, rows=0),
    linking(54, "true", True, MalformedPage, rows=0),
    linking(54, "an object", {}, MalformedPage, rows=0),
    linking(54, "a list", [], MalformedPage, rows=0),
    linking(55, "null before the end", None, InconsistentListing, rows=0),
    linking(55, "absent before the end", LEFT_OUT, InconsistentListing, rows=0),
    linking(55, "empty before the end", "", InconsistentListing, rows=0),
)
def test_links_that_are_refused(fault):
    """A link that leads away, or is none, raises before anything is sent there."""
    with wire_server([]) as elsewhere:
        answer = Pages([])
        with wire_server(answer) as server:
            page = fault.faults[0].replace(b"{port}", str(server.port).encode())
            head, _, content = page.partition(b"\r\n\r\n")
            answer.faults, answer.number = [http(json.loads(content))], 1
            assert head
            run(fault, answer, f"{server.url}/", lambda: len(server.requests))
        assert [] == elsewhere.requests


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("http://localhost:{port}/?page=2", id="row_27-absolute"),
        pytest.param("HTTP://LOCALHOST:{port}/?page=2", id="row_27-upper case"),
        pytest.param("http://localhost:0{port}/?page=2", id="row_27-port with a zero"),
        pytest.param("/?page=2", id="row_27-path"),
        pytest.param("?page=2", id="row_27-query"),
        pytest.param("//localhost:{port}/?page=2", id="row_27-no scheme"),
        pytest.param("http://l%6fcalhost:{port}/?page=2", id="row_34-encoded own host"),
    ],
)
def test_links_that_stay(link):
    """Every spelling of the listing's own origin is followed."""
    answer = Pages([])
    with wire_server(answer) as server, requests.Session() as session:
        answer.faults, answer.number = (
            [http(body(1, next=link.replace("{port}", str(server.port))))],
            1,
        )
        assert ROWS == list(get_all(server.url, session=session))
        assert 3 == len(server.requests)


class Recorder(requests.adapters.BaseAdapter):
    """Answers the three pages without a socket, for hosts that no test may serve."""

    def __init__(self, link):
        super().__init__()
        self.link, self.sent = link, []

    def send(self, request, **_):
        number = int(dict(parse_qsl(urlsplit(request.url).query)).get("page", 1))
        content = body(number, next=self.link.format(number + 1) if number < 3 else None)
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response._content, response._content_consumed = json.dumps(content).encode(), True
        self.sent.append(request.url)
        return response

    def close(self):
        """There is nothing to close."""


@pytest.mark.parametrize(
    ("url", "link", "stays"),
    [
        pytest.param(
            "https://api.test/", "https://api.test:443/?page={}", True, id="row_27-default port"
        ),
        pytest.param(
            "https://api.test:443/",
            "https://API.test/?page={}",
            True,
            id="row_27-default port left out",
        ),
        pytest.param(
            "https://api.test:8443/", "https://api.test/?page={}", False, id="row_27-another port"
        ),
        pytest.param("https://[::1]:8/", "https://[::1]:8/?page={}", True, id="row_35-IPv6"),
        pytest.param(
            "https://[::1]:8/",
            "https://[0:0:0:0:0:0:0:1]:8/?page={}",
            False,
            id="row_35-IPv6 expanded",
        ),
    ],
)
def test_origins_are_compared_as_prepared(url, link, stays):
    """The effective port counts, and a host is another one where it is written otherwise."""
    recorder = Recorder(link)
    with requests.Session() as session:
        session.mount("https://", recorder)
        listing = get_all(url, session=session, strategy=LINKS)
        if stays:
            assert ROWS == list(listing)
        else:
            with pytest.raises(UnsafeLink):
                list(listing)
    assert (3 if stays else 1) == len(recorder.sent)


# Redirects ---------------------------------------------------------------------------------------


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
    with wire_server(lambda *_: http(body(2))) as elsewhere:
        fault = Fault(
            row=36, label="", faults=[http(b"", status, location=f"{elsewhere.url}/?page=2")],
            raises=UnsafeLink, options=options,
        )  # fmt: skip
        answer = Pages(fault.faults)
        with wire_server(answer) as server:
            run(fault, answer, f"{server.url}/", lambda: len(server.requests))
        assert 0 == elsewhere.connections


def test_row_37_netrc_does_not_replace_auth_in_a_redirect(tmp_path, monkeypatch):
    """After a redirect of the same origin the caller's credentials are sent, not those of netrc."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login other password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    answer = Pages([http(b"", 302, location="/elsewhere?page=2")], lasting=False)
    with wire_server(answer) as server, requests.Session() as session:
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
    Fault(row=61, label="401 on the way", faults=[http({"code": 401, "message": "expired"}, 401)], raises=PageFailed, match="401: expired"),
    Fault(row=62, label="404", faults=[http(b"", 404)], raises=PageFailed),
    Fault(row=66, label="500 twice", faults=[http(b"", 500)] * 2, lasting=False, requests=5),
    Fault(row=67, label="500 always", faults=[http(b"", 500)], raises=PageFailed, requests=7),
    Fault(row=67, label="500 without retries", faults=[http(b"", 500)], raises=PageFailed, options={"retries": 0}),
    Fault(row=67, label="418 by a policy", faults=[http(b"", 418)], raises=PageFailed, requests=4, options={"retries": Retry(2, status_forcelist=[418])}),
)  # fmt: skip
def test_statuses(fault, waits):
    """Only 200, and 206 that counts rows, is a page; what may pass is tried again."""
    answer = Pages(fault.faults, fault.number, lasting=fault.lasting)
    with wire_server(answer) as server:
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

    with wire_server(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="redirects lead nowhere"):
            list(get_all(server.url, session=session))
        assert len(server.requests) < 10


@pytest.mark.parametrize("status", [301, 302, 303])
def test_row_39_a_post_is_not_turned_into_a_get(status):
    """A POST follows 307 and 308 with its body; the others would make it a GET, and are PageFailed."""
    pages = [http(b"", status, location="/other")]
    with wire_server(pages) as server, requests.Session() as session:
        with pytest.raises(PageFailed):
            list(request_all("POST", server.url, session=session, json={"q": 1}, strategy=LINKS))
        assert 1 == len(server.requests)


@pytest.mark.parametrize("status", [307, 308])
def test_row_39_a_post_keeps_method_and_body(status):
    """307 and 308 keep what was sent."""
    pages = [http(b"", status, location="/other"), http({"results": ROWS, "next": None})]
    with wire_server(pages) as server, requests.Session() as session:
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

    with wire_server(answer) as server, requests.Session() as session:
        given = {"key": "k", "size": 5}
        session.params = given if where == "session" else {}
        params = given if where == "call" else None
        assert ROWS[:2] == list(get_all(server.url, session=session, params=params))
        assert ["/?key=k&size=5", "/?page=2&key=k&size=5"] == server.paths()


# Loops -------------------------------------------------------------------------------------------


@table(
    linking(42, "itself", "?page=1", InconsistentListing, rows=2, requests=2),
    linking(42, "its own URL", "/", InconsistentListing, rows=0),
    linking(44, "a fragment", "/#top", InconsistentListing, rows=0),
    Fault(row=43, label="back to the first", faults=[http(body(2, next="/"))], raises=InconsistentListing),
    Fault(row=52, label="parameter ignored", faults=[http(body(1))], raises=InconsistentListing),
    Fault(row=52, label="number ignored", faults=[http(body(1, page=LEFT_OUT))], raises=InconsistentListing, options={"strategy": PageNumber("page", total_pages="totalPages", items="results")}),
    Fault(row=53, label="wrong echo", faults=[http(body(3))], raises=InconsistentListing, match="asked for page=2", options={"strategy": NUMBERS}),
)  # fmt: skip
def test_circles_and_contradictions(fault):
    """A page or request that comes again, and an echo of another page, raise."""
    answer = Pages(fault.faults, fault.number)
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_45_empty_pages_without_end():
    """New links for ever and no rows: after a hundred empty pages in a row it is enough."""

    def answer(number, _):
        return http({"results": [], "next": f"?page={number + 2}"})

    with wire_server(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="more than 100 pages") as caught:
            list(get_all(server.url, session=session, strategy=NextLink("next")))
        assert 101 == len(server.requests)
        assert 0 == caught.value.items_yielded


def test_row_46_full_pages_without_end():
    """New rows for ever are data: only max_pages bounds them."""

    def answer(number, _):
        return http({"results": [number], "next": f"?page={number + 2}"})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, max_pages=150)
        assert [*range(150)] == list(listing)
        assert not listing.complete
        assert 150 == len(server.requests)


def test_row_47_a_billion_pages_and_none_has_rows():
    """A number of pages that no page keeps is given up."""

    def answer(number, _):
        return http(
            body(
                number + 1,
                totalPages=10**9,
                total=LEFT_OUT,
                results=ROWS[:2] if number == 0 else [],
            )
        )

    with wire_server(answer) as server, requests.Session() as session:
        with pytest.raises(InconsistentListing, match="no rows") as caught:
            list(get_all(server.url, session=session, strategy=NUMBERS))
        assert 102 == len(server.requests)
        assert 2 == caught.value.items_yielded


# Numbers -----------------------------------------------------------------------------------------


@table(
    *(
        Fault(row=48, label=repr(value), faults=[http(body(2, totalPages=value))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS})
        for value in (-1, 1.5, True, 3e9, "3.0", [3])
    ),
    Fault(row=48, label="NaN", faults=[http(b'{"totalPages": NaN, "page": 2, "results": []}')], raises=MalformedPage, options={"strategy": NUMBERS}),
    Fault(row=48, label="a decimal string", faults=[http(body(2, totalPages="3"))], requests=3, options={"strategy": NUMBERS}),
    Fault(row=48, label="a total that is no number", faults=[http(body(2, total=2.5))], raises=MalformedPage, match="total", options={"strategy": NUMBERS}),
    Fault(row=49, label="null", faults=[http(body(2, totalPages=None))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
    Fault(row=49, label="missing", faults=[http(body(2, totalPages=LEFT_OUT))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
    Fault(row=49, label="5000 digits", faults=[http(b'{"totalPages": ' + b"9" * 5000 + b', "page": 2, "results": []}')], raises=MalformedPage, options={"strategy": NUMBERS}),
    Fault(row=49, label="null without a total", faults=[http(body(2, totalPages=None, total=LEFT_OUT))], raises=MalformedPage, match="totalPages", options={"strategy": NUMBERS}),
)  # fmt: skip
def test_numbers(fault):
    """A count is a whole number from 0, or one in a string; anything else raises."""
    answer = Pages(fault.faults, fault.number)
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_50_no_pages_and_no_rows():
    """No pages and no rows are an empty listing, and complete."""
    with wire_server([http({"page": 1, "totalPages": 0, "total": 0, "results": []})]) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session, strategy=NUMBERS)
            assert [] == list(listing)
            assert listing.complete


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([3, 3, 4, 4], 4, id="row_51-grows"),
        pytest.param([5, 5, 3], 3, id="row_51-shrinks"),
    ],
)
@pytest.mark.parametrize("total", [True, False])
def test_a_number_of_pages_that_moves(told, expected, total):
    """The latest number of pages counts, and that it moved is said once."""

    def answer(number, _):
        more = {"total": told[number]} if total else {}
        return http({"page": number + 1, "totalPages": told[number], "results": [number], **more})

    strategy = PageNumber("page", total_pages="totalPages", total="total" if total else None)
    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy)
        with pytest.warns(ListingChanged) as warned:
            assert [*range(expected)] == list(listing)
        assert (1, __file__) == (len(warned), warned[0].filename)
        assert listing.stats.drift


# Bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending", [pytest.param(end, id=f"row_55-{label}") for label, end in {"null": None, "absent": LEFT_OUT, "empty": ""}.items()]
)  # fmt: skip
def test_the_end_of_links(ending):
    """Where the total agrees, null, nothing and an empty string are the end."""
    answer = Pages([http(body(3, next=ending))], 3)
    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=LINKS)
        assert ROWS == list(listing)
        assert listing.complete
        assert 3 == len(server.requests)


@table(
    Fault(row=56, label="missing", faults=[http(body(2, results=LEFT_OUT))], raises=MalformedPage, match="results"),
    Fault(row=56, label="an object", faults=[http(body(2, results={"a": 1}))], raises=MalformedPage, match="results"),
    Fault(row=56, label="a string", faults=[http(body(2, results="no"))], raises=MalformedPage, match="results"),
    Fault(row=57, label="an error body", faults=[http({"code": 500, "message": "no"})], raises=MalformedPage),
    Fault(row=57, label="an error beside no rows", faults=[http(body(2, results=[], error={"code": "broken"}))], raises=MalformedPage),
    Fault(row=58, label="HTML", faults=[http(b"<html>login</html>", content_type="text/html")], raises=MalformedPage, match="text/html"),
    Fault(row=59, label="204 at first", faults=[http(b"", 204)], raises=MalformedPage, match="204", number=1, requests=1, rows=0),
    Fault(row=59, label="204 before the total", faults=[http(b"", 204)], raises=InconsistentListing, match="2 of 6"),
    Fault(row=59, label="an empty 200", faults=[http(b"")], raises=MalformedPage, match="empty"),
    Fault(row=76, label="byte order mark", faults=[http(b"\xef\xbb\xbf" + json.dumps(body(2)).encode())], requests=3),
    Fault(row=76, label="UTF-16", faults=[http(json.dumps(body(2)).encode("utf-16"))], requests=3),
    Fault(row=77, label="Latin-1", faults=[http('{"results": ["João"], "next": null}'.encode("latin-1"))], raises=MalformedPage),
    Fault(row=78, label="duplicate keys: the last wins", faults=[http(b'{"results": [], "results": [{"id": 2}, {"id": 3}], "next": "?page=9", "next": "?page=3"}')], requests=3),
    Fault(row=79, label="NaN", faults=[http(b'{"results": [NaN], "next": null}')], raises=MalformedPage, match="decode="),
    Fault(row=79, label="1e999", faults=[http(b'{"results": [1e999], "next": null}')], raises=MalformedPage, match="decode="),
    Fault(row=80, label="depth of 100,000", faults=[http(b'{"results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")], raises=MalformedPage, match="deep"),
    Fault(row=80, label="depth of 100,000 objects", faults=[http(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)], raises=MalformedPage, match="deep"),
)  # fmt: skip
@pytest.mark.usefixtures("deep")
def test_bodies(fault):
    """A body that is not what the strategy expects raises, and says what came."""
    answer = Pages(fault.faults, fault.number)
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


def test_row_79_numbers_that_are_none_are_read_by_a_decoder_of_the_caller_s():
    """`decode=json.loads` takes NaN and infinities, whoever wants them."""
    with wire_server([http(b'{"results": [1e999, -1e999], "next": null}')] * 2) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session, decode=json.loads)
            assert [float("inf"), float("-inf")] == list(listing)


# Retries -----------------------------------------------------------------------------------------


@table(
    *(
        Fault(row=63, label=label, faults=[http(b"", 429, retry_after=value)], lasting=False, requests=4, options={"wait": wait})
        for label, value, wait in [("1", "1", 1), ("past date", "Wed, 21 Oct 2015 07:28:00 GMT", None), ("0", "0", None)]
    ),
    *(
        Fault(row=64, label=value or "empty", faults=[http(b"", 429, retry_after=value)], lasting=False, requests=4, options={"wait": None})
        for value in ("-5", "1.5", "soon", "", "Fri, 31 Dec 99999 23:59:59 GMT", "9" * 5000)
    ),
    Fault(row=64, label="absent", faults=[http(b"", 429)], lasting=False, requests=4, options={"wait": None}),
)  # fmt: skip
def test_what_a_server_asks_to_wait(fault, waits, monkeypatch, caplog):
    """Seconds and dates are obeyed; nonsense counts as absent, and backoff with jitter takes over."""
    caplog.set_level(logging.INFO, "requests_paginate")
    monkeypatch.setattr("requests_paginate._transport.fetcher.random.random", lambda: 0.25)
    options = dict(fault.options)
    expected = options.pop("wait")
    fault = Fault(**{**vars(fault), "options": options})
    answer = Pages(fault.faults, lasting=False)
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))
    assert [expected or 0.25 * 0.5 * 2] == waits
    assert "PageFailed" in caplog.text


@table(
    Fault(row=65, label="three years", faults=[http(b"", 429, retry_after="99999999")], raises=DeadlineExceeded, match="no time for another try"),
    Fault(row=65, label="three years by a date", faults=[http(b"", 503, retry_after="Wed, 21 Oct 2999 07:28:00 GMT")], raises=DeadlineExceeded, match="no time"),
    Fault(row=68, label="short", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="short always", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"]], raises=TransferFailed, requests=7),
    Fault(row=68, label="chunk cut", faults=[[CHUNKED + b"fff\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="chunk of no size", faults=[[CHUNKED + b"zz\r\n{"]], lasting=False, requests=4),
    Fault(row=68, label="reset", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", RESET]], lasting=False, requests=4),
    Fault(row=68, label="reset at once", faults=[[RESET]], lasting=False, requests=4),
    Fault(row=68, label="reset always", faults=[[RESET]], raises=TransferFailed, requests=7),
    Fault(row=69, label="once", faults=[[b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"results": [']], lasting=False, requests=4),
    Fault(row=69, label="always", faults=[[b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"results": [']], raises=MalformedPage, requests=7),
    Fault(row=70, label="bad CRC once", faults=[http(gzip.compress(b'{"results": []}')[:-8] + b"\0" * 8, content_encoding="gzip")], lasting=False, requests=4),
    Fault(row=70, label="bad CRC always", faults=[http(gzip.compress(b'{"results": []}')[:-8] + b"\0" * 8, content_encoding="gzip")], raises=TransferFailed, requests=7),
    Fault(row=70, label="no gzip", faults=[http(b"{}", content_encoding="gzip")], raises=TransferFailed, requests=7),
    Fault(row=72, label="six encodings", faults=[http(b"{}", content_encoding="gzip, gzip, gzip, gzip, gzip, gzip")], raises=TransferFailed, match="encodings"),
    Fault(row=74, label="stalled body once", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", STALL]], lasting=False, requests=4, options={"timeout": (5, 0.6)}),
    Fault(row=74, label="stalled body", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", STALL]], raises=DeadlineExceeded, requests=3, options={"timeout": (5, 0.6), "retries": 1}),
    Fault(row=74, label="stalled answer", faults=[[STALL]], raises=DeadlineExceeded, requests=3, options={"timeout": (5, 0.6), "retries": 1}),
    Fault(row=74, label="stalled past the deadline", faults=[[STALL]], raises=DeadlineExceeded, options={"deadline": 1}),
    Fault(row=75, label="keep-alive race", faults=[[]], lasting=False, requests=4),
)  # fmt: skip
def test_broken_transfers(fault, waits):
    """Request, body and decoding are one try: what broke half-way is begun anew, and no row repeats."""
    answer = Pages(fault.faults, lasting=fault.lasting)
    with wire_server(answer) as server:
        listing = run(fault, answer, f"{server.url}/", lambda: len(server.requests))
    assert len(waits) == listing.stats.retries


def test_row_61_a_key_that_expires_is_renewed_by_a_hook():
    """Pluggy's keys last two hours: a response hook may fetch another and send the request again."""
    keys = iter(["new"])

    def answer(number, request):
        if "X-API-KEY: new" not in request and number > 0:
            return http({"message": "expired"}, 401)
        return http(
            body(int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1)))
        )

    with wire_server(answer) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = "old"

        def renew(response, **options):
            if response.status_code != 401:
                return response
            response.close()
            session.headers["X-API-KEY"] = response.request.headers["X-API-KEY"] = next(keys)
            return session.send(response.request, **options)

        assert ROWS == list(get_all(server.url, session=session, hooks={"response": renew}))
        assert 4 == len(server.requests)


# Bounds ------------------------------------------------------------------------------------------


@table(
    Fault(row=71, label="bomb", faults=[http(gzip.compress(b"[" + b" " * 5_000_000 + b"]"), content_encoding="gzip")], raises=PageTooLarge),
    Fault(row=71, label="bomb of bombs", faults=[http(gzip.compress(gzip.compress(b" " * 50_000_000)), content_encoding="gzip, gzip")], raises=PageTooLarge),
    Fault(row=71, label="deflate bomb", faults=[http(zlib.compress(b" " * 5_000_000), content_encoding="deflate")], raises=PageTooLarge),
    Fault(row=71, label="gigabyte", faults=[[b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", *[b" " * 65536] * 40]], raises=PageTooLarge),
    Fault(row=71, label="endless chunks", faults=[[CHUNKED, *[b"10000\r\n" + b" " * 65536 + b"\r\n"] * 40]], raises=PageTooLarge),
)  # fmt: skip
def test_bodies_without_bound(fault):
    """A page is larger than max_page_bytes once it is decoded, however small it was on the wire."""
    answer = Pages(fault.faults)
    fault = Fault(
        **{**vars(fault), "options": {"max_page_bytes": 1_000_000}, "match": "1000000 bytes"}
    )
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))


BOMB = """
import gzip, resource, sys, threading
from tests.wires import http, wire_server
import requests
from requests_paginate import exceptions, get_all

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

squeezed = zlib = gzip.compress(b"[")  # members follow one another, so the bomb is never whole here
bomb = squeezed + gzip.compress(b" " * 1_000_000) * 200
with wire_server([http(bomb, content_encoding="gzip")]) as server, requests.Session() as session:
    before = peak()
    try:
        list(get_all(server.url, session=session))
    except exceptions.PageTooLarge:
        print(len(bomb), peak() - before)
"""


def test_row_71_a_bomb_of_200_megabytes_takes_less_than_100():
    """A bomb on its way to 200 MB is refused at the 64 MiB of the default, in bounded memory."""
    told = subprocess.run(
        [sys.executable, "-c", BOMB], check=True, capture_output=True, text=True, timeout=60
    )
    size, megabytes = map(int, told.stdout.split())
    assert size < 250_000
    assert megabytes < 100


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
PIECES = 400  # twenty seconds of dripping


@pytest.mark.parametrize(
    ("head", "pieces"),
    [
        pytest.param(PLAIN, [b" "] * PIECES, id="row_73-plain"),
        pytest.param(CHUNKED, [b"1\r\n \r\n"] * PIECES, id="row_73-chunks"),
        pytest.param(
            PLAIN.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
            [bytes([byte]) for byte in gzip.compress(random.Random(1).randbytes(PIECES))],
            id="row_73-gzip",
        ),
    ],
)
def test_bodies_that_drip(head, pieces):
    """Bytes that keep coming do not keep a page alive past its deadline, compressed or not."""
    sent = []
    is_read = threading.Event()

    def slowly():
        yield head
        for piece in pieces:
            sent.append(piece)
            yield piece
            is_read.wait(0.05)  # a pause between bytes, which is the fault itself

    answer = Pages([slowly()])
    options = {"deadline": 1, "retries": 0}
    fault = Fault(row=73, label="", faults=[], raises=DeadlineExceeded, options=options)
    with wire_server(answer) as server:
        run(fault, answer, f"{server.url}/", lambda: len(server.requests))
        assert 0 < len(sent) < PIECES / 2
        is_read.set()


# Link headers ------------------------------------------------------------------------------------

TARGET = "/?page=2"
VARIANTS = [
    f'<{TARGET}>; rel="next"', f"<{TARGET}>; rel=next", f'<{TARGET}>;rel="next last"',
    f'<{TARGET}>; REL="next"', f'<{TARGET}>; rel="Next"', f'<{TARGET}>; title="a=b"; rel="next"',
    f'<{TARGET}>; title="a;b,c"; rel="next"', f'<{TARGET}>; crossorigin; rel="next"',
    f'</?p=1>; rel="prev", <{TARGET}>; rel="next"', f'<{TARGET}>; rel="next"; rel="last"',
    f'<{TARGET}>; rel="next",', f', <{TARGET}>; rel="next"', f'<{TARGET}> ; rel = "next"',
    f'<{TARGET};a,b>; rel="next"',
]  # fmt: skip


@pytest.mark.parametrize(
    "header", VARIANTS, ids=[f"row_81-{number}" for number in range(len(VARIANTS))]
)
def test_link_headers(header):
    """Every legal spelling of a Link header leads to the next page (RFC 8288 section 3)."""
    pages = [http(ROWS[:3], link=header), http(ROWS[3:])]
    with wire_server(pages) as server, requests.Session() as session:
        assert ROWS == list(get_all(server.url, session=session, strategy=LinkHeader()))
        assert 2 == len(server.requests)


@pytest.mark.parametrize(
    "header", ["no link", "<?page=2", '<?page=2>; rel="next" <?page=3>; rel="next"']
)
def test_row_81_what_is_no_link_header(header):
    """A Link header that cannot be read is no end: it raises."""
    with wire_server([http(ROWS, link=header)]) as server, requests.Session() as session:
        with pytest.raises(MalformedPage, match="Link header"):
            list(get_all(server.url, session=session, strategy=LinkHeader()))


def test_row_82_six_megabytes_of_link_header():
    """A huge header is read in time that grows as its length does, and one on the wire is refused."""
    header = ", ".join(f'<https://api.test/?page={page}>; rel="last"' for page in range(140_000))
    assert 140_000 == len(parse_link_header(header))
    with wire_server([http(ROWS, link=header)]) as server, requests.Session() as session:
        with pytest.raises(TransferFailed):
            list(get_all(server.url, session=session, retries=0))


# Consumers ---------------------------------------------------------------------------------------


def test_row_83_a_consumer_that_stops():
    """After `break` nothing more is asked for."""
    with wire_server(Pages([])) as server, requests.Session() as session:
        for row in get_all(server.url, session=session):
            if row["id"] == 2:
                break
        assert 2 == len(server.requests)


def test_row_84_an_interrupt_while_waiting():
    """Ctrl-C ends a wait of minutes at once, and the listing can go on afterwards."""
    main = threading.main_thread().ident
    answer = Pages([http(b"", 429, retry_after="120")])

    def interrupting(number, request):
        reply = answer(number, request)
        if b"429" in reply[:20]:
            answer.mended = True
            threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT)).start()
        return reply

    with wire_server(interrupting) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        got = [next(listing), next(listing)]
        with pytest.raises(KeyboardInterrupt):
            next(listing)
        assert 2 == len(server.requests)
        assert ROWS == [*got, *listing]


def test_row_85_rows_that_shift():
    """A row inserted before the listing's place repeats another: it is told, and `key` drops it."""
    moved = [{"id": -1}, *ROWS]

    def answer(number, _):
        rows = (ROWS if number == 0 else moved)[3 * number : 3 * number + 3]
        return http({"results": rows, "total": 6 + (number > 0)})

    strategy = Offset("offset", total="total", items="results")
    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy, key="id")
        with pytest.warns(ListingChanged, match="the total changed from 6 to 7"):
            assert ROWS == list(listing)
        assert 1 == listing.stats.duplicates_dropped


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda token: token[:-1], id="row_86-cut"),
        pytest.param(
            lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), id="row_86-changed"
        ),
        pytest.param(lambda token: token + token, id="row_86-doubled"),
        pytest.param(lambda token: "", id="row_86-empty"),
        pytest.param(
            lambda token: base64.urlsafe_b64encode(pickle.dumps({"v": 1})).decode(),
            id="row_86-pickle",
        ),
    ],
)
def test_checkpoints_that_were_tampered_with(tamper):
    """A token that was changed is refused at the call, before anything is sent."""
    with wire_server(Pages([])) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        next(listing)
        with pytest.raises(InvalidCheckpoint):
            get_all(server.url, session=session, resume=tamper(listing.checkpoint()))
        assert 1 == len(server.requests)


# Secrets -----------------------------------------------------------------------------------------

SECRETS = {
    "header": "hunter-header", "auth": "hunter-auth", "cookie": "hunter-cookie",
    "param": "hunter-param", "session": "hunter-session", "json": "hunter-json", "user": "hunter-user",
}  # fmt: skip
LEAKS = {
    "a link away": http(body(1, next="https://u:hunter-user@evil.test/?api_key=hunter-param")),
    "a link on": [http(body(1, next="?page=2&api_key=hunter-param&token=hunter-session")), http(b"", 500)],
    "a redirect": http(b"", 302, location="https://evil.test/?signature=hunter-param"),
    "a refusal that quotes": http({"message": "bad key hunter-header for hunter-auth, ?api_key=hunter-param", "code": "hunter-session"}, 403),
    "a refusal": http(b"", 500),
    "no JSON": http(b"hunter-json"),
    "no rows": http({"echo": {"api_key": "hunter-param"}}),
    "a reset": [RESET],
    "a stall": [STALL],
    "too large": http(b" " * 5000),
    "a circle": http(body(1, next="/?api_key=hunter-param&page=1")),
}  # fmt: skip


@pytest.mark.parametrize("answer", LEAKS.values(), ids=[f"row_41-{label}" for label in LEAKS])
def test_no_secret_in_what_a_failing_listing_prints(answer, caplog, waits):
    """Traceback, text, repr, log, pickle and checkpoint show none of what the caller keeps secret."""
    caplog.set_level(logging.DEBUG, "requests_paginate")
    replies = answer if isinstance(answer, list) and isinstance(answer[0], bytes) else [answer] * 9
    with (
        wire_server(lambda number, _: replies[min(number, len(replies) - 1)]) as server,
        requests.Session() as session,
    ):
        session.params = {"token": SECRETS["session"]}
        session.cookies.set("sid", SECRETS["cookie"])
        session.headers["X-API-KEY"] = SECRETS["header"]
        listing = request_all(
            "GET", server.url.replace("//", f"//user:{SECRETS['user']}@"), session=session, json={"password": SECRETS["json"]},
            params={"api_key": SECRETS["param"], "account": "a1"}, auth=("me", SECRETS["auth"]),
            retries=1, timeout=(5, 0.6), max_page_bytes=4000,
        )  # fmt: skip
        with pytest.raises(exceptions.PaginationError) as caught:
            list(listing)
    error = caught.value
    token = base64.urlsafe_b64decode(error.checkpoint + "=" * (-len(error.checkpoint) % 4))
    shown = [
        *traceback.format_exception(error), str(error), repr(error), repr(error.page_request),
        repr(listing), caplog.text, token.decode("latin-1"), error.checkpoint,
        pickle.dumps(error).decode("latin-1"), repr(error.__reduce__()), repr(listing.strategy),
        *(repr(page) for page in [pickle.loads(pickle.dumps(error)).response]),
    ]  # fmt: skip
    basic = base64.b64encode(f"me:{SECRETS['auth']}".encode()).decode()
    for text in shown:
        assert [] == [secret for secret in (*SECRETS.values(), basic) if secret in text]
