"""The second page decides what the first one left open."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import itertools
import json
import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from requests_paginate import Page, PageRequest, exceptions, get_all
from requests_paginate._detection.detect import detect
from requests_paginate._paths import read_path
from requests_paginate.strategies import Cursor, Offset, PageNumber, SinglePage

URL = "https://api.test/v1/items"
NAMES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]


@contextmanager
def serving(answer):
    """A server that answers by the query alone; gives the queries it was asked."""
    asked = []

    def respond(request):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        asked.append(query)
        assert len(asked) < 20, "an endless listing"
        told = answer(query)
        status, body = told if isinstance(told, tuple) else (200, told)
        return status, {}, json.dumps(body)

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback("GET", re.compile(".*"), respond)
        yield asked


def listing_of(params=None, **options):
    return get_all(URL, session=requests.Session(), params=params or {}, retries=0, **options)


def listed(answer, params=None, **options):
    """The ids of all rows, the queries after the first, and the strategy that was right."""
    with serving(answer) as asked:
        listing = listing_of(params, **options)
        got = [row["id"] for row in listing]
        assert listing.complete
        sent = [{n: v for n, v in each.items() if v != (params or {}).get(n)} for each in asked]
        return got, sent[1:], listing.strategy


def refused(answer, error, words, params=None):
    """How many rows come before a listing raises, and the queries after the first."""
    with serving(answer) as asked:
        listing = listing_of(params)
        with pytest.raises(error, match=words):
            list(listing)
        assert not listing.complete
        return listing.stats.items, asked[1:]


def rows(*ids, **fields):
    return [{"id": each, **fields} for each in ids]


def tried(*names):
    return [{name: "c"} for name in names]


FIRST = {"items": rows(1, 2), "next_cursor": "c"}
LAST = {"items": rows(3), "next_cursor": None}
EMPTY = {"items": [], "next_cursor": None}


def stepping(right, wrong, first=FIRST):
    """Two pages; the second under one name, and for any other what `wrong` has for it."""

    def answer(query):
        if query.get(right) == "c":
            return LAST
        name = next(iter(query), None)
        return first if name is None else wrong.get(name, wrong.get("*"))

    return answer


# (1) - (3) Empty pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("right", NAMES)
def test_an_empty_page_may_be_a_filter_s(right):
    """A name taken for a filter gives no rows: the next one is tried, and all rows come."""
    names = NAMES[: NAMES.index(right) + 1]
    expected = [1, 2, 3], tried(*names), Cursor(right, token="next_cursor", items="items")
    assert expected == listed(stepping(right, {"*": EMPTY}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"*": EMPTY},
        {"cursor": EMPTY, "*": FIRST},
        {"next_cursor": EMPTY, "*": FIRST},
        {"nextCursor": EMPTY, "*": FIRST},
        {"cursor": EMPTY, "*": (400, {"detail": "no"})},
        {"next_cursor": EMPTY, "cursor": FIRST, "*": (422, {"detail": "no"})},
    ],
)
def test_an_empty_page_under_any_name_is_the_end(wrong):
    """Where every name is ignored, refused or gives no rows, the empty page was the end."""
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried(*NAMES)) == (got, asked)
    assert isinstance(strategy, Cursor)


def test_of_several_empty_pages_the_first_stands():
    """Its name was the likeliest, and stays the listing's."""
    wrong = {"cursor": FIRST, "next_cursor": EMPTY, "start_cursor": EMPTY, "*": FIRST}
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried(*NAMES)) == (got, asked)
    assert Cursor("next_cursor", token="next_cursor", items="items") == strategy


def test_an_empty_page_outlives_another_failure():
    """A name that is refused in another way is not asked about again: the empty page stands."""
    wrong = {"cursor": EMPTY, "*": (404, {"detail": "no"})}
    got, asked, strategy = listed(stepping("mark", wrong))
    assert ([1, 2], tried("cursor", "next_cursor")) == (got, asked)
    assert Cursor("cursor", token="next_cursor", items="items") == strategy


def test_an_empty_page_that_leads_on_decides():
    """No rows and another token are a page like any other: its name is right."""
    pages = {
        None: FIRST,
        "c": {"items": [], "next_cursor": "d"},
        "d": LAST,
    }
    got, asked, _ = listed(lambda query: pages[query.get("cursor")])
    assert ([1, 2, 3], [{"cursor": "c"}, {"cursor": "d"}]) == (got, asked)


