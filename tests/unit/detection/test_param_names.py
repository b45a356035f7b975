"""How the request spells what the response names."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.strategies import LastItem
from tests.first_pages import OF_TWO, ROWS, first, graph
from tests.two_pages import listed, rows


def test_the_caller_s_name_comes_first():
    """A parameter that the caller sent is the one that goes on."""
    page = first({"items": ROWS, "next_token": "t"}, {"next_token": ""})
    assert "next_token" == detect(page)[0].cursor


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        # as a sibling is spelled
        (first({"data": ROWS, "page": 1, "pages": 5}, {"page[size]": 2}), ["page[number]", "page[page]", "page"]),
        (first({"data": ROWS, "meta": {"after": "c"}}, {"page[limit]": 2}), ["page[after]", "after"]),
        (first({"data": ROWS, "after": "c"}, {"filter[name]": 2}), ["after"]),
        (first({"items": ROWS, "next_cursor": "c"}, {"pagination_limit": 2}), ["pagination_cursor", "pagination_next_cursor", "cursor", "next_cursor", "start_cursor", "nextCursor"]),
        (first({"items": ROWS, "next_cursor": "c"}, {"limit": 2}), ["cursor", "next_cursor", "start_cursor", "nextCursor"]),
        (first({"data": ROWS, "skip": 0}, {"$limit": 2}), ["$skip", "skip", "offset", "start"]),
        (first({"data": ROWS, "offset": 0}), ["offset", "skip", "start"]),
        (first({"data": ROWS, "pagination": {"offset": 0}}), ["offset", "pagination[offset]", "skip", "start"]),
        (first({"data": ROWS, "pagination": {"offset": 0}}, json={"limit": 2}), ["offset", "pagination.offset", "skip", "start"]),
        (first({"data": ROWS, "meta": {"pagination": {"page": 1, "pages": 5}}}), ["page", "pagination[page]"]),
        (first({"data": ROWS, "page": 1, "pages": 5}, {"pageSize": 2}), ["page"]),
        (first({"items": ROWS, "nextPageToken": "c"}, {"$top": 2}), ["pageToken", "nextPageToken", "page_token", "$pageToken", "$nextPageToken"]),
        (
            first({"cobs": ROWS, "paginacao": {"paginaAtual": 0, "quantidadeDePaginas": 5}}, {"paginacao.itensPorPagina": 2}),
            ["paginacao.paginaAtual", "paginacao.page", "page", "paginaAtual"],
        ),
        (first({"Items": ROWS, "PageNumber": 1, "TotalPages": 5}, {"PageSize": 2}), ["PageNumber", "page", "CurrentPage", "Page"]),
        (first({"items": ROWS, "page_number": 1, "pages": 5}, {"page_size": 2}), ["page_number", "page", "current_page"]),
        (first({"items": ROWS, "page_number": 1, "pages": 5}, {"size": 2}), ["page", "page_number"]),
        # as the response names it
        (first({"itens": ROWS, "pagina": 1, "totalPaginas": 5}), ["pagina", "page"]),
        (first({"Items": ROWS, "NextToken": "t"}, json={"MaxResults": 2}), ["NextToken", "Token"]),
        (first({"Items": ROWS, "NextMarker": "t"}), ["Marker", "NextMarker"]),
        (first({"Items": ROWS, "NextMarker": "t"}, {"limit": 2}), ["marker", "nextMarker", "NextMarker"]),
        (first({"items": ROWS, "nextPageCursor": "t"}), ["cursor", "pageCursor", "nextPageCursor", "page_cursor"]),
        (first({"items": ROWS, "next_page_token": "t"}), ["page_token", "next_page_token", "nextPageToken", "pageToken", "page-token"]),
        (first({"items": ROWS, "hydra:next_marker": "t"}), ["marker", "next_marker", "nextMarker"]),
        (first({"items": ROWS, "current_page": "a", "next_page": "b"}), ["cursor", "page", "next_page", "nextPage"]),
        (first({"items": ROWS, "current_page": 1, "next_page": "b"}), ["page", "cursor", "next_page", "nextPage"]),
        (first({"items": ROWS, "next_page": 7}), ["page", "next_page", "nextPage"]),
        # as the caller names it
        (first({"items": ROWS, "next_cursor": "c"}, {"nextCursor": ""}), ["nextCursor", "cursor", "next_cursor", "start_cursor"]),
        (first({"items": ROWS, "next_cursor": "c"}, {"page[cursor]": ""}), ["page[cursor]", "cursor", "next_cursor", "start_cursor", "nextCursor"]),
        (first({"data": ROWS, "total": 9}, json={"options": {"offset": 0}}), ["options.offset"]),
        (first(ROWS, {"first": 0, "max": 2}), ["first"]),
        # by what the token is the next one of
        (first({"data": ROWS, "next": 4}, {"start": 2}), ["start", "cursor", "next"]),
        (first({"data": ROWS, "next": "3"}, {"pagina": 2}), ["pagina", "cursor", "next"]),
        (first({"data": ROWS, "current": 4, "next": 5}), ["page", "cursor", "next"]),
        (first({"data": ROWS, "meta": {"first_result": 1}, "next": 3}), ["first_result", "cursor", "next"]),
        (first({"data": ROWS, "next": 7}, {"start": 2}), ["cursor", "next"]),
        (first({"data": ROWS, "next": 2}), ["page", "offset", "cursor", "next"]),
        # a header goes back as one where no parameter works
        (
            first(ROWS, headers={"X-Pagination-Cursor-Next": "c"}),
            ["cursor", "cursor_next", "cursorNext", "cursor-next", "X-Pagination-Cursor"],
        ),
        # all variables that could be meant
        (graph(OF_TWO, endCursor="c", hasNextPage=True), ["variables.b", "variables.a"]),
    ],
)  # fmt: skip
def test_the_names_of_parameters(page, expected):
    """The caller's spelling, a sibling's, then what most APIs do: likeliest first, each once."""
    found = detect(page)
    assert expected == [getattr(strategy, strategy.needs[0]) for strategy in found]
    assert {type(found[0])} == {type(strategy) for strategy in found}


def test_a_token_of_a_header_goes_into_a_header_last():
    """Only the last candidate puts the token where it came from."""
    *others, last = detect(first(ROWS, headers={"X-MS-ContinuationToken": "t"}))
    assert {None} == {strategy.into for strategy in others}
    assert ("header", "X-MS-ContinuationToken") == (last.into, last.cursor)


def test_ids_of_the_last_row_have_two_names():
    """What looks like Stripe's is asked in both spellings."""
    found = detect(first({"object": "list", "has_more": True, "data": ROWS}))
    names = ["starting_after", "startingAfter"]
    assert [LastItem(name, more="has_more", items="data") for name in names] == list(found)


def test_a_token_of_a_page_may_be_a_cursor():
    """A next page that is no number is tried as a page, and then as a cursor."""

    def answer(query):
        if query.get("cursor") == "Pm==":
            return {"items": rows(3), "next_page": None}
        return {"items": rows(1, 2), "next_page": "Pm=="}

    assert ([1, 2, 3], [{"page": "Pm=="}, {"cursor": "Pm=="}]) == listed(answer)[:2]
