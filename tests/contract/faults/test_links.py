"""Rows 25 to 35 and 80 to 82: links and Link headers."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from requests_paginate import get_all
from requests_paginate._urls import parse_link_header
from requests_paginate.exceptions import (
    InconsistentListing,
    MalformedPage,
    TransferFailed,
    UnsafeLink,
)
from requests_paginate.strategies import LinkHeader
from tests.contract.faults.matrix import LEFT_OUT, LINKS, ROWS, Pages, body, linking, run, table
from tests.loopback import LoopbackServer, http

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
    linking(32, "space", "http://local host:{port}/?page=2", UnsafeLink, rows=0),
    linking(32, "no-break space", "?page=2\xa0", UnsafeLink, rows=0),
    linking(33, "javascript", "javascript:alert(1)", UnsafeLink),
    linking(33, "file", "file:///etc/passwd", UnsafeLink),
    linking(33, "data", "data:application/json,[]", UnsafeLink),
    linking(34, "encoded host", "http://ev%69l.test/?page=2", UnsafeLink),
    linking(34, "fullwidth host", "http://\uff45vil.test/?page=2", UnsafeLink),
    linking(54, "a number", 5, MalformedPage, rows=0),
    linking(54, "true", True, MalformedPage, rows=0),
    linking(54, "an object", {"page": 2}, MalformedPage, rows=0),
    linking(54, "a list", [5], MalformedPage, rows=0),
    linking(55, "null before the end", None, InconsistentListing, rows=2),
    linking(55, "absent before the end", LEFT_OUT, InconsistentListing, rows=2),
    linking(55, "empty before the end", "", InconsistentListing, rows=2),
)
def test_links_that_are_refused(fault):
    """A link that leads away, or is none, raises before anything is sent there."""
    with LoopbackServer([]) as elsewhere:
        answer = Pages([])
        with LoopbackServer(answer) as server:
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
    with LoopbackServer(answer) as server, requests.Session() as session:
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
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert ROWS == list(get_all(server.url, session=session, strategy=LinkHeader()))
        assert 2 == len(server.requests)


@pytest.mark.parametrize(
    "header", ["no link", "<?page=2", '<?page=2>; rel="next" <?page=3>; rel="next"']
)
def test_row_81_what_is_no_link_header(header):
    """A Link header that cannot be read is no end: it raises."""
    with LoopbackServer([http(ROWS, link=header)]) as server, requests.Session() as session:
        with pytest.raises(MalformedPage, match="Link header"):
            list(get_all(server.url, session=session, strategy=LinkHeader()))


def test_row_82_six_megabytes_of_link_header():
    """A huge header is read in time that grows as its length does, and one on the wire is refused."""
    header = ", ".join(f'<https://api.test/?page={page}>; rel="last"' for page in range(140_000))
    assert 140_000 == len(parse_link_header(header))
    with LoopbackServer([http(ROWS, link=header)]) as server, requests.Session() as session:
        with pytest.raises(TransferFailed):
            list(get_all(server.url, session=session, retries=0))
