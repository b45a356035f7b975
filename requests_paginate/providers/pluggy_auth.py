"""Pluggy's authentication: an API key that is fetched, kept, shared between threads and renewed.

Sources: https://docs.pluggy.ai/reference/authentication (the key lives for 2 hours, a connect token
for 30 minutes, and both are sent as X-API-KEY); Pluggy's Java SDK, `ApiKeyAuthInterceptor`, which
renews its key at 401 and at 403.
"""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import urlsafe_b64decode
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.auth import AuthBase

from requests_paginate._redaction import REDACTED
from requests_paginate._transport.body import ERROR_BYTES, read_body
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.errors import add_codes, describe_refusal
from requests_paginate._transport.origins import Origin
from requests_paginate._transport.retry import RetryPolicy
from requests_paginate._urls import resolve_link
from requests_paginate.exceptions import MalformedPage, PageFailed, UnsafeLink
from requests_paginate.sessions import PaginatedSession

__all__ = ["BASE_URL", "KEY_HEADER", "PluggyAuth"]

BASE_URL = "https://api.pluggy.ai"
KEY_HEADER = "X-API-KEY"

_REFUSALS = (401, 403)
_LIFETIME = 7200.0  # seconds of a key that does not say how long it lives
_MARGIN = 60.0  # seconds before its end at which a key is replaced
_TIMEOUTS = 10, 60  # seconds to connect and to wait for bytes, as in a listing
_DEADLINE = 120.0  # seconds that fetching a key may take in all


