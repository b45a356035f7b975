"""One page: faults of the wire, retries, bounds, decoding; byte-exact over real sockets."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all, request_all
from requests_paginate.strategies import Offset
from tests.loopback import LoopbackServer, http

ROWS = [{"id": 1}]


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


def test_a_206_that_counts_rows_is_a_page():
    """PostgREST answers 206 with a Content-Range of rows."""
    with LoopbackServer([http(ROWS, status=206, content_range="0-0/1")]) as server:
        assert ROWS == listed(server)


def test_a_204_after_the_first_page_has_no_rows():
    """No Content on a later page says that there is nothing there."""
    pages = [http({"items": [1], "total": 5}), http(status=204, content_length=None)]
    with LoopbackServer(pages) as server:
        assert [1] == listed(server, strategy=Offset("offset", items="items"))


def test_the_connection_is_kept_and_used_again():
    """A listing's pages come through one connection."""

    def answer(number, _):
        return http({"results": [number], "next": f"?page={number + 2}" if number < 4 else None})

    with LoopbackServer(answer) as server:
        assert [0, 1, 2, 3, 4] == listed(server)
        assert 1 == server.connections


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize(("method", "status"), [("GET", 203), ("POST", 203), ("POST", 201)])
def test_other_statuses_of_a_page(method, status, prefetch):
    """A 200 that a proxy changed is a page, and so is what frameworks answer to every POST."""

    def answer(number, _):
        following = f"?page={number + 2}" if number < 2 else None
        return http({"results": [number], "next": following}, status)

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = request_all(method, server.url, session=session, prefetch=prefetch)
        assert [0, 1, 2] == list(listing)


@pytest.mark.parametrize(
    ("method", "status"),
    [("GET", 201), ("PUT", 201), ("GET", 202), ("POST", 202), ("GET", 205), ("GET", 207),
     ("POST", 208), ("GET", 226), ("GET", 299), ("GET", 300)],
)  # fmt: skip
def test_statuses_that_promise_no_page(method, status):
    """What is only accepted, created by no POST, or a part, is none, whatever is in its body."""
    with LoopbackServer([http([1, 2], status)]) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed, match=f"answered {status}"):
            list(request_all(method, server.url, session=session))
