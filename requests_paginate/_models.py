"""The two values of pagination: the request of a page, and the page.

A `PageRequest` holds no secret of the session: the caller's headers, auth and cookies stay there. A
`Page` holds the request that made it and the one that follows, so a listing can continue from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from requests_paginate import _paths
from requests_paginate._redaction import REDACTED, is_secret_name, redact_url
from requests_paginate.exceptions import MalformedPage

AnyValue = TypeVar("AnyValue")
if TYPE_CHECKING:
    import typing_extensions

    Row = typing_extensions.TypeVar("Row", default=Any)  # `Page` alone is one of any rows (PEP 696)
else:
    Row = TypeVar("Row")


@dataclass(frozen=True, repr=False)
class PageRequest:
    """The request of one page.

    Attributes:
        method: The HTTP method, upper case.
        url: The URL; its query stays as it was written.
        params: Further query parameters, added to the URL's own as requests does.
        json: The JSON body, None for no body.
        headers: Headers that the strategy adds (a cursor, a Range); never those of the caller.
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
            shown.append(f"json=<{_paths.describe_type(self.json)}>")
        if self.headers:
            shown.append(f"headers=<{', '.join(self.headers)}>")
        return f"PageRequest({', '.join(shown)})"

    def map_texts(self, change: Callable[[str], str]) -> PageRequest:
        """Return the request with every text in it changed; itself if that changes nothing."""
        changed = {name: _paths.map_texts(value, change) for name, value in vars(self).items()}
        return self if changed == vars(self) else copy_with(self, **changed)

    def redacted(self) -> PageRequest:
        """Return the request without what may be secret: it can be shown, and cannot be sent."""
        params = {n: REDACTED if is_secret_name(str(n)) else v for n, v in self.params.items()}
        return PageRequest(self.method, redact_url(self.url), params=params)

    def query(self) -> dict[str, Any]:
        """Return the names and values of the query: those of the URL, then those of `params`."""
        written = self.url.partition("#")[0].partition("?")[2]
        in_url = parse_qsl(written, keep_blank_values=True) if written else ()
        # None removes a parameter of the session, as in requests.
        return {**dict(in_url), **{n: v for n, v in self.params.items() if v is not None}}

    def with_param(self, name: str, value: Any) -> PageRequest:
        """Return the request with one query parameter set.

        A parameter that stands in the URL is changed there, and every other byte of the URL stays
        as it was. Any other parameter is set in `params`.
        """
        url, hash_sign, fragment = self.url.partition("#")
        base, _, query = url.partition("?")
        pieces = query.split("&") if query else []
        names = [unquote_plus(piece.partition("=")[0]) for piece in pieces]
        places = [place for place, known in enumerate(names) if known == name]
        if name in self.params or not places:
            return copy_with(self, params={**self.params, name: value})
        pieces[places[0]] = f"{pieces[places[0]].partition('=')[0]}={quote_plus(str(value))}"
        kept = [piece for i, piece in enumerate(pieces) if i not in places[1:]]
        return copy_with(self, url=f"{base}?{'&'.join(kept)}{hash_sign}{fragment}")

    def select_params(self, is_kept: Callable[[str], bool]) -> PageRequest:
        """Return the request with those query parameters alone whose names are accepted."""
        url, hash_sign, fragment = self.url.partition("#")
        base, _, query = url.partition("?")
        pieces = [
            piece
            for piece in (query.split("&") if query else ())
            if is_kept(unquote_plus(piece.partition("=")[0]))
        ]
        written = f"?{'&'.join(pieces)}" if pieces else ""
        params = {name: value for name, value in self.params.items() if is_kept(name)}
        return copy_with(self, url=f"{base}{written}{hash_sign}{fragment}", params=params)

    def with_json(self, path: str, value: Any) -> PageRequest:
        """Return the request with one field of its JSON body set.

        Args:
            path: The name of the field; dots lead into nested objects.
            value: Its new value.

        Raises:
            MalformedPage: The body has no such place, or JSON cannot hold the value.
        """
        if path.count(".") > _paths.MOST_DOTS:
            raise MalformedPage(f"the path {path[:20]!r}... is too long")
        return copy_with(self, json=_set_field(self.json, path.split("."), _to_json(value)))

    def with_body(self, body: Any) -> PageRequest:
        """Return the request with another JSON body; MalformedPage if JSON cannot hold it."""
        return copy_with(self, json=_to_json(body))

    def follow(self, url: str) -> PageRequest:
        """Return the request sent to a link instead, with the query of the link and no other."""
        return copy_with(self, url=url, params={})


def copy_with(value: AnyValue, **fields: Any) -> AnyValue:
    """Return a copy of a frozen dataclass's instance with some fields changed.

    A listing copies every page twice; `dataclasses.replace` takes three times as long.
    """
    other = object.__new__(type(value))
    vars(other).update(vars(value), **fields)
    return other


