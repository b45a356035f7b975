"""The scenarios, their entrants and their targets.

All entrants list the same rows of the same server. The others are compared with the first entrant
of a scenario, which is the loop that one would write by hand unless the scenario says otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from tasks import Entrant, Scenario, Task

__all__ = ["SCENARIOS"]

HAND = (Entrant(label="hand loop (requests, json)", contender="hand"),)
THREADS = (Entrant(label="hand loop, pool.map on 8 threads", contender="threads"),)
PEERS = (
    Entrant(label="urllib3 + orjson, by hand", contender="urllib3"),
    Entrant(label="dlt RESTClient", contender="dlt"),
    Entrant(label="singer-sdk RESTStream", contender="singer"),
)


def _ahead(prefetch: int, target: float | None) -> Entrant:
    return Entrant(label=f"ours, prefetch={prefetch}", prefetch=prefetch, target=target)


def _gathered(workers: int, target: float) -> Entrant:
    label = f"ours, gather, {workers} workers"
    return Entrant(label=label, contender="gathered", prefetch=workers, target=target)


def _small_pages(dialect: str) -> Scenario:
    return Scenario(
        key="A",
        title=f"{{pages:,}} pages of 10 rows ({dialect.title()}), CPU",
        task=Task(dialect=dialect, pages=2000, rows=10),
        reading="cpu",
        compare="ratio",
        entrants=(
            *HAND,
            Entrant(label="ours, PaginatedSession", target=0.75),
            Entrant(label="ours, plain Session", contender="ours-plain", target=0.80),
            *(PEERS + THREADS),
        ),
        rounds=7,
        quick_pages=250,
    )


def _slow_server(dialect: str) -> Scenario:
    return Scenario(
        key="C",
        title=f"{{pages}} pages of 100 rows, 50 ms a page ({dialect.title()}), wall time",
        task=Task(dialect=dialect, pages=200, rows=100, latency=50),
        reading="wall",
        compare="times",
        entrants=(*HAND, _ahead(0, None), _ahead(8, 7), _ahead(16, 12), *THREADS),
        rounds=3,
        quick_pages=120,
    )


def _slow_consumer(dialect: str, ours: Entrant) -> Scenario:
    return Scenario(
        key="D",
        title=f"the same ({dialect.title()}), and the consumer takes 50 ms a page, too",
        task=Task(dialect=dialect, pages=200, rows=100, latency=50, pause=50),
        reading="wall",
        compare="ratio",
        entrants=(*HAND, ours),
        rounds=2,
    )


WIDE = Task(pages=200, rows=1000, wide=True)
PAGE = 3  # MB that such a page takes: its bytes and the decoded rows

SCENARIOS = (
    _small_pages("pluggy"),
    _small_pages("belvo"),
    Scenario(
        key="B",
        title="{pages} pages of 1,000 rows of 700 bytes (Pluggy), CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            *HAND,
            Entrant(label="ours, PaginatedSession", target=0.70),
            Entrant(label="ours, model= a Struct of 5", contender="ours-model", target=0.40),
            _ahead(1, None),
            *(PEERS + THREADS),
        ),
        rounds=7,
        quick_pages=60,
    ),
    Scenario(
        key="J",
        title="the same in one response of a session with our adapter, read with .json(), CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="hand loop into one list", contender="hand-list"),
            Entrant(label="ours, PaginatingAdapter", contender="adapter", target=0.90),
        ),
        rounds=5,
        quick_pages=60,
    ),
    Scenario(
        key="J'",
        title="one response of {pages} pages of 100 rows, 50 ms a page (Pluggy), wall time",
        task=Task(pages=200, rows=100, latency=50),
        reading="wall",
        compare="times",
        entrants=(
            Entrant(label="hand loop into one list", contender="hand-list"),
            Entrant(
                label="ours, PaginatingAdapter, prefetch=8",
                contender="adapter",
                prefetch=8,
                target=7,
            ),
        ),
        rounds=3,
        quick_pages=120,
    ),
    Scenario(
        key="K",
        title="the same pages into a file of JSON lines, CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="hand loop, json.dumps", contender="hand-lines"),
            Entrant(label="ours, write", contender="ours-lines", target=0.22),
        ),
        rounds=5,
        quick_pages=60,
    ),
    Scenario(
        key="K",
        title="the same, with a pipeline of dlt, CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="dlt pipeline, RESTClient to filesystem", contender="dlt-lines"),
            Entrant(label="ours, write", contender="ours-lines", target=0.05),
        ),
        rounds=2,
    ),
    Scenario(
        key="K",
        title="{pages} pages of 100 rows, 50 ms a page, into JSON lines, wall time",
        task=Task(pages=200, rows=100, latency=50),
        reading="wall",
        compare="times",
        entrants=(
            Entrant(label="ours, write, prefetch=0", contender="ours-lines"),
            Entrant(label="ours, write, prefetch=8", contender="ours-lines", prefetch=8, target=7),
        ),
        rounds=2,
    ),
    Scenario(
        key="K'",
        title="the same pages into a CSV file, CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="hand loop, csv.DictWriter", contender="hand-csv"),
            Entrant(label="ours, write", contender="ours-csv", target=0.60),
        ),
        rounds=5,
        quick_pages=60,
    ),
    Scenario(
        key="K''",
        title="the same pages into a file of Parquet, CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="hand loop, Table.from_pylist", contender="hand-parquet"),
            Entrant(label="ours, write", contender="ours-parquet", target=0.55),
        ),
        rounds=5,
    ),
    Scenario(
        key="L",
        title="the same pages into a DataFrame of polars, CPU",
        task=WIDE,
        reading="cpu",
        compare="ratio",
        entrants=(
            Entrant(label="hand loop, DataFrame(rows)", contender="hand-polars"),
            Entrant(label="ours, DataFrame(listing)", contender="ours-polars", target=0.50),
        ),
        rounds=5,
    ),
    _slow_server("pluggy"),
    _slow_server("belvo"),
    Scenario(
        key="C'",
        title="{pages} pages of 100 rows, 50 ms a page (Cursor), wall time",
        task=Task(dialect="cursor", pages=200, rows=100, latency=50),
        reading="wall",
        compare="ratio",
        entrants=(*HAND, _ahead(1, 1.02)),
        rounds=2,
    ),
    _slow_consumer("cursor", _ahead(1, 0.55)),
    _slow_consumer("pluggy", _ahead(2, 0.52)),
    Scenario(
        key="M",
        title="{pages} pages each of 200 listings by cursor, 50 ms a page, wall time",
        task=Task(dialect="cursor", pages=10, rows=100, latency=50, listings=200),
        reading="wall",
        compare="times",
        entrants=(
            Entrant(label="ours, one after the other", contender="one-by-one"),
            _gathered(8, 7.2),
            _gathered(16, 13.5),
            Entrant(label="dlt, parallelized, 8 workers", contender="dlt-parallel", prefetch=8),
        ),
        rounds=1,
    ),
    Scenario(
        key="E",
        title="1,000,000 rows, 1,000 a page: peak of memory, MB",
        task=replace(WIDE, pages=1000),
        reading="peak",
        compare="more",
        entrants=(*HAND, _ahead(0, 10), _ahead(4, 10 + 4 * PAGE)),
        rounds=1,
    ),
    Scenario(
        key="E'",
        title="the same rows into a file of Parquet: peak of memory, MB",
        task=replace(WIDE, pages=1000),
        reading="peak",
        compare="more",
        entrants=(*HAND, Entrant(label="ours, write", contender="ours-parquet", target=60)),
        rounds=1,
    ),
    Scenario(
        key="F",
        title="the first 5 rows of {pages:,} pages, then break: requests",
        task=Task(pages=1000, rows=10, latency=10, take=5),
        reading="requests",
        compare="as it is",
        entrants=(*HAND, _ahead(0, 1), _ahead(4, 5)),
        rounds=2,
        quick_pages=1000,
    ),
    Scenario(
        key="G",
        title="the time to the first row, in a warm process",
        task=Task(pages=200, rows=100, take=1, repeats=100),
        reading="first",
        compare="ratio",
        entrants=(*HAND, Entrant(label="ours", target=1.1)),
        rounds=3,
        together=True,
    ),
    Scenario(
        key="H",
        title="the time of the import, in a fresh interpreter, best of 25",
        task=Task(pages=1, rows=1),
        reading="wall",
        compare="ratio",
        entrants=(
            Entrant(label="requests", contender="import requests"),
            Entrant(label="requests_paginate", contender="import requests_paginate", target=1.25),
        ),
        rounds=25,
        quick_pages=1,
        by_best=True,
    ),
    Scenario(
        key="I",
        title="scenario B's pages listed by two processes, half each, wall time",
        task=WIDE,
        reading="wall",
        compare="times",
        entrants=(
            Entrant(label="ours, one process"),
            Entrant(label="ours, two processes", processes=2, target=1.7),
        ),
        rounds=3,
    ),
)