@pytest.mark.parametrize("right", NAMES)
def test_an_empty_first_page_is_known_again(right):
    """No rows and the same token once more say that the name is ignored: the next one is tried."""
    first = {"items": [], "next_cursor": "c"}
    names = NAMES[: NAMES.index(right) + 1]
    assert ([3], tried(*names)) == listed(stepping(right, {"*": first}, first))[:2]


def test_an_empty_first_page_without_a_right_name():
    """The same empty page under every name is an ignored parameter, and no end."""
    first = {"items": [], "next_cursor": "c"}
    words = "tried the parameters 'cursor', 'next_cursor', 'start_cursor', 'nextCursor'"
    answer = stepping("mark", {"*": first}, first)
    assert (0, tried(*NAMES)) == refused(answer, exceptions.InconsistentListing, words)


# (4) The same rows with other fields -------------------------------------------------------------


def volatile(answer):
    """The server counts its views, in every row and beside them."""
    views = itertools.count()

    def answer_again(query):
        body = answer(query)
        seen = next(views)
        return {**body, "items": [{**row, "views": seen} for row in body["items"]], "took": seen}

    return answer_again


@pytest.mark.parametrize("right", NAMES)
def test_the_same_identities_are_the_first_page(right):
    """Rows that differ in volatile fields alone are the first page's: the name was ignored."""
    names = NAMES[: NAMES.index(right) + 1]
    answer = volatile(stepping(right, {"*": FIRST}))
    assert ([1, 2, 3], tried(*names)) == listed(answer)[:2]


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (FIRST, tried(*NAMES)),
        ({"items": rows(1, 2), "page": 1, "total_pages": 2}, [{"page": "2"}]),
        ({"items": rows(1, 2), "total_pages": 2, "total": 4}, [{"page": "2"}]),
    ],
)
def test_the_same_identities_under_every_name_raise(first, asked):
    """Where no name is left, or there was but one, the parameter is ignored and that is said."""
    answer = volatile(lambda query: first)
    words = "the page has the same rows as an earlier one: the server ignores"
    assert (2, asked) == refused(answer, exceptions.InconsistentListing, words)


def test_the_same_identities_under_a_new_link_are_data():
    """A link says itself what comes next: the prices of every day, say, by the product's id."""

    def answer(query):
        day = int(query.get("page", 1))
        prices = [{"id": product, "price": 10 * day + product} for product in (1, 2, 3)]
        return {"items": prices, "next": f"?page={day + 1}" if day < 4 else None}

    rows_seen, asked = listed(answer)[:2]
    assert [1, 2, 3] * 4 == rows_seen
    assert [{"page": "2"}, {"page": "3"}, {"page": "4"}] == asked


def test_ids_that_are_not_the_rows_own_decide_nothing():
    """Of sales by the product's id, other rows are another page, whatever parameter led there."""

    def answer(query):
        number = int(query.get("page", 1))
        sales = [{"id": row % 3, "sold": 10 * number + row} for row in range(6)]
        return {"items": sales, "page": number, "total_pages": 3}

    assert [row % 3 for row in range(6)] * 3 == listed(answer)[0]


# (5) Echoes --------------------------------------------------------------------------------------


def skipping(echo, total=5):
    """Offsets by two, each page with an echo of its own."""

    def answer(query):
        offset = int(query.get("offset", 0))
        found = rows(*range(offset, min(offset + 2, 5)))
        return {"items": found, "offset": echo(offset), **({"total": total} if total else {})}

    return answer


def test_a_right_echo():
    """The offset that was asked for is the one that came, to the end."""
    expected = Offset("offset", total="total", items="items", start="offset")
    assert ([*range(5)], [{"offset": "2"}, {"offset": "4"}], expected) == listed(
        skipping(lambda offset: offset)
    )


@pytest.mark.parametrize(
    "echo",
    [lambda offset: 0, lambda offset: offset + (offset > 0), lambda offset: 5 * (offset > 0)],
)
def test_a_wrong_echo_raises(echo):
    """Other rows than were asked for are no matter of names: it raises at once."""
    words = r"asked for offset=2, the page says it is \d \(at 'offset'\)"
    error = exceptions.InconsistentListing
    assert (2, [{"offset": "2"}]) == refused(skipping(echo), error, words)


