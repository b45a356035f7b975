"""Rows that come again, whatever their ids are called, are told, and honest ones are not."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import msgspec
import pytest

from requests_paginate import strategies
from requests_paginate.exceptions import InconsistentListing, ListingChanged, PossiblyTruncated
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.test_doubts import drained


def linked(pages, param="after", total=None):
    """Pages under links, each of which names the next page."""

    def answer(query):
        index = int(query.get(param, 0))
        following = f"?{param}={index + 1}" if index + 1 < len(pages) else None
        return {"items": pages[index], "next": following} | ({"total": total} if total else {})

    return answer


def told_of(answer, params=None, **options):
    """How many rows came, the error's type, and the warnings."""
    with serving(answer):
        listing = listing_of(params, **options)
        got, error, told = drained(listing)
        assert listing.complete is (error is None and not told)
        return len(got), error and type(error), told


SPELLINGS = {
    "user id": lambda n: {"userId": n, "age": 5}, "a name": lambda n: {"name": f"host{n}"},
    "Amazon": lambda n: {"Arn": f"arn:{n}", "v": 1}, "Mongo": lambda n: {"_id": {"$oid": f"5{n}"}},
    "Kubernetes": lambda n: {"metadata": {"uid": f"u{n}", "name": "x"}}, "JSON:API": lambda n: {"type": "a", "attributes": {"id": n}},
    "GraphQL": lambda n: {"node": {"id": f"u{n}"}, "cursor": f"c{n}"}, "FHIR": lambda n: {"resource": {"id": f"p{n}"}},
    "OData": lambda n: {"@odata.id": f"Items({n})"}, "email": lambda n: {"email": f"{n}@b.c"}, "hash": lambda n: {"txHash": f"0x{n}"},
    "floats": lambda n: {"id": n + 0.5}, "one is null": lambda n: {"id": n or None}, "one has none": lambda n: {"id": n} if n else {"advert": 1},
}  # fmt: skip


@pytest.mark.parametrize("make", SPELLINGS.values(), ids=SPELLINGS)
def test_rows_come_again_whatever_their_ids_are_called(make):
    """The page comes again under another link until a total is reached: its rows come once."""
    page = [make(number) for number in range(3)]
    assert (3, InconsistentListing, []) == told_of(linked([page] * 3, total=9))
    restart = [[make(number + 3 * at) for number in range(3)] for at in (0, 1, 2, 0)]
    assert (9, InconsistentListing, []) == told_of(linked(restart))


@pytest.mark.parametrize(
    "make",
    [lambda n: f"key{n}", lambda n: 1000 + n, lambda n: [n, f"n{n}"], lambda n: {"time": f"0{n}:00", "v": 5}, lambda n: {"hour": n, "v": 0}],
)  # fmt: skip
def test_rows_that_differ_and_come_again_are_doubtful(make):
    """Without ids they may be data, such as the hours of another day on which nothing happened."""
    page = [make(number) for number in range(3)]
    assert (9, None, [PossiblyTruncated]) == told_of(linked([page] * 3))


VOLATILE = [
    lambda n, at: {"id": n, "seen": at}, lambda n, at: {"views": at, "userId": n}, lambda n, at: {"metadata": {"uid": f"u{n}"}, "age": at},
    lambda n, at: {"slug": f"s{n}", "rank": at}, lambda n, at: {"_id": {"$oid": f"{n}"}, "fetched_at": f"2026-01-01T00:00:{at:02}Z"},
]  # fmt: skip


