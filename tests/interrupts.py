"""Interrupts at every point of a page's turn: `python -m tests.interrupts` prints how each ended.

A tracer raises KeyboardInterrupt once in each listing: at every line of the package, and at every
place of its code where CPython looks for signals, which is behind calls and jumps back.
"""

from __future__ import annotations

import dis
import sys
import threading
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

import requests_paginate
from requests_paginate import Page, exceptions, get_all, strategies

PACKAGE = str(Path(requests_paginate.__file__).parent)
URL = "https://api.test/rows"
NUMBERED = strategies.PageNumber("page", total_pages="pages", items="rows", total="total")
LINKED = strategies.NextLink("next", items="rows", total="total")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A listing in memory, and the page whose turn is interrupted.

    Attributes:
        bodies: Its pages.
        turn: How many pages are taken before that turn.
        options: Of the listing.
        by_pages: Whether whole pages are taken, and not rows.
        session: What kind of session it is listed through.
    """

    bodies: list[dict[str, Any]]
    turn: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    by_pages: bool = False
    session: type[requests.Session] = requests.Session


class OtherSession(requests.Session):
    """A session with a `request` of its own."""

    def request(self, *given, **options):
        return super().request(*given, **options)


class InMemory(HTTPAdapter):
    """Answers without a socket."""

    def __init__(self, bodies):
        super().__init__()
        self.bodies = bodies

    def send(self, request, **_):
        number = int(request.url.rpartition("page=")[2]) if "page=" in request.url else 1
        raw = HTTPResponse(
            BytesIO(msgspec.json.encode(self.bodies[number - 1])), status=200,
            headers={"Content-Type": "application/json"}, preload_content=False,
        )  # fmt: skip
        return self.build_response(request, raw)


@cache
def find_signal_places(code):
    """The offsets of a function's code before which CPython looks for signals."""
    found, before = set(), None
    for step in dis.get_instructions(code):
        if before is not None and before.opname.startswith("CALL"):
            found.add(step.offset)
        if step.opname.startswith("JUMP_BACKWARD"):
            found.add(step.argval)
        before = step
    return found


class Interrupt:
    """Raises KeyboardInterrupt when a point is reached; without one, collects the points."""

    def __init__(self, point=None, *, by_lines=False):
        self.point, self.points = point, {}
        self.has_come, self.by_lines = False, by_lines

    def _reach(self, point):
        self.points[point] = None
        if point == self.point and not self.has_come:
            self.has_come = True
            raise KeyboardInterrupt

    def _trace_inside(self, frame, event, _):
        if event == "line":
            self._reach((frame.f_code, frame.f_lineno))
        elif event == "opcode" and frame.f_lasti in find_signal_places(frame.f_code):
            self._reach((frame.f_code, f"+{frame.f_lasti}"))
        return self._trace_inside

    def _trace(self, frame, *_):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes = not self.by_lines
        return self._trace_inside

    def __enter__(self):
        self.before = sys.gettrace()  # such as that of coverage
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)


def take(listing, scenario, rows):
    """Take a row or a page; return whether there was one."""
    taken = next(listing.pages() if scenario.by_pages else listing, None)
    if taken is not None:
        rows += taken.items if isinstance(taken, Page) else [taken]
    return taken is not None


def run(scenario, point=None, *, by_lines=False):
    """List it with an interrupt; return the rows, what else is known of the end, and the points."""
    session, rows = scenario.session(), []
    session.mount("https://", InMemory(scenario.bodies))
    options = {"retries": 0, **scenario.options}
    listing = get_all(URL, session=session, **options)
    while listing.stats.pages < scenario.turn:
        take(listing, scenario, rows)
    while not scenario.by_pages and len(rows) < sum(
        len(b["rows"]) for b in scenario.bodies[: scenario.turn]
    ):
        take(listing, scenario, rows)
    tracer = Interrupt(point, by_lines=by_lines)
    try:
        with tracer:
            take(listing, scenario, rows)
    except KeyboardInterrupt:
        pass
    resumed = ""
    while True:
        try:
            if not take(listing, scenario, rows):
                break
        except exceptions.PaginationError as error:
            if resumed:
                raise
            resumed = str(error)
            listing = get_all(URL, session=session, **options, resume=error.checkpoint)
    listing.close()
    return rows, (listing.complete, listing.doubts), resumed, [*tracer.points]


