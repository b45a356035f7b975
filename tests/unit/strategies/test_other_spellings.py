"""Numbers, flags and ends as servers in other languages write them."""

from decimal import Decimal

import pytest

from requests_paginate.exceptions import InconsistentListing, MalformedPage, UnknownPagination
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
)
from tests.unit.strategies.answers import make_listing, read_all
from tests.unit.strategies.requests_and_pages import ROWS, check, get, page, post

FIVE = [{"id": number} for number in range(5)]


# Whole numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [5.0, "5.0", "5.00", Decimal("5.0"), Decimal(5)], ids=repr)
@pytest.mark.parametrize(
    ("strategy", "request_", "expected"),
    [
        (Offset(total="n", items="rows"), get(), get(params={"offset": 2})),
        (Offset(total="n", items="rows"), get(params={"offset": 3}), None),
        (Offset(start="n", items="rows"), get(params={"offset": 5}), get(params={"offset": 7})),
        (PageNumber(total_pages="n", items="rows"), get(), get(params={"page": 2})),
        (PageNumber(total_pages="n", items="rows"), get(params={"page": 5}), None),
        (PageNumber(number="n", items="rows"), get(params={"page": 5}), get(params={"page": 6})),
    ],
)
def test_whole_numbers_as_floats(strategy, request_, expected, written):
    """5.0 is 5: as a number, in a string, and from a decoder that makes decimals."""
    check(strategy, page({"n": written, "rows": ROWS}, request_), expected)


def test_whole_numbers_of_a_header_and_of_a_request():
    """Headers and parameters count like that, too."""
    strategy, headers = Offset("offset", total="X-Total", items=""), {"x-total": "5.0"}
    check(strategy, page(ROWS, headers=headers), get(params={"offset": 2}))
    check(strategy, page(ROWS, get(params={"offset": "3.0"}), headers=headers), None)
    check(PageNumber(items=""), page(ROWS, get(params={"page": 2.0})), get(params={"page": 3}))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("offset", lambda at: {"items": FIVE[at : at + 2], "total": 5.0, "offset": float(at)}),
        ("skip", lambda at: {"data": FIVE[at : at + 2], "meta": {"total": 5.0, "skip": at}}),
        ("start", lambda at: {"rows": FIVE[at : at + 2], "numFound": 5.0, "start": float(at)}),
        ("from", lambda at: {"results": FIVE[at : at + 2], "total_count": 5.0}),
        ("offset", lambda at: {"entries": FIVE[at : at + 2], "count": 5.0, "limit": 2.0}),
    ],
)
def test_whole_numbers_are_detected(name, answer):
    """Detection reads a whole number that is written as a float."""
    seen = read_all(lambda query, _: answer(int(query[name])), params={name: 0, "limit": 2})
    assert (FIVE, None, []) == seen


@pytest.mark.parametrize("size", [5, 5.0, "5"])
def test_a_page_as_long_as_a_size_is_doubtful(size):
    """A page size that is written as a float is one."""
    rows, error, told = read_all(lambda query, _: {"items": FIVE, "per_page": size})
    assert (FIVE, None, 1) == (rows, error, len(told))


# Flags -------------------------------------------------------------------------------------------

FLAGS = [(1, 0), ("1", "0"), ("Y", "N"), ("yes", "NO"), ("TRUE", "False"), ("t", "f"), (1.0, 0.0)]


@pytest.mark.parametrize(("yes", "no"), FLAGS)
@pytest.mark.parametrize("strategy", [None, Cursor("after", token="after_key", more="more_rows")])
def test_flags_of_any_notation_decide(strategy, yes, no):
    """Named or detected, a flag is read as what it is, also beside a token that stays."""

    def answer(query, _):
        at = int(query.get("after", 0))
        return {"items": FIVE[at : at + 2], "after_key": at + 2, "more_rows": yes if at < 4 else no}

    if strategy is None:
        named = {"has_more": "more_rows", "next_cursor": "after_key"}

        def answer(query, _, asked=answer):
            body = asked({"after": query.get("cursor", 0)}, None)
            return {"items": body["items"], **{n: body[other] for n, other in named.items()}}

    assert (FIVE, None, []) == read_all(answer, strategy=strategy)


@pytest.mark.parametrize(
    "flag",
    [
        {"is_last": 0}, {"isLastPage": "0"}, {"has_more": 1}, {"hasNext": "Y"}, {"nomore": "n"},
        {"HasMoreItems": "1"}, {"moreAvailable": 1.0}, {"more": 12}, {"more_results": "3"},
        {"is_truncated": "yes"}, {"last_page": "no"}, {"ultimaPagina": "N"}, {"endOfList": 0},
        {"isFinished": "F"}, {"next_exists": 1}, {"last": "false"}, {"exhausted": 0},
        {"pagination": {"reached_end": 0}}, {"meta": {"has_next_page": "T"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_lone_flag_that_says_more(flag):
    """Nothing tells how to go on, and the listing does not end in silence."""
    rows, error, _ = read_all(lambda *_: {"items": FIVE, **flag})
    assert [] == rows
    assert isinstance(error, UnknownPagination)


@pytest.mark.parametrize(
    "beside",
    [
        {"is_last": 1}, {"isLastPage": "1"}, {"has_more": 0}, {"hasNext": "N"}, {"more": 0},
        {"moreAvailable": "0"}, {"is_truncated": 0.0}, {"last_page": "yes"}, {"last": "Y"},
        {"lastPage": 1, "current_page": 1, "total": 5}, {"done": 0},
        {"completed": 3, "done": 0}, {"complete": 1}, {"finished": "0"}, {"additional": 0},
        {"end": 1}, {"is_first": 1}, {"final": 0}, {"has_discount": 0},
    ],
    ids=str,
)  # fmt: skip
def test_what_says_no_more_or_is_no_flag_is_quiet(beside):
    """Flags that say no more, and numbers that are no flags, leave a complete list as it is."""
    assert (FIVE, None, []) == read_all(lambda *_: {"items": FIVE, **beside})


def test_a_number_of_pages_is_read_as_one():
    """Laravel's `last_page: 1` on a later page ends nothing, and 3 pages are 3 pages."""

    def answer(query, _):
        number = int(query.get("page", 1))
        return {"data": FIVE[2 * number - 2 : 2 * number], "current_page": number, "last_page": 3}

    assert (FIVE, None, []) == read_all(answer)


# Ends --------------------------------------------------------------------------------------------

ENDS = [None, "", False, [], {}, 0, 0.0, -1, "0", "-1", "false", "null", "None", "undefined"]
LEADING = [
    NextLink("next", items="rows", total="n", more="more"),
    Cursor(token="next", items="rows", total="n", more="more"),
    NextParameters("next", items="rows", total="n", more="more"),
]


@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("strategy", LEADING, ids=repr)
def test_what_ends_a_listing(strategy, end):
    """Whatever stands for nothing in the place of a link or cursor is an end like null."""
    check(strategy, page({"next": end, "rows": ROWS}), None)
    check(strategy, page({"next": end, "rows": ROWS, "n": 2, "more": False}), None)
    check(strategy, page({"next": end, "rows": ROWS, "n": 3}), InconsistentListing)
    if not (isinstance(strategy, Cursor) and end in (0, "0") and end is not False):
        check(strategy, page({"next": end, "rows": ROWS, "more": True}), InconsistentListing)


@pytest.mark.parametrize("position", [0, "0"])
def test_positions_that_count_down(position):
    """0 is a cursor like any other beside a flag that says that more rows follow."""
    strategy = Cursor(token="next", items="rows", more="more")
    body = {"next": position, "rows": ROWS, "more": True}
    check(strategy, page(body), get(params={"cursor": position}))


@pytest.mark.parametrize("as_text", [str, int])
@pytest.mark.parametrize("strategy", [None, Cursor()])
def test_positions_that_count_up_from_the_only_row(strategy, as_text):
    """Where a first page has one row, 0 may be its place: the listing does not end before it."""

    def answer(query, _):
        at = int(query.get("cursor", -1)) + 1
        return {"items": [FIVE[at]], "next_cursor": as_text(at) if at < 4 else None}

    assert (FIVE, None, []) == read_all(answer, strategy=strategy)


def test_an_end_after_other_tokens_with_one_row():
    """0 is an end again on a page that is not the first."""
    strategy = Cursor(items="")
    check(strategy, page([1], get(params={"cursor": 4}), headers={"next_cursor": "0"}), None)
    first = page([1], headers={"next_cursor": "0"})
    check(strategy, first, get(params={"cursor": "0"}))
    check(strategy, page([], headers={"next_cursor": "0"}), None)


@pytest.mark.parametrize("wrong", [True, [5], float("nan")], ids=repr)
@pytest.mark.parametrize("strategy", LEADING, ids=repr)
def test_what_is_neither_an_end_nor_a_continuation(strategy, wrong):
    """A page that has something else in this place is malformed."""
    check(strategy, page({"next": wrong, "rows": ROWS}), MalformedPage)


@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("name", ["next", "next_cursor", "nextPageToken", "after_cursor"])
@pytest.mark.parametrize("params", [{}, {"limit": 2}])
def test_an_end_is_detected(name, end, params):
    """On a last page after others, and on an only page, which is complete without a doubt."""

    def answer(query, _):
        sent = [value for name, value in query.items() if name != "limit"]
        at = int(sent[0][1:]) if sent else 0
        return {"items": FIVE[at : at + 2], name: f"c{at + 2}" if at < 4 else end}

    assert (FIVE, None, []) == read_all(answer, params=params)
    only = FIVE[:2]
    assert (only, None, []) == read_all(lambda *_: {"items": only, name: end}, params=params)


@pytest.mark.parametrize("end", [False, [], -1, "none"])
def test_an_end_that_a_page_contradicts_is_no_detected_end(end):
    """Beside a larger total or a flag, an empty token is no end."""
    for beside in ({"total": 9}, {"has_more": True}):
        rows, error, _ = read_all(lambda *_, b=beside: {"items": FIVE, "next_cursor": end, **b})
        assert isinstance(error, UnknownPagination)
        assert [] == rows


# Numbers as cursors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (1700000000.5, "1700000000.5"), (-0.25, "-0.25"), (2.0, "2.0"), (1e-7, "1e-07"),
        (Decimal("1700000000.123456789"), "1700000000.123456789"),
    ],
)  # fmt: skip
def test_a_position_with_a_fraction(token, text):
    """It goes as the text of its JSON into a query or a header, and as a number into JSON."""
    for strategy, body in (
        (Cursor("at", token="next"), {"next": token}),
        (LastItem("at", key="time", items=""), [{"time": token}]),
        (NextParameters("next"), {"next": {"at": token}}),
    ):
        check(strategy, page(body), get(params={"at": text}))
        check(strategy, page(body, post({"q": 1})), post({"q": 1, "at": float(token)}))
    header = Cursor("X-At", token="next", into="header")
    check(header, page({"next": token}), get(headers={"X-At": text}))


def test_a_position_with_a_fraction_is_detected():
    """Beside a name that tells what it is, a number with a fraction is a token."""

    def answer(query, _):
        at = int(float(query.get("cursor", 0)))
        return {"items": FIVE[at : at + 2], "next_cursor": at + 2.5 if at < 4 else None}

    assert (FIVE, None, []) == read_all(answer)


# Totals below the rows of their page -------------------------------------------------------------


@pytest.mark.parametrize("total", [0, 1, "0", 1.0])
@pytest.mark.parametrize("start", [0, 2, None])
@pytest.mark.parametrize(
    ("strategy", "following"),
    [
        (Offset(total="n", items="rows"), {"offset": 2}),
        (PageNumber(total="n", items="rows"), {"page": 2}),
        (PageNumber(total="n", items="rows", more="more"), {"page": 2}),
        (Offset(total="n", items="rows", first=1), {"offset": 3}),
    ],
)
def test_a_total_below_the_rows_of_its_page_is_no_end(strategy, following, start, total):
    """It says nothing: the listing goes on to an empty page, or as a flag says."""
    body = {"rows": ROWS, "n": total}
    check(strategy, page(body, start=start), get(params=following))
    so_far = None if start is None else start + 2
    check(strategy, page({**body, "rows": []}, get(params=following), start=so_far), None)
    if strategy.more:
        check(strategy, page({**body, "more": False}, start=start), None)


@pytest.mark.parametrize("strategy", LEADING, ids=repr)
def test_links_and_cursors_end_without_such_a_total(strategy):
    """They have their own end, which a total below the page does not contradict."""
    check(strategy, page({"rows": ROWS, "n": 1, "next": None}), None)


# Offsets that count from one ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "strategy"),
    [
        ("startIndex", None),
        ("startPosition", None),
        ("start_row", None),
        ("startIndex", Offset("startIndex", total="total", items="rows", first=1)),
        ("from", Offset("from", total="total", items="rows", first=1)),
        ("offset", Offset("offset", total="total", items="rows", first=1)),
    ],
)
def test_an_offset_of_one_begins_the_listing(name, strategy):
    """So the rows of the listing are counted, and compared with the total."""

    def answer(query, _):
        at = int(query.get(name, 1))
        return {"rows": FIVE[at - 1 : at + 1], "total": 5, name: at}

    options = {"params": {name: 1, "count": 2}, "strategy": strategy}
    assert 0 == next(make_listing(answer, **options).pages()).start
    assert (FIVE, None, []) == read_all(answer, **options)
    later = make_listing(answer, **{**options, "params": {name: 3, "count": 2}})
    assert next(later.pages()).start is None


def test_an_offset_of_one_that_skips_a_row():
    """Where offsets count from 0, the listing began in the middle, and no total is compared."""
    strategy = Offset("startIndex", total="total", items="rows")

    def answer(query, _):
        at = int(query["startIndex"])
        return {"rows": FIVE[at : at + 2], "total": 5}

    assert (FIVE[1:], None, []) == read_all(answer, params={"startIndex": 1}, strategy=strategy)
