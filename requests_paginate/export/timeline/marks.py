"""How a page of a run is drawn: the marks of one lane, for the SVG and the HTML alike.

No meaning is in a colour alone: what goes on differs in height and pattern, too, and what happened
at one moment has a sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import get_args

from requests_paginate._listing.fetches import Fetch, Phase, Span

__all__ = [
    "LEGEND", "STYLE", "Place", "clean", "define_signs", "draw_fetch", "draw_sample", "draw_work",
    "ticks",
]  # fmt: skip

Place = Callable[[float], str]  # of a time in the picture: "12.5%" or "240.0"

# Each pair of text and ground has a contrast of at least 4.5, each mark on its ground at least 3.
STYLE = """
:root {
  color-scheme: light dark;
  --page: #fff; --text: #1f2328; --faint: #59636e; --grid: #d1d9e0; --zone: #f6f8fa;
  --waiting: #6e7781; --hollow: #dfe4ea; --receiving: #0969da; --decoding: #8250df;
  --failed: #cf222e; --pause: #9a6700; --work: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --faint: #9198a1; --grid: #30363d; --zone: #151b23;
    --waiting: #9198a1; --hollow: #343b45; --receiving: #58a6ff; --decoding: #bc8cff;
    --failed: #ff7b72; --pause: #d29922; --work: #3fb950;
  }
}
.waiting { fill: var(--hollow); stroke: var(--waiting) }
.receiving { fill: var(--receiving); stroke: var(--receiving) }
.decoding { fill: var(--decoding); stroke: var(--decoding) }
.failed { fill: url(#hatched); stroke: var(--failed) }
.pause { stroke: var(--pause); stroke-width: 3; stroke-dasharray: 3 4 }
.ready { stroke: var(--work); stroke-width: 1.5 }
.unused { stroke: var(--waiting); stroke-dasharray: 3 2 }
.work { fill: url(#striped); stroke: var(--work) }
.dropped .waiting, .dropped .receiving, .dropped .decoding { stroke-dasharray: 3 2; fill: none }
.hatch { stroke: var(--failed); stroke-width: 2 } .stripe { stroke: var(--work); stroke-width: 3 }
.between { fill: var(--work); fill-opacity: .35 }
.taken { fill: var(--work); stroke: var(--page) }
.guess { fill: var(--page); stroke: var(--text); stroke-width: 1.5 }
.cross { fill: none; stroke: var(--failed); stroke-width: 2.5 }
.stop { fill: var(--page); stroke: var(--text); stroke-width: 1.5 }
.grid { stroke: var(--grid) }
"""

LEGEND = {
    "waiting": "waiting",
    "receiving": "receiving",
    "decoding": "decoding",
    "ready": "ready, taken",
    "guess": "guessed",
    "stop": "dropped",
    "failed": "failed try",
    "pause": "pause",
    "work": "your code",
}

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return a text that may stand in XML, also in an attribute, whatever a server sent."""
    return escape(_UNFIT.sub("\ufffd", text))


def define_signs(size: float) -> str:
    """Return the patterns and signs that the marks refer to; the signs have half this size."""
    half, small = size / 2, size * 0.36
    return (
        '<defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="1" x2="1" y2="6"/></pattern>'
        '<pattern id="striped" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect class="between" width="5" height="5"/><line class="stripe" x1="2" x2="2" y2="5"/>'
        "</pattern>"
        f'<circle id="taken" class="taken" r="{half:.1f}"/>'
        f'<path id="guess" class="guess" d="M{-half:.1f} 0 L0 {-half:.1f} {half:.1f} 0 0 '
        f'{half:.1f}Z"/>'
        f'<path id="cross" class="cross" d="M{-small:.1f} {-small:.1f} L{small:.1f} {small:.1f} '
        f'M{-small:.1f} {small:.1f} L{small:.1f} {-small:.1f}"/>'
        f'<path id="stop" class="stop" d="M{-half:.1f} 0a{half:.1f} {half:.1f} 0 1 0 {size:.1f} 0a'
        f"{half:.1f} {half:.1f} 0 1 0 {-size:.1f} 0M{-small:.1f} {small:.1f}L{small:.1f} "
        f'{-small:.1f}"/></defs>'
    )


def draw_fetch(fetch: Fetch, at: Place, length: Place, top: float, height: float) -> str:
    """Return the marks of a page in a lane of this place and height."""
    middle = top + height / 2
    parts: list[str] = []
    for span in fetch.spans:
        if span.phase == "pause":
            parts.append(_line("pause", at(span.begin), at(span.end), middle))
            continue
        share = {"waiting": 0.36, "receiving": 0.68, "decoding": 1.0, "failed": 0.68}[span.phase]
        parts.append(_bar(span.phase, at(span.begin), length(span.seconds), middle, height * share))
    if fetch.taken is not None:
        if fetch.decoded is not None:
            parts.append(_line("ready", at(fetch.decoded), at(fetch.taken), middle))
        parts.append(_sign("taken", at(fetch.taken), middle))
    # signs are above what they are about
    parts += [_sign("cross", at(span.end), middle) for span in fetch.spans if span.error]
    if fetch.is_guess:
        parts.append(_sign("guess", at(fetch.begin), middle))
    if fetch.is_dropped:
        if fetch.decoded is not None:
            parts.append(_line("unused", at(fetch.decoded), at(fetch.ended), middle))
        parts.append(_sign("stop", at(fetch.ended), middle))
        return f'<g class="dropped">{"".join(parts)}</g>'
    return "".join(parts)


def draw_work(
    spans: Sequence[tuple[float, float]], at: Place, length: Place, top: float, height: float
) -> str:
    """Return the lane of the consumer."""
    middle = top + height / 2
    return "".join(
        _bar("work", at(begin), length(end - begin), middle, height * 0.68) for begin, end in spans
    )


def draw_sample(name: str, left: float, height: float) -> str:
    """Return the mark that an entry of the legend is about, 30 wide."""
    at: Place = "{:.1f}".format
    right, middle = left + 30, height / 2
    if name == "work":
        return draw_work([(left, right)], at, at, 0, height)
    if name in ("guess", "stop"):
        return _line("grid", at(left), at(right), middle) + _sign(name, at(left + 15), middle)
    if name == "ready":
        return draw_fetch(Fetch(page=0, decoded=left, taken=right), at, at, 0, height)
    error = "an error" if name == "failed" else ""
    (phase,) = [each for each in get_args(Phase) if each == name]
    span = Span(phase=phase, begin=left, end=right, error=error)
    return draw_fetch(Fetch(page=0, spans=[span]), at, at, 0, height)


def _bar(name: str, x: str, width: str, middle: float, height: float) -> str:
    y = f"{middle - height / 2:.1f}"
    return f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height:.1f}"/>'


def _line(name: str, begin: str, end: str, y: float) -> str:
    return f'<line class="{name}" x1="{begin}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _sign(name: str, x: str, y: float) -> str:
    return f'<use href="#{name}" x="{x}" y="{y:.1f}"/>'


def ticks(seconds: float, most: int) -> Iterator[tuple[float, str]]:
    """Yield the times that an axis of so many seconds names, and their labels.

    There are at most so many after the zero, at round times.
    """
    step = 0.001
    while seconds / step > most:
        step *= 2.5 if f"{step:e}".startswith("2") else 2
    for number in range(int(seconds / step * (1 + 1e-9)) + 1):
        time = number * step
        label = f"{time:g} s" if seconds >= 1 else f"{time * 1000:g} ms"
        yield time, label if number else "0"
