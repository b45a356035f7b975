"""Rows that come and go while they are listed: what one pass misses, and what a few do not.

A simulation, the same on every run: a server's rows are deleted anywhere and arrive at one end
between any two requests. Counted are the rows that were there all the time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_paginate import PaginationMixin, dialects, exceptions, strategies

URL = "https://api.test/rows"
SIZE = 50
RUNS = 100
OFFSET = strategies.Offset("offset", total="total", items="data")

moving = pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")


def recipe() -> Callable[..., Iterator[dict[str, int]]]:
    """The function as docs/guarantees.md prints it."""
    text = (Path(__file__).parents[2] / "docs" / "guarantees.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    namespace: dict[str, Any] = {}
    exec(compile(code, "docs/guarantees.md", "exec", dont_inherit=True), namespace)
    return namespace["every_row"]


every_row = recipe()


class Moving(PaginationMixin, requests.Session):
    """A session with a server whose rows move between any two requests."""

    def __init__(
        self,
        answer: Callable[[Sequence[int], dict[str, int]], tuple[int, Any]],
        move: Callable[[list[int]], None],
        *,
        rows: Sequence[int],
    ) -> None:
        super().__init__()
        self.answer, self.move = answer, move
        self.rows = list(rows)
        self.before = set(rows)
        self.requests = 0

    def request(self, method, url, *, params=None, **options):
        if self.requests:
            self.move(self.rows)
        self.requests += 1
        sent = {name: int(values[0]) for name, values in parse_qs(urlsplit(url).query).items()}
        status, body = self.answer(self.rows, {**sent, **(params or {})})
        response = requests.Response()
        response.status_code, response.url = status, url
        response.headers["Content-Type"] = "application/json"
        response._content, response._content_consumed = msgspec.json.encode(body), True
        return response

    def missed(self, rows: Sequence[dict[str, int]]) -> int:
        """How many rows were there from the first request to the last, and not listed."""
        return len(self.before.intersection(self.rows) - {row["id"] for row in rows})


def rows_of(numbers: Sequence[int]) -> list[dict[str, int]]:
    return [{"id": number} for number in numbers]


def pluggy(rows, params, size=SIZE):
    page, pages = params.get("page", 1), max(1, -(-len(rows) // size))
    results = rows_of(rows[(page - 1) * size : page * size])
    return 200, {"total": len(rows), "totalPages": pages, "page": page, "results": results}


def belvo(rows, params):
    """Django REST framework knows no page beyond the last."""
    page = params.get("page", 1)
    if page > 1 and (page - 1) * SIZE >= len(rows):
        return 404, {"detail": "Invalid page."}
    following = f"{URL}?page={page + 1}" if page * SIZE < len(rows) else None
    results = rows_of(rows[(page - 1) * SIZE : page * SIZE])
    return 200, {"count": len(rows), "next": following, "previous": None, "results": results}


def offset(rows, params):
    start = params.get("offset", 0)
    return 200, {"total": len(rows), "data": rows_of(rows[start : start + SIZE])}


def churn(seed: int, *, newest_first: bool) -> Callable[[list[int]], None]:
    """Deletes one row or two, and lets one arrive every third time."""
    chance, arriving = random.Random(seed), count(1000)

    def move(rows: list[int]) -> None:
        for _ in range(chance.choice((1, 1, 2))):
            del rows[chance.randrange(len(rows))]
        if chance.choice((True, False, False)):
            rows.insert(0 if newest_first else len(rows), next(arriving))

    return move


def simulated(answer, seed, *, newest_first) -> Moving:
    rows = range(999, -1, -1) if newest_first else range(1000)
    return Moving(answer, churn(seed, newest_first=newest_first), rows=rows)


def simulations(answer, runs) -> Iterator[Moving]:
    """Every other one with the newest rows first."""
    return (simulated(answer, seed, newest_first=seed % 2 == 0) for seed in range(runs))


@moving
def test_one_pass_misses_rows_and_the_recipe_misses_none():
    """Of a thousand rows one pass misses some eleven, and pass after pass none, in 100 runs."""
    missed = [api.missed(list(api.get_all(URL))) for api in simulations(pluggy, RUNS)]
    costs = []
    for api in simulations(pluggy, RUNS):
        rows = list(every_row(api, URL, strategy=dialects.PLUGGY))
        assert 0 == api.missed(rows)
        assert len({row["id"] for row in rows}) == len(rows)
        costs.append(api.requests)
    print(
        f"{RUNS} runs: one pass misses {mean(missed):.1f} rows ({min(missed)} to "
        f"{max(missed)}), the recipe none for {mean(costs):.0f} requests ({min(costs)} to "
        f"{max(costs)}); a pass is {-(-1000 // SIZE)}"
    )
    assert 9 < mean(missed) < 13
    assert max(costs) <= 8 * 1000 / SIZE


@moving
@pytest.mark.parametrize(("answer", "strategy"), [(belvo, dialects.BELVO), (offset, OFFSET)])
def test_the_recipe_misses_none_whatever_the_dialect(answer, strategy):
    """Links and offsets shift as page numbers do, and the recipe is the same."""
    for api in simulations(answer, 10):
        assert 0 == api.missed(list(every_row(api, URL, strategy=strategy)))


def test_the_recipe_lists_what_does_not_move_in_three_passes():
    """Rows at rest come in their order, each once; so do none."""
    for rows in (range(120), []):
        api = Moving(pluggy, lambda rows: None, rows=rows)
        assert rows_of(rows) == list(every_row(api, URL))
        assert 3 * max(1, -(-len(rows) // SIZE)) == api.requests


@moving
@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 19), max_size=2), max_size=16), st.integers(0, 2))
def test_two_passes_miss_no_row_where_few_are_deleted(deletions, arrivals):
    """Oldest first, a row is missed twice only if more than a page's rows go meanwhile."""
    schedule = iter(deletions)
    left = [4]  # a page's rows
    arriving = count(20)

    def move(rows):
        for place in next(schedule, ()):
            if left[0]:
                left[0] -= 1
                del rows[place % len(rows)]
        rows.extend(next(arriving) for _ in range(arrivals))

    api = Moving(lambda rows, params: pluggy(rows, params, 4), move, rows=range(20))
    twice = [row for _ in range(2) for row in api.get_all(URL)]
    assert 0 == api.missed(twice)


