"""What stands in a response: the rows, where they are, and what has nothing to do with pages."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.fuzz.names import Voice

ROW_KINDS = (
    "id", "id", "id", "text id", "uuid", "_id", "no id", "no id", "equal", "texts", "numbers",
    "lists",
)  # fmt: skip
WITH_IDS = {"id", "text id", "uuid", "_id"}
OBJECTS = WITH_IDS | {"no id", "equal"}


def draw_rows(rng: random.Random, kind: str, count: int) -> list[Any]:
    """Return so many rows of a kind."""
    base, has_nested = rng.choice((0, 1, 17, 1_000)), rng.random() < 0.3
    make: dict[str, Callable[[int], Any]] = {
        "id": lambda i: {"id": base + i, "name": f"n{i % 7}"},
        "text id": lambda i: {"id": f"r{base + i}", "status": "open", "amount": i % 5},
        "uuid": lambda i: {"uuid": f"{i:08x}-0000-4000-8000-{base:012x}", "total": i % 3},
        "_id": lambda i: {"_id": f"{base + i:024x}", "next": None},
        "no id": lambda i: {"date": f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}", "amount": f"{i}.00"},
        "equal": lambda _: {"date": "2024-05-01", "amount": "5.00"},
        "texts": lambda i: f"name {base + i}",
        "numbers": lambda i: base + 3 * i,
        "lists": lambda i: [f"2024-01-{i % 28 + 1:02}", base + i, None],
    }
    rows = [make[kind](index) for index in range(count)]
    if has_nested and kind in OBJECTS:
        rows = [{**row, "tags": ["a", "b"], "owner": {"id": 3, "groups": []}} for row in rows]
    return rows


def draw_envelope(rng: random.Random, voice: Voice) -> str:
    """Return the path of the rows; the empty path for a bare list."""
    name = rng.choice(
        ("items", "data", "results", "records", "value", "rows", "{nouns}", "{nouns}")
    )
    wrapper = rng.choice(("data", "result", "response", "_embedded", "payload", "message", "d"))
    if rng.random() < 0.04:  # a GraphQL connection
        return f"data.{voice.noun}.{rng.choice(('nodes', 'nodes', 'edges'))}"
    names = ["", voice.spell(name), f"{voice.spell(wrapper)}.{voice.spell(name)}"]
    return rng.choices(names, (2, 8, 3))[0]


# Each is true of an honest server, whatever it pages: names and values of no other page.
EXTRAS: tuple[tuple[str, Any], ...] = (
    ("request id", "6f1c"), ("took", 12), ("timed out", False), ("version", "1.4"),
    ("status", "ok"), ("success", True), ("ok", True), ("code", 200), ("message", "OK"),
    ("errors", []), ("warnings", []), ("error message", ""), ("deprecated", False), ("debug", None),
    ("usage", {"total": 7, "limit": 10_000}), ("error", None), ("lang", "pt"),
    ("_shards", {"total": 5, "successful": 5, "failed": 0}),
    ("rate limit", {"limit": 5000, "remaining": 4999, "total": 5000}), ("cost", {"total": 3}),
    ("account", {"id": "a1", "total": 3}), ("self", "https://api.test/v1/rows"), ("etag", "W/1"),
    ("docs", "https://docs.test/paging"), ("included", []), ("facets", []), ("sort", "name"),
    ("generated at", "2024-05-01T00:00:00Z"), ("query", {"q": "x"}), ("filters", {}),
    ("currency", "BRL"), ("balance", {"available": 120}), ("object", "list"), ("kind", "rowList"),
    ("next sync token", "s1"), ("next billing date", "2024-06-01"), ("previous", None),
    ("prev", None), ("schema", {"type": "array"}), ("incomplete results", False),
    ("partial", False), ("maintenance", False), ("elapsed", 0.31), ("columns", ["a", "b"]),
    ("id", "list-7"), ("token type", "bearer"), ("time total", 81), ("result", "success"),
)  # fmt: skip
EXTRA_HEADERS = (
    ("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "4999"), ("X-Request-Id", "6f1c"),
    ("ETag", 'W/"1"'), ("Cache-Control", "no-store"), ("Vary", "Accept"), ("Server", "nginx"),
    ("X-Response-Time", "12"), ("X-Total-Time", "81"), ("Link", '</docs>; rel="help"'),
)  # fmt: skip


def draw_extras(rng: random.Random, voice: Voice) -> dict[str, Any]:
    """Return what else stands at the root of a body: name and value."""
    count = rng.choice((0, 0, 1, 1, 2, 3, 5))
    return {voice.spell(name): value for name, value in rng.sample(EXTRAS, count)}


def place(body: Any, path: str, value: Any) -> None:
    """Put a value into a body at a path; `links[rel=next].href` makes a list of links."""
    head, dot, rest = path.partition(".")
    if path.startswith(("@odata.", "odata.")):
        head, dot, rest = path, "", ""
    if "[" in head:
        name, _, chosen = head.rstrip("]").partition("[")
        relation, _, wanted = chosen.partition("=")
        links = body.setdefault(name, [{relation: "self", rest or "href": "https://api.test/v1"}])
        found = next((each for each in links if each.get(relation) == wanted), None)
        if found is None:
            found = {relation: wanted}
            links.append(found)
        place(found, rest, value)
    elif not dot:
        body[head] = value
    else:
        inner = body.get(head)
        if not isinstance(inner, dict):
            inner = body[head] = {}
        place(inner, rest, value)
