"""Checkpoints that version 0.1 made lead to the very next row, and are still made the same.

`checkpoints_0_1.json` holds, for every case below, the token of a listing of which so many rows
were read. Today's code resumes from each of them. Today's tokens are equal to them byte for byte,
but for what the pages before showed, of which version 0.1 knew nothing.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from requests_paginate import exceptions, request_all
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    Strategy,
)
from tests.tokens import content

TOKENS = Path(__file__).parents[1] / "checkpoints_0_1.json"
HOST = "https://api.test"
COUNT, SIZE = 7, 2
ROWS = [{"id": number} for number in range(COUNT)]
READ = [0, 1, 2, 3, COUNT]  # before the first page, in it, between two, in the second, finished


class Batches(Strategy):
    """A caller's own strategy, of which a token holds only the name and a digest."""

    def next(self, page):
        return page.request.with_param("batch", page.body["then"]) if page.body["then"] else None


@dataclass(frozen=True)
class Sized(Strategy):
    """Another one, with a field."""

    param: str = "batch"

    def next(self, page):
        return page.request.with_param(self.param, page.body["then"]) if page.body["then"] else None


# What the server answers --------------------------------------------------------------------------
#
# Each takes the request's query, headers and JSON body, and gives the body and the headers.


def rows_from(start):
    return ROWS[start : start + SIZE]


def following(start):
    return start + SIZE if start + SIZE < COUNT else None


def by_page(query, _headers, body):
    number = int({**query, **(body or {})}.get("page", 1))
    pages = -(-COUNT // SIZE)
    return {"results": rows_from((number - 1) * SIZE), "page": number, "totalPages": pages}, {}


def by_offset(query, _headers, body, growing=False):
    start = int({**query, **(body or {})}.get("offset", 0))
    return {"data": rows_from(start), "meta": {"total": COUNT - (growing and start == 0)}}, {}


def by_link(query, headers, _body, echoed=()):
    start = int(query.get("after", 0))
    seen = {**query, **{name.lower(): value for name, value in headers.items()}}
    echo = "".join(f"&{name}={quote_plus(seen[name])}" for name in echoed)
    link = following(start) and f"{HOST}/link?after={following(start)}{echo}"
    return {"results": rows_from(start), "next": link, "count": COUNT}, {}


def by_header(query, _headers, _body):
    start = int(query.get("after", 0))
    link = f'<{HOST}/header?after={following(start)}>; rel="next"'
    return rows_from(start), {"Link": link} if following(start) else {}


def by_cursor(query, headers, body, prefix="c"):
    sent = {**query, **(body or {}), **{name.lower(): value for name, value in headers.items()}}
    token = next((sent[name] for name in ("cursor", "page_token", "x-cursor") if name in sent), "")
    start = int(token.removeprefix(prefix) or 0)
    token = following(start) and f"{prefix}{following(start)}"
    return {"items": rows_from(start), "next_cursor": token}, {}


def by_likely_cursor(query, headers, body):
    """Reads the cursor under a name that is not the likeliest, and ignores it under others."""
    sent = {"cursor": query["start_cursor"]} if "start_cursor" in query else {}
    return by_cursor(sent, {}, None)


def by_last_row(query, _headers, _body):
    start = int(query.get("starting_after", -1)) + 1
    return {"data": rows_from(start), "has_more": following(start) is not None}, {}


def by_parameters(query, _headers, _body):
    start = int(query.get("from", 0))
    body = {"rows": rows_from(start)}
    return {**body, "continue": {"from": following(start)}} if following(start) else body, {}


def by_batch(query, _headers, _body):
    start = int(query.get("batch", 0))
    return {"rows": rows_from(start), "then": following(start)}, {}


class Server(BaseAdapter):
    """Answers the requests of a session from memory."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def send(self, request, **_options):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        sent = json.loads(request.body) if request.body else None
        body, headers = self.answer(query, request.headers, sent)
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.headers.update(headers)
        response._content = json.dumps(body).encode()
        return response

    def close(self):
        """There is nothing to close."""


@dataclass(frozen=True)
class Case:
    """A listing: what the server answers, and how it is called."""

    answer: object
    url: str = f"{HOST}/rows"
    method: str = "GET"
    options: object = ()
    session: object = ()

    def listing(self, **more):
        session = requests.Session()
        session.mount("https://", Server(self.answer))
        for name, value in dict(self.session).items():
            getattr(session, name).update(value)
        return request_all(
            self.method, self.url, session=session, retries=0, **dict(self.options), **more
        )


CASES = {
    "page number, detected": Case(by_page, options={"params": {"state": "open"}}),
    "page number, given": Case(
        by_page, options={"strategy": PageNumber("page", total_pages="totalPages", items="results")}
    ),
    "page number in JSON": Case(by_page, method="POST", options={"json": {"page": 1, "q": [1]}}),
    "offset, detected": Case(by_offset, options={"params": {"limit": 2, "offset": 0}}),
    "offset, given": Case(
        by_offset, options={"strategy": Offset(total="meta.total", items="data")}
    ),
    "offset in JSON": Case(
        by_offset,
        method="POST",
        options={"json": {"offset": 0}, "strategy": Offset(total="meta.total", items="data")},
    ),
    "a total that changes": Case(
        partial(by_offset, growing=True),
        options={"strategy": Offset(total="meta.total", items="data")},
    ),
    "next link": Case(by_link, f"{HOST}/link?q=a%20b"),
    "next link, given": Case(
        by_link, f"{HOST}/link", options={"strategy": NextLink("next", items="results")}
    ),
    "link header": Case(by_header, f"{HOST}/header", options={"strategy": LinkHeader()}),
    "link header, detected": Case(by_header, f"{HOST}/header"),
    "cursor in the query": Case(
        by_cursor, options={"strategy": Cursor("cursor", token="next_cursor")}
    ),
    "cursor in JSON": Case(
        by_cursor,
        method="POST",
        options={"strategy": Cursor("cursor", token="next_cursor", into="json"), "json": {"q": 1}},
    ),
    "cursor in a header": Case(
        by_cursor,
        options={"strategy": Cursor("X-Cursor", token="next_cursor", into="header")},
    ),
    "cursor, detected": Case(by_cursor),
    "cursor whose name is only likely": Case(by_likely_cursor),
    "cursor under a secret-like name": Case(
        partial(by_cursor, prefix="from the caller:"),
        options={"strategy": Cursor("page_token", token="next_cursor")},
    ),
    "last row": Case(
        by_last_row, options={"strategy": LastItem("starting_after", more="has_more", items="data")}
    ),
    "next parameters": Case(
        by_parameters, options={"strategy": NextParameters("continue", items="rows")}
    ),
    "own strategy": Case(by_batch, options={"strategy": Batches()}),
    "own strategy with a field": Case(by_batch, options={"strategy": Sized("batch")}),
    "callable items": Case(by_page, options={"items": lambda body: body["results"]}),
    "secret in params": Case(by_page, options={"params": {"api_key": "a secret", "token": 12345}}),
    "secret in the URL": Case(by_page, f"{HOST}/rows?access_token=a+secret&q=%7e"),
    "secret twice in the URL": Case(by_page, f"{HOST}/rows?key=one-secret&key=two-secret"),
    "secret in JSON": Case(
        by_page,
        method="POST",
        options={"json": {"page": 1, "auth": {"password": "a secret", "keys": ["k1-x", "k2-x"]}}},
    ),
    "secret of the session": Case(by_page, session={"params": {"api_key": "a secret"}}),
    "secret of the call, echoed": Case(
        partial(by_link, echoed=["api_key"]),
        f"{HOST}/link",
        options={"params": {"api_key": "a secret"}},
    ),
    "secret of the session, echoed": Case(
        partial(by_link, echoed=["key"]), f"{HOST}/link", session={"params": {"key": "a secret"}}
    ),
    "secret header, echoed": Case(
        partial(by_link, echoed=["x-api-key"]), f"{HOST}/link",
        session={"headers": {"X-API-KEY": "a secret"}},
    ),
    "secret header of the call, echoed": Case(
        partial(by_link, echoed=["x-api-key"]), f"{HOST}/link",
        options={"headers": {"x-api-key": "a secret"}},
    ),
    "password, echoed": Case(
        lambda query, headers, body: by_link(
            query, {**headers, "token": "a secret"}, body, echoed=["token"]
        ),
        f"{HOST}/link",
        options={"auth": ("me", "a secret")},
    ),
    "password in the URL": Case(by_link, f"{HOST.replace('//', '//me:secret@')}/link"),
}  # fmt: skip


def read(case, count):
    """The token of a listing of which so many rows were read; of a finished one at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.ListingChanged)
        listing = case.listing()
        rows = list(listing) if count == COUNT else [*islice(listing, count)]
    assert rows == ROWS[:count]
    return listing.checkpoint()


