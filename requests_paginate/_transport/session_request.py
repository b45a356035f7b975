"""How a request goes out through a session: by its own doors, so that every session's ways count.

`session.request` is the door. Where that is the very function that requests defines, the steps that
it takes (settings of the environment, netrc, quoting, headers) are the same for every page of a
listing: they are taken once, and each page goes through `session.send`. Cookies, auth and hooks are
applied to every page, and what a session's own settings have become in between is seen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import getproxies_environment

import requests
from requests import utils
from requests.cookies import cookiejar_from_dict, merge_cookies
from requests.models import PreparedRequest
from requests.sessions import merge_hooks, merge_setting
from requests.structures import CaseInsensitiveDict

__all__ = ["OWN_REQUEST", "Door", "is_own_request", "merged_settings"]

OWN_REQUEST = requests.Session.request  # kept at import: what is patched later is another function
_PREPARE = requests.Session.prepare_request
_MERGE = requests.Session.merge_environment_settings
_PROXIES = requests.sessions.get_environ_proxies
_SETTINGS = ("proxies", "stream", "verify", "cert")
_BODIES = ("json", "data", "files")
# A query in which neither requests nor urllib3 quotes or unquotes anything.
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")


def is_own_request(session: Any) -> bool:
    """Whether a session's `request`, looked up on the instance, is the one requests defines."""
    return getattr(getattr(session, "request", None), "__func__", None) is OWN_REQUEST


def merged_settings(merge: Any, session: Any, url: Any, *given: Any) -> Any:
    """What a session's `merge_environment_settings` gives, sooner where only its own count.

    requests goes through all variables twice to find that no proxy is among them, which takes a
    twentieth of the time to a first row.

    Args:
        merge: The method, bound to the session; one that requests did not define is called.
        session: The session.
        url: The request's URL.
        *given: The request's proxies, stream, verify and cert.
    """
    is_own = getattr(merge, "__func__", None) is _MERGE
    if not is_own or (session.trust_env and _environment_has_settings()):
        return merge(url, *given)
    pairs = zip(_SETTINGS, given, strict=True)
    return {name: merge_setting(value, getattr(session, name)) for name, value in pairs}


def _environment_has_settings() -> bool:
    """Whether a variable names a proxy or a CA; macOS and Windows know of proxies elsewhere."""
    of_system = utils.getproxies  # type: ignore[attr-defined]  # not in types-requests
    if (
        of_system is not getproxies_environment
        or requests.sessions.get_environ_proxies is not _PROXIES
    ):
        return True
    ends = ("_proxy", "requests_ca_bundle", "curl_ca_bundle")
    return any(name.lower().endswith(ends) for name in os.environ)


