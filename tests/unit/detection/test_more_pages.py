"""What nobody knows how to follow is refused, and what only looks like it is not."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import Page, PageRequest
from requests_paginate._detection.detect import detect
from requests_paginate._detection.evidence import gather_evidence
from requests_paginate._detection.more_pages import (
    find_continuation,
    find_sign_of_more,
    is_at_start,
)
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import Offset, PageNumber, SinglePage
from tests import hostile
from tests.hostile import Script, listed, page

URL = "https://api.test/v1/items"
ROWS = [{"id": 1}, {"id": 2}]


def suspicion(beside=None, params=None, headers=None, *, rows=ROWS, json=None):
    """What is said of rows beside something."""
    request = PageRequest("GET" if json is None else "POST", URL, params=params or {}, json=json)
    body = {"items": rows, **(beside or {})}
    return find_sign_of_more(
        gather_evidence(Page(request=request, body=body, headers=headers or {}, url=URL), "items")
    )


# Flags -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "seen"),
    [
        ({"has_more": True}, "'has_more'"),
        ({"meta": {"hasNextPage": True}}, "'meta.hasNextPage'"),
        ({"a": {"moreRecords": "true"}}, "'a.moreRecords'"),
        ({"a": {"b": {"moreRecords": True}}}, None),  # too far from the rows
        ({"isLastPage": False}, "'!isLastPage'"),
        ({"endOfResults": "false"}, "'!endOfResults'"),
        ({"exceededTransferLimit": True}, "'exceededTransferLimit'"),
        ({"IsTruncated": True}, "'IsTruncated'"),
        # weak ones, which are said of other things, too
        ({"done": False}, "'!done'"),
        ({"complete": False}, "'!complete'"),
        ({"status": {"done": False}}, "'!status.done'"),
        ({"paginationComplete": "false"}, "'!paginationComplete'"),
        # that is all
        ({"has_more": False}, None),
        ({"isLastPage": True}, None),
        ({"done": True}, None),
        ({"last_page": 5}, None),  # a number is no flag
    ],
)
def test_flags(beside, seen):
    """A flag that more follow is believed, a weak one as well, and none that nothing follows."""
    expected = None if seen is None else f"{seen} says that more rows follow"
    assert expected == suspicion(beside)


@pytest.mark.parametrize(
    "beside",
    [
        {"next_marker": "m"}, {"nextToken": "t"}, {"pagingState": "s"}, {"resumeKey": "r"},
        {"siguiente": "?pagina=2"}, {"weiter": f"{URL}?seite=2"},
    ],
)  # fmt: skip
def test_a_flag_silences_what_may_lead_on(beside):
    """Tokens and links beside a flag that nothing follows say nothing; without it they do."""
    assert suspicion(beside) is not None
    assert suspicion({**beside, "has_more": True}) is not None
    assert suspicion({**beside, "has_more": False}) is None
    assert suspicion({**beside, "lastPage": True}) is None
    # a weak flag may be about something else
    assert suspicion({**beside, "done": True}) is not None


def test_a_word_is_no_flag():
    """Another word than true or false says nothing, and yet stands there."""
    assert "something stands at 'has_more'" == suspicion({"has_more": "maybe"})


def test_a_flag_does_not_silence_a_count():
    """Rows that were counted and are not there stay suspicious."""
    assert "'total' counts more rows than the 2 of the page" == suspicion(
        {"has_more": False, "total": 9}
    )


# GraphQL -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("query($a: String) { items(first: 2, after: $a) { id } }", "variables.a"),
        ("query($c: String) { items(cursor: $c) { id } }", "variables.c"),
        ("query($p: Int) { items(page: $p) { id } }", "variables.p"),
        ("query($n: Int) { items(skip: $n) { id } }", "variables.n"),
        ("query($q: String) { items(search: $q) { id } }", None),
        ("{ items(first: 2) { id } }", None),
    ],
)
def test_open_variables(query, seen):
    """A query that takes a position asks for one page of several; a search text is no position."""
    expected = None if seen is None else f"the query takes {seen!r}"
    assert expected == suspicion(json={"query": query})


def test_an_open_variable_needs_a_query():
    """A JSON field called query is a search where it is no GraphQL."""
    assert suspicion(json={"query": "shoes", "after": ""}) is None


# Tokens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "nextForwardToken", "next_search_after", "searchAfter", "scroll_id", "scrollToken", "pagingState",
        "page_state", "pagingToken", "pageKey", "cursorMark", "marker", "skipToken", "resumeKey",
        "continuationUri", "remaining", "truncated", "listCursor", "LastEvaluatedKey", "volgende",
        "nextItems", "nextPos", "ex:nextBatch",
    ],
)  # fmt: skip
def test_suspicious_tokens(name):
    """What resumes, scrolls, continues or remains is no ornament, wherever it is around the rows."""
    assert f"something stands at {name!r}" == suspicion({name: "x"})
    assert f"something stands at 'meta.{name}'" == suspicion({"meta": {name: "x"}})
    for end in (None, "", 0, "0", -1, "-1", False, "null", "None", [], {}):
        assert suspicion({name: end}) is None


@pytest.mark.parametrize(
    "name",
    [
        "access_token", "csrf_token", "refresh_token", "token", "next_billing_date", "nextSyncToken",
        "prevCursor", "previous_page_token", "self_cursor", "syncPageState", "rate_limit_remaining",
        "creditsRemaining", "quota_remaining", "remaining_quota", "resetMarker", "text", "context",
    ],
)  # fmt: skip
def test_harmless_names(name):
    """Secrets, quotas, marks for a later synchronisation and the way back lead nowhere."""
    assert suspicion({name: "x"}) is None
    assert suspicion({"meta": {name: "x"}}) is None


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ({"X-Scroll-Id": "s"}, "X-Scroll-Id"),
        ({"X-List-Truncated": "true"}, "X-List-Truncated"),
        ({"x-paging-state": "s"}, "x-paging-state"),
        ({"Acme-Resume-Key": "k"}, "Acme-Resume-Key"),
        ({"X-Has-More": "true"}, "X-Has-More"),
        ({"X-List-Truncated": "false"}, None),
        ({"X-RateLimit-Remaining": "59", "X-Page": "1"}, None),
        ({"X-Rate-Limit-Remaining": "59", "X-Page": "1"}, None),
        ({"RateLimit-Remaining": "59", "X-Page": "1"}, None),
        ({"X-Quota-Remaining": "59", "X-Page": "1"}, None),
        ({"Retry-After": "30", "X-Page": "1"}, None),
        ({"Access-Token": "secret", "X-Page": "1"}, None),
        ({"Content-Length": "59", "ETag": "x", "X-Request-Id": "y"}, None),
    ],
)
def test_headers(headers, seen):
    """Headers are looked through as a body is; what is left of a quota is not of the rows."""
    told = suspicion(headers=headers)
    assert told is None if seen is None else repr(seen) in told


def test_where_something_stands():
    """The path of what may lead on, None where there is nothing or a flag says that it is all."""

    def standing(beside):
        page = Page(request=PageRequest("GET", URL), body={"items": ROWS, **beside}, url=URL)
        return find_continuation(gather_evidence(page, "items"))

    assert "meta.scrollId" == standing({"meta": {"scrollId": "s"}})
    assert standing({}) is None
    assert standing({"scrollId": "s", "has_more": False}) is None


# Counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "is_more"),
    [
        ("total", 3, True), ("total", 2, False), ("total", 0, False), ("total", "3", True),
        # in any notation
        ("total", 45.0, True), ("total", "45.0", True), ("total", 2.0, False), ("total", 45.5, False),
        ("total", "1,045", True), ("total", "1,045,000", True), ("total", "1,04", False),
        ("total", "many", False), ("total", True, False), ("total", -1, False), ("total", None, False),
        ("total", "9" * 30, False),
        # under other names
        ("fullCount", 3, True), ("numFound", 3, True), ("resultsFound", 3, True), ("count", 3, True),
        ("numberOfRecords", 3, True), ("total_items", 3, True), ("estimatedTotal", 3, True),
        ("records", 3, True), ("total_cents", 3, False), ("amount", 3, False), ("account", 3, False),
        # Elasticsearch: an exact number, and a bound
        ("total", {"value": 2, "relation": "eq"}, False), ("total", {"value": 2, "relation": "gte"}, False),
        ("total", {"value": 10000, "relation": "gte"}, True),
        # pages
        ("pagesTotal", 2, True), ("pagesTotal", 1, False), ("total_number_of_pages", 2, True),
        ("total_number_of_pages", "1", False), ("pagesCount", 0, False),
    ],
)  # fmt: skip
def test_counts(name, value, is_more):
    """More rows than are there, or more pages than one; numbers are read in any notation."""
    expected = "{!r} counts more rows than the 2 of the page" if is_more else "None"
    assert expected.format(name) == str(suspicion({name: value}))
    assert expected.format(f"meta.{name}") == str(suspicion({"meta": {name: value}}))


def test_an_exact_total():
    """Elasticsearch's exact total is where its value is."""
    told = suspicion({"total": {"value": 3, "relation": "eq"}})
    assert "'total.value' counts more rows than the 2 of the page" == told


