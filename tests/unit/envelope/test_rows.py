"""Finding the rows."""

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import read_path
from requests_paginate.exceptions import MalformedPage, PaginationError, UnknownPagination

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

URL = "https://api.test/v1/things"


def page(body, **fields):
    return Page(request=PageRequest("GET", URL), body=body, url=URL, **fields)


@pytest.mark.parametrize(
    ("body", "url", "path"),
    [
        ([], URL, ""),
        ([1], URL, ""),
        ({"results": [], "next": None}, URL, "results"),
        ({"items": []}, URL, "items"),
        ({"data": [], "included": []}, URL, "data"),
        ({"value": [], "@odata.nextLink": ""}, URL, "value"),
        ({"Results": []}, URL, "Results"),
        ({"things": [], "links": []}, URL, "things"),
        ({"things": [], "results": []}, URL, "things"),
        ({"tickets": [], "users": []}, "https://api.test/tickets.json?a=b", "tickets"),
        ({"Messages": [], "other": []}, "https://api.test/Messages", "Messages"),
        ({"messages": [1]}, "https://api.test/messages", "messages"),
        ({"line_items": [], "x": []}, "https://api.test/line-items/", "line_items"),
        ({"caf\u00e9s": [], "x": []}, "https://api.test/caf%C3%A9s", "caf\u00e9s"),
        ({"links": [], "errors": [], "whatever": []}, URL, "whatever"),
        ({"messages": []}, URL, "messages"),
        ({"meta": {"key": "calls"}, "calls": [], "others": []}, URL, "calls"),
        ({"meta": {"key": "calls"}, "calls": 5, "others": []}, URL, "others"),
        ({"data": {"items": []}}, URL, "data.items"),
        ({"data": {"things": [], "x": []}}, URL, "data.things"),
        ({"response": {"data": {"rows": []}}}, URL, "response.data.rows"),
        ({"_embedded": {"bookings": []}, "page": {}}, URL, "_embedded.bookings"),
        ({"list": {"elements": {"order": []}}}, URL, "list.elements.order"),
        ({"QueryResponse": {"Invoice": []}}, URL, "QueryResponse.Invoice"),
        ({"things": {"edges": []}}, URL, "things.edges"),
        ({"hits": {"hits": []}}, URL, "hits.hits"),
        ({"data": {"things": {"nodes": []}}}, URL, "data.things.nodes"),
        ({"results": [], "data": []}, URL, "results"),
        ({"a.b": []}, URL, "a.b"),
    ],
)
def test_rows_are_found(body, url, path):
    """By the URL's last segment, by known names, by being alone, one level after the other."""
    assert path == find_rows(body, url)
    assert isinstance(read_path(body, path), list)


@pytest.mark.parametrize(
    ("body", "url", "path"),
    [
        # the URL asks for it, whatever its lists are called
        ({"id": 5, "items": [1]}, "https://api.test/orders/5", ""),
        ({"id": "x-5", "data": [1]}, "https://api.test/orders/x-5.json?a=b", ""),
        ({"uuid": "5", "results": [1]}, "https://api.test/orders/5/", ""),
        ({"data": {"id": 5, "items": [1]}}, "https://api.test/orders/5", "data"),
        # no list has a name that rows have
        ({"id": 5, "tags": [1]}, URL, ""),
        ({"gid": "5", "name": "x"}, URL, ""),
        ({"data": {"id": 5}}, URL, "data"),
        ({"data": {"id": 5, "tags": [1]}}, URL, "data"),
        ({"ticket": {"id": 1}}, URL, "ticket"),
        ({"ticket": {"id": 1, "tags": ["a"]}}, URL, "ticket"),
        ({"ticket": {"id": 1, "tags": ["a"]}}, "https://api.test/tickets/1.json", "ticket"),
    ],
)
def test_a_single_resource_is_found(body, url, path):
    """An object with an identity is one row, however many lists are in it."""
    assert path == find_rows(body, url)
    assert isinstance(read_path(body, path), dict)
    assert [read_path(body, path)] == ItemsAt(path, takes_one=True)(page(body))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"id": 5, "things": [1]}, "things"),
        ({"id": 5, "items": [1]}, "items"),
        ({"id": 5, "stuff": [1], "next": "?page=2"}, "stuff"),
        ({"id": None, "stuff": [1]}, "stuff"),
        ({"id": "", "stuff": [1]}, "stuff"),
        ({"id": {"a": 1}, "stuff": [1]}, "stuff"),
        ({"@id": "/things", "stuff": [1]}, "stuff"),
        ({"@id": "/things", "hydra:member": [1], "hydra:totalItems": 1}, "hydra:member"),
    ],
)
def test_an_identity_beside_rows(body, path):
    """A listing with an identity is a listing, and JSON-LD's @id is an address."""
    assert path == find_rows(body, URL)


