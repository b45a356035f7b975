"""A server of numbered rows that gives out API keys as Pluggy does, and refuses those it should."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests_paginate.providers import PluggySession
from tests.loopback import LoopbackServer, http

SECRETS = "my-client", "my long+secret"
ISSUED = 1_780_000_000  # seconds since the epoch, far from any clock of a test
LIVES = 7200  # seconds
PAGE_SIZE = 5


def make_key(number: int, **claims: Any) -> str:
    """Make a JSON web token like Pluggy's; it is signed by nobody."""
    claims = {"iat": ISSUED, "exp": ISSUED + LIVES, "number": number, **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    parts = (json.dumps({"alg": "none"}), json.dumps(claims), f"signature {number}")
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


class KeyServer(LoopbackServer):
    """Lists rows at `/v2/rows`, to those who have a key that it knows.

    Attributes:
        keys: The keys given out, in order.
        refused: The keys that are refused, or a callable that tells by the key.
        refusal: The status that refuses them.
        auth_answers: What `POST /auth` answers instead of a key, one after the other.
        other_answers: What other paths answer.
        rows: How many rows there are.
    """

    def __init__(self, rows: int = 20, **claims: Any) -> None:
        self.keys: list[str] = []
        self.refused: Any = set()
        self.refusal = 403
        self.auth_answers: list[bytes] = []
        self.other_answers: dict[str, Any] = {}
        self.rows, self.claims = rows, claims
        super().__init__(self.reply)

    @property
    def auths(self) -> int:
        """How many keys were asked for."""
        return self.paths().count("/auth")

    def reply(self, number: int, request: str) -> Any:
        """Answer a request."""
        method, target = request.split(" ", 2)[:2]
        if target == "/auth":
            return self.give_key(request)
        if (other := self.other_answers.get(urlsplit(target).path)) is not None:
            return other(request) if callable(other) else other
        key = find_header(request, "X-API-KEY")
        is_refused = self.refused(key) if callable(self.refused) else key in self.refused
        if key not in self.keys or is_refused:
            message = "Missing or invalid authorization token"
            return http({"code": self.refusal, "message": message}, self.refusal)
        if method == "POST":
            return http({"body": request.partition("\r\n\r\n")[2]})
        after = int(parse_qs(urlsplit(target).query).get("after", ["0"])[0])
        shown = [{"id": number} for number in range(after, min(after + PAGE_SIZE, self.rows))]
        more = after + len(shown) < self.rows
        return http({"results": shown, "next": f"?after={after + len(shown)}" if more else None})

    def give_key(self, request: str) -> bytes:
        """Answer `POST /auth`."""
        if self.auth_answers:
            return self.auth_answers.pop(0)
        assert {"clientId": SECRETS[0], "clientSecret": SECRETS[1]} == json.loads(
            request.partition("\r\n\r\n")[2]
        )
        self.keys.append(make_key(len(self.keys), **self.claims))
        return http({"apiKey": self.keys[-1]})

    @contextmanager
    def session(self, **options: Any) -> Any:
        """A session of this server."""
        options = {"base_url": self.url, "allow_http": True, **options}
        secrets = () if "connect_token" in options else SECRETS
        with PluggySession(*secrets, **options) as session:
            yield session


def find_header(request: str, name: str) -> str | None:
    """The value of a header of a received request."""
    for line in request.partition("\r\n\r\n")[0].split("\r\n")[1:]:
        if line.lower().startswith(f"{name.lower()}:"):
            return line.partition(":")[2].strip()
    return None
