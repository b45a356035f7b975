"""What changes while a listing is read: it is told at once, and the end is doubtful."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate.exceptions import InconsistentListing, ListingChanged, PossiblyTruncated
from requests_paginate.strategies import Cursor, NextLink, Offset, PageNumber
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.test_doubts import drained


def paged(*pages, name="page", first=1):
    """Pages by their number; the first one is asked for without it."""

    def answer(query):
        index = int(query.get(name, first)) - first
        return pages[index] if index < len(pages) else {**pages[-1], "rows": []}

    return answer


CHANGES = {
    "total": (paged({"rows": rows(1, 2), "total": 5}, {"rows": rows(3, 4), "total": 4}), PageNumber("page", total="total", items="rows")),
    "count": (paged({"rows": rows(1, 2), "meta": {"n": 4}}, {"rows": rows(3, 4), "meta": {"n": 5}}, {"rows": rows(5), "meta": {"n": 5}}), PageNumber("page", total="meta.n", items="rows")),
    "pages": (paged({"rows": rows(1, 2), "pages": 3}, {"rows": rows(3, 4), "pages": 2}), PageNumber("page", total_pages="pages", items="rows")),
    "rows again": (paged({"rows": rows(1, 2), "next": "?page=2"}, {"rows": rows(2, 3)}), NextLink("next", items="rows")),
    "rows of a token": (paged({"rows": rows(1, 2), "next": "2"}, {"rows": rows(2, 3)}), Cursor("page", token="next", items="rows")),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "strategy"), CHANGES.values(), ids=CHANGES)
def test_a_change_makes_the_end_doubtful(answer, strategy):
    """It is told when it comes, and not again at the end; with strict it is an error there."""
    with serving(answer):
        listing = listing_of(strategy=strategy)
        _, error, told = drained(listing)
        assert (None, [ListingChanged], False, 1) == (
            error,
            told,
            listing.complete,
            len(listing.doubts),
        )
        assert listing.doubts[0].endswith("on page 1: rows may be missing or repeated")
        resumed = listing_of(strategy=strategy, resume=listing.checkpoint())
        assert ([], None, [PossiblyTruncated]) == drained(resumed)
        assert listing.doubts == resumed.doubts
    with serving(answer):
        listing = listing_of(strategy=strategy, strict=True)
        assert isinstance(drained(listing)[1], InconsistentListing)


@pytest.mark.parametrize(("answer", "strategy"), CHANGES.values(), ids=CHANGES)
def test_a_checkpoint_keeps_a_change(answer, strategy):
    """Whoever goes on inside the page, or behind the error, is told as well."""
    with serving(answer):
        listing = listing_of(strategy=strategy)
        with pytest.warns(ListingChanged):
            [next(listing) for _ in range(3)]
        resumed = listing_of(strategy=strategy, resume=listing.checkpoint())
        assert drained(resumed)[2]
        assert listing.doubts == resumed.doubts
        strict = listing_of(strategy=strategy, strict=True)
        token = drained(strict)[1].checkpoint
        assert PossiblyTruncated in drained(listing_of(strategy=strategy, resume=token))[2]


@pytest.mark.parametrize(
    ("answer", "strategy", "options"),
    [
        (paged({"rows": rows(1, 2), "total": 4}, {"rows": rows(3, 4), "total": 4}), PageNumber("page", total="total", items="rows"), {}),
        (paged({"rows": rows(1, 2), "pages": 2}, {"rows": rows(3), "pages": 2}), PageNumber("page", total_pages="pages", items="rows"), {}),
        (paged({"rows": rows(1, 2), "next": "?page=2"}, {"rows": rows(2, 3)}), NextLink("next", items="rows"), {"key": "id"}),
    ],
)  # fmt: skip
def test_nothing_changed(answer, strategy, options):
    """Equal totals, and rows that `key` drops, are no change."""
    with serving(answer):
        listing = listing_of(strategy=strategy, **options)
        assert (None, []) == drained(listing)[1:]
        assert listing.complete


# Rows that are counted from one -------------------------------------------------------------------


def counted(values, first, *, name="offset", size=2, wrap=lambda value: {"v": value}):
    """A server that counts its rows from a number, and takes 0 for the first one, too."""

    def answer(query):
        start = max(int(query.get(name, first)), first) - first
        return {
            "rows": [wrap(value) for value in values[start : start + size]],
            "total": len(values),
        }

    return answer


def list_counted(values, first, params=None, strategy=None, **shape):
    with serving(counted(values, first, **shape)):
        listing = listing_of(params, strategy=strategy)
        got, error, told = drained(listing)
        assert error is None
        return len(got), told, listing.doubts


OFFSET = Offset("offset", total="total", items="rows")


@pytest.mark.parametrize(
    ("values", "params", "strategy", "shape"),
    [
        ([1, 2, 3, 4], {"limit": 2}, None, {}), ([1, 2, 3, 4, 5, 6], {"offset": 0}, None, {}),
        (["a", "b", "c", "d"], {}, OFFSET, {"wrap": str}), ([*range(9)], {}, OFFSET, {"size": 3}),
        ([1.5, 2.5, 1.5, 3.5], {}, Offset("from", total="total", items="rows"), {"name": "from", "wrap": lambda v: [v, "x"]}),
        ([*range(8)], {"max": 4}, Offset("startIndex", total="total", items="rows"), {"name": "startIndex", "size": 4}),
    ],
)  # fmt: skip
def test_rows_counted_from_one(values, params, strategy, shape):
    """The last row of the first page comes again, and one is lost at the end: that is doubtful."""
    count, told, doubts = list_counted(values, 1, params, strategy, **shape)
    assert (len(values), [PossiblyTruncated]) == (count, told)
    assert "begins with the last row of the first one" in doubts[0]
    assert "first=1" in doubts[0]


@pytest.mark.parametrize(
    ("values", "first"), [([1, 2, 3, 4], 0), ([0, 0, 0, 1], 0), ([1, 2, 2, 2], 0), ([1, 1, 1, 2], 0), ([1, 2, 3, 4], 1), ([1, 2, 2, 4], 1), ([], 0), ([1], 0),
    ],
)  # fmt: skip
def test_rows_counted_as_they_are(values, first):
    """Rows beside each other that are equal on a page may be equal between pages, too."""
    strategy = Offset("offset", total="total", items="rows", first=first)
    assert (len(values), [], ()) == list_counted(values, first, strategy=strategy)


@pytest.mark.parametrize("name", ["offset", "skip", "start", "startIndex", "from"])
def test_a_position_that_was_sent_is_where_rows_begin(name):
    """A row that is hidden inside the first window moves the next one, and nobody counts anew."""

    def answer(query):
        start = int(query.get(name, 0))
        return [row for row in rows(*range(1, 9))[start : start + 3] if row["id"] != 2]

    with serving(answer), pytest.warns(ListingChanged, match="came again"):
        assert 3 == [row["id"] for row in listing_of({name: 0, "limit": 3})][2]


COLLAPSES = {
    "total": ("total", {"total": 1000}, {"total": 1001}, {"total": 6}),
    "pages": ("total_pages", {"pages": 500}, {"pages": 501}, {"pages": 3}),
}


@pytest.mark.parametrize("kind", COLLAPSES)
def test_a_fall_that_ends_a_listing_is_told_after_another_change(kind):
    """An index that is being rebuilt counts fewer rows for a while; the first change was harmless."""
    field, *bodies = COLLAPSES[kind]
    path = next(iter(bodies[0]))

    def answer(query):
        page = int(query.get("page", 1))
        return {"rows": rows(2 * page - 1, 2 * page), **bodies[min(page, 3) - 1]}

    strategy = PageNumber("page", items="rows", **{field: path})
    with serving(answer):
        listing = listing_of(strategy=strategy)
        with pytest.warns(ListingChanged) as told:
            assert rows(1, 2, 3, 4, 5, 6) == list(listing)
        first, second = (str(warning.message) for warning in told)
        assert "changed from" in first
        assert "fell from" in second
        assert "the listing ends after 6 rows" in second
        assert not listing.complete


@pytest.mark.parametrize("beside", [{}, {"page": 1}, {"total": 2}])
@pytest.mark.parametrize("strategy", [None, PageNumber("page", total_pages="pages", items="rows")])
def test_no_pages_beside_rows_is_no_end(strategy, beside):
    """A number of pages of 0 is a counter that is broken, or not ready yet; the rows come first."""
    with serving(lambda query: {"rows": rows(1, 2), "pages": 0, **beside}):
        listing, got = listing_of({"page": 1}, strategy=strategy), []
        with pytest.raises(InconsistentListing, match="counts no pages"):
            got.extend(listing)
    with serving(lambda query: {"rows": [], "pages": 0, **beside, "total": 0}):
        assert ([], None, []) == drained(listing_of({"page": 1}, strategy=strategy))