CONNECTION = {"nodes": [1], "pageInfo": {"endCursor": "c"}}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"data": {"viewer": {"repo": {"issues": CONNECTION}}}}, "data.viewer.repo.issues.nodes"),
        ({"data": {"a": {"edges": [1], "nodes": [1], "pageInfo": {}}}}, "data.a.nodes"),
        ({"data": {"Page": {"media": [1], "pageInfo": {}}}}, "data.Page.media"),
        ({"data": {"labels": [1], "issues": CONNECTION}}, "data.issues.nodes"),
        ({"users": [1], "topic_list": {"more_topics_url": "", "topics": [1]}}, "topic_list.topics"),
        ({"users": [1], "topic_list": {"topics": [1]}}, "users"),
        # the lists of the first level alone
        ({"data": {"a": {"nodes": [{"lines": CONNECTION}], "pageInfo": {}}}}, "data.a.nodes"),
        ({"data": {"a": {"pageInfo": {}, "nodes": [1], "b": CONNECTION}}}, "data.a.nodes"),
        # named by nothing, and beside a count
        ({"photos": {"page": 1, "total": 9, "photo": [1]}, "stat": "ok"}, "photos.photo"),
        ({"hitCount": 9, "resultList": {"result": [1]}}, "resultList.result"),
        ({"stuff": {"thing": [1]}, "next": "?page=2"}, "stuff.thing"),
        ({"stuff": {"thing": [1], "links": [1]}, "totalPages": 2}, "stuff.thing"),
        # the World Bank's pair, and what only looks like it
        ([{"page": 1, "pages": 7}, [1]], "1"),
        ([{"page": 1}, []], "1"),
        ([{"id": 1}, {"id": 2}], ""),
        ([[1], [2]], ""),
        ([{"id": 1}, [1], [2]], ""),
    ],
)  # fmt: skip
def test_rows_beside_what_leads_on_are_found(body, path):
    """A connection's lists, a list deeper down beside a count, the second of a pair."""
    assert path == find_rows(body, "https://api.test/query")
    assert isinstance(read_path(body, path), list)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"data": {"a": CONNECTION, "b": CONNECTION}}, "data.a.nodes, data.b.nodes"),
        ({"kind": "Pod", "status": {"conditions": [1]}}, "'kind', 'status'"),
        ({"stuff": {"a": [1], "b": [1]}, "total": 5}, "no list"),
        ({"a": {"id": 1}, "b": {"id": 2}}, "'a', 'b'"),
        ({"total": False}, "no list"),
        ({"count": {"value": 0}}, "no list"),
    ],
)
def test_lists_that_may_be_anything(body, words):
    """Several connections, a list deeper down beside no count or of what was asked for: raised."""
    with pytest.raises(UnknownPagination, match=words):
        find_rows(body, "https://api.test/7")


@pytest.mark.parametrize(
    ("items", "body"),
    [
        (None, {"schemas": ["x"], "totalResults": 0, "startIndex": 1}),
        ("Resources", {"schemas": ["x"], "totalResults": 0, "startIndex": 1}),
        (None, {"resourceType": "Bundle", "total": 0}),
        ("entry", {"resourceType": "Bundle", "total": "0", "link": [{"relation": "self"}]}),
        (None, {"meta": {"result_count": 0}}),
        ("data", {"meta": {"result_count": 0}}),
        ("data", {"meta": {"result_count": 0}, "errors": []}),
    ],
)
def test_an_empty_listing_without_its_list(items, body):
    """SCIM, FHIR and X leave the list out and say that there are no rows."""
    assert [] == ItemsAt(items)(page(body))


@pytest.mark.parametrize(
    ("items", "body"),
    [
        (None, {"errors": [{"title": "no"}], "meta": {"result_count": 0}}),
        ("data", {"errors": [{"title": "no"}], "meta": {"result_count": 0}}),
        ("data", {"error": "no", "total": 0}),
        ("data", {"success": False, "total": 0}),
        ("data", {"total": 1}),
        ("data", {"total": False}),
        ("data", {"total_cents": 0}),
        ("data", {"meta": {"deep": {"total": 0}}}),
        ("data", {"data": {}, "total": 0}),
    ],
)
def test_no_empty_listing(items, body):
    """An error, another number or no number at all is no listing without rows."""
    with pytest.raises(MalformedPage):
        ItemsAt(items)(page(body))


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        ("no", True), ({"code": 5}, True), ({"message": "no"}, True), ([{"title": "no"}], True),
        ({"status": "failed"}, True), ({"errno": "E1"}, True), (True, True),
        (None, False), ("", False), ({}, False), ([], False), ({"code": "ok", "x": 1}, False),
        ({"code": 0, "message": "fine"}, False), ({"message": ""}, False), ("000", False),
        ({"code": "", "status": 200}, False), ("Success", False), ({"code": {"code": 0}}, False),
    ],
)  # fmt: skip
def test_errors_beside_no_rows(error, is_one):
    """A page without rows that reports an error is malformed; "ok" and 0 are no errors."""
    body = {"data": [], "error": error}
    if is_one:
        with pytest.raises(MalformedPage, match="'error'"):
            ItemsAt("data")(page(body))
    else:
        assert [] == ItemsAt("data")(page(body))


