"""Requests and pages as values, and reading a body by path."""

import copy
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._envelope.selectors import TotalAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import ABSENT, check_path, describe_type, parse_count, read_path
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
    assert "<Page 3: 2 items, https://api.test/?key=REDACTED>" == repr(
        page(items=["s3cr3t", 2], index=3, url="https://api.test/?key=s3cr3t")
    )
    with pytest.raises(AttributeError):
        page().items = []


@pytest.mark.parametrize("name", ["Link", "link", "LINK"])
def test_headers_have_any_case(name):
    """A header is found in any case."""
    assert "x" == page(headers={"lInK": "x"}).header(name)
    assert page().header(name) is None


# Reading -----------------------------------------------------------------------------------------

BODY = {
    "a": {"b": {"c": 5}, "b.c": 6, "null": None},
    "@odata.nextLink": "x",
    "x.y": {"z": 1},
    "list": [{"id": 1}, [7]],
    "": 8,
}


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        (BODY, "", BODY),
        ([1], "", [1]),
        (BODY, "a.b", {"c": 5}),
        (BODY, "a.b.c", 6),
        (BODY, "a.null", None),
        (BODY, "@odata.nextLink", "x"),
        (BODY, "x.y.z", 1),
        (BODY, "list.0.id", 1),
        (BODY, "list.1.0", 7),
        (BODY, "list.2", ABSENT),
        (BODY, "list.-1", ABSENT),
        (BODY, "list.x", ABSENT),
        (BODY, "list.²", ABSENT),
        (BODY, "a.b.x", ABSENT),
        (BODY, "b", ABSENT),
        (BODY, "a.null.x", ABSENT),
        (BODY, "A", ABSENT),
        (None, "a", ABSENT),
        ("text", "a", ABSENT),
        (5, "0", ABSENT),
    ],
)
def test_reading(body, path, expected):
    """Dots lead into objects and lists, a name with dots is found first, null is not nothing."""
    assert expected == read_path(body, path)


LINKS = {
    "links": [
        7,
        {"rel": 5, "href": "z"},
        {"rel": "self", "href": "a"},
        {"rel": "Next", "href": "b", "to": {"x": 1}},
        {"rel": "next", "href": "c"},
    ],
    "deep": {"link": [{"relation": "next", "url": "d"}]},
    "one": {"rel": "next", "href": "e"},
    "plain[rel=next]": "f",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("links[rel=next].href", "b"),
        ("links[rel=NEXT].href", "b"),
        ("links[rel=self].href", "a"),
        ("links[href=c].rel", "next"),
        ("links[rel=next].to.x", 1),
        ("links[rel=next]", LINKS["links"][3]),
        ("links[rel=next].x", ABSENT),
        ("links[rel=last].href", ABSENT),
        ("links[type=next].href", ABSENT),
        ("links[rel=5].href", ABSENT),
        ("deep.link[relation=next].url", "d"),
        ("deep.links[relation=next].url", ABSENT),
        ("one[rel=next].href", ABSENT),
        ("none[rel=next].href", ABSENT),
        ("plain[rel=next]", "f"),
        ("links[rel]", ABSENT),
        ("links[=next]", ABSENT),
        ("links[rel=next", ABSENT),
    ],
)
def test_reading_the_one_that_is_named(path, expected):
    """Of a list of objects the first with that value is read, its case no matter."""
    assert expected == read_path(LINKS, path)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({}, {"X-Pagination": '{"Pages": 5}'}, 5),
        ([], {"x-pagination": '{"Pages": 5}'}, 5),
        ({"X-Pagination": {"Pages": 6}}, {"X-Pagination": '{"Pages": 5}'}, 6),
        ({}, {"X-Pagination.Pages": "7", "X-Pagination": '{"Pages": 5}'}, "7"),
        ({}, {"X-Pagination": '{"Pages": null}'}, None),
        *(
            ({}, {"X-Pagination": text}, ABSENT)
            for text in ("{}", "[5]", "5", "{", "", "null", "[" * 99999)
        ),
        ({}, {}, ABSENT),
    ],
    ids=lambda value: None if isinstance(value, dict) and len(str(value)) > 99 else repr(value),
)
@pytest.mark.usefixtures("deep")
def test_an_object_in_a_header(body, headers, expected):
    """A path may lead into JSON in a header, after the body and a header of the whole name."""
    found = page(body, headers=headers)
    assert expected == found.lookup("X-Pagination.Pages")
    default = "default" if expected is ABSENT else expected
    assert default == found.lookup("X-Pagination.Pages", "default")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@UNHURRIED
