"""Plan a night of many listings: how many requests and hours it takes, and what limits it.

    python examples/plan_night.py --listings 1000000 --pages 12 --seconds 0.4 --rate 50 \
        --workers 8 --processes 4

It simulates the pages one by one. Each process has some workers, and each worker reads one listing
at a time, page by page, as `gather` does. A page takes CPU time, which the workers of a process
share (Python's lock), and then the worker waits for the API. A try may fail; then the listing waits
and tries again, as `retries=` does. If the API refuses a request (429), the whole process waits as
long as the API asks, and sends less at once afterwards. If a process is lost, the engine starts
another one some time later, which reads again what the lost one was reading.

What the model leaves out: connecting, storing the rows, your CPU time for them (add it to `--cpu`),
and an API that becomes slower under load. With `--check`, 10,000 listings are read from a sandbox
on this machine, and the model has to say beforehand how long that takes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from planning.night import Night, Totals
from planning.simulation import estimate

DECODED = 5  # a page of dicts takes so many times its bytes (benchmarks/results.md, E)
CHECK = {  # what --check reads, unless it is told otherwise
    "listings": 10_000, "pages": 3, "rows": 10, "seconds": 0.04, "failing": 0.01,
    "engine_tries": 1,
}  # fmt: skip
CHECKED = {
    "listings", "pages", "rows", "seconds", "failing", "retries", "rate", "per", "seed",
}  # fmt: skip
HELP = {
    "listings": "how many",
    "pages": "pages of a listing, on average",
    "pages_spread": "how unequal listings are: standard deviation of the logarithm; 1: very",
    "rows": "rows of a page",
    "row_bytes": "bytes of a row",
    "seconds": "how long a worker waits for a page: the median",
    "seconds_spread": "how unequal the waits are: standard deviation of the logarithm",
    "cpu": "seconds of CPU time that a page takes, with your own work on its rows",
    "rate": "requests that the API answers in --per seconds; beyond them it is a 429",
    "per": "seconds",
    "paced": "each process keeps to its part of the rate, so that none is refused",
    "failing": "share of the tries that fail",
    "retries": "tries of a page after the first one",
    "workers": "of a process; several numbers are compared",
    "processes": "how many",
    "cores": "that the processes share; by default each has its own",
    "lost": "processes that are lost in the whole night",
    "restart": "seconds until a lost process is replaced",
    "engine_tries": "tries of a listing, by the engine",
    "checkpoints": "one is stored with each page; else a listing is read again from its beginning",
    "seed": "of the random numbers",
    "sample": "pages that are simulated; the rest of the night goes on like them. 0: all",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 1 if a check fails, or listings remain unread."""
    parser = make_parser()
    asked = vars(parser.parse_args(arguments))
    is_check, workers = asked.pop("check"), asked.pop("workers", [Night.workers])
    if is_check and (others := [name for name in asked if name not in CHECKED]):
        parser.error(f"--check has no use for --{others[0].replace('_', '-')}")
    if is_check and len(workers) > 1:
        parser.error("--check takes one number of workers")
    if is_check:
        asked = {**CHECK, **asked}
    try:
        nights = [Night(**asked, workers=each) for each in workers]
    except ValueError as error:
        parser.error(f"--{error}")
    if is_check:
        from planning.check import check

        return check(nights[0])
    totals = [estimate(each) for each in nights]
    if len(nights) == 1:
        show(describe(nights[0], totals[0]))
    else:
        compare(nights, totals)
    return 1 if any(each.unread for each in totals) else 0


def make_parser() -> argparse.ArgumentParser:
    """Return a parser with an option for each field of a night; its defaults are theirs."""
    parser = argparse.ArgumentParser(
        description="Says how long a night of many listings takes, and what limits it.",
        argument_default=argparse.SUPPRESS,
    )
    for each in fields(Night):
        if each.name not in HELP:
            continue
        option: dict[str, Any] = {"help": HELP[each.name]}
        if each.type == "bool":
            option["action"] = "store_true"
        else:
            option["type"] = float if each.type == "float" else int
            option["metavar"] = "N"
            if each.default is not None:
                option["help"] += f" [default: {each.default}]"
        if each.name == "workers":
            option["nargs"] = "+"
        parser.add_argument(f"--{each.name.replace('_', '-')}", **option)
    parser.add_argument(
        "--check", action="store_true", default=False,
        help="compare the model with 10,000 listings of 3 pages, from a sandbox on this machine",
    )  # fmt: skip
    return parser


def describe(night: Night, totals: Totals) -> list[tuple[str, str]]:
    """Return the lines of a plan."""
    ceilings = night.ceilings()
    pace = totals.pages / totals.seconds
    lines = [
        ("listings", f"{night.listings:,}"),
        ("pages", f"{totals.pages:,.0f}"),
        ("requests", f"{totals.requests:,.0f}"),
        ("  failed, and tried again", f"{totals.failed:,.0f}"),
        ("  refused (429), and sent again", f"{totals.refused:,.0f}"),
        ("  for pages of lost processes", f"{totals.repeated:,.0f}"),
        ("hours", f"{totals.seconds / 3600:,.1f}"),
        ("  nights of 8 hours", f"{totals.seconds / 3600 / 8:,.1f}"),
        ("pages a second", f"{pace:,.1f}"),
    ]
    lines += [(f"  at most, for {name}", f"{most:,.1f}") for name, most in ceilings.items()]
    lines += [
        ("what limits", next(iter(ceilings))),
        ("workers in all", f"{night.workers * night.processes:,}"),
    ]
    if len(ceilings) > 1:
        lines.append(("  as many suffice", f"{night.enough_workers():,}"))
    page_bytes, held = night.rows * night.row_bytes, night.workers + 1  # and the one you have
    lines += [
        ("CPU of a process", f"{pace * night.process_cpu() / night.processes:.0%}"),
        ("GB received", f"{totals.pages * page_bytes / 1e9:,.1f}"),
        ("MB of pages in a process", f"{held * page_bytes * DECODED / 1e6:,.1f}"),
    ]
    if totals.unread:
        lines.append(("LISTINGS NOT READ", f"{totals.unread:,.0f}"))
    return lines


def show(lines: Sequence[tuple[str, str]]) -> None:
    """Print lines of a name and a value."""
    for name, value in lines:
        print(f"{name:<32} {value:>16}")


def compare(nights: Sequence[Night], totals: Sequence[Totals]) -> None:
    """Print a line for each number of workers."""
    titles = ("workers", "hours", "pages a second", "requests", "refused", "what limits")
    widths = (7, 9, 14, 12, 10, 16)
    print("".join(f"{title:>{width + 2}}" for title, width in zip(titles, widths, strict=True)))
    for night, total in zip(nights, totals, strict=True):
        values = (
            night.workers, f"{total.seconds / 3600:,.1f}", f"{total.pages / total.seconds:,.1f}",
            f"{total.requests:,.0f}", f"{total.refused:,.0f}", next(iter(night.ceilings())),
        )  # fmt: skip
        print("".join(f"{value:>{width + 2}}" for value, width in zip(values, widths, strict=True)))
        if total.unread:
            print(f"{total.unread:,.0f} LISTINGS NOT READ")


if __name__ == "__main__":
    sys.exit(main())
