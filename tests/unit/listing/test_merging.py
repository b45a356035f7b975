"""What a merged response holds: the envelope, its closed continuation, and the rows' bytes."""

from __future__ import annotations

import gzip
import io
import json
import warnings
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from requests_paginate import Page, PageRequest, PaginatingAdapter, exceptions, strategies
from requests_paginate._listing import positions
from requests_paginate._paths import find_keys, read_path

URL = "https://api.test/rows"


class Server(HTTPAdapter):
    """Answers by `answer(query)`: a body, or a pair of it and of headers."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.asked = answer, []

    def send(self, request, *args, **options):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        self.asked.append(query)
        answer = self.answer(query)
        body, headers = answer if isinstance(answer, tuple) else (answer, {})
        status = headers.pop("status", 200) if headers else 200
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        raw = HTTPResponse(
            body=io.BytesIO(content),
            headers={"Content-Type": "application/json", **headers},
            status=status,
            preload_content=False,
        )
        return self.build_response(request, raw)


def get(answer, params=None, **options):
    """The response to a GET on a session with the adapter, and the server."""
    server = Server(answer)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", PaginatingAdapter(inner=server, retries=0, **options))
        return session.get(URL, params=params), server


def rows(page, size=2):
    return [{"id": number} for number in range((page - 1) * size, page * size)]


def number(query, name="page"):
    return int(query.get(name, 1))


ALL = rows(1) + rows(2) + rows(3)


def link(query):
    page = number(query)
    return f"{URL}?page={page + 1}" if page < 3 else None


# Each: what stands around the rows on a page, and what has to stand around all rows.
ENVELOPES = {
    "a link that is null": (
        lambda q: {"count": 6, "next": link(q), "results": rows(number(q))},
        {"count": 6, "next": None, "results": ALL},
    ),
    "a link that is left out": (
        lambda q: {"value": rows(number(q)), **({"@odata.nextLink": link(q)} if link(q) else {})},
        {"value": ALL},
    ),
    "an empty link": (
        lambda q: {"next": link(q) or "", "rows": rows(number(q))},
        {"next": "", "rows": ALL},
    ),
    "a link of HAL": (
        lambda q: {
            "_links": {"self": {"href": "/"}, **({"next": {"href": link(q)}} if link(q) else {})},
            "_embedded": {"rows": rows(number(q))},
        },
        {"_links": {"self": {"href": "/"}}, "_embedded": {"rows": ALL}},
    ),
    "a link of JSON:API": (
        lambda q: {"data": rows(number(q)), "links": {"next": link(q), "first": URL}},
        {"data": ALL, "links": {"next": None, "first": URL}},
    ),
    "a list of links": (
        lambda q: {
            "entry": rows(number(q)),
            "link": [{"relation": "self", "url": URL}]
            + ([{"relation": "next", "url": link(q)}] if link(q) else []),
        },
        {"entry": ALL, "link": [{"relation": "self", "url": URL}]},
    ),
    "a link in an object": (
        lambda q: {
            "results": rows(number(q)),
            "paging": {"next": {"link": link(q), "after": "x"}} if link(q) else {},
        },
        {"results": ALL, "paging": {}},
    ),
    "a number of pages": (
        lambda q: {"page": number(q), "total": 6, "totalPages": 3, "results": rows(number(q))},
        {"page": 1, "total": 6, "totalPages": 1, "results": ALL},
    ),
    "numbers in texts": (
        lambda q: {"page": str(number(q)), "total_pages": "3", "data": rows(number(q))},
        {"page": "1", "total_pages": "1", "data": ALL},
    ),
    "a flag of Spring": (
        lambda q: {
            "content": rows(number(q)), "number": number(q), "totalPages": 3, "totalElements": 6,
            "last": number(q) == 3,
        },
        {"content": ALL, "number": 1, "totalPages": 1, "totalElements": 6, "last": True},
    ),
    "a cursor with a flag": (
        lambda q: {
            "data": rows(number(q, "cursor")),
            "meta": {
                "has_more": number(q, "cursor") < 3,
                "next_cursor": str(number(q, "cursor") + 1) if number(q, "cursor") < 3 else None,
            },
        },
        {"data": ALL, "meta": {"has_more": False, "next_cursor": None}},
    ),
    "a cursor that stays": (
        lambda q: {
            "data": rows(number(q, "cursor")), "has_more": number(q, "cursor") < 3,
            "next_cursor": str(number(q, "cursor") + 1),
        },
        {"data": ALL, "has_more": False, "next_cursor": None},
    ),
    "a flag in a word": (
        lambda q: {"rows": rows(number(q)), "page": number(q), "hasMore": "YN"[number(q) == 3]},
        {"rows": ALL, "page": 1, "hasMore": "N"},
    ),
    "a page of Laravel": (
        lambda q: {
            "current_page": number(q), "data": rows(number(q)), "last_page": 3, "total": 6,
            "next_page_url": link(q),
        },
        {"current_page": 1, "data": ALL, "last_page": 1, "total": 6, "next_page_url": None},
    ),
    "a bare list": (
        lambda q: (rows(number(q)), {"X-Total-Pages": "3", "X-Page": str(number(q))}),
        ALL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("prefetch", [0, 3])
def test_the_continuation_is_closed(name, prefetch):
    """All rows stand in the first page's envelope, which ends as the API itself ends."""
    page, expected = ENVELOPES[name]
    response, server = get(page, prefetch=prefetch)
    assert expected == response.json()
    assert list(expected) == list(response.json())  # in the same order
    assert (3, 6) == (response.pagination.pages, response.pagination.rows)
    assert len(server.asked) in (3, 4)


