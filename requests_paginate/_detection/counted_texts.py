"""Read texts that say which rows of how many a page has: `1-3 of 60`, `items 0-24/66`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from requests_paginate._detection.evidence import Evidence

_LONGEST = 80  # characters; a longer text is prose
_OF = r"\s*(?:/|\b(?:out of|of|de|von|sur|su|van|av|af)\b)\s*(?:about|approximately|~)?\s*"
_NUMBER = r"\d{1,3}(?:[,.]\d{3})+|\d{1,18}"
_RANGE = re.compile(
    rf"(?<![\d.:/-])(?P<first>{_NUMBER})\s*(?:-|\u2013|to|bis|à|a)\s*(?P<last>{_NUMBER}){_OF}(?P<length>{_NUMBER})(?![\d:/-])"
)
_PAGE = re.compile(
    rf"(?:pages?|page|seite|página|pagina|sida|side)\s*:?\s*(?P<number>{_NUMBER}){_OF}(?P<pages>{_NUMBER})",
    re.IGNORECASE,
)


def find_counted_texts(evidence: Evidence) -> Iterator[tuple[str, int, int]]:
    """Yield texts beside the rows, or in headers, that count them.

    Yields:
        The path, the place of the page's last row, and the number of all. The text must count as
        many rows as the page has, where the page stands, so that a range of hours is none.
    """
    rows, start = len(evidence.rows), evidence.page.start
    for path, text in _list_texts(evidence):
        match = _RANGE.search(text)
        if match is not None and rows:
            first, last, length = map(_read, match.group("first", "last", "length"))
            is_here = start is None or first in (start, start + 1)
            if is_here and last - first + 1 == rows and last <= length:
                yield path, last, length


def find_page_texts(evidence: Evidence) -> Iterator[tuple[str, int, int]]:
    """Yield texts that count pages, `Page 1 of 20`: the path, the number, and that of all."""
    for path, text in _list_texts(evidence):
        name = path.rpartition(".")[2].replace("-", " ").replace("_", " ")
        match = _PAGE.search(text) or _PAGE.fullmatch(f"{name.rpartition(' ')[2]} {text}")
        if match is not None:
            yield path, _read(match["number"]), _read(match["pages"])


def _list_texts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    values: list[tuple[str, Any]] = [pair for found in evidence.found.values() for pair in found]
    for path, value in dict([*values, *evidence.headers.items()]).items():
        is_text = isinstance(value, str) and len(value) <= _LONGEST
        if is_text and not value.startswith("bytes") and any(map(str.isdecimal, value)):
            yield path, value


def _read(number: str) -> int:
    return int(number.replace(",", "").replace(".", ""))
