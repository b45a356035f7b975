"""An adapter that answers the GET of a listing with all its rows at once."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import requests
from urllib3.util import Timeout

from requests_paginate._call_options import AdapterOptions, Unpack
from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._listing.first_response import may_be_listing
from requests_paginate._listing.merging import Merger
from requests_paginate._listing.options import OPTION_NAMES, Options
from requests_paginate._listing.page_session import PageSession, read_body
from requests_paginate.adapters import TLSAdapter

# Options of a listing that have no place where the caller gets one response.
_OF_LISTINGS = ("decode", "key", "max_pages", "model", "resume", "until")


class PaginatingAdapter(TLSAdapter):
    """An adapter that answers the GET of a listing with one response that holds every row.

        session.mount("https://api.example.com/", PaginatingAdapter())

    It is for code that knows nothing of pages. Code with a loop of its own stays right, because the
    response says that it is the last page. Everything else passes through: other methods and
    statuses, what is not JSON, single pages and resources, `stream=True`, and a request that itself
    names a page, an offset or a cursor, since its caller pages by hand. Where nobody can tell, the
    page passes through with a `PossiblyTruncated` warning.

    The whole listing has to fit into memory. For a long one, use `get_all`.

    Args:
        inner: An adapter that sends the requests in place of this one; then its lowest TLS version
            holds.
        max_items: The most rows of one response; None for any number.
        max_bytes: The most bytes of one response.
        **options: Those of a listing, as for `get_all` (`strategy`, `items`, `prefetch`, `retries`,
            `deadline`, `strict`, `allow_origins`, ...), and those of a `TLSAdapter`.

    Raises:
        TypeError: An option has the wrong type, or no place here.
        ValueError: An option is out of range.
    """

    __attrs__ = [*TLSAdapter.__attrs__, "_inner", "_merger"]  # noqa: RUF012 - as requests declares it

    def __init__(
        self,
        *,
        inner: Any = None,
        max_items: int | None = 100_000,
        max_bytes: int = 256 * 2**20,
        **options: Unpack[AdapterOptions],
    ) -> None:
        others: dict[str, Any] = {**options}
        given = {name: others.pop(name) for name in OPTION_NAMES if name in others}
        for name in _OF_LISTINGS:
            if name in given:
                raise TypeError(f"{name}: a PaginatingAdapter has no such option; use get_all")
        if not (inner is None or callable(getattr(inner, "send", None))):
            raise TypeError(f"inner: expected an adapter, got {type(inner).__name__}")
        given = {"max_page_bytes": max_bytes, **given}
        _check_rows_have_a_path(Options(max_items=max_items, **given))
        # They are set first, because the constructor of HTTPAdapter makes the pools.
        self._inner = inner
        self._merger = Merger(given, max_items=max_items, max_bytes=max_bytes)
        super().__init__(**others)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send the request, and those of the pages that follow.

        Raises:
            PaginationError: A page failed, or there are too many rows. No part is returned.
        """
        settings = {"verify": verify, "cert": cert, "proxies": proxies}
        began = time.monotonic()
        first = self._send_one(request, stream=stream, timeout=timeout, **settings)
        elapsed = timedelta(seconds=time.monotonic() - began)
        vars(first).update(connection=self, pagination=None)  # an auth sends again by the first
        if stream or not may_be_listing(request, first):
            return first
        given = read_body(request)
        if timeout is not None and given is not None:
            given["timeout"] = _read_timeout(timeout)
        pages = PageSession(self._send_one, request, first, settings, elapsed)
        return self._merger.answer(pages, given)

    def _send_one(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        send = super().send if self._inner is None else self._inner.send
        response: requests.Response = send(request, *args, **options)
        return response

    def close(self) -> None:
        """Close the connections that are not in use."""
        super().close()
        if self._inner is not None:
            self._inner.close()


def _check_rows_have_a_path(options: Options) -> None:
    """Raise TypeError if the caller's code finds the rows: nobody knows where they go then."""
    items = ItemsAt(options.items) if options.items is not None else None
    if items is None and options.strategy is not None:
        items = options.strategy.items  # type: ignore[assignment]  # checked below
    if items is not None and (not isinstance(items, ItemsAt) or callable(items.path)):
        raise TypeError("items: expected a path, at which the merged body has its rows")


def _read_timeout(timeout: Any) -> Any:
    """Return a timeout of requests as a listing takes it; urllib3 has an object for it."""
    if not isinstance(timeout, Timeout):
        return timeout
    begun = timeout.clone()
    begun.start_connect()  # from when on the total counts
    resolve = Timeout.resolve_default_timeout
    return resolve(begun.connect_timeout), resolve(begun.read_timeout)
