"""A listing that goes on from a checkpoint tells what one without a break tells."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json
import warnings

import pytest

from requests_paginate import strategies
from requests_paginate._listing.earlier_pages import NO_PAGES, EarlierPages, WrittenPages
from requests_paginate._listing.edges import Edges
from requests_paginate._listing.identities import NO_COLUMN, Column
from requests_paginate.exceptions import PaginationError
from tests.tokens import content
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.test_repeated_rows import linked

OFFSET = strategies.Offset("offset", total="total", items="items")


def by_offset(order, size=3):
    """Rows in an order that is not stable, and their total."""

    def answer(query):
        at = int(query.get("offset", 0))
        return {
            "items": [row for n in order[at : at + size] for row in rows(n)],
            "total": len(order),
        }

    return answer


SHOWN = {
    "a restart": ([(1, 2, 3), (4, 5, 6), (7, 8, 9), (1, 2, 3)], {}),
    "the last page again": ([(1, 2, 3), (4, 5, 6), (4, 5, 6)], {}),
    "rows that move": ([(1, 2, 3), (3, 4, 5), (2, 6, 7)], {"key": "id"}),
    "rows that move, without a key": ([(1, 2, 3), (3, 4, 5), (5, 6, 7)], {}),
    "an overlap of two": ([(1, 2, 3), (2, 3, 4)], {}), "empty pages": ([(), (1, 2), (), (2, 3)], {}),
    "one row a page": ([(1,), (2,), (2,)], {}), "honest": ([(1, 2, 3), (4, 5), (6,)], {}),
}  # fmt: skip
CASES = {name: (linked([rows(*each, v=0) for each in pages]), options) for name, (pages, options) in SHOWN.items()} | {
    "fewer keys than the total": (by_offset([0, 1, 2, 2, 3, 4, 5, 6, 7]), {"key": "id", "strategy": OFFSET}),
    "long pages": (linked([rows(*range(150)), rows(*range(149, 300)), rows(*range(300, 310))]), {"key": "id"}),
    "changed values": (linked([[{"id": n, "v": at} for n in (1, 2, 3)] for at in range(3)]), {}),
    "names below": (linked([[{"meta": {"uid": f"u{n}"}} for n in each] for each in ((1, 2), (2, 3), (3, 4))]), {}),
    "texts": (linked([["a", "b", "c"], ["c", "d", "e"], ["c", "d", "e"]]), {}),
    "zeros": (linked([[{"v": 0}] * 3] * 3), {}), "sales": (linked([[{"id": 1, "n": n} for n in (at, at + 9)] for at in range(3)]), {}),
    "models": (linked([rows(1, 2, v=0), rows(3, 4, v=0), rows(4, 5, v=0), rows(5, 6, v=0)]), {"model": dict[str, int]}),
}  # fmt: skip


def run_to_the_end(listing):
    """Its rows, its token after each, and what it tells at the end."""
    got, tokens, error = [], [listing.checkpoint()], None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for row in listing:
                got.append(row)
                tokens.append(listing.checkpoint())
        except PaginationError as caught:
            error = type(caught)
    return got, tokens, (error, listing.doubts, listing.complete)


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize(("answer", "options"), CASES.values(), ids=CASES)
def test_a_resumed_listing_tells_the_same(answer, options, prefetch):
    """From every row on: the same rows, tokens, doubts and errors; and the tokens are short."""
    with serving(answer) as asked:
        got, tokens, told = run_to_the_end(listing_of(**options))
        assert max(map(len, tokens)) < 4000
        for place in [*range(min(8, len(got))), *range(148, len(got), 50), len(got)]:
            asked.clear()
            resumed = listing_of(**options, prefetch=prefetch, resume=tokens[place])
            assert tokens[place] == resumed.checkpoint()
            assert (got[place:], tokens[place:], told) == run_to_the_end(resumed)


def test_a_finished_listing_remembers_nothing():
    """Its token leads to no page that could be compared."""
    with serving(CASES["honest"][0]):
        finished = json.loads(content(run_to_the_end(listing_of(key="id"))[1][-1]))
        assert not {"earlier", "keys"} & set(finished)


COLUMN = Column(("a", "id"), is_named=True)


@pytest.mark.parametrize(
    "pages",
    [
        EarlierPages(NO_COLUMN),
        EarlierPages(COLUMN, "", "", "", Edges((), COLUMN)),
        NO_PAGES.add("r:s", Edges([{"a": {"id": 1}}, {"a": {"id": 2}}], COLUMN)),
        NO_PAGES.add("r:s", Edges(["x", "y"], Column(()))).add("t:s", Edges(["z"], Column(()))),
        NO_PAGES.add("r:s", Edges([{"a": {"id": n}} for n in range(300)], COLUMN)),
    ],
)
def test_what_is_written_comes_back(pages):
    """And is written again in the same words, also after an empty page."""
    written = json.loads(json.dumps(pages.describe()))
    again = WrittenPages(**written).restore()
    assert pages[:4] == again[:4]
    assert written == json.loads(json.dumps(again.describe()))


def test_nothing_is_written_before_a_page_tells():
    """A token of a listing that has not begun is as it was."""
    assert NO_PAGES.describe() is None


def test_ids_of_something_else_are_forgotten():
    """Once rows with one id differ, no page is known by ids."""
    sales = Edges([{"a": {"id": 1}, "n": 1}, {"a": {"id": 1}, "n": 2}], COLUMN)
    known = NO_PAGES.add("r:s", Edges([{"a": {"id": 1}}], COLUMN))
    assert EarlierPages(NO_COLUMN) == known.add("t:s", sales)
