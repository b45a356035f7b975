"""The laws of the design, one by one, over real TLS."""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
import pickle
import traceback
import uuid
from decimal import Decimal

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import Retry

from requests_paginate import (
    PaginatedSession,
    dialects,
    exceptions,
    get_all,
    request_all,
    strategies,
)
from requests_paginate.sandbox import Belvo, Combined, Pluggy, serve
from requests_paginate.strategies import NextLink
from tests.wires import STALL, http, wire_server

BELVO = Belvo(transactions=3000)
PLUGGY = Pluggy(transactions=2000)


@pytest.fixture(scope="module")
def provider():
    with serve(Combined(dialects=(PLUGGY, BELVO))) as server:
        yield server


@pytest.fixture
def session(provider):
    provider.requests.clear()
    with PaginatedSession() as session:
        session.verify = provider.ca_file
        yield session


def belvo(session, provider, **options):
    options.setdefault("params", {"link": BELVO.link_ids[0], "page_size": 100})
    return session.get_all(
        f"{provider.url}/api/transactions/",
        auth=(BELVO.secret_id, BELVO.secret_password),
        **options,
    )


def pluggy(session, provider, path="/v2/transactions", **options):
    return session.get_all(
        provider.url + path,
        params={"accountId": PLUGGY.account_ids[0]},
        headers={"X-API-KEY": PLUGGY.api_key},
        **options,
    )


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
    with wire_server([http(body)]) as server, requests.Session() as session:
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
    with wire_server([http(first), http(second)]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy)
        assert {"id": 1} == next(listing)
        with pytest.raises(error) as caught:
            next(listing)
        assert (1, 1) == (caught.value.page_index, caught.value.items_yielded)
        assert not listing.complete


def test_law_1_a_server_that_ignores_the_parameter_raises():
    """The same rows under another page number are an ignored parameter, not data."""
    page = http({"items": [{"id": 1}, {"id": 2}], "total": 6})
    with wire_server([page] * 9) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params={"offset": 0, "limit": 2})
        with pytest.raises(exceptions.InconsistentListing, match="same rows"):
            list(listing)
        assert 2 == len(server.requests)
        assert 2 == listing.stats.items


def test_law_1_endless_empty_pages_raise():
    """A hundred pages without a row are the most that a server may send."""
    with (
        wire_server(lambda n, _: http({"results": [], "next": f"?after={n}"})) as server,
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
        with wire_server(pages) as server, requests.Session() as session:
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
    with wire_server(pages) as server, requests.Session() as session:
        strategy = NextLink("next", items="data", total="total", more="has_more")
        listing = get_all(server.url, session=session, strategy=strategy)
        assert 1 == next(listing)
        with pytest.raises(error, match="2 of 9 rows"):  # a warning is an error in these tests
            next(listing)


def test_law_1_pages_goes_on_after_an_error(waits):
    """An iterator of pages is as alive after an error as the listing is."""
    pages = [http({"results": [1], "next": "?p=2"}), http(status=503), http({"results": [2]})]
    with wire_server(pages) as server, requests.Session() as session:
        iterator = get_all(server.url, session=session, retries=0).pages()
        assert [1] == list(next(iterator))
        with pytest.raises(exceptions.PageFailed):
            next(iterator)
        assert [[2]] == [list(page) for page in iterator]


def test_law_1_an_ignored_cursor_with_random_tokens_raises():
    """Page 1 again under another token is no new page while the parameter's name is a guess."""

    def answer(number, _):
        return http({"items": [{"id": 1}, {"id": 2}], "next_token": f"random{number}"})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert [1, 2] == [next(listing)["id"], next(listing)["id"]]
        with pytest.raises(exceptions.InconsistentListing):
            next(listing)


def test_law_1_rows_that_the_consumer_changes_are_still_recognised():
    """Whatever the consumer does to its rows, page 1 again is found out."""

    def answer(number, _):
        return http({"items": [{"id": 1}, {"id": 2}], "next_token": f"random{number}"})

    with wire_server(answer) as server, requests.Session() as session:
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

    with wire_server(answer) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session))


