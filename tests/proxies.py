"""Loopback proxies: CONNECT, in the clear or over TLS, and SOCKS5.

They connect to 127.0.0.1 whatever host they are asked for, so nothing leaves the machine.
"""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .wires import http

_SECONDS = 10  # that any single read, write or thread may take


class Proxy:
    """Joins each client with the port of this machine that it asks for; see `target`.

    Attributes:
        url: What `proxies` takes.
        connections: How many clients came.
        asked: What they asked for, as "host:port"; of plain requests the whole URL.
        heads: The headers of their CONNECT requests.
    """

    scheme = "http"

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.connections = 0
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._is_closed = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if context else self.scheme
        self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def target(self, client: socket.socket) -> int | None:
        """The port that the client asks for, once it was told that it has it; None: no tunnel."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(client, 1)
        method, where, _ = head.decode("latin-1").split(" ", 2)
        self.heads.append(head.decode("latin-1"))
        self.asked.append(where)
        if method != "CONNECT":
            client.sendall(http([]))
            return None
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        return int(where.rpartition(":")[2])

    def close(self) -> None:
        """Ends every connection and waits for every thread."""
        with self._lock:
            self._is_closed = True
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_SECONDS)

    def _start(self, function, *arguments) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_closed:
                    client.close()
                    return
                self.connections += 1
                self._open.add(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        opened = [client]
        try:
            client.settimeout(_SECONDS)
            if self.context is not None:
                client = self._opened(self.context.wrap_socket(client, server_side=True), opened)
            port = self.target(client)
            if port is not None:
                upstream = socket.create_connection(("127.0.0.1", port), _SECONDS)
                _join(client, self._opened(upstream, opened))
        except OSError:  # which ssl.SSLError is, too
            return
        finally:
            with self._lock:
                self._open.difference_update(opened)
            for connection in opened:
                connection.close()

    def _opened(self, connection: socket.socket, opened: list[socket.socket]) -> socket.socket:
        opened.append(connection)
        with self._lock:
            self._open.add(connection)
            if self._is_closed:
                raise OSError("the proxy was closed")
        return connection


class SocksProxy(Proxy):
    """A SOCKS5 proxy (RFC 1928) that resolves names and asks for no password."""

    scheme = "socks5h"

    def target(self, client: socket.socket) -> int | None:
        """The port that the client asks for, once it was told that it has it."""
        _version, methods = _exactly(client, 2)
        _exactly(client, methods)
        client.sendall(b"\x05\x00")
        _version, _command, _reserved, kind = _exactly(client, 4)
        if kind == 3:
            host = _exactly(client, _exactly(client, 1)[0]).decode("ascii")
        else:
            host = socket.inet_ntoa(_exactly(client, 4))
        port = int.from_bytes(_exactly(client, 2), "big")
        self.asked.append(f"{host}:{port}")
        client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        return port


def _exactly(source: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        chunk = source.recv(size - len(received))
        if not chunk:
            raise ConnectionError("the client left")
        received += chunk
    return received


def _join(one: socket.socket, other: socket.socket) -> None:
    """Carries bytes both ways until a side ends, in one thread: a TLS socket has only one user.

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


@contextmanager
def _until_the_end(proxy: Proxy) -> Iterator[Proxy]:
    try:
        yield proxy
    finally:
        proxy.close()


def connect_proxy(context: ssl.SSLContext | None = None):
    """A CONNECT proxy until the block ends; with a context it is spoken to over TLS."""
    return _until_the_end(Proxy(context))


def socks_proxy():
    """A SOCKS5 proxy until the block ends."""
    return _until_the_end(SocksProxy())
