"""Interim answers (1xx) before the final one, over real sockets: no answer is ever another's."""

from __future__ import annotations

import functools
import pickle
import re
import socket

import pytest
import requests
import requests_cache
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase, HTTPDigestAuth
from urllib3 import HTTPResponse

from requests_paginate import PaginatedSession, exceptions, get_all, request_all
from tests.loopback import Authority, LoopbackServer, http

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
BEFORE = {
    "102": b"HTTP/1.1 102 Processing\r\n\r\n",
    "103": HINTS,
    "104, of no meaning to us": b"HTTP/1.1 104 Upload Resumption\r\nUpload-Offset: 9\r\n\r\n",
    "199, of none to anybody": b"HTTP/1.1 199 Miscellaneous\r\n\r\n",
    "100 and 103": b"HTTP/1.1 100 Continue\r\n\r\n" + HINTS,
    "twenty": HINTS * 19 + b"HTTP/1.1 102 Processing\r\n\r\n",
    "with a length": HINTS.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n"),
    "that says chunked": HINTS.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "that says close": HINTS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    "with a cookie": HINTS.replace(b"\r\n\r\n", b"\r\nSet-Cookie: early=1\r\n\r\n"),
    "of HTTP/1.0": HINTS.replace(b"HTTP/1.1", b"HTTP/1.0"),
}


class Own(requests.Session):
    """A session whose own `request` must be called."""

    def request(self, *arguments, **options):
        return super().request(*arguments, **options)


class WithoutHooks:
    """What can send a request, and knows nothing of hooks."""

    def __init__(self):
        self.session = requests.Session()

    def request(self, method, url, *, hooks, **options):
        assert hooks
        return self.session.request(method, url, **options)

    def close(self):
        self.session.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


SESSIONS = {
    "PaginatedSession": functools.partial(PaginatedSession, allow_http=True),
    "requests.Session": requests.Session,
    "one of its own": Own,
    "cached": functools.partial(requests_cache.CachedSession, backend="memory"),
    "without hooks": WithoutHooks,
}
EVERY_SESSION = pytest.mark.parametrize("make", SESSIONS.values(), ids=SESSIONS)
REAL_SESSIONS = pytest.mark.parametrize("make", [*SESSIONS.values()][:2], ids=[*SESSIONS][:2])


class Slow(LoopbackServer):
    """Sends pieces one by one, and keeps the connection."""

    def _reply(self, connection, reply):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in [reply] if isinstance(reply, bytes) else reply:
            connection.sendall(piece)
        return True


def page_of(request, pages=6):
    """The page that was asked for, of rows that name the listing."""
    path = request.split(" ")[1]
    name, number = re.match(r"/(\w+)(?:\?page=(\d+))?", path).groups()
    number = int(number or 1)
    rows = [f"{name}{number}.{place}" for place in range(2)]
    return http({"rows": rows, "page": number, "total_pages": pages})


def rows_of(name, pages=6):
    return [f"{name}{number}.{place}" for number in range(1, pages + 1) for place in range(2)]


def as_it_is(_, request):
    return page_of(request)


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    return authority.write(tmp_path_factory.mktemp("authority") / "ca.pem")


@pytest.fixture(params=["http", "https"])
def serving(request, authority):
    """Makes servers in the clear, and over TLS."""
    context = authority.context() if request.param == "https" else None
    return functools.partial(Slow, context=context)


@pytest.mark.parametrize("prefetch", [0, 8])
@pytest.mark.parametrize(
    ("make", "before"),
    [
        *(pytest.param(make, HINTS, id=name) for name, make in SESSIONS.items()),
        *(
            pytest.param(SESSIONS[name], before, id=f"{name}, {label}")
            for name in [*SESSIONS][:2]
            for label, before in BEFORE.items()
        ),
    ],
)
def test_listings_of_one_session_get_their_own_rows(serving, ca_file, before, make, prefetch):
    """Every page of two listings has answers before it, and each listing gets what it asked for."""
    with serving(lambda *given: [before, page_of(given[1])]) as server, make() as session:
        for name in ("mine", "yours"):
            listing = get_all(
                f"{server.url}/{name}", session=session, prefetch=prefetch, verify=ca_file
            )
            assert rows_of(name) == list(listing)
            assert listing.complete