@pytest.mark.parametrize("make", VOLATILE)
@pytest.mark.parametrize(
    ("expected", "options"),
    [
        ((9, None, [PossiblyTruncated]), {}),
        ((9, None, [PossiblyTruncated]), {"strategy": strategies.NextLink("next", items="items")}),
        ((3, InconsistentListing, []), {"strategy": strategies.PageNumber("page", total_pages="pages", items="items")}),
        ((3, InconsistentListing, []), {"strategy": strategies.Offset("at", total="total", items="items")}),
        ((3, InconsistentListing, []), {"params": {"page": 1}}),
        ((9, None, [PossiblyTruncated]), {"strategy": strategies.PageNumber("page", total_pages="pages", number="page", items="items")}),
    ],
)  # fmt: skip
def test_the_same_ids_with_other_values(make, expected, options):
    """Under a link, or a number that the page echoes, it may be another page; else it is ignored."""
    served = count()
    is_linked = "next" in str(options) or not options

    def answer(query):
        at = next(served)
        page = [make(number, at) for number in range(3)]
        if is_linked:
            return {"items": page, "next": f"?after={at + 1}" if at < 2 else None}
        number = {"page": int(query.get("page", 1))} if "number" in str(options) else {}
        return {"items": page, "pages": 3, "total": 9, **number}

    assert expected == told_of(answer, **options)


OVERLAPS = {
    "a field changed": lambda n, at: {"id": n, "seen": at}, "user id": lambda n, at: {"userId": n, "v": 1},
    "both": lambda n, at: {"order_id": n, "state": at}, "below": lambda n, at: {"metadata": {"uid": f"u{n}"}, "at": at},
    "texts": lambda n, at: f"key{n}", "a name": lambda n, at: {"name": f"n{n}", "age": at}, "time": lambda n, at: {"time": f"0{n}:00", "v": n},
}  # fmt: skip


@pytest.mark.parametrize("make", OVERLAPS.values(), ids=OVERLAPS)
def test_windows_that_overlap(make):
    """The last row of a page is the first of the next one, also if it changed meanwhile."""
    pages = [[make(number, at) for number in range(2 * at, 2 * at + 3)] for at in range(3)]
    assert (9, None, [ListingChanged]) == told_of(linked(pages))
    assert (9, None, [ListingChanged]) == told_of(
        linked(pages), strategy=strategies.NextLink("next", items="items")
    )


