"""What a reviewer tried: nothing lost, nothing leaked, nothing hangs, where several things meet."""

from __future__ import annotations

import base64
import gc
import gzip
import pickle
import uuid
import zlib
from collections import UserList

import pytest
import requests
from requests.auth import AuthBase

from requests_paginate import exceptions, get_all, request_all, strategies
from requests_paginate._redaction import is_secret_name, redact_text
from tests.wires import http, wire_server

SECRET = "s3cr3t-" + "x" * 400


def by_cursor(rows):
    """Answers pages of two rows by a cursor."""

    def answer(_, request):
        start = int(request.split(" ")[1].partition("cursor=")[2].partition("&")[0] or 0)
        following = str(start + 2) if start + 2 < len(rows) else None
        return http({"items": rows[start : start + 2], "next_cursor": following})

    return answer


def content(token):
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")


# Nothing hangs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("decode", [None, bytes.decode])
def test_empty_gzip_members_end_by_the_deadline(layers, decode, monkeypatch):
    """What decodes to nothing for ever is looked at piece by piece, whatever it was packed in."""
    members = gzip.compress(b"") * 400_000
    for _ in range(layers - 1):
        members = gzip.compress(members)
    page = http(members, content_encoding=", ".join(["gzip"] * layers))
    looks = iter(range(10_000))
    monkeypatch.setattr(
        "requests_paginate._transport.deadline.time.monotonic", lambda: next(looks) / 10
    )
    with wire_server([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.DeadlineExceeded, match="longer than its 5 s"):
            list(get_all(server.url, session=session, deadline=5, retries=0, decode=decode))


@pytest.mark.parametrize("codings", ["deflate", "gzip, gzip"])
def test_any_coding_without_its_end_is_no_page(codings):
    """A deflate without a header, and a body encoded twice, are missed where they were cut."""
    lines = b"1\n" * 5000
    if codings == "deflate":
        packing = zlib.compressobj(wbits=-15)
        whole = packing.compress(lines) + packing.flush()
    else:
        whole = gzip.compress(gzip.compress(lines))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {codings}\r\n\r\n".encode()
    options = {"decode": lambda text: text.decode().splitlines(), "retries": 0}
    with wire_server([[head + whole], [head + whole[:-12]]]) as server:
        with requests.Session() as session:
            assert 5000 == len(list(get_all(server.url, session=session, **options)))
            with pytest.raises(exceptions.TransferFailed):
                list(get_all(server.url, session=session, **options))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_contradictory_headers_are_a_failed_transfer():
    """Two lengths are an error of ours, with a checkpoint."""
    page = [b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n[]"]
    with wire_server([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(get_all(server.url, session=session, retries=0))
        assert caught.value.checkpoint
        gc.collect()  # urllib3 leaves the connection of such a response to the collector


# Nothing lost ------------------------------------------------------------------------------------


def test_parameters_that_can_be_read_once_are_sent_with_every_page():
    """A filter given as an iterator filters to the last page."""
    with wire_server(by_cursor([*range(6)])) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, params={"ids": map(str, [1, 2])})
        assert [*range(6)] == list(listing)
        assert all("ids=1&ids=2" in path for path in server.paths())


def test_parameters_of_the_first_request_are_passed_again_where_they_are_needed():
    """`NextParameters` adds to the first request: a resuming call without it is refused."""

    def answer(_, request):
        at = int(request.split(" ")[1].partition("c=")[2] or 0)
        return http({"rows": [at], "continue": {"c": at + 1} if at < 3 else None})

    strategy = strategies.NextParameters("continue", items="rows")
    with wire_server(answer) as server, requests.Session() as session:
        options = {"session": session, "strategy": strategy}
        listing = get_all(server.url, params={"filter": "x"}, **options)
        got = [next(listing), next(listing)]
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="'filter' passed again"):
            get_all(server.url, resume=token, **options)
        got += get_all(server.url, params={"filter": "x"}, resume=token, **options)
        assert [0, 1, 2, 3] == got
        assert all("filter=x" in path for path in server.paths())


@pytest.mark.filterwarnings("ignore::requests_paginate.exceptions.ListingChanged")
def test_a_resumed_listing_ends_after_the_total_grew():
    """The smallest total holds after a resume, too."""

    def answer(number, request):
        start = int(request.split(" ")[1].partition("cursor=")[2] or 0)
        if number == 2:
            return http(b"", 500)
        following = str(start + 2) if start < 4 else None
        items = [start, start + 1]
        return http({"items": items, "next_cursor": following, "total": 6 if number == 0 else 7})

    with wire_server(answer) as server, requests.Session() as session:
        listing, got = get_all(server.url, session=session, retries=0), []
        with pytest.raises(exceptions.PageFailed) as caught:
            for row in listing:
                got.append(row)
        got += get_all(server.url, session=session, resume=caught.value.checkpoint)
        assert [*range(6)] == got


@pytest.mark.parametrize("name", ["model", "key"])
def test_what_the_caller_does_to_rows_hides_no_ignored_parameter(name):
    """A page is recognised by its rows as they came, also where the caller takes them apart."""
    count = iter(range(100))

    def answer(*_):
        rows = [{"id": number} for number in range(3)]
        return http({"items": rows, "next_cursor": f"t{next(count)}"})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, **{name: lambda row: row.pop("id")})
        with pytest.raises(exceptions.InconsistentListing, match="the server ignores"):
            list(listing)


def test_rows_in_a_sequence_of_any_kind_are_counted():
    """A strategy may give its rows as any sequence; a place in them is a place."""

    class Own(strategies.Strategy):
        def items(self, page):
            return UserList(page.body["rows"])

        def next(self, page):
            at = int(page.request.params.get("at", 0))
            return page.request.with_param("at", at + 1) if at < 1 else None

    def answer(_, request):
        at = int("at=1" in request)
        return http({"rows": [*range(5 * at, 5 * at + 5)]})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, strategy=Own())
        got = [next(listing), next(listing)]
        assert 2 == listing.stats.items
        got += get_all(server.url, session=session, strategy=Own(), resume=listing.checkpoint())
        assert [*range(10)] == got


