"""The runner of the scenarios: `python benchmarks/run.py [--quick] [--only A,B] [--rounds N]`.

Every entrant has a turn in each round, in a fresh process, so that a machine that changes its pace
does so for all. A complete run writes benchmarks/results.md and docs/speed.svg. `--quick` is the
regression check: it measures few pages of some scenarios, and its exit status is 1 if one of our
entrants misses its target by more than a quarter.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Timer
from typing import Any

from judging import MISSED, Table, judged
from report import as_text, write_results, write_svg
from scenarios import SCENARIOS
from tasks import Entrant, Scenario, Task

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = {name: ROOT / "build/bench" / name / "bin/python" for name in ("dlt", "singer")}
LONGEST = 180  # seconds that one process may take
MARGIN = 1.25  # the factor by which a target may be missed in the regression check
# tries of a scenario there: what got slower is slow in all of them, a busy machine is not
QUICK_TRIES = 5

Reading = dict[str, float]


class Runner:
    """A bench that measures entrants against a server of its own, which ends with the context.

    Attributes:
        failures: What went wrong, as texts.
    """

    def __init__(self) -> None:
        self.failures: list[str] = []
        # Proxies and CA files of this machine must not change what is measured.
        own = ("_proxy", "_ca_bundle", "ssl_cert_file", "ssl_cert_dir")
        self._environment = {n: v for n, v in os.environ.items() if not n.lower().endswith(own)}
        self._environment["RUNTIME__DLTHUB_TELEMETRY"] = "false"

    def __enter__(self) -> Runner:
        self._server = self._start("serving.py")
        self._where = json.loads(self._server.stdout.readline())
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stdin.close()  # which ends the server
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()

    def readings(self, scenario: Scenario) -> dict[str, list[Reading]]:
        """Return the readings of each entrant by label, round after round.

        An entrant that is not installed, or that failed once, has none.
        """
        present = [entrant for entrant in scenario.entrants if _is_installed(entrant)]
        taken: dict[str, list[Reading]] = {entrant.label: [] for entrant in present}
        for _ in range(scenario.rounds):
            turns = [present] if scenario.together else [[entrant] for entrant in present]
            for entrants in turns:
                if not taken.keys() >= {entrant.label for entrant in entrants}:
                    continue
                try:
                    measured = self._turn(entrants, scenario.task)
                except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
                    self.failures.append(f"{scenario.key}, {entrants[0].label}: {error}")
                    for entrant in entrants:
                        del taken[entrant.label]
                    continue
                for entrant, reading in zip(entrants, measured, strict=True):
                    taken[entrant.label].append(reading)
        return taken

    def _turn(self, entrants: list[Entrant], task: Task) -> list[Reading]:
        first = entrants[0]
        if first.contender.startswith("import "):
            return [self._import(first.contender)]
        names = ",".join(entrant.contender for entrant in entrants)
        task = replace(task, prefetch=first.prefetch)
        outputs = self._measure(names, _shares(task, first.processes), _find_peer(names))
        return max(
            outputs, key=lambda readings: readings[0]["wall"]
        )  # they began together, so the slowest counts

    def _measure(self, names: str, shares: list[Task], python: Path | None) -> list[list[Reading]]:
        """Run a process for each share, all at once, and return what each of them measured."""
        with contextlib.ExitStack() as undo:
            processes = []
            for share in shares:
                given = (names, json.dumps(asdict(share)), self._where["origin"], self._where["ca"])
                errors = undo.enter_context(tempfile.TemporaryFile("w+"))
                process = self._start("measuring.py", *given, python=python, errors=errors)
                undo.enter_context(_bounded(process))
                processes.append((process, errors))
            for process, errors in processes:
                if process.stdout.readline() != "ready\n":
                    raise RuntimeError(_last_line(errors))
            for process, _ in processes:
                process.stdin.write("go\n")
                process.stdin.flush()
            outputs = [(process.stdout.read(), errors) for process, errors in processes]
            if not all(output for output, _ in outputs):
                raise RuntimeError(_last_line(next(e for output, e in outputs if not output)))
            return [[json.loads(line) for line in output.splitlines()] for output, _ in outputs]

    def _import(self, statement: str) -> Reading:
        # Without site, since the finder of an editable install has imported half of it before.
        paths = [str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
        timed = f"t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
        code = f"import sys, time; sys.path += {paths}; {timed}"
        command = [sys.executable, "-I", "-S", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        return {"wall": float(done.stdout)}

    def _start(
        self, script: str, *arguments: str, python: Path | None = None, errors: Any = None
    ) -> Any:
        return subprocess.Popen(
            [python or sys.executable, HERE / script, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=self._environment,
        )  # fmt: skip


@contextlib.contextmanager
def _bounded(process: Any) -> Iterator[None]:
    """End a process with the context, or when its time is over."""
    alarm = Timer(LONGEST, process.kill)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        process.kill()
        process.communicate()


def _last_line(errors: Any) -> str:
    errors.seek(0)
    return (errors.read().strip() or f"ended, perhaps after {LONGEST} s").splitlines()[-1][:300]


def _shares(task: Task, processes: int) -> list[Task]:
    if processes == 1:
        return [task]
    each = task.pages // processes
    firsts = range(1, task.pages, each)
    return [replace(task, first_page=first, most_pages=each) for first in firsts]


def _find_peer(contender: str) -> Path | None:
    """Return the interpreter that has what a contender needs; None for this one."""
    return PEERS.get(contender.partition("-")[0])


def _is_installed(entrant: Entrant) -> bool:
    if (python := _find_peer(entrant.contender)) is not None:
        return python.exists()
    return entrant.contender != "urllib3" or importlib.util.find_spec("orjson") is not None


def _is_missed(table: Table) -> bool:
    return any(line.verdict == MISSED for line in table.lines)


def main() -> int:
    """Run the chosen scenarios, and return the exit status."""
    parser = argparse.ArgumentParser(description="Compares listings with those of others.")
    parser.add_argument("--quick", action="store_true", help="the regression check, in a minute")
    parser.add_argument("--only", default="", help="the scenarios to run, such as A,B")
    parser.add_argument("--rounds", type=int, help="turns of each, instead of the scenario's own")
    arguments = parser.parse_args()
    chosen = [s for s in SCENARIOS if not arguments.only or s.key in arguments.only.split(",")]
    if arguments.quick:
        chosen = [scenario.shortened() for scenario in chosen if scenario.quick_pages is not None]
    if arguments.rounds:
        chosen = [replace(scenario, rounds=arguments.rounds) for scenario in chosen]
    absent = {e.contender for s in chosen for e in s.entrants if not _is_installed(e)}
    for name in sorted(absent):
        print(f"{name}: not installed, left out")
    tables, margin = [], MARGIN if arguments.quick else 1.0
    with Runner() as runner:
        for scenario in chosen:
            for _ in range(QUICK_TRIES if arguments.quick else 1):
                table = judged(scenario, runner.readings(scenario), margin)
                print(f"\n{as_text(table)}", flush=True)
                if not _is_missed(table):
                    break
            tables.append(table)
    for failure in runner.failures:
        print(f"failed: {failure}")
    if not arguments.quick and not arguments.only:
        write_results(HERE / "results.md", tables, PEERS, runner.failures)
        write_svg(ROOT / "docs/speed.svg", tables)
    missed = any(map(_is_missed, tables))
    return int(arguments.quick and (missed or len(runner.failures) > 0))


if __name__ == "__main__":
    sys.exit(main())
