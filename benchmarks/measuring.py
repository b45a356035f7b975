"""One measurement, in a process of its own: `python measuring.py NAMES TASK ORIGIN CA`.

Lists what the JSON of a `tasks.Task` says. After the imports and a listing of two pages it prints
"ready" and waits for a line; only then does it measure. It prints a line of JSON for each of the
names of contenders (joined by commas), which have their turns one after the other.

CPU is user and system time of all threads of the process, from the making of the session to the
last row. Each row's number is checked, by the same loop for everybody.
"""

from __future__ import annotations

import gc
import http.client
import json
import resource
import ssl
import sys
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

Reading = dict[str, float]


class Checked:
    """Counts rows, and those of them whose number is not the next one.

    Args:
        name: The contender's name.
        task: What it lists.
    """

    def __init__(self, name: str, task: Task) -> None:
        self._number_of = attrgetter("order") if name == "ours-model" else itemgetter("order")
        self._first = self._expected = FIRST_NUMBER + (task.first_page - 1) * task.rows
        self.wrong = 0

    @property
    def seen(self) -> int:
        """How many rows there were."""
        return self._expected - self._first

    def __call__(self, rows: Iterable[Any]) -> None:
        """Takes all of some rows."""
        number_of, expected, wrong = self._number_of, self._expected, 0
        for row in rows:
            if number_of(row) != expected:
                wrong += 1
            expected += 1
        self._expected = expected
        self.wrong += wrong


def measured(name: str, task: Task, origin: str, ca: str) -> Reading:
    """Lists once, and tells what it took.

    Raises:
        SystemExit: The rows are not those that the server has.
    """
    _server_stats(task, origin, ca)
    check = Checked(name, task)
    gc.collect()
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
        time.sleep(0.3)  # what was still being fetched is fetched now
    peak = _peak()
    return {
        "cpu": cpu,
        "wall": wall,
        "first": first,
        "peak": peak,
        "growth": peak - early_peak,
        **_server_stats(task, origin, ca),
    }


def _paced(rows: Iterator[Any], task: Task) -> Iterator[Any]:
    """The rows for a consumer that takes its time after each page."""
    for place, row in enumerate(rows, 2):  # the first was taken before
        yield row
        if place % task.rows == 0:
            time.sleep(task.pause / 1000)


def _peak() -> float:
    """The most memory that was resident, in MB.

    Not from getrusage where there is another way: on Linux a new process begins there with the peak
    of the one that started it.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _server_stats(task: Task, origin: str, ca: str) -> Reading:
    """What the server counted for the path since it was asked last."""
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
    """Measures each of the names, in turns if it is to be repeated."""
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
