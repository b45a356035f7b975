"""Adapters: the TLS floor, and the refusal of plain http.

Mount them on any `requests.Session`; `PaginatedSession` comes with both. An adapter mounted on a
longer prefix takes precedence over them, as always in requests.
"""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError

from requests_paginate._redaction import redact_text, redact_url
from requests_paginate.exceptions import InsecureTransport

__all__ = ["HTTPSOnlyAdapter", "LoopbackAdapter", "TLSAdapter"]

_NAMES = {ssl.TLSVersion.TLSv1_2: "TLS 1.2", ssl.TLSVersion.TLSv1_3: "TLS 1.3"}
_POOL_KEY = HTTPAdapter.build_connection_pool_key_attributes
# What OpenSSL calls it when the two sides have no version in common: the server's alert, or ours.
_VERSION_REFUSALS = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE")


class TLSAdapter(HTTPAdapter):
    """An HTTPAdapter that speaks no TLS below a floor, through proxies too.

    The floor is a keyword of the connection pool, not an `ssl_context` on it: a shared context
    takes over the certificate checks of every other user of the pool, and does not pickle.
    A stricter floor in the system's OpenSSL policy is kept.

    Args:
        tls_minimum: The lowest version to speak, `ssl.TLSVersion.TLSv1_2` or higher.
        **options: What HTTPAdapter takes (pool_connections, pool_maxsize, max_retries, ...).

    Raises:
        ValueError: The floor is below TLS 1.2.
    """

    __attrs__ = [*HTTPAdapter.__attrs__, "tls_minimum"]  # noqa: RUF012 - as requests declares it
    # The latest pool, and what it was found by: put in place whole, since threads share it.
    _latest: tuple[Any, Any] = (None, None)

    def __init__(
        self, *, tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, **options: Any
    ) -> None:
        if tls_minimum not in _NAMES:
            raise ValueError(f"tls_minimum: expected TLSv1_2 or TLSv1_3, got {tls_minimum!r}")
        # HTTPAdapter's constructor already makes the pools
        self.tls_minimum = _at_least_the_system_floor(tls_minimum)
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Makes the pools of direct connections, with the floor."""
        _refuse_context(options)
        super().init_poolmanager(*args, **{**options, "ssl_minimum_version": self.tls_minimum})

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        """Makes the pools behind a proxy, which inherit nothing from the direct ones."""
        _refuse_context(options)
        options["ssl_minimum_version"] = self.tls_minimum
        return super().proxy_manager_for(proxy, **options)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """The pool for a request: the latest again where it would be the same.

        A page goes where the page before went; to find that anew takes a tenth of a small page.
        """
        origin = (request.url or "").split("/", 3)[:3]
        key = [origin, verify, cert, dict(proxies or {}), self.poolmanager]
        known, pool = self._latest
        # a subclass's own key may look at more; and cleared pools are not to be used again
        is_plain = type(self).build_connection_pool_key_attributes is _POOL_KEY
        if not is_plain or not self.poolmanager.pools or key != known:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._latest = key, pool
        return pool

    def close(self) -> None:
        """Closes the connections that are not in use."""
        super().close()
        self._latest = (None, None)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Sends the request.

        Raises:
            InsecureTransport: The server speaks no TLS version as high as the floor.
        """
        try:
            return super().send(request, *args, **options)
        except SSLError as error:
            if not any(reason in str(error) for reason in _VERSION_REFUSALS):
                raise
            text = redact_text(str(error))
        floor = _NAMES.get(self.tls_minimum, self.tls_minimum.name)
        raise InsecureTransport(
            f"{redact_url(request.url or '')} does not speak {floor} or newer, the lowest "
            f"version allowed here: {text}",
            request=request,
        )


def _refuse_context(options: Mapping[str, Any]) -> None:
    """Raises for a subclass's context, whose own floor urllib3 would put before the pool's."""
    if options.get("ssl_context") is not None:
        raise ValueError("ssl_context: a TLSAdapter takes none, since it would replace the floor")


def _at_least_the_system_floor(tls_minimum: ssl.TLSVersion) -> ssl.TLSVersion:
    """The stricter of a floor and the one of the system's OpenSSL policy.

    urllib3 would lower a policy of `MinProtocol = TLSv1.3` to its own default of 1.2.
    """
    system = _system_floor(ssl.SSLContext)
    if system == ssl.TLSVersion.MAXIMUM_SUPPORTED:  # a negative number that means the strictest
        return system
    return max(tls_minimum, system)


@functools.cache  # a context takes longer to make than a session
def _system_floor(kind: type[ssl.SSLContext]) -> ssl.TLSVersion:
    return kind(ssl.PROTOCOL_TLS_CLIENT).minimum_version


class HTTPSOnlyAdapter(TLSAdapter):
    """A TLSAdapter that refuses http://, before a connection is opened.

    Mounted on a session's `http://` prefix it turns every plain request, redirects included, into
    an error: Pluggy answers https only (https://docs.pluggy.ai/docs/basic-concepts).
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Sends the request if its URL is https.

        Raises:
            InsecureTransport: It is not; nothing was sent.
        """
        if not (request.url or "").lower().startswith("https://"):
            raise InsecureTransport(
                f"{redact_url(request.url or '')} is not https, and nothing was sent; use "
                "https, or PaginatedSession(allow_http=True) where the network can be trusted",
                request=request,
            )
        return super().send(request, *args, **options)


class LoopbackAdapter(HTTPAdapter):
    """An HTTPAdapter that never takes a proxy to this machine itself.

    requests sends `http://localhost` through HTTP_PROXY, credentials included; what was meant to
    stay on the machine would leave it.
    """

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Sends the request, without proxies where the host is loopback."""
        if _is_loopback(urlsplit(request.url or "").hostname or ""):
            proxies = {}
        return super().send(request, stream, timeout, verify, cert, proxies)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
