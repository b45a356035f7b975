"""Each named dialect lists its API; run as a program, this writes the tables of them."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from requests_paginate import dialects
from tests.replay import DIALECTS, listed

HOME = Path(__file__).parents[2]
PAGE = HOME / "docs" / "dialects.md"
BY_API = {dialect["name"]: dialect for dialect in DIALECTS}
NAMES = dialects.by_name()

# Which of the APIs in dialects.json a name stands for.
RECORDED = {
    "activecampaign": "ActiveCampaign",
    "aircall": "Aircall",
    "airtable": "Airtable records",
    "algolia": "Algolia search",
    "anthropic": "Anthropic list",
    "arcgis": "ArcGIS FeatureServer",
    "azure-devops": "Azure DevOps",
    "bacen-pix": "BACEN Pix API (cob, pix, lotecobv ...)",
    "belvo": "Belvo aggregation & Brazil payments (DRF)",
    "belvo-payments": "Belvo Payments Mexico / Direct Debit (cursor)",
    "bigcommerce": "BigCommerce v3",
    "box": "Box marker",
    "calendly": "Calendly",
    "canva": "Canva",
    "chargebee": "Chargebee",
    "ckan": "CKAN datastore_search",
    "cloudflare": "Cloudflare v4",
    "cloudwatch": "CloudWatch Logs GetLogEvents (same token = end)",
    "coda": "Coda",
    "coinbase": "Coinbase v2",
    "confluence": "Confluence Cloud v2",
    "crates-io": "crates.io",
    "crossref": "Crossref works (cursor)",
    "digitalocean": "DigitalOcean v2",
    "discord": "Discord messages",
    "discourse": "Discourse",
    "django-rest": "DRF CursorPagination",
    "django-rest-limit-offset": "DRF LimitOffsetPagination",
    "dropbox": "Dropbox list_folder",
    "dynatrace": "Dynatrace v2",
    "ebay": "eBay Sell Finances",
    "elasticsearch": "Elasticsearch from/size",
    "finicity": "Finicity / Mastercard Open Finance US",
    "github": "GitHub REST list",
    "github-compare": "GitHub compare commits (no Link header)",
    "gitlab": "GitLab keyset",
    "google": "Google APIs (Calendar/Drive/Admin)",
    "hubspot": "HubSpot CRM v3 list",
    "hubspot-search": "HubSpot CRM v3 search (POST)",
    "instantly": "Instantly",
    "intercom-scroll": "Intercom companies scroll",
    "kubernetes": "Kubernetes list",
    "laravel": "Laravel API resource collection",
    "link-header": "Okta",
    "luma": "Luma",
    "mailchimp": "Mailchimp",
    "make": "Make.com",
    "mangopay": "Mangopay",
    "mediawiki": "MediaWiki Action API",
    "mercado-pago": "Mercado Pago payments/search",
    "mollie": "Mollie v2",
    "mx": "MX Platform API",
    "nvd": "NVD CVE 2.0",
    "odata": "Microsoft Graph delta - empty page",
    "odata-v2": "OData v2 (Exact Online, SAP)",
    "open-banking-uk": "Open Banking UK v4 account-info",
    "open-finance-brasil": "Open Finance Brasil - transactions (no totals, pagination-key)",
    "openai": "OpenAI / Stainless list",
    "paypal": "PayPal catalogs/plans",
    "personio": "Personio",
    "pipedrive": "Pipedrive v1",
    "plaid-sync": "Plaid /transactions/sync",
    "pluggy": "Pluggy v1 (investments, loans, bills, accounts, legacy /transactions)",
    "pluggy-v2": "Pluggy v2 /v2/transactions (cursor)",
    "rails-api-pagination": "Rails api-pagination gem (Kaminari/Pagy/WillPaginate)",
    "salesforce": "Salesforce query",
    "salt-edge": "Salt Edge v5",
    "servicenow": "ServiceNow Table API",
    "shopify": "Shopify REST Admin",
    "single-page": "Not paginated: single object",
    "spotify": "Spotify",
    "spring-data": "Spring PagedModel (VIA_DTO)",
    "square": "Square",
    "strapi-offset": "Strapi v4 (pagination[start])",
    "strava": "Strava / Trello / bare array + page",
    "stripe": "Stripe v1 list",
    "stripe-search": "Stripe v1 search",
    "tiktok": "TikTok display v2",
    "timetastic": "Timetastic",
    "tripletex": "Tripletex",
    "truelayer": "TrueLayer merchant-account transactions",
    "twilio": "Twilio v1 (meta)",
    "twitter": "X / Twitter v2 timelines",
    "typeform": "Typeform",
    "vercel": "Vercel",
    "whoop": "WHOOP",
    "woovi": "Woovi / OpenPix",
    "workable": "Workable",
    "zendesk": "Zendesk cursor",
    "zoho-books": "Zoho Books",
    "zoho-crm": "Zoho CRM",
    "zoom": "Zoom",
}

URL = "https://api.example.com/rows"
NEXT = f"{URL}?page=2"
ROWS, LAST = [{"id": "i1"}, {"id": "i2"}], [{"id": "i3"}]


def pages(path, first, last, expected=None, status=200, headers=({}, {}), **request):
    """Two pages of an API as in dialects.json; by default the first links to the second."""
    return {
        "items_path": path,
        "first_request": {"method": "POST" if "json" in request else "GET", "url": URL, **request},
        "first_response": {"status": status, "headers": headers[0], "body": first},
        "expected_next": expected or {"url": NEXT},
        "last_response": {"status": 200, "headers": headers[1], "body": last},
    }


# The names that stand for a standard, a framework or another API, after their documentation.
DOCUMENTED = {
    "asana": pages(
        "data",
        {"data": ROWS, "next_page": {"offset": "o1", "path": "/tasks", "uri": NEXT}},
        {"data": LAST, "next_page": None},
        {"params": {"limit": "2", "offset": "o1"}},
        params={"limit": "2"},
    ),
    "bitbucket": pages(
        "values",
        {"size": 3, "page": 1, "pagelen": 2, "next": NEXT, "values": ROWS},
        {"size": 3, "page": 2, "pagelen": 2, "previous": URL, "values": LAST},
    ),
    "contentful": pages(
        "items",
        {"sys": {"type": "Array"}, "total": 3, "skip": 0, "limit": 2, "items": ROWS},
        {"sys": {"type": "Array"}, "total": 3, "skip": 2, "limit": 2, "items": LAST},
        {"params": {"limit": "2", "skip": "2"}},
        params={"limit": "2"},
    ),
    "dynamodb": pages(
        "Items",
        {"Count": 2, "ScannedCount": 2, "Items": ROWS, "LastEvaluatedKey": {"id": {"S": "i2"}}},
        {"Count": 1, "ScannedCount": 1, "Items": LAST},
        {"body": {"TableName": "t", "ExclusiveStartKey": {"id": {"S": "i2"}}}},
        json={"TableName": "t"},
    ),
    "elasticsearch-search-after": pages(
        "hits.hits",
        {"hits": {"hits": [{"_id": "a", "sort": [1, "a"]}, {"_id": "b", "sort": [2, "b"]}]}},
        {"hits": {"hits": [{"_id": "c", "sort": [3, "c"]}]}},
        {"body": {"size": 2, "sort": ["n", "id"], "search_after": [2, "b"]}},
        json={"size": 2, "sort": ["n", "id"]},
    ),
    "fhir": pages(
        "entry",
        {"resourceType": "Bundle", "total": 3, "entry": ROWS,
         "link": [{"relation": "self", "url": URL}, {"relation": "next", "url": NEXT}]},
        {"resourceType": "Bundle", "total": 3, "entry": LAST,
         "link": [{"relation": "self", "url": NEXT}]},
    ),
    "gocardless": pages(
        "payments",
        {"payments": ROWS, "meta": {"cursors": {"before": None, "after": "i2"}, "limit": 2}},
        {"payments": LAST, "meta": {"cursors": {"before": "i3", "after": None}, "limit": 2}},
        {"params": {"limit": "2", "after": "i2"}},
        params={"limit": "2"},
    ),
    "hal": pages(
        "_embedded.orders",
        {"_links": {"self": {"href": URL}, "next": {"href": NEXT}}, "_embedded": {"orders": ROWS}},
        {"_links": {"self": {"href": NEXT}}, "_embedded": {"orders": LAST}},
    ),
    "heroku": pages(
        "", ROWS, LAST,
        {"headers": {"Range": "]i2..; max=2"}},
        status=206,
        headers=({"Content-Range": "id i1..i2", "Next-Range": "]i2..; max=2"},
                 {"Content-Range": "id i3..i3"}),
        params={},
    ),
    "intercom": pages(
        "data",
        {"type": "list", "total_count": 3, "data": ROWS,
         "pages": {"type": "pages", "page": 1, "next": {"page": 2, "starting_after": "s1"}}},
        {"type": "list", "total_count": 3, "data": LAST, "pages": {"type": "pages", "page": 2}},
        {"params": {"per_page": "2", "starting_after": "s1"}},
        params={"per_page": "2"},
    ),
    "jira": pages(
        "values",
        {"startAt": 0, "maxResults": 2, "total": 3, "isLast": False, "values": ROWS},
        {"startAt": 2, "maxResults": 2, "total": 3, "isLast": True, "values": LAST},
        {"params": {"maxResults": "2", "startAt": "2"}},
        params={"maxResults": "2"},
    ),
    "json-api": pages(
        "data",
        {"data": ROWS, "links": {"self": URL, "next": NEXT}},
        {"data": LAST, "links": {"self": NEXT, "prev": URL, "next": None}},
    ),
    "laravel-paginator": pages(
        "data",
        {"current_page": 1, "last_page": 2, "total": 3, "data": ROWS, "next_page_url": NEXT},
        {"current_page": 2, "last_page": 2, "total": 3, "data": LAST, "next_page_url": None},
    ),
    "meta-graph": pages(
        "data",
        {"data": ROWS, "paging": {"cursors": {"before": "a", "after": "b"}, "next": NEXT}},
        {"data": LAST, "paging": {"cursors": {"before": "c", "after": "c"}, "previous": URL}},
    ),
    "notion": pages(
        "results",
        {"object": "list", "results": ROWS, "next_cursor": "c1", "has_more": True},
        {"object": "list", "results": LAST, "next_cursor": None, "has_more": False},
        {"params": {"page_size": "2", "start_cursor": "c1"}},
        params={"page_size": "2"},
    ),
    "notion-query": pages(
        "results",
        {"object": "list", "results": ROWS, "next_cursor": "c1", "has_more": True},
        {"object": "list", "results": LAST, "next_cursor": None, "has_more": False},
        {"body": {"page_size": 2, "start_cursor": "c1"}},
        json={"page_size": 2},
    ),
    "ogc-api-features": pages(
        "features",
        {"type": "FeatureCollection", "numberMatched": 3, "features": ROWS,
         "links": [{"rel": "self", "href": URL}, {"rel": "next", "href": NEXT}]},
        {"type": "FeatureCollection", "numberMatched": 3, "features": LAST,
         "links": [{"rel": "self", "href": NEXT}]},
    ),
    "openalex": pages(
        "results",
        {"meta": {"count": 3, "per_page": 2, "next_cursor": "c1"}, "results": ROWS},
        {"meta": {"count": 3, "per_page": 2, "next_cursor": None}, "results": LAST},
        {"params": {"cursor": "c1"}},
        params={"cursor": "*"},
    ),
    "pagerduty": pages(
        "incidents",
        {"incidents": ROWS, "limit": 2, "offset": 0, "total": None, "more": True},
        {"incidents": LAST, "limit": 2, "offset": 2, "total": None, "more": False},
        {"params": {"limit": "2", "offset": "2"}},
        params={"limit": "2"},
    ),
    "postgrest": pages(
        "", ROWS, LAST,
        {"headers": {"Range": "2-3"}},
        status=206,
        headers=({"Content-Range": "0-1/3"}, {"Content-Range": "2-2/3"}),
    ) | {"first_request": {"method": "GET", "url": URL, "headers": {"Range": "0-1"}}},
    "reddit": pages(
        "data.children",
        {"kind": "Listing", "data": {"after": "t3_b", "before": None, "children": ROWS}},
        {"kind": "Listing", "data": {"after": None, "before": None, "children": LAST}},
        {"params": {"after": "t3_b"}},
    ),
    "scim": pages(
        "Resources",
        {"totalResults": 3, "itemsPerPage": 2, "startIndex": 1, "Resources": ROWS},
        {"totalResults": 3, "itemsPerPage": 1, "startIndex": 3, "Resources": LAST},
        {"params": {"count": "2", "startIndex": "3"}},
        params={"count": "2"},
    ),
    "slack": pages(
        "members",
        {"ok": True, "members": ROWS, "response_metadata": {"next_cursor": "c1="}},
        {"ok": True, "members": LAST, "response_metadata": {"next_cursor": ""}},
        {"params": {"limit": "2", "cursor": "c1="}},
        params={"limit": "2"},
    ),
    "solr": pages(
        "response.docs",
        {"response": {"numFound": 3, "start": 0, "docs": ROWS}, "nextCursorMark": "m1"},
        {"response": {"numFound": 3, "start": 0, "docs": LAST}, "nextCursorMark": "m2"},
        {"params": {"q": "*:*", "sort": "id asc", "cursorMark": "m1"}},
        params={"q": "*:*", "sort": "id asc", "cursorMark": "*"},
    ),
    "spring-data-page": pages(
        "content",
        {"content": ROWS, "number": 0, "totalPages": 2, "totalElements": 3, "last": False},
        {"content": LAST, "number": 1, "totalPages": 2, "totalElements": 3, "last": True},
        {"params": {"size": "2", "page": "1"}},
        params={"size": "2"},
    ),
    "spring-data-rest": pages(
        "_embedded.people",
        {"_embedded": {"people": ROWS}, "_links": {"next": {"href": NEXT}},
         "page": {"size": 2, "totalElements": 3, "totalPages": 2, "number": 0}},
        {"_embedded": {"people": LAST}, "_links": {"self": {"href": NEXT}},
         "page": {"size": 2, "totalElements": 3, "totalPages": 2, "number": 1}},
    ),
    "strapi": pages(
        "data",
        {"data": ROWS, "meta": {"pagination": {"page": 1, "pageCount": 2, "total": 3}}},
        {"data": LAST, "meta": {"pagination": {"page": 2, "pageCount": 2, "total": 3}}},
        {"params": {"pagination[page]": "2"}},
    ),
    "twilio-2010": pages(
        "calls",
        {"page": 0, "page_size": 2, "next_page_uri": "/rows?page=2", "calls": ROWS},
        {"page": 1, "page_size": 2, "next_page_uri": None, "calls": LAST},
    ),
    "wordpress": pages(
        "", ROWS, LAST,
        headers=({"X-WP-Total": "3", "Link": f'<{NEXT}>; rel="next"'}, {"X-WP-Total": "3"}),
    ),
}  # fmt: skip


def shown(source):
    """A source as a link: a URL, or a section of an RFC at its editor."""
    document = re.fullmatch(r"RFC (\d+) section ([\d.]+)", source)
    if document is None:
        return f"<{source}>"
    return f"[{source}](https://www.rfc-editor.org/rfc/rfc{document[1]}#section-{document[2]})"


def table():
    """The table of all dialects, as lines."""
    sources = dialects.sources()
    rows = [["name", "strategy", "source"], ["---"] * 3]
    for name in sorted(NAMES):
        constant = name.upper().replace("-", "_")
        rows.append([f"`{constant}`", f"`{NAMES[name]!r}`", shown(sources[name])])
    return [f"| {' | '.join(row)} |" for row in rows]


def rewritten(text):
    """The page with its table of dialects as it should be."""
    lines = text.splitlines()
    start = lines.index(table()[0])
    end = next((n for n in range(start, len(lines)) if not lines[n].startswith("|")), len(lines))
    return "\n".join([*lines[:start], *table(), *lines[end:]]) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_named_dialect_lists_its_api(name):
    """Told by name, the listing of an API's two pages is exact."""
    example = DOCUMENTED[name] if name in DOCUMENTED else BY_API[RECORDED[name]]
    outcome = listed(example, strategy=NAMES[name])
    assert "right" == outcome.verdict, outcome.text


