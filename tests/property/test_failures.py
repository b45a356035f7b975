"""Whatever fails and wherever a listing stops: no row is lost, and none comes twice."""

from __future__ import annotations

import itertools
import pickle
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import request_all
from requests_paginate.exceptions import PaginationError, UnsafeLink
from requests_paginate.sandbox import Request
from tests.hostile import (
    MOST_REQUESTS,
    SHAPES,
    Answer,
    Script,
    connected,
    listed,
    named,
    page,
    spoilt,
    unhurried,
)
from tests.property.test_dialects import DIALECTS as SANDBOX

pytestmark = pytest.mark.usefixtures("deep")  # most answers here may be nested deeply


@dataclass
class Provider:
    """A sandbox behind the wire, some of whose answers are faults; it goes where pickles go."""

    dialect: Any
    faults: dict[int, str]

    def __call__(self, number: int, request: requests.PreparedRequest) -> Answer:
        parts = urlsplit(str(request.url))
        body = request.body or b""
        asked = Request(
            method=str(request.method),
            path=parts.path,
            query=parts.query,
            headers=dict(request.headers),
            body=body.encode() if isinstance(body, str) else body,
            origin=f"{parts.scheme}://{parts.netloc}",
        )
        answer = self.dialect.respond(asked)
        whole = Answer(answer.body, answer.status, answer.headers)
        kind = self.faults.pop(number, None)
        return whole if kind is None else FAULTS[kind](whole)


def _with(**changes: Any) -> Callable[[Answer], Answer]:
    return lambda whole: Answer(**{"content": b"{}", **changes})


def _refused(_whole: Answer) -> Answer:
    raise requests.ConnectionError("refused")


FAULTS: dict[str, Callable[[Answer], Answer]] = {
    "status 500": _with(status=500),
    "status 429": _with(status=429, headers=(("Retry-After", "1"),)),
    "status 400": _with(status=400, content=b'{"code": 400, "message": "no such parameter"}'),
    "status 422": _with(status=422, content=b"[]"),
    "status 404": _with(status=404, content=b"<html>"),
    "no body": _with(content=b""),
    "half of the body": lambda whole: Answer(whole.content[: len(whole.content) // 2]),
    "HTML": _with(content=b"<!doctype html><title>Maintenance</title>"),
    "a number": _with(content=b"5"),
    "a text": _with(content=b'"slow down"'),
    "null": _with(content=b"null"),
    "an error": _with(content=b'{"error": {"code": 7, "message": "slow down"}}'),
    "no gzip": _with(content=b"{}", headers=(("Content-Encoding", "gzip"),)),
    "too short": lambda whole: Answer(
        whole.content, headers=(("Content-Length", str(len(whole.content) + 1)),)
    ),
    "a reset": lambda whole: Answer(whole.content, reset_after=len(whole.content) // 2),
    "refused": _refused,
    "sent away": _with(status=302, headers=(("Location", "https://evil.test/"),)),
}  # fmt: skip


@pytest.mark.parametrize("name", SANDBOX)
@unhurried(10)
@given(
    st.integers(0, 400),
    st.integers(1, 90),
    st.dictionaries(st.integers(0, 12), st.sampled_from(sorted(FAULTS)), max_size=4),
    st.lists(st.integers(1, 150), max_size=3),
    st.sampled_from(["resume", "next", "pickle"]),
    st.sampled_from([0, 0, 1, 3]),
)
def test_no_failure_loses_or_repeats_a_row(name, total, size, faults, cuts, way, prefetch):
    """Whatever fails and wherever one stops, the rows of all parts are the dataset."""
    dialect, options, rows = SANDBOX[name](min(total, size * 12), size)
    session = connected(Provider(dialect, dict(faults)))
    session.auth = None
    options = {"session": session, "retries": 0, "prefetch": prefetch, **options}
    got = []
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        listing = request_all("GET", **options, max_items=(cuts or [None])[0])
        for number in itertools.count(1):
            assert number < 40, "the listing never ends"
            try:
                for row in listing:
                    got.append(row)
            except PaginationError as error:
                token = error.checkpoint
                if way == "next":
                    continue
                if way == "pickle":
                    listing = pickle.loads(pickle.dumps(listing))
                    continue
            else:
                if listing.complete or listing.doubts:  # of its size, at the end
                    break
                token = listing.checkpoint()
            most = cuts[number] if number < len(cuts) else None
            listing = request_all("GET", **options, resume=token, max_items=most)
    assert rows == got
    assert [] == list(request_all("GET", **options, resume=listing.checkpoint()))


@dataclass(frozen=True)
class Replay:
    """Answers each request with its own page, in whatever order they come."""

    answers: dict[Any, Answer]

    @staticmethod
    def key(request: requests.PreparedRequest) -> Any:
        """What tells one page's request from another's."""
        headers = (request.headers.get(name) for name in ("Range", "X-Continue"))
        return request.url, request.body, *headers

    def __call__(self, number: int, request: requests.PreparedRequest) -> Answer:
        assert number < MOST_REQUESTS, "the listing asks for ever"
        return self.answers.get(self.key(request), Answer(b"{}", 404))


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"one page"}))
@unhurried(6)
@given(st.booleans(), st.integers(0, 1), st.data())
def test_a_spoilt_page_that_raises_loses_nothing(name, detected, which, data):
    """After an error over a spoilt page, its checkpoint leads to all rows of the mended listing."""
    shape = SHAPES[name]
    options = {"strategy": None if detected else shape.strategy, "max_pages": 9, **shape.options}
    good = [page(body, **named(headers)) for body, headers in shape.pages()]
    end = page(shape.body([], 4, False), **named(shape.headers(3, False)))
    whole = listed(Script((*good, end)), **options)
    if whole.error is not None or len(whole.requests) > 4:
        return  # detection needs more than these pages tell
    keys = [Replay.key(request) for request in whole.requests]
    answers = dict(zip(keys, (*good, end), strict=False))
    body, headers = shape.pages()[which]
    bad = page(data.draw(spoilt(body, 1)), **named(headers))
    broken = listed(Replay({**answers, keys[which]: bad}), **options)
    if broken.error is not None and (
        broken.error.page_index == which or isinstance(broken.error, UnsafeLink)
    ):
        mended = listed(Replay(answers), resume=broken.error.checkpoint, **options)
        assert (None, whole.rows) == (mended.error, broken.rows + mended.rows)