@pytest.mark.parametrize("lengths", [(0, 9), (9, 0), (1, 1)])
def test_rows_are_not_found_by_length(lengths):
    """Of two lists the longer one is no better: the caller is asked, and told the names."""
    body = {"added": [1] * lengths[0], "changed": [1] * lengths[1]}
    with pytest.raises(UnknownPagination, match="added, changed"):
        find_rows(body, URL)


@pytest.mark.parametrize(
    "body", [{"name": "x"}, {}, {"meta": {"x": []}}, {"links": []}, {"errors": "none"}]
)
def test_no_rows(body):
    """An object without a list that could be rows is refused."""
    with pytest.raises((UnknownPagination, MalformedPage)):
        find_rows(body, URL)


def test_rows_too_deep():
    """Rows are not sought below four levels."""
    with pytest.raises(UnknownPagination):
        find_rows({"data": {"data": {"data": {"data": {"items": []}}}}}, URL)


@pytest.mark.parametrize("name", ["error", "errors", "Error"])
def test_error_bodies(name):
    """An error body with status 200 is no page; its values are not shown."""
    with pytest.raises(MalformedPage, match="error") as caught:
        find_rows({name: {"code": 5}, "detail": "s3cr3t"}, URL)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("body", [None, 5, 1.5, True, "s3cr3t"])
def test_bodies_without_rows(body):
    """A body that is neither list nor object holds no rows."""
    with pytest.raises(MalformedPage) as caught:
        find_rows(body, URL)
    assert "s3cr3t" not in str(caught.value)


_NAMES = st.sampled_from(
    ["data", "items", "results", "links", "error", "things", "x", "meta", "a.b"]
)
_BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES | st.text(min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@UNHURRIED
@given(_BODIES)
def test_any_body(body):
    """Any body has a path to a list (null is an empty one) or a resource, or is refused."""
    try:
        path = find_rows(body, URL)
    except PaginationError:
        return
    assert isinstance(read_path(body, path), (list, dict, type(None)))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["has_more", "hasMore", "HAS-MORE", "has more"], "hasmore"),
        (["hydra:next", "next", "hydra:hydra:Next"], "next"),
        (["@id"], "@id"),
        ([""], ""),
    ],
)
def test_names_are_compared_without_punctuation(names, expected):
    """Case, punctuation and namespace make no other name."""
    assert {expected} == {normalize_name(name) for name in names}


@pytest.mark.parametrize(
    ("items", "body", "status", "expected"),
    [
        ("", [1], 200, [1]),
        ("data.items", {"data": {"items": [1]}}, 200, [1]),
        ("results", {"results": []}, 200, []),
        ("results", {"results": None}, 200, []),
        (None, [1], 200, [1]),
        (None, {"results": [1]}, 200, [1]),
        ("", None, 204, []),
        ("results", None, 204, []),
        (None, None, 204, []),
        (lambda body: body["x"], {"x": [1]}, 200, [1]),
        (lambda body: (row for row in body["x"]), {"x": [1]}, 200, [1]),
        (lambda body: body["x"].values(), {"x": {"a": 1}}, 200, [1]),
    ],
)
def test_items(items, body, status, expected):
    """Rows are read at a path, by a callable or where they are found; null and 204 are none."""
    assert expected == ItemsAt(items)(page(body, status=status))


@pytest.mark.parametrize(
    ("items", "body"),
    [
        ("results", {}), ("results", {"results": {}}), ("results", {"results": "s3cr3t"}),
        ("results", {"results": 5}), ("results", {"results": False}), ("results", []),
        ("results", None), ("", None), ("", {"s": 1}), ("", "s3cr3t"), (None, None), (None, 5),
        (lambda body: "s3cr3t", {}), (lambda body: {"s3cr3t": 1}, {}), (lambda body: None, {}),
        (lambda body: b"s3cr3t", {}),
    ],
)  # fmt: skip
def test_missing_items(items, body):
    """No list where the rows should be is malformed; the text shows no value."""
    with pytest.raises(MalformedPage) as caught:
        ItemsAt(items)(page(body))
    assert "s3cr3t" not in str(caught.value)


def test_missing_items_say_what_is_there():
    """The text names the path, and the names that the body has instead."""
    with pytest.raises(MalformedPage, match=r"'results', got nothing.*'rows', 'next'.*items="):
        ItemsAt("results")(page({"rows": [], "next": None}))


def test_what_a_callable_raises_passes():
    """An error of the caller's own callable is the caller's."""
    with pytest.raises(ZeroDivisionError):
        ItemsAt(lambda body: 1 / 0)(page([]))


@pytest.mark.parametrize("items", [5, b"results", ["results"], {}, True])
def test_no_places_of_items(items):
    """What is neither path nor callable is refused at once."""
    with pytest.raises(TypeError, match="items"):
        ItemsAt(items)


def test_places_of_items_are_values():
    """They compare by value, hash, pickle and show themselves as they were written."""
    assert ItemsAt("a.b") == pickle.loads(pickle.dumps(ItemsAt("a.b")))
    assert ItemsAt("a") != ItemsAt("b")
    assert {ItemsAt("")} == {ItemsAt(""), ItemsAt("")}
    assert "'a.b'" == repr(ItemsAt("a.b"))
