"""The caller's secrets: where they are found."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import getproxies
from zlib import crc32

import requests
from requests.auth import AuthBase, _basic_auth_str
from requests.cookies import RequestsCookieJar
from requests.utils import get_netrc_auth

from requests_paginate._models import PageRequest
from requests_paginate._redaction import ACCOUNT, BODY, is_secret_name, shorten_urls
from requests_paginate._transport.described_body import describe_body
from requests_paginate._transport.hiding import hide_all
from requests_paginate._transport.session_request import SessionRequest
from requests_paginate.exceptions import PaginationError, summarize_response

_ACCOUNT = re.compile(
    r"account|behalf|client|company|customer|impersonat|merchant|org(?:ani[sz]ation)?(?![a-z])|owner"
    r"|profile|project|realm|shop|store|subscription|team|tenant|user(?!-?agent)|workspace",
    re.IGNORECASE,
)

# Headers that say which program asks, and how: an update is no other account.
_OF_A_PROGRAM = re.compile(
    r"agent|version|api-?client|time|lang|locale|trace|request|correlation|platform|device|info",
    re.IGNORECASE,
)


class SessionSecrets:
    """The secrets that a caller gave to a session, and to `session.request` for every page."""

    def __init__(
        self,
        session_request: SessionRequest,
        options: Mapping[str, Any],
        first: PageRequest | None = None,
    ) -> None:
        self._session_request = session_request
        self._options = options
        self._first = first  # its parameters are the caller's, too
        self._sent: requests.PreparedRequest | None = None  # last
        # until they are read, once for a listing
        self._netrc: list[str] | None = None
        self._bodies: dict[str, Any] | None = None
        # those that the server sets meanwhile are another session's tomorrow
        own = getattr(session_request.session, "cookies", None)
        self._cookies = {**_read_cookies(own), **_read_cookies(options.get("cookies"))}

    def note(self, request: requests.PreparedRequest) -> None:
        """Keep what was sent last: an auth object may have added a secret."""
        self._sent = request

    def collect(self) -> dict[str, Any]:
        """Return what a link may echo, and what names the account, each by where it is.

        These are the session's parameters, secret headers, passwords and cookies, the secrets in a
        form, and the headers and cookies with names such as `Stripe-Account`, the user of Basic
        authentication, and what every page's body holds.
        """
        session = self._session_request.session
        found: dict[str, Any] = dict(self._session_request.session_params)
        for headers in (getattr(session, "headers", None), self._options.get("headers")):
            for name, value in (headers or {}).items():
                plain = str(name)  # it may be bytes
                if is_secret_name(plain):
                    found[f"header {plain}"] = value
                    cookies = _find_cookie_values(value) if "cookie" in plain.lower() else ()
                    found |= {f"header {plain} {n}": text for n, text in enumerate(cookies)}
                elif _ACCOUNT.search(plain) and not _OF_A_PROGRAM.search(plain):
                    found[f"{ACCOUNT} {plain.lower()}"] = value
        auths = [getattr(session, "auth", None), self._options.get("auth")]
        secrets = (secret for auth in auths for secret in _find_secrets(auth))
        found |= {f"auth {number}": secret for number, secret in enumerate(secrets)}
        for place, further in (
            ("netrc", self._find_netrc()),
            ("proxy", self._find_proxies(self._options.get("proxies"))),
            ("form", _find_secrets(_read_form(self._options.get("data")))),
        ):
            found |= {f"secret of {place} {number}": it for number, it in enumerate(further)}
        users = [user for auth in auths if (user := _find_user(auth))]
        found |= {f"{ACCOUNT} user": user for user in users[-1:]}
        for name, value in self._cookies.items():
            if _ACCOUNT.search(name):
                found[f"{ACCOUNT} cookie {name}"] = value
            else:  # a server may have set it, and another value is put back into no cursor
                found[f"secret cookie {name} {crc32(str(value).encode()):08x}"] = value
        if self._bodies is None:
            self._bodies = {
                f"{BODY} {name}": held
                for name in ("data", "files")
                if (held := describe_body(self._options.get(name)))
            }
        return found | self._bodies

    def redact(
        self,
        text: str,
        request: PageRequest | None = None,
        response: requests.Response | None = None,
    ) -> str:
        """Return a text without the caller's secrets, however they are written in it.

        Args:
            text: Whatever a person or a log is to read.
            request: The page's request, if the text is about one.
            response: Its response: what was sent for it holds what an auth object added.
        """
        return shorten_urls(hide_all(text, frozenset(self._list_values(request, response))))

    def hide_in(self, error: PaginationError) -> None:
        """Hide the caller's secrets in an error: in its text, its request and what is pickled."""
        request, response = error.page_request, error.response
        secrets = frozenset(self._list_values(request, response))

        def hide(text: str) -> str:
            return hide_all(text, secrets)

        error.args = (shorten_urls(hide(str(error))), *error.args[1:])
        if request is not None:
            error.page_request = request.map_texts(hide)
        if response is not None:
            error.summary = summarize_response(response, hide)
        error.__cause__ = error.__context__ = None  # of requests, whose texts quote URLs

    def _list_values(
        self, request: PageRequest | None, response: requests.Response | None
    ) -> Iterator[str]:
        session = self._session_request.session
        prepared = getattr(response, "request", None) or self._sent
        sent = dict(getattr(prepared, "headers", None) or {})
        url = getattr(prepared, "url", None) or ""
        values: list[Any] = [self._options, sent, self._session_request.session_params]
        values += [getattr(session, name, None) for name in ("headers", "auth", "cookies")]
        own = self._options.get("headers"), getattr(session, "headers", None)
        for headers in filter(None, (sent, *own)):
            cookies = (value for name, value in headers.items() if str(name).lower() == "cookie")
            values += [{"cookies": list(_find_cookie_values(cookie))} for cookie in cookies]
        values += [parse_qs(urlsplit(url).query), _read_form(self._options.get("data"))]
        for asked in filter(None, (self._first, request)):
            values += [parse_qs(asked.url.partition("?")[2]), asked.params, asked.json]
        for value in values:
            yield from _find_secrets(value)
        for name in ("Authorization", "Proxy-Authorization"):
            yield from _find_password(sent.get(name))
        yield from self._find_netrc()
        yield from self._find_proxies(self._options.get("proxies"), getproxies())

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_sent": None}  # its hooks belong to this process

    def _find_netrc(self) -> list[str]:
        """Return what a netrc file holds for the listing's host, if the session looks there."""
        is_used = getattr(self._session_request.session, "trust_env", False)
        if self._netrc is None and self._first is not None:
            pair = get_netrc_auth(self._first.url) if is_used else None
            self._netrc = [*_find_secrets(pair, is_named=True)]
        return self._netrc or []

    def _find_proxies(self, *given: Any) -> Iterator[str]:
        own = getattr(self._session_request.session, "proxies", None)
        for proxies in (*given, own):
            yield from _find_passwords_of_urls((proxies or {}).values())


