"""A dialect served over real TLS."""

import socket
import ssl
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from requests_paginate.sandbox import (
    Changing,
    Combined,
    ExpiringKeys,
    Pluggy,
    RateLimited,
    Request,
    Response,
    Server,
    json_response,
    serve,
)
from tests.unit.sandbox.dialects import BELVO, LINK, PLUGGY


@pytest.fixture
def session():
    """A session that reads nothing from the machine's environment."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Echo:
    """Answers with what it was asked."""

    def respond(self, request):
        if request.path == "/error":
            raise RuntimeError("as the test wants")
        said = {
            "method": request.method,
            "query": request.query,
            "body": request.body.decode(),
            "origin": request.origin,
            "client": request.client,
        }
        status = int(request.headers.get("X-Status", "200"))
        return json_response(said, status=status, headers=[("Content-Language", "en")])


class TestServer:
    def test_a_listing_over_tls_on_one_connection(self, session):
        """All pages of a listing come through one TLS connection, which the CA file vouches for."""
        with serve(BELVO) as server:
            session.auth = (BELVO.secret_id, BELVO.secret_password)
            session.verify = server.ca_file
            url, rows = f"{server.url}/api/transactions/?link={LINK}&page_size=10", []
            while url:
                body = session.get(url).json()
                rows += body["results"]
                url = body["next"]
            pools = session.get_adapter(server.url).poolmanager.pools
            (pool,) = map(pools.get, pools.keys())
            assert (1, 4) == (pool.num_connections, pool.num_requests)
        assert list(BELVO.transaction_rows(LINK)) == rows
        assert Counter({"/api/transactions/": 4}) == server.requests
        assert [] == server.errors

    def test_the_certificate_covers_the_address_too(self, session):
        """127.0.0.1 is as good as localhost, and links keep the one that was used."""
        with serve(BELVO) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            session.auth = (BELVO.secret_id, BELVO.secret_password)
            body = session.get(f"{url}/api/links/?page_size=1", verify=server.ca_file).json()
            assert f"{url}/api/links/?page_size=1&page=2" == body["next"]

    def test_a_stranger_is_not_trusted(self, session):
        """Without the CA file the certificate is refused: the server's TLS is real."""
        with serve(Echo()) as server, pytest.raises(requests.exceptions.SSLError):
            session.get(server.url)
        assert Counter() == server.requests

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def test_a_request_arrives_whole(self, session, method):
        """Method, query, body and both addresses reach the dialect as they were sent."""
        with serve(Echo()) as server:
            said = session.request(
                method, f"{server.url}/a?b=%2F&c", data=b"x=1", verify=server.ca_file
            )
        expected = {
            "method": method,
            "query": "b=%2F&c",
            "body": "x=1",
            "origin": server.url,
            "client": "127.0.0.1",
        }
        assert expected == said.json()
        assert "en" == said.headers["Content-Language"]

    def test_head_has_no_body(self, session):
        """HEAD has the length of the body that GET would have, and the connection goes on."""
        with serve(Echo()) as server:
            session.verify = server.ca_file
            response = session.head(server.url)
            assert (b"", True) == (response.content, int(response.headers["Content-Length"]) > 0)
            assert 200 == session.get(server.url).status_code
        assert Counter({"/": 2}) == server.requests

    def test_a_status_without_a_name(self, session):
        """A status that HTTP does not name is sent all the same."""
        with serve(Echo(), tls=False) as server:
            assert 799 == session.get(server.url, headers={"X-Status": "799"}).status_code

    def test_plain_http_for_those_who_ask(self, session):
        """Without TLS there is no CA file, and the URL says http."""
        with serve(Echo(), tls=False) as server:
            assert server.url == session.get(server.url).json()["origin"]
            assert server.ca_file is None
            assert repr(server).startswith(f"<Server {server.url} <")

    def test_an_error_is_a_500_and_silent(self, session, capfd):
        """What the dialect raises is a 500 for the client, kept, and printed nowhere."""
        with serve(Echo(), tls=False) as server:
            assert 500 == session.get(f"{server.url}/error").status_code
            assert 200 == session.get(server.url).status_code
        assert ["as the test wants"] == [str(error) for error in server.errors]
        assert ("", "") == capfd.readouterr()

    def test_a_length_of_the_dialect_s_own(self):
        """A Content-Length that the dialect states is sent as it is, even a wrong one."""

        class Liar:
            def respond(self, request):
                return Response(headers=(("content-length", "9"),), body=b"short")

        with serve(Liar(), tls=False) as server:
            said = exchange(server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort" == said

    @pytest.mark.parametrize(
        "sent",
        [
            b"nonsense\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        ],
    )
    def test_what_is_no_request(self, sent):
        """What the server cannot read is a 400 and the end of the connection."""
        with serve(Echo(), tls=False) as server:
            assert exchange(server, sent).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert Counter() == server.requests

    def test_two_providers_on_one_server(self, session):
        """Each provider answers its own paths; any other is a 404."""
        both = Combined(dialects=(PLUGGY, BELVO))
        with serve(both) as server:
            session.verify = server.ca_file
            assert 403 == session.get(f"{server.url}/accounts").status_code
            assert 401 == session.get(f"{server.url}/api/accounts/").status_code
            assert 404 == session.get(f"{server.url}/other").status_code
        assert both.knows("/auth")
        assert not both.knows("/api")

    def test_an_old_client_and_a_new_one(self, session):
        """A server of TLS 1.2 refuses a client that wants 1.3, and serves one that takes 1.2."""
        with serve(Echo(), tls_maximum=ssl.TLSVersion.TLSv1_2) as server:
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_3))
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url, verify=server.ca_file)
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_2))
            assert 200 == session.get(server.url, verify=server.ca_file).status_code

    def test_a_floor_of_one_s_own(self, session):
        """A server of TLS 1.3 refuses a client that stops at 1.2, and serves one of 1.3."""
        with serve(Echo(), tls_minimum=ssl.TLSVersion.TLSv1_3) as server:
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_2))
            with pytest.raises(requests.exceptions.SSLError):
                session.get(server.url, verify=server.ca_file)
            session.mount("https://", OnlyTLS(ssl.TLSVersion.TLSv1_3))
            assert 200 == session.get(server.url, verify=server.ca_file).status_code


