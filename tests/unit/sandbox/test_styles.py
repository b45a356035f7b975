"""The common dialects of pagination."""

import re

import pytest

from requests_paginate.sandbox import (
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    SingleListing,
    TotalPagesEnvelope,
)
from tests.unit.sandbox.dialects import LISTINGS, ask


def follow(dialect, key):
    """Walks a listing by the absolute links under a key."""
    url = "/items?page_size=3&limit=3&keep=%7e"
    while url:
        body = ask(dialect, url).json()
        yield body["results"]
        url = body[key]
        assert url is None or ("keep=%7e" in url and url.startswith("https://localhost/items?"))


def follow_header(dialect):
    """Walks a listing by the link header."""
    url = "/items?per_page=3&keep=%7e"
    while url:
        response = ask(dialect, url)
        yield response.json()
        links = dict(
            reversed(pair)
            for pair in re.findall(
                r'<([^>]*)>; rel="(\w+)"', dict(response.headers).get("Link", "")
            )
        )
        url = links.get("next")
        assert ("last" in links) == (url is not None)


def count_pages(dialect):
    """Walks a listing by counting to its number of pages."""
    page, last = 1, 1
    while page <= last:
        body = ask(dialect, f"/items?per_page=3&page={page}").json()
        assert (page, 3, dialect.total) == (body["page"], body["per_page"], body["total"])
        yield body["data"]
        page, last = page + 1, body["total_pages"]


def count_rows(dialect):
    """Walks a listing by counting its rows."""
    offset, total = 0, 1
    while offset < total:
        body = ask(dialect, f"/items?limit=3&offset={offset}").json()
        assert (offset, 3) == (body["offset"], body["limit"])
        yield body["items"]
        offset, total = offset + len(body["items"]), body["total"]


def follow_cursor(dialect):
    """Walks a listing by the cursor in its body."""
    url = "/items?limit=3"
    while url:
        body = ask(dialect, url).json()
        yield body["items"]
        assert body["meta"]["has_more"] == (body["meta"]["next_cursor"] is not None)
        url = body["meta"]["has_more"] and f"/items?limit=3&cursor={body['meta']['next_cursor']}"


def follow_last_id(dialect):
    """Walks a listing by the id of its last row."""
    url = "/items?limit=3"
    while url:
        body = ask(dialect, url).json()
        assert ("list", "/items") == (body["object"], body["url"])
        yield body["data"]
        url = body["has_more"] and f"/items?limit=3&starting_after={body['data'][-1]['id']}"


WALKS = {
    PageNumberPages: lambda dialect: follow(dialect, "next"),
    LimitOffsetPages: lambda dialect: follow(dialect, "next"),
    CursorLinkPages: lambda dialect: follow(dialect, "next"),
    LinkHeaderPages: follow_header,
    TotalPagesEnvelope: count_pages,
    OffsetEnvelope: count_rows,
    BodyCursor: follow_cursor,
    LastIdList: follow_last_id,
    SingleListing: lambda dialect: [ask(dialect, "/items?page=2").json()],
}


class TestListings:
    @pytest.mark.parametrize("total", [0, 1, 3, 10, 12])
    @pytest.mark.parametrize("kind", LISTINGS)
    def test_a_walk_finds_every_row(self, kind, total):
        """Walked by its own rules, a listing gives exactly its rows, in order."""
        dialect = kind(total=total)
        pages = list(WALKS[kind](dialect))
        assert list(dialect.rows()) == [row for page in pages for row in page]
        assert list(range(1, total + 1)) == [row["id"] for row in dialect.rows()]
        assert kind is SingleListing or all(len(page) <= 3 for page in pages)

    @pytest.mark.parametrize("kind", [PageNumberPages, LimitOffsetPages, CursorLinkPages])
    def test_a_walk_back_ends_at_the_first_page(self, kind):
        """The links to previous pages lead back to the first."""
        body = ask(kind(total=9), "/items?page_size=3&limit=3").json()
        first = body["results"]
        body = ask(kind(total=9), ask(kind(total=9), body["next"]).json()["next"]).json()
        body = ask(kind(total=9), body["previous"]).json()
        body = ask(kind(total=9), body["previous"]).json()
        assert (first, None) == (body["results"], body["previous"])

    def test_the_way_back_has_no_default_in_it(self):
        """The link to the first page leaves page and offset out, as Django REST framework does."""
        body = ask(PageNumberPages(total=9, page_size=3), "/items?page=2").json()
        assert "https://localhost/items" == body["previous"]
        body = ask(LimitOffsetPages(total=9, page_size=3), "/items?offset=2").json()
        assert "https://localhost/items?limit=3" == body["previous"]

    @pytest.mark.parametrize(
        ("page", "relations"),
        [(1, ["next", "last"]), (2, ["prev", "next", "last", "first"]), (3, ["prev", "first"])],
    )
    def test_the_link_header_is_github_s(self, page, relations):
        """The relations of each page are those that GitHub sends, in its order."""
        headers = dict(ask(LinkHeaderPages(total=9, page_size=3), f"/items?page={page}").headers)
        assert relations == re.findall(r'rel="(\w+)"', headers["Link"])

    @pytest.mark.parametrize(
        ("kind", "query", "status"),
        [
            (PageNumberPages, "page=4", 404),
            (PageNumberPages, "page=0", 404),
            (PageNumberPages, "page=two", 404),
            (PageNumberPages, "page_size=many", 400),
            (LimitOffsetPages, "limit=0", 400),
            (LimitOffsetPages, "offset=-1", 400),
            (CursorLinkPages, "cursor=nonsense!", 404),
            (CursorLinkPages, "cursor=eD0x", 404),
            (LinkHeaderPages, "page=two", 400),
            (TotalPagesEnvelope, "page=0", 400),
            (OffsetEnvelope, "offset=two", 400),
            (BodyCursor, "cursor=nonsense!", 400),
            (LastIdList, "starting_after=99", 400),
            (LastIdList, "limit=0", 400),
        ],
    )
    def test_nonsense_is_refused(self, kind, query, status):
        """A parameter of its own that a listing cannot read is an error, never the first page."""
        response = ask(kind(total=9, page_size=3), f"/items?{query}")
        assert status == response.status
        assert {"error" if kind is LastIdList else "detail"} == set(response.json())

    @pytest.mark.parametrize(
        ("kind", "query", "rows"),
        [
            (LinkHeaderPages, "page=4", None),
            (TotalPagesEnvelope, "page=4", "data"),
            (OffsetEnvelope, "offset=9", "items"),
            (LimitOffsetPages, "offset=9", "results"),
        ],
    )
    def test_past_the_end_is_empty(self, kind, query, rows):
        """Where the dialect has no error for it, a page past the end has no rows."""
        body = ask(kind(total=9, page_size=3), f"/items?{query}").json()
        assert [] == (body[rows] if rows else body)
