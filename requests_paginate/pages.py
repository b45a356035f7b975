"""The two values that pagination folds over, and reading a body by path.

A `PageRequest` is everything that changes from page to page, and nothing secret: the caller's
headers, auth and cookies stay with the session and the call. A `Page` remembers the request that
made it and the one that follows, so a listing can go on from any page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from requests_paginate.exceptions import MalformedPage
from requests_paginate.redaction import REDACTED, is_secret_name, redacted_url

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = [
    "ABSENT",
    "Absent",
    "Page",
    "PageRequest",
    "TotalAt",
    "as_number",
    "changed",
    "check_path",
    "decoded_object",
    "flag",
    "is_header",
    "read",
    "read_number",
    "said",
    "type_name",
]


AnyValue = TypeVar("AnyValue")


@dataclass(frozen=True, repr=False)
class PageRequest:
    """The request of one page.

    Attributes:
        method: The HTTP method, upper case.
        url: The URL; its query is left as it was written.
        params: Further query parameters, added to the URL's own as requests does.
        json: The JSON body, None for no body.
        headers: Headers that the strategy adds (a cursor or a Range); never the caller's.
    """

    method: str
    url: str
    params: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    json: Any = field(default=None, kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __repr__(self) -> str:
        redacted = self.redacted()
        shown = [repr(self.method), repr(redacted.url)]
        if self.params:
            shown.append(f"params={redacted.params}")
        if self.json is not None:
            shown.append(f"json=<{type_name(self.json)}>")
        if self.headers:
            shown.append(f"headers=<{', '.join(self.headers)}>")
        return f"PageRequest({', '.join(shown)})"

    def redacted(self) -> PageRequest:
        """The same request without what may be secret: it can be shown, and not be sent."""
        params = {n: REDACTED if is_secret_name(str(n)) else v for n, v in self.params.items()}
        return PageRequest(self.method, redacted_url(self.url), params=params)

    def query(self) -> dict[str, Any]:
        """The names and values that the query will hold: the URL's, then `params`."""
        written = self.url.partition("#")[0].partition("?")[2]
        in_url = parse_qsl(written, keep_blank_values=True) if written else ()
        # None deletes a parameter of the session's, as in requests
        return {**dict(in_url), **{n: v for n, v in self.params.items() if v is not None}}

    def with_param(self, name: str, value: Any) -> PageRequest:
        """The same request with one query parameter set, where it already stands if it does.

        A parameter that the caller wrote into the URL is changed there, and every other byte of
        the URL stays as it was.
        """
        url, hash_sign, fragment = self.url.partition("#")
        base, question, query = url.partition("?")
        pieces = query.split("&")
        names = [unquote_plus(piece.partition("=")[0]) for piece in pieces]
        places = [place for place, known in enumerate(names) if known == name]
        if name in self.params or not question or not places:
            return changed(self, params={**self.params, name: value})
        pieces[places[0]] = f"{pieces[places[0]].partition('=')[0]}={quote_plus(str(value))}"
        kept = [piece for i, piece in enumerate(pieces) if i not in places[1:]]
        return changed(self, url=f"{base}?{'&'.join(kept)}{hash_sign}{fragment}")

    def with_json(self, path: str, value: Any) -> PageRequest:
        """The same request with one field of its JSON body set; dots lead into nested objects.

        Raises:
            MalformedPage: There is no such place, or the value is nothing that JSON can say.
        """
        if path.count(".") > _MOST_DOTS:
            raise MalformedPage(f"the path {path[:20]!r}... is too long")
        return changed(self, json=_with_field(self.json, path.split("."), _as_json(value)))

    def follow(self, url: str) -> PageRequest:
        """The same method, body and headers sent to a link, which carries its own query."""
        return changed(self, url=url, params={})


def changed(value: AnyValue, **fields: Any) -> AnyValue:
    """A copy of a frozen dataclass's instance with some fields changed.

    `dataclasses.replace` goes through the constructor and takes three times as long; every page is
    changed twice on its way, and its request once.
    """
    other = object.__new__(type(value))
    vars(other).update(vars(value), **fields)
    return other


