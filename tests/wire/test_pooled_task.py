"""A page that is dropped while its body comes, over real sockets."""

from __future__ import annotations

import ssl

import requests

from requests_paginate import get_all
from tests.loopback import Authority, LoopbackServer
from tests.scripted import NUMBERS, Script, page


def test_dropping_a_body_leaves_the_connection_encrypted(monkeypatch, tmp_path):
    """A socket without TLS would send its next request, and its secrets, in plain text."""
    bare = []
    shutdown = ssl.SSLSocket.shutdown

    def noticing(self, how):
        shutdown(self, how)
        if not self.server_side and self._sslobj is None:
            bare.append(self)

    monkeypatch.setattr(ssl.SSLSocket, "shutdown", noticing)
    authority = Authority()
    script = Script(lambda number: page(1) if number == 1 else script.unending(number))
    with LoopbackServer(script, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        listing = get_all(server.url, session=session, strategy=NUMBERS, prefetch=2, retries=0)
        assert {"id": 0} == next(listing)
        script.wait_for(1, 2, 3)
        listing.close()
        script.drip()
        script.wait_until(lambda: [2, 3] == sorted(script.cut))
        script.end()
    assert [] == bare