def test_headers_are_closed():
    """Headers that count pages or lead on say that there is one page; all others stay."""

    def answer(query):
        page = number(query)
        links = [f'<{URL}?page=1>; rel="first"']
        if page < 3:
            links += [f'<{URL}?page={page + 1}>; rel="next"', f'<{URL}?page=3>; rel="last"']
        return rows(page), {
            "Link": ", ".join(links), "X-Total-Pages": "3", "X-Total": "6",
            "X-Next-Page": str(page + 1) if page < 3 else "", "X-Other": "kept",
            "X-Pagination": json.dumps({"TotalPages": 3, "HasNext": page < 3}),
            "Content-Length": str(len(json.dumps(rows(page)))),
        }  # fmt: skip

    response, _ = get(answer)
    assert ALL == response.json()
    assert {"first": {"url": f"{URL}?page=1", "rel": "first"}} == response.links
    assert "kept" == response.headers["X-Other"]
    assert ("1", "6") == (response.headers["X-Total-Pages"], response.headers["X-Total"])
    assert not response.headers.get("X-Next-Page")
    assert {"TotalPages": 1, "HasNext": False} == json.loads(response.headers["X-Pagination"])
    assert "Content-Length" not in response.headers


ROW = (
    b'{"n": 123456789012345678901234567890, "d":1.10 , "e":1E+2,"a":1,"a":2,'
    b'"\\u0069d":"\\u00e9\\/","s":"\xc3\xa9]}"}'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{ "results" : [', b'\n],"next":%b, "big": 1.50}'),
        (b'{"next":%b,"big":1.50,"results":[ ', b"]}"),
    ],
    ids=["before", "after"],
)  # fmt: skip
def test_rows_stay_the_bytes_they_came_in(before, after):
    """No number, no name and no escape of a row is written anew, nor a field beside them."""

    def answer(query):
        onward = b"null" if number(query) == 3 else b'"?page=%d"' % (number(query) + 1)
        around = [part.replace(b"%b", onward) for part in (before, after)]
        return (b'{"id":%d},' % number(query) + ROW).join(around)

    response, _ = get(answer)
    assert 3 == response.content.count(ROW)
    assert b"1.50" in response.content
    assert [1, 2, 3] == [row["id"] for row in response.json()["results"][::2]]


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "latin-1", "gbk"])
def test_another_charset_becomes_utf_8(charset):
    """A body in another charset is merged in UTF-8, and its headers say so."""

    def answer(query):
        text = '{"next": %s, "rows": [{"id": %d, "name": "%s", "d": 1.10}]}'
        onward = f'"?page={number(query) + 1}"' if number(query) < 3 else "null"
        name = "\u00e9" if charset != "gbk" else "\u4e2d"
        content = (text % (onward, number(query), name)).encode(charset)
        return content, {"Content-Type": f"application/json; charset={charset}; v=1"}

    response, _ = get(answer)
    assert [1, 2, 3] == [row["id"] for row in response.json()["rows"]]
    assert "utf-8" == response.encoding
    assert "application/json; charset=utf-8; v=1" == response.headers["Content-Type"]
    assert response.text.count("1.10") == 3
    assert json.loads(response.text) == response.json()


def compress(answer):
    def compressed(query):
        return gzip.compress(json.dumps(answer(query)).encode()), {"Content-Encoding": "gzip"}

    return compressed


