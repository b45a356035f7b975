"""Requests and responses of the sandbox, as values without a socket.

A dialect is a function from a `Request` to a `Response`. It keeps no state and reads no clock, so
the same request always gets the same answer, whether it came through a socket, through `responses`
or from a table of cases. What needs a state or a clock is wrapped around a dialect: see `keys`,
`limits` and `changes`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, unquote_plus

__all__ = [
    "Dialect",
    "Headers",
    "PathDialect",
    "Refusal",
    "Request",
    "Response",
    "cursor_for",
    "encode",
    "encode_list",
    "json_response",
    "parse_number",
    "read_cursor",
    "with_parameter",
    "without_parameter",
]


class Headers(Mapping[str, str]):
    """Header fields whose names are case-insensitive (RFC 9110, section 5.1)."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = {name.lower(): (name, value) for name, value in pairs}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        # Names only: a value may be a credential.
        return f"Headers({list(self)})"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as a dialect sees it.

    Attributes:
        method: The method, in upper case.
        path: The path as it was sent, still percent-encoded, without the query.
        query: What follows the question mark, as it was sent.
        headers: Any mapping of names to values; lookup becomes case-insensitive.
        body: The body as it was sent.
        origin: Scheme, host and port that the client spoke to; absolute links begin with it.
        client: The address that the request came from.
    """

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""
    origin: str = "https://localhost"
    client: str = "127.0.0.1"

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(self.headers))

    @cached_property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The decoded query: names and values in their order, repeated names included."""
        return tuple(parse_qsl(self.query, keep_blank_values=True))

    def parameter(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None if it was not sent."""
        values = [value for key, value in self.parameters if key == name]
        return values[-1] if values else None

    @property
    def url(self) -> str:
        """The absolute URL of the resource, without the query."""
        return self.origin + self.path


@dataclass(frozen=True, kw_only=True)
class Response:
    """A status, header fields in their order, and a body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def json(self) -> Any:
        """Return the decoded body."""
        return json.loads(self.body)


class Dialect(Protocol):
    """A provider or style: anything that answers requests."""

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        ...


class PathDialect(Dialect, Protocol):
    """A dialect that knows its own paths, so that several can share a server."""

    def knows(self, path: str) -> bool:
        """Return whether `path` belongs to this dialect."""
        ...


class Refusal(Exception):
    """An exception that makes a dialect answer with `response` instead."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def encode(value: Any) -> bytes:
    """Encode a value as compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def encode_list(rows: Iterable[bytes]) -> bytes:
    """Join rows that are already encoded into one JSON array."""
    return b"[" + b",".join(rows) + b"]"


def json_response(
    body: Any, *, status: int = 200, headers: Iterable[tuple[str, str]] = ()
) -> Response:
    """Make a JSON answer.

    Args:
        body: Any JSON value. Bytes, also as a member of an object, count as JSON that is already
            encoded, so that a page of a thousand rows is joined and not encoded again.
        status: The status code.
        headers: More header fields.
    """
    if isinstance(body, Mapping):
        members = (
            encode(name) + b":" + (value if isinstance(value, bytes) else encode(value))
            for name, value in body.items()
        )
        content = b"{" + b",".join(members) + b"}"
    else:
        content = body if isinstance(body, bytes) else encode(body)
    return Response(
        status=status, headers=(("Content-Type", "application/json"), *headers), body=content
    )


def with_parameter(query: str, name: str, value: str) -> str:
    """Return `query` with one parameter set; the others keep their place and their spelling.

    The first occurrence is replaced where it stands, and any further one is dropped. A parameter
    that was not there is appended. So the order is the caller's, as in Belvo's documented links.
    """
    setting = f"{name}={quote(value, safe='')}"
    kept: list[str] = []
    for part in _parts(query):
        if _name(part) != name:
            kept.append(part)
        elif setting not in kept:
            kept.append(setting)
    return "&".join(kept if setting in kept else [*kept, setting])


def without_parameter(query: str, name: str) -> str:
    """Return `query` without one parameter; the others keep their place and their spelling."""
    return "&".join(part for part in _parts(query) if _name(part) != name)


def cursor_for(position: str) -> str:
    """Encode a position as an opaque cursor."""
    return base64.b64encode(position.encode()).decode()


def read_cursor(cursor: str) -> str | None:
    """Return the position in a cursor, or None if `cursor_for` did not make it."""
    try:
        return base64.b64decode(cursor, validate=True).decode()
    except ValueError:  # neither base64 nor UTF-8
        return None


def parse_number(text: str) -> int:
    """Return the whole number that `text` spells, or -1 if it spells none."""
    return int(text) if text.isascii() and text.isdigit() else -1


def _parts(query: str) -> list[str]:
    return [part for part in query.split("&") if part]


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0])