def test_a_page_that_the_caller_empties_counts_all_the_same():
    """`page.items` is the caller's to use up; limits and statistics count what was handed out."""
    with wire_server(by_cursor([*range(10)])) as server, requests.Session() as session:
        listing, got = get_all(server.url, session=session, max_items=5), []
        for page in listing.pages():
            while page.items:
                got.append(page.items.pop(0))
        assert [*range(5)] == got
        assert 5 == listing.stats.items


def test_a_body_that_is_changed_after_the_call_is_not_what_was_asked_for():
    """One dict used for two lazy listings lists both accounts."""
    with wire_server(lambda *_: http({"items": [1]})) as server, requests.Session() as session:
        body, listings = {}, []
        for account in "ab":
            body["account"] = account
            listings.append(request_all("POST", server.url, session=session, json=body))
        assert [[1], [1]] == [list(listing) for listing in listings]
        sent = [request.partition("\r\n\r\n")[2] for request in server.requests]
        assert ['{"account": "a"}', '{"account": "b"}'] == sent


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"json": {"account": "a"}}, {"json": {"account": "b"}}),
        ({"params": {"account": "a"}}, {"params": {"account": "b"}}),
        ({}, {"params": {"account": "b"}}),
    ],
)
def test_a_checkpoint_of_another_account_is_refused_wherever_it_stands(first, second):
    """In the query, in the body, or added: another account's place is not gone on from."""
    with wire_server(by_cursor([*range(6)])) as server, requests.Session() as session:
        options = {"session": session, "strategy": strategies.Cursor("cursor", into="query")}
        listing = request_all("POST", server.url, **first, **options)
        next(listing)
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="account"):
            request_all("POST", server.url, resume=token, **second, **options)
        session.params = {"account": "c"}
        with pytest.raises(exceptions.InvalidCheckpoint, match="account"):
            request_all("POST", server.url, resume=token, **options)
        assert 1 == len(server.requests)


# Nothing leaked ----------------------------------------------------------------------------------


