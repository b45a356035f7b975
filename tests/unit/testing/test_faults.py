"""What a listing does when a mocked one fails as a test asks for."""

import warnings

import pytest
import requests
import responses

from requests_paginate import dialects, get_all, strategies
from requests_paginate.exceptions import ListingChanged, PageFailed
from requests_paginate.testing import mock_listing, skip_waits

URL = "https://api.example.com/rows"
ROWS = [{"id": number} for number in range(1, 26)]
KINDS = {
    "number": dialects.PLUGGY, "offset": dialects.JIRA, "link": dialects.PLUGGY_V2,
    "counted link": dialects.BELVO, "offset link": dialects.SPOTIFY, "header": dialects.GITHUB,
    "cursor": dialects.SLACK, "last row": dialects.STRIPE, "range": dialects.POSTGREST,
    "parameters": dialects.MEDIAWIKI,
}  # fmt: skip


@pytest.fixture(autouse=True)
def waits():
    """The seconds of waiting, skipped."""
    with responses.mock, skip_waits() as seconds:
        yield seconds


def mock_rows(kind="cursor", **options):
    """Mount 25 rows on three pages; return the listing and its strategy."""
    return mock_listing(URL, ROWS, KINDS[kind], page_size=10, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_page_is_tried_again(kind, waits):
    """A 429 on page 3 costs one more request, and the wait that it asks for."""
    listing = mock_rows(kind, faults={3: 429}, retry_after=7)
    assert ROWS == list(get_all(URL, strategy=listing.dialect))
    assert ([7.0], 4) == (waits, len(listing.requests))


def test_several_faults_of_one_page_befall_it_one_by_one(waits):
    """A page may fail in several ways before it comes."""
    listing = mock_rows(faults={1: [503, "truncated", 500], 2: 502})
    assert ROWS == list(get_all(URL, strategy=listing.dialect))
    assert (4, 7) == (len(waits), len(listing.requests))


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_page_that_fails_for_good_leaves_a_checkpoint(prefetch):
    """Where no try is left the rows before the page have come, and the rest can be had later."""
    listing = mock_rows("number", faults={3: 503})
    rows = []
    with pytest.raises(PageFailed, match="503") as failed:
        for row in get_all(URL, strategy=listing.dialect, retries=0, prefetch=prefetch):
            rows.append(row)
    assert ROWS[:20] == rows
    rest = get_all(URL, strategy=listing.dialect, resume=failed.value.checkpoint)
    assert ROWS[20:] == list(rest)


@pytest.mark.parametrize("kind", KINDS)
def test_an_expired_place_stays_expired_until_the_listing_begins_again(kind):
    """A 410 is not tried again, its checkpoint fails, too, and a new listing has all rows."""
    listing = mock_rows(kind, faults={2: "expired"})
    rows = []
    with pytest.raises(PageFailed, match="has expired") as failed:
        for row in get_all(URL, strategy=listing.dialect):
            rows.append(row)
    assert ROWS[:10] == rows
    with pytest.raises(PageFailed, match="410"):
        list(get_all(URL, strategy=listing.dialect, resume=failed.value.checkpoint))
    assert 3 == len(listing.requests)
    assert ROWS == list(get_all(URL, strategy=listing.dialect))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", [1, 3])
def test_a_page_that_is_cut_is_fetched_again(kind, page):
    """A body that ends in its middle is never taken for a page."""
    listing = mock_rows(kind, faults={page: "truncated"})
    assert ROWS == list(get_all(URL, strategy=listing.dialect))
    assert 4 == len(listing.requests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", [2, 3])
def test_the_row_at_an_edge_comes_twice(kind, page):
    """The repeated row is handed out and told of; every other row comes once."""
    listing = mock_rows(kind, faults={page: "repeated"})
    edge = 10 * (page - 1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        rows = list(get_all(URL, strategy=listing.dialect))
    assert [*ROWS[:edge], ROWS[edge - 1], *ROWS[edge:]] == rows
    assert {ListingChanged} == {each.category for each in told}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_drops_the_repeated_rows(kind):
    """With `key=` every row comes once, at however many edges it came twice."""
    listing = mock_rows(kind, faults={2: "repeated", 3: "repeated"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ListingChanged)
        read = get_all(URL, strategy=listing.dialect, key="id")
        assert ROWS == list(read)
    assert 2 == read.stats.duplicates_dropped


def test_the_page_after_the_last_may_fail():
    """Where an empty page is the end, it may be the one that fails."""
    listing = mock_listing(URL, ROWS, dialects.STRAVA, page_size=25, faults={2: 500})
    assert ROWS == list(get_all(URL, strategy=dialects.STRAVA))
    assert 3 == len(listing.requests)


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({4: 429}, "expected a page from 1 to 3, got 4"),
        ({0: 429}, "expected a page from 1 to 3, got 0"),
        ({1: 200}, "expected a status from 400"),
        ({1: True}, "expected a status from 400"),
        ({1: ["slow"]}, "or one of"),
        ({1: "expired"}, "the first page cannot be 'expired'"),
        ({1: "repeated"}, "the first page cannot be 'repeated'"),
    ],
)
def test_a_fault_that_would_never_happen_is_refused(faults, message):
    """A test whose fault is misspelt, or on a page that does not exist, fails at once."""
    with pytest.raises(ValueError, match=message):
        mock_rows(faults=faults)


def test_a_listing_of_one_page_has_one():
    """What is not paginated has a first page, and no other."""
    listing = mock_listing(URL, ROWS, strategies.SinglePage(), page_size=10, faults={1: 503})
    assert [503, 200] == [requests.get(URL).status_code for _ in range(2)]
    assert ROWS == requests.get(URL).json()
    assert 3 == len(listing.requests)
    with pytest.raises(ValueError, match="expected a page from 1 to 1"):
        mock_listing(URL, ROWS, strategies.SinglePage(), page_size=10, faults={2: 503})


def test_waits_are_skipped_in_threads_too(waits):
    """Pages that are fetched ahead do not wait either."""
    listing = mock_rows("number", faults={2: 503, 3: 503}, retry_after=60)
    assert ROWS == list(get_all(URL, strategy=listing.dialect, prefetch=2))
    assert {60.0} == {round(each) for each in waits}
