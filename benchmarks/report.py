"""The results as text, as Markdown and as a plot."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from xml.sax.saxutils import escape

from judging import Line, Table
from tasks import Scenario

__all__ = ["as_text", "write_results", "write_svg"]

_RELATIONS = {"ratio": "ratio", "times": "times faster", "more": "more", "as it is": ""}


def as_text(table: Table) -> str:
    """Return a table for a terminal."""
    rows = _rows(table)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [f"{table.scenario.key}  {table.scenario.heading}"]
    for label, *cells in rows:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        lines.append("  ".join([f"   {label:<{widths[0]}}", *padded]).rstrip())
    return "\n".join(lines)


def _as_markdown(table: Table) -> str:
    heading, *rows = _rows(table)
    lines = [f"## {table.scenario.key}: {table.scenario.heading}", ""]
    lines += [f"| {' | '.join(heading)} |", "|---|--:|--:|--:|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])


def _rows(table: Table) -> list[tuple[str, ...]]:
    """Return the cells of a table, the heading first."""
    compare, reading = table.scenario.compare, table.scenario.reading
    rows: list[tuple[str, ...]] = [("", reading, _RELATIONS[compare], "target", "", "")]
    for line in table.lines:
        label, target = line.entrant.label, line.entrant.target
        if line.value is None:
            rows.append((label, "left out", "", "", "", ""))
            continue
        limit = "" if target is None else f"{'≥' if compare == 'times' else '≤'} {target:g}"
        relation = "" if compare == "as it is" else f"{line.relation:.2f}"
        value = _shown(line.value, reading)
        rows.append((label, value, relation, limit, line.verdict, _remark(table.scenario, line)))
    return rows


def _remark(scenario: Scenario, line: Line) -> str:
    if scenario.reading == "peak":
        return f"{line.reading['growth']:.1f} MB after the first tenth"
    if scenario.reading == "cpu":
        return f"{line.reading['cpu'] / scenario.task.pages * 1e6:.0f} µs a page"
    return f"{line.reading['most']:.0f} in flight at most" if scenario.task.latency else ""


def _shown(value: float, reading: str) -> str:
    if reading == "requests":
        return f"{value:.0f}"
    if reading == "peak":
        return f"{value:.0f} MB"
    return f"{value * 1000:.1f} ms" if value < 0.5 else f"{value:.2f} s"


def write_results(
    path: Path, tables: Sequence[Table], peers: Mapping[str, Path], failures: Sequence[str]
) -> None:
    """Write the tables, and on which machine they were measured."""
    here = [f"{name} {_version(name)}" for name in ("requests", "urllib3", "msgspec", "orjson")]
    there = [
        f"{name} {_version(name, peers[peer])}"
        for peer, name in (("dlt", "dlt"), ("singer", "singer-sdk"))
    ]
    cores, load = os.cpu_count(), os.getloadavg()[1]
    text = f"""# Results

{datetime.now(timezone.utc):%Y-%m-%d}, on {_processor()} with {cores} cores (load {load:.1f} while
it ran), {platform.system()}, Python {platform.python_version()};
{", ".join(here + there)}.

Written by `make bench`. The server is on loopback, over TLS. Each measurement has a fresh process,
the contenders take turns, and the medians are shown. Every line is compared with the first one of
its table. CPU is user and system time from the making of the session to the last row; the same loop
checks the number of every row. Memory is the peak of resident memory. Imports are warm except in H.
"""
    text += "".join(f"\nFailed: {failure}\n" for failure in failures)
    path.write_text("\n".join([text, *map(_as_markdown, tables)]).rstrip() + "\n")


def _version(name: str, python: Path | None = None) -> str:
    if python is None:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return "(none)"
    if not python.exists():
        return "(none)"
    code = f"from importlib import metadata; print(metadata.version({name!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "(none)"


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #0969da } .one { stroke: #1f2328; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #58a6ff } .one { stroke: #e6edf3 }
}"""
_LEFT, _WIDTH, _STEP = 240, 760, 24  # of the bars, of the plot, of a line: in pixels


def write_svg(path: Path, tables: Sequence[Table]) -> None:
    """Draw scenarios A and B (shorter is better) and C (longer is better)."""
    parts: list[str] = []
    top = 0
    for table in tables:
        if table.scenario.key not in ("A", "B", "C"):
            continue
        lines = [line for line in table.lines if line.value is not None]
        better = "times as fast, longer is better"
        if table.scenario.compare == "ratio":
            better = "times the hand loop's, shorter is better"
        top += _STEP
        parts.append(
            f'<text class="title" x="8" y="{top}">{escape(table.scenario.heading)}: {better}</text>'
        )
        scale = (_WIDTH - _LEFT - 60) / max(1.0, *(line.relation for line in lines))
        one = _LEFT + scale
        parts.append(
            f'<line class="one" x1="{one:.0f}" x2="{one:.0f}" y1="{top + 6}" '
            f'y2="{top + 6 + _STEP * len(lines)}"/>'
        )
        for line in lines:
            top += _STEP
            kind = "ours" if line.entrant.contender.startswith("ours") else "bar"
            length = line.relation * scale
            parts.append(
                f'<text x="{_LEFT - 8}" y="{top}" text-anchor="end">{escape(line.entrant.label)}'
                f'</text><rect class="{kind}" x="{_LEFT}" y="{top - 13}" width="{length:.1f}" '
                f'height="16"/><text x="{_LEFT + length + 6:.1f}" y="{top}">{line.relation:.2f}'
                "</text>"
            )
        top += _STEP // 2
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + 8}" role="img">\n'
        f"<title>How fast listings are, compared with a loop written by hand</title>\n"
        f"<style>{_STYLE}\n</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )
