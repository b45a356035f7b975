"""Links that only count: filters that they lose, and empty pages that they lead to for ever."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import json
import re
import warnings
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from requests_paginate import PageRequest, dialects, request_all
from requests_paginate._listing.counted_links import find_dropped_parameters
from requests_paginate.exceptions import (
    InconsistentListing,
    PageFailed,
    PaginationWarning,
    UnsafeLink,
)
from requests_paginate.strategies import LinkHeader, NextLink

URL = "https://api.test/rows"


class Told:
    """What was seen of a listing: its rows, warnings and requests."""

    def __init__(self, answer, method="GET", url=URL, **options):
        self.asked, self.rows, self.answer = [], [], answer
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for verb in ("GET", "POST", "PUT"):
                mock.add_callback(verb, re.compile(".*"), self._respond)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                listing = request_all(method, url, session=requests.Session(), retries=0, **options)
                self.rows += listing
        self.complete, self.doubts = listing.complete, listing.doubts
        self.texts = [str(w.message) for w in caught if issubclass(w.category, PaginationWarning)]

    def _respond(self, request):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        body = json.loads(request.body) if request.body else None
        self.asked.append((request.method, urlsplit(request.url).path, query, body))
        assert len(self.asked) < 120, "an endless listing"
        told = self.answer(*self.asked[-1])
        status, headers, content = told if isinstance(told, tuple) else (200, {}, told)
        return status, headers, json.dumps(content)


def paged(link, *, how="body", pages=3):
    """Pages of two rows, each with a link for its successor's number, in the body or a header."""

    def answer(method, path, query, body):
        number = int(query.get("page", 1))
        target = link.format(number + 1) if number < pages else None
        rows = [{"id": 2 * number}, {"id": 2 * number + 1}]
        if how == "header":
            return 200, {"Link": f'<{target}>; rel="next"'} if target else {}, rows
        return {"rows": rows, "next": target}

    return answer


# Lost filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["body", "header"])
@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("extra", [{}, {"prefetch": 4}])
def test_a_lost_filter_is_told_once(how, is_named, extra):
    """The first link that counts and lacks a filter is told by the filter's name, not its value."""
    if is_named:
        extra = {"strategy": LinkHeader("") if how == "header" else NextLink(items="rows"), **extra}
    told = Told(
        paged("?page={}&per_page=2", how=how), params={"state": "op3n", "per_page": 2}, **extra
    )
    (text,) = told.texts
    assert "leaves out 'state', which was sent" in text
    assert "strategies.PageNumber('page')" in text
    assert "op3n" not in text
    assert 6 == len(told.rows)


@pytest.mark.parametrize(
    ("sent", "link", "pages"),
    [
        ({"state": "open"}, "?page={}", 3),
        ({"filter[owner]": "me"}, "?page={}&per_page=2", 2),
        ({"from": "2026-01-01"}, "/rows?page={}", 3),
        ({"tag": ["a", "b"]}, "?page={}&tag=a", 2),
        ({"q": "x", "kind": "y"}, "?page={}&q=x", 3),
    ],
)
@pytest.mark.parametrize("how", ["body", "header"])
def test_a_lost_filter_makes_the_end_doubtful(sent, link, pages, how):
    """Programs that cannot watch warnings are told as well: by doubts, and with strict."""
    answer = paged(link, how=how, pages=pages)
    told = Told(answer, params=sent)
    assert (False, told.texts) == (told.complete, [*told.doubts])
    with pytest.raises(InconsistentListing, match="leaves out"):
        Told(answer, params=sent, strict=True)


def test_a_kept_filter_leaves_the_end_certain():
    """Where the link has every parameter, strict has nothing to say."""
    told = Told(paged("?page={}&state=open"), params={"state": "open"}, strict=True)
    assert ((), True, 6) == (told.doubts, told.complete, len(told.rows))


def test_several_lost_filters():
    """All are named, wherever they stand in the request, and the parameter that counts rows."""
    told = Told(
        paged("?offset=2&page=3&limit=2", pages=2), url=f"{URL}?a=1", params={"b": ["x", "y"]}
    )
    (text,) = told.texts
    assert "leaves out 'a', 'b', which were sent" in text
    assert "strategies.Offset('offset')" in text


KEPT = "?state=open&page={}"


