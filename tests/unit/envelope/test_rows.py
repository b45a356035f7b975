"""Finding the rows."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import exceptions
from requests_paginate._detection.detect import detect
from requests_paginate._envelope.rows import find_rows
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import read_path
from requests_paginate.exceptions import MalformedPage, PaginationError, UnknownPagination
from requests_paginate.strategies import SinglePage
from tests.two_pages import listing_of, refused, serving

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
        ("data", {"data": {}, "total": 0}),
    ],
)
def test_no_empty_listing(items, body):
    """An error, another number or no number at all is no listing without rows."""
    with pytest.raises(MalformedPage):
        ItemsAt(items)(page(body))


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
    """An error body with status 200 is no page; only what are codes and messages is shown."""
    with pytest.raises(MalformedPage, match=r"(?i)'errors?': gone; 5") as caught:
        find_rows({name: {"code": 5, "user": "s3cr3t"}, "detail": "gone", "name": "s3cr3t"}, URL)
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


EMPTY = {"items": [], "next_cursor": None}


ROW = {"name": "x"}
POD = {
    "kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x", "uid": "u"},
    "spec": {"containers": [ROW]}, "status": {"conditions": [ROW]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "path"),
    [
        # empty lists of unknown name decide nothing above a wrapper
        ({"errorMessages": [], "data": {"items": [ROW]}}, "data.items"),
        ({"errorMessages": [], "data": {"items": []}}, "data.items"),
        ({"notices": [], "result": {"things": [ROW]}}, "result.things"),
        ({"notices": []}, "notices"),
        # an id that is a request's
        ({"jsonrpc": "2.0", "id": 1, "result": [ROW]}, "result"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"items": [ROW]}}, "result.items"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"id": 5, "name": "x"}}, "result"),
        ({"id": "req-1", "data": {"items": [ROW]}}, "data.items"),
        ({"id": "req-1", "data": [ROW]}, "data"),
        ({"id": "req-1", "things": [ROW], "next_cursor": "c"}, "things"),
        ({"id": "req-1", "things": [ROW], "has_more": False}, "things"),
        # Strapi's single type, and other resources
        ({"data": {"id": 1, "attributes": {"title": "x", "blocks": [ROW]}}, "meta": {}}, "data"),
        ({"data": {"id": 1, "documentId": "d", "title": "x"}, "meta": {}}, "data"),
        ({"id": 5, "tags": ["a"]}, ""),
        ({"id": 5, "orders": []}, ""),
        ({"id": 5, "orders": [ROW], "lines": [ROW]}, ""),
        # lists of two
        ([{"page": 0, "pages": 0, "total": 0}, None], "1"),
        ([{"page": 1, "pages": 0, "total": 0}, []], "1"),
        ([None, {"total": 0}], "0"),
        ([[ROW], {"pageCount": 1, "currentPage": 1}], "0"),
        ([{"id": 1}, None], ""),
        ([{"total": 0}, 5], ""),
    ],
)
def test_where_the_rows_are(body, path):
    """An envelope's rows, or the one resource; what says that there are no rows is none."""
    found = read_path(body, path)
    expected = [found] if isinstance(found, dict) else found or []
    with serving(lambda query: body if not query else EMPTY):
        listing = listing_of(max_pages=1)
        assert expected == list(listing)
        assert path == listing.strategy.items.path


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"id": 5, "orders": [ROW]},
            r"items='orders', or strategy=strategies.SinglePage\(items=''\)",
        ),
        (
            {"data": {"id": 5, "orders": [ROW]}},
            r"items='data\.orders', or strategy=strategies.SinglePage\(items='data'\)",
        ),
        ({"warned": ["x"], "data": {"items": [ROW]}}, "one of warned, data.items"),
        (POD, "no list of rows in an object of 'kind', 'apiVersion'"),
        ({"notices": [], "warned": []}, "one of notices, warned"),
    ],
)
def test_rows_that_may_be_elsewhere_raise(body, words):
    """One list of objects beside an id is either; the error says how to take each."""
    assert (0, []) == refused(lambda query: body, exceptions.UnknownPagination, words)


def test_both_ways_that_the_error_tells():
    """The rows with items=, the resource with strategy=; and the two_pages.URL that ends with the id."""
    body = {"id": 5, "orders": [ROW]}
    with serving(lambda query: body):
        assert [ROW] == list(listing_of(items="orders"))
        assert [body] == list(listing_of(strategy=SinglePage(items="")))
    page = Page(request=PageRequest("GET", f"{URL}/5"), body=body, url=f"{URL}/5")
    assert (SinglePage(items=""),) == detect(page)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"included": [], "topic_list": {"topics": [1, 2]}}, "topic_list.topics"),
        ({"facets": [], "found_things": {"things": [{"a": 1}]}}, "found_things.things"),
        ({"columns": [], "sort": [], "page_1": {"lines": ["x"]}}, "page_1.lines"),
        ({"errors": [], "topic_list": {"topics": [], "next_url": None}}, "topic_list.topics"),
        ({"warnings": [], "out": {"lines": [], "next_cursor": None}}, "out.lines"),
        ({"error": None, "box": {"things": [], "has_more": False}}, "box.things"),
    ],
)
def test_a_list_deeper_down_comes_before_an_empty_one_beside(body, path):
    """What stands beside rows is no empty listing where another list may have rows."""
    assert path == find_rows(body, URL)


@pytest.mark.parametrize(("count", "length"), [(3, 5), (20_000, 5), (300, 2000), (9, 10_000)])
def test_an_error_about_many_lists_is_short(count, length):
    """It names the first ones, and how many more there are."""
    body = {f"{'x' * length}{number}": [{"id": number}] for number in range(count)}
    with pytest.raises(UnknownPagination, match="several lists could be the rows") as caught:
        find_rows(body, "https://api.test/")
    assert len(str(caught.value)) < 2500
    assert "xxxxx" in str(caught.value)
    assert (count > 8) is ("more" in str(caught.value))
