"""Page numbers, offsets, ranges: what a page counts."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import dialects
from requests_paginate._envelope.selectors import TotalAt
from requests_paginate.exceptions import InconsistentListing, MalformedPage
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LinkHeader,
    NextLink,
    Offset,
    PageNumber,
    SinglePage,
)
from tests.unit.strategies.requests_and_pages import (
    HUGE,
    ROWS,
    URL,
    chained,
    check,
    get,
    page,
    post,
)

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRONG_NUMBERS = [True, False, 1.5, -2.0, -1, [], [2], {}, {"n": 2}, "", "x", "-1", "1.5", HUGE]


# Page numbers ------------------------------------------------------------------------------------

PLUGGY = dialects.PLUGGY
COUNTED = PageNumber(total="total", items="rows")
PLAIN = PageNumber(items="rows")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (PLUGGY, get(), {"page": 1, "totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(params={"page": 2}), {"page": 2, "totalPages": 3}, get(params={"page": 3})),
        (PLUGGY, get(params={"page": 3}), {"page": 3, "totalPages": 3, "results": []}, None),
        (PLUGGY, get(params={"page": "2"}), {"totalPages": 3}, get(params={"page": 3})),
        (PLUGGY, get(params={"page": ""}), {"totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(params={"page": None}), {"totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(), {"page": "1", "totalPages": "3"}, get(params={"page": 2})),
        (
            PLUGGY,
            get(params={"page": 1000}),
            {"page": "1000", "totalPages": 1001},
            get(params={"page": 1001}),
        ),
        (PLUGGY, get(), {"page": None, "totalPages": 3}, get(params={"page": 2})),
        (PLUGGY, get(), {"totalPages": 0, "results": []}, None),
        (PLUGGY, get(), {"totalPages": 10**30}, get(params={"page": 2})),
        (
            PLUGGY,
            get(params={"from": "2024", "pageSize": 5}),
            {"totalPages": 2},
            get(params={"from": "2024", "pageSize": 5, "page": 2}),
        ),
        (PLUGGY, get(f"{URL}?a=%2f&page=1&b"), {"totalPages": 3}, get(f"{URL}?a=%2f&page=2&b")),
        (PLUGGY, get(), {"page": 2, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(params={"page": 2}), {"page": 1, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(), {"page": 0, "totalPages": 3}, InconsistentListing),
        (PLUGGY, get(), {"page": 1}, MalformedPage),
        (PLUGGY, get(), {"page": 1, "totalPages": None}, MalformedPage),
        (PLUGGY, get(), [], MalformedPage),
        (PLUGGY, get(), None, MalformedPage),
        (PLUGGY, get(params={"page": "x"}), {"totalPages": 3}, MalformedPage),
        (PLUGGY, get(params={"page": -1}), {"totalPages": 3}, MalformedPage),
        (PLUGGY, get(), {"totalPages": 1, "total": 3, "results": [1]}, InconsistentListing),
        (PLUGGY, get(), {"totalPages": 1, "total": 1, "results": [1]}, None),
        (PLUGGY, get(), {"totalPages": 1, "total": 0, "results": []}, None),
        # zero-based
        (
            PageNumber("page", total_pages="n", number="page", first=0),
            get(),
            {"page": 0, "n": 2},
            get(params={"page": 1}),
        ),
        (PageNumber(total_pages="n", first=0, items=""), get(params={"page": 1}), {"n": 2}, None),
        (
            PageNumber(total_pages="n", number="p", first=0),
            get(),
            {"p": 1, "n": 2},
            InconsistentListing,
        ),
        # nested, in headers
        (PageNumber(total_pages="a.n"), get(), {"a": {"n": 2}}, get(params={"page": 2})),
        (PageNumber(total_pages="a.n"), get(), {"a": [2]}, MalformedPage),
        # by total
        (COUNTED, get(), {"total": 3, "rows": ROWS}, get(params={"page": 2})),
        (COUNTED, get(), {"total": 2, "rows": ROWS}, None),
        (COUNTED, get(), {"total": 0, "rows": []}, None),
        (COUNTED, get(), {"total": 3, "rows": []}, InconsistentListing),
        (COUNTED, get(), {"rows": ROWS}, get(params={"page": 2})),
        (COUNTED, get(), {"rows": []}, None),
        # without any total, an empty page is the end
        (PLAIN, get(), {"rows": ROWS}, get(params={"page": 2})),
        (PLAIN, get(), {"rows": []}, None),
        (PLAIN, get(), {"rows": None}, None),
        (PLAIN, get(), {}, None),
        # a flag
        (PageNumber(more="more"), get(), {"more": True}, get(params={"page": 2})),
        (PageNumber(more="more"), get(), {"more": False}, None),
        (PageNumber(more="!last"), get(), {"last": False}, get(params={"page": 2})),
        (PageNumber(more="!last"), get(), {"last": True}, None),
        (PageNumber(more="more"), get(), {"more": 1.5}, MalformedPage),
        (PageNumber(more="more", items="rows"), get(), {"rows": ROWS}, get(params={"page": 2})),
        (PageNumber(more="m", total_pages="n"), get(), {"m": False, "n": 9}, None),
        (
            PageNumber(more="m", total_pages="n"),
            get(),
            {"m": True, "n": 1},
            get(params={"page": 2}),
        ),
        # in a JSON body
        (
            PageNumber(total_pages="n"),
            post({"page": 1, "q": "x"}),
            {"n": 2},
            post({"page": 2, "q": "x"}),
        ),
        (PageNumber(total_pages="n"), post({"q": "x"}), {"n": 2}, post({"q": "x", "page": 2})),
        (
            PageNumber("a.page", total_pages="n"),
            post({"a": {"page": 1}}),
            {"n": 2},
            post({"a": {"page": 2}}),
        ),
        (
            PageNumber(total_pages="n"),
            post({"q": "x"}, params={"page": 1}),
            {"n": 2},
            post({"q": "x"}, params={"page": 2}),
        ),
        (
            PageNumber(total_pages="n"),
            post({"q": "x"}, f"{URL}?page=1"),
            {"n": 2},
            post({"q": "x"}, f"{URL}?page=2"),
        ),
        (PageNumber(total_pages="n"), post([1]), {"n": 2}, MalformedPage),
    ],
)
def test_page_number(strategy, request_, body, expected):
    """The next number, until a flag, the number of pages, the total or an empty page ends it."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
