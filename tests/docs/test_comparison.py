"""The table of docs/comparison.md that was measured is what happens.

`python -m tests.docs.test_comparison` prints it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import responses

from requests_paginate import PaginatedSession
from requests_paginate.sandbox import (
    BodyCursor,
    LastIdList,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    TotalPagesEnvelope,
    json_response,
)
from requests_paginate.testing import mount
from tests.docs import pages

pytestmark = pytest.mark.docs

URL = "https://api.example.com/items"
ELSEWHERE = "https://other.example.org/items?page=2"
MOST_REQUESTS = 50  # then it would go on for ever


class Serving:
    """Answers as a function says, which gets the request and how many came before."""

    def __init__(self, answer: Callable[[Any, int], Any]) -> None:
        self._answer, self._count = answer, 0

    def respond(self, request):
        self._count += 1
        if self._count > MOST_REQUESTS:
            raise RuntimeError("without end")
        return self._answer(request, self._count - 1)


def refuse_once(request, count):
    if count == 1:
        return json_response({"error": "busy"}, status=503)
    return LinkHeaderPages(total=250).respond(request)


def fail_with_200(request, count):
    if count == 1:
        return json_response({"error": "internal error"})
    return PageNumberPages(total=250).respond(request)


def ignore_the_page(request, _count):
    rows = [{"id": number} for number in range(100)]
    return json_response({"page": 1, "total_pages": 3, "total": 250, "data": rows})


def lead_elsewhere(request, _count):
    rows = [{"id": number} for number in range(100)]
    link = None if request.parameter("page") else ELSEWHERE
    return json_response({"count": 200, "next": link, "results": rows})


# What the table says: a server, and how many rows it has. By hand a loop is written for each.
CASES = {
    "`Link` header, as GitHub": (LinkHeaderPages(total=250), "links"),
    "next URL in the body, as Django REST framework": (PageNumberPages(total=250), "next"),
    "page numbers from 1, with `total_pages`": (TotalPagesEnvelope(total=250), "pages"),
    "offset and total": (OffsetEnvelope(total=250), "offset"),
    "cursor under `meta.next_cursor`": (BodyCursor(total=250), "cursor"),
    "`has_more` and the last id, as Stripe": (LastIdList(total=250), "last id"),
    "a 503 for one page": (Serving(refuse_once), "links"),
    "an error body with status 200 for page 2": (Serving(fail_with_200), "next"),
    "the server ignores `page`": (Serving(ignore_the_page), "pages"),
    "a next link to another host": (Serving(lead_elsewhere), "next"),
}


def list_by_hand(session, kind: str) -> Iterator[Any]:
    """List with the loop that one writes, and `raise_for_status`."""
    url, params = URL, {}
    while True:
        response = session.get(url, params=params)
        response.raise_for_status()
        body = response.json()
        if kind == "links":
            yield from body
            url = response.links.get("next", {}).get("url")
        elif kind == "next":
            yield from body.get("results", [])
            url = body.get("next")
        elif kind == "pages":
            yield from body["data"]
            page = params.get("page", 1)
            params = {"page": page + 1}
            url = URL if page < body["total_pages"] else None
        elif kind == "offset":
            yield from body["items"]
            params = {"offset": params.get("offset", 0) + len(body["items"])}
            url = URL if params["offset"] < body["total"] else None
        elif kind == "cursor":
            yield from body["items"]
            params = {"cursor": body["meta"]["next_cursor"]}
            url = URL if params["cursor"] else None
        else:
            yield from body["data"]
            params = {"starting_after": body["data"][-1]["id"]}
            url = URL if body["has_more"] else None
        if url is None:
            return


def list_with_dlt(session, kind: str, *, named: bool) -> Iterator[Any]:
    """List with dlt, which finds the paginator, or is given the one that its page names for it."""
    from dlt.sources.helpers.rest_client import RESTClient, paginators

    given: dict[str, Any] = {}
    if named:
        made = {
            "links": paginators.HeaderLinkPaginator,
            "next": lambda: paginators.JSONLinkPaginator(next_url_path="next"),
            "pages": lambda: paginators.PageNumberPaginator(1, total_path="total_pages"),
            "offset": lambda: paginators.OffsetPaginator(limit=100, total_path="total"),
            "cursor": lambda: paginators.JSONResponseCursorPaginator("meta.next_cursor", "cursor"),
        }
        if kind not in made:
            raise LookupError("none is there")
        given["paginator"] = made[kind]()
    for page in RESTClient(
        base_url="https://api.example.com", headers=dict(session.headers)
    ).paginate("/items", **given):
        yield from page


def list_with_ours(_session, _kind: str) -> Iterator[Any]:
    session = PaginatedSession()
    session.headers["X-API-KEY"] = "key"
    return session.get_all(URL, retries=2)


LISTERS: dict[str, Callable[[Any, str], Iterator[Any]]] = {
    "hand loop": list_by_hand,
    "dlt, nothing named": lambda session, kind: list_with_dlt(session, kind, named=False),
    "dlt, paginator named": lambda session, kind: list_with_dlt(session, kind, named=True),
    "requests_paginate": list_with_ours,
}


def describe(lister, dialect, kind: str) -> str:
    """Return what came of a listing, in a cell of the table."""
    session = requests.Session()
    session.headers["X-API-KEY"] = "key"
    seen: list[Any] = []
    failed = ""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mount(dialect, "https://api.example.com", mock)
        mock.get(ELSEWHERE, json={"count": 200, "next": None, "results": []})
        try:
            for row in lister(session, kind):
                seen.append(row["id"] if isinstance(row, dict) and "id" in row else json.dumps(row))
        except LookupError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the table says so
            failed = type(error).__name__ if "without end" not in str(error) else "endless"
        hosts = [urlsplit(call.request.url).hostname for call in mock.calls]
        keys = [
            call.request.headers.get("X-API-KEY")
            for call in mock.calls
            if urlsplit(call.request.url).hostname == "other.example.org"
        ]
    if "other.example.org" in hosts:
        return "the key is sent there" if any(keys) else "followed, without the key"
    if failed == "endless":
        return "asks for ever"
    count, different = len(seen), len(set(seen))
    rows = f"{count} rows" if count == different else f"{count} rows, {different} different"
    if failed:
        return f"{rows}, then {failed}"
    return "all 250" if (count, different) == (250, 250) else f"{rows}, no error"


@pytest.fixture(scope="module")
def measured():
    with pytest.MonkeyPatch.context() as patch:
        return measure(patch)


def measure(patch) -> list[list[str]]:
    """Return the table."""
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    patch.setattr("time.sleep", lambda _seconds: None)
    lines = []
    for name, (dialect, kind) in CASES.items():
        cells = []
        for lister in LISTERS.values():
            fresh = Serving(dialect._answer) if isinstance(dialect, Serving) else dialect
            cells.append(describe(lister, fresh, kind))
        lines.append([name, *cells])
    return lines


@pytest.mark.filterwarnings("default")
def test_the_measured_table_is_current(measured):
    """Each cell is what happens."""
    text = pages.read("docs/comparison.md")
    section = text.partition("\n## What happens\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (.*) \|$", section, re.MULTILINE)
    table = [line.split(" | ") for line in lines]
    assert [["the server", *LISTERS], *measured] == table


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patching:
        for cells in [["the server", *LISTERS], *measure(patching)]:
            print(f"| {' | '.join(cells)} |")
