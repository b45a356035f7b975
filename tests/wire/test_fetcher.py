"""One page: faults of the wire, retries, bounds, decoding; byte-exact over real sockets."""

from __future__ import annotations

import requests

from requests_paginate import get_all
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
