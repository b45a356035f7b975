"""Lists the servers of many seeds, and gathers what came of them by kind."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.fuzz import verdict as verdicts
from tests.fuzz.cases import Case
from tests.fuzz.drawn_cases import BOUNDS, draw_case
from tests.fuzz.verdict import Verdict, judge, run
from tests.fuzz.wires import connected

CHUNK = 250  # seeds of one task, which share a wire and a session
_PARTICULARS = re.compile(r"\w+\((?:'[^']*'|[^)'])*\)|'[^']*'|\d+|https?://\S+")
SHOWN = (verdicts.WRONG, verdicts.ALARM, verdicts.REFUSED)


@dataclass(kw_only=True)
class Tally:
    """What came of some seeds.

    Attributes:
        counts: Listings by verdict.
        found: The smallest cases of each kind: (requests, seed, text).
        kinds: Listings by kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, other: Tally) -> None:
        """Add what came of other seeds."""
        self.counts += other.counts
        self.kinds += other.kinds
        for kind, found in other.found.items():
            self.found[kind] = sorted([*self.found[kind], *found])[:3]


def name_kind(case: Case, verdict: Verdict) -> tuple[str, str, str]:
    """Return what cases of one kind share."""
    paging = case.server.paging
    faults = "+".join(sorted(type(fault).__name__ for fault in case.faults)) or "honest"
    mode = "detected" if case.is_detected else "own"
    roles = "/".join(sorted(paging.places)) or "-"
    words = _PARTICULARS.sub("…", verdict.text)[:90] if verdict.name != verdicts.WRONG else ""
    way = "/".join(sorted({*case.way, *(["resume"] if case.resumes else [])} - set(BOUNDS)))
    return f"{verdict.kind} | {faults} | {paging.style} | {mode} | {words}", roles, way


def try_seeds(task: tuple[range, bool]) -> Tally:
    """List the servers of some seeds."""
    seeds, over_sockets = task
    tally = Tally()
    with connected(over_sockets=over_sockets) as (wire, session):
        for seed in seeds:
            case = draw_case(seed, origin=wire.origin, over_sockets=over_sockets)
            wire.server = case.server
            verdict = judge(case, run(case, session))
            tally.counts[verdict.name] += 1
            if verdict.name in SHOWN:
                shared, roles, way = name_kind(case, verdict)
                kind = verdict.name, shared
                tally.kinds[kind] += 1
                line = f"{'sockets ' * over_sockets}[{roles}] {{{way}}} {verdict.text}"
                tally.found[kind].append((case.server.asked, seed, line))
                tally.found[kind] = sorted(tally.found[kind])[:3]
    return tally


def show(seed: int, *, over_sockets: bool) -> None:
    """Print the dialogue of one seed and the verdict."""
    with connected(over_sockets=over_sockets) as (wire, session):
        case = draw_case(seed, origin=wire.origin, over_sockets=over_sockets)
        wire.server = case.server
        case.server.dialogue = []
        outcome = run(case, session)
        verdict = judge(case, outcome)
    print(case.describe())
    dialogue = case.server.dialogue
    for line in dialogue if len(dialogue) < 40 else [*dialogue[:30], "...", *dialogue[-4:]]:
        print("   ", line)
    print(f"  {len(outcome.rows)} rows, complete {outcome.complete}, by {outcome.strategy!r}")
    for text in [*outcome.doubts, *([repr(outcome.error)] if outcome.error else [])]:
        print("  told:", text)
    knowable = "" if case.is_knowable() else " (no client can know)"
    print(f"  {verdict.name}{knowable}: {verdict.kind} {verdict.text}")