@pytest.mark.parametrize(
    ("headers", "is_more"),
    [
        ({"REST-Content-Range": "resources 0-1/3"}, True),
        ({"REST-Content-Range": "resources 0-1/2"}, False),
        ({"REST-Content-Range": "resources=0-1/3"}, True),
        ({"X-Range": "0-1/3"}, True),
        ({"X-Range": "0-1/*"}, False),
        ({"X-Range": "bytes 0-1/3"}, False),
        ({"X-Range": "see 0-1/3 there"}, False),
        ({"X-Result-Count": "3"}, True),
        ({"X-Result-Count": "2"}, False),
        ({"X-Total-Found": "1,045"}, True),
        ({"X-Pages-Total": "2"}, True),
        ({"X-Pages-Total": "1"}, False),
    ],
)
def test_counts_in_headers(headers, is_more):
    """A range of any unit but bytes, and a number under a name that counts."""
    (header,) = headers
    expected = f"{header!r} counts more rows than the 2 of the page" if is_more else None
    assert expected == suspicion(headers=headers)


@pytest.mark.parametrize(
    ("params", "total", "is_more"),
    [
        # ten rows after the first twenty
        ({"offset": 20}, 30, False), ({"offset": 20}, 31, True), ({"offset": "20"}, 30, False),
        ({"skip": 20, "limit": 10}, 30, False), ({"start": 20}, 30, False), ({"start": 20}, 31, True),
        # from the beginning
        ({"offset": 0}, 30, True), ({"offset": 0}, 10, False), ({"page": 1}, 30, True), ({}, 30, True),
        # where rows before are not known
        ({"page": 3}, 30, False), ({"cursor": "c"}, 30, False), ({"after": "x"}, 30, False),
    ],
)  # fmt: skip
def test_counts_in_the_middle(params, total, is_more):
    """Rows before the page count, too; where it is not known how many, no total is suspicious."""
    told = suspicion({"total": total}, params, rows=[{"id": n} for n in range(10)])
    assert is_more is (told is not None)