def test_a_wrong_echo_is_not_tried_under_another_name():
    """Where other names are left, a wrong echo raises all the same."""

    def answer(query):
        number = int(query.get("page", 1))
        return {"items": rows(number), "pageNumber": 7 if query else 1, "pages": 3}

    words = "asked for page=2, the page says it is 7"
    assert (1, [{"page": "2"}]) == refused(answer, exceptions.InconsistentListing, words)


@pytest.mark.parametrize("wrong", [0, 3, 99])
def test_a_wrong_echo_of_no_rows(wrong):
    """Servers echo what they like past the end: an empty page is the end whatever it says."""
    answer = skipping(lambda offset: offset if offset < 5 else wrong, total=None)
    params = {"offset": "0"}
    assert ([*range(5)], [{"offset": "2"}, {"offset": "4"}, {"offset": "5"}]) == listed(
        answer, params
    )[:2]


# (6) Page numbers --------------------------------------------------------------------------------

ECHOES = [
    (None, "nbPages"), ("number", None), ("number", "totalPages"), ("number", "nbPages"), ("page", "nbPages"),
    ("paginaAtual", None), ("paginaAtual", "quantidadeDePaginas"),
]  # fmt: skip


def counting(base, number, pages, total):
    """Five pages of one row, counted from `base`; row 0 is on the first."""

    def answer(query):
        asked = int(query.get("page", base))
        body = {"items": rows(asked - base) if 0 <= asked - base < 5 else []}
        told = {number: asked, pages: 5, total: 5}
        return {**body, **{name: value for name, value in told.items() if name is not None}}

    return answer


@pytest.mark.parametrize("total", [None, "total"])
@pytest.mark.parametrize(("number", "pages"), ECHOES)
@pytest.mark.parametrize(("base", "asked"), [(0, 0), (0, 1), (0, 3), (1, 1), (1, 3)])
def test_a_page_number_loses_no_row(base, asked, number, pages, total):
    """From any page to the last, whether the server counts from 0 or from 1: never one too few."""
    got, sent, _ = listed(counting(base, number, pages, total), {"page": str(asked)})
    assert [*range(asked - base, 5)] == got
    assert len(sent) in (len(got) - 1, len(got))  # at worst a page too many is asked for


def test_a_page_number_that_turns_out_to_be_the_second():
    """Where nothing says that page=1 is the second, the total does, after all rows from there."""
    got, *_ = listed(counting(0, "page", "totalPages", None), {"page": "1"})
    assert [1, 2, 3, 4] == got
    answer, words = counting(0, "page", "totalPages", "total"), "after 4 of 5 rows"
    error = exceptions.InconsistentListing
    assert 4 == refused(answer, error, words, {"page": "1"})[0]


@pytest.mark.parametrize(
    ("number", "pages"), [("number", "totalPages"), ("number", None), ("page", "totalPages")]
)
def test_page_1_that_echoes_0(number, pages):
    """Spring Data with one-indexed parameters: page=1 is the first and says that it is 0."""

    def answer(query):
        told = counting(1, None, pages, "totalElements")(query)
        return {**told, number: int(query["page"]) - 1}

    got, sent, strategy = listed(answer, {"page": "1"})
    assert ([*range(5)], [{"page": str(page)} for page in range(2, 6)]) == (got, sent)
    assert (None, 1) == (strategy.number, strategy.first)


def test_page_1_that_echoes_1():
    """The echo of page=1 is held to, from page to page."""
    got, sent, strategy = listed(counting(1, "page", "totalPages", None), {"page": "1"})
    assert ([*range(5)], [{"page": str(page)} for page in range(2, 6)]) == (got, sent)
    assert PageNumber("page", total_pages="totalPages", number="page", items="items") == strategy


# (7), (8) Candidates -----------------------------------------------------------------------------


def sized(name, first):
    """Five rows, two on a page, by a page number or an offset under a name; a total beside them."""

    def answer(query):
        start = int(query.get(name, first))
        start = start if first == 0 else 2 * (start - 1)
        return {"items": rows(*range(start, min(start + 2, 5))), "total": 5}

    return answer


