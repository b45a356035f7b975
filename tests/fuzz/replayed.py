"""Servers that are not made here: recorded ones, written otherwise, and those of the sandbox."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import requests

from requests_paginate import sandbox
from requests_paginate._paths import read_path
from tests import replay
from tests.fuzz.pagings import Paging
from tests.fuzz.servers import MOST_REQUESTS, Page, Server
from tests.fuzz.wires import Answer, Ask

_FOLDER = Path(__file__).parents[1]
_FILES = ("dialects.json", "more_dialects.json")
RECORDED: list[dict[str, Any]] = [
    dialect
    for name in _FILES
    for dialect in json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    if dialect["first_response"]["status"] == 200
]
SANDBOX: tuple[tuple[type[Any], str], ...] = (
    (sandbox.PageNumberPages, "page_size"), (sandbox.LimitOffsetPages, "limit"),
    (sandbox.CursorLinkPages, "page_size"), (sandbox.LinkHeaderPages, "per_page"),
    (sandbox.TotalPagesEnvelope, "per_page"), (sandbox.OffsetEnvelope, "limit"),
    (sandbox.BodyCursor, "limit"), (sandbox.LastIdList, "limit"),
)  # fmt: skip
_IDENTIFIER = re.compile(r"[a-z]+(?:_[a-z]+|[A-Z][a-z]+)+")


@dataclass(kw_only=True)
class ReplayedServer(Server):
    """Answers by another server's answers; the faults of the transfer are its own."""

    reply: Callable[[Ask], Answer] = field(default=lambda ask: Answer())

    def _answer(self, ask: Ask) -> Answer:
        self.asked += 1
        if self.asked > MOST_REQUESTS:
            self.ran_away = True
            return Answer(status=418)
        index = self.asked - 1
        for fault in self.faults:
            if (answer := fault.forestall(self, ask, index)) is not None:
                return answer
        answer = self.reply(ask)
        page = Page(ask=ask, index=index, rows=[], values={}, is_end=False, extras={})
        for fault in self.faults:
            fault.spoil(self, answer, page)
        return answer


def draw_sandbox(rng: random.Random, origin: str) -> tuple[ReplayedServer, dict[str, Any]]:
    """Return a server of the sandbox, and the parameters of the first request."""
    kind, size_param = rng.choice(SANDBOX)
    size = rng.choice((1, 2, 3, 5, 7, 10, 20, 50))
    dialect = kind(total=rng.randint(0, min(60, 12 * size)), page_size=size)

    def reply(ask: Ask) -> Answer:
        request = sandbox.Request(path=ask.path, query=ask.text, origin=origin)
        told = dialect.respond(request)
        return Answer(status=told.status, headers=list(told.headers), content=told.body)

    paging = Paging(style=f"sandbox {kind.__name__}", places={"next": ""}, ending="absent")
    server = ReplayedServer(
        rows=list(dialect.rows()), size=size, paging=paging, rows_path="", path="/items",
        origin=origin, reply=reply,
    )  # fmt: skip
    return server, {size_param: size} if rng.random() < 0.5 else {}


def draw_recorded(rng: random.Random, origin: str) -> tuple[ReplayedServer, dict[str, Any]]:
    """Return a recorded server whose names are spelled otherwise, and its first request."""
    dialect = RECORDED[rng.randrange(len(RECORDED))]
    while not _is_detected(dialect["name"]):
        dialect = RECORDED[rng.randrange(len(RECORDED))]
    rename = rng.choice((str, _to_camel, _to_snake))
    if "query" in (dialect["first_request"].get("json") or {}):
        rename = str  # GraphQL's names are the caller's
    dialect = _rewrite(dialect, rename, origin)
    recorded = replay.Server(dialect)

    def reply(ask: Ask) -> Answer:
        url = f"{origin}{ask.path}" + f"?{ask.text}" * bool(ask.text)
        body = None if ask.json is None else json.dumps(ask.json)
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.body = ask.method, url, body
        prepared.headers = requests.structures.CaseInsensitiveDict(ask.headers)
        status, headers, text = recorded.answer(prepared)
        told = {"Content-Type": "application/json", **headers}
        return Answer(status=status, headers=list(told.items()), content=text.encode())

    first = dialect["first_request"]
    paging = Paging(style=f"recorded {dialect['name']}", places={"next": ""}, ending="absent")
    server = ReplayedServer(
        rows=recorded.rows, size=2, paging=paging, rows_path=dialect["items_path"],
        path=first["url"].removeprefix(origin), origin=origin, reply=reply,
    )  # fmt: skip
    if read_path(dialect["first_response"]["body"], server.rows_path) is None:
        server.rows_path = ""
    return server, first


@lru_cache(maxsize=1000)
def _is_detected(name: str) -> bool:
    """Return whether a recorded dialect is listed without a doubt as it was recorded."""
    dialect = next(each for each in RECORDED if each["name"] == name)
    outcome = replay.listed(dialect)
    return outcome.verdict == "right" and not outcome.text


def _rewrite(dialect: dict[str, Any], rename: Callable[[str], str], origin: str) -> dict[str, Any]:
    """Return a recorded dialect with other names, at another origin."""
    here = re.match(r"https?://[^/]+", dialect["first_request"]["url"])
    text = json.dumps(dialect)
    if here is not None:
        for scheme in ("https://", "http://"):
            text = text.replace(f"{scheme}{here[0].partition('://')[2]}", origin)
    other: dict[str, Any] = json.loads(text)
    for name in ("first_response", "last_response"):
        other[name]["body"] = _rename(other[name]["body"], rename)
    expected = other["expected_next"] or {}
    # the server's own links hold the old names of its parameters
    for request in () if "url" in expected else (other["first_request"], expected):
        for name in ("params", "json", "body"):
            if request.get(name):
                request[name] = _rename(request[name], rename)
    path = other["items_path"].split(".")
    other["items_path"] = ".".join(_rename_one(name, rename) for name in path)
    return other


def _rename(node: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(node, dict):
        return {_rename_one(name, rename): _rename(value, rename) for name, value in node.items()}
    return [_rename(value, rename) for value in node] if isinstance(node, list) else node


def _rename_one(name: str, rename: Callable[[str], str]) -> str:
    return rename(name) if _IDENTIFIER.fullmatch(name) else name


def _to_camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _to_snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", name)