def test_a_coding_is_gone():
    """A merged response is as long as it is, in no coding; `raw` gives it once more."""
    response, _ = get(compress(ENVELOPES["a link that is null"][0]))
    assert "Content-Encoding" not in response.headers
    assert ALL == response.json()["results"]
    assert response.content == response.raw.read()
    assert [response.content] == list(response.iter_content(2**20))


# Each: a body, and headers. The page is not one of many, or nobody can tell.
SINGLE = {
    "a resource": ({"id": 7, "name": "x", "tags": ["a"]}, {}),
    "a list that is whole": ({"count": 2, "next": None, "results": rows(1)}, {}),
    "a bare list": ([{"id": 1}], {}),
    "a text": (b"[1, 2", {"Content-Type": "text/plain"}),
    "HTML": (b"<html></html>", {"Content-Type": "text/html"}),
    "an image": (b"\x89PNG", {"Content-Type": "image/png"}),
    "nothing": (b"", {}),
    "no JSON": (b"{", {"Content-Type": "application/pdf"}),
    "NaN": (b'{"rows": NaN}', {}),
    "another status": ({"next": "?page=2", "results": rows(1)}, {"status": 203}),
    "an error": ({"error": {"message": "no"}, "next": "?page=2"}, {}),
    "white space": (b' { "results" : [ ] , "next" : null } ', {}),
}


@pytest.mark.parametrize("name", SINGLE)
def test_what_is_no_listing_passes(name):
    """One request is made, and body, status and headers are as they came."""
    body, headers = SINGLE[name]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response, server = get(lambda _: (body, dict(headers)))
    assert 1 == len(server.asked)
    assert (content, headers.get("status", 200)) == (response.content, response.status_code)
    assert (requests.Response, None) == (type(response), response.pagination)
    assert content == response.raw.read() or name in ("an image", "no JSON", "another status")


DOUBTFUL = {
    "a flag without a way": {"has_more": True, "data": [{"name": "x"}]},
    "a total": {"total": 900, "rows": [{"name": "x"}]},
    "a usual size": [{"name": str(n)} for n in range(100)],
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_cannot_be_told_passes_with_a_warning(name):
    """The page is passed on, and one warning says that it may not be whole; `strict` raises."""
    with pytest.warns(exceptions.PossiblyTruncated) as told:
        response, server = get(lambda _: DOUBTFUL[name])
    assert 1 == len(told)
    assert __file__ == told[0].filename
    assert response.pagination.doubts[0] in str(told[0].message)
    assert (DOUBTFUL[name], 1) == (response.json(), len(server.asked))
    with pytest.raises(exceptions.PaginationError):
        get(lambda _: DOUBTFUL[name], strict=True)


def numbered(query):
    page = number(query)
    return {"page": page, "totalPages": 3, "results": rows(page)}


def by_offset(query):
    return {"total": 6, "offset": number(query, "offset") if "offset" in query else 0,
            "items": ALL[int(query.get("offset", 0)) :][: int(query.get("limit", 2))]}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "params"),
    [
        (numbered, {"page": 1}), (numbered, {"page": 2}), (numbered, {"page": "3"}),
        (by_offset, {"offset": 0}), (by_offset, {"offset": 2, "limit": 2}),
        (ENVELOPES["a cursor with a flag"][0], {"cursor": 2}),
        (ENVELOPES["a link that is null"][0], {"page": 1}),
        (ENVELOPES["a link that is null"][0], {"page": 2}),
    ],
)  # fmt: skip
def test_who_names_a_position_pages_by_hand(answer, params):
    """A request with the parameter of a page, an offset or a cursor gets that page, as it is."""
    response, server = get(answer, params=params)
    plain = json.dumps(answer({name: str(value) for name, value in params.items()})).encode()
    assert (plain, 1) == (response.content, len(server.asked))


@pytest.mark.parametrize(
    ("answer", "params"),
    [
        (
            lambda query: {"object": "list", "url": "/rows", "has_more": True, "data": rows(2)},
            {"ending_before": "5"},
        ),
        (lambda query: (rows(2), {"Link": '<?max_id=2>; rel="next"'}), {"min_id": "1"}),
    ],
    ids=["Stripe", "Mastodon"],
)
def test_who_goes_backward_pages_by_hand(answer, params):
    """A page before a cursor is passed on, though it says that more follows: that lies behind."""
    response, server = get(answer, params=params)
    body = response.json()
    assert (rows(2), 1) == (body if response.links else body["data"], len(server.asked))


