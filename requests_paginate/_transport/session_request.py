"""How a page's request goes out: through `session.request`, so that every kind of session works.

A session whose `request` is the function that requests defines gets a `PreparedSessionRequest`,
which sends the same in a fraction of the time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies_environment

import requests
from requests import utils
from requests.cookies import RequestsCookieJar, cookiejar_from_dict, merge_cookies
from requests.models import PreparedRequest
from requests.sessions import merge_hooks, merge_setting
from requests.structures import CaseInsensitiveDict

from requests_paginate._transport.entry import Entry

# Kept when the package is imported: a function that somebody puts there later is another one.
REQUEST = requests.Session.request
_PREPARE = requests.Session.prepare_request
_MERGE = requests.Session.merge_environment_settings
_PROXIES = requests.sessions.get_environ_proxies
_SETTINGS = ("proxies", "stream", "verify", "cert")
_BODIES = ("json", "data", "files")
_PARTS = ("headers", "files", "data", "json", "params", "auth", "cookies", "hooks")
# A query in which neither requests nor urllib3 quotes or unquotes anything.
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")


def is_own_request(session: Any) -> bool:
    """Return whether `session.request`, looked up on the instance, is the one of requests."""
    return getattr(getattr(session, "request", None), "__func__", None) is REQUEST


def choose_session_request(session: Any) -> SessionRequest:
    """Return what sends the requests of a listing through this session."""
    return (PreparedSessionRequest if is_own_request(session) else SessionRequest)(session)


class SessionRequest:
    """Sends the requests of one listing by `session.request`, of any requests-like session."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.entry = Entry()  # one for all listings of a group

    @property
    def session_params(self) -> Mapping[str, Any]:
        """The session's own query parameters, which it adds to every request."""
        params = getattr(self.session, "params", None)
        return params if isinstance(params, Mapping) else {}

    def send(self, method: str, url: str, options: Mapping[str, Any]) -> requests.Response:
        """Return the response to `session.request(method, url, **options)`."""
        return self.entry.request(self.session, method, url, options)

    def renew(self) -> None:
        """Go on in a forked process, where no call of its parent will ever leave the session."""
        self.entry = Entry()

    def prepare_url(self, url: str, params: Any = None) -> str:
        """Return the URL as requests will send it, or raise its error if it cannot."""
        prepared = PreparedRequest()
        prepared.prepare_url(url, params)
        return prepared.url or ""


