"""111 dialects of real APIs, each as its first two pages: listed exactly, or refused loudly."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from requests_paginate.strategies import Cursor, LastItem, NextLink, Offset, PageNumber, Strategy
from tests.replay import DIALECTS, listed


class StartPosition(Strategy):
    """QuickBooks counts rows inside the text of its query."""

    def next(self, page):
        """The query with the position after this page's last row."""
        query = page.request.params["query"]
        here = int(re.search(r"startposition (\d+)", query)[1])
        following = here + len(self.items(page))
        if following > page.body["QueryResponse"]["totalCount"]:
            return None
        query = query.replace(f"startposition {here}", f"startposition {following}")
        return page.request.with_param("query", query)


# What a caller says where the first page cannot tell.
SAID = {
    "Anthropic list": {"strategy": Cursor("after_id", token="last_id", more="has_more")},
    "Luma": {"strategy": Cursor("pagination_cursor", token="next_cursor", more="has_more")},
    "Plaid /transactions/sync": {"items": "added"},
    "Strava / Trello / bare array + page": {"strategy": PageNumber("page")},
    "Vercel": {"strategy": Cursor("until", token="pagination.next")},
    "WHOOP": {"strategy": Cursor("nextToken", token="next_token")},
    "Zoom": {"strategy": Cursor("next_page_token", token="next_page_token")},
    "CloudWatch Logs GetLogEvents (same token = end)": {
        "strategy": Cursor("nextToken", token="nextForwardToken", into="json", items="events")
    },
    "Discord messages": {"strategy": LastItem("before", key="id")},
    "Discourse": {"strategy": NextLink("topic_list.more_topics_url", items="topic_list.topics")},
    "Dropbox list_folder": {
        "strategy": Cursor(
            "cursor",
            token="cursor",
            more="has_more",
            into="json",
            alone=True,
            url="/2/files/list_folder/continue",
        )
    },
    "GitHub compare commits (no Link header)": {
        "strategy": PageNumber("page", items="commits", total="total_commits")
    },
    "Personio": {"strategy": Offset("offset", limit="limit", items="data")},
    "QuickBooks Online query": {"strategy": StartPosition(), "items": "QueryResponse.Bill"},
}
# Neither a total nor a flag nor a link ends these: the page after the last is asked for, and empty.
ENDED_BY_AN_EMPTY_PAGE = {
    "ArcGIS FeatureServer",  # its flag is left out where it is false
    "CloudWatch Logs GetLogEvents (same token = end)",
    "Discord messages",
    "Make.com",  # rows and a limit, nothing else
    "Personio",
    "Strava / Trello / bare array + page",
}


def of_kind(kind):
    dialects = [dialect for dialect in DIALECTS if dialect["detect"].partition(":")[0] == kind]
    return [pytest.param(dialect, id=dialect["name"]) for dialect in dialects]


def most_requests(dialect):
    pages = 1 if dialect["expected_next"] is None else 2
    return pages + (dialect["name"] in ENDED_BY_AN_EMPTY_PAGE)


@pytest.mark.parametrize("dialect", of_kind("auto"))
def test_a_dialect_that_shows_on_its_first_page(dialect):
    """No strategy is named: every row comes once, in order, by exactly the API's requests."""
    outcome = listed(dialect)
    assert "right" == outcome.verdict, outcome.text
    assert most_requests(dialect) >= outcome.requests


@pytest.mark.parametrize("dialect", [*of_kind("hint"), *of_kind("config")])
def test_a_dialect_that_needs_a_word(dialect):
    """Told what the page does not show, the listing is exact."""
    outcome = listed(dialect, **SAID[dialect["name"]])
    assert "right" == outcome.verdict, outcome.text
    assert most_requests(dialect) >= outcome.requests


@pytest.mark.parametrize("dialect", of_kind("hint"))
def test_a_dialect_without_its_hint(dialect):
    """The other names are tried; where none is right, the error says which and what to pass."""
    outcome = listed(dialect)
    assert outcome.verdict in ("right", "stepped", "raised"), outcome.text
    if outcome.verdict == "raised":
        assert re.search(r"pass (?:items|strategy)=", outcome.text)


@pytest.mark.parametrize("dialect", of_kind("config"))
def test_a_dialect_without_its_strategy(dialect):
    """It is right by luck, raises, or warns: never silently one page."""
    outcome = listed(dialect)
    assert outcome.verdict in ("right", "stepped", "raised", "warned"), outcome.text


def test_the_score(capsys):
    """All that show on the first page are right, and none at all is wrong."""
    score = Counter()
    for dialect in DIALECTS:
        verdict = listed(dialect).verdict
        if (
            verdict != "right"
            and listed(dialect, **SAID.get(dialect["name"], {})).verdict == "right"
        ):
            verdict = f"{verdict}, right with a word"
        score[verdict] += 1
    with capsys.disabled():
        told = ", ".join(f"{count} {verdict}" for verdict, count in score.most_common())
        print(f"\ndialects: {len(DIALECTS)}: {told}, {score['wrong']} wrong")
    assert set() == {"wrong", "failed", "raised", "warned"} & score.keys()
    assert len(of_kind("auto")) <= score["right"]
