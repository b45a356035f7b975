"""Every run with prefetch as without."""

from __future__ import annotations

import json
import threading
import warnings
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

import msgspec
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from urllib3 import Retry

from requests_paginate import get_all
from requests_paginate.exceptions import PaginationError
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, Offset, PageNumber
from tests.scripted import WAIT, InMemory, described


@dataclass
class Server:
    """A listing in memory, a pure function of the request until it is mended.

    Attributes:
        dialect: How it paginates.
        sizes: The rows of each page.
        drift: What the totals of a page are wrong by.
        links: What the links of a page lead past.
        faults: What is answered instead of a page.
        slow: Pages that are answered after a later one, where one is asked for in time.
    """

    dialect: str
    sizes: list
    drift: dict
    links: dict
    faults: dict
    slow: set
    asked: set = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, url):
        number = self._number(url)
        with self.changed:
            self.asked.add(number)
            self.changed.notify_all()
            if number in self.slow:  # a while, and no matter how long: nothing depends on it
                self.changed.wait_for(lambda: max(self.asked) > number, 0.002)
        fault = self.faults.get(number)
        if fault == "reset":
            raise requests.ConnectionError("reset")
        if fault is not None and fault.isdecimal():
            return int(fault), {}, b'{"message": "no"}'
        if not 1 <= number <= len(self.sizes):
            return 404, {}, b'{"message": "no such page"}'
        headers, content = self._page(number)
        content = {"no JSON": b"<html>", "cut": content[:-4], "boom": b"boom"}.get(fault, content)
        return 200, headers, content

    def _number(self, url):
        query = dict(parse_qsl(urlsplit(url).query))
        if self.dialect != "offsets":
            return int(query.get("page", query.get("cursor", "c1").lstrip("c")))
        begins = [sum(self.sizes[:place]) for place in range(len(self.sizes))]
        offset = int(query.get("offset", 0))
        return begins.index(offset) + 1 if offset in begins else 0

    def _page(self, number):
        before, pages = sum(self.sizes[: number - 1]), len(self.sizes)
        rows = [{"id": before + place} for place in range(self.sizes[number - 1])]
        following = number + 1 + self.links.get(number, 0)
        is_last = following > pages
        drift = self.drift.get(number, 0)
        body = {"results": rows}
        headers = {}
        if self.dialect == "numbers":
            body.update(page=number, totalPages=max(0, pages + drift))
        elif self.dialect in ("offsets", "counted"):
            body.update(total=max(0, sum(self.sizes) + drift))
        elif self.dialect == "links":
            body.update(count=max(0, sum(self.sizes) + drift))
        if self.dialect in ("links", "plain links"):
            body.update(next=None if is_last else f"?page={following}")
        if self.dialect == "cursors":
            body.update(next_cursor=None if is_last else f"c{following}")
        if self.dialect == "header" and not is_last:
            headers["Link"] = f'<?page={following}>; rel="next"'
        return headers, json.dumps(body).encode()


STRATEGIES = {
    "numbers": PageNumber("page", total_pages="totalPages", number="page", items="results"),
    "counted": PageNumber("page", total="total", items="results"),
    "offsets": Offset("offset", total="total", items="results"),
    "links": NextLink("next", total="count", items="results", page_param="page"),
    "plain links": NextLink("next", items="results"),
    "cursors": Cursor("cursor", token="next_cursor", items="results"),
    "header": LinkHeader(items="results"),
}


class Row(msgspec.Struct):
    """A row as the caller would have it."""

    id: int


def page_of(side):
    found = next(side.listing.pages())
    return found.index, list(found.items), found.next, found.total


class Boom(Exception):
    """What the caller's decode raises."""


def decode(content):
    if content == b"boom":
        raise Boom("decode")
    return json.loads(content)


