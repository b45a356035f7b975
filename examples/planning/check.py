"""The model beside what happens: listings of a sandbox on this machine, over TLS.

The sandbox is a process of its own. It needs some time for each page, and fails the very tries that
the model fails. A short run with one worker measures what a page takes, the model says how long
all listings take, and then they are read.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from planning.night import Night
from planning.simulation import Simulation

from requests_paginate import PaginatedSession, gather
from requests_paginate.exceptions import PaginationError
from requests_paginate.sandbox import (
    Dialect,
    PageNumberPages,
    PathDialect,
    RateLimited,
    Request,
    Response,
    json_response,
    serve,
)

PATH = "/api/transactions/"
TRIAL = 100  # listings of the run that measures
MOST_OFF = 0.15  # of the time


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What reading some listings took."""

    seconds: float
    cpu: float  # of this process
    server_cpu: float
    requests: int
    whole: int  # listings of which every row came, once and in order


class Failing:
    """A dialect that fails the tries that the model fails."""

    def __init__(self, night: Night) -> None:
        self._night = night
        self._dialect = PageNumberPages(
            total=round(night.pages) * night.rows, page_size=night.rows, path=PATH
        )
        self._tries: Counter[tuple[int, int]] = Counter()
        self._lock = Lock()

    def knows(self, path: str) -> bool:
        """Return whether a path is the listing's."""
        return self._dialect.knows(path)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        page = int(request.parameter("link") or 0), int(request.parameter("page") or 1) - 1
        with self._lock:
            tries = self._tries[page]
            self._tries[page] += 1
        if self._night.fails(*page, tries):
            return json_response({"detail": "busy"}, status=503)
        return self._dialect.respond(request)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A dialect that takes its time."""

    dialect: Dialect
    seconds: float

    def respond(self, request: Request) -> Response:
        """Answer one request, some time later."""
        time.sleep(self.seconds)
        return self.dialect.respond(request)


def serve_sandbox(night: Night, pipe: Connection) -> None:
    """Tell where the sandbox is, and when asked, what it was asked for and what that took."""
    dialect: PathDialect = Failing(night)
    if night.rate is not None:
        dialect = RateLimited(dialect=dialect, limit=night.rate, minute=night.per)
    with serve(Slow(dialect=dialect, seconds=night.seconds)) as server:
        pipe.send((server.url, server.ca_file))
        began = time.process_time()
        with suppress(EOFError):  # the one who asks is gone
            pipe.recv()
            pipe.send((server.requests.total(), time.process_time() - began))


@contextmanager
def sandbox(night: Night) -> Iterator[Connection]:
    """Have a sandbox in a process of its own while the context lasts."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve_sandbox, args=(night, there), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()  # it ends by this, too
        process.join(10)
        process.kill()


def read(night: Night) -> Measured:
    """Read all listings of a night with gather."""
    reached: Counter[str] = Counter()
    broken: set[str] = set()
    with sandbox(night) as pipe, PaginatedSession(pool_maxsize=night.workers) as session:
        url, session.verify = pipe.recv()
        session.trust_env = False
        listings = (
            session.get_all(f"{url}{PATH}", params={"link": link}, retries=night.retries)
            for link in range(night.listings)
        )
        began, cpu = time.perf_counter(), time.process_time()
        for _, page in gather(listings, workers=night.workers, on_error="return"):
            if isinstance(page, PaginationError):
                continue  # its listing is not whole
            (link,) = parse_qs(urlsplit(page.url).query)["link"]
            ids = [row["id"] for row in page.items]
            if ids != [*range(reached[link] + 1, reached[link] + 1 + len(ids))]:
                broken.add(link)
            reached[link] += len(ids)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        pipe.send("how many?")
        requests, server_cpu = pipe.recv()
    rows = round(night.pages) * night.rows
    whole = sum(count == rows and link not in broken for link, count in reached.items())
    return Measured(seconds=seconds, cpu=cpu, server_cpu=server_cpu, requests=requests, whole=whole)


def measure(night: Night) -> Night:
    """Return the night with what a page takes on this machine, by a short run with one worker."""
    trial = replace(night, listings=TRIAL, workers=1, failing=0.0, rate=None)
    took, pages = read(trial), TRIAL * round(night.pages)
    cpu, server = took.cpu / pages, took.server_cpu / pages
    waited = took.seconds / pages - cpu - server
    return replace(night, seconds=waited, seconds_spread=0.0, cpu=cpu, server=server)


def check(night: Night) -> int:
    """Print what was predicted and what happened; return 1 if they differ too much."""
    measured = measure(night)
    predicted = Simulation(measured, night.listings, 0).run()
    whole = night.listings - round(predicted.unread)
    print(f"{night.listings:,} listings of {night.pages:.0f} pages, {night.workers} workers")
    print(
        f"a page: {measured.seconds * 1000:.1f} ms of waiting, {measured.cpu * 1000:.2f} ms "
        f"of CPU, {measured.server * 1000:.2f} ms of the sandbox's CPU"
    )
    took = read(night)
    is_exact = night.rate is None  # how many are refused depends on the very moment
    lines = [
        ("requests", f"{predicted.requests:,.0f}", f"{took.requests:,}"),
        ("seconds", f"{predicted.seconds:,.1f}", f"{took.seconds:,.1f}"),
        ("listings, with every row once", f"{whole:,}", f"{took.whole:,}"),
    ]
    print(f"{'':<32}{'predicted':>12}{'happened':>12}")
    for name, expected, happened in lines:
        print(f"{name:<32}{expected:>12}{happened:>12}")
    off = took.seconds / predicted.seconds - 1
    print(f"time: {off:+.1%}; CPU of a page: {took.cpu / predicted.pages * 1000:.2f} ms")
    faults = [
        is_exact and took.requests != predicted.requests and "requests",
        abs(off) > MOST_OFF and "time",
        took.whole != whole and "rows",
    ]
    wrong = [each for each in faults if each]
    print("The model holds." if not wrong else f"DIFFERENT: {', '.join(wrong)}")
    return 1 if wrong else 0
