"""The options of `get_all` and the calls like it, for type checkers and editors.

They are keywords of the calls (PEP 692). What they mean at run time, and how they are checked, is
in `_listing.options`, which is loaded with the first listing. Types that take long to import are
named through the package, which loads them when `typing.get_type_hints` asks.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar

import urllib3

import requests_paginate

if TYPE_CHECKING:
    from typing_extensions import Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack
else:  # only so that `typing.get_type_hints` finds the name

    class Unpack:
        """The options themselves."""

        def __class_getitem__(cls, options: type) -> type:
            return options


__all__ = [
    "AdapterOptions", "CallOptions", "ListingOptions", "PageOptions", "Params", "PlanOptions",
    "RequestOptions", "RowMaker", "RowOptions", "TypeForm", "Unpack",
]  # fmt: skip

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Adapter(Protocol[T_co]):
    """A `pydantic.TypeAdapter`."""

    def validate_python(self, value: Any, /) -> T_co: ...


class TypeForm(Protocol):
    """A type that is no `type[T]`, such as a union or `Annotated`; PEP 747 will name its rows."""

    # What these have, and functions have not: mypy takes no other choice into account then.
    def __or__(self, other: Any, /) -> Any: ...
    def __ror__(self, other: Any, /) -> Any: ...


RowMaker = Callable[[Any], T] | _Adapter[T]

Params = Mapping[str, Any] | Sequence[tuple[str, Any]] | str | bytes | None


class RequestOptions(TypedDict, total=False):
    """What goes to `session.request`, for every page; see `requests.request`.

    A body has to be one that can be sent again: a file or a generator is refused.
    """

    headers: Mapping[str, str | bytes | None] | None
    json: Any
    data: Any
    files: Any
    auth: tuple[str | bytes, str | bytes] | Callable[[Any], Any] | None
    cookies: Any
    hooks: Mapping[str, Any] | None
    proxies: Mapping[str, str] | None
    verify: bool | str | None
    cert: str | tuple[str, str] | None


class PageOptions(TypedDict, total=False):
    """How the pages of a listing are found and fetched.

    Attributes:
        strategy: How the API paginates; None finds it out from the first request and its response.
        prefetch: Pages to fetch ahead, at once where their requests can be guessed.
        strict: Whether a doubt about the end is an error, and no warning.
        retries: Further tries of a page; a `urllib3.Retry` is taken as the policy.
        timeout: Seconds to connect and to read, as in requests.
        deadline: Seconds for one page, with all tries and waits; None for no bound.
        max_page_bytes: Bytes of a page's decoded body.
        allow_origins: More origins that links may lead to, without the session's credentials.
        pin_origin: Whether to take only path and query of links.
    """

    strategy: requests_paginate.strategies.Strategy | None
    prefetch: int
    strict: bool
    retries: int | urllib3.Retry
    timeout: float | tuple[float | None, float | None] | None
    deadline: float | None
    max_page_bytes: int
    allow_origins: Sequence[str] | Set[str]
    pin_origin: bool


class AdapterOptions(PageOptions, total=False):
    """The options of a `PaginatingAdapter`: how to fetch the pages, and how to connect.

    Attributes:
        items: Where the rows are: `"data.items"`, or `""` for a bare list; None finds them.
        tls_minimum: As in `TLSAdapter`.
        pool_connections: As in `requests.adapters.HTTPAdapter`.
        pool_maxsize: The same.
        pool_block: The same.
        max_retries: The same; `retries` counts further tries of a page, on top of it.
    """

    items: str | None
    tls_minimum: ssl.TLSVersion
    pool_connections: int
    pool_maxsize: int
    pool_block: bool
    max_retries: int | urllib3.Retry


class RowOptions(PageOptions, total=False):
    """Which rows a listing has, and how they are read.

    Attributes:
        items: Where the rows are: `"data.items"`, `""` for a bare list, or a callable that is given
            the body; None finds them.
        max_items: Rows after which to stop, exactly.
        max_pages: Pages after which to stop.
        key: A row's identity, `"id"` or a callable that is given the row: rows seen before are
            dropped.
        resume: A checkpoint to continue from.
        until: A checkpoint of the same listing to stop at.
        decode: A callable that turns a body's bytes into the body.
    """

    items: str | Callable[[Any], Any] | None
    max_items: int | None
    max_pages: int | None
    key: str | Callable[[Any], Any] | None
    resume: str | None
    until: str | None
    decode: Callable[[bytes], Any] | None


class ListingOptions(RequestOptions, RowOptions, total=False):
    """The options of a listing, but for `model`, of which the type of its rows is read."""


class PlanOptions(RowOptions, total=False):
    """The options of a `Plan`: those of a listing without what may be a credential."""

    headers: Mapping[str, str | bytes | None] | None
    json: Any
    data: Any
    files: Any


class CallOptions(ListingOptions, total=False):
    """The same, with the query parameters."""

    params: Params
