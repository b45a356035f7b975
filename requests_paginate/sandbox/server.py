"""Serves a dialect over real TLS on the loopback interface, with the standard library.

The law of this room: nothing outlives `close()`. The accepting thread and every connection's
thread are joined, every socket is closed, the certificate's directory is removed.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import BinaryIO

from requests_paginate.sandbox.messages import (
    Dialect,
    Headers,
    PathDialect,
    Request,
    Response,
    json_response,
)

__all__ = ["Combined", "Server", "serve"]

LONGEST_LINE = 65536


@dataclass(frozen=True, kw_only=True)
class Combined:
    """Several dialects on one server: the first that knows a path answers, else it is a 404.

    Attributes:
        dialects: such as `(Pluggy(), Belvo())`, whose paths are disjoint.
    """

    dialects: tuple[PathDialect, ...]

    def knows(self, path: str) -> bool:
        """Tells whether any of the dialects knows `path`."""
        return any(dialect.knows(path) for dialect in self.dialects)

    def respond(self, request: Request) -> Response:
        """Answers one request."""
        for dialect in self.dialects:
            if dialect.knows(request.path):
                return dialect.respond(request)
        return json_response({"message": "Not found"}, status=404)


class Server:
    """A running server; `close()` ends it. Use `serve` for a context manager.

    HTTP/1.1 with keep-alive. An answer leaves in one write, without Nagle's delay. The TLS
    handshake takes place in the connection's own thread, so that a client that stalls in it keeps
    no other waiting.

    Attributes:
        url: such as `https://localhost:50123`; the certificate is also good for 127.0.0.1.
        ca_file: the path of the certificate of the authority to trust, for `verify=`; None
            without TLS.
        requests: how many requests came for each path; a request counts before it is answered.
        errors: what the dialect raised; the client got a 500 for each.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        tls: bool = True,
        port: int = 0,
        tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        tls_maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> None:
        self.ca_file: str | None = None
        self.requests: Counter[str] = Counter()
        self.errors: list[Exception] = []
        self._dialect = dialect
        self._lock = Lock()
        self._closing = False
        self._connections: set[socket.socket] = set()
        self._threads: list[Thread] = []
        with contextlib.ExitStack() as undo:
            self._listener = undo.enter_context(socket.create_server(("127.0.0.1", port)))
            self._context: ssl.SSLContext | None = None
            if tls:
                directory = undo.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-ca-"))
                self.ca_file = str(Path(directory, "ca.pem"))
                self._context = _context(self.ca_file, tls_minimum, tls_maximum)
            scheme = "https" if tls else "http"
            self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"
            # From here on, what was made is undone by close().
            self._undo = undo.pop_all()
        self._acceptor = Thread(target=self._accept, name="sandbox-accept", daemon=True)
        self._acceptor.start()

    def __repr__(self) -> str:
        return f"<Server {self.url} {self._dialect!r}>"

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the server, and returns when its threads and connections are gone."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        # A connection wakes the acceptor on every platform; closing its socket would not.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname()).close()
        self._acceptor.join()
        with self._lock:
            for connection in self._connections:
                # Not SSLSocket.shutdown: it takes the TLS state from under the thread that reads.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._undo.close()

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the client was gone before it was accepted
                continue
            thread = Thread(target=self._attend, args=(connection,), daemon=True)
            self._threads = [*filter(Thread.is_alive, self._threads), thread]
            thread.start()

    def _attend(self, connection: socket.socket) -> None:
        """Serves one connection until either side ends it."""
        # A client may go away at any moment, also in the handshake: that ends its connection.
        with contextlib.suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None:
                self._converse(connection)
                return
            with self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ) as secured:
                self._converse(secured)

    def _converse(self, connection: socket.socket) -> None:
        with self._lock:
            if self._closing:
                return
            self._connections.add(connection)
        try:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            with connection.makefile("rb") as reader:
                while self._exchange(reader, connection):
                    pass
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _exchange(self, reader: BinaryIO, connection: socket.socket) -> bool:
        """Reads and answers one request; tells whether the connection may serve another."""
        try:
            request = _read_request(reader, self.url)
        except (ValueError, http.client.HTTPException):
            connection.sendall(_wire(json_response({"message": "Bad request"}, status=400), "GET"))
            return False
        if request is None:
            return False
        with self._lock:
            self.requests[request.path] += 1
        try:
            answer = _wire(self._dialect.respond(request), request.method)
        except Exception as error:  # noqa: BLE001 - a server answers, whatever its dialect does
            self.errors.append(error)
            failure = json_response({"message": "Internal server error"}, status=500)
            answer = _wire(failure, request.method)
        connection.sendall(answer)
        return request.headers.get("Connection", "").lower() != "close"


@contextlib.contextmanager
def serve(
    dialect: Dialect,
    *,
    tls: bool = True,
    port: int = 0,
    tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    tls_maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> Iterator[Server]:
    """Serves a dialect on 127.0.0.1 while the context lasts.

    Args:
        dialect: what answers.
        tls: whether to speak https, with a certificate made for this server (needs trustme).
        port: the port to listen on; 0: any that is free.
        tls_minimum: the lowest version of TLS that is accepted.
        tls_maximum: the highest version of TLS that is accepted.

    Yields:
        The running server.
    """
    with Server(
        dialect, tls=tls, port=port, tls_minimum=tls_minimum, tls_maximum=tls_maximum
    ) as server:
        yield server


def _context(ca_file: str, minimum: ssl.TLSVersion, maximum: ssl.TLSVersion) -> ssl.SSLContext:
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    context.minimum_version, context.maximum_version = minimum, maximum
    return context


def _read_request(reader: BinaryIO, url: str) -> Request | None:
    """Reads one request (RFC 9112, section 2.1); None if the connection ended before it did.

    Raises:
        ValueError: this is no request, or one whose body has no stated length.
    """
    line = reader.readline(LONGEST_LINE)
    if not line:
        return None
    method, target, _version = line.decode("latin-1").split()
    fields = http.client.parse_headers(reader)
    length = fields.get("Content-Length", "0")
    if "Transfer-Encoding" in fields or not length.isdigit():
        raise ValueError("A body must state its length")
    body = reader.read(int(length))
    if len(body) < int(length):
        return None
    path, _, query = target.partition("?")
    headers = Headers(fields.items())
    scheme, _, host = url.partition("://")
    # Links begin with the origin that the client spoke to, as frameworks build them from Host.
    origin = f"{scheme}://{headers.get('Host', host)}"
    return Request(method=method, path=path, query=query, headers=headers, body=body, origin=origin)


def _wire(response: Response, method: str) -> bytes:
    """Puts an answer into one piece; a length that the dialect states itself is left as it is."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if not any(name.lower() == "content-length" for name, _ in response.headers):
        lines.append(f"Content-Length: {len(response.body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if method == "HEAD" else head + response.body
