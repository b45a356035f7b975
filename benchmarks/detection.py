"""The cost of detection, which runs once per listing, on a first page of 100 rows.

`python benchmarks/detection.py` prints microseconds, the best and the median of several rounds,
beside the time for decoding the same page with the standard library.
"""

from __future__ import annotations

import json
import timeit
from statistics import median
from typing import Any

from requests.structures import CaseInsensitiveDict

from requests_paginate import Page, PageRequest
from requests_paginate._detection.detect import detect

URL = "https://api.example.com/v1/transactions"
HEADERS = CaseInsensitiveDict({f"X-Header-{number}": "value" for number in range(15)})
ROWS = [
    {"id": number, "description": "x" * 50, "amount": 1.5, "date": "2026-01-01", "tags": ["a", "b"]}
    for number in range(100)
]
PAGES: dict[str, tuple[Any, dict[str, Any]]] = {
    "Pluggy": ({"total": 900, "totalPages": 9, "page": 1, "results": ROWS}, {"pageSize": 100}),
    "Belvo": (
        {"count": 900, "next": f"{URL}?page=2", "previous": None, "results": ROWS},
        {"page_size": 100},
    ),
    "Stripe": ({"object": "list", "url": "/v1/x", "has_more": True, "data": ROWS}, {"limit": 100}),
    "a nested cursor": ({"data": {"items": ROWS, "meta": {"next_cursor": "c"}}}, {}),
    "an offset that was sent": (ROWS, {"limit": 100, "offset": 0}),
    "not paginated": (ROWS, {}),
}


ROUNDS = 30  # in turns, so that a machine that changes its pace does so for all


def microseconds(call: Any, *, number: int = 30) -> float:
    """Return the microseconds of one call, as the mean of a few."""
    return timeit.timeit(call, number=number) / number * 1e6


def main() -> None:
    """Print the table."""
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    for _ in range(ROUNDS):
        for name, (body, params) in PAGES.items():
            request = PageRequest("GET", URL, params=params)
            page = Page(request=request, body=body, headers=HEADERS, url=URL)
            text = json.dumps(body)
            detection = microseconds(lambda page=page: detect(page))
            costs[name].append((detection, microseconds(lambda text=text: json.loads(text))))
    print(f"{'first page':<26}{'best':>9}{'median':>10}{'decoding':>12}{'ratio':>8}")
    for name, rounds in costs.items():
        best, middle = min(cost for cost, _ in rounds), median(cost for cost, _ in rounds)
        decoding, ratio = median(other for _, other in rounds), median(a / b for a, b in rounds)
        print(f"{name:<26}{best:>6.0f} µs{middle:>7.0f} µs{decoding:>9.0f} µs{ratio:>8.2f}")


if __name__ == "__main__":
    main()
