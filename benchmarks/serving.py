"""A fast server of canned pages over TLS on the loopback interface, in a process of its own.

The bytes of a page are a template with the page's number put in, so that the server takes little
time from the machine that it shares with what is measured. `python serving.py` prints a line of
JSON, {"origin", "ca"}, and serves until its standard input ends, so it never outlives the process
that started it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import socket
import ssl
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Lock, Thread

import trustme
from tasks import FIRST_NUMBER

_PAGE = b"~page~"  # the digits of a row's number that its page decides
_POSITION = re.compile(rb"[?&](?:page|cursor)=(\d+)")
_HEADERS = (
    b"Content-Type: application/json; charset=utf-8\r\n"
    b"Date: Thu, 05 Mar 2026 09:12:33 GMT\r\n"
    b"Connection: keep-alive\r\n"
    b"Cache-Control: no-store\r\n"
    b"Vary: Accept, Authorization\r\n"
    b"X-Request-Id: 3f0c5a52-6a0e-4c53-9d0b-6f5b1c7c1a01\r\n"
    b"Strict-Transport-Security: max-age=31536000\r\n"
)
_SMALL = {
    "id": "3f0c5a52-6a0e-4c53-~number~",
    "order": "~number~",
    "amount": -87.35,
    "currencyCode": "BRL",
    "date": "2026-03-04T03:00:00.000Z",
    "type": "DEBIT",
    "description": "MERCADO SOL",
}
_WIDE = {
    **_SMALL,
    "descriptionRaw": "COMPRA MERCADO SOL",
    "amountInAccountCurrency": None,
    "balance": 1520.11,
    "providerCode": None,
    "status": "POSTED",
    "category": "Groceries",
    "categoryId": "10000000",
    "paymentData": None,
    "creditCardMetadata": None,
    "merchant": {
        "name": "Sol",
        "businessName": "SOL LTDA",
        "cnpj": "00000000000000",
        "cnae": "4711302",
        "category": "Groceries",
    },
    "operationType": "PIX",
    "operationTypeAdditionalInfo": None,
    "providerId": None,
    "accountId": "7d1e3b0c-9a55-4f5e-8a53-2f0f6f1d2b10",
    "createdAt": "2026-03-05T09:12:33.120Z",
    "updatedAt": "2026-03-05T09:12:33.120Z",
}


@functools.cache
def _template(rows: int, kind: str) -> bytes:
    """Return the rows of any page, with a gap in each number for the page's digits."""
    row = json.dumps(_WIDE if kind == "wide" else _SMALL, separators=(",", ":"))
    row = row.replace('"~number~"', "~number~")
    digits = len(str(rows)) - 1
    numbers = [f"{place:0{digits}d}" if digits else "" for place in range(rows)]
    return b",".join(row.replace("~number~", f"1~page~{n}").encode() for n in numbers)


@functools.lru_cache(maxsize=256)
def _answer(origin: str, path: str, number: int) -> bytes:
    """Return the response with a page, from its status line to its end."""
    _, dialect, pages, size, kind, _ = path.split("/")
    last, rows = int(pages), int(size)
    if not 1 <= number <= last:
        return _response(b'{"detail":"Invalid page."}', b"404 Not Found")
    digits = str(FIRST_NUMBER + (number - 1) * rows)[1 : 11 - len(size)]
    items = _template(rows, kind).replace(_PAGE, digits.encode())
    following = None if number == last else number + 1
    if dialect == "pluggy":
        around = {"page": number, "total": last * rows, "totalPages": last, "results": []}
    elif dialect == "belvo":
        link = following and f"{origin}{path}?page={following}"
        around = {"count": last * rows, "next": link, "previous": None, "results": []}
    else:
        around = {"meta": {"next_cursor": following and str(following)}, "results": []}
    return _response(json.dumps(around).encode()[:-2] + items + b"]}")


def _response(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, _HEADERS, len(body), body)


class Server:
    """A server on a port of 127.0.0.1, with one thread for each connection.

    `/-/stats/<path>` answers how many requests came for a path and how many were in flight at most,
    and resets both.

    Args:
        context: The TLS context of the server.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.origin = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = Lock()
        self._requests: Counter[str] = Counter()
        self._in_flight: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    def serve(self) -> None:
        """Accept connections for as long as the process lives."""
        while True:
            connection, _ = self._listener.accept()
            Thread(target=self._attend, args=(connection,), daemon=True).start()

    def _attend(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with (
            contextlib.suppress(OSError),  # the client went away
            self._context.wrap_socket(connection, server_side=True) as secured,
        ):
            received = b""
            while piece := secured.recv(65536):
                received += piece
                while b"\r\n\r\n" in received:
                    head, _, received = received.partition(b"\r\n\r\n")
                    target = head.split(b" ", 2)[1]
                    if target.startswith(b"/-/stats"):
                        secured.sendall(self._stats(target[8:].decode()))
                    else:
                        self._send(secured, target)

    def _send(self, connection: ssl.SSLSocket, target: bytes) -> None:
        path = target.partition(b"?")[0].decode()
        position = _POSITION.search(target)
        with self._lock:
            self._requests[path] += 1
            self._in_flight[path] += 1
            self._most[path] = max(self._most[path], self._in_flight[path])
        try:
            answer = _answer(self.origin, path, int(position[1]) if position else 1)
            time.sleep(int(path.rpartition("/")[2]) / 1000)
            connection.sendall(answer)
        finally:
            with self._lock:
                self._in_flight[path] -= 1

    def _stats(self, path: str) -> bytes:
        with self._lock:
            told = {"requests": self._requests.pop(path, 0), "most": self._most.pop(path, 0)}
        return _response(json.dumps(told).encode())


def main() -> None:
    """Serve until the standard input ends."""
    with tempfile.TemporaryDirectory(prefix="benchmark-ca-") as directory:
        ca_file = Path(directory, "ca.pem")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        server = Server(context)
        Thread(target=server.serve, daemon=True).start()
        print(json.dumps({"origin": server.origin, "ca": str(ca_file)}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
