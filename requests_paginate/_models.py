"""The two values that pagination folds over.

A `PageRequest` is everything that changes from page to page, and nothing secret: the caller's
headers, auth and cookies stay with the session and the call. A `Page` remembers the request that
made it and the one that follows, so a listing can go on from any page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from requests_paginate._paths import (
    ABSENT,
    MOST_DOTS,
    as_number,
    decoded_object,
    read,
    refuse_obstacle,
    type_name,
)
from requests_paginate._redaction import REDACTED, is_secret_name, redact_url
from requests_paginate.exceptions import MalformedPage

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = [
    "Page",
    "PageRequest",
    "changed",
    "is_header",
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
        return PageRequest(self.method, redact_url(self.url), params=params)

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
        if path.count(".") > MOST_DOTS:
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
        return f"<Page {self.index}: {len(self.items)} items, {redact_url(self.url)}>"

    def header(self, name: str) -> str | None:
        """A response header, its name in any case; None where there is none."""
        if (value := self.headers.get(name)) is not None or hasattr(self.headers, "lower_items"):
            return value  # requests' own mapping takes any case
        lowered = name.lower()
        return next((v for n, v in self.headers.items() if n.lower() == lowered), None)

    def lookup(self, path: str, default: Any = ABSENT) -> Any:
        """Return what the response says at a path: in its body, else in a header of that name.

        A header may hold an object in JSON: `X-Pagination.TotalPages` leads into it.

        Args:
            path: A path in the body such as `"meta.next"`, or the name of a header.
            default: What to return where nothing stands at the path; null is None.

        Raises:
            MalformedPage: A text, a number or a flag stands where the path expects an object.
        """
        value = read(self.body, path)
        if value is not ABSENT:
            return value
        refuse_obstacle(self.body, path)
        value = self.header(path)
        if value is not None:
            return value
        name, _, inner = path.partition(".")
        if inner:
            value = read(decoded_object(self.header(name)), inner)
            if value is not ABSENT:
                return value
        return default

    def number(self, path: str) -> int | None:
        """Return the count at a path; see `lookup`.

        Returns:
            A whole number from 0, or None for null or nothing.

        Raises:
            MalformedPage: Anything else stands there.
        """
        return as_number(self.lookup(path), path)

    def flag(self, path: str | None) -> bool | None:
        """Return whether more rows follow, as a has-more flag says; see `lookup`.

        Args:
            path: The path of the flag. With a leading `!` the flag says that this page is the last
                one. None: there is no flag.

        Returns:
            True if more rows follow, False if none do, None if the response does not say.

        Raises:
            MalformedPage: Something else than true, false, null or nothing stands there.
        """
        if path is None:
            return None
        value = self.lookup(path.lstrip("!"))
        if value is None or value is ABSENT:
            return None
        if isinstance(value, str) and value.lower() in ("true", "false"):
            value = value.lower() == "true"
        if not isinstance(value, bool):
            raise MalformedPage(f"expected true or false at {path!r}, got {type_name(value)}")
        return value is not path.startswith("!")


_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.1
_HEADER_VALUE = re.compile(r"[ -~]*")
# What says who asks, of whom, and how much.
_RESERVED_HEADERS = frozenset(
    "authorization connection content-length cookie host te transfer-encoding upgrade".split()
)


def is_header(name: str, value: str) -> bool:
    """Whether a strategy may send a header: one that can be sent, and is no affair of others."""
    is_own = name.lower() in _RESERVED_HEADERS or name.lower().startswith("proxy-")
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)) and not is_own
