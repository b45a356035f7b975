"""Random ways of paginating."""

from __future__ import annotations

import random

from tests.fuzz import names
from tests.fuzz.names import HEADER, Voice
from tests.fuzz.pagings import Paging


def draw_paging(rng: random.Random, voice: Voice, rows: str, kind: str) -> Paging:
    """Return a random way of paginating for rows of a kind at a path."""
    styles = ["page", "offset", "link", "cursor", "header link", "range", "parameters"]
    style = rng.choices(styles, (20, 15, 22, 24, 9, 3, 3))[0]
    if rows.endswith((".nodes", ".edges")):
        style = "graphql"
    elif kind in ("id", "text id") and rng.random() < 0.07:
        style = "last id"
    elif rows == "" and style in ("link", "parameters"):
        style = rng.choice(("header link", "page", "cursor"))
    return _DRAWS[style](rng, voice, rows)


class _Places:
    """Chooses where a page tells what: in one container, beside the rows, or in headers."""

    def __init__(self, rng: random.Random, voice: Voice, rows: str) -> None:
        self.rng, self.voice, self.rows, self.is_bare = rng, voice, rows, rows == ""
        beside = rows.rpartition(".")[0]
        container = rng.choice(("", "", beside, voice.spell(rng.choice(names.CONTAINERS))))
        self.container = f"{container}." if container else ""
        self.found: dict[str, str] = {}

    def add(self, role: str, words: tuple[str, ...], chance: float = 1.0) -> None:
        if self.rng.random() >= chance:
            return
        if self.is_bare or (role in names.HEADERS and self.rng.random() < 0.04):
            if role in names.HEADERS:
                self.found[role] = f"{HEADER}{self.rng.choice(names.HEADERS[role])}"
            return
        if (
            role == "total" and self.voice.noun not in self.rows
        ):  # who would know what `total_books` counts?
            words = tuple(each for each in words if "{" not in each)
        if role == "total" and self.container.rstrip(".") != self.rows.rpartition(".")[0]:
            words = tuple(each for each in words if each != "count")  # of something else there
        path = self.container + self.voice.pick(self.rng, words)
        taken = self.found.values()
        if not any(path == each or each.startswith(f"{path}.") for each in taken):
            self.found[role] = path


def _draw_counted(rng: random.Random, places: _Places, total: float, flag: float) -> None:
    places.add("total", names.TOTALS, total)
    if rng.random() < flag:
        role = rng.choice(("more", "more", "more", "last"))
        places.add(role, names.FLAGS if role == "more" else names.LAST_FLAGS)


def _draw_sizes(rng: random.Random, places: _Places, paging: Paging) -> Paging:
    paging.size_param = places.voice.pick(rng, names.SIZE_PARAMS)
    if paging.param.endswith("]"):  # page[number] and page[size]
        paging.size_param = f"{paging.param.partition('[')[0]}[{rng.choice(('size', 'limit'))}]"
    places.add("size", ("per page", "page size", "limit", "items per page"), 0.3)
    places.add("count", ("count", "num results", "returned", "item count", "page rows"), 0.1)
    paging.places = places.found
    return paging


