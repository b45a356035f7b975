"""The dialects of the table as ways of paginating: their strategies, read backwards."""

from __future__ import annotations

import random
from typing import Any

from requests_paginate import dialects, strategies
from tests.fuzz.names import HEADER, Voice
from tests.fuzz.pagings import Paging

# These page by more than one resource, by a list, or not at all.
_OTHERS = {"dropbox", "elasticsearch-search-after", "single-page"}
_STYLES: dict[type, str] = {
    strategies.PageNumber: "page", strategies.Offset: "offset", strategies.NextLink: "link",
    strategies.LinkHeader: "header link", strategies.Cursor: "cursor",
    strategies.LastItem: "last id", strategies.ContentRange: "range",
    strategies.NextParameters: "parameters",
}  # fmt: skip
_ROLES = {
    "total_pages": "pages", "number": "number", "total": "total", "start": "start",
    "token": "token", "link": "next", "parameters": "parameters",
}  # fmt: skip
DIALECTS = {name: each for name, each in dialects.by_name().items() if name not in _OTHERS}


def draw_dialect(rng: random.Random, voice: Voice) -> tuple[Paging, str]:
    """Return the way in which a named dialect paginates, and where its rows are."""
    own: Any = DIALECTS[rng.choice(sorted(DIALECTS))]
    rows = own.items.path
    if rows is None:
        is_bare = isinstance(own, strategies.LinkHeader) and rng.random() < 0.5
        rows = "" if is_bare else rng.choice((voice.noun, "items", "results"))
    paging = Paging(style=_STYLES[type(own)], own=own, places=_find_places(own, rows))
    if isinstance(own, strategies.NextLink):
        paging.counted = "page" if own.page_param else "offset" if own.offset_param else "cursor"
        paging.param = own.page_param or own.offset_param or "cursor"
        paging.first = 1 if own.page_param else 0
        paging.form = rng.choice(("absolute", "path", "query"))
    elif own.needs:
        paging.param = getattr(own, own.needs[0])
    if isinstance(own, strategies.NextParameters):
        paging.param = "continue"
    elif isinstance(own, strategies.LinkHeader):
        paging.param, paging.counted = rng.choice((("page", "page"), ("cursor", "cursor")))
    elif isinstance(own, (strategies.PageNumber, strategies.Offset)):
        paging.first = own.first
    elif isinstance(own, strategies.ContentRange):
        paging.param, paging.into, paging.first = "Range", "header", 0
    elif isinstance(own, strategies.Cursor):
        paging.into = own.into or "query"
    paging.size_param = getattr(own, "limit", None) or ""
    onward = paging.places.get("token") or paging.places.get("next") or ""
    is_object = onward.startswith(HEADER) or onward.count(".") > 1  # the end leaves all of it out
    paging.ending = "absent" if is_object else rng.choice(("null", "absent", "empty"))
    return paging, rows


def _find_places(own: Any, rows: str) -> dict[str, str]:
    read = {role: getattr(own, name, None) for name, role in _ROLES.items()}
    read["total"] = getattr(own.total, "path", None) if read["total"] is not None else None
    places = {role: path for role, path in read.items() if isinstance(path, str)}
    if own.more is not None:
        places["last" if own.more.startswith("!") else "more"] = own.more.lstrip("!")
    if isinstance(own, strategies.ContentRange):
        return {}
    return {
        role: f"{HEADER}{path}" if _is_header(path, rows) else path for role, path in places.items()
    }


def _is_header(path: str, rows: str) -> bool:
    return path.lower().startswith("x-") or rows == "" or path == "Next-Range"