def stepping(right, wrong):
    """A server of two pages that takes its cursor by one name; any other is answered by `wrong`."""
    pages = [http({"items": [1, 2], "next_cursor": "c"}), http({"items": [3], "next_cursor": None})]

    def answer(_, request):
        query = request.split(" ")[1].partition("?")[2]
        if query == f"{right}=c":
            return pages[1]
        return pages[0] if not query else (wrong or pages[0])

    return answer


CANDIDATES = ["cursor", "next_cursor", "start_cursor", "nextCursor"]


@pytest.mark.parametrize("right", CANDIDATES)
@pytest.mark.parametrize("wrong", [None, http(status=400), http({"detail": "no"}, 422)])
def test_law_1_likely_names_are_tried_one_after_the_other(right, wrong):
    """Ignored or refused, a name gives way to the next; each is asked once and no row repeats."""
    with wire_server(stepping(right, wrong)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        assert ([1, 2, 3], True) == (list(listing), listing.complete)
        tried = CANDIDATES[: CANDIDATES.index(right) + 1]
        assert ["/", *(f"/?{name}=c" for name in tried)] == server.paths()
        assert strategies.Cursor(right, token="next_cursor", items="items") == listing.strategy


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_law_1_another_refusal_is_not_about_the_name(status):
    """Only 400 and 422 say that a parameter is wrong."""
    answer = stepping("next_cursor", http(status=status))
    with wire_server(answer) as server, requests.Session() as session:
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
    with wire_server(stepping("mark", wrong)) as server, requests.Session() as session:
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

    with wire_server(answer) as server, requests.Session() as session:
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
    with wire_server(pages) as server, requests.Session() as session:
        assert [1, 3] == [row["id"] for row in get_all(server.url, session=session)]


@pytest.mark.parametrize("cycle", [1, 2, 3])
def test_law_1_a_circle_of_links_raises(cycle):
    """A next link that leads back is found, whatever the circle's length."""

    def answer(number, _):
        row = {"id": number % cycle}
        return http({"results": [row], "next": f"/?after={number % cycle}"})

    with wire_server(answer) as server, requests.Session() as session:
        with pytest.raises(exceptions.InconsistentListing):
            list(get_all(server.url, session=session, strategy=dialects.PLUGGY_V2))
        assert cycle + 1 >= len(server.requests)


def test_law_1_equal_rows_under_a_new_link_are_data():
    """Pages of equal rows are honest where the link moves on (Belvo with fields=currency)."""
    rows = [{"currency": "BRL"}] * 2
    pages = [http({"results": rows, "next": f"?page={n}"}) for n in (2, 3)]
    pages.append(http({"results": rows, "next": None}))
    with wire_server(pages) as server, requests.Session() as session:
        assert rows * 3 == list(get_all(server.url, session=session))


# Law 2: nothing goes where it doesn't belong


@pytest.mark.parametrize(
    "link",
    ["https://evil.test/x", "//evil.test/x", "http://localhost:1/x", "https://localhost:1/x",
     "https://u:p@localhost/x", "javascript:alert(1)", "https://localhost\\@evil.test/", "/a b"],
)  # fmt: skip
def test_law_2_a_link_to_another_origin_is_refused_before_it_is_sent(link):
    """Nothing is sent to where a hostile link points."""
    page = http({"results": [{"id": 1}], "next": link})
    with wire_server([page]) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=dialects.PLUGGY_V2)
        with pytest.raises(exceptions.UnsafeLink):
            list(listing)
        assert 1 == len(server.requests)


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\t"])
def test_law_2_a_blank_hides_no_origin(blank):
    """A blank before a URL, which requests strips, hides no other origin."""

    class Naive(strategies.Strategy):
        def next(self, page):
            return page.request.follow(page.body["next"])

    with wire_server(lambda *_: http([])) as evil:
        page = http({"data": [1], "next": f"{blank}{evil.url}/x"})
        with wire_server([page]) as server, requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, strategy=Naive()))
        assert 0 == evil.connections


