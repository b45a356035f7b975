"""Requests and pages as values, and reading a body by path."""

import copy
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._models import Page, PageRequest
from requests_paginate.exceptions import MalformedPage

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
URL = "https://api.test/rows"


def request(url=URL, **fields):
    return PageRequest("GET", url, **fields)


def page(body=None, **fields):
    return Page(request=request(), body=body, **fields)


# Requests ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (request(), request(params={"page": 2})),
        (request(params={"a": 1}), request(params={"a": 1, "page": 2})),
        (request(params={"page": 1, "a": 1}), request(params={"page": 2, "a": 1})),
        (request(f"{URL}?page=1"), request(f"{URL}?page=2")),
        (request(f"{URL}?a=%2f+&page=1&&b=c;d"), request(f"{URL}?a=%2f+&page=2&&b=c;d")),
        (request(f"{URL}?page=1&a=b#page=1"), request(f"{URL}?page=2&a=b#page=1")),
        (request(f"{URL}?p%61ge=1"), request(f"{URL}?p%61ge=2")),
        (request(f"{URL}?page"), request(f"{URL}?page=2")),
        (request(f"{URL}?page=1&a=b&page=9"), request(f"{URL}?page=2&a=b")),
        (request(f"{URL}?xpage=1"), request(f"{URL}?xpage=1", params={"page": 2})),
        (request(f"{URL}?"), request(f"{URL}?", params={"page": 2})),
        (request(f"{URL}#top"), request(f"{URL}#top", params={"page": 2})),
        (request(f"{URL}#?page=1"), request(f"{URL}#?page=1", params={"page": 2})),
    ],
)
def test_setting_a_parameter(before, after):
    """A parameter is set where it stands, every other byte of the URL kept."""
    unchanged = copy.deepcopy(before)
    assert after == before.with_param("page", 2)
    assert unchanged == before


@pytest.mark.parametrize(
    ("value", "written"),
    [(2, "2"), ("a b", "a+b"), ("a/b?c=d&e#f", "a%2Fb%3Fc%3Dd%26e%23f"), ("é", "%C3%A9"), ("", "")],
)
def test_a_value_in_the_url_is_quoted(value, written):
    """A value that goes into the URL cannot change what follows it."""
    changed = request(f"{URL}?cursor=x&a=b").with_param("cursor", value)
    assert f"{URL}?cursor={written}&a=b" == changed.url
    assert {"cursor": str(value), "a": "b"} == changed.query()


@UNHURRIED
@given(st.text(st.characters(codec="utf-8")), st.integers() | st.text())
def test_a_set_parameter_is_read(name, value):
    """What was set is what the query holds, once."""
    changed = request().with_param(name, value)
    assert {name: value} == changed.query()
    assert {name: 5} == changed.with_param(name, 5).query()


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        (None, "cursor", {"cursor": "x"}),
        ({}, "cursor", {"cursor": "x"}),
        ({"cursor": 1, "a": [1]}, "cursor", {"cursor": "x", "a": [1]}),
        ({"a": 1}, "page.cursor", {"a": 1, "page": {"cursor": "x"}}),
        ({"page": {"size": 5}}, "page.cursor", {"page": {"size": 5, "cursor": "x"}}),
        ({"page": None}, "page.cursor", {"page": {"cursor": "x"}}),
        ({}, "a.b.c", {"a": {"b": {"c": "x"}}}),
        ({"page.cursor": 1}, "page.cursor", {"page.cursor": "x"}),
    ],
)
def test_setting_a_json_field(before, path, after):
    """A field of the JSON body is set, also a nested one, and what stood beside it stays."""
    unchanged = copy.deepcopy(before)
    assert after == request(json=before).with_json(path, "x").json
    assert unchanged == before


@pytest.mark.parametrize("body", [[], [1], "text", 5, True, {"page": 5}, {"page": []}])
def test_setting_a_json_field_below_no_object(body):
    """There is no field in a list, a text or a number."""
    with pytest.raises(MalformedPage):
        request(json=body).with_json("page.cursor" if isinstance(body, dict) else "page", "x")


def test_following_a_link():
    """A link brings its own query; method, body and headers stay."""
    before = PageRequest("POST", URL, params={"a": 1}, json={"b": 2}, headers={"c": "d"})
    assert PageRequest("POST", f"{URL}?page=2", json={"b": 2}, headers={"c": "d"}) == before.follow(
        f"{URL}?page=2"
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (request(f"{URL}?a=1&b=&c#d=e", params={"f": [1, 2]}), {"a": "1", "b": "", "f": [1, 2]}),
        (request(f"{URL}?a=1", params={"a": 2}), {"a": 2}),
        (request(f"{URL}?a=x+y%2B"), {"a": "x y+"}),
    ],
)
def test_the_query(made, expected):
    """The query holds what the URL says, then the parameters."""
    assert expected == {n: v for n, v in made.query().items() if n != "c"}


def test_a_request_shows_no_secret():
    """The repr of a request shows where it goes, and neither secrets nor bodies."""
    shown = repr(
        PageRequest(
            "POST",
            "https://user:s3cr3t@api.test/rows?api_key=s3cr3t&a=1",
            params={"token": "s3cr3t", "page": 2},
            json={"client_secret": "s3cr3t"},
            headers={"Cursor": "s3cr3t"},
        )
    )
    assert (
        "PageRequest('POST', 'https://REDACTED@api.test/rows?api_key=REDACTED&a=1', "
        "params={'token': 'REDACTED', 'page': 2}, json=<an object>, headers=<Cursor>)"
    ) == shown
    assert f"PageRequest('GET', '{URL}')" == repr(request())


def test_a_request_with_other_names():
    """Parameters may have any name that requests takes."""
    assert f"PageRequest('GET', '{URL}', params={{1: 2}})" == repr(request(params={1: 2}))


def test_requests_are_values():
    """Requests compare by value, pickle, and cannot be changed."""
    made = request(params={"a": 1}, json=[1], headers={"b": "c"})
    assert made == pickle.loads(pickle.dumps(made)) == copy.deepcopy(made)
    with pytest.raises(AttributeError):
        made.url = "https://evil.test/"


# Pages -------------------------------------------------------------------------------------------


def test_a_page_is_its_items():
    """Length and iteration are over the items; an empty page is still a page."""
    assert [1, 2] == list(page(items=[1, 2]))
    assert 2 == len(page(items=[1, 2]))
    assert 0 == len(page())
    assert page()
    first = PageRequest("GET", "https://api.test/?key=s3cr3t")
    assert "<Page 3: 2 items, https://api.test/?key=REDACTED>" == repr(
        page(items=["s3cr3t", 2], index=3, first_request=first, url="https://api.test/s3cr3t")
    )
    with pytest.raises(AttributeError):
        page().items = []


@pytest.mark.parametrize("name", ["Link", "link", "LINK"])
def test_headers_have_any_case(name):
    """A header is found in any case."""
    assert "x" == page(headers={"lInK": "x"}).header(name)
    assert page().header(name) is None
