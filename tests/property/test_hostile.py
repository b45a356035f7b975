"""Hostile servers, links and tokens: our own errors only, nothing to strangers, no row lost."""

from __future__ import annotations

import copy
import io
import itertools
import json
import pickle
import re
import timeit
import tracemalloc
import warnings
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from requests_paginate import dialects, request_all
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import (
    InvalidCheckpoint,
    MalformedPage,
    PaginationError,
    PaginationWarning,
    UnsafeLink,
)
from requests_paginate.sandbox import Request
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    SinglePage,
    Strategy,
)
from tests.property.test_dialects import DIALECTS as SANDBOX
from tests.replay import DIALECTS as RECORDED
from tests.unit.listing.test_checkpoint import content, sealed

URL = "https://api.test/rows"
STRANGER = "https://files.test"
SECRET = "s3cr3tvalue"
MOST_PAGES = 4
MOST_REQUESTS = 60  # of a listing of so many pages, with the names that it tries


def unhurried(examples: int) -> settings:
    """The same examples every time, so that a failure is nobody's luck."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


# The wire ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a server says to one request."""

    content: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    reset_after: int | None = None  # bytes of the body


class Body(io.BytesIO):
    """A body whose connection may break in the middle."""

    def __init__(self, content: bytes, reset_after: int | None) -> None:
        super().__init__(content if reset_after is None else content[:reset_after])
        self.is_cut = reset_after is not None

    def read1(self, size: int | None = -1) -> bytes:
        chunk = super().read1(-1 if size is None else size)
        if not chunk and self.is_cut:
            raise ConnectionResetError("reset")
        return chunk

    def read(self, size: int | None = -1) -> bytes:
        return self.read1(size)