def test_law_2_a_custom_strategy_may_follow_a_relative_link():
    """What a custom strategy takes from the body is resolved and pinned like any link."""

    class Naive(strategies.Strategy):
        def next(self, page):
            return page.body["next"] and page.request.follow(page.body["next"])

    pages = [http({"data": [1], "next": "/x?p=2"}), http({"data": [2], "next": None})]
    with wire_server(pages) as server, requests.Session() as session:
        assert [1, 2] == list(get_all(server.url, session=session, strategy=Naive()))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_law_2_a_redirect_to_another_origin_is_refused(status):
    """A key in a header does not follow a redirect to another port."""
    with wire_server(lambda *_: http([])) as other:
        redirect = http(status=status, location=f"{other.url}/steal")
        with wire_server([redirect]) as server, requests.Session() as session:
            with pytest.raises(exceptions.UnsafeLink):
                list(get_all(server.url, session=session, headers={"X-API-KEY": "k3y"}))
        assert [] == other.requests


def test_law_2_a_redirect_on_the_origin_is_followed_with_everything():
    """A redirect that stays keeps headers, and the page's relative links start from its target."""
    pages = [
        http(status=301, location="/api/items/?a=1"),
        http({"results": [{"id": 1}], "next": "?page=2"}),
        http({"results": [{"id": 2}], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        session.params = {"key": "k3y"}
        listing = get_all(f"{server.url}/api/items", session=session, headers={"X-API-KEY": "k"})
        assert [{"id": 1}, {"id": 2}] == list(listing)
        paths = ["/api/items?key=k3y", "/api/items/?a=1", "/api/items/?page=2&key=k3y"]
        assert paths == server.paths()
        assert all("X-API-KEY: k" in request for request in server.requests)


def test_law_2_a_circle_of_redirects_raises():
    """Redirects that lead back are an inconsistent listing, not a hang."""
    with (
        wire_server(lambda n, _: http(status=302, location=f"/{n % 2}")) as server,
        requests.Session() as session,
    ):
        with pytest.raises(exceptions.InconsistentListing):
            list(get_all(server.url, session=session))
        assert 5 == len(server.requests)


def test_law_2_an_allowed_origin_gets_no_credentials():
    """A named origin is followed without headers, auth, cookies or session parameters."""
    with wire_server([http({"results": [{"id": 2}], "next": None})]) as files:
        page = http({"results": [{"id": 1}], "next": f"{files.url}/page2"})
        with wire_server([page]) as server, requests.Session() as session:
            session.headers["X-API-KEY"] = "k3y"
            session.params = {"token": "k3y"}
            session.cookies.set("sid", "k3y")
            listing = get_all(
                server.url,
                session=session,
                auth=("user", "k3y"),
                headers={"X-More": "k3y"},
                allow_origins=(files.url,),
            )
            assert [1, 2] == [row["id"] for row in listing]
        assert "k3y" not in files.requests[0]
        assert "Authorization" not in files.requests[0]


def test_law_2_a_body_is_not_sent_to_an_allowed_origin():
    """A POST whose next link leads to another origin is refused: its body may hold secrets."""
    with wire_server(lambda *_: http([])) as files:
        page = http({"results": [1], "next": f"{files.url}/page2"})
        with wire_server([page]) as server, requests.Session() as session:
            listing = request_all(
                "POST", server.url, session=session, json={"a": 1}, allow_origins=(files.url,)
            )
            with pytest.raises(exceptions.UnsafeLink, match="body"):
                list(listing)
        assert 0 == files.connections


@pytest.mark.parametrize(
    "location",
    ["http://[bad/", "//[::1/x", "http://localhost:99999999/", "http://localhost:abc/", "/\xff b"],
)
def test_law_2_a_hostile_location_is_an_unsafe_link(location):
    """Whatever a redirect holds, only the design's errors come out."""
    with wire_server([http(status=302, location=location)]) as server:
        with requests.Session() as session, pytest.raises(exceptions.UnsafeLink) as caught:
            list(get_all(server.url, session=session))
        assert caught.value.checkpoint


def test_law_2_a_redirect_s_body_is_not_read():
    """An endless body of a redirect costs nothing; hooks of session and call still run."""
    seen = []

    def hook(response, **_):
        seen.append(response.status_code)

    endless = [b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 9\r\n\r\n1", STALL]
    with wire_server([endless, http([1])]) as server, requests.Session() as session:
        session.hooks["response"].append(hook)
        assert [1] == list(get_all(server.url, session=session))
        assert [302, 200] == seen


def test_law_2_pin_origin_takes_only_path_and_query():
    """With pin_origin a link's host does not matter."""
    pages = [
        http({"results": [{"id": 1}], "next": "http://internal:8001/x?page=2"}),
        http({"results": [{"id": 2}], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, pin_origin=True)
        assert [1, 2] == [row["id"] for row in listing]
        assert ["/", "/x?page=2"] == server.paths()


def test_law_2_a_refusal_that_quotes_the_key_does_not_show_it(waits):
    """A provider that repeats the caller's key in its message is not repeated."""
    secrets = ["k3y-abc", "t0ken", "p4ssword", "c00kie", "qu3ry", "b0dy"]
    secrets.append(base64.b64encode(b"user:p4ssword").decode())
    refusal = http({"message": f"Invalid API key: {', '.join(secrets)}, Johnson"}, 401)
    refusal = refusal.replace(b"Because", b"Bad key k3y-abc")
    with wire_server([refusal]) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = b"k3y-abc"
        session.cookies.set("sid", "c00kie")
        listing = request_all(
            "POST",
            f"{server.url}?api_key=qu3ry",
            session=session,
            auth=HTTPBasicAuth("user", "p4ssword"),
            headers={"Authorization": "Bearer t0ken"},
            json={"inner": {"client_secret": "b0dy"}},
            params={"author": "john"},
        )
        with pytest.raises(exceptions.PageFailed, match="Invalid API key") as caught:
            list(listing)
        shown = str(caught.value)
        assert [] == [secret for secret in secrets if secret in shown]
        assert "Johnson" in shown


def test_law_2_an_adapter_that_retries_by_itself_leaks_nothing():
    """A RetryError of requests is a TransferFailed with a checkpoint, its URL redacted."""
    with wire_server(lambda *_: http(status=503)) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(1, status_forcelist=[503])))
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(get_all(server.url, session=session, params={"api_key": "s3cret"}, retries=0))
        assert caught.value.checkpoint
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("fault", ["status", "refused", "malformed", "unsafe", "deadline"])
def test_law_2_no_secret_is_shown(fault, caplog, waits):
    """What a failing run can print holds no key, token, password, header, cookie or row."""
    caplog.set_level(logging.DEBUG, "requests_paginate")
    secrets = ["k3y-in-query", "t0ken-in-session", "hunter2", "k3y-in-header", "r0w"]
    second = {
        "status": http({"code": "x", "message": "no"}, 500),
        "refused": b"",
        "malformed": b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n<html>r0w</",
        "unsafe": http({"results": [{"id": "r0w"}], "next": "https://u:hunter2@x.test/"}),
        "deadline": http(status=429, retry_after="9999"),
    }[fault]  # fmt: skip
    first = {"results": [{"id": "r0w"}], "next": "/?page=2&api_key=k3y-in-query"}
    with (
        wire_server(lambda n, _: http(first) if n == 0 else [second]) as server,
        requests.Session() as session,
    ):
        session.params = {"token": "t0ken-in-session"}
        listing = get_all(
            server.url,
            session=session,
            params={"api_key": "k3y-in-query"},
            auth=("user", "hunter2"),
            headers={"X-API-KEY": "k3y-in-header"},
            strategy=dialects.PLUGGY_V2,
            retries=1,
        )
        with pytest.raises(exceptions.PaginationError) as caught:
            list(listing)
        error = caught.value
        shown = [
            "".join(traceback.format_exception(error)),
            repr(error),
            str(error.page_request),
            repr(listing),
            caplog.text,
            str(pickle.dumps(error)),
        ]
        token = base64.urlsafe_b64decode(error.checkpoint + "==").decode("latin-1")
        assert [] == [secret for secret in secrets for text in [*shown, token] if secret in text]


# Law 3: lazy


def test_law_3_the_call_makes_no_request(session, provider):
    """A listing that nobody reads costs nothing."""
    listing = belvo(session, provider)
    assert (0, 0) == (sum(provider.requests.values()), listing.stats.requests)


def test_law_3_the_first_row_makes_one_request(session, provider):
    """Reading one row reads one page."""
    next(belvo(session, provider))
    assert 1 == sum(provider.requests.values())


def test_law_3_break_after_five_rows_of_thirty_pages(session, provider):
    """A consumer that stops early has cost one request."""
    for number, _ in enumerate(belvo(session, provider), 1):
        if number == 5:
            break
    assert {"/api/transactions/": 1} == dict(provider.requests)


def test_law_3_a_page_is_requested_when_its_first_row_is_needed(session, provider):
    """The last row of a page does not fetch the next one."""
    listing = belvo(session, provider)
    for _ in range(100):
        next(listing)
    assert 1 == sum(provider.requests.values())
    next(listing)
    assert 2 == sum(provider.requests.values())


def test_law_3_max_items_at_a_page_border_requests_no_more(session, provider):
    """A limit that a page fills exactly asks for no further page."""
    assert 100 == len(list(belvo(session, provider, max_items=100)))
    assert 1 == sum(provider.requests.values())


# Law 4: order and once


@pytest.mark.parametrize("path", ["/transactions", "/v2/transactions"])
def test_law_4_every_row_once_and_in_order(session, provider, path):
    """Both of Pluggy's models give the account's transactions, each once, in the server's order."""
    listing = pluggy(session, provider, path)
    assert 2000 == len({row["id"] for row in listing})
    again = [row["id"] for row in pluggy(session, provider, path)]
    expected = [row["id"] for row in PLUGGY.transaction_rows(PLUGGY.account_ids[0])]
    assert sorted(expected) == sorted(again)
    assert listing.complete


@pytest.mark.parametrize("prefetch", [0, 1, 8])
def test_law_4_with_any_prefetch(session, provider, prefetch):
    """Prefetching changes neither rows nor order."""
    rows = [row["id"] for row in belvo(session, provider, prefetch=prefetch)]
    assert [row["id"] for row in BELVO.transaction_rows(BELVO.link_ids[0])] == rows


# Law 5: nothing lost


@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("taken", [0, 1])
def test_law_5_an_error_resumes_at_the_very_next_row(failing, taken, waits):
    """Rows before the error and rows after resuming are the listing."""
    rows = [{"id": n} for n in range(8)]

    def page(number):
        following = f"?page={number + 1}" if number < 3 else None
        return http({"results": rows[2 * number : 2 * number + 2], "next": following})

    calls = []

    def answer(_, request):
        number = int(request.partition("page=")[2][:1] or 0)
        calls.append(number)
        return http(status=500) if number == failing and calls.count(failing) <= 2 else page(number)

    with wire_server(answer) as server, requests.Session() as session:
        got = []
        listing = get_all(server.url, session=session, retries=1, strategy=dialects.PLUGGY_V2)
        with pytest.raises(exceptions.PageFailed) as caught:
            for row in listing:
                got.append(row)
        token = caught.value.checkpoint
        resumed = get_all(server.url, session=session, resume=token)
        got += [next(resumed) for _ in range(taken)]
        got += get_all(server.url, session=session, resume=resumed.checkpoint())
        assert rows == got


def test_law_5_batches_of_one_page_get_on():
    """Page by page, each in a listing of its own, a detected cursor listing reaches its end."""

    def answer(_, request):
        at = int(request.split(" ")[1].partition("cursor=")[2] or 0)
        return http(
            {
                "items": list(range(at, min(at + 3, 10))),
                "next_cursor": str(at + 3) if at < 7 else None,
            }
        )

    with wire_server(answer) as server, requests.Session() as session:
        token, batches = None, []
        for _ in range(4):
            listing = get_all(server.url, session=session, max_pages=1, resume=token)
            batches.append(list(listing))
            token = listing.checkpoint()
        assert [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]] == batches
        assert 4 == len(server.requests)


def test_law_5_a_total_told_before_a_checkpoint_counts_after_it():
    """The first page's total guards the end of a resumed listing, too."""
    pages = [http({"data": [1], "next": "?p=2", "total": 9}), http({"data": [2], "next": None})]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, max_pages=1)
        list(listing)
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        with pytest.raises(exceptions.InconsistentListing, match="2 of 9"):
            next(resumed)


def test_law_5_empty_pages_on_both_sides_of_a_checkpoint():
    """Two pages without rows are not one page twice."""
    pages = [http({"results": rows, "totalPages": 4}) for rows in ([1], [], [], [2])]
    strategy = strategies.PageNumber("page", total_pages="totalPages")
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=strategy, max_pages=2)
        assert [1] == list(listing)
        token = listing.checkpoint()
        assert [2] == list(get_all(server.url, session=session, strategy=strategy, resume=token))


def test_law_5_a_listing_begun_by_a_saved_cursor_hands_out_its_last_page():
    """Where the caller brings a cursor, the total is no reason to withhold the end."""
    page = http({"items": [5, 6], "next": None, "total": 6})
    with wire_server([page]) as server, requests.Session() as session:
        strategy = strategies.Cursor("scroll", token="next", total="total")
        listing = get_all(server.url, session=session, strategy=strategy, params={"scroll": "4"})
        assert [5, 6] == list(listing)


def test_law_5_an_undecided_strategy_resumes(waits):
    """While detection's second name is untried, a checkpoint leads back to page 1 to decide."""
    failing = [True]

    def answer(_, request):
        if "oken=" in request and failing:
            failing.pop()
            return http(status=503)
        second = "nextToken=t1" in request
        return http({"records": [3] if second else [1, 2], "next_token": None if second else "t1"})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, retries=0)
        got = [next(listing), next(listing)]
        with pytest.raises(exceptions.PageFailed) as caught:
            next(listing)
        got += get_all(server.url, session=session, resume=caught.value.checkpoint)
        assert [1, 2, 3] == got


