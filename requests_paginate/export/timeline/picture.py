"""A run as an SVG of its own."""

from __future__ import annotations

from math import ceil

from requests_paginate._listing.fetches import Fetch
from requests_paginate.export.timeline.marks import (
    LEGEND,
    STYLE,
    clean,
    define_signs,
    draw_fetch,
    draw_sample,
    draw_work,
    ticks,
)
from requests_paginate.export.timeline.run import Run, describe

__all__ = ["draw_picture"]

_WIDTH, _LEFT, _RIGHT = 680, 136, 46  # of the whole, beside the lanes and half a label
_LINE = 26  # of a text; on a phone, it is nearly as large
_LEAST_STEP = 22  # between the numbers of pages
_LETTERS = 52  # of a line
_MOST_DESCRIBED = 200  # pages in the words of the text alternative

# An image of half the width has letters of twice the size.
_STYLE = f"""{STYLE}
:root {{ max-width: 100%; height: auto }}
text {{ font: 15px system-ui, sans-serif; fill: var(--text) }}
.title {{ font-size: 20px; font-weight: 600 }} .faint {{ fill: var(--faint) }}
.note {{ font-size: 12px; fill: var(--faint) }} .end {{ text-anchor: end }}
.middle {{ text-anchor: middle }} .page {{ fill: var(--page) }} .zone {{ fill: var(--zone) }}
@media (max-width: 520px) {{
  text {{ font-size: 22px }} .title {{ font-size: 28px }} .note {{ display: none }}
}}
"""


def draw_picture(run: Run) -> str:
    """Return the whole picture: the words, the legend, the axis, a lane for each page."""
    step = _find_step(len(run.fetches))
    parts, top = _draw_head(run)
    if run.fetches:
        bottom = top + 34 + _LINE + len(run.fetches) * step
        parts += _draw_axis(run, top, bottom)
        top += 34
        parts.append(_label("your code", top + 18))
        parts.append(draw_work(run.worked, _Lanes(run).at, _Lanes(run).length, top, 22))
        top += _LINE
        for number, fetch in enumerate(run.fetches):
            is_named = number % ceil(_LEAST_STEP / step) == 0
            parts.append(_draw_lane(run, fetch, top + number * step, step, is_named=is_named))
        top = bottom
    height = top + 16
    words = [describe_page(fetch) for fetch in run.fetches[:_MOST_DESCRIBED]]
    alternative = clean(" ".join([*run.facts(), *words]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-labelledby="name" '
        f'aria-describedby="words">\n<title id="name">{clean(run.title())}</title>\n'
        f'<desc id="words">{alternative}</desc>\n<style>{_STYLE}</style>\n'
        f"{define_signs(min(12, step * 0.5))}\n"
        f'<rect class="page" width="{_WIDTH}" height="{height:.0f}" rx="8"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def describe_page(fetch: Fetch) -> str:
    """Return what went on with a page, as a sentence; people count pages from 1."""
    return f"Page {fetch.page + 1}: {describe(fetch)}."


class _Lanes:
    """Where times are in the lanes."""

    def __init__(self, run: Run) -> None:
        self._scale = (_WIDTH - _LEFT - _RIGHT) / run.shown_seconds

    def x(self, time: float) -> float:
        return _LEFT + time * self._scale

    def at(self, time: float) -> str:
        return f"{self.x(time):.1f}"

    def length(self, seconds: float) -> str:
        return f"{seconds * self._scale:.1f}"


def _find_step(pages: int) -> int:
    """Return the height of a lane: many pages have less each."""
    return next((step for most, step in ((40, 24), (100, 16), (250, 10)) if pages <= most), 6)


def _draw_head(run: Run) -> tuple[list[str], float]:
    """Return the words and the legend, and where they end."""
    parts = [f'<text class="title" x="16" y="36">{clean(run.title())}</text>']
    top = 44
    for fact in run.facts():
        top += _LINE
        parts.append(f'<text x="16" y="{top}">{clean(_cut(fact))}</text>')
    if not run.fetches:
        return parts, top
    top += 16
    column = (_WIDTH - 32) / 3
    rows = ceil(len(LEGEND) / 3)
    parts.append(
        f'<rect class="zone" x="8" y="{top}" width="{_WIDTH - 16}" height="{rows * _LINE + 12}" '
        'rx="6"/>'
    )
    for number, (name, text) in enumerate(LEGEND.items()):
        x, y = 18 + number % 3 * column, top + 6 + number // 3 * _LINE
        parts.append(
            f'<g transform="translate({x:.0f} {y})">{draw_sample(name, 0, 24)}'
            f'<text x="44" y="18">{clean(text)}</text></g>'
        )
    return parts, top + rows * _LINE + 12


def _draw_axis(run: Run, top: float, bottom: float) -> list[str]:
    """Return the times above the lanes, and their lines through them."""
    lanes = _Lanes(run)
    parts = [f'<text class="faint end" x="{_LEFT - 16}" y="{top + 26}">page</text>']
    for time, label in ticks(run.shown_seconds, 4):
        x = lanes.at(time)
        parts.append(
            f'<line class="grid" x1="{x}" x2="{x}" y1="{top + 34:.0f}" y2="{bottom:.0f}"/>'
            f'<text class="faint middle" x="{x}" y="{top + 26:.0f}">{label}</text>'
        )
    return parts


def _draw_lane(run: Run, fetch: Fetch, top: float, step: float, *, is_named: bool) -> str:
    lanes = _Lanes(run)
    parts = [f"<g><title>{clean(describe_page(fetch))}</title>"]
    if is_named:
        parts.append(_label(str(fetch.page + 1), top + step / 2 + 5))
    # a ground to point at
    parts.append(
        f'<rect x="0" y="{top:.1f}" width="{_WIDTH}" height="{step}" fill-opacity="0"/>'
        + draw_fetch(fetch, lanes.at, lanes.length, top + 1, step - 2)
    )
    if step >= 16:
        parts.append(_draw_note(lanes, fetch, top + step / 2 + 4))
    return "".join([*parts, "</g>"])


def _draw_note(lanes: _Lanes, fetch: Fetch, y: float) -> str:
    """Return what is unusual about a page, behind or before its marks, if there is room."""
    note = _find_note(fetch)
    width = len(note) * 7
    begin, end = lanes.x(fetch.begin) - 12, lanes.x(fetch.ended) + 12
    if note and end + width < _WIDTH:
        return f'<text class="note" x="{end:.1f}" y="{y:.1f}">{clean(note)}</text>'
    if note and begin - width > _LEFT:
        return f'<text class="note end" x="{begin:.1f}" y="{y:.1f}">{clean(note)}</text>'
    return ""


def _find_note(fetch: Fetch) -> str:
    """Return what is unusual about a page, in few words."""
    if fetch.is_dropped:
        return "wrong guess" if fetch.is_wrong else "not needed"
    errors = [span.error for span in fetch.spans if span.error]
    if errors:
        return errors[-1] if len(errors) == 1 else f"{errors[-1]}, {len(errors)} times"
    return "still going on" if fetch.is_open else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"


def _label(text: str, y: float) -> str:
    return f'<text class="end" x="{_LEFT - 16}" y="{y:.1f}">{clean(text)}</text>'
