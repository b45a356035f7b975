"""Law 1: a listing ends only where the server said so."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import dialects, exceptions, get_all, strategies
from requests_paginate.strategies import NextLink
from tests.contract.laws.providers import stepping
from tests.loopback import LoopbackServer, http


# Law 1: never silently short
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"results": [{"id": 1}], "next": None, "count": 2}, exceptions.InconsistentListing),
        ({"results": [{"id": 1}], "has_more": True}, exceptions.UnknownPagination),
        ({"results": [{"id": 1}], "total": 5}, exceptions.UnknownPagination),
        ({"results": [{"id": 1}], "continue": {"x": 1}}, exceptions.UnknownPagination),
        ({"results": [{"id": 1}], "LastEvaluatedKey": {"x": 1}}, exceptions.UnknownPagination),
        ({"this": [1], "that": [2]}, exceptions.UnknownPagination),
        ({"error": "no"}, exceptions.MalformedPage),
        ({"name": "x"}, exceptions.UnknownPagination),
        ("text", exceptions.MalformedPage),
        (None, exceptions.MalformedPage),
    ],
)
def test_law_1_a_first_page_that_shows_more_and_not_how_raises(body, error):
    """What looks like one page of many, or like no page, never ends as a whole listing."""
    with LoopbackServer([http(body)]) as server, requests.Session() as session:
        with pytest.raises(error):
            list(get_all(server.url, session=session))
        assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("strategy", "second", "error"),
    [
        (dialects.PLUGGY, {"results": [{"id": 2}], "page": 2}, exceptions.MalformedPage),
        (dialects.PLUGGY, {"page": 2, "totalPages": 3}, exceptions.MalformedPage),
        (dialects.PLUGGY, {"message": "try later"}, exceptions.MalformedPage),
        (dialects.PLUGGY, [], exceptions.MalformedPage),
    ],
)
def test_law_1_a_later_page_without_what_must_be_there_raises(strategy, second, error):
    """A page that lost its rows or its number of pages is an error, not an end."""
    first = {"results": [{"id": 1}], "page": 1, "totalPages": 3, "total": 3}
    with LoopbackServer([http(first), http(second)]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy)
        assert {"id": 1} == next(listing)
        with pytest.raises(error) as caught:
            next(listing)
        assert (1, 1) == (caught.value.page_index, caught.value.items_yielded)
        assert not listing.complete


def test_law_1_a_server_that_ignores_the_parameter_raises():
    """The same rows under another page number are an ignored parameter, not data."""
    page = http({"items": [{"id": 1}, {"id": 2}], "total": 6})
    with LoopbackServer([page] * 9) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params={"offset": 0, "limit": 2})
        with pytest.raises(exceptions.InconsistentListing, match="same rows"):
            list(listing)
        assert 2 == len(server.requests)
        assert 2 == listing.stats.items


def test_law_1_endless_empty_pages_raise():
    """A hundred pages without a row are the most that a server may send."""
    with (
        LoopbackServer(lambda n, _: http({"results": [], "next": f"?after={n}"})) as server,
        requests.Session() as session,
    ):
        with pytest.raises(exceptions.InconsistentListing, match="in a row"):
            list(get_all(server.url, session=session, strategy=dialects.PLUGGY_V2))
        assert 101 == len(server.requests)


@pytest.mark.parametrize(
    "last",
    [
        {"data": [], "next": None, "error": "quota exceeded"},
        {"data": None, "next": None, "errors": [{"title": "no"}]},
        {"data": [], "next": None, "success": False},
        {"data": [], "next": None, "ok": False},
    ],
)
def test_law_1_an_error_body_is_no_end(last):
    """A page without rows that reports an error ends nothing; TikTok's code "ok" is none."""
    for body in (last, {"data": [], "next": None, "error": {"code": "ok", "message": ""}}):
        pages = [http({"data": [1], "next": "?page=2"}), http(body)]
        with LoopbackServer(pages) as server, requests.Session() as session:
            listing = get_all(server.url, session=session)
            assert 1 == next(listing)
            if body is last:
                with pytest.raises(exceptions.MalformedPage, match="no rows and"):
                    next(listing)
            else:
                assert [] == list(listing)


@pytest.mark.parametrize(
    ("last", "error"),
    [
        ({"data": [2], "next": None}, exceptions.InconsistentListing),
        ({"data": [2], "next": None, "has_more": False}, exceptions.PossiblyTruncated),
    ],
)
def test_law_1_an_end_before_an_earlier_page_s_total(last, error):
    """A total told on page 1 counts on the last page too: it raises, or warns beside a flag."""
    pages = [http({"data": [1], "next": "?page=2", "total": 9, "has_more": True}), http(last)]
    with LoopbackServer(pages) as server, requests.Session() as session:
        strategy = NextLink("next", items="data", total="total", more="has_more")
        listing = get_all(server.url, session=session, strategy=strategy)
        assert [1, 2] == [next(listing), next(listing)]
        assert not listing.complete
        with pytest.raises(error, match="2 of 9 rows"):  # a warning is an error in these tests
            next(listing)


