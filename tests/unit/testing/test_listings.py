"""Every dialect is served from its strategy alone, and read by it to the last row."""

import dataclasses
import json
import warnings

import pytest
import requests
import responses

from requests_paginate import dialects, get_all, request_all, strategies
from requests_paginate.exceptions import PageFailed, PaginationError, PossiblyTruncated
from requests_paginate.sandbox import serve
from requests_paginate.testing import MockListing, mock_listing
from requests_paginate.testing.listings import PAGINGS

URL = "https://api.example.com/v1/rows"
ROWS = [{"id": f"r_{number}", "sort": number, "tags": ["a", "b"]} for number in range(250)]
SIZES = [0, 1, 100, 101, 250]
NAMES = dialects.by_name()
SELECTED = "a[b=c].d"
JSON = {"Content-Type": "application/json"}

# Nothing in their pages tells how to ask for more, and no usual name is the right one.
UNTOLD = {
    "arcgis", "bacen-pix", "cloudwatch", "discord", "dropbox", "elasticsearch",
    "elasticsearch-search-after", "github-compare", "luma", "make", "pagerduty", "personio",
    "single-page", "strava", "stripe", "vercel",
}  # fmt: skip


@pytest.fixture(scope="module")
def session():
    """One that asks nobody for proxies, which takes as long as a page."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(autouse=True)
def _active():
    """Each test mounts on the default mock."""
    with responses.mock:
        yield


def ask_as_callers(dialect):
    """The method and options of a caller of such an API who gives no strategy."""
    method, options = "GET", {}
    if getattr(dialect, "into", None) == "json":
        method, options = "POST", {"json": {}}
    if (limit := getattr(dialect, "limit", None)) is not None:
        options["params"] = {limit: 100}
    return method, options


def test_every_built_in_strategy_has_a_server():
    """Whoever adds a strategy adds what mocks it."""
    assert set(strategies.__all__) == {"Strategy", *(kind.__name__ for kind in PAGINGS)}


@pytest.mark.parametrize("name", NAMES)
def test_any_dialect_lists_all_rows(name, session):
    """The named strategy reads every row once, in order, whatever their number."""
    for size in SIZES:
        responses.mock.reset()
        mock_listing(URL, ROWS[:size], NAMES[name])
        assert ROWS[:size] == list(get_all(URL, strategy=NAMES[name], session=session))


@pytest.mark.parametrize("name", NAMES)
def test_any_dialect_is_detected_or_doubted(name, session):
    """Without a strategy every row comes, or the listing says that it does not know."""
    method, options = ask_as_callers(NAMES[name])
    mock_listing(URL, ROWS, NAMES[name])
    listing = request_all(method, URL, session=session, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PossiblyTruncated)
        if name not in UNTOLD:
            assert ROWS == list(listing)
            return
        with pytest.raises((PaginationError, PossiblyTruncated)):
            list(listing)


@pytest.mark.parametrize(
    "strategy",
    [
        strategies.PageNumber("p", first=0, total_pages="X-Pagination.Pages", items="a.b.c"),
        strategies.PageNumber("filter.page", more="!last"),
        strategies.Offset("skip", start="from", first=1, total="meta.count"),
        strategies.NextLink("links[rel=next].href", total="meta[kind=rows].count.all"),
        strategies.NextLink("@odata.nextLink", items="value", more="!end"),
        strategies.LinkHeader(header="X-Link", total="X-Total"),
        strategies.Cursor("page.after", token="X-Next", into="json", number=True, items="items"),
        strategies.Cursor(("a", "b"), token=("next.a", "next.b"), alone=("kind",)),
        strategies.Cursor("c", token="next", url="https://api.example.com/v1/more", more="more"),
        strategies.LastItem("after", key="sort", more="X-More"),
        strategies.LastItem("after", key="id", items="items.items"),
        strategies.NextParameters("query-continue.rows", total="items"),
        strategies.ContentRange(items="rows"),
        strategies.SinglePage(items="rows", total="count"),
    ],
    ids=repr,
)
def test_every_field_of_a_strategy_is_served(strategy):
    """A strategy of one's own choice lists all rows, also those of a filter and a page size."""
    listing = mock_listing(URL, ROWS, strategy)
    takes_others = not getattr(strategy, "alone", False) and not getattr(strategy, "url", None)
    asked = {"kind": "a b"} if takes_others else {}
    assert ROWS == list(get_all(URL, strategy=strategy, params=asked))
    assert {"a b"} >= {request.parameter("kind") for request in listing.requests if asked}