@pytest.mark.parametrize("prefetch", [0, 8])
@REAL_SESSIONS
@pytest.mark.parametrize(
    "failure",
    [
        [http({"message": "busy"}, 503)],
        [http(b"", 500, content_length=None) + b"cut", "close"],
        [http(b'{"rows": [', content_length="99"), "close"],
        [b"HTTP/1.1 2", "close"],
        ["close"],
        [HINTS, "close"],
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"],
    ],
    ids=["503", "500", "cut body", "cut head", "nothing", "another", "101"],
)
@pytest.mark.usefixtures("waits")
def test_a_page_that_failed_leaves_no_answer_behind(serving, ca_file, failure, make, prefetch):
    """After answers that led to no page, the next try and the next listing get their own."""

    class Failing(Slow):
        def _reply(self, connection, reply):
            return super()._reply(connection, [p for p in reply if p != "close"]) and (
                "close" not in reply
            )

    failed = []

    def answer(_, request):
        if "page=3" in request and not failed:
            failed.append(1)
            return [HINTS, *failure]
        return [HINTS, page_of(request)]

    with Failing(answer, serving.keywords["context"]) as server, make() as session:
        session.verify = ca_file
        got = []
        mine = get_all(f"{server.url}/mine", session=session, prefetch=prefetch)
        try:
            got.extend(mine)
        except exceptions.PageFailed as error:  # 101 is not tried again
            got.extend(get_all(f"{server.url}/mine", session=session, resume=error.checkpoint))
        assert rows_of("mine") == got
        assert rows_of("yours") == list(
            get_all(f"{server.url}/yours", session=session, prefetch=prefetch)
        )


@EVERY_SESSION
def test_redirects_with_answers_before_them(make):
    """A redirect is followed, and what it leads to is read, past all that comes before."""

    def answer(_, request):
        path = request.split(" ")[1]
        if path.startswith("/old"):
            return [HINTS * 2, http(status=307, location=path.replace("old", "new"))]
        return [HINTS, page_of(request)]

    with Slow(answer) as server, make() as session:
        assert rows_of("new") == list(get_all(f"{server.url}/old", session=session))


def test_an_allowed_origin_with_answers_before_its_own():
    """The bare session that goes to another origin reads past them, too."""
    with Slow(lambda *_: [HINTS, http({"rows": [2], "next": None})]) as elsewhere:
        first = http({"rows": [1], "next": f"{elsewhere.url}/more"})
        with Slow([[HINTS, first]]) as server, requests.Session() as session:
            listing = get_all(server.url, session=session, allow_origins=[elsewhere.url])
            assert [1, 2] == list(listing)


@EVERY_SESSION
def test_a_post_is_sent_once(make):
    """The final answer is waited for, and not asked for again."""
    with Slow(lambda *_: [HINTS, HINTS, http({"rows": [1]})]) as server, make() as session:
        listing = request_all("POST", f"{server.url}/x", session=session, json={"q": 1})
        assert [1] == list(listing)
        assert 1 == len(server.requests)


@REAL_SESSIONS
def test_connections_are_kept(make):
    """What was read to its end serves the next page, unless the server closes it."""
    with Slow(lambda *given: [HINTS, page_of(given[1])]) as server, make() as session:
        assert rows_of("a") == list(get_all(f"{server.url}/a", session=session))
        assert 1 == server.connections

    def answer(_, request):
        return [HINTS, page_of(request).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)]

    with Slow(answer) as server, make() as session:
        assert rows_of("a") == list(get_all(f"{server.url}/a", session=session))
        assert 6 == server.connections


@EVERY_SESSION
def test_a_protocol_that_was_never_asked_for(make):
    """101 is an error, and its connection serves nobody else."""
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    for before in (b"", HINTS):
        answers = [[before, switch, page_of("GET /a ")], [page_of("GET /b ", 1)]]
        with Slow(answers) as server, make() as session:
            with pytest.raises(exceptions.PageFailed, match="answered 101") as caught:
                next(get_all(f"{server.url}/a", session=session))
            assert not caught.value.transient
            assert rows_of("b", 1) == list(get_all(f"{server.url}/b", session=session))
            assert 2 == server.connections