class Token(AuthBase):
    """An auth object as many write it."""

    def __call__(self, request):
        request.headers["Authorization"] = f"Token {SECRET}"
        return request


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"headers": {"X-API-KEY": SECRET}},
        {"auth": Token()},
        {"auth": ("me", SECRET)},
        {"cookies": {"sid": SECRET}},
        {"headers": {"Cookie": f"a=b; sid={SECRET}"}},
    ],
    ids=["bearer", "key", "auth object", "password", "cookie", "cookie header"],
)
def test_a_refusal_that_quotes_a_long_secret(options):
    """However long it is, and however it was sent, what a refusal quotes of it is not shown."""
    said = {"message": f"Invalid: {SECRET}. Go away"}
    with wire_server([http(said, 403)]) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed, match="Go away") as caught:
            list(get_all(server.url, session=session, **options))
        assert SECRET[:20] not in str(caught.value)


KEY = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("options", "link"),
    [
        ({"headers": {"X-API-KEY": SECRET}}, f"api_key={SECRET}"),
        ({"auth": ("me", SECRET)}, f"token={SECRET}"),
        ({"params": {"api_key": KEY}}, f"api_key={KEY}"),
        ({"params": [("token", SECRET), ("token", "other-s3cr3t")]}, f"token={SECRET}"),
        ({"params": {"token": {SECRET}}}, f"token={SECRET}"),
    ],
    ids=["header", "auth", "identity", "pairs", "set"],
)
def test_secrets_of_any_kind_stay_out_of_checkpoints(options, link):
    """A secret that a link echoes is taken from the resuming call, however it was given."""

    def answer(number, _):
        following = f"?page={number + 2}&{link}" if number < 2 else None
        return http({"items": [number], "next": following})

    with wire_server(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, **options)
        got = [next(listing)]
        token = listing.checkpoint()
        assert [] == [word for word in ("s3cr3t", str(KEY)) if word in content(token)]
        got += get_all(server.url, session=session, resume=token, **options)
        assert [0, 1, 2] == got
        assert link in server.paths()[1]


def test_a_pickled_error_holds_no_target_of_a_redirect():
    """Neither Location nor a header with a telling name travels."""
    headers = {"x_auth_token": SECRET, "content_location": f"/x?{SECRET}"}
    page = http(b"", 302, location=f"/login?token={SECRET}", **headers)
    with wire_server([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed) as caught:
            list(request_all("POST", server.url, session=session, json={}))
        assert SECRET.encode() not in pickle.dumps(caught.value)


@pytest.mark.parametrize(
    "name", ["passphrase", "passcode", "api_sig", "hmac", "otp", "pin", "cookie"]
)
def test_more_names_of_secrets(name):
    """What providers call their secrets is kept out of sight, also where the name is quoted."""
    assert is_secret_name(name)
    assert "s3cr3t" not in redact_text(f"https://api.test/?{name}=s3cr3t&%6bey=s3cr3t")


@pytest.mark.parametrize("name", ["passenger", "design", "spin", "pins", "signal", "page", "sort"])
def test_names_that_only_look_like_secrets(name):
    """Other words that hold such letters are shown."""
    assert not is_secret_name(name)


def test_a_strategy_shows_no_secret_of_its_url():
    """A URL in a strategy is redacted where the strategy is shown."""
    shown = repr(strategies.Cursor("cursor", url=f"https://api.test/next?api_key={SECRET}"))
    assert SECRET not in shown
    assert "api.test" in shown


def test_a_get_with_an_empty_object_sends_it():
    """What requests would send is sent, an empty JSON body too."""
    with wire_server([http([1])]) as server, requests.Session() as session:
        assert [1] == list(get_all(server.url, session=session, json={}))
        assert server.requests[0].endswith("\r\n\r\n{}")


def test_names_in_bytes_survive_a_failure():
    """Parameters and headers named in bytes are as good as others in a checkpoint."""
    with wire_server([http(b"", 500), http([1])]) as server, requests.Session() as session:
        session.headers[b"X-API-KEY"] = b"k"
        options = {"session": session, "params": {b"a": b"x"}}
        with pytest.raises(exceptions.PageFailed) as caught:
            list(get_all(server.url, retries=0, **options))
        assert [1] == list(get_all(server.url, resume=caught.value.checkpoint, **options))
        assert ["/?a=x"] * 2 == server.paths()
