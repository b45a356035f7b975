"""Random cases, each of one seed."""

from __future__ import annotations

import random
from typing import Any

from urllib3 import Retry

from tests.fuzz.bodies import (
    EXTRA_HEADERS,
    OBJECTS,
    ROW_KINDS,
    WITH_IDS,
    draw_envelope,
    draw_extras,
    draw_rows,
)
from tests.fuzz.cases import Case
from tests.fuzz.contradictions import CONTRADICTIONS
from tests.fuzz.dialect_pagings import draw_dialect
from tests.fuzz.drawn_pagings import draw_paging
from tests.fuzz.failures import FAILURES
from tests.fuzz.faults import Fault
from tests.fuzz.names import HEADER, Voice
from tests.fuzz.replayed import ReplayedServer, draw_recorded, draw_sandbox
from tests.fuzz.servers import Server
from tests.fuzz.troubles import TROUBLES
from tests.fuzz.wrong_pages import WRONG_PAGES

FAULTS = (*CONTRADICTIONS, *WRONG_PAGES, *FAILURES, *TROUBLES)
BOUNDS: dict[str, Any] = {  # of every listing
    "retries": Retry(total=2, backoff_factor=0, allowed_methods=None),
    "timeout": 10, "deadline": 30,
}  # fmt: skip


def draw_case(seed: int, *, origin: str, over_sockets: bool = False) -> Case:
    """Return the case of a seed."""
    rng = random.Random(seed * 2 + over_sockets)
    kind = rng.random()
    if kind < 0.1:
        case = _draw_replayed(rng, seed, origin)
    else:
        case = _draw_made(rng, seed, origin, of_table=kind < 0.25)
    case.over_sockets = over_sockets
    _draw_way(rng, case)
    server = case.server
    if isinstance(server, ReplayedServer):
        case.way.pop("prefetch", None)  # what it answers depends on what was asked before
        server.plan = [(0, len(server.rows))]
        server.faults = _draw_faults(rng, case, TROUBLES)
        return case
    server.make_plan(server.size)
    faults = _draw_faults(rng, case, FAULTS)
    server.faults = faults
    if any(fault.bend.__func__ is not Fault.bend for fault in faults):  # type: ignore[attr-defined]
        server.make_plan(server.size)
    return case


def _draw_replayed(rng: random.Random, seed: int, origin: str) -> Case:
    """Return a case of a server of the sandbox, or of one that was recorded."""
    if rng.random() < 0.3:
        server, params = draw_sandbox(rng, origin)
        first: dict[str, Any] = {"method": "GET", "params": params}
    else:
        server, first = draw_recorded(rng, origin)
    return Case(
        seed=seed, server=server, kind="others", method=first["method"],
        params=first.get("params") or {}, json=first.get("json"), headers=first.get("headers"),
        truth=server.rows, sent_size=server.size,
    )  # fmt: skip


