"""Any link that a server may send: nothing to strangers, and no credentials to allowed origins."""

from __future__ import annotations

import warnings
from base64 import b64encode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import request_all
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import LinkHeader, NextLink
from tests.hostile import (
    ANY_TEXT,
    LINKS,
    MOST_PAGES,
    ROWS,
    SECRET,
    URL,
    Answer,
    Script,
    _origin,
    connected,
    follow,
    listed,
    page,
    sent_by,
    unhurried,
)

pytestmark = pytest.mark.usefixtures("deep")  # most answers here may be nested deeply

STRANGER = "https://files.test"


# Links -------------------------------------------------------------------------------------------


@unhurried(80)
@given(LINKS, st.sampled_from(["body", "object", "header", "redirect"]), st.booleans())
def test_any_link(link, place, keeps_origin):
    """Wherever a link comes from and whatever it is, nothing is sent to another origin."""
    as_header = link.encode("utf-8", "surrogatepass").decode("latin-1")
    first = {
        "body": page({"results": ROWS[:2], "next": link}),
        "object": page({"results": ROWS[:2], "next": {"href": link}}),
        "header": page(ROWS[:2], Link=f"<{as_header}>; rel=next"),
        "redirect": page({}, 302, Location=as_header),
    }[place]
    strategy = LinkHeader(items="") if place == "header" else NextLink("next", items="results")
    for each in (strategy, None):
        script = Script((first, page(ROWS[2:4] if place == "header" else {"results": ROWS[2:4]})))
        listed(script, strategy=each, pin_origin=keeps_origin)


@unhurried(80)
@given(LINKS, st.sampled_from(["next", "redirect", "redirect there"]))
def test_what_an_allowed_origin_gets(link, place):
    """An allowed origin gets requests and no credentials, wherever it leads on."""
    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    location = link.encode("utf-8", "surrogatepass").decode("latin-1")
    answers = {
        "next": (page({"results": ROWS[:2], "next": link}),),
        "redirect": (page({}, 302, Location=location),),
        "redirect there": (away, page({}, 302, Location=location)),
    }[place]
    session = connected(Script((*answers, page({"results": ROWS[2:4], "next": None}))))
    options = {
        "params": {"api_key": SECRET}, "session": session, "retries": 0, "max_pages": MOST_PAGES,
        "strategy": NextLink("next", items="results"), "allow_origins": (STRANGER,),
    }  # fmt: skip
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            list(request_all("GET", URL, **options))
        except PaginationError as error:
            request_all("GET", URL, **options, resume=error.checkpoint)
    _check_strangers(session)


def _check_strangers(session: requests.Session) -> None:
    basic = b64encode(f"user:{SECRET}".encode()).decode()
    for request in sent_by(session):
        if _origin(request.url) != _origin(URL):
            assert _origin(STRANGER) == _origin(request.url)
            written = f"{request.url} {dict(request.headers)} {request.body}"
            assert SECRET not in written
            assert basic not in written


# Link headers ------------------------------------------------------------------------------------


_VALID = st.builds(
    '<{}>; {}; {}="{}"'.format,
    st.sampled_from(["/rows?page=2", f"{URL}?page=2", "?page=2", "//api.test/rows?page=3", ""]),
    st.sampled_from(['rel="next"', "rel=next", 'REL="prev next"', "rel=last", 'title="a, b; c"']),
    st.sampled_from(["rel", "results", "title", "type"]),
    st.sampled_from(["next", "false", "x", 'a\\"b']),
)
_PIECES = st.sampled_from(["<", ">", ";", ",", '"', "\\", "=", " ", "\t", "rel", "next", "é", "\0"])


@st.composite
def link_headers(draw: st.DrawFn) -> str:
    """Valid Link headers, most of them cut, joined or with something in the wrong place."""
    text = ", ".join(draw(st.lists(_VALID, min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        end = min(end, start + draw(st.integers(0, 5)))
        text = text[:start] + draw(_PIECES | ANY_TEXT | st.just("")) + text[end:]
    return text


@unhurried(80)
@given(link_headers() | ANY_TEXT | st.text('<>;,="\\ rel/next', max_size=40), st.booleans())
def test_any_link_header(text, detected):
    """Any Link header leads on within the origin, ends the listing, or is one of our errors."""
    header = text.encode("utf-8", "surrogatepass").decode("latin-1")
    answers = (page(ROWS[:2], Link=header), page(ROWS[2:4]))
    listed(Script(answers), strategy=None if detected else LinkHeader(items=""))


def test_found_a_leak_to_an_allowed_origin():
    """A server's own words do not make a checkpoint give the caller's key to another origin."""
    link = f"{STRANGER}/rows?pageToken=from+the+caller%3Aapi_key"
    answers = Script(
        (
            page({"results": ROWS[:2], "next": link}),
            Answer(b"{}", 500),
            page({"results": ROWS[2:], "next": None}),
        )
    )
    options = {"params": {"api_key": SECRET}, "allow_origins": (STRANGER,)}
    rows, requests_sent = follow(answers, **options)
    assert ROWS == rows
    assert [link, link] == [request.url for request in requests_sent[1:]]
