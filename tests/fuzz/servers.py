"""A server with a known dataset: it answers requests, honestly or with its faults."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from requests_paginate._paths import ABSENT
from tests.fuzz.bodies import place
from tests.fuzz.names import HEADER
from tests.fuzz.pagings import ENDS, Paging
from tests.fuzz.wires import Answer, Ask

if TYPE_CHECKING:
    from tests.fuzz.faults import Fault

MOST_REQUESTS = 400  # of one listing; more is a runaway
SECOND_PATH = "/moved"  # where redirects lead


@dataclass(kw_only=True)
class Page:
    """A page that a server is about to send: faults change it."""

    ask: Ask
    index: int
    rows: Any  # a list, or what stands in its place
    values: dict[str, Any]  # by role
    is_end: bool  # whether no page follows
    extras: dict[str, Any]
    body: Any = ABSENT  # instead of everything

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.rows) if isinstance(self.rows, list) else 0


@dataclass(kw_only=True)
class Server:
    """Answers requests for the rows of one listing.

    Attributes:
        rows: The truth.
        plan: The windows of the pages, in order: (start, stop).
        rows_path: Where the rows are; empty for a bare list, "0" and "1" for a pair.
        filters: What the caller must send with every page; else others' rows come, too.
        is_strict: Whether it refuses parameters that it does not know.
        heeds_size: Whether it cares for the size that is asked for.
    """

    rows: list[Any]
    size: int
    paging: Paging
    rows_path: str
    path: str
    origin: str
    filters: dict[str, str] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    extra_headers: list[tuple[str, str]] = field(default_factory=list)
    is_strict: bool = False
    heeds_size: bool = True
    largest: int = 10_000
    past_end: int = 200  # the status of a page past the end
    faults: list[Fault] = field(default_factory=list)
    plan: list[tuple[int, int]] = field(default_factory=list)
    asked: int = 0
    ran_away: bool = False
    dialogue: list[str] | None = None

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def make_plan(self, size: int) -> None:
        """Cut the rows into pages, as long as was asked for."""
        self.size = size
        total = len(self.rows)
        self.plan = [(start, min(start + size, total)) for start in range(0, max(1, total), size)]
        for fault in self.faults:
            fault.bend(self)

    def __call__(self, ask: Ask) -> Answer:
        """Answer one request."""
        with self.lock:
            answer = self._answer(ask)
            if self.dialogue is not None:
                self.dialogue += [f"> {ask}", f"< {answer}"]
            return answer

    def _answer(self, ask: Ask) -> Answer:
        self.asked += 1
        if self.asked > MOST_REQUESTS:
            self.ran_away = True
            return Answer(status=418)
        try:
            index, _ = self._find_page(ask)
        except (ValueError, LookupError, TypeError):
            return self._refuse(400, "bad position")
        for fault in self.faults:
            if (answer := fault.forestall(self, ask, index)) is not None:
                return answer
        if ask.path not in (self.path, SECOND_PATH):
            return self._refuse(404, "no such resource")
        if self.is_strict and (unknown := self._find_unknown(ask)):
            return self._refuse(400, f"unknown parameter {unknown}")
        if index >= len(self.plan) and self.past_end != 200:
            return self._refuse(self.past_end, "no such page")
        page = self._make_page(ask, *self._find_page(ask))  # rows may have moved
        for fault in self.faults:
            fault.change(self, page)
        answer = self.write(page, ask)
        for fault in self.faults:
            fault.spoil(self, answer, page)
        return answer

    # Which page ---------------------------------------------------------------------------------

    def _find_page(self, ask: Ask) -> tuple[int, tuple[int, int]]:
        """Return the place of the page in the plan, and its window."""
        paging, told = self.paging, self.paging.read_position(ask)
        start = None
        if told in (None, "", "*"):
            index = 0
        elif paging.counts == "page":
            index = int(told) - paging.first
        elif paging.counts == "cursor":
            index = paging.read_token(told)
        else:
            keys = self.rows if paging.counts == "key" else ()
            start = int(told) - paging.first if not keys else self._find_key(str(told))
            index = -(-start // self.size) if start >= len(self.rows) else start // self.size
        if index < 0:
            raise ValueError("a page before the first")
        if start is not None and start % self.size and start < len(self.rows):
            return index, (start, min(start + self.size, len(self.rows)))
        past = (len(self.rows),) * 2
        return index, self.plan[index] if index < len(self.plan) else past

    def _find_key(self, told: str) -> int:
        keys = [str(row[self.paging.key]) for row in self.rows]
        return keys.index(told) + 1

    def _find_unknown(self, ask: Ask) -> str | None:
        known = {self.paging.param, self.paging.size_param, *self.filters}
        return next((name for name in ask.query if name not in known), None)

    def _refuse(self, status: int, message: str) -> Answer:
        headers = [("Content-Type", "application/json")]
        if status == 204:
            return Answer(status=status, headers=headers)
        content = msgspec.json.encode({"error": {"message": message}})
        return Answer(status=status, headers=headers, content=content)

    # What is on it ------------------------------------------------------------------------------

    def _make_page(self, ask: Ask, index: int, window: tuple[int, int]) -> Page:
        rows = self.rows[slice(*window)]
        sent = {**(ask.json if isinstance(ask.json, dict) else {}), **ask.query}
        if any(sent.get(name) != value for name, value in self.filters.items()):
            rows = [{"id": f"other {i}"} for i, _ in enumerate(rows)]  # somebody else's
        page = Page(
            ask=ask, index=index, rows=rows, values={}, is_end=True, extras=dict(self.extras)
        )
        is_counted = self.paging.counts in ("offset", "key")
        page.is_end = window[1] >= len(self.rows) if is_counted else index + 1 >= len(self.plan)
        for fault in self.faults:
            fault.extend(self, page)
        page.values = self._tell(ask, page, window)
        return page

    def _tell(self, ask: Ask, page: Page, window: tuple[int, int]) -> dict[str, Any]:
        """Return what the page says, by role."""
        paging, total = self.paging, len(self.rows)
        ended: Any = ENDS.get(paging.ending, ABSENT)
        if paging.ending == "stays":
            ended = paging.write_token(min(page.index + 1, len(self.plan)))
        led = self.lead(ask, page.index + 1, window[1])
        if page.is_end:
            led = dict.fromkeys(led, ended)
        told: dict[str, Any] = {
            **led, "more": not page.is_end, "last": page.is_end, "total": total,
            "pages": max(1, -(-total // self.size)), "number": page.index + paging.first,
            "start": window[0] + paging.first, "size": self.size, "count": page.count,
        }  # fmt: skip
        return told

    def lead(self, ask: Ask, index: int, start: int) -> dict[str, Any]:
        """Return what leads to a page, by role."""
        paging = self.paging
        counted = {"page": index + paging.first, "offset": start + paging.first}
        token: Any = counted.get(paging.counts)
        if token is None:
            token = paging.write_token(index)
        link = paging.write_link(ask, self.origin, token)
        return {"next": link, "token": token, "parameters": {paging.param: token}}

    # How it is written --------------------------------------------------------------------------

    def write(self, page: Page, ask: Ask) -> Answer:
        """Return a page as a response."""
        headers = [("Content-Type", "application/json"), *self.extra_headers]
        body: Any = dict(page.extras) if self.rows_path else None
        if self.rows_path and page.rows is not ABSENT:
            place(body, self.rows_path, page.rows)
        for role, path in self.paging.places.items():
            value = page.values.get(role, ABSENT)
            if path.startswith(HEADER):
                is_end = role in ("next", "token") and not value
                if value is not ABSENT and value is not None and not is_end:
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    headers.append((path.removeprefix(HEADER), text))
            elif value is not ABSENT:
                place(body, path, value)
        body = page.rows if body is None else body
        if page.body is not ABSENT:
            body = page.body
        status = 200
        if self.paging.style == "header link":
            headers += self._write_links(page, ask)
        elif self.paging.style == "range" and page.body is ABSENT:
            status, header = self._write_range(page)
            headers.append(header)
        return Answer(status=status, headers=headers, content=msgspec.json.encode(body))

    def _write_links(self, page: Page, ask: Ask) -> list[tuple[str, str]]:
        paging, last = self.paging, max(0, len(self.plan) - 1)
        targets: dict[str, Any] = {
            "first": 0, "self": page.index, "prev": page.index - 1 if page.index else None,
            "last": last,
        }  # fmt: skip
        links: dict[str, str] = {}
        for relation in paging.relations:
            if relation == "next":
                if isinstance(page.values["next"], str) and page.values["next"]:
                    links["next"] = page.values["next"]
            elif (index := targets[relation]) is not None:
                place_of = paging.write_token(index) if paging.counts == "cursor" else None
                counted = index + paging.first if paging.counts == "page" else index * self.size
                position = counted if place_of is None else place_of
                links[relation] = paging.write_link(ask, self.origin, position)
        text = ", ".join(f'<{target}>; rel="{relation}"' for relation, target in links.items())
        return [("Link", text)] if text else []

    def _write_range(self, page: Page) -> tuple[int, tuple[str, str]]:
        start, total = page.values["start"], page.values["total"]
        unit = f"{self.paging.token} " if self.paging.token else ""
        counted = f"{start}-{start + page.count - 1}" if page.count else "*"
        return 206 if page.count and not page.is_end else 200, (
            "Content-Range",
            f"{unit}{counted}/{total}",
        )