class Wire(BaseAdapter):
    """Answers without a socket, and remembers what was sent."""

    def __init__(self, answer: Callable[[int, requests.PreparedRequest], Answer]) -> None:
        super().__init__()
        self.answer = answer
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        _as_written(request)
        self.sent.append(request)
        answer = self.answer(len(self.sent) - 1, request)
        raw = HTTPResponse(
            Body(answer.content, answer.reset_after),
            headers=answer.headers,
            status=answer.status,
            reason="Because",
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return HTTPAdapter.build_response(self, request, raw)

    def close(self) -> None:
        """Nothing is open."""


def _as_written(request: requests.PreparedRequest) -> None:
    """Fails where http.client fails: it writes a URL in ASCII and headers in Latin-1."""
    str(request.url).encode("ascii")
    for name, value in request.headers.items():
        _ = name.encode("ascii"), value.encode("latin-1") if isinstance(value, str) else value


def connected(answer: Callable[[int, requests.PreparedRequest], Answer]) -> requests.Session:
    """A session with credentials of every kind, whose every request the answer gets."""
    session = requests.Session()
    session.trust_env = False
    session.headers["X-Api-Key"] = SECRET
    session.auth = ("user", SECRET)
    session.cookies.set("session", SECRET)
    wire = Wire(answer)
    session.mount("https://", wire)
    session.mount("http://", wire)
    return session


def sent_by(session: requests.Session) -> list[requests.PreparedRequest]:
    """Every request that reached the wire."""
    return session.get_adapter(URL).sent


@dataclass(frozen=True)
class Script:
    """Answers with one page after the other, and then with the last one again."""

    answers: tuple[Answer, ...]

    def __call__(self, number: int, request: requests.PreparedRequest) -> Answer:
        assert number < MOST_REQUESTS, "the listing asks for ever"
        return self.answers[min(number, len(self.answers) - 1)]


def page(body: Any, status: int = 200, **headers: str) -> Answer:
    """A page of JSON; headers are named with underscores for dashes."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(encoded(body), status, named)


# Listings ----------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """How a listing went."""

    rows: list[Any] = field(default_factory=list)
    error: PaginationError | None = None
    requests: list[requests.PreparedRequest] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def listed(
    answer: Callable[[int, requests.PreparedRequest], Answer],
    *,
    method: str = "GET",
    url: str = URL,
    **options: Any,
) -> Outcome:
    """Lists; whatever the server does, what must always hold is checked here.

    Every exception but the package's own passes, and fails the test.
    """
    session, outcome = connected(answer), Outcome()
    options = {"retries": 0, "max_pages": MOST_PAGES, **options}
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            listing = request_all(method, url, session=session, **options)
            for row in listing:
                outcome.rows.append(row)
            listing.checkpoint()
        except PaginationError as error:
            outcome.error = error
        if outcome.error is not None and outcome.error.checkpoint is not None:
            resuming = {**options, "resume": outcome.error.checkpoint}
            request_all(method, url, session=session, **resuming)
            assert SECRET.encode() not in content(outcome.error.checkpoint)
    assert all(issubclass(warning.category, PaginationWarning) for warning in warned)
    outcome.warnings = [str(warning.message) for warning in warned]
    outcome.requests = sent_by(session)
    assert {_origin(request.url) for request in outcome.requests} <= {_origin(url)}
    if outcome.error is not None:
        assert str(outcome.error) == str(pickle.loads(pickle.dumps(outcome.error)))
        assert SECRET not in f"{outcome.error} {outcome.error.page_request!r}"
        assert outcome.error.checkpoint is not None or isinstance(outcome.error, InvalidCheckpoint)
    return outcome


def _origin(url: str | None) -> tuple[str, str | None, int]:
    parts = urlsplit(str(url))
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]


# The shapes of pages -----------------------------------------------------------------------------

ROWS = [{"id": number, "name": f"row {number}"} for number in range(6)]


@dataclass(frozen=True)
class Shape:
    """How an API writes its pages."""

    strategy: Strategy
    body: Callable[[list[Any], int, bool], Any]  # of a page's rows, its number, whether more follow
    headers: Callable[[int, bool], dict[str, str]] = lambda number, more: {}
    options: dict[str, Any] = field(default_factory=dict)

    def pages(self) -> list[tuple[Any, dict[str, str]]]:
        """The bodies and headers of three pages of two rows."""
        return [
            (self.body(ROWS[2 * n - 2 : 2 * n], n, n < 3), self.headers(n, n < 3))
            for n in (1, 2, 3)
        ]


def _link(number: int) -> str:
    return f"{URL}?page={number + 1}"


SHAPES = {
    "Pluggy": Shape(
        dialects.PLUGGY,
        lambda rows, n, more: {"results": rows, "page": n, "total": 6, "totalPages": 3},
    ),
    "Pluggy v2": Shape(
        dialects.PLUGGY_V2,
        lambda rows, n, more: {"results": rows, "next": f"?after={n}" if more else None},
    ),
    "Belvo": Shape(
        dialects.BELVO,
        lambda rows, n, more: {
            "count": 6, "next": _link(n) if more else None, "previous": None, "results": rows,
        },
    ),
    "Stripe": Shape(
        dialects.STRIPE,
        lambda rows, n, more: {"object": "list", "data": rows, "has_more": more, "url": "/rows"},
    ),
    "offset": Shape(
        Offset("offset", limit="limit", total="meta.total", items="data", start="meta.offset"),
        lambda rows, n, more: {
            "data": rows, "meta": {"total": 6, "offset": 2 * n - 2, "limit": 2},
        },
        options={"params": {"offset": 0, "limit": 2}},
    ),
    "offset and flag": Shape(
        Offset("skip", limit="take", total="info.total", more="!info.last", items="info.rows"),
        lambda rows, n, more: {"info": {"rows": rows, "total": 6, "last": not more}},
    ),
    "Spring": Shape(
        dialects.SPRING_DATA_PAGE,
        lambda rows, n, more: {
            "content": rows, "number": n - 1, "totalPages": 3, "totalElements": 6, "last": not more,
        },
    ),
    "cursor": Shape(
        Cursor("cursor", token="meta.next", more="meta.more", items="data", total="meta.total"),
        lambda rows, n, more: {
            "data": rows, "meta": {"next": f"c{n}" if more else None, "more": more, "total": 6},
        },
    ),
    "Google": Shape(
        dialects.GOOGLE,
        lambda rows, n, more: {"items": rows, "nextPageToken": f"c{n}" if more else ""},
    ),
    "DynamoDB": Shape(
        dialects.DYNAMODB,
        lambda rows, n, more: {"Items": rows, **({"LastEvaluatedKey": {"id": n}} if more else {})},
        options={"method": "POST", "json": {"TableName": "rows"}},
    ),
    "cursor in a header": Shape(
        Cursor("X-Continue", token="continue", into="header", items="rows"),
        lambda rows, n, more: {"rows": rows, "continue": f"c{n}" if more else None},
    ),
    "cursor from a header": Shape(
        Cursor("Range", token="Next-Range", into="header", items=""),
        lambda rows, n, more: rows,
        lambda n, more: {"Next-Range": f"id {n}.."} if more else {},
    ),
    "cursor alone": Shape(
        Cursor("cursor", token="cursor", more="more", into="json", alone=True, url="/rows/on",
               items="entries"),
        lambda rows, n, more: {"entries": rows, "cursor": f"c{n}", "more": more},
        options={"method": "POST", "json": {"path": ""}},
    ),
    "search after": Shape(
        LastItem("search_after", key="sort", items="hits.hits", total="hits.total.value"),
        lambda rows, n, more: {
            "hits": {
                "total": {"value": 6, "relation": "eq"},
                "hits": [{**row, "sort": [row["id"], 1.5]} for row in rows],
            },
        },
        options={"method": "POST", "json": {"sort": ["id"]}},
    ),
    "Link header": Shape(
        LinkHeader(items="", total="X-Total-Count"),
        lambda rows, n, more: rows,
        lambda n, more: {
            "X-Total-Count": "6",
            "Link": f'<{URL}?page={n + 1}>; rel="next"' if more else f'<{URL}>; rel="first"',
        },
    ),
    "JSON:API": Shape(
        NextLink("links.next", items="data", total="meta.total", page_param="page",
                 offset_param="offset"),
        lambda rows, n, more: {
            "data": rows, "meta": {"total": 6}, "included": [],
            "links": {"self": URL, "next": {"href": _link(n)} if more else None},
        },
    ),
    "FHIR": Shape(
        dialects.FHIR,
        lambda rows, n, more: {
            "entry": rows,
            "link": [{"relation": "self", "url": URL},
                     *([{"relation": "next", "url": _link(n)}] if more else [])],
        },
    ),
    "Salesforce": Shape(
        dialects.SALESFORCE,
        lambda rows, n, more: {
            "records": rows, "totalSize": 6, "done": not more,
            **({"nextRecordsUrl": f"/rows/{n}"} if more else {}),
        },
    ),
    "MediaWiki": Shape(
        NextParameters("continue", items="query.rows"),
        lambda rows, n, more: {
            "query": {"rows": rows}, **({"continue": {"from": f"c{n}"}} if more else {}),
        },
    ),
    "parameters in a body": Shape(
        NextParameters("next", items="rows", more="more", total="total"),
        lambda rows, n, more: {
            "rows": rows, "more": more, "total": 6, "next": {"page.number": n + 1} if more else {},
        },
        options={"method": "POST", "json": {"page": {"number": 1}}},
    ),
    "content range": Shape(
        ContentRange(items=""),
        lambda rows, n, more: rows,
        lambda n, more: {"Content-Range": f"items {2 * n - 2}-{2 * n - 1}/6"},
    ),
    "one page": Shape(
        SinglePage(items="rows", total="count"),
        lambda rows, n, more: {"rows": rows, "count": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "one page"])
def test_the_shapes_are_listed_where_nobody_is_hostile(name):
    """Every shape that is spoilt below is a listing of all rows as it stands."""
    shape = SHAPES[name]
    answers = tuple(page(body, **named(headers)) for body, headers in shape.pages())
    outcome = listed(Script(answers), strategy=shape.strategy, **shape.options)
    end = page(shape.body([], 4, False), **named(shape.headers(3, False)))
    if len(outcome.rows) == 6 and outcome.error is not None:  # an empty page ends it
        outcome = listed(Script((*answers, end)), strategy=shape.strategy, **shape.options)
    assert (None, []) == (outcome.error, outcome.warnings)
    assert [row["id"] for row in ROWS] == [row["id"] for row in outcome.rows]


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers as `page` takes them."""
    return {name.replace("-", "_"): value for name, value in headers.items()}


# What a hostile server may write -----------------------------------------------------------------


# Placeholders keep what a report shows short, and the standard library's encoder out of it.
@pytest.fixture(autouse=True)
def _deep(deep):
    """Most answers here may be nested deeply."""


_HUGE = re.compile(r'"\\u0000(list|object|number|name|path):(\d+)"')


def encoded(body: Any) -> bytes:
    """JSON, with what the placeholders stand for."""
    return _HUGE.sub(_written_out, json.dumps(body)).encode()


def _written_out(match: re.Match[str]) -> str:
    kind, size = match[1], int(match[2])
    return {
        "list": "[" * size + "]" * size,
        "object": '{"code":' * size + "1" + "}" * size,
        "number": "9" * size,
        "name": '"' + "key" * size + '"',
        "path": '"' + "a." * size + 'b"',
    }[kind]


def long(text: str, times: int) -> st.SearchStrategy[str]:
    """A long text that a report does not show in full."""
    return st.just(times).map(lambda times: text * times)


def one_of_many(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Like `sampled_from`, and a report does not show them all."""
    return st.integers(0, len(values) - 1).map(lambda place: values[place])


HUGE = st.builds(
    "\0{}:{}".format,
    st.sampled_from(["list", "object", "object"]),
    st.sampled_from([2, 70, 300, 450, 600, 800]) | st.integers(900, 1000),
) | st.sampled_from(["\0number:400", "\0number:4300", "\0number:4301", "\0name:99", "\0path:1500"])
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
PARTS = st.sampled_from(
    [
        "https://", "http://", "HTTPS://", "//", "///", "/", "\\", "\\\\", "https:", "https:/",
        "javascript:", "file:///", "http+unix://", "ftp://", "ws://", "data:,", "blob:https://",
        "api.test", "API.TEST", "api.test.", "api.test..", "evil.test", "api.test.evil.test",
        "%61pi.test", "\uff41pi.test", "api。test", "xn--api.test", "bücher.test", "a℀b.test",
        "api.test%2eevil.test", "[::1]", "[::ffff:1.2.3.4]", "[fe80::1%25eth0]", "[", "]", "[v1.x]",
        "127.0.0.1", "0x7f000001", "2130706433", "localhost", "user:password@", "user@", ":@",
        "@", "%40", ":443", ":80", ":0443", ":8443", ":0", ":", ":99999", ":x", ":-1",
        ":\uff14\uff14\uff13", "/rows", "rows", "..", "/../", "/./", "%2e%2e", "%2f", "%5c", "%00",
        "%zz", "%", "%ud800",
        "?", "?page=2", "?api_key=x", "&", "=", "#", "#@evil.test/", ";", ",", "é", "\ud800",
        "\x00", "\t", "\n", "\r\n", " ", "\u00a0", "\u2028", "\u202e", "\x7f", "\x85",
        "from the caller:api_key",
    ]
)  # fmt: skip
PARTS |= long("a", 300) | long("x", 9000) | long("key", 100)
LINKS = st.one_of(
    st.lists(PARTS, max_size=6).map("".join),
    st.builds("{}{}{}{}{}".format, PARTS, PARTS, PARTS, PARTS, ANY_TEXT),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["https://", "http://", "//", "HTTPS://", "https:\\\\", "hTTp://"]),
        st.sampled_from(["", "user@", "api.test@", "api.test:443@", "@"]),
        PARTS,
        PARTS,
    ),
    ANY_TEXT,
)
NASTY = st.sampled_from(
    [
        None, True, False, 0, 1, 2, 3, 6, -1, 1.5, 1e308, -0.0, 2**63, 2**64, 10**30, "", [], {},
        "true", "FALSE", "0", "5", "-1", "1e5", "null", "next", " lead", "trail ", "line\r\nbreak",
        "\ud800", "é", "€", "1" * 30, "http://[", "//[::x", "https://a℀b.test/?x=1", "/rows",
        "?page=2", "https://evil.test/", "//evil.test/", "http://api.test/rows?page=2", "*",
        "0-1/6", "from the caller:api_key", "from the caller:other", '{"a": 1}', [None], [[]], [1],
        {"href": None}, {"href": "/rows?page=2"}, {"\ud800": 1}, {"": ""}, {"a": {"b": "c"}},
        {"code": 0}, {"value": 3, "relation": "eq"}, [{"rel": "next", "href": "/rows?page=2"}],
        {"\0path:1500": 1}, {"\0name:99": [1]}, {"page": 2, "limit": 2}, {"id": 1}, [{"id": 1}],
    ]
).map(copy.deepcopy)  # fmt: skip
TEXTS = ANY_TEXT | LINKS
NUMBERS = st.integers(-2, 8) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.one_of(
    st.sampled_from(
        """next next_cursor nextPageToken next_page has_more hasMore more last done total count
        total_pages page number offset start limit per_page results data items rows entry links
        link meta pagination rel href relation url id uuid error errors code status ok success
        message warnings included object cursor token api_key continue after scroll_id self
        previous @odata.nextLink page.number query body website sort value""".split()
    ),
    st.sampled_from(
        ["", ".", "a.b", "\ud800", "next.", "links[rel=next].href", "x[", "1", "0", "é", "p_a_g_e",
         "Page", "\r\n", "hydra:next", "X-Api-Key", "\0path:70", "\0path:1500", "\0name:99"]
    ),
    ANY_TEXT,
)  # fmt: skip
JSON = st.recursive(
    NASTY | HUGE | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


ANYTHING = NASTY | HUGE | JSON


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a JSON value, itself included."""
    yield above
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for name, held in inner:
        yield from places(held, (*above, name))


@st.composite
def spoilt(draw: st.DrawFn, value: Any, most: int = 3) -> Any:
    """A JSON value with up to so many places replaced, removed or added to."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, most))):
        *above, last = (None, *draw(st.sampled_from(list(places(value)))))
        if not above:
            value = draw(ANYTHING)
            continue
        node = value
        for name in above[1:]:
            node = node[name]
        change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        if change == "remove":
            del node[last]
        elif change == "add" and isinstance(node, dict):
            node[draw(NAMES)] = draw(ANYTHING)
        elif change == "add":
            node.insert(last, draw(ANYTHING))
        else:
            node[last] = draw(ANYTHING)
    return value


HEADERS = st.dictionaries(
    st.sampled_from(
        """Link Location Requests-Paginate-Location Content-Range Content-Type Content-Encoding
        Content-Length X-Total-Count X-Total X-Page X-Next-Page X-Pagination Next-Range
        X-Next-Cursor X-Has-More Retry-After RateLimit-Reset Set-Cookie X-Request-Id""".split()
    ),
    st.one_of(
        st.sampled_from(
            [
                "", "gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense", "identity", "0", "5",
                "true", "application/json; charset=nonsense", "text/html", "application/json",
                "bytes 0-1/6", "items 0-1/6", "items */0", "*/*", "1e5", "99999999999",
                '{"TotalPages": 3}', '{"next": "/rows?page=2"}', "</rows?page=2>; rel=next",
                "</rows>; rel=first", "<", "/rows", "https://evil.test/", "//evil.test/",
                "\xe2\x82\xac", "\xff", "Wed, 21 Oct 99999 07:28:00 GMT", "id ..5; max=2",
            ]
        ),
        long("[", 5000),
        TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass").decode("latin-1")),
        st.text(st.characters(max_codepoint=255), max_size=10),
    ).map(lambda text: re.sub(r"[\r\n]", "", text)),
    max_size=2,
)  # fmt: skip
STATUSES = st.sampled_from([200] * 8 + [201, 204, 206, 300, 302, 304, 307, 400, 404, 416, 422, 429])
STATUSES = STATUSES | st.integers(200, 999)


# Envelopes ---------------------------------------------------------------------------------------


@unhurried(120)
@given(st.sampled_from(sorted(SHAPES)), st.booleans(), st.integers(0, 2), st.data())
def test_any_envelope(name, detected, which, data):
    """A page with anything at any place gives rows, or one of our errors."""
    shape = SHAPES[name]
    bodies = [body for body, _ in shape.pages()]
    bodies[which] = data.draw(spoilt(bodies[which]))
    answers = [page(b, **named(shape.headers(n, n < 3))) for n, b in enumerate(bodies, 1)]
    strategy = None if detected else shape.strategy
    listed(Script(tuple(answers)), strategy=strategy, **shape.options)


@unhurried(80)
@given(one_of_many(RECORDED), st.booleans(), st.data())
def test_any_recorded_envelope(recorded, is_first, data):
    """What detection learnt from real APIs, it does not stumble over where a page is spoilt."""
    answers = []
    for place in ("first_response", "last_response"):
        response = recorded[place] or recorded["first_response"]
        body = response["body"]
        if is_first is (place == "first_response"):
            body = data.draw(spoilt(body))
        answers.append(page(body, **named(response.get("headers", {}))))
    listed(Script(tuple(answers)), **recorded["first_request"])


@unhurried(80)
@given(ANYTHING, st.sampled_from(sorted(SHAPES)), st.booleans())
def test_any_body(body, name, detected):
    """Any JSON value as the whole body gives rows, or one of our errors."""
    shape = SHAPES[name]
    strategy = None if detected else shape.strategy
    listed(Script((page(body),)), strategy=strategy, **shape.options)


@unhurried(80)
@given(
    st.sampled_from(sorted(SHAPES)), st.booleans(), st.integers(0, 2), STATUSES, HEADERS, st.data()
)
def test_any_status_and_headers(name, detected, which, status, headers, data):
    """Any status and header on any page gives rows, or one of our errors."""
    shape = SHAPES[name]
    answers = [page(body, **named(own)) for body, own in shape.pages()]
    body = data.draw(st.just(encoded(shape.pages()[which][0])) | st.binary(max_size=20) | JSON)
    body = body if isinstance(body, bytes) else encoded(body)
    own = {**shape.headers(which + 1, which < 2), **headers}
    answers[which] = Answer(body, status, tuple(own.items()))
    strategy = None if detected else shape.strategy
    listed(Script(tuple(answers)), strategy=strategy, **shape.options)


# Links -------------------------------------------------------------------------------------------


@unhurried(80)
@given(LINKS, st.sampled_from(["body", "object", "header", "redirect"]), st.booleans())
def test_any_link(link, place, keeps_origin):
    """Wherever a link comes from and whatever it is, nothing is sent to another origin."""
    as_header = link.encode("utf-8", "surrogatepass").decode("latin-1")
    first = {
        "body": page({"results": ROWS[:2], "next": link}),
        "object": page({"results": ROWS[:2], "next": {"href": link}}),
        "header": page(ROWS[:2], Link=f"<{as_header}>; rel=next"),
        "redirect": page({}, 302, Location=as_header),
    }[place]
    strategy = LinkHeader(items="") if place == "header" else NextLink("next", items="results")
    for each in (strategy, None):
        script = Script((first, page(ROWS[2:4] if place == "header" else {"results": ROWS[2:4]})))
        listed(script, strategy=each, pin_origin=keeps_origin)


@unhurried(80)
@given(LINKS, st.sampled_from(["next", "redirect", "redirect there"]))
def test_what_an_allowed_origin_gets(link, place):
    """An allowed origin gets requests and no credentials, wherever it leads on."""
    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    location = link.encode("utf-8", "surrogatepass").decode("latin-1")
    answers = {
        "next": (page({"results": ROWS[:2], "next": link}),),
        "redirect": (page({}, 302, Location=location),),
        "redirect there": (away, page({}, 302, Location=location)),
    }[place]
    session = connected(Script((*answers, page({"results": ROWS[2:4], "next": None}))))
    options = {
        "params": {"api_key": SECRET}, "session": session, "retries": 0, "max_pages": MOST_PAGES,
        "strategy": NextLink("next", items="results"), "allow_origins": (STRANGER,),
    }  # fmt: skip
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            list(request_all("GET", URL, **options))
        except PaginationError as error:
            request_all("GET", URL, **options, resume=error.checkpoint)
    _check_strangers(session)


def _check_strangers(session: requests.Session) -> None:
    basic = b64encode(f"user:{SECRET}".encode()).decode()
    for request in sent_by(session):
        if _origin(request.url) != _origin(URL):
            assert _origin(STRANGER) == _origin(request.url)
            written = f"{request.url} {dict(request.headers)} {request.body}"
            assert SECRET not in written
            assert basic not in written


# Link headers ------------------------------------------------------------------------------------

_VALID = st.builds(
    '<{}>; {}; {}="{}"'.format,
    st.sampled_from(["/rows?page=2", f"{URL}?page=2", "?page=2", "//api.test/rows?page=3", ""]),
    st.sampled_from(['rel="next"', "rel=next", 'REL="prev next"', "rel=last", 'title="a, b; c"']),
    st.sampled_from(["rel", "results", "title", "type"]),
    st.sampled_from(["next", "false", "x", 'a\\"b']),
)
_PIECES = st.sampled_from(["<", ">", ";", ",", '"', "\\", "=", " ", "\t", "rel", "next", "é", "\0"])


@st.composite
def link_headers(draw: st.DrawFn) -> str:
    """Valid Link headers, most of them cut, joined or with something in the wrong place."""
    text = ", ".join(draw(st.lists(_VALID, min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        end = min(end, start + draw(st.integers(0, 5)))
        text = text[:start] + draw(_PIECES | ANY_TEXT | st.just("")) + text[end:]
    return text


@unhurried(80)
@given(link_headers() | ANY_TEXT | st.text('<>;,="\\ rel/next', max_size=40), st.booleans())
def test_any_link_header(text, detected):
    """Any Link header leads on within the origin, ends the listing, or is one of our errors."""
    header = text.encode("utf-8", "surrogatepass").decode("latin-1")
    answers = (page(ROWS[:2], Link=header), page(ROWS[2:4]))
    listed(Script(answers), strategy=None if detected else LinkHeader(items=""))


# Checkpoints -------------------------------------------------------------------------------------


def _states() -> list[dict[str, Any]]:
    """What is in the checkpoints of each shape after the first page."""
    states = []
    for shape in SHAPES.values():
        for strategy, rows in itertools.product((shape.strategy, None), (1, 2)):
            options = {"method": "GET", "url": URL, "strategy": strategy, **shape.options}
            answers = (page(body, **named(headers)) for body, headers in shape.pages())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                session = connected(Script(tuple(answers)))
                listing = request_all(session=session, **options)
                try:
                    list(itertools.islice(listing, rows))
                except PaginationError:
                    continue
                state = json.loads(content(listing.checkpoint()))
                if state["request"] is not None:
                    states.append((shape, state))
    return states


STATES = _states()


@st.composite
def damaged(draw: st.DrawFn, token: str) -> str:
    """A token with bytes flipped, cut, doubled or joined."""
    inside = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from(["flip", "cut", "double", "join"]))
        if change == "flip" and inside:
            inside[draw(st.integers(0, len(inside) - 1))] ^= draw(st.integers(1, 255))
        elif change == "cut":
            inside = inside[: draw(st.integers(0, len(inside)))]
        elif change == "double":
            inside += bytes(inside)
        else:
            inside += draw(st.binary(max_size=10))
    return urlsafe_b64encode(bytes(inside)).decode().rstrip("=") + draw(
        st.sampled_from(["", "", "=", " ", "\n", "é"])
    )


@unhurried(80)
@given(one_of_many(STATES), st.data())
def test_damaged_checkpoints(made, data):
    """A token that is not what it was is refused at the call, or is the same token."""
    shape, state = made
    token = sealed(json.dumps(state).encode())
    given_token = data.draw(damaged(token) | st.text(max_size=20) | st.just(token * 2))
    answers = tuple(page(body, **named(headers)) for body, headers in shape.pages())
    outcome = listed(Script(answers), resume=given_token, **shape.options)
    assert given_token == token or isinstance(outcome.error, InvalidCheckpoint)
    assert given_token == token or [] == outcome.requests


@unhurried(120)
@given(one_of_many(STATES), st.booleans(), st.data())
def test_forged_checkpoints(made, is_given, data):
    """Whoever seals a token of their own gets our errors, and no request to another origin."""
    shape, state = made
    token = sealed(encoded(data.draw(spoilt(state))))
    answers = tuple(page(body, **named(headers)) for body, headers in shape.pages())
    strategy = shape.strategy if is_given else None
    options = {"params": {"api_key": SECRET}, **shape.options}
    listed(Script(answers), resume=token, strategy=strategy, **options)


@unhurried(80)
@given(one_of_many(STATES), LINKS, st.sampled_from([{}, {"a": 1}]))
def test_forged_links(made, link, params):
    """A token that leads to another origin leads nowhere."""
    shape, state = made
    request = {"method": state["request"]["method"], "url": link, "params": params}
    state = {**state, "request": {**state["request"], **request}}
    answers = tuple(page(body, **named(headers)) for body, headers in shape.pages())
    listed(Script(answers), resume=sealed(encoded(state)), **shape.options)


# Nothing lost ------------------------------------------------------------------------------------


@dataclass
class Provider:
    """A sandbox behind the wire, some of whose answers are faults; it goes where pickles go."""

    dialect: Any
    faults: dict[int, str]

    def __call__(self, number: int, request: requests.PreparedRequest) -> Answer:
        parts = urlsplit(str(request.url))
        body = request.body or b""
        asked = Request(
            method=str(request.method),
            path=parts.path,
            query=parts.query,
            headers=dict(request.headers),
            body=body.encode() if isinstance(body, str) else body,
            origin=f"{parts.scheme}://{parts.netloc}",
        )
        answer = self.dialect.respond(asked)
        whole = Answer(answer.body, answer.status, answer.headers)
        kind = self.faults.pop(number, None)
        return whole if kind is None else FAULTS[kind](whole)


def _with(**changes: Any) -> Callable[[Answer], Answer]:
    return lambda whole: Answer(**{"content": b"{}", **changes})


def _refused(_whole: Answer) -> Answer:
    raise requests.ConnectionError("refused")


FAULTS: dict[str, Callable[[Answer], Answer]] = {
    "status 500": _with(status=500),
    "status 429": _with(status=429, headers=(("Retry-After", "1"),)),
    "status 400": _with(status=400, content=b'{"code": 400, "message": "no such parameter"}'),
    "status 422": _with(status=422, content=b"[]"),
    "status 404": _with(status=404, content=b"<html>"),
    "no body": _with(content=b""),
    "half of the body": lambda whole: Answer(whole.content[: len(whole.content) // 2]),
    "HTML": _with(content=b"<!doctype html><title>Maintenance</title>"),
    "a number": _with(content=b"5"),
    "a text": _with(content=b'"slow down"'),
    "null": _with(content=b"null"),
    "an error": _with(content=b'{"error": {"code": 7, "message": "slow down"}}'),
    "no gzip": _with(content=b"{}", headers=(("Content-Encoding", "gzip"),)),
    "too short": lambda whole: Answer(
        whole.content, headers=(("Content-Length", str(len(whole.content) + 1)),)
    ),
    "a reset": lambda whole: Answer(whole.content, reset_after=len(whole.content) // 2),
    "refused": _refused,
    "sent away": _with(status=302, headers=(("Location", "https://evil.test/"),)),
}  # fmt: skip


@pytest.mark.parametrize("name", SANDBOX)
@unhurried(10)
@given(
    st.integers(0, 400),
    st.integers(1, 90),
    st.dictionaries(st.integers(0, 12), st.sampled_from(sorted(FAULTS)), max_size=4),
    st.lists(st.integers(1, 150), max_size=3),
    st.sampled_from(["resume", "next", "pickle"]),
    st.sampled_from([0, 0, 1, 3]),
)
def test_no_failure_loses_or_repeats_a_row(name, total, size, faults, cuts, way, prefetch):
    """Whatever fails and wherever one stops, the rows of all parts are the dataset."""
    dialect, options, rows = SANDBOX[name](min(total, size * 12), size)
    session = connected(Provider(dialect, dict(faults)))
    session.auth = None
    options = {"session": session, "retries": 0, "prefetch": prefetch, **options}
    got = []
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        listing = request_all("GET", **options, max_items=(cuts or [None])[0])
        for number in itertools.count(1):
            assert number < 40, "the listing never ends"
            try:
                for row in listing:
                    got.append(row)
            except PaginationError as error:
                token = error.checkpoint
                if way == "next":
                    continue
                if way == "pickle":
                    listing = pickle.loads(pickle.dumps(listing))
                    continue
            else:
                if listing.complete:
                    break
                token = listing.checkpoint()
            most = cuts[number] if number < len(cuts) else None
            listing = request_all("GET", **options, resume=token, max_items=most)
    assert rows == got
    assert [] == list(request_all("GET", **options, resume=listing.checkpoint()))


@dataclass(frozen=True)
class Replay:
    """Answers each request with its own page, in whatever order they come."""

    answers: dict[Any, Answer]

    @staticmethod
    def key(request: requests.PreparedRequest) -> Any:
        """What tells one page's request from another's."""
        headers = (request.headers.get(name) for name in ("Range", "X-Continue"))
        return request.url, request.body, *headers

    def __call__(self, number: int, request: requests.PreparedRequest) -> Answer:
        assert number < MOST_REQUESTS, "the listing asks for ever"
        return self.answers.get(self.key(request), Answer(b"{}", 404))


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"one page"}))
@unhurried(6)
@given(st.booleans(), st.integers(0, 1), st.data())
def test_a_spoilt_page_that_raises_loses_nothing(name, detected, which, data):
    """After an error over a spoilt page, its checkpoint leads to all rows of the mended listing."""
    shape = SHAPES[name]
    options = {"strategy": None if detected else shape.strategy, "max_pages": 9, **shape.options}
    good = [page(body, **named(headers)) for body, headers in shape.pages()]
    end = page(shape.body([], 4, False), **named(shape.headers(3, False)))
    whole = listed(Script((*good, end)), **options)
    if whole.error is not None or len(whole.requests) > 4:
        return  # detection needs more than these pages tell
    keys = [Replay.key(request) for request in whole.requests]
    answers = dict(zip(keys, (*good, end), strict=False))
    body, headers = shape.pages()[which]
    bad = page(data.draw(spoilt(body, 1)), **named(headers))
    broken = listed(Replay({**answers, keys[which]: bad}), **options)
    if broken.error is not None and (
        broken.error.page_index == which or isinstance(broken.error, UnsafeLink)
    ):
        mended = listed(Replay(answers), resume=broken.error.checkpoint, **options)
        assert (None, whole.rows) == (mended.error, broken.rows + mended.rows)


# What was found ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "kind", "after", "options"),
    [
        ('{"results":[],"error":', "object", "}", {}),
        ('{"results":[],"error":', "list", "}", {"strategy": dialects.BELVO}),
        ('{"rows":[1],"links":{"next":{"x":', "object", "}}}", {}),
        ('{"rows":[1],"x":{"next":{"a":1,"x":', "list", "}}}", {}),
        ('{"rows":[', "list", '],"next":null}', {}),
        ('{"rows":[1],"next_cursor":', "list", "}", {}),
        (
            '{"Items":[{"id":1}],"LastEvaluatedKey":', "object", "}",
            {"method": "POST", "json": {}, "strategy": dialects.DYNAMODB},
        ),
        (
            '{"hits":{"hits":[{"id":1,"sort":', "list", "}]}}",
            {"method": "POST", "json": {}, "strategy": dialects.ELASTICSEARCH_SEARCH_AFTER},
        ),
    ],
)  # fmt: skip
def test_found_nesting_at_the_edge_of_the_stack(before, kind, after, options):
    """What was just shallow enough to be decoded is shallow enough for all that follows."""
    checked = 0
    for depth in range(1000, 0, -1):
        answer = Answer(before.encode() + encoded(f"\0{kind}:{depth}") + after.encode())
        outcome = listed(Script((answer,)), **options)
        checked += "nested too deeply" not in str(outcome.error)
        if checked > 20:
            break
    for depth in (300, 450, 600, 700, 800, 900):
        answer = Answer(before.encode() + encoded(f"\0{kind}:{depth}") + after.encode())
        listed(Script((answer,)), **options)


@pytest.mark.parametrize(
    ("answers", "options"),
    [
        # a field of anybody's that looks like a URL, and is none
        ([page({"results": ROWS, "website": "http://["})], {}),
        ([page({"results": ROWS, "website": "https://a\u2100b.test/?x=1"})], {}),
        ([page({"items": ROWS, "website": "//[::x"})], {"strategy": dialects.GOOGLE}),
        # nested more deeply than Python's stack
        ([Answer(b"[" * 5000, 500)], {}),
        ([Answer(b'{"a":' * 5000, 404)], {"strategy": dialects.BELVO}),
        # what cannot be sent
        ([page({"rows": ROWS, "on": " blank"})],
         {"strategy": Cursor("X-On", token="on", into="header", items="rows")}),
        ([page({"rows": ROWS, "continue": {"\ud800": 1}})],
         {"strategy": NextParameters("continue", items="rows")}),
        ([page({"rows": ROWS, "next": {"\0path:1500": 1}})],
         {"strategy": NextParameters("next", items="rows"), "method": "POST", "json": {"a": 1}}),
        # a text that no codec takes, for a model of another type
        ([page([{"id": "\ud800"}])], {"model": msgspec.defstruct("Row", [("id", int)])}),
        # numbers that json cannot write: what a caller's own decoder makes of a token
        ([page({"hits": {"hits": [{"id": 1, "sort": [1.5]}]}})],
         {"method": "POST", "json": {}, "strategy": dialects.ELASTICSEARCH_SEARCH_AFTER,
          "decode": msgspec.json.Decoder(float_hook=Decimal).decode}),
        ([page({})], {"decode": lambda _: {1: [{"id": 1}], "page": 1}}),
        ([page({})], {"decode": lambda _: {"x": {1: [{"id": 1}]}}}),
    ],
)  # fmt: skip
def test_found_foreign_exceptions(answers, options):
    """These pages are listed, or refused by one of our errors."""
    listed(Script(tuple(answers)), **options)


def test_found_a_wait_that_no_clock_takes(monkeypatch):
    """Without a deadline a server may ask for a wait of centuries, which sleep() refuses."""

    def sleep(seconds):
        if seconds > 2**63 / 10**9:
            raise OverflowError("timestamp too large")

    monkeypatch.setattr("requests_paginate._transport.fetcher.time.sleep", sleep)
    answer = Answer(b"{}", 429, (("Retry-After", "9" * 18),))
    assert listed(Script((answer,)), retries=1, deadline=None).error is not None


def follow(answers, **options):
    """Lists with resuming after every error, at most so often; the rows, and every request."""
    session, rows, token = connected(answers), [], None
    options = {"session": session, "retries": 0, **options}
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        for _ in range(5):
            try:
                for row in request_all("GET", URL, resume=token, **options):
                    rows.append(row)
                break
            except PaginationError as error:
                token = error.checkpoint
    return rows, sent_by(session)


def test_found_a_leak_to_an_allowed_origin():
    """A server's own words do not make a checkpoint give the caller's key to another origin."""
    link = f"{STRANGER}/rows?pageToken=from+the+caller%3Aapi_key"
    answers = Script(
        (
            page({"results": ROWS[:2], "next": link}),
            Answer(b"{}", 500),
            page({"results": ROWS[2:], "next": None}),
        )
    )
    options = {"params": {"api_key": SECRET}, "allow_origins": (STRANGER,)}
    rows, requests_sent = follow(answers, **options)
    assert ROWS == rows
    assert [link, link] == [request.url for request in requests_sent[1:]]


@pytest.mark.parametrize("label", ["api_key", "other", "json:.TableName"])
def test_found_a_cursor_that_reads_like_a_secret(label):
    """Any text may be a cursor, and comes back from a checkpoint as it was."""
    token = f"from the caller:{label}"
    answers = Script(
        (
            page({"items": ROWS[:2], "nextPageToken": token}),
            Answer(b"{}", 500),
            page({"items": ROWS[2:]}),
        )
    )
    rows, requests_sent = follow(answers, params={"api_key": SECRET}, strategy=dialects.GOOGLE)
    assert ROWS == rows
    assert requests_sent[1].url == requests_sent[2].url


@pytest.mark.parametrize(
    "location", ["http://[", "/\xed\xa0\x80", "https://a\xe2\x84\x80b.test/", "\xff"]
)
def test_found_redirects_of_allowed_origins(location):
    """Where an allowed origin redirects to nowhere, that is an error of ours, too."""
    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    session = connected(Script((away, Answer(b"", 302, (("Location", location),)))))
    options = {"session": session, "retries": 0, "allow_origins": (STRANGER,)}
    with pytest.raises(PaginationError):
        list(request_all("GET", URL, **options))


def test_found_redirects_of_allowed_origins_that_are_read_whole():
    """The body of an allowed origin's redirect is bounded as any other."""
    read = []

    class Counting(Body):
        def read1(self, size=-1):
            read.append(len(chunk := super().read1(2**16 if size in (None, -1) else size)))
            return chunk

    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    last = page({"results": ROWS[2:], "next": None})
    moved = Answer(b"x" * 4_000_000, 302, (("Location", "/rows?page=3"),))
    session = connected(Script((away, moved, last)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.Body", Counting)
        options = {"session": session, "allow_origins": (STRANGER,), "max_page_bytes": 2**16}
        assert ROWS == list(request_all("GET", URL, **options))
    assert sum(read) < 2**20


@pytest.mark.parametrize(
    "changes",
    [
        {"request.params": {"page": "\ud800"}},
        {"request.params": {"page": [["\ud800"]]}},
        {"request.params": {"page": "\0list:600"}},
        {"request.headers": {"no name\r\n": "x"}},
        {"request.headers": {"Range": "x\r\nHost: evil.test"}},
        {"request.headers": {"Range": " x"}},
        {"request.headers": {"Range": "€"}},
        {"request.headers": {"Rangé": "x"}},
        {"request.json": "\0list:600"},
        {"request.json": "\0object:900"},
        {"request.json": float("nan")},
        {"index": "\0number:4300"},
        {"start": "\0number:4300"},
        {"strategy.fields.offset_param": [], "strategy.fields.total": "count"},
        {"strategy.fields.offset_param": {}, "strategy.fields.total": "count"},
        {"strategy.fields": {"link": "next", "items": f"list.{'1' * 5000}"}},
        {"strategy": {"name": "PageNumber", "fields": {"first": "\0number:4300"}}},
        {"strategy": {"name": "PageNumber", "fields": {"page": "\ud800", "items": "results"}}},
        {"strategy": {"name": "Cursor", "fields": {"cursor": "\r\n", "into": "header",
                                                  "token": "next", "items": "results"}}},
        {"strategy": {"name": "Cursor", "fields": {"cursor": "a." * 1500, "into": "json",
                                                  "token": "next", "items": "results"}}},
    ],
)  # fmt: skip
def test_found_forged_checkpoints(changes):
    """A token that somebody sealed is refused, or makes a listing as any other."""
    _, state = next(each for each in STATES if each[1]["strategy"]["name"] == "NextLink")
    state = copy.deepcopy(state)
    for path, value in changes.items():
        *above, last = path.split(".")
        node = state
        for name in above:
            node = node[name]
        node[last] = value
    body = page({"results": [*ROWS, ROWS], "next": "/rows?page=9", "count": 9, "list": ROWS})
    listed(Script((body, page([ROWS]))), resume=sealed(encoded(state)))


@pytest.mark.parametrize("way", ["resume", "next"])
@pytest.mark.parametrize("after", [Answer(b"{}", 500), Answer(b"{}", 404), Answer(b"<html>")])
def test_found_a_listing_that_is_stuck_at_a_wrong_name(way, after):
    """After a passing refusal and another failure, the name that was right is tried again."""

    def answer(number, request):
        if number in (1, 2):
            return (Answer(b"{}", 400), after)[number - 1]
        last = "starting_after=1" in request.url
        rows = ROWS[2:] if last else ROWS[:2]
        return page({"object": "list", "data": rows, "has_more": not last})

    session, rows = connected(answer), []
    listing = request_all("GET", URL, session=session, retries=0)
    for _ in range(6):
        try:
            for row in listing:
                rows.append(row)
            break
        except PaginationError as error:
            if way == "resume":
                listing = request_all(
                    "GET", URL, session=session, retries=0, resume=error.checkpoint
                )
    assert ROWS == rows


@pytest.mark.parametrize(
    "spoilt_page",
    [
        {"data": ROWS[2:4], "meta": None},  # an end before the total
        {"data": ROWS[2:4], "meta": {"next": "c1", "total": 6}},  # the same cursor again
    ],
)
def test_found_a_contradiction_that_is_taken_for_a_wrong_name(spoilt_page):
    """A second page that contradicts itself is refused at once: no other name can help."""
    is_mended = False

    def answer(number, request):
        if "cursor=c1" not in request.url:
            is_first = "?" not in request.url
            return page(
                {"data": ROWS[:2], "meta": {"next": "c1", "total": 6}}, 200 if is_first else 404
            )
        return page({"data": ROWS[2:], "meta": {"total": 6}} if is_mended else spoilt_page)

    outcome = listed(answer)
    assert 2 == len(outcome.requests)
    is_mended = True
    assert ROWS[2:] == listed(answer, resume=outcome.error.checkpoint).rows


class Model(msgspec.Struct):
    """A row as many callers write it: nothing in it is required."""

    id: int | None = None
    name: str | None = None


HEALTHY = tuple(
    page({"results": ROWS[2 * n : 2 * n + 2], "next": f"?page={n + 2}" if n < 2 else None})
    for n in range(3)
)


@pytest.mark.parametrize("way", ["resume", "next"])
@pytest.mark.parametrize(
    ("bad", "options"),
    [
        ({"id": "maintenance"}, {"model": Model}),
        ({"data": {"id": "maintenance"}}, {"model": Model}),
        ({"uuid": "maintenance"}, {"key": "id"}),
        ({"results": ROWS[:2], "next_cursor": "\ud800"}, {}),
        ({"results": ROWS[:2], "page": 1, "total_pages": 1, "total": 6}, {}),
        ({"items": ROWS[:2], "next": "", "count": 6}, {}),
    ],
)
def test_found_a_strategy_that_stays_after_a_refused_page(way, bad, options):
    """What was detected on a first page that is refused is detected anew on the next one."""
    session = connected(Script((page(bad), *HEALTHY)))
    options = {"session": session, "retries": 0, **options}
    listing = request_all("GET", URL, **options)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        with pytest.raises(PaginationError) as caught:
            list(listing)
        if way == "resume":
            listing = request_all("GET", URL, resume=caught.value.checkpoint, **options)
        rows = list(listing)
    assert ROWS == [msgspec.to_builtins(row) for row in rows]


@pytest.mark.parametrize(
    "bad",
    [
        {"results": [], "links": {"next": "https://evil.test/"}},
        {"items": [], "next": "//evil.test/"},
        {"results": [], "meta": {"next": "http://["}},
    ],
)
def test_found_a_strategy_that_stays_after_a_refused_link(bad):
    """Where resuming goes back to the first page, that page says anew how it goes on."""
    refused = listed(Script((page(bad),)))
    mended = listed(Script(HEALTHY), resume=refused.error.checkpoint)
    assert (None, ROWS) == (mended.error, mended.rows)


@pytest.mark.parametrize(
    "bodies",
    [
        # the first page has no rows, which some write as null: its neighbour is not the rows
        [{"items": None, "defaultReminders": [], "nextPageToken": "a"},
         {"items": ROWS, "defaultReminders": []}],
        [{"data": None, "included": [], "links": {"next": "?page=2"}},
         {"data": ROWS, "included": [], "links": {"next": None}}],
        [{"data": None, "included": [{"id": 9}], "links": {"next": "?page=2"}},
         {"data": ROWS, "included": [], "links": {"next": None}}],
        # something leads on: a token that is a list
        [{"results": ROWS, "next": ["2024-05-01", 5]}],
        [{"results": ROWS, "nextPageToken": [5]}],
        [{"rows": ROWS, "next_startkey": ["a", 5]}],
        # the value that detection saw is not the one that its path reads
        [{"results": ROWS, "meta.page": 5, "meta": {"page": {"next_cursor": "abc"}}}],
        [{"results": ROWS, "links": [{"rel": "next", "href": None},
                                     {"rel": "next", "href": "/rows?page=2"}]}],
        [{"results": ROWS, "links": [{"rel": "next]", "href": "/rows?page=2"}]}],
    ],
)  # fmt: skip
def test_found_detections_that_end_in_silence(bodies):
    """What leads on, or may hold the rows, is not passed over without a word."""
    outcome = listed(Script(tuple(page(body) for body in bodies)))
    assert outcome.error or outcome.warnings or (len(bodies) > 1 and ROWS == outcome.rows)


@pytest.mark.parametrize(
    ("strategy", "first", "broken"),
    [
        (Cursor("c", token="meta.next", items="data"), {"meta": {"next": "a"}}, "slow down"),
        (Cursor("c", token="meta.next", items="data"), {"meta": {"next": "a"}}, 5),
        (NextLink("meta.next", items="data"), {"meta": {"next": "?a"}}, ["x"]),
        (NextLink("meta[rel=next].href", items="data"),
         {"meta": [{"rel": "next", "href": "?a"}]}, "slow down"),
        (Cursor("c", token="meta.next", more="meta.more", items="data"),
         {"meta": {"next": "a", "more": True}}, True),
    ],
)  # fmt: skip
def test_found_ends_at_a_wrong_type(strategy, first, broken):
    """A path that leads through a text or a number is a wrong type, and not an end."""
    answers = (page({"data": ROWS[:2], **first}), page({"data": ROWS[2:4], "meta": broken}))
    outcome = listed(Script(answers), strategy=strategy)
    assert isinstance(outcome.error, MalformedPage)


def seconds_to_redact(text):
    return min(timeit.repeat(lambda: redact_text(text), number=1, repeat=5))


@pytest.mark.parametrize(("before", "piece"), [("", "key"), ("'", "key"), ("?", "tokensecret")])
def test_found_texts_that_take_long_to_redact(before, piece):
    """The time grows with the text, and not with its square: a name in a body may be long."""
    short, long = (before + piece * count for count in (2_000, 32_000))
    assert seconds_to_redact(long) < 100 * seconds_to_redact(short)  # its square would be 256


def test_found_many_requests_for_one_page():
    """One page does not make a listing ask a hundred times for the next."""
    spellings = map(
        "".join,
        itertools.product(
            "p",
            ("", "_"),
            "a",
            ("", "-"),
            "g",
            ("", "."),
            "e",
            ("", "_", "-", ".", "~", ":", " ", "+", "*"),
        ),
    )
    body = {"data": ROWS[:2], "total": 50, **dict.fromkeys(spellings, 1)}  # fmt: skip
    outcome = listed(Script((page(body),)), max_pages=2)
    assert len(outcome.requests) < 20


def test_found_paths_that_fill_the_memory():
    """What detection remembers of a page is not larger than the page by orders of magnitude."""
    body = page({"results": ROWS, "x" * 20_000: {str(number): 0 for number in range(2000)}})
    tracemalloc.start()
    listed(Script((body,)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * len(body.content)
