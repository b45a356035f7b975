"""A session below another one, which sends the pages of a listing through one adapter.

A `PaginatingAdapter` sees one prepared request, and nothing of the session that made it. The
requests of further pages are that request with another URL or body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from requests_paginate._models import Page
from requests_paginate._transport.auth import DeadlineAuth, add_no_auth

Send = Callable[..., requests.Response]

# Of the Authorization header (RFC 9110 section 11.6.2): schemes whose value holds a signature of
# the URL, and those that are negotiated for each request.
_SIGNING = re.compile(
    r"(?:oauth|aws4?[-\w]*|digest|hawk|mac|hmac[-\w]*|signature|sharedkey(?:lite)?|ntlm|negotiate"
    r"|kerberos|goog4[-\w]*|tc3[-\w]*|acs\d?[-\w]*)(?:\s|\Z)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:x-(?:amz|goog)-)?signature(?:-input)?|sig", re.IGNORECASE)


class PageSession(requests.Session):
    """A session whose requests are those of one prepared request, with another URL or body.

    An auth object that watches the answers, as that of Digest or of Pluggy does, is found by its
    hook, and authenticates every page.

    Args:
        send: What sends a request, as an adapter's `send` does.
        request: The prepared request, which was answered.
        first: Its answer: the first page.
        settings: The `verify`, `cert` and `proxies` with which it was sent.
        elapsed: The time until the headers of the first page were read.
    """

    def __init__(
        self,
        send: Send,
        request: requests.PreparedRequest,
        first: requests.Response,
        settings: Mapping[str, Any],
        elapsed: timedelta,
    ) -> None:
        super().__init__()
        self.prepared, self.elapsed = request, elapsed
        self._send, self._first, self._settings = send, first, settings
        self._pages = _PageAdapter(send, first)
        self.adapters.clear()
        self.adapters.update({"https://": self._pages, "http://": self._pages})
        self.trust_env = False
        self.verify, self.cert = settings["verify"], settings["cert"]
        self.proxies = dict(settings["proxies"] or {})
        headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict(request.headers)
        headers.pop("Content-Length", None)
        cookies = request._cookies  # type: ignore[attr-defined]  # not in types-requests
        if cookies is not None and len(cookies):
            headers.pop("Cookie", None)  # the jar writes it, with what the pages add
            self.cookies.update(cookies)
        auth = _find_auth(request)
        if auth is not None:
            headers.pop(auth.header if isinstance(auth, DeadlineAuth) else "Authorization", None)
        self.headers = headers
        self.auth = auth or add_no_auth

    def again(self) -> PageSession:
        """Return another one, which begins with the same first page."""
        return PageSession(self._send, self.prepared, self.latest, self._settings, self.elapsed)

    @property
    def latest(self) -> requests.Response:
        """The response that came last, while there is only the first page."""
        return self._as_first(self._pages.first_responses[-1])

    def find_response(self, first: Page) -> requests.Response:
        """Return the response of the first page: perhaps that of a further try."""
        found = self._pages.first_responses
        # others may have come already, of pages that are fetched ahead
        response = next((each for each in found if each.headers is first.headers), found[0])
        self._pages.first_responses, self._pages.has_first = [response], True
        return self._as_first(response)

    def _as_first(self, response: requests.Response) -> requests.Response:
        """Return a response as the answer to the caller's request, after its redirects."""
        if response is not self._first:
            response.request, response.history = self.prepared, self._first.history
            vars(response)["connection"] = vars(self._first).get("connection")
        return response

    @property
    def cookies_set(self) -> list[str]:
        """The Set-Cookie headers of all pages."""
        return self._pages.cookies

    def explain_refusal(self, response: requests.Response) -> str:
        """Return what to do after a later page was refused; a listing adds it to its error."""
        if response.status_code not in (401, 403):
            return ""
        return (
            "an adapter sends every page with the credentials of the first one; where they are "
            "made for each request, or expire meanwhile, use get_all with the session"
        )


class _PageAdapter(BaseAdapter):
    """Answers the first request with the page that has come already, and sends all others.

    Attributes:
        first_responses: The first page's and those of further tries, and perhaps of other pages.
        has_first: Whether it is known which of them is the first page's.
        cookies: The Set-Cookie headers of all.
    """

    def __init__(self, send: Send, first: requests.Response) -> None:
        super().__init__()
        self._send = send
        self._first: requests.Response | None = first
        self.first_responses = [first]
        self.has_first = False
        self.cookies: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Return the response to a request."""
        response, self._first = self._first, None
        if response is None:
            response = self._send(request, *args, **options)
            vars(response)["connection"] = self  # by which an auth sends it again
        if not self.has_first:
            self.first_responses.append(response)
        listed = getattr(getattr(response.raw, "headers", None), "getlist", None)
        self.cookies += listed("Set-Cookie") if listed is not None else []
        return response

    def close(self) -> None:
        """Do nothing: the connections are another adapter's."""


def find_signature(request: requests.PreparedRequest) -> str | None:
    """Return where a request holds a signature of its URL, in words; None if nowhere.

    With another URL it would be wrong, and an adapter cannot make another one: the session's auth
    object stands above it.
    """
    if _find_auth(request) is not None:
        return None
    authorization = request.headers.get("Authorization", "")
    if isinstance(authorization, bytes):
        authorization = authorization.decode("latin-1")
    if (scheme := _SIGNING.match(authorization)) is not None:
        return f"the Authorization header is of the scheme {scheme[0].strip()}"
    for name in request.headers:
        if _SIGNATURE.fullmatch(str(name)):
            return f"the header {name!r} is a signature"
    query = (request.url or "").partition("?")[2]
    for piece in query.split("&"):
        name = piece.partition("=")[0]
        if _SIGNATURE.fullmatch(name):
            return f"the parameter {name!r} is a signature"
    return None


def read_body(request: requests.PreparedRequest) -> dict[str, Any] | None:
    """Return a request's body as an option of `session.request`; None if it is sent only once."""
    body = request.body
    if body is None:
        return {}
    if not isinstance(body, (str, bytes)):
        return None
    if "json" in str(request.headers.get("Content-Type", "")).lower():
        try:
            return {"json": json.loads(body)}
        except ValueError:
            pass
    return {"data": body}


def _find_auth(request: requests.PreparedRequest) -> Any:
    """Return the auth object that registered a hook with a request, if one did."""
    for hook in (request.hooks or {}).get("response", ()):
        function = hook.func if isinstance(hook, partial) else hook
        owner = getattr(function, "__self__", None)
        if isinstance(owner, AuthBase):
            return owner
    return None