@EVERY_SESSION
def test_answers_without_end_are_bounded(make):
    """A hundred of them are enough, no other try is made, and the connection is closed."""
    answers = [HINTS * 101 + http(["late"]), page_of("GET /b ", 1)]
    with Slow(answers) as server, make() as session:
        with pytest.raises(exceptions.TransferFailed, match="100 interim answers") as caught:
            list(get_all(f"{server.url}/a", session=session))
        assert caught.value.checkpoint
        assert rows_of("b", 1) == list(get_all(f"{server.url}/b", session=session))
        assert (2, 2) == (len(server.requests), server.connections)


@REAL_SESSIONS
def test_the_deadline_is_kept_between_answers(monkeypatch, make):
    """A server that is always at work does not keep a page alive past its deadline."""
    looks = []

    def left(deadline):
        looks.append(deadline)
        return 60 if len(looks) < 9 else 0

    monkeypatch.setattr("requests_paginate._transport.deadline.Deadline.left", left)
    with Slow([HINTS * 50]) as server, make() as session:
        with pytest.raises(exceptions.DeadlineExceeded):
            list(get_all(server.url, session=session, retries=0))


@pytest.mark.parametrize("ending", [b"", b"HTTP/1.1", b"nonsense\r\n\r\n", b"HTTP/2 200\r\n\r\n"])
@EVERY_SESSION
def test_no_final_answer(make, ending):
    """What ends after an interim answer, or goes on with nonsense, is a failed transfer."""
    with LoopbackServer([[HINTS, ending]]) as server, make() as session:
        with pytest.raises(exceptions.TransferFailed) as caught:
            list(get_all(server.url, session=session, retries=0))
        assert caught.value.transient


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@REAL_SESSIONS
def test_contradictory_lengths_after_an_interim_answer(make):
    """They are a failed transfer, as without one."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n[]"
    with LoopbackServer([[HINTS, head]]) as server, make() as session:
        with pytest.raises(exceptions.TransferFailed):
            list(get_all(server.url, session=session, retries=0))


# What else takes part in a request ----------------------------------------------------------------


@REAL_SESSIONS
def test_hooks_see_final_answers_alone(make):
    """A hook may read what it is given; cookies and the time are those of the final answer."""
    seen = []

    def look(response, **_):
        seen.append((response.status_code, response.json()["page"]))

    def answer(_, request):
        cookie = b"\r\nSet-Cookie: a=1\r\n\r\n"
        return [BEFORE["with a cookie"], page_of(request).replace(b"\r\n\r\n", cookie, 1)]

    with Slow(answer) as server, make() as session:
        listing = get_all(f"{server.url}/a", session=session, hooks={"response": look}, prefetch=2)
        pages = list(listing.pages())
        assert rows_of("a") == [row for page in pages for row in page]
        assert all(page.elapsed.total_seconds() > 0 for page in pages)
        assert [(200, number) for number in range(1, 7)] == sorted(seen)
        assert {"a": "1"} == session.cookies.get_dict()


@REAL_SESSIONS
def test_a_challenge_after_an_interim_answer_is_met(make):
    """The hooks of an auth object, which come first of all, see the final answer as well."""
    realm = {"www_authenticate": 'Digest realm="r", nonce="n", qop="auth"'}

    def answer(_, request):
        asked = "Authorization: Digest" in request
        return [HINTS, page_of(request) if asked else http(b"", 401, **realm)]

    with Slow(answer) as server, make() as session:
        session.auth = HTTPDigestAuth("user", "password")
        assert rows_of("a") == list(get_all(f"{server.url}/a", session=session))
        assert 7 == len(server.requests)
    with Slow(lambda *_: [HINTS, http(b"", 401, **realm)]) as server, make() as session:
        session.auth = HTTPDigestAuth("user", "password")
        with pytest.raises(exceptions.PageFailed, match="answered 401"):
            next(get_all(f"{server.url}/a", session=session))
        assert 2 == len(server.requests)


@pytest.mark.parametrize("before", [b"", HINTS])
@REAL_SESSIONS
def test_a_challenge_that_leads_to_an_interim_answer(make, before):
    """What the auth object asks for is read past as well, before a hook reads it dry."""
    realm = {"www_authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
    seen = []

    def look(response, **_):
        seen.append([*(each.status_code for each in response.history), response.status_code])
        assert response.content

    def answer(_, request):
        asked = "Authorization: Digest" in request
        return [HINTS, page_of(request)] if asked else [before, http(b"", 401, **realm)]

    with Slow(answer) as server, make() as session:
        session.auth = HTTPDigestAuth("user", "password")
        listing = get_all(f"{server.url}/a", session=session, hooks={"response": look})
        assert rows_of("a") == list(listing)
        assert [[401, 200], *[[200]] * 5] == seen


class Curious(AuthBase):
    """Reads every response before anybody else."""

    def __call__(self, request):
        request.register_hook("response", lambda response, **_: (response.content, None)[1])
        return request


def test_a_connection_that_was_given_back_too_early_is_closed():
    """If an auth object has read the interim answer, the final one is nobody's."""
    with Slow(lambda *given: [HINTS, page_of(given[1])]) as server, requests.Session() as session:
        with pytest.raises(exceptions.TransferFailed, match="103") as caught:
            next(get_all(f"{server.url}/a", session=session, auth=Curious()))
        assert not caught.value.transient
        assert rows_of("b") == list(get_all(f"{server.url}/b", session=session))
        assert (7, 2) == (len(server.requests), server.connections)
    with Slow(lambda *given: [HINTS, page_of(given[1])]) as server:
        with PaginatedSession(allow_http=True) as session:
            listing = get_all(f"{server.url}/a", session=session, auth=Curious(), prefetch=4)
            assert rows_of("a") == list(listing)