def _draw_page(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    param = voice.pick(rng, names.PAGE_PARAMS)
    if rng.random() < 0.06:
        param = rng.choice(("page[number]", "pagination[page]"))
    first = rng.choices((1, 0), (4, 1))[0]
    places.add("pages", names.PAGES, 0.5)
    places.add("number", names.NUMBERS, 0.6)
    _draw_counted(rng, places, 0.5, 0.3)
    return _draw_sizes(rng, places, Paging(style="page", param=param, first=first))


def _draw_offset(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    words = rng.choice(names.OFFSET_PARAMS)
    first = 1 if words.startswith("start ") and rng.random() < 0.4 else 0
    places.add("start", (words, *names.STARTS), 0.5)
    _draw_counted(rng, places, 0.8, 0.2)
    return _draw_sizes(rng, places, Paging(style="offset", param=voice.spell(words), first=first))


def _draw_link(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    shape = rng.random()
    if shape < 0.05:
        places.found["next"] = rng.choice(("@odata.nextLink", "odata.nextLink"))
    elif shape < 0.1:
        name, relation = rng.choice((("links", "rel"), ("link", "relation"), ("_links", "rel")))
        if places.container.partition(".")[0] == name:
            places.container = ""  # one name cannot hold a list and an object
        places.found["next"] = f"{name}[{relation}=next].{rng.choice(('href', 'url'))}"
    elif shape < 0.3:
        container = voice.spell(rng.choice(("links", "_links", "paging", "pagination.links")))
        href = ".href" if container.startswith("_") else ""
        places.found["next"] = f"{container}.{voice.spell('next')}{href}"
    else:
        places.add("next", names.LINKS)
    _draw_counted(rng, places, 0.4, 0.15)
    return _draw_sizes(rng, places, _draw_link_form(rng, voice, Paging(style="link")))


def _draw_link_form(rng: random.Random, voice: Voice, paging: Paging) -> Paging:
    paging.counted = rng.choice(("page", "offset", "cursor"))
    words = {
        "page": names.PAGE_PARAMS,
        "offset": names.OFFSET_PARAMS,
        "cursor": ("cursor", "after"),
    }
    paging.param = voice.pick(rng, words[paging.counted])
    paging.first = 0 if paging.counted == "offset" else 1
    paging.form = rng.choice(("absolute", "absolute", "path", "query", "relative"))
    paging.ending = rng.choice(("null", "null", "absent", "empty", "false"))
    return paging


def _draw_header_link(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    places.add("total", names.TOTALS, 0.4)
    paging = _draw_link_form(rng, voice, Paging(style="header link"))
    more = ("first", "prev", "last", "self") if paging.counted == "page" else ("first", "self")
    paging.relations = ("next", *rng.sample(more, rng.randint(0, len(more))))
    paging.form = rng.choice(("absolute", "absolute", "path", "query"))
    return _draw_sizes(rng, places, paging)


def _draw_cursor(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    is_keyed = rng.random() < 0.08 and not places.is_bare
    answered, asked = rng.choice(names.LAST_KEYS if is_keyed else names.TOKENS)
    paging = Paging(
        style="cursor", param=voice.spell(asked), into=rng.choice(("query",) * 3 + ("json",))
    )
    places.add("token", (answered,))
    _draw_counted(rng, places, 0.25, 0.4)
    paging.token = (
        "number" if (answered, asked) == ("next page", "page") or rng.random() < 0.1 else "text"
    )
    if is_keyed and answered.endswith("key"):
        paging.token, paging.into = "object", "json"
    paging.ending = rng.choice(("null", "null", "absent", "empty", "false"))
    if paging.places is not None and places.found.keys() & {"more", "last"} and rng.random() < 0.3:
        paging.ending = "stays"
    if places.found.get("token", HEADER).startswith(HEADER):
        paging.token = "text"
        paging.ending = "stays" if paging.ending == "stays" else "absent"
    return _draw_sizes(rng, places, paging)


def _draw_last_id(rng: random.Random, voice: Voice, rows: str) -> Paging:
    places = _Places(rng, voice, rows)
    param = voice.spell(rng.choice(("starting after", "after", "after id", "since id")))
    places.add("more", names.FLAGS, 0.8)
    return _draw_sizes(rng, places, Paging(style="last id", param=param))


def _draw_range(rng: random.Random, voice: Voice, rows: str) -> Paging:
    return Paging(
        style="range", param="Range", into="header", first=0, token=rng.choice(("items", ""))
    )


def _draw_parameters(rng: random.Random, voice: Voice, rows: str) -> Paging:
    paging = _draw_link_form(rng, voice, Paging(style="parameters"))
    if paging.counted == "cursor":
        paging.param = "continue"
    places = _Places(rng, voice, rows)
    places.add("parameters", ("next", "next page") if paging.counted != "cursor" else ("continue",))
    places.add("total", names.TOTALS, 0.3)
    return _draw_sizes(rng, places, paging)


def _draw_graphql(rng: random.Random, voice: Voice, rows: str) -> Paging:
    parent = rows.rpartition(".")[0]
    variable = rng.choice(("after", "cursor", "endCursor"))
    found = {"token": f"{parent}.pageInfo.endCursor", "more": f"{parent}.pageInfo.hasNextPage"}
    if rng.random() < 0.4:
        found["total"] = f"{parent}.totalCount"
    return Paging(
        style="cursor", param=f"variables.{variable}", into="json", size_param="variables.first",
        places=found, ending=rng.choice(("stays", "null")),
    )  # fmt: skip


_DRAWS = {
    "page": _draw_page, "offset": _draw_offset, "link": _draw_link, "cursor": _draw_cursor,
    "header link": _draw_header_link, "last id": _draw_last_id, "range": _draw_range,
    "parameters": _draw_parameters, "graphql": _draw_graphql,
}  # fmt: skip