@given(JSON, st.text("ab.0", max_size=8) | st.text())
def test_reading_any_path(body, path):
    """No path in no body makes reading fail."""
    read_path(body, path)


@UNHURRIED
@given(st.lists(st.text("abcdef", min_size=1), min_size=1, max_size=4), JSON)
def test_a_written_path_is_read(names, value):
    """What a JSON field was set to is what stands at that path."""
    assert value == read_path(
        request(json={}).with_json(".".join(names), value).json, ".".join(names)
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0), (10, 10), (10**30, 10**30), ("0", 0), ("10", 10), ("007", 7), (None, None),
        (ABSENT, None), ("9" * 18, int("9" * 18)),
    ],
)  # fmt: skip
def test_numbers(value, expected):
    """A count is a whole number from 0, or one written as a string; null says nothing."""
    assert expected == parse_count(value, "total")
    body = {} if value is ABSENT else {"total": value}
    assert expected == Page(request=PageRequest("GET", URL), body=body).number("total")


@pytest.mark.parametrize(
    ("value", "said_to_be"),
    [
        (-1, "a negative number"), (1.5, "not whole"), (2.0, "not whole"), (-0.5, "negative"),
        (True, "true or false"), (False, "true or false"), ("", "a string"), ("x", "a string"),
        ("-1", "a string"), ("1.0", "a string"), ("1e3", "a string"), ("٣", "a string"),
        ("²", "a string"), (" 1", "a string"), ("9" * 30, "a string"), ("9" * 5000, "a string"),
        ([], "a list"), ([1], "a list"), ({}, "an object"), (float("nan"), "not whole"),
        (float("inf"), "not whole"), (b"1", "bytes"),
    ],
)  # fmt: skip
def test_no_numbers(value, said_to_be):
    """What is no count is malformed; the text names path and type, not the value."""
    with pytest.raises(MalformedPage, match=said_to_be) as caught:
        parse_count(value, "meta.total")
    assert "'meta.total'" in str(caught.value)
    assert "999" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        (True, "more", True), (False, "more", False), ("true", "more", True),
        ("False", "more", False), (None, "more", None), (True, "!more", False),
        (False, "!more", True), ("TRUE", "!more", False), (None, "!more", None),
    ],
)  # fmt: skip
def test_flags(value, path, expected):
    """A flag says that more follows, or with ! that this was the last; null says nothing."""
    assert expected is page({"more": value}).flag(path)
    assert page({}).flag(path) is None
    assert page({"more": value}).flag(None) is None


@pytest.mark.parametrize("value", [0, 1, "yes", "", 1.0, [], {}, [True]])
def test_no_flags(value):
    """What is no boolean is malformed and not true or false by chance."""
    with pytest.raises(MalformedPage):
        page({"more": value}).flag("more")


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"total": 5}, {"Total": "6"}, 5),
        ({}, {"Total": "6"}, 6),
        ([], {"TOTAL": "6"}, 6),
        ({"total": None}, {"Total": "6"}, None),
        ({}, {}, None),
    ],
)
def test_totals(body, headers, expected):
    """A total stands in the body, else in the header of that name."""
    assert expected == TotalAt("total")(page(body, headers=headers))
    assert TotalAt()(page(body, headers=headers)) is None
    assert ({} == body and not headers) == (page(body, headers=headers).lookup("total") is ABSENT)


def test_malformed_total_headers():
    """A header that is no count is malformed too."""
    with pytest.raises(MalformedPage):
        TotalAt("X-Total")(page({}, headers={"X-Total": "1.5"}))


@pytest.mark.parametrize("path", [5, "", b"total", ["total"], True, object()])
def test_no_paths(path):
    """What can be no path is refused at once."""
    with pytest.raises(TypeError, match="total"):
        check_path("total", path)
    with pytest.raises(TypeError, match="total"):
        TotalAt(path)


@pytest.mark.parametrize("path", [None, "total", "a.b", "!last"])
def test_paths(path):
    """None and strings are paths."""
    check_path("total", path)
    assert repr("x") == repr(TotalAt("x"))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"), (True, "true or false"), (1, "a number"), (1.5, "a number"),
        ("x", "a string"), ([], "a list"), ({}, "an object"), (ABSENT, "nothing"), (b"", "bytes"),
    ],
)  # fmt: skip
def test_types_have_names(value, name):
    """Types are named in JSON's words, others by their own."""
    assert name == describe_type(value)


def test_absent_is_one():
    """Absence stays itself over a pickle and a copy."""
    assert ABSENT is pickle.loads(pickle.dumps(ABSENT))
    assert ABSENT is copy.deepcopy(ABSENT)
    assert "absent" == repr(ABSENT)