class TestServerCounts:
    def test_eight_clients_share_one_count(self):
        """A limit and a key's requests are counted once each, however many ask at the same time."""
        changing = Changing(dialect=Pluggy(transactions=5), inserted_per_page=1)
        keys = ExpiringKeys(dialect=changing, requests=30)
        login = b'{"clientId":"sandbox-client-id","clientSecret":"sandbox-client-secret"}'
        given = keys.respond(Request(method="POST", path="/auth", body=login)).json()["apiKey"]
        limited = RateLimited(dialect=keys, limit=40, clock=lambda: 0.0)
        url = f"/v2/transactions?accountId={changing.dialect.account_ids[0]}"
        statuses = []

        def ask_ten(server):
            with requests.Session() as session:
                session.trust_env = False
                for _ in range(10):
                    answer = session.get(server.url + url, headers={"X-API-KEY": given})
                    statuses.append(answer.status_code)

        with serve(limited, tls=False) as server:
            threads = [threading.Thread(target=ask_ten, args=(server,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert Counter({200: 30, 403: 10, 429: 40}) == Counter(statuses)
        assert 30 == changing.now.inserted


class TestServerCloses:
    def test_nothing_is_left(self, session):
        """After close there is no thread, socket or file, though a connection was open."""
        before = set(threading.enumerate())
        with serve(Echo()) as server:
            session.get(server.url, verify=server.ca_file)
            assert set(threading.enumerate()) > before
        assert before == set(threading.enumerate())
        assert not Path(server.ca_file).parent.exists()
        assert -1 == server._listener.fileno()
        server.close()

    def test_a_stalled_handshake_keeps_nobody_waiting(self, session):
        """A client that never speaks blocks neither the others nor close."""
        with serve(Echo()) as server, connect(server):
            assert 200 == session.get(server.url, verify=server.ca_file).status_code

    def test_a_half_sent_request_is_none(self):
        """A request whose client goes away in the middle of it is not answered."""
        with serve(Echo(), tls=False) as server, connect(server) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nx")
            client.shutdown(socket.SHUT_WR)
            assert b"" == client.recv(100)
        assert Counter() == server.requests

    def test_a_half_sent_request_does_not_keep_it_open(self):
        """A client in the middle of its request does not block close."""
        with serve(Echo(), tls=False) as server, connect(server) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nx")
            server.close()
        assert Counter() == server.requests

    def test_a_connection_that_comes_too_late(self):
        """A connection whose turn comes after close began is dropped unanswered."""
        server = Server(Echo(), tls=False)
        server.close()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            server._answer_requests(theirs)
            assert set() == server._connections

    def test_a_client_that_was_gone_before_it_was_accepted(self, session):
        """An error of accept is that client's, not the server's."""
        with serve(Echo(), tls=False) as server:
            genuine, failures = server._listener, ["once"]

            class Faulty:
                def accept(self):
                    if failures:
                        failures.pop()
                        raise ConnectionAbortedError
                    return genuine.accept()

                def getsockname(self):
                    return genuine.getsockname()

            server._listener = Faulty()
            assert 200 == session.get(server.url).status_code
            session.close()
            assert 200 == session.get(server.url).status_code
        assert [] == failures

    def test_a_server_that_cannot_start_leaves_nothing(self):
        """A port that is taken raises, and nothing stays open."""
        before = set(threading.enumerate())
        with serve(Echo(), tls=False) as server:
            port = urlsplit(server.url).port
            with pytest.raises(OSError, match="in use"):
                Server(Echo(), port=port)
        assert before == set(threading.enumerate())


class OnlyTLS(requests.adapters.HTTPAdapter):
    """An adapter that speaks one version of TLS."""

    def __init__(self, version):
        self.version = version
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        kwargs.update(ssl_minimum_version=self.version, ssl_maximum_version=self.version)
        super().init_poolmanager(*args, **kwargs)


def connect(server):
    """Opens a bare connection to a server."""
    return socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=10)


def exchange(server, sent):
    """Sends bytes to a server without TLS and returns all it answers until it hangs up."""
    with connect(server) as client:
        client.sendall(sent)
        with client.makefile("rb") as reader:
            return reader.read()