@pytest.mark.parametrize(
    ("sent", "link", "dropped"),
    [
        ("state=open", "page=2", ["state"]),
        ("filter[state]=open&page=1", "page=2", ["filter[state]"]),
        ("from=2026-01-01&page=1", "page=2&per_page=50", ["from"]),
        ("size=XL", "page[number]=2&page[size]=2", ["size"]),
        ("account_count=1", "p=2", ["account_count"]),
        ("tag=a&tag=b", "start=2", ["tag"]),
        ("state=open&sort=name", "state=open&skip=2", ["sort"]),
        # what the link has, under its own or another name, and what selects no rows
        ("state=open", "state=open&page=2", []),
        ("pageSize=2&orderBy=x", "page=2&order_by=x", []),
        ("filter[state]=open", "filter%5Bstate%5D=open&page=2", []),
        ("state=open", "f=open&page=2", []),
        ("per_page=2&limit=2&pageLimit=5&top=1", "page=2", []),
        ("page=1&offset=0&cursor=x&after=y", "page=2", []),
        ("state=&q=", "page=2", []),
        ("api_key=k&access_token=t&X-Signature=s", "page=2", []),
        ("total_required=true&$count=1&format=json", "page=2", []),
        # a token may stand for it
        ("state=open", "page_info=x&limit=2", []),
        ("state=open", "page=bookmark:x", []),
        ("state=open", "page=2&hash=x", []),
        ("state=open", "state=opened&page=2", []),
        ("since=2026-01-01", "since=2026-02-01&page=2", []),
        ("state=open", "state=c0ffee&page=2", []),
        ("state=open", "", []),
    ],
)
def test_what_a_link_leaves_out(sent, link, dropped):
    """Only what selects rows is missed, and only where no parameter could stand for it."""
    requests_ = [PageRequest("GET", f"{URL}?{query}") for query in (sent, link)]
    assert dropped == find_dropped_parameters(*requests_)


def test_a_link_to_another_path():
    """A path may hold a token as a query may."""
    sent = PageRequest("GET", URL, params={"state": "open"})
    assert [] == find_dropped_parameters(sent, PageRequest("GET", f"{URL}/c0ffee?page=2"))
    assert ["state"] == find_dropped_parameters(sent, PageRequest("GET", f"{URL}/?page=2"))


@pytest.mark.parametrize("link", [KEPT, "?cursor=c&page={}", "/rows?page={}&state=open&per_page=2"])
def test_a_kept_filter_is_quiet(link):
    """A link with the filter, or with a token, says nothing."""
    assert [] == Told(paged(link), params={"state": "open"}).texts


# Empty pages -------------------------------------------------------------------------------------


def counting(rows_by_page, *, link="?page={}", how="body", **beside):
    """Pages of the given rows that link on for ever."""

    def answer(method, path, query, body):
        number = int(query.get("page", query.get("cursor", 1)))
        rows = rows_by_page.get(number, [])
        target = link.format(number + 1)
        if how == "header":
            return 200, {"Link": f'<{target}>; rel="next"'}, rows
        return {"rows": rows, "next": target, **beside}

    return answer


ONE, TWO = [{"id": 1}, {"id": 2}], [{"id": 3}]


@pytest.mark.parametrize("how", ["body", "header"])
@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("extra", [{}, {"prefetch": 4}])
def test_links_that_count_for_ever(how, is_named, extra):
    """After a hundred empty pages in a row, a link that only counts is the end, with a doubt."""
    if is_named:
        extra = {"strategy": LinkHeader("") if how == "header" else NextLink(items="rows"), **extra}
    told = Told(counting({1: ONE, 2: TWO}, how=how), **extra)
    assert (ONE + TWO, False) == (told.rows, told.complete)
    assert "goes on linking to pages without rows" in " ".join(told.texts)
    assert 102 <= len(told.asked) <= 102 + extra.get("prefetch", 0)


def test_a_reached_total_ends_a_link_for_ever():
    """One empty page is enough where the total is reached."""
    told = Told(counting({1: ONE, 2: TWO}, total=3))
    assert (ONE + TWO, [], 3) == (told.rows, told.texts, len(told.asked))


FILTERED = {1: ONE, 2: [], 3: [], 4: TWO, 5: []}


@pytest.mark.parametrize(
    ("link", "how"),
    [
        ("?page={}", "body"),
        ("?page={}&per_page=2", "header"),
        ("/rows?limit=2&page={}", "body"),
        ("?page={}&start=0", "body"),
        ("?page={}&pageSize=2", "header"),
    ],
)
@pytest.mark.parametrize("pages", [FILTERED, {1: [], 2: [], 3: [], 4: ONE, 5: TWO}])
@pytest.mark.parametrize("is_named", [True, False])
def test_a_counted_link_over_empty_pages(link, how, pages, is_named):
    """Rows that the caller may not see leave empty pages, and the link after them is followed."""
    linked = counting(pages, link=link, how=how)

    def answer(method, path, query, body):
        told = linked(method, path, query, body)
        if query.get("page") != "5":
            return told
        return (200, {}, told[2]) if how == "header" else {**told, "next": None}

    strategy = LinkHeader("") if how == "header" else NextLink(items="rows")
    told = Told(answer, **({"strategy": strategy} if is_named else {}))
    assert (ONE + TWO, [], True) == (told.rows, told.texts, told.complete)