def as_text(value: Any) -> str:
    """Return a name or a value as a query holds it."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _to_json(value: Any) -> Any:
    """Return a value of a response as it can be sent back; a decoder may give Decimals."""
    if isinstance(value, Mapping):
        return {str(name): _to_json(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_json(inner) for inner in value]
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise MalformedPage(f"{_paths.describe_type(value)} cannot be sent back as JSON")


def _set_field(node: Any, names: Sequence[str], value: Any) -> Any:
    if not names:
        return value
    if node is not None and not isinstance(node, Mapping):
        kind = _paths.describe_type(node)
        raise MalformedPage(f"the request's JSON body has {kind} above {names[0]!r}")
    if node and ".".join(names) in node:
        return {**node, ".".join(names): value}
    inner = (node or {}).get(names[0])
    return {**(node or {}), names[0]: _set_field(inner, names[1:], value)}


class UnreadRows(tuple[Any, ...]):
    """The rows of a page that were not read yet: none."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Page(Generic[Row]):
    """One page of a listing. `len(page)` and iteration are over its items.

    Attributes:
        items: The rows, in the server's order.
        request: The `PageRequest` that made this page.
        first_request: The listing's first request; None if this page is the first.
        next: The `PageRequest` of the following page; None at the end.
        total: Rows in the whole listing; None if the API does not tell.
        index: The page's place in the listing, from 0.
        start: Rows of the listing before this page; None if the listing began in the middle.
        headers: The response's headers.
        status: The response's HTTP status.
        body: The decoded body.
        url: The URL that answered, after redirects. Relative links are resolved against it.
        elapsed: The time until the response's headers were read.
        checkpoint: A token that leads past this page, of a page from `Listing.pages()`: keep it
            with the rows that you stored. None for a page that no listing gave.
    """

    request: PageRequest
    first_request: PageRequest | None = None
    items: Sequence[Row] = UnreadRows()
    next: PageRequest | None = None
    total: int | None = None
    index: int = 0
    start: int | None = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    body: Any = None
    url: str = ""
    elapsed: timedelta | None = None
    checkpoint: str | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)

    def __bool__(self) -> bool:
        # An empty page is a page, too: `if page:` must not mean "if it has rows".
        return True

    def __repr__(self) -> str:
        # the listing's URL, which the caller wrote: a link may hold a secret anywhere
        first = self.first_request or self.request
        return f"<Page {self.index}: {len(self.items)} items, {redact_url(first.url)}>"

    def header(self, name: str) -> str | None:
        """Return a response header, or None; upper and lower case in its name are the same."""
        if (value := self.headers.get(name)) is not None or hasattr(self.headers, "lower_items"):
            return value  # the mapping of requests ignores the case of names
        lowered = name.lower()
        return next((v for n, v in self.headers.items() if n.lower() == lowered), None)

    def lookup(self, path: str, default: Any = _paths.ABSENT) -> Any:
        """Return what the response says at a path: in its body, else in a header of that name.

        A header may hold an object in JSON: `X-Pagination.TotalPages` leads into it.

        Args:
            path: A path in the body such as `"meta.next"`, or the name of a header.
            default: What to return where nothing stands at the path; null is None.

        Raises:
            MalformedPage: A text, a number or a flag stands where the path expects an object.
        """
        value = _paths.read_path(self.body, path)
        if value is not _paths.ABSENT:
            return value
        _paths.refuse_obstacle(self.body, path)
        value = self.header(path)
        if value is not None:
            return value
        name, _, inner = path.partition(".")
        if inner:
            value = _paths.read_path(_paths.decode_object(self.header(name)), inner)
            if value is not _paths.ABSENT:
                return value
        return default

    def number(self, path: str) -> int | None:
        """Return the count at a path; see `lookup`.

        Returns:
            A whole number from 0, or None for null or nothing.

        Raises:
            MalformedPage: Anything else stands there.
        """
        return _paths.parse_count(self.lookup(path), path)

    def flag(self, path: str | None) -> bool | None:
        """Return whether more rows follow, as a has-more flag says; see `lookup`.

        Args:
            path: The path of the flag. With a leading `!` the flag says that this page is the last
                one. None: there is no flag.

        Returns:
            True if more rows follow, False if none do, None if the response does not say. A number
            above 1 counts the rows that follow.

        Raises:
            MalformedPage: Something else than true, false, 1, 0, such words, null or nothing stands
                there.
        """
        if path is None:
            return None
        value, is_last = self.lookup(path.lstrip("!")), path.startswith("!")
        if value is None or value is _paths.ABSENT:
            return None
        flag = _paths.read_flag(value)
        if flag is None and not is_last and _paths.is_count(value):
            return True
        if flag is None:
            kind = _paths.describe_type(value)
            raise MalformedPage(
                f"expected true or false (also 1 or 0, yes or no) at {path!r}, got {kind}"
            )
        return flag is not is_last
