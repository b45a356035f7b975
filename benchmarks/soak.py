"""A long listing over a bad line: every row comes once and in order, and memory stays flat.

A server on loopback (plain http, in a process of its own) answers one request in twenty with a
fault of some kind, and a third of the others with gzip. The listing runs in a fresh process, once
without and once with prefetch. Three things are checked: the rows, one by one as they come; that
each kind of fault was met; and that the resident memory in the last tenth is within 10 % of that in
the second tenth.

`python benchmarks/soak.py` lists a million rows on a thousand pages; with `--rows 10000` the pages
are as many but shorter, and memory may change by 4 MiB more, since so short a run still warms up.
It prints one line for each run; the exit status is 1 if one failed.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import random
import resource
import socket
import struct
import sys
import threading
import time
import warnings
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import parse_qs, urlsplit

from urllib3 import Retry

from requests_paginate import PaginatedSession
from requests_paginate.exceptions import PaginationWarning

FAULTS = ("reset", "stall", "cut", "429", "500", "bad gzip")


class Server(ThreadingHTTPServer):
    """A server of the rows. Only a page's number and attempt decide whether it answers a fault."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wanted, self.lock = wanted, threading.Lock()
        self.attempts: Counter[int] = Counter()
        self.served: Counter[str] = Counter()

    def choose(self, page: int) -> str:
        """Return what answers the next request for a page: a fault, `gzip` or `plain`."""
        with self.lock:
            self.attempts[page] += 1
            chance = random.Random(f"{self.wanted.seed} {page} {self.attempts[page]}")
            is_fault = chance.random() < self.wanted.faults
            kind = chance.choice(FAULTS if is_fault else ("gzip", "plain", "plain"))
            self.served[kind] += 1
        return kind

    def body(self, page: int) -> bytes:
        """Return a page, in the envelope that Pluggy uses."""
        rows, size = self.wanted.rows, self.wanted.page_size
        items = ",".join(
            f'{{"id":{n},"date":"2026-01-01","amount":-{n}.5,"description":"Payment no. {n}"}}'
            for n in range((page - 1) * size, min(page * size, rows))
        )
        head = f'"page":{page},"totalPages":{-(-rows // size)},"total":{rows}'
        return f'{{{head},"results":[{items}]}}'.encode()


class Handler(BaseHTTPRequestHandler):
    """A handler of the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Send a page, or a fault in its place."""
        page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
        kind = self.server.choose(page)
        self.close_connection = kind in ("reset", "stall", "cut")
        if kind == "reset":
            on_close = struct.pack("ii", 1, 0)  # a reset: what is left to send is dropped
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, on_close)
            os.close(self.connection.detach())
            return
        body = b"{}" if kind.isdecimal() else self.server.body(page)
        if "gzip" in kind:
            body = gzip.compress(body, 1)
        if kind == "bad gzip":
            body = body[:-8] + b"none" + body[-4:]  # in place of the checksum
        self.send_response(int(kind) if kind.isdecimal() else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if "gzip" in kind:
            self.send_header("Content-Encoding", "gzip")
        if kind == "429":
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.close_connection else body)
        if kind == "stall":
            self.rfile.read(1)  # until the client has had enough

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name there
        """Log nothing."""


def serve(wanted: argparse.Namespace, wire: Connection) -> None:
    """Serve in this process until the other end speaks, then tell it what was served."""
    with Server(wanted) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wire.send(server.server_address[1])
        wire.recv()
        server.shutdown()
        wire.send(server.served)


def soak(wanted: argparse.Namespace, port: int, prefetch: int, wire: Connection) -> None:
    """List everything in this process, and send a report."""
    warnings.simplefilter("error", PaginationWarning)
    tenths: list[list[float]] = [[] for _ in range(10)]  # samples of memory, one for each page
    started, problem, count = time.perf_counter(), "", 0
    with PaginatedSession(allow_http=True) as session:
        session.trust_env = False
        waits: Any = {"timeout": (5, 0.2), "retries": Retry(10, backoff_factor=0.01)}
        listing = session.get_all(f"http://127.0.0.1:{port}/rows", prefetch=prefetch, **waits)
        try:
            for expected, row in enumerate(listing):
                if row["id"] != expected:
                    raise ValueError(f"row {row['id']} came as row {expected}")
                count += 1
                if count % wanted.page_size == 0:
                    tenths[expected * 10 // wanted.rows].append(resident())
            if count != wanted.rows:
                raise ValueError(f"the listing ended after {count} rows")
        except Exception as error:  # noqa: BLE001 - whatever it was, it is reported
            problem = f"{type(error).__name__}: {error}"
    memory = [mean(samples or [0.0]) for samples in tenths]
    wire.send((listing.stats, memory, time.perf_counter() - started, problem))


def resident() -> float:
    """Return the memory of this process in MiB; where there is no /proc, its peak."""
    if (statm := Path("/proc/self/statm")).exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def run(wanted: argparse.Namespace, prefetch: int) -> bool:
    """Run server and listing in fresh processes; print the result and return whether it is good."""
    spawn = multiprocessing.get_context("spawn")
    (ours, theirs), (reports, reporter) = spawn.Pipe(), spawn.Pipe(duplex=False)
    server = spawn.Process(target=serve, args=(wanted, theirs), daemon=True)
    server.start()
    theirs.close()  # here and below, so that a process that dies is noticed
    arguments = (wanted, ours.recv(), prefetch, reporter)
    client = spawn.Process(target=soak, args=arguments, daemon=True)
    client.start()
    reporter.close()
    try:
        stats, memory, seconds, problem = reports.recv()
        ours.send("enough")
        served: Counter[str] = ours.recv()
    finally:
        client.kill()
        server.kill()
    second, last = memory[1], memory[9]
    slack = 4 if wanted.rows < 1_000_000 else 0  # MiB
    if not problem and abs(last - second) > 0.1 * second + slack:
        problem = "memory is not flat"
    if not problem and wanted.faults and not all(served[kind] for kind in FAULTS):
        problem = "not every fault was met"
    print(
        f"prefetch {prefetch}: {stats.items:,} rows, {stats.pages:,} pages, {stats.requests:,} "
        f"requests, {stats.retries} retries; faults: "
        f"{', '.join(f'{served[kind]} {kind}' for kind in FAULTS)}; {seconds:.1f} s; memory "
        f"{second:.1f} MiB in the second tenth, {last:.1f} in the last; {problem or 'well'}"
    )
    return not problem


def main() -> int:
    """Run all listings, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--page-size", type=int, help="default: rows / 1000, but at least 10")
    parser.add_argument("--prefetch", type=int, nargs="+", default=[0, 8])
    parser.add_argument("--faults", type=float, default=0.05, help="share of the responses")
    parser.add_argument("--seed", type=int, default=3)
    wanted = parser.parse_args()
    wanted.page_size = wanted.page_size or max(10, wanted.rows // 1000)
    return int(False in [run(wanted, prefetch) for prefetch in wanted.prefetch])


if __name__ == "__main__":
    sys.exit(main())
