"""Lists that stand beside the rows, where the rows are an empty list."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

from contextlib import suppress

import pytest

from requests_paginate._envelope.candidates import Asked
from requests_paginate._envelope.rows import find_rows
from requests_paginate._paths import read_path
from requests_paginate.exceptions import PaginationError, UnknownPagination

URL = "https://api.test/v1/things"
ROW = {"id": 1}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"fields": ["iban", "sum"], "payload": {"payouts": []}}, "payload.payouts"),
        ({"Schemas": ["urn:x"], "response": {"body": {"cards": []}}, "meta": {"next": None}}, "response.body.cards"),
        ({"facets": [{"name": "year", "values": [2024]}], "payouts": []}, "payouts"),
        ({"breadcrumbs": [{"title": "Home"}], "statements": [], "has_more": False}, "statements"),
        ({"messages": ["nothing was found"], "transfers": [], "next_cursor": ""}, "transfers"),
        ({"columns": [{"name": "sum", "type": "decimal"}], "d": {"holdings": []}}, "d.holdings"),
        ({"sort": ["date"], "group_by": ["month"], "loans": []}, "loans"),
        ({"errors": [], "columns": ["a"], "loans": []}, "loans"),
        ({"aggregations": ["a"], "loans": [], "total_loans": 0}, "loans"),
        ({"columns": ["a", "b"], "shelf_list": {"books": [], "more_books_url": ""}}, "shelf_list.books"),
        ({"fields": ["a"], "account": {"id": "x"}, "shelf": {"books": [], "next": None}}, "shelf.books"),
        ({"sort": ["a"], "usage": {"total": 3}, "shelf": {"books": [], "has_more": False}}, "shelf.books"),
    ],
)  # fmt: skip
def test_an_empty_list_comes_before_what_stands_beside_rows(body, path):
    """Columns, notices and facets are no rows where another list is there, though it is empty."""
    assert path == find_rows(body, URL)
    assert [] == read_path(body, path)


@pytest.mark.parametrize(
    ("url", "body", "path"),
    [
        (URL, {"columns": ["a", "b"]}, "columns"),
        (URL, {"messages": [ROW], "errors": []}, "messages"),
        (URL, {"schemas": [ROW], "meta": {"tags": []}}, "schemas"),
        ("https://api.test/v1/columns", {"columns": ["a"], "accounts": []}, "columns"),
        ("https://api.test/v1/messages?box=1", {"messages": [ROW], "people": []}, "messages"),
        (URL, {"included": [ROW], "data": []}, "data"),
        (URL, {"columns": ["a"], "loans": [ROW]}, "loans"),
        (URL, {"order": [], "warnings": ["x"]}, "order"),
    ],
)
def test_the_only_list_is_the_rows_whatever_its_name(url, body, path):
    """Names that usually stand beside rows are theirs if no other list is, or if the URL says so."""
    assert path == find_rows(body, url)


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [ROW], "people": []},
        {"messages": [ROW], "response": {"people": []}},
        {"modified": [{"uuid": "m"}], "left": [], "has_more": False},
    ],
)
def test_things_beside_an_empty_list_are_asked_about(body):
    """Messages with an identity may be the rows, so no listing is silently empty."""
    with pytest.raises(UnknownPagination, match="several lists"):
        find_rows(body, URL)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"facets": [], "loans": [], "has_next": False}, "loans"),
        ({"Schemas": [], "sort": [], "loans": []}, "loans"),
        ({"group_by": [], "response": {"loans": []}}, "response.loans"),
        ({"messages": [], "payload": {"fields": [], "cards": []}, "cursor": None}, "payload.cards"),
        ({"removed": [], "warnings": [], "cards": []}, "cards"),
        ({"breadcrumbs": [], "errors": []}, "breadcrumbs"),
    ],
)
def test_names_beside_rows_step_back_where_all_lists_are_empty(body, path):
    """Of empty lists the one that does not stand beside rows by its name is the listing."""
    assert path == find_rows(body, URL)


@pytest.mark.parametrize(
    "body", [{"facets": [], "sort": []}, {"loans": [], "cards": [], "sort": []}]
)
def test_several_empty_lists_of_one_rank_are_asked_about(body):
    """Two lists beside rows, or two others, are no answer."""
    with pytest.raises(UnknownPagination, match="several lists"):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        {"loans": [], "filters": {"status": ["open"]}, "total": 0},
        {"loans": [], "filters": {"status": [{"is": "open"}]}, "meta": {"total_count": 0}},
        {"facets": [], "loans": [], "criteria": {"states": ["SP"]}, "totalResults": "0"},
    ],
)
def test_a_list_in_a_filter_is_not_the_rows_of_an_empty_listing(body):
    """A count of 0 says that the empty list is the listing, whatever stands deeper down."""
    assert "loans" == find_rows(body, URL)


def test_a_list_in_a_filter_beside_an_empty_list_is_asked_about():
    """Without a count either may be the rows; objects beside pagination stay the rows."""
    with pytest.raises(UnknownPagination, match=r"loans, filters\.status"):
        find_rows({"loans": [], "filters": {"status": ["open"]}, "next_cursor": None}, URL)
    photos = {"notices": [], "photos": {"total": 9, "photo": [ROW]}}
    assert "photos.photo" == find_rows(photos, URL)


@pytest.mark.parametrize(
    "body",
    [
        {"page": {"": [None]}}, {"total": 3, "report": {"": ["x"]}}, {"columns": [], "total": {"": ["x"]}},
        {"data": {"": [], "messages": [None]}, "loans": []}, {"messages": [None], "loans": []},
    ],
)  # fmt: skip
def test_names_without_letters_lead_nowhere(body):
    """A path or an error comes, and no other exception."""
    with suppress(PaginationError):
        assert isinstance(find_rows(body, URL, Asked.LISTING), str)
