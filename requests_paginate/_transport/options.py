"""The options that say how pages are requested and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from urllib3 import Retry

from requests_paginate._transport.retry import RetryPolicy


@dataclass(frozen=True, kw_only=True)
class TransportOptions:
    """The options of a listing for its transport."""

    retries: int | Retry = 5  # further tries of a page, or a policy
    timeout: Any = (10, 60)  # seconds, (connect, read) as in requests
    deadline: float | None = 300  # seconds for a page, with all retries and waits; None: no bound
    max_page_bytes: int = 64 * 2**20  # of a decoded body
    allow_origins: Sequence[str] = ()  # more origins, which get no credentials
    pin_origin: bool = False  # take only path and query of followed links
    decode: Callable[[bytes], Any] | None = None  # from a body's bytes to the body

    @cached_property
    def retrying(self) -> RetryPolicy:
        """The policy that `retries` asks for."""
        return RetryPolicy.of(self.retries)

    @property
    def timeouts(self) -> tuple[float | None, float | None]:
        """Connect and read timeout, in seconds."""
        if isinstance(self.timeout, tuple):
            return self.timeout[0], self.timeout[-1]
        return self.timeout, self.timeout
