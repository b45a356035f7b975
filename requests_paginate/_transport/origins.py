"""Where a followed link or redirect may lead.

The pin is the origin of the first prepared URL (RFC 6454 section 4), and does not change. Every URL
that the server names is compared with it, as requests will send it, before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import UnsafeLink

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and effective port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Return the origin of a prepared URL; UnsafeLink for userinfo and other schemes."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UnsafeLink(f"not a URL: {redact_url(url)}") from None
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise UnsafeLink(f"not an http(s) URL: {redact_url(url)}")
        if "@" in parts.netloc:
            raise UnsafeLink(f"a URL with userinfo is not followed: {redact_url(url)}")
        default = _DEFAULT_PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, default if port is None else port)

    def includes(self, url: str | None) -> bool:
        """Return whether a prepared URL is of this origin; what is no URL is of none."""
        try:
            return Origin.of(url or "") == self
        except UnsafeLink:
            return False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a request really goes."""

    url: str
    credentials: bool = True  # the session's and the caller's may be sent there
    upgraded: bool = False  # http was turned into the pinned https origin


@dataclass(frozen=True, kw_only=True)
class OriginPolicy:
    """The rule for every URL that a server names."""

    pin: Origin
    allowed: Sequence[Origin] = ()  # more origins, which get no credentials
    pin_origin: bool = False  # take only path and query of a URL

    def admit(self, url: str, prepared: str) -> Destination:
        """Return where to send the request for an absolute URL, or raise UnsafeLink.

        What is compared is `prepared`, the same URL as requests prepares it.
        """
        origin = Origin.of(prepared)
        if origin == self.pin:
            return Destination(url=url)
        if origin in self.allowed:
            return Destination(url=url, credentials=False)
        if self.pin_origin:
            return Destination(url=self._move_to_pin(url))
        if origin.scheme == "http" and self.pin.scheme == "https":
            if origin.host == self.pin.host and origin.port in (80, self.pin.port):
                return Destination(url=self._move_to_pin(url), upgraded=True)
            raise UnsafeLink(
                f"a link leads from {self.pin} to {origin}, in the clear; behind a TLS proxy "
                "Django needs SECURE_PROXY_SSL_HEADER (or pass pin_origin=True to take only "
                "path and query of links)"
            )
        raise UnsafeLink(
            f"a link leads from {self.pin} to another origin, {origin}; nothing was sent. "
            f"If it is meant, pass allow_origins=({str(origin)!r},) to go there without "
            "credentials, or pin_origin=True to take only path and query of links"
        )

    def _move_to_pin(self, url: str) -> str:
        return str(self.pin) + re.sub(r"^[^/?#]*//[^/?#]*", "", url)
