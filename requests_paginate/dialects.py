"""Named strategies: one statement for each API, with the page that documents it.

Pass one as `strategy=dialects.STRIPE`, or as `--strategy stripe` on the command line, if the first
page should not decide. `dataclasses.replace(dialects.STRIPE, ...)` adapts one.

`items` is given if all endpoints of an API have their rows at one place. Otherwise the rows are
found on the first page. `docs/dialects.md` shows all dialects in a table.
"""

# ruff: noqa: S106 - a token= is a path in the response

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, get_type_hints

from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)

ACTIVECAMPAIGN: Annotated[Offset, "https://developers.activecampaign.com/reference/pagination"] = (
    Offset("offset", limit="limit", total="meta.total")
)
AIRCALL: Annotated[NextLink, "https://developer.aircall.io/api-references/#pagination"] = NextLink(
    "meta.next_page_link", total="meta.total", page_param="page"
)
AIRTABLE: Annotated[Cursor, "https://airtable.com/developers/web/api/list-records"] = Cursor(
    "offset", token="offset", items="records"
)
# It raises where there are more hits than the index lets pages reach (paginationLimitedTo).
ALGOLIA: Annotated[PageNumber, "https://www.algolia.com/doc/rest-api/search/"] = PageNumber(
    "page", total_pages="nbPages", number="page", first=0, items="hits", total="nbHits"
)
ANTHROPIC: Annotated[Cursor, "https://docs.anthropic.com/en/api/models-list"] = Cursor(
    "after_id", token="last_id", more="has_more", items="data"
)
# The flag is left out where it is false, so that an empty page is the end.
ARCGIS: Annotated[
    Offset,
    "https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/",
] = Offset(
    "resultOffset", limit="resultRecordCount", items="features", more="exceededTransferLimit"
)
# Ask with `limit`: without it there are no pages.
ASANA: Annotated[Cursor, "https://developers.asana.com/docs/pagination"] = Cursor(
    "offset", token="next_page.offset", items="data"
)
AZURE_DEVOPS: Annotated[
    Cursor, "https://learn.microsoft.com/en-us/rest/api/azure/devops/core/projects/list"
] = Cursor("continuationToken", token="x-ms-continuationtoken", items="value")
BACEN_PIX: Annotated[PageNumber, "https://bacen.github.io/pix-api/"] = PageNumber(
    "paginacao.paginaAtual",
    total_pages="parametros.paginacao.quantidadeDePaginas",
    number="parametros.paginacao.paginaAtual",
    first=0,
    total="parametros.paginacao.quantidadeTotalDeItens",
)
BELVO: Annotated[NextLink, "https://developers.belvo.com/docs/searching-and-filtering"] = NextLink(
    "next", items="results", total="count", page_param="page"
)
BELVO_PAYMENTS: Annotated[
    Cursor,
    "https://developers.belvo.com/products/payments_mexico/direct-debit-cursor-based-pagination",
] = Cursor("nextCursorToken", token="pagination.nextCursorToken", items="items")
BIGCOMMERCE: Annotated[NextLink, "https://developer.bigcommerce.com/docs/rest-management"] = (
    NextLink(
        "meta.pagination.links.next", items="data", total="meta.pagination.total", page_param="page"
    )
)
BITBUCKET: Annotated[NextLink, "https://developer.atlassian.com/cloud/bitbucket/rest/intro/"] = (
    NextLink("next", items="values", total="size")
)
# Ask with `usemarker=true`.
BOX: Annotated[Cursor, "https://developer.box.com/guides/api-calls/pagination/marker-based/"] = (
    Cursor("marker", token="next_marker", items="entries")
)
CALENDLY: Annotated[NextLink, "https://developer.calendly.com/api-docs/api-conventions"] = NextLink(
    "pagination.next_page", items="collection"
)
CANVA: Annotated[
    Cursor, "https://www.canva.dev/docs/connect/api-reference/designs/list-designs/"
] = Cursor("continuation", token="continuation", items="items")
CHARGEBEE: Annotated[Cursor, "https://apidocs.chargebee.com/docs/api"] = Cursor(
    "offset", token="next_offset", items="list"
)
# The action datastore_search: it links on past the end.
CKAN: Annotated[NextLink, "https://docs.ckan.org/en/latest/maintaining/datastore.html"] = NextLink(
    "result._links.next", items="result.records", total="result.total", offset_param="offset"
)
CLOUDFLARE: Annotated[
    PageNumber,
    "https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/#pagination",
] = PageNumber(
    "page",
    total_pages="result_info.total_pages",
    number="result_info.page",
    items="result",
    total="result_info.total_count",
)
# GetLogEvents, with `startFromHead: true`: the end is an empty page with the token that was sent.
CLOUDWATCH: Annotated[
    Cursor,
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html",
] = Cursor("nextToken", token="nextForwardToken", into="json", items="events")
CODA: Annotated[NextLink, "https://coda.io/developers/apis/v1"] = NextLink(
    "nextPageLink", items="items"
)
COINBASE: Annotated[
    NextLink, "https://docs.cdp.coinbase.com/coinbase-app/api-architecture/pagination"
] = NextLink("pagination.next_uri", items="data")
CONFLUENCE: Annotated[
    NextLink, "https://developer.atlassian.com/cloud/confluence/rest/v2/intro/"
] = NextLink("_links.next", items="results")
CONTENTFUL: Annotated[
    Offset, "https://www.contentful.com/developers/docs/references/content-delivery-api/"
] = Offset("skip", limit="limit", total="total", items="items")
CRATES_IO: Annotated[NextLink, "https://crates.io/data-access"] = NextLink(
    "meta.next_page", total="meta.total"
)
# Ask with `cursor=*`.
CROSSREF: Annotated[
    Cursor, "https://www.crossref.org/documentation/retrieve-metadata/rest-api/"
] = Cursor(
    "cursor", token="message.next-cursor", items="message.items", total="message.total-results"
)
DIGITALOCEAN: Annotated[NextLink, "https://docs.digitalocean.com/reference/api/"] = NextLink(
    "links.pages.next", total="meta.total", page_param="page"
)
# Messages, newest first.
DISCORD: Annotated[
    LastItem, "https://discord.com/developers/docs/resources/message#get-channel-messages"
] = LastItem("before", key="id", items="")
DISCOURSE: Annotated[NextLink, "https://docs.discourse.org/"] = NextLink(
    "topic_list.more_topics_url", items="topic_list.topics"
)
# All three styles of pagination. Baserow, PostHog and many others, too.
DJANGO_REST: Annotated[NextLink, "https://www.django-rest-framework.org/api-guide/pagination/"] = (
    NextLink("next", items="results")
)
DJANGO_REST_LIMIT_OFFSET: Annotated[
    NextLink, "https://www.django-rest-framework.org/api-guide/pagination/#limitoffsetpagination"
] = NextLink("next", items="results", total="count", offset_param="offset")
DROPBOX: Annotated[
    Cursor, "https://www.dropbox.com/developers/documentation/http/documentation#files-list_folder"
] = Cursor(
    "cursor",
    token="cursor",
    more="has_more",
    into="json",
    alone=True,
    url="/2/files/list_folder/continue",
    items="entries",
)
# Scan and Query.
DYNAMODB: Annotated[
    Cursor, "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html"
] = Cursor("ExclusiveStartKey", token="LastEvaluatedKey", into="json", items="Items")
# The key stands alone: with any other parameter the request is refused.
DYNATRACE: Annotated[Cursor, "https://docs.dynatrace.com/docs/dynatrace-api/environment-api"] = (
    Cursor("nextPageKey", token="nextPageKey", alone=True, total="totalCount")
)
EBAY: Annotated[NextLink, "https://developer.ebay.com/api-docs/sell/finances/overview.html"] = (
    NextLink("next", total="total", offset_param="offset")
)
# Without total=, which stops counting at 10,000: past that row the server refuses, loudly.
ELASTICSEARCH: Annotated[
    Offset,
    "https://www.elastic.co/guide/en/elasticsearch/reference/current/paginate-search-results.html",
] = Offset("from", limit="size", items="hits.hits")
# Ask with a `sort` that no two rows share.
ELASTICSEARCH_SEARCH_AFTER: Annotated[
    LastItem,
    "https://www.elastic.co/guide/en/elasticsearch/reference/current/paginate-search-results.html#search-after",
] = LastItem("search_after", key="sort", items="hits.hits")
FHIR: Annotated[NextLink, "https://hl7.org/fhir/http.html#paging"] = NextLink(
    "link[relation=next].url", items="entry"
)
FINICITY: Annotated[Offset, "https://developer.mastercard.com/open-banking-us/documentation/"] = (
    Offset(
        "start", limit="limit", total="found", items="transactions", more="moreAvailable", first=1
    )
)
GITHUB: Annotated[
    LinkHeader, "https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api"
] = LinkHeader()
# Compares commits, without a Link header where the call has no page.
GITHUB_COMPARE: Annotated[PageNumber, "https://docs.github.com/rest/commits/commits"] = PageNumber(
    "page", items="commits", total="total_commits"
)
# X-Total is left out above 10,000 rows.
GITLAB: Annotated[LinkHeader, "https://docs.gitlab.com/api/rest/#pagination"] = LinkHeader(
    items="", total="X-Total"
)
# Payments; Bank Account Data is DJANGO_REST_LIMIT_OFFSET.
GOCARDLESS: Annotated[
    Cursor, "https://developer.gocardless.com/api-reference/#api-usage-cursor-pagination"
] = Cursor("after", token="meta.cursors.after")
# YouTube, too; its totals are estimates.
GOOGLE: Annotated[
    Cursor, "https://cloud.google.com/apis/design/design_patterns#list_pagination"
] = Cursor("pageToken", token="nextPageToken")
HAL: Annotated[NextLink, "https://datatracker.ietf.org/doc/html/draft-kelly-json-hal"] = NextLink(
    "_links.next.href"
)
HEROKU: Annotated[Cursor, "https://devcenter.heroku.com/articles/platform-api-reference#ranges"] = (
    Cursor("Range", token="Next-Range", into="header", items="")
)
HUBSPOT: Annotated[Cursor, "https://developers.hubspot.com/docs/api/crm/contacts"] = Cursor(
    "after", token="paging.next.after", items="results"
)
HUBSPOT_SEARCH: Annotated[Cursor, "https://developers.hubspot.com/docs/api/crm/search"] = Cursor(
    "after", token="paging.next.after", into="json", items="results", total="total"
)
INSTANTLY: Annotated[Cursor, "https://developer.instantly.ai/"] = Cursor(
    "starting_after", token="next_starting_after", items="items"
)
INTERCOM: Annotated[
    Cursor,
    "https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination-cursor/",
] = Cursor("starting_after", token="pages.next.starting_after", total="total_count")
INTERCOM_SCROLL: Annotated[
    Cursor,
    "https://developers.intercom.com/docs/references/rest-api/api.intercom.io/companies/scrolloverallcompanies",
] = Cursor("scroll_param", token="scroll_param", items="data")
JIRA: Annotated[
    Offset, "https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#pagination"
] = Offset("startAt", limit="maxResults", total="total", more="!isLast")
JSON_API: Annotated[NextLink, "https://jsonapi.org/format/#fetching-pagination"] = NextLink(
    "links.next", items="data"
)
# Ask with `limit`: without it there are no pages.
KUBERNETES: Annotated[
    Cursor,
    "https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks",
] = Cursor("continue", token="metadata.continue", items="items")
# Resource collections; what paginate() returns by itself is LARAVEL_PAGINATOR.
LARAVEL: Annotated[NextLink, "https://laravel.com/docs/12.x/eloquent-resources#pagination"] = (
    NextLink("links.next", items="data", total="meta.total", page_param="page")
)
LARAVEL_PAGINATOR: Annotated[NextLink, "https://laravel.com/docs/12.x/pagination"] = NextLink(
    "next_page_url", items="data", total="total", page_param="page"
)
# Rows in a bare list: Freshdesk, Greenhouse, Okta and Sentry, too.
LINK_HEADER: Annotated[LinkHeader, "RFC 8288 section 3"] = LinkHeader(items="")
LUMA: Annotated[Cursor, "https://docs.luma.com/reference/getting-started-with-your-api"] = Cursor(
    "pagination_cursor", token="next_cursor", more="has_more", items="entries"
)
MAILCHIMP: Annotated[
    Offset, "https://mailchimp.com/developer/marketing/docs/methods-parameters/#pagination"
] = Offset("offset", limit="count", total="total_items")
MAKE: Annotated[
    Offset,
    "https://developers.make.com/api-documentation/pagination-sorting-filtering/pagination-and-sorting",
] = Offset("pg[offset]", limit="pg[limit]")
MANGOPAY: Annotated[LinkHeader, "https://docs.mangopay.com/"] = LinkHeader(
    items="", total="X-Number-Of-Items"
)
# Ask with `formatversion=2`: without it pages are an object, not a list.
MEDIAWIKI: Annotated[NextParameters, "https://www.mediawiki.org/wiki/API:Continue"] = (
    NextParameters("continue")
)
MERCADO_PAGO: Annotated[
    Offset, "https://www.mercadopago.com.br/developers/pt/reference/payments/_payments_search/get"
] = Offset("offset", limit="limit", total="paging.total", items="results")
# Facebook and Instagram.
META_GRAPH: Annotated[NextLink, "https://developers.facebook.com/docs/graph-api/results"] = (
    NextLink("paging.next", items="data")
)
MOLLIE: Annotated[NextLink, "https://docs.mollie.com/reference/pagination"] = NextLink(
    "_links.next.href"
)
MX: Annotated[PageNumber, "https://docs.mx.com/api"] = PageNumber(
    "page",
    total_pages="pagination.total_pages",
    number="pagination.current_page",
    total="pagination.total_entries",
)
# For GET; queries and searches are POSTs: NOTION_QUERY.
NOTION: Annotated[Cursor, "https://developers.notion.com/reference/intro#pagination"] = Cursor(
    "start_cursor", token="next_cursor", more="has_more", items="results"
)
NOTION_QUERY: Annotated[Cursor, "https://developers.notion.com/reference/intro#pagination"] = (
    Cursor("start_cursor", token="next_cursor", more="has_more", into="json", items="results")
)
NVD: Annotated[Offset, "https://nvd.nist.gov/developers/vulnerabilities"] = Offset(
    "startIndex", limit="resultsPerPage", total="totalResults"
)
# Microsoft Graph and Dynamics, too.
ODATA: Annotated[NextLink, "https://docs.oasis-open.org/odata/odata/v4.01/"] = NextLink(
    "@odata.nextLink", items="value", total="@odata.count"
)
# SAP and Exact Online.
ODATA_V2: Annotated[
    NextLink, "https://www.odata.org/documentation/odata-version-2-0/json-format/"
] = NextLink("d.__next", items="d.results", total="d.__count")
OGC_API_FEATURES: Annotated[NextLink, "https://docs.ogc.org/is/17-069r4/17-069r4.html"] = NextLink(
    "links[rel=next].href", items="features", total="numberMatched"
)
OPENAI: Annotated[Cursor, "https://platform.openai.com/docs/api-reference/batch/list"] = Cursor(
    "after", token="last_id", more="has_more", items="data"
)
# Ask with `cursor=*`.
OPENALEX: Annotated[
    Cursor,
    "https://docs.openalex.org/how-to-use-the-api/get-lists-of-entities/paging#cursor-paging",
] = Cursor("cursor", token="meta.next_cursor", items="results", total="meta.count")
OPEN_BANKING_UK: Annotated[
    NextLink,
    "https://openbankinguk.github.io/read-write-api-site3/v4.0/profiles/read-write-data-api-profile.html",
] = NextLink("Links.Next")
OPEN_FINANCE_BRASIL: Annotated[
    NextLink, "https://openfinancebrasil.atlassian.net/wiki/spaces/OF/pages/17377470"
] = NextLink("links.next", items="data", total="meta.totalRecords")
PAGERDUTY: Annotated[Offset, "https://developer.pagerduty.com/docs/rest-api-v2/pagination/"] = (
    Offset("offset", limit="limit", more="more")
)
# Totals are there if the call has `total_required=true`.
PAYPAL: Annotated[NextLink, "https://developer.paypal.com/api/rest/responses/"] = NextLink(
    "links[rel=next].href", total="total_items", page_param="page"
)
# Its total_pages counts otherwise than its offsets do, so that an empty page is the end.
PERSONIO: Annotated[Offset, "https://developer.personio.de/reference/get_company-employees"] = (
    Offset("offset", limit="limit", items="data")
)
PIPEDRIVE: Annotated[Cursor, "https://pipedrive.readme.io/docs/core-api-concepts-pagination"] = (
    Cursor(
        "start",
        token="additional_data.pagination.next_start",
        more="additional_data.pagination.more_items_in_collection",
        items="data",
    )
)
# The rows are `added`; `modified` and `removed` stand beside them, in each page's body.
PLAID_SYNC: Annotated[
    Cursor, "https://plaid.com/docs/api/products/transactions/#transactionssync"
] = Cursor("cursor", token="next_cursor", more="has_more", into="json", items="added")
PLUGGY: Annotated[PageNumber, "https://docs.pluggy.ai/docs/basic-concepts"] = PageNumber(
    "page", total_pages="totalPages", number="page", items="results", total="total"
)
# /v2 endpoints: `next` is a ready query string, or null.
PLUGGY_V2: Annotated[NextLink, "https://docs.pluggy.ai"] = NextLink("next", items="results")
# Ask with the header `Prefer: count=exact` for an end that needs no empty page.
POSTGREST: Annotated[
    ContentRange, "https://docs.postgrest.org/en/stable/references/api/pagination_count.html"
] = ContentRange(items="")
RAILS_API_PAGINATION: Annotated[LinkHeader, "https://github.com/davidcelis/api-pagination"] = (
    LinkHeader(items="", total="Total")
)
REDDIT: Annotated[Cursor, "https://www.reddit.com/dev/api/"] = Cursor(
    "after", token="data.after", items="data.children"
)
SALESFORCE: Annotated[
    NextLink,
    "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm",
] = NextLink("nextRecordsUrl", items="records", total="totalSize", more="!done")
SALT_EDGE: Annotated[NextLink, "https://docs.saltedge.com/v5/"] = NextLink(
    "meta.next_page", items="data"
)
SCIM: Annotated[Offset, "RFC 7644 section 3.4.2.4"] = Offset(
    "startIndex", limit="count", total="totalResults", items="Resources", first=1
)
SERVICENOW: Annotated[
    LinkHeader, "https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html"
] = LinkHeader(items="result", total="X-Total-Count")
# REST; filters go into the first call only, the link carries them on in its page_info.
SHOPIFY: Annotated[LinkHeader, "https://shopify.dev/docs/api/admin-rest/usage/pagination"] = (
    LinkHeader()
)
# Not paginated: the one response is all of it, and the caller knows that.
SINGLE_PAGE: Annotated[SinglePage, "RFC 9110 section 15.3.1"] = SinglePage()
SLACK: Annotated[Cursor, "https://docs.slack.dev/apis/web-api/pagination"] = Cursor(
    "cursor", token="response_metadata.next_cursor"
)
# Ask with `cursorMark=*` and a `sort` that ends with the unique key.
SOLR: Annotated[
    Cursor, "https://solr.apache.org/guide/solr/latest/query-guide/pagination-of-results.html"
] = Cursor("cursorMark", token="nextCursorMark", items="response.docs", total="response.numFound")
SPOTIFY: Annotated[
    NextLink, "https://developer.spotify.com/documentation/web-api/concepts/api-calls"
] = NextLink("next", items="items", total="total", offset_param="offset")
# What PagedModel writes (pageSerializationMode VIA_DTO).
SPRING_DATA: Annotated[
    PageNumber,
    "https://docs.spring.io/spring-data/commons/reference/repositories/core-extensions.html",
] = PageNumber(
    "page",
    total_pages="page.totalPages",
    number="page.number",
    first=0,
    items="content",
    total="page.totalElements",
)
# What a Page writes by itself (pageSerializationMode DIRECT).
SPRING_DATA_PAGE: Annotated[
    PageNumber,
    "https://docs.spring.io/spring-data/commons/reference/repositories/core-extensions.html",
] = PageNumber(
    "page",
    total_pages="totalPages",
    number="number",
    first=0,
    items="content",
    total="totalElements",
    more="!last",
)
SPRING_DATA_REST: Annotated[
    NextLink, "https://docs.spring.io/spring-data/rest/reference/paging-and-sorting.html"
] = NextLink("_links.next.href", total="page.totalElements", page_param="page")
SQUARE: Annotated[
    Cursor, "https://developer.squareup.com/docs/build-basics/common-api-patterns/pagination"
] = Cursor("cursor", token="cursor")
STRAPI: Annotated[PageNumber, "https://docs.strapi.io/cms/api/rest/sort-pagination"] = PageNumber(
    "pagination[page]",
    total_pages="meta.pagination.pageCount",
    number="meta.pagination.page",
    items="data",
    total="meta.pagination.total",
)
STRAPI_OFFSET: Annotated[Offset, "https://docs.strapi.io/cms/api/rest/sort-pagination"] = Offset(
    "pagination[start]", limit="pagination[limit]", total="meta.pagination.total", items="data"
)
STRAVA: Annotated[PageNumber, "https://developers.strava.com/docs/#Pagination"] = PageNumber(
    "page", items=""
)
STRIPE: Annotated[LastItem, "https://docs.stripe.com/api/pagination"] = LastItem(
    "starting_after", key="id", more="has_more", items="data"
)
STRIPE_SEARCH: Annotated[Cursor, "https://docs.stripe.com/api/pagination/search"] = Cursor(
    "page", token="next_page", more="has_more", items="data"
)
TIKTOK: Annotated[Cursor, "https://developers.tiktok.com/doc/tiktok-api-v2-video-list"] = Cursor(
    "cursor", token="data.cursor", more="data.has_more", into="json", items="data.videos"
)
TIMETASTIC: Annotated[NextLink, "https://timetastic.co.uk/api/"] = NextLink(
    "nextPageLink", total="totalRecords", page_param="pageNumber"
)
TRIPLETEX: Annotated[Offset, "https://tripletex.no/v2-docs/"] = Offset(
    "from", limit="count", total="fullResultSize", items="values"
)
# Clients from before December 2023 ask with the header `tl-enable-pagination: true`.
TRUELAYER: Annotated[
    Cursor, "https://docs.truelayer.com/docs/enable-pagination-transactions-endpoint"
] = Cursor("cursor", token="pagination.next_cursor", items="items")
# The older /2010-04-01 endpoints are TWILIO_2010.
TWILIO: Annotated[NextLink, "https://www.twilio.com/docs/usage/twilios-response"] = NextLink(
    "meta.next_page_url"
)
TWILIO_2010: Annotated[NextLink, "https://www.twilio.com/docs/usage/twilios-response"] = NextLink(
    "next_page_uri"
)
# X: posts of a timeline.
TWITTER: Annotated[Cursor, "https://docs.x.com/x-api/fundamentals/pagination"] = Cursor(
    "pagination_token", token="meta.next_token", items="data"
)
TYPEFORM: Annotated[
    PageNumber, "https://www.typeform.com/developers/create/reference/retrieve-forms/"
] = PageNumber("page", total_pages="page_count", items="items", total="total_items")
VERCEL: Annotated[Cursor, "https://vercel.com/docs/rest-api"] = Cursor(
    "until", token="pagination.next"
)
WHOOP: Annotated[Cursor, "https://developer.whoop.com/docs/developing/pagination/"] = Cursor(
    "nextToken", token="next_token", items="records"
)
WOOVI: Annotated[Offset, "https://developers.woovi.com/api"] = Offset(
    "skip", limit="limit", total="pageInfo.totalCount", more="pageInfo.hasNextPage"
)
# WooCommerce, too.
WORDPRESS: Annotated[
    LinkHeader, "https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/"
] = LinkHeader(items="", total="X-WP-Total")
WORKABLE: Annotated[NextLink, "https://workable.readme.io/reference/jobs"] = NextLink("paging.next")
# Ask with `page[size]`: without it pages are counted.
ZENDESK: Annotated[
    NextLink, "https://developer.zendesk.com/api-reference/introduction/pagination/"
] = NextLink("links.next", more="meta.has_more")
ZOHO_BOOKS: Annotated[PageNumber, "https://www.zoho.com/books/api/v3/introduction/"] = PageNumber(
    "page", number="page_context.page", more="page_context.has_more_page"
)
ZOHO_CRM: Annotated[
    PageNumber, "https://www.zoho.com/crm/developer/docs/api/v3/get-records.html"
] = PageNumber("page", number="info.page", items="data", more="info.more_records")
ZOOM: Annotated[Cursor, "https://developers.zoom.us/docs/api/"] = Cursor(
    "next_page_token", token="next_page_token"
)


def by_name() -> Mapping[str, Strategy]:
    """Return all named strategies; the names are in lower case, with hyphens."""
    return {
        _to_option_name(name): value
        for name, value in globals().items()
        if isinstance(value, Strategy)
    }


def sources() -> Mapping[str, str]:
    """Return where each named strategy is documented: a URL, or a section of an RFC."""
    hints = get_type_hints(sys.modules[__name__], include_extras=True)
    return {_to_option_name(name): hint.__metadata__[0] for name, hint in hints.items()}


def _to_option_name(name: str) -> str:
    return name.lower().replace("_", "-")


__all__ = [name for name, value in globals().items() if isinstance(value, Strategy)]
__all__ += ["by_name", "sources"]