@pytest.mark.parametrize("name", ["totalPages", "page"])
def test_page_number_with_wrong_types(name, wrong):
    """What is no count is malformed, at every path."""
    check(PLUGGY, page({"totalPages": 2, "page": 1, name: wrong}), MalformedPage)


@pytest.mark.parametrize("wrong", WRONG_NUMBERS)
@pytest.mark.parametrize(
    "strategy",
    [
        PageNumber(total="total", items="rows"),
        Offset(total="total", items="rows"),
        NextLink("next", total="total", items="rows"),
        LinkHeader(total="total", items="rows"),
        Cursor(total="total", items="rows"),
        SinglePage(total="total", items="rows"),
    ],
)
def test_wrong_totals(strategy, wrong):
    """A total that is no count is malformed, whatever the strategy."""
    given_page = page({"total": wrong, "rows": []})
    check(strategy, given_page, MalformedPage)
    with pytest.raises(MalformedPage):
        strategy.total(given_page)


@pytest.mark.parametrize(
    ("start", "expected"),
    [(0, get(params={"page": 2})), (2, get(params={"page": 2})), (3, None), (4, None)],
)
def test_page_number_counts_from_the_start(start, expected):
    """The total is compared with all rows so far, not with those of the page."""
    check(COUNTED, page({"total": 5, "rows": ROWS}, start=start), expected)


@pytest.mark.parametrize(("rows", "expected"), [(ROWS, get(params={"page": 6})), ([], None)])
def test_page_number_from_the_middle(rows, expected):
    """Begun in the middle, the rows before are not known, and an empty page is the end."""
    request = get(params={"page": 5})
    check(COUNTED, page({"total": 100, "rows": rows}, request, start=None), expected)


def test_page_number_reads_a_header():
    """The number of pages may stand in a header."""
    strategy = PageNumber(total_pages="X-WP-TotalPages", items="")
    check(strategy, page([1], headers={"x-wp-totalpages": "2"}), get(params={"page": 2}))
    check(strategy, page([1], get(params={"page": 2}), headers={"X-WP-TotalPages": "2"}), None)
    check(strategy, page([1]), MalformedPage)


# Offsets -----------------------------------------------------------------------------------------