class PreparedSessionRequest(SessionRequest):
    """Sends what `session.request` would send, and keeps what is the same on every page.

    The tests compare both ways, request by request. They are equal because of this:

    1. `session.request` is looked up before every page, and called if it is another one now.
    2. Every page goes through `session.send`, its settings through `merge_environment_settings`. A
       session's own `prepare_request` prepares every page; that of requests all but a bare GET.
    3. What stands before the query becomes the same URL on every page. A query is added as it is
       only where requests would change nothing in it; else requests prepares the URL.
    4. Headers and settings (proxies, verify, cert) follow from those of the session and of the
       call. They are kept for as long as these stay equal, their order included.
    5. The environment and a netrc file are read once in a listing, whose URLs have one origin.
       Here alone requests would see a change.
    6. Cookies, auth and hooks are applied anew to every page.
    """

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self._headers, self._settings, self._netrc = _Kept(), _Kept(), _Kept()
        self._base: tuple[str | None, str] = (None, "")  # as written, and as prepared

    def send(self, method: str, url: str, options: Mapping[str, Any]) -> requests.Response:
        """Return the response to `session.request(method, url, **options)`."""
        session = self.session
        if not is_own_request(session):
            return super().send(method, url, options)
        prepared = self._prepare(method, url, options)
        response: requests.Response = session.send(
            prepared,
            timeout=options.get("timeout"),
            allow_redirects=options.get("allow_redirects", True),
            **self._merge_settings(prepared.url, options),
        )
        return response

    def prepare_url(self, url: str, params: Any = None) -> str:
        """Return the URL as requests will send it, and keep the part before its query."""
        whole = super().prepare_url(url, params)
        if "#" not in whole:
            self._base = url.partition("?")[0], whole.partition("?")[0]
        return whole

    def _prepare(self, method: str, url: str, options: Mapping[str, Any]) -> PreparedRequest:
        session = self.session
        is_own = getattr(session.prepare_request, "__func__", None) is _PREPARE
        has_body = any(options.get(name) not in (None, "", b"") for name in _BODIES)
        if method != "GET" or not is_own or has_body:
            given = {name: options[name] for name in _PARTS if name in options}
            request = requests.Request(method, url, **given)
            theirs: PreparedRequest = session.prepare_request(request)
            return theirs
        prepared = PreparedRequest()
        prepared.method = method
        prepared.url = self._add_query(url, options.get("params"))
        prepared.headers = self._merge_headers(options.get("headers"))
        self._prepare_cookies(prepared, options.get("cookies"))
        auth = self._find_auth(prepared.url, options.get("auth"))
        if auth is not None or "@" in prepared.url:
            prepared.prepare_auth(auth, prepared.url)
        prepared.prepare_hooks(merge_hooks(options.get("hooks"), session.hooks))
        return prepared

    def _add_query(self, url: str, params: Any) -> str:
        """Return the URL as `PreparedRequest.prepare_url` makes it, in a hundredth of the time."""
        if self.session.params:
            params = merge_setting(params, self.session.params)
        else:
            params = {name: value for name, value in (params or {}).items() if value is not None}
        written, _, query = url.partition("?")
        known, base = self._base
        if written != known or not _PLAIN_QUERY.fullmatch(query) or not _are_plain(params):
            return self.prepare_url(url, params)
        encoded = urlencode(params)
        query = f"{query}&{encoded}" if query and encoded else query or encoded
        return f"{base}?{query}" if query else base

    def _merge_headers(self, given: Any) -> CaseInsensitiveDict[Any]:
        own = self.session.headers

        def merge() -> Any:
            prepared = PreparedRequest()
            prepared.prepare_headers(merge_setting(given, own, dict_class=CaseInsensitiveDict))
            return prepared.headers

        merged = self._headers.get((_list_headers(own), dict(given or {})), merge)
        copied: Any = CaseInsensitiveDict()
        copied._store = merged._store.copy()  # as its own copy() does, in half of the time
        return copied  # type: ignore[no-any-return]

    def _prepare_cookies(self, prepared: PreparedRequest, given: Any) -> None:
        jar = merge_cookies(RequestsCookieJar(), self.session.cookies)
        if given:
            merge_cookies(jar, cookiejar_from_dict(given) if isinstance(given, Mapping) else given)
        if next(iter(jar), None) is None:
            # This is what prepare_cookies does, but for its look for a header.
            prepared._cookies = jar  # type: ignore[attr-defined]  # requests' own, without a type
        else:
            prepared.prepare_cookies(jar)

    def _find_auth(self, url: str, given: Any) -> Any:
        session = self.session
        if session.trust_env and not given and not session.auth:
            given = self._netrc.get("netrc", lambda: utils.get_netrc_auth(url))
        return merge_setting(given, session.auth)

    def _merge_settings(self, url: Any, options: Mapping[str, Any]) -> Any:
        session = self.session
        proxies, stream, verify, cert = given = [options.get(name) for name in _SETTINGS]
        own = [session.verify, session.cert, session.trust_env, dict(session.proxies or {})]
        return self._settings.get(
            [given, own],
            lambda: session.merge_environment_settings(url, proxies or {}, stream, verify, cert),
        )


class _Kept:
    """A value, kept for as long as what it was made from stays equal."""

    def __init__(self) -> None:
        # One pair, replaced as a whole: pages that are fetched ahead come from several threads.
        self._pair: tuple[Any, Any] = (None, None)

    def get(self, source: Any, make: Callable[[], Any]) -> Any:
        """Return the value that was made from this source, or make it."""
        known, value = self._pair
        if source != known:
            value = make()
            self._pair = source, value
        return value


def _list_headers(headers: Any) -> list[Any]:
    """Return the names and values of headers in their order, which those of requests hold."""
    store = getattr(headers, "_store", None)
    return list(headers.items() if store is None else store.values())


def _are_plain(params: Mapping[Any, Any]) -> bool:
    """Return whether requests encodes these parameters just as `urlencode` does."""
    return all(type(name) is str and type(params[name]) in (str, int) for name in params)


def merge_settings(merge: Any, session: Any, url: Any, *given: Any) -> Any:
    """Return what a session's `merge_environment_settings` returns, but sooner.

    requests goes through all variables twice to find that no proxy is among them, which takes a
    twentieth of the time to a first row. `merge` is the method, bound to the session; one that
    requests did not define is called. `given` are the request's proxies, stream, verify and cert.
    """
    is_own = getattr(merge, "__func__", None) is _MERGE
    if not is_own or (session.trust_env and _has_settings_in_environment()):
        return merge(url, *given)
    pairs = zip(_SETTINGS, given, strict=True)
    return {name: merge_setting(value, getattr(session, name)) for name, value in pairs}


def _has_settings_in_environment() -> bool:
    """Return whether a variable names a proxy or a CA, or the system may know of a proxy."""
    find_proxies = utils.getproxies  # type: ignore[attr-defined]  # not in types-requests
    if find_proxies is not getproxies_environment:  # macOS and Windows have settings of their own
        return True
    if requests.sessions.get_environ_proxies is not _PROXIES:
        return True
    ends = ("_proxy", "requests_ca_bundle", "curl_ca_bundle")
    return any(name.lower().endswith(ends) for name in os.environ)
