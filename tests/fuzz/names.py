"""Names as APIs write them: one voice for each server, and the words that pagination has."""

from __future__ import annotations

import random
from dataclasses import dataclass

CASES = ("snake", "snake", "camel", "camel", "pascal", "kebab", "flat")
NOUNS = ("accounts", "users", "transactions", "orders", "payments", "books", "entries", "events")

TOTALS = (
    "total", "total", "total count", "total items", "total results", "total records", "total size",
    "total elements", "total rows", "num found", "total hits", "count", "total {nouns}",
)  # fmt: skip
PAGES = ("total pages", "page count", "pages", "last page", "num pages", "total page count")
NUMBERS = ("page", "current page", "page number", "page index", "page no")
STARTS = ("offset", "skip", "start", "start index", "start at", "from")
FLAGS = (
    "has more", "has next", "has next page", "more", "is truncated", "more available",
    "has more items", "has more {nouns}", "more results", "next page exists",
)  # fmt: skip
LAST_FLAGS = ("is last", "last", "is last page", "end of list", "no more", "done", "finished")
LINKS = (
    "next", "next", "next url", "next link", "next page", "next page url", "next href", "next uri",
    "next page link", "after url", "more url", "older url",
)  # fmt: skip
CONTAINERS = (
    "meta", "meta", "pagination", "paging", "page info", "page", "metadata", "links",
    "response metadata", "result info", "cursors", "meta.pagination", "pager",
)  # fmt: skip
PAGE_PARAMS = ("page", "page", "page", "page number", "page no", "p", "page index", "current page")
OFFSET_PARAMS = ("offset", "offset", "skip", "start", "start index", "start at", "from")
SIZE_PARAMS = ("limit", "limit", "page size", "per page", "size", "max results", "top", "take")
# The token in the response, and what the request calls it.
TOKENS = (
    ("next cursor", "cursor"), ("next page token", "page token"), ("next token", "next token"),
    ("continuation token", "continuation token"), ("after", "after"), ("end cursor", "after"),
    ("next", "cursor"), ("cursor", "cursor"), ("next marker", "marker"), ("bookmark", "bookmark"),
    ("scroll id", "scroll id"), ("next page key", "next page key"), ("next cursor", "next cursor"),
    ("next id", "from id"), ("pagination token", "pagination token"), ("next page", "page"),
    ("resumption token", "resumption token"), ("next {noun} token", "{noun} token"),
    ("next page cursor", "cursor"), ("next starting after", "starting after"),
)  # fmt: skip
LAST_KEYS = (
    ("last evaluated key", "exclusive start key"),
    ("last evaluated {noun} id", "exclusive start {noun} id"),
    ("last evaluated {noun} name", "exclusive start {noun} name"),
)
HEADER = "header:"  # before the name of one, in the place of a path
HEADERS = {
    "total": ("X-Total-Count", "X-Total", "X-WP-Total", "X-Pagination-Total-Count", "Total"),
    "pages": ("X-Total-Pages", "X-WP-TotalPages", "X-Pagination-Page-Count", "X-Page-Count"),
    "number": ("X-Page", "X-Current-Page", "X-Pagination-Current-Page"),
    "size": ("X-Per-Page", "X-Page-Size", "X-Pagination-Per-Page"),
    "token": ("X-Next-Cursor", "X-Next-Token", "X-Next-Page-Token", "X-Continuation-Token"),
    "more": ("X-Has-More", "X-Has-Next-Page"),
}


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How one API spells its names, and what its rows are called."""

    case: str
    noun: str  # plural
    prefix: str = ""  # of pagination's names

    @classmethod
    def draw(cls, rng: random.Random) -> Voice:
        """Return a random voice."""
        prefix = rng.choice(("_", "$")) if rng.random() < 0.03 else ""
        return cls(case=rng.choice(CASES), noun=rng.choice(NOUNS), prefix=prefix)

    def spell(self, words: str) -> str:
        """Return words as one name; what stands before a dot is a name of its own."""
        singular = self.noun.removesuffix("s").replace("entrie", "entry")
        filled = words.replace("{nouns}", self.noun).replace("{noun}", singular)
        return ".".join(self._join(part.split()) for part in filled.split("."))

    def pick(self, rng: random.Random, words: tuple[str, ...]) -> str:
        """Return one of several names; rarely with the API's prefix."""
        name = self.spell(rng.choice(words))
        return self.prefix + name if self.prefix and "." not in name else name

    def _join(self, words: list[str]) -> str:
        if self.case == "camel":
            return words[0] + "".join(word.capitalize() for word in words[1:])
        if self.case == "pascal":
            return "".join(word.capitalize() for word in words)
        return {"snake": "_", "kebab": "-", "flat": ""}[self.case].join(words)