def _as_json(value: Any) -> Any:
    """A value of a response as it can be sent back; a decoder may have made it a Decimal."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(inner) for inner in value]
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise MalformedPage(f"{type_name(value)} cannot be sent back as JSON")


def _with_field(node: Any, names: Sequence[str], value: Any) -> Any:
    if not names:
        return value
    if node is not None and not isinstance(node, Mapping):
        raise MalformedPage(f"the request's JSON body has {type_name(node)} above {names[0]!r}")
    if node and ".".join(names) in node:
        return {**node, ".".join(names): value}
    inner = (node or {}).get(names[0])
    return {**(node or {}), names[0]: _with_field(inner, names[1:], value)}


@dataclass(frozen=True, kw_only=True, repr=False)
class Page:
    """One page of a listing. `len(page)` and iteration are over its items.

    Attributes:
        items: The rows, in the server's order.
        request: The `PageRequest` that made this page.
        first_request: The listing's first request, None for this one.
        next: The `PageRequest` of the following page; None at the end.
        total: Rows in the whole listing, where the API tells.
        index: The page's place in the listing, from 0.
        start: Rows of the listing before this page; None where it began in the middle.
        headers: The response's headers.
        status: The response's HTTP status.
        body: The decoded body.
        url: The URL that answered, after redirects; relative links start from it.
        elapsed: The time until the response's headers were read.
    """

    request: PageRequest
    first_request: PageRequest | None = None
    items: Sequence[Any] = ()
    next: PageRequest | None = None
    total: int | None = None
    index: int = 0
    start: int | None = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    body: Any = None
    url: str = ""
    elapsed: timedelta | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __bool__(self) -> bool:
        # An empty page is still a page; len() alone would make `if page:` mean "has rows".
        return True

    def __repr__(self) -> str:
        return f"<Page {self.index}: {len(self.items)} items, {redacted_url(self.url)}>"

    def header(self, name: str) -> str | None:
        """A response header, its name in any case; None where there is none."""
        if (value := self.headers.get(name)) is not None or hasattr(self.headers, "lower_items"):
            return value  # requests' own mapping takes any case
        lowered = name.lower()
        return next((v for n, v in self.headers.items() if n.lower() == lowered), None)


class Absent:
    """The type of `ABSENT`: nothing at a path, which is not the same as null."""

    def __repr__(self) -> str:
        return "absent"

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT = Absent()

_MOST_DOTS = 64
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.1
_HEADER_VALUE = re.compile(r"[ -~]*")
# What says who asks, of whom, and how much.
_RESERVED_HEADERS = frozenset(
    "authorization connection content-length cookie host te transfer-encoding upgrade".split()
)
# PayPal and FHIR list their links as objects that name their relation
_CHOSEN = re.compile(r"(?P<list>[^\[]+)\[(?P<name>[^=\]]+)=(?P<value>.*?)\](?:\.(?P<rest>.+))?")

_JSON_NAMES: dict[type, str] = {
    type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "a string",
    list: "a list", dict: "an object", Absent: "nothing",
}  # fmt: skip


def type_name(value: Any) -> str:
    """What a value is in JSON's words, for messages: never the value itself."""
    return _JSON_NAMES.get(type(value), type(value).__name__)


def read(body: Any, path: str) -> Any:
    """The value at a path of a body, or `ABSENT`.

    Dots lead into objects and, by number, lists; `links[rel=next].href` into the first object of
    a list with that value. A name that itself contains dots (`@odata.nextLink`) is found first.
    The empty path is the body.

    Args:
        body: A decoded body.
        path: Names joined by dots, for example `"meta.pagination.total"`.
    """
    if not path or path.count(".") > _MOST_DOTS:  # which would take quadratic time
        return body if not path else ABSENT
    if isinstance(body, Mapping):
        if path in body:
            return body[path]
        pieces = path.split(".")
        for count in range(len(pieces) - 1, 0, -1):
            head = ".".join(pieces[:count])
            if head in body:
                value = read(body[head], ".".join(pieces[count:]))
                if value is not ABSENT:
                    return value
        if "[" in path and (chosen := _CHOSEN.fullmatch(path)) is not None:
            return _read_chosen(read(body, chosen["list"]), chosen)
    elif isinstance(body, list):
        head, _, rest = path.partition(".")
        if head.isdecimal() and len(head) <= 18 and int(head) < len(body):
            return read(body[int(head)], rest)
    return ABSENT


def _read_chosen(values: Any, chosen: re.Match[str]) -> Any:
    found = ABSENT
    for value in values if isinstance(values, list) else ():
        named = value.get(chosen["name"]) if isinstance(value, Mapping) else None
        if isinstance(named, str) and named.lower() == chosen["value"].lower():
            found = read(value, chosen["rest"] or "")
            if found not in (ABSENT, None, ""):
                break  # of several with a relation, one that leads somewhere
    return found


