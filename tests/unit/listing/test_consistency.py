"""A page that came before is known again, by its rows or by their identities."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import requests

from requests_paginate import Page, PageRequest, exceptions, get_all
from requests_paginate._listing.consistency import RepeatGuard
from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated
from requests_paginate.strategies import Offset
from tests.loopback import LoopbackServer, http
from tests.two_pages import listed, listing_of, refused, rows, serving

URL = "https://api.test/items"


# Requests and pages ------------------------------------------------------------------------------


def page(items, number=1):
    return Page(request=PageRequest("GET", URL, params={"page": number}), body=items, items=items)


def test_a_page_that_came_before_is_known():
    """Not only the last page: a cycle of two is as endless as one of one."""
    guard = RepeatGuard("z")
    for mark in "ab":
        guard.check(page([1]), mark, Offset(), None)
        guard.remember(page([1]), mark)
    for mark in "abz":
        with pytest.raises(InconsistentListing, match="ignores what Offset") as caught:
            guard.check(page([1]), mark, Offset(), None)
        assert caught.value.is_repeat
    guard.check(page([1]), "c", Offset(), None)


def test_empty_pages_may_be_alike():
    """An empty page is not remembered; a hundred in a row are too many, until one has rows."""
    guard = RepeatGuard()
    for _ in range(100):
        guard.check(page([]), "a", Offset(), None)
        guard.remember(page([]), "a")
    with pytest.raises(InconsistentListing, match="more than 100 pages in a row have no rows"):
        guard.check(page([]), "a", Offset(), None)
    guard.remember(page([1]), "b")
    guard.check(page([]), "a", Offset(), None)


@pytest.mark.parametrize(
    ("following", "is_refused"),
    [
        (PageRequest("GET", URL, params={"page": 1}), True),
        (PageRequest("GET", f"{URL}#part", params={"page": 1}), True),
        (PageRequest("GET", URL, params={"page": 2}), True),
        (PageRequest("GET", URL, params={"page": 3}), False),
        (PageRequest("GET", URL, params={"page": 1}, headers={"Range": "2-3"}), False),
        (PageRequest("POST", URL, params={"page": 1}, json={"after": "x"}), False),
    ],
)
def test_a_request_that_was_made_before_is_refused(following, is_refused):
    """The page itself and any before it; a fragment makes no other request."""
    guard = RepeatGuard()
    guard.remember(page([1], 1), "a")
    refusal = pytest.raises(InconsistentListing, match="leads back to one that was read")
    with refusal if is_refused else nullcontext():
        guard.check_next(following, PageRequest("GET", URL, params={"page": 2}))


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")
def test_a_resumed_listing_ends_after_the_total_grew():
    """The smallest total holds after a resume, too, and so does the doubt."""

    def answer(number, request):
        start = int(request.split(" ")[1].partition("cursor=")[2] or 0)
        if number == 2:
            return http(b"", 500)
        following = str(start + 2) if start < 4 else None
        items = [start, start + 1]
        return http({"items": items, "next_cursor": following, "total": 6 if number == 0 else 7})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing, got = get_all(server.url, session=session, retries=0), []
        with pytest.raises(exceptions.PageFailed) as caught:
            for row in listing:
                got.append(row)
        with pytest.warns(exceptions.PossiblyTruncated, match="total changed from 6 to 7"):
            got += get_all(server.url, session=session, resume=caught.value.checkpoint)
        assert [*range(6)] == got


# (5) Echoes --------------------------------------------------------------------------------------


def skipping(echo, total=5):
    """Offsets by two, each page with an echo of its own."""

    def answer(query):
        offset = int(query.get("offset", 0))
        found = rows(*range(offset, min(offset + 2, 5)))
        return {"items": found, "offset": echo(offset), **({"total": total} if total else {})}

    return answer


def test_the_same_ids_at_an_offset_that_is_echoed_are_doubtful():
    """Prices by product, say; where the offset is not echoed, the server may have ignored it."""

    def body(query):
        offset = int(query.get("offset", 0))
        items = [{"id": number, "price": offset} for number in range(max(0, min(4, 12 - offset)))]
        return {"items": items, "start": offset}

    with serving(body), pytest.warns(PossiblyTruncated, match="has the ids of an earlier one"):
        assert 12 == len(list(listing_of(strategy=Offset("offset", start="start", items="items"))))
    with serving(body), pytest.raises(InconsistentListing, match="same rows"):
        list(listing_of(strategy=Offset("offset", items="items")))


def test_a_right_echo():
    """The offset that was asked for is the one that came, to the end."""
    expected = Offset("offset", total="total", items="items", start="offset")
    assert ([*range(5)], [{"offset": "2"}, {"offset": "4"}], expected) == listed(
        skipping(lambda offset: offset)
    )


@pytest.mark.parametrize(
    "echo",
    [lambda offset: 0, lambda offset: offset + (offset > 0), lambda offset: 5 * (offset > 0)],
)
def test_a_wrong_echo_raises(echo):
    """Other rows than were asked for are no matter of names: it raises at once."""
    words = r"asked for offset=2, the page says it is \d \(at 'offset'\)"
    error = exceptions.InconsistentListing
    assert (2, [{"offset": "2"}]) == refused(skipping(echo), error, words)


def test_a_wrong_echo_is_not_tried_under_another_name():
    """Where other names are left, a wrong echo raises all the same."""

    def answer(query):
        number = int(query.get("page", 1))
        return {"items": rows(number), "pageNumber": 7 if query else 1, "pages": 3}

    words = "asked for page=2, the page says it is 7"
    assert (1, [{"page": "2"}]) == refused(answer, exceptions.InconsistentListing, words)


@pytest.mark.parametrize("wrong", [0, 3, 99])
def test_a_wrong_echo_of_no_rows(wrong):
    """Servers echo what they like past the end: an empty page is the end whatever it says."""
    answer = skipping(lambda offset: offset if offset < 5 else wrong, total=None)
    params = {"offset": "0"}
    assert ([*range(5)], [{"offset": "2"}, {"offset": "4"}, {"offset": "5"}]) == listed(
        answer, params
    )[:2]