OFFSET = Offset(limit="limit", total="total", items="rows")


@pytest.mark.parametrize(
    ("strategy", "request_", "body", "expected"),
    [
        (OFFSET, get(), {"total": 5, "rows": ROWS}, get(params={"offset": 2})),
        (OFFSET, get(params={"offset": 2}), {"total": 5, "rows": ROWS}, get(params={"offset": 4})),
        (OFFSET, get(params={"offset": "4"}), {"total": 5, "rows": [1]}, None),
        (OFFSET, get(), {"total": "5", "rows": ROWS}, get(params={"offset": 2})),
        # never plus the page size that was asked for: servers clamp it
        (
            OFFSET,
            get(params={"limit": 100}),
            {"total": 500, "rows": ROWS},
            get(params={"limit": 100, "offset": 2}),
        ),
        (OFFSET, get(), {"total": 2, "rows": ROWS}, None),
        (OFFSET, get(), {"total": 0, "rows": []}, None),
        (OFFSET, get(), {"total": 5, "rows": []}, InconsistentListing),
        (OFFSET, get(params={"offset": 4}), {"total": 5, "rows": []}, InconsistentListing),
        (OFFSET, get(params={"offset": 9}), {"total": 5, "rows": []}, None),
        (OFFSET, get(), {"rows": ROWS}, get(params={"offset": 2})),
        (OFFSET, get(), {"rows": []}, None),
        (OFFSET, get(), {"total": 5}, MalformedPage),
        (OFFSET, get(params={"offset": "x"}), {"total": 5, "rows": ROWS}, MalformedPage),
        (
            OFFSET,
            get(f"{URL}?offset=2&a=%2f"),
            {"total": 5, "rows": ROWS},
            get(f"{URL}?offset=4&a=%2f"),
        ),
        (
            OFFSET,
            post({"offset": 2, "q": 1}),
            {"total": 5, "rows": ROWS},
            post({"offset": 4, "q": 1}),
        ),
        (
            Offset("options.offset", total="total", items="rows"),
            post({"options": {"count": 2}}),
            {"total": 5, "rows": ROWS},
            post({"options": {"count": 2, "offset": 2}}),
        ),
        (
            Offset("startIndex", first=1, total="n", items=""),
            get(),
            [1, 2],
            get(params={"startIndex": 3}),
        ),
        (
            Offset("i", first=1, total="n", items="rows"),
            get(),
            {"n": 2, "rows": ROWS},
            None,
        ),
        (
            Offset("i", first=1, total="n", items="rows"),
            get(params={"i": 1}),
            {"n": 3, "rows": ROWS},
            get(params={"i": 3}),
        ),
        (
            Offset(more="more", items="rows"),
            get(),
            {"more": True, "rows": ROWS},
            get(params={"offset": 2}),
        ),
        (Offset(more="more", items="rows"), get(), {"more": False, "rows": ROWS}, None),
        (Offset(more="more", items="rows"), get(), {"more": True, "rows": []}, InconsistentListing),
        (Offset(more="more", items="rows"), get(), {"rows": []}, None),
        (Offset(more="more", items="rows"), get(), {"more": -1, "rows": ROWS}, MalformedPage),
        (
            Offset(more="more", total="n", items="rows"),
            get(),
            {"more": True, "n": 1, "rows": ROWS},
            get(params={"offset": 2}),
        ),
        (
            Offset(more="more", total="n", items="rows"),
            get(),
            {"more": False, "n": 9, "rows": ROWS},
            None,
        ),
        # where the page says at which offset it starts
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": 2, "rows": ROWS},
            get(params={"offset": 4}),
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": None, "rows": ROWS},
            get(params={"offset": 4}),
        ),
        *(
            (
                Offset(start="at", items="rows"),
                get(params={"offset": 2}),
                {"at": wrong, "rows": ROWS},
                InconsistentListing,
            )
            for wrong in (0, 1, 3, 4)
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 1000}),
            {"at": "1000", "rows": ROWS},
            get(params={"offset": 1002}),
        ),
        (
            Offset(start="at", items="rows"),
            get(params={"offset": 2}),
            {"at": 0, "rows": []},
            None,
        ),
        (Offset(items=""), get(), [], None),
        (Offset(items=""), get(), [1], get(params={"offset": 1})),
    ],
)
def test_offset(strategy, request_, body, expected):
    """The offset plus the rows that came, until a flag, the total or an empty page ends it."""
    check(strategy, page(body, request_), expected)