def test_what_is_newer_may_be_more_than_a_page():
    """`since_id` may be of a loop, or of code that wants all news: the page passes with a word."""
    with pytest.warns(exceptions.PossiblyTruncated, match="'since_id'"):
        response, _ = get(
            lambda _: (rows(2), {"Link": '<?max_id=2>; rel="next"'}), params={"since_id": "1"}
        )
    assert rows(2) == response.json()


@pytest.mark.parametrize(
    "params", [{"limit": 2}, {"page_size": 2, "since": "2026-01-01"}, {"q": ""}]
)
def test_other_parameters_are_kept(params):
    """A page size and a filter are no position: all pages are merged, each asked for with them."""
    response, server = get(numbered, params=params)
    assert ALL == response.json()["results"]
    assert [{n: str(v) for n, v in params.items()}] * 3 == [
        {n: v for n, v in asked.items() if n != "page"} for asked in server.asked
    ]


def test_a_filter_that_the_server_rewrites_is_told():
    """A parameter of no known name that the next link changes may be a position: that is told."""

    def answer(query):
        return {"next": "?day=2026-01-01T00:00&page=2", "results": rows(1)}

    with pytest.warns(exceptions.PossiblyTruncated, match="'day'"):
        _, server = get(answer, params={"day": "2026-01-01"})
    assert 1 == len(server.asked)


def test_a_given_strategy_that_does_not_fit_is_left_aside():
    """Another list of the same API is merged by what its own page says, and a resource passes."""
    pluggy = strategies.PageNumber("page", total_pages="totalPages", items="results")
    for name in ("a number of pages", "a link of JSON:API", "a bare list"):
        page, expected = ENVELOPES[name]
        response, _ = get(page, strategy=pluggy)
        assert expected == response.json()
    response, server = get(lambda _: {"id": 1, "name": "x"}, strategy=pluggy)
    assert ({"id": 1, "name": "x"}, 1) == (response.json(), len(server.asked))


def test_a_named_list_is_merged():
    """`items=` says which of two lists holds the rows; the other one stays."""

    def answer(query):
        return {"next": link(query), "alpha": rows(number(query)), "beta": [{"id": 9}]}

    with pytest.warns(exceptions.PossiblyTruncated, match="alpha.*beta"):
        get(answer)
    response, _ = get(answer, items="alpha")
    assert {"next": None, "alpha": ALL, "beta": [{"id": 9}]} == response.json()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"model": dict}, "model"), ({"key": "id"}, "key"), ({"resume": "x"}, "resume"),
        ({"max_pages": 3}, "max_pages"), ({"decode": json.loads}, "decode"),
        ({"items": len}, "items"), ({"strategy": strategies.NextLink("next", items=len)}, "items"),
        ({"strategy": "pluggy"}, "dialects.PLUGGY"), ({"prefetch": "2"}, "prefetch"),
        ({"inner": 5}, "inner"), ({"max_items": "5"}, "max_items"), ({"page_size": 5}, "page_size"),
    ],
)  # fmt: skip
def test_options_are_checked_at_once(options, named):
    """What makes no sense here is a TypeError at the call, which names it."""
    with pytest.raises(TypeError, match=named):
        PaginatingAdapter(**options)


@pytest.mark.parametrize(
    ("options", "named"),
    [({"max_items": 5}, "max_items"), ({"max_bytes": 50, "max_page_bytes": 999}, "max_bytes")],
)
def test_too_much_raises(options, named):
    """Beyond a bound nothing is returned; the error names the bound, get_all, and no part."""
    with pytest.raises(exceptions.PageTooLarge, match=rf"(?s){named}.*get_all") as caught:
        get(ENVELOPES["a link of JSON:API"][0], **options)
    assert (0, True) == (caught.value.items_yielded, caught.value.checkpoint is not None)


def test_a_total_beyond_the_bound_raises_at_once():
    """Where the first page tells that there is too much, no other one is asked for."""
    asked = []

    def answer(query):
        asked.append(query)
        return {"count": 100_001, "next": "?page=2", "results": rows(1)}

    with pytest.raises(exceptions.PageTooLarge, match="100001 rows"):
        get(answer)
    assert 1 == len(asked)


def test_a_bound_that_is_met_is_no_error():
    """Exactly as many rows as allowed are merged."""
    response, _ = get(ENVELOPES["a link of JSON:API"][0], max_items=6)
    assert ALL == response.json()["data"]


