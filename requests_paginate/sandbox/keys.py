"""Keys that expire, as Pluggy's do, around a dialect whose own key lives for ever.

Source: https://docs.pluggy.ai/en/docs/authentication: an API key lives for two hours, a connect
token for thirty minutes.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from requests_paginate.sandbox.messages import (
    Headers,
    PathDialect,
    Request,
    Response,
    encode,
    json_response,
)
from requests_paginate.sandbox.pluggy_parameters import make_refusal

__all__ = ["ExpiringKeys"]


@dataclass
class _Key:
    """A key that was given away, and what stands behind it."""

    inner: str
    expires: float
    requests_left: float


@dataclass(kw_only=True, eq=False)
class ExpiringKeys:
    """Pluggy with keys that expire: by the clock, or after some requests.

    `/auth` and `/connect_token` give a new JWT each time, with `iat` and `exp`. Older ones go on
    being good until they expire. It remembers what it gave, so it does not pickle.

    Attributes:
        dialect: The dialect behind, such as `Pluggy()`.
        lifetime: Seconds that an API key lives.
        connect_lifetime: Seconds that a connect token lives.
        requests: How many requests a key is good for, so that a listing meets the expiry in its
            middle; None if only the clock counts.
        status: The status that refuses a key, 403 or 401. Pluggy's Java client
            (ApiKeyAuthInterceptor) renews its key at both.
        clock: A function that returns the seconds since the epoch.

    Examples:
        >>> from requests_paginate.sandbox import Pluggy
        >>> keys = ExpiringKeys(dialect=Pluggy(), clock=lambda: 1_800_000_000.0)
        >>> secrets = {"clientId": "sandbox-client-id", "clientSecret": "sandbox-client-secret"}
        >>> login = Request(method="POST", path="/auth", body=encode(secrets))
        >>> keys.respond(login).json()["apiKey"].count(".")
        2
    """

    dialect: PathDialect
    lifetime: float = 7200.0
    connect_lifetime: float = 1800.0
    requests: int | None = None
    status: int = 403
    clock: Callable[[], float] = time.time
    _given: dict[str, _Key] = field(default_factory=dict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def knows(self, path: str) -> bool:
        """Return whether the dialect behind knows `path`."""
        return self.dialect.knows(path)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/auth":
            return self._exchange(self.dialect.respond(request), "apiKey", self.lifetime)
        inner = self._use(request.headers.get("X-API-KEY", ""))
        if inner is None:
            return make_refusal(self.status, "Missing or invalid authorization token").response
        headers = Headers({**request.headers, "X-API-KEY": inner})
        answer = self.dialect.respond(replace(request, headers=headers))
        if request.path == "/connect_token":
            return self._exchange(answer, "accessToken", self.connect_lifetime)
        return answer

    def _exchange(self, answer: Response, name: str, lifetime: float) -> Response:
        """Put a new JWT in place of the key in an answer."""
        if answer.status != 200:
            return answer
        body = answer.json()
        with self._lock:
            now = self.clock()
            token = _make_token(len(self._given), now, now + lifetime)
            left = float("inf") if self.requests is None else self.requests
            self._given[token] = _Key(body[name], now + lifetime, left)
        return json_response({**body, name: token})

    def _use(self, token: str) -> str | None:
        """Count one request of a token; return the key behind it, or None if it is not good."""
        with self._lock:
            key = self._given.get(token)
            if key is None or self.clock() >= key.expires or key.requests_left < 1:
                return None
            key.requests_left -= 1
            return key.inner


def _make_token(number: int, issued: float, expires: float) -> str:
    """Make a JWT (RFC 7519); its signature is a checksum, since nobody here verifies it."""
    claims = {"jti": f"sandbox-{number}", "iat": int(issued), "exp": int(expires)}
    signed = b".".join(map(_encode_part, (encode({"alg": "HS256", "typ": "JWT"}), encode(claims))))
    return b".".join([signed, _encode_part(hashlib.sha256(signed).digest())]).decode()


def _encode_part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
