"""Where a listing begins: `get_all`, the mixin and the session.

A listing calls the session's own `request`. So sessions that cache, limit rates or use OAuth still
work, and so does every auth object. The modules that list are loaded with the first listing,
because importing them takes half as long as importing requests.
"""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any, TypeVar, overload

import requests

import requests_paginate
from requests_paginate._call_options import CallOptions, Params, RowMaker, TypeForm, Unpack
from requests_paginate._call_options import ListingOptions as Options

# Imported at once, because it keeps the functions of requests before anybody patches them.
from requests_paginate._transport import session_request
from requests_paginate.adapters import HTTPSOnlyAdapter, LoopbackAdapter

if TYPE_CHECKING:
    _Base = requests.Session
else:
    _Base = object

__all__ = ["CallOptions", "PaginatedSession", "PaginationMixin", "get_all", "request_all"]

T = TypeVar("T")


@overload
def get_all(
    url: str,
    params: Params = ...,
    *,
    session: Any = ...,
    model: type[T],
    **options: Unpack[Options],
) -> requests_paginate.Listing[T]: ...
@overload
def get_all(
    url: str, params: Params = ..., *, session: Any = ..., model: RowMaker[T],
    **options: Unpack[Options],
) -> requests_paginate.Listing[T]: ...  # fmt: skip
@overload
def get_all(
    url: str, params: Params = ..., *, session: Any = ..., model: TypeForm | None = ...,
    **options: Unpack[Options],
) -> requests_paginate.Listing[Any]: ...  # fmt: skip
def get_all(
    url: str, params: Params = None, *, session: Any = None, model: Any = None,
    **options: Unpack[Options],
) -> requests_paginate.Listing[Any]:  # fmt: skip
    """Return an iterator over every row of a paginated listing.

    It is lazy: nothing is sent until you ask for the first row.

        for transaction in get_all("https://api.example.com/transactions", auth=(user, password)):
            ...

    Args:
        url: The listing's URL, as for `requests.get`.
        params: Query parameters, as for `requests.get`.
        session: Any session of requests. If None, a new `PaginatedSession`.
        model: What each row becomes: a type that msgspec converts to (Struct, dataclass, attrs,
            TypedDict, NamedTuple), a class of pydantic or a type that holds one (`list[Order]`),
            `msgspec.Raw` for its own bytes, or a callable that is given the row. None for what JSON
            has.
        **options: The options of a listing (`ListingOptions` describes each: `strategy`, `items`,
            `max_items`, `max_pages`, `prefetch`, `key`, `resume`, `until`, `strict`, `retries`,
            `timeout`, `deadline`, `max_page_bytes`, `allow_origins`, `pin_origin`, `decode`);
            everything else (`headers`, `auth`, ...) goes to `session.request`, for every page.

    Raises:
        TypeError: An option has the wrong type or an unknown name, or cannot hold on every page.
        ValueError: An option is out of range.
        requests.RequestException: The URL is invalid.
        UnsafeLink: The URL names a user without a password.
        InvalidCheckpoint: `resume` or `until` does not fit the call.
    """
    return request_all("GET", url, params, session=session, model=model, **options)


@overload
def request_all(
    method: str, url: str, params: Params = ..., *, session: Any = ..., model: type[T],
    **options: Unpack[Options],
) -> requests_paginate.Listing[T]: ...  # fmt: skip
@overload
def request_all(
    method: str, url: str, params: Params = ..., *, session: Any = ..., model: RowMaker[T],
    **options: Unpack[Options],
) -> requests_paginate.Listing[T]: ...  # fmt: skip
@overload
def request_all(
    method: str, url: str, params: Params = ..., *, session: Any = ...,
    model: TypeForm | None = ..., **options: Unpack[Options],
) -> requests_paginate.Listing[Any]: ...  # fmt: skip
def request_all(
    method: str, url: str, params: Params = None, *, session: Any = None, model: Any = None,
    **options: Unpack[Options],
) -> requests_paginate.Listing[Any]:  # fmt: skip
    """Return an iterator over every row of a listing, with any HTTP method; see `get_all`.

    Args:
        method: The HTTP method, such as "POST" for a search whose cursor goes into the JSON body.
        url: The listing's URL.
        params: Query parameters.
        session: Any session of requests. If None, a new `PaginatedSession`.
        model: As for `get_all`.
        **options: As for `get_all`.

    Raises:
        ValueError: The method is HEAD or OPTIONS, which have no rows.
    """
    from requests_paginate._listing.factory import open_listing

    if isinstance(session, PaginationMixin):  # which may complete the URL, as a provider's does
        return session.request_all(method, url, params, model=model, **options)
    own = session is None
    given = {**options, "params": params, "model": model}
    return open_listing(
        PaginatedSession() if own else session, method, url, given, owns_session=own
    )


