"""Lists random servers, and compares with the truth: `python -m tests.fuzz --help`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable

from tests.fuzz import verdict as verdicts
from tests.fuzz.trials import CHUNK, SHOWN, Tally, show, try_seeds


def make_tasks(first: int, listings: int, sockets: int) -> Iterable[tuple[range, bool]]:
    """Yield the seeds, in parts."""
    for count, over_sockets in ((listings, False), (sockets, True)):
        for start in range(first, first + count, CHUNK):
            yield range(start, min(start + CHUNK, first + count)), over_sockets


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--listings", type=int, default=100_000, help="in memory")
    parser.add_argument("--sockets", type=int, default=2_000, help="over loopback sockets")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="show this one alone")
    parser.add_argument("--over-sockets", action="store_true", help="of --seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("-v", "--verbose", action="store_true", help="alarms and refusals, too")
    given = parser.parse_args()
    if given.seed is not None:
        show(given.seed, over_sockets=given.over_sockets)
        return 0
    began, whole = time.monotonic(), Tally()
    tasks = list(make_tasks(given.first, given.listings, given.sockets))
    context = multiprocessing.get_context("spawn")
    with context.Pool(given.processes) as pool:
        for tally in pool.imap_unordered(try_seeds, tasks):
            whole.add(tally)
    report(whole, SHOWN if given.verbose else SHOWN[:1])
    counts = whole.counts
    print(f"{dict(counts)} in {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(
        f"fuzz: {counts.total()} listings ({given.sockets} over sockets), "
        f"{counts[verdicts.WRONG]} silent wrongs, "
        f"{counts[verdicts.ALARM] + counts[verdicts.ALLOWED]} false alarms "
        f"({counts[verdicts.ALLOWED]} of a customary size), {counts[verdicts.REFUSED]} refused"
    )
    return counts[verdicts.WRONG] > 0


def report(tally: Tally, names: Iterable[str]) -> None:
    """Print the kinds of what was found, the most frequent first."""
    for name in names:
        for (verdict, kind), count in tally.kinds.most_common():
            if verdict == name:
                print(f"{name}: {kind}: {count}")
                for _, seed, text in tally.found[verdict, kind]:
                    print(f"    --seed {seed}: {text[:300]}")


if __name__ == "__main__":
    sys.exit(main())