@pytest.mark.parametrize("name", ["pluggy", "jira", "belvo", "github", "slack", "stripe"])
@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_listing_goes_on_in_the_middle(name, prefetch):
    """A page is answered from its request alone: resumed in another process, or fetched ahead."""
    mock_listing(URL, ROWS, NAMES[name], page_size=7)
    first = get_all(URL, strategy=NAMES[name], prefetch=prefetch)
    begun = [next(first) for _ in range(100)]
    rest = get_all(URL, strategy=NAMES[name], prefetch=prefetch, resume=first.checkpoint())
    assert ROWS == begun + list(rest)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("pluggy", {"params": {"page": 3}}, ROWS[200:]),
        ("algolia", {"params": {"page": 1}}, ROWS[100:200]),
        ("jira", {"params": {"startAt": 245}}, ROWS[245:]),
        ("scim", {"params": {"startIndex": 246}}, ROWS[245:]),
        ("jira", {"params": {"maxResults": 3}}, ROWS[:3]),
        ("stripe", {"params": {"limit": 3, "starting_after": "r_1"}}, ROWS[2:5]),
        ("stripe", {"params": {"limit": "many"}}, ROWS[:100]),
        ("postgrest", {"headers": {"Range": "5-9"}}, ROWS[5:10]),
        ("postgrest", {"headers": {"Range": "items=248-"}}, ROWS[248:]),
        ("crossref", {"params": {"cursor": "*", "rows": 2}}, ROWS[:2]),
    ],
)
def test_a_page_is_asked_for_by_its_place(name, options, expected):
    """One request gets the rows that it asks for, at most a page of them."""
    listing = mock_listing(URL, ROWS, NAMES[name])
    body = requests.get(URL, **options).json()
    rows = body
    for part in filter(None, (listing.dialect.items.path or "").split(".")):
        rows = rows[part]
    assert expected == (rows["items"] if isinstance(rows, dict) else rows)


@pytest.mark.parametrize(
    ("name", "method", "options", "status", "message"),
    [
        ("pluggy", "GET", {"params": {"page": "two"}}, 400, "'page' must be a whole number from 1"),
        ("pluggy", "GET", {"params": {"page": 0}}, 400, "'page' must be a whole number from 1"),
        ("pluggy", "GET", {"params": {"page": [1, 2]}}, 400, "'page' is there twice"),
        ("pluggy", "PUT", {}, 405, "PUT is not allowed"),
        ("jira", "GET", {"params": {"startAt": -1}}, 400, "'startAt' must be a whole number"),
        ("belvo", "GET", {"params": {"page": "x"}}, 400, "'page' must be a whole number from 1"),
        ("slack", "GET", {"params": {"cursor": "made up"}}, 400, "no cursor of this listing"),
        ("slack", "GET", {"params": {"cursor": "cm93Ojk5OTk="}}, 400, "no cursor of this listing"),
        ("slack", "GET", {"params": {"cursor": 5}}, 400, "no cursor of this listing"),
        ("stripe", "GET", {"params": {"starting_after": "r_x"}}, 400, "names no row"),
        ("tiktok", "GET", {"params": {"cursor": "cm93OjE="}}, 400, "'cursor' goes into the json"),
        ("slack", "POST", {"json": {"cursor": 1}, "params": {"a": 1}}, 400, "no cursor of this"),
        ("dynatrace", "GET", {"params": {"nextPageKey": "cm93OjE=", "a": 1}}, 400, "'a' may not"),
        ("dropbox", "POST", {"json": {"cursor": "cm93OjE="}}, 400, "belongs to /2/files"),
        ("postgrest", "GET", {"headers": {"Range": "bytes"}}, 400, "counted in rows"),
        ("postgrest", "GET", {"headers": {"Range": "250-300"}}, 416, "there are 250 rows"),
        ("slack", "POST", {"data": "{", "headers": JSON}, 400, "the body is not JSON"),
    ],
)  # fmt: skip
def test_what_it_does_not_understand_is_refused(name, method, options, status, message):
    """A request that no strategy of this dialect sends is an error that says why."""
    mock_listing(URL, ROWS, NAMES[name])
    response = requests.request(method, URL, **options)
    assert status == response.status_code
    assert message in response.json()["error"]["message"]


