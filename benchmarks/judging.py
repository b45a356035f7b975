"""The comparison of the readings with the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tasks import Entrant, Scenario

__all__ = ["MISSED", "Line", "Table", "judged"]

MISSED = "MISSED"  # the verdict that fails a check

_FLAT = 3  # MB that memory may grow after a tenth of a listing, and 1 MB more for each page ahead

Readings = Mapping[str, Sequence[Mapping[str, float]]]


@dataclass(frozen=True)
class Line:
    """An entrant's result.

    Attributes:
        entrant: The entrant.
        value: The median of its readings; None if it was left out, or failed.
        relation: The value compared with the first entrant's, as the median over the rounds.
        verdict: Whether the target was reached; empty without one.
        reading: The medians of all its readings.
    """

    entrant: Entrant
    value: float | None = None
    relation: float = 0.0
    verdict: str = ""
    reading: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The results of a scenario."""

    scenario: Scenario
    lines: list[Line]


def judged(scenario: Scenario, readings: Readings, margin: float = 1.0) -> Table:
    """Return the table of a scenario.

    Args:
        scenario: The scenario that was measured.
        readings: The readings of each entrant, by label.
        margin: The factor by which a value may miss its target.
    """
    summary = min if scenario.by_best else median
    series = {label: [each[scenario.reading] for each in r] for label, r in readings.items()}
    base = series.get(scenario.entrants[0].label, [])
    if scenario.by_best and base:
        series, base = {label: [min(values)] for label, values in series.items()}, [min(base)]
    lines = []
    for entrant in scenario.entrants:
        values = series.get(entrant.label, [])
        if not values or not base:
            lines.append(Line(entrant))
            continue
        relation = median(map(_RELATIONS[scenario.compare], values, base))
        taken = readings[entrant.label]
        reading = {name: median(each[name] for each in taken) for name in taken[0]}
        verdict = _verdict(scenario, entrant.target, relation, margin)
        if scenario.reading == "peak" and reading["growth"] > _FLAT + entrant.prefetch:
            verdict = MISSED
        lines.append(Line(entrant, summary(values), relation, verdict, reading))
    return Table(scenario, lines)


_RELATIONS = {
    "ratio": lambda value, base: value / base,
    "times": lambda value, base: base / value,
    "more": lambda value, base: value - base,
    "as it is": lambda value, _: value,
}


def _verdict(scenario: Scenario, target: float | None, relation: float, margin: float) -> str:
    if target is None:
        return ""
    # of "times", larger is better; a count is exact
    overdrawn = target / relation if scenario.compare == "times" else relation / target
    if overdrawn <= 1:
        return "reached"
    is_near = overdrawn <= margin and scenario.compare != "as it is"
    return f"within {margin:g} x" if is_near else MISSED
