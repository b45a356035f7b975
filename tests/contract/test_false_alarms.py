"""Honest servers raise no doubt, but where a list is as long as servers cut theirs."""

from __future__ import annotations

import re
import warnings

import pytest
import requests
import responses

from requests_paginate import get_all, request_all
from requests_paginate._paths import is_count
from requests_paginate.exceptions import ListingChanged, PaginationError, PossiblyTruncated
from requests_paginate.sandbox import SingleListing
from tests.contract.test_more_dialects import DIALECTS as MORE_DIALECTS
from tests.contract.test_more_dialects import SINGLE_PAGES
from tests.hostile import URL, Answer, connected
from tests.property.test_dialects import DIALECTS as SANDBOX
from tests.property.test_failures import Provider
from tests.replay import DIALECTS, Server

DOUBTS = (PossiblyTruncated, ListingChanged)
USUAL = {10, 20, 25, 30, 50, 100, 200, 250, 500, 1000}
MOST = 1100
ROWS = SingleListing(total=MOST)  # of one page; to make them anew for every size takes long
# In these nothing but the size tells anything.
UNTOLD = ("Link header", "one page")


def told_of(listing):
    """How many rows a listing has, and what it warns of; None where it raises."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            count = sum(1 for _ in listing)
        except PaginationError:
            return None, []
    said = [str(each.message) for each in told if issubclass(each.category, DOUBTS)]
    assert (listing.complete, listing.doubts) == (not listing.doubts, listing.doubts)
    return count, said


def sizes_asked(request):
    """Every number that a request holds."""
    values = [*(request.get("params") or {}).values(), *re.findall(r"=(\d+)", request["url"])]
    values += list((request.get("json") or {}).values())
    return {int(value) for value in values if is_count(value)}


def replayed(request, answer):
    method, url = request["method"], request["url"]
    options = {name: value for name, value in request.items() if name not in ("method", "url")}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for verb in ("GET", "POST"):
            mock.add_callback(verb, re.compile(".*"), answer)
        with requests.Session() as session:
            return told_of(request_all(method, url, session=session, retries=0, **options))


def of_recorded():
    """Every recorded listing: its name, its first request, and what answers."""
    for dialect in (*DIALECTS, *MORE_DIALECTS):
        yield dialect["name"], dialect["first_request"], Server(dialect).answer
    for single in SINGLE_PAGES:
        response = single["response"]
        body = responses.json_module.dumps(response["body"])
        headers = {
            name: value for name, value in response["headers"].items()
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding")
        }  # fmt: skip
        yield single["name"], single["request"], lambda _, h=headers, b=body: (200, h, b)


def test_recorded_listings_are_quiet(capsys):
    """Of the recorded answers of hundreds of APIs, those warn that are exactly a page long."""
    listings = alarms = 0
    false = []
    for name, request, answer in of_recorded():
        count, said = replayed(request, answer)
        listings += count is not None
        alarms += bool(said)
        if said and count not in USUAL | sizes_asked(request):
            false.append((name, count, said))
    with capsys.disabled():
        print(f"\nrecorded: {alarms} of {listings} listings doubtful, {len(false)} for no size")
    assert [] == false


def of_sandbox(name, size):
    """A listing of so many rows: what answers, and the options of its first request."""
    if name == "one page":
        answer = Answer(ROWS.slice(0, size))
        return (lambda number, request: answer), {"url": URL}
    dialect, options, _ = SANDBOX[name](size, 1000)
    return Provider(dialect, {}), options


@pytest.mark.parametrize("name", sorted(SANDBOX))
def test_listings_of_every_size_are_quiet(name, capsys):
    """Whatever the dialect: only where nothing but the size could tell, and only at such a size."""
    doubtful = []
    sizes = {*range(MOST + 1)} if name == "one page" else {*range(50), *USUAL, MOST - 1, MOST}
    for size in sorted(sizes):
        answer, options = of_sandbox(name, size)
        session = connected(answer)
        session.auth = None
        count, said = told_of(get_all(session=session, retries=0, **options))
        assert size == count
        if said:
            doubtful.append(size)
    assert (sorted(USUAL & sizes) if name in UNTOLD else []) == doubtful
    with capsys.disabled():
        print(f"\n{name}: {len(doubtful)} of {len(sizes)} listings doubtful")