def _find_password(header: Any) -> Iterator[str]:
    """Yield the password that Basic authentication sends, as one from a netrc file."""
    text = header.decode("latin-1") if isinstance(header, bytes) else str(header or "")
    scheme, _, sent = text.partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            yield b64decode(sent).decode("utf-8", "replace").partition(":")[2]


def _find_passwords_of_urls(urls: Iterable[Any]) -> Iterator[str]:
    for url in urls:
        with suppress(ValueError):
            if password := urlsplit(str(url)).password:
                yield from (password, unquote(password))


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
        # of PluggyAuth, and of others that name them so
        names = ("client_secret", "api_key", "old_api_key", "token")
        further = [getattr(value, name, None) for name in names]
        yield from _find_secrets([it for it in further if isinstance(it, str)], is_named=True)
    elif is_named and value is not None and not isinstance(value, bool):
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _read_form(body: Any) -> Any:
    """Return what a body holds that the caller wrote as text, by name; any other as it is."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if not isinstance(text, str):
        return body
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return parse_qs(text)


def _read_cookies(given: Any) -> dict[str, Any]:
    """Return cookies by name, of a mapping or a jar."""
    if isinstance(given, Mapping):
        return dict(given)
    return {cookie.name: cookie.value for cookie in given or ()}


def _find_user(auth: Any) -> Any:
    """Return the user that an auth object or a pair names."""
    named = getattr(auth, "username", None) or getattr(auth, "client_id", None)
    user = auth[0] if isinstance(auth, tuple) and auth else named
    return user.decode("utf-8", "replace") if isinstance(user, bytes) else user


def _find_cookie_values(header: Any) -> Iterator[str]:
    text = header.decode("latin-1") if isinstance(header, bytes) else str(header or "")
    for pair in text.split(";"):
        yield pair.partition("=")[2].strip()
