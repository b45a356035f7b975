"""Pluggy's authentication: an API key that is fetched, kept, shared between threads and renewed.

Sources: https://docs.pluggy.ai/reference/authentication (a key lives for 2 hours, a connect token
for 30 minutes, and both are sent as X-API-KEY); Pluggy's Java SDK, `ApiKeyAuthInterceptor`, which
renews its key at 401 and at 403.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

import requests

from requests_paginate._transport.auth import DeadlineAuth
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.origins import Origin
from requests_paginate._urls import resolve_link
from requests_paginate.adapters import is_loopback
from requests_paginate.exceptions import DeadlineExceeded, UnsafeLink
from requests_paginate.providers.pluggy_keys import fetch_key, is_header
from requests_paginate.sessions import PaginatedSession

__all__ = ["BASE_URL", "KEY_HEADER", "PluggyAuth"]

BASE_URL = "https://api.pluggy.ai"
KEY_HEADER = "X-API-KEY"

_REFUSALS = (401, 403)
_MARGIN = 60.0  # seconds before its end at which a key is replaced
_SECONDS = 120.0  # that fetching a key may take outside of a listing, whose pages have a deadline
_SENDING = ("stream", "timeout", "verify", "cert", "proxies")  # what an adapter takes


class PluggyAuth(DeadlineAuth):
    """Authentication for Pluggy, on any session: `session.auth = PluggyAuth(id, secret)`.

    The key is fetched with the first request, used by all threads, and replaced shortly before it
    expires. If Pluggy refuses it with 401 or 403, a new one is fetched, and the request is sent
    once more. The key goes to the origin of `base_url` alone, also after a redirect. A request
    that has an X-API-KEY of its own keeps it.

    Args:
        client_id: The `clientId` of `POST /auth`.
        client_secret: The `clientSecret` of `POST /auth`.
        connect_token: A connect token to send instead of a key. It is never renewed.
        base_url: Where Pluggy is.
        session: The session through which keys are fetched; a new `PaginatedSession` if None, which
            takes http:// for this machine alone.

    Raises:
        ValueError: There is neither a pair of secrets nor a connect token, or there are both, or
            the token cannot be sent as a header.
    """

    header = KEY_HEADER

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        connect_token: str | None = None,
        base_url: str = BASE_URL,
        session: requests.Session | None = None,
    ) -> None:
        has_pair = bool(client_id and client_secret)
        if has_pair == bool(connect_token) or bool(client_id) != bool(client_secret):
            raise ValueError("PluggyAuth: pass client_id and client_secret, or connect_token alone")
        if connect_token and not is_header(connect_token):
            raise ValueError("connect_token: expected one word in ASCII, without line breaks")
        self.client_id, self.client_secret = client_id, client_secret
        self.base_url = base_url.rstrip("/")
        self.is_connect_token = not has_pair
        # The key, and when to replace it by the monotonic clock; None: once it is refused. They
        # are one value, since threads read it while another one replaces it.
        self._key: tuple[str | None, float | None] = connect_token, None
        self._origin = Origin.of(self.base_url)
        self._session = session
        self.old_api_key: str | None = None
        self._attempts = 0  # to fetch a key, that came to an end
        self._failure: Exception | None = None  # of the last attempt to fetch a key
        self._make_lock()

    @property
    def api_key(self) -> str | None:
        """The key or connect token in use, None before the first request."""
        return self._key[0]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key to a request, if that goes to Pluggy."""
        return self.authenticate(request, Deadline(_SECONDS))

    def authenticate(
        self, request: requests.PreparedRequest, deadline: Deadline
    ) -> requests.PreparedRequest:
        """Add the key to a request, which a listing wants by a deadline of its own."""
        if self._origin.includes(request.url):
            is_own = KEY_HEADER in request.headers  # the caller's
            if not is_own:
                request.headers[KEY_HEADER] = self._find_key(deadline)
            answer = partial(self._answer, deadline, not (is_own or self.is_connect_token))
            request.register_hook("response", answer)  # type: ignore[no-untyped-call]
        return request

    def _find_key(self, deadline: Deadline) -> str:
        """Return the key in use, or fetch one if there is none that still lives."""
        key, renew_at = self._key
        if key is None or (renew_at is not None and time.monotonic() >= renew_at):
            key = self._replace_key(key, deadline)
        return key

    def _replace_key(self, old: str | None, deadline: Deadline) -> str:
        """Return another key than the old one; a thread that comes late gets that of the first."""
        if self._process != os.getpid():  # forked, perhaps while another thread held the lock
            self._make_lock()
        attempts = self._attempts
        if not self._lock.acquire(timeout=max(0.0, min(deadline.left(), _SECONDS))):
            raise DeadlineExceeded("another thread is still waiting for a key from POST /auth")
        try:
            key = self.api_key
            if key is not None and key != old:
                return key
            if self._attempts > attempts and self._failure is not None:
                raise _copy(self._failure)  # which came while this thread waited
            return self._fetch_key(deadline)
        finally:
            self._lock.release()

    def _fetch_key(self, deadline: Deadline) -> str:
        session, began = self._session or self._make_session(), time.monotonic()
        secrets = {"clientId": self.client_id, "clientSecret": self.client_secret}
        try:
            key, lifetime = fetch_key(session, f"{self.base_url}/auth", secrets, deadline)
        except Exception as error:
            self._failure = _copy(error)
            raise
        finally:
            self._attempts += 1
            if self._session is None:
                session.close()
        self._failure = None
        self.old_api_key = self.api_key  # a server may echo it
        self._key = key, began + lifetime - min(_MARGIN, lifetime / 10)
        return key

    def _make_session(self) -> PaginatedSession:
        # in the clear the secrets may not leave this machine
        return PaginatedSession(allow_http=is_loopback(self._origin.host))

    def _answer(
        self, deadline: Deadline, renews: bool, response: requests.Response, **sending: Any
    ) -> requests.Response:
        """Send a refused request once more with a new key; a response hook of `requests`."""
        self._keep_key_home(response)
        # a session that caches calls its hooks twice
        has_renewed = any(each.status_code in _REFUSALS for each in response.history)
        while response.status_code in _REFUSALS and renews and _can_repeat(response):
            old = response.request.headers.get(KEY_HEADER)
            is_late = old != self.api_key  # another thread has replaced it meanwhile
            if old is None or (has_renewed and not is_late):
                break
            has_renewed = has_renewed or not is_late
            response = self._repeat(response, self._replace_key(old, deadline), sending)
            self._keep_key_home(response)
        return response

    def _repeat(
        self, refused: requests.Response, key: str, sending: dict[str, Any]
    ) -> requests.Response:
        """Send a request again as HTTPDigestAuth does: through the adapter that sent it.

        It is the same request, which requests copies if a redirect follows.
        """
        _ = refused.content  # read, so that the connection can be used again
        refused.close()
        request = refused.request
        request.headers[KEY_HEADER] = key
        known = {name: sending[name] for name in _SENDING if name in sending}
        response: requests.Response = refused.connection.send(request, **known)
        response.history = [*refused.history, refused]
        return response

    def _keep_key_home(self, response: requests.Response) -> None:
        """Take the key from a request that a redirect leads to another origin.

        requests copies the headers of the request that was redirected, and removes only
        `Authorization` from them.
        """
        if not response.is_redirect:
            return
        with suppress(UnsafeLink):
            if self._origin.includes(resolve_link(response.url, response.headers["Location"])):
                return
        response.request.headers.pop(KEY_HEADER, None)

    def _make_lock(self) -> None:
        # it can be taken again: a hook of the session may ask Pluggy something
        self._lock, self._process = threading.RLock(), os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        # the clock of another machine is another one: there the key is used until it is refused
        return {**vars(self), "_lock": None, "_key": (self.api_key, None), "_failure": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_lock()


def _copy(error: Exception) -> Exception:
    """Return an error like another one, which was raised in another thread."""
    # without its constructor, which may want something else than `args`
    other = type(error).__new__(type(error), *error.args)
    vars(other).update(vars(error))
    return other


def _can_repeat(response: requests.Response) -> bool:
    """Return whether a request can be sent again: not a body that was read, nor from a cache."""
    body = response.request.body
    return (body is None or isinstance(body, (str, bytes))) and hasattr(response, "connection")