def test_a_key_drops_the_repeats_of_shifted_pages_and_the_total_warns():
    """Newest first, each arrival shows a row again: `key` drops it, and one warning tells."""
    arriving = count(1000)
    listed = []
    for options in ({}, {"key": "id"}):
        api = Moving(pluggy, lambda rows: rows.insert(0, next(arriving)), rows=range(999, -1, -1))
        listing = api.get_all(URL, **options)
        with pytest.warns(exceptions.ListingChanged, match="from 1000 to 1001") as seen:
            listed.append(list(listing))
        assert 1 == len(seen)
        assert listing.stats.drift
    assert rows_of(range(999, -1, -1)) == listed[1]
    assert len(listed[0]) - 1000 == listing.stats.duplicates_dropped == api.requests - 1


@moving
@pytest.mark.parametrize("arrivals", [1, 25, 30, 40, 45])
def test_rows_that_a_page_of_arrivals_moves_on_are_not_the_first_page(arrivals):
    """Where the consumer took its time over page 1, page 2 holds most of it again: no circle."""

    def arrive(rows: list[int]) -> None:
        if api.requests == 1:
            rows[:0] = range(1000, 1000 + arrivals)

    api = Moving(pluggy, arrive, rows=range(199, -1, -1))
    assert rows_of(range(199, -1, -1)) == list(api.get_all(URL, key="id"))


@moving
def test_a_key_brings_back_no_row_that_was_missed():
    """What a deletion hides is missed with a key, too."""
    api = simulated(pluggy, 1, newest_first=False)
    plain = list(api.get_all(URL))
    keyed = list(simulated(pluggy, 1, newest_first=False).get_all(URL, key="id"))
    assert plain == keyed
    assert api.missed(keyed) > 0


@moving
def test_a_page_that_vanished_raises_and_is_no_end():
    """Django answers 404 where the last page went after its link was made: begin again."""
    api = Moving(belvo, lambda rows: rows.pop(), rows=range(51))
    with pytest.raises(exceptions.PageFailed, match=r"404.* Invalid page") as caught:
        list(every_row(api, URL))
    assert (1, 50) == (caught.value.page_index, caught.value.items_yielded)
    assert 0 == api.missed(list(every_row(api, URL)))


@moving
@pytest.mark.parametrize("more", [True, False])
def test_rows_that_arrive_before_a_cursor_are_no_missing_rows(more):
    """A cursor goes on to older rows: that the total grew meanwhile does not make its end early."""

    def keyset(rows, params):
        found = [row for row in rows if row < params.get("after", 10**9)][:SIZE]
        has_more = bool(found) and found[-1] > 0
        body = {"total": len(rows), "data": rows_of(found), "has_more": has_more}
        return 200, body if more else {**body, "next_cursor": found[-1] if has_more else None}

    arriving = count(1000)
    api = Moving(keyset, lambda rows: rows.insert(0, next(arriving)), rows=range(999, -1, -1))
    strategy = strategies.LastItem("after", key="id", more="has_more", total="total")
    if not more:
        strategy = strategies.Cursor("after", token="next_cursor", total="total", items="data")
    assert rows_of(range(999, -1, -1)) == list(api.get_all(URL, strategy=strategy))
