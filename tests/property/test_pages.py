"""Any page that a server may send: rows, or one of the package's own errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import dialects
from requests_paginate.strategies import Cursor, NextParameters
from tests.hostile import (
    ANYTHING,
    JSON,
    ROWS,
    SHAPES,
    TEXTS,
    Answer,
    Script,
    encoded,
    listed,
    long,
    named,
    page,
    spoilt,
    unhurried,
)
from tests.replay import DIALECTS as RECORDED

pytestmark = pytest.mark.usefixtures("deep")  # most answers here may be nested deeply


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


# What a hostile server may write -----------------------------------------------------------------


def one_of_many(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Like `sampled_from`, and a report does not show them all."""
    return st.integers(0, len(values) - 1).map(lambda place: values[place])


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