KNOWN = json.loads(TOKENS.read_text()) if TOKENS.exists() else {}
EVERY = pytest.mark.parametrize(
    ("name", "count"), [(name, count) for name in CASES for count in READ]
)


@EVERY
@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")
def test_an_old_checkpoint_leads_to_the_next_row(name, count):
    """Rows read then and rows read now are all rows, each once."""
    assert ROWS[count:] == list(CASES[name].listing(resume=KNOWN[name][str(count)]))


@EVERY
def test_a_checkpoint_is_made_as_it_was(name, count):
    """Nothing is another, but for doubts, account, body and what earlier pages were like."""
    today = read(CASES[name], count)
    told = json.loads(content(today))
    accounts = [place for place in told["asked"] if place.startswith("account:")]
    for place in [*accounts, "body:"]:
        del told["asked"][place]
    told.pop("doubts", None), told.pop("earlier", None)
    assert json.loads(content(KNOWN[name][str(count)])) == told
    assert ("earlier" in json.loads(content(today))) is (SIZE <= count < COUNT)


def test_every_old_checkpoint_has_its_case():
    """No token is left without a test."""
    assert {name: [*map(str, READ)] for name in CASES} == {n: [*ts] for n, ts in KNOWN.items()}


def test_the_old_name_of_the_module():
    """What looks into checkpoints as it did in version 0.1 finds them where it did."""
    from requests_paginate import checkpoints

    assert "requests_paginate._listing.checkpoint" == checkpoints.__name__