# Links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["siguiente", "weiter", "suivant", "proxima", "tsugi", "neste", "\u6b21", "onward"]
)
@pytest.mark.parametrize(
    "link", ["?page=2", f"{URL}?page=2", "/v1/items?page=2", "//api.test/v1/items?page=2"]
)
def test_links_to_the_own_path(name, link):
    """The own path with another query is another page, whatever the link is called."""
    assert f"{name!r} links to the same path with another query" == suspicion({name: link})
    path = f"links.{name}"
    assert f"{path!r} links to the same path with another query" == suspicion(
        {"links": {name: link}}
    )


@pytest.mark.parametrize(
    "name",
    ["self", "first", "prev", "previous", "previousPage", "last", "current", "canonical", "href", "url",
     "uri", "id", "template", "link", "about", "type", "start", "prevUrl"],
)  # fmt: skip
def test_links_to_elsewhere(name):
    """The page itself, the first, the last and the one before are no way on."""
    assert suspicion({name: "?page=2"}) is None
    assert suspicion({"links": {name: f"{URL}?page=2"}}) is None


@pytest.mark.parametrize(
    "link",
    ["/v1/others?page=2", f"{URL}", f"{URL}#a", "?q=x", "https://api.test/?page=2", "page two", 5, None],
)  # fmt: skip
def test_links_that_are_no_pages(link):
    """Another path, no query or the query that was sent: none leads to another page."""
    request = PageRequest("GET", f"{URL}?q=x")
    page = Page(request=request, body={"items": ROWS, "weiter": link}, url=request.url)
    assert find_sign_of_more(gather_evidence(page, "items")) is None


# The whole ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ({"done": False}, "'!done' says that more rows follow"),
        ({"scroll_token": "s"}, "something stands at 'scroll_token'"),
        ({"full_count": 45.0}, "'full_count' counts more rows"),
        ({"kasunod": "?pahina=2"}, "'kasunod' links to the same path"),
    ],
)
def test_what_is_suspected_raises(beside, words):
    """Detection refuses such a page, in the words of the look that saw it."""
    page = Page(request=PageRequest("GET", URL), body={"items": ROWS, **beside}, url=URL)
    with pytest.raises(UnknownPagination, match=words):
        detect(page)