def test_law_1_pages_goes_on_after_an_error(waits):
    """An iterator of pages is as alive after an error as the listing is."""
    pages = [http({"results": [1], "next": "?p=2"}), http(status=503), http({"results": [2]})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        iterator = get_all(server.url, session=session, retries=0).pages()
        assert [1] == list(next(iterator))
        with pytest.raises(exceptions.PageFailed):
            next(iterator)
        assert [[2]] == [list(page) for page in iterator]


def test_law_1_an_ignored_cursor_with_random_tokens_raises():
    """Page 1 again under another token is no new page while the parameter's name is a guess."""

    def answer(number, _):
        return http({"items": [{"id": 1}, {"id": 2}], "next_token": f"random{number}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        with pytest.raises(exceptions.InconsistentListing):
            next(listing)


def test_law_1_rows_that_the_consumer_changes_are_still_recognised():
    """Whatever the consumer does to its rows, page 1 again is found out."""

    def answer(number, _):
        return http({"items": [{"id": 1}, {"id": 2}], "next_token": f"random{number}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        with pytest.raises(exceptions.InconsistentListing):
            for row in get_all(server.url, session=session):
                row["seen"] = True
                assert len(server.requests) < 20


def test_law_1_a_name_that_is_refused_gives_way_to_the_next():
    """A server that answers 400 to a likely name is asked by the other one."""

    def answer(_, request):
        target = request.split(" ")[1]
        if "next_cursor=" in target:
            return http({"items": [2], "next_cursor": None})
        return http(status=400) if "cursor=" in target else http({"items": [1], "next_cursor": "c"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session))


CANDIDATES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]


@pytest.mark.parametrize("right", CANDIDATES)
@pytest.mark.parametrize("wrong", [None, http(status=400), http({"detail": "no"}, 422)])
def test_law_1_likely_names_are_tried_one_after_the_other(right, wrong):
    """Ignored or refused, a name gives way to the next; each is asked once and no row repeats."""
    with LoopbackServer(stepping(right, wrong)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert ([1, 2, 3], True) == (list(listing), listing.complete)
        tried = CANDIDATES[: CANDIDATES.index(right) + 1]
        assert ["/", *(f"/?{name}=c" for name in tried)] == server.paths()
        assert strategies.Cursor(right, token="next_cursor", items="items") == listing.strategy


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_law_1_another_refusal_is_not_about_the_name(status):
    """Only 400 and 422 say that a parameter is wrong."""
    answer = stepping("next_cursor", http(status=status))
    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, retries=0)
        assert [1, 2] == [next(listing), next(listing)]
        with pytest.raises(exceptions.PageFailed):
            next(listing)
        assert ["/", "/?cursor=c"] == server.paths()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(None, exceptions.InconsistentListing), (http(status=400), exceptions.PageFailed)],
)
def test_law_1_when_no_likely_name_is_right_all_are_told(wrong, error):
    """The text has every name that was tried, and how to say the right one."""
    with LoopbackServer(stepping("mark", wrong)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert [1, 2] == [next(listing), next(listing)]
        with pytest.raises(error) as caught:
            next(listing)
        assert (1 + len(CANDIDATES), 2) == (len(server.requests), listing.stats.items)
        names = ", ".join(map(repr, CANDIDATES))
        assert f"tried the parameters {names}; " in str(caught.value)
        assert "pass strategy=strategies.Cursor('...', items='items')" in str(caught.value)


def test_law_1_a_session_s_own_offset_moves():
    """Where the session holds the first offset, the listing counts on from there."""

    def answer(_, request):
        offset = int(request.partition("offset=")[2].split("&")[0].split(" ")[0])
        return http({"data": list(range(offset, min(offset + 10, 28))), "total": 28})

    with LoopbackServer(answer) as server, requests.Session() as session:
        session.params = {"offset": 5, "limit": 10}
        assert list(range(5, 28)) == list(get_all(server.url, session=session))
        assert "/?offset=5&limit=10" == server.paths()[0]


def test_law_1_an_empty_page_with_a_continuation_is_no_end():
    """Rows after an empty page are found."""
    pages = [
        http({"results": [{"id": 1}], "next": "?after=1"}),
        http({"results": [], "next": "?after=2"}),
        http({"results": [{"id": 3}], "next": None}),
    ]
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert [1, 3] == [row["id"] for row in get_all(server.url, session=session)]


@pytest.mark.parametrize("cycle", [1, 2, 3])
def test_law_1_a_circle_of_links_raises(cycle):
    """A next link that leads back is found, whatever the circle's length."""

    def answer(number, _):
        row = {"id": number % cycle}
        return http({"results": [row], "next": f"/?after={number % cycle}"})

    with LoopbackServer(answer) as server, requests.Session() as session:
        with pytest.raises(exceptions.InconsistentListing):
            list(get_all(server.url, session=session, strategy=dialects.PLUGGY_V2))
        assert cycle + 1 >= len(server.requests)


def test_law_1_equal_rows_under_a_new_link_are_data():
    """Pages of equal rows are honest where the link moves on (Belvo with fields=currency)."""
    rows = [{"currency": "BRL"}] * 2
    pages = [http({"results": rows, "next": f"?page={n}"}) for n in (2, 3)]
    pages.append(http({"results": rows, "next": None}))
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert rows * 3 == list(get_all(server.url, session=session))