@pytest.mark.parametrize(
    ("first", "number", "expected"),
    [(1000, "1000", True), (2, 1, False), (2, 3, False), (2, None, True)],
)
@pytest.mark.parametrize("kind", [PageNumber, Offset])
def test_the_first_number_begins(kind, first, number, expected):
    """A request begins where it names the first number, or none; not before and not after it."""
    assert expected is kind("n", first=first).begins(get(params={"n": number}))


# Cursors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2])
def test_a_range_up_to_the_length(length):
    """A range that reaches the length after the slash is the last, and so is a longer one."""
    check(ContentRange(items=""), page(ROWS, headers={"Content-Range": f"0-1/{length}"}), None)


@pytest.mark.parametrize(
    ("asked", "told", "expected"),
    [
        ("3-4", "3-4/9", "5-6"),
        ("10-11", "10-11/19", "12-13"),
        ("items=3-4", "items 3-4/9", "items=5-6"),
        ("0-1", "3-4/9", InconsistentListing),
        ("5-6", "3-4/9", InconsistentListing),
        ("items=0-1", "items 3-4/9", InconsistentListing),
    ],
)
def test_a_range_that_was_asked_for(asked, told, expected):
    """The rows begin where they were asked for, and not before or after it."""
    if isinstance(expected, str):
        expected = get(headers={"Range": expected})
    given_page = page(ROWS, get(headers={"Range": asked}), headers={"Content-Range": told})
    check(ContentRange(items=""), given_page, expected)


def test_a_long_range():
    """Hundreds of rows are counted like two; whether they are the first ones is not known."""
    given_page = page([1] * 300, headers={"Content-Range": "0-299/900"})
    check(ContentRange(items=""), given_page, get(headers={"Range": "300-599"}))
    assert not ContentRange().begins(given_page.request)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rows": [], "total": 5}, "no rows at offset=0, of 5$"),
        ({"rows": [], "more": True}, "no rows at offset=0, and the page says that more follow$"),
    ],
)
def test_missing_rows_at_an_offset_say_what_promised_them(body, said):
    """The text names the total or the flag."""
    with pytest.raises(InconsistentListing, match=said):
        Offset(total="total", more="more", items="rows").next(page(body))


def test_a_range_of_other_rows_says_how_many():
    """The text names both counts."""
    with pytest.raises(InconsistentListing, match="counts 4 rows, and there are 2"):
        ContentRange(items="").next(page(ROWS, headers={"Content-Range": "5-8/9"}))


# Guesses -----------------------------------------------------------------------------------------


def number(request, name, default):
    return int(request.query().get(name, default))


COUNTS = st.tuples(st.integers(0, 60), st.integers(1, 12))