class Door:
    """Sends the requests of one listing through its session.

    Args:
        session: A requests-like session.

    Attributes:
        session: The session.
    """

    def __init__(self, session: Any) -> None:
        self.session = session
        # Each is a pair of what was looked at and what came of it, put in place whole: pages that
        # are fetched ahead come from several threads.
        self._settings: tuple[Any, Any] = (None, None)
        self._headers: tuple[Any, Any] = (None, None)
        self._base: tuple[Any, Any] = (None, None)
        self._netrc: tuple[Any, Any] = (None, None)

    def send(self, method: str, url: str, options: Mapping[str, Any]) -> requests.Response:
        """The response to `session.request(method, url, **options)`."""
        session = self.session
        response: requests.Response
        if not is_own_request(session):
            response = session.request(method, url, **options)
            return response
        prepared = self._prepared(method, url, options)
        settings = self._settings_for(prepared.url, options)
        response = session.send(
            prepared,
            timeout=options.get("timeout"),
            allow_redirects=options.get("allow_redirects", True),
            **settings,
        )
        return response

    def _prepared(self, method: str, url: str, options: Mapping[str, Any]) -> PreparedRequest:
        session = self.session
        is_own = getattr(session.prepare_request, "__func__", None) is _PREPARE
        has_body = any(options.get(name) not in (None, "", b"") for name in _BODIES)
        if method != "GET" or not is_own or has_body:
            names = ("headers", "files", "data", "json", "params", "auth", "cookies", "hooks")
            given = {name: options[name] for name in names if name in options}
            theirs: PreparedRequest = session.prepare_request(
                requests.Request(method, url, **given)
            )
            return theirs
        prepared = PreparedRequest()
        prepared.method = method
        prepared.url = self._url(url, options.get("params"))
        prepared.headers = self._headers_for(options.get("headers"))
        self._prepare_cookies(prepared, options.get("cookies"))
        auth = self._auth_for(prepared.url, options.get("auth"))
        if auth is not None or "@" in prepared.url:
            prepared.prepare_auth(auth, prepared.url)
        prepared.prepare_hooks(merge_hooks(options.get("hooks"), session.hooks))
        return prepared

    def _url(self, url: str, params: Any) -> str:
        """The URL as `PreparedRequest.prepare_url` makes it, in a hundredth of the time.

        From page to page only the query changes; what stands before it is prepared once.
        """
        params = self._merged(params)
        written, _, query = url.partition("?")
        base, prepared_base = self._base
        if written == base and _PLAIN_QUERY.fullmatch(query) and _are_plain(params):
            encoded = urlencode(params)
            query = f"{query}&{encoded}" if query and encoded else query or encoded
            return f"{prepared_base}?{query}" if query else prepared_base
        return self.prepared_url(url, params)

    def prepared_url(self, url: str, params: Any = None) -> str:
        """The URL as requests will send it; the part before its query is kept.

        Raises:
            requests.RequestException: requests cannot send it.
        """
        prepared = PreparedRequest()
        prepared.prepare_url(url, params)
        whole = prepared.url or ""
        if "#" not in whole:
            self._base = url.partition("?")[0], whole.partition("?")[0]
        return whole

    def _merged(self, params: Any) -> Any:
        if self.session.params:
            return merge_setting(params, self.session.params)
        return {name: value for name, value in (params or {}).items() if value is not None}

    def _headers_for(self, given: Any) -> CaseInsensitiveDict[Any]:
        seen = list(self.session.headers.items()), dict(given or {})
        known, headers = self._headers
        if seen != known:
            prepared = PreparedRequest()
            merged = merge_setting(given, self.session.headers, dict_class=CaseInsensitiveDict)
            prepared.prepare_headers(merged)
            headers = prepared.headers
            self._headers = seen, headers
        copied: CaseInsensitiveDict[Any] = headers.copy()
        return copied

    def _prepare_cookies(self, prepared: PreparedRequest, given: Any) -> None:
        jar = merge_cookies(requests.cookies.RequestsCookieJar(), self.session.cookies)
        if given:
            merge_cookies(jar, cookiejar_from_dict(given) if isinstance(given, Mapping) else given)
        if next(iter(jar), None) is None:
            # as prepare_cookies does, which would look for a header as well
            prepared._cookies = jar  # type: ignore[attr-defined]  # requests' own, without a type
        else:
            prepared.prepare_cookies(jar)

    def _auth_for(self, url: str, given: Any) -> Any:
        session = self.session
        if session.trust_env and not given and not session.auth:
            if self._netrc[0] is None:
                self._netrc = True, utils.get_netrc_auth(url)
            given = self._netrc[1]
        return merge_setting(given, session.auth)

    def _settings_for(self, url: Any, options: Mapping[str, Any]) -> Any:
        session = self.session
        asked = [options.get(name) for name in ("proxies", "stream", "verify", "cert")]
        own = [session.verify, session.cert, session.trust_env, dict(session.proxies or {})]
        if [asked, own] != self._settings[0]:
            proxies, stream, verify, cert = asked
            settings = session.merge_environment_settings(url, proxies or {}, stream, verify, cert)
            self._settings = [asked, own], settings
        return self._settings[1]


def _are_plain(params: Mapping[Any, Any]) -> bool:
    """Whether requests encodes these parameters just as `urlencode` does."""
    return all(type(name) is str and type(params[name]) in (str, int) for name in params)