def test_the_address_of_later_pages_needs_its_cursor():
    """Where later pages have an address of their own, it is mounted, too."""
    mock_listing(URL, ROWS, dialects.DROPBOX)
    response = requests.post("https://api.example.com/2/files/list_folder/continue", json={})
    assert "'cursor' is missing" == response.json()["error"]["message"]


def test_tokens_that_do_not_belong_together_are_refused():
    """Of two tokens both must be there, and lead to one place."""
    azure = strategies.Cursor(("a", "b"), token=("next.a", "next.b"))
    mock_listing(URL, ROWS, azure, page_size=1)
    token = requests.get(URL).json()["next"]["a"]
    for sent in ({"a": token}, {"a": token, "b": "cm93OjI="}):
        assert 400 == requests.get(URL, params=sent).status_code


def test_a_number_is_not_taken_as_a_string():
    """A token that goes into JSON as a number is refused in quotes."""
    numbered = strategies.Cursor("after", token="next", into="json", number=True)
    mock_listing(URL, ROWS, numbered)
    statuses = [requests.post(URL, json={"after": value}).status_code for value in (100, "100", -1)]
    assert [200, 400, 400] == statuses
    assert "100" == requests.post(URL, json={}).json()["next"]


@pytest.mark.parametrize(
    ("error", "message", "arguments"),
    [
        (TypeError, "rows: expected a list", {"rows": "text"}),
        (TypeError, "rows: expected a list", {"rows": iter(ROWS)}),
        (TypeError, "not JSON serializable", {"rows": [object()]}),
        (ValueError, "rows: expected a key at 'id' of row 1", {"rows": [{"id": 1}, {}]}),
        (ValueError, "rows: row 1 has another one's key", {"rows": [{"id": 1}, {"id": "1"}]}),
        (ValueError, "page_size: expected a number from 1", {"page_size": 0}),
        (ValueError, "url: expected no query", {"url": f"{URL}?page=1"}),
        (ValueError, "No scheme", {"url": "api.example.com"}),
        (TypeError, "a path in items=", {"dialect": strategies.LinkHeader(len)}),
        (TypeError, "or a built-in strategy, got str", {"dialect": "stripe"}),
        (ValueError, "of one page at 'a'", {"dialect": strategies.NextLink("a", items="a")}),
        (ValueError, "of one page at 'a'", {"dialect": strategies.NextLink("a", total="a.b")}),
        (ValueError, "of one page at 'a'", {"dialect": strategies.NextLink("a.b", total="a")}),
        (ValueError, "of one page at 'a'", {"dialect": strategies.NextLink(SELECTED, more="a.b")}),
        (ValueError, "of one page at 'a'", {"dialect": strategies.NextLink("a.b", more=SELECTED)}),
        (ValueError, "no page can have", {"dialect": strategies.NextLink("a..b")}),
        (ValueError, "another origin", {"dialect": strategies.Cursor(url="https://x.example/a")}),
    ],
)  # fmt: skip
def test_what_cannot_be_served_is_refused_at_the_call(error, message, arguments):
    """Rows, dialects and addresses that make no listing raise before anything is mounted."""
    with pytest.raises(error, match=message):
        mock_listing(**{"url": URL, "rows": ROWS, **arguments})
    assert [] == responses.registered()