@pytest.mark.parametrize(
    ("body", "path", "keys"),
    [
        ({"a": {"b": 1}}, "a.b", ("a", "b")),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", ("a.b",)),
        ({"a": {"b.c": 1}}, "a.b.c", ("a", "b.c")),
        ({"a": {}}, "a.b.c", ("a", "b", "c")),
        ({}, "a.b", ("a", "b")),
        ([{}, {"rows": []}], "1.rows", (1, "rows")),
        ([], "", ()),
        ({"of": [{"rel": "self"}, {"rel": "next", "href": "/"}]}, "of[rel=next].href", ("of", 1)),
        ({"links": [{"prev": "/"}, {"next": "/2"}]}, "links[next]", ("links", 1)),
    ],
)  # fmt: skip
def test_a_path_leads_through_these_keys(body, path, keys):
    """The keys lead where the path does, and on by its names where nothing stands."""
    assert keys == find_keys(body, path)
    if (found := read_path(body, path)) is not None and "[" not in path:
        node = body
        for key in keys:
            node = node[key] if isinstance(node, list) else node.get(key, {})
        assert found is node or not found or node == {}


def test_an_empty_page_gets_its_list():
    """Where the first page leaves out or nulls its empty list, the rows of the others go there."""
    for empty in ({}, {"rows": None}, {"data": {}}):
        path = "data.rows" if "data" in empty else "rows"

        def answer(query, empty=empty, path=path):
            page = number(query)
            given = {"data": {"rows": rows(page)}} if path == "data.rows" else {"rows": rows(page)}
            return {"next": link(query), **(empty if page == 1 else given)}

        response, _ = get(answer, strategy=strategies.NextLink("next", items=path))
        assert rows(2) + rows(3) == read_path(response.json(), path)


def test_json_takes_the_options_of_requests():
    """`json(parse_float=...)` is that of requests, and collection is as before."""
    response, _ = get(ENVELOPES["a link of JSON:API"][0])
    assert {str} == {type(row["id"]) for row in response.json(parse_int=str)["data"]}
    with warnings.catch_warnings():
        assert response.json() == json.loads(response.content)


def test_a_loop_that_gets_rows_again_is_told():
    """A first request without an offset gets all rows; a later one with an offset is warned of."""
    server = Server(by_offset)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", PaginatingAdapter(inner=server))
        session.get(URL, params={"limit": 2, "offset": 2})  # nothing was merged yet
        assert ALL == session.get(URL, params={"limit": 2}).json()["items"]
        session.get(URL, params={"limit": 3, "offset": 2})  # another listing
        with pytest.warns(exceptions.PaginationWarning, match="'offset' in its first request"):
            assert ALL[2:4] == session.get(URL, params={"limit": 2, "offset": 2}).json()["items"]
        for offset in (0, 2, 4):  # this loop begins as it should
            session.get(URL, params={"limit": 2, "offset": offset})


def test_few_merged_listings_are_remembered():
    """What is remembered of merged listings has a bound."""
    merged = positions.MergedListings()
    asked = [PageRequest("GET", f"{URL}?a={number}") for number in range(150)]
    for request in asked:
        merged.add(Page(request=request, next=request.with_param("page", 2)))
    second = positions.Position("page", 2, is_sure=True)
    assert 100 == sum(merged.holds(request, second) for request in asked)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"status": "ok"}, {"version": "1.2", "build": 7}, {"count": 5}, {"total": 7},
        {"access_token": "a", "refresh_token": "b", "expires_in": 3600},
        {"dcim": "/api/dcim/", "ipam": "/api/ipam/"}, {"user_url": "https://api.test/u{/id}"},
        {"data": {"level": 3}}, {"tags": ["a"], "roles": ["b"]}, "text", 5, None,
    ],
)  # fmt: skip
def test_what_is_no_list_passes_in_silence(body):
    """An object or a value without a list, or a sign of one, is of something else."""
    response, server = get(lambda _: json.dumps(body).encode())
    assert (body, 1, None) == (response.json(), len(server.asked), response.pagination)


def paged(**around):
    """Three pages that lead on by a link, with something of their own around the rows."""
    return lambda query: {"next": link(query), "results": rows(number(query)), **around}


