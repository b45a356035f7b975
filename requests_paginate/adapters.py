"""Transport adapters: one sets the lowest TLS version, one refuses plain http.

Mount them on any `requests.Session`; `PaginatedSession` has both. An adapter that is mounted on a
longer prefix takes precedence, as always in requests.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError

from requests_paginate._redaction import redact_text, redact_url
from requests_paginate._transport.fork import renew_pools
from requests_paginate._transport.interim import finish_answer
from requests_paginate.exceptions import InsecureTransport

__all__ = ["HTTPSOnlyAdapter", "LoopbackAdapter", "TLSAdapter"]

_NAMES = {ssl.TLSVersion.TLSv1_2: "TLS 1.2", ssl.TLSVersion.TLSv1_3: "TLS 1.3"}
_POOL_KEY = HTTPAdapter.build_connection_pool_key_attributes
# How OpenSSL names the error if both sides have no version in common.
_VERSION_REFUSALS = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE")


class _FinalAnswers(HTTPAdapter):
    """An HTTPAdapter that reads past interim answers, in a listing and outside of one.

    In a forked process it opens connections of its own: those of the parent are used there.
    """

    _process = 0  # in which the pools were made

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **options)
        self._process = os.getpid()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Send the request through a connection of this process."""
        if self._process != os.getpid():
            renew_pools(self)
        return super().send(request, *args, **options)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Return the response, to the final answer."""
        finish_answer(resp, req)
        return super().build_response(req, resp)

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> Any:
        """Return what the server is asked for: the path, unless a proxy is asked for the whole URL.

        requests parses the URL twice before it knows that no proxy is.
        """
        is_direct = not proxies or (request.url or "").startswith("https:")
        path = request.path_url if is_direct else "//"
        # some versions write a path that begins with two slashes in another way
        return super().request_url(request, proxies) if path.startswith("//") else path


class TLSAdapter(_FinalAnswers):
    """An HTTPAdapter with a lowest TLS version, which holds through proxies, too.

    The version is passed to the connection pool as a keyword and not as an `ssl_context`. A context
    that all requests share would carry the certificate checks of one request over to the others,
    and cannot be pickled. If the OpenSSL policy of the system is stricter, the policy holds.

    Args:
        tls_minimum: The lowest version, `ssl.TLSVersion.TLSv1_2` or higher.
        **options: The options of HTTPAdapter (pool_connections, pool_maxsize, max_retries, ...).

    Raises:
        ValueError: `tls_minimum` is below TLS 1.2.
    """

    __attrs__ = [*HTTPAdapter.__attrs__, "tls_minimum"]  # noqa: RUF012 - as requests declares it
    # The key of the latest pool, and the pool: one pair, because threads read it at the same time.
    _latest: tuple[Any, Any] = (None, None)

    def __init__(
        self, *, tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, **options: Any
    ) -> None:
        if tls_minimum not in _NAMES:
            raise ValueError(f"tls_minimum: expected TLSv1_2 or TLSv1_3, got {tls_minimum!r}")
        # It is set first, because the constructor of HTTPAdapter makes the pools.
        self.tls_minimum = _apply_system_policy(tls_minimum)
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of direct connections, with the lowest TLS version."""
        _refuse_context(options)
        super().init_poolmanager(*args, **{**options, "ssl_minimum_version": self.tls_minimum})

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        """Make the pools behind a proxy, which get no options of the direct ones."""
        _refuse_context(options)
        options["ssl_minimum_version"] = self.tls_minimum
        return super().proxy_manager_for(proxy, **options)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """Return the pool for a request: the latest one again if the request goes to it.

        The pages of a listing go to one pool, and to look it up takes a tenth of a small page.
        """
        origin = (request.url or "").split("/", 3)[:3]
        key = [origin, verify, cert, dict(proxies or {}), self.poolmanager]
        known, pool = self._latest
        # The key of a subclass may differ in more, and cleared pools must not be used again.
        is_plain = type(self).build_connection_pool_key_attributes is _POOL_KEY
        if not is_plain or not self.poolmanager.pools or key != known:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._latest = key, pool
        return pool

    def close(self) -> None:
        """Close the connections that are not in use."""
        super().close()
        self._latest = (None, None)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Send the request.

        Raises:
            InsecureTransport: The server speaks no TLS version as high as the lowest one.
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
    """Raise if a subclass passes a context: urllib3 would use its lowest version, not ours."""
    if options.get("ssl_context") is not None:
        raise ValueError("ssl_context: a TLSAdapter takes none, since it would replace the floor")


def _apply_system_policy(tls_minimum: ssl.TLSVersion) -> ssl.TLSVersion:
    """Return a TLS version, or that of the system's OpenSSL policy if it is higher.

    urllib3 would lower a policy of `MinProtocol = TLSv1.3` to its own default of 1.2.
    """
    system = _read_system_policy(ssl.SSLContext)
    is_strictest = system == ssl.TLSVersion.MAXIMUM_SUPPORTED  # which is a negative number
    return system if is_strictest else max(tls_minimum, system)


@functools.cache  # to make a context takes longer than to make a session
def _read_system_policy(kind: type[ssl.SSLContext]) -> ssl.TLSVersion:
    return kind(ssl.PROTOCOL_TLS_CLIENT).minimum_version


class HTTPSOnlyAdapter(TLSAdapter):
    """A TLSAdapter that refuses http:// before it opens a connection.

    Mounted on the prefix `http://` of a session, it turns every plain request and every redirect to
    one into an error. Pluggy answers https only (https://docs.pluggy.ai/docs/basic-concepts).
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Send the request if its URL is https.

        Raises:
            InsecureTransport: The URL is not https. Nothing was sent.
        """
        if not (request.url or "").lower().startswith("https://"):
            raise InsecureTransport(
                f"{redact_url(request.url or '')} is not https, and nothing was sent; use "
                "https, or PaginatedSession(allow_http=True) where the network can be trusted",
                request=request,
            )
        return super().send(request, *args, **options)


class LoopbackAdapter(_FinalAnswers):
    """An HTTPAdapter that uses no proxy for this machine itself.

    requests sends `http://localhost`, credentials included, through HTTP_PROXY. So what should stay
    on the machine would leave it.
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
        """Send the request, without proxies if its host is this machine."""
        if is_loopback(urlsplit(request.url or "").hostname or ""):
            proxies = {}
        response: requests.Response = super().send(request, stream, timeout, verify, cert, proxies)
        return response


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, however it is written: `127.1` and `a.localhost` are.

    Names below localhost are this machine's, too (RFC 6761 section 6.3).
    """
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))
        except (OSError, UnicodeEncodeError):
            return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
