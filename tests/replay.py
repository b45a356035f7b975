"""Replays a dialect's two recorded pages, and says how a listing of them went."""

from __future__ import annotations

import copy
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import responses

from requests_paginate import request_all
from requests_paginate._paths import ABSENT, read_path
from requests_paginate.exceptions import (
    InconsistentListing,
    PaginationError,
    PossiblyTruncated,
    UnknownPagination,
)

DIALECTS = json.loads((Path(__file__).parent / "dialects.json").read_text(encoding="utf-8"))
MOST_REQUESTS = 12  # of a listing of two pages; more would be a loop


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a listing went.

    `verdict` is "right" (every row once, in order, by the requests that the API expects), "stepped"
    (the same, after parameters that the server ignored), "raised" and "warned" (it said that it
    does not know), or "wrong".
    """

    verdict: str
    text: str
    requests: int
    strategy: Any


def listed(dialect: dict[str, Any], **options: Any) -> Outcome:
    """Lists a dialect's rows against its replayed server."""
    server = Server(dialect)
    first = dict(dialect["first_request"])
    method, url = first.pop("method"), first.pop("url")
    with (
        responses.RequestsMock(assert_all_requests_are_fired=False) as mock,
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        for verb in ("GET", "POST"):
            mock.add_callback(verb, re.compile(".*"), server.answer)
        listing = request_all(
            method, url, session=requests.Session(), retries=0, **first, **options
        )
        try:
            rows = list(listing)
        except PaginationError as error:
            is_known = isinstance(error, (UnknownPagination, InconsistentListing))
            verdict, text = "raised" if is_known else "failed", f"{type(error).__name__}: {error}"
        else:
            text = "; ".join(str(warning.message) for warning in warned)
            doubted = any(issubclass(w.category, PossiblyTruncated) for w in warned)
            if rows == server.rows and server.is_done():
                verdict = "stepped" if server.ignored else "right"
            else:
                verdict = "warned" if doubted else "wrong"
                text = f"{len(rows)} rows; {text}; asked {server.asked}"
    return Outcome(
        verdict=verdict, text=text, requests=len(server.asked), strategy=listing.strategy
    )


class Server:
    """Answers the first request and the expected second one; ignores parameters it does not know.

    After the last page it has no more rows.
    """

    def __init__(self, dialect: dict[str, Any]) -> None:
        self.first, self.last = dialect["first_response"], dialect["last_response"]
        self.path = dialect["items_path"]
        self.request, self.expected = dialect["first_request"], dialect["expected_next"]
        self.rows = rows_at(self.first["body"], self.path)
        if self.expected is not None:
            self.rows = self.rows + rows_at(self.last["body"], self.path)
        self.asked: list[str] = []
        self.ignored = 0
        self.served_last = False

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        """The response to one request."""
        self.asked.append(f"{request.url} {_json(request) or ''}".strip())
        if len(self.asked) > MOST_REQUESTS:
            return 418, {}, "{}"
        if len(self.asked) > 1 and self.expected is not None and self.is_expected(request):
            self.served_last = True
            response = self.last
        else:
            self.ignored += len(self.asked) > 1 and not self.served_last
            response = emptied(self.last, self.path) if self.served_last else self.first
        body = "" if response["body"] is None else json.dumps(response["body"])
        return response["status"], response.get("headers", {}), body

    def is_expected(self, request: requests.PreparedRequest) -> bool:
        """Whether this is the request that leads to the second page."""
        wanted, first = self.expected, self.request
        url = first["url"] if "params" in wanted else wanted.get("url", first["url"])
        params = wanted.get("params") or ({} if "url" in wanted else first.get("params", {}))
        if first["url"].startswith("https://"):  # a link that falls to http is upgraded
            url = url.replace("http://", "https://", 1)
        expected = requests.Request("GET", url, params=params).prepare().url
        is_exact = "url" in wanted and request.url == expected
        headers = wanted.get("headers", {})
        return (
            (is_exact or ("url" not in wanted and _parts(request.url) == _parts(expected)))
            and ("body" not in wanted or _json(request) == wanted["body"])
            and all(request.headers.get(name) == value for name, value in headers.items())
        )

    def is_done(self) -> bool:
        """Whether both pages were asked for, or the only one, once."""
        return self.served_last if self.expected is not None else len(self.asked) == 1


def rows_at(body: Any, path: str) -> list[Any]:
    """The rows of a recorded page; of a single resource, itself."""
    rows = read_path(body, path)
    if isinstance(rows, dict):
        return [rows]
    return rows if isinstance(rows, list) and rows is not ABSENT else []


def emptied(response: dict[str, Any], path: str) -> dict[str, Any]:
    """The response as it is after the last row."""
    body = copy.deepcopy(response["body"])
    rows = read_path(body, path)
    if isinstance(rows, list):
        rows.clear()
    return {**response, "body": body}


def _json(request: requests.PreparedRequest) -> Any:
    return json.loads(request.body) if request.body else None


def _parts(url: str | None) -> tuple[Any, ...]:
    parts = urlsplit(url or "")
    return parts[:3], sorted(parse_qsl(parts.query, keep_blank_values=True))