# Each: what stands on a page beside its link, and what has to stand on the whole.
BESIDE = {
    "a link in an object of another name": (
        lambda q: {"pagination": {"urls": {"next": link(q), "self": URL} if link(q) else {}}},
        {"pagination": {"urls": {"self": URL}}},
    ),
    "the token of the link": (
        lambda q: {"bookmark_of_this": f"token-{number(q)}", "following": token(q)},
        {"bookmark_of_this": "token-1", "following": None},
    ),
    "a number of pages of another name": (
        lambda _: {"last_visible_page": 3, "chapters": 3, "book": {"pages": 300}},
        {"last_visible_page": 1, "chapters": 3, "book": {"pages": 300}},
    ),
    "a link to the last page": (
        lambda _: {"links": {"first": f"{URL}?page=1", "last": f"{URL}?page=3"}},
        {"links": {"first": f"{URL}?page=1", "last": f"{URL}?page=1"}},
    ),
    "objects of links": (
        lambda _: {"_links": {"first": {"href": f"{URL}?page=1"}, "last": {"href": "?page=3"}}},
        {"_links": {"first": {"href": f"{URL}?page=1"}, "last": {"href": f"{URL}?page=1"}}},
    ),
    "a link to the last page alone": (
        lambda _: {"lastPageUrl": f"{URL}?page=3"}, {"lastPageUrl": None},
    ),
    "a list of links": (
        lambda _: {"link": [{"rel": "last", "href": "/rows?page=3"}, {"rel": "up", "href": "/"}]},
        {"link": [{"rel": "up", "href": "/"}]},
    ),
    "the number of rows of a page": (lambda q: {"count": len(rows(number(q)))}, {"count": 6}),
    "what is the same on all pages": (
        lambda _: {"summary": {"more": "see below", "page_token": "z"}, "limit": 2, "x": None},
        {"summary": {"more": "see below", "page_token": "z"}, "limit": 2, "x": None},
    ),
}  # fmt: skip


def token(query):
    return f"token-{number(query) + 1}" if number(query) < 3 else None


@pytest.mark.parametrize("name", BESIDE)
def test_what_leads_on_beside_the_link_is_closed_too(name):
    """By its value, whatever it is called; what only looks like pagination stays."""
    beside, expected = BESIDE[name]

    def answer(query):
        page = {"next": link(query), "results": rows(number(query)), **beside(query)}
        if "following" in page and page["next"]:
            page["next"] += f"&cursor={token(query)}"
        return page

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.PossiblyTruncated)  # of 300 pages of a book
        response, _ = get(answer)
    assert {"next": None, "results": ALL, **expected} == response.json()


def test_a_validator_of_one_page_is_none_of_the_whole():
    """ETag and Last-Modified of the first page are gone, and other headers stay."""
    headers = {"ETag": '"1"', "Last-Modified": "Sun, 29 Nov 2026 00:00:00 GMT", "X-Other": "kept"}
    response, _ = get(lambda query: (paged()(query), dict(headers)))
    assert {"X-Other": "kept", "Content-Type": "application/json"} == dict(response.headers)