class PaginationMixin(_Base):
    """The methods that list, for any session class: `class S(PaginationMixin, CachedSession): ...`.

    The mixin overrides nothing and has no `__init__`, so it can stand before any session class.
    """

    @overload
    def get_all(
        self, url: str, params: Params = ..., *, model: type[T], **options: Unpack[Options]
    ) -> requests_paginate.Listing[T]: ...
    @overload
    def get_all(
        self, url: str, params: Params = ..., *, model: RowMaker[T],
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[T]: ...  # fmt: skip
    @overload
    def get_all(
        self,
        url: str,
        params: Params = ...,
        *,
        model: TypeForm | None = ...,
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[Any]: ...
    def get_all(
        self, url: str, params: Params = None, *, model: Any = None, **options: Unpack[Options]
    ) -> requests_paginate.Listing[Any]:
        """Return an iterator over every row of a listing; see `requests_paginate.get_all`."""
        return self.request_all("GET", url, params, model=model, **options)

    @overload
    def post_all(
        self, url: str, *, model: type[T], **options: Unpack[CallOptions]
    ) -> requests_paginate.Listing[T]: ...
    @overload
    def post_all(
        self, url: str, *, model: RowMaker[T], **options: Unpack[CallOptions]
    ) -> requests_paginate.Listing[T]: ...
    @overload
    def post_all(
        self, url: str, *, model: TypeForm | None = ..., **options: Unpack[CallOptions]
    ) -> requests_paginate.Listing[Any]: ...
    def post_all(
        self, url: str, *, model: Any = None, **options: Unpack[CallOptions]
    ) -> requests_paginate.Listing[Any]:
        """Return an iterator over every row of a listing, with POST; see `get_all`."""
        return self.request_all("POST", url, model=model, **options)

    @overload
    def request_all(
        self, method: str, url: str, params: Params = ..., *, model: type[T],
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[T]: ...  # fmt: skip
    @overload
    def request_all(
        self, method: str, url: str, params: Params = ..., *, model: RowMaker[T],
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[T]: ...  # fmt: skip
    @overload
    def request_all(
        self, method: str, url: str, params: Params = ..., *, model: TypeForm | None = ...,
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[Any]: ...  # fmt: skip
    def request_all(
        self, method: str, url: str, params: Params = None, *, model: Any = None,
        **options: Unpack[Options],
    ) -> requests_paginate.Listing[Any]:  # fmt: skip
        """Return an iterator over every row of a listing, with any method; see `get_all`."""
        from requests_paginate._listing.factory import open_listing

        return open_listing(self, method, url, {**options, "params": params, "model": model})


_GET_TARGET = requests.Session.get_redirect_target


class PaginatedSession(PaginationMixin, requests.Session):
    """A `requests.Session` that lists, with a lowest TLS version and without plain http.

    There is one more difference: a CA file set on `session.verify` takes precedence over
    REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE in the environment.

    Args:
        allow_http: Whether to allow http://. This machine itself is reached without proxies.
        tls_minimum: The lowest TLS version.
        pool_maxsize: How many connections to keep open to one host. It should be at least the
            `prefetch` of any listing.

    Raises:
        ValueError: `tls_minimum` is below TLS 1.2.
    """

    def __init__(
        self,
        *,
        allow_http: bool = False,
        tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        pool_maxsize: int = 32,
    ) -> None:
        super().__init__()
        adapter = HTTPSOnlyAdapter(tls_minimum=tls_minimum, pool_maxsize=pool_maxsize)
        self.mount("https://", adapter)
        self.mount("http://", LoopbackAdapter(pool_maxsize=pool_maxsize) if allow_http else adapter)

    def resolve_redirects(self, resp: Any, *arguments: Any, **options: Any) -> Any:
        """Yield the responses of a redirect as requests does; of any other response nothing.

        requests parses the URL of every response first, which takes a hundredth of a page's time.
        """
        target: Any = self.get_redirect_target
        if target.__func__ is _GET_TARGET and not resp.is_redirect:
            return iter(())
        return super().resolve_redirects(resp, *arguments, **options)

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """Return the settings as requests does, but prefer this session's CA file."""
        if verify is None and isinstance(self.verify, (str, os.PathLike)):
            verify = self.verify
        merge = super().merge_environment_settings
        return session_request.merge_settings(merge, self, url, proxies, stream, verify, cert)
