"""When the last row's id leads on, and when what was sent does."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._detection.detect import detect
from requests_paginate.exceptions import UnknownPagination
from requests_paginate.strategies import LastItem, Offset, PageNumber
from tests.first_pages import ROWS, first


def object_list(rows, **beside):
    return {"object": "list", "data": rows, **beside}


WITHOUT_IDS = [
    [[1, 2], [3, 4]], [17, 20], ["a", "b"], [{"sku": "a"}, {"sku": "b"}], [{"id": None}, {"id": None}],
    [{"id": {"$oid": "5f"}}], [{"id": 1}, {"name": "n"}], [None, None], [{"id": True}],
]  # fmt: skip


@pytest.mark.parametrize("rows", WITHOUT_IDS)
def test_rows_without_ids_lead_nowhere(rows):
    """There is nothing to start after, so the caller is asked."""
    with pytest.raises(UnknownPagination, match="'has_more' says that more rows follow"):
        detect(first(object_list(rows, has_more=True)))


@pytest.mark.parametrize("rows", [ROWS, *WITHOUT_IDS])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"page": 1}, PageNumber("page", more="has_more", items="data")),
        ({"page_number": 0}, PageNumber("page_number", first=0, more="has_more", items="data")),
        ({"pageIndex": "1", "limit": 2}, PageNumber("pageIndex", more="has_more", items="data")),
        ({"offset": 0}, Offset("offset", more="has_more", items="data")),
        ({"limit": 2, "from": 0}, Offset("from", limit="limit", more="has_more", items="data")),
        ({"skip": "0", "take": 2}, Offset("skip", limit="take", more="has_more", items="data")),
    ],
)  # fmt: skip
def test_what_was_sent_comes_before_the_last_row(rows, sent, expected):
    """A server of list objects may count, and then it is asked as it was before."""
    assert (expected,) == detect(first(object_list(rows, has_more=True), sent))


def test_a_sent_page_comes_before_a_last_id():
    """The id beside the rows tells what came, and the page number what was asked for."""
    page = first({"data": ROWS, "last_id": 2, "has_more": True}, {"page": 1})
    assert (PageNumber("page", more="has_more", items="data"),) == detect(page)


@pytest.mark.parametrize(
    "sent", [{}, {"limit": 2}, {"from": 1_700_000_000}, {"status": "open"}, {"start": "2024-01-01"}]
)
@pytest.mark.parametrize("rows", [ROWS, [{"id": "a1", "n": 1}], [{"id": 0}]])
def test_the_last_id_of_a_list_object_leads_on(sent, rows):
    """As in Stripe, where no page was sent; a time is no position."""
    likeliest = detect(first(object_list(rows, has_more=True), sent))[0]
    assert LastItem("starting_after", more="has_more", items="data") == likeliest