def pages_of(*pages, **totals):
    """Bodies with these rows, each linked to the next one."""
    known = {"total": sum(map(len, pages)), "pages": len(pages), **totals}
    return [
        {
            "rows": [{"id": row} for row in rows], **known,
            "next": f"{URL}?page={number + 1}" if number < len(pages) else None,
        }
        for number, rows in enumerate(pages, 1)
    ]  # fmt: skip


FOUR = pages_of([1, 2], [3, 4], [5, 6], [7, 8])
CHANGED = [{**body, "total": 8 + (number > 1)} for number, body in enumerate(FOUR)]
SCENARIOS = {
    "numbered": Scenario(bodies=FOUR, options={"strategy": NUMBERED}),
    "linked": Scenario(bodies=FOUR, options={"strategy": LINKED}),
    "detected": Scenario(bodies=FOUR, turn=0),
    "by pages": Scenario(bodies=FOUR, by_pages=True, options={"strategy": NUMBERED}),
    "detected, by pages": Scenario(bodies=FOUR, by_pages=True),
    "another session": Scenario(bodies=FOUR, session=OtherSession, options={"strategy": NUMBERED}),
    "the last page": Scenario(bodies=FOUR, turn=3, options={"strategy": NUMBERED}),
    "the end": Scenario(bodies=FOUR, turn=4, options={"strategy": LINKED}),
    "a doubtful end": Scenario(bodies=pages_of([1, 2], [3, 4], total=3), turn=2),
    "rows that move": Scenario(
        bodies=pages_of([1, 2], [2, 3], [4]), options={"strategy": LINKED, "key": "id"}
    ),
    "a changed total": Scenario(bodies=CHANGED, turn=2, options={"strategy": LINKED}),
    "at most five": Scenario(bodies=FOUR, turn=2, options={"strategy": NUMBERED, "max_items": 5}),
}


def describe(point):
    """Where an interrupt came."""
    code, place = point
    return f"{Path(code.co_filename).name}: {code.co_name}, {place}"


def count_new_threads(before):
    """How many threads do not end that were not there before."""
    new = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new:
        thread.join(5)
    return sum(thread.is_alive() for thread in new)


def try_all(scenario, ahead, *, by_lines=False):
    """Interrupt a scenario at every point, or at every line, with so many pages fetched ahead.

    Returns how many listings went on or were resumed, and what went wrong, by place.
    """
    scenario = replace(scenario, options={**scenario.options, "prefetch": ahead})
    outcomes, wrong = Counter(), {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.PaginationWarning)
        expected, end, _, points = run(scenario, by_lines=by_lines)
        for point in points:
            threads = threading.enumerate()
            try:
                rows, reached, resumed, _ = run(scenario, point, by_lines=by_lines)
            except Exception as error:  # noqa: BLE001 - each is told
                wrong[describe(point)] = repr(error)
                continue
            outcomes["resumed" if resumed else "went on"] += 1
            if (rows, reached) != (expected, end):
                wrong[describe(point)] = f"{[row['id'] for row in rows]}, {reached}, {resumed}"
            elif count_new_threads(threads):
                wrong[describe(point)] = "a thread is left"
    return outcomes, wrong


def main():
    """Print how the interrupts of each scenario ended."""
    total, failures = Counter(), 0
    for name, scenario in SCENARIOS.items():
        for ahead in (0, 4):
            outcomes, wrong = try_all(scenario, ahead)
            total += outcomes
            failures += len(wrong)
            for where, what in wrong.items():
                print(f"{name}, prefetch={ahead}, {where}: {what}")
    print(f"interrupts: {total.total()}, {dict(total)}, {failures} wrong")
    return failures


if __name__ == "__main__":
    sys.exit(main() > 0)
