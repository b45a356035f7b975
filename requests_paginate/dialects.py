"""Named strategies: a line each, with where the API says so.

Use one as `strategy=dialects.STRIPE`, or `--strategy stripe` on the command line, where the first
page alone should not decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    PageNumber,
    SinglePage,
    Strategy,
)

__all__ = [
    "BELVO",
    "DJANGO_REST",
    "GITHUB",
    "GOOGLE",
    "JSON_API",
    "LINK_HEADER",
    "ODATA",
    "PLUGGY",
    "PLUGGY_V2",
    "SINGLE_PAGE",
    "SLACK",
    "STRIPE",
    "by_name",
]

# https://docs.pluggy.ai/docs/basic-concepts: page from 1 to totalPages
PLUGGY = PageNumber("page", total_pages="totalPages", number="page", items="results", total="total")
# https://docs.pluggy.ai, /v2 endpoints: next is a ready query string or null
PLUGGY_V2 = NextLink("next", items="results")
# https://developers.belvo.com/docs/searching-and-filtering: follow next until it is null
BELVO = NextLink("next", items="results", total="count", page_param="page")
# https://www.django-rest-framework.org/api-guide/pagination/: all three styles
DJANGO_REST = NextLink("next", items="results")
# https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
GITHUB = LinkHeader()
# RFC 8288, rows in a bare list
LINK_HEADER = LinkHeader(items="")
# https://docs.stripe.com/api/pagination
STRIPE = LastItem("starting_after", key="id", more="has_more", items="data")
# https://cloud.google.com/apis/design/design_patterns#list_pagination
GOOGLE = Cursor("pageToken", token="nextPageToken")  # noqa: S106 - a path in the response
# https://docs.slack.dev/apis/web-api/pagination
SLACK = Cursor("cursor", token="response_metadata.next_cursor")  # noqa: S106 - a path
# https://docs.oasis-open.org/odata/odata/v4.01/ section 11.2.6.7
ODATA = NextLink("@odata.nextLink", items="value", total="@odata.count")
# https://jsonapi.org/format/#fetching-pagination
JSON_API = NextLink("links.next", items="data")
# Not paginated: the first page is all, and the caller knows it
SINGLE_PAGE = SinglePage()


def by_name() -> Mapping[str, Strategy]:
    """All named strategies: lower case, words joined by hyphens."""
    return {
        name.lower().replace("_", "-"): value
        for name, value in globals().items()
        if isinstance(value, Strategy)
    }
