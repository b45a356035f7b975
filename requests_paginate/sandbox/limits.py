"""A limit of requests in a minute, as Pluggy has it, around any dialect.

Source: https://docs.pluggy.ai/docs/rate-limits: 360 requests in a minute, for each endpoint and
address. That page names neither `/v2` nor what other providers do.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from requests_paginate.sandbox.messages import PathDialect, Refusal, Request, Response
from requests_paginate.sandbox.pluggy_parameters import make_refusal

__all__ = ["RateLimited"]

IDENTIFIER = re.compile(r"(?<=/)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)")


def refuse_as_pluggy(_: Request) -> Refusal:
    """Make the 429; the source gives its headers, but not the words of its body."""
    return make_refusal(429, "Too many requests")


@dataclass(kw_only=True, eq=False)
class RateLimited:
    """A dialect that answers only so many requests in a minute; beyond them it is a 429.

    Requests count for each client's address and endpoint; paths that differ in an id are one
    endpoint. The minute starts with the first request in it. It keeps count, so it does not pickle.

    Attributes:
        dialect: The dialect behind, such as `Pluggy()`.
        limit: How many requests are answered in a minute.
        minute: How many seconds of the clock a minute has; fewer for tests that cannot wait.
        clock: A function that returns seconds, from any start.
        refuse: A function that makes the 429 of a request; for Belvo, `Belvo.refuse_excess`. Its
            headers are added here: `RateLimit-Limit`, `RateLimit-Reset` with the seconds until the
            minute is over, rounded up, and `Retry-After`, which is always 60.

    Examples:
        >>> from requests_paginate.sandbox import Pluggy
        >>> limited = RateLimited(dialect=Pluggy(), limit=1, clock=lambda: 12.5)
        >>> [limited.respond(Request(path="/auth")).status for _ in range(2)]
        [405, 429]
    """

    dialect: PathDialect
    limit: int = 360
    minute: float = 60.0
    clock: Callable[[], float] = time.monotonic
    refuse: Callable[[Request], Refusal] = refuse_as_pluggy
    # (address, endpoint) -> (start of the minute, requests in it)
    _counts: dict[tuple[str, str], tuple[float, int]] = field(
        default_factory=dict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def knows(self, path: str) -> bool:
        """Return whether the dialect behind knows `path`."""
        return self.dialect.knows(path)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        seconds = self._count(request)
        if seconds is None:
            return self.dialect.respond(request)
        refused = self.refuse(request).response
        headers = (
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Reset", str(math.ceil(seconds))),
            ("Retry-After", "60"),
        )
        return Response(status=refused.status, headers=refused.headers + headers, body=refused.body)

    def _count(self, request: Request) -> float | None:
        """Count one request; return the seconds to wait if it is one too many, else None."""
        counted = (request.client, f"{request.method} {IDENTIFIER.sub('{id}', request.path)}")
        with self._lock:
            now = self.clock()
            start, count = self._counts.get(counted, (now, 0))
            if now >= start + self.minute:
                start, count = now, 0
            if count >= self.limit:
                return start + self.minute - now
            self._counts[counted] = (start, count + 1)
            return None