def test_each_dialect_has_its_example():
    """No name goes without two pages, and none has them twice; most are recorded ones."""
    assert sorted(NAMES) == sorted([*RECORDED, *DOCUMENTED])
    assert len(set(RECORDED.values())) == len(RECORDED)
    assert 40 <= len(RECORDED)


def test_the_names_are_sorted():
    """The module offers its dialects by name, in order, and the functions that list them."""
    names = [name.upper().replace("-", "_") for name in NAMES]
    assert [*sorted(names), "by_name", "sources"] == dialects.__all__
    assert sorted(names) == names


def test_a_page_is_of_one_dialect():
    """Where a dialect says all that a page shows, no other is equal: but for one old pair."""
    told = [name for name, strategy in NAMES.items() if strategy.items.path is not None]
    equal = [(a, b) for a in told for b in told if a < b and NAMES[a] == NAMES[b]]
    assert [("django-rest", "pluggy-v2")] == equal


@pytest.mark.parametrize("name", NAMES)
def test_each_dialect_has_a_source(name):
    """It says where the API documents its pagination: a URL, or a section of an RFC."""
    source = dialects.sources()[name]
    assert re.fullmatch(r"https://[\w.-]+\.[a-z]+(/[^\s|<>]*)?|RFC \d+ section \d+(\.\d+)*", source)


def test_only_dialects_have_sources():
    """The sources go by the same names, in the same order."""
    assert list(NAMES) == list(dialects.sources())


@pytest.mark.parametrize("name", NAMES)
def test_a_dialect_is_a_value(name):
    """It pickles, and comes back equal."""
    assert NAMES[name] == pickle.loads(pickle.dumps(NAMES[name]))


def test_the_page_is_current():
    """docs/dialects.md shows every dialect; `python -m tests.unit.test_dialects` rewrites it."""
    text = PAGE.read_text(encoding="utf-8")
    assert rewritten(text) == text


def test_the_examples_of_the_page_run():
    """Its Python examples run in order; a listing asks nothing before its first row."""
    text = PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    namespace: dict[str, object] = {}
    for example in examples:
        exec(compile(example, str(PAGE), "exec", dont_inherit=True), namespace)
    gateway = {"page": "pageNumber", "first": 1, "total_pages": "page.totalPages"}
    assert gateway == {name: getattr(namespace["gateway"], name) for name in gateway}


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