def test_a_candidate_that_can_make_no_request_is_skipped():
    """A page that is no number cannot be counted on; the offsets before it are tried."""
    params = {"limit": "2", "page": "all"}
    got, sent, strategy = listed(sized("skip", 0), params)
    assert ([*range(5)], [{"offset": "2"}, {"skip": "2"}, {"skip": "4"}]) == (got, sent)
    assert Offset("skip", limit="limit", total="total", items="items") == strategy
    words = "tried the parameters 'offset', 'skip';"
    assert 2 == refused(sized("mark", 0), exceptions.InconsistentListing, words, params)[0]


@pytest.mark.parametrize("right", NAMES)
def test_a_checkpoint_keeps_what_page_1_is_known_by(right):
    """Resumed between page 1 and 2, ignored names are found out by the first page's identities."""
    with serving(volatile(stepping(right, {"*": FIRST}))) as asked:
        listing = listing_of()
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = listing_of(resume=listing.checkpoint())
        assert [3] == [row["id"] for row in resumed]
        assert [{}, *tried(*NAMES[: NAMES.index(right) + 1])] == asked


def test_a_checkpoint_keeps_it_for_a_single_candidate():
    """Also where there is but one name, page 1 again raises after a resume."""
    answer = volatile(lambda query: {"items": rows(1, 2), "total_pages": 2})
    with serving(answer) as asked:
        listing = listing_of({"page": "1"})
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        resumed = listing_of({"page": "1"}, resume=listing.checkpoint())
        with pytest.raises(exceptions.InconsistentListing, match="the server ignores"):
            next(resumed)
        assert [{"page": "1"}, {"page": "2"}] == asked


@pytest.mark.parametrize(
    ("first", "strategy"),
    [
        (FIRST, Cursor("mark", token="next_cursor", items="items")),
        ({"items": rows(1, 2), "total_pages": 2}, PageNumber("mark", total_pages="total_pages")),
    ],
)
def test_after_every_name_failed_the_right_one_goes_on(first, strategy):
    """The error's checkpoint leads to the end of page 1, and on from there by another strategy."""

    def answer(query):
        return {**LAST, "total_pages": 2} if query.get("mark") in ("c", "2") else first

    with serving(answer) as asked:
        with pytest.raises(exceptions.InconsistentListing, match="pass strategy=") as caught:
            list(listing_of({"page": "1"}))
        count = len(asked)
        resumed = listing_of({"page": "1"}, strategy=strategy, resume=caught.value.checkpoint)
        assert [3] == [row["id"] for row in resumed]
        assert 2 == len(asked) - count  # page 1 once more, to go on from


# (9) Flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flags",
    [
        {"has_more": True, "last": True},
        {"has_more": False, "isLastPage": False},
        {"hasNext": True, "meta": {"has_more": False}},
        {"has_more": "true", "nomore": "true"},
    ],
)
def test_flags_that_contradict_each_other_raise(flags):
    """Of two flags one is wrong, and nobody knows which."""
    first = {"items": rows(1), "next_cursor": "c", **flags}
    error, words = exceptions.UnknownPagination, "contradict each other"
    assert (0, []) == refused(lambda query: first, error, words)


@pytest.mark.parametrize(
    "flag",
    [{"complete": True}, {"status": {"done": True}}, {"done": "true"}, {"finished": True}, {"done": False}],
)  # fmt: skip
@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        ({"next": "?page=2"}, {"next": None}, {"page": "2"}),
        ({"next_cursor": "c"}, {"next_cursor": None}, {"cursor": "c"}),
        ({"page": 1, "pages": 2}, {"page": 2, "pages": 2}, {"page": "2"}),
    ],
)
def test_a_weak_flag_ends_nothing(flag, first, last, asked):
    """That something is done may be said of a job: a link, a token, a page count say more."""

    def answer(query):
        return {"items": rows(1 + len(query)), **(last if query else first), **flag}

    assert ([1, 2], [asked]) == listed(answer)[:2]


# (10) - (12) By their rules ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [int, str])
@pytest.mark.parametrize("params", [{}, {"rows": "2"}, {"rows": "2", "page": "1", "sidx": "id"}])
def test_jqgrid(kind, params):
    """Its `total` counts pages and its `records` rows."""

    def answer(query):
        number = int(query.get("page", 1))
        found = rows(*range(2 * number - 2, min(2 * number, 5)))
        return {"page": kind(number), "total": kind(3), "records": kind(5), "rows": found}

    expected = PageNumber("page", total_pages="total", number="page", items="rows", total="records")
    assert ([*range(5)], [{"page": "2"}, {"page": "3"}], expected) == listed(answer, params)


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("count", [20, 25])
def test_etherscan(page, count):
    """Beside page= an offset that is as long as the page is its size; an empty page is the end."""

    def answer(query):
        number, size = int(query["page"]), int(query["offset"])
        found = rows(*range((number - 1) * size, min(number * size, count)))
        return {"status": str(int(bool(found))), "message": "OK", "result": found}

    got, sent, strategy = listed(answer, {"page": str(page), "offset": "10", "action": "txlist"})
    assert [*range(10 * page - 10, count)] == got
    assert [{"page": str(number)} for number in range(page + 1, -(-count // 10) + 2)] == sent
    assert PageNumber("page", items="result") == strategy


@pytest.mark.parametrize(
    ("size", "right", "first", "expected"),
    [
        ("limit", "offset", 0, ["offset=2", "offset=4"]),
        ("limit", "skip", 0, ["offset=2", "skip=2", "skip=4"]),
        ("limit", "page", 1, ["offset=2", "skip=2", "page=2", "page=3"]),
        ("page_size", "page", 1, ["page=2", "page=3"]),
        ("per_page", "page", 1, ["page=2", "page=3"]),
        ("page_size", "offset", 0, ["page=2", "offset=2", "offset=4"]),
        ("page_size", "skip", 0, ["page=2", "offset=2", "skip=2", "skip=4"]),
    ],
)
def test_a_size_and_a_larger_total(size, right, first, expected):
    """A limit goes with an offset, a page size with a page; then the other, and the total decides."""
    got, sent, _ = listed(sized(right, first), {size: "2"})
    assert [*range(5)] == got
    assert expected == [f"{name}={value}" for query in sent for name, value in query.items()]


@pytest.mark.parametrize("size", ["limit", "page_size"])
def test_a_size_and_a_larger_total_under_no_name(size):
    """Where none of the names is right all are told; none of the rows is taken for the end."""
    error, words = exceptions.InconsistentListing, "tried the parameters '(offset|page)', "
    assert 2 == refused(sized("mark", 0), error, words, {size: "2"})[0]


@pytest.mark.parametrize("params", [{}, {"limit": "3"}])
def test_a_larger_total_beside_another_size(params):
    """A page that is shorter than was asked for, or no size at all: nothing is guessed."""
    error, words = exceptions.UnknownPagination, "'total' counts more rows than the 2"
    assert (0, []) == refused(sized("offset", 0), error, words, params)


# (13) Where the rows are -------------------------------------------------------------------------

ROW = {"name": "x"}
POD = {
    "kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x", "uid": "u"},
    "spec": {"containers": [ROW]}, "status": {"conditions": [ROW]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "path"),
    [
        # empty lists of unknown name decide nothing above a wrapper
        ({"errorMessages": [], "data": {"items": [ROW]}}, "data.items"),
        ({"errorMessages": [], "data": {"items": []}}, "data.items"),
        ({"notices": [], "result": {"things": [ROW]}}, "result.things"),
        ({"notices": []}, "notices"),
        # an id that is a request's
        ({"jsonrpc": "2.0", "id": 1, "result": [ROW]}, "result"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"items": [ROW]}}, "result.items"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"id": 5, "name": "x"}}, "result"),
        ({"id": "req-1", "data": {"items": [ROW]}}, "data.items"),
        ({"id": "req-1", "data": [ROW]}, "data"),
        ({"id": "req-1", "things": [ROW], "next_cursor": "c"}, "things"),
        ({"id": "req-1", "things": [ROW], "has_more": False}, "things"),
        # Strapi's single type, and other resources
        ({"data": {"id": 1, "attributes": {"title": "x", "blocks": [ROW]}}, "meta": {}}, "data"),
        ({"data": {"id": 1, "documentId": "d", "title": "x"}, "meta": {}}, "data"),
        ({"id": 5, "tags": ["a"]}, ""),
        ({"id": 5, "orders": []}, ""),
        ({"id": 5, "orders": [ROW], "lines": [ROW]}, ""),
        # lists of two
        ([{"page": 0, "pages": 0, "total": 0}, None], "1"),
        ([{"page": 1, "pages": 0, "total": 0}, []], "1"),
        ([None, {"total": 0}], "0"),
        ([[ROW], {"pageCount": 1, "currentPage": 1}], "0"),
        ([{"id": 1}, None], ""),
        ([{"total": 0}, 5], ""),
    ],
)
def test_where_the_rows_are(body, path):
    """An envelope's rows, or the one resource; what says that there are no rows is none."""
    found = read_path(body, path)
    expected = [found] if isinstance(found, dict) else found or []
    with serving(lambda query: body if not query else EMPTY):
        listing = listing_of(max_pages=1)
        assert expected == list(listing)
        assert path == listing.strategy.items.path


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"id": 5, "orders": [ROW]},
            r"items='orders', or strategy=strategies.SinglePage\(items=''\)",
        ),
        (
            {"data": {"id": 5, "orders": [ROW]}},
            r"items='data\.orders', or strategy=strategies.SinglePage\(items='data'\)",
        ),
        ({"errorMessages": ["x"], "data": {"items": [ROW]}}, "one of errorMessages, data.items"),
        (POD, "no list of rows in an object of 'kind', 'apiVersion'"),
        ({"notices": [], "warned": []}, "one of notices, warned"),
    ],
)
def test_rows_that_may_be_elsewhere_raise(body, words):
    """One list of objects beside an id is either; the error says how to take each."""
    assert (0, []) == refused(lambda query: body, exceptions.UnknownPagination, words)


def test_both_ways_that_the_error_tells():
    """The rows with items=, the resource with strategy=; and the URL that ends with the id."""
    body = {"id": 5, "orders": [ROW]}
    with serving(lambda query: body):
        assert [ROW] == list(listing_of(items="orders"))
        assert [body] == list(listing_of(strategy=SinglePage(items="")))
    page = Page(request=PageRequest("GET", f"{URL}/5"), body=body, url=f"{URL}/5")
    assert (SinglePage(items=""),) == detect(page)


# (14) PossiblyTruncated --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "params"),
    [
        ({"limit": 2}, {}), ({"per_page": "2"}, {}), ({"meta": {"pageSize": 2}}, {}),
        ({"page": 1}, {}), ({"pageIndex": 0}, {}), ({"meta": {"currentPage": 1}}, {}),
        ({}, {"limit": "2"}), ({}, {"limit": "0,2"}), ({}, {"display": "2"}), ({}, {"batch": "2"}),
        ({}, {"filter": '{"limit": 2}'}), ({}, {"filter": '{"where": {}, "maxResults": "2"}'}),
    ],
)  # fmt: skip
def test_a_page_that_looks_cut_is_warned_of(beside, params):
    """As long as its size, asked for or echoed, or numbered: all rows come, and a warning."""
    with serving(lambda query: {"items": rows(1, 2), **beside}):
        with pytest.warns(exceptions.PossiblyTruncated, match="one page was taken") as warned:
            assert rows(1, 2) == list(listing_of(params))
    assert [__file__] == [warning.filename for warning in warned]


@pytest.mark.parametrize(
    ("beside", "params"),
    [
        ({}, {}), ({"limit": 3}, {}), ({"meta": {"pageSize": 50}}, {}), ({"count": 2}, {}),
        ({"size": 2}, {}), ({"code": 1, "number_of_shards": 2}, {}), ({}, {"limit": "3"}),
        ({}, {"filter": '{"limit": 3}'}), ({}, {"filter": "[2]"}), ({}, {"filter": '{"id": 2}'}),
        ({}, {"id": "2"}), ({}, {"limit": "2,0"}),
    ],
)  # fmt: skip
def test_a_page_that_looks_whole_is_not_warned_of(beside, params):
    """Shorter than its size, or without one."""
    with serving(lambda query: {"items": rows(1, 2), **beside}):
        assert rows(1, 2) == list(listing_of(params))


def test_a_resource_is_never_cut():
    """One resource has no size, whatever its fields are called."""
    body = {"id": 5, "page": 1, "limit": 1, "tags": ["a"]}
    with serving(lambda query: body):
        assert [body] == list(listing_of({"limit": "1"}))
