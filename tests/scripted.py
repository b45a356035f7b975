"""A server of numbered pages that holds answers back, and listings of it."""

from __future__ import annotations

import sys
import threading
import time
import warnings
import weakref
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

import requests_paginate
from requests_paginate import get_all
from requests_paginate.exceptions import PaginationError
from requests_paginate.sandbox.messages import Request
from requests_paginate.strategies import NextLink, PageNumber
from tests.loopback import RESET, LoopbackServer, http, is_server_thread

PACKAGE = str(Path(requests_paginate.__file__).parent)
WAIT = 30  # seconds; far more than any step takes, so that a failure is no hang
NUMBERS = PageNumber("page", total_pages="pages", items="rows")
LINKS = NextLink("next", items="rows", total="total", page_param="page")


def ids(first, last):
    """The rows of the pages from one to another, two to a page."""
    return [{"id": number} for number in range(2 * first - 2, 2 * last)]


def page(number, pages=8, status=200, headers=None, **changes):
    """Return an answer that every dialect of this module can read."""
    is_last = number >= pages
    body = {
        "rows": ids(number, number), "pages": pages, "total": 2 * pages,
        "next": None if is_last else f"?page={number + 1}",
        "after": None if is_last else f"c{number + 1}",
    }  # fmt: skip
    link = {} if is_last else {"link": f'<?page={number + 1}>; rel="next"'}
    return http({**body, **changes}, status, **{**link, **(headers or {})})


def number_of(url):
    """The number of the page that a URL asks for."""
    query = dict(parse_qsl(urlsplit(url).query))
    if "offset" in query:
        return int(query["offset"]) // 2 + 1
    return int(query.get("page", query.get("cursor", "c1").lstrip("c")))


class Script:
    """A server of numbered pages that holds answers back, and keeps count.

    Args:
        reply: Gives the answer to a page's number.

    Attributes:
        asked: The numbers of the pages that were asked for, in that order.
        in_flight: Requests whose answers are not given yet.
        most_in_flight: The most of them at once.
        cut: The numbers of the pages whose bodies were cut off by the client.
        needs: What must be true before a page is answered.
        is_dripping: Whether unending bodies go on; else they stop after their first bytes.
        is_over: Whether nothing is held back any more.
    """

    def __init__(self, reply):
        self.reply = reply
        self.changed = threading.Condition()
        self.is_dripping = self.is_over = False
        self.needs = {}
        self.listings = []
        self.reset()

    def reset(self):
        self.asked, self.cut = [], []
        self.held = set()
        self.in_flight = self.most_in_flight = 0

    def __call__(self, _, request):
        number = number_of(request.split(" ")[1])
        with self.changed:
            self.asked.append(number)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self.changed.notify_all()
            in_time = self.changed.wait_for(lambda: self._may_answer(number), WAIT)
            self.in_flight -= 1
            self.changed.notify_all()
        return self.reply(number) if in_time else http({"message": "held for too long"}, 418)

    def _may_answer(self, number):
        is_ready = number not in self.held and self.needs.get(number, lambda: True)()
        return is_ready or self.is_over

    def hold(self, *numbers):
        """Gives no answer to requests for these pages."""
        with self.changed:
            self.held |= set(numbers)

    def release(self, *numbers):
        """Answers them."""
        with self.changed:
            self.held -= set(numbers)
            self.changed.notify_all()

    def wait_until(self, condition):
        """Waits for something to be true of the counts."""
        with self.changed:
            assert self.changed.wait_for(condition, WAIT), (self.asked, self.in_flight)

    def wait_for(self, *numbers):
        """Waits until these pages have been asked for, and all that are not held are answered."""
        self.wait_until(
            lambda: (
                set(numbers) <= set(self.asked)
                and self.in_flight == len(self.held & set(self.asked))
            )
        )

    def unending(self, number):
        """A body that does not end by itself; notices when nobody reads it any more."""
        tick = threading.Event()
        try:
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{"
            with self.changed:
                self.changed.wait_for(lambda: self.is_dripping or self.is_over, WAIT)
            while not self.is_over:
                yield b" "
                tick.wait(0.005)  # the drip is the fault itself
        except GeneratorExit:
            with self.changed:
                self.cut.append(number)
                self.changed.notify_all()
            raise

    def drip(self):
        with self.changed:
            self.is_dripping = True
            self.changed.notify_all()

    def end(self):
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    # The client's side -----------------------------------------------------------------------

    def list(self, **options):
        """A listing that tries each page once."""
        options = {"retries": 0, "strategy": NUMBERS, **options}
        listing = get_all(self.url, session=self.session, **options)
        self.listings.append(weakref.ref(listing))
        return listing

    def threads(self):
        """The threads of listings."""
        return [
            each
            for each in threading.enumerate()
            if each not in self.before and not is_server_thread(each)
        ]

    def join(self):
        """Waits for the threads of listings to end."""
        end = time.monotonic() + WAIT
        for thread in self.threads():
            thread.join(max(0, end - time.monotonic()))
        assert [] == self.threads()


@contextmanager
def scripted(reply=page):
    """Serves a script; in the end no thread of a listing may be left."""
    script = Script(reply)
    script.before = set(threading.enumerate())
    with LoopbackServer(script) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=40))
        script.server, script.session, script.url = server, session, server.url
        try:
            yield script
        except BaseException:
            script.end()
            raise
        script.end()
        for listing in filter(None, [each() for each in script.listings]):
            listing.close()
        script.join()


def outcome(listing):
    """All that a consumer sees of a listing: rows, warnings with their lines, and the error."""
    rows, error = [], None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for row in listing:
                rows.append(row)
        except PaginationError as raised:
            error = described(raised)
    told = [(each.category, str(each.message), each.filename, each.lineno) for each in caught]
    return rows, told, error


def described(error):
    """What must be the same of two errors, by name."""
    names = ("page_index", "items_yielded", "checkpoint")
    return {"class": type(error), "text": str(error), **{n: getattr(error, n) for n in names}}


def wait_until_it_waits(*threads):
    """Waits until one of these threads waits for another one, in the package."""

    def is_waiting(frame):
        is_wait = frame is not None and frame.f_code is threading.Condition.wait.__code__
        while is_wait and frame is not None:
            if frame.f_code.co_filename.startswith(PACKAGE):
                return True
            frame = frame.f_back
        return False

    def has_come():
        frames = sys._current_frames()
        return any(is_waiting(frames.get(each.ident)) for each in threads)

    wait_until(has_come)


def wait_until(condition):
    """Waits for something to be true that nobody tells of."""
    tick, end = threading.Event(), time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "waited for too long"
        tick.wait(0.002)


# Errors ------------------------------------------------------------------------------------------


FAULTS = {
    "404": lambda: http({"message": "no such page"}, 404),
    "500": lambda: http({"code": "broken"}, 500),
    "no JSON": lambda: http(b"<html>"),
    "no rows": lambda: http({"pages": 8, "message": "what"}),
    "cut": lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"],
    "reset": lambda: [RESET],
}


def faulty(fault, *numbers):
    """A reply with faults at some pages, for as long as `broken` holds their numbers."""

    def reply(number):
        return fault() if number in reply.broken else page(number)

    reply.broken = set(numbers)
    return reply


# Consumers ---------------------------------------------------------------------------------------


class InMemory(BaseAdapter):
    """Answers without a socket.

    Args:
        answer: Gives status, headers and content for a URL, or raises.
    """

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def send(self, request, **_):
        status, headers, content = self.respond(request)
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers.update(headers)
        response.raw = urllib3.HTTPResponse(BytesIO(content), headers, preload_content=False)
        return response

    def respond(self, request):
        return self.answer(request.url)

    def close(self):
        """There is nothing to close."""


class Mocked(InMemory):
    """Answers from a listing of `requests_paginate.testing`, which keeps what was asked."""

    def respond(self, request):
        target, body = urlsplit(request.url), request.body or b""
        answer = self.answer.respond(
            Request(
                method=request.method,
                path=target.path,
                query=target.query,
                headers=request.headers,
                body=body.encode() if isinstance(body, str) else body,
                origin=f"{target.scheme}://{target.netloc}",
            )
        )
        return answer.status, dict(answer.headers), answer.body


def connect(adapter):
    """A plain session that asks an adapter, and nobody for proxies."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", adapter)
    return session
