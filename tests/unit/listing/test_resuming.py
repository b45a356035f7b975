"""A listing that goes on from a checkpoint."""

from __future__ import annotations

import base64
import functools
import json
import pickle
import re
import uuid

import pytest
import requests
import responses

from requests_paginate import dialects, exceptions, get_all, request_all, strategies
from requests_paginate._listing.reader import PageReader
from requests_paginate._listing.seal import seal
from tests.loopback import LoopbackServer, http
from tests.unit.listing.api import URL, Row, by_cursor, ids, items, requests_of

SECRET = "s3cr3t-" + "x" * 400


def content(token):
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")


def test_parameters_of_the_first_request_are_passed_again_where_they_are_needed():
    """`NextParameters` adds to the first request: a resuming call without it is refused."""

    def answer(_, request):
        at = int(request.split(" ")[1].partition("c=")[2] or 0)
        return http({"rows": [at], "continue": {"c": at + 1} if at < 3 else None})

    strategy = strategies.NextParameters("continue", items="rows")
    with LoopbackServer(answer) as server, requests.Session() as session:
        options = {"session": session, "strategy": strategy}
        listing = get_all(server.url, params={"filter": "x"}, **options)
        got = [next(listing), next(listing)]
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="'filter' passed again"):
            get_all(server.url, resume=token, **options)
        got += get_all(server.url, params={"filter": "x"}, resume=token, **options)
        assert [0, 1, 2, 3] == got
        assert all("filter=x" in path for path in server.paths())


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
    with LoopbackServer(by_cursor([*range(6)])) as server, requests.Session() as session:
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


FORM = {"q": "a", "kind": ["x", "y"]}


def forms(method="POST"):
    """Opens listings of one URL, whatever their bodies hold."""
    options = {"strategy": strategies.Cursor("cursor"), "session": requests.Session()}
    return functools.partial(request_all, method, "https://api.test/search", **options)


def token_of(method="POST", **body):
    """A token of a listing with a body, which read one of two pages."""
    page = {"items": [1, 2], "cursor": "c"}
    with responses.RequestsMock() as mock:
        mock.add(method, "https://api.test/search", json=page)
        return next(forms(method)(**body).pages()).checkpoint


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"data": FORM}, {"data": FORM | {"q": "b"}}),
        ({"data": FORM}, {"data": FORM | {"kind": ["x", "z"]}}),
        ({"data": FORM}, {"data": FORM | {"more": "1"}}),
        ({"data": FORM}, {"data": "q=a&kind=x"}),
        ({"data": {"password": "x"}}, {"data": {"password": "x", "q": "a"}}),
        ({"data": FORM}, {}),
        ({}, {"data": FORM}),
        ({"data": '{"filter": {"q": "a"}}'}, {"data": b'{"filter": {"q": "b"}}'}),
        ({"data": "<q>a=1</q>"}, {"data": "<q>a=2</q>"}),
        ({"data": "a"}, {"data": "b"}),
        ({"data": "[1, 2]"}, {"data": "[1, 3]"}),
        ({"files": {"q": ("q.json", b"[1]")}}, {"files": {"q": ("q.json", b"[2]")}}),
        ({"files": {"q": "a"}}, {}),
        ({"files": {"q": "a"}}, {"data": {"q": "a"}}),
        ({"json": {"q": "a"}}, {"json": {"q": "a"}, "data": {"q": "a"}}),
        ({"json": {"q": "a"}}, {"data": {"q": "a"}}),
        ({"json": {"all": {}}}, {"files": {"q": "a"}}),
        ({"json": {"match": {"all": {}}}}, {"json": {"match": {"none": {}}}}),
        ({"json": {"status": []}}, {"json": {"status": {}}}),
        ({"data": '{"match": {"all": {}}}'}, {"data": '{"match": {"none": {}}}'}),
        ({"data": b"\x08\x80\x01"}, {"data": b"\x08\x81\x01"}),
        ({"data": "q=%E9"}, {"data": "q=%E8"}),
        ({"data": {"q": "é".encode("latin-1")}}, {"data": {"q": "è".encode("latin-1")}}),
        ({"data": '{"q": "\\ud800"}'}, {"data": '{"q": "\\ud801"}'}),
        ({"files": {"q": ("a", b"\xe3")}}, {"files": {"q": ("a", b"\xf3")}}),
        ({"data": "token-A"}, {"data": "token-B"}),
        ({"data": "a2V5Og=="}, {"data": "a2V6Og=="}),
        ({"data": {"keyword": "paid"}}, {"data": {"keyword": "void"}}),
        ({"json": {"by": {"author": "Ana"}}}, {"json": {"by": {"author": "Bea"}}}),
        ({"params": {"sort_key": "a"}}, {"params": {"sort_key": "b"}}),
        ({"data": {"ids": [*range(99)]}}, {"data": {"ids": [*range(98), 7]}}),
        ({"data": "x" * 999}, {"data": "x" * 998}),
        ({"data": ("ab", "cd")}, {"data": ("ab", "ce")}),
    ],
)
def test_a_checkpoint_of_another_body_is_refused(first, second):
    """What the caller sends with every page tells listings apart as a parameter does."""
    token = token_of(**first)
    with pytest.raises(exceptions.InvalidCheckpoint, match=r"another|passed again"):
        forms()(resume=token, **second)
    with pytest.raises(exceptions.InvalidCheckpoint, match=r"^until: .*(another|passed again)"):
        forms()(until=token, **second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"data": FORM}, {"data": [("kind", "x"), ("kind", b"y"), ("q", "a"), ("none", None)]}),
        ({"data": FORM}, {"data": b"kind=x&kind=y&q=a"}),
        ({"data": FORM | {"password": "old"}}, {"data": FORM | {"password": "new"}}),
        ({"data": '{"q": "a", "token": "old"}'}, {"data": b'{"token": "new", "q": "a"}'}),
        ({"files": {"q": "a", "pass": "old"}}, {"files": [("pass", "new"), ("q", "a")]}),
        ({"data": {"my q": "a", "pass": "old"}}, {"data": {"pass": "new", "my q": b"a"}}),
        ({"data": {"q": {"b", "a"}}}, {"data": {"q": frozenset({"a", "b"})}}),
        ({"data": {"q": [*"abcdefgh"]}}, {"data": {"q": {*"hgfedcba"}}}),
        ({"data": {"q": ["a", None]}}, {"data": {"q": "a"}}),
        ({"data": {"q": None}}, {}),
    ],
)
def test_a_checkpoint_of_the_same_body_goes_on(first, second):
    """However it is written, and with another password, which no token holds."""
    token = token_of(**first)
    assert not {"old", "kind=x", "password"} & {*re.findall(r"[\w=]+", content(token))}
    resumed = forms()(resume=token, **second).checkpoint()
    assert json.loads(content(token)[9:]) == json.loads(content(resumed)[9:])


