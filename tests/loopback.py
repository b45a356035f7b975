"""The one server of the tests: it listens on 127.0.0.1 and answers as it is told to.

A `LoopbackServer` answers with exactly the bytes, and the faults, that a test gives it. The proxies
join a client with a server of this machine. All of them stand on `Listener`, which accepts
connections, bounds every wait, and is stopped by its own `close()`.
"""

from __future__ import annotations

import json
import selectors
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import trustme

RESET = object()  # break the connection with a TCP reset
STALL = object()  # say nothing more until the client or the server goes

_SECONDS = 60  # that any single read, write or stall may take
_THREADS = "loopback"  # how the names of the servers' threads begin


def http(body: object = b"", status: int = 200, **headers: str) -> bytes:
    """Return a whole response; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Because"]
    given = {name.replace("_", "-").title(): value for name, value in headers.items()}
    given.setdefault("Content-Type", "application/json")
    given.setdefault("Content-Length", str(len(content)))
    lines += [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def is_server_thread(thread: threading.Thread) -> bool:
    """Return whether a thread is a server's."""
    return thread.name.startswith(_THREADS)


class Listener:
    """Accepts connections on 127.0.0.1, each in a thread of its own, until it is closed.

    Args:
        context: To speak TLS.

    Attributes:
        port: Where it listens.
        url: Where clients find it.
        connections: How many clients came.
    """

    scheme = "http"

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.connections = 0
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if context else self.scheme}://localhost:{self.port}"
        self._start(self._accept)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def converse(self, connection: socket.socket) -> None:
        """Talk to a client until it leaves; what it opens on the way, it opens by `track`."""
        raise NotImplementedError

    def track(self, connection: socket.socket) -> socket.socket:
        """Have a connection closed when the server is."""
        connection.settimeout(_SECONDS)
        with self._lock:
            if self._stopped.is_set():
                connection.close()
                raise OSError("the server was closed")
            self._open.add(connection)
        return connection

    def close(self) -> None:
        """End every connection, and wait for every thread."""
        with self._lock:
            self._stopped.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        name = f"{_THREADS} {self.port}"
        thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.track(self._listener.accept()[0])
                self.connections += 1
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        raw = connection
        try:
            if self.context is not None:
                connection = self.track(self.context.wrap_socket(raw, server_side=True))
            self.converse(connection)
        except OSError:  # which ssl.SSLError is, too
            return
        finally:
            self.untrack(raw, connection)

    def untrack(self, *connections: socket.socket) -> None:
        """Close connections that are over."""
        with self._lock:
            self._open.difference_update(connections)
        for connection in connections:
            connection.close()


class LoopbackServer(Listener):
    """Answers each request with `answer(number, request)`: bytes, or pieces and faults in order.

    Bytes keep the connection; after pieces it is closed. An answer may wait for whatever it likes
    before it is given, which holds it back.

    Args:
        answer: A callable, or a list with an entry for each request.
        context: To speak TLS.

    Attributes:
        answer: The callable.
        requests: What was received, each request whole, in order.
    """

    def __init__(self, answer: Any, context: ssl.SSLContext | None = None) -> None:
        self.answer = answer if callable(answer) else (lambda number, _: answer[number])
        self.requests: list[str] = []
        super().__init__(context)

    def paths(self) -> list[str]:
        """Return the request targets, in order."""
        return [request.split(" ", 2)[1] for request in self.requests]

    def converse(self, connection: socket.socket) -> None:
        """Answer one request after the other."""
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                received += chunk
                if received.startswith(b"\x16"):  # a TLS client at a plain port
                    connection.sendall(http(b"", 400))
                    return
            head, _, rest = received.partition(b"\r\n\r\n")
            length = 0
            for line in head.decode("latin-1").split("\r\n"):
                if line.lower().startswith("content-length:"):
                    length = int(line.partition(":")[2])
            rest += _read_exactly(connection, length - len(rest))
            received = rest[length:]
            request = (head + b"\r\n\r\n" + rest[:length]).decode("latin-1")
            with self._lock:
                number = len(self.requests)
                self.requests.append(request)
            if not self._reply(connection, self.answer(number, request)):
                return

    def _reply(self, connection: socket.socket, reply: bytes | Iterable[object]) -> bool:
        """Send an answer; return whether the connection goes on."""
        if isinstance(reply, bytes):
            connection.sendall(reply)
            return True
        for piece in reply:
            if piece is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if piece is STALL:
                self._stopped.wait(_SECONDS)
                return False
            connection.sendall(piece)  # type: ignore[arg-type]
        return False


class ConnectProxy(Listener):
    """A CONNECT proxy, in the clear or over TLS.

    It connects to 127.0.0.1 whatever host it is asked for, so nothing leaves the machine.

    Attributes:
        asked: What clients asked for, as "host:port"; of plain requests the whole URL.
        heads: The headers of their requests.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        super().__init__(context)

    def read_port(self, client: socket.socket) -> int | None:
        """Tell the client that it has what it asks for, and return its port; None: no tunnel."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _read_exactly(client, 1)
        method, target, _ = head.decode("latin-1").split(" ", 2)
        self.heads.append(head.decode("latin-1"))
        self.asked.append(target)
        if method != "CONNECT":
            client.sendall(http([]))
            return None
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        return int(target.rpartition(":")[2])

    def converse(self, connection: socket.socket) -> None:
        """Join the client with the port that it asks for."""
        port = self.read_port(connection)
        if port is None:
            return
        upstream = self.track(socket.create_connection(("127.0.0.1", port), _SECONDS))
        try:
            _join(connection, upstream)
        finally:
            self.untrack(upstream)


class SocksProxy(ConnectProxy):
    """A SOCKS5 proxy (RFC 1928) that resolves names and asks for no password."""

    scheme = "socks5h"

    def read_port(self, client: socket.socket) -> int | None:
        """Tell the client that it has what it asks for, and return its port."""
        _version, methods = _read_exactly(client, 2)
        _read_exactly(client, methods)
        client.sendall(b"\x05\x00")
        _version, _command, _reserved, kind = _read_exactly(client, 4)
        if kind == 3:
            host = _read_exactly(client, _read_exactly(client, 1)[0]).decode("ascii")
        else:
            host = socket.inet_ntoa(_read_exactly(client, 4))
        port = int.from_bytes(_read_exactly(client, 2), "big")
        self.asked.append(f"{host}:{port}")
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return port


def _read_exactly(source: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = source.recv(size - len(received))
        if not chunk:
            raise ConnectionError("the client left")
        received += chunk
    return received


def _join(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until a side ends, in one thread: a TLS socket has only one user.

    A read is larger than a TLS record, so none leaves bytes behind that `select` cannot see.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while ready := selector.select(_SECONDS):
            for key, _events in ready:
                data = key.fileobj.recv(2**16)  # type: ignore[union-attr]
                if not data:
                    return
                key.data.sendall(data)


class Authority:
    """A certificate authority for a test."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def context(
        self, *names: str, minimum: Any = None, maximum: Any = None, ciphers: str | None = None
    ) -> ssl.SSLContext:
        """Return a server's context with a certificate for the names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issue(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
        if ciphers:
            context.set_ciphers(ciphers)
        if minimum is not None:
            context.minimum_version = minimum
        if maximum is not None:
            context.maximum_version = maximum
        return context

    def issue(self, *names: str) -> trustme.LeafCert:
        """Return a certificate for the names."""
        return self._ca.issue_cert(*names)

    def write(self, path: Any) -> str:
        """Write the authority's certificate into a file; return the file's name."""
        self._ca.cert_pem.write_to_path(str(path))
        return str(path)