class Side:
    """One of two listings that must not differ."""

    def __init__(self, server, prefetch, options, **more):
        self.server, self.options = server, {**options, "prefetch": prefetch}
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", InMemory(server))
        self.listing = self.begun(**more)

    def begun(self, **options):
        return get_all("http://api.test/", session=self.session, **{**self.options, **options})

    def seen(self, action):
        """What a consumer sees of an action."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return "gave", action(self)
            except StopIteration:
                return ("ended",)
            except PaginationError as error:
                status = getattr(error.response, "status_code", None)
                return "raised", described(error), status
            except (Warning, Boom, ValueError) as error:
                return "raised", type(error), str(error)

    def state(self):
        """What a consumer may look at between two rows."""
        listing = self.listing
        stats = listing.stats
        counts = stats.pages, stats.items, stats.duplicates_dropped, stats.drift
        hint = listing.__length_hint__()
        return listing.complete, counts, hint, listing.checkpoint(), repr(listing)

    def close(self):
        self.listing.close()
        self.session.close()


def resume(side):
    side.listing = side.begun(resume=side.listing.checkpoint())


def rest(side):
    """The rows from the checkpoint on, if all goes well."""
    server = replace(side.server, faults={}, slow=set())
    other = Side(server, 0, side.options, resume=side.listing.checkpoint())
    try:
        return list(other.listing)
    finally:
        other.close()


FAULT_NAMES = st.sampled_from(["404", "500", "no JSON", "cut", "reset", "boom"])
PLACES = st.integers(1, 7)


class PrefetchIsInvisible(RuleBasedStateMachine):
    """Two listings of the same server, one with pages ahead: no consumer can tell them apart."""

    @initialize(
        dialect=st.sampled_from(sorted(STRATEGIES)),
        sizes=st.lists(st.integers(0, 3), min_size=1, max_size=7)
        | st.lists(st.just(2), min_size=4, max_size=7),
        drift=st.just({}) | st.dictionaries(PLACES, st.integers(-3, 3), max_size=2),
        links=st.just({}) | st.dictionaries(PLACES, st.integers(-2, 2), max_size=1),
        faults=st.dictionaries(PLACES, FAULT_NAMES, max_size=2),
        slow=st.sets(PLACES, max_size=3),
        depth=st.integers(1, 32) | st.integers(1, 4),
        given=st.fixed_dictionaries(
            {"retries": st.sampled_from([0, Retry(1, backoff_factor=0)])},
            optional={
                "max_items": st.integers(0, 12),
                "max_pages": st.integers(0, 6),
                "key": st.just("id"),
                "decode": st.just(decode),
                "model": st.just(Row),
            },
        ),
        is_detected=st.booleans(),
    )
    def begin(self, dialect, sizes, drift, links, faults, slow, depth, given, is_detected):
        options = {**given, "strategy": None if is_detected else STRATEGIES[dialect]}
        self.threads = set(threading.enumerate())
        self.sides = [
            Side(Server(dialect, sizes, drift, links, dict(faults), slow), ahead, options)
            for ahead in (0, depth)
        ]
        self.has_raised = False

    def both(self, action):
        plain, ahead = (side.seen(action) for side in self.sides)
        assert plain == ahead
        self.has_raised = plain[0] == "raised"
        plain, ahead = (side.state() for side in self.sides)
        assert plain == ahead

    @rule()
    def take_a_row(self):
        self.both(lambda side: next(side.listing))

    @rule(count=st.integers(2, 6))
    def take_rows(self, count):
        for _ in range(count):
            self.both(lambda side: next(side.listing))

    @rule()
    def take_a_page(self):
        self.both(page_of)

    @rule()
    def ask_for_the_total(self):
        self.both(lambda side: side.listing.total)

    @rule()
    def read_on_from_the_checkpoint(self):
        self.both(rest)

    @rule()
    def resume(self):
        self.both(resume)

    @precondition(lambda self: self.has_raised)
    @rule()
    def mend_and_go_on(self):
        for side in self.sides:
            side.server.faults.clear()
        self.both(lambda side: next(side.listing))

    @rule()
    def close(self):
        self.both(lambda side: side.listing.close())

    def teardown(self):
        for side in getattr(self, "sides", ()):
            side.seen(Side.close)
        del self.sides
        for thread in set(threading.enumerate()) - self.threads:
            thread.join(WAIT)
            assert not thread.is_alive()


PrefetchIsInvisible.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestPrefetchIsInvisible(PrefetchIsInvisible.TestCase):
    """Whatever the server does and the consumer, in whatever order."""
