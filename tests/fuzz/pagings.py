"""Ways of paginating: what a request says about its page, and what a page says about the next."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from requests_paginate import strategies
from requests_paginate._paths import ABSENT, read_path
from tests.fuzz.names import HEADER
from tests.fuzz.wires import Ask

ENDS: Mapping[str, Any] = {"null": None, "empty": "", "false": False, "absent": ABSENT}
ONWARD = (
    "next",
    "token",
    "more",
    "last",
    "parameters",
)  # what leads to the next page, or tells of it
COUNTED = ("total", "pages")


@dataclass(kw_only=True)
class Paging:
    """One way of paginating.

    Attributes:
        style: page, offset, cursor, link, header link, last id, range or parameters.
        param: What the request calls the position; dots lead into a JSON body.
        into: Where the position stands: query, json or header.
        first: The number of the first page, or the offset of the first row.
        size_param: What the request calls the page size.
        places: Where a page tells what: the path in the body, or a header.
        form: How links are written: absolute, path, query or relative.
        counted: What links hold: page, offset or cursor.
        ending: What stands in place of a link or token at the end; "stays": the last token.
        token: What tokens are: text, number or object.
        key: Where the id is in a row, of the style "last id".
        own: The strategy that reads it; None: made from the rest.
    """

    style: str
    param: str = ""
    into: str = "query"
    first: int = 1
    size_param: str = ""
    places: dict[str, str] = field(default_factory=dict)
    form: str = "absolute"
    counted: str = "cursor"
    ending: str = "null"
    token: str = "text"
    key: str = "id"
    relations: tuple[str, ...] = ("next",)
    own: strategies.Strategy | None = None

    @property
    def counts(self) -> str:
        """What its positions are: page, offset, cursor or key."""
        counted = {"link": self.counted, "header link": self.counted, "last id": "key"}
        fixed = {"range": "offset", "parameters": self.counted}
        return {**counted, **fixed}.get(self.style, self.style)

    def tells_end(self) -> bool:
        """Whether a page says anything about what follows."""
        named = any(role in self.places for role in (*ONWARD, *COUNTED))
        return named or self.style in ("header link", "range")

    # What a request says ------------------------------------------------------------------------

    def read_position(self, ask: Ask) -> Any:
        """Return what a request says about its position; None for nothing."""
        if self.style == "range":
            sent = ask.headers.get("Range") or ""
            return sent.rpartition("=")[2].partition("-")[0] or None
        return self.read(ask, self.param)

    def read(self, ask: Ask, name: str) -> Any:
        """Return a value of a request, wherever this server looks for it; None for nothing."""
        if self.into == "header" and name == self.param:
            return ask.headers.get(name)
        if name in ask.query or ask.json is None:
            return ask.query.get(name)
        value = read_path(ask.json, name)
        return None if value is ABSENT else value

    # What a page says ---------------------------------------------------------------------------

    def write_token(self, index: int) -> Any:
        """Return the token of a page."""
        if self.token == "number":
            return index + 1
        if self.token == "object":
            return {"id": {"S": f"k{index}"}, "range": {"N": str(index)}}
        return base64.b64encode(f"page:{index}".encode()).decode()

    def read_token(self, token: Any) -> int:
        """Return the page of a token; ValueError for none."""
        if self.token == "number":
            return int(token) - 1
        if self.token == "object":
            return int(token["range"]["N"])
        text = base64.b64decode(str(token), validate=True).decode()
        return int(text.removeprefix("page:"))

    def write_link(self, ask: Ask, origin: str, position: Any, drop: tuple[str, ...] = ()) -> str:
        """Return the link to a position, with everything else that was sent."""
        pieces = [piece for piece in ask.text.split("&") if piece]
        gone = {quote(self.param, safe="[]$"), self.param, *drop}
        kept = [piece for piece in pieces if piece.partition("=")[0] not in gone]
        query = "&".join(
            [*kept, f"{quote(self.param, safe='[]$')}={quote(str(position), safe='')}"]
        )
        if self.form == "query":
            return f"?{query}"
        if self.form == "relative":
            return f"{ask.path.rpartition('/')[2]}?{query}"
        return f"{origin if self.form == 'absolute' else ''}{ask.path}?{query}"

    def make_strategy(self, items: str) -> strategies.Strategy:
        """Return the strategy that somebody would write who knows this API."""
        if self.own is not None:
            return self.own
        at = {role: path.removeprefix(HEADER) for role, path in self.places.items()}
        more = at.get("more") or (f"!{at['last']}" if "last" in at else None)
        shared: dict[str, Any] = {"items": items, "total": at.get("total")}
        if self.style == "page":
            return strategies.PageNumber(
                self.param, total_pages=at.get("pages"), number=at.get("number"),
                first=self.first, more=more, **shared,
            )  # fmt: skip
        if self.style == "offset":
            return strategies.Offset(self.param, first=self.first, more=more, **shared)
        if self.style == "link":
            return strategies.NextLink(at["next"], more=more, **shared)
        if self.style == "header link":
            return strategies.LinkHeader(**shared)
        if self.style == "parameters":
            return strategies.NextParameters(at["parameters"], more=more, **shared)
        if self.style == "last id":
            return strategies.LastItem(self.param, key=self.key, more=more, **shared)
        if self.style == "range":
            return strategies.ContentRange(items=items)
        into: Any = self.into
        return strategies.Cursor(self.param, token=at["token"], into=into, more=more, **shared)
