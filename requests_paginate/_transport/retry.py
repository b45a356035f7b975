"""When to try a page again, and how long to wait before: arithmetic, without a clock or I/O.

Only the fields of a `urllib3.Retry` are read. Its methods are not called: `increment` logs the URL,
the first retry never sleeps, and `parse_retry_after` reads a clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz

from urllib3 import Retry

from requests_paginate.exceptions import PaginationError

_STATUSES = frozenset({429, 500, 502, 503, 504})
# The server closes an idle connection, and a request was on its way: it was not received, and may
# be repeated on another connection (RFC 9110 section 15.5.9), whatever other statuses are tried.
REQUEST_TIMEOUT = 408
_EPOCH = 1_000_000_000  # a RateLimit-Reset beyond this is a time, not a number of seconds


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """Which failures of a page are tried again, and after how many seconds."""

    tries: int = 5  # after the first one
    statuses: frozenset[int] = _STATUSES
    methods: frozenset[str] | None = frozenset(Retry.DEFAULT_ALLOWED_METHODS)  # None: all
    backoff_factor: float = 0.5  # urllib3's own default of 0 would hammer a failing server
    backoff_max: float = float(Retry.DEFAULT_BACKOFF_MAX)
    backoff_jitter: float = 0.0  # up to so many seconds more, within backoff_max
    heeds_server: bool = True  # obeys Retry-After and RateLimit-Reset
    retry_after_max: float = math.inf  # seconds at most that the server's wish is obeyed

    @classmethod
    def of(cls, retries: int | Retry) -> RetryPolicy:
        """Return the policy that the option `retries` asks for; TypeError or ValueError if none."""
        if isinstance(retries, Retry):
            return cls._of_retry(retries)
        if isinstance(retries, bool) or not isinstance(retries, int):
            name = type(retries).__name__
            raise TypeError(f"retries: expected a number or a urllib3.Retry, got {name}")
        if retries < 0:
            raise ValueError(f"retries: expected 0 or more, got {retries}")
        return cls(tries=retries)

    @classmethod
    def _of_retry(cls, retry: Retry) -> RetryPolicy:
        # Without a total only the counts of single causes bind; we take the largest of them.
        counts = [retry.connect, retry.read, retry.status, retry.other]
        tries = retry.total if retry.total is not None else max((c or 0 for c in counts), default=0)
        methods = retry.allowed_methods
        return cls(
            tries=max(0, int(tries)),
            statuses=frozenset(retry.status_forcelist or _STATUSES),
            methods=frozenset(method.upper() for method in methods) if methods else None,
            backoff_factor=retry.backoff_factor,
            backoff_max=retry.backoff_max,
            backoff_jitter=retry.backoff_jitter,
            heeds_server=retry.respect_retry_after_header,
            retry_after_max=retry.retry_after_max,
        )

    def allows(self, error: PaginationError, *, method: str, failures: int) -> bool:
        """Return whether a page may be tried again after so many failures."""
        may_repeat = self.methods is None or method in self.methods
        return error.transient and may_repeat and failures <= self.tries

    def wait(
        self, error: PaginationError, *, failures: int, now: float, chance: Callable[[], float]
    ) -> float:
        """Return the seconds to wait after so many failures; `now` is in seconds since the epoch.

        The server may ask for a time. Else it is full jitter, a random part of an exponentially
        growing bound (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/),
        and the jitter of a `urllib3.Retry`, which is added to it there as well.
        """
        if self.heeds_server and error.response is not None:
            headers = error.response.headers
            retry_after, reset = headers.get("Retry-After"), headers.get("RateLimit-Reset")
            if error.response.status_code != 429 and retry_after is None:
                reset = None  # it stands on every response, and this one failed for another reason
            asked = read_wait(retry_after, reset, now)
            if asked := min(asked or 0.0, self.retry_after_max):
                return asked
        bound = self.backoff_factor * 2.0 ** min(failures, 60)
        jitter = chance() * self.backoff_jitter if self.backoff_jitter else 0.0
        return min(self.backoff_max, chance() * min(self.backoff_max, bound) + jitter)


def read_wait(retry_after: str | None, reset: str | None, now: float) -> float | None:
    """Return the seconds that a server asks to wait; None if it asks nothing, or nonsense.

    Retry-After is seconds or a date (RFC 9110 section 10.2.3), RateLimit-Reset is seconds, or
    seconds since the epoch, as is `now`. The reset wins over a longer Retry-After: Pluggy sends the
    real seconds there and always 60 in Retry-After (https://docs.pluggy.ai/docs/rate-limits).
    """
    waits = []
    if (seconds := _read_seconds(retry_after)) is not None:
        waits.append(seconds)
    elif (date := _read_date(retry_after)) is not None:
        waits.append(max(0.0, date - now))
    if (seconds := _read_seconds(reset)) is not None:
        waits.append(max(0.0, seconds - now) if seconds > _EPOCH else seconds)
    return min(waits, default=None)


def _read_seconds(text: str | None) -> float | None:
    text = (text or "").strip()
    # float() alone would take "1e9", "nan" and "infinity"; 5,000 digits are nonsense, too.
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _read_date(text: str | None) -> float | None:
    try:
        parsed = parsedate_tz(text or "")
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):  # a year of 99999
        return None