@pytest.mark.parametrize("taken", [1, 2])
def test_law_5_names_that_are_only_likely_resume(taken):
    """A checkpoint before page 2 keeps all candidates, and finds an ignored name out."""
    with wire_server(stepping("nextCursor", None)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session)
        got = [next(listing) for _ in range(taken)]
        assert ["/"] == server.paths()
        resumed = get_all(server.url, session=session, resume=listing.checkpoint())
        assert [1, 2, 3] == got + list(resumed)
        first = ["/"] * (taken == 1)  # of a page half read the rest is read again
        assert ["/", *first, *(f"/?{name}=c" for name in CANDIDATES)] == server.paths()


def test_law_5_a_resumed_listing_does_not_take_the_last_page_again():
    """An ignored parameter is found out across a resume."""
    page = http({"results": [{"id": 1}], "totalPages": 3})
    with wire_server([page] * 2) as server, requests.Session() as session:
        strategy = strategies.PageNumber("page", total_pages="totalPages")
        listing = get_all(server.url, session=session, strategy=strategy)
        next(listing)
        resumed = get_all(
            server.url, session=session, strategy=strategy, resume=listing.checkpoint()
        )
        with pytest.raises(exceptions.InconsistentListing):
            next(resumed)


def test_law_5_a_callable_items_is_passed_again():
    """A token of a listing with a callable `items` asks for it, and goes on with it."""

    def rows(body):
        return body["deep"]["rows"]

    pages = [
        http({"deep": {"rows": [1, 2]}, "next": "?p=2"}),
        http({"deep": {"rows": [1, 2]}, "next": "?p=2"}),
        http({"deep": {"rows": [3]}, "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, items=rows)
        assert 1 == next(listing)
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="items="):
            get_all(server.url, session=session, resume=token)
        assert [2, 3] == list(get_all(server.url, session=session, items=rows, resume=token))


@pytest.mark.parametrize("value", [dt.date(2026, 1, 1), Decimal("1.5"), b"x", uuid.UUID(int=1)])
def test_law_5_any_parameter_that_requests_sends_is_kept_in_a_checkpoint(value, waits):
    """Dates, decimals and bytes in params survive an error and a resume."""
    pages = [http(status=503), http({"results": [1], "next": None})]
    with wire_server(pages) as server, requests.Session() as session:
        options = {"session": session, "params": {"since": value}}
        with pytest.raises(exceptions.PageFailed) as caught:
            list(get_all(server.url, retries=0, **options))
        assert [1] == list(get_all(server.url, resume=caught.value.checkpoint, **options))
        assert 1 == len(set(server.paths()))


def test_law_5_a_key_and_a_changed_page_lose_nothing():
    """Where the re-read page changed, rows may repeat, but none is skipped by its old place."""
    pages = [http([{"id": n} for n in (0, 1, 2, 3)]), http([{"id": n} for n in (1, 2, 3, 4)])]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, key="id")
        got = [next(listing)["id"], next(listing)["id"]]
        resumed = get_all(server.url, session=session, key="id", resume=listing.checkpoint())
        with pytest.warns(exceptions.ListingChanged, match="handed out again"):
            got += [row["id"] for row in resumed]
        assert {0, 1, 2, 3, 4} == set(got)


def test_law_5_next_after_an_error_tries_the_page_again(waits):
    """A failed page loses no row: the same listing goes on when the server does."""
    pages = [
        http({"results": [1], "next": "?page=2"}),
        http(status=503),
        http({"results": [2], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, retries=0)
        assert 1 == next(listing)
        with pytest.raises(exceptions.PageFailed):
            next(listing)
        assert [2] == list(listing)


# Law 6: send what the caller sent


def test_law_6_nothing_is_injected_and_everything_survives(session, provider):
    """Page 1 is exactly the caller's request; links are followed byte for byte."""
    pages = [
        http({"results": [1], "next": "/items?b=%7e%2B+x&a=1&cursor=a%3D%3D"}),
        http({"results": [2], "next": None}),
    ]
    with wire_server(pages) as server, requests.Session() as session:
        rows = get_all(
            f"{server.url}/items", session=session, params={"f": ["x", "y"]}, cookies={"c": "1"}
        )
        assert [1, 2] == list(rows)
        # requests quotes what it sends: of an escaped unreserved character it makes a plain one
        assert ["/items?f=x&f=y", "/items?b=~%2B+x&a=1&cursor=a%3D%3D"] == server.paths()
        assert all("Cookie: c=1" in request for request in server.requests)


def test_law_6_filters_and_body_survive_to_the_last_page():
    """A POST's filters stay in its body, beside the moving cursor."""

    def answer(number, _):
        return http({"items": [number], "next_cursor": str(number) if number < 2 else None})

    with wire_server(answer) as server, requests.Session() as session:
        rows = request_all("POST", server.url, session=session, json={"filter": {"a": [1]}})
        assert [0, 1, 2] == list(rows)
        bodies = [json.loads(request.partition("\r\n\r\n")[2]) for request in server.requests]
        assert [
            {"filter": {"a": [1]}},
            {"filter": {"a": [1]}, "cursor": "0"},
            {"filter": {"a": [1]}, "cursor": "1"},
        ] == bodies


# Law 7: a session is used through its own doors


def test_law_7_an_overridden_request_is_called_for_every_page():
    """A session that overrides `request` sees every page."""
    seen = []

    class Watching(requests.Session):
        def request(self, method, url, **options):
            seen.append(url)
            return super().request(method, url, **options)

    pages = [http({"results": [1], "next": "?page=2"}), http({"results": [2], "next": None})]
    with wire_server(pages) as server, Watching() as session:
        assert [1, 2] == list(get_all(server.url, session=session))
        assert [server.url, f"{server.url}/?page=2"] == seen


def test_law_7_the_strategies_are_values():
    """A strategy that two listings share carries nothing from one to the other."""
    strategy = strategies.Offset("offset", total="total", items="items")

    def answer(number, request):
        offset = int((request.partition("offset=")[2] or "0").split("&")[0].split(" ")[0])
        return http({"items": [offset], "total": 3})

    with wire_server(answer) as server, requests.Session() as session:
        first = get_all(server.url, session=session, strategy=strategy)
        assert [0, 1] == [next(first), next(first)]
        assert [0, 1, 2] == list(get_all(server.url, session=session, strategy=strategy))
        assert [2] == list(first)
