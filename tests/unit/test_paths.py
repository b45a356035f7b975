"""Reading a body by path."""

import copy
import pickle
from decimal import Decimal

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
        ("one[rel=next].href", "e"),
        ("none[rel=next].href", ABSENT),
        ("plain[rel=next]", "f"),
        ("links[rel]", 5),
        ("links[to].x", 1),
        ("links[to]", {"x": 1}),
        ("links[from]", ABSENT),
        ("deep.link[url]", "d"),
        ("links[]", ABSENT),
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
        (ABSENT, None), ("9" * 18, int("9" * 18)), (5.0, 5), (0.0, 0), (-0.0, 0), (1e15, 10**15),
        ("1.0", 1), ("0.00", 0), (Decimal("5.0"), 5), (Decimal("1E+3"), 1000), (Decimal(7), 7),
    ],
)  # fmt: skip
def test_numbers(value, expected):
    """A count is a whole number from 0, as 5, 5.0, or in a string; null says nothing."""
    assert expected == parse_count(value, "total")
    body = {} if value is ABSENT else {"total": value}
    assert expected == Page(request=PageRequest("GET", URL), body=body).number("total")


@pytest.mark.parametrize(
    ("value", "said_to_be"),
    [
        (-1, "a negative number"), (1.5, "not whole"), (-2.0, "negative"), (-0.5, "negative"),
        (True, "true or false"), (False, "true or false"), ("", "a string"), ("x", "a string"),
        ("-1", "a string"), ("1.5", "a string"), (".0", "a string"), ("1.", "a string"),
        ("1e3", "a string"), ("٣", "a string"),
        ("²", "a string"), (" 1", "a string"), ("9" * 30, "a string"), ("9" * 5000, "a string"),
        ([], "a list"), ([1], "a list"), ({}, "an object"), (float("nan"), "not whole"),
        (float("inf"), "not whole"), (b"1", "bytes"), (Decimal("1.5"), "not whole"),
        (Decimal("NaN"), "not whole"), (1e300, "not whole"),
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
        (1, "more", True), (0, "more", False), (1.0, "!more", False), (Decimal(0), "!more", True),
        ("Y", "more", True), ("n", "!more", True), ("YES", "more", True), ("no", "more", False),
        ("T", "!more", False), ("f", "more", False), ("1", "more", True), ("0", "!more", True),
        ("Sim", "more", True), ("Não", "more", False), (5, "more", True), ("12", "more", True),
    ],
)  # fmt: skip
def test_flags(value, path, expected):
    """A flag says that more follows, or with ! that this was the last; null says nothing.

    It may be true or false, 1 or 0, or a word; a larger number counts what follows.
    """
    assert expected is page({"more": value}).flag(path)
    assert page({}).flag(path) is None
    assert page({"more": value}).flag(None) is None


@pytest.mark.parametrize("value", [-1, 0.5, "maybe", "", "-1", "onward", [], {}, [True], b"1"])
@pytest.mark.parametrize("path", ["more", "!more"])
def test_no_flags(value, path):
    """What is no flag is malformed and not true or false by chance; the text says what is one."""
    with pytest.raises(MalformedPage, match=f"true or false .also 1 or 0, yes or no. at '{path}'"):
        page({"more": value}).flag(path)


@pytest.mark.parametrize("value", [2, "7", 10.0])
def test_a_number_of_pages_is_no_mark_of_the_last(value):
    """A count above 1 says nothing about this page being the last one."""
    with pytest.raises(MalformedPage, match="got a"):
        page({"last_page": value}).flag("!last_page")


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


SIREN = {
    "links": [
        {"rel": ["self"], "href": "a"},
        {"rel": ["Next", "last"], "href": "b"},
        {"rel": "prev up", "href": "c"},
        {"rel": [5, None], "href": "d"},
        {"more": None},
        {"more": "e"},
    ]
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("links[rel=next].href", "b"),
        ("links[rel=last].href", "b"),
        ("links[rel=self].href", "a"),
        ("links[rel=up].href", "c"),
        ("links[rel=prev].href", "c"),
        ("links[rel=prev up].href", "c"),
        ("links[rel=5].href", ABSENT),
        ("links[rel=ne].href", ABSENT),
        ("links[more]", "e"),
    ],
)
def test_one_of_several_relations(path, expected):
    """A relation may stand in a list (Siren) or among words; a name, in the first that has it."""
    assert expected == read_path(SIREN, path)
