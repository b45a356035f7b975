"""What detection costs: once per listing, on a first page of 100 rows.

Prints microseconds, the best of several runs, and their ratio to decoding the same page with the
standard library in the same run. `python benchmarks/detection.py`
"""

from __future__ import annotations

import json
import timeit
from typing import Any

from requests.structures import CaseInsensitiveDict

from requests_paginate import Page, PageRequest
from requests_paginate.detection import detect

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


def best(call: Any, *, number: int = 300, repeat: int = 9) -> float:
    """The microseconds of one call, at best."""
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number * 1e6


def main() -> None:
    """Prints the table."""
    print(f"{'first page':<26}{'detection':>12}{'decoding':>12}{'ratio':>8}")
    for name, (body, params) in PAGES.items():
        request = PageRequest("GET", URL, params=params)
        page = Page(request=request, body=body, headers=HEADERS, url=URL)
        text = json.dumps(body)
        cost, decoding = (
            best(lambda page=page: detect(page)),
            best(lambda text=text: json.loads(text)),
        )
        print(f"{name:<26}{cost:>9.0f} µs{decoding:>9.0f} µs{cost / decoding:>8.2f}")


if __name__ == "__main__":
    main()