class Between(HTTPAdapter):
    """Hands out responses of its own making, as some caches do."""

    def build_response(self, request, raw):
        self.raw = raw
        copied = HTTPResponse(
            raw, raw.headers, raw.status, preload_content=False, original_response=None
        )
        return super().build_response(request, copied)


class Bare(BaseAdapter):
    """Knows nothing of sockets."""

    def send(self, request, **_):
        response = requests.Response()
        response.status_code, response.url, response.request = 103, request.url, request
        return response

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize("adapter", [Between, Bare])
def test_an_adapter_that_cannot_be_read_past(adapter):
    """The error says what is the matter; the connection is closed, and no other try is made."""
    with Slow([[HINTS, page_of("GET /a ")], [page_of("GET /b ", 1)]]) as server:
        with requests.Session() as session:
            session.mount(server.url, adapter())
            with pytest.raises(exceptions.TransferFailed, match=r"103.*adapter") as caught:
                next(get_all(f"{server.url}/a", session=session))
            assert not caught.value.transient
            session.mount(server.url, HTTPAdapter())
            if adapter is Between:
                assert rows_of("b", 1) == list(get_all(f"{server.url}/b", session=session))
                assert 2 == server.connections


def test_the_session_s_own_requests_read_past_them_too():
    """What a PaginatedSession is asked for outside of a listing leaves nothing to the listing."""
    with Slow(lambda *given: [HINTS, page_of(given[1])]) as server:
        with PaginatedSession(allow_http=True) as session:
            answered = session.get(f"{server.url}/other")
            assert (200, rows_of("other", 1)) == (answered.status_code, answered.json()["rows"])
            assert rows_of("a") == list(get_all(f"{server.url}/a", session=session))
            with session.get(f"{server.url}/other", stream=True):
                pass
            assert rows_of("b") == list(get_all(f"{server.url}/b", session=session))


def test_a_response_that_a_hook_keeps_can_be_pickled():
    """What reads past interim answers leaves its clock behind."""
    kept = []
    with Slow(as_it_is) as server, requests.Session() as session:
        hooks = {"response": lambda response, **_: kept.append(pickle.dumps(response.content))}
        assert rows_of("a") == list(get_all(f"{server.url}/a", session=session, hooks=hooks))

    class Keeping(requests.Session):
        def send(self, request, **options):
            response = super().send(request, **options)
            kept.append(pickle.loads(pickle.dumps(response)))
            return response

    with Slow(as_it_is) as server, Keeping() as session:
        assert rows_of("a") == list(get_all(f"{server.url}/a", session=session, prefetch=3))
    assert 200 == kept[-1].status_code
