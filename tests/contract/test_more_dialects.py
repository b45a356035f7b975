"""293 more APIs as documented, and 147 pages that are complete: never listed wrong."""

from __future__ import annotations

import functools
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from requests_paginate import Page, PageRequest
from requests_paginate._detection.detect import detect
from requests_paginate._paths import read_path
from requests_paginate.exceptions import MalformedPage, UnknownPagination
from tests.replay import listed, rows_at

HERE = Path(__file__).parents[1]
DIALECTS = json.loads((HERE / "more_dialects.json").read_text(encoding="utf-8"))
SINGLE_PAGES = json.loads((HERE / "single_pages.json").read_text(encoding="utf-8"))
LEAST_LISTED = 0.95  # of those that show on their first page
LEAST_RECOGNISED = 0.8  # of single resources

# Complete pages after which another one is asked for, and why.
ASKED_FOR_MORE = {
    "Ergast: MRData strings limit 30 offset 0 total 2": "the total counts results, the rows races",
}
# Single resources of which a list is taken for the rows, because it is the only one beside objects.
READ_AS_A_LIST = {
    "alquran.cloud: page of the Quran": "its verses are rows",
    "Discourse: get a user": "user_badges beside user",
    "NWS: forecast": "@context beside properties",
    "Slack: emoji.list (map)": "categories beside a map of emoji",
}


@functools.cache
def outcome_of(place):
    """How the listing of one of the dialects goes; twice asked for, once replayed."""
    return listed(DIALECTS[place])


def of(recorded):
    return [pytest.param(each, id=each["name"]) for each in recorded]


def of_kinds(*kinds):
    return of(single for single in SINGLE_PAGES if single["kind"] in kinds)


def as_page(single):
    request, response = single["request"], single["response"]
    asked = PageRequest(request["method"], request["url"], params=request.get("params", {}))
    return Page(
        request=asked, body=response["body"], headers=response["headers"], url=request["url"]
    )


@pytest.mark.parametrize("place", range(len(DIALECTS)), ids=[d["name"] for d in DIALECTS])
def test_no_dialect_is_listed_wrong(place):
    """Every row comes once and in order, or the listing raises a PaginationError, or warns."""
    outcome = outcome_of(place)
    assert outcome.verdict in ("right", "stepped", "raised", "failed", "warned"), outcome.text


def test_the_score(capsys):
    """Of those that show on their first page, nearly all are listed; and none at all is wrong."""
    verdicts = [outcome_of(place).verdict for place in range(len(DIALECTS))]
    score = Counter(verdicts)
    autos = Counter(
        verdict
        for verdict, dialect in zip(verdicts, DIALECTS, strict=True)
        if dialect["detect"].startswith("auto")
    )
    with capsys.disabled():
        told = ", ".join(f"{count} {verdict}" for verdict, count in score.most_common())
        print(f"\nmore dialects: {len(DIALECTS)}: {told}, {score['wrong']} wrong")
    assert 0 == score["wrong"]
    assert LEAST_LISTED <= (autos["right"] + autos["stepped"]) / sum(autos.values())


@pytest.mark.parametrize("single", of_kinds("single"))
def test_a_single_resource_is_asked_for_once(single):
    """One resource is the only row, or the caller is asked which of its lists are the rows."""
    page = as_page(single)
    try:
        strategy = detect(page)[0]
    except (UnknownPagination, MalformedPage):
        return
    assert strategy.next(page) is None
    if single["name"] not in READ_AS_A_LIST:
        assert [read_path(page.body, strategy.items.path)] == strategy.items(page)


def test_most_resources_are_recognised():
    """Of the single resources, few make the caller say that they are."""
    resources = [as_page(single) for single in SINGLE_PAGES if single["kind"] == "single"]
    recognised = 0
    for page in resources:
        with suppress(UnknownPagination, MalformedPage):
            recognised += bool(detect(page))
    assert LEAST_RECOGNISED <= recognised / len(resources)


@pytest.mark.parametrize("single", of_kinds("list", "envelope"))
def test_a_complete_page_is_asked_for_once(single):
    """A listing of one page is read where its rows are, and no second page is asked for."""
    page = as_page(single)
    strategy = detect(page)[0]
    assert (single["name"] in ASKED_FOR_MORE) is (strategy.next(page) is not None)
    if "items_path" in single:
        assert rows_at(read_path(page.body, single["items_path"]), "") == list(strategy.items(page))


def test_the_exceptions_are_recorded():
    """Every exception is a recorded page's."""
    known = {*ASKED_FOR_MORE, *READ_AS_A_LIST}
    assert set() == known - {single["name"] for single in SINGLE_PAGES}
