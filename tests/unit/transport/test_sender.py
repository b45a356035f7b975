"""How a page's request is sent: redirects, refusals, other origins."""

from __future__ import annotations

import dataclasses
import json
import threading
import time

import pytest
import requests
from requests.auth import AuthBase

from requests_paginate import get_all, request_all, strategies
from requests_paginate.exceptions import DeadlineExceeded, PageFailed, PaginationError
from tests.hostile import ROWS, URL, Answer, Body, Script, connected, page
from tests.scripted import LINKS, InMemory, number_of

STRANGER = "https://files.test"


@pytest.mark.parametrize(
    "location", ["http://[", "/\xed\xa0\x80", "https://a\xe2\x84\x80b.test/", "\xff"]
)
def test_found_redirects_of_allowed_origins(location):
    """Where an allowed origin redirects to nowhere, that is an error of ours, too."""
    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    session = connected(Script((away, Answer(b"", 302, (("Location", location),)))))
    options = {"session": session, "retries": 0, "allow_origins": (STRANGER,)}
    with pytest.raises(PaginationError):
        list(request_all("GET", URL, **options))


def test_found_redirects_of_allowed_origins_that_are_read_whole():
    """The body of an allowed origin's redirect is bounded as any other."""
    read = []

    class Counting(Body):
        def read1(self, size=-1):
            read.append(len(chunk := super().read1(2**16 if size in (None, -1) else size)))
            return chunk

    away = page({"results": ROWS[:2], "next": f"{STRANGER}/rows?page=2"})
    last = page({"results": ROWS[2:], "next": None})
    moved = Answer(b"x" * 4_000_000, 302, (("Location", "/rows?page=3"),))
    session = connected(Script((away, moved, last)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.hostile.Body", Counting)
        options = {"session": session, "allow_origins": (STRANGER,), "max_page_bytes": 2**16}
        assert ROWS == list(request_all("GET", URL, **options))
    assert sum(read) < 2**20


def test_the_session_for_other_origins_is_whole_before_it_is_used():
    """Two pages that go there at once both go through the caller's adapters and settings."""
    proxies = {"https": "http://proxy.test"}

    class Slow(requests.Session):
        @property
        def proxies(self):
            if has_led_away.is_set():
                with seen:  # another page's request comes in between, or nothing does
                    seen.wait_for(lambda: len(used) > 0, 0.3)
            return proxies

        @proxies.setter
        def proxies(self, value):
            """Are what they are."""

    class Recorder(InMemory):
        def send(self, request, **options):
            if "files" in request.url:
                with seen:
                    used.append(dict(options["proxies"]))
                    seen.notify_all()
            return super().send(request, **options)

    def answer(url):
        number = number_of(url)
        has_led_away.set()
        link = f"https://files.test/?page={number + 1}" if number < 5 else None
        return 200, {}, json.dumps({"rows": [{"id": number}], "total": 5, "next": link}).encode()

    seen, used, has_led_away = threading.Condition(), [], threading.Event()
    with Slow() as session:
        session.trust_env = False
        session.mount("https://", Recorder(answer))
        listing = get_all(
            "https://api.test/", session=session, strategy=LINKS, prefetch=4,
            allow_origins=("https://files.test",),
        )  # fmt: skip
        assert [1, 2, 3, 4, 5] == [row["id"] for row in listing]
    assert [proxies] * 4 == used


@pytest.mark.parametrize("name", ["api_key", "token", "client_secret", "sig", b"password"])
def test_secret_parameters_stay_at_the_first_origin(name):
    """A strategy of one's own may change only the URL of a request, and keeps its parameters."""

    class Mirror(strategies.Strategy):
        def next(self, page):
            url = f"{STRANGER}/m"
            return dataclasses.replace(page.request, url=url) if page.index == 0 else None

    def answer(url):
        asked.append(url)
        return 200, {}, json.dumps([{"id": len(asked)}]).encode()

    asked = []
    with requests.Session() as session:
        session.mount("https://", InMemory(answer))
        options = {"strategy": Mirror(), "items": "", "allow_origins": (STRANGER,), "prefetch": 0}
        params = {name: "s3cret", "q": "books"}
        assert 2 == len(list(get_all(URL, session=session, params=params, **options)))
    assert f"{STRANGER}/m?q=books" == asked[1]
    assert "s3cret" in asked[0]


def test_a_cached_answer_without_content():
    """A cache that is not to ask answers 504, and its content is None, not empty."""

    class Cached(requests.Session):
        def request(self, *args, **options):
            response = requests.Response()
            response.status_code, response._content, response.url = 504, None, URL
            return response

    with pytest.raises(PageFailed, match="504"):
        list(get_all(URL, session=Cached(), retries=0))


@pytest.mark.parametrize("place", ["call", "session"])
@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_challenge_is_read_within_bounds(place, prefetch):
    """Digest authentication reads the whole refusal that it answers; a bomb is cut for it."""
    lengths = []

    class Challenged(AuthBase):
        def __call__(self, request):
            request.register_hook("response", self.answer)
            return request

        def answer(self, response, **options):
            if response.status_code != 401:
                return response
            lengths.append(len(response.content))
            response.close()
            request = response.request.copy()
            request.headers["Authorization"] = "Digest x"
            return response.connection.send(request, **options)

    def answer(number, request):
        if "Authorization" not in request.headers:
            return Answer(b"x" * 10_000_000, 401)
        return page({"results": ROWS, "next": None})

    session, options = connected(answer), {"retries": 0, "prefetch": prefetch}
    if place == "session":
        session.auth = Challenged()
    else:
        options["auth"] = Challenged()
    assert ROWS == list(request_all("GET", URL, session=session, **options))
    assert [2**16] == lengths


@pytest.mark.parametrize("place", ["session", "wire"])
def test_a_wait_inside_the_session_does_not_throw_a_page_away(monkeypatch, place):
    """A limiter may hold a request for longer than the deadline, which bounds what is sent."""
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr("requests.sessions.preferred_clock", lambda: clock[0])

    class Limited(requests.Session):
        def send(self, request, **options):
            clock[0] += 50 * (place == "session")
            return super().send(request, **options)

    class Slow(InMemory):
        def send(self, request, **options):
            clock[0] += 50 * (place == "wire")
            return super().send(request, **options)

    def answer(url):
        number = number_of(url)
        link = f"{URL}?page={number + 1}" if number < 3 else None
        return 200, {}, json.dumps({"rows": [{"id": number}], "total": 3, "next": link}).encode()

    with Limited() as session:
        session.mount("https://", Slow(answer))
        options = {"session": session, "strategy": LINKS, "deadline": 10, "retries": 0}
        listing = get_all(URL, **options)
        if place == "session":
            assert [1, 2, 3] == [row["id"] for row in listing]
        else:
            with pytest.raises(DeadlineExceeded):
                list(listing)
