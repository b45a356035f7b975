"""Let one page at a time into a session that may get a new token before it sends, or after a 401.

Several threads would refresh an access token at once, and a refresh token may be good only once
(RFC 9700 section 4.14.2).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import utils
from requests.auth import AuthBase
from requests.models import PreparedRequest

# requests-oauthlib makes the token's authentication of these, unless another one is given
_CLIENT = frozenset({"client_id", "client_secret"})


class Entry:
    """Who is inside of a session: a page's thread, until its request is prepared."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def request(
        self, session: Any, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response:
        """Return the response to `session.request(method, url, **options)`."""
        given = options.get("hooks") or {}
        # as in requests, a call's hooks replace those of the session
        listed = given.get("response") or (getattr(session, "hooks", None) or {}).get("response")
        own = [listed] if callable(listed) else listed or []
        options = {**options, "hooks": {**given, "response": [*own, self._enter_again]}}
        if _CLIENT.isdisjoint(options):
            options["auth"] = _Leaving(session, options.get("auth"), self, url)
        try:
            self._lock.acquire()
            response: requests.Response = session.request(method, url, **options)
            return response
        finally:
            # in place: an interrupt could come at the beginning of a function
            try:
                while True:
                    self._lock.release()
            except RuntimeError:
                pass  # it has let the next page come

    def leave(self) -> None:
        """Let the next page come, if the calling thread is inside."""
        with suppress(RuntimeError):
            self._lock.release()

    def _enter_again(self, response: requests.Response, **_: Any) -> None:
        """Keep other pages out while a session gets a new token for one that was refused."""
        if response.status_code == 401:
            self._lock.acquire()

    def __getstate__(self) -> dict[str, Any]:
        return {}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]  # a lock of this process


class _Leaving(AuthBase):
    """Notes that a session asks for the request's authentication, and lets the next page come.

    It authenticates as the session would without it.
    """

    def __init__(self, session: Any, given: Any, entry: Entry, url: str) -> None:
        self._session, self._given, self._entry = session, given, entry
        self._path = urlsplit(url).path or "/"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        # the request of a new token may be given the same auth
        if (urlsplit(request.url or "").path or "/").endswith(self._path):
            self._entry.leave()
        auth = self._given or getattr(self._session, "auth", None)
        if not auth and getattr(self._session, "trust_env", False):
            auth = utils.get_netrc_auth(request.url or "")
        if not auth:
            return request
        request.prepare_auth(auth, request.url or "")
        return request