@pytest.mark.parametrize(
    ("rows", "link", "beside"),
    [
        ({1: ONE, 3: TWO}, "?page={}", {}),  # a filter that no row of a page passes
        ({1: ONE, 4: TWO}, "?cursor={}", {"has_more": None}),
        ({1: ONE, 5: TWO}, "?page={}", {"total": 3}),
        ({2: ONE, 3: TWO}, "?page={}", {}),
    ],
)
def test_empty_pages_in_the_middle(rows, link, beside):
    """Empty pages are no end, be it under a number, under a token or before the total is reached."""
    pages = {**{number: [] for number in range(1, 6)}, **rows}
    ended = counting(pages, link=link, **beside)

    def answer(method, path, query, body):
        told = ended(method, path, query, body)
        number = int(query.get("page", query.get("cursor", 1)))
        return told if number < 5 else {**told, "next": None}

    assert ONE + TWO == Told(answer, strategy=NextLink(items="rows", total="total")).rows


def test_a_flag_goes_on_through_empty_pages():
    """Where a flag says that more follow, empty pages are read."""

    def answer(method, path, query, body):
        number = int(query.get("page", 1))
        rows = {1: ONE, 5: TWO}.get(number, [])
        return {"rows": rows, "next": f"?page={number + 1}", "has_more": number < 5}

    assert ONE + TWO == Told(answer).rows


# Links that ask for another method ---------------------------------------------------------------


def searched(link, *, allow="GET, HEAD"):
    """A search by POST, whose later pages are at another path and want GET."""

    def answer(method, path, query, body):
        if path != "/rows" or query:
            if method != "GET":
                return 405, {"Allow": allow} if allow else {}, {"message": "no"}
            number = int(query["page"])
        else:
            number = 1
        rows = {1: ONE, 2: TWO}.get(number, [{"id": 4}])
        return {"rows": rows, "next": link.format(number + 1) if number < 3 else None}

    return answer


@pytest.mark.parametrize("extra", [{}, {"prefetch": 4}, {"strategy": NextLink(items="rows")}])
@pytest.mark.parametrize("link", ["/rows/more?page={}&t=x", "?page={}&t=x"])
def test_a_link_that_wants_get_after_a_post(extra, link):
    """405 with Allow: GET says so; the method is then that of all later pages."""
    told = Told(searched(link), "POST", json={"q": "x"}, **extra)
    assert [*ONE, *TWO, {"id": 4}] == told.rows
    assert [] == told.texts
    methods = [(method, body) for method, _, _, body in told.asked]
    assert [("POST", {"q": "x"}), ("POST", {"q": "x"}), ("GET", None), ("GET", None)] == methods


def test_a_link_by_get_that_loses_the_body():
    """What the body of the POST asked for is lost with a link that only counts, and that is told."""
    (text,) = Told(searched("?page={}"), "POST", json={"state": "open", "limit": 2}).texts
    assert "leaves out 'state'" in text


@pytest.mark.parametrize("allow", ["", "PUT", "DELETE, POST"])
def test_a_refused_method(allow):
    """Without GET among the allowed methods, 405 is an error as any other."""
    with pytest.raises(PageFailed, match="405"):
        Told(searched("/more?page={}", allow=allow), "POST", json={})


def test_another_method_is_refused_for_the_same_url():
    """A 405 of the caller's own URL, or of another method than POST, changes nothing."""

    def only_by_get(method, *_):
        return ONE if method == "GET" else (405, {"Allow": "GET"}, {})

    for method in ("POST", "PUT"):
        with pytest.raises(PageFailed, match="405"):
            Told(only_by_get, method, json={})
    with pytest.raises(PageFailed, match="405"):
        Told(searched("/more?page={}&t=x"), "PUT", json={})


# Links with a body -------------------------------------------------------------------------------


def stac(*, merges, method="POST", path="/rows/more"):
    """Pages whose link has a body."""

    def answer(asked, at, query, body):
        sent = body or query
        assert "c" == sent["set"]
        number = int(sent.get("token", 1))
        link = {"rel": "next", "href": path, "method": method}
        token = {"token": number + 1}
        if method.upper() == "GET":
            link["href"] += f"?set=c&token={number + 1}"
        else:
            link |= {"body": token, "merge": True} if merges else {"body": {**body, **token}}
        rows = {1: ONE, 2: TWO}.get(number, [{"id": 4}])
        return {"features": rows, "links": [{"rel": "self", "href": URL}, *[link][: number < 3]]}

    return answer


