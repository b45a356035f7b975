"""What a type checker must refuse: each marked line is an error for mypy and for pyright.

A mark that is not needed is an error itself, so a line that is no longer refused is found.
"""
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import NamedTuple

from requests_paginate import PaginatedSession, PaginatingAdapter, get_all, request_all

URL = "https://api.example.com/transactions"


class Row(NamedTuple):
    """A row."""

    id: str


session = PaginatedSession()
get_all(URL, strategy="stripe")  # type: ignore[call-overload]  # must fail
get_all(URL, limit=10)  # type: ignore[call-overload]  # must fail
get_all(URL, stream=True)  # type: ignore[call-overload]  # must fail
get_all(URL, prefetch="8")  # type: ignore[call-overload]  # must fail
get_all(URL, {"page": 1}, {"more": 1})  # type: ignore[call-overload]  # must fail
session.get_all(URL, max_items=1.5)  # type: ignore[call-overload]  # must fail
session.post_all(URL, allow_redirects=True)  # type: ignore[call-overload]  # must fail
PaginatingAdapter(limit=10)  # type: ignore[call-arg]  # must fail
PaginatingAdapter(max_pages=10)  # type: ignore[call-arg]  # must fail
PaginatingAdapter(prefetch="8")  # type: ignore[arg-type]  # must fail
get_all(URL, model="id")  # type: ignore[call-overload]  # must fail
request_all("GET", URL, resume=1)  # type: ignore[call-overload]  # must fail
print(next(get_all(URL, model=Row)).name)  # type: ignore[attr-defined]  # must fail
len(get_all(URL))  # type: ignore[arg-type]  # must fail
print(get_all(URL)[0])  # type: ignore[index]  # must fail
