"""Timelines as pictures: a waterfall of the requests, as an SVG and as a page of HTML.

`Listing.timeline` returns what is drawn here; its own methods call these functions.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from os import PathLike, fspath
from pathlib import Path

from requests_paginate._listing.timeline import Timeline
from requests_paginate.export.timeline.document import draw_document, draw_frame
from requests_paginate.export.timeline.picture import draw_picture
from requests_paginate.export.timeline.run import Run

__all__ = ["find_drawing", "frame", "html", "svg", "write"]


def svg(timeline: Timeline) -> str:
    """Return a timeline as an SVG of its own."""
    return draw_picture(Run.of(timeline))


def html(timeline: Timeline) -> str:
    """Return a timeline as a page of HTML, which needs neither scripts nor a network."""
    return draw_document(Run.of(timeline))


def frame(timeline: Timeline) -> str:
    """Return a timeline as a part of another page, such as a notebook."""
    return draw_frame(Run.of(timeline))


def find_drawing(path: str | PathLike[str]) -> Callable[[Timeline], str]:
    """Return what draws a file of this name.

    Raises:
        ValueError: Its suffix is neither `.html` nor `.svg`.
    """
    drawing = {".html": html, ".svg": svg}.get(Path(path).suffix.lower())
    if drawing is None:
        raise ValueError(f"expected a file .html or .svg, got {fspath(path)!r}")
    return drawing


def write(timeline: Timeline, path: str | PathLike[str]) -> None:
    """Write a timeline into a file, whose suffix says how; one that is there is replaced.

    Raises:
        ValueError: Its suffix is neither `.html` nor `.svg`.
        OSError: The file cannot be written.
    """
    text, target = find_drawing(path)(timeline), Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no folder to write into", str(target.parent))
    target.write_text(text, encoding="utf-8", newline="\n")
