"""Which objects beside the rows may tell how many rows there are."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate._detection.evidence import gather_evidence
from requests_paginate.strategies import SinglePage
from tests.first_pages import ROWS, first
from tests.two_pages import listed, rows

OTHERS = [
    {"gpu_info": {"total": 6}}, {"workerInfo": {"totalCount": 6}}, {"seat_summary": {"total": 6}},
    {"render_time_range": {"count": 6, "total": 6}}, {"click_stats": {"total": 6}},
    {"landing_page_visits": {"total": 6}}, {"backup_result": {"total": 6}}, {"uptime_response": {"total": 6}},
    {"meta": {"linkClicks": {"total": 6}}}, {"elapsed_result": {"total": 6, "failed": 0}},
    {"summary": {"total": 6, "currency": "CHF"}}, {"result_summary": {"total": 6, "tax": 1}},
]  # fmt: skip


@pytest.mark.parametrize("beside", OTHERS)
def test_an_object_of_another_name_counts_no_rows(beside):
    """Twelve rows come although something else counts six, and a complete list is quiet."""

    def by_offset(query):
        start = int(query["offset"])
        return {"items": rows(*range(start, min(start + 2, 12))), **beside}

    def by_page(query):
        start = 2 * (int(query["page"]) - 1)
        return {"items": rows(*range(start, min(start + 2, 12))), **beside}

    assert [*range(12)] == listed(by_offset, {"limit": "2", "offset": "0"})[0]
    assert [*range(12)] == listed(by_page, {"per_page": "2", "page": "1"})[0]
    assert (SinglePage(items="items"),) == detect(first({"items": ROWS, **beside}))


@pytest.mark.parametrize(
    "name",
    ["search_info", "resultMeta", "_meta", "query_result", "listInfo", "page_info", "acme_paging",
     "paginacao", "dataInfo", "resultSet", "widget_info", "widgetsSummary", "response_header",
     "links", "_links", "link"],
)  # fmt: skip
def test_an_object_about_rows_counts_them(name):
    """Its name is made of words for listings, of pages, or of the rows and such a word."""
    page = first({"widgets": ROWS, name: {"total": 6}})
    assert gather_evidence(page, "widgets").find_total() is not None


@pytest.mark.parametrize(
    "inner", [{"perPage": 2}, {"offset": 0}, {"next": "t"}, {"hasMore": True}, {"total_pages": 3}]
)
def test_what_an_object_holds_tells_that_it_is_about_pages(inner):
    """Any name is good beside the size, the place or the continuation of a page."""
    page = first({"items": ROWS, "gpu_info": {"total": 6, **inner}})
    assert "gpu_info.total" == gather_evidence(page, "items").find_total()
