"""Any checkpoint, damaged or forged: refused, or as good as any other."""

from __future__ import annotations

import copy
import itertools
import json
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import dialects, request_all
from requests_paginate.exceptions import InvalidCheckpoint, PaginationError
from tests.hostile import (
    LINKS,
    ROWS,
    SECRET,
    SHAPES,
    URL,
    Answer,
    Script,
    connected,
    encoded,
    follow,
    listed,
    named,
    page,
    spoilt,
    unhurried,
)
from tests.unit.listing.test_checkpoint import content, sealed

pytestmark = pytest.mark.usefixtures("deep")  # most answers here may be nested deeply

# What a hostile server may write -----------------------------------------------------------------


def one_of_many(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Like `sampled_from`, and a report does not show them all."""
    return st.integers(0, len(values) - 1).map(lambda place: values[place])


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
