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
    """The options of a listing for its transport.

    Attributes:
        retries: Further tries of a page, or a `urllib3.Retry` as the policy's value.
        timeout: Seconds, (connect, read) as in requests.
        deadline: Seconds for one page, all retries and waits included; None for no bound.
        max_page_bytes: The largest decoded body, in bytes.
        allow_origins: More origins that links may lead to, without credentials.
        pin_origin: Take only path and query of followed links.
        decode: A callable from the body's bytes to the body.
    """

    retries: int | Retry = 5
    timeout: Any = (10, 60)
    deadline: float | None = 300
    max_page_bytes: int = 64 * 2**20
    allow_origins: Sequence[str] = ()
    pin_origin: bool = False
    decode: Callable[[bytes], Any] | None = None

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
