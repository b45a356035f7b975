"""One measurement, in a process of its own: `python measuring.py NAMES TASK ORIGIN CA`.

The process lists what the JSON of a `tasks.Task` says. After the imports and a listing of two pages
it prints "ready" and waits for a line; only then does it measure. NAMES are contenders, joined by
commas. They take turns, and the process prints one line of JSON for each.

CPU is user and system time of all threads of the process, from the making of the session to the
last row. The same loop checks the number of every row for every contender.
"""

from __future__ import annotations

import csv
import gc
import http.client
import json
import resource
import ssl
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from operator import attrgetter, itemgetter
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from contenders import CONTENDERS
from tasks import FIRST_NUMBER, Task
from writers import WRITERS

Reading = dict[str, float]

_LONG = 1000  # pages of a listing whose memory is measured: a file with a tenth of them comes first


class Checked:
    """A count of rows, and of those whose number is not the next one.

    Args:
        name: The contender's name.
        task: The task, which says what it lists.
    """

    def __init__(self, name: str, task: Task) -> None:
        self._number_of = attrgetter("order") if name == "ours-model" else itemgetter("order")
        self._first = self._expected = FIRST_NUMBER + (task.first_page - 1) * task.rows
        self.wrong = 0

    @property
    def seen(self) -> int:
        """The number of rows."""
        return self._expected - self._first

    def __call__(self, rows: Iterable[Any]) -> None:
        """Count rows to their end."""
        number_of, expected, wrong = self._number_of, self._expected, 0
        for row in rows:
            if number_of(row) != expected:
                wrong += 1
            expected += 1
        self._expected = expected
        self.wrong += wrong


def measured(name: str, task: Task, origin: str, ca: str) -> Reading:
    """List once, and return what it cost.

    Raises:
        SystemExit: The rows are not those that the server has.
    """
    _server_stats(task, origin, ca)
    check = Checked(name, task)
    gc.collect()
    if name in WRITERS:
        return _measured_file(name, task, origin, ca)
    cpu, wall = time.process_time(), time.monotonic()
    rows = CONTENDERS[name](origin + task.path, ca, task)
    check(islice(rows, 1))
    first = time.monotonic() - wall
    paced = _paced(rows, task) if task.pause else rows
    check(islice(paced, task.expected // 10))
    early_peak = _peak()
    check(paced if task.take is None else islice(paced, task.take - check.seen))
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    if check.wrong or check.seen != task.expected:
        sys.exit(f"{check.seen} rows of {task.expected}, {check.wrong} of them in a wrong place")
    del rows, paced
    if task.take is not None and task.repeats == 1:
        time.sleep(0.3)  # lets the pages that are still being fetched arrive
    peak = _peak()
    return {
        "cpu": cpu,
        "wall": wall,
        "first": first,
        "peak": peak,
        "growth": peak - early_peak,
        **_server_stats(task, origin, ca),
    }


def _measured_file(name: str, task: Task, origin: str, ca: str) -> Reading:
    """Write the rows into a file, and return what it cost; the file is checked after that."""
    with tempfile.TemporaryDirectory() as folder:
        early_peak = None
        if task.pages >= _LONG:
            short = replace(task, pages=task.pages // 10)
            WRITERS[name](origin + short.path, ca, short, Path(folder)).unlink()
            early_peak = _peak()
        cpu, wall = time.process_time(), time.monotonic()
        path = WRITERS[name](origin + task.path, ca, task, Path(folder))
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        peak = _peak()
        check = Checked(name, task)
        check(READERS[path.suffix](path))
    if check.wrong or check.seen != task.expected:
        sys.exit(f"{check.seen} rows of {task.expected}, {check.wrong} of them in a wrong place")
    told = _server_stats(task, origin, ca)
    growth = 0.0 if early_peak is None else peak - early_peak
    return {"cpu": cpu, "wall": wall, "first": wall, "peak": peak, "growth": growth, **told}


def _read_lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as lines:
        yield from map(json.loads, lines)


def _read_csv(path: Path) -> Iterator[Any]:
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield {"order": int(row["order"])}


def _read_parquet(path: Path) -> Iterator[Any]:
    from pyarrow import parquet

    for number in parquet.read_table(path, columns=["order"])["order"].to_pylist():
        yield {"order": number}


def _read_folder(path: Path) -> Iterator[Any]:
    """Read JSON lines from files in an order of their own."""
    files = list(path.glob("*.jsonl"))
    rows = [row for each in files for row in _read_lines(each)]
    yield from sorted(rows, key=itemgetter("order"))


READERS = {
    ".jsonl": _read_lines, ".csv": _read_csv, ".parquet": _read_parquet, "": _read_folder,
}  # fmt: skip


def _paced(rows: Iterator[Any], task: Task) -> Iterator[Any]:
    """Return the rows of a task for a consumer that pauses after each page."""
    for place, row in enumerate(rows, 2):  # the first was taken before
        yield row
        if place % task.rows == 0:
            time.sleep(task.pause / 1000)


def _peak() -> float:
    """Return the peak of resident memory, in MB.

    It comes from getrusage only where there is no other way: on Linux a new process begins there
    with the peak of the process that started it.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _server_stats(task: Task, origin: str, ca: str) -> Reading:
    """Return what the server counted for the path since the last call."""
    place = urlsplit(origin)
    connection = http.client.HTTPSConnection(
        place.hostname or "",
        place.port,
        context=ssl.create_default_context(cafile=ca),
        timeout=10,
    )
    connection.request("GET", f"/-/stats{task.path}")
    told: Reading = json.load(connection.getresponse())
    connection.close()
    return told


def main() -> None:
    """Measure each contender, in turns if a task is repeated."""
    names, text, origin, ca = sys.argv[1:5]
    task = Task(**json.loads(text))
    warm_up = replace(task, pages=2, first_page=1, most_pages=None, take=None, pause=0, latency=0)
    readings: dict[str, list[Reading]] = {name: [] for name in names.split(",")}
    for name in readings:
        measured(name, warm_up, origin, ca)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(task.repeats):
        for name, taken in readings.items():
            taken.append(measured(name, task, origin, ca))
    for taken in readings.values():
        print(json.dumps({key: median(reading[key] for reading in taken) for key in taken[0]}))


if __name__ == "__main__":
    main()