# Each: a first page, and what every other request gets. The page is of something else.
GUESSES = {
    "a book": ({"page": 1, "pages": 300, "chapters": ["a", "b"]}, None),
    "a quiz": ({"question": "?", "choices": ["a", "b"], "has_next": True, "page": 1}, None),
    "a date": ({"next": "2024-01-02", "days": [1, 2, 3]}, None),
    "a cursor of no use": ({"cursor": "abc", "data": [{"id": 1}], "has_more": True}, None),
    "a parameter that is refused": (
        {"next_cursor": "abc", "data": [{"id": 1}]}, ({"error": "unknown"}, {"status": 400})
    ),
    "a page of another kind": (
        {"next": "?page=2", "messages": ["hi"]}, (b"<html>", {"Content-Type": "text/html"})
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GUESSES)
def test_a_guess_that_the_second_page_refutes_is_a_doubt(name):
    """The first page is passed on with a warning; with `strict` it is an error."""
    first, others = GUESSES[name]
    asked = []

    def answer(_):
        asked.append(1)
        return first if len(asked) == 1 or others is None else others

    with pytest.warns(exceptions.PossiblyTruncated):
        response, _ = get(answer)
    assert first == response.json()
    asked.clear()
    with pytest.raises(exceptions.PaginationError):
        get(answer, strict=True)


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_link_that_fails_is_an_error(status):
    """A page that the server itself links to is no guess."""

    def answer(query):
        return paged()(query) if number(query) == 1 else ({}, {"status": status})

    with pytest.raises(exceptions.PageFailed, match=str(status)):
        get(answer)


@pytest.mark.parametrize(
    "strategy",
    [
        strategies.NextLink("next"), strategies.LinkHeader(), strategies.Cursor("cursor"),
        strategies.Offset("offset", total="total"), strategies.LastItem("after", more="has_more"),
        strategies.PageNumber("nr", total_pages="totalPages"),
    ],
)  # fmt: skip
def test_any_strategy_that_does_not_fit_is_left_aside(strategy):
    """Whether its first page is a last one, or its second page comes again: it is detected."""
    response, _ = get(ENVELOPES["a number of pages"][0], strategy=strategy)
    assert ALL == response.json()["results"]


@pytest.mark.parametrize("odd", [b"NaN", b"1e400", b'"\n"', b'"\xff"'])
def test_a_first_page_that_python_alone_reads_is_doubtful(odd):
    """It is passed on, and that more follows is told; `strict` raises."""
    body = b'{"next": "?page=2", "results": [{"id": %b}]}' % odd
    with pytest.warns(exceptions.PossiblyTruncated):
        response, _ = get(lambda _: body)
    assert body == response.content
    with pytest.raises(exceptions.PaginationError):
        get(lambda _: body, strict=True)


def test_half_of_a_surrogate_pair_is_an_error_of_requests():
    """What cannot be merged says so, and names get_all."""
    body = b'{"next": %b, "results": [{"s": "\\ud800"}]}'
    with pytest.raises(exceptions.MalformedPage, match="get_all"):
        get(lambda q: body % (b"null" if number(q) == 2 else b'"?page=2"'))


@pytest.mark.parametrize(
    ("path", "following"),
    [
        ("rows/page/1", "/rows/page/2"),
        ("chapters/1", "/chapters/2"),
        ("query/a1-2000", "/query/a1-4000"),
    ],
)
def test_a_position_in_the_path_counts(path, following):
    """A path in which the next one has another part is that of a caller who pages by hand."""
    server = Server(lambda _: {"next": following, "results": rows(1)})
    with requests.Session() as session, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        session.mount("https://", PaginatingAdapter(inner=server))
        assert rows(1) == session.get(f"https://api.test/{path}").json()["results"]
    assert (1, path.startswith("query")) == (len(server.asked), bool(told))


def test_a_body_that_is_read_once_lets_the_first_page_pass():
    """What nobody can send again asks for no further page, and that is told."""
    server = Server(paged())
    with requests.Session() as session:
        session.mount("https://", PaginatingAdapter(inner=server))
        with pytest.warns(exceptions.PossiblyTruncated, match="only once"):
            assert rows(1) == session.get(URL, data=iter([b"a=1"])).json()["results"]
    assert 1 == len(server.asked)


# Bodies of real kinds, whose values look like pagination: (page 1, page 2, what has to stand).
LOOKALIKES = {
    "filters that the link spells out": (
        {"next": "?page=2&account=acc-1&from=2026-01-01", "account": "acc-1", "from": "2026-01-01"},
        {"next": None, "account": "acc-1", "from": "2026-01-01"},
        {"next": None, "account": "acc-1", "from": "2026-01-01"},
    ),
    "links of other resources": (
        {"next": "?page=2", "related": {"all": "/invoices?page=2", "last": "/invoices?page=9"}},
        {"next": None, "related": {"all": "/invoices?page=2", "last": "/invoices?page=9"}},
        {"next": None, "related": {"all": "/invoices?page=2", "last": "/invoices?page=9"}},
    ),
    "documents": (
        {"next": "?page=2", "documents": [{"rel": "last", "href": "/a.pdf"}]},
        {"next": None, "documents": [{"rel": "last", "href": "/a.pdf"}]},
        {"next": None, "documents": [{"rel": "last", "href": "/a.pdf"}]},
    ),
    "amounts and days": (
        {"next": "?page=2", "final_balance": 2, "max_overdraft": 2, "per_page": 2, "days": 2},
        {"next": None, "final_balance": 2, "max_overdraft": 2, "per_page": 2, "days": 2},
        {"next": None, "final_balance": 2, "max_overdraft": 2, "per_page": 2, "days": 2},
    ),
    "a next page of a list of two": (
        {"page": 1, "next_page": 2, "total_pages": 2},
        {"page": 2, "next_page": None, "total_pages": 2},
        {"page": 1, "next_page": None, "total_pages": 1},
    ),
    "Salesforce": (
        {"nextRecordsUrl": "/rows?page=2", "done": False, "totalSize": 4},
        {"done": True, "totalSize": 4}, {"done": True, "totalSize": 4},
    ),
    "what remains": (
        {"next_offset": 2, "remaining": 2}, {"next_offset": None, "remaining": 0},
        {"next_offset": None, "remaining": 0},
    ),
    "a page count that is too large": (
        {"page": 1, "total_pages": 4, "next": "?page=2"},
        {"page": 2, "total_pages": 4, "next": None},
        {"page": 1, "total_pages": 1, "next": None},
    ),
    "an empty name": (
        {"next": "?page=2", "": {"x": 1}},
        {"next": None, "": {"x": 1}},
        {"next": None, "": {"x": 1}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKALIKES)
def test_what_only_looks_like_pagination_stays(name):
    """And what is pagination is closed, as the last page closes it."""
    first, last, expected = LOOKALIKES[name]

    def answer(query):
        is_first = not query
        return {**(first if is_first else last), "records": rows(1 if is_first else 2)}

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.PossiblyTruncated)
        response, _ = get(answer)
    assert {**expected, "records": rows(1) + rows(2)} == response.json()


def test_lists_beside_the_rows_are_told():
    """What other pages include beside their rows is not in the whole, and that is told."""
    with pytest.warns(exceptions.PossiblyTruncated, match="'included'"):
        response, _ = get(lambda q: {**paged()(q), "included": [{"id": number(q)}]})
    assert (ALL, [{"id": 1}]) == (response.json()["results"], response.json()["included"])
    assert "'included'" in response.pagination.doubts[0]


@pytest.mark.parametrize(
    "second", [(b"<html>", {"Content-Type": "text/html"}), {"error": "no"}, ({}, {"status": 404})]
)
@pytest.mark.parametrize(
    "options", [{}, {"strategy": strategies.PageNumber("page", total_pages="pages", items="rows")}]
)
def test_a_second_page_that_fails_raises(second, options):
    """Of a list whose strategy is given, or that a link leads on, no part is returned."""

    def answer(query):
        if number(query) == 1:
            return {"rows": rows(1), "count": 4, "pages": 2, "next": "?page=2"}
        return second

    with pytest.raises(exceptions.PaginationError):
        get(answer, **options)


def test_a_doubt_of_a_given_strategy_stays():
    """Where detection merges nothing, what the given strategy doubts is told, or raised."""
    strategy = strategies.NextLink("next", total="stats.all", items="rows")
    body = {"rows": rows(1), "next": None, "stats": {"all": 500}}
    with pytest.warns(exceptions.PossiblyTruncated, match="500"):
        get(lambda _: body, strategy=strategy)
    with pytest.raises(exceptions.InconsistentListing, match="500") as caught:
        get(lambda _: body, strategy=strategy, strict=True)
    assert caught.value.checkpoint
    assert URL in str(caught.value)


def test_lists_among_which_nobody_can_choose_are_told():
    """PSD2's booked and pending transactions: nobody knows which are the rows, and more follow."""
    listed = {"booked": [{"a": 1}], "pending": [{"a": 2}], "_links": {"next": {"href": "?page=2"}}}
    body = {"account": {"iban": "x"}, "transactions": listed}
    with pytest.warns(exceptions.PossiblyTruncated):
        response, _ = get(lambda _: body)
    assert body == response.json()


def test_another_name_for_the_same_path_is_no_position():
    """GitHub's links name an organization by its number; the page number is in the query."""

    def answer(query):
        onward = f'<https://api.test/organizations/7/repos?page={number(query) + 1}>; rel="next"'
        return rows(number(query)), {"Link": onward} if number(query) < 3 else {}

    server = Server(answer)
    with requests.Session() as session:
        session.mount("https://", PaginatingAdapter(inner=server))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.PaginationWarning)
            assert ALL == session.get("https://api.test/orgs/x/repos").json()


@pytest.mark.parametrize(
    ("strategy", "around"),
    [
        (strategies.LastItem("after", key="uid", more="left", items="rows"), {"left": True}),
        (strategies.NextLink("nxt", items="rows"), {"nxt": 5}),
        (strategies.PageNumber("page", total_pages="pgs", items="rows"), {"pgs": "many"}),
    ],
)
def test_a_given_strategy_that_cannot_read_its_page_is_told(strategy, around):
    """Where its rows are, and what leads on cannot be read, that is a doubt."""
    body = {"rows": [{"name": "x"}, {"name": "y"}], **around}
    with pytest.warns(exceptions.PossiblyTruncated):
        response, _ = get(lambda _: body, strategy=strategy)
    assert body == response.json()
    with pytest.raises(exceptions.InconsistentListing):
        get(lambda _: body, strategy=strategy, strict=True)