def test_the_default_dialect_needs_no_more_than_an_id():
    """An address and rows are enough; the rows are copied, and may be changed afterwards."""
    rows = [{"id": 1}, {"id": 2}]
    listing = mock_listing(URL, rows)
    rows.append({"id": 3})
    assert [{"id": 1}, {"id": 2}] == list(get_all(URL, strategy=dialects.STRIPE))
    assert [{"id": 1}, {"id": 2}] == listing.rows


@pytest.mark.parametrize("rows", [[1, "two", None, 3.5], [[1], [2]], [{"id": 1, "rows": [1]}]])
def test_rows_are_any_json(rows):
    """Rows may be anything that JSON can write."""
    mock_listing(URL, rows, dialects.JIRA, page_size=2)
    assert rows == list(get_all(URL, strategy=dataclasses.replace(dialects.JIRA, items="items")))


def test_what_was_asked_is_kept():
    """The listing tells what it received: parameters, headers and bodies, in order."""
    listing = mock_listing(URL, ROWS, dialects.HUBSPOT_SEARCH)
    list(request_all("POST", URL, json={"filter": "a"}, strategy=dialects.HUBSPOT_SEARCH))
    assert [None, "cm93OjEwMA==", "cm93OjIwMA=="] == [
        json.loads(request.body).get("after") for request in listing.requests
    ]
    assert {"a"} == {json.loads(request.body)["filter"] for request in listing.requests}


def test_a_graphql_query_is_answered():
    """A cursor among the variables of a query leads on, whatever else is in the body."""
    graphql = strategies.Cursor(
        "variables.after",
        token="data.rows.pageInfo.endCursor",
        more="data.rows.pageInfo.hasNextPage",
        items="data.rows.nodes",
    )
    query = {"query": "query($after: String) { rows(after: $after) { ... } }", "variables": {}}
    mock_listing(URL, ROWS, graphql)
    assert ROWS == list(request_all("POST", URL, json=query))


def test_two_listings_of_one_host():
    """Addresses are whole: one listing does not answer for another, and none for what is below."""
    mock_listing(URL, ROWS[:1], dialects.JIRA)
    mock_listing(f"{URL}/more", ROWS[:2], dialects.JIRA)
    mock_listing("https://api.example.com", ROWS[:3], dialects.JIRA)
    sizes = [len(list(get_all(url))) for url in (URL, f"{URL}/more", "https://api.example.com/")]
    assert [1, 2, 3] == sizes
    with pytest.raises(requests.ConnectionError, match="URL does not match"):
        requests.get(f"{URL}/1")


def test_a_client_that_sends_the_wrong_place_fails():
    """What a strategy for another API sends is refused, and no first page again."""
    mock_listing(URL, ROWS, dialects.NOTION_QUERY)
    with pytest.raises(PageFailed, match="'start_cursor' goes into the json"):
        list(get_all(URL, strategy=dialects.NOTION))


def test_the_same_listing_over_tls():
    """What is mounted without a socket is served over one, at its own path alone."""
    pytest.importorskip("trustme")
    responses.mock.add_passthru("https://localhost")
    listing = MockListing(rows=ROWS, dialect=dialects.BELVO, path="/rows")
    with serve(listing) as server, requests.Session() as session:
        session.verify, session.trust_env = server.ca_file, False
        assert ROWS == list(get_all(f"{server.url}/rows", session=session))
        assert 404 == session.get(f"{server.url}/other").status_code
