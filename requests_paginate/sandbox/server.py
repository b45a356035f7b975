"""A server that puts a dialect behind real TLS on the loopback interface.

Nothing outlives `close()`: it joins the accepting thread and the thread of every connection, closes
every socket, and removes the directory of the certificate.
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
    """Several dialects on one server. The first that knows a path answers; else it is a 404.

    Attributes:
        dialects: The dialects, such as `(Pluggy(), Belvo())`, whose paths are disjoint.
    """

    dialects: tuple[PathDialect, ...]

    def knows(self, path: str) -> bool:
        """Return whether any of the dialects knows `path`."""
        return any(dialect.knows(path) for dialect in self.dialects)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        for dialect in self.dialects:
            if dialect.knows(request.path):
                return dialect.respond(request)
        return json_response({"message": "Not found"}, status=404)


class Server:
    """A running server; `close()` ends it. Use `serve` for a context manager.

    It speaks HTTP/1.1 with keep-alive. An answer leaves in one write, without Nagle's delay. The
    TLS handshake takes place in the connection's own thread, so that a client that stalls in it
    keeps no other client waiting.

    Attributes:
        url: Its address, such as `https://localhost:50123`; the certificate is also valid for
            127.0.0.1.
        ca_file: The path of the CA certificate to trust, for `verify=`; None without TLS.
        requests: How many requests came for each path; a request counts before it is answered.
        errors: The exceptions that the dialect raised; the client got a 500 for each.
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
                self._context = _make_context(self.ca_file, tls_minimum, tls_maximum)
            scheme = "https" if tls else "http"
            self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"
            # From here on, close() undoes what was made.
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
        """Stop the server, and return when its threads and connections are gone."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        # A connection wakes the accepting thread on every platform; closing its socket would not.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname()).close()
        self._acceptor.join()
        with self._lock:
            for connection in self._connections:
                # Not SSLSocket.shutdown, which drops the TLS state while a thread reads with it.
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
            thread = Thread(target=self._serve_connection, args=(connection,), daemon=True)
            self._threads = [*filter(Thread.is_alive, self._threads), thread]
            thread.start()

    def _serve_connection(self, connection: socket.socket) -> None:
        """Serve one connection until either side ends it."""
        # A client may go away at any moment, also in the handshake; that ends its connection.
        with contextlib.suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None:
                self._answer_requests(connection)
                return
            with self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ) as secured:
                self._answer_requests(secured)

    def _answer_requests(self, connection: socket.socket) -> None:
        with self._lock:
            if self._closing:
                return
            self._connections.add(connection)
        try:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            with connection.makefile("rb") as reader:
                while self._answer_request(reader, connection):
                    pass
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _answer_request(self, reader: BinaryIO, connection: socket.socket) -> bool:
        """Read and answer one request; return whether the connection may serve another."""
        try:
            request = _read_request(reader, self.url, connection.getpeername()[0])
        except (ValueError, http.client.HTTPException):
            connection.sendall(
                _encode_response(json_response({"message": "Bad request"}, status=400), "GET")
            )
            return False
        if request is None:
            return False
        with self._lock:
            self.requests[request.path] += 1
        try:
            answer = _encode_response(self._dialect.respond(request), request.method)
        except Exception as error:  # noqa: BLE001 - a server answers, whatever its dialect does
            self.errors.append(error)
            failure = json_response({"message": "Internal server error"}, status=500)
            answer = _encode_response(failure, request.method)
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
    """Serve a dialect on 127.0.0.1 while the context lasts.

    Args:
        dialect: The dialect that answers.
        tls: Whether to speak https, with a certificate made for this server (needs trustme).
        port: The port to listen on; 0 for any that is free.
        tls_minimum: The lowest version of TLS that is accepted.
        tls_maximum: The highest version of TLS that is accepted.

    Yields:
        The running server.
    """
    with Server(
        dialect, tls=tls, port=port, tls_minimum=tls_minimum, tls_maximum=tls_maximum
    ) as server:
        yield server


def _make_context(ca_file: str, minimum: ssl.TLSVersion, maximum: ssl.TLSVersion) -> ssl.SSLContext:
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    context.minimum_version, context.maximum_version = minimum, maximum
    return context


def _read_request(reader: BinaryIO, url: str, client: str) -> Request | None:
    """Read one request (RFC 9112, section 2.1); return None if the connection ended first.

    Raises:
        ValueError: This is not a request, or its body has no stated length.
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
    return Request(
        method=method,
        path=path,
        query=query,
        headers=headers,
        body=body,
        origin=origin,
        client=client,
    )


def _encode_response(response: Response, method: str) -> bytes:
    """Return an answer as bytes; a Content-Length that the dialect gave stays as it is."""
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