def test_nothing_is_suspected_of_an_ordinary_page():
    """Rows beside a status, a time and a request's id are all there is."""
    beside = {"status": "ok", "took": 5, "request_id": "x", "links": {"self": URL}, "limit": 50}
    page = Page(request=PageRequest("GET", URL), body={"items": ROWS, **beside}, url=URL)
    assert suspicion(beside) is None
    assert (SinglePage(items="items"),) == detect(page)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, True), ({"page": 1}, True), ({"page": "01"}, False), ({"page": 2}, False),
        ({"offset": "0"}, True), ({"offset": 1}, False), ({"start": 1}, False), ({"pagina": 1}, True),
        ({"cursor": ""}, True), ({"cursor": None}, True), ({"cursor": "*"}, True), ({"after": "x"}, False),
        ({"page[number]": 1}, True), ({"page[number]": 2}, False), ({"limit": 5}, True),
        ({"marker": "x"}, False), ({"since_id": 5}, False), ({"q": 2}, True),
    ],
)  # fmt: skip
def test_beginnings(params, expected):
    """A first request begins at the first row unless a position that it names is another."""
    assert expected is is_at_start(PageRequest("GET", URL, params=params))


@pytest.mark.parametrize("name", ["numberOfItems", "totalNumberOfItems", "numItems", "numRows"])
def test_counts_of_rows_by_any_name(name):
    """A number of items or rows that is larger than the page is suspected."""
    page = Page(request=PageRequest("GET", URL), body={"items": [1, 2], name: 50}, url=URL)
    assert name in find_sign_of_more(gather_evidence(page, "items"))


@pytest.mark.parametrize(
    "params", [{"from": "2026-01-01"}, {"start": 1767225600}, {"after": "2026-01-01T00:00:00Z"}]
)
def test_a_time_is_no_place(params):
    """A total is compared with the page where what was sent is a time, not a position."""
    request = PageRequest("GET", URL, params=params)
    page = Page(request=request, body={"items": [1, 2], "total": 45}, url=URL)
    assert "total" in find_sign_of_more(gather_evidence(page, "items"))


@pytest.mark.parametrize(
    "bodies",
    [
        # the first page has no rows, which some write as null: its neighbour is not the rows
        [{"items": None, "defaultReminders": [], "nextPageToken": "a"},
         {"items": hostile.ROWS, "defaultReminders": []}],
        [{"data": None, "included": [], "links": {"next": "?page=2"}},
         {"data": hostile.ROWS, "included": [], "links": {"next": None}}],
        [{"data": None, "included": [{"id": 9}], "links": {"next": "?page=2"}},
         {"data": hostile.ROWS, "included": [], "links": {"next": None}}],
        # something leads on: a token that is a list
        [{"results": hostile.ROWS, "next": ["2024-05-01", 5]}],
        [{"results": hostile.ROWS, "nextPageToken": [5]}],
        [{"rows": hostile.ROWS, "next_startkey": ["a", 5]}],
        # the value that detection saw is not the one that its path reads
        [{"results": hostile.ROWS, "meta.page": 5, "meta": {"page": {"next_cursor": "abc"}}}],
        [{"results": hostile.ROWS, "links": [{"rel": "next", "href": None},
                                     {"rel": "next", "href": "/rows?page=2"}]}],
        [{"results": hostile.ROWS, "links": [{"rel": "next]", "href": "/rows?page=2"}]}],
    ],
)  # fmt: skip
def test_found_detections_that_end_in_silence(bodies):
    """What leads on, or may hold the rows, is not passed over without a word."""
    outcome = listed(Script(tuple(page(body) for body in bodies)))
    assert outcome.error or outcome.warnings or (len(bodies) > 1 and hostile.ROWS == outcome.rows)


@pytest.mark.parametrize(
    ("params", "strategy", "expected"),
    [
        ({"startIndex": 1}, None, True), ({"start_index": "1"}, None, True),
        ({"startPosition": 1, "limit": 2}, None, True), ({"StartRow": 1}, None, True),
        ({"startIndex": 2}, None, False), ({"offset": 1}, None, False), ({"start": 1}, None, False),
        ({"start": 1}, Offset("start", first=1), True), ({"skip": 1}, Offset("skip"), True),
        ({"p": 5}, PageNumber("p"), True), ({"p": 5}, Offset("offset"), False),
        ({"start": 1, "after": "x"}, Offset("start", first=1), False),
    ],
)  # fmt: skip
def test_beginnings_that_count_from_one(params, strategy, expected):
    """startIndex=1 is the first row; what a strategy counts by is its own business."""
    assert expected is is_at_start(PageRequest("GET", URL, params=params), strategy)