class PluggyAuth(AuthBase):
    """Authentication for Pluggy, on any session: `session.auth = PluggyAuth(id, secret)`.

    The key is fetched with the first request, used by all threads, and replaced shortly before it
    expires. If Pluggy refuses it with 401 or 403, a new one is fetched, and the request is sent
    once more. The key goes to the origin of `base_url` alone, also after a redirect.

    Args:
        client_id: The `clientId` of `POST /auth`.
        client_secret: The `clientSecret` of `POST /auth`.
        connect_token: A connect token to send instead of a key. It is never renewed.
        base_url: Where Pluggy is.
        session: The session through which keys are fetched; a new `PaginatedSession` if None.

    Raises:
        ValueError: There is neither a pair of secrets nor a connect token, or there are both.
    """

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
        self.client_id, self.client_secret = client_id, client_secret
        self.base_url = base_url.rstrip("/")
        self._renews = has_pair
        # The key, and when to replace it by the monotonic clock; None: once it is refused. They
        # are one value, since threads read it while another one replaces it.
        self._key: tuple[str | None, float | None] = connect_token, None
        self._origin = Origin.of(self.base_url)
        self._session = session
        self._make_lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key to a request, if that goes to Pluggy."""
        if _is_of(self._origin, request.url):
            request.headers[KEY_HEADER] = self._find_key()
            request.register_hook("response", self._answer)  # type: ignore[no-untyped-call]
        return request

    @property
    def api_key(self) -> str | None:
        """The key or connect token in use, None before the first request."""
        return self._key[0]

    @property
    def is_connect_token(self) -> bool:
        """Whether a connect token is sent, which nothing renews."""
        return not self._renews

    def _find_key(self) -> str:
        """Return the key in use, or fetch one if there is none that still lives."""
        key, renew_at = self._key
        if key is None or (renew_at is not None and time.monotonic() >= renew_at):
            key = self._replace_key(key)
        return key

    def _replace_key(self, old: str | None) -> str:
        """Return another key than the old one; a thread that comes late gets that of the first."""
        if self._process != os.getpid():  # forked, perhaps while another thread held the lock
            self._make_lock()
        with self._lock:
            key = self.api_key
            if key is None or key == old:
                began = time.monotonic()
                key, lifetime = self._fetch_key()
                self._key = key, began + lifetime - min(_MARGIN, lifetime / 10)
            return key

    def _fetch_key(self) -> tuple[str, float]:
        """Return a new key, and for how many seconds it lives."""
        session = self._session or PaginatedSession()
        deadline = Deadline(_DEADLINE)
        response = session.post(
            f"{self.base_url}/auth",
            json={"clientId": self.client_id, "clientSecret": self.client_secret},
            auth=_add_no_key,
            timeout=_TIMEOUTS,
            allow_redirects=False,  # the secrets go nowhere else
            stream=True,
        )
        with response:
            content = read_body(
                response, limit=ERROR_BYTES, check=deadline.check, tells_its_end=True
            )
        if self._session is None:
            session.close()
        if not 200 <= response.status_code < 300:
            raise self._make_refusal(response)
        try:
            key = json.loads(content)["apiKey"]
        except (ValueError, KeyError, TypeError, RecursionError):
            key = None
        if not isinstance(key, str) or not key.isascii() or not key.isprintable():
            text = f"POST {self.base_url}/auth: expected an object with an apiKey"
            raise MalformedPage(text, response=response)
        return key, _find_lifetime(key, response)

    def _make_refusal(self, response: requests.Response) -> PageFailed:
        text = f"POST {self.base_url}/auth answered {response.status_code}"
        if words := self._hide(describe_refusal(response)):
            text += f": {words}"
        if response.status_code in (400, 401, 403):
            text += "; check client_id and client_secret (PLUGGY_CLIENT_ID, PLUGGY_CLIENT_SECRET)"
        error = PageFailed(text, response=response)
        error.transient = response.status_code in RetryPolicy().statuses
        add_codes(error, self._hide)
        return error

    def _hide(self, text: str) -> str:
        """Return a text without what Pluggy quotes of the secrets in it."""
        for secret in filter(None, (self.client_secret, self.client_id)):
            text = text.replace(secret, REDACTED)
        return text

    def _answer(self, response: requests.Response, **sending: Any) -> requests.Response:
        """Send a refused request once more with a new key; a response hook of `requests`."""
        self._keep_key_home(response)
        has_renewed = False
        while response.status_code in _REFUSALS and self._renews:
            old = response.request.headers.get(KEY_HEADER)
            if old is None or not _can_repeat(response.request):
                break
            is_late = old != self.api_key  # another thread has replaced it meanwhile
            if has_renewed and not is_late:
                break
            has_renewed = has_renewed or not is_late
            response = self._repeat(response, self._replace_key(str(old)), sending)
            self._keep_key_home(response)
        return response

    def _repeat(
        self, refused: requests.Response, key: str, sending: dict[str, Any]
    ) -> requests.Response:
        """Send a request again as HTTPDigestAuth does: through the adapter that sent it."""
        _ = refused.content  # read, so that the connection can be used again
        refused.close()
        request = refused.request.copy()
        request.headers[KEY_HEADER] = key
        response: requests.Response = refused.connection.send(request, **sending)
        response.history = [*refused.history, refused]
        response.request = request
        return response

    def _keep_key_home(self, response: requests.Response) -> None:
        """Take the key from a request that a redirect leads to another origin.

        requests copies the headers of the request that was redirected, and removes only
        `Authorization` from them.
        """
        if not response.is_redirect:
            return
        with suppress(UnsafeLink):
            if _is_of(self._origin, resolve_link(response.url, response.headers["Location"])):
                return
        response.request.headers.pop(KEY_HEADER, None)

    def _make_lock(self) -> None:
        # it can be taken again: a hook of the session may ask Pluggy something
        self._lock, self._process = threading.RLock(), os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        # the clock of another machine is another one: there the key is used until it is refused
        return {**vars(self), "_lock": None, "_key": (self.api_key, None)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_lock()


def _add_no_key(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_of(origin: Origin, url: str | None) -> bool:
    try:
        return Origin.of(url or "") == origin
    except UnsafeLink:
        return False


def _can_repeat(request: requests.PreparedRequest) -> bool:
    """Return whether the body can be sent again: a file or a generator has been read."""
    return request.body is None or isinstance(request.body, (str, bytes))


def _find_lifetime(key: str, response: requests.Response) -> float:
    """Return for how many seconds a new key lives.

    Only times of the server are compared, since this machine's clock may be an hour off: when the
    key was issued, else when the response was sent, with when it expires (RFC 7519 section 4.1).
    """
    with suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
        claims = json.loads(_decode_part(key.split(".")[1]))
        expires = float(claims["exp"])
        issued = claims.get("iat", claims.get("nbf"))
        if issued is None:
            issued = parsedate_to_datetime(response.headers["Date"]).timestamp()
        if (lifetime := expires - float(issued)) > 0:
            return lifetime
    return _LIFETIME


def _decode_part(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