def _draw_made(rng: random.Random, seed: int, origin: str, *, of_table: bool) -> Case:
    """Return a case of a server of our own, perhaps in a dialect of the table."""
    voice, kind = Voice.draw(rng), rng.choice(ROW_KINDS)
    if of_table:
        paging, rows_path = draw_dialect(rng, voice)
        kind = "id" if paging.style == "last id" else kind
    else:
        rows_path = draw_envelope(rng, voice)
        paging = draw_paging(rng, voice, rows_path, kind)
    is_graphql = rows_path.endswith((".nodes", ".edges"))
    most = rng.choice((0, 1, 8, 8, 20, 60))
    count = rng.randint(most // 3, most)
    size = rng.choice((1, 2, 3, 5, 7, 10, 10, 20, 25, 50, 100, rng.randint(1, 50)))
    size = max(size, count // rng.choice((4, 8, 15)))
    if rng.random() < 0.005:
        count, size = rng.randint(60, 1100), rng.choice((50, 100, 250))
    rows = draw_rows(rng, kind, count)
    if rows_path.endswith(".edges"):
        rows, kind = [{"node": row, "cursor": f"c{i}"} for i, row in enumerate(rows)], "edges"
    server = Server(
        rows=rows, size=size, paging=paging, rows_path=rows_path, origin=origin,
        path=rng.choice(("/v1/rows", f"/{voice.noun}", f"/api/{voice.noun}/", "/list.json")),
        is_strict=rng.random() < 0.15,
    )  # fmt: skip
    if not is_graphql and rows_path:
        server.extras = {
            name: value
            for name, value in draw_extras(rng, voice).items()
            if not any(
                each.removeprefix(HEADER).partition(".")[0].partition("[")[0] == name
                for each in (*paging.places.values(), rows_path)
            )
        }
    server.extra_headers = [
        pair for pair in rng.sample(EXTRA_HEADERS, rng.choice((0, 0, 1, 2)))
        if pair[0] != "Link" or paging.style != "header link"
    ]  # fmt: skip
    is_posted = paging.into == "json" or (
        rng.random() < 0.1 and paging.style in ("page", "offset", "cursor", "last id")
        and paging.into == "query" and "[" not in paging.param
    )  # fmt: skip
    case = Case(
        seed=seed, server=server, kind=kind, method="POST" if is_posted else "GET",
        truth=rows, is_detected=rng.random() < (0.3 if of_table else 0.75),
    )  # fmt: skip
    if is_posted:
        paging.into = "json"
    _draw_call(rng, case, is_graphql=is_graphql)
    return case


def _draw_call(rng: random.Random, case: Case, *, is_graphql: bool) -> None:
    """Choose what is sent: filters, a page size, the first position."""
    server, paging = case.server, case.server.paging
    sent: dict[str, Any] = {}
    if is_graphql:
        parent = server.rows_path.split(".")[1]
        variable = paging.param.rpartition(".")[2]
        query = (
            f"query($first: Int, ${variable}: String) {{ "
            f"{parent}(first: $first, after: ${variable})"
            " { nodes { id } pageInfo { endCursor hasNextPage } } }"
        )
        size = min(server.size, 100)
        case.json = {"query": query, "variables": {"first": size}}
        return
    is_alone = getattr(paging.own, "alone", False)  # its token holds the filters
    if rng.random() < 0.3 and not is_alone:
        server.filters = {rng.choice(("status", "q", "link", "account_id")): "open"}
        sent.update(server.filters)
    if paging.size_param and rng.random() < 0.6:
        asked = rng.choice((server.size, server.size, 2 * server.size, 100, 10))
        server.heeds_size = rng.random() < 0.85
        server.largest = rng.choice((10_000, 10_000, 10_000, server.size))
        if server.heeds_size:
            server.size = min(asked, server.largest)
        case.sent_size = sent[paging.size_param] = asked
    if paging.style in ("page", "offset") and rng.random() < 0.5:
        sent[paging.param] = paging.first
        case.sends_position = True
    if case.method == "POST":
        case.json = sent
    else:
        case.params = sent


def _draw_way(rng: random.Random, case: Case) -> None:
    """Choose how it is listed."""
    way: dict[str, Any] = dict(BOUNDS)
    if rng.random() < 0.1:
        way["prefetch"] = rng.randint(1, 8)
    if rng.random() < 0.15 and case.kind in WITH_IDS:
        way["key"] = case.kind if case.kind in ("uuid", "_id") else "id"
    if rng.random() < 0.1 and case.kind in OBJECTS:
        way["model"] = rng.choice((dict, dict[str, Any]))
    if rng.random() < 0.08:
        way["strict"] = True
    if rng.random() < 0.1:
        way["max_items"] = rng.randint(0, len(case.truth) + 2)
    elif rng.random() < 0.2 and case.truth:
        case.stop = rng.randint(0, len(case.truth))
    case.way = way


def _draw_faults(rng: random.Random, case: Case, kinds: tuple[type[Fault], ...]) -> list[Fault]:
    """Return no fault mostly, or one or two."""
    found: list[Fault] = []
    for kind in rng.sample(kinds, rng.choices((0, 1, 2), (45, 45, 10))[0]):
        at = rng.randrange(max(1, len(case.server.plan)))
        fault = kind(at=at, variant=rng.choice(kind.variants))
        if fault.fits(case):
            found.append(fault)
    return sorted(found, key=lambda fault: fault.bends_last)
