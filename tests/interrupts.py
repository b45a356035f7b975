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
from dataclasses import dataclass, field
from functools import lru_cache
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
    """

    bodies: list[dict[str, Any]]
    turn: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    by_pages: bool = False


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


@lru_cache(maxsize=None)
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

    def __init__(self, point=None):
        self.point, self.points = point, {}
        self.has_come = False

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
        frame.f_trace_opcodes = True
        return self._trace_inside

    def __enter__(self):
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(None)


def take(listing, scenario, rows):
    """Take a row or a page; return whether there was one."""
    taken = next(listing.pages() if scenario.by_pages else listing, None)
    if taken is not None:
        rows += taken.items if isinstance(taken, Page) else [taken]
    return taken is not None


def run(scenario, point=None):
    """List it with an interrupt; return the rows, what else is known of the end, and the points."""
    session, rows = requests.Session(), []
    session.mount("https://", InMemory(scenario.bodies))
    options = {"retries": 0, **scenario.options}
    listing = get_all(URL, session=session, **options)
    while listing.stats.pages < scenario.turn:
        take(listing, scenario, rows)
    while not scenario.by_pages and len(rows) < sum(len(b["rows"]) for b in scenario.bodies[: scenario.turn]):
        take(listing, scenario, rows)
    tracer = Interrupt(point)
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
    "by pages": Scenario(bodies=FOUR, by_pages=True),
    "the last page": Scenario(bodies=FOUR, turn=3, options={"strategy": NUMBERED}),
    "the end": Scenario(bodies=FOUR, turn=4, options={"strategy": LINKED}),
    "a doubtful end": Scenario(bodies=pages_of([1, 2], [3, 4], total=3), turn=2),
    "rows that move": Scenario(
        bodies=pages_of([1, 2], [2, 3], [4]), options={"strategy": LINKED, "key": "id"}
    ),
    "a changed total": Scenario(bodies=CHANGED, turn=2, options={"strategy": LINKED}),
    "at most five": Scenario(bodies=FOUR, turn=2, options={"strategy": NUMBERED, "max_items": 5}),
}


def try_all(scenario):
    """Interrupt a scenario at every point; return how many listings went on or were resumed.

    Also returns what went wrong, by point, and the threads that were left.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.PaginationWarning)
        expected, end, _, points = run(scenario)
        outcomes, wrong = Counter(), {}
        for point in points:
            where = f"{Path(point[0].co_filename).name}: {point[0].co_name}, {point[1]}"
            try:
                rows, reached, resumed, _ = run(scenario, point)
            except Exception as error:
                wrong[where] = repr(error)
                continue
            outcomes["resumed" if resumed else "went on"] += 1
            if (rows, reached) != (expected, end):
                wrong[where] = f"{[row['id'] for row in rows]}, {reached}, {resumed}"
    return outcomes, wrong


def main():
    """Print how the interrupts of each scenario ended."""
    failures = 0
    for name, scenario in SCENARIOS.items():
        for ahead in (0, 4):
            again = Scenario(**{**vars(scenario), "options": {**scenario.options, "prefetch": ahead}})
            outcomes, wrong = try_all(again)
            failures += len(wrong)
            print(f"{name}, prefetch={ahead}: {outcomes.total()} interrupts, {dict(outcomes)}, {len(wrong)} wrong")
            for where, what in wrong.items():
                print(f"    {where}: {what}")
    print(f"{threading.active_count() - 1} threads left")
    return failures


if __name__ == "__main__":
    sys.exit(main() > 0)
