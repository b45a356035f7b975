"""A run as a page of HTML, which needs neither scripts nor a network."""

from __future__ import annotations

from html import escape

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
from requests_paginate.export.timeline.run import Run, count, describe, seconds

__all__ = ["draw_document", "draw_frame"]

_LANE = 24  # pixels

# As a table, on a phone the lane stands below the words.
_STYLE = f"""{STYLE}
* {{ box-sizing: border-box }}
body {{ margin: 0 auto; max-width: 80rem; padding: 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }}
h1 {{ font-size: 1.5rem; line-height: 1.2; margin: .5rem 0 }}
p {{ margin: .5rem 0; max-width: 60rem }}
ul {{ display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0;
  padding: .5rem .75rem; background: var(--zone); border-radius: .4rem }}
li {{ display: flex; align-items: center; gap: .75rem }}
svg {{ display: block; width: 100%; height: {_LANE}px; overflow: visible }}
li svg {{ width: 30px; flex: none }}
.signs {{ position: absolute; width: 0; height: 0 }}
table {{ width: 100%; border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums }}
th, td {{ padding: .15rem .5rem; text-align: left; vertical-align: top; font-weight: normal }}
th {{ white-space: nowrap }}
th small {{ color: var(--faint); font-size: .8rem }}
.lane {{ width: 40%; padding: .15rem 1.75rem .15rem 1rem }}
.lane text {{ font-size: .8rem; fill: var(--faint); text-anchor: middle }}
thead th {{ color: var(--faint); position: sticky; top: 0; background: var(--page); z-index: 1 }}
tbody tr {{ border-top: 1px solid var(--grid) }}
summary {{ cursor: pointer }} details p {{ margin: .1rem 0; color: var(--faint) }}
caption {{ text-align: left; color: var(--faint); padding: .25rem .5rem }}
@media (max-width: 56rem) {{
  table, caption, thead, tbody {{ display: block }}
  tr {{ display: grid; grid-template-columns: minmax(4.5rem, auto) 1fr }}
  .lane {{ grid-column: 1 / 3; grid-row: 2; width: auto; padding-bottom: .6rem }}
  th small {{ display: block }}
  thead {{ position: sticky; top: 0; z-index: 1 }}
}}
@media print {{
  :root {{ font-size: 9pt }} body {{ max-width: none; padding: 0 }}
  thead, thead th {{ position: static }}
  tr {{ break-inside: avoid }}
}}
"""


def draw_document(run: Run) -> str:
    """Return the whole page."""
    title = clean(run.title())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{clean(" ".join(run.facts()))}</p>
{_draw_table(run) if run.fetches else ""}</main>
</body>
</html>
"""


def draw_frame(run: Run) -> str:
    """Return the page inside of another one, whose style it neither takes nor changes."""
    height = min(640, 320 + 34 * len(run.fetches))
    return (
        f'<iframe sandbox title="{clean(run.title())}" srcdoc="{escape(draw_document(run))}" '
        f'style="width: 100%; height: {height}px; border: 0"></iframe>'
    )


def _draw_table(run: Run) -> str:
    samples = "".join(
        f'<li><svg aria-hidden="true">{draw_sample(name, 0, _LANE)}</svg>{clean(text)}</li>'
        for name, text in LEGEND.items()
    )
    rows = "\n".join(_draw_row(run, fetch) for fetch in run.fetches)
    return f"""<svg class="signs" aria-hidden="true">{define_signs(12)}</svg>
<ul aria-label="What the marks mean">{samples}</ul>
<table role="table">
<caption>Pages count from 1. Choose a page's words to see its request.</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Page</th>\
<th role="columnheader" scope="col" class="lane">{_draw_axis(run)}</th>\
<th role="columnheader" scope="col">What went on</th></tr></thead>
<tbody role="rowgroup">
{_draw_work(run)}
{rows}
</tbody>
</table>
"""


def _draw_row(run: Run, fetch: Fetch) -> str:
    rows = "" if fetch.rows is None else f" <small>{count(fetch.rows, 'row')}</small>"
    marks = draw_fetch(fetch, _Lanes(run).at, _Lanes(run).length, 0, _LANE)
    name = f"Page {fetch.page + 1}, from {seconds(fetch.begin)} to {seconds(fetch.ended)}"
    return _row(f"{fetch.page + 1}{rows}", _lane(run, name, marks), _draw_words(fetch))


def _draw_work(run: Run) -> str:
    whole = sum(end - begin for begin, end in run.worked)
    words = f"Worked {seconds(whole)} on the rows of {count(len(run.worked), 'page')}"
    marks = draw_work(run.worked, _Lanes(run).at, _Lanes(run).length, 0, _LANE)
    return _row("Your code", _lane(run, f"Your code: {words}", marks), words)


def _row(head: str, lane: str, words: str) -> str:
    return (
        f'<tr role="row"><th role="rowheader" scope="row">{head}</th>'
        f'<td role="cell" class="lane">{lane}</td><td role="cell">{words}</td></tr>'
    )


def _draw_words(fetch: Fetch) -> str:
    """Return what went on in words, and behind them what is too long to be in the way."""
    words = clean(describe(fetch))
    if fetch.url is None:
        return words
    size = "" if fetch.size is None else f", {count(fetch.size, 'byte')}"
    more = f"Status {fetch.status}{size}: {fetch.url}"
    return f"<details><summary>{words}</summary><p>{clean(more)}</p></details>"


class _Lanes:
    """Where times are in the lanes, whatever their width."""

    def __init__(self, run: Run) -> None:
        self._seconds = run.shown_seconds

    def at(self, time: float) -> str:
        return f"{time / self._seconds:.3%}"

    length = at


def _lane(run: Run, name: str, marks: str) -> str:
    return f'<svg role="img" aria-label="{clean(name)}">{_draw_grid(run)}{marks}</svg>'


def _draw_grid(run: Run) -> str:
    at = _Lanes(run).at
    lines = (at(time) for time, _ in ticks(run.shown_seconds, 4))
    return "".join(f'<line class="grid" x1="{x}" x2="{x}" y2="{_LANE}"/>' for x in lines)


def _draw_axis(run: Run) -> str:
    at = _Lanes(run).at
    texts = "".join(
        f'<text x="{at(time)}" y="17">{label}</text>' for time, label in ticks(run.shown_seconds, 4)
    )
    name = f"A time axis of {seconds(run.shown_seconds)}"
    return f'<svg role="img" aria-label="{name}">{texts}</svg>'