@pytest.mark.parametrize(
    ("key", "make"),
    [
        ("id", lambda n, at: {"id": n}), ("ts", lambda n, at: {"ts": f"2026-01-0{n + 1}", "seen": at}), ("arn", lambda n, at: {"arn": f"a{n}"}),
        ("meta.uid", lambda n, at: {"meta": {"uid": n}, "seen": at}), ("", lambda n, at: f"row{n}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_inclusive", [True, False])
def test_a_server_that_includes_the_last_row(key, make, is_inclusive):
    """The row that was sent is the first of the next page: that is an overlap by its definition."""
    served = count()

    def answer(query):
        at = next(served)
        every = [make(number, at) for number in range(7)]
        texts = [str(read(row, key)) for row in every]
        start = texts.index(query["after"]) + (not is_inclusive) if "after" in query else 0
        return {"items": every[start : start + 3], "more": start + 3 < 7}

    strategy = strategies.LastItem("after", key=key, more="more", items="items")
    expected = (9, None, [ListingChanged]) if is_inclusive else (7, None, [])
    assert expected == told_of(answer, strategy=strategy)


def read(row, key):
    for name in key.split(".") if key else ():
        row = row[name]
    return row


HONEST = {
    "readings of 0": [[{"v": 0}] * 3] * 4, "currencies": [[{"currency": "BRL"}, {"currency": "USD"}]] * 3, "plain zeros": [[0, 0, 0]] * 3,
    "one reading a page": [[{"id": "cpu", "v": 1}], [{"id": "cpu", "v": 2}], [{"id": "cpu", "v": 3}]], "one name a page": [[{"name": "cpu", "v": 0}]] * 3,
    "products in a page": [[{"product_id": n % 2, "sold": 5 * at + n} for n in range(4)] for at in range(3)],
    "products in a later page": [[{"id": n, "sold": 9} for n in (1, 2, 3)], [{"id": n, "sold": s} for n, s in ((1, 1), (1, 2), (2, 3))], [{"id": n, "sold": 8} for n in (1, 2, 3)]],
    "owners": [[{"owner": {"id": 3}, "v": at}] for at in range(3)], "a row on top": [rows(0, 1, 2), rows(0, 3, 4), rows(0, 5, 6)],
    "hours": [[{"hour": n, "v": at + n} for n in range(4)] for at in range(3)], "equal rows with ids": [rows(*range(3 * at, 3 * at + 3), v=0) for at in range(3)],
    "a row twice in a page": [rows(1, 2, 2, 3), rows(4, 5)], "tables": [[[at, 0], [at, 1], [at, 2]] for at in range(3)],
}  # fmt: skip


@pytest.mark.parametrize("pages", HONEST.values(), ids=HONEST)
def test_honest_rows_are_quiet(pages):
    """Readings, sales and rows that are shown on every page are no repetition."""
    assert (sum(map(len, pages)), None, []) == told_of(linked(pages))


class Named(msgspec.Struct):
    name: str


class Bare(msgspec.Struct):
    kind: str = "row"


class Renamed(msgspec.Struct):
    ident: int = msgspec.field(name="id")


@dataclass
class Plain:
    name: str


MODELS = [None, Named, Bare, Plain, dict, lambda row: row["name"]]


@pytest.mark.parametrize(
    ("expected", "shown"),
    [
        ((5, InconsistentListing, []), [(1, 2), (3, 4), (5,), (1, 2)]), ((9, None, [ListingChanged]), [(1, 2, 3), (4, 5, 6), (6, 7, 8)]),
        ((6, None, []), [(1, 2), (3, 4), (5, 6)]), ((5, None, [ListingChanged]), [(1,), (2, 3), (3, 4)]), ((0, None, []), [(), (), ()]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("path", "model"),
    [("id", Renamed), *((path, model) for path in ("id", "sys.id", "userId") for model in MODELS)],
)
def test_a_model_hides_no_ids(model, expected, shown, path):
    """Rows are known by their ids as they came, also where the model has no field for them."""
    pages = [
        [{**({"sys": {"id": n}} if path == "sys.id" else {path: n}), "name": f"n{n}"} for n in each]
        for each in shown
    ]
    assert expected == told_of(linked(pages), model=model)
    strategy = strategies.NextLink("next", items="items")
    assert expected == told_of(linked(pages), model=model, strategy=strategy)


EQUAL_ENDS = {
    "numbers": [[0, 5, 0], [0, 7, 0], [1, 2, 3]],
    "readings": [[{"v": 0}, {"v": 5}, {"v": 0}], [{"v": 0}, {"v": 7}, {"v": 0}]],
    "texts": [["-", "a", "-"], ["-", "b", "-"], ["-", "c", "-"]],
    "tables": [[[0, 0], [5, 5], [0, 0]], [[0, 0], [6, 6], [0, 0]]],
    "flags": [[{"on": False}, {"on": True}, {"on": False}], [{"on": False}] * 3],
}  # fmt: skip


@pytest.mark.parametrize("pages", EQUAL_ENDS.values(), ids=EQUAL_ENDS)
@pytest.mark.parametrize("strategy", [None, strategies.PageNumber("page", total_pages="pages")])
def test_pages_with_equal_ends_and_another_middle_are_others(pages, strategy):
    """All rows decide where they have no ids; the same page again is refused."""

    def answer(query, shown=pages):
        return {"items": shown[int(query.get("page", 1)) - 1], "page": None, "pages": len(shown)}

    with serving(answer):
        listing = listing_of({"page": 1}, strategy=strategy)
        assert [row for page in pages for row in page] == list(listing)
    with serving(lambda query: answer(query, [pages[0], pages[0]])):
        with pytest.raises(InconsistentListing, match="same rows as an earlier one"):
            list(listing_of({"page": 1}, strategy=strategy))