def test_a_body_by_get_is_known_too():
    """Some searches are a GET with a body."""
    with pytest.raises(exceptions.InvalidCheckpoint, match=r"another 'body: data\.q'"):
        forms("GET")(resume=token_of("GET"), data={"q": "a"})


def as_before(token):
    """A token as older versions wrote it, which knew nothing of bodies."""
    state = json.loads(content(token)[9:])
    state["asked"] = {n: it for n, it in state["asked"].items() if not n.startswith("body:")}
    return seal(json.dumps(state, separators=(",", ":")).encode())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("body", [{}, {"data": FORM}, {"files": {"q": "a"}}])
def test_a_checkpoint_of_before_knows_no_bodies(method, body):
    """It goes on, as it did, and ends a listing, by a call that sends one."""
    token = as_before(token_of(method, **body))
    assert token_of(method, **body) == forms(method)(resume=token, **body).checkpoint()
    assert forms(method)(until=token, **body)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"json": {"match": {"all": {}}}}, "json:.match.all"),
        ({"params": {"keyword": "paid"}}, "keyword"),
    ],
)
def test_what_a_checkpoint_of_before_does_not_tell(asked, name):
    """Empty objects, and filters that look like secrets: the same call goes on."""
    state = json.loads(content(as_before(token_of(**asked)))[9:])
    assert state["asked"].pop(name)
    token = seal(json.dumps(state, separators=(",", ":")).encode())
    assert token_of(**asked) == forms()(resume=token, **asked).checkpoint()
    assert forms()(until=token, **asked)


def test_a_form_in_place_of_json_is_refused_with_a_checkpoint_of_before():
    """The form alone would be sent."""
    with pytest.raises(exceptions.InvalidCheckpoint, match="another 'body: data"):
        forms()(resume=as_before(token_of(json={"q": "a"})), data={"q": "a"})


def test_a_body_of_a_text_is_in_no_token():
    """Not even as a name: a text may be anything, as a key."""
    for text in ("pk-live.9f8e7d6c5b4a39281706", "dXNlcjpodW50ZXIy", "YTpodW50ZXIyZw=="):
        assert text.rstrip("=") not in content(token_of(data=text))


def test_a_long_body_makes_no_long_token():
    """Its digest is in it, and taken once."""
    long = {"ids": [*range(10**5)], **{f"name{number}": "x" for number in range(999)}}
    ids = {"ids": long["ids"]}
    bodies = [{"data": each} for each in (long, ids, json.dumps(long), json.dumps(ids))]
    for body in (*bodies, {"files": {"q": b"x" * 10**6}}):
        assert len(token_of(**body)) < 2000


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

    with LoopbackServer(answer) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, **options)
        got = [next(listing)]
        token = listing.checkpoint()
        assert [] == [word for word in ("s3cr3t", str(KEY)) if word in content(token)]
        got += get_all(server.url, session=session, resume=token, **options)
        assert [0, 1, 2] == got
        assert link in server.paths()[1]