@UNHURRIED
@given(COUNTS, st.sampled_from([0, 1, 5]), st.booleans())
def test_page_numbers_are_guessed(counts, first, in_url):
    """From every page, the guessed page numbers are those that follow."""
    total, size = counts
    strategy = PageNumber("p", total_pages="n", number="p", first=first, items="rows", total="t")

    def server(request):
        at = number(request, "p", first)
        rows = list(range(total))[(at - first) * size : (at - first + 1) * size]
        return {"p": at, "n": -(-total // size), "t": total, "rows": rows}

    request = get(f"{URL}?x=%2f&p={first}") if in_url else get(params={"x": 1})
    pages, truth = chained(strategy, request, server)
    for index, at in enumerate(pages):
        assert truth[index:] == list(strategy.guess(at))


@UNHURRIED
@given(COUNTS, st.sampled_from([0, 1]), st.booleans())
def test_offsets_are_guessed(counts, first, in_json):
    """From every page, the guessed offsets are those that follow; the server clamps the size."""
    total, size = counts
    strategy = Offset("o", limit="l", total="t", items="rows", first=first)

    def server(request):
        at = (request.json or request.params).get("o", first) - first
        return {"t": total, "rows": list(range(total))[at : at + size]}

    request = post({"l": 100}) if in_json else get(params={"l": 100})
    pages, truth = chained(strategy, request, server)
    for index, at in enumerate(pages[:-1]):
        assert truth[index:] == list(strategy.guess(at))


@pytest.mark.parametrize("total", [4, 5, 6, 7])
@pytest.mark.parametrize("first", [0, 1])
def test_the_last_guessed_offset(first, total):
    """The last offset that is guessed is that of the last rows, wherever offsets begin."""
    strategy = Offset(first=first, total="total", items="rows")
    expected = [get(params={"offset": row + first}) for row in range(2, total, 2)]
    assert expected == list(strategy.guess(page({"total": total, "rows": ROWS})))


def test_guesses_are_lazy():
    """A server's word for very many pages costs nothing."""
    body = {"totalPages": 10**30, "page": 1}
    assert [get(params={"page": 2}), get(params={"page": 3})] == list(
        itertools.islice(PLUGGY.guess(page(body)), 2)
    )


# Ranges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "count", "expected"),
    [
        ("0-1/5", 2, get(headers={"Range": "2-3"})),
        ("items 0-1/5", 2, get(headers={"Range": "items=2-3"})),
        (" 0-1/5 ", 2, get(headers={"Range": "2-3"})),
        ("0-1/*", 2, get(headers={"Range": "2-3"})),
        ("3-3/5", 1, get(headers={"Range": "4-4"})),
        ("0-1/2", 2, None),
        ("3-4/5", 2, None),
        ("*/0", 0, None),
        ("*/*", 0, None),
        ("0-1/5", 1, InconsistentListing),
        ("0-1/2", 0, InconsistentListing),
        ("*/0", 1, InconsistentListing),
        ("1-0/5", 2, InconsistentListing),
        ("", 2, MalformedPage),
        ("0-1", 2, MalformedPage),
        ("0-x/5", 2, MalformedPage),
        (f"0-1/{'9' * 19}", 2, MalformedPage),
    ],
)
def test_content_range(told, count, expected):
    """The range after this one and as long, until the length is reached or no row came."""
    check(ContentRange(items=""), page([1] * count, headers={"content-range": told}), expected)


def test_content_range_goes_on():
    """The last range is replaced and other headers stay; a page without the header is malformed."""
    last = get(params={"a": 1}, headers={"Range": "0-1", "b": "c"})
    following = get(params={"a": 1}, headers={"Range": "2-3", "b": "c"})
    check(ContentRange(items=""), page([1, 2], last, headers={"Content-Range": "0-1/5"}), following)
    check(ContentRange(items=""), page([1, 2]), MalformedPage)


@pytest.mark.parametrize(
    ("told", "expected"),
    [("0-24/66", 66), ("items 0-24/66", 66), ("*/0", 0), ("0-24/*", None), (None, None)],
)
def test_totals_of_content_range(told, expected):
    """The total is what stands after the slash; a star says nothing."""
    given_page = page([], headers={"Content-Range": told} if told else {})
    assert expected == TotalAt("content-range")(given_page) == ContentRange().total(given_page)
    assert [told] == ContentRange().signals(given_page)


def test_a_malformed_length_is_no_total():
    """What is neither a number nor a star after the slash is malformed."""
    with pytest.raises(MalformedPage):
        ContentRange().total(page([], headers={"Content-Range": "0-24/many"}))


# Headers that hold an object ---------------------------------------------------------------------


IN_HEADER = PageNumber(
    total_pages="X-Pagination.TotalPages",
    number="X-Pagination.CurrentPage",
    total="X-Pagination.TotalCount",
    items="",
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('{"TotalPages": 3, "CurrentPage": 2}', get(params={"page": 3})),
        ('{"TotalPages": 2, "CurrentPage": 2}', None),
        ('{"TotalPages": 3, "CurrentPage": 1}', InconsistentListing),
        ('{"CurrentPage": 2}', MalformedPage),
        ('{"TotalPages": "many"}', MalformedPage),
        ("[3]", MalformedPage),
        ("{", MalformedPage),
        ("", MalformedPage),
    ],
)
def test_an_object_in_a_header(told, expected):
    """A path may lead into JSON in a header; where there is none, nothing stands there."""
    headers = {"x-pagination": told}
    check(IN_HEADER, page([1, 2], get(params={"page": 2}), headers=headers), expected)


def test_a_total_in_a_header_s_object():
    """The total is read there, too."""
    headers = {"X-Pagination": '{"TotalCount": 9}'}
    assert 9 == IN_HEADER.total(page([], headers=headers))
    assert IN_HEADER.total(page([])) is None