@pytest.mark.parametrize("merges", [True, False])
@pytest.mark.parametrize("method", ["POST", "post", "GET", "get"])
@pytest.mark.parametrize("path", ["/rows", "/rows/more", "?a=b"])
@pytest.mark.parametrize("extra", [{}, {"prefetch": 4}, {"strategy": dialects.OGC_API_FEATURES}])
def test_a_link_with_a_body(merges, method, path, extra):
    """The body of a link is sent, merged or instead of the page's own; a link may want GET."""
    path = path if method.upper() == "POST" else path.partition("?")[0] or "/rows"
    told = Told(stac(merges=merges, method=method, path=path), "POST", json={"set": "c"}, **extra)
    assert [*ONE, *TWO, {"id": 4}] == told.rows
    assert [method.upper()] * 2 == [asked[0] for asked in told.asked[1:]]


@pytest.mark.parametrize(
    "answer", [stac(merges=True), stac(merges=False, method="GET"), searched("/m?page={}&t=x")]
)
@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_resuming_such_a_listing(answer, stop):
    """A checkpoint after each row goes on with the method and body of its page."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for verb in ("GET", "POST"):
            mock.add_callback(verb, re.compile(".*"), lambda request: Told._respond(told, request))
        told = object.__new__(Told)
        told.asked, told.answer = [], answer
        listing = request_all("POST", URL, session=requests.Session(), json={"set": "c"})
        rows = [next(listing) for _ in range(stop)]
        point = listing.checkpoint()
        rows += request_all(
            "POST", URL, session=requests.Session(), json={"set": "c"}, resume=point
        )
    assert [*ONE, *TWO, {"id": 4}] == rows


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_no_link_makes_a_get_write(method):
    """A listing by GET sends no body and no other method because a page says so."""

    def answer(*_):
        return {"rows": ONE, "next": {"href": "/rows", "method": method, "body": {"a": 1}}}

    with pytest.raises(UnsafeLink, match="asks for"):
        Told(answer)


# Other ways to lose a filter ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "link", "dropped"),
    [
        # no value, another word, fewer values
        ("kind=debit", "?kind=&page=2", ["kind"]),
        ("kind=debit&page=1", "?page=2&kind=all", ["kind"]),
        ("tag=red&tag=blue", "?tag=red&start=2", ["tag"]),
        ("ids[]=4&ids[]=5&ids[]=6", "?ids[]=4&ids[]=6&page=2", ["ids[]"]),
        ("ids=4,5,6", "?ids=4,6&page=2", ["ids"]),
        ("tag=red,blue", "?tag=blue&start=2", ["tag"]),
        ("ids=4%2C5", "?page=2&ids=5", ["ids"]),
        # in the path
        ("kind=debit", "/page/2", ["kind"]),
        ("kind=debit&limit=2", "/p/2?limit=2", ["kind"]),
        ("kind=debit", "/seite/2/", ["kind"]),
        # beside what the server adds
        ("kind=debit", "?page=2&sort_by=date", ["kind"]),
        ("kind=debit", "?page=2&order=desc&direction=down", ["kind"]),
        ("kind=debit", "?page=2&_=1730000000000", ["kind"]),
        ("kind=debit", "?page=2&totalCount=60", ["kind"]),
        # kept, or a token may stand for it
        ("kind=debit", "?kind=DEBIT&page=2&order=asc", []),
        ("tag=red&tag=blue", "?tag=red&tag=blue&start=2", []),
        ("tag=red&tag=blue", "?tag=red%2Cblue&start=2", []),
        ("ids=4,5,6", "?ids=4,5,6&page=2", []),
        ("ids=4,5", "?ids=5,4&page=2", []),
        ("range=4,5", "?range=6,7&page=2", []),
        ("kind=debit", "/page/2?kind=debit", []),
        ("kind=debit", "/items/2", []),
        ("kind=debit", "/page/2?key=f00", []),
        ("kind=debit", "?page=2&order=YWJj9", []),
        ("kind=debit", "?page=2&_=abc", []),
        ("limit=2&page=1", "/page/2", []),
        ("from=2026-01-01", "?from=2026-01-05&page=2", []),
        ("id=5", "?id=9&page=2", []),
    ],
)
def test_what_a_link_loses_in_other_ways(sent, link, dropped):
    """A filter may be emptied, changed or halved, and the number of the page be in the path."""
    requests_ = [PageRequest("GET", f"{URL}?{sent}"), PageRequest("GET", f"{URL}{link}")]
    assert dropped == find_dropped_parameters(*requests_)


def test_a_filter_that_the_second_link_loses():
    """It is told as if the first link had lost it, and once."""

    def answer(method, path, query, body):
        number = int(query.get("page", 1))
        link = f"?kind=debit&page={number + 1}" if number == 1 else f"?page={number + 1}"
        return {"rows": [{"id": number}], "next": link if number < 4 else None}

    (text,) = Told(answer, params={"kind": "debit"}).texts
    assert "leaves out 'kind', which was sent" in text
