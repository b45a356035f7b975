"""What a night is to read, and what it came to: values, and arithmetic on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from hashlib import blake2b


@dataclass(frozen=True, kw_only=True)
class Night:
    """What is to be read, from which API, and by whom. Times are in seconds."""

    listings: int = 1_000_000
    pages: float = 12.0  # of a listing, on average
    pages_spread: float = 0.0  # standard deviation of the logarithm; 0: all have the same
    rows: int = 100  # of a page
    row_bytes: float = 700.0
    seconds: float = 0.4  # that a worker waits for a page: the median
    seconds_spread: float = 0.3  # standard deviation of the logarithm
    cpu: float = 0.002  # CPU time of a page
    server: float = 0.0  # of a page, if one process serves them in turn, as the sandbox does
    rate: int | None = None  # requests that the API answers in `per` seconds; None: no limit
    per: float = 1.0
    paced: bool = False  # each process keeps to its part of the rate, so that none is refused
    failing: float = 0.001  # share of the tries that fail
    retries: int = 5
    workers: int = 8  # of a process
    processes: int = 1
    cores: int | None = None  # that the processes share; None: each has its own
    lost: int = 0  # processes, in the whole night
    restart: float = 60.0  # until the engine has another one
    engine_tries: int = 4  # of a listing
    checkpoints: bool = False  # stored with each page; else a listing is read from its beginning
    seed: int = 1
    sample: int = 250_000  # pages that are simulated; what follows goes on like it. 0: all

    def __post_init__(self) -> None:
        """Refuse what is no night."""
        least = {"listings": 1, "pages": 1, "workers": 1, "processes": 1, "engine_tries": 1}
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            if value is not None and not least.get(name, 0) <= value < math.inf:
                raise ValueError(f"{name}: expected {least.get(name, 0)} or more, got {value}")
        for name in ("rate", "per", "cores", "seconds"):
            if getattr(self, name) == 0:
                raise ValueError(f"{name}: expected more than 0")
        if self.failing > 1:
            raise ValueError(f"failing: expected a share, 0 to 1, got {self.failing}")

    def fails(self, listing: int, page: int, tries: int) -> bool:
        """Return whether a try fails, which is always the same for the same one."""
        text = f"{self.seed}/{listing}/{page}/{tries}".encode()
        # each bit depends on each character: the next try of a page is as likely to fail
        return int.from_bytes(blake2b(text, digest_size=4).digest(), "big") < self.failing * 2**32

    def process_cpu(self) -> float:
        """Return the seconds for which a page keeps its process busy."""
        return self.cpu * max(1.0, self.processes / (self.cores or self.processes))

    def page_seconds(self) -> float:
        """Return the seconds that a worker needs for a page if nothing holds it up."""
        mean = self.seconds * math.exp(self.seconds_spread**2 / 2)  # of a lognormal distribution
        return mean + self.process_cpu() + self.server

    def ceilings(self) -> dict[str, float]:
        """Return how many pages a second each part allows at most, the lowest one first."""
        found = {"the workers": self.workers * self.processes / self.page_seconds()}
        if self.cpu:
            found["the CPU"] = self.processes / self.process_cpu()
        if self.rate is not None:
            found["the rate limit"] = self.rate / self.per
        if self.server:
            found["the server"] = 1 / self.server
        return dict(sorted(found.items(), key=lambda each: each[1]))

    def enough_workers(self) -> int:
        """Return how many workers suffice in all, by Little's law.

        On average, as many are busy as the rate times the seconds of a page.
        """
        others = {name: most for name, most in self.ceilings().items() if name != "the workers"}
        return math.ceil(min(others.values(), default=math.inf) * self.page_seconds() - 1e-9)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a night came to."""

    seconds: float = 0.0
    requests: float = 0.0
    pages: float = 0.0
    failed: float = 0.0  # tries
    refused: float = 0.0  # tries, with 429
    repeated: float = 0.0  # pages that were asked for again, after a loss
    unread: float = 0.0  # listings that the engine gave up

    def plus(self, other: Totals, factor: float = 1.0) -> Totals:
        """Return the sum with so many times another one."""
        names = [each.name for each in fields(self)]
        return Totals(**{n: getattr(self, n) + factor * getattr(other, n) for n in names})
