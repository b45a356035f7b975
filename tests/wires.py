"""A loopback server that answers with exactly the bytes, and the faults, it is told to."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

import trustme

RESET = object()  # break the connection with a TCP reset
STALL = object()  # say nothing more until the client or the server goes


def http(body: object = b"", status: int = 200, **headers: str) -> bytes:
    """A whole response; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Because"]
    given = {name.replace("_", "-").title(): value for name, value in headers.items()}
    given.setdefault("Content-Type", "application/json")
    given.setdefault("Content-Length", str(len(content)))
    lines += [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


class WireServer:
    """Answers each request by `answer(number, request)`: bytes, or pieces and faults in order."""

    def __init__(self, answer, context: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.context = context
        self.requests: list[str] = []
        self.connections = 0
        self._stop = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self.port}"
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._stop.is_set():
                    connection.close()
                    return
                self.connections += 1
                self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        raw = connection
        try:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._open.add(connection)
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
                while len(rest) < length:
                    rest += connection.recv(65536)
                received = rest[length:]
                with self._lock:
                    number = len(self.requests)
                    self.requests.append((head + b"\r\n\r\n" + rest[:length]).decode("latin-1"))
                if not self._reply(connection, raw, self.answer(number, self.requests[number])):
                    return
        except OSError:
            return
        finally:
            connection.close()
            with self._lock:
                self._open.discard(raw)
                self._open.discard(connection)

    def _reply(self, connection, raw, reply: bytes | Iterable[object]) -> bool:
        if isinstance(reply, bytes):
            connection.sendall(reply)
            return True
        for piece in reply:
            if piece is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if piece is STALL:
                self._stop.wait(30)
                return False
            connection.sendall(piece)  # type: ignore[arg-type]
        return False

    def paths(self) -> list[str]:
        """The request targets, in order."""
        return [request.split(" ", 2)[1] for request in self.requests]

    def close(self) -> None:
        with self._lock:
            self._stop.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for connection in list(self._open):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)


@contextmanager
def wire_server(answer, context: ssl.SSLContext | None = None) -> Iterator[WireServer]:
    """Serves on loopback until the block ends. `answer` may be a list, one entry a request."""
    replies = answer if callable(answer) else (lambda number, _: answer[number])
    server = WireServer(replies, context)
    try:
        yield server
    finally:
        server.close()


class Authority:
    """A certificate authority for a test."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def context(self, *names: str, minimum=None, maximum=None, ciphers=None) -> ssl.SSLContext:
        """A server's context with a certificate for the names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
        if ciphers:
            context.set_ciphers(ciphers)
        if minimum is not None:
            context.minimum_version = minimum
        if maximum is not None:
            context.maximum_version = maximum
        return context

    def write(self, path) -> str:
        """The CA's certificate in a file."""
        self._ca.cert_pem.write_to_path(str(path))
        return str(path)
