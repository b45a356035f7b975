"""The first page decides: recognised, or raised; never guessed."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from requests_paginate._detection.detect import detect, explain
from requests_paginate.strategies import Cursor, NextLink, PageNumber, SinglePage
from tests.first_pages import ROWS, first, graph


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (first({"results": ROWS, "has_more": True}), "has_more"),
        (first({"results": ROWS, "total": 9}), "total"),
        (first({"results": ROWS, "count": 9}), "count"),
        (first({"results": ROWS, "continue": {"a": 1}}), "continue"),
        (first({"results": ROWS, "next": {"a": 1}}), "next"),
        (first({"results": ROWS, "LastEvaluatedKey": {"a": 1}}), "LastEvaluatedKey"),
        (first({"results": ROWS, "pages": 5}), "from 0 or 1"),
        (first({"a": ROWS, "b": ROWS}), "a, b"),
        (first({"name": "x", "size": 1}), "no list"),
        (first({"results": ROWS, "hasMoreResults": True}), "hasMoreResults"),
        (first({"results": ROWS, "total_entries": 9}), "total_entries"),
        (first({"results": ROWS, "total_results": 9}), "total_results"),
        (first({"results": ROWS, "total": {"value": 9}}), "total"),
        (first({"data": {"items": ROWS}, "count": 500}), "count"),
        (
            first({"orders": {"order": ROWS, "has_more": True}}, url="https://api.test/orders"),
            "orders.has_more",
        ),
        (first(ROWS, headers={"X-Total-Count": "500"}), "X-Total-Count"),
    ],
)
def test_what_cannot_be_told_raises(page, words):
    """A page that is one of many, or holds several lists, is not taken for the whole."""
    with pytest.raises(exceptions.UnknownPagination, match=words):
        detect(page)


@pytest.mark.parametrize(
    "beside",
    [{"total_cents": 99999}, {"total_time_ms": 1250}, {"next_billing_date": "2027-01-01"},
     {"nextUpdate": 60}, {"total_amount": 1234.5}, {"total": "12.50"}, {"count": 2},
     {"errors": []}, {"success": True}],
)  # fmt: skip
def test_one_page_with_other_numbers_is_one_page(beside):
    """Amounts, times and dates beside the rows are no sign of more."""
    assert SinglePage(items="orders") == detect(first({"orders": ROWS, **beside}))[0]


@pytest.mark.parametrize("body", [{"error": "no"}, {"errors": {}}, "text", 5, None, True])
def test_what_is_no_page_is_malformed(body):
    """An error body or a bare value is no page."""
    with pytest.raises(exceptions.MalformedPage):
        detect(first(body))


# Headers, lists of links, objects of parameters, GraphQL -----------------------------------------


AFTER = "query($from: String) { orders(first: 2, after: $from) { nodes { id } } }"
NO_VARIABLE = "{ orders(first: 2) { nodes { id } pageInfo { endCursor hasNextPage } } }"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (graph(NO_VARIABLE, endCursor="c", hasNextPage=True), "declare a variable"),
        (graph(NO_VARIABLE, currentPage=1, lastPage=5), "declare a variable"),
        (first({"data": {"orders": ROWS}}, json={"query": AFTER}), "takes 'variables.from'"),
        (
            first({"data": {"x": ROWS}}, json={"query": "query($c: ID) { x(cursor: $c) { id } }"}),
            r"takes 'variables\.c'",
        ),
        (first({"data": ROWS, "page": 3, "pages": 5}, {"q": "x"}), "number 3"),
        (first({"data": ROWS, "page": 3, "pages": 5}, {"a": 3, "b": 3}), "number 3"),
        (first({"hits": {"total": {"value": 9, "relation": "gte"}, "hits": ROWS}}), "hits.total"),
        (first(ROWS, headers={"REST-Content-Range": "resources 0-2/9"}), "REST-Content-Range"),
        (first({"events": ROWS, "total": 9}, {"from": 0, "to": 5}), "'total' counts more"),
        (first({"items": ROWS, "next_page": {"filter": "x"}}), "'next_page'"),
        (first({"items": ROWS, "next": {"page": [2]}}), "'next'"),
    ],
)
def test_what_rarer_pages_do_not_tell_raises(page, words):
    """A query without a variable, a number of an unknown parameter, a count alone."""
    with pytest.raises(exceptions.UnknownPagination, match=words):
        detect(page)


@pytest.mark.parametrize(
    ("beside", "example"),
    [
        ({"has_more": True}, "LastItem('after', more='has_more', items='items')"),
        ({"next": {"href": "/{?p}", "templated": True}}, "Cursor('cursor', token='next', items="),
        ({"total": 9}, "PageNumber('page', items='items', total='total')"),
        ({"next": {"x": 1}, "total": 9}, "PageNumber('page', items='items', total='total')"),
    ],
)
def test_the_text_suggests_a_strategy(beside, example):
    """The error suggests one of the kind that is seen, with the paths at hand."""
    with pytest.raises(exceptions.UnknownPagination) as caught:
        detect(first({"items": ROWS, **beside}))
    assert f"pass strategy=, for example strategies.{example}" in str(caught.value)


# Explanations ------------------------------------------------------------------------------------


def test_an_explanation_says_what_was_passed_over():
    """The one that decided says what it looks for; the others only what they would have said."""
    body = {"items": ROWS, "next": "?c=1", "next_cursor": "c", "page": 1, "total_pages": 5}
    told = explain(first(body))
    assert detect(first(body)) == told.strategies == (NextLink("next", items="items"),)
    assert told.reason.startswith("A URL under a name like next")
    assert [Cursor, PageNumber] == [type(strategy) for strategy in told.passed_over]


@pytest.mark.parametrize(
    ("page", "strategy", "words"),
    [
        (first(ROWS), SinglePage(items=""), "Nothing in the page says"),
        (first({"id": 5, "tags": []}), SinglePage(items=""), "A single resource"),
        (first({"results": ROWS, "next": "?a=1", "pages": 5}), NextLink("next", items="results"), "A URL"),
    ],
)  # fmt: skip
def test_an_explanation_of_one_alone(page, strategy, words):
    """One page, one resource, or one detector while another would have refused."""
    told = explain(page)
    assert ((strategy,), ()) == (told.strategies, told.passed_over)
    assert told.reason.startswith(words)