def as_number(value: Any, path: str) -> int | None:
    """A value as a count: a whole number from 0, or such a number as a string.

    Returns:
        The number, or None for null or nothing.

    Raises:
        MalformedPage: It is anything else.
    """
    if value is None or value is ABSENT:
        return None
    # Several APIs write counts as strings (ActiveCampaign); 18 digits is past any real count and
    # short of the length at which int() itself refuses.
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise MalformedPage(f"expected a whole number from 0 at {path!r}, got {_described(value)}")


def _described(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a negative number" if value < 0 else "a number that is not whole"
    return type_name(value)


@dataclass(frozen=True, repr=False)
class TotalAt:
    """Reads how many rows the whole listing has: what the `total` of a strategy is.

    Attributes:
        path: A path in the body, else a response header's name (of Content-Range, what stands
            after its slash); None: the API does not tell.
    """

    path: str | None = None

    def __post_init__(self) -> None:
        check_path("total", self.path)

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> int | None:
        """The number of rows, None where the page does not tell.

        Raises:
            MalformedPage: It is no whole number.
        """
        if self.path is None:
            return None
        told = said(page, self.path)
        if self.path.lower() == "content-range" and isinstance(told, str):
            # RFC 9110 section 14.4: `items 0-24/66`, and `*` for an unknown length
            told = told.rpartition("/")[2].strip()
            told = None if told == "*" else told
        return as_number(told, self.path)


def read_number(page: Page, path: str) -> int | None:
    """The count that the response says at a path; see `said` and `as_number`.

    Raises:
        MalformedPage: Anything but a count, null or nothing stands there.
    """
    return as_number(said(page, path), path)


def said(page: Page, path: str) -> Any:
    """What the response says at a path of its body, else in the header of that name, or ABSENT.

    A header may hold an object in JSON: `X-Pagination.TotalPages` leads into it.

    Raises:
        MalformedPage: The path leads through a text, a number or a flag: that is no absence.
    """
    value = read(page.body, path)
    if value is not ABSENT:
        return value
    _refuse_obstacle(page.body, path)
    header = page.header(path)
    if header is not None:
        return header
    name, _, inner = path.partition(".")
    return read(decoded_object(page.header(name)), inner) if inner else ABSENT


def _refuse_obstacle(body: Any, path: str) -> None:
    """Raises where something else than an object stands on the way of a path."""
    chosen = _CHOSEN.fullmatch(path)
    above = chosen["list"] if chosen is not None else path.rpartition(".")[0]
    while above and (value := read(body, above)) is ABSENT:
        above = above.rpartition(".")[0]
    # PHP writes an empty object as [] or false
    if not above or not value or isinstance(value, Mapping):
        return
    into_list = chosen is not None or path[len(above) + 1 :].partition(".")[0].isdecimal()
    if isinstance(value, list) and into_list:
        return
    raise MalformedPage(f"expected an object at {above!r} (for {path!r}), got {type_name(value)}")


def is_header(name: str, value: str) -> bool:
    """Whether a strategy may send a header: one that can be sent, and is no affair of others."""
    is_own = name.lower() in _RESERVED_HEADERS or name.lower().startswith("proxy-")
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)) and not is_own


def decoded_object(text: str | None) -> Mapping[str, Any] | None:
    """The object that a header holds in JSON, None where it holds none."""
    try:
        value = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def flag(page: Page, path: str | None) -> bool | None:
    """Whether more rows follow, as a flag says: None where it says nothing.

    Args:
        page: The page.
        path: A path in the body, else a header's name; with a leading `!` the flag means "this was
            the last".

    Raises:
        MalformedPage: Something else than a boolean stands there.
    """
    if path is None:
        return None
    value = said(page, path.lstrip("!"))
    if value is None or value is ABSENT:
        return None
    if isinstance(value, str) and value.lower() in ("true", "false"):
        value = value.lower() == "true"
    if not isinstance(value, bool):
        raise MalformedPage(f"expected true or false at {path!r}, got {type_name(value)}")
    return value is not path.startswith("!")


def check_path(name: str, path: object) -> None:
    """Refuses what can be no path: anything but None and a string that is not empty.

    Raises:
        TypeError: It is no path.
    """
    if path is not None and (not isinstance(path, str) or not path):
        raise TypeError(f"{name}: expected a path such as 'meta.{name}', got {path!r}")