def test_names_in_bytes_survive_a_failure():
    """Parameters and headers named in bytes are as good as others in a checkpoint."""
    with LoopbackServer([http(b"", 500), http([1])]) as server, requests.Session() as session:
        session.headers[b"X-API-KEY"] = b"k"
        options = {"session": session, "params": {b"a": b"x"}}
        with pytest.raises(exceptions.PageFailed) as caught:
            list(get_all(server.url, retries=0, **options))
        assert [1] == list(get_all(server.url, resume=caught.value.checkpoint, **options))
        assert ["/?a=x"] * 2 == server.paths()


# Resuming and pickling
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 24, 25])
@pytest.mark.parametrize("options", [{}, {"key": "id"}, {"model": Row}])
def test_a_checkpoint_goes_on_at_the_next_row(api, count, options):
    """Rows before and rows after a checkpoint are the listing, wherever it was taken."""
    whole = list(items(**options))
    listing = items(**options)
    before = [next(listing) for _ in range(count)]
    resumed = items(resume=listing.checkpoint(), **options)
    token = resumed.checkpoint()
    assert whole == before + list(resumed)
    assert whole == before + list(items(resume=token, **options))


@pytest.mark.parametrize("limit", [4, 10, 12])
def test_a_limited_listing_s_checkpoint_goes_on(api, rows, limit):
    """After max_items the checkpoint leads to the first row that was not handed out."""
    limited = items(max_items=limit)
    before = list(limited)
    assert rows == before + list(items(resume=limited.checkpoint()))


def test_a_finished_listing_s_checkpoint_resumes_to_nothing(api):
    """It costs no request and gives no row."""
    listing = items()
    list(listing)
    cost = requests_of(api)
    resumed = items(resume=listing.checkpoint())
    assert [] == list(resumed)
    assert resumed.complete
    assert cost == requests_of(api)


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (f"{URL}/other", {}),
        ("https://other.test/items", {}),
        (f"{URL}/items", {"strategy": dialects.BELVO}),
    ],
)
def test_a_checkpoint_of_another_listing_is_refused_at_the_call(api, url, options):
    """Another path, origin or strategy is InvalidCheckpoint before anything is sent."""
    listing = items()
    next(listing)
    with pytest.raises(exceptions.InvalidCheckpoint):
        get_all(url, resume=listing.checkpoint(), **options)
    assert 1 == requests_of(api)


def test_a_checkpoint_of_another_account_is_refused():
    """A parameter may be left out on resuming, since the token has it; it may not be another."""
    pages = [http([1, 2])] * 3
    with LoopbackServer(pages) as server, requests.Session() as session:
        params = {"account": "a", "api_key": "k1"}
        listing = get_all(server.url, session=session, params=params)
        next(listing)
        token = listing.checkpoint()
        with pytest.raises(exceptions.InvalidCheckpoint, match="'account'"):
            get_all(server.url, session=session, params={"account": "b"}, resume=token)
        rotated = {"api_key": "k2"}
        assert [2] == list(get_all(server.url, session=session, params=rotated, resume=token))
        assert "/?account=a&api_key=k2" == server.paths()[-1]


@pytest.mark.parametrize("count", [0, 3, 10, 25])
def test_a_listing_pickles_before_and_during_iteration(api, rows, count):
    """A copy goes on where the original stood."""
    with requests.Session() as session:
        listing = items(session=session, model=Row)
        before = [next(listing) for _ in range(count)]
        copy = pickle.loads(pickle.dumps(listing))
        assert ids(rows) == [row.id for row in before + list(copy)]
        assert ids(rows) == [row.id for row in before + list(listing)]


@pytest.mark.parametrize("key", [None, "id"])
def test_an_interrupt_while_a_page_is_taken(monkeypatch, key):
    """The page is undone, and comes whole when the listing goes on."""
    accept, taken = PageReader.accept, []

    def interrupted(reader, reading):
        accept(reader, reading)
        taken.append(reading)
        if len(taken) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(PageReader, "accept", interrupted)
    got = []
    with responses.RequestsMock() as mock:
        for page in (1, 2, 3):
            following = f"https://api.test/rows?page={page + 1}" if page < 3 else None
            body = {"rows": [{"id": 2 * page}, {"id": 2 * page + 1}], "next": following}
            url = "https://api.test/rows" + (f"?page={page}" if page > 1 else "")
            mock.get(url, json=body)
        listing = get_all("https://api.test/rows", session=requests.Session(), key=key)
        with pytest.raises(KeyboardInterrupt):
            for row in listing:
                got.append(row["id"])
        got += [row["id"] for row in listing]
    assert [2, 3, 4, 5, 6, 7] == got


def test_a_page_with_keys_is_written_from_its_beginning(tmp_path):
    """Which rows of a half-read page are new is known of rows alone, and not of its text."""
    with responses.RequestsMock() as mock:
        mock.get("https://api.test/rows", json=[{"id": 1}, {"id": 2}, {"id": 3}])
        listing = get_all("https://api.test/rows", session=requests.Session(), key="id")
        next(listing)
        with pytest.raises(ValueError, match="from the beginning of a page"):
            listing.write(tmp_path / "rows.jsonl")
