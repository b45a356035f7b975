"""Rows that tell their place in the order that was asked for, after which the next page starts."""

from __future__ import annotations

from collections.abc import Mapping

from requests_paginate._detection.evidence import Evidence
from requests_paginate.strategies import LastItem

_NAME = "sort"


def find_search_after(evidence: Evidence) -> LastItem | None:
    """Return the strategy that goes on after the last row's place, or None if rows tell none.

    Each row has a value for each key that it is sorted by
    (https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results). It is
    no more than a proposal: rows that are equal in all keys would be left out at the edge of a
    page.
    """
    body = evidence.page.request.json
    keys = body.get(_NAME) if isinstance(body, Mapping) else None
    if not keys or not evidence.rows:
        return None
    count = len(keys) if isinstance(keys, list) else 1
    for row in evidence.rows:
        place = row.get(_NAME) if isinstance(row, Mapping) else None
        # a keyword such as _doc adds a value of its own
        if not isinstance(place, list) or len(place) < count:
            return None
    return LastItem(
        "search_after",
        key=_NAME,
        items=evidence.items,
        total=evidence.find_total(has_next=True),
    )
