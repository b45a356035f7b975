"""How requests reach a server of the fuzzer: in memory, or over a loopback socket."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from tests.loopback import RESET, LoopbackServer

ORIGIN = "https://api.test"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request, as a server reads it."""

    method: str
    path: str
    text: str  # the query as it was sent
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json: Any = None

    @classmethod
    def read(cls, method: str, target: str, headers: Mapping[str, str], body: bytes | str) -> Ask:
        """Return the request to a target such as `/rows?page=2`."""
        path, _, text = target.partition("#")[0].partition("?")
        query = dict(parse_qsl(text, keep_blank_values=True))
        read = json.loads(body) if body else None
        return cls(method=method, path=path, text=text, query=query, headers=headers, json=read)

    def __str__(self) -> str:
        target = f"{self.path}?{self.text}" if self.text else self.path
        told = [f"{n}: {v}" for n, v in self.headers.items() if n.lower() in ("range", "cursor")]
        told += [] if self.json is None else [json.dumps(self.json)]
        return " ".join([self.method, target, *told])


@dataclass(kw_only=True)
class Answer:
    """A response. It may be preceded by another one, and break off."""

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    cut: int | None = None  # bytes of the body after which the connection breaks
    interim: bytes = b""  # what is sent before, over a socket
    chunked: bool = False  # over a socket

    def __str__(self) -> str:
        told = [f"{name}: {value}" for name, value in self.headers if name != "Content-Type"]
        body = self.content.decode("utf-8", "replace")
        told += [f"(cut after {self.cut})"] * (self.cut is not None)
        told += ["(after an interim answer)"] * bool(self.interim)
        return " | ".join([str(self.status), *told, body[:1500]])


Server = Callable[[Ask], Answer]


class _Body(io.BytesIO):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.content[: answer.cut])
        self._is_cut = answer.cut is not None

    def read1(self, size: int | None = -1) -> bytes:
        chunk = super().read1(-1 if size is None else size)
        if not chunk and self._is_cut:
            raise ConnectionResetError("reset")
        return chunk

    def read(self, size: int | None = -1) -> bytes:
        return self.read1(size)


class MemoryWire(BaseAdapter):
    """Hands requests to the server of the moment."""

    origin = ORIGIN

    def __init__(self) -> None:
        super().__init__()
        self.server: Server | None = None

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        target = str(request.url)[len(ORIGIN) :]
        assert str(request.url).startswith(f"{ORIGIN}/"), request.url
        assert self.server is not None
        answer = self.server(
            Ask.read(str(request.method), target, request.headers, request.body or b"")
        )
        raw = HTTPResponse(
            _Body(answer),
            headers=answer.headers,
            status=answer.status,
            reason="Because",
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return HTTPAdapter.build_response(self, request, raw)

    def close(self) -> None:
        """Nothing is open."""


class SocketWire:
    """Hands what arrives at a loopback server to the server of the moment."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self._loopback = LoopbackServer(self._answer)
        self.origin = self._loopback.url

    def close(self) -> None:
        """Stop the loopback server."""
        self._loopback.close()

    def _answer(self, _number: int, received: str) -> bytes | list[object]:
        head, _, body = received.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = CaseInsensitiveDict(line.split(": ", 1) for line in lines)
        assert self.server is not None
        answer = self.server(Ask.read(method, target, headers, body.encode("latin-1")))
        return _write(answer)


def _write(answer: Answer) -> bytes | list[object]:
    content, headers = answer.content, list(answer.headers)
    if answer.chunked and answer.cut is None and answer.status != 204:
        headers.append(("Transfer-Encoding", "chunked"))
        half = len(content) // 2
        pieces = [piece for piece in (content[:half], content[half:]) if piece]
        content = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"
    elif answer.status != 204:
        headers.append(("Content-Length", str(len(content))))
    lines = [f"HTTP/1.1 {answer.status} Because", *(f"{name}: {value}" for name, value in headers)]
    whole = answer.interim + "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if answer.cut is not None:
        return (
            [whole + content[: answer.cut], RESET]
            if answer.cut % 2
            else [whole + content[: answer.cut]]
        )
    return whole + content


@contextmanager
def connected(*, over_sockets: bool) -> Iterator[tuple[Any, requests.Session]]:
    """A wire, and a session whose every request goes to it."""
    wire: Any = SocketWire() if over_sockets else MemoryWire()
    with requests.Session() as session:
        session.trust_env = False
        if not over_sockets:
            session.mount("https://", wire)
        try:
            yield wire, session
        finally:
            wire.close()
