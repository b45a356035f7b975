"""The caller's secrets: where they are found, and how they are kept out of a server's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.auth import AuthBase, _basic_auth_str
from requests.cookies import RequestsCookieJar

from requests_paginate._models import PageRequest
from requests_paginate._redaction import REDACTED, is_secret_name
from requests_paginate._transport.session_request import SessionRequest

_SHORTEST_SECRET = 4  # characters; a text without shorter ones would be full of holes


class SessionSecrets:
    """The secrets that a caller gave to a session, and to `session.request` for every page."""

    def __init__(self, session_request: SessionRequest, options: Mapping[str, Any]) -> None:
        self._session_request = session_request
        self._options = options

    def collect(self) -> dict[str, Any]:
        """Return what a link may echo, by name: the session's parameters, headers, passwords."""
        session = self._session_request.session
        found: dict[str, Any] = dict(self._session_request.session_params)
        for headers in (getattr(session, "headers", None), self._options.get("headers")):
            for name, value in (headers or {}).items():
                if is_secret_name(str(name)):  # a name may be bytes
                    found[f"header {name}"] = value
        auths = [getattr(session, "auth", None), self._options.get("auth")]
        secrets = (secret for auth in auths for secret in _find_secrets(auth))
        return found | {f"auth {number}": secret for number, secret in enumerate(secrets)}

    def redact(self, text: str, request: PageRequest, response: requests.Response) -> str:
        """Replace the caller's secrets in a server's text, such as a refusal that quotes them."""
        session = self._session_request.session
        sent = getattr(response.request, "headers", None) or {}
        values: list[Any] = [request.query(), request.json, self._options, dict(sent)]
        values += [{"cookies": list(_find_cookie_values(sent.get("Cookie")))}]
        values += [getattr(session, name, None) for name in ("headers", "auth", "cookies")]
        values += [self._session_request.session_params]
        secrets = {secret for value in values for secret in _find_secrets(value)}
        for secret in sorted(secrets, key=len, reverse=True):
            # A server may quote `Bearer abc`, or only the `abc`.
            for part in (secret, secret.rpartition(" ")[2]):
                if len(part) >= _SHORTEST_SECRET:
                    text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", REDACTED, text)
        return text


def _find_secrets(value: Any, *, is_named: bool = False) -> Iterator[str]:
    """Yield the texts under secret-like names, at any depth; of auth and cookies all texts."""
    if isinstance(value, RequestsCookieJar):  # which is a mapping, too
        yield from _find_secrets(value.values(), is_named=True)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            is_secret = is_secret_name(str(name)) or name == "cookies"
            yield from _find_secrets(inner, is_named=is_named or is_secret)
    elif isinstance(value, (list, tuple)):
        is_auth = isinstance(value, tuple) and len(value) == 2
        if is_auth and all(isinstance(part, (str, bytes)) for part in value):
            # The password, and user and password as Basic authentication sends them.
            yield from _find_secrets(value[1], is_named=True)
            yield _basic_auth_str(*value).rpartition(" ")[2]
            return
        for inner in value:
            yield from _find_secrets(inner, is_named=is_named)
    elif isinstance(value, AuthBase):
        pair = (getattr(value, "username", ""), getattr(value, "password", None))
        yield from _find_secrets(pair, is_named=True)
    elif is_named and value is not None and not isinstance(value, bool):
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _find_cookie_values(header: Any) -> Iterator[str]:
    text = header.decode("latin-1") if isinstance(header, bytes) else str(header or "")
    for pair in text.split(";"):
        yield pair.partition("=")[2].strip()
