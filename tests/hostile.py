"""Hostile servers without a socket: what they may write, and how a listing of them went."""

from __future__ import annotations

import copy
import io
import json
import pickle
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from requests_paginate import dialects, request_all
from requests_paginate.exceptions import InvalidCheckpoint, PaginationError, PaginationWarning
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
from tests.unit.listing.test_checkpoint import content

URL = "https://api.test/rows"
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


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers as `page` takes them."""
    return {name.replace("-", "_"): value for name, value in headers.items()}


# What a hostile server may write -----------------------------------------------------------------


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
